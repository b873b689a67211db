//! `linsock cc` and `linsock c++`: the compiler drivers under the command's own name.

use clap::Args;
use linsock_cc::Language;
use std::ffi::OsString;
use std::process::ExitCode;

#[derive(Args)]
// The driver's own --help and --version say more.
#[command(disable_help_flag = true, disable_version_flag = true)]
pub struct Arguments {
    /// What gcc or clang gets, and the driver's own options: see `--help` behind it
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

pub fn run(name: &str, language: Language, arguments: Arguments) -> ExitCode {
    linsock_cc::main(name, language, arguments.arguments)
}
