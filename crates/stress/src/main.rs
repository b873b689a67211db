//! Finds what the clauses do not: long runs, failing system calls, random calls.

mod child;
mod fault;
mod fuzz;
mod ledger;
mod peer;
mod random;
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
    /// System calls that fail, in turn and at random
    Fault(fault::Options),
    /// Random calls and random bytes, a process a case
    Fuzz(fuzz::Options),
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
        Command::Fault(options) => fault::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
    };
    std::process::exit(i32::from(!clean));
}
