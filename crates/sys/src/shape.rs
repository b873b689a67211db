//! The shapes in which functions answer: each runs the function's work, keeps the host's
//! `errno` as it was (W-016), and turns a failure into the shape's sign and the last error.

use crate::last_error::{self, KeepErrno};
use linsock_abi::{BOOL, SOCKET_ERROR, WIN32_ERROR, Win32Error, WsaError};

/// 0, or SOCKET_ERROR.
#[inline]
pub(crate) fn status(work: impl FnOnce() -> Result<(), WsaError>) -> i32 {
    let _errno = KeepErrno::new();
    match work() {
        Ok(()) => 0,
        Err(error) => {
            last_error::set(error.0 as u32);
            SOCKET_ERROR
        }
    }
}

/// The same of a call that sets the last error to 0 when it succeeds (C-059, W-017): those that
/// transfer, and WSAIoctl.
#[inline]
pub(crate) fn transfer(work: impl FnOnce() -> Result<(), WsaError>) -> i32 {
    let _errno = KeepErrno::new();
    let error = work().err();
    last_error::set(error.map_or(0, |error| error.0 as u32));
    if error.is_none() { 0 } else { SOCKET_ERROR }
}

/// A count of bytes, or SOCKET_ERROR; as [`transfer`].
#[inline]
pub(crate) fn bytes(work: impl FnOnce() -> Result<u32, WsaError>) -> i32 {
    let n = count(work);
    if n >= 0 {
        last_error::set(0);
    }
    n
}

/// A count, or SOCKET_ERROR.
#[inline]
pub(crate) fn count(work: impl FnOnce() -> Result<u32, WsaError>) -> i32 {
    let _errno = KeepErrno::new();
    match work() {
        Ok(n) => i32::try_from(n).unwrap_or(i32::MAX),
        Err(error) => {
            last_error::set(error.0 as u32);
            SOCKET_ERROR
        }
    }
}

/// A socket, or INVALID_SOCKET.
#[inline]
pub(crate) fn socket(work: impl FnOnce() -> Result<usize, WsaError>) -> usize {
    let _errno = KeepErrno::new();
    match work() {
        Ok(socket) => socket,
        Err(error) => {
            last_error::set(error.0 as u32);
            linsock_abi::INVALID_SOCKET
        }
    }
}

/// TRUE, or FALSE; errors in Winsock's or in Win32's numbers.
#[inline]
pub(crate) fn truth<E: Into<Win32Error>>(work: impl FnOnce() -> Result<(), E>) -> BOOL {
    let _errno = KeepErrno::new();
    match work() {
        Ok(()) => 1,
        Err(error) => {
            last_error::set(error.into().0);
            0
        }
    }
}

/// The error itself, ERROR_SUCCESS where there is none; the last error stays as it was.
pub(crate) fn code(work: impl FnOnce() -> Result<(), Win32Error>) -> WIN32_ERROR {
    let _errno = KeepErrno::new();
    work().err().unwrap_or(Win32Error::ERROR_SUCCESS).0
}
