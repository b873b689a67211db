//! Controls that wait for news: of addresses, of routes, of how much is best left unsent
//! (I-021, I-024, I-031).
//!
//! An overlapped or blocking one is an operation in a queue of its own, to which no transfer
//! belongs and which has no order: whoever the news are for ends. On a non-blocking socket the
//! call only asks for a network event, once.

use super::blocking_call::wait_for;
use super::queue::Side;
use super::{Number, Phase, Place, Socket, open, transfer, translate};
use crate::apc::Routine;
use crate::operation::{Ended, Notify, Operation, Synchronous};
use crate::{network, reactor};
use linsock_abi::map::Call;
use linsock_abi::{
    Errno, FD_ADDRESS_LIST_CHANGE, FD_ADDRESS_LIST_CHANGE_BIT, FD_ROUTING_INTERFACE_CHANGE,
    FD_ROUTING_INTERFACE_CHANGE_BIT, SIO_ADDRESS_LIST_CHANGE, SIO_IDEAL_SEND_BACKLOG_CHANGE,
    SIO_ROUTING_INTERFACE_CHANGE, WsaError,
};
use linsock_backend::address::{self, Address};
use linsock_backend::interface;
use linsock_backend::net;
use linsock_backend::netlink::News;
use linsock_backend::op::{Notice, Request, Topic};
use std::net::IpAddr;
use std::time::Duration;

/// How often TCP is asked how much is best left unsent; it tells of no change by itself.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Network events that one socket can have asked for, beyond which the oldest is forgotten.
const ARMED_MAX: usize = 64;

/// What a socket waits for beside its transfers.
#[derive(Debug, Default)]
pub struct Notices {
    /// Which news a network event is to be recorded for, once.
    armed: Vec<Topic>,
    /// A timer looks at the backlog.
    timed: bool,
}

/// Whether a code of WSAIoctl waits for news.
pub fn is_awaited(code: u32) -> bool {
    matches!(
        code,
        SIO_ADDRESS_LIST_CHANGE | SIO_ROUTING_INTERFACE_CHANGE | SIO_IDEAL_SEND_BACKLOG_CHANGE
    )
}

/// WSAIoctl with a code that waits for news.
///
/// # Errors
/// WSA_IO_PENDING: started. WSAEWOULDBLOCK: non-blocking, not overlapped (I-006); the network
/// event was asked for. WSAENOTSOCK, WSAENOTCONN, WSAEAFNOSUPPORT, WSAEFAULT, WSAENOPROTOOPT;
/// WSAEINTR: cancelled or closed while the call was waiting.
///
/// # Safety
/// An OVERLAPPED's address is that of a writable one that stays until the end; the routine may
/// be called.
pub unsafe fn await_news(
    number: Number,
    code: u32,
    destination: Option<Address>,
    overlapped: Option<(usize, Option<Routine>)>,
) -> Result<(), WsaError> {
    let (place, mut socket) = open(number)?;
    let topic = socket.topic(code, destination)?;
    if let Some((address, routine)) = overlapped {
        // SAFETY: the caller's word.
        let overlapped = unsafe { transfer::begin(address, place, routine)? };
        socket.add_notice(topic, Notify::Overlapped(overlapped))?;
        return Err(WsaError::WSA_IO_PENDING);
    }
    if socket.nonblocking {
        socket.arm_event(topic);
        return Err(WsaError::WSAEWOULDBLOCK);
    }
    let waiter = Synchronous::new(socket.fd as usize, place);
    socket.add_notice(topic, Notify::Synchronous(waiter.clone()))?;
    drop(socket);
    let (_, ended) = wait_for(&waiter).ok_or(WsaError::WSAEINTR)?;
    match ended.error {
        None => Ok(()),
        Some(WsaError::WSA_OPERATION_ABORTED) => Err(WsaError::WSAEINTR),
        Some(error) => Err(error),
    }
}

/// Looks whether a connection's backlog is another one now.
pub fn look_at_backlog(index: usize, generation: u32) {
    let Some(place) = crate::runtime::get().sockets.find(index) else { return };
    let mut socket = place.lock();
    if socket.is_open_as(generation) {
        socket.tell_of_backlog(place);
    }
}

impl Socket {
    /// Ends what waits for another backlog if it is another one now, or gone with its connection; what
    /// is left waits for the next look, under the socket's present generation.
    pub(super) fn tell_of_backlog(&mut self, place: &'static Place) {
        self.notices.timed = false;
        self.end_notices(place, |socket, topic| socket.backlog_news(topic));
        // Whoever waits has found that there is an engine thread.
        let _ = self.time_backlog();
    }

    /// What a code waits for. Asks how things stand only when their changes are listened to.
    fn topic(&self, code: u32, destination: Option<Address>) -> Result<Topic, WsaError> {
        let failed = |errno| translate(errno, Call::Ioctl);
        if code == SIO_IDEAL_SEND_BACKLOG_CHANGE {
            return self.ideal_backlog().map(Topic::Backlog);
        }
        if !matches!(self.family, address::AF_INET | address::AF_INET6) {
            return Err(WsaError::WSAENOPROTOOPT);
        }
        if code == SIO_ADDRESS_LIST_CHANGE {
            network::listen().map_err(failed)?;
            return Ok(Topic::Addresses);
        }
        let to = destination.ok_or(WsaError::WSAEFAULT)?;
        if to.family() != self.family {
            return Err(WsaError::WSAEAFNOSUPPORT);
        }
        network::listen().map_err(failed)?;
        if to.is_unspecified() {
            return Ok(Topic::AnyRoute);
        }
        Ok(Topic::Route { to, by: way_to(&to) })
    }

    fn add_notice(&mut self, topic: Topic, notify: Notify) -> Result<(), WsaError> {
        let operation = Operation::new(Request::Notice(Notice::about(topic)), Call::Ioctl, notify);
        self.remember_for_thread_exit(&operation);
        self.queue(Side::Notices).push_back(operation);
        // Where the clock cannot look, nothing was started.
        self.time_backlog().map_err(|errno| {
            self.queue(Side::Notices).pop_back();
            translate(errno, Call::Ioctl)
        })
    }

    /// The call that enables an event again: it is recorded at the next change (E-016).
    fn arm_event(&mut self, topic: Topic) {
        let Some((event, _)) = event_of(&topic) else { return };
        self.reenable(event);
        let armed = &mut self.notices.armed;
        armed.retain(|other| !other.is_like(&topic));
        if armed.len() == ARMED_MAX {
            armed.remove(0);
        }
        armed.push(topic);
    }

    /// The network has changed.
    pub(crate) fn hear(&mut self, place: &'static Place, news: News) {
        if !self.open {
            return;
        }
        let armed = std::mem::take(&mut self.notices.armed);
        let (over, still) = armed.into_iter().partition(|topic| self.concerns(topic, news));
        self.notices.armed = still;
        let over: Vec<Topic> = over;
        for (event, bit) in over.iter().filter_map(event_of) {
            self.record_event(event, bit, 0);
        }
        self.end_notices(place, |socket, topic| socket.concerns(topic, news).then_some(Ok(())));
    }

    /// Whether news are what a topic waits for.
    fn concerns(&self, topic: &Topic, news: News) -> bool {
        let six = self.family == address::AF_INET6;
        let addresses = if six { news.addresses_v6 } else { news.addresses_v4 };
        let routes = if six { news.routes_v6 } else { news.routes_v4 };
        match topic {
            Topic::Addresses => addresses,
            Topic::AnyRoute => routes,
            Topic::Route { to, by } if routes || addresses => way_to(to) != *by,
            Topic::Route { .. } | Topic::Backlog(_) => false,
        }
    }

    /// How an operation about a backlog ends, if it does.
    fn backlog_news(&self, topic: &Topic) -> Option<Result<(), WsaError>> {
        let Topic::Backlog(before) = topic else { return None };
        match self.ideal_backlog() {
            Ok(now) => (now != *before).then_some(Ok(())),
            Err(error) => Some(Err(error)),
        }
    }

    /// Ends those of the waiting operations for which there is an answer.
    fn end_notices(
        &mut self,
        place: &'static Place,
        answer: impl Fn(&Socket, &Topic) -> Option<Result<(), WsaError>>,
    ) {
        let mut n = 0;
        while let Some(operation) = self.queue(Side::Notices).get(n) {
            let Request::Notice(notice) = &operation.request else { return };
            let topic = *notice.topic();
            let Some(result) = answer(self, &topic) else {
                n += 1;
                continue;
            };
            let Some(operation) = self.queue(Side::Notices).remove(n) else { return };
            let failed = |error| Ended::failed(error, Call::Ioctl, 0);
            let ended = result.map_or_else(failed, |()| Ended::ok(0));
            self.end(place, operation, ended);
        }
    }

    /// Has the clock look at the backlog while somebody waits for news of it.
    fn time_backlog(&mut self) -> Result<(), Errno> {
        let about_backlog = |operation: &Operation| match &operation.request {
            Request::Notice(notice) => matches!(notice.topic(), Topic::Backlog(_)),
            _ => false,
        };
        if !self.notices.timed && self.awaiting_news.iter().any(about_backlog) {
            let timer =
                reactor::Timer::Backlog { index: self.fd as usize, generation: self.generation };
            reactor::after(LOOK_EVERY, timer)?;
            self.notices.timed = true;
        }
        Ok(())
    }

    /// How many bytes are best left unsent on a connection: as many as may be under way.
    ///
    /// # Errors
    /// WSAEOPNOTSUPP: not TCP; WSAENOTCONN.
    pub(super) fn ideal_backlog(&self) -> Result<u32, WsaError> {
        if !self.is_tcp() {
            return Err(WsaError::WSAEOPNOTSUPP);
        }
        let open = matches!(
            net::tcp_state(self.fd),
            Ok(net::TcpState::Established | net::TcpState::PeerClosed)
        );
        if self.phase != Phase::Connected || !open {
            return Err(WsaError::WSAENOTCONN);
        }
        let info = linsock_backend::tcp_info::read(self.fd);
        let info = info.map_err(|errno| translate(errno, Call::Ioctl))?;
        Ok(info.congestion_window().saturating_mul(info.send_mss()))
    }
}

/// The local address that the way to another one begins at, if there is a way.
fn way_to(destination: &Address) -> Option<IpAddr> {
    interface::towards(destination).ok().and_then(|local| local.ip())
}

/// The network event of a topic, and its bit.
fn event_of(topic: &Topic) -> Option<(u32, u32)> {
    match topic {
        Topic::Addresses => Some((FD_ADDRESS_LIST_CHANGE, FD_ADDRESS_LIST_CHANGE_BIT)),
        Topic::AnyRoute | Topic::Route { .. } => {
            Some((FD_ROUTING_INTERFACE_CHANGE, FD_ROUTING_INTERFACE_CHANGE_BIT))
        }
        Topic::Backlog(_) => None,
    }
}
