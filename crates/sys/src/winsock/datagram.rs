//! Datagrams to and from an address, overlapped.

use super::started;
use super::transfer::{
    count_pointer, overlapped_of, receive_parameters, refused, send_flags, store,
};
use crate::memory::{buffers, read_address};
use crate::shape;
use linsock_abi::{
    LPWSAOVERLAPPED_COMPLETION_ROUTINE, OVERLAPPED, SOCKADDR, SOCKET, WSABUF, WsaError,
};
use linsock_backend::address::bytes_of_family;
use linsock_backend::envelope::Places;
use linsock_backend::memory::is_readable;
use linsock_engine::socket::{self, Started};

/// Bytes of the shortest name of a family without one size: the family alone.
const FAMILY_BYTES: usize = 2;

/// Sends one datagram from a list of buffers to an address.
///
/// # Contract
/// S-033 overrides the peer; S-034 ignored on connections; S-035 binds implicitly; S-036, S-037
/// bad addresses; otherwise as [`super::transfer::WSASend`].
///
/// # Errors
/// WSA_IO_PENDING: started. Else WSAEADDRNOTAVAIL, WSAENOTCONN without an address or a peer,
/// WSAEAFNOSUPPORT, WSAEMSGSIZE, WSAEACCES (broadcast), WSAESHUTDOWN, WSAEOPNOTSUPP, WSAEFAULT,
/// WSAEWOULDBLOCK, WSAENOTSOCK, WSANOTINITIALISED; WSAEINVAL: a routine on a socket of a port.
///
/// # Linux
/// Tried at once on the calling thread. The kernel fails a send for what became of an earlier
/// datagram; such a send is made again, and the failure is left to the next receive (M-022).
///
/// # Safety
/// With lpOverlapped, it and the buffers stay until the completion; the routine may be called.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSASendTo
#[api]
pub unsafe extern "system" fn WSASendTo(
    s: SOCKET,
    lpbuffers: *const WSABUF,
    dwbuffercount: u32,
    lpnumberofbytessent: *mut u32,
    dwflags: u32,
    lpto: *const SOCKADDR,
    itolen: i32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    shape::transfer(|| {
        started()?;
        // SAFETY: the caller's word.
        let overlapped = unsafe { overlapped_of(s, lpoverlapped, lpcompletionroutine)? };
        let sent = count_pointer(lpnumberofbytessent, overlapped.is_some())?;
        // SAFETY: the caller's word.
        let data = unsafe { buffers(lpbuffers, dwbuffercount)? };
        let flags = send_flags(dwflags)?;
        let to = match lpto.is_null() || socket::open(s)?.1.is_connection_oriented() {
            true => None,
            // SAFETY: probed.
            false => Some(unsafe { read_address(lpto, itolen)? }),
        };
        let done = match overlapped {
            Some(overlapped) => {
                let routine = lpcompletionroutine;
                // SAFETY: the caller keeps both until the completion.
                match unsafe {
                    socket::send_overlapped(socket::open(s)?, data, flags, to, overlapped, routine)?
                } {
                    Started::Done(ended) => ended.bytes,
                    Started::Pending => return Err(WsaError::WSA_IO_PENDING),
                }
            }
            None => socket::send(s, data, flags, to)?,
        };
        // SAFETY: checked above.
        unsafe { store(sent, done) };
        Ok(())
    })
}

/// Receives one datagram into a list of buffers and tells where it came from.
///
/// # Contract
/// S-026, S-030, S-032; S-038 the address is written at the completion alone; S-039, S-040 its
/// room; M-022, M-023 what became of earlier datagrams; otherwise as
/// [`super::transfer::WSARecv`].
///
/// # Errors
/// WSA_IO_PENDING: started. Else WSAEINVAL (unbound, no buffers, or a routine on a socket of a
/// port), WSAEMSGSIZE, WSAECONNRESET, WSAENETRESET, WSAESHUTDOWN, WSAEOPNOTSUPP, WSAEFAULT,
/// WSAEWOULDBLOCK, WSAETIMEDOUT, WSAENOTCONN, WSAENOTSOCK, WSANOTINITIALISED.
///
/// # Linux
/// Tried at once on the calling thread. An address that cannot be written any more when the
/// datagram has come fails the operation with WSAEFAULT; the datagram is gone then.
///
/// # Safety
/// With lpOverlapped, it, the buffers, lpFrom and lpFromlen stay until the completion; the routine
/// may be called.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSARecvFrom
#[api]
pub unsafe extern "system" fn WSARecvFrom(
    s: SOCKET,
    lpbuffers: *const WSABUF,
    dwbuffercount: u32,
    lpnumberofbytesrecvd: *mut u32,
    lpflags: *mut u32,
    lpfrom: *mut SOCKADDR,
    lpfromlen: *mut i32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    shape::transfer(|| {
        started()?;
        let refused = |error| refused(s, error);
        // SAFETY: the caller's word.
        let overlapped = unsafe { overlapped_of(s, lpoverlapped, lpcompletionroutine) };
        let overlapped = overlapped.map_err(refused)?;
        let received = lpnumberofbytesrecvd;
        // SAFETY: the caller's word.
        let parameters = unsafe {
            receive_parameters(lpbuffers, dwbuffercount, received, lpflags, overlapped.is_some())
        };
        let (data, flags) = parameters.map_err(refused)?;
        // SAFETY: the caller's pointers.
        let places = unsafe { source_places(s, lpfrom, lpfromlen) }.map_err(refused)?;
        let told = overlapped.map(|overlapped| (overlapped, lpcompletionroutine));
        // SAFETY: the caller keeps them all until the completion.
        let ended = match unsafe { socket::receive_from(s, data, flags, places, told)? } {
            Started::Done(ended) => ended,
            Started::Pending => return Err(WsaError::WSA_IO_PENDING),
        };
        // SAFETY: checked above; the flags are the caller's.
        unsafe {
            store(received, ended.bytes);
            lpflags.write(ended.flags);
        }
        ended.error.map_or(Ok(()), Err)
    })
}

/// Where a datagram's source goes; `None`: nowhere, or there will be no datagram (S-040).
///
/// # Errors
/// WSAEFAULT: too little room for an address of the socket's family (S-039), or unreadable.
///
/// # Safety
/// Any pointers: they are probed.
pub(super) unsafe fn source_places(
    s: SOCKET,
    from: *mut SOCKADDR,
    fromlen: *mut i32,
) -> Result<Option<Places>, WsaError> {
    let family = {
        let (_, socket) = socket::open(s)?;
        (!socket.is_connection_oriented()).then(|| socket.address_family())
    };
    let (Some(family), false) = (family, from.is_null()) else { return Ok(None) };
    if !is_readable(fromlen.addr(), size_of::<i32>()) {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: just read by the kernel.
    let room = unsafe { fromlen.read_unaligned() };
    let name_room = room_for_name(family, from, room)?;
    let (name, name_len) = (from.addr(), fromlen.addr());
    Ok(Some(Places { name, name_room, name_len, ..Places::default() }))
}

/// The bytes of room for an address.
///
/// # Errors
/// WSAEFAULT: too little, or unreadable. Whether it can be written is seen when it is: until then
/// it stays as it is (S-038).
pub(super) fn room_for_name(
    family: u16,
    name: *const SOCKADDR,
    room: i32,
) -> Result<usize, WsaError> {
    let needed = bytes_of_family(family).unwrap_or(FAMILY_BYTES);
    match usize::try_from(room) {
        Ok(room) if room >= needed && is_readable(name.addr(), needed) => Ok(room),
        _ => Err(WsaError::WSAEFAULT),
    }
}
