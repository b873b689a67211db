//! What ties an AcceptEx, its listener and its accept socket together.
//!
//! Until there is a connection the operation is in the listener's queue, afterwards, while it
//! waits for data, in that of the accept socket: so the next AcceptEx of the listener can go on
//! . It reports to the listener all the time, also to a port that the listener is
//! tied to only then. Each of the two sockets knows the other one by this, and none of the two is
//! locked by whoever already holds the accept socket: the listener comes first.

use super::{Number, Place, Socket};
use crate::io;
use crate::operation::{Ending, Operation, Route};
use crate::runtime;
use crate::sync::plain::Arc;
use crate::wait::Signal;
use linsock_abi::{Errno, WsaError};
use linsock_backend::address::Address;
use linsock_backend::memory;
use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// One AcceptEx as its two sockets see it.
pub struct Acceptance {
    listener: Number,
    accept: Number,
    thread: u32,
    /// The accept socket was closed.
    gone: AtomicBool,
    /// The operation ended, or never came to be.
    over: AtomicBool,
    /// Where the listener's completions go since it was tied to a port, if that was while the
    /// operation waited for data (P-007).
    late_route: OnceLock<Route>,
}

impl fmt::Debug for Acceptance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Acceptance({} by {})", self.accept, self.listener)
    }
}

impl Acceptance {
    /// An acceptance by an operation of the calling thread.
    pub(super) fn new(listener: Number, accept: Number) -> Arc<Self> {
        Arc::new(Acceptance {
            listener,
            accept,
            thread: crate::thread::current_id(),
            gone: AtomicBool::new(false),
            over: AtomicBool::new(false),
            late_route: OnceLock::new(),
        })
    }

    pub(super) fn accept_place(&self) -> Option<&'static Place> {
        runtime::get().sockets.find(self.accept)
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// The accept socket is free for other things.
    pub(super) fn finish(&self) {
        self.over.store(true, Ordering::Release);
    }

    /// Ends the operation, in the listener's queue, after its accept socket was closed.
    pub(super) fn withdraw(self: Arc<Self>) {
        cancel_at(self.listener, &self, Ending::Closed, |_| true);
    }
}

/// Ends an AcceptEx in the queue of one of its two sockets, if it is there.
fn cancel_at(
    number: Number,
    acceptance: &Arc<Acceptance>,
    ending: Ending,
    wanted: impl Fn(&Operation) -> bool,
) -> bool {
    if acceptance.is_over() {
        return false;
    }
    let Some(place) = runtime::get().sockets.find(number) else { return false };
    let mut held = Vec::new();
    let mut socket = place.lock();
    let any = socket.open
        && socket.cancel(place, ending, &mut held, |operation| {
            operation.is_about(acceptance) && wanted(operation)
        });
    drop(socket);
    io::recall(&held);
    any
}

/// An AcceptEx of a listener that waits for data at its accept socket.
#[derive(Clone, Debug)]
pub struct Handed {
    acceptance: Arc<Acceptance>,
    has_event: bool,
}

impl Handed {
    /// Ends the operation, if it is wanted.
    pub(super) fn cancel(&self, ending: Ending, wanted: impl Fn(&Operation) -> bool) -> bool {
        cancel_at(self.acceptance.accept, &self.acceptance, ending, wanted)
    }

    pub(super) fn is_of(&self, thread: u32) -> bool {
        self.acceptance.thread == thread && !self.acceptance.is_over()
    }

    pub(super) fn has_event(&self) -> bool {
        self.has_event
    }
}

/// The caller's buffer: data, local address, remote address.
#[derive(Clone, Copy, Debug)]
pub struct AcceptBuffer {
    /// Where it is.
    pub address: usize,
    /// Bytes for the first data; 0: none is waited for.
    pub data: usize,
    /// Bytes for the local address; 0: it is not stored.
    pub local: usize,
    /// Bytes for the remote address.
    pub remote: usize,
}

/// Bytes of an area before its sockaddr: the sockaddr's length, and nothing.
pub const AREA_HEADER_BYTES: usize = 8;
/// Bytes that an area has to have beside the longest address of its transport.
const AREA_SPARE_BYTES: usize = 16;

impl AcceptBuffer {
    /// Whether the addresses of a family fit in.
    pub(super) fn is_enough_for(&self, family: u16) -> bool {
        let address = linsock_backend::address::bytes_of_family(family)
            .unwrap_or(linsock_backend::address::ADDRESS_BYTES_MAX);
        let needed = address + AREA_SPARE_BYTES;
        (self.local == 0 || self.local >= needed) && self.remote >= needed
    }

    /// Writes the addresses of a connection.
    pub(super) fn store(&self, local: &Address, remote: &Address) -> Result<(), Errno> {
        let start = self.address + self.data;
        if self.local > 0 {
            store_area(start, local)?;
        }
        store_area(start + self.local, remote)
    }
}

fn store_area(at: usize, address: &Address) -> Result<(), Errno> {
    let (bytes, len) = address.windows_bytes();
    let mut area = [0; AREA_HEADER_BYTES + linsock_backend::address::ADDRESS_BYTES_MAX];
    area[..4].copy_from_slice(&(len as u32).to_ne_bytes());
    area[AREA_HEADER_BYTES..][..len].copy_from_slice(&bytes[..len]);
    memory::copy_out(&area[..AREA_HEADER_BYTES + len], at)
}

/// What an operation that is an AcceptEx knows beside its request.
pub struct AcceptEx {
    pub(super) acceptance: Arc<Acceptance>,
    pub(super) buffer: AcceptBuffer,
    pub(super) report: Option<Report>,
}

/// Where the listener's completions went when the operation left its queue.
pub(super) struct Report {
    route: Option<Route>,
    signal: Option<&'static Signal>,
}

impl fmt::Debug for AcceptEx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptEx").field("acceptance", &self.acceptance).finish_non_exhaustive()
    }
}

impl AcceptEx {
    /// Notes that the operation ends now; before anybody is told, so that whoever is told finds
    /// the accept socket free.
    pub fn is_over(&self) {
        self.acceptance.finish();
    }

    /// Where to report to, if not to the socket whose queue the operation is in.
    pub fn report(&self) -> Option<(Option<&Route>, Option<&Signal>)> {
        let report = self.report.as_ref()?;
        let route = report.route.as_ref().or_else(|| self.acceptance.late_route.get());
        Some((route, report.signal))
    }
}

impl Operation {
    /// Whether the operation is in the queue of a socket that it does not belong to.
    pub(super) fn is_elsewheres(&self) -> bool {
        self.accept.as_ref().is_some_and(|accept| accept.report.is_some())
    }

    pub(super) fn is_about(&self, acceptance: &Arc<Acceptance>) -> bool {
        self.accept.as_ref().is_some_and(|accept| Arc::ptr_eq(&accept.acceptance, acceptance))
    }
}

impl Socket {
    /// Whether the socket is the accept socket of a pending AcceptEx.
    pub(super) fn is_accept_target(&self) -> bool {
        self.accepting.as_ref().is_some_and(|acceptance| !acceptance.is_over())
    }

    pub(super) fn is_reserved_for(&self, acceptance: &Arc<Acceptance>) -> bool {
        self.open && self.accepting.as_ref().is_some_and(|own| Arc::ptr_eq(own, acceptance))
    }

    /// Whether an AcceptEx waits for a connection to this listener.
    pub(super) fn has_accept_ex(&self) -> bool {
        self.input.iter().any(|operation| operation.accept.is_some())
    }

    /// Makes a socket the accept socket of an operation that is about to be started.
    ///
    /// # Errors
    /// WSAEINVAL: bound, connected, of another kind than the listener, or taken already
    /// . A socket that DisconnectEx made ready for reuse is welcome,
    /// although it is bound.
    pub(super) fn reserve(
        &mut self,
        listener: Number,
        family: u16,
        kind: i32,
    ) -> Result<Arc<Acceptance>, WsaError> {
        let fits = self.family == family && self.kind == kind;
        let fresh = self.phase == super::Phase::Idle
            && (!self.is_bound() || (self.reused && !self.is_left_to_connect()));
        let idle = self.input.is_empty() && self.output.is_empty() && !self.is_accept_target();
        if !(fits && fresh && idle) {
            return Err(WsaError::WSAEINVAL);
        }
        let acceptance = Acceptance::new(listener, self.fd as usize);
        self.accepting = Some(acceptance.clone());
        Ok(acceptance)
    }

    /// The accept socket is about to be closed; what is left to withdraw afterwards.
    pub(super) fn leave_acceptance(&mut self) -> Option<Arc<Acceptance>> {
        let acceptance = self.accepting.take()?;
        acceptance.gone.store(true, Ordering::Release);
        Some(acceptance)
    }

    /// The listener's operations that wait elsewhere for data.
    pub(super) fn handed(&self) -> Vec<Handed> {
        self.handed.iter().filter(|handed| !handed.acceptance.is_over()).cloned().collect()
    }

    /// Tells the listener's operations that wait elsewhere that it was tied to a port.
    pub(super) fn route_handed(&self, route: &Route) {
        for handed in self.handed.iter().filter(|handed| !handed.acceptance.is_over()) {
            let _ = handed.acceptance.late_route.set(route.clone());
        }
    }

    /// Keeps sight of an operation that goes on at its accept socket, and says where it will
    /// report to.
    pub(super) fn hand_over(
        &mut self,
        place: &'static Place,
        acceptance: &Arc<Acceptance>,
        has_event: bool,
    ) -> Report {
        // Those that ended meanwhile are dropped when the list would have to grow.
        if self.handed.len() == self.handed.capacity() {
            self.handed.retain(|handed| !handed.acceptance.is_over());
            let spare = self.handed.len().max(4);
            self.handed.reserve(spare);
        }
        self.handed.push(Handed { acceptance: acceptance.clone(), has_event });
        let signal = (self.modes & super::port::SKIP_SET_EVENT == 0).then_some(&place.signal);
        Report { route: self.route.clone(), signal }
    }
}
