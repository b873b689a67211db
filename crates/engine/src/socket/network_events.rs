//! Network events: what WSAEventSelect asks for and WSAEnumNetworkEvents tells.
//!
//! The record is the library's own (E-034). Whenever something may have changed, at a change
//! that the poller tells of, after a call that re-enables and at the end of an operation, the
//! socket is looked at: what holds, is asked for and was not recorded since it was last enabled
//! is recorded, and the event is set. So an edge that the kernel tells only once is enough, and
//! what still holds after a call is recorded again (E-018).

use super::queue::Side;
use super::{Number, Phase, Socket, open};
use crate::event::Event;
use crate::io::Source;
use crate::reactor;
use crate::sync::plain::Arc;
use linsock_abi::map::Call;
use linsock_abi::{
    Errno, FD_ACCEPT, FD_ACCEPT_BIT, FD_ALL_EVENTS, FD_CLOSE, FD_CLOSE_BIT, FD_CONNECT,
    FD_CONNECT_BIT, FD_MAX_EVENTS, FD_OOB, FD_OOB_BIT, FD_READ, FD_READ_BIT, FD_WRITE,
    FD_WRITE_BIT, WsaError,
};
use linsock_backend::buffers::Buffers;
use linsock_backend::net::{self, Ready};
use linsock_backend::poller::Watch;

/// What receives enable again (E-016).
pub(super) const BY_RECEIVE: u32 = FD_READ | FD_OOB;
/// What accepts enable again (E-016).
pub(super) const BY_ACCEPT: u32 = FD_ACCEPT;
/// What each connection has for itself.
const OF_CONNECTION: u32 = FD_READ | FD_WRITE | FD_OOB | FD_CONNECT | FD_CLOSE;

const MSG_PEEK: i32 = 2;
const EAGAIN: Errno = Errno(11);
const EEXIST: Errno = Errno(17);

/// What happened, as WSAEnumNetworkEvents tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// FD_* bits.
    pub events: u32,
    /// The error of each event, by the number of its bit; 0 without one.
    pub errors: [i32; FD_MAX_EVENTS as usize],
}

/// One socket's tie to an event (E-012).
#[derive(Debug)]
pub(super) struct Selection {
    event: Arc<Event>,
    mask: u32,
    /// Recorded, and not recorded again before it is enabled again.
    spent: u32,
    record: Record,
}

impl Selection {
    fn new(event: Arc<Event>, mask: u32) -> Box<Self> {
        Box::new(Selection { event, mask, spent: 0, record: Record::default() })
    }

    /// What a connection takes over from its listener (E-029). It was accepted, not connected.
    pub(super) fn of_accepted(&self) -> Box<Self> {
        let mut new = Selection::new(self.event.clone(), self.mask);
        new.spent = FD_CONNECT;
        new
    }

    fn wants(&self, event: u32) -> bool {
        self.mask & !self.spent & event != 0
    }

    fn record(&mut self, event: u32, bit: u32, error: i32) {
        if !self.wants(event) {
            return;
        }
        self.spent |= event;
        self.record.events |= event;
        self.record.errors[bit as usize] = error;
        self.event.set();
    }
}

/// WSAEventSelect: ties events to an event object, or, with an empty mask, ends the tie. The
/// socket becomes non-blocking in any case (E-013).
///
/// # Errors
/// WSAENOTSOCK; WSAEINVAL: a mask without an event.
pub fn select(number: Number, event: Option<Arc<Event>>, mask: u32) -> Result<(), WsaError> {
    let (_, mut socket) = open(number)?;
    let mask = mask & FD_ALL_EVENTS;
    if mask == 0 {
        socket.nonblocking = true;
        socket.unwatch_events();
        socket.selection = None;
        return Ok(());
    }
    let event = event.ok_or(WsaError::WSAEINVAL)?;
    // A connect that nobody was told the end of.
    let untold = if socket.nonblocking { socket.connect_error } else { None };
    socket.nonblocking = true;
    socket.begin_selection(Some(Selection::new(event, mask)))?;
    // What holds already is recorded at once (E-019).
    match socket.phase {
        Phase::Connected if socket.is_connection_oriented() => socket.note_connect(None),
        Phase::Idle if untold.is_some() => socket.note_connect(untold),
        _ => {}
    }
    socket.note_events();
    Ok(())
}

/// WSAEnumNetworkEvents: takes the record and resets the event, in one step (E-025).
///
/// # Errors
/// WSAENOTSOCK.
pub fn take_record(number: Number, event: Option<&Event>) -> Result<Record, WsaError> {
    let (_, mut socket) = open(number)?;
    if let Some(event) = event {
        event.reset();
    }
    let selection = socket.selection.as_mut();
    Ok(selection.map(|selection| std::mem::take(&mut selection.record)).unwrap_or_default())
}

impl Socket {
    /// Ties the socket; without a poller to tell of it there is no tie.
    pub(super) fn begin_selection(
        &mut self,
        selection: Option<Box<Selection>>,
    ) -> Result<(), WsaError> {
        self.selection = selection;
        self.watch_events().inspect_err(|_| self.selection = None)
    }

    /// Whether events of this socket are asked for.
    pub(super) fn selects_events(&self) -> bool {
        self.selection.is_some()
    }

    /// A call that enables events again was made, successful or not (E-016, E-017).
    #[inline]
    pub(super) fn reenable(&mut self, events: u32) {
        if let Some(selection) = &mut self.selection {
            selection.spent &= !events;
        }
    }

    /// A call would have blocked; room to send is news from now on (E-020).
    #[inline]
    pub(super) fn note_blocked(&mut self, side: Side) {
        if side == Side::Output {
            self.reenable(FD_WRITE);
        }
        self.note_events();
    }

    /// Another connection begins, with events of its own.
    pub(super) fn forget_connection_events(&mut self) {
        self.reenable(OF_CONNECTION);
    }

    /// A connection came to be, or did not (E-023).
    pub(super) fn note_connect(&mut self, error: Option<WsaError>) {
        // An attempt that its own program gave up is no news from the network.
        if error == Some(WsaError::WSA_OPERATION_ABORTED) {
            return;
        }
        if let Some(selection) = &mut self.selection {
            selection.record(FD_CONNECT, FD_CONNECT_BIT, error.map_or(0, |error| error.0));
        }
    }

    /// Records what holds now.
    #[inline]
    pub(super) fn note_events(&mut self) {
        if self.selection.is_some() {
            self.look_for_events();
        }
    }

    #[cold]
    fn look_for_events(&mut self) {
        let Ok(ready) = net::poll_now(self.fd) else { return };
        match self.phase {
            _ if !self.is_connection_oriented() => {
                let ready = self.sift_reports(ready);
                if ready.readable && self.is_free(Side::Input) {
                    self.record_event(FD_READ, FD_READ_BIT, 0);
                }
                if ready.writable && self.is_free(Side::Output) {
                    self.record_event(FD_WRITE, FD_WRITE_BIT, 0);
                }
            }
            Phase::Idle | Phase::Connecting { .. } => {}
            // A pending accept takes what comes (E-031).
            Phase::Listening => {
                let here = ready.readable && !self.is_paused() || self.has_deferred();
                if here && self.is_free(Side::Input) {
                    self.record_event(FD_ACCEPT, FD_ACCEPT_BIT, 0);
                }
            }
            Phase::Connected => self.look_at_connection(ready),
        }
    }

    fn look_at_connection(&mut self, ready: Ready) {
        // A pending receive takes what comes.
        if self.is_free(Side::Input) {
            if ready.urgent && self.wants_event(FD_OOB) && !self.takes_urgent_inline() {
                self.record_event(FD_OOB, FD_OOB_BIT, 0);
            }
            if ready.readable && self.broken.is_none() && self.wants_event(FD_READ | FD_CLOSE) {
                self.look_at_input();
            }
        }
        if let Some(broken) = self.broken {
            // The two errors that closing has (E-021).
            let error = match broken {
                WsaError::WSAECONNRESET => broken,
                _ => WsaError::WSAECONNABORTED,
            };
            self.record_event(FD_CLOSE, FD_CLOSE_BIT, error.0);
        } else if ready.writable && !self.sends_shut && self.is_free(Side::Output) {
            self.record_event(FD_WRITE, FD_WRITE_BIT, 0);
        }
    }

    /// Data, or else the end of it (E-021, E-022).
    fn look_at_input(&mut self) {
        let mut byte = 0u8;
        let buffer = Buffers::one(&raw mut byte as usize, 1);
        match net::receive(self.fd, &buffer, MSG_PEEK, None, false) {
            Ok(received) if received.bytes > 0 => self.record_event(FD_READ, FD_READ_BIT, 0),
            Ok(_) => self.record_event(FD_CLOSE, FD_CLOSE_BIT, 0),
            Err(EAGAIN) => {}
            Err(errno) => {
                // The kernel tells of an error once; the next call has to hear of it too.
                let error = self.error_of(errno, Call::Recv);
                self.broken.get_or_insert(error);
            }
        }
    }

    /// SO_OOBINLINE: urgent data is data (E-024).
    pub(super) fn takes_urgent_inline(&self) -> bool {
        const SOL_SOCKET: i32 = 1;
        const SO_OOBINLINE: i32 = 10;
        net::option_i32(self.fd, SOL_SOCKET, SO_OOBINLINE).is_ok_and(|on| on != 0)
    }

    fn wants_event(&self, events: u32) -> bool {
        self.selection.as_ref().is_some_and(|selection| selection.wants(events))
    }

    pub(super) fn record_event(&mut self, event: u32, bit: u32, error: i32) {
        if let Some(selection) = &mut self.selection {
            selection.record(event, bit, error);
        }
    }

    /// Has the reactor tell of this socket. A port's poller would do so only while somebody
    /// waits at the port or looks in there.
    pub(super) fn watch_events(&mut self) -> Result<(), WsaError> {
        let failed = |errno| super::translate(errno, Call::Ioctl);
        if self.route.is_none() {
            return self.watch().map_err(failed);
        }
        let source = Source::Socket { index: self.fd as usize, generation: self.generation };
        let poller = reactor::get().map_err(failed)?.poller();
        match poller.add(self.fd, source.token(), Watch::Socket) {
            Err(EEXIST) => poller.rearm(self.fd, source.token(), Watch::Socket),
            result => result,
        }
        .map_err(failed)
    }

    /// Ends the reactor's watch beside a port's.
    pub(super) fn unwatch_events(&mut self) {
        if self.selection.is_some() && self.route.is_some() {
            let _ = reactor::get().and_then(|reactor| reactor.poller().remove(self.fd));
        }
    }
}
