//! Sleeping on a word of memory until another thread changes it.

use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// Sleeps while the word holds `expected`, until woken or for `timeout` at most. May return early; `false`: the time
/// is over.
pub fn wait(word: &AtomicU32, expected: u32, timeout: Option<Duration>) -> bool {
    let limit = timeout.map(|left| libc::timespec {
        tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(left.subsec_nanos()),
    });
    let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let operation = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: the word lives through the call, and so does the limit, which may be NULL.
    let result =
        unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), operation, expected, limit) };
    result == 0 || crate::net::last_errno().0 != libc::ETIMEDOUT
}

/// Wakes up to `count` of those that sleep on a word. The word may be gone already: its address is a name to the kernel.
#[allow(clippy::not_unsafe_ptr_arg_deref)]
pub fn wake(word: *const AtomicU32, count: i32) {
    let operation = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: the kernel takes the address as a name only.
    unsafe { libc::syscall(libc::SYS_futex, word, operation, count) };
}
