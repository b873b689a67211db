//! User-space instructions of the calls that matter most, counted by callgrind: they stay the
//! same where time does not. `--check` holds them to a baseline that is kept beside the sources.

use crate::compare::builds;
use crate::namespace;
use crate::statistics::median;
use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What to do.
#[derive(clap::Args)]
pub struct Options {
    /// How often the calls are made; the median counts.
    #[arg(long, default_value_t = 30)]
    repeats: u32,
    /// One object for programs.
    #[arg(long)]
    json: bool,
    /// Fail if a count is more than 3 % above the baseline.
    #[arg(long)]
    check: bool,
    /// Make what was counted the baseline.
    #[arg(long)]
    write: bool,
    /// Keep callgrind's files here, one a call, for callgrind_annotate.
    #[arg(long)]
    keep: Option<PathBuf>,
}

/// Instructions of a call with everything it calls, the C library's wrappers included, by the
/// call's name.
type Counts = BTreeMap<String, f64>;

/// What is counted, and kept.
#[derive(Debug, Serialize, Deserialize)]
struct Counted {
    /// The compiler, on which the counts depend.
    rustc: String,
    backends: BTreeMap<String, Counts>,
}

/// A rise that fails the check.
const RISE_MAX: f64 = 0.03;
/// ConnectEx and the taking of its completion, together.
const TARGET: f64 = 1000.0;

fn baseline() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.json")
}

/// Runs of the check, of which each call's smallest count is held against the baseline: what
/// the kernel and the library's own threads have done meanwhile is not always the same.
const ATTEMPTS: usize = 3;

/// Counts and prints.
pub fn run(options: &Options) -> Result<()> {
    ensure!(options.repeats > 0, "nothing to count");
    let program = builds::on_the_library("instructions.c", "instructions")?;
    namespace::enter();
    let mut counted = count(options, &program)?;
    if options.check {
        for _ in 1..ATTEMPTS {
            if risen(&counted)?.is_empty() {
                break;
            }
            counted.keep_smaller(count(options, &program)?);
        }
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&counted)?);
    } else {
        print(&counted);
    }
    if options.write {
        std::fs::write(baseline(), format!("{}\n", serde_json::to_string_pretty(&counted)?))?;
    }
    if options.check { check(&counted) } else { Ok(()) }
}

fn count(options: &Options, program: &Path) -> Result<Counted> {
    let mut counted = Counted { rustc: rustc()?, backends: BTreeMap::new() };
    for backend in ["epoll", "uring"] {
        let counts = instructions(options, program, backend)?;
        ensure!(counts.len() == NAMES.len(), "not all calls were counted: {counts:?}");
        counted.backends.insert(backend.to_owned(), counts);
    }
    Ok(counted)
}

impl Counted {
    fn keep_smaller(&mut self, other: Counted) {
        for (backend, counts) in &mut self.backends {
            for (name, count) in counts {
                let again = other.backends.get(backend).and_then(|counts| counts.get(name));
                *count = count.min(again.copied().unwrap_or(f64::INFINITY));
            }
        }
    }
}

/// The functions of c/instructions.c, and what they call.
const NAMES: [(&str, &str); 12] = [
    ("connect", "ConnectEx with 64 bytes"),
    ("take_connected", "its completion, GetQueuedCompletionStatus"),
    ("send", "WSASend"),
    ("take_sent", "its completion, GetQueuedCompletionStatus"),
    ("receive", "WSARecv, the data being there"),
    ("take_received", "its completion, GetQueuedCompletionStatus"),
    ("receive_pending", "WSARecv, the data not being there"),
    ("take_received_later", "its completion, GetQueuedCompletionStatus"),
    ("post", "PostQueuedCompletionStatus"),
    ("take_posted", "a posted packet, GetQueuedCompletionStatus"),
    ("take_16_posted", "16 of them, GetQueuedCompletionStatusEx"),
    ("ioctl", "WSAIoctl, SIO_GET_EXTENSION_FUNCTION_POINTER"),
];

fn print(counted: &Counted) {
    println!("user-space instructions a call ({})", counted.rustc);
    let of = |backend: &str, name: &str| counted.backends[backend][name];
    println!("{:>7} {:>7}", "epoll", "uring");
    for (name, what) in NAMES {
        println!("{:>7.0} {:>7.0}  {what}", of("epoll", name), of("uring", name));
    }
    let both = |backend| of(backend, "connect") + of(backend, "take_connected");
    let (epoll, uring) = (both("epoll"), both("uring"));
    println!("{epoll:>7.0} {uring:>7.0}  ConnectEx and its completion, target <= {TARGET}");
}

fn before() -> Result<Counted> {
    let text = std::fs::read_to_string(baseline()).context("the baseline (--write makes one)")?;
    serde_json::from_str(&text).context("the baseline")
}

/// The calls that take too many instructions now.
fn risen(counted: &Counted) -> Result<Vec<String>> {
    let before = before()?;
    let mut risen = Vec::new();
    for (backend, counts) in &counted.backends {
        for (name, &now) in counts {
            let then = before.backends.get(backend).and_then(|counts| counts.get(name));
            let then = *then.with_context(|| format!("{backend} {name} has no baseline"))?;
            if now > then * (1.0 + RISE_MAX) {
                risen.push(format!("{backend} {name}: {then:.0} before, {now:.0} now"));
            }
        }
    }
    Ok(risen)
}

fn check(counted: &Counted) -> Result<()> {
    let (before, risen) = (before()?, risen(counted)?);
    if risen.is_empty() {
        println!("none is more than {} % above the baseline", RISE_MAX * 100.0);
        return Ok(());
    }
    let compilers = match before.rustc == counted.rustc {
        true => String::new(),
        false => format!(" (the baseline is of {})", before.rustc),
    };
    bail!("more instructions than the baseline has{compilers}:\n{}", risen.join("\n"))
}

fn rustc() -> Result<String> {
    let output = Command::new("rustc").arg("--version").output().context("rustc")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The median of each call's instructions in a run: callgrind writes a file after each.
fn instructions(options: &Options, program: &Path, backend: &str) -> Result<Counts> {
    let folder = options.keep.clone().unwrap_or_else(|| program.with_extension("callgrind"));
    let folder = folder.join(backend);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let mut command = Command::new("valgrind");
    command.env("LINSOCK_BACKEND", backend);
    command.args(["--tool=callgrind", "--collect-atstart=no", "--toggle-collect=count_*"]);
    command.args(NAMES.map(|(name, _)| format!("--dump-after=count_{name}")));
    command.arg(format!("--callgrind-out-file={}", folder.join("call").display()));
    command.arg(program).arg(options.repeats.to_string());
    let output = command.stdin(Stdio::null()).output().context("valgrind (is it installed?)")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "valgrind ended with {}: {errors}", output.status);
    let mut calls: BTreeMap<String, Vec<(u32, u64)>> = BTreeMap::new();
    for entry in std::fs::read_dir(&folder)? {
        let file = entry?.path();
        let number = file.extension().and_then(|number| number.to_str()?.parse().ok());
        for (name, count) in inclusive(&std::fs::read_to_string(&file)?) {
            calls.entry(name).or_default().push((number.unwrap_or(u32::MAX), count));
        }
    }
    if options.keep.is_none() {
        std::fs::remove_dir_all(&folder)?;
    }
    let counts = calls.into_iter().map(|(name, mut counts)| {
        counts.sort_unstable();
        // Those that came first found nothing ready: tables, buffers, threads.
        let last = counts.iter().rev().take(options.repeats as usize);
        (name, median(last.map(|(_, count)| *count as f64)))
    });
    Ok(counts.collect())
}

/// Adds up what callgrind's file has for each function named count_...: its own lines, and
/// after each `calls=` a line with all that the callee took.
fn inclusive(text: &str) -> BTreeMap<String, u64> {
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut counts = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        // A name is spelled once, and then known by its number: "fn=(12) name", "cfn=(12)".
        if let Some(function) = line.strip_prefix("fn=").or(line.strip_prefix("cfn=")) {
            let (number, name) = function.split_once(' ').unwrap_or((function, ""));
            if !name.is_empty() {
                names.insert(number, name);
            }
            if line.starts_with("fn=") {
                current = names.get(number).and_then(|name| name.strip_prefix("count_"));
            }
        } else if let (Some(name), true) = (
            current,
            line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)),
        ) {
            let cost = line.split(' ').nth(1).and_then(|cost| cost.parse::<u64>().ok());
            // "name.constprop.0" and the like are the same function.
            let name = name.split(['.', '\'']).next().unwrap_or(name);
            *counts.entry(name.to_owned()).or_default() += cost.unwrap_or(0);
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_function_calls_is_added_to_its_own() {
        let text = "fn=(1) count_send\n10 5\ncfn=(2) WSASend\ncalls=3 20\n+1 300\n* 7\n\n\
                    fn=(2)\n20 300\n\nfn=(1)\n-2 1\n";
        let counts = super::inclusive(text);
        assert_eq!(counts.len(), 1);
        assert_eq!(counts["send"], 5 + 300 + 7 + 1);
    }
}
