//! getsockopt and setsockopt.

use super::started;
use crate::shape;
use linsock_abi::{PCSTR, PSTR, SO_OPENTYPE, SOCKET, SOL_SOCKET, WsaError};
use linsock_backend::memory::{copy_in, is_readable, is_writable};
use linsock_engine::socket::{self, option};

/// Bytes of the longest value, a GROUP_SOURCE_REQ.
const VALUE_BYTES_MAX: usize = 264;

/// Reads an option of a socket.
///
/// # Contract
/// K-001..K-005; C-108 before the context update only facts of the socket can be read;
/// C-113..C-122 SO_CONNECT_TIME, also while ConnectEx is in progress; W-001.
///
/// # Errors
/// SOCKET_ERROR and WSANOTINITIALISED; WSAENOTSOCK; WSAEINVAL for an unknown level;
/// WSAENOPROTOOPT for an unknown option, or one that can only be set; WSAEFAULT for a bad pointer
/// and for too little room; WSAENOTCONN before the context update.
///
/// # Linux
/// Levels, names and values are translated by one table in the engine. What the kernel answers
/// otherwise than it was set (buffer sizes, keep-alive times) is answered as it was set.
///
/// # Sources
/// learn.microsoft.com: winsock.h, getsockopt; "SOL_SOCKET Socket Options"
#[cfg_attr(feature = "export", unsafe(export_name = "ws2_getsockopt"))]
pub unsafe extern "system" fn getsockopt(
    s: SOCKET,
    level: i32,
    optname: i32,
    optval: PSTR,
    optlen: *mut i32,
) -> i32 {
    shape::status(|| {
        started()?;
        is_known(s, level, optname)?;
        if !is_readable(optlen.addr(), size_of::<i32>()) {
            return Err(WsaError::WSAEFAULT);
        }
        // SAFETY: just read by the kernel.
        let room = usize::try_from(unsafe { optlen.read_unaligned() });
        let room = room.unwrap_or(0).min(VALUE_BYTES_MAX);
        let mut value = [0; VALUE_BYTES_MAX];
        let len = option::get(s, level, optname, &mut value[..room])?;
        if !is_writable(optval.addr(), len) || !is_writable(optlen.addr(), size_of::<i32>()) {
            return Err(WsaError::WSAEFAULT);
        }
        // SAFETY: both ends of so short a range were just written by the kernel; the value is
        // ours.
        unsafe {
            std::ptr::copy_nonoverlapping(value.as_ptr(), optval, len);
            optlen.write_unaligned(len as i32);
        }
        Ok(())
    })
}

/// Sets an option of a socket.
///
/// # Contract
/// K-001..K-005; C-104, C-105, C-111 SO_UPDATE_CONNECT_CONTEXT; C-103, C-110 what was set before
/// ConnectEx is in effect after it; C-108; Z-010; W-001.
///
/// # Errors
/// SOCKET_ERROR and WSANOTINITIALISED; WSAENOTSOCK; WSAEINVAL for an unknown level or a value
/// that is refused; WSAENOPROTOOPT for an unknown option, or one that can only be read; WSAEFAULT
/// for a bad pointer and for a value that is too short; WSAENOTCONN before the context update.
///
/// # Linux
/// As getsockopt. SO_LINGER stays in the library, because the kernel would make non-blocking
/// closes wait too; time-outs stay there because blocking calls wait in the library.
///
/// # Sources
/// learn.microsoft.com: winsock.h, setsockopt; "SOL_SOCKET Socket Options"
#[cfg_attr(feature = "export", unsafe(export_name = "ws2_setsockopt"))]
pub unsafe extern "system" fn setsockopt(
    s: SOCKET,
    level: i32,
    optname: i32,
    optval: PCSTR,
    optlen: i32,
) -> i32 {
    shape::status(|| {
        started()?;
        is_known(s, level, optname)?;
        if optval.is_null() {
            return option::set(s, level, optname, None);
        }
        let len = usize::try_from(optlen).map_err(|_| WsaError::WSAEFAULT)?;
        let value = copy_in(optval.addr(), len.min(VALUE_BYTES_MAX));
        let value = value.map_err(|_| WsaError::WSAEFAULT)?;
        option::set(s, level, optname, Some(&value))
    })
}

/// Fails for what is no socket before any pointer is looked at; SO_OPENTYPE is the thread's.
fn is_known(s: SOCKET, level: i32, name: i32) -> Result<(), WsaError> {
    if (level, name) == (SOL_SOCKET, SO_OPENTYPE) {
        return Ok(());
    }
    socket::find(s).map(drop)
}

#[cfg(test)]
mod tests;
