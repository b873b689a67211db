//! Overlapped operations: what they are while they run and how they end.
//!
//! An operation that could not be finished at once is a `Box<Operation>` in exactly one
//! place: a queue of its socket, or, once the socket was closed while a ring held it, among
//! the orphans. Whoever takes it out, under that place's lock, owns it, and ending it
//! consumes it. So it ends exactly once, whoever comes first: the kernel, a canceller, the
//! one who closes the socket, a time-out or the end of its thread (X-008, O-011). That an
//! operation cannot end twice is not a promise but a type.

use crate::apc::{Apc, Callback};
use crate::event::Event;
use crate::port::{Packet, Port};
use crate::socket::{AcceptEx, Place};
use crate::sync::plain::{Arc, Mutex, lock};
use crate::thread::{self, ThreadObject};
use crate::wait::Signal;
use linsock_abi::map::Call;
use linsock_abi::{NtStatus, OVERLAPPED, WsaError};
use linsock_backend::buffers::Buffers;
use linsock_backend::op::{Part, Progress, Request};
use linsock_backend::ring::Ring;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How an operation ends when it is not the kernel that ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// CancelIo, CancelIoEx, or the end of its thread.
    Cancelled,
    /// closesocket.
    Closed,
    /// The time for a connection is over.
    TimedOut,
    /// The last WSACleanup: nobody is told (W-012).
    Silent,
}

/// The result of an operation in its three forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// `None` on success.
    pub error: Option<WsaError>,
    /// What OVERLAPPED.Internal will hold.
    pub status: NtStatus,
    /// What OVERLAPPED.InternalHigh will hold.
    pub bytes: u32,
    /// What lpFlags would have held.
    pub flags: u32,
}

impl Ended {
    /// Success.
    pub fn ok(bytes: u32) -> Self {
        Ended { error: None, status: NtStatus::STATUS_SUCCESS, bytes, flags: 0 }
    }

    /// Success of a transfer of so many bytes.
    pub fn transferred(n: usize) -> Self {
        Ended::ok(u32::try_from(n).unwrap_or(u32::MAX))
    }

    /// Success of a receive of urgent data. Windows tells it apart by a status of its own, which
    /// is where WSAGetOverlappedResult has the flag from (S-041).
    pub fn out_of_band(bytes: u32) -> Self {
        let flags = linsock_abi::MSG_OOB as u32;
        Ended { status: NtStatus::STATUS_RECEIVE_EXPEDITED, flags, ..Ended::ok(bytes) }
    }

    /// Failure.
    pub fn failed(error: WsaError, call: Call, bytes: u32) -> Self {
        Ended { error: Some(error), status: NtStatus::from_wsa(error, call), bytes, flags: 0 }
    }
}

impl Ending {
    /// The result that this ending gives an operation (Z-003).
    pub fn of(self, operation: &Operation) -> Ended {
        let done = match &operation.request {
            // Bytes that went out stay out and are counted.
            Request::Send(send) => send.done() as u32,
            // So are those that MSG_WAITALL has stored: the stream has them no more.
            Request::Receive(receive) => receive.done() as u32,
            Request::Transmit(transmit) => transmit.done() as u32,
            _ => 0,
        };
        let error = match (self, operation.call) {
            (Ending::TimedOut, _) => WsaError::WSAETIMEDOUT,
            (Ending::Closed, Call::Send | Call::Recv) => WsaError::WSAECONNABORTED,
            _ => WsaError::WSA_OPERATION_ABORTED,
        };
        Ended::failed(error, operation.call, done)
    }
}

/// A completion routine and where it runs.
struct Routine {
    function: Callback,
    /// The thread that started the operation.
    thread: Arc<ThreadObject>,
    /// Which socket or file it is of.
    socket: usize,
}

impl std::fmt::Debug for Routine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Routine({:?}, thread {})", self.function, self.thread.id())
    }
}

/// A caller's OVERLAPPED and how its end is told.
#[derive(Debug)]
pub struct Overlapped {
    address: usize,
    indication: Indication,
}

/// How an operation's end is told, beside its OVERLAPPED. A `packet` goes to the port, if the handle
/// has one; not with the event handle's low bit set (O-008).
#[derive(Debug)]
enum Indication {
    /// By the handle's own signal.
    Handle {
        packet: bool,
    },
    Event {
        event: Arc<Event>,
        packet: bool,
    },
    Routine(Box<Routine>),
}

impl Overlapped {
    /// Marks an OVERLAPPED as pending and resets its event (C-042, O-003).
    ///
    /// # Errors
    /// WSA_INVALID_HANDLE: hEvent is neither 0 nor an event.
    ///
    /// # Safety
    /// `address` is that of a writable OVERLAPPED that stays until the operation ended.
    #[inline]
    pub unsafe fn begin(address: usize, signal: &Signal) -> Result<Self, WsaError> {
        let pointer = address as *mut OVERLAPPED;
        // SAFETY: the caller's word.
        let event = unsafe { (*pointer).hEvent } as usize;
        let packet = event & 1 == 0;
        let indication = match event & !3 {
            0 => {
                signal.reset();
                Indication::Handle { packet }
            }
            handle => Indication::Event { event: reset_event(handle)?, packet },
        };
        let overlapped = Overlapped { address, indication };
        overlapped.internal().store(pending(), Ordering::Relaxed);
        Ok(overlapped)
    }

    /// The same for an operation whose end is told to a completion routine on the calling
    /// thread. hEvent is the caller's own then, and not looked at (O-007, R-015).
    ///
    /// # Safety
    /// As for [`Overlapped::begin`]; the routine may be called with the results.
    pub unsafe fn begin_with_routine(
        address: usize,
        signal: &Signal,
        function: impl Into<Callback>,
    ) -> Self {
        signal.reset();
        let function = function.into();
        let socket = std::ptr::from_ref(signal).addr();
        let routine = Box::new(Routine { function, thread: thread::current(), socket });
        let overlapped = Overlapped { address, indication: Indication::Routine(routine) };
        overlapped.internal().store(pending(), Ordering::Relaxed);
        overlapped
    }

    /// The caller's address of it.
    pub fn address(&self) -> usize {
        self.address
    }

    /// Whether an event or a routine tells of the end, not a packet.
    pub fn has_event(&self) -> bool {
        !matches!(self.indication, Indication::Handle { .. })
    }

    /// Whether a packet tells of the end, and nothing else but the handle's own signal.
    pub fn has_packet_alone(&self) -> bool {
        matches!(self.indication, Indication::Handle { packet: true })
    }

    fn sends_packet(&self) -> bool {
        matches!(
            self.indication,
            Indication::Handle { packet: true } | Indication::Event { packet: true, .. }
        )
    }

    fn internal(&self) -> &AtomicUsize {
        let pointer = self.address as *mut OVERLAPPED;
        // SAFETY: the OVERLAPPED stays until the operation ended (O-009); the field is
        // aligned, and everyone here goes through this atomic.
        unsafe { AtomicUsize::from_ptr(&raw mut (*pointer).Internal) }
    }

    /// Writes the result: the count first, the status last, with release order (C-058).
    fn write(&self, ended: &Ended) {
        let pointer = self.address as *mut OVERLAPPED;
        // SAFETY: as for `internal`.
        unsafe { (&raw mut (*pointer).InternalHigh).write(ended.bytes as usize) };
        self.internal().store(ended.status.0 as u32 as usize, Ordering::Release);
    }
}

#[inline(never)]
fn reset_event(handle: usize) -> Result<Arc<Event>, WsaError> {
    event_of(handle).inspect(|event| event.reset())
}

fn event_of(handle: usize) -> Result<Arc<Event>, WsaError> {
    crate::runtime::get().handles.event(handle).map_err(|_| WsaError::WSA_INVALID_HANDLE)
}

/// Whether [`Overlapped::begin`] would take the event of an OVERLAPPED: for calls that take effect
/// before they begin to tell of it.
///
/// # Errors
/// WSA_INVALID_HANDLE: hEvent is neither 0 nor an event.
///
/// # Safety
/// The address is that of a readable OVERLAPPED.
pub unsafe fn check_event(address: usize) -> Result<(), WsaError> {
    // SAFETY: the caller's word.
    let event = unsafe { (*(address as *const OVERLAPPED)).hEvent } as usize;
    match event & !3 {
        0 => Ok(()),
        handle => event_of(handle).map(drop),
    }
}

/// STATUS_PENDING as OVERLAPPED.Internal holds it.
fn pending() -> usize {
    NtStatus::STATUS_PENDING.0 as u32 as usize
}

/// Whether the OVERLAPPED at an address says that its operation is pending.
///
/// # Safety
/// The address is that of a readable OVERLAPPED.
pub unsafe fn is_pending(address: usize) -> bool {
    // SAFETY: the caller's word; operations write the field atomically.
    unsafe { status(address) == NtStatus::STATUS_PENDING }
}

/// The status in an OVERLAPPED.
///
/// # Safety
/// The address is that of a readable OVERLAPPED.
pub unsafe fn status(address: usize) -> NtStatus {
    let pointer = address as *mut OVERLAPPED;
    // SAFETY: the caller's word.
    let internal = unsafe { AtomicUsize::from_ptr(&raw mut (*pointer).Internal) };
    NtStatus(internal.load(Ordering::Acquire) as u32 as i32)
}

/// Where in a file the operation of an OVERLAPPED begins (T-008).
///
/// # Safety
/// The address is that of a readable OVERLAPPED.
pub unsafe fn offset(address: usize) -> u64 {
    // SAFETY: the caller's word; the two halves are plain numbers whatever was written there.
    let halves = unsafe { (*(address as *const OVERLAPPED)).Anonymous.Anonymous };
    u64::from(halves.OffsetHigh) << 32 | u64::from(halves.Offset)
}

/// A blocking call that waits for its operation.
pub struct Synchronous {
    /// The SOCKET in whose queue the operation is.
    pub socket: usize,
    /// Set when the operation ended.
    pub done: Arc<Event>,
    /// The socket of the call.
    pub place: &'static Place,
    result: Mutex<Option<(Box<Operation>, Ended)>>,
}

impl std::fmt::Debug for Synchronous {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Synchronous")
    }
}

impl Synchronous {
    /// A call on a socket.
    pub fn new(socket: usize, place: &'static Place) -> Arc<Self> {
        let done = Arc::new(Event::new(true, false));
        Arc::new(Synchronous { socket, done, place, result: Mutex::new(None) })
    }

    /// The operation and its result, once `done` is set.
    pub fn take(&self) -> Option<(Box<Operation>, Ended)> {
        lock(&self.result).take()
    }
}

/// Who is told of the end.
#[derive(Debug)]
pub enum Notify {
    /// An overlapped call.
    Overlapped(Overlapped),
    /// A blocking call.
    Synchronous(Arc<Synchronous>),
    /// Nobody: a non-blocking connect shows its end in the socket.
    Nobody,
}

/// Memory that an operation had, for the next one.
#[derive(Default)]
pub struct Spare(Option<Box<MaybeUninit<Operation>>>);

impl Spare {
    /// Keeps the memory of an operation that is over.
    #[inline]
    pub fn keep(&mut self, operation: Box<Operation>) {
        let operation = Box::into_raw(operation);
        // SAFETY: the box was given up for this; it is dropped once, and what is left is memory.
        self.0 = Some(unsafe {
            operation.drop_in_place();
            Box::from_raw(operation.cast())
        });
    }
}

/// One operation that could not be finished at once.
#[derive(Debug)]
pub struct Operation {
    /// What is asked of the kernel.
    pub request: Request,
    /// What kind of call it was, for its errors.
    pub call: Call,
    /// Who is told.
    pub notify: Notify,
    /// The thread that started it.
    pub thread: u32,
    /// Its number among all operations.
    pub ticket: u64,
    /// Waits for a timer before it may start (C-127).
    pub held: bool,
    /// Completions that a ring still owes.
    pub in_flight: u8,
    /// The ring that holds it.
    pub ring: Option<Arc<Ring>>,
    /// How it ends, decided while a ring held it.
    pub ending: Option<Ending>,
    /// What an AcceptEx is about beside its listener.
    pub accept: Option<Box<AcceptEx>>,
}

impl Operation {
    /// An operation of the calling thread.
    #[inline]
    pub fn new(request: Request, call: Call, notify: Notify) -> Box<Self> {
        Self::new_in(&mut Spare::default(), request, call, notify)
    }

    /// The same, in spare memory if there is any.
    #[inline]
    pub fn new_in(spare: &mut Spare, request: Request, call: Call, notify: Notify) -> Box<Self> {
        let memory = spare.0.take().unwrap_or_else(Box::new_uninit);
        let operation = Operation {
            request,
            call,
            notify,
            thread: crate::thread::current_id(),
            ticket: crate::io::ticket(),
            held: false,
            in_flight: 0,
            ring: None,
            ending: None,
            accept: None,
        };
        Box::write(memory, operation)
    }

    /// The buffers of a receive that takes from a stream whatever comes, that no ring holds, and that
    /// is of no AcceptEx.
    #[inline]
    pub fn plain_receive(&self) -> Option<&Buffers> {
        match &self.request {
            Request::Receive(receive) if self.in_flight == 0 && self.accept.is_none() => {
                receive.plain()
            }
            _ => None,
        }
    }

    /// Whether the operation was started with this OVERLAPPED.
    pub fn is_of(&self, overlapped: usize) -> bool {
        matches!(&self.notify, Notify::Overlapped(own) if own.address == overlapped)
    }

    /// Takes one completion of its ring.
    pub fn ring_completed(&mut self, part: Part, result: i32) -> Progress {
        self.in_flight = self.in_flight.saturating_sub(1);
        let more = self.in_flight > 0;
        if !more {
            self.ring = None;
        }
        match self.request.completed(part, result, more) {
            // Every completion is awaited, so that none is left to come for a later request.
            Progress::Done(_) | Progress::Again if more => Progress::More,
            progress => progress,
        }
    }
}

/// Where a socket's packets go.
#[derive(Clone)]
pub struct Route {
    /// The port.
    pub port: Arc<Port>,
    /// The completion key.
    pub key: usize,
}

/// An operation whose socket was closed while a ring held it.
pub struct Orphan {
    /// The operation.
    pub operation: Box<Operation>,
    /// Where its packet goes.
    pub route: Option<Route>,
    /// The handle's own signal, of a socket that is still there.
    pub signal: Option<&'static Signal>,
}

impl Orphan {
    /// The ring gave it back.
    pub fn finish(self) {
        let ending = self.operation.ending.unwrap_or(Ending::Closed);
        let ended = ending.of(&self.operation);
        if ending == Ending::Silent {
            silence(self.operation, ended);
        } else {
            tell(self.operation, ended, self.route.as_ref(), self.signal);
        }
    }
}

/// Ends an operation: the only way it is told of.
pub fn tell(
    operation: Box<Operation>,
    ended: Ended,
    route: Option<&Route>,
    signal: Option<&Signal>,
) {
    if let Some(accept) = &operation.accept {
        accept.is_over();
    }
    match &operation.notify {
        Notify::Overlapped(overlapped) => {
            // An AcceptEx that waits for data at its accept socket reports to its listener.
            let report = operation.accept.as_ref().and_then(|accept| accept.report());
            let (route, signal) = report.unwrap_or((route, signal));
            publish(overlapped, &ended, route, signal);
        }
        Notify::Synchronous(_) => {
            let Notify::Synchronous(call) = &operation.notify else { return };
            let call = call.clone();
            *lock(&call.result) = Some((operation, ended));
            call.done.set();
        }
        Notify::Nobody => {}
    }
}

/// Ends an operation of which nobody is told, though its OVERLAPPED says so (W-012).
pub fn silence(operation: Box<Operation>, ended: Ended) {
    if let Some(accept) = &operation.accept {
        accept.is_over();
    }
    match &operation.notify {
        Notify::Overlapped(overlapped) => overlapped.write(&ended),
        // A blocking call has to return.
        Notify::Synchronous(_) => tell(operation, ended, None, None),
        Notify::Nobody => {}
    }
}

/// Makes a result visible: OVERLAPPED, then the event or the handle's own signal, then the
/// routine or the packet. Nothing of the OVERLAPPED is touched afterwards (O-011).
#[inline]
pub fn publish(
    overlapped: &Overlapped,
    ended: &Ended,
    route: Option<&Route>,
    signal: Option<&Signal>,
) {
    // Taken out first: the OVERLAPPED may be gone as soon as it is written.
    let route = route.filter(|_| overlapped.sends_packet());
    overlapped.write(ended);
    match (&overlapped.indication, signal) {
        (Indication::Event { event, .. }, _) => event.set(),
        (_, Some(signal)) => signal.set(),
        (_, None) => {}
    }
    if let Indication::Routine(routine) = &overlapped.indication {
        // A thread that has ended runs nothing.
        routine.thread.apcs().push(Apc::Completion {
            routine: routine.function,
            error: match routine.function {
                Callback::Winsock(_) => ended.error.map_or(0, |error| error.0 as u32),
                Callback::Win32(_) => ended.status.to_win32().0,
            },
            bytes: ended.bytes,
            overlapped: overlapped.address,
            flags: ended.flags,
            socket: routine.socket,
        });
    }
    if let Some(route) = route {
        route.port.complete(Packet {
            key: route.key,
            overlapped: overlapped.address,
            status: ended.status.0,
            bytes: ended.bytes,
        });
    }
}

/// Writes how an operation failed that was not started after all, and tells nobody else: the call
/// itself says so (S-007).
pub fn refuse(overlapped: &Overlapped, status: NtStatus) {
    overlapped.write(&Ended { status, ..Ended::ok(0) });
}

/// Marks a result in the OVERLAPPED and its event, but queues no packet (P-034).
pub fn publish_without_packet(overlapped: &Overlapped, ended: &Ended, signal: Option<&Signal>) {
    publish(overlapped, ended, None, signal);
}

pub use crate::socket::thread_exit;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// The allocator adds 8 bytes and rounds up to a multiple of 16.
    #[test]
    fn an_operation_is_small() {
        assert!(size_of::<Operation>() <= 120, "{} bytes", size_of::<Operation>());
    }
}
