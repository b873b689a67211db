//! An operation in progress, which owns its memory until it is over.

use crate::alertable::sleep_alertable;
use crate::completion::Completion;
use crate::error::{NtStatus, WsaError, last_wsa};
use crate::event::{Event, Waited};
use crate::memory::Memory;
use crate::record::{End, Record, routine, status};
use crate::socket::Socket;
use crate::sys::Win32::Foundation::HANDLE;
use crate::sys::Win32::Networking::WinSock::{LPWSAOVERLAPPED_COMPLETION_ROUTINE, SOCKET};
use crate::sys::Win32::System::IO::{CancelIoEx, OVERLAPPED};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long dropping an operation waits for its cancellation before it gives the memory up.
const CANCEL_SECONDS_MAX: u64 = 10;

/// How the end of an operation is told.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Notify {
    /// By a packet at the completion port that the socket is associated with.
    Port,
    /// By an event of the operation's own: wait with [`Operation::wait`]. A thread that ends
    /// cancels such operations of its own (C-053); those of a port go on.
    Event,
    /// By a completion routine, which runs in an alertable wait of the thread that started the
    /// operation: [`sleep_alertable`], [`Event::wait_any_alertable`], [`Operation::wait`]. What it
    /// runs is given by [`Operation::then`].
    ///
    /// Sends and receives have one, on sockets without a completion port. The routines of one
    /// socket do not nest: what one of them waits for must be another socket's. Connecting, accepting,
    /// disconnecting and sending files have none, and answer WSAEOPNOTSUPP. A thread that ends
    /// cancels its operations and drops their routines, as on Windows (R-014): those operations are
    /// never over, and their memory is not freed.
    Routine,
}

/// Which operation a packet is of; unique among the operations that exist.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct OperationId(usize);

impl OperationId {
    pub(crate) fn of(overlapped: *mut OVERLAPPED) -> Self {
        OperationId(overlapped.addr())
    }

    /// Where its OVERLAPPED is or was: to be compared, not to be read.
    pub(crate) fn overlapped(self) -> *const OVERLAPPED {
        std::ptr::without_provenance(self.0)
    }
}

/// An operation in progress.
///
/// Dropping it cancels it. With [`Notify::Event`] the drop waits for the cancellation; with
/// [`Notify::Port`] the packet still comes (taking it frees the memory), and with
/// [`Notify::Routine`] the routine still runs.
///
/// ```
/// use linsock::{Notify, Socket, WsaError};
/// use std::{io::Write, net::TcpListener, time::Duration};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let socket = Socket::for_address(&listener.local_addr()?)?;
/// socket.connect(listener.local_addr()?)?;
///
/// let receiving = socket.recv(vec![0; 100], Notify::Event)?;
/// assert!(!receiving.wait(Some(Duration::from_millis(1)))?); // nobody has sent anything
/// receiving.cancel();
/// let done = receiving.join()?;
/// assert_eq!(done.result, Err(WsaError::WSA_OPERATION_ABORTED));
///
/// // The buffer has come back.
/// let receiving = socket.recv(done.buffer, Notify::Event)?;
/// listener.accept()?.0.write_all(b"hello")?;
/// assert_eq!(receiving.join()?.transferred(), b"hello");
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping an operation cancels it"]
pub struct Operation {
    record: Arc<Record>,
    /// Only ever named to CancelIoEx together with the OVERLAPPED. Should the number belong to
    /// another socket meanwhile, no operation there has this OVERLAPPED: the record is alive.
    socket: SOCKET,
    was_pending: bool,
    /// It goes on without this, which is not to cancel it.
    detached: bool,
}

/// Why [`Operation::join`] or [`Accepting::join`](crate::Accepting::join) did not wait to the end, and
/// the operation, which goes on.
///
/// It becomes a [`WsaError`] by `?`, which drops the operation.
pub struct JoinError<O> {
    /// What the wait answered.
    pub error: WsaError,
    /// The operation, to be waited for otherwise.
    pub operation: O,
}

impl<O> std::fmt::Debug for JoinError<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JoinError").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<O> std::fmt::Display for JoinError<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.error, f)
    }
}

impl<O> std::error::Error for JoinError<O> {}

impl<O> From<JoinError<O>> for WsaError {
    fn from(failed: JoinError<O>) -> WsaError {
        failed.error
    }
}

/// What the call that starts an operation answered.
pub(crate) enum Started {
    /// The operation is over already; its end is told all the same.
    AtOnce,
    /// It goes on.
    Pending,
}

/// What a call that starts an operation answered: done, pending, or not started.
pub(crate) fn started(at_once: bool) -> Result<Started, WsaError> {
    if at_once {
        return Ok(Started::AtOnce);
    }
    match last_wsa() {
        WsaError::WSA_IO_PENDING => Ok(Started::Pending),
        error => Err(error),
    }
}

/// What a call that starts a receive answered. A datagram that has been cut fails the call with
/// WSAEMSGSIZE and is told of all the same, as its status is no error but a warning (S-030).
///
/// # Safety
/// `overlapped` is the one of the call, and alive.
pub(crate) unsafe fn receive_started(
    at_once: bool,
    overlapped: *mut OVERLAPPED,
) -> Result<Started, WsaError> {
    let answer = started(at_once);
    let failed = matches!(answer, Err(WsaError::WSAEMSGSIZE));
    // SAFETY: by the caller's promise.
    if failed && unsafe { status(overlapped) } == NtStatus::STATUS_BUFFER_OVERFLOW {
        return Ok(Started::AtOnce);
    }
    answer
}

impl Operation {
    /// Starts an operation on `socket` by `call`, which gets the OVERLAPPED, the memory and the
    /// completion routine, if one is to be called.
    ///
    /// # Safety
    /// `call` starts exactly one overlapped operation with this OVERLAPPED and routine, which
    /// touches nothing but this memory once `call` has returned; or it starts none and returns
    /// `Err`. It moves nothing out of the memory.
    pub(crate) unsafe fn start(
        socket: &Socket,
        notify: Notify,
        memory: Memory,
        call: impl FnOnce(
            *mut OVERLAPPED,
            &mut Memory,
            LPWSAOVERLAPPED_COMPLETION_ROUTINE,
        ) -> Result<Started, WsaError>,
    ) -> Result<Operation, WsaError> {
        // SAFETY: by the caller's promise.
        unsafe { Self::start_at(socket, notify, 0, memory, call) }
    }

    /// Starts an operation whose function takes no completion routine, on a file from `offset` on
    /// if on any.
    ///
    /// # Safety
    /// As [`start`](Self::start).
    pub(crate) unsafe fn start_without_routine(
        socket: &Socket,
        notify: Notify,
        offset: u64,
        memory: Memory,
        call: impl FnOnce(*mut OVERLAPPED, &mut Memory) -> Result<Started, WsaError>,
    ) -> Result<Operation, WsaError> {
        if notify == Notify::Routine {
            return Err(WsaError::WSAEOPNOTSUPP);
        }
        // SAFETY: by the caller's promise.
        unsafe {
            Self::start_at(socket, notify, offset, memory, |overlapped, memory, _| {
                call(overlapped, memory)
            })
        }
    }

    /// # Safety
    /// As [`start`](Self::start).
    unsafe fn start_at(
        socket: &Socket,
        notify: Notify,
        offset: u64,
        memory: Memory,
        call: impl FnOnce(
            *mut OVERLAPPED,
            &mut Memory,
            LPWSAOVERLAPPED_COMPLETION_ROUTINE,
        ) -> Result<Started, WsaError>,
    ) -> Result<Operation, WsaError> {
        let end = match notify {
            Notify::Event => End::Event(Event::new()?),
            Notify::Port => End::packet(),
            Notify::Routine => End::routine(),
        };
        // Without a port no packet would ever come.
        let port = match notify {
            Notify::Port => Some(socket.port().ok_or(WsaError::WSAEINVAL)?),
            Notify::Event | Notify::Routine => None,
        };
        let record = Record::new(memory, offset, end);
        // SAFETY: nobody else knows of the record yet.
        let memory = unsafe { &mut *record.memory() };
        let started = match notify {
            Notify::Event => call(record.address(), memory, None),
            Notify::Port | Notify::Routine => {
                if let Some(port) = port {
                    port.begin();
                }
                let overlapped = record.lend();
                let routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE = match notify {
                    Notify::Routine => Some(routine),
                    Notify::Port | Notify::Event => None,
                };
                let started = call(overlapped, memory, routine);
                if started.is_err() {
                    // SAFETY: the operation was not started, so neither packet nor routine
                    // will come (P-011, R-007).
                    drop(unsafe { Record::take_back(overlapped) });
                    if let Some(port) = port {
                        port.end();
                    }
                }
                started
            }
        }?;
        let was_pending = matches!(started, Started::Pending);
        Ok(Operation { record, socket: socket.raw(), was_pending, detached: false })
    }

    /// The operation's identity, which its packet carries.
    pub fn id(&self) -> OperationId {
        OperationId::of(self.record.address())
    }

    /// Whether the call that started the operation left it pending (WSA_IO_PENDING).
    pub fn was_pending(&self) -> bool {
        self.was_pending
    }

    /// Whether the operation is over: its event is signalled, its packet was taken, or its
    /// routine ran.
    pub fn is_over(&self) -> bool {
        self.record.is_over()
    }

    /// Waits for the end; `false` when `limit` passed first. An operation with a completion
    /// routine is waited for alertably, so that other routines run too.
    ///
    /// # Errors
    /// WSAEINVAL: the operation is reported to a port, where its packet has to be taken, or to
    /// a routine of another thread; else as [`Event::wait`].
    pub fn wait(&self, limit: Option<Duration>) -> Result<bool, WsaError> {
        match &self.record.end {
            End::Event(event) => event.wait(limit),
            End::Routine(routine) if routine.is_here() => Ok(self.wait_alertably(limit)),
            End::Routine(_) | End::Packet(_) => Err(WsaError::WSAEINVAL),
        }
    }

    fn wait_alertably(&self, limit: Option<Duration>) -> bool {
        let end = limit.and_then(|limit| Instant::now().checked_add(limit));
        while !self.is_over() {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if !sleep_alertable(left) {
                return self.is_over();
            }
        }
        true
    }

    /// Waits for the end of any of up to [`Event::ANY_MAX`] operations; tells which, or `None`
    /// when `limit` passed first.
    ///
    /// # Errors
    /// WSAEINVAL: one is not reported to an event; else as [`Event::wait_any`].
    pub fn wait_any<'a>(
        operations: impl IntoIterator<Item = &'a Operation>,
        limit: Option<Duration>,
    ) -> Result<Option<usize>, WsaError> {
        Event::wait_any(Self::events(operations)?, limit)
    }

    /// As [`wait_any`](Self::wait_any), while completion routines may run, which end the wait too.
    ///
    /// # Errors
    /// As there.
    pub fn wait_any_alertable<'a>(
        operations: impl IntoIterator<Item = &'a Operation>,
        limit: Option<Duration>,
    ) -> Result<Waited, WsaError> {
        Event::wait_any_alertable(Self::events(operations)?, limit)
    }

    fn events<'a>(
        operations: impl IntoIterator<Item = &'a Operation>,
    ) -> Result<Vec<&'a Event>, WsaError> {
        let events = operations.into_iter().map(|operation| operation.record.event());
        events.collect::<Option<_>>().ok_or(WsaError::WSAEINVAL)
    }

    /// Leaves the operation to its completion routine, which runs `run`. It can still be
    /// cancelled, by [`Socket::cancel`].
    ///
    /// A panic in `run` ends the process, because it must not pass through Winsock.
    ///
    /// # Errors
    /// The operation itself, if it has no routine ([`Notify::Routine`]), if that ran already in an
    /// alertable wait, or if another thread started it.
    pub fn then(
        mut self,
        run: impl FnOnce(Completion) + 'static,
    ) -> Result<OperationId, Operation> {
        match &self.record.end {
            End::Routine(routine) if routine.set_then(Box::new(run)) => {
                self.detached = true;
                Ok(self.id())
            }
            _ => Err(self),
        }
    }

    /// Asks for the operation to be ended; it ends with WSA_OPERATION_ABORTED unless it was
    /// over first. `false` if there was nothing left to cancel.
    pub fn cancel(&self) -> bool {
        if self.is_over() {
            return false;
        }
        // SAFETY: the OVERLAPPED lives in the record; it is only compared with those in progress.
        unsafe { CancelIoEx(self.socket as HANDLE, self.record.address()) != 0 }
    }

    /// The result and the buffer of an operation that is over.
    ///
    /// # Errors
    /// The operation itself when it is not over yet.
    pub fn take(self) -> Result<Completion, Operation> {
        if !self.record.is_over() {
            return Err(self);
        }
        // SAFETY: the operation is over, and `self` is its one `Operation`.
        let memory = unsafe { self.record.take_memory() };
        Ok(Completion::new(self.record.result(), memory))
    }

    /// Waits for the end and takes the result: [`wait`](Self::wait), then [`take`](Self::take).
    ///
    /// # Errors
    /// As [`wait`](Self::wait), with the operation itself, which goes on.
    pub fn join(self) -> Result<Completion, JoinError<Operation>> {
        match self.wait(None) {
            Err(error) => Err(JoinError { error, operation: self }),
            Ok(_) => {
                let error = WsaError::WSA_IO_INCOMPLETE;
                self.take().map_err(|operation| JoinError { error, operation })
            }
        }
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        if self.detached || self.record.is_over() {
            return;
        }
        self.cancel();
        if let Some(event) = self.record.event()
            && event.wait(Some(Duration::from_secs(CANCEL_SECONDS_MAX))) != Ok(true)
        {
            // The kernel still has the record: leaking it is what is left.
            std::mem::forget(Arc::clone(&self.record));
        }
    }
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operation").field("id", &self.id()).field("over", &self.is_over()).finish()
    }
}
