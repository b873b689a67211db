//! Datagrams with control data.

use super::datagram::room_for_name;
use super::started;
use super::transfer::{count_pointer, overlapped_of, send_flags, store};
use crate::memory::{buffers, read_address};
use crate::shape;
use linsock_abi::{
    LPWSAOVERLAPPED_COMPLETION_ROUTINE, MSG_PEEK, OVERLAPPED, SOCKET, WSABUF, WSAMSG, WsaError,
};
use linsock_backend::envelope::Places;
use linsock_backend::memory::{copy_in, is_readable};
use linsock_engine::socket::{self, Flags, Started};

/// Bytes of control data that a datagram may be sent with; all objects there are take 200.
const CONTROL_BYTES_MAX: u32 = 4096;
const PEEK: u32 = MSG_PEEK as u32;

/// A caller's message.
///
/// # Errors
/// WSAEFAULT: NULL or unreadable, or a length without what it is the length of (M-007).
///
/// # Safety
/// Any pointer: it is probed.
unsafe fn read_message(message: *const WSAMSG) -> Result<WSAMSG, WsaError> {
    if !is_readable(message.addr(), size_of::<WSAMSG>()) {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: both ends were just read by the kernel, and it is shorter than a page.
    let message = unsafe { message.read_unaligned() };
    let lacking = (message.name.is_null() && message.namelen != 0)
        || (message.Control.buf.is_null() && message.Control.len != 0);
    if lacking { Err(WsaError::WSAEFAULT) } else { Ok(message) }
}

/// Sends one datagram with an address and control data.
///
/// # Contract
/// M-002..M-005; M-007 lengths without pointers; M-018 flags; M-019 the source address; M-020,
/// M-021 what is refused; M-024 what may go after the call; M-025 the time-out.
///
/// # Errors
/// WSA_IO_PENDING: started. Else WSAEOPNOTSUPP on a connection or for a flag, WSAEINVAL for control
/// data, WSAEMSGSIZE, WSAEACCES, WSAEADDRNOTAVAIL, WSAENOTCONN, WSAEAFNOSUPPORT, WSAESHUTDOWN,
/// WSAEFAULT, WSAEWOULDBLOCK, WSAETIMEDOUT, WSAENOTSOCK, WSANOTINITIALISED.
///
/// # Linux
/// Known in control data: IP_PKTINFO, IP_TTL, IP_TOS, IP_ECN, IPV6_PKTINFO, IPV6_HOPLIMIT,
/// IPV6_TCLASS, IPV6_ECN. All of the message is captured at the call. The kernel refuses a source
/// address that is not the system's with WSAEINVAL.
///
/// # Safety
/// With lpOverlapped, it and the buffers stay until the completion; the routine may be called.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSASendMsg
#[api]
pub unsafe extern "system" fn WSASendMsg(
    handle: SOCKET,
    lpmsg: *const WSAMSG,
    dwflags: u32,
    lpnumberofbytessent: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    shape::transfer(|| {
        started()?;
        // SAFETY: the caller's word.
        let overlapped = unsafe { overlapped_of(handle, lpoverlapped, lpcompletionroutine)? };
        socket::takes_messages(handle)?;
        let sent = count_pointer(lpnumberofbytessent, overlapped.is_some())?;
        // SAFETY: probed.
        let message = unsafe { read_message(lpmsg)? };
        let flags = send_flags(dwflags)?;
        // SAFETY: the caller's word.
        let data = unsafe { buffers(message.lpBuffers, message.dwBufferCount)? };
        let to = match message.name.is_null() {
            true => None,
            // SAFETY: probed.
            false => Some(unsafe { read_address(message.name, message.namelen)? }),
        };
        let WSABUF { len, buf } = message.Control;
        if len > CONTROL_BYTES_MAX {
            return Err(WsaError::WSAEINVAL);
        }
        let control = copy_in(buf.addr(), len as usize).map_err(|_| WsaError::WSAEFAULT)?;
        let told = overlapped.map(|overlapped| (overlapped, lpcompletionroutine));
        // SAFETY: the caller keeps them all until the completion.
        match unsafe { socket::send_message(handle, data, flags, to, &control, told)? } {
            // SAFETY: checked above.
            Started::Done(ended) => unsafe { store(sent, ended.bytes) },
            Started::Pending => return Err(WsaError::WSA_IO_PENDING),
        }
        Ok(())
    })
}

/// Receives one datagram with its source address, control data and flags. Handed out by WSAIoctl
/// alone, as on Windows.
///
/// # Contract
/// M-001, M-003..M-005; M-006 an unbound socket; M-007 lengths without pointers; M-008 MSG_PEEK;
/// M-009..M-017 what the message holds afterwards; M-022, M-023 what became of earlier datagrams;
/// M-024 what may go after the call; M-025 the time-out.
///
/// # Errors
/// WSA_IO_PENDING: started. Else WSAEOPNOTSUPP on a connection or for a flag, WSAEINVAL (unbound,
/// no buffers, or a routine on a socket of a port), WSAEMSGSIZE, WSAECONNRESET, WSAENETRESET,
/// WSAESHUTDOWN, WSAEFAULT, WSAEWOULDBLOCK, WSAETIMEDOUT, WSAENOTSOCK, WSANOTINITIALISED.
///
/// # Linux
/// The kernel is asked for destinations at the first call on a socket. Of a datagram that came
/// before that the interface is not known, nor whether its destination was a subnet's broadcast
/// address, unless IP_PKTINFO was on already.
///
/// # Safety
/// With lpOverlapped, it, the buffers, the WSAMSG, its name and its control buffer stay until the
/// completion; the routine may be called.
///
/// # Sources
/// learn.microsoft.com: mswsock.h, LPFN_WSARECVMSG
#[api(by_guid)]
pub(super) unsafe extern "system" fn WSARecvMsg(
    s: SOCKET,
    lpmsg: *mut WSAMSG,
    lpdwnumberofbytesrecvd: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    shape::transfer(|| {
        started()?;
        // SAFETY: the caller's word.
        let overlapped = unsafe { overlapped_of(s, lpoverlapped, lpcompletionroutine)? };
        let family = socket::takes_messages(s)?;
        let received = count_pointer(lpdwnumberofbytesrecvd, overlapped.is_some())?;
        // SAFETY: probed.
        let message = unsafe { read_message(lpmsg)? };
        if message.dwFlags & !PEEK != 0 {
            return Err(WsaError::WSAEOPNOTSUPP);
        }
        if message.dwBufferCount == 0 {
            return Err(WsaError::WSAEINVAL);
        }
        // SAFETY: the caller's word.
        let data = unsafe { buffers(message.lpBuffers, message.dwBufferCount)? };
        let name_room = match message.name.is_null() {
            true => 0,
            false => room_for_name(family, message.name, message.namelen)?,
        };
        let places = Places {
            name: message.name.addr(),
            name_room,
            name_len: lpmsg.addr() + std::mem::offset_of!(WSAMSG, namelen),
            control: message.Control.buf.addr(),
            control_room: message.Control.len as usize,
            control_len: lpmsg.addr()
                + std::mem::offset_of!(WSAMSG, Control)
                + std::mem::offset_of!(WSABUF, len),
            flags: lpmsg.addr() + std::mem::offset_of!(WSAMSG, dwFlags),
        };
        let flags = Flags { peek: message.dwFlags & PEEK != 0, ..Flags::default() };
        let told = overlapped.map(|overlapped| (overlapped, lpcompletionroutine));
        // SAFETY: the caller keeps them all until the completion.
        let ended = match unsafe { socket::receive_message(s, data, flags, places, told)? } {
            Started::Done(ended) => ended,
            Started::Pending => return Err(WsaError::WSA_IO_PENDING),
        };
        // SAFETY: checked above.
        unsafe { store(received, ended.bytes) };
        ended.error.map_or(Ok(()), Err)
    })
}
