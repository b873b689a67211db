//! TransmitPackets.

use super::option_access::{UDP_BYTES_MAX_V4, UDP_BYTES_MAX_V6};
use super::transfer::Flags;
use super::transmit::{SizedFile, TRANSMIT_BYTES_MAX, TransmitEnding, begin};
use super::{Number, Phase, Socket, open};
use linsock_abi::WsaError;
use linsock_abi::map::Call;
use linsock_backend::address::AF_INET6;
use linsock_backend::op::{Element, Transmit};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

/// One element of TransmitPackets.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// Where its bytes are.
    pub data: PieceData,
    /// TP_ELEMENT_EOP.
    pub ends: bool,
}

/// Where the bytes of an element are.
#[derive(Clone, Copy, Debug)]
pub enum PieceData {
    /// In memory: where and how many.
    Memory(usize, usize),
    /// In a file.
    File {
        /// The file's handle.
        handle: usize,
        /// Where they begin; `None`: at the file's position, which moves on (T-031).
        at: Option<u64>,
        /// How many; 0: all that follow.
        bytes: u32,
    },
}

/// What TransmitPackets is to do.
#[derive(Clone, Debug)]
pub struct Packets {
    /// The elements, in order.
    pub pieces: Vec<Piece>,
    /// Bytes of one send; `None`: as it comes on a stream, and as long as a message may be on a
    /// socket of messages.
    pub per_send: Option<u32>,
    /// Only TP_ELEMENT_EOP ends a send (T-033).
    pub by_marks: bool,
    /// What becomes of the connection.
    pub ending: TransmitEnding,
}

/// Whether a socket is one that TransmitPackets can be asked of with this ending.
///
/// # Errors
/// WSAENOTSOCK; WSAENOTCONN without a connection or a default peer (T-013, T-034); WSAEINVAL: a
/// datagram socket has no connection to end (T-035).
pub fn may_transmit_packets(number: Number, disconnect: bool) -> Result<(), WsaError> {
    let (_, socket) = open(number)?;
    match (socket.phase, socket.is_connection_oriented()) {
        (Phase::Connected, false) if disconnect => Err(WsaError::WSAEINVAL),
        (Phase::Connected, _) => Ok(()),
        _ => Err(WsaError::WSAENOTCONN),
    }
}

/// TransmitPackets, once its parameters were checked. `Ok(false)`: pending.
///
/// # Errors
/// WSAENOTSOCK, WSAENOTCONN, WSAESHUTDOWN, WSAEINVAL (T-016, T-037), WSA_INVALID_HANDLE for a
/// file or an event that is none; without an OVERLAPPED also how the transmission itself failed.
///
/// # Safety
/// The memory elements and `overlapped`, if given the address of a writable OVERLAPPED, stay
/// until the end.
pub unsafe fn transmit_packets(
    number: Number,
    what: &Packets,
    overlapped: Option<usize>,
) -> Result<bool, WsaError> {
    let (place, socket) = open(number)?;
    if socket.phase != Phase::Connected {
        return Err(WsaError::WSAENOTCONN);
    }
    socket.may_send(Flags::default())?;
    let elements = elements(&what.pieces)?;
    let transmit = if socket.is_stream() {
        Transmit::stream(elements, what.per_send.map(|bytes| bytes as usize))
    } else {
        Transmit::messages(elements, socket.message_bytes(what))
    };
    let call = if socket.is_connection_oriented() { Call::Send } else { Call::SendTo };
    // SAFETY: the caller's word.
    unsafe { begin(socket, place, transmit, what.ending, call, overlapped) }
}

/// The elements as the kernel will be asked for them, within the limit of all (T-030, T-031,
/// T-037).
fn elements(pieces: &[Piece]) -> Result<VecDeque<Element>, WsaError> {
    let mut left = TRANSMIT_BYTES_MAX;
    let mut files: HashMap<usize, (SizedFile, Option<u64>)> = HashMap::new();
    let mut elements = VecDeque::with_capacity(pieces.len());
    for piece in pieces {
        let element = match piece.data {
            PieceData::Memory(address, len) => {
                left = left.checked_sub(len as u64).ok_or(WsaError::WSAEINVAL)?;
                Element::memory((address, len))
            }
            PieceData::File { handle, at, bytes } => {
                let (file, next) = match files.entry(handle) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert((SizedFile::of(handle)?, None)),
                };
                let start = match (at, *next) {
                    (Some(at), _) => at,
                    // Elements that begin at the file's position follow each other.
                    (None, Some(next)) => next,
                    (None, None) => file.position()?,
                };
                let count = file.count(start, bytes, left)?;
                if bytes > 0 || file.has_size() {
                    left -= count;
                }
                if at.is_none() {
                    *next = Some(start + count);
                }
                Element::file(file.part(start, count, at.is_none()))
            }
        };
        elements.push_back(element.ending(piece.ends));
    }
    Ok(elements)
}

impl Socket {
    /// How long a message may get that no element ends.
    fn message_bytes(&self, what: &Packets) -> usize {
        match what.per_send {
            Some(bytes) => bytes as usize,
            None if what.by_marks => usize::MAX,
            None if self.family == AF_INET6 => UDP_BYTES_MAX_V6 as usize,
            None => UDP_BYTES_MAX_V4 as usize,
        }
    }
}
