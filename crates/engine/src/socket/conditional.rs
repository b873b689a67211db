//! WSAAccept: a connection is taken or not as the program's condition says.
//!
//! The kernel knows no such condition: it has answered the peer before anybody is asked. So the
//! connection is taken from the backlog first and the program asked then. One that it rejects is
//! reset; one that it defers waits with the listener, before everything that is still in the
//! backlog, for the next accept of whatever kind.

use super::accept::{Connection, enable_accept_event, take};
use super::queue::Side;
use super::{Number, Place, Socket, open};
use crate::io;
use linsock_abi::WsaError;
use linsock_backend::address::Address;
use linsock_backend::net::{self, Fd, Ready};
use linsock_backend::op::{Outcome, Request, Step};

/// What a condition says of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// CF_ACCEPT.
    Accept,
    /// CF_REJECT.
    Reject,
    /// CF_DEFER.
    Defer,
    /// None of these.
    Nonsense,
}

/// A connection that its program left for later.
#[derive(Debug)]
pub(super) struct Deferred {
    pub(super) fd: Fd,
    pub(super) peer: Address,
    pub(super) order: u64,
}

/// WSAAccept with a condition, which is given the peer's address and the local one.
///
/// # Errors
/// As accept; WSAECONNREFUSED rejected; WSATRY_AGAIN deferred; WSAEINVAL for an answer that means
/// nothing, with the connection reset.
pub fn accept_if(
    number: Number,
    condition: impl FnOnce(&Address, &Address) -> Decision,
) -> Result<(Number, Address), WsaError> {
    let accepted = take(number).and_then(|connection| decide(number, connection, condition));
    enable_accept_event(number);
    accepted
}

fn decide(
    listener: Number,
    connection: Connection,
    condition: impl FnOnce(&Address, &Address) -> Decision,
) -> Result<(Number, Address), WsaError> {
    let local = net::local_address(connection.fd).unwrap_or_default();
    match condition(&connection.peer, &local) {
        Decision::Accept => connection.install(),
        Decision::Reject => {
            reset(connection.fd);
            Err(WsaError::WSAECONNREFUSED)
        }
        Decision::Defer => {
            let Connection { fd, peer, order, generation, .. } = connection;
            defer(listener, generation, Deferred { fd, peer, order });
            Err(WsaError::WSATRY_AGAIN)
        }
        Decision::Nonsense => {
            reset(connection.fd);
            Err(WsaError::WSAEINVAL)
        }
    }
}

/// Puts a connection back, or resets it if its listener is gone.
fn defer(listener: Number, generation: u32, deferred: Deferred) {
    let Ok((place, mut socket)) = open(listener) else { return reset(deferred.fd) };
    if !socket.is_open_as(generation) {
        return reset(deferred.fd);
    }
    let held = socket.put_back(place, deferred);
    drop(socket);
    io::recall(held.as_slice());
}

fn reset(fd: Fd) {
    let _ = net::set_linger(fd, Some(0));
    net::close(fd);
}

impl Socket {
    /// Counts the connections that a listener takes.
    pub(super) fn next_order(&mut self) -> u64 {
        self.taken += 1;
        self.taken
    }

    pub(super) fn has_deferred(&self) -> bool {
        !self.deferred.is_empty()
    }

    /// The connection that was deferred before all others.
    pub(super) fn first_deferred(&mut self) -> Option<Deferred> {
        if self.deferred.is_empty() { None } else { Some(self.deferred.remove(0)) }
    }

    /// Keeps a deferred connection, in the order of the backlog. An accept that waits already gets
    /// it now; what is answered is what a ring needs to let go of such a one.
    fn put_back(
        &mut self,
        place: &'static Place,
        deferred: Deferred,
    ) -> Option<super::cancel::Held> {
        let at = self.deferred.partition_point(|other| other.order < deferred.order);
        self.deferred.insert(at, deferred);
        let index = self.fd as usize;
        let head = self.input.front()?;
        if head.in_flight > 0 {
            return io::handle_in_ring(head, index, false);
        }
        self.pump(place, Side::Input, Ready::UNKNOWN);
        None
    }

    /// Tries a request. An accept finds what was deferred before what is in the backlog, and the
    /// end of a connection leaves what comes to the receives that wait for it.
    pub(super) fn attempt(&mut self, request: &mut Request, ready: Ready) -> Step {
        match request {
            Request::Accept(accept) if self.has_deferred() => {
                if accept.takes()
                    && let Some(deferred) = self.first_deferred()
                {
                    accept.give(deferred.fd, deferred.peer);
                }
                return Step::Done(Outcome::default());
            }
            Request::Disconnect(disconnect) => disconnect.leave_input(self.awaits_input()),
            Request::Transmit(transmit) => transmit.leave_input(self.awaits_input()),
            _ => {}
        }
        request.attempt(self.target(), ready)
    }

    /// The listener is closed: its peers learn of it as those in the backlog do.
    pub(super) fn reset_deferred(&mut self) {
        for deferred in std::mem::take(&mut self.deferred) {
            reset(deferred.fd);
        }
    }
}
