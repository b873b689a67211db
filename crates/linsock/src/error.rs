//! The error types, and the calling thread's last error.

use crate::sys::Win32::Foundation::GetLastError;
use crate::sys::Win32::Networking::WinSock::WSAGetLastError;

pub use linsock_abi::{Call, Errno, NtStatus, Win32Error, WsaError};

/// Why the Winsock call just made on this thread failed.
pub(crate) fn last_wsa() -> WsaError {
    // SAFETY: takes no arguments.
    WsaError(unsafe { WSAGetLastError() })
}

/// Why the Win32 call just made on this thread failed.
pub(crate) fn last_win32() -> Win32Error {
    // SAFETY: takes no arguments.
    Win32Error(unsafe { GetLastError() })
}

/// The result of a function that answers with 0 or SOCKET_ERROR.
pub(crate) fn returned(result: i32) -> Result<(), WsaError> {
    if result == 0 { Ok(()) } else { Err(last_wsa()) }
}
