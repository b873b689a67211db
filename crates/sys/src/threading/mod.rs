//! Events, mutexes, semaphores, timers, waits, threads, handles and clocks: kernel32's part, and Winsock's events.

mod condition;
mod critical_section;
mod event;
mod handle;
mod inheritance;
mod local;
mod mutex;
mod name;
mod once;
mod registered_wait;
mod schedule;
mod semaphore;
mod slim_lock;
mod thread;
mod time;
mod timer;
mod wait;

pub use condition::*;
pub use critical_section::*;
pub use event::*;
pub use handle::*;
pub use inheritance::*;
pub use local::*;
pub use mutex::*;
pub(crate) use name::{Unit as NameUnit, make_named, name_of, open_named, until_zero};
pub use once::*;
pub use registered_wait::*;
pub use schedule::*;
pub use semaphore::*;
pub use slim_lock::*;
pub use thread::*;
pub use time::*;
pub use timer::*;
pub use wait::*;

use std::ptr;
use std::sync::Arc;

use linsock_abi::{BOOL, HANDLE, Win32Error};
use linsock_engine::handle::HandleTable;
use linsock_engine::thread::{self as engine_thread, ThreadObject};

/// What GetCurrentThread answers: always the calling thread.
const CURRENT_THREAD: usize = -2_isize as usize;
/// What GetCurrentProcess answers on Windows.
const CURRENT_PROCESS: usize = -1_isize as usize;

pub(crate) fn handles() -> &'static HandleTable {
    &linsock_engine::runtime::get().handles
}

/// The thread of a handle, which may be the pseudo handle.
pub(crate) fn thread_of(handle: HANDLE) -> Result<Arc<ThreadObject>, Win32Error> {
    match handle.addr() {
        CURRENT_THREAD => Ok(engine_thread::current()),
        handle => handles().thread(handle),
    }
}

/// The result of a function that answers with a BOOL and the last error.
fn truth(result: Result<(), Win32Error>) -> BOOL {
    match result {
        Ok(()) => 1,
        Err(error) => {
            crate::last_error::set(error.0);
            0
        }
    }
}

/// The result of a function that answers with a handle, or NULL and the last error.
pub(crate) fn handle_or_null(result: Result<usize, Win32Error>) -> HANDLE {
    match result {
        Ok(handle) => ptr::without_provenance_mut(handle),
        Err(error) => {
            crate::last_error::set(error.0);
            ptr::null_mut()
        }
    }
}

/// Winsock's functions need a WSAStartup (W-001).
fn started() -> Result<(), Win32Error> {
    linsock_engine::startup::check().map_err(Win32Error::from)
}

#[cfg(test)]
mod lock_tests;
#[cfg(test)]
mod object_tests;
#[cfg(test)]
mod tests;
