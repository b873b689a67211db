//! Signals that ask a process to stop or to end: taken by a handler that does no more than write a byte.

use linsock_abi::Errno;
use std::sync::atomic::{AtomicI32, Ordering};

use crate::net::last_errno;

/// Where the handler writes; -1 before the first [`open`].
static WRITE_END: AtomicI32 = AtomicI32::new(-1);

/// The signals that are looked after.
pub const SIGNALS: [i32; 4] = [libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGHUP];

extern "C" fn note(signal: i32) {
    // SAFETY: write may be called in a handler; errno is put back.
    unsafe {
        let errno = *libc::__errno_location();
        let byte = signal as u8;
        libc::write(WRITE_END.load(Ordering::Relaxed), (&raw const byte).cast(), 1);
        *libc::__errno_location() = errno;
    }
}

/// Where signals are read from, one byte each. Made once.
#[derive(Debug)]
pub struct Inbox(i32);

/// Makes the way from the handler to its reader.
///
/// # Errors
/// EMFILE, ENFILE.
pub fn open() -> Result<Inbox, Errno> {
    let mut ends = [-1; 2];
    // SAFETY: room for two descriptors.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
        return Err(last_errno());
    }
    // A handler must not block, not even after thousands of signals.
    // SAFETY: no pointers.
    unsafe { libc::fcntl(ends[1], libc::F_SETFL, libc::O_NONBLOCK) };
    WRITE_END.store(ends[1], Ordering::Relaxed);
    Ok(Inbox(ends[0]))
}

impl Inbox {
    /// Waits for the next signal.
    pub fn next(&self) -> Option<i32> {
        let mut byte = 0u8;
        let got = crate::console::read(self.0, (&raw mut byte).expose_provenance(), 1);
        (got == Ok(1)).then_some(i32::from(byte))
    }
}

fn set(signal: i32, action: usize) {
    // SAFETY: numbers and an empty set.
    let mut wanted: libc::sigaction = unsafe { std::mem::zeroed() };
    wanted.sa_sigaction = action;
    // The program's own system calls go on.
    wanted.sa_flags = libc::SA_RESTART;
    // SAFETY: a handler that does only what a handler may, or one of the constants.
    unsafe { libc::sigaction(signal, &raw const wanted, std::ptr::null_mut()) };
}

/// Has a signal noted in the inbox, which was opened.
pub fn take(signal: i32) {
    set(signal, note as extern "C" fn(i32) as usize);
}

/// Has a signal ignored, in children too.
pub fn ignore(signal: i32) {
    set(signal, libc::SIG_IGN);
}

/// Gives a signal its default effect back.
pub fn give_back(signal: i32) {
    set(signal, libc::SIG_DFL);
}

/// Ends the process as the signal would have.
pub fn end_by(signal: i32) -> ! {
    give_back(signal);
    // SAFETY: no pointers; the mask is this thread's.
    unsafe {
        let mut one: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut one);
        libc::sigaddset(&raw mut one, signal);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const one, std::ptr::null_mut());
        libc::raise(signal);
        libc::_exit(128 + signal)
    }
}

/// Sends a signal to the processes of a group; 0 for the own one.
///
/// # Errors
/// ESRCH, EPERM.
pub fn send_to_group(group: i32, signal: i32) -> Result<(), Errno> {
    // SAFETY: no pointers.
    if unsafe { libc::kill(-group, signal) } == 0 { Ok(()) } else { Err(last_errno()) }
}
