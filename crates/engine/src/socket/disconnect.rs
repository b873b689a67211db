//! DisconnectEx.

use super::queue::{Side, open_settled};
use super::{Context, Number, Phase, Place, Socket};
use crate::operation::{Ended, Ending, Notify, Operation, Overlapped};
use crate::runtime;
use linsock_abi::WsaError;
use linsock_abi::map::Call;
use linsock_backend::net;
use linsock_backend::op::{Disconnect, Request};

/// DisconnectEx, once its parameters were checked. `Ok(false)`: pending.
///
/// # Errors
/// WSAENOTSOCK, WSAENOTCONN (D-004), WSA_INVALID_HANDLE for a bad hEvent; without an
/// OVERLAPPED also how the disconnect itself failed.
///
/// # Safety
/// `overlapped`, if given, is the address of a writable OVERLAPPED that stays until the end.
pub unsafe fn disconnect_ex(
    number: Number,
    overlapped: Option<usize>,
    reuse: bool,
) -> Result<bool, WsaError> {
    let (place, mut socket) = open_settled(number)?;
    if !socket.is_connection_oriented() {
        let connected = socket.phase == Phase::Connected;
        return Err(if connected { WsaError::WSAEOPNOTSUPP } else { WsaError::WSAENOTCONN });
    }
    if socket.phase != Phase::Connected || socket.is_accept_target() {
        return Err(WsaError::WSAENOTCONN);
    }
    socket.settle(place, Side::Output);
    let request = Request::Disconnect(socket.disconnect(reuse));
    // SAFETY: the caller's word.
    let begun = overlapped.map(|at| unsafe { Overlapped::begin(at, &place.signal) }).transpose()?;
    if reuse {
        socket.settle(place, Side::Input);
        socket.note_port();
    }
    // Nothing may be sent behind it; what was posted before still goes out.
    socket.sends_shut = true;
    let Some(overlapped) = begun else {
        let waiter = match socket.start_blocking(place, Side::Output, request, Call::Shutdown) {
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
    // Always pends, however soon it ends (27.B).
    let operation = Operation::new(request, Call::Shutdown, Notify::Overlapped(overlapped));
    socket.enqueue(place, Side::Output, operation, None);
    Ok(false)
}

impl Socket {
    /// What ends the connection.
    pub(super) fn disconnect(&self, reuse: bool) -> Disconnect {
        let disconnect = Disconnect::new(reuse, self.is_tcp());
        if self.counts_closing_first() { disconnect.noting_who_closes_first() } else { disconnect }
    }

    /// The connection is gone; with reuse the socket is back to "bound" (C-123, D-016).
    pub(super) fn after_disconnect(
        &mut self,
        place: &'static Place,
        reuse: bool,
        closed_first: bool,
        ended: &Ended,
    ) {
        let cancelled = ended.error == Some(WsaError::WSA_OPERATION_ABORTED);
        self.closed_first |= closed_first;
        if !reuse || cancelled {
            return;
        }
        if self.closed_first
            && ended.error.is_none()
            && let Some(binding) = self.binding
        {
            let local = binding.address;
            runtime::get().timed_wait.charge(&local, &self.peer);
        }
        if !self.is_tcp() {
            let _ = net::disconnect(self.fd);
        }
        self.end_receives(place);
        // News of the old connection that is still on its way must not be taken for the next's.
        self.unwatch();
        self.unwatch_events();
        self.generation = self.generation.wrapping_add(1);
        if self.selects_events() {
            // The selection outlasts the connection (D-021).
            let _ = self.watch_events();
        }
        self.pin_port();
        if self.context == Context::Default {
            // No update came: what was held back is in effect again, as before ConnectEx.
            self.options.restore(self.fd);
        }
        self.phase = Phase::Idle;
        self.context = Context::Whole;
        self.accepted_from = None;
        self.since = None;
        self.broken = None;
        self.sends_shut = false;
        self.receives_shut = false;
        self.reused = true;
        self.only_for = None;
        self.drained = false;
        self.told_of_end = false;
        self.saw_end = false;
        self.closed_first = false;
        self.tell_of_backlog(place);
    }

    /// Ends the receives that the connection's end has left, so that the next connection has none
    /// of them: those of urgent data, and what watches for data after a shutdown.
    fn end_receives(&mut self, place: &'static Place) {
        while let Some(operation) = self.input.pop_front() {
            if operation.in_flight > 0 {
                let signal = self.signal_at(place);
                let held = self.disown(operation, Side::Input, Ending::Closed, signal);
                if let Some((ring, user_data)) = held {
                    ring.cancel(user_data);
                }
            } else {
                let ended = Ending::Closed.of(&operation);
                self.tell(place, operation, ended);
            }
        }
    }
}
