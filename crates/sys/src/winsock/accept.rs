//! Accepting into a socket that exists already, and accepting on condition.

use super::socket::accept_with;
use super::started;
use crate::memory::check_overlapped;
use crate::shape;
use linsock_abi::{
    BOOL, CF_ACCEPT, CF_DEFER, CF_REJECT, LPCONDITIONPROC, OVERLAPPED, QOS, SOCKADDR, SOCKET,
    WSABUF, Win32Error, WsaError,
};
use linsock_backend::address::Address;
use linsock_backend::memory::{is_readable, is_writable};
use linsock_engine::operation;
use linsock_engine::socket::{self, ACCEPT_AREA_HEADER_BYTES, AcceptBuffer, Decision};
use std::ffi::c_void;
use std::ptr;

/// A condition function that is there.
type Condition = unsafe extern "system" fn(
    *mut WSABUF,
    *mut WSABUF,
    *mut QOS,
    *mut QOS,
    *mut WSABUF,
    *mut WSABUF,
    *mut u32,
    usize,
) -> i32;

/// Accepts a connection into an unbound socket, stores both addresses and, if asked, receives
/// the first data; never blocks.
///
/// # Contract
/// A-001 signature; A-004..A-013 parameters; A-014..A-019 what is stored; A-020..A-028 return
/// and completion; A-030..A-033 what the socket is good for before SO_UPDATE_ACCEPT_CONTEXT;
/// A-036..A-039; C-077; E-016, E-017 FD_ACCEPT is enabled again, also by a call that fails.
///
/// # Errors
/// FALSE and ERROR_IO_PENDING: started. Not started: WSANOTINITIALISED, WSAENOTSOCK,
/// ERROR_INVALID_PARAMETER (NULL lpOverlapped), WSAEFAULT (no room for the remote address, bad
/// pointers), WSAEINVAL (not listening; bound, connected or pending accept socket).
///
/// # Linux
/// The connection is put under the accept socket's number by dup3. It is tried at once
/// on the calling thread and reported as pending all the same. Options that either socket was told
/// are set anew, as the kernel lets a connection inherit its listener's. The handshake has settled by
/// then what the listener's TCP_MAXSEG and receive buffer say of segments and of the largest window.
///
/// # Safety
/// lpOutputBuffer and lpOverlapped stay until the completion. lpdwBytesReceived is not written.
///
/// # Sources
/// learn.microsoft.com: mswsock.h, AcceptEx
#[api]
pub unsafe extern "system" fn AcceptEx(
    slistensocket: SOCKET,
    sacceptsocket: SOCKET,
    lpoutputbuffer: *mut c_void,
    dwreceivedatalength: u32,
    dwlocaladdresslength: u32,
    dwremoteaddresslength: u32,
    lpdwbytesreceived: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
) -> BOOL {
    shape::truth(|| {
        started()?;
        let buffer = AcceptBuffer {
            address: lpoutputbuffer.addr(),
            data: dwreceivedatalength as usize,
            local: dwlocaladdresslength as usize,
            remote: dwremoteaddresslength as usize,
        };
        // The count comes with the completion.
        let _ = lpdwbytesreceived;
        // SAFETY: this function's own contract.
        match unsafe { start_accept_ex(slistensocket, sacceptsocket, buffer, lpoverlapped) } {
            Ok(()) => Err(WsaError::WSA_IO_PENDING),
            Err(error) => {
                socket::enable_accept_event(slistensocket);
                Err(error)
            }
        }
    })
}

/// Checks what AcceptEx was given, and starts it.
///
/// # Safety
/// The buffer and the OVERLAPPED are the operation's until the completion.
unsafe fn start_accept_ex(
    listener: SOCKET,
    accept: SOCKET,
    buffer: AcceptBuffer,
    overlapped: *mut OVERLAPPED,
) -> Result<(), WsaError> {
    socket::find(listener)?;
    socket::find(accept)?;
    if overlapped.is_null() {
        return Err(WsaError(Win32Error::ERROR_INVALID_PARAMETER.0 as i32));
    }
    let len = buffer.data + buffer.local + buffer.remote;
    // A probe for writability writes 8 bytes.
    let there = match len {
        ..8 => is_readable(buffer.address, len),
        _ => is_writable(buffer.address, len),
    };
    if buffer.remote == 0 || !there {
        return Err(WsaError::WSAEFAULT);
    }
    // As in ConnectEx: read before the asking writes it.
    let pending = is_readable(overlapped.addr(), size_of::<OVERLAPPED>())
        // SAFETY: just read by the kernel.
        && unsafe { operation::is_pending(overlapped.addr()) };
    if pending && socket::is_in_use(overlapped.addr()) {
        return Err(WsaError::WSAEINVAL);
    }
    let overlapped = check_overlapped(overlapped)?;
    // SAFETY: probed, and the caller keeps both until the completion.
    unsafe { socket::accept_ex(listener, accept, buffer, overlapped) }
}

/// Takes a connection if a condition function says so.
///
/// # Contract
/// A-029 what was deferred is taken by a later AcceptEx; B-005, B-006 as [`accept`].
///
/// # Errors
/// As [`accept`]; INVALID_SOCKET and WSAECONNREFUSED the function said CF_REJECT, WSATRY_AGAIN it
/// said CF_DEFER, WSAEINVAL it said none of the three.
///
/// # Linux
/// The kernel has accepted the connection before the function is asked, as Windows does without
/// SO_CONDITIONAL_ACCEPT: the peer of a rejected one sees a reset, not a refusal. A deferred
/// connection is the first to be accepted, also by WSAAccept, whose function is asked anew. TCP
/// carries no connect data, groups and quality of service do not exist: those parameters are NULL,
/// and the group is 0.
///
/// # Safety
/// The function may be called with dwCallbackData on this thread.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAAccept
///
/// [`accept`]: super::socket::accept
#[api]
pub unsafe extern "system" fn WSAAccept(
    s: SOCKET,
    addr: *mut SOCKADDR,
    addrlen: *mut i32,
    lpfncondition: LPCONDITIONPROC,
    dwcallbackdata: usize,
) -> SOCKET {
    shape::socket(|| {
        started()?;
        let take = || {
            let Some(condition) = lpfncondition else { return socket::accept(s) };
            // SAFETY: by this function's own contract.
            let ask = |peer: &Address, local: &Address| unsafe {
                asked(condition, peer, local, dwcallbackdata)
            };
            socket::accept_if(s, ask)
        };
        // SAFETY: probed.
        unsafe { accept_with(s, addr, addrlen, take) }
    })
}

/// What a condition function says of a connection.
///
/// # Safety
/// The function may be called with its data.
unsafe fn asked(condition: Condition, peer: &Address, local: &Address, data: usize) -> Decision {
    let (mut caller, caller_len) = peer.windows_bytes();
    let (mut callee, callee_len) = local.windows_bytes();
    let mut caller = WSABUF { len: caller_len as u32, buf: caller.as_mut_ptr() };
    let mut callee = WSABUF { len: callee_len as u32, buf: callee.as_mut_ptr() };
    let mut group = 0;
    let nothing = ptr::null_mut();
    let no_quality = ptr::null_mut();
    // SAFETY: the caller's word; what the pointers lead to lives until the function returns.
    let answer = unsafe {
        condition(
            &raw mut caller,
            nothing,
            no_quality,
            no_quality,
            &raw mut callee,
            nothing,
            &raw mut group,
            data,
        )
    };
    match answer.cast_unsigned() {
        CF_ACCEPT => Decision::Accept,
        CF_REJECT => Decision::Reject,
        CF_DEFER => Decision::Defer,
        _ => Decision::Nonsense,
    }
}

/// Finds the two addresses in the buffer of an AcceptEx that has completed.
///
/// # Contract
/// A-040 the same buffer and lengths as AcceptEx; A-041 pointers into the buffer; A-042 without
/// a local area the local outputs stay as they are; the layout.
///
/// # Errors
/// None can be told. What cannot be read is not looked at.
///
/// # Linux
/// An area is the length of its sockaddr (4 bytes), 4 bytes of nothing, and the sockaddr.
///
/// # Sources
/// learn.microsoft.com: mswsock.h, GetAcceptExSockaddrs
#[api]
pub unsafe extern "system" fn GetAcceptExSockaddrs(
    lpoutputbuffer: *const c_void,
    dwreceivedatalength: u32,
    dwlocaladdresslength: u32,
    dwremoteaddresslength: u32,
    localsockaddr: *mut *mut SOCKADDR,
    localsockaddrlength: *mut i32,
    remotesockaddr: *mut *mut SOCKADDR,
    remotesockaddrlength: *mut i32,
) {
    let local = lpoutputbuffer.wrapping_byte_add(dwreceivedatalength as usize);
    let remote = local.wrapping_byte_add(dwlocaladdresslength as usize);
    // SAFETY: everything is probed.
    unsafe {
        show(local, dwlocaladdresslength, localsockaddr, localsockaddrlength);
        show(remote, dwremoteaddresslength, remotesockaddr, remotesockaddrlength);
    }
}

/// Tells where the address of an area is, and how long.
///
/// # Safety
/// Any pointers: they are probed.
unsafe fn show(area: *const c_void, room: u32, name: *mut *mut SOCKADDR, len: *mut i32) {
    let room = room as usize;
    if room < ACCEPT_AREA_HEADER_BYTES || !is_readable(area.addr(), room) {
        return;
    }
    // SAFETY: just read by the kernel.
    let stored = unsafe { area.cast::<u32>().read_unaligned() } as usize;
    let sockaddr = area.wrapping_byte_add(ACCEPT_AREA_HEADER_BYTES).cast::<SOCKADDR>();
    if stored > room - ACCEPT_AREA_HEADER_BYTES {
        return;
    }
    if is_readable(name.addr(), size_of::<*mut SOCKADDR>()) {
        // SAFETY: there is memory, and it is the caller's to be written.
        unsafe { name.write_unaligned(sockaddr.cast_mut()) };
    }
    if is_readable(len.addr(), size_of::<i32>()) {
        // SAFETY: as above.
        unsafe { len.write_unaligned(stored as i32) };
    }
}
