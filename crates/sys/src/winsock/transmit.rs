//! Sending files.

use super::started;
use crate::memory::check_overlapped;
use crate::shape;
use linsock_abi::{
    BOOL, HANDLE, OVERLAPPED, SOCKET, TF_DISCONNECT, TF_REUSE_SOCKET, TF_USE_KERNEL_APC,
    TF_USE_SYSTEM_THREAD, TF_WRITE_BEHIND, TRANSMIT_FILE_BUFFERS, WsaError,
};
use linsock_backend::memory::{is_readable, is_readable_throughout};
use linsock_engine::socket::{self, Transmission};
use std::ffi::c_void;

/// Sends a block, a part of a file and another block; then, if asked, ends the connection.
///
/// # Contract
/// T-001..T-028; C-124..C-126 reuse.
///
/// # Errors
/// FALSE and WSA_IO_PENDING: started (T-011). Not started: WSANOTINITIALISED, WSAENOTSOCK,
/// WSAENOTCONN, WSAEINVAL (flags, offset, count, datagrams), WSAEFAULT, WSAESHUTDOWN,
/// WSA_INVALID_HANDLE; without lpOverlapped also WSAECONNRESET, WSAECONNABORTED.
///
/// # Linux
/// sendfile, or reading and sending where that does not serve. hFile may also be the descriptor
/// of a file that was opened elsewhere; pipes and devices are refused with WSA_INVALID_HANDLE.
/// The file is read on the thread that sends, which waits for the disk. A file that ends before
/// the stated count ends the part. The worker's flags choose nothing; nNumberOfBytesPerSend is
/// what one call sends of the file.
///
/// # Safety
/// With lpOverlapped, it and the blocks stay until the completion; hFile may be closed.
///
/// # Sources
/// learn.microsoft.com: mswsock.h, TransmitFile
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn TransmitFile(
    hsocket: SOCKET,
    hfile: HANDLE,
    nnumberofbytestowrite: u32,
    nnumberofbytespersend: u32,
    lpoverlapped: *mut OVERLAPPED,
    lptransmitbuffers: *const TRANSMIT_FILE_BUFFERS,
    dwreserved: u32,
) -> BOOL {
    shape::truth(|| {
        started()?;
        socket::may_transmit(hsocket)?;
        check_flags(dwreserved)?;
        // SAFETY: the caller's word.
        let (head, tail) = unsafe { blocks(lptransmitbuffers)? };
        let overlapped = match lpoverlapped.is_null() {
            true => None,
            false => Some(check_overlapped(lpoverlapped)?),
        };
        let what = Transmission {
            file: (!hfile.is_null()).then(|| hfile.addr()),
            bytes: nnumberofbytestowrite,
            per_send: nnumberofbytespersend,
            head,
            tail,
            disconnect: dwreserved & TF_DISCONNECT != 0,
            reuse: dwreserved & TF_REUSE_SOCKET != 0,
        };
        // SAFETY: probed, and the caller keeps all of it until the completion.
        match unsafe { socket::transmit_file(hsocket, &what, overlapped)? } {
            true => Ok(()),
            false => Err(WsaError::WSA_IO_PENDING),
        }
    })
}

/// T-015, T-024, T-025.
fn check_flags(flags: u32) -> Result<(), WsaError> {
    const ENDING: u32 = TF_DISCONNECT | TF_REUSE_SOCKET;
    const KNOWN: u32 = ENDING | TF_WRITE_BEHIND | TF_USE_SYSTEM_THREAD | TF_USE_KERNEL_APC;
    let reuse_alone = flags & ENDING == TF_REUSE_SOCKET;
    let behind_an_end = flags & TF_WRITE_BEHIND != 0 && flags & ENDING != 0;
    if flags & !KNOWN != 0 || reuse_alone || behind_an_end {
        return Err(WsaError::WSAEINVAL);
    }
    Ok(())
}

/// The blocks before and after the file, each where it is and how long.
type Blocks = ((usize, usize), (usize, usize));

/// # Safety
/// NULL, or the caller's.
unsafe fn blocks(buffers: *const TRANSMIT_FILE_BUFFERS) -> Result<Blocks, WsaError> {
    if buffers.is_null() {
        return Ok(Blocks::default());
    }
    if !is_readable(buffers.addr(), size_of::<TRANSMIT_FILE_BUFFERS>()) {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: just read by the kernel.
    let buffers = unsafe { buffers.read_unaligned() };
    let block = |at: *mut c_void, len: u32| {
        let len = len as usize;
        if is_readable_throughout(at.addr(), len) {
            Ok((at.addr(), len))
        } else {
            Err(WsaError::WSAEFAULT)
        }
    };
    Ok((block(buffers.Head, buffers.HeadLength)?, block(buffers.Tail, buffers.TailLength)?))
}
