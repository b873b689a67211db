//! The operations of a socket: starting, waiting, going on and ending.
//!
//! Each socket has two queues, in posting order (S-011), and a third one without an order, of
//! what waits for news (`notice.rs`). Only the head of the two is worked
//! on. With epoll the head is tried whenever the socket is ready; with io_uring the head,
//! once it would block, is handed to a ring, whose completion moves it on. A port's worker does
//! not even try a transfer: its ring holds it back until the thread waits (`is_batched`).

use super::operations::Operations;
use super::{Number, Opened, Phase, Place, Socket, open};
use crate::io::{self, Source};
use crate::operation::{self, Ended, Ending, Notify, Operation, Overlapped};
use crate::port;
use crate::reactor;
use crate::wait::Signal;
use linsock_abi::map::Call;
use linsock_abi::{Errno, NtStatus, WsaError};
use linsock_backend::net::{self, Ready};
use linsock_backend::op::{Outcome, Part, Progress, Request, Step, Want};
use linsock_backend::poller::Watch;
use std::time::Duration;

/// One of a socket's queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Receives and accepts.
    Input,
    /// Connects, sends and disconnects.
    Output,
    /// What waits for news, and is never tried.
    Notices,
}

/// How a started operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// It goes on; the caller sees WSA_IO_PENDING.
    Pending,
    /// It is done.
    Done(Ended),
}

impl Socket {
    pub(super) fn queue(&mut self, side: Side) -> &mut Operations {
        match side {
            Side::Input => &mut self.input,
            Side::Output => &mut self.output,
            Side::Notices => &mut self.awaiting_news,
        }
    }

    /// Whether nothing stands before a new operation.
    pub(super) fn is_free(&self, side: Side) -> bool {
        match side {
            Side::Input => self.input.is_empty(),
            Side::Output => self.output.is_empty(),
            Side::Notices => self.awaiting_news.is_empty(),
        }
    }

    /// The socket is ready for something: goes on with what waited for it.
    pub fn became_ready(&mut self, place: &'static Place, ready: Ready) {
        self.told_of_end |= ready.ended;
        if ready.readable || ready.urgent {
            self.drained = false;
            if !self.hand_out(place) {
                self.pump(place, Side::Input, ready);
            }
        }
        if self.is_free(Side::Output) {
            // As it is nearly always.
        } else if ready.writable {
            self.pump(place, Side::Output, ready);
        } else if ready.readable {
            // A disconnect waits, among the sends, for the peer's end of stream.
            if self.is_ending() {
                self.pump(place, Side::Output, ready);
            }
        }
        self.note_events();
    }

    /// Works on a queue until its head has to wait.
    pub(crate) fn pump(&mut self, place: &'static Place, side: Side, ready: Ready) {
        while let Some(mut head) = self.queue(side).pop_front() {
            let pauses = side == Side::Input && self.is_paused();
            if head.in_flight > 0 || head.held || pauses {
                self.queue(side).push_front(head);
                return;
            }
            let step = if head.accept.as_ref().is_some_and(|accept| accept.report().is_none()) {
                // An AcceptEx at its listener.
                match self.accept_into(place, head) {
                    Some((waiting, want)) => {
                        head = waiting;
                        Step::Wait(want)
                    }
                    None => continue,
                }
            } else if self.prefers_ring(&head.request) {
                Step::Wait(Want::Writable)
            } else {
                self.attempt(&mut head.request, ready)
            };
            match step {
                Step::Done(outcome) => self.conclude(place, side, head, outcome),
                Step::Wait(want) => {
                    self.note_connection(&head);
                    self.queue(side).push_front(head);
                    match self.arm(side, want) {
                        Ok(()) => break,
                        Err(errno) => self.refuse_head(place, side, errno),
                    }
                }
            }
        }
        if side == Side::Input && self.is_ending() && !self.awaits_input() {
            // It left the input to the receives, of which none is left.
            self.pump(place, Side::Output, Ready::UNKNOWN);
        }
    }

    /// Whether the connection is being ended by the head of the output.
    fn is_ending(&self) -> bool {
        self.output.front().is_some_and(|head| match &head.request {
            Request::Disconnect(_) => true,
            Request::Transmit(transmit) => transmit.is_ending(),
            _ => false,
        })
    }

    /// Whether a receive waits that ends with the stream, as all do but those of urgent data.
    pub(super) fn awaits_input(&self) -> bool {
        self.input.front().is_some_and(
            |head| matches!(&head.request, Request::Receive(receive) if !receive.is_urgent()),
        )
    }

    /// Appends an operation; the head of a queue starts to wait at once.
    pub(super) fn enqueue(
        &mut self,
        place: &'static Place,
        side: Side,
        operation: Box<Operation>,
        want: Option<Want>,
    ) {
        self.remember_for_thread_exit(&operation);
        let is_head = self.is_free(side);
        self.queue(side).push_back(operation);
        if !is_head {
            return;
        }
        match want {
            // Tried before: only the waiting is left to do.
            Some(want) => self.await_head(place, side, want),
            None => self.pump(place, side, Ready::UNKNOWN),
        }
    }

    /// Leaves the head of a queue to be gone on with, or ends it where nobody would.
    #[inline]
    pub(super) fn await_head(&mut self, place: &'static Place, side: Side, want: Want) {
        if let Err(errno) = self.arm(side, want) {
            self.refuse_head(place, side, errno);
        }
    }

    /// Sees that the head of a queue will be gone on with.
    fn arm(&mut self, side: Side, want: Want) -> Result<(), Errno> {
        if want == Want::Receives {
            // Their end goes on with it.
            return Ok(());
        }
        if io::uses_rings() && !self.awaits_fast_open(side) {
            self.arm_ring(side, want)?;
        } else {
            self.watch()?;
        }
        if let Some(route) = &self.route {
            route.port.mind();
        }
        Ok(())
    }

    /// Whether the head of a queue is a connection that a poller tells of on either backend.
    fn awaits_fast_open(&mut self, side: Side) -> bool {
        let head = self.queue(side).front().map(|head| &head.request);
        matches!(head, Some(Request::Connect(connect)) if connect.awaits_fast_open())
    }

    /// Has a poller tell of this socket: its port's, or the reactor's.
    pub(super) fn watch(&mut self) -> Result<(), Errno> {
        if self.watched {
            return Ok(());
        }
        let source = Source::Socket { index: self.fd as usize, generation: self.generation };
        let token = source.token();
        let add = |poller: &linsock_backend::poller::Poller| match poller.add(
            self.fd,
            token,
            Watch::Socket,
        ) {
            // Watched for a socket that had this descriptor before.
            Err(Errno(17)) => poller.rearm(self.fd, token, Watch::Socket),
            result => result,
        };
        match &self.route {
            Some(route) if !route.port.is_closed() => {
                add(route.port.poller())?;
                route.port.watch();
            }
            _ => add(reactor::get()?.poller())?,
        }
        self.watched = true;
        Ok(())
    }

    /// Stops a poller's watch, before another one takes over or the socket is closed.
    pub(super) fn unwatch(&mut self) {
        if !std::mem::take(&mut self.watched) {
            return;
        }
        let _ = match &self.route {
            Some(route) if !route.port.is_closed() => route.port.poller().remove(self.fd),
            _ => reactor::get().and_then(|reactor| reactor.poller().remove(self.fd)),
        };
    }

    fn arm_ring(&mut self, side: Side, want: Want) -> Result<(), Errno> {
        let Some(head) = self.queue(side).front() else { return Ok(()) };
        let (ticket, awaited) = (head.ticket, matches!(head.notify, Notify::Overlapped(_)));
        if let Some(ring) = io::ring_of_this_thread() {
            self.submit(side, want, &ring);
            let route = self.route.as_ref().filter(|_| awaited && !self.adopted);
            if !route.is_some_and(|route| port::may_hold_back(&route.port)) {
                ring.flush();
            } else if let Some(route) = route {
                route.port.mind_batch();
            }
            return Ok(());
        }
        reactor::get()?.hand_in(reactor::Errand { index: self.fd as usize, side, ticket, want });
        Ok(())
    }

    /// Gives the head of a queue to a ring of the calling thread, which holds it back.
    pub(crate) fn submit(
        &mut self,
        side: Side,
        want: Want,
        ring: &crate::sync::plain::Arc<linsock_backend::ring::Ring>,
    ) {
        let index = self.fd as usize;
        let Some(mut head) = self.queue(side).pop_front() else { return };
        let user_data = io::user_data(index, side == Side::Output, head.ticket);
        // SAFETY: the operation is a box that stays whole until `in_flight` completions were
        // taken: queues and orphans keep it so, and a retiring ring takes its own back first.
        head.in_flight = unsafe { head.request.submit(self.target(), want, ring, user_data) };
        head.ring = Some(ring.clone());
        self.queue(side).push_front(head);
    }

    /// Does now what a ring holds back of a queue without its having been tried. Whatever ends a
    /// connection, cancels, or transfers by a call of its own begins with this, so that it finds
    /// things as if each transfer had been tried when it was started.
    pub(super) fn settle(&mut self, place: &'static Place, side: Side) {
        let index = self.fd as usize;
        let Some(head) = self.queue(side).front_mut() else { return };
        if !head.request.suits_a_batch() {
            return;
        }
        let user_data = io::user_data(index, side == Side::Output, head.ticket);
        if head.ring.as_ref().is_some_and(|ring| ring.withdraw(user_data)) {
            head.in_flight = 0;
            head.ring = None;
            self.pump(place, side, Ready::UNKNOWN);
        }
    }

    /// A ring that holds the head of a queue and has completions to tell of, perhaps of this one.
    fn ring_with_news(&self) -> Option<crate::sync::plain::Arc<linsock_backend::ring::Ring>> {
        let heads = [self.input.front(), self.output.front()];
        let rings = heads.into_iter().flatten().filter_map(|head| head.ring.as_ref());
        rings.into_iter().find(|ring| ring.has_completions()).cloned()
    }

    /// Whether this operation heads a queue and no ring holds it yet.
    pub(crate) fn awaits_ring(&mut self, side: Side, ticket: u64) -> bool {
        self.queue(side).front().is_some_and(|head| head.ticket == ticket && head.in_flight == 0)
    }

    /// The head of a queue could not be handed to a ring.
    pub(crate) fn refuse_head(&mut self, place: &'static Place, side: Side, errno: Errno) {
        if let Some(head) = self.queue(side).pop_front() {
            let outcome = Outcome { error: Some(errno), ..Outcome::default() };
            self.conclude(place, side, head, outcome);
        }
    }

    /// Whether this connection is still being made.
    pub(crate) fn is_connecting_as(&self, ticket: u64) -> bool {
        self.open && self.output.front().is_some_and(|head| head.ticket == ticket)
    }

    /// A completion of a ring; `false`: not of an operation of this socket.
    pub fn ring_completed(
        &mut self,
        place: &'static Place,
        output: bool,
        ticket: u64,
        part: Part,
        result: i32,
        retiring: bool,
    ) -> bool {
        let side = if output { Side::Output } else { Side::Input };
        if !self.open || self.queue(side).front().is_none_or(|head| head.ticket != ticket) {
            return false;
        }
        let Some(mut head) = self.queue(side).pop_front() else { return false };
        let progress = head.ring_completed(part, result);
        self.note_connection(&head);
        if head.in_flight > 0 {
            self.queue(side).push_front(head);
            return true;
        }
        const CANCELLED: Errno = Errno(125);
        match progress {
            // Taken back for the thread's sake alone: it goes on elsewhere. Or, of a listener, for
            // a deferred connection that it can have.
            Progress::Done(outcome)
                if (retiring || self.has_deferred())
                    && head.ending.is_none()
                    && outcome.error == Some(CANCELLED) =>
            {
                self.queue(side).push_front(head);
                self.pump(place, side, Ready::UNKNOWN);
            }
            Progress::Done(outcome) => {
                self.conclude(place, side, head, outcome);
                self.pump(place, side, Ready::UNKNOWN);
            }
            Progress::Again | Progress::More => {
                if let Some(ending) = head.ending {
                    let ended = ending.of(&head);
                    self.end(place, head, ended);
                } else {
                    self.queue(side).push_front(head);
                }
                self.pump(place, side, Ready::UNKNOWN);
            }
        }
        true
    }

    /// Ends an operation as the kernel says, unless it was decided otherwise meanwhile.
    pub(super) fn conclude(
        &mut self,
        place: &'static Place,
        side: Side,
        mut operation: Box<Operation>,
        outcome: Outcome,
    ) {
        const CANCELLED: Errno = Errno(125);
        if operation.ending == Some(Ending::Silent) {
            let ended = Ending::Silent.of(&operation);
            operation::silence(operation, ended);
            return;
        }
        if let Some(ending) = operation.ending
            && (outcome.error == Some(CANCELLED) || ending == Ending::TimedOut)
            && outcome.error.is_some()
        {
            let ended = ending.of(&operation);
            self.end(place, operation, ended);
            return;
        }
        // Where nobody could let it start again it fails.
        if self.must_wait_for_pair(&operation, &outcome)
            && reactor::after(PAIR_RETRY, self.release_timer(operation.ticket)).is_ok()
        {
            // The transport still holds the pair of addresses: later (C-127).
            if let Request::Connect(connect) = &mut operation.request {
                connect.restart();
            }
            operation.held = true;
            self.queue(side).push_front(operation);
            return;
        }
        let mut outcome = outcome;
        if matches!(operation.request, Request::Connect(_)) {
            outcome = self.refuse_itself(&operation.request, outcome);
            outcome = self.heed_icmp(&operation.request, outcome);
        }
        let (was_whole, error) = (self.broken.is_none(), outcome.error);
        let ended = self.translate(&operation.request, operation.call, outcome);
        if let (Side::Input, Some(how)) = (side, error)
            && was_whole
            && self.broken.is_some()
        {
            self.tell_whoever_ends_it(how);
        }
        self.end(place, operation, ended);
    }

    /// A receive was told that the connection broke; the kernel will not say so again (D-020).
    fn tell_whoever_ends_it(&mut self, how: Errno) {
        if !self.is_ending() {
            return;
        }
        match self.output.front_mut().map(|head| &mut head.request) {
            Some(Request::Disconnect(disconnect)) => disconnect.broke(how),
            Some(Request::Transmit(transmit)) => transmit.broke(how),
            _ => {}
        }
    }

    /// Ends an operation: first what it means for the socket, then for its starter.
    pub(super) fn end(
        &mut self,
        place: &'static Place,
        mut operation: Box<Operation>,
        ended: Ended,
    ) {
        self.after_end(place, &mut operation.request, &ended);
        if operation.call == Call::Shutdown && ended.error.is_none() && ended.bytes > 0 {
            // The watch that a shutdown of receives left: data came (Z-014).
            self.reset_connection();
        }
        self.tell(place, operation, ended);
    }

    /// Tells of an operation's end, which means nothing for the socket.
    #[inline]
    pub(super) fn tell(&mut self, place: &'static Place, operation: Box<Operation>, ended: Ended) {
        // Recorded before anybody can know of the end (C-147).
        self.note_events();
        operation::tell(operation, ended, self.route.as_ref(), self.signal_at(place));
    }

    /// The handle's own signal, where the end of an operation sets it.
    #[inline]
    pub(super) fn signal_at<'a>(&self, place: &'a Place) -> Option<&'a Signal> {
        (self.modes & super::port::SKIP_SET_EVENT == 0).then_some(&place.signal)
    }

    /// The Winsock view of the kernel's word.
    pub(super) fn translate(&mut self, request: &Request, call: Call, outcome: Outcome) -> Ended {
        if outcome.reset {
            // For whoever uses the connection next: the kernel has told it to us and forgotten.
            self.broken = Some(WsaError::WSAECONNRESET);
        }
        if outcome.error.is_some() && matches!(request, Request::Receive(_)) {
            // It was this one, if there was any: it is looked at first.
            self.due_report = None;
        }
        let Some(errno) = outcome.error else {
            let at_end = match request {
                Request::Receive(receive) if call == Call::Recv => {
                    (outcome.bytes == 0 || receive.fell_short()).then_some(receive)
                }
                _ => None,
            };
            let Some(receive) = at_end else {
                return self.received(request, call, outcome);
            };
            if let Some(broken) = self.broken {
                // The kernel tells how a connection broke only once; whoever comes after hears
                // of an end.
                return Ended::failed(broken, call, outcome.bytes);
            }
            if outcome.bytes > 0 {
                return Ended::ok(outcome.bytes);
            }
            if receive.room() > 0 && self.is_stream() && self.was_reset_after_end() {
                return Ended::failed(WsaError::WSAECONNABORTED, call, 0);
            }
            if receive.room() > 0 && !self.is_stream() {
                // The end of a sequence of messages (S-022).
                return Ended::failed(WsaError::WSAEDISCON, call, 0);
            }
            return Ended::ok(0);
        };
        let established = matches!(request, Request::Connect(connect) if connect.is_established())
            && errno != Errno(ECONNREFUSED);
        let call = if established { Call::Send } else { call };
        let error = self.error_of(errno, call);
        let bytes = if matches!(request, Request::Connect(_)) { 0 } else { outcome.bytes };
        Ended::failed(error, call, bytes)
    }

    /// Whether a stream whose end was read before has been reset since, as a send to a peer that
    /// is gone brings about (27.B). The kernel goes on telling of the end alone.
    fn was_reset_after_end(&mut self) -> bool {
        let again = std::mem::replace(&mut self.saw_end, true);
        let reset = again
            && self.is_tcp()
            && !self.sends_shut
            && net::tcp_state(self.fd) == Ok(net::TcpState::Closed);
        if reset {
            self.broken = Some(WsaError::WSAECONNABORTED);
        }
        reset
    }

    fn received(&mut self, request: &Request, call: Call, outcome: Outcome) -> Ended {
        let mut truncated = outcome.truncated;
        if let Request::Receive(receive) = request
            && let Some(envelope) = receive.envelope()
        {
            match self.deliver(envelope, outcome.truncated) {
                Ok(fits) => truncated |= !fits,
                Err(errno) => {
                    let error = super::translate(errno, call);
                    return Ended::failed(error, call, outcome.bytes);
                }
            }
        }
        if truncated {
            let ended = Ended::failed(WsaError::WSAEMSGSIZE, call, outcome.bytes);
            return Ended { flags: linsock_abi::MSG_PARTIAL, ..ended };
        }
        if let Request::Receive(receive) = request {
            self.note_rest(receive.room(), receive.drained());
        }
        if outcome.out_of_band {
            return Ended::out_of_band(outcome.bytes);
        }
        Ended::ok(outcome.bytes)
    }

    /// What a receive with `room` for more leaves in the socket: nothing, or nobody knows.
    #[inline]
    pub(super) fn note_rest(&mut self, room: usize, nothing: bool) {
        // An end of stream that was told together with the data is still to be read.
        self.drained = self.is_stream() && nothing && !self.told_of_end;
        self.filled = room == 0 && !self.drained;
    }

    /// The error of a call, which may depend on what the socket went through.
    pub(super) fn error_of(&mut self, errno: Errno, call: Call) -> WsaError {
        const EPIPE: i32 = 32;
        const ENOTCONN: i32 = 107;
        const EADDRNOTAVAIL: i32 = 99;
        const ETIMEDOUT: i32 = 110;
        let error = match (call, errno.0) {
            (Call::Send, EPIPE) if self.sends_shut => WsaError::WSAESHUTDOWN,
            (Call::Send, EPIPE) if self.phase == Phase::Idle => WsaError::WSAENOTCONN,
            // A connection that broke tells how only once; afterwards the kernel says "no
            // connection" or "broken pipe".
            (Call::Send | Call::Recv, EPIPE | ENOTCONN) if self.broken.is_some() => {
                self.broken.unwrap_or(WsaError::WSAECONNRESET)
            }
            // Nobody at the other end, or nobody who takes what was sent (S-029).
            (Call::Send | Call::Recv, ETIMEDOUT)
                if self.is_tcp() && net::keep_alive_failed(self.fd) =>
            {
                WsaError::WSAENETRESET
            }
            // The pair is taken: by number if the port was asked for, else the range is used up.
            (Call::Connect, EADDRNOTAVAIL)
                if self.binding.is_some_and(|binding| binding.pinned) =>
            {
                WsaError::WSAEADDRINUSE
            }
            _ => super::translate(errno, call),
        };
        if self.phase == Phase::Connected
            && matches!(call, Call::Send | Call::Recv | Call::Accept)
            && self.broken.is_none()
        {
            self.broken = match error {
                WsaError::WSAECONNRESET | WsaError::WSAECONNABORTED | WsaError::WSAENETRESET => {
                    Some(error)
                }
                // What a receive is told of a connection that was given up; later calls find it
                // aborted.
                WsaError::WSAETIMEDOUT | WsaError::WSAEHOSTUNREACH | WsaError::WSAENETUNREACH
                    if self.is_tcp() =>
                {
                    Some(WsaError::WSAECONNABORTED)
                }
                _ => None,
            };
        }
        error
    }

    /// The Winsock error that the status of an ended operation stands for. A connection that
    /// keep-alive gave up shares its status with others that were aborted (22.1).
    fn error_of_status(&self, status: NtStatus) -> WsaError {
        match (status, self.broken) {
            (NtStatus::STATUS_CONNECTION_ABORTED, Some(WsaError::WSAENETRESET)) => {
                WsaError::WSAENETRESET
            }
            _ => status.to_wsa(),
        }
    }

    /// Starts an operation that is tried on the calling thread first.
    pub(super) fn start(
        &mut self,
        place: &'static Place,
        side: Side,
        mut request: Request,
        call: Call,
        try_now: bool,
        overlapped: Overlapped,
    ) -> Result<Started, WsaError> {
        let mut want = None;
        if try_now && self.is_free(side) && !self.is_batched(&request, &overlapped) {
            match request.attempt(self.target(), Ready::UNKNOWN) {
                Step::Done(outcome) => {
                    let ended = self.translate(&request, call, outcome);
                    // A message in part is an end, too; its call and its indication both tell.
                    let in_part = side == Side::Input && ended.error == Some(WsaError::WSAEMSGSIZE);
                    if let Some(error) = ended.error.filter(|_| !in_part) {
                        // Not started: no indication of any kind (S-007).
                        self.note_events();
                        return Err(error);
                    }
                    return Ok(self.end_at_once(place, &overlapped, ended));
                }
                Step::Wait(what) => {
                    if side == Side::Input {
                        self.note_vain_attempt();
                    }
                    want = Some(what);
                }
            }
        }
        if want.is_none() && self.is_free(side) {
            want = Some(if side == Side::Input { Want::Readable } else { Want::Writable });
        }
        Ok(self.pend(place, side, request, call, overlapped, want))
    }

    /// Leaves an operation to be gone on with; what it wants is known if it heads its queue.
    #[inline]
    pub(super) fn pend(
        &mut self,
        place: &'static Place,
        side: Side,
        request: Request,
        call: Call,
        overlapped: Overlapped,
        want: Option<Want>,
    ) -> Started {
        let notify = Notify::Overlapped(overlapped);
        let operation = Operation::new_in(&mut self.spare, request, call, notify);
        self.enqueue(place, side, operation, want);
        Started::Pending
    }

    /// Ends an operation that came to its end as it was started, and was not queued.
    pub(super) fn end_at_once(
        &mut self,
        place: &'static Place,
        overlapped: &Overlapped,
        ended: Ended,
    ) -> Started {
        self.note_events();
        let skip = self.modes & super::port::SKIP_PORT_ON_SUCCESS != 0;
        let route = self.route.as_ref().filter(|_| !skip || ended.error.is_some());
        operation::publish(overlapped, &ended, route, self.signal_at(place));
        Started::Done(ended)
    }

    /// Whether an operation goes to the calling thread's ring untried, with others that the thread
    /// starts before it waits again: only its packet tells of it, and that in any case.
    fn is_batched(&self, request: &Request, overlapped: &Overlapped) -> bool {
        request.suits_a_batch() && self.may_batch(overlapped)
    }

    /// The same of a transfer of some bytes.
    #[inline]
    pub(super) fn may_batch(&self, overlapped: &Overlapped) -> bool {
        io::uses_rings()
            && self.route.as_ref().is_some_and(|route| port::may_hold_back(&route.port))
            && self.is_stream()
            // Whoever made the descriptor may close it, and a request that is held back would meet
            // another one's.
            && !self.adopted
            && self.modes & super::port::SKIP_PORT_ON_SUCCESS == 0
            && overlapped.has_packet_alone()
            && !self.selects_events()
    }

    /// Starts an operation for a blocking call: tries it, then queues it.
    pub(super) fn start_blocking(
        &mut self,
        place: &'static Place,
        side: Side,
        mut request: Request,
        call: Call,
    ) -> Result<(Box<Request>, Ended), crate::sync::plain::Arc<operation::Synchronous>> {
        let mut want = None;
        if self.is_free(side) && !self.is_paused() {
            match self.attempt(&mut request, Ready::UNKNOWN) {
                Step::Done(outcome) => {
                    let ended = self.translate(&request, call, outcome);
                    return Ok((Box::new(request), ended));
                }
                Step::Wait(what) => want = Some(what),
            }
        }
        let waiter = operation::Synchronous::new(self.fd as usize, place);
        let operation = Operation::new(request, call, Notify::Synchronous(waiter.clone()));
        self.enqueue(place, side, operation, want);
        Err(waiter)
    }

    /// Whether a ring should be asked before any attempt on the calling thread. Connections of
    /// other families than TCP's are made at once or not at all.
    pub(super) fn prefers_ring(&self, request: &Request) -> bool {
        self.is_tcp() && request.prefers_ring() && io::uses_rings()
    }

    pub(super) fn connect_deadline(&self, ticket: u64) {
        if let Some(limit) = self.options.connect_limit() {
            // Without an engine thread the transport's own limit holds.
            let timer = reactor::Timer::Deadline { index: self.fd as usize, ticket };
            let _ = reactor::after(limit, timer);
        }
    }
}

/// [`open`], once what the kernel has done for the socket was heard: what waits behind that has its
/// turn before whatever the caller is about to do.
///
/// # Errors
/// WSAENOTSOCK.
pub(super) fn open_settled(number: Number) -> Result<Opened, WsaError> {
    let (place, socket) = open(number)?;
    let Some(ring) = socket.ring_with_news() else { return Ok((place, socket)) };
    drop(socket);
    io::reap(&ring);
    open(number)
}

/// The Winsock error of an operation of a socket that ended with this status.
pub fn error_of_status(number: Number, status: NtStatus) -> WsaError {
    open(number).map_or_else(|_| status.to_wsa(), |(_, socket)| socket.error_of_status(status))
}

const ECONNREFUSED: i32 = 111;

/// How often a connection is tried again whose pair of addresses the kernel still holds, and how many
/// times: for a little longer than the minute of TIME_WAIT.
pub const PAIR_RETRY: Duration = Duration::from_millis(50);
pub const PAIR_RETRIES: u16 = 1300;
