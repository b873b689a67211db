//! Tests of clauses that C cannot reach: system call filters and counts, network namespaces, the process table.
//! Each runs in a process of its own: `linsock-conformance native NAME`.

use anyhow::Result;

pub struct NativeTest {
    pub name: &'static str,
    pub slow: bool,
    pub run: fn() -> Result<()>,
}

pub const TESTS: &[NativeTest] = &[];

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
