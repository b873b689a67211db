//! DisconnectEx.

use super::queue::{Side, open_settled};
use super::{Context, Number, Phase, Socket};
use crate::operation::{Ended, Notify, Operation, Overlapped};
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
    let disconnect = Disconnect::new(reuse, socket.is_tcp());
    if reuse {
        socket.note_port();
    }
    // Nothing may be sent behind it; what was posted before still goes out.
    socket.sends_shut = true;
    let request = Request::Disconnect(disconnect);
    let Some(overlapped) = overlapped else {
        let waiter = match socket.start_blocking(place, Side::Output, request, Call::Shutdown) {
            Ok((mut request, ended)) => {
                socket.after_end(&mut request, &ended);
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
    // Always pends, however soon it ends (27.B).
    let operation = Operation::new(request, Call::Shutdown, Notify::Overlapped(overlapped));
    socket.enqueue(place, Side::Output, operation, None);
    Ok(false)
}

impl Socket {
    /// The connection is gone; with reuse the socket is back to "bound" (C-123, D-016).
    pub(super) fn after_disconnect(&mut self, reuse: bool, closed_first: bool, ended: &Ended) {
        let cancelled = ended.error == Some(WsaError::WSA_OPERATION_ABORTED);
        if !reuse || cancelled {
            return;
        }
        if closed_first
            && ended.error.is_none()
            && let Some(binding) = self.binding
        {
            let local = binding.address;
            runtime::get().timed_wait.charge(&local, &self.peer);
        }
        if !self.is_tcp() {
            let _ = net::disconnect(self.fd);
        }
        // News of the old connection that is still on its way must not be taken for the next's.
        self.unwatch();
        self.generation = self.generation.wrapping_add(1);
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
    }
}
