//! Which of the two backends serves this process.

use crate::ring;
use std::sync::OnceLock;

/// A backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Readiness through epoll, transfers by plain system calls.
    Epoll,
    /// Transfers through io_uring.
    Uring,
}

impl Backend {
    /// The name that `LINSOCK_BACKEND` takes.
    pub fn name(self) -> &'static str {
        match self {
            Backend::Epoll => "epoll",
            Backend::Uring => "uring",
        }
    }
}

/// The choice and why it was made.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What serves.
    pub backend: Backend,
    /// One sentence for a log line.
    pub reason: String,
}

/// The environment variable that chooses: `auto` (default), `epoll` or `uring`.
pub const VARIABLE: &str = "LINSOCK_BACKEND";

/// The choice for this process, made once; `Err` tells why a forced backend cannot serve.
pub fn choice() -> &'static Result<Choice, String> {
    static CHOICE: OnceLock<Result<Choice, String>> = OnceLock::new();
    CHOICE.get_or_init(|| {
        let choice = choose(std::env::var(VARIABLE).ok().as_deref());
        // One line, and only where somebody asked to see it.
        if std::env::var_os("LINSOCK_LOG").is_some() {
            match &choice {
                Ok(choice) => {
                    let other = match ring::refusal() {
                        None => "io_uring is available".into(),
                        Some(why) => format!("io_uring is not available: {why}"),
                    };
                    let name = choice.backend.name();
                    eprintln!("linsock: backend {name} ({}); {other}", choice.reason);
                }
                Err(reason) => eprintln!("linsock: no backend: {reason}"),
            }
        }
        choice
    })
}

fn choose(wanted: Option<&str>) -> Result<Choice, String> {
    match wanted.map(str::trim) {
        Some("epoll") => {
            Ok(Choice { backend: Backend::Epoll, reason: format!("{VARIABLE}=epoll") })
        }
        Some("uring") => match ring::refusal() {
            None => Ok(Choice { backend: Backend::Uring, reason: format!("{VARIABLE}=uring") }),
            Some(why) => Err(format!("{VARIABLE}=uring, but {why}")),
        },
        None | Some("" | "auto") => Ok(Choice {
            backend: Backend::Epoll,
            reason: "auto: inline attempts with epoll are measured to cost least".into(),
        }),
        Some(other) => Err(format!("{VARIABLE}={other} is neither auto, epoll nor uring")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forced_backend_is_taken_or_refused() {
        assert_eq!(choose(Some("epoll")).unwrap().backend, Backend::Epoll);
        assert!(choose(Some("iocp")).is_err());
        match ring::refusal() {
            None => assert_eq!(choose(Some("uring")).unwrap().backend, Backend::Uring),
            Some(_) => assert!(choose(Some("uring")).is_err()),
        }
    }
}
