//! send, recv and their overlapped forms.

use super::blocking_call::{is_done, take_back};
use super::network_events::BY_RECEIVE;
use super::queue::{Side, Started, open_settled};
use super::{Number, Opened, Phase, Place, SOCK_DGRAM, Socket, open};
use crate::apc::Routine;
use crate::operation::{self, Ended, Ending, Notify, Overlapped};
use crate::wait::INFINITE;
use linsock_abi::map::Call;
use linsock_abi::{Errno, WsaError};
use linsock_backend::address::Address;
use linsock_backend::buffers::Buffers;
use linsock_backend::envelope::Envelope;
use linsock_backend::net::{self, Ready, Received};
use linsock_backend::op::{Outcome, Receive, Request, Send, Step, Want};

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
    /// Whether none is set.
    fn is_plain(self) -> bool {
        !(self.out_of_band || self.peek || self.wait_all)
    }

    fn kernel(self) -> i32 {
        const MSG_OOB: i32 = 1;
        const MSG_PEEK: i32 = 2;
        (i32::from(self.out_of_band) * MSG_OOB) | (i32::from(self.peek) * MSG_PEEK)
    }
}

impl Socket {
    #[inline]
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
    #[inline]
    pub(super) fn begin_receive(&mut self, flags: Flags, overlapped: bool) -> Result<(), WsaError> {
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
                && (!self.is_stream() || flags.peek || flags.out_of_band || self.nonblocking));
        if unsupported {
            return Err(WsaError::WSAEOPNOTSUPP);
        }
        if flags.out_of_band && self.takes_urgent_inline() {
            // It is among the other data.
            return Err(WsaError::WSAEINVAL);
        }
        Ok(())
    }

    pub(super) fn send_request(
        &mut self,
        data: Buffers,
        flags: Flags,
        to: Option<Address>,
        partial: bool,
    ) -> (Request, Call) {
        let kernel = flags.kernel();
        self.keep_reports();
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

    pub(super) fn receive_request(
        &self,
        data: Buffers,
        flags: Flags,
        envelope: Option<Box<Envelope>>,
    ) -> (Request, Call) {
        if self.is_stream() {
            return (
                Request::Receive(Receive::stream(data, flags.kernel(), flags.wait_all)),
                Call::Recv,
            );
        }
        let receive = Receive::datagram(data, flags.kernel(), envelope);
        let call = if self.is_connection_oriented() { Call::Recv } else { Call::RecvFrom };
        (Request::Receive(receive), call)
    }

    /// A stream that was drained has nothing until its poller says so; asking is in vain. Only a
    /// watched socket is told of what comes.
    pub(super) fn awaits_news(&self) -> bool {
        self.drained && self.watched
    }

    /// A receive was tried and found nothing. If it follows one that was filled to the last byte,
    /// as where buffers are as long as messages, the kernel is asked to tell from now on what each
    /// receive leaves. Sockets with more room than data never pay for that.
    pub(super) fn note_vain_attempt(&mut self) {
        if self.filled && self.tells_rest.is_none() && self.is_tcp() {
            self.tells_rest = Some(net::tell_rest(self.fd).is_ok());
        }
    }

    /// Starts a send of some bytes on a stream. Nearly all of them end at once, and need no request.
    fn start_send(
        &mut self,
        place: &'static Place,
        mut data: Buffers,
        overlapped: Overlapped,
    ) -> Result<Started, WsaError> {
        let free = self.is_free(Side::Output);
        let mut begun = 0;
        if free && !self.may_batch(&overlapped) {
            let whole = data.len();
            match net::send(self.fd, &data, 0, None) {
                Ok(n) if n == whole => {
                    return Ok(self.end_at_once(place, &overlapped, Ended::transferred(n)));
                }
                Ok(n) => {
                    data.advance(n);
                    begun = n;
                }
                Err(Errno(EAGAIN)) => {}
                Err(errno) => return Err(self.fail_at_once(errno, Call::Send)),
            }
        }
        let request = Request::Send(Send::stream_begun(data, begun));
        if begun > 0 {
            return self.start(place, Side::Output, request, Call::Send, true, overlapped);
        }
        let want = free.then_some(Want::Writable);
        Ok(self.pend(place, Side::Output, request, Call::Send, overlapped, want))
    }

    /// Starts a receive of some bytes from a stream; what is there already needs no request.
    fn start_receive(
        &mut self,
        place: &'static Place,
        data: Buffers,
        overlapped: Overlapped,
    ) -> Result<Started, WsaError> {
        let free = self.is_free(Side::Input);
        if free && !self.awaits_news() && !self.may_batch(&overlapped) {
            match self.receive_some(&data) {
                Ok(got) if got.bytes > 0 => {
                    self.note_received(got, data.len());
                    return Ok(self.end_at_once(place, &overlapped, Ended::transferred(got.bytes)));
                }
                Ok(_) => {
                    // The end of the stream: the request finds it again, and tells how it came.
                    let request = Request::Receive(Receive::stream(data, 0, false));
                    return self.start(place, Side::Input, request, Call::Recv, true, overlapped);
                }
                Err(Errno(EAGAIN)) => self.note_vain_attempt(),
                Err(errno) => return Err(self.fail_at_once(errno, Call::Recv)),
            }
        }
        let request = Request::Receive(Receive::stream(data, 0, false));
        let want = free.then_some(Want::Readable);
        Ok(self.pend(place, Side::Input, request, Call::Recv, overlapped, want))
    }

    /// Takes from a stream what is there.
    #[inline]
    fn receive_some(&self, data: &Buffers) -> Result<Received, Errno> {
        match self.tells_rest {
            Some(true) => net::receive_and_rest(self.fd, data, 0),
            _ => net::receive(self.fd, data, 0, None, false),
        }
    }

    #[inline]
    fn note_received(&mut self, got: Received, len: usize) {
        let room = len - got.bytes;
        self.note_rest(room, room > 0 || got.left == Some(0));
    }

    /// Gives what came on a stream to the receives that wait for it, as far as they are plain
    /// ones. `false`: [`Socket::pump`] has to see to the rest.
    pub(super) fn hand_out(&mut self, place: &'static Place) -> bool {
        loop {
            let Some(head) = self.input.front() else { return true };
            let Some(data) = head.plain_receive() else { return false };
            if self.awaits_news() {
                return true;
            }
            let len = data.len();
            let result = self.receive_some(data);
            if result.as_ref().is_err_and(|errno| errno.0 == EAGAIN) {
                return false;
            }
            let Some(head) = self.input.pop_front() else { return true };
            let got = match result {
                Ok(got) if got.bytes > 0 => got,
                // The end of the stream, or an error, which the kernel tells once.
                end => {
                    let outcome = Outcome { error: end.err(), ..Outcome::default() };
                    self.conclude(place, Side::Input, head, outcome);
                    continue;
                }
            };
            self.note_received(got, len);
            let ended = Ended::transferred(got.bytes);
            match &head.notify {
                Notify::Overlapped(overlapped) => {
                    self.note_events();
                    operation::publish(
                        overlapped,
                        &ended,
                        self.route.as_ref(),
                        self.signal_at(place),
                    );
                    self.spare.keep(head);
                }
                _ => self.tell(place, head, ended),
            }
        }
    }

    /// The error of a transfer that failed at once: it was not started (S-007).
    #[cold]
    fn fail_at_once(&mut self, errno: Errno, call: Call) -> WsaError {
        let error = self.error_of(errno, call);
        self.note_events();
        error
    }

    /// A datagram send binds an unbound socket (C-144, S-035).
    pub(super) fn note_implicit_bind(&mut self) {
        if self.binding.is_none()
            && !self.is_connection_oriented()
            && let Ok(address) = net::local_address(self.fd)
        {
            self.binding = Some(super::Binding { address, in_kernel: true, pinned: true });
        }
    }

    pub(super) fn check_destination(&self, to: Option<&Address>) -> Result<(), WsaError> {
        match to {
            _ if self.is_connection_oriented() => Ok(()),
            None if self.phase == Phase::Connected => Ok(()),
            None => Err(WsaError::WSAENOTCONN),
            Some(to) if to.family() != self.family => Err(WsaError::WSAEAFNOSUPPORT),
            // Below UDP there are no ports.
            Some(to)
                if to.ip().is_some()
                    && (to.is_unspecified() || (to.port() == 0 && self.kind == SOCK_DGRAM)) =>
            {
                Err(WsaError::WSAEADDRNOTAVAIL)
            }
            Some(_) => Ok(()),
        }
    }
}

/// The kernel: nothing is there, or there is no room.
const EAGAIN: i32 = 11;

/// Marks an OVERLAPPED as pending.
///
/// # Safety
/// As [`Overlapped::begin`], and of a routine [`Overlapped::begin_with_routine`].
#[inline(always)]
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

/// WSASend with an OVERLAPPED, on a socket that is open.
///
/// # Errors
/// Not started: WSAENOTCONN, WSAESHUTDOWN, WSAEOPNOTSUPP, WSAECONNRESET, ... (section 6).
///
/// # Safety
/// The buffers and the OVERLAPPED stay valid until the operation ended.
// By value it would be copied twice on its way.
#[inline(always)]
pub unsafe fn send_overlapped(
    (place, mut socket): Opened,
    data: Buffers,
    flags: Flags,
    to: Option<Address>,
    overlapped: usize,
    routine: Option<Routine>,
) -> Result<Started, WsaError> {
    socket.check_destination(to.as_ref())?;
    socket.may_send(flags)?;
    if socket.is_stream() && flags.is_plain() && !data.is_empty() {
        // SAFETY: the caller's word.
        let overlapped = unsafe { begin(overlapped, place, routine)? };
        return socket.start_send(place, data, overlapped);
    }
    let (request, call) = socket.send_request(data, flags, to, false);
    // SAFETY: the caller's word.
    let overlapped = unsafe { begin(overlapped, place, routine)? };
    let started = socket.start(place, Side::Output, request, call, true, overlapped);
    socket.note_implicit_bind();
    started
}

/// WSARecv with an OVERLAPPED, on a socket that is open.
///
/// # Errors
/// Not started: WSAENOTCONN, WSAESHUTDOWN, WSAEOPNOTSUPP, WSAECONNRESET, WSAEINVAL (section 6).
///
/// # Safety
/// The buffers and the OVERLAPPED stay valid until the operation ended.
// By value it would be copied twice on its way.
#[inline(always)]
pub unsafe fn receive_overlapped(
    (place, mut socket): Opened,
    data: Buffers,
    flags: Flags,
    overlapped: usize,
    routine: Option<Routine>,
) -> Result<Started, WsaError> {
    socket.begin_receive(flags, true)?;
    if socket.is_stream() && flags.is_plain() && !data.is_empty() {
        // SAFETY: the caller's word.
        let overlapped = unsafe { begin(overlapped, place, routine) };
        let overlapped = overlapped.inspect_err(|_| socket.note_events())?;
        return socket.start_receive(place, data, overlapped);
    }
    let (request, call) = socket.receive_request(data, flags, None);
    // SAFETY: the caller's word.
    let overlapped = unsafe { begin(overlapped, place, routine) };
    let overlapped = overlapped.inspect_err(|_| socket.note_events())?;
    let try_now = !socket.awaits_news();
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
    let (place, mut socket) = open_settled(number)?;
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

/// A receive that is refused before the socket's state matters enables network events again all the
/// same (E-017).
#[cold]
pub fn enable_receive_events(number: Number) {
    if let Ok((_, mut socket)) = open(number) {
        socket.reenable(BY_RECEIVE);
        socket.note_events();
    }
}

/// recv, and WSARecv without an OVERLAPPED: the count, and the flags that lpFlags gets.
///
/// # Errors
/// As for the overlapped form; WSAEWOULDBLOCK on a non-blocking socket; WSAETIMEDOUT after
/// SO_RCVTIMEO; WSAEMSGSIZE with the count of what was stored.
pub fn receive(number: Number, data: Buffers, flags: Flags) -> Result<Ended, WsaError> {
    let (place, mut socket) = open_settled(number)?;
    socket.begin_receive(flags, false)?;
    let (request, call) = socket.receive_request(data, flags, None);
    let limit = socket.receive_limit();
    run_whole(socket, place, Side::Input, request, call, limit).map(|(_, ended)| ended)
}

pub(super) fn run(
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
pub(super) fn run_whole(
    mut socket: crate::sync::plain::MutexGuard<'static, Socket>,
    place: &'static Place,
    side: Side,
    mut request: Request,
    call: Call,
    limit_ms: u32,
) -> Result<(Request, Ended), WsaError> {
    socket.settle(place, side);
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
    drop(socket);
    let timeout = if limit_ms == 0 { INFINITE } else { limit_ms };
    // The wait for a receive is alertable, that for a send is not (F-007).
    let alertable = side == Side::Input;
    if !is_done(&waiter, timeout, alertable) {
        take_back(&waiter, Ending::TimedOut);
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
