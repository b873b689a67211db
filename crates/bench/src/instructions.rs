//! User-space instructions of ConnectEx and of taking its completion, counted by callgrind:
//! they stay the same where time does not.

use crate::namespace;
use crate::process::{Listener, this_program};
use crate::subject::Case;
use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use std::process::{Command, Stdio};

/// What to print.
#[derive(clap::Args)]
pub struct Options {
    /// How often the calls are made; twice as often in the second run, whose surplus counts.
    #[arg(long, default_value_t = 200)]
    repeats: u32,
    /// One object for programs.
    #[arg(long)]
    json: bool,
    /// Keep callgrind's last file of each count here, for callgrind_annotate.
    #[arg(long)]
    keep: Option<std::path::PathBuf>,
}

/// One backend.
#[derive(Serialize)]
struct Row {
    backend: &'static str,
    /// Per call, with everything it calls, the C library's wrappers included.
    connect_ex: f64,
    get_queued_completion_status: f64,
    /// Both.
    sum: f64,
    /// The most there should be.
    target: f64,
}

const TARGET: f64 = 1000.0;

/// Counts and prints.
pub fn run(options: &Options) -> Result<()> {
    namespace::enter();
    let listener = Listener::start()?;
    let mut rows = Vec::new();
    for backend in ["epoll", "uring"] {
        let count = |function| per_call(options, &listener, backend, function);
        let connect_ex = count("ConnectEx")?;
        let get_queued_completion_status = count("GetQueuedCompletionStatus")?;
        rows.push(Row {
            backend,
            connect_ex,
            get_queued_completion_status,
            sum: connect_ex + get_queued_completion_status,
            target: TARGET,
        });
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    println!("user-space instructions per call, over {} calls", options.repeats);
    for row in &rows {
        println!(
            "{:<6} ConnectEx {:>6.0}  GetQueuedCompletionStatus {:>6.0}  both {:>6.0}  target <= {}",
            row.backend, row.connect_ex, row.get_queued_completion_status, row.sum, row.target
        );
    }
    Ok(())
}

/// The surplus of a run with twice as many calls, so that what happens once counts for nothing.
fn per_call(options: &Options, listener: &Listener, backend: &str, function: &str) -> Result<f64> {
    let few = instructions(options, listener, backend, function, options.repeats)?;
    let many = instructions(options, listener, backend, function, 2 * options.repeats)?;
    ensure!(many > few, "{function}: {few} instructions, and {many} with twice the calls");
    Ok((many - few) as f64 / f64::from(options.repeats))
}

fn instructions(
    options: &Options,
    listener: &Listener,
    backend: &str,
    function: &str,
    repeats: u32,
) -> Result<u64> {
    let subject = this_program(["subject", Case::Connect.text()])?;
    let mut command = Command::new("valgrind");
    command.env("LINSOCK_BACKEND", backend);
    command.args(["--tool=callgrind", "--collect-atstart=no"]);
    command.arg(format!("--toggle-collect=*::{function}"));
    let out = match &options.keep {
        Some(folder) => folder.join(format!("callgrind.{backend}.{function}")),
        None => "/dev/null".into(),
    };
    command.arg(format!("--callgrind-out-file={}", out.display()));
    command.arg(subject.get_program()).args(subject.get_args());
    command.args(["--peer", &listener.address.to_string(), "--repeats", &repeats.to_string()]);
    let output = command.stdin(Stdio::null()).output().context("valgrind (is it installed?)")?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("valgrind ended with {}: {text}", output.status);
    }
    // "==pid== Collected : 123456"
    let collected = text.lines().find_map(|line| line.split("Collected : ").nth(1));
    collected.and_then(|n| n.trim().parse().ok()).with_context(|| format!("no count in: {text}"))
}
