//! Sending files.

use super::started;
use crate::memory::check_overlapped;
use crate::shape;
use linsock_abi::{
    BOOL, HANDLE, OVERLAPPED, SOCKET, TF_DISCONNECT, TF_REUSE_SOCKET, TF_USE_KERNEL_APC,
    TF_USE_SYSTEM_THREAD, TF_WRITE_BEHIND, TP_ELEMENT_EOP, TP_ELEMENT_FILE, TP_ELEMENT_MEMORY,
    TRANSMIT_FILE_BUFFERS, TRANSMIT_PACKETS_ELEMENT, WsaError,
};
use linsock_backend::memory::{is_readable, is_readable_throughout};
use linsock_engine::socket::{self, Packets, Piece, PieceData, Transmission, TransmitEnding};
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
/// what one call sends of the file. A transmission completes once the system has taken all of it, with
/// TF_WRITE_BEHIND or without (T-024).
///
/// # Safety
/// With lpOverlapped, it and the blocks stay until the completion; hFile may be closed.
///
/// # Sources
/// learn.microsoft.com: mswsock.h, TransmitFile
#[api]
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
            ending: ending(dwreserved, true),
        };
        // SAFETY: probed, and the caller keeps all of it until the completion.
        match unsafe { socket::transmit_file(hsocket, &what, overlapped)? } {
            true => Ok(()),
            false => Err(WsaError::WSA_IO_PENDING),
        }
    })
}

/// Sends memory and parts of files; then, if asked, ends the connection. Programs fetch it by
/// GUID.
///
/// # Contract
/// T-029..T-038.
///
/// # Errors
/// FALSE and WSA_IO_PENDING: started. Not started: WSANOTINITIALISED, WSAENOTSOCK, WSAENOTCONN,
/// WSAEINVAL (flags, elements, offset, count, datagrams that should be disconnected), WSAEFAULT,
/// WSAESHUTDOWN, WSA_INVALID_HANDLE; without lpOverlapped also WSAECONNRESET, WSAECONNABORTED,
/// WSAEMSGSIZE.
///
/// # Linux
/// On a stream memory is sent from where it is and files by sendfile, as TransmitFile does; on
/// other sockets files are read, so that they can be parts of messages. nSendSize is what one
/// call sends of a file, and how long a message gets that no TP_ELEMENT_EOP ends; 0 chooses, for
/// messages the longest that UDP knows. An element at a file's current position moves it.
/// TF_REUSE_SOCKET leaves the socket to AcceptEx and ConnectEx alike. The array is read at once.
///
/// # Safety
/// With lpOverlapped, it and the elements' memory stay until the completion; files may be closed.
///
/// # Sources
/// learn.microsoft.com: mswsock.h, LPFN_TRANSMITPACKETS, TRANSMIT_PACKETS_ELEMENT
#[api(by_guid)]
pub unsafe extern "system" fn TransmitPackets(
    hsocket: SOCKET,
    lppacketarray: *const TRANSMIT_PACKETS_ELEMENT,
    nelementcount: u32,
    nsendsize: u32,
    lpoverlapped: *mut OVERLAPPED,
    dwflags: u32,
) -> BOOL {
    shape::truth(|| {
        started()?;
        socket::may_transmit_packets(hsocket, dwflags & TF_DISCONNECT != 0)?;
        check_flags(dwflags)?;
        // SAFETY: the caller's word.
        let pieces = unsafe { pieces(lppacketarray, nelementcount)? };
        let overlapped = match lpoverlapped.is_null() {
            true => None,
            false => Some(check_overlapped(lpoverlapped)?),
        };
        let by_marks = SIZE_BY_MARKS.contains(&nsendsize);
        let per_send = (nsendsize > 0 && !by_marks).then_some(nsendsize);
        let what = Packets { pieces, per_send, by_marks, ending: ending(dwflags, false) };
        // SAFETY: probed, and the caller keeps all of it until the completion.
        match unsafe { socket::transmit_packets(hsocket, &what, overlapped)? } {
            true => Ok(()),
            false => Err(WsaError::WSA_IO_PENDING),
        }
    })
}

/// nSendSize that leaves each send to TP_ELEMENT_EOP: all ones, and what the page prints (T-033).
const SIZE_BY_MARKS: [u32; 2] = [0xFFFF_FFFF, 0x0FFF_FFFF];

/// # Safety
/// The array has as many elements, whose memory is the caller's.
unsafe fn pieces(
    array: *const TRANSMIT_PACKETS_ELEMENT,
    count: u32,
) -> Result<Vec<Piece>, WsaError> {
    let bytes = count as usize * size_of::<TRANSMIT_PACKETS_ELEMENT>();
    if !is_readable_throughout(array.addr(), bytes) {
        return Err(WsaError::WSAEFAULT);
    }
    (0..count as usize)
        // SAFETY: just read by the kernel.
        .map(|n| piece(unsafe { array.add(n).read_unaligned() }))
        .collect()
}

/// T-030, T-031.
fn piece(element: TRANSMIT_PACKETS_ELEMENT) -> Result<Piece, WsaError> {
    const WHERE: u32 = TP_ELEMENT_MEMORY | TP_ELEMENT_FILE;
    if element.dwElFlags & !(WHERE | TP_ELEMENT_EOP) != 0 {
        return Err(WsaError::WSAEINVAL);
    }
    let data = match element.dwElFlags & WHERE {
        WHERE => return Err(WsaError::WSAEINVAL),
        TP_ELEMENT_MEMORY => {
            // SAFETY: an address, whatever was written there.
            let (at, len) = (unsafe { element.Anonymous.pBuffer }.addr(), element.cLength as usize);
            if !is_readable_throughout(at, len) {
                return Err(WsaError::WSAEFAULT);
            }
            PieceData::Memory(at, len)
        }
        // A file, said or not.
        _ => {
            // SAFETY: plain numbers, whatever was written there.
            let file = unsafe { element.Anonymous.Anonymous };
            let at = match file.nFileOffset {
                -1 => None,
                at => Some(u64::try_from(at).map_err(|_| WsaError::WSAEINVAL)?),
            };
            PieceData::File { handle: file.hFile.addr(), at, bytes: element.cLength }
        }
    };
    Ok(Piece { data, ends: element.dwElFlags & TP_ELEMENT_EOP != 0 })
}

/// What the flags make of the connection.
fn ending(flags: u32, by_its_origin: bool) -> TransmitEnding {
    match (flags & TF_DISCONNECT != 0, flags & TF_REUSE_SOCKET != 0) {
        (true, true) => TransmitEnding::Reuse { by_its_origin },
        (true, false) => TransmitEnding::Disconnect,
        _ => TransmitEnding::None,
    }
}

/// T-015, T-024, T-025, T-036.
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
