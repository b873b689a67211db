//! Overlapped operations.

/// Cancels what an exiting thread had started (C-053).
pub fn thread_exit(_thread: u32) {}
