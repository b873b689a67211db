//! The system calls of one ConnectEx and of taking a completion that is already there.

use crate::namespace;
use crate::process::{Listener, this_program};
use crate::statistics::median;
use crate::subject::{Case, START, TAKE};
use crate::trace::{self, Calls, Section};
use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

/// What to print.
#[derive(clap::Args)]
pub struct Options {
    /// How often each call is made.
    #[arg(long, default_value_t = 15)]
    repeats: u32,
    /// One object for programs.
    #[arg(long)]
    json: bool,
}

const BACKENDS: [&str; 2] = ["epoll", "uring"];

/// One call under one backend.
#[derive(Serialize)]
struct Row {
    backend: &'static str,
    case: Case,
    call: &'static str,
    /// The usual number of system calls of the calling thread, pointer probes apart.
    system_calls: f64,
    /// Pointer probes.
    probes: f64,
    /// System calls of the engine's thread meanwhile.
    engine: f64,
    /// By name, over all repeats.
    by_name: Calls,
}

/// Counts and prints.
pub fn run(options: &Options) -> Result<()> {
    namespace::enter();
    let listener = Listener::start()?;
    let mut rows = Vec::new();
    for backend in BACKENDS {
        for &case in Case::value_variants() {
            let mut subject = this_program(["subject", case.text()])?;
            subject.env("LINSOCK_BACKEND", backend);
            subject.args(["--peer", &listener.address.to_string()]);
            subject.args(["--repeats", &options.repeats.to_string()]);
            let sections = trace::run(subject)?;
            for (label, call) in [(START, "ConnectEx"), (TAKE, "GetQueuedCompletionStatus")] {
                let of_call: Vec<&Section> = sections.iter().filter(|s| s.label == label).collect();
                if !of_call.is_empty() {
                    rows.push(row(backend, case, call, &of_call));
                }
            }
        }
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    println!("system calls of one call, median of {} (all, by name)", options.repeats);
    for row in &rows {
        let names: Vec<String> =
            row.by_name.iter().map(|(name, count)| format!("{name} {count}")).collect();
        println!(
            "{:<6} {:<14} {:<26} {:>3}  probes {:>2}  engine {:>2}  ({})",
            row.backend,
            row.case.text(),
            row.call,
            row.system_calls,
            row.probes,
            row.engine,
            names.join(", ")
        );
    }
    Ok(())
}

fn row(backend: &'static str, case: Case, call: &'static str, sections: &[&Section]) -> Row {
    let mut by_name = Calls::new();
    let (mut own, mut probes, mut engine) = (Vec::new(), Vec::new(), Vec::new());
    for section in sections {
        let mut calls = section.own.clone();
        probes.push(trace::take_probes(&mut calls) as f64);
        own.push(calls.values().sum::<u64>() as f64);
        engine.push(section.others.values().sum::<u64>() as f64);
        for (name, count) in calls {
            *by_name.entry(name).or_default() += count;
        }
    }
    Row {
        backend,
        case,
        call,
        system_calls: median(own),
        probes: median(probes),
        engine: median(engine),
        by_name,
    }
}
