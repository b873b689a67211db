//! WSARecvFrom, WSASendMsg and WSARecvMsg: what goes and comes beside a datagram's bytes.

use super::control::control_for;
use super::queue::{Side, Started};
use super::transfer::{Flags, begin, run, run_whole};
use super::{Number, Socket, open};
use crate::apc::Routine;
use linsock_abi::{Errno, MSG_CTRUNC, MSG_TRUNC, WsaError};
use linsock_backend::address::Address;
use linsock_backend::buffers::Buffers;
use linsock_backend::envelope::{Envelope, Places};
use linsock_backend::memory::copy_out;
use linsock_backend::op::Request;
use std::net::IpAddr;

/// The OVERLAPPED of a call that has one, and its completion routine.
pub type Told = Option<(usize, Option<Routine>)>;

/// Whether WSASendMsg and WSARecvMsg are for a socket: one of datagrams (M-003). Its family.
///
/// # Errors
/// WSAENOTSOCK; WSAEOPNOTSUPP: a connection-oriented one.
pub fn takes_messages(number: Number) -> Result<u16, WsaError> {
    let (_, socket) = open(number)?;
    if socket.is_connection_oriented() { Err(WsaError::WSAEOPNOTSUPP) } else { Ok(socket.family) }
}

/// WSASendMsg, once its parameters were checked; `control` is in Windows' form.
///
/// # Errors
/// Not started: WSAEINVAL for bad control data, and as for WSASendTo.
///
/// # Safety
/// With an OVERLAPPED, it and the buffers stay until the operation ended.
pub unsafe fn send_message(
    number: Number,
    data: Buffers,
    flags: Flags,
    to: Option<Address>,
    control: &[u8],
    told: Told,
) -> Result<Started, WsaError> {
    let (place, mut socket) = open(number)?;
    socket.check_destination(to.as_ref())?;
    socket.may_send(flags)?;
    let six = match to.unwrap_or(socket.peer).ip() {
        Some(IpAddr::V6(ip)) => ip.to_ipv4_mapped().is_none(),
        _ => false,
    };
    let control = control_for(control, six)?;
    let (request, call) = socket.send_request(data, flags, to, false);
    let request = match request {
        Request::Send(send) => Request::Send(send.with_control(control)),
        other => other,
    };
    let Some((overlapped, routine)) = told else {
        let limit = socket.send_limit();
        let result = run(socket, place, Side::Output, request, call, limit);
        if let Ok((_, mut socket)) = open(number) {
            socket.note_implicit_bind();
        }
        return result.map(|(_, ended)| Started::Done(ended));
    };
    // SAFETY: the caller's word.
    let overlapped = unsafe { begin(overlapped, place, routine)? };
    let started = socket.start(place, Side::Output, request, call, true, overlapped);
    socket.note_implicit_bind();
    started
}

/// WSARecvMsg, once its parameters were checked: stores the message's parts at its end (M-009 to
/// M-015), also where that is told by an OVERLAPPED.
///
/// # Errors
/// As for WSARecvFrom.
///
/// # Safety
/// The places are the caller's; with an OVERLAPPED they, it and the buffers stay until the
/// operation ended.
pub unsafe fn receive_message(
    number: Number,
    data: Buffers,
    flags: Flags,
    places: Places,
    told: Told,
) -> Result<Started, WsaError> {
    let (_, mut socket) = open(number)?;
    socket.ask_for_control();
    drop(socket);
    let envelope = Envelope::new(places, true);
    // SAFETY: the caller's word.
    unsafe { receive(number, data, flags, Some(envelope), told) }
}

/// WSARecvFrom and recvfrom: stores the source of a datagram at its end (S-038).
///
/// # Errors
/// As for WSARecv.
///
/// # Safety
/// As [`receive_message`].
pub unsafe fn receive_from(
    number: Number,
    data: Buffers,
    flags: Flags,
    places: Option<Places>,
    told: Told,
) -> Result<Started, WsaError> {
    let envelope = places.map(|places| Envelope::new(places, false));
    // SAFETY: the caller's word.
    unsafe { receive(number, data, flags, envelope, told) }
}

/// # Safety
/// As [`receive_message`].
unsafe fn receive(
    number: Number,
    data: Buffers,
    flags: Flags,
    envelope: Option<Box<Envelope>>,
    told: Told,
) -> Result<Started, WsaError> {
    let (place, mut socket) = open(number)?;
    socket.begin_receive(flags, told.is_some())?;
    let (request, call) = socket.receive_request(data, flags, envelope);
    let Some((overlapped, routine)) = told else {
        let limit = socket.receive_limit();
        let (_, ended) = run_whole(socket, place, Side::Input, request, call, limit)?;
        return Ok(Started::Done(ended));
    };
    // SAFETY: the caller's word.
    let overlapped = unsafe { begin(overlapped, place, routine) };
    let overlapped = overlapped.inspect_err(|_| socket.note_events())?;
    let try_now = !socket.awaits_news();
    socket.start(place, Side::Input, request, call, try_now, overlapped)
}

impl Socket {
    /// Stores what came beside a datagram where its caller wants it. Nothing is written before:
    /// the places are only now known to be needed, and only now probed. `false`: the control data
    /// did not fit, for which a receive fails as for data that does not (M-010).
    pub(super) fn deliver(&self, envelope: &Envelope, truncated: bool) -> Result<bool, Errno> {
        let places = &envelope.places;
        if places.name != 0 {
            let (bytes, len) = envelope.source.windows_bytes();
            copy_out(&bytes[..len.min(places.name_room)], places.name)?;
            copy_out(&(len as i32).to_ne_bytes(), places.name_len)?;
        }
        if places.flags == 0 {
            return Ok(true);
        }
        let (area, mut flags) = self.control_told(envelope.control(), places.control_room);
        if truncated {
            flags |= MSG_TRUNC;
        }
        if envelope.control_cut {
            flags |= MSG_CTRUNC;
        }
        copy_out(&area, places.control)?;
        copy_out(&(area.len() as u32).to_ne_bytes(), places.control_len)?;
        copy_out(&flags.to_ne_bytes(), places.flags)?;
        Ok(flags & MSG_CTRUNC == 0)
    }
}
