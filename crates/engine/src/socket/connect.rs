//! connect, and what every connection that is being made has in common.

use super::queue::{PAIR_RETRIES, Side};
use super::{Binding, Context, Number, Origin, Phase, Place, Socket, open};
use crate::contract::{self, Subject};
use crate::io;
use crate::operation::{self, Ended, Ending, Notify, Operation};
use crate::reactor;
use crate::runtime;
use crate::sync::plain::MutexGuard;
use crate::wait::INFINITE;
use linsock_abi::map::Call;
use linsock_abi::{Errno, WsaError};
use linsock_backend::address::{self, Address};
use linsock_backend::buffers::Buffers;
use linsock_backend::envelope::Envelope;
use linsock_backend::net::{self, Ready, TcpState};
use linsock_backend::op::{Connect, Outcome, Request, Step};
use std::time::Instant;

/// Addresses that nobody can be connected to: C-067, C-068, C-069, C-070.
pub(super) fn is_unusable(peer: &Address) -> bool {
    peer.family() != address::AF_UNIX
        && (peer.is_unspecified() || peer.port() == 0 || peer.is_multipoint())
}

impl Socket {
    pub(super) fn begin(&mut self, peer: Address, by_connect_ex: bool) {
        self.peer = peer;
        self.phase = Phase::Connecting { by_connect_ex };
        self.context = Context::Whole;
        self.since = None;
        self.connect_error = None;
        self.broken = None;
        self.forget_connection_events();
        // From here on: a peer may end the connection before it was seen to stand.
        self.told_of_end = false;
        if self.adopted {
            let _ = net::set_nonblocking(self.fd, true);
        }
        if self.peer.has_flow_info() {
            // Else the kernel does not look at it (C-017).
            let _ = net::set_option_i32(self.fd, IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1);
        }
    }

    /// A connection from an ephemeral port to that very port would meet itself (C-148).
    pub(super) fn would_meet_itself(&self) -> bool {
        let Some(binding) = &self.binding else { return false };
        self.is_tcp()
            && binding.address.port() == self.peer.port()
            && binding.address.port() != 0
            && !self.asked_for_port
            && (binding.address.ip() == self.peer.ip()
                || (binding.address.is_unspecified()
                    && self.peer.ip().is_some_and(|ip| ip.is_loopback())))
    }

    /// Refuses a connection that met itself: the kernel chose the very port that it was to go
    /// to, where nobody listens (C-148).
    pub(super) fn refuse_itself(&self, request: &Request, outcome: Outcome) -> Outcome {
        let met_itself = outcome.error.is_none()
            && matches!(request, Request::Connect(_))
            && !self.asked_for_port
            && self.is_tcp()
            && net::may_be_chosen(self.peer.port())
            && net::local_address(self.fd).is_ok_and(|local| local.same_endpoint(&self.peer));
        if !met_itself {
            return outcome;
        }
        let _ = net::disconnect(self.fd);
        Outcome { error: Some(Errno(ECONNREFUSED)), ..Outcome::default() }
    }

    /// Whether the kernel was asked for the connection that is being made.
    pub(super) fn is_under_way(&self) -> bool {
        let head = self.output.front();
        head.is_some_and(|head| {
            !head.held && (head.in_flight > 0 || !self.prefers_ring(&head.request))
        })
    }

    /// Notices that a connection was established while its block is still going out (C-117).
    pub(super) fn note_connection(&mut self, operation: &Operation) {
        if self.since.is_none()
            && let Request::Connect(connect) = &operation.request
            && connect.is_established()
        {
            self.since = Some(Instant::now());
        }
    }

    /// Asks the kernel whether a pending connection exists by now (C-117).
    pub(super) fn notice_connection(&mut self) {
        let Some(head) = self.output.front() else { return };
        if head.held || !matches!(head.request, Request::Connect(_)) {
            return;
        }
        let connected = if self.is_tcp() {
            matches!(
                net::tcp_state(self.fd),
                Ok(TcpState::Established
                    | TcpState::PeerClosed
                    | TcpState::SelfClosed
                    | TcpState::Closing)
            )
        } else {
            net::peer_address(self.fd).is_ok()
        };
        if connected {
            self.since = Some(Instant::now());
        }
    }

    /// What the end of an operation means for its socket.
    pub(super) fn after_end(
        &mut self,
        place: &'static Place,
        request: &mut Request,
        ended: &Ended,
    ) {
        match request {
            Request::Connect(_) => self.after_connect(request, ended),
            Request::Disconnect(disconnect) => {
                let (reuses, closed_first) = (disconnect.reuses(), disconnect.closed_first());
                self.after_disconnect(place, reuses, closed_first, ended);
            }
            Request::Transmit(transmit) => self.after_transmit(place, transmit, ended),
            _ => {}
        }
    }

    fn after_connect(&mut self, request: &Request, ended: &Ended) {
        let Phase::Connecting { by_connect_ex } = self.phase else { return };
        let established = matches!(request, Request::Connect(connect) if connect.is_established());
        match ended.error {
            None => self.connected(by_connect_ex),
            // The connection stands although its block did not go out; what broke the send
            // is remembered (C-048).
            Some(error)
                if established
                    && !matches!(
                        error,
                        WsaError::WSA_OPERATION_ABORTED | WsaError::WSAECONNREFUSED
                    ) =>
            {
                self.connected(by_connect_ex);
                self.broken.get_or_insert(error);
            }
            Some(error) => self.not_connected(error),
        }
    }

    fn connected(&mut self, by_connect_ex: bool) {
        self.phase = Phase::Connected;
        self.origin = Origin::Connect;
        self.only_for = None;
        self.since.get_or_insert_with(Instant::now);
        self.context = if by_connect_ex { Context::Default } else { Context::Whole };
        self.accepted_from = None;
        self.drained = false;
        self.saw_end = false;
        self.closed_first = false;
        self.sends_shut = false;
        self.receives_shut = false;
        if self.binding.is_none() {
            let address = Address::any(self.family);
            self.binding = Some(Binding { address, in_kernel: true, pinned: false });
        }
        self.note_connect(None);
    }

    /// The attempt failed: back to bound, with the same port (C-091..C-096).
    fn not_connected(&mut self, error: WsaError) {
        // After an error of its own `connect` has left the socket fit for another attempt;
        // an attempt that was given up has to be dissolved.
        // A ring's connect leaves the error for the next attempt to stumble over.
        let given_up = matches!(error, WsaError::WSA_OPERATION_ABORTED | WsaError::WSAETIMEDOUT);
        if given_up || io::uses_rings() {
            self.note_port();
            let _ = net::disconnect(self.fd);
        }
        self.pin_port();
        self.phase = Phase::Idle;
        self.since = None;
        self.connect_error = Some(error);
        self.note_connect(Some(error));
        self.options.restore(self.fd);
        if self.adopted && !self.nonblocking {
            let _ = net::set_nonblocking(self.fd, false);
        }
    }

    /// The time for a connection is over (C-087).
    pub fn connect_timed_out(
        &mut self,
        place: &'static Place,
        ticket: u64,
    ) -> Option<super::cancel::Held> {
        let head = self.output.front()?;
        let Request::Connect(connect) = &head.request else { return None };
        // One that is held does not use up its time (C-127).
        if head.ticket != ticket || head.held || connect.is_established() {
            return None;
        }
        self.connected_for();
        if self.since.is_some() {
            return None;
        }
        self.give_up(place, Side::Output, 0, Ending::TimedOut)
    }

    /// Lets a held connection start.
    pub fn release(&mut self, place: &'static Place, ticket: u64) {
        if self.output.front().is_none_or(|head| head.ticket != ticket || !head.held) {
            return;
        }
        if let Some(more) = self.must_be_held() {
            // The engine thread itself is here, so there is one.
            let _ = reactor::after(more, self.release_timer(ticket));
            return;
        }
        let Some(mut head) = self.output.pop_front() else { return };
        head.held = false;
        // An attempt of its own, which the deadlines of earlier ones do not end.
        head.ticket = io::ticket();
        // Tried here on either backend: where the pair is still held it is known at once.
        match self.attempt(&mut head.request, Ready::UNKNOWN) {
            Step::Done(outcome) => {
                self.conclude(place, Side::Output, head, outcome);
                self.pump(place, Side::Output, Ready::UNKNOWN);
            }
            Step::Wait(want) => {
                self.note_connection(&head);
                self.connect_deadline(head.ticket);
                self.output.push_front(head);
                self.await_head(place, Side::Output, want);
            }
        }
    }

    /// What lets a held connection start.
    pub(super) fn release_timer(&self, ticket: u64) -> reactor::Timer {
        reactor::Timer::Release { index: self.fd as usize, ticket }
    }

    /// How long TcpTimedWaitDelay still keeps this socket's pair of addresses (C-139).
    pub(super) fn must_be_held(&self) -> Option<std::time::Duration> {
        let local = &self.binding.as_ref()?.address;
        runtime::get().timed_wait.time_left(local, &self.peer)
    }

    /// Whether a failed attempt only met what TIME_WAIT left of an earlier connection, as far as one
    /// can tell: what is longer in the way is a connection that lives (C-064).
    pub(super) fn pair_is_busy(&self, request: &Request, outcome: &Outcome) -> bool {
        const EADDRNOTAVAIL: Errno = Errno(99);
        self.reused
            && outcome.error == Some(EADDRNOTAVAIL)
            && matches!(request, Request::Connect(connect)
                if !connect.is_established() && connect.restarts() < PAIR_RETRIES)
    }

    pub(super) fn must_wait_for_pair(&self, operation: &Operation, outcome: &Outcome) -> bool {
        operation.ending.is_none() && self.pair_is_busy(&operation.request, outcome)
    }
}

pub(super) const ECONNREFUSED: i32 = 111;
const IPPROTO_IPV6: i32 = 41;
const IPV6_FLOWINFO_SEND: i32 = 33;

/// connect and WSAConnect.
///
/// # Errors
/// The outcome on a blocking socket; WSAEWOULDBLOCK on a non-blocking one (B-010, B-011), and
/// WSAEINVAL, WSAEALREADY, WSAEISCONN, WSAEAFNOSUPPORT, WSAEADDRNOTAVAIL.
pub fn connect(number: Number, peer: Address) -> Result<(), WsaError> {
    let (place, mut socket) = open(number)?;
    if !socket.is_connection_oriented() {
        return socket.connect_datagram(&peer);
    }
    if peer.family() != socket.family {
        return Err(WsaError::WSAEAFNOSUPPORT);
    }
    match socket.phase {
        _ if socket.is_accept_target() => return Err(WsaError::WSAEINVAL),
        Phase::Listening => return Err(WsaError::WSAEINVAL),
        Phase::Connecting { by_connect_ex: true } => {
            return Err(
                contract::error(Subject::ConnectInProgress).unwrap_or(WsaError::WSAEALREADY)
            );
        }
        Phase::Connecting { by_connect_ex: false } => return Err(WsaError::WSAEALREADY),
        Phase::Connected if socket.context == Context::Default => {
            return Err(
                contract::error(Subject::ConnectBeforeUpdate).unwrap_or(WsaError::WSAEISCONN)
            );
        }
        Phase::Connected => return Err(WsaError::WSAEISCONN),
        Phase::Idle => {}
    }
    let manner = Manner { blocking: !socket.nonblocking, by_connect_ex: false, limit_ms: INFINITE };
    make(place, socket, peer, manner)
}

/// How a call makes a connection that tells its outcome by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// The call waits for the outcome.
    pub blocking: bool,
    /// The connection counts as one of ConnectEx: its context awaits an update (B-036).
    pub by_connect_ex: bool,
    /// How long the call waits.
    pub limit_ms: u32,
}

/// Makes a connection, the state of the socket having been checked.
pub(super) fn make(
    place: &'static Place,
    mut socket: MutexGuard<'static, Socket>,
    peer: Address,
    manner: Manner,
) -> Result<(), WsaError> {
    if is_unusable(&peer) {
        return Err(WsaError::WSAEADDRNOTAVAIL);
    }
    socket.begin(peer, manner.by_connect_ex);
    if manner.by_connect_ex {
        socket.options.hold_back(socket.fd);
    }
    if socket.would_meet_itself() {
        socket.not_connected(WsaError::WSAECONNREFUSED);
        return Err(WsaError::WSAECONNREFUSED);
    }
    let mut request = Request::Connect(Connect::new(Buffers::one(0, 0), false));
    let want = match request.attempt(socket.target(), Ready::UNKNOWN) {
        Step::Done(outcome) => {
            let outcome = socket.refuse_itself(&request, outcome);
            let outcome = socket.heed_icmp(&request, outcome);
            let ended = socket.translate(&request, Call::Connect, outcome);
            socket.after_end(place, &mut request, &ended);
            socket.note_events();
            // A non-blocking caller learns of the outcome as it learns of a later one.
            return match ended.error {
                _ if !manner.blocking => Err(WsaError::WSAEWOULDBLOCK),
                Some(error) => Err(error),
                None => Ok(()),
            };
        }
        Step::Wait(want) => want,
    };
    let waiter = operation::Synchronous::new(socket.fd as usize, place);
    let notify = if manner.blocking { Notify::Synchronous(waiter.clone()) } else { Notify::Nobody };
    let operation = Operation::new(request, Call::Connect, notify);
    let ticket = operation.ticket;
    socket.enqueue(place, Side::Output, operation, Some(want));
    socket.connect_deadline(ticket);
    drop(socket);
    if !manner.blocking {
        return Err(WsaError::WSAEWOULDBLOCK);
    }
    if !super::blocking_call::is_done(&waiter, manner.limit_ms, true) {
        super::blocking_call::take_back(&waiter, Ending::TimedOut);
    }
    match super::blocking_call::wait_for(&waiter) {
        Some((_, Ended { error: Some(WsaError::WSA_OPERATION_ABORTED), .. })) => {
            Err(WsaError::WSAEINTR)
        }
        Some((_, Ended { error: Some(error), .. })) => Err(error),
        _ => Ok(()),
    }
}

impl Socket {
    /// Sets or dissolves the default peer of a datagram socket (B-016).
    fn connect_datagram(&mut self, peer: &Address) -> Result<(), WsaError> {
        let dissolve = peer.family() == address::AF_UNSPEC
            || (peer.family() == self.family && peer.is_unspecified() && peer.port() == 0);
        if dissolve {
            net::disconnect(self.fd).map_err(|errno| super::translate(errno, Call::Connect))?;
            self.phase = Phase::Idle;
            self.peer = Address::default();
            return Ok(());
        }
        if peer.family() != self.family {
            return Err(WsaError::WSAEAFNOSUPPORT);
        }
        if peer.is_unspecified() || peer.port() == 0 {
            return Err(WsaError::WSAEADDRNOTAVAIL);
        }
        net::connect(self.fd, peer).map_err(|errno| {
            match super::translate(errno, Call::SendTo) {
                // The kernel keeps datagrams from broadcast addresses without SO_BROADCAST.
                WsaError::WSAEACCES => WsaError::WSAEACCES,
                _ => super::translate(errno, Call::Connect),
            }
        })?;
        self.peer = *peer;
        self.phase = Phase::Connected;
        if self.binding.is_none() {
            let address = net::local_address(self.fd).unwrap_or_default();
            self.binding = Some(Binding { address, in_kernel: true, pinned: true });
        }
        self.drop_foreign_datagrams(peer);
        Ok(())
    }

    /// Datagrams of others that were queued before are not for a connected socket (B-016).
    fn drop_foreign_datagrams(&self, peer: &Address) {
        let mut byte = 0u8;
        let buffer = Buffers::one(&raw mut byte as usize, 1);
        loop {
            let mut envelope = Envelope::default();
            const MSG_PEEK: i32 = 2;
            let peeked = net::receive(self.fd, &buffer, MSG_PEEK, Some(&mut envelope), true);
            if peeked.is_err() || envelope.source.same_endpoint(peer) {
                return;
            }
            if net::receive(self.fd, &buffer, 0, None, true).is_err() {
                return;
            }
        }
    }
}
