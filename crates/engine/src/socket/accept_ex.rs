//! AcceptEx: a connection that takes the place of a socket which exists already.

use super::acceptance::{AcceptBuffer, AcceptEx, Acceptance};
use super::network_events::BY_ACCEPT;
use super::queue::Side;
use super::{Binding, Context, Number, Origin, Phase, Place, Socket, open, translate};
use crate::operation::{Ended, Ending, Notify, Operation, Overlapped};
use crate::sync::plain::Arc;
use linsock_abi::map::Call;
use linsock_abi::{Errno, NtStatus, WsaError};
use linsock_backend::address::Address;
use linsock_backend::buffers::Buffers;
use linsock_backend::net::{self, Ready, TcpState};
use linsock_backend::op::{Accept, Receive, Request, Step, Want};
use std::time::Instant;

/// AcceptEx, once its parameters were checked: always ends by its OVERLAPPED, so success here
/// is ERROR_IO_PENDING there, even where a connection was waiting and it has ended by now.
///
/// # Errors
/// WSAENOTSOCK; WSAEINVAL: the listener does not listen, or the accept socket is not
/// fit for it; WSA_INVALID_HANDLE for a bad hEvent.
///
/// # Safety
/// The buffer stays until the end, and `overlapped` is the address of a writable OVERLAPPED
/// that does so too.
pub unsafe fn accept_ex(
    listener: Number,
    accept: Number,
    buffer: AcceptBuffer,
    overlapped: usize,
) -> Result<(), WsaError> {
    // One socket at a time: which of the two listens is not known before.
    let (_, socket) = open(listener)?;
    if socket.phase != Phase::Listening {
        return Err(WsaError::WSAEINVAL);
    }
    let (generation, family, kind) = (socket.generation, socket.family, socket.kind);
    drop(socket);
    let (_, mut socket) = open(accept)?;
    let acceptance = socket.reserve(listener, family, kind)?;
    drop(socket);
    // SAFETY: the caller's word.
    let posted = unsafe { post(listener, generation, &acceptance, buffer, overlapped) };
    if posted.is_err() {
        acceptance.finish();
    }
    posted
}

/// Puts the operation into the listener's queue.
///
/// # Safety
/// As [`accept_ex`].
unsafe fn post(
    listener: Number,
    generation: u32,
    acceptance: &Arc<Acceptance>,
    buffer: AcceptBuffer,
    overlapped: usize,
) -> Result<(), WsaError> {
    let (place, mut socket) = open(listener)?;
    // Either socket may have been closed meanwhile. Who closes the accept socket looks into
    // this queue afterwards, so what is put in now is found.
    if !socket.is_open_as(generation) || acceptance.is_gone() {
        return Err(WsaError::WSAENOTSOCK);
    }
    // SAFETY: the caller's word.
    let overlapped = unsafe { Overlapped::begin(overlapped, &place.signal)? };
    let request = match buffer.is_enough_for(socket.family) {
        true => socket.new_accept(),
        // The connection stays where it is.
        false => Accept::watch(),
    };
    let notify = Notify::Overlapped(overlapped);
    let mut operation = Operation::new(Request::Accept(request), Call::Accept, notify);
    let acceptance = acceptance.clone();
    operation.accept = Some(Box::new(AcceptEx { acceptance, buffer, report: None }));
    socket.reenable(BY_ACCEPT);
    socket.enqueue(place, Side::Input, operation, None);
    Ok(())
}

impl Socket {
    /// Goes on with the AcceptEx at the head of this listener's queue. An operation that comes
    /// back has to wait for a connection.
    ///
    /// The accept socket is locked before a connection is taken, so that none is taken in vain.
    /// It is locked under the listener, never the other way round.
    pub(super) fn accept_into(
        &mut self,
        place: &'static Place,
        mut operation: Box<Operation>,
    ) -> Option<(Box<Operation>, Want)> {
        let accept = operation.accept.as_ref()?;
        let (acceptance, buffer) = (accept.acceptance.clone(), accept.buffer);
        let target_place = acceptance.accept_place()?;
        let mut target = target_place.lock();
        if !target.is_reserved_for(&acceptance) {
            drop(target);
            let ended = Ending::Closed.of(&operation);
            self.end(place, operation, ended);
            return None;
        }
        let taken = match self.attempt(&mut operation.request, Ready::UNKNOWN) {
            Step::Wait(want) => return Some((operation, want)),
            Step::Done(outcome) => match (outcome.error, &mut operation.request) {
                (Some(errno), _) => {
                    Err(Ended::failed(translate(errno, Call::Accept), Call::Accept, 0))
                }
                (None, Request::Accept(accept)) => accept.take().ok_or(Ended {
                    // Its areas are too small: nothing was taken.
                    error: Some(WsaError::WSAEFAULT),
                    status: NtStatus::STATUS_BUFFER_TOO_SMALL,
                    ..Ended::ok(0)
                }),
                (None, _) => Err(Ended::failed(WsaError::WSAEINVAL, Call::Accept, 0)),
            },
        };
        let taken = taken.and_then(|(fd, peer)| {
            target
                .take_connection(self, fd, peer, &buffer)
                .map_err(|error| Ended::failed(error, Call::Accept, 0))
        });
        if let Err(ended) = taken {
            drop(target);
            self.end(place, operation, ended);
            return None;
        }
        if buffer.data == 0 {
            drop(target);
            self.end(place, operation, Ended::ok(0));
            return None;
        }
        // The first data is awaited in the accept socket's own queue.
        let data = Buffers::one(buffer.address, buffer.data);
        operation.request = Request::Receive(match self.is_stream() {
            true => Receive::stream(data, 0, false),
            false => Receive::datagram(data, 0, None),
        });
        let has_event =
            matches!(&operation.notify, Notify::Overlapped(overlapped) if overlapped.has_event());
        let report = self.hand_over(place, &acceptance, has_event);
        if let Some(accept) = &mut operation.accept {
            accept.report = Some(report);
        }
        target.enqueue(target_place, Side::Input, operation, None);
        None
    }

    /// Becomes the socket of a connection that a listener had, under its old number.
    fn take_connection(
        &mut self,
        listener: &Socket,
        fd: net::Fd,
        peer: Address,
        buffer: &AcceptBuffer,
    ) -> Result<(), WsaError> {
        let local = net::local_address(fd).unwrap_or_default();
        if listener.is_tcp() && net::tcp_state(fd) == Ok(TcpState::Closed) {
            // Reset before it was accepted; the accept socket is none the worse.
            net::close(fd);
            return Err(WsaError::WSAECONNRESET);
        }
        if buffer.store(&local, &peer).is_err() {
            net::close(fd);
            return Err(WsaError::WSAEFAULT);
        }
        // The kernel let the connection inherit what the listener has, which is not to be before
        // the context update; what this socket was told itself would be left behind.
        let told = self.options.told_apart_from(&listener.options);
        told.values(self.fd).set(fd);
        // Pollers watch what a descriptor stands for, not its number.
        self.unwatch();
        self.unwatch_events();
        net::replace(self.fd, fd, self.inherit)
            .map_err(|errno: Errno| translate(errno, Call::Accept))?;
        self.generation = self.generation.wrapping_add(1);
        self.phase = Phase::Connected;
        self.context = Context::Default;
        self.accepted = true;
        self.hold = listener.hold_of_accepted();
        self.origin = Origin::Accept;
        self.only_for = None;
        self.accepted_from = Some((listener.fd as usize, listener.generation));
        self.allows_reuse = true;
        self.binding = Some(Binding { address: local, in_kernel: true, pinned: true });
        self.peer = peer;
        self.since = Some(Instant::now());
        self.connect_error = None;
        self.broken = None;
        self.sends_shut = false;
        self.receives_shut = false;
        self.closed_first = false;
        self.saw_end = false;
        self.drained = false;
        self.reused = false;
        listener.options.hold_back(self.fd);
        self.options.restore(self.fd);
        if self.selects_events() {
            self.forget_connection_events();
            let _ = self.watch_events();
            self.note_events();
        }
        Ok(())
    }
}
