//! WSAConnectByName and WSAConnectByList: a connection to the first of several addresses that
//! takes one.

use super::connect::{self, Manner};
use super::{Number, Phase, Socket, open, translate};
use crate::wait::INFINITE;
use linsock_abi::WsaError;
use linsock_abi::map::Call;
use linsock_backend::address::{self, Address};
use linsock_backend::net;
use std::time::{Duration, Instant};

const IPPROTO_IPV6: i32 = 41;
const IPV6_V6ONLY: i32 = 26;

/// What a socket can be connected to.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// Its family, in the kernel's number.
    pub family: u16,
    /// An IPv6 socket that reaches IPv4 too, by mapped addresses (B-033).
    pub dual_stack: bool,
    number: Number,
    generation: u32,
}

/// Checks a socket that is to be connected to one of several addresses.
///
/// # Errors
/// WSAENOTSOCK; WSAEINVAL: no stream (B-032), listening, bound where it must not be (B-038), or the
/// accept socket of a pending AcceptEx; WSAEALREADY, WSAEISCONN.
pub fn reach(number: Number, may_be_bound: bool) -> Result<Reach, WsaError> {
    let (_, mut socket) = open(number)?;
    socket.may_connect_by()?;
    if socket.is_bound() && !may_be_bound {
        return Err(WsaError::WSAEINVAL);
    }
    let family = socket.family;
    let dual_stack = family == address::AF_INET6
        && net::option_i32(socket.fd, IPPROTO_IPV6, IPV6_V6ONLY) == Ok(0);
    Ok(Reach { family, dual_stack, number, generation: socket.generation })
}

/// Connects a socket to the first of the addresses that takes it, and answers with the local
/// address and the peer's. Blocks, whatever the socket's mode (B-032).
///
/// `until` is looked at between the attempts (B-039) and, with `during`, in them.
///
/// # Errors
/// That of the last attempt (B-037); WSAETIMEDOUT; WSAEINVAL for no addresses; WSAENOTSOCK and
/// WSAEINTR for a socket that was closed meanwhile.
pub fn connect_to_one_of(
    reach: Reach,
    peers: &[Address],
    until: Option<Instant>,
    during: bool,
) -> Result<(Address, Address), WsaError> {
    let mut outcome = Err(WsaError::WSAEINVAL);
    for (n, peer) in peers.iter().enumerate() {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) && (during || n > 0) {
            return Err(WsaError::WSAETIMEDOUT);
        }
        let limit_ms = left.filter(|_| during).map_or(INFINITE, milliseconds);
        outcome = attempt(reach, *peer, limit_ms);
        match outcome {
            Ok(_) | Err(WsaError::WSAENOTSOCK | WsaError::WSAEINTR) => return outcome,
            Err(_) => {}
        }
    }
    outcome
}

/// Rounded up, so that a wait is not shorter than asked.
fn milliseconds(time: Duration) -> u32 {
    let ms = time.as_micros().div_ceil(1000);
    u32::try_from(ms).unwrap_or(INFINITE - 1).min(INFINITE - 1)
}

/// One attempt. A failed one leaves the kernel's socket fit for the next (B-041).
fn attempt(reach: Reach, peer: Address, limit_ms: u32) -> Result<(Address, Address), WsaError> {
    let (place, mut socket) = open(reach.number)?;
    if !socket.is_open_as(reach.generation) {
        return Err(WsaError::WSAENOTSOCK);
    }
    socket.may_connect_by()?;
    if peer.family() != socket.family {
        return Err(WsaError::WSAEAFNOSUPPORT);
    }
    connect::make(place, socket, peer, Manner { blocking: true, by_connect_ex: true, limit_ms })?;
    let socket = place.lock();
    if !socket.is_open_as(reach.generation) {
        return Err(WsaError::WSAENOTSOCK);
    }
    let local = net::local_address(socket.fd).map_err(|errno| translate(errno, Call::Other))?;
    Ok((local, socket.peer))
}

impl Socket {
    /// As for ConnectEx, but that the socket may be unbound.
    fn may_connect_by(&mut self) -> Result<(), WsaError> {
        if !self.is_connection_oriented() {
            return Err(WsaError::WSAEINVAL);
        }
        let unbound = self.phase == Phase::Idle && !self.is_bound() && self.output.is_empty();
        // That of a pending AcceptEx is as good as taken.
        if unbound && !self.is_accept_target() { Ok(()) } else { self.may_connect_ex() }
    }
}
