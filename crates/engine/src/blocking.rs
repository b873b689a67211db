//! Tells the completion ports that the current thread is about to sleep.

use crate::port::Blocked;

/// Marks the current thread as blocked while it lives (P-017, P-018).
#[must_use]
pub struct Scope {
    _blocked: Blocked,
}

impl Scope {
    /// Enters a blocking wait.
    pub fn enter() -> Self {
        Scope { _blocked: Blocked::enter() }
    }
}
