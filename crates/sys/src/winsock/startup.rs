//! Startup and cleanup.

use crate::shape;
use linsock_abi::{WSADATA, WsaError};
use linsock_backend::memory::is_writable;

/// The highest version offered, 2.2.
const HIGHEST: u16 = 0x0202;
const DESCRIPTION: &[u8] = b"WinSock 2.0";
const STATUS: &[u8] = b"Running";
/// What version 1 programs are told: W-008.
const SOCKETS_V1: u16 = 32767;
const DATAGRAM_BYTES_V1: u16 = 65467;

/// Starts the use of Winsock by this process.
///
/// # Contract
/// W-002 the error is returned, not set; W-003, W-004 versions 1.0 to 2.2, low byte major;
/// W-008, W-009 the fields of WSADATA; W-010 nests.
///
/// # Errors
/// Returned: WSAVERNOTSUPPORTED (W-005), WSAEFAULT (W-006), WSASYSNOTREADY when the backend
/// that `LINSOCK_BACKEND` forces cannot serve (W-007).
///
/// # Linux
/// Starts no thread and opens no descriptor.
///
/// # Sources
/// learn.microsoft.com: winsock.h, WSAStartup
#[api]
pub unsafe extern "system" fn WSAStartup(wversionrequested: u16, lpwsadata: *mut WSADATA) -> i32 {
    let _errno = crate::last_error::KeepErrno::new();
    // SAFETY: passed on.
    match unsafe { start(wversionrequested, lpwsadata) } {
        Ok(()) => 0,
        Err(error) => error.0,
    }
}

unsafe fn start(wanted: u16, data: *mut WSADATA) -> Result<(), WsaError> {
    let (major, minor) = (wanted & 0xff, wanted >> 8);
    let version = match (major, minor) {
        (0, _) => return Err(WsaError::WSAVERNOTSUPPORTED),
        (1, 0) => 0x0001,
        (1, _) => 0x0101,
        (2, 0) => 0x0002,
        (2, 1) => 0x0102,
        _ => HIGHEST,
    };
    if !is_writable(data.addr(), size_of::<WSADATA>()) {
        return Err(WsaError::WSAEFAULT);
    }
    linsock_engine::startup::begin()?;
    // SAFETY: all zero is a valid WSADATA, and the memory was just found writable.
    let data = unsafe {
        data.write_bytes(0, 1);
        &mut *data
    };
    data.wVersion = version;
    data.wHighVersion = HIGHEST;
    if major == 1 {
        data.iMaxSockets = SOCKETS_V1;
        data.iMaxUdpDg = DATAGRAM_BYTES_V1;
    }
    for (to, from) in data.szDescription.iter_mut().zip(DESCRIPTION) {
        *to = *from as _;
    }
    for (to, from) in data.szSystemStatus.iter_mut().zip(STATUS) {
        *to = *from as _;
    }
    Ok(())
}

/// Ends one WSAStartup; the last one closes every socket.
///
/// # Contract
/// W-010 as many as startups; W-012 pending operations end unseen; W-013 sockets are reset and
/// closed; W-014 a new startup may follow.
///
/// # Errors
/// WSANOTINITIALISED (W-011).
///
/// # Linux
/// Descriptors that were made elsewhere and only adopted stay open.
///
/// # Sources
/// learn.microsoft.com: winsock.h, WSACleanup
#[api]
pub unsafe extern "system" fn WSACleanup() -> i32 {
    shape::status(linsock_engine::startup::end)
}
