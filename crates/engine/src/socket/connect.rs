//! ConnectEx and connect.

use super::queue::Side;
use super::{Binding, Context, Number, Origin, Phase, Place, Socket, open};
use crate::contract::{self, Subject};
use crate::io;
use crate::operation::{self, Ended, Ending, Notify, Operation, Overlapped};
use crate::reactor;
use crate::runtime;
use crate::sync::plain::MutexGuard;
use crate::wait::INFINITE;
use linsock_abi::map::Call;
use linsock_abi::{Errno, WsaError};
use linsock_backend::address::{self, Address};
use linsock_backend::buffers::Buffers;
use linsock_backend::memory;
use linsock_backend::net::{self, Ready, TcpState};
use linsock_backend::op::{Connect, Outcome, Request, Step, Want};
use std::time::Instant;

/// The block that ConnectEx sends: the caller's memory, probed at both ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConnectExData {
    /// Where it is.
    pub address: usize,
    /// Its bytes.
    pub len: usize,
}

/// ConnectEx, once its parameters were checked: always ends later (C-038), so success here is
/// WSA_IO_PENDING there.
///
/// # Errors
/// WSAENOTSOCK, WSAEINVAL, WSAEAFNOSUPPORT, WSAEALREADY, WSAEISCONN, WSAEADDRNOTAVAIL,
/// WSAEFAULT (C-090 has the order), WSA_INVALID_HANDLE for a bad hEvent.
///
/// # Safety
/// `overlapped` is the address of a writable OVERLAPPED that stays until the end.
pub unsafe fn connect_ex(
    number: Number,
    peer: Address,
    data: ConnectExData,
    overlapped: usize,
) -> Result<(), WsaError> {
    let (place, mut socket) = open(number)?;
    if peer.family() != socket.family {
        return Err(WsaError::WSAEAFNOSUPPORT);
    }
    // SAFETY: the caller's word.
    let overlapped = unsafe { Overlapped::begin(overlapped, &place.signal)? };
    socket.may_connect_ex()?;
    if is_unusable(&peer) {
        return Err(WsaError::WSAEADDRNOTAVAIL);
    }
    socket.start_connect_ex(place, peer, data, overlapped)
}

/// Addresses that nobody can be connected to: C-067, C-068, C-069, C-070.
fn is_unusable(peer: &Address) -> bool {
    peer.family() != address::AF_UNIX
        && (peer.is_unspecified() || peer.port() == 0 || peer.is_multipoint())
}

/// The error of a connection while another one is in progress on the socket, if one is.
pub fn in_progress(number: Number) -> Option<WsaError> {
    let (_, mut socket) = open(number).ok()?;
    let busy = matches!(socket.phase, Phase::Connecting { .. });
    busy.then(|| socket.may_connect_ex().err()).flatten()
}

/// Whether an operation that was started with this OVERLAPPED is still pending (C-146). Looks
/// at every socket: only for an OVERLAPPED that says it is pending, as it does after a call
/// that failed (C-057).
pub fn is_in_use(overlapped: usize) -> bool {
    runtime::get().sockets.iter().any(|(_, place)| {
        let socket = place.lock();
        socket.input.iter().chain(&socket.output).any(|operation| operation.is_of(overlapped))
    })
}

impl Socket {
    pub(super) fn may_connect_ex(&mut self) -> Result<(), WsaError> {
        match self.phase {
            // As good as taken (C-077).
            _ if self.is_accept_target() => Err(WsaError::WSAEINVAL),
            Phase::Listening => Err(WsaError::WSAEINVAL),
            Phase::Connecting { .. } => {
                Err(contract::error(Subject::ConnectExInProgress).unwrap_or(WsaError::WSAEALREADY))
            }
            Phase::Connected => Err(WsaError::WSAEISCONN),
            Phase::Idle if self.is_left_to_accept() => Err(WsaError::WSAEINVAL),
            Phase::Idle if !self.is_bound() && self.family != address::AF_UNIX => {
                Err(WsaError::WSAEINVAL)
            }
            Phase::Idle if !self.output.is_empty() => Err(WsaError::WSAEALREADY),
            Phase::Idle => Ok(()),
        }
    }

    fn start_connect_ex(
        &mut self,
        place: &'static Place,
        peer: Address,
        data: ConnectExData,
        overlapped: Overlapped,
    ) -> Result<(), WsaError> {
        let fastopen = self.options.fastopen && data.len > 0;
        let mut connect = Connect::new(Buffers::one(data.address, data.len), fastopen);
        let ring = io::uses_rings();
        if ring && data.len > 0 {
            // A ring reads the block later, when it may no longer be the caller's (C-031).
            let copy = memory::copy_in(data.address, data.len).map_err(|_| WsaError::WSAEFAULT)?;
            connect.keep(copy);
        }
        self.begin(peer, true);
        self.options.hold_back(self.fd);
        let held = self.must_be_held();
        let self_connect = self.would_meet_itself();
        let mut request = Request::Connect(connect);
        let mut want = Want::Writable;
        if self_connect {
            let outcome = Outcome { error: Some(Errno(ECONNREFUSED)), ..Outcome::default() };
            let operation = Operation::new(request, Call::Connect, Notify::Overlapped(overlapped));
            let ended = self.translate(&operation.request, Call::Connect, outcome);
            self.end(place, operation, ended);
            return Ok(());
        }
        if held.is_none() && !self.prefers_ring(&request) {
            match request.attempt(self.target(), Ready::UNKNOWN) {
                Step::Done(outcome) if !self.pair_is_busy(&request, &outcome) => {
                    return self.finish_at_once(place, request, outcome, overlapped);
                }
                Step::Done(_) => {
                    // The transport still holds the pair of addresses (C-127).
                    if let Request::Connect(connect) = &mut request {
                        connect.restart();
                    }
                    return self.queue_connect(
                        place,
                        request,
                        data,
                        overlapped,
                        Some(super::queue::PAIR_RETRY),
                        Want::Writable,
                    );
                }
                Step::Wait(what) => want = what,
            }
        }
        self.queue_connect(place, request, data, overlapped, held, want)
    }

    /// Ends a ConnectEx on the thread that called it; its caller sees it pending all the same.
    fn finish_at_once(
        &mut self,
        place: &'static Place,
        mut request: Request,
        outcome: Outcome,
        overlapped: Overlapped,
    ) -> Result<(), WsaError> {
        let outcome = self.refuse_itself(&request, outcome);
        let ended = self.translate(&request, Call::Connect, outcome);
        self.after_end(&mut request, &ended);
        self.note_events();
        let signal = (self.modes & super::port::SKIP_SET_EVENT == 0).then_some(&place.signal);
        operation::publish(&overlapped, &ended, self.route.as_ref(), signal);
        Ok(())
    }

    /// Leaves a ConnectEx to be gone on with, its block captured.
    fn queue_connect(
        &mut self,
        place: &'static Place,
        mut request: Request,
        data: ConnectExData,
        overlapped: Overlapped,
        held: Option<std::time::Duration>,
        want: Want,
    ) -> Result<(), WsaError> {
        if let Request::Connect(connect) = &mut request
            && !io::uses_rings()
            && data.len > 0
        {
            let (at, len) = connect.rest().first();
            match memory::copy_in(at, len) {
                Ok(copy) => connect.keep(copy),
                Err(_) => {
                    // Not readable in its middle: nothing was started.
                    let _ = net::disconnect(self.fd);
                    self.pin_port();
                    self.phase = Phase::Idle;
                    return Err(WsaError::WSAEFAULT);
                }
            }
        }
        let mut operation = Operation::new(request, Call::Connect, Notify::Overlapped(overlapped));
        operation.held = held.is_some();
        let ticket = operation.ticket;
        self.note_connection(&operation);
        match held {
            Some(time) => {
                let index = self.fd as usize;
                reactor::after(time, reactor::Timer::Release { index, ticket });
                self.remember_for_thread_exit(&operation);
                self.output.push_back(operation);
            }
            None => {
                self.enqueue(place, Side::Output, operation, Some(want));
                self.connect_deadline(ticket);
            }
        }
        Ok(())
    }

    fn begin(&mut self, peer: Address, by_connect_ex: bool) {
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
    }

    /// A connection from an ephemeral port to that very port would meet itself (C-148).
    fn would_meet_itself(&self) -> bool {
        let Some(binding) = self.binding.filter(|_| self.is_tcp()) else { return false };
        binding.address.port() == self.peer.port()
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
    pub(super) fn after_end(&mut self, request: &mut Request, ended: &Ended) {
        match request {
            Request::Connect(_) => self.after_connect(request, ended),
            Request::Disconnect(disconnect) => {
                let (reuses, closed_first) = (disconnect.reuses(), disconnect.closed_first());
                self.after_disconnect(reuses, closed_first, ended);
            }
            Request::Transmit(transmit) => self.after_transmit(transmit, ended),
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
        if head.ticket != ticket || connect.is_established() {
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
        let Some(head) = self.output.front_mut() else { return };
        if head.ticket != ticket || !head.held {
            return;
        }
        head.held = false;
        if let Some(more) = self.must_be_held() {
            if let Some(head) = self.output.front_mut() {
                head.held = true;
            }
            reactor::after(more, reactor::Timer::Release { index: self.fd as usize, ticket });
            return;
        }
        self.connect_deadline(ticket);
        self.pump(place, Side::Output, Ready::UNKNOWN);
    }

    /// How long TcpTimedWaitDelay still keeps this socket's pair of addresses (C-139).
    fn must_be_held(&self) -> Option<std::time::Duration> {
        let local = self.binding?.address;
        runtime::get().timed_wait.time_left(&local, &self.peer)
    }

    /// Whether a failed attempt only met what TIME_WAIT left of an earlier connection.
    fn pair_is_busy(&self, request: &Request, outcome: &Outcome) -> bool {
        const EADDRNOTAVAIL: Errno = Errno(99);
        self.reused
            && matches!(request, Request::Connect(connect) if !connect.is_established())
            && outcome.error == Some(EADDRNOTAVAIL)
    }

    pub(super) fn must_wait_for_pair(&self, operation: &Operation, outcome: &Outcome) -> bool {
        operation.ending.is_none() && self.pair_is_busy(&operation.request, outcome)
    }
}

const ECONNREFUSED: i32 = 111;

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
            let ended = socket.translate(&request, Call::Connect, outcome);
            socket.after_end(&mut request, &ended);
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
    let waiter = crate::sync::plain::Arc::new(operation::Synchronous::default());
    let notify = if manner.blocking { Notify::Synchronous(waiter.clone()) } else { Notify::Nobody };
    let operation = Operation::new(request, Call::Connect, notify);
    let ticket = operation.ticket;
    socket.enqueue(place, Side::Output, operation, Some(want));
    socket.connect_deadline(ticket);
    let number = socket.fd as usize;
    drop(socket);
    if !manner.blocking {
        return Err(WsaError::WSAEWOULDBLOCK);
    }
    if !super::transfer::is_done(&waiter, manner.limit_ms, true) {
        super::transfer::take_back(number, place, &waiter);
    }
    match super::transfer::wait_for(&waiter) {
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
            let mut from = Address::default();
            const MSG_PEEK: i32 = 2;
            let peeked = net::receive(self.fd, &buffer, MSG_PEEK, Some(&mut from), true);
            if peeked.is_err() || from.same_endpoint(peer) {
                return;
            }
            if net::receive(self.fd, &buffer, 0, None, true).is_err() {
                return;
            }
        }
    }
}
