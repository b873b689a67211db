//! The compiler driver: gcc or clang, told what makes a program a Windows program.
//!
//! A command line goes through four rooms: [`response`] opens `@files`, [`request`] takes out what is for the driver
//! itself, [`translate`] turns Windows' spellings into gcc's, and [`command`] puts the headers before and the library
//! behind. None but [`places`] and [`response`] looks at the disk, so that each is tested as a table.

pub mod command;
mod gcc;
mod help;
mod libraries;
mod linker;
mod msvc;
pub mod places;
pub mod quote;
pub mod request;
pub mod response;
mod threads;
pub mod translate;

use request::Task;
use std::ffi::OsString;
use std::io::Write;
use std::process::{Command, ExitCode};

/// What is compiled when the file's name does not say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Language {
    C,
    Cxx,
}

/// Why there is nothing to run, with the remedy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Error(pub String);

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// The driver as a program: it becomes the compiler, or says why it cannot. `name` is what it was called by.
pub fn main(
    name: &str,
    language: Language,
    arguments: impl IntoIterator<Item = OsString>,
) -> ExitCode {
    match run(name, language, arguments) {
        Ok(code) => code,
        Err(error) => {
            // Where even that cannot be told, the exit status still tells.
            let _ = writeln!(std::io::stderr(), "{name}: error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(
    name: &str,
    language: Language,
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<ExitCode, Error> {
    let arguments = arguments
        .into_iter()
        .map(|argument| {
            argument
                .into_string()
                .map_err(|argument| Error(format!("{} is not UTF-8", argument.display())))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let request = request::parse(response::expanded(arguments)?)?;
    if request.task == Task::Help {
        print(&help::text(name));
        return Ok(ExitCode::SUCCESS);
    }
    let compiler = request.compiler(language);
    if request.task == Task::Version {
        // The compiler's own words come first: who asks is most often a build system that knows them.
        let output = start(Command::new(&compiler).arg("--version"), &compiler, Command::output)?;
        let own = format!("{name} {}, over {compiler}\n", env!("CARGO_PKG_VERSION"));
        print(&(String::from_utf8_lossy(&output.stdout).into_owned() + &own));
        return Ok(if output.status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let translated = translate::translate(&request.arguments, &translate::on_disk)?;
    let statically = request.static_linsock || translated.statically;
    let places = places::find(&translated, statically)?;
    let line = command::line(&translated, &places, language, statically);
    if request.task == Task::Show {
        let words = std::iter::once(&compiler).chain(&line).map(|word| quote::shell(word));
        print(&(words.collect::<Vec<_>>().join(" ") + "\n"));
        return Ok(ExitCode::SUCCESS);
    }
    let status = start(Command::new(&compiler).args(&line), &compiler, Command::status)?;
    // A compiler that a signal ended has no number of its own.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn start<T>(
    command: &mut Command,
    compiler: &str,
    how: impl FnOnce(&mut Command) -> std::io::Result<T>,
) -> Result<T, Error> {
    how(command).map_err(|error| {
        Error(format!(
            "{compiler} does not start: {error}; install it, or name another with --cc=COMPILER"
        ))
    })
}

/// A reader that went away wants no more.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
