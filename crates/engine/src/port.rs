//! Completion ports.

/// A completion port.
pub struct Port(());

/// The exiting thread no longer runs for its port (P-016).
pub fn thread_exit() {}
