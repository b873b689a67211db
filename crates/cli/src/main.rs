//! The `linsock` command.

mod backend;
mod compile;
mod connect;
mod doctor;
mod explain;
mod format;
mod man;
mod paint;
mod serve;
mod target;
#[cfg(unix)]
mod trace;

use clap::{CommandFactory, Parser, Subcommand};
use linsock_cc::Language;
use std::io::Write;
use std::process::ExitCode;

/// Not everything succeeded.
const FAILED: u8 = 1;
/// The command line asks for what cannot be done; clap uses the same number.
const USAGE: u8 = 2;

/// Winsock's overlapped I/O, native on Linux: connect, serve, diagnose, trace.
#[derive(Parser)]
#[command(
    name = "linsock",
    version,
    after_help = "\
Examples:
  linsock connect                              try everything on this machine
  linsock connect example.org:80 --send-hex 474554202f0d0a0d0a --receive
  linsock connect 127.0.0.1:6379 --count 10000 --in-flight 100
  linsock serve 127.0.0.1:7777                 an echo server to connect to
  linsock doctor                               what this system allows
  linsock explain 10061                        what an error number means
  linsock trace ./server 7777                  a program's calls, as they are made
  linsock cc x.c -o x -lws2_32                 compile a program written for Windows"
)]
struct Command {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Connect(connect::Arguments),
    Serve(serve::Arguments),
    Doctor(doctor::Arguments),
    Explain(explain::Arguments),
    #[cfg(unix)]
    Trace(trace::Arguments),
    /// Compile C source written for Windows: the same as linsock-cc
    Cc(compile::Arguments),
    /// Compile C++ source written for Windows: the same as linsock-c++
    #[command(name = "c++")]
    Cxx(compile::Arguments),
    #[command(hide = true)]
    Man(man::Arguments),
}

fn main() -> ExitCode {
    let command = Command::parse();
    let done = match command.task {
        Task::Connect(arguments) => connect::run(arguments),
        Task::Serve(arguments) => serve::run(arguments),
        Task::Doctor(arguments) => doctor::run(arguments),
        Task::Explain(arguments) => explain::run(arguments),
        #[cfg(unix)]
        Task::Trace(arguments) => trace::run(arguments),
        Task::Cc(arguments) => Ok(compile::run("linsock cc", Language::C, arguments)),
        Task::Cxx(arguments) => Ok(compile::run("linsock c++", Language::Cxx, arguments)),
        Task::Man(arguments) => man::run(&arguments, Command::command()),
    };
    match done {
        Ok(status) => status,
        Err(error) if paint::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Where even that cannot be told, the exit status still tells.
            let _ = writeln!(std::io::stderr(), "linsock: {error:#}");
            ExitCode::from(if error.is::<UsageError>() { USAGE } else { FAILED })
        }
    }
}

/// An error of the command line that clap cannot see.
#[derive(Debug)]
struct UsageError(String);

impl std::fmt::Display for UsageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}
