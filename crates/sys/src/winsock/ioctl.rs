//! ioctlsocket and WSAIoctl.

use super::{extension, started};
use crate::{memory, shape};
use linsock_abi::{
    FIONBIO, FIONREAD, GUID, LPWSAOVERLAPPED_COMPLETION_ROUTINE, OVERLAPPED, SIO_ADDRESS_LIST_SORT,
    SIO_BSP_HANDLE_POLL, SIO_GET_EXTENSION_FUNCTION_POINTER, SIO_ROUTING_INTERFACE_CHANGE,
    SIOCATMARK, SOCKADDR, SOCKET, WsaError,
};
use linsock_backend::memory::{copy_in, is_readable, is_writable};
use linsock_engine::operation;
use linsock_engine::socket::{self, ioctl};
use std::ffi::c_void;

/// Bytes of input that any code takes, room for a list of 4095 addresses; longer ones are cut.
const INPUT_BYTES_MAX: usize = 65536;
/// Bytes of the count in a SOCKET_ADDRESS_LIST, and of each entry: a pointer, a length, padding.
const LIST_HEADER_BYTES: usize = 8;
const LIST_ENTRY_BYTES: usize = 16;

/// Sets or asks a socket's mode of input and output.
///
/// # Contract
/// I-038 FIONBIO, FIONREAD and SIOCATMARK only; I-009..I-011; W-001.
///
/// # Errors
/// SOCKET_ERROR and WSANOTINITIALISED; WSAENOTSOCK; WSAEFAULT for a bad pointer; WSAEINVAL for
/// another code.
///
/// # Linux
/// FIONBIO is a mark in the library: its own descriptors never block in the kernel. FIONREAD on a
/// datagram socket adds up by peeking; while a receive is pending, and where a family cannot peek
/// behind the first datagram, it tells of the first one only. SIOCATMARK asks whether the kernel
/// holds an urgent byte, wherever the read position is.
///
/// # Sources
/// learn.microsoft.com: winsock.h, ioctlsocket
#[api]
pub unsafe extern "system" fn ioctlsocket(s: SOCKET, cmd: i32, argp: *mut u32) -> i32 {
    shape::transfer(|| {
        started()?;
        socket::find(s)?;
        if !is_readable(argp.addr(), size_of::<u32>()) {
            return Err(WsaError::WSAEFAULT);
        }
        let answer = match cmd {
            FIONBIO => {
                // SAFETY: just read by the kernel.
                let on = unsafe { argp.read_unaligned() } != 0;
                return ioctl::set_nonblocking(s, on);
            }
            FIONREAD => ioctl::readable_bytes(s)?,
            SIOCATMARK => ioctl::no_urgent_data(s)?.into(),
            _ => return Err(WsaError::WSAEINVAL),
        };
        if !is_writable(argp.addr(), size_of::<u32>()) {
            return Err(WsaError::WSAEFAULT);
        }
        // SAFETY: just written by the kernel.
        unsafe { argp.write_unaligned(answer) };
        Ok(())
    })
}

/// Sets or asks a socket's mode of operation.
///
/// # Contract
/// I-001..I-007; I-002 lpcbBytesReturned is needed even with an OVERLAPPED; C-003..C-005, I-012,
/// I-013 the extension functions; I-016..I-037 the codes; P-037, R-016 no routine on a socket of a
/// completion port; W-001.
///
/// # Errors
/// SOCKET_ERROR and WSA_IO_PENDING: started. Else WSANOTINITIALISED; WSAENOTSOCK; WSAEFAULT for a
/// bad pointer or too little room, with the size of a list in lpcbBytesReturned; WSAEINVAL for an
/// unknown code or GUID; WSAEWOULDBLOCK (I-006); WSAEOPNOTSUPP, WSAENOPROTOOPT (I-005);
/// WSA_INVALID_HANDLE for a bad hEvent.
///
/// # Linux
/// SIO_ADDRESS_LIST_CHANGE and SIO_ROUTING_INTERFACE_CHANGE wait for a netlink socket that the
/// process has from the first of them on, SIO_IDEAL_SEND_BACKLOG_CHANGE for the clock, which asks
/// TCP ten times a second. All others are done at once: an OVERLAPPED is completed, and told of,
/// before the call returns 0. SIO_KEEPALIVE_VALS is rounded up to seconds. SIO_TCP_INITIAL_RTO
/// bears on when a connection is given up; the kernel's first retransmission comes after a second
/// all the same. SIO_TCP_INFO leaves 0 what the kernel does not count. SIO_LOOPBACK_FAST_PATH and
/// SIO_ENABLE_CIRCULAR_QUEUEING are noted and change nothing. Ports are not set aside
/// (WSAEOPNOTSUPP), and SIO_RCVALL is refused as to a program without privilege (WSAEACCES).
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAIoctl; "Winsock IOCTLs"
#[api]
pub unsafe extern "system" fn WSAIoctl(
    s: SOCKET,
    dwiocontrolcode: u32,
    lpvinbuffer: *const c_void,
    cbinbuffer: u32,
    lpvoutbuffer: *mut c_void,
    cboutbuffer: u32,
    lpcbbytesreturned: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    shape::transfer(|| {
        started()?;
        memory::check_count(lpcbbytesreturned).or_else(|error| socket::find(s).and(Err(error)))?;
        let overlapped = overlapped_of(s, lpoverlapped, lpcompletionroutine)?;
        if dwiocontrolcode == SIO_BSP_HANDLE_POLL && overlapped.is_some() {
            return Err(WsaError::WSAEFAULT);
        }
        let input = match lpvinbuffer.is_null() {
            true => Vec::new(),
            false => copy_in(lpvinbuffer.addr(), (cbinbuffer as usize).min(INPUT_BYTES_MAX))
                .map_err(|_| WsaError::WSAEFAULT)?,
        };
        // SAFETY: the count was checked.
        let tell = |bytes: usize| unsafe { lpcbbytesreturned.write_unaligned(bytes as u32) };
        if ioctl::is_awaited(dwiocontrolcode) {
            let destination = match dwiocontrolcode {
                SIO_ROUTING_INTERFACE_CHANGE => ioctl::destination(&input)?,
                _ => None,
            };
            tell(0);
            let overlapped = overlapped.map(|address| (address, lpcompletionroutine));
            // SAFETY: the OVERLAPPED was probed, and stays by the caller's word.
            return unsafe { ioctl::await_news(s, dwiocontrolcode, destination, overlapped) };
        }
        if let (Some(address), None) = (overlapped, lpcompletionroutine) {
            // Nothing is done that could not be told of.
            // SAFETY: the OVERLAPPED was probed.
            unsafe { operation::check_event(address)? };
        }
        let room = if lpvoutbuffer.is_null() { 0 } else { cboutbuffer as usize };
        let mut output = ioctl::Output::new(lpvoutbuffer.addr(), room);
        let result = match dwiocontrolcode {
            SIO_GET_EXTENSION_FUNCTION_POINTER => extension_function(&input, &mut output),
            SIO_ADDRESS_LIST_SORT => sort_addresses(&input, &mut output),
            code => ioctl::control(s, code, &input, &mut output),
        };
        if result.is_err() && output.needed > 0 {
            tell(output.needed);
        }
        result?;
        let answer = &output.bytes;
        if !is_writable(lpvoutbuffer.addr(), answer.len()) {
            return Err(WsaError::WSAEFAULT);
        }
        // SAFETY: both ends of the range were just written by the kernel, and what is between is
        // the caller's by its own word.
        unsafe {
            std::ptr::copy_nonoverlapping(answer.as_ptr(), lpvoutbuffer.cast(), answer.len());
        }
        tell(output.bytes.len());
        match overlapped {
            // SAFETY: the OVERLAPPED was probed; nothing of it is touched after this.
            Some(address) => unsafe { ioctl::publish_done(s, address, lpcompletionroutine) },
            None => Ok(()),
        }
    })
}

/// A caller's OVERLAPPED, probed; none counts on a socket that is not overlapped (S-002).
fn overlapped_of(
    s: SOCKET,
    overlapped: *mut OVERLAPPED,
    routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> Result<Option<usize>, WsaError> {
    let (_, socket) = socket::open(s)?;
    if overlapped.is_null() || !socket.is_overlapped() {
        return Ok(None);
    }
    if routine.is_some() && socket.has_port() {
        return Err(WsaError::WSAEINVAL);
    }
    memory::check_overlapped(overlapped).map(Some)
}

/// SIO_ADDRESS_LIST_SORT: the caller's list with its entries in the order in which they are best
/// tried (I-022). They go on pointing to the caller's addresses.
fn sort_addresses(input: &[u8], output: &mut ioctl::Output) -> Result<(), WsaError> {
    let count: [u8; 4] = *input.first_chunk().ok_or(WsaError::WSAEFAULT)?;
    let count = u32::from_ne_bytes(count) as usize;
    let entries = input.get(LIST_HEADER_BYTES..).unwrap_or_default();
    let (entries, _) = entries.as_chunks::<LIST_ENTRY_BYTES>();
    let entries = entries.get(..count).ok_or(WsaError::WSAEFAULT)?;
    let mut addresses = Vec::with_capacity(count);
    for entry in entries {
        let (address, rest) = entry.split_first_chunk().ok_or(WsaError::WSAEFAULT)?;
        let length = *rest.first_chunk().ok_or(WsaError::WSAEFAULT)?;
        let address = usize::from_ne_bytes(*address) as *const SOCKADDR;
        // SAFETY: it is probed.
        addresses.push(unsafe { memory::read_address(address, i32::from_ne_bytes(length))? });
    }
    let mut sorted = input[..LIST_HEADER_BYTES.min(input.len())].to_vec();
    ioctl::order(&addresses).iter().for_each(|&n| sorted.extend(entries[n]));
    output.put(&sorted)
}

/// The pointer to the function of a GUID.
fn extension_function(input: &[u8], output: &mut ioctl::Output) -> Result<(), WsaError> {
    let guid: &[u8; size_of::<GUID>()] = input.first_chunk().ok_or(WsaError::WSAEFAULT)?;
    if output.room < size_of::<usize>() {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: a GUID is 16 bytes of plain numbers.
    let guid = unsafe { guid.as_ptr().cast::<GUID>().read_unaligned() };
    let function = extension::find(&guid).ok_or(WsaError::WSAEINVAL)?;
    output.put(&function.addr().to_ne_bytes())
}

#[cfg(test)]
mod tests;
