//! The second opinion: the same C programs, built for Windows, under Wine.
//!
//! Wine starts slowly, so a whole program runs in one process. When it crashes or hangs, the test it was in has failed
//! and the remaining ones run in another process.

use crate::paths;
use crate::process::{self, Outcome};
use crate::programs::{self, MINGW, Program, WINE};
use crate::register::Register;
use crate::report;
use crate::suite::Results;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

/// Why there is no oracle on this machine, if there is none.
pub fn missing() -> Option<String> {
    if !Path::new(WINE).exists() {
        return Some(format!("{WINE} is not there (Debian: wine wine64)"));
    }
    if Command::new(MINGW).arg("--version").output().is_err() {
        return Some(format!("{MINGW} is not there (Debian: gcc-mingw-w64-x86-64)"));
    }
    None
}

fn prefix() -> PathBuf {
    paths::made().join("wine")
}

fn wine() -> Command {
    let mut command = Command::new(WINE);
    command.env("WINEPREFIX", prefix()).env("WINEDEBUG", "-all").env_remove("DISPLAY");
    command
}

fn prepare() -> Result<()> {
    let done = prefix().join(".prepared");
    if !done.exists() {
        std::fs::create_dir_all(paths::made())?;
        let ended = process::run(wine().args(["wineboot", "-u"]), Duration::from_secs(300))?;
        ensure!(ended.trouble.is_none(), "wineboot: {}", ended.trouble.unwrap_or_default());
        std::fs::write(done, "")?;
    }
    Ok(())
}

/// Wine hangs in several of their tests, each of which then takes its whole time: they come first, so that nothing waits
/// for them alone.
const LONGEST: [&str; 5] = ["t_reuse", "c_completion", "s_flags", "t_transmit", "b_connect_by"];
/// A test says that it starts and, a minute later at most, how it went.
const SILENCE_MAX: Duration = Duration::from_secs(80);
/// More than there are processors: most of the time is waiting.
const WORKERS: usize = 4;
/// A test that says something unexpected among others is asked that many times more, with nothing of ours beside it.
const ASKED_AGAIN_MAX: usize = 3;

/// Asks Wine. On a busy machine it is now and then too late for a test, or in time for one that counts on its being
/// late. It is an opinion and not what is tested, so a clause is settled by the first answer that is as the register says.
pub fn ask(
    register: &Register,
    all: &[Program],
    wanted: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Results> {
    let mut results = run(all, wanted, WORKERS)?;
    for _ in 0..ASKED_AGAIN_MAX {
        let doubtful = report::doubtful(register, &results);
        if doubtful.is_empty() {
            break;
        }
        eprintln!(
            "oracle: asked again: {}",
            doubtful.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
        );
        results.extend(run(all, &|test| doubtful.contains(test), 1)?);
    }
    Ok(results)
}

fn run(all: &[Program], wanted: &(dyn Fn(&str) -> bool + Sync), workers: usize) -> Result<Results> {
    prepare().context("preparing Wine")?;
    let results = Mutex::new(Results::new());
    let (longest, others): (Vec<_>, Vec<_>) =
        all.iter().partition(|program| LONGEST.contains(&program.name()));
    let queue = Mutex::new(longest.into_iter().chain(others));
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let Some(program) = queue.lock().unwrap_or_else(|e| e.into_inner()).next()
                    else {
                        break;
                    };
                    let found = run_program(program, wanted);
                    results.lock().unwrap_or_else(|e| e.into_inner()).extend(found);
                }
            });
        }
    });
    Ok(results.into_inner().unwrap_or_else(|e| e.into_inner()))
}

fn run_program(program: &Program, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Results {
    let mut results = Results::new();
    let mut left: Vec<String> =
        program.tests.iter().map(|t| t.name.clone()).filter(|t| wanted(t)).collect();
    if left.is_empty() {
        return results;
    }
    if let Err(error) = programs::build_windows(program) {
        return left.into_iter().map(|t| (t, Outcome::Failed(error.to_string()))).collect();
    }
    while !left.is_empty() {
        // The harness itself ends a test that hangs; this is for when it cannot.
        let limit = Duration::from_secs(120 + 2 * left.len() as u64);
        let mut command = wine();
        command.arg(program.windows()).args(&left);
        let ended = match process::run_while_heard(&mut command, limit, SILENCE_MAX) {
            Ok(ended) => ended,
            Err(error) => {
                return left.into_iter().map(|t| (t, Outcome::Failed(error.to_string()))).collect();
            }
        };
        let said = process::outcomes(&ended.output);
        left.retain(|t| !said.iter().any(|(name, _)| name == t));
        let heard_of_a_hang =
            matches!(said.last(), Some((_, Outcome::Failed(what))) if what == "not over in time");
        results.extend(said);
        if !left.is_empty() && !heard_of_a_hang {
            let why =
                ended.trouble.unwrap_or_else(|| "the process ended without a word".to_owned());
            results.insert(left.remove(0), Outcome::Failed(why));
        }
    }
    results
}
