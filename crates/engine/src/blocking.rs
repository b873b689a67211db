//! Tells the completion ports that the current thread is about to sleep.

/// Marks the current thread as blocked while it lives (P-017, P-018).
#[must_use]
pub struct Scope(());

impl Scope {
    /// Enters a blocking wait.
    pub fn enter() -> Self {
        Scope(())
    }
}
