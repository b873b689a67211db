//! Making, naming and closing sockets.

use super::started;
use crate::memory::{read_address, write_address};
use crate::shape;
use linsock_abi::{
    SD_RECEIVE, SD_SEND, SOCKADDR, SOCKET, WINSOCK_SHUTDOWN_HOW, WSA_FLAG_NO_HANDLE_INHERIT,
    WSA_FLAG_OVERLAPPED, WSABUF, WSAPROTOCOL_INFOA, WSAPROTOCOL_INFOW, WsaError,
};
use linsock_backend::address::Address;
use linsock_backend::memory::is_readable;
use linsock_engine::socket::{self, Creation, option};

/// Makes a socket.
///
/// # Contract
/// B-001 defaults; S-002 overlapped, unless SO_OPENTYPE of the thread says otherwise (K-039);
/// W-001.
///
/// # Errors
/// INVALID_SOCKET and WSAEAFNOSUPPORT, WSAESOCKTNOSUPPORT, WSAEPROTONOSUPPORT, WSAEPROTOTYPE,
/// WSAEMFILE (B-002), WSANOTINITIALISED.
///
/// # Linux
/// A SOCKET is its descriptor's number, never 0, 1 or 2; both numbers of AF_INET6 are taken.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, socket
#[api("ws2_socket")]
pub unsafe extern "system" fn socket(af: i32, r#type: i32, protocol: i32) -> SOCKET {
    shape::socket(|| {
        started()?;
        let overlapped = option::open_type() == 0;
        let creation = Creation { family: af, kind: r#type, protocol, overlapped, inherit: true };
        socket::create(creation)
    })
}

/// Makes a socket with attributes.
///
/// # Contract
/// S-002 overlapped only with WSA_FLAG_OVERLAPPED; B-001, B-002.
///
/// # Errors
/// As [`socket()`]; WSAEFAULT for a bad lpProtocolInfo; WSAEINVAL: it is WSADuplicateSocket's, but
/// used already or not for this process, or its process is gone.
///
/// # Linux
/// WSA_FLAG_NO_HANDLE_INHERIT is close-on-exec. Of lpProtocolInfo the family, type and
/// protocol count where the arguments say FROM_PROTOCOL_INFO (-1). One of WSADuplicateSocket (its
/// dwProviderReserved is not 0) makes a socket of the connection it speaks of, with its attributes.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSASocketA
#[api]
pub unsafe extern "system" fn WSASocketA(
    af: i32,
    r#type: i32,
    protocol: i32,
    lpprotocolinfo: *const WSAPROTOCOL_INFOA,
    g: u32,
    dwflags: u32,
) -> SOCKET {
    // SAFETY: the two structures differ only in the text at their end, which is not read.
    unsafe { create(af, r#type, protocol, lpprotocolinfo.cast(), g, dwflags) }
}

/// Makes a socket with attributes.
///
/// # Contract
/// As [`WSASocketA`].
///
/// # Errors
/// As [`WSASocketA`].
///
/// # Linux
/// As [`WSASocketA`].
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSASocketW
#[api]
pub unsafe extern "system" fn WSASocketW(
    af: i32,
    r#type: i32,
    protocol: i32,
    lpprotocolinfo: *const WSAPROTOCOL_INFOW,
    _g: u32,
    dwflags: u32,
) -> SOCKET {
    // SAFETY: passed on.
    unsafe { create(af, r#type, protocol, lpprotocolinfo, _g, dwflags) }
}

/// What WSASocketA and WSASocketW do.
///
/// # Safety
/// By the crate's vocabulary.
unsafe fn create(
    af: i32,
    r#type: i32,
    protocol: i32,
    lpprotocolinfo: *const WSAPROTOCOL_INFOW,
    _g: u32,
    dwflags: u32,
) -> SOCKET {
    const FROM_PROTOCOL_INFO: i32 = -1;
    shape::socket(|| {
        started()?;
        let mut creation = Creation {
            family: af,
            kind: r#type,
            protocol,
            overlapped: dwflags & WSA_FLAG_OVERLAPPED != 0,
            inherit: dwflags & WSA_FLAG_NO_HANDLE_INHERIT == 0,
        };
        if !lpprotocolinfo.is_null() {
            let fixed = std::mem::offset_of!(WSAPROTOCOL_INFOW, szProtocol);
            if !is_readable(lpprotocolinfo.addr(), fixed) {
                return Err(WsaError::WSAEFAULT);
            }
            // SAFETY: the fields before the text were just read by the kernel.
            let (reserved, family, kind, protocol) = unsafe {
                (
                    (&raw const (*lpprotocolinfo).dwProviderReserved).read_unaligned(),
                    (&raw const (*lpprotocolinfo).iAddressFamily).read_unaligned(),
                    (&raw const (*lpprotocolinfo).iSocketType).read_unaligned(),
                    (&raw const (*lpprotocolinfo).iProtocol).read_unaligned(),
                )
            };
            if reserved != 0 {
                // By WSADuplicateSocket.
                return socket::fetch(reserved, creation.inherit);
            }
            let pick = |asked: i32, given: i32| {
                if asked == FROM_PROTOCOL_INFO || asked == 0 { given } else { asked }
            };
            creation.family = pick(creation.family, family);
            creation.kind = pick(creation.kind, kind);
            creation.protocol = pick(creation.protocol, protocol);
        }
        socket::create(creation)
    })
}

/// Binds a socket to an address.
///
/// # Contract
/// B-003; C-010 what ConnectEx needs first; C-062.
///
/// # Errors
/// WSAENOTSOCK, WSAEFAULT, WSAEINVAL bound already, WSAEAFNOSUPPORT, WSAEADDRINUSE,
/// WSAEADDRNOTAVAIL, WSAEACCES, WSANOTINITIALISED.
///
/// # Linux
/// A TCP bind to port 0 leaves the port to the connection, which then has the whole range;
/// `getsockname` before that settles it.
///
/// # Sources
/// learn.microsoft.com: winsock.h, bind
#[api("ws2_bind")]
pub unsafe extern "system" fn bind(s: SOCKET, name: *const SOCKADDR, namelen: i32) -> i32 {
    shape::status(|| {
        started()?;
        socket::find(s)?;
        // SAFETY: probed.
        let address = unsafe { read_address(name, namelen)? };
        socket::bind(s, address)
    })
}

/// Starts to listen.
///
/// # Contract
/// B-004.
///
/// # Errors
/// WSAEINVAL unbound, WSAEISCONN, WSAEOPNOTSUPP datagram, WSAEADDRINUSE, WSAENOTSOCK.
///
/// # Linux
/// A bind to port 0 is settled here.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, listen
#[api("ws2_listen")]
pub unsafe extern "system" fn listen(s: SOCKET, backlog: i32) -> i32 {
    shape::status(|| {
        started()?;
        socket::listen(s, backlog)
    })
}

/// Takes a connection.
///
/// # Contract
/// B-005; B-006 the listener's options pass on.
///
/// # Errors
/// INVALID_SOCKET and WSAEINVAL not listening, WSAEWOULDBLOCK, WSAECONNRESET, WSAEMFILE,
/// WSAEFAULT too little room for the address, WSAEOPNOTSUPP, WSAENOTSOCK.
///
/// # Linux
/// accept4; a blocking call waits for the engine's thread.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, accept
#[api("ws2_accept")]
pub unsafe extern "system" fn accept(s: SOCKET, addr: *mut SOCKADDR, addrlen: *mut i32) -> SOCKET {
    shape::socket(|| {
        started()?;
        // SAFETY: probed.
        unsafe { accept_with(s, addr, addrlen, || socket::accept(s)) }
    })
}

/// Takes a connection and stores its peer's address, if that is wanted.
///
/// # Safety
/// Any pointers: they are probed; both are about to be written.
pub(super) unsafe fn accept_with(
    listener: SOCKET,
    addr: *mut SOCKADDR,
    addrlen: *mut i32,
    take: impl FnOnce() -> Result<(SOCKET, Address), WsaError>,
) -> Result<SOCKET, WsaError> {
    socket::find(listener)?;
    if !addr.is_null() && !is_readable(addrlen.addr(), size_of::<i32>()) {
        // A call that fails enables network events too (E-017).
        socket::enable_accept_event(listener);
        return Err(WsaError::WSAEFAULT);
    }
    let (new, peer) = take()?;
    if !addr.is_null() {
        // SAFETY: probed.
        if let Err(error) = unsafe { write_address(&peer, addr, addrlen) } {
            let _ = socket::close(new);
            return Err(error);
        }
    }
    Ok(new)
}

/// Tells the address a socket is bound to.
///
/// # Contract
/// C-109 the bind-time address before the context update; C-144 after an implicit bind.
///
/// # Errors
/// WSAEINVAL not bound, WSAEFAULT, WSAENOTSOCK.
///
/// # Linux
/// Settles a bind to port 0, because the contract wants a port here.
///
/// # Sources
/// learn.microsoft.com: winsock.h, getsockname
#[api("ws2_getsockname")]
pub unsafe extern "system" fn getsockname(
    s: SOCKET,
    name: *mut SOCKADDR,
    namelen: *mut i32,
) -> i32 {
    shape::status(|| {
        started()?;
        let address = socket::local_name(s)?;
        // SAFETY: probed.
        unsafe { write_address(&address, name, namelen) }
    })
}

/// Tells the address a socket is connected to.
///
/// # Contract
/// C-109 WSAENOTCONN before the context update; Z-016 still answers after shutdown.
///
/// # Errors
/// WSAENOTCONN, WSAEFAULT, WSAENOTSOCK.
///
/// # Linux
/// No system call: the address is known since the connection.
///
/// # Sources
/// learn.microsoft.com: winsock.h, getpeername
#[api("ws2_getpeername")]
pub unsafe extern "system" fn getpeername(
    s: SOCKET,
    name: *mut SOCKADDR,
    namelen: *mut i32,
) -> i32 {
    shape::status(|| {
        started()?;
        let address = socket::peer_name(s)?;
        // SAFETY: probed.
        unsafe { write_address(&address, name, namelen) }
    })
}

/// Ends one or both directions of a connection.
///
/// # Contract
/// Z-011..Z-018; C-109.
///
/// # Errors
/// WSAEINVAL, WSAENOTCONN, WSAENOTSOCK.
///
/// # Linux
/// SD_RECEIVE is a mark in the library: the kernel's own would change what is delivered.
///
/// # Sources
/// learn.microsoft.com: winsock.h, shutdown
#[api("ws2_shutdown")]
pub unsafe extern "system" fn shutdown(s: SOCKET, how: i32) -> i32 {
    shape::status(|| {
        started()?;
        socket::shutdown(s, how)
    })
}

/// Ends sending, with data for the protocols that have such.
///
/// # Contract
/// As [`shutdown`] with SD_SEND. No packet is queued (F-002).
///
/// # Errors
/// As shutdown; WSAENOPROTOOPT: there is data, which neither TCP nor a local socket can carry.
///
/// # Linux
/// As shutdown.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSASendDisconnect
#[api]
pub unsafe extern "system" fn WSASendDisconnect(
    s: SOCKET,
    lpoutbounddisconnectdata: *const WSABUF,
) -> i32 {
    // SAFETY: the caller's pointer.
    unsafe { disconnect(s, SD_SEND, lpoutbounddisconnectdata) }
}

/// Ends receiving, with data for the protocols that have such.
///
/// # Contract
/// As [`shutdown`] with SD_RECEIVE. No packet is queued (F-002).
///
/// # Errors
/// As shutdown; WSAENOPROTOOPT: there is room for data, which neither TCP nor a local socket can
/// carry.
///
/// # Linux
/// As shutdown.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSARecvDisconnect
#[api]
pub unsafe extern "system" fn WSARecvDisconnect(
    s: SOCKET,
    lpinbounddisconnectdata: *const WSABUF,
) -> i32 {
    // SAFETY: the caller's pointer.
    unsafe { disconnect(s, SD_RECEIVE, lpinbounddisconnectdata) }
}

/// # Safety
/// Any pointer: it is probed.
unsafe fn disconnect(s: SOCKET, how: WINSOCK_SHUTDOWN_HOW, data: *const WSABUF) -> i32 {
    shape::status(|| {
        started()?;
        socket::find(s)?;
        if !data.is_null() {
            if !is_readable(data.addr(), size_of::<WSABUF>()) {
                return Err(WsaError::WSAEFAULT);
            }
            // SAFETY: just read by the kernel.
            if unsafe { data.read_unaligned() }.len > 0 {
                return Err(WsaError::WSAENOPROTOOPT);
            }
        }
        socket::shutdown(s, how)
    })
}

/// Closes a socket.
///
/// # Contract
/// Z-001..Z-009; C-089 pending operations end with 995.
///
/// # Errors
/// WSAENOTSOCK; WSAEWOULDBLOCK (Z-008).
///
/// # Linux
/// The number may be given out again at once.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, closesocket
#[api]
pub unsafe extern "system" fn closesocket(s: SOCKET) -> i32 {
    shape::status(|| {
        started()?;
        socket::close(s)
    })
}
