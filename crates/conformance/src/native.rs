//! Tests of clauses that no program could run: they read the sources.
//! Each runs in a process of its own: `linsock-conformance native NAME`.

use crate::paths;
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};

pub struct NativeTest {
    pub name: &'static str,
    pub slow: bool,
    pub run: fn() -> Result<()>,
}

pub const TESTS: &[NativeTest] = &[
    NativeTest { name: "c_122_time_is_monotonic", slow: false, run: only_monotonic_clocks },
    NativeTest { name: "p_032_time_outs_are_monotonic", slow: false, run: only_monotonic_clocks },
];

/// Runs one test and prints the line that the runner reads. The exit status is 0 or 1.
pub fn run(name: &str) -> i32 {
    let Some(test) = TESTS.iter().find(|t| t.name == name) else {
        eprintln!("no native test is named {name}");
        return 2;
    };
    match (test.run)() {
        Ok(()) => println!("ok {name}"),
        Err(error) => {
            println!("not ok {name} {}", format!("{error:#}").replace('\n', " "));
            return 1;
        }
    }
    0
}

/// Nobody changes the clock of a shared machine for a test, so the sources answer: where operations and waits are timed, only clocks
/// that a change of the wall clock does not move are named. CLOCK_MONOTONIC stands still while the machine sleeps.
fn only_monotonic_clocks() -> Result<()> {
    const FOREIGN: [&str; 4] = ["SystemTime", "CLOCK_REALTIME", "CLOCK_BOOTTIME", "gettimeofday"];
    let mut read = 0;
    for room in ["backend", "engine"] {
        for file in sources(&paths::workspace().join("crates").join(room).join("src"))? {
            let text = std::fs::read_to_string(&file)?;
            read += 1;
            for (number, line) in text.lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                if let Some(clock) = FOREIGN.iter().find(|clock| code.contains(**clock)) {
                    anyhow::bail!("{}:{} uses {clock}", file.display(), number + 1);
                }
            }
        }
    }
    ensure!(read > 10, "only {read} source files were found");
    Ok(())
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    Ok(found)
}
