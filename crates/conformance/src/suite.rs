//! The native suite: every test in a process of its own, on each backend.

use crate::native;
use crate::paths;
use crate::process::{self, Outcome};
use crate::programs::{self, Program};
use crate::world;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

pub const BACKENDS: [&str; 2] = ["epoll", "uring"];
const LIMIT: Duration = Duration::from_secs(60);

/// test -> outcome, on one backend
pub type Results = BTreeMap<String, Outcome>;
/// backend -> its results
pub type Native = BTreeMap<&'static str, Results>;

#[derive(Clone)]
struct Job {
    backend: &'static str,
    test: String,
    program: PathBuf,
    arguments: Vec<String>,
    env: Vec<(String, String)>,
    slow: bool,
}

/// Builds the library and the programs. A program that does not compile fails its tests, not the run.
pub fn build(all: &[Program]) -> Result<BTreeMap<String, String>> {
    programs::build_library()?;
    let broken = Mutex::new(BTreeMap::new());
    let broken_here = &broken;
    std::thread::scope(|scope| {
        for half in all.chunks(all.len().div_ceil(2).max(1)) {
            scope.spawn(move || {
                for program in half {
                    if let Err(error) = programs::build_native(program) {
                        lock(broken_here).insert(program.name().to_owned(), error.to_string());
                    }
                }
            });
        }
    });
    Ok(broken.into_inner().unwrap_or_else(|e| e.into_inner()))
}

pub fn run(
    all: &[Program],
    backends: &[&'static str],
    wanted: &dyn Fn(&str) -> bool,
    workers: usize,
    more_env: &[(String, String)],
) -> Result<Native> {
    let broken = build(all)?;
    let mut results: Native = backends.iter().map(|b| (*b, Results::new())).collect();
    let mut jobs = Vec::new();
    for backend in backends {
        for program in all {
            for test in program.tests.iter().filter(|t| wanted(&t.name)) {
                if let Some(why) = broken.get(program.name()) {
                    let tells =
                        |l: &&str| l.contains("undefined reference") || l.contains("error:");
                    let first = why.lines().find(tells).unwrap_or(why);
                    results
                        .entry(*backend)
                        .or_default()
                        .insert(test.name.clone(), Outcome::Failed(first.to_owned()));
                    continue;
                }
                jobs.push(Job {
                    backend,
                    test: test.name.clone(),
                    program: program.native(),
                    arguments: vec![test.name.clone()],
                    env: more_env.iter().chain(&test.env).cloned().collect(),
                    slow: test.slow,
                });
            }
        }
        for test in native::TESTS.iter().filter(|t| wanted(t.name)) {
            jobs.push(Job {
                backend,
                test: test.name.to_owned(),
                program: std::env::current_exe()?,
                arguments: vec!["native".to_owned(), test.name.to_owned()],
                env: more_env.to_vec(),
                slow: test.slow,
            });
        }
    }
    // Slow tests sleep: all of them at once, beside the others.
    let (slow, quick): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(|j| j.slow);
    let done = Mutex::new(results);
    let queue = Mutex::new(quick.into_iter());
    let record = |job: &Job| {
        let outcome = run_one(job);
        lock(&done).entry(job.backend).or_default().insert(job.test.clone(), outcome);
    };
    std::thread::scope(|scope| {
        for job in &slow {
            scope.spawn(|| record(job));
        }
        for _ in 0..workers.max(1) {
            scope.spawn(|| {
                loop {
                    let Some(job) = lock(&queue).next() else { break };
                    record(&job);
                }
            });
        }
    });
    Ok(done.into_inner().unwrap_or_else(|e| e.into_inner()))
}

fn run_one(job: &Job) -> Outcome {
    let mut command = Command::new(&job.program);
    // Cargo puts its own folders into LD_LIBRARY_PATH, and a debug build of the library, maybe an old one, with them.
    for key in [
        "LD_LIBRARY_PATH",
        "LINSOCK_CONTRACT",
        "LINSOCK_THREAD_EXIT",
        "LINSOCK_CONTEXT",
        "LINSOCK_TIMED_WAIT_DELAY",
    ] {
        command.env_remove(key);
    }
    command.args(&job.arguments).env("LINSOCK_BACKEND", job.backend).envs(job.env.iter().cloned());
    if let Err(error) = world::prepare(&mut command, &job.env) {
        return Outcome::Failed(error.to_string());
    }
    let ended = match process::run(&mut command, LIMIT) {
        Ok(ended) => ended,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let said = process::outcomes(&ended.output).into_iter().find(|(name, _)| *name == job.test);
    match (said, ended.trouble) {
        // A test that reported success and then crashed has not succeeded.
        (Some((_, Outcome::Failed(what))), _) => Outcome::Failed(what),
        (_, Some(trouble)) => Outcome::Failed(format!("{trouble} {}", ended.errors.trim())),
        (Some((_, outcome)), None) => outcome,
        (None, None) => Outcome::Failed(format!("no word about the test {}", ended.errors.trim())),
    }
}

/// Keeps the results of a whole run, for `last`.
pub fn keep(results: &Native) -> Result<()> {
    let path = paths::last_results();
    std::fs::write(&path, serde_json::to_string(results)?)
        .with_context(|| path.display().to_string())
}

/// The results of the last whole run.
pub fn last() -> Result<Native> {
    let path = paths::last_results();
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("no results of a report before this one: {}", path.display()))?;
    let mut kept: BTreeMap<String, Results> = serde_json::from_str(&text)?;
    Ok(BACKENDS.into_iter().map(|b| (b, kept.remove(b).unwrap_or_default())).collect())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}
