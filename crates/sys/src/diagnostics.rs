//! Which backend serves this process, for programs that tell people about it.

use linsock_backend::{choice, ring};

/// The backend's name and why it was chosen; `Err` tells why a forced one cannot serve.
pub fn backend() -> Result<(&'static str, String), String> {
    match choice::choice() {
        Ok(choice) => Ok((choice.backend.name(), choice.reason.clone())),
        Err(reason) => Err(reason.clone()),
    }
}

/// Why this system refuses io_uring; `None` if it does not.
pub fn uring_refusal() -> Option<String> {
    ring::refusal()
}
