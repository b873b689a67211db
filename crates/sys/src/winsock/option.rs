//! getsockopt and setsockopt.

use super::started;
use crate::shape;
use linsock_abi::{
    CSADDR_INFO, PCSTR, PSTR, SO_BSP_STATE, SO_OPENTYPE, SO_PROTOCOL_INFOA, SO_PROTOCOL_INFOW,
    SOCKET, SOCKET_ADDRESS, SOL_SOCKET, WSAPROTOCOL_INFOA, WSAPROTOCOL_INFOW, WsaError, catalogue,
};
use linsock_backend::memory::{is_readable, is_writable, read_into};
use linsock_engine::socket::{self, option};
use std::mem::offset_of;

/// Bytes of the longest value.
const VALUE_BYTES_MAX: usize = size_of::<WSAPROTOCOL_INFOW>();

/// Reads an option of a socket.
///
/// # Contract
/// K-001..K-005; K-010..K-091 the options; C-108 before the context update only facts of the socket can be read;
/// C-113..C-122 SO_CONNECT_TIME, also while ConnectEx is in progress; W-001.
///
/// # Errors
/// SOCKET_ERROR and WSANOTINITIALISED; WSAENOTSOCK; WSAEINVAL for an unknown level;
/// WSAENOPROTOOPT for an unknown option, or one that can only be set; WSAEFAULT for a bad pointer
/// and for too little room; WSAENOTCONN before the context update.
///
/// # Linux
/// Levels, names and values are translated by one table in the engine. What the kernel answers
/// otherwise than it was set (buffer sizes, keep-alive times) is answered as it was set. Options
/// that have nothing to act on are stored and answered: SO_DEBUG, SO_DONTROUTE,
/// SO_RANDOMIZE_PORT, SO_PORT_SCALABILITY, TCP_TIMESTAMPS, TCP_EXPEDITED_1122,
/// TCP_CONGESTION_ALGORITHM, UDP_RECV_MAX_COALESCED_SIZE and others; see the table.
///
/// # Sources
/// learn.microsoft.com: winsock.h, getsockopt; "SOL_SOCKET Socket Options"
#[api("ws2_getsockopt")]
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
        let len = match (level, optname) {
            (SOL_SOCKET, SO_BSP_STATE) => both_ends(s, optval.addr(), &mut value[..room])?,
            (SOL_SOCKET, SO_PROTOCOL_INFOA | SO_PROTOCOL_INFOW) => {
                entry(s, optname == SO_PROTOCOL_INFOW, &mut value[..room])?
            }
            _ => option::get(s, level, optname, &mut value[..room])?,
        };
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
/// K-001..K-005; K-010..K-091 the options; K-101; C-104, C-105, C-111 SO_UPDATE_CONNECT_CONTEXT; C-103, C-110 what was set before
/// ConnectEx is in effect after it; C-108; Z-010; W-001.
///
/// # Errors
/// SOCKET_ERROR and WSANOTINITIALISED; WSAENOTSOCK; WSAEINVAL for an unknown level or a value
/// that is refused; WSAENOPROTOOPT for an unknown option, or one that can only be read; WSAEFAULT
/// for a bad pointer and for a value that is too short; WSAENOTCONN before the context update.
///
/// # Linux
/// As getsockopt. SO_LINGER stays in the library, because the kernel would make non-blocking
/// closes wait too; time-outs stay there because blocking calls wait in the library. A connection
/// that TCP_MAXRT -1 lets be tried for ever is tried for four hours, as often as the kernel can.
///
/// # Sources
/// learn.microsoft.com: winsock.h, setsockopt; "SOL_SOCKET Socket Options"
#[api("ws2_setsockopt")]
pub unsafe extern "system" fn setsockopt(
    s: SOCKET,
    level: i32,
    optname: i32,
    optval: PCSTR,
    optlen: i32,
) -> i32 {
    shape::status(|| {
        started()?;
        if optval.is_null() {
            return option::set(s, level, optname, None);
        }
        let mut room = [0; VALUE_BYTES_MAX];
        let len = usize::try_from(optlen).ok().map(|len| len.min(VALUE_BYTES_MAX));
        let value = len.and_then(|len| room.get_mut(..len));
        let value = value.and_then(|value| read_into(value, optval.addr()).ok().map(|()| &*value));
        match value {
            Some(value) => option::set(s, level, optname, Some(value)),
            // What is no socket is told of first.
            None => is_known(s, level, optname).and(Err(WsaError::WSAEFAULT)),
        }
    })
}

/// SO_BSP_STATE: a CSADDR_INFO that points to the addresses behind it, in the caller's memory at
/// `base`; an end that has no address is NULL (K-026).
fn both_ends(s: SOCKET, base: usize, value: &mut [u8]) -> Result<usize, WsaError> {
    let (kind, protocol) = socket::open(s)?.1.kind_and_protocol();
    let ends = [
        (offset_of!(CSADDR_INFO, LocalAddr), socket::local_name(s)),
        (offset_of!(CSADDR_INFO, RemoteAddr), socket::peer_name(s)),
    ];
    let mut len = size_of::<CSADDR_INFO>();
    put(value, offset_of!(CSADDR_INFO, iSocketType), &kind.to_ne_bytes())?;
    put(value, offset_of!(CSADDR_INFO, iProtocol), &protocol.to_ne_bytes())?;
    for (at, address) in ends {
        let Ok(address) = address else { continue };
        let (bytes, used) = address.windows_bytes();
        put(value, len, &bytes[..used])?;
        put(value, at, &base.wrapping_add(len).to_ne_bytes())?;
        let counted = at + offset_of!(SOCKET_ADDRESS, iSockaddrLength);
        put(value, counted, &(used as i32).to_ne_bytes())?;
        // The next address is aligned as any, where there is room for that.
        len = (len + used).next_multiple_of(align_of::<usize>()).min(value.len());
    }
    Ok(len)
}

/// SO_PROTOCOL_INFO: what the catalogue says of the socket's protocol (K-029).
fn entry(s: SOCKET, wide: bool, value: &mut [u8]) -> Result<usize, WsaError> {
    let (family, (kind, protocol)) = {
        let (_, socket) = socket::open(s)?;
        (socket.windows_family(), socket.kind_and_protocol())
    };
    let found = catalogue::find(family, kind, protocol).ok_or(WsaError::WSAENOPROTOOPT)?;
    let info = found.info_w();
    let len = size_of::<WSAPROTOCOL_INFOW>();
    // SAFETY: 4-byte fields, a GUID and 2-byte units leave no gap: every byte is initialised.
    let bytes = unsafe { std::slice::from_raw_parts((&raw const info).cast::<u8>(), len) };
    if wide {
        put(value, 0, bytes)?;
        return Ok(len);
    }
    // The forms differ in the name at the end alone.
    let name_at = offset_of!(WSAPROTOCOL_INFOA, szProtocol);
    put(value, size_of::<WSAPROTOCOL_INFOA>(), &[])?;
    put(value, 0, &bytes[..name_at])?;
    put(value, name_at, found.name.as_bytes())?;
    Ok(size_of::<WSAPROTOCOL_INFOA>())
}

fn put(value: &mut [u8], at: usize, bytes: &[u8]) -> Result<(), WsaError> {
    let room = value.get_mut(at..at + bytes.len()).ok_or(WsaError::WSAEFAULT)?;
    room.copy_from_slice(bytes);
    Ok(())
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
