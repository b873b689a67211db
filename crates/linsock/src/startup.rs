//! WSAStartup, once for the process.

use crate::error::WsaError;
use crate::sys::Win32::Networking::WinSock::{WSADATA, WSAStartup};
use std::sync::OnceLock;

/// Winsock 2.2, as MAKEWORD(2, 2) writes it.
const VERSION: u16 = 0x0202;

/// Starts Winsock unless it is started. Every function of this crate that needs it calls it.
///
/// There is no counterpart: the last WSACleanup closes every socket of the process, which
/// belong to whoever made them.
///
/// # Errors
/// What WSAStartup answers; WSASYSNOTREADY where a backend was forced that this system refuses.
pub fn startup() -> Result<(), WsaError> {
    static STARTED: OnceLock<Result<(), WsaError>> = OnceLock::new();
    *STARTED.get_or_init(|| {
        let mut data = WSADATA::default();
        // SAFETY: `data` is writable and outlives the call.
        match unsafe { WSAStartup(VERSION, &mut data) } {
            0 => Ok(()),
            error => Err(WsaError(error)),
        }
    })
}
