//! `linsock trace PROGRAM`: a program's calls, as they are made.

use anyhow::Context;
use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What env(1) and shells exit with, too.
const CANNOT_BE_RUN: u8 = 126;
const NOT_FOUND: u8 = 127;

/// Run a program and print each of its calls: arguments, result, error and thread.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  linsock trace ./server 7777
  linsock trace -o calls.txt ./client --verbose
  linsock trace -o /dev/stdout ./client | grep ConnectEx

It is run with LINSOCK_TRACE set, which its own processes inherit. A line is written when
its call comes back.
Exit status: the program's; 126 it cannot be run, 127 there is none.")]
pub struct Arguments {
    /// Write to this file instead of standard error
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What to run
    program: OsString,
    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let variable = match &arguments.output {
        None => OsString::from("1"),
        Some(file) => {
            // The lines are appended, by whatever folder the program works in.
            std::fs::File::create(file).with_context(|| file.display().to_string())?;
            std::path::absolute(file)?.into_os_string()
        }
    };
    let mut err = std::io::stderr();
    if find(&arguments.program).is_some_and(|program| is_foreign(&program)) {
        writeln!(
            err,
            "linsock: {} is not linked with liblinsock: there is nothing to trace, unless a library that it loads \
             is. Link it with -llinsock.",
            arguments.program.display()
        )?;
    }
    // It takes this process' place, so its exit status, signals and terminal are its own.
    let error = Command::new(&arguments.program)
        .args(&arguments.arguments)
        .env("LINSOCK_TRACE", variable)
        .exec();
    writeln!(err, "linsock: {}: {error}", arguments.program.display())?;
    let status = if error.kind() == ErrorKind::NotFound { NOT_FOUND } else { CANNOT_BE_RUN };
    Ok(ExitCode::from(status))
}

/// The file that a program's name stands for.
fn find(program: &OsString) -> Option<PathBuf> {
    let path = Path::new(program);
    if path.components().count() > 1 || path.is_absolute() {
        return Some(path.to_owned());
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(path)).find(|file| file.is_file())
}

/// Whether it is a program that neither names the library's file nor has the library in it. Scripts are not asked.
fn is_foreign(program: &Path) -> bool {
    let Ok(bytes) = std::fs::read(program) else { return false };
    let has = |text: &[u8]| bytes.windows(text.len()).any(|part| part == text);
    bytes.starts_with(b"\x7fELF") && !has(b"liblinsock.so") && !has(b"LINSOCK_TRACE")
}
