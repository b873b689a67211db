//! An operation in progress, which owns its buffer until it is over.

use crate::error::WsaError;
use crate::event::Event;
use crate::record::Record;
use crate::socket::Socket;
use crate::sys::Win32::Foundation::HANDLE;
use crate::sys::Win32::Networking::WinSock::SOCKET;
use crate::sys::Win32::System::IO::{CancelIoEx, OVERLAPPED};
use std::sync::Arc;
use std::time::Duration;

/// How long dropping an operation waits for its cancellation before it gives the memory up.
const CANCEL_SECONDS_MAX: u64 = 10;

/// How the end of an operation is told.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Notify {
    /// By a packet at the completion port that the socket is associated with.
    Port,
    /// By an event of the operation's own: wait with [`Operation::wait`].
    Event,
}

/// Which operation a packet is of; unique among the operations that exist.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct OperationId(usize);

impl OperationId {
    pub(crate) fn of(overlapped: *mut OVERLAPPED) -> Self {
        OperationId(overlapped.addr())
    }
}

/// What became of an operation.
#[derive(Debug)]
pub struct Completion {
    /// The bytes transferred, or why the operation failed.
    pub result: Result<u32, WsaError>,
    /// The operation's buffer, as long as it was given.
    pub buffer: Vec<u8>,
}

impl Completion {
    /// The part of the buffer that was transferred; nothing of a failed operation.
    pub fn transferred(&self) -> &[u8] {
        let bytes = self.result.map_or(0, |bytes| bytes as usize);
        &self.buffer[..bytes.min(self.buffer.len())]
    }
}

/// An operation in progress.
///
/// Dropping it cancels it. With [`Notify::Event`] the drop waits for the cancellation; with
/// [`Notify::Port`] the packet still comes (taking it frees the memory).
#[must_use = "dropping an operation cancels it"]
pub struct Operation {
    record: Arc<Record>,
    /// Only ever named to CancelIoEx together with the OVERLAPPED. Should the number belong to
    /// another socket meanwhile, no operation there has this OVERLAPPED: the record is alive.
    socket: SOCKET,
    was_pending: bool,
}

/// What the call that starts an operation answered.
pub(crate) enum Started {
    /// The operation is over already; its end is told all the same.
    AtOnce,
    /// It goes on.
    Pending,
}

impl Operation {
    /// Starts an operation on `socket` by `call`, which gets the OVERLAPPED, the buffer's bytes
    /// and their count.
    ///
    /// # Safety
    /// `call` starts exactly one overlapped operation with this OVERLAPPED, which touches no
    /// other memory of the caller's once `call` has returned; or it starts none and returns `Err`.
    pub(crate) unsafe fn start(
        socket: &Socket,
        notify: Notify,
        buffer: Vec<u8>,
        call: impl FnOnce(*mut OVERLAPPED, *mut u8, u32) -> Result<Started, WsaError>,
    ) -> Result<Operation, WsaError> {
        // A length that does not fit 32 bits cannot be asked for.
        let length = u32::try_from(buffer.len()).map_err(|_| WsaError::WSAEINVAL)?;
        let event = match notify {
            Notify::Event => Some(Event::new()?),
            Notify::Port => None,
        };
        let mut record = Record::new(buffer, event);
        let bytes = match Arc::get_mut(&mut record) {
            Some(record) => record.bytes().0,
            None => return Err(WsaError::WSAEFAULT),
        };
        let started = match notify {
            Notify::Event => call(record.address(), bytes, length),
            Notify::Port => {
                // Without a port no packet would ever come.
                let port = socket.port().ok_or(WsaError::WSAEINVAL)?;
                port.begin();
                let overlapped = record.lend();
                let started = call(overlapped, bytes, length);
                if started.is_err() {
                    // SAFETY: the operation was not started, so no packet will come (P-011).
                    drop(unsafe { Record::take_back(overlapped) });
                    port.end();
                }
                started
            }
        }?;
        let was_pending = matches!(started, Started::Pending);
        Ok(Operation { record, socket: socket.raw(), was_pending })
    }

    /// The operation's identity, which its packet carries.
    pub fn id(&self) -> OperationId {
        OperationId::of(self.record.address())
    }

    /// Whether the call that started the operation left it pending (WSA_IO_PENDING).
    pub fn was_pending(&self) -> bool {
        self.was_pending
    }

    /// Whether the operation is over: its event is signalled, or its packet was taken.
    pub fn is_over(&self) -> bool {
        self.record.is_over()
    }

    /// Waits for the end; `false` when `limit` passed first.
    ///
    /// # Errors
    /// WSAEINVAL: the operation is reported to a port, where its packet has to be taken.
    pub fn wait(&self, limit: Option<Duration>) -> Result<bool, WsaError> {
        self.record.event().ok_or(WsaError::WSAEINVAL)?.wait(limit)
    }

    /// Waits for the end of any of up to [`Event::ANY_MAX`] operations; tells which, or `None`
    /// when `limit` passed first.
    ///
    /// # Errors
    /// WSAEINVAL: one is reported to a port; else as [`Event::wait_any`].
    pub fn wait_any<'a>(
        operations: impl IntoIterator<Item = &'a Operation>,
        limit: Option<Duration>,
    ) -> Result<Option<usize>, WsaError> {
        let events = operations.into_iter().map(|operation| operation.record.event());
        let events: Option<Vec<&Event>> = events.collect();
        Event::wait_any(events.ok_or(WsaError::WSAEINVAL)?, limit)
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
        let result = self.record.result();
        // SAFETY: the operation is over, and `self` is its one `Operation`.
        let buffer = unsafe { self.record.take_buffer() };
        Ok(Completion { result, buffer })
    }

    /// Waits for the end and takes the result: [`wait`](Self::wait), then [`take`](Self::take).
    ///
    /// # Errors
    /// WSAEINVAL: the operation is reported to a port.
    pub fn join(self) -> Result<Completion, WsaError> {
        self.wait(None)?;
        self.take().map_err(|_| WsaError::WSA_IO_INCOMPLETE)
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        if self.record.is_over() {
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
