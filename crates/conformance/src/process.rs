//! One child process with a time limit, and what its lines say about tests.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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
    run_while_heard(command, limit, limit)
}

/// The same for what is to write something every so often.
pub fn run_while_heard(
    command: &mut Command,
    limit: Duration,
    silence_max: Duration,
) -> Result<Ended> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {:?}", command.get_program()))?;
    let output = collect(child.stdout.take());
    let errors = collect(child.stderr.take());
    let began = Instant::now();
    let (mut heard, mut heard_at) = (0, began);
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
        if output.length() > heard {
            (heard, heard_at) = (output.length(), Instant::now());
        } else if heard_at.elapsed() > silence_max {
            child.kill()?;
            child.wait()?;
            break Some(format!("silent for {} s", silence_max.as_secs()));
        }
        std::thread::sleep(Duration::from_micros(pause_us));
        pause_us = (pause_us * 2).min(20_000);
    };
    Ok(Ended { output: output.text(), errors: errors.text(), trouble })
}

/// What a process writes, read by a thread of its own.
struct Collected {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

/// How long the end of what was written is waited for once the process has ended. Processes that it started may hold
/// its pipes open, as Wine's services do for as long as they run.
const AFTER_THE_END: Duration = Duration::from_secs(2);

impl Collected {
    fn length(&self) -> usize {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn text(self) -> String {
        let ended = Instant::now();
        while !self.reader.is_finished() && ended.elapsed() < AFTER_THE_END {
            std::thread::sleep(Duration::from_millis(1));
        }
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).replace('\r', "")
    }
}

fn collect(from: Option<impl Read + Send + 'static>) -> Collected {
    let bytes = Arc::new(Mutex::new(Vec::new()));
    let into = bytes.clone();
    let reader = std::thread::spawn(move || {
        let Some(mut from) = from else { return };
        let mut part = [0; 4096];
        // What came before an error is still worth showing.
        while let Ok(n @ 1..) = from.read(&mut part) {
            into.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&part[..n]);
        }
    });
    Collected { bytes, reader }
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
