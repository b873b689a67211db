//! `linsock man FOLDER`: the manual pages of the command and of what it can do, for the installation.

use anyhow::Context;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct Arguments {
    /// Where linsock.1 and its like are written
    folder: PathBuf,
}

pub fn run(arguments: &Arguments, command: clap::Command) -> anyhow::Result<ExitCode> {
    let folder = &arguments.folder;
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command, folder))
        .with_context(|| format!("no manual pages in {}", folder.display()))?;
    Ok(ExitCode::SUCCESS)
}
