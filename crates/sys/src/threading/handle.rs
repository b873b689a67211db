//! Closing and duplicating handles.

use std::ptr;

use linsock_abi::{
    BOOL, DUPLICATE_CLOSE_SOURCE, DUPLICATE_HANDLE_OPTIONS, DUPLICATE_SAME_ACCESS, HANDLE,
    Win32Error, WsaError,
};
use linsock_engine::handle::Object;
use linsock_engine::thread;

use linsock_backend::memory::is_writable;

use crate::last_error::KeepErrno;

use super::{CURRENT_PROCESS, CURRENT_THREAD, handles, truth};

/// Closes a handle of whatever kind.
///
/// # Contract
/// O-008 low bits are ignored; waits that already run keep their object. A duplicate of a socket
/// closes alone (F-006), a port when its last handle does.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): not open (any more).
///
/// # Linux
/// A closed number is not handed out again before many others were, so that a late use of it
/// fails instead of meeting a stranger. The pseudo handles close with no effect.
///
/// # Sources
/// learn.microsoft.com: handleapi.h, CloseHandle; processthreadsapi.h, GetCurrentThread
#[api]
pub unsafe extern "system" fn CloseHandle(hobject: HANDLE) -> BOOL {
    truth(close(hobject))
}

fn close(handle: HANDLE) -> Result<(), Win32Error> {
    match handle.addr() {
        CURRENT_PROCESS | CURRENT_THREAD => Ok(()),
        // A socket: as closesocket (Z-021). Or a file that was opened here.
        socket if !linsock_engine::handle::is_handle(socket) => {
            linsock_engine::socket::close(socket).or_else(|error| match error {
                WsaError::WSAENOTSOCK => linsock_engine::file::close(socket),
                other => Err(other.into()),
            })
        }
        handle => handles().remove(handle).map(|object| {
            // The other kinds end with their last reference.
            if let Object::Port(port) = object
                && !handles().has_port(&port)
            {
                port.close();
            }
        }),
    }
}

/// Opens another handle of an object: an event, a mutex, a semaphore, a timer, a thread, a
/// completion port, a file mapping or a socket.
///
/// # Contract
/// P-038 a socket's duplicate delivers to the same port with the same key; F-006 it is no socket
/// for Winsock's functions.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): not open, or another process; ERROR_INVALID_PARAMETER (87):
/// unknown options; ERROR_NOT_SUPPORTED (50): the process itself, or a socket that is to be closed
/// by DUPLICATE_CLOSE_SOURCE; ERROR_NOACCESS (998): nowhere to store the handle;
/// ERROR_NOT_ENOUGH_MEMORY (8).
///
/// # Linux
/// Handles are of this process only. A socket's duplicate is a second name for it, good for
/// ReadFile, WriteFile, waits, cancelling and completion ports; unlike on Windows it does not keep
/// the connection when the socket itself is closed, but becomes invalid with it. The access asked
/// for and bInheritHandle are ignored.
///
/// # Sources
/// learn.microsoft.com: handleapi.h, DuplicateHandle
#[api]
pub unsafe extern "system" fn DuplicateHandle(
    hsourceprocesshandle: HANDLE,
    hsourcehandle: HANDLE,
    htargetprocesshandle: HANDLE,
    lptargethandle: *mut HANDLE,
    _dwdesiredaccess: u32,
    _binherithandle: BOOL,
    dwoptions: DUPLICATE_HANDLE_OPTIONS,
) -> BOOL {
    let duplicate = || {
        if dwoptions & !(DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS) != 0 {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        let ours = |process: HANDLE| process.addr() == CURRENT_PROCESS;
        let closes = dwoptions & DUPLICATE_CLOSE_SOURCE != 0;
        // A source may be closed without a target, in which case nothing is duplicated.
        let closes_only = closes && lptargethandle.is_null();
        if !ours(hsourceprocesshandle) || !(closes_only || ours(htargetprocesshandle)) {
            return Err(Win32Error::ERROR_INVALID_HANDLE);
        }
        if closes_only {
            return close(hsourcehandle);
        }
        if !is_writable(lptargethandle.addr(), size_of::<HANDLE>()) {
            return Err(Win32Error::ERROR_NOACCESS);
        }
        let made = match hsourcehandle.addr() {
            CURRENT_PROCESS => return Err(Win32Error::ERROR_NOT_SUPPORTED),
            CURRENT_THREAD => handles().insert(Object::Thread(thread::current()))?,
            socket if closes && !linsock_engine::handle::is_handle(socket) => {
                linsock_engine::socket::signal_of(socket)?;
                return Err(Win32Error::ERROR_NOT_SUPPORTED);
            }
            handle => handles().duplicate(handle)?,
        };
        // SAFETY: just written by the kernel.
        unsafe { lptargethandle.write(ptr::without_provenance_mut(made)) };
        if closes { close(hsourcehandle) } else { Ok(()) }
    };
    let _errno = KeepErrno::new();
    truth(duplicate())
}

/// A pseudo handle that always means the calling process.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// (HANDLE)-1, as on Windows.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, GetCurrentProcess
#[api]
pub unsafe extern "system" fn GetCurrentProcess() -> HANDLE {
    ptr::without_provenance_mut(CURRENT_PROCESS)
}
