//! closesocket and linger.

use super::cancel::Held;
use super::queue::{Side, open_settled};
use super::{Number, Phase, Place, Socket};
use crate::io;
use crate::operation::{self, Ending, Operation, Orphan};
use crate::runtime;
use crate::sync::plain::MutexGuard;
use crate::wait::Signal;
use linsock_abi::WsaError;
use linsock_backend::net::{self, TcpState};
use std::time::{Duration, Instant};

/// How often a lingering close looks whether everything was acknowledged.
const LINGER_POLL: Duration = Duration::from_millis(5);

/// closesocket: pending operations end with 995, or 1236 on a connection (Z-003).
///
/// # Errors
/// WSAENOTSOCK; WSAEWOULDBLOCK when a non-blocking socket lingers and data is unacknowledged:
/// then nothing was closed (Z-008).
pub fn close(number: Number) -> Result<(), WsaError> {
    let (place, mut socket) = open_settled(number)?;
    socket.settle(place, Side::Output);
    if let Some(seconds) = socket.effective_linger().filter(|&seconds| seconds > 0)
        && socket.phase == Phase::Connected
        // Ending the connection is for the last one who has it.
        && !socket.is_shared()
    {
        if socket.nonblocking {
            // With nothing unsent it ends in its own time, as one that does not linger.
            if has_unsent(&socket) {
                return Err(WsaError::WSAEWOULDBLOCK);
            }
        } else {
            let itself = net::cookie(socket.fd);
            drop(socket);
            socket = linger(place, itself, Duration::from_secs(seconds.into()))?;
        }
    }
    let acceptance = socket.leave_acceptance();
    let handed = socket.handed();
    let held = socket.close(place, Ending::Closed);
    drop(socket);
    take_in(&held);
    if let Some(acceptance) = acceptance {
        acceptance.withdraw();
    }
    for handed in handed {
        handed.cancel(Ending::Closed, |_| true);
    }
    Ok(())
}

/// Takes what rings gave back of a closed socket; what comes later finds its way alone.
fn take_in(held: &[Held]) {
    for (ring, _) in held {
        io::reap(ring);
    }
}

fn has_unsent(socket: &Socket) -> bool {
    !socket.output.is_empty() || net::unsent_bytes(socket.fd).is_ok_and(|bytes| bytes > 0)
}

/// Waits until all was acknowledged or the time is over; in that case the close will be an
/// abort (Z-007). `itself` is the socket's cookie: meanwhile another one may get its number.
fn linger(
    place: &'static Place,
    itself: u64,
    time: Duration,
) -> Result<MutexGuard<'static, Socket>, WsaError> {
    let _blocked = crate::blocking::Scope::enter();
    let until = Instant::now() + time;
    let mut ended = false;
    loop {
        let mut socket = place.lock();
        if !socket.open || net::cookie(socket.fd) != itself {
            return Err(WsaError::WSAENOTSOCK);
        }
        if !ended && socket.output.is_empty() {
            socket.note_closing_first();
            let _ = net::shutdown(socket.fd, SHUT_WR);
            ended = true;
        }
        let unsent = has_unsent(&socket);
        if unsent && Instant::now() >= until {
            // No TIME_WAIT is left behind by a reset (Z-009).
            let _ = net::set_linger(socket.fd, Some(0));
        } else if unsent {
            drop(socket);
            std::thread::sleep(LINGER_POLL);
            continue;
        }
        return Ok(socket);
    }
}

const SHUT_WR: i32 = 1;

impl Socket {
    /// Takes the socket out of use: ends or orphans its operations, then closes the
    /// descriptor, all before anyone else can be given its number.
    pub(super) fn close(&mut self, place: &'static Place, ending: Ending) -> Vec<Held> {
        if ending != Ending::Silent {
            // What was sent before goes out (Z-005).
            self.settle(place, Side::Input);
            self.settle(place, Side::Output);
        }
        self.note_timed_wait();
        if self.phase == Phase::Connected && self.effective_linger() != Some(0) {
            self.allow_reuse();
        }
        self.reset_deferred();
        self.open = false;
        let signal = &place.signal;
        let mut held = Vec::new();
        for side in [Side::Input, Side::Output, Side::Notices] {
            while let Some(operation) = self.queue(side).pop_front() {
                if operation.in_flight > 0 {
                    held.extend(self.disown(operation, side, ending, None));
                    continue;
                }
                let ended = ending.of(&operation);
                if ending == Ending::Silent {
                    operation::silence(operation, ended);
                } else {
                    operation::tell(operation, ended, self.route.as_ref(), Some(signal));
                }
            }
        }
        // Whoever waits for the handle itself finds its operation ended.
        signal.set();
        // A ring's requests keep the connection open until they are given back.
        for (ring, user_data) in &held {
            ring.cancel(*user_data);
        }
        self.unwatch();
        self.unwatch_events();
        net::close(self.fd);
        self.clear();
        held
    }

    /// Leaves an operation that a ring holds to itself, and how it will end; what the ring needs to
    /// give it back.
    pub(super) fn disown(
        &self,
        mut operation: Box<Operation>,
        side: Side,
        ending: Ending,
        signal: Option<&'static Signal>,
    ) -> Option<Held> {
        operation.ending = Some(ending);
        let held = io::handle_in_ring(&operation, self.fd as usize, side == Side::Output);
        io::adopt_orphan(Orphan { operation, route: self.route.clone(), signal });
        held
    }

    /// Notes, where it matters, which side ends a connection first.
    pub(super) fn note_closing_first(&mut self) {
        if self.counts_closing_first() {
            self.closed_first |= net::tcp_state(self.fd) == Ok(TcpState::Established);
        }
    }

    /// Whether it matters which side ends a connection first.
    pub(super) fn counts_closing_first(&self) -> bool {
        crate::settings::timed_wait_delay().is_some() && self.is_tcp()
    }

    /// Charges the pair of addresses of a connection that this side closes first (C-139).
    fn note_timed_wait(&self) {
        if !self.counts_closing_first() || self.phase != Phase::Connected {
            return;
        }
        let hard = self.effective_linger() == Some(0);
        let first =
            matches!(net::tcp_state(self.fd), Ok(TcpState::Established | TcpState::SelfClosed));
        if (first || self.closed_first)
            && !hard
            && let Ok(local) = net::local_address(self.fd)
        {
            runtime::get().timed_wait.charge(&local, &self.peer);
        }
    }

    /// Forgets a socket whose descriptor was closed by somebody else.
    pub(super) fn abandon(&mut self, place: &'static Place) {
        self.reset_deferred();
        for side in [Side::Input, Side::Output, Side::Notices] {
            while let Some(operation) = self.queue(side).pop_front() {
                let index = self.fd as usize;
                let user_data = io::user_data(index, side == Side::Output, operation.ticket);
                let withdrawn =
                    operation.ring.as_ref().is_some_and(|ring| ring.withdraw(user_data));
                if operation.in_flight > 0 && !withdrawn {
                    io::adopt_orphan(Orphan { operation, route: self.route.clone(), signal: None });
                } else {
                    let ended = Ending::Closed.of(&operation);
                    operation::tell(operation, ended, self.route.as_ref(), Some(&place.signal));
                }
            }
        }
    }
}

/// The last WSACleanup: every socket is reset and closed, and nobody is told (W-012, W-013).
/// Descriptors that were made elsewhere stay open.
pub fn close_all() {
    // All operations first: closing one socket may end what another one is about.
    for (_, place) in runtime::get().sockets.iter() {
        let mut held = Vec::new();
        let mut socket = place.lock();
        if socket.open {
            socket.cancel(place, Ending::Silent, &mut held, |_| true);
        }
        drop(socket);
        io::recall(&held);
    }
    for (_, place) in runtime::get().sockets.iter() {
        let mut socket = place.lock();
        if !socket.open {
            continue;
        }
        if socket.adopted {
            continue;
        }
        if socket.phase == Phase::Connected && socket.is_tcp() && !socket.is_shared() {
            let _ = net::set_linger(socket.fd, Some(0));
        }
        let held = socket.close(place, Ending::Silent);
        drop(socket);
        take_in(&held);
    }
}
