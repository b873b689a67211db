//! `--backend`: which of the two backends serves.

use anyhow::Context;
use clap::ValueEnum;

/// The environment variable that chooses for the whole process.
const VARIABLE: &str = "LINSOCK_BACKEND";

/// The backends by the names the environment variable takes.
#[derive(Copy, Clone, Debug, ValueEnum)]
pub enum Backend {
    /// What this system allows and the benchmarks say is best.
    Auto,
    /// Readiness through epoll.
    Epoll,
    /// Transfers through io_uring.
    Uring,
}

/// Makes the choice, before anything was asked of Winsock.
pub fn choose(backend: Option<Backend>) {
    let name = match backend {
        None => return,
        Some(Backend::Auto) => "auto",
        Some(Backend::Epoll) => "epoll",
        Some(Backend::Uring) => "uring",
    };
    // SAFETY: no other thread was started yet, so nobody reads the environment meanwhile.
    unsafe { std::env::set_var(VARIABLE, name) };
}

/// Starts Winsock and gives the name of the backend that serves.
pub fn start() -> anyhow::Result<&'static str> {
    let name = name()?;
    linsock::startup().context("Winsock does not start")?;
    Ok(name)
}

#[cfg(not(windows))]
fn name() -> anyhow::Result<&'static str> {
    match linsock::diagnostics::backend() {
        Ok((name, _)) => Ok(name),
        Err(reason) => Err(anyhow::Error::msg(reason).context("no backend can serve")),
    }
}

#[cfg(windows)]
fn name() -> anyhow::Result<&'static str> {
    Ok("windows")
}
