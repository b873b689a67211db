//! The last error: one number a thread, shared by Winsock's functions and kernel32's.

use std::cell::Cell;

thread_local! {
    static LAST_ERROR: Cell<u32> = const { Cell::new(0) };
}

/// The calling thread's last error.
pub fn get() -> u32 {
    LAST_ERROR.get()
}

/// Sets the calling thread's last error.
pub fn set(error: u32) {
    LAST_ERROR.set(error);
}
