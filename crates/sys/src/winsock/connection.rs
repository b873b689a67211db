//! Making and ending connections.

use super::started;
use crate::memory::{check_overlapped, read_address};
use crate::shape;
use linsock_abi::{
    BOOL, OVERLAPPED, QOS, SOCKADDR, SOCKET, TF_REUSE_SOCKET, WSABUF, Win32Error, WsaError,
};
use linsock_backend::memory::{is_own, is_readable, is_readable_throughout, is_writable};
use linsock_engine::operation;
use linsock_engine::socket::{self, ConnectExData};
use std::ffi::c_void;

/// Connects a bound socket and, if asked, sends one block; never blocks.
///
/// # Contract
/// C-001 signature; C-010..C-028 parameters; C-032..C-059 return and completion; C-090 the
/// order of checks; C-091..C-097 retrying; C-123..C-142 reuse.
///
/// # Errors
/// FALSE and WSA_IO_PENDING: started (C-033). Not started: WSANOTINITIALISED, WSAENOTSOCK,
/// WSAEINVAL (socket type, unbound, listening), ERROR_INVALID_PARAMETER (NULL lpOverlapped),
/// WSAEFAULT, WSAEAFNOSUPPORT, WSAEALREADY, WSAEISCONN, WSAEADDRNOTAVAIL (C-060..C-086).
///
/// # Linux
/// Tried at once on the calling thread, connect then send, and parked if that blocks; on
/// io_uring one linked submission. A block that stays behind is copied (C-031).
///
/// # Safety
/// lpSendBuffer may be reused on return; lpOverlapped stays until the completion.
///
/// # Sources
/// learn.microsoft.com: mswsock.h, LPFN_CONNECTEX
#[api(by_guid)]
pub unsafe extern "system" fn ConnectEx(
    s: SOCKET,
    name: *const SOCKADDR,
    namelen: i32,
    lpsendbuffer: *const c_void,
    dwsenddatalength: u32,
    lpdwbytessent: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
) -> BOOL {
    shape::truth(|| {
        started()?;
        {
            let (_, socket) = socket::open(s)?;
            if !socket.is_connection_oriented() {
                return Err(WsaError::WSAEINVAL);
            }
        }
        if lpoverlapped.is_null() {
            return Err(WsaError(Win32Error::ERROR_INVALID_PARAMETER.0 as i32));
        }
        // SAFETY: probed.
        let peer = unsafe { read_address(name, namelen)? };
        let mut data = ConnectExData::default();
        if !lpsendbuffer.is_null() {
            data = ConnectExData { address: lpsendbuffer.addr(), len: dwsenddatalength as usize };
            if !is_readable_throughout(data.address, data.len) {
                return Err(WsaError::WSAEFAULT);
            }
        }
        // The count comes with the completion; the parameter is not written (C-027, C-030).
        let _ = lpdwbytessent;
        let overlapped = lpoverlapped.addr();
        let own = is_own(overlapped, size_of::<OVERLAPPED>()) && overlapped.is_multiple_of(8);
        // Asking whether an OVERLAPPED can be written may write it, so what it says of a
        // pending operation is read before.
        let pending = (own || is_readable(overlapped, size_of::<OVERLAPPED>()))
            // SAFETY: it is there.
            && unsafe { operation::is_pending(overlapped) };
        if pending && socket::is_in_use(overlapped) {
            return Err(socket::in_progress(s).unwrap_or(WsaError::WSAEINVAL));
        }
        if !own {
            check_overlapped(lpoverlapped)?;
        }
        // SAFETY: probed, and the caller keeps it until the completion.
        unsafe { socket::connect_ex(s, peer, data, overlapped)? };
        Err(WsaError::WSA_IO_PENDING)
    })
}

/// Ends a connection and, with TF_REUSE_SOCKET, makes the socket ready for another.
///
/// # Contract
/// D-001..D-023; C-123.
///
/// # Errors
/// FALSE and WSA_IO_PENDING: started. Not started: WSANOTINITIALISED, WSAENOTSOCK,
/// WSAENOTCONN, WSAEINVAL (flags, reserved), WSAEFAULT.
///
/// # Linux
/// Reuse waits for the peer's end, since dissolving an association earlier sends a reset.
///
/// # Safety
/// lpOverlapped, if given, stays until the completion.
///
/// # Sources
/// learn.microsoft.com: mswsock.h, LPFN_DISCONNECTEX
#[api(by_guid)]
pub unsafe extern "system" fn DisconnectEx(
    s: SOCKET,
    lpoverlapped: *mut OVERLAPPED,
    dwflags: u32,
    dwreserved: u32,
) -> BOOL {
    shape::truth(|| {
        started()?;
        socket::find(s)?;
        if dwreserved != 0 || dwflags & !TF_REUSE_SOCKET != 0 {
            return Err(WsaError::WSAEINVAL);
        }
        let overlapped = match lpoverlapped.is_null() {
            true => None,
            false => Some(check_overlapped(lpoverlapped)?),
        };
        // SAFETY: probed, and the caller keeps it until the completion.
        match unsafe { socket::disconnect_ex(s, overlapped, dwflags & TF_REUSE_SOCKET != 0)? } {
            true => Ok(()),
            false => Err(WsaError::WSA_IO_PENDING),
        }
    })
}

/// Connects a socket.
///
/// # Contract
/// B-010..B-016; B-019 APCs run during the wait; C-065, C-079.
///
/// # Errors
/// The outcome; WSAEWOULDBLOCK on a non-blocking socket; WSAEALREADY, WSAEISCONN, WSAEINVAL,
/// WSAEAFNOSUPPORT, WSAEADDRNOTAVAIL, WSAEFAULT, WSAENOTSOCK, WSANOTINITIALISED.
///
/// # Linux
/// Gives up after 21 s, as Windows does.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, connect
#[api("ws2_connect")]
pub unsafe extern "system" fn connect(s: SOCKET, name: *const SOCKADDR, namelen: i32) -> i32 {
    shape::status(|| {
        started()?;
        socket::find(s)?;
        // SAFETY: probed.
        let peer = unsafe { read_address(name, namelen)? };
        socket::connect(s, peer)
    })
}

/// Connects a socket; TCP carries no caller data.
///
/// # Contract
/// B-010..B-017.
///
/// # Errors
/// As [`connect`]; WSAEPROTONOSUPPORT with caller data; WSAEINVAL with lpGQOS.
///
/// # Linux
/// As [`connect`].
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAConnect
#[api]
pub unsafe extern "system" fn WSAConnect(
    s: SOCKET,
    name: *const SOCKADDR,
    namelen: i32,
    lpcallerdata: *const WSABUF,
    lpcalleedata: *mut WSABUF,
    _lpsqos: *const QOS,
    lpgqos: *const QOS,
) -> i32 {
    shape::status(|| {
        started()?;
        socket::find(s)?;
        // SAFETY: probed.
        let peer = unsafe { read_address(name, namelen)? };
        if !lpgqos.is_null() {
            return Err(WsaError::WSAEINVAL);
        }
        if !lpcallerdata.is_null() {
            return Err(WsaError::WSAEPROTONOSUPPORT);
        }
        socket::connect(s, peer)?;
        // TCP brings no data along.
        if !lpcalleedata.is_null() && is_writable(lpcalleedata.addr(), size_of::<u32>()) {
            // SAFETY: the caller gave it to be written, and it is there.
            unsafe { (*lpcalleedata).len = 0 };
        }
        Ok(())
    })
}
