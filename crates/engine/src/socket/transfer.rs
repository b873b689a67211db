//! send, recv and their overlapped forms.

use super::network_events::BY_RECEIVE;
use super::queue::{Side, Started};
use super::{Number, Phase, Place, Socket, open};
use crate::apc::Routine;
use crate::operation::{Ended, Ending, Operation, Overlapped, Synchronous};
use crate::wait::{self, Target, WaitResult};
use linsock_abi::WsaError;
use linsock_abi::map::Call;
use linsock_backend::address::Address;
use linsock_backend::buffers::Buffers;
use linsock_backend::net::{self, Ready};
use linsock_backend::op::{Receive, Request, Send, Step};
use std::sync::Arc;
use std::time::Instant;

const INFINITE: u32 = u32::MAX;

/// The MSG_* flags of a transfer, in the kernel's numbers where they go to the kernel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    /// MSG_OOB.
    pub out_of_band: bool,
    /// MSG_PEEK.
    pub peek: bool,
    /// MSG_WAITALL.
    pub wait_all: bool,
}

impl Flags {
    fn kernel(self) -> i32 {
        const MSG_OOB: i32 = 1;
        const MSG_PEEK: i32 = 2;
        (i32::from(self.out_of_band) * MSG_OOB) | (i32::from(self.peek) * MSG_PEEK)
    }
}

impl Socket {
    pub(super) fn may_send(&self, flags: Flags) -> Result<(), WsaError> {
        if self.is_connection_oriented()
            && (self.phase != Phase::Connected || self.is_accept_target())
        {
            return Err(WsaError::WSAENOTCONN);
        }
        if self.sends_shut || self.will_end() {
            return Err(WsaError::WSAESHUTDOWN);
        }
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        if flags.out_of_band && !self.is_stream() {
            return Err(WsaError::WSAEOPNOTSUPP);
        }
        Ok(())
    }

    /// Whether a receive is allowed; asking is what enables network events again (E-017).
    fn begin_receive(&mut self, flags: Flags, overlapped: bool) -> Result<(), WsaError> {
        self.reenable(BY_RECEIVE);
        let allowed = self.may_receive(flags, overlapped);
        if allowed.is_err() {
            self.note_events();
        }
        allowed
    }

    fn may_receive(&self, flags: Flags, overlapped: bool) -> Result<(), WsaError> {
        if self.is_connection_oriented()
            && (self.phase != Phase::Connected || self.is_accept_target())
        {
            return Err(WsaError::WSAENOTCONN);
        }
        if self.receives_shut {
            return Err(WsaError::WSAESHUTDOWN);
        }
        if !self.is_connection_oriented() && !self.is_bound() {
            return Err(WsaError::WSAEINVAL);
        }
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        let unsupported = (flags.peek && overlapped)
            || (flags.out_of_band && !self.is_stream())
            || (flags.wait_all
                && (!self.is_stream()
                    || flags.peek
                    || flags.out_of_band
                    || (self.nonblocking && !overlapped)));
        if unsupported { Err(WsaError::WSAEOPNOTSUPP) } else { Ok(()) }
    }

    fn send_request(
        &self,
        data: Buffers,
        flags: Flags,
        to: Option<Address>,
        partial: bool,
    ) -> (Request, Call) {
        let kernel = flags.kernel();
        let request = if !self.is_stream() {
            Send::datagram(data, kernel, to)
        } else if partial {
            Send::stream_partial(data, kernel)
        } else {
            Send::stream(data, kernel)
        };
        (
            Request::Send(request),
            if self.is_connection_oriented() { Call::Send } else { Call::SendTo },
        )
    }

    fn receive_request(&self, data: Buffers, flags: Flags, with_source: bool) -> (Request, Call) {
        if self.is_stream() {
            return (
                Request::Receive(Receive::stream(data, flags.kernel(), flags.wait_all)),
                Call::Recv,
            );
        }
        let receive = Receive::datagram(data, flags.kernel(), with_source);
        let call = if self.is_connection_oriented() { Call::Recv } else { Call::RecvFrom };
        (Request::Receive(receive), call)
    }

    /// A datagram send binds an unbound socket (C-144, S-035).
    fn note_implicit_bind(&mut self) {
        if self.binding.is_none()
            && !self.is_connection_oriented()
            && let Ok(address) = net::local_address(self.fd)
        {
            self.binding = Some(super::Binding { address, in_kernel: true, pinned: true });
        }
    }

    fn check_destination(&self, to: Option<&Address>) -> Result<(), WsaError> {
        match to {
            _ if self.is_connection_oriented() => Ok(()),
            None if self.phase == Phase::Connected => Ok(()),
            None => Err(WsaError::WSAENOTCONN),
            Some(to) if to.family() != self.family => Err(WsaError::WSAEAFNOSUPPORT),
            Some(to) if to.ip().is_some() && (to.is_unspecified() || to.port() == 0) => {
                Err(WsaError::WSAEADDRNOTAVAIL)
            }
            Some(_) => Ok(()),
        }
    }
}

/// Marks an OVERLAPPED as pending.
///
/// # Safety
/// As [`Overlapped::begin`], and of a routine [`Overlapped::begin_with_routine`].
pub(super) unsafe fn begin(
    overlapped: usize,
    place: &'static Place,
    routine: Option<Routine>,
) -> Result<Overlapped, WsaError> {
    match routine {
        // SAFETY: the caller's word.
        None => unsafe { Overlapped::begin(overlapped, &place.signal) },
        Some(routine) => {
            // SAFETY: the caller's word.
            Ok(unsafe { Overlapped::begin_with_routine(overlapped, &place.signal, routine) })
        }
    }
}

/// WSASend with an OVERLAPPED.
///
/// # Errors
/// Not started: WSAENOTCONN, WSAESHUTDOWN, WSAEOPNOTSUPP, WSAECONNRESET, ... (section 6).
///
/// # Safety
/// The buffers and the OVERLAPPED stay valid until the operation ended.
pub unsafe fn send_overlapped(
    number: Number,
    data: Buffers,
    flags: Flags,
    to: Option<Address>,
    overlapped: usize,
    routine: Option<Routine>,
) -> Result<Started, WsaError> {
    let (place, mut socket) = open(number)?;
    socket.check_destination(to.as_ref())?;
    socket.may_send(flags)?;
    let (request, call) = socket.send_request(data, flags, to, false);
    // SAFETY: the caller's word.
    let overlapped = unsafe { begin(overlapped, place, routine)? };
    let started = socket.start(place, Side::Output, request, call, true, overlapped);
    socket.note_implicit_bind();
    started
}

/// WSARecv with an OVERLAPPED.
///
/// # Errors
/// Not started: WSAENOTCONN, WSAESHUTDOWN, WSAEOPNOTSUPP, WSAECONNRESET, WSAEINVAL (section 6).
///
/// # Safety
/// The buffers and the OVERLAPPED stay valid until the operation ended.
pub unsafe fn receive_overlapped(
    number: Number,
    data: Buffers,
    flags: Flags,
    overlapped: usize,
    routine: Option<Routine>,
) -> Result<Started, WsaError> {
    let (place, mut socket) = open(number)?;
    socket.begin_receive(flags, true)?;
    let (request, call) = socket.receive_request(data, flags, false);
    // SAFETY: the caller's word.
    let overlapped = unsafe { begin(overlapped, place, routine)? };
    // A stream that was drained has nothing until its poller says so; asking is in vain.
    // Only a watched socket is told of what comes.
    let try_now = !(socket.drained && socket.watched);
    socket.start(place, Side::Input, request, call, try_now, overlapped)
}

/// send and sendto, and WSASend without an OVERLAPPED.
///
/// # Errors
/// As for the overlapped form; WSAEWOULDBLOCK on a non-blocking socket; WSAETIMEDOUT after
/// SO_SNDTIMEO.
pub fn send(
    number: Number,
    data: Buffers,
    flags: Flags,
    to: Option<Address>,
) -> Result<u32, WsaError> {
    let (place, socket) = open(number)?;
    socket.check_destination(to.as_ref())?;
    socket.may_send(flags)?;
    let nonblocking = socket.nonblocking;
    let (request, call) = socket.send_request(data, flags, to, nonblocking);
    let limit = socket.send_limit();
    let result = run(socket, place, Side::Output, request, call, limit);
    if let Ok((_, mut socket)) = open(number) {
        socket.note_implicit_bind();
    }
    result.map(|(_, ended)| ended.bytes)
}

/// recv and recvfrom, and WSARecv without an OVERLAPPED: the count, the source of a datagram,
/// and the flags that lpFlags gets.
///
/// # Errors
/// As for the overlapped form; WSAEWOULDBLOCK on a non-blocking socket; WSAETIMEDOUT after
/// SO_RCVTIMEO; WSAEMSGSIZE with the count of what was stored.
pub fn receive(
    number: Number,
    data: Buffers,
    flags: Flags,
    with_source: bool,
) -> Result<(Ended, Option<Address>), WsaError> {
    let (place, mut socket) = open(number)?;
    socket.begin_receive(flags, false)?;
    let (request, call) = socket.receive_request(data, flags, with_source);
    let limit = socket.receive_limit();
    let (request, ended) = run_whole(socket, place, Side::Input, request, call, limit)?;
    let source = match &request {
        Request::Receive(receive) => receive.source().copied(),
        _ => None,
    };
    Ok((ended, source))
}

fn run(
    socket: crate::sync::plain::MutexGuard<'static, Socket>,
    place: &'static Place,
    side: Side,
    request: Request,
    call: Call,
    limit_ms: u32,
) -> Result<(Request, Ended), WsaError> {
    let (request, ended) = run_whole(socket, place, side, request, call, limit_ms)?;
    ended.error.map_or(Ok((request, ended)), Err)
}

/// Sees a non-overlapped transfer through.
fn run_whole(
    mut socket: crate::sync::plain::MutexGuard<'static, Socket>,
    place: &'static Place,
    side: Side,
    mut request: Request,
    call: Call,
    limit_ms: u32,
) -> Result<(Request, Ended), WsaError> {
    if socket.nonblocking {
        if !socket.is_free(side) {
            socket.note_blocked(side);
            return Err(WsaError::WSAEWOULDBLOCK);
        }
        return match request.attempt(socket.target(), Ready::UNKNOWN) {
            Step::Done(outcome) => {
                let ended = socket.translate(&request, call, outcome);
                socket.note_events();
                finish(request, ended)
            }
            Step::Wait(_) => {
                socket.note_blocked(side);
                Err(WsaError::WSAEWOULDBLOCK)
            }
        };
    }
    let waiter = match socket.start_blocking(place, side, request, call) {
        Ok((request, ended)) => return finish(*request, ended),
        Err(waiter) => waiter,
    };
    let number = socket.fd as usize;
    drop(socket);
    let timeout = if limit_ms == 0 { INFINITE } else { limit_ms };
    // The wait for a receive is alertable, that for a send is not (F-007).
    let alertable = side == Side::Input;
    if !is_done(&waiter, timeout, alertable) {
        take_back(number, place, &waiter);
    }
    is_done(&waiter, INFINITE, false);
    let (operation, ended) = waiter.take().ok_or(WsaError::WSAEINTR)?;
    let timed_out = ended.error == Some(WsaError::WSAETIMEDOUT);
    let ended = match ended.error {
        // Closed or cancelled under a blocking call.
        Some(WsaError::WSA_OPERATION_ABORTED) => Ended { error: Some(WsaError::WSAEINTR), ..ended },
        // A send that took some of its data before its time was over says how much.
        Some(_) if timed_out && ended.bytes > 0 => Ended::ok(ended.bytes),
        _ => ended,
    };
    finish(operation.request, ended)
}

fn finish(request: Request, ended: Ended) -> Result<(Request, Ended), WsaError> {
    match ended.error {
        Some(error) if error != WsaError::WSAEMSGSIZE => Err(error),
        _ => Ok((request, ended)),
    }
}

/// Takes an operation back whose blocking call has run out of time.
pub(super) fn take_back(number: Number, place: &'static Place, waiter: &Arc<Synchronous>) {
    let mut held = Vec::new();
    let mut socket = place.lock();
    if socket.open && socket.fd as usize == number {
        socket.cancel(place, Ending::TimedOut, &mut held, |operation| is_for(operation, waiter));
    }
    drop(socket);
    crate::io::recall(&held);
}

fn is_for(operation: &Operation, waiter: &Arc<Synchronous>) -> bool {
    matches!(&operation.notify, crate::operation::Notify::Synchronous(own) if Arc::ptr_eq(own, waiter))
}

/// Waits until the operation of a blocking call has ended; `false`: the time is over. What an
/// alertable wait runs does not end it (F-007).
pub(super) fn is_done(waiter: &Synchronous, timeout_ms: u32, alertable: bool) -> bool {
    let until = wait::deadline(timeout_ms);
    let targets = [Target::Event(waiter.done.clone())];
    loop {
        let left = until.map_or(INFINITE, |until| {
            let left = until.saturating_duration_since(Instant::now());
            (left.as_micros().div_ceil(1000) as u32).min(INFINITE - 1)
        });
        match wait::wait(&targets, false, left, alertable) {
            Ok(WaitResult::Alerted) => {}
            result => return matches!(result, Ok(WaitResult::Signalled(_))),
        }
    }
}

/// Waits alertably for the operation of a blocking connect or accept (B-019, F-007).
pub(super) fn wait_for(waiter: &Synchronous) -> Option<(Box<Operation>, Ended)> {
    is_done(waiter, INFINITE, true);
    waiter.take()
}
