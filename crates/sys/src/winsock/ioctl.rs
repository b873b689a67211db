//! ioctlsocket and WSAIoctl.

use super::{extension, started};
use crate::{memory, shape};
use linsock_abi::{
    FIONBIO, FIONREAD, GUID, LPWSAOVERLAPPED_COMPLETION_ROUTINE, OVERLAPPED, SIO_BSP_HANDLE_POLL,
    SIO_GET_EXTENSION_FUNCTION_POINTER, SIOCATMARK, SOCKET, WsaError,
};
use linsock_backend::memory::{copy_in, is_readable, is_writable};
use linsock_engine::socket::{self, ioctl};
use std::ffi::c_void;

/// Bytes of input that any code takes; longer ones are cut.
const INPUT_BYTES_MAX: usize = 4096;
/// Bytes of the longest answer.
const OUTPUT_BYTES_MAX: usize = 4096;

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
/// datagram socket tells the first datagram's size, not the sum. The kernel's SIOCATMARK has the
/// inverse sense.
///
/// # Sources
/// learn.microsoft.com: winsock.h, ioctlsocket
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn ioctlsocket(s: SOCKET, cmd: i32, argp: *mut u32) -> i32 {
    shape::status(|| {
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
/// I-013 the extension functions; W-001.
///
/// # Errors
/// SOCKET_ERROR and WSANOTINITIALISED; WSAENOTSOCK; WSAEFAULT for a bad pointer or too little
/// room; WSAEINVAL for an unknown code or GUID; WSAEOPNOTSUPP, WSAENOPROTOOPT (I-005).
///
/// # Linux
/// No code pends: an OVERLAPPED is completed, and told of, before the call returns 0. Completion
/// routines are not called yet.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAIoctl; "Winsock IOCTLs"
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn WSAIoctl(
    s: SOCKET,
    dwiocontrolcode: u32,
    lpvinbuffer: *const c_void,
    cbinbuffer: u32,
    lpvoutbuffer: *mut c_void,
    cboutbuffer: u32,
    lpcbbytesreturned: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
    _lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    shape::status(|| {
        started()?;
        socket::find(s)?;
        memory::check_count(lpcbbytesreturned)?;
        let overlapped = match lpoverlapped.is_null() {
            true => None,
            false => Some(memory::check_overlapped(lpoverlapped)?),
        };
        if dwiocontrolcode == SIO_BSP_HANDLE_POLL && overlapped.is_some() {
            return Err(WsaError::WSAEFAULT);
        }
        let in_len = (cbinbuffer as usize).min(INPUT_BYTES_MAX);
        let out_len = (cboutbuffer as usize).min(OUTPUT_BYTES_MAX);
        let input = match lpvinbuffer.is_null() {
            true => Vec::new(),
            false => copy_in(lpvinbuffer.addr(), in_len).map_err(|_| WsaError::WSAEFAULT)?,
        };
        let mut output = vec![0; if lpvoutbuffer.is_null() { 0 } else { out_len }];
        let written = match dwiocontrolcode {
            SIO_GET_EXTENSION_FUNCTION_POINTER => extension_function(&input, &mut output)?,
            code => ioctl::control(s, code, &input, &mut output)?,
        };
        if !is_writable(lpvoutbuffer.addr(), written) {
            return Err(WsaError::WSAEFAULT);
        }
        // SAFETY: both ends of the range were just written by the kernel, and what is between is
        // the caller's by its own word; the count was checked; the answer is ours.
        unsafe {
            std::ptr::copy_nonoverlapping(output.as_ptr(), lpvoutbuffer.cast::<u8>(), written);
            lpcbbytesreturned.write_unaligned(written as u32);
        }
        match overlapped {
            // SAFETY: the OVERLAPPED was probed; nothing of it is touched after this.
            Some(address) => unsafe { ioctl::publish_done(s, address) },
            None => Ok(()),
        }
    })
}

/// The pointer to the function of a GUID.
fn extension_function(input: &[u8], output: &mut [u8]) -> Result<usize, WsaError> {
    let guid: &[u8; size_of::<GUID>()] = input.first_chunk().ok_or(WsaError::WSAEFAULT)?;
    let output = output.first_chunk_mut::<{ size_of::<usize>() }>().ok_or(WsaError::WSAEFAULT)?;
    // SAFETY: a GUID is 16 bytes of plain numbers.
    let guid = unsafe { guid.as_ptr().cast::<GUID>().read_unaligned() };
    let function = extension::find(&guid).ok_or(WsaError::WSAEINVAL)?;
    *output = function.addr().to_ne_bytes();
    Ok(output.len())
}

#[cfg(test)]
mod tests;
