//! listen and accept.

use super::claim::Hold;
use super::network_events::{BY_ACCEPT, Selection};
use super::option::Options;
use super::queue::Side;
use super::{Binding, Number, Origin, Phase, Socket, install, open, translate};
use crate::operation::Ended;
use linsock_abi::WsaError;
use linsock_abi::map::Call;
use linsock_backend::address::Address;
use linsock_backend::net;
use linsock_backend::op::{Accept, Request};
use std::time::Instant;

/// The longest backlog that the kernel is asked for; it has a limit of its own below.
const BACKLOG_MAX: i32 = 65535;

/// listen.
///
/// # Errors
/// WSAEINVAL unbound, or the accept socket of a pending AcceptEx; WSAEISCONN connected;
/// WSAEOPNOTSUPP datagram; WSAEADDRINUSE (B-004).
pub fn listen(number: Number, backlog: i32) -> Result<(), WsaError> {
    let (_, mut socket) = open(number)?;
    if !socket.is_connection_oriented() {
        return Err(WsaError::WSAEOPNOTSUPP);
    }
    match socket.phase {
        Phase::Connected => return Err(WsaError::WSAEISCONN),
        Phase::Connecting { .. } => return Err(WsaError::WSAEINVAL),
        _ => {}
    }
    if !socket.is_bound() || socket.is_accept_target() {
        return Err(WsaError::WSAEINVAL);
    }
    socket.settle_binding()?;
    // Accepted connections leave TIME_WAIT remains too (K-107).
    socket.allow_reuse();
    // SOMAXCONN_HINT(n) is -n; other negative numbers do not occur.
    let backlog = backlog.checked_abs().unwrap_or(BACKLOG_MAX).min(BACKLOG_MAX);
    if socket.is_paused() {
        return Ok(());
    }
    net::listen(socket.fd, backlog).map_err(|errno| translate(errno, Call::Listen))?;
    if socket.options.fastopen {
        let _ = net::set_option_i32(socket.fd, 6, TCP_FASTOPEN, backlog.max(1));
    }
    socket.phase = Phase::Listening;
    socket.backlog = backlog;
    socket.pause_if_told();
    socket.note_events();
    Ok(())
}

const TCP_FASTOPEN: i32 = 23;

impl Socket {
    pub(super) fn new_accept(&self) -> Accept {
        if self.adopted { Accept::careful(self.inherit) } else { Accept::new(self.inherit) }
    }
}

/// accept.
///
/// # Errors
/// WSAEINVAL not listening; WSAEWOULDBLOCK; WSAECONNRESET; WSAEMFILE (B-005).
pub fn accept(number: Number) -> Result<(Number, Address), WsaError> {
    let accepted = take(number).and_then(|connection| connection.install());
    enable_accept_event(number);
    accepted
}

/// A call that takes connections is over, successful or not: FD_ACCEPT is enabled again (E-016,
/// E-017).
pub fn enable_accept_event(number: Number) {
    if let Ok((_, mut socket)) = open(number) {
        socket.reenable(BY_ACCEPT);
        socket.note_events();
    }
}

/// A connection out of a listener's backlog, and what its socket will have of the listener.
pub(super) struct Connection {
    pub(super) fd: net::Fd,
    pub(super) peer: Address,
    /// When it was first taken from the backlog, among the connections of its listener.
    pub(super) order: u64,
    /// Which of the sockets of its number the listener is.
    pub(super) generation: u32,
    family: u16,
    kind: i32,
    protocol: i32,
    inherit: bool,
    nonblocking: bool,
    overlapped: bool,
    options: Options,
    hold: Hold,
    selection: Option<Box<Selection>>,
}

impl Connection {
    fn new(listener: &mut Socket, fd: net::Fd, peer: Address) -> Self {
        Connection {
            fd,
            peer,
            order: listener.next_order(),
            generation: listener.generation,
            family: listener.family,
            kind: listener.kind,
            protocol: listener.protocol,
            inherit: listener.inherit,
            nonblocking: listener.nonblocking,
            overlapped: listener.overlapped,
            options: listener.options.inherited(),
            hold: listener.hold_of_accepted(),
            selection: listener.selection.as_ref().map(|selection| selection.of_accepted()),
        }
    }

    /// Makes a socket of it.
    pub(super) fn install(self) -> Result<(Number, Address), WsaError> {
        let Connection { fd, peer, selection, .. } = self;
        let mut new = install(fd, self.family, self.kind, self.protocol)?;
        new.phase = Phase::Connected;
        // Taken over from the listener.
        new.allows_reuse = true;
        new.accepted = true;
        new.hold = self.hold;
        new.origin = Origin::Accept;
        new.peer = peer;
        new.since = Some(Instant::now());
        new.nonblocking = self.nonblocking;
        new.overlapped = self.overlapped;
        new.inherit = self.inherit;
        new.options = self.options;
        let local = net::local_address(fd).unwrap_or_default();
        new.binding = Some(Binding { address: local, in_kernel: true, pinned: true });
        if selection.is_some() {
            if let Err(error) = new.begin_selection(selection) {
                drop(new);
                let _ = super::close(fd as usize);
                return Err(error);
            }
            new.note_events();
        }
        Ok((fd as usize, peer))
    }
}

/// Takes a connection; waits for one if the listener blocks.
pub(super) fn take(number: Number) -> Result<Connection, WsaError> {
    let (place, mut socket) = open(number)?;
    if !socket.is_connection_oriented() {
        return Err(WsaError::WSAEOPNOTSUPP);
    }
    if socket.phase != Phase::Listening {
        return Err(WsaError::WSAEINVAL);
    }
    if let Some(deferred) = socket.first_deferred() {
        let order = deferred.order;
        return Ok(Connection {
            order,
            ..Connection::new(&mut socket, deferred.fd, deferred.peer)
        });
    }
    let (mut request, ended) = if socket.nonblocking {
        if !socket.is_free(Side::Input) || socket.is_paused() {
            return Err(WsaError::WSAEWOULDBLOCK);
        }
        let mut request = Request::Accept(socket.new_accept());
        match socket.attempt(&mut request, net::Ready::UNKNOWN) {
            linsock_backend::op::Step::Done(outcome) => {
                let ended = socket.translate(&request, Call::Accept, outcome);
                (request, ended)
            }
            linsock_backend::op::Step::Wait(_) => return Err(WsaError::WSAEWOULDBLOCK),
        }
    } else {
        let request = Request::Accept(socket.new_accept());
        match socket.start_blocking(place, Side::Input, request, Call::Accept) {
            Ok((request, ended)) => (*request, ended),
            Err(waiter) => {
                drop(socket);
                let taken = super::blocking_call::wait_for(&waiter);
                let (operation, ended) = taken.ok_or(WsaError::WSAEINTR)?;
                socket = match open(number) {
                    Ok((_, socket)) => socket,
                    Err(error) => return Err(ended.error.map_or(error, |_| WsaError::WSAEINTR)),
                };
                (operation.request, ended)
            }
        }
    };
    if let Ended { error: Some(error), .. } = ended {
        return Err(if error == WsaError::WSA_OPERATION_ABORTED {
            WsaError::WSAEINTR
        } else {
            error
        });
    }
    let Request::Accept(accept) = &mut request else { return Err(WsaError::WSAEINVAL) };
    let (fd, peer) = accept.take().ok_or(WsaError::WSAECONNRESET)?;
    Ok(Connection::new(&mut socket, fd, peer))
}
