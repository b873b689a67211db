//! TransmitFile.

use super::queue::Side;
use super::transfer::Flags;
use super::{Number, Origin, Phase, Place, Socket, open};
use crate::contract::{self, Subject};
use crate::file;
use crate::operation::{self, Ended, Notify, Operation, Overlapped};
use crate::sync::plain::MutexGuard;
use linsock_abi::WsaError;
use linsock_abi::map::Call;
use linsock_backend::op::{Element, FilePart, OpenFile, Request, Transmit};
use std::collections::VecDeque;
use std::sync::Arc;

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
    /// What becomes of the connection.
    pub ending: TransmitEnding,
}

/// TF_DISCONNECT and TF_REUSE_SOCKET.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TransmitEnding {
    /// The connection goes on.
    #[default]
    None,
    /// It ends.
    Disconnect,
    /// It ends, and the socket may be used again.
    Reuse {
        /// By the call that connected it alone (T-022).
        by_its_origin: bool,
    },
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
    let (place, socket) = open(number)?;
    socket.may_send(Flags::default())?;
    // SAFETY: the caller's word.
    let start = overlapped.map(|address| unsafe { operation::offset(address) });
    let part = file_part(what, start)?;
    let mut elements = VecDeque::with_capacity(3);
    elements.push_back(Element::memory(what.head));
    elements.extend(part.map(Element::file));
    elements.push_back(Element::memory(what.tail));
    let per_call = (what.per_send > 0).then_some(what.per_send as usize);
    let transmit = Transmit::stream(elements, per_call);
    // SAFETY: the caller's word.
    unsafe { begin(socket, place, transmit, what.ending, Call::Send, overlapped) }
}

/// Starts a transmission. `Ok(false)`: pending.
///
/// # Safety
/// As [`transmit_file`].
pub(super) unsafe fn begin(
    mut socket: MutexGuard<'static, Socket>,
    place: &'static Place,
    mut transmit: Transmit,
    ending: TransmitEnding,
    call: Call,
    overlapped: Option<usize>,
) -> Result<bool, WsaError> {
    if socket.adopted {
        // Its descriptor may be a blocking one.
        transmit = transmit.by_copying();
    }
    let reuse = matches!(ending, TransmitEnding::Reuse { .. });
    if ending != TransmitEnding::None {
        transmit = transmit.then(socket.disconnect(reuse));
    }
    if reuse {
        socket.settle(place, Side::Input);
        socket.note_port();
        socket.left_to_origin = ending == TransmitEnding::Reuse { by_its_origin: true };
    }
    let request = Request::Transmit(transmit);
    let Some(overlapped) = overlapped else {
        let waiter = match socket.start_blocking(place, Side::Output, request, call) {
            Ok((mut request, ended)) => {
                socket.after_end(place, &mut request, &ended);
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
    let operation = Operation::new(request, call, Notify::Overlapped(overlapped));
    socket.enqueue(place, Side::Output, operation, None);
    Ok(false)
}

/// The part of the file that is to be sent, within the limits (T-005, T-009, T-016, T-017).
fn file_part(what: &Transmission, start: Option<u64>) -> Result<Option<FilePart>, WsaError> {
    let blocks = what.head.1 as u64 + what.tail.1 as u64;
    let limit = TRANSMIT_BYTES_MAX.checked_sub(blocks).ok_or(WsaError::WSAEINVAL)?;
    let Some(handle) = what.file else { return Ok(None) };
    let file = SizedFile::of(handle)?;
    let at = start.map_or_else(|| file.position(), Ok)?;
    let count = file.count(at, what.bytes, limit)?;
    Ok(Some(file.part(at, count, start.is_none())))
}

/// A file of which something is to be sent.
#[derive(Clone)]
pub(super) struct SizedFile {
    file: Arc<OpenFile>,
    /// `None`: nobody can tell before it was read.
    size: Option<u64>,
}

impl SizedFile {
    /// The file of a handle, or of a descriptor that somebody else opened.
    pub(super) fn of(handle: usize) -> Result<Self, WsaError> {
        let (fd, size) = file::of(handle).map_err(|_| WsaError::WSA_INVALID_HANDLE)?;
        let file = OpenFile::of(fd).map_err(|errno| super::translate(errno, Call::Send))?;
        let size = (size > 0 || file.is_empty()).then_some(size);
        Ok(SizedFile { file, size })
    }

    /// The file's own position.
    pub(super) fn position(&self) -> Result<u64, WsaError> {
        self.file.position().map_err(|_| WsaError::WSA_INVALID_HANDLE)
    }

    /// How many bytes go out from `at` on: `bytes`, or for 0 all that follow, if that is within
    /// the limit and begins within the file (T-005, T-016, T-017).
    pub(super) fn count(&self, at: u64, bytes: u32, limit: u64) -> Result<u64, WsaError> {
        let count = match (u64::from(bytes), self.size) {
            (0, None) => limit,
            (0, Some(size)) => size.saturating_sub(at),
            (bytes, _) => bytes,
        };
        let beyond = self.size.is_some_and(|size| at > size);
        if count > limit || beyond || i64::try_from(at).is_err() {
            return Err(WsaError::WSAEINVAL);
        }
        Ok(count)
    }

    /// What is sent of it. `moves`: the file's position follows.
    pub(super) fn part(&self, at: u64, count: u64, moves: bool) -> FilePart {
        // Then something of it will go out for sure.
        let certain = count > 0 && self.size.is_some_and(|size| at + count <= size);
        FilePart::new(self.file.clone(), at, count, certain, moves)
    }

    /// Whether the size is known.
    pub(super) fn has_size(&self) -> bool {
        self.size.is_some()
    }
}

impl Socket {
    /// Whether the connection will be ended by what is queued, so that nothing may follow.
    pub(super) fn will_end(&self) -> bool {
        self.output.iter().any(|operation| {
            matches!(&operation.request, Request::Transmit(transmit) if transmit.disconnect().is_some())
        })
    }

    /// What a transmission's end means for its socket: TF_DISCONNECT, TF_REUSE_SOCKET.
    pub(super) fn after_transmit(
        &mut self,
        place: &'static Place,
        transmit: &Transmit,
        ended: &Ended,
    ) {
        let Some(disconnect) = transmit.disconnect().filter(|_| transmit.is_ending()) else {
            return;
        };
        self.sends_shut = true;
        self.after_disconnect(place, disconnect.reuses(), disconnect.closed_first(), ended);
        if disconnect.reuses() && self.phase == Phase::Idle && self.left_to_origin {
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
