//! linsock beside raw system calls and raw io_uring, and what its calls cost.
//!
//! The parent starts this very program again for each part: the listener, each contestant and
//! each traced subject is a process of its own, so that CPU time, system calls and the choice
//! of a backend belong to one of them alone.

mod accepting;
mod backlog;
mod compare;
mod contestant;
mod instructions;
mod latency;
mod lines;
mod listener;
mod load;
mod memory;
mod namespace;
mod process;
mod raw;
mod repetitions;
mod round;
mod server;
mod statistics;
mod subject;
mod syscalls;
mod trace;

use clap::{Parser, Subcommand};
use std::net::SocketAddrV4;

/// linsock beside raw system calls and raw io_uring.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everyone side by side: connect+send, echo, and many pending operations.
    ///
    /// All of it takes about thirteen minutes, --quick one; the contestants are built before that. Three runs
    /// with --json are what `targets` and `table` are for.
    Compare(compare::Options),
    /// What of the targets runs of compare have met.
    Targets(compare::Reports),
    /// Runs of compare as tables in Markdown.
    Table(compare::Reports),
    /// Count the system calls inside ConnectEx and inside taking a completion.
    Syscalls(syscalls::Options),
    /// Count the user-space instructions of twelve calls, ConnectEx and its completion among them (needs
    /// valgrind).
    Instructions(instructions::Options),
    /// One part: accepts, reads and verifies.
    #[command(hide = true)]
    Listener,
    /// One part: does the work that it is told on its standard input.
    #[command(hide = true)]
    Contestant(contestant::Options),
    /// One part: the client of echo.
    #[command(hide = true)]
    Load,
    /// One part: an echo server.
    #[command(hide = true)]
    Server(server::Options),
    /// One part: makes the calls that are counted.
    #[command(hide = true)]
    Subject {
        /// What to do.
        case: subject::Case,
        /// Where the listener is.
        #[arg(long)]
        peer: SocketAddrV4,
        /// How many times.
        #[arg(long)]
        repeats: u32,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Compare(options) => compare::run(&options),
        Command::Targets(reports) => compare::print_targets(&reports),
        Command::Table(reports) => compare::print_table(&reports),
        Command::Syscalls(options) => syscalls::run(&options),
        Command::Instructions(options) => instructions::run(&options),
        Command::Listener => listener::run(),
        Command::Contestant(options) => contestant::run(&options),
        Command::Load => load::run(),
        Command::Server(options) => server::run(&options),
        Command::Subject { case, peer, repeats } => subject::run(case, peer, repeats),
    }
}
