//! Finds what the clauses do not: long runs, failing system calls, random calls.

mod child;
mod fault;
mod fuzz;
mod ledger;
mod peer;
mod random;
mod soak;
mod winsock;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// An echo server and thousands of clients for a long time
    Soak(soak::Options),
    /// System calls that fail, in turn and at random
    Fault(fault::Options),
    /// Random calls and random bytes, a process a case
    Fuzz(fuzz::Options),
    /// A short form of each that this build can do, for every change: failing system calls if it was built for them, else
    /// the other two
    Quick {
        /// What everything begins with
        #[arg(long)]
        seed: Option<u64>,
    },
}

/// The short forms take this long, on each backend or on both together.
const QUICK_SOAK_SECONDS: u64 = 12;
const QUICK_FUZZ_SECONDS: u64 = 20;
const QUICK_FAULT_SECONDS: u64 = 10;

fn quick(seed: Option<u64>) -> bool {
    let seed = Some(seed.unwrap_or_else(random::seed));
    // A report of its own each, whatever became of the others.
    if cfg!(linsock_fault) {
        return fault::run(&fault::Options {
            seed,
            seconds: QUICK_FAULT_SECONDS,
            ..fault::Options::default()
        });
    }
    let fuzzed =
        fuzz::run(&fuzz::Options { seed, seconds: QUICK_FUZZ_SECONDS, ..fuzz::Options::default() });
    soak::run(&soak::Options { seed, seconds: QUICK_SOAK_SECONDS, ..soak::Options::default() })
        && fuzzed
}

/// The backends to try: the one that LINSOCK_BACKEND names, else both.
fn backends() -> Vec<String> {
    match std::env::var("LINSOCK_BACKEND") {
        Ok(name) if !name.is_empty() => vec![name],
        _ => vec!["epoll".to_owned(), "uring".to_owned()],
    }
}

fn main() {
    let clean = match Cli::parse().command {
        Command::Soak(options) => soak::run(&options),
        Command::Fault(options) => fault::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Quick { seed } => quick(seed),
    };
    std::process::exit(i32::from(!clean));
}
