//! TransmitFile.

use super::queue::Side;
use super::transfer::Flags;
use super::{Number, Origin, Phase, Socket, open};
use crate::contract::{self, Subject};
use crate::file;
use crate::operation::{self, Ended, Notify, Operation, Overlapped};
use linsock_abi::WsaError;
use linsock_abi::map::Call;
use linsock_backend::buffers::Buffers;
use linsock_backend::op::{Disconnect, FilePart, Request, Transmit};

/// What one call may send: head, file and tail together (T-017).
pub const TRANSMIT_BYTES_MAX: u64 = 2_147_483_646;

/// What TransmitFile is to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Transmission {
    /// The file's handle, if there is a file.
    pub file: Option<usize>,
    /// Bytes of the file; 0: all that follow the start.
    pub bytes: u32,
    /// Bytes of the file in one send; 0: as it comes.
    pub per_send: u32,
    /// Where the block before the file is, and its bytes.
    pub head: (usize, usize),
    /// The same for the block after it.
    pub tail: (usize, usize),
    /// TF_DISCONNECT.
    pub disconnect: bool,
    /// TF_REUSE_SOCKET.
    pub reuse: bool,
}

/// Whether a socket is one that TransmitFile can be asked of at all.
///
/// # Errors
/// WSAENOTSOCK; WSAENOTCONN (T-013); WSAEINVAL for a datagram socket (T-012, DO-04).
pub fn may_transmit(number: Number) -> Result<(), WsaError> {
    let (_, socket) = open(number)?;
    match (socket.is_connection_oriented(), socket.phase) {
        (true, Phase::Connected) => Ok(()),
        (true, _) => Err(WsaError::WSAENOTCONN),
        (false, Phase::Connected) => Err(WsaError::WSAEINVAL),
        (false, _) => {
            Err(contract::error(Subject::TransmitUnconnected).unwrap_or(WsaError::WSAEINVAL))
        }
    }
}

/// TransmitFile, once its parameters were checked. `Ok(false)`: pending.
///
/// # Errors
/// WSAENOTSOCK, WSAENOTCONN, WSAESHUTDOWN (T-018), WSAEINVAL (T-016, T-017),
/// WSA_INVALID_HANDLE for a file or an event that is none; without an OVERLAPPED also how the
/// transmission itself failed.
///
/// # Safety
/// The blocks and `overlapped`, if given the address of a writable OVERLAPPED, stay until the
/// end.
pub unsafe fn transmit_file(
    number: Number,
    what: &Transmission,
    overlapped: Option<usize>,
) -> Result<bool, WsaError> {
    let (place, mut socket) = open(number)?;
    socket.may_send(Flags::default())?;
    // SAFETY: the caller's word.
    let start = overlapped.map(|address| unsafe { operation::offset(address) });
    let part = file_part(what, start)?;
    let block = |(address, len)| Buffers::one(address, len);
    let per_call = (what.per_send > 0).then_some(what.per_send as usize);
    let mut transmit = Transmit::new(block(what.head), part, block(what.tail), per_call);
    if socket.adopted {
        // Its descriptor may be a blocking one.
        transmit = transmit.by_copying();
    }
    if what.disconnect {
        transmit = transmit.then(Disconnect::new(what.reuse, socket.is_tcp()));
    }
    if what.reuse {
        socket.note_port();
    }
    let request = Request::Transmit(transmit);
    let Some(overlapped) = overlapped else {
        let waiter = match socket.start_blocking(place, Side::Output, request, Call::Send) {
            Ok((mut request, ended)) => {
                socket.after_end(&mut request, &ended);
                return ended.error.map_or(Ok(true), Err);
            }
            Err(waiter) => waiter,
        };
        drop(socket);
        return match super::blocking_call::wait_for(&waiter) {
            Some((_, Ended { error: Some(error), .. })) => Err(error),
            _ => Ok(true),
        };
    };
    // SAFETY: the caller's word.
    let overlapped = unsafe { Overlapped::begin(overlapped, &place.signal)? };
    // Always pends, however soon it ends (T-011).
    let operation = Operation::new(request, Call::Send, Notify::Overlapped(overlapped));
    socket.enqueue(place, Side::Output, operation, None);
    Ok(false)
}

/// The part of the file that is to be sent, within the limits (T-005, T-009, T-016, T-017).
fn file_part(what: &Transmission, start: Option<u64>) -> Result<Option<FilePart>, WsaError> {
    let blocks = what.head.1 as u64 + what.tail.1 as u64;
    let Some(handle) = what.file else {
        return if blocks > TRANSMIT_BYTES_MAX { Err(WsaError::WSAEINVAL) } else { Ok(None) };
    };
    let (fd, size) = file::of(handle).map_err(|_| WsaError::WSA_INVALID_HANDLE)?;
    let at = match start {
        Some(start) => start,
        None => linsock_backend::file::position(fd).map_err(|_| WsaError::WSA_INVALID_HANDLE)?,
    };
    let limit = TRANSMIT_BYTES_MAX.checked_sub(blocks).ok_or(WsaError::WSAEINVAL)?;
    let count = match u64::from(what.bytes) {
        // The kernel gives its own files a size of 0, yet they have contents.
        0 if size == 0 => limit,
        0 => size.saturating_sub(at),
        bytes => bytes,
    };
    if count > limit || (at > size && size > 0) || i64::try_from(at).is_err() {
        return Err(WsaError::WSAEINVAL);
    }
    // Then something will follow the first block for sure.
    let certain = count > 0 && at + count <= size;
    let part = FilePart::new(fd, at, count, certain, start.is_none());
    part.map(Some).map_err(|errno| super::translate(errno, Call::Send))
}

impl Socket {
    /// Whether the connection will be ended by what is queued, so that nothing may follow.
    pub(super) fn will_end(&self) -> bool {
        self.output.iter().any(|operation| {
            matches!(&operation.request, Request::Transmit(transmit) if transmit.disconnect().is_some())
        })
    }

    /// What a transmission's end means for its socket: TF_DISCONNECT, TF_REUSE_SOCKET.
    pub(super) fn after_transmit(&mut self, transmit: &Transmit, ended: &Ended) {
        let Some(disconnect) = transmit.disconnect().filter(|_| transmit.is_ending()) else {
            return;
        };
        self.sends_shut = true;
        self.after_disconnect(disconnect.reuses(), disconnect.closed_first(), ended);
        if disconnect.reuses() && self.phase == Phase::Idle {
            // The call that connected it, and no other, may have it again (T-022).
            self.only_for = Some(self.origin);
        }
    }

    /// Whether TransmitFile left the socket to AcceptEx alone (C-126).
    pub(super) fn is_left_to_accept(&self) -> bool {
        self.only_for == Some(Origin::Accept)
    }

    /// Whether TransmitFile left the socket to ConnectEx alone (C-125).
    pub(super) fn is_left_to_connect(&self) -> bool {
        self.only_for == Some(Origin::Connect)
    }
}
