//! One child process with a time limit, and what its lines say about tests.

use anyhow::{Context, Result};
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

pub struct Ended {
    pub output: String,
    pub errors: String,
    /// Why the process did not end well by itself.
    pub trouble: Option<String>,
}

pub fn run(command: &mut Command, limit: Duration) -> Result<Ended> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {:?}", command.get_program()))?;
    let output = collect(child.stdout.take());
    let errors = collect(child.stderr.take());
    let began = Instant::now();
    let mut pause_us = 500;
    let trouble = loop {
        if let Some(status) = child.try_wait()? {
            // 0 and 1 say passed and failed; anything else is a crash.
            break (!matches!(status.code(), Some(0 | 1)))
                .then(|| format!("the process ended with {status}"));
        }
        if began.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            break Some(format!("not over after {} s", limit.as_secs()));
        }
        std::thread::sleep(Duration::from_micros(pause_us));
        pause_us = (pause_us * 2).min(20_000);
    };
    let text = |thread: std::thread::JoinHandle<String>| thread.join().unwrap_or_default();
    Ok(Ended { output: text(output), errors: text(errors), trouble })
}

fn collect(from: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut all = Vec::new();
        if let Some(mut from) = from {
            // What came before an error is still worth showing.
            let _ = from.read_to_end(&mut all);
        }
        String::from_utf8_lossy(&all).replace('\r', "")
    })
}

/// `ok NAME`, `not ok NAME what`, `skip NAME reason`.
pub fn outcomes(output: &str) -> Vec<(String, Outcome)> {
    let named = |rest: &str| match rest.split_once(' ') {
        Some((name, what)) => (name.to_owned(), what.to_owned()),
        None => (rest.to_owned(), String::new()),
    };
    output
        .lines()
        .filter_map(|line| {
            if let Some(rest) = line.strip_prefix("not ok ") {
                let (name, what) = named(rest);
                Some((name, Outcome::Failed(what)))
            } else if let Some(rest) = line.strip_prefix("skip ") {
                let (name, what) = named(rest);
                Some((name, Outcome::Skipped(what)))
            } else {
                line.strip_prefix("ok ").map(|rest| (named(rest).0, Outcome::Passed))
            }
        })
        .collect()
}
