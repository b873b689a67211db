//! Sending and receiving.

use super::datagram::source_places;
use super::started;
use crate::memory::{buffers, check_transfer_overlapped, is_possible, read_address};
use crate::shape;
use linsock_abi::{
    LPWSAOVERLAPPED_COMPLETION_ROUTINE, MSG_DONTROUTE, MSG_OOB, MSG_PARTIAL, MSG_PEEK,
    MSG_PUSH_IMMEDIATE, MSG_WAITALL, OVERLAPPED, SOCKADDR, SOCKET, WSABUF, WsaError,
};
use linsock_backend::buffers::Buffers;
use linsock_engine::socket::{self, Flags, Opened, Started};

const OOB: u32 = MSG_OOB as u32;
const PEEK: u32 = MSG_PEEK as u32;
const WAITALL: u32 = MSG_WAITALL as u32;
const PARTIAL: u32 = MSG_PARTIAL;
const DONTROUTE: u32 = MSG_DONTROUTE as u32;
const PUSH: u32 = MSG_PUSH_IMMEDIATE as u32;

/// The flags of a send: S-018..S-021.
pub(super) fn send_flags(flags: u32) -> Result<Flags, WsaError> {
    if flags & !(OOB | DONTROUTE) != 0 {
        return Err(WsaError::WSAEOPNOTSUPP);
    }
    Ok(Flags { out_of_band: flags & OOB != 0, ..Flags::default() })
}

/// The flags of a receive: S-016..S-020.
pub(super) fn receive_flags(flags: u32) -> Result<Flags, WsaError> {
    let all = flags & WAITALL != 0;
    if flags & !(OOB | PEEK | WAITALL | PARTIAL | PUSH) != 0 || (all && flags & PARTIAL != 0) {
        return Err(WsaError::WSAEOPNOTSUPP);
    }
    Ok(Flags { out_of_band: flags & OOB != 0, peek: flags & PEEK != 0, wait_all: all })
}

/// Sends from a list of buffers.
///
/// # Contract
/// S-001..S-014 overlapped or not; S-018, S-019 flags; S-048, S-049 empty sends; R-001..R-010
/// the completion routine; O-007, R-015 hEvent is left alone then.
///
/// # Errors
/// WSA_IO_PENDING: started. Else WSAENOTCONN, WSAESHUTDOWN, WSAECONNRESET, WSAECONNABORTED,
/// WSAENETRESET (S-029), WSAEMSGSIZE, WSAEOPNOTSUPP, WSAEWOULDBLOCK, WSAEFAULT, WSAENOTSOCK, WSANOTINITIALISED; WSAEINVAL: a routine on a socket
/// of a completion port (P-037, R-016).
///
/// # Linux
/// Tried at once on the calling thread.
///
/// # Safety
/// With lpOverlapped, it and the buffers stay until the completion; the routine may be called.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSASend
#[api]
pub unsafe extern "system" fn WSASend(
    s: SOCKET,
    lpbuffers: *const WSABUF,
    dwbuffercount: u32,
    lpnumberofbytessent: *mut u32,
    dwflags: u32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    shape::transfer(|| {
        started()?;
        // SAFETY: the caller's word.
        let opened = unsafe { opened_for(s, lpoverlapped, lpcompletionroutine)? };
        let routine = lpcompletionroutine;
        let sent = count_pointer(lpnumberofbytessent, opened.is_some())?;
        // SAFETY: the caller's word.
        let data = unsafe { buffers(lpbuffers, dwbuffercount)? };
        let flags = send_flags(dwflags)?;
        let done = match opened {
            Some((opened, overlapped)) => {
                // SAFETY: the caller keeps both until the completion.
                let started = unsafe {
                    socket::send_overlapped(opened, data, flags, None, overlapped, routine)?
                };
                match started {
                    Started::Done(ended) => ended.bytes,
                    Started::Pending => return Err(WsaError::WSA_IO_PENDING),
                }
            }
            None => socket::send(s, data, flags, None)?,
        };
        // SAFETY: checked above.
        unsafe { store(sent, done) };
        Ok(())
    })
}

/// Receives into a list of buffers.
///
/// # Contract
/// S-001..S-017 overlapped or not; S-022..S-030 how it ends; S-041 lpFlags; S-047, S-049;
/// R-001..R-010 the completion routine; O-007, R-015 hEvent is left alone then.
///
/// # Errors
/// WSA_IO_PENDING: started. Else WSAENOTCONN, WSAESHUTDOWN, WSAECONNRESET, WSAEOPNOTSUPP,
/// WSAECONNABORTED, WSAENETRESET (S-029), WSAEDISCON (S-022), WSAEMSGSIZE, WSAEINVAL (also a
/// routine on a socket of a completion port: P-037, R-016; MSG_OOB with SO_OOBINLINE),
/// WSAEWOULDBLOCK, WSAETIMEDOUT, WSAEFAULT, WSAENOTSOCK, WSANOTINITIALISED.
///
/// # Linux
/// Tried at once on the calling thread, unless the last receive took all there was. A receive of
/// out-of-band data stands in the same queue as the others: it waits for those before it, and
/// those behind it wait for it.
///
/// # Safety
/// With lpOverlapped, it and the buffers stay until the completion; the routine may be called.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSARecv
#[api]
pub unsafe extern "system" fn WSARecv(
    s: SOCKET,
    lpbuffers: *const WSABUF,
    dwbuffercount: u32,
    lpnumberofbytesrecvd: *mut u32,
    lpflags: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    shape::transfer(|| {
        started()?;
        // SAFETY: the caller's word.
        let opened = unsafe { opened_for(s, lpoverlapped, lpcompletionroutine) };
        let opened = opened.map_err(|error| refused(s, error))?;
        let routine = lpcompletionroutine;
        let received = lpnumberofbytesrecvd;
        // SAFETY: the caller's word.
        let parameters = unsafe {
            receive_parameters(lpbuffers, dwbuffercount, received, lpflags, opened.is_some())
        };
        let (data, flags) = match parameters {
            Ok(parameters) => parameters,
            Err(error) => {
                // Its socket is locked.
                drop(opened);
                return Err(refused(s, error));
            }
        };
        let ended = match opened {
            Some((opened, overlapped)) => {
                // SAFETY: the caller keeps both until the completion.
                let started = unsafe {
                    socket::receive_overlapped(opened, data, flags, overlapped, routine)?
                };
                match started {
                    Started::Done(ended) => ended,
                    Started::Pending => return Err(WsaError::WSA_IO_PENDING),
                }
            }
            None => socket::receive(s, data, flags)?,
        };
        // SAFETY: checked above; the flags are the caller's.
        unsafe {
            store(received, ended.bytes);
            lpflags.write(ended.flags);
        }
        ended.error.map_or(Ok(()), Err)
    })
}

/// What WSARecv and WSARecvFrom are given, as far as it does not depend on the socket.
///
/// # Safety
/// The caller's pointers.
#[inline(always)]
pub(super) unsafe fn receive_parameters(
    list: *const WSABUF,
    count: u32,
    received: *mut u32,
    flags: *const u32,
    overlapped: bool,
) -> Result<(Buffers, Flags), WsaError> {
    count_pointer(received, overlapped)?;
    if !is_possible(flags.addr()) {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: the caller's word.
    let flags = receive_flags(unsafe { flags.read() })?;
    if count == 0 {
        return Err(WsaError::WSAEINVAL);
    }
    // SAFETY: the caller's word.
    let data = unsafe { buffers(list, count)? };
    Ok((data, flags))
}

/// A receive that fails for what it was given enables network events again as any other (E-017).
#[cold]
pub(super) fn refused(s: SOCKET, error: WsaError) -> WsaError {
    socket::enable_receive_events(s);
    error
}

/// The OVERLAPPED that counts, and its socket, so that a transfer looks that up once: none on a
/// socket without the overlapped attribute, or where none was given (S-001..S-004).
///
/// # Safety
/// The caller's pointers.
#[inline(always)]
pub(super) unsafe fn opened_for(
    s: SOCKET,
    overlapped: *mut OVERLAPPED,
    routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> Result<Option<(Opened, usize)>, WsaError> {
    if overlapped.is_null() {
        return Ok(None);
    }
    let (place, socket) = socket::open(s)?;
    if !socket.is_overlapped() {
        return Ok(None);
    }
    if routine.is_some() && socket.has_port() {
        // A socket of a port takes no routine at all (P-037).
        return Err(WsaError::WSAEINVAL);
    }
    let overlapped = check_transfer_overlapped(overlapped)?;
    Ok(Some(((place, socket), overlapped)))
}

/// The same, without the socket.
///
/// # Safety
/// The caller's pointers.
pub(super) unsafe fn overlapped_of(
    s: SOCKET,
    overlapped: *mut OVERLAPPED,
    routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> Result<Option<usize>, WsaError> {
    // SAFETY: the caller's word.
    let opened = unsafe { opened_for(s, overlapped, routine)? };
    Ok(opened.map(|(_, overlapped)| overlapped))
}

/// Where the count goes; it may be left out only with an OVERLAPPED (S-008).
pub(super) fn count_pointer(count: *mut u32, overlapped: bool) -> Result<*mut u32, WsaError> {
    let fine = if count.is_null() { overlapped } else { is_possible(count.addr()) };
    if fine { Ok(count) } else { Err(WsaError::WSAEFAULT) }
}

/// # Safety
/// NULL or writable.
pub(super) unsafe fn store(count: *mut u32, value: u32) {
    if !count.is_null() {
        // SAFETY: the caller's word.
        unsafe { count.write(value) };
    }
}

fn one_buffer(buf: usize, len: i32) -> Result<Buffers, WsaError> {
    let len = usize::try_from(len).map_err(|_| WsaError::WSAEFAULT)?;
    Ok(Buffers::one(buf, len))
}

/// Sends from one buffer.
///
/// # Contract
/// S-043, S-044 blocking and non-blocking; C-112 right after a ConnectEx.
///
/// # Errors
/// SOCKET_ERROR and WSAENOTCONN, WSAESHUTDOWN, WSAECONNRESET, WSAEWOULDBLOCK, WSAETIMEDOUT,
/// WSAEOPNOTSUPP, WSAEFAULT, WSAENOTSOCK, WSANOTINITIALISED.
///
/// # Linux
/// SIGPIPE never reaches the program.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, send
#[api("ws2_send")]
pub unsafe extern "system" fn send(s: SOCKET, buf: *const u8, len: i32, flags: i32) -> i32 {
    shape::bytes(|| {
        started()?;
        socket::find(s)?;
        let data = one_buffer(buf.addr(), len)?;
        socket::send(s, data, send_flags(flags as u32)?, None)
    })
}

/// Sends one datagram to an address.
///
/// # Contract
/// C-144 binds implicitly; S-033..S-037.
///
/// # Errors
/// As [`send`]; WSAEADDRNOTAVAIL, WSAEAFNOSUPPORT, WSAEMSGSIZE, WSAEACCES.
///
/// # Linux
/// On a connection-oriented socket the address is ignored.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, sendto
#[api("ws2_sendto")]
pub unsafe extern "system" fn sendto(
    s: SOCKET,
    buf: *const u8,
    len: i32,
    flags: i32,
    to: *const SOCKADDR,
    tolen: i32,
) -> i32 {
    shape::bytes(|| {
        started()?;
        let oriented = socket::open(s)?.1.is_connection_oriented();
        let to = match to.is_null() || oriented {
            true => None,
            // SAFETY: probed.
            false => Some(unsafe { read_address(to, tolen)? }),
        };
        let data = one_buffer(buf.addr(), len)?;
        socket::send(s, data, send_flags(flags as u32)?, to)
    })
}

/// Receives into one buffer.
///
/// # Contract
/// S-015, S-022..S-030, S-043.
///
/// # Errors
/// SOCKET_ERROR and WSAENOTCONN, WSAESHUTDOWN, WSAECONNRESET, WSAEWOULDBLOCK, WSAETIMEDOUT,
/// WSAEMSGSIZE, WSAEINVAL, WSAEOPNOTSUPP, WSAEFAULT, WSAENOTSOCK, WSANOTINITIALISED.
///
/// # Linux
/// A blocking call that finds nothing waits for the engine's thread, alertably (F-007).
///
/// # Sources
/// learn.microsoft.com: winsock2.h, recv
#[api("ws2_recv")]
pub unsafe extern "system" fn recv(s: SOCKET, buf: *mut u8, len: i32, flags: i32) -> i32 {
    // SAFETY: passed on.
    unsafe { receive(s, buf, len, flags, std::ptr::null_mut(), std::ptr::null_mut()) }
}

/// Receives into one buffer and tells where a datagram came from.
///
/// # Contract
/// S-026, S-030, S-032, S-039, S-040.
///
/// # Errors
/// As [`recv`]; of datagrams that did not arrive WSAECONNRESET and WSAENETRESET (M-022, M-023).
///
/// # Linux
/// On a connection-oriented socket the address is left alone.
///
/// # Sources
/// learn.microsoft.com: winsock.h, recvfrom
#[api("ws2_recvfrom")]
pub unsafe extern "system" fn recvfrom(
    s: SOCKET,
    buf: *mut u8,
    len: i32,
    flags: i32,
    from: *mut SOCKADDR,
    fromlen: *mut i32,
) -> i32 {
    // SAFETY: passed on.
    unsafe { receive(s, buf, len, flags, from, fromlen) }
}

/// What recv and recvfrom do.
///
/// # Safety
/// By the crate's vocabulary.
unsafe fn receive(
    s: SOCKET,
    buf: *mut u8,
    len: i32,
    flags: i32,
    from: *mut SOCKADDR,
    fromlen: *mut i32,
) -> i32 {
    shape::bytes(|| {
        started()?;
        socket::find(s)?;
        let refused = |error| refused(s, error);
        let data = one_buffer(buf.addr(), len).map_err(refused)?;
        // SAFETY: the caller's pointers.
        let places = unsafe { source_places(s, from, fromlen) }.map_err(refused)?;
        let flags = receive_flags(flags as u32).map_err(refused)?;
        // SAFETY: the places are the caller's.
        let Started::Done(ended) = (unsafe { socket::receive_from(s, data, flags, places, None)? })
        else {
            return Err(WsaError::WSA_IO_PENDING);
        };
        ended.error.map_or(Ok(ended.bytes), Err)
    })
}
