//! What an operation and the kernel share: the OVERLAPPED and the memory.

use crate::completion::Completion;
use crate::error::{NtStatus, WsaError};
use crate::event::Event;
use crate::memory::Memory;
use crate::sys::Win32::System::IO::OVERLAPPED;
use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, ThreadId};

/// One operation's memory. Nobody but the kernel touches `overlapped` and `memory` from the start
/// of the operation until it [`is_over`](Record::is_over); afterwards the kernel touches neither,
/// and `memory` belongs to the one `Operation`, or to what runs in its place.
// The OVERLAPPED stands first, so that its address is the record's.
#[repr(C)]
pub(crate) struct Record {
    overlapped: UnsafeCell<OVERLAPPED>,
    memory: UnsafeCell<Memory>,
    pub end: End,
}

/// How the end of the operation becomes known.
pub(crate) enum End {
    /// This event, which nobody else knows of, is signalled.
    Event(Event),
    /// A completion port's packet was taken.
    Packet(AtomicBool),
    /// The completion routine ran.
    Routine(Routine),
}

/// The end of an operation that has a completion routine.
pub(crate) struct Routine {
    /// The thread that started the operation: the routine runs there and nowhere else.
    thread: ThreadId,
    ran: AtomicBool,
    /// Touched on `thread` alone.
    then: UnsafeCell<Option<Then>>,
}

/// What a routine is to run.
pub(crate) type Then = Box<dyn FnOnce(Completion)>;

// SAFETY: `overlapped` and `memory` have one user at a time, as the type's comment says; the hand-over
// is ordered by the event, or by a release and acquire of `Packet` or `ran`. `Routine::then` is looked at by
// its thread alone: it is set there, and whoever set it gave up the operation, so that the last
// reference is the routine's own, which takes it out there too. Handles and pointers are numbers.
unsafe impl Send for Record {}
// SAFETY: as above; everything else in it is Sync.
unsafe impl Sync for Record {}

impl End {
    pub fn packet() -> Self {
        End::Packet(AtomicBool::new(false))
    }

    /// A routine of the calling thread's.
    pub fn routine() -> Self {
        End::Routine(Routine {
            thread: thread::current().id(),
            ran: AtomicBool::new(false),
            then: UnsafeCell::new(None),
        })
    }
}

impl Routine {
    /// Whether the calling thread is the one on which the routine runs.
    pub fn is_here(&self) -> bool {
        thread::current().id() == self.thread
    }

    /// Gives the routine something to run; `false`, and nothing was done, if it ran already or
    /// the thread is the wrong one.
    pub fn set_then(&self, then: Then) -> bool {
        if !self.is_here() || self.ran.load(Ordering::Relaxed) {
            return false;
        }
        // SAFETY: only this thread touches it, and no routine runs in the middle of this.
        unsafe { *self.then.get() = Some(then) };
        true
    }
}

impl Record {
    /// A record for an operation that ends as `end` says, on a file from `offset` on if on any.
    pub fn new(memory: Memory, offset: u64, end: End) -> Arc<Record> {
        let mut overlapped = OVERLAPPED::default();
        overlapped.Anonymous.Anonymous.Offset = offset as u32;
        overlapped.Anonymous.Anonymous.OffsetHigh = (offset >> 32) as u32;
        if let End::Event(event) = &end {
            // The low bit keeps the packet away from the socket's port, if it has one.
            overlapped.hEvent = event.handle().map_addr(|handle| handle | 1);
        }
        Arc::new(Record {
            overlapped: UnsafeCell::new(overlapped),
            memory: UnsafeCell::new(memory),
            end,
        })
    }

    /// The address under which the operation is known.
    pub fn address(self: &Arc<Self>) -> *mut OVERLAPPED {
        Arc::as_ptr(self).cast_mut().cast()
    }

    /// The memory, for whoever may use it.
    pub fn memory(&self) -> *mut Memory {
        self.memory.get()
    }

    /// The event that tells of the end, if an event does.
    pub fn event(&self) -> Option<&Event> {
        match &self.end {
            End::Event(event) => Some(event),
            End::Packet(_) | End::Routine(_) => None,
        }
    }

    /// Gives the operation a reference of its own, which comes back with its packet or routine.
    pub fn lend(self: &Arc<Self>) -> *mut OVERLAPPED {
        Arc::into_raw(Arc::clone(self)).cast_mut().cast()
    }

    /// Takes back the reference that an operation had.
    ///
    /// # Safety
    /// `overlapped` came from [`lend`](Self::lend) and was not taken back before; neither packet
    /// nor routine with it will come any more.
    pub unsafe fn take_back(overlapped: *mut OVERLAPPED) -> Arc<Record> {
        // SAFETY: the pointer came from Arc::into_raw, whose count it still holds.
        unsafe { Arc::from_raw(overlapped.cast::<Record>()) }
    }

    /// Tells the operation's owner that its packet was taken.
    pub fn packet_taken(&self) {
        if let End::Packet(taken) = &self.end {
            taken.store(true, Ordering::Release);
        }
    }

    /// Whether the operation is over: the kernel will not touch the record again.
    pub fn is_over(&self) -> bool {
        match &self.end {
            End::Event(event) => event.wait(Some(std::time::Duration::ZERO)) == Ok(true),
            End::Packet(taken) => taken.load(Ordering::Acquire),
            End::Routine(routine) => routine.ran.load(Ordering::Acquire),
        }
    }

    /// How the operation ended: the bytes transferred, or the error. Only once it is over.
    pub fn result(&self) -> Result<u32, WsaError> {
        let overlapped = self.overlapped.get();
        // SAFETY: the record is alive; the field is an aligned number that whoever completes the
        // operation wrote before the status.
        let (status, bytes) = unsafe {
            (
                status(overlapped),
                AtomicUsize::from_ptr(&raw mut (*overlapped).InternalHigh).load(Ordering::Relaxed),
            )
        };
        if status.is_success() {
            return Ok(bytes as u32);
        }
        match status.to_wsa() {
            // A status that Winsock does not count as an error.
            WsaError(0) => Ok(bytes as u32),
            error => Err(error),
        }
    }

    /// The memory, for the one owner of an operation that is over.
    ///
    /// # Safety
    /// The operation [`is_over`](Self::is_over), and the caller is its one `Operation`, or what
    /// the routine runs in place of one.
    pub unsafe fn take_memory(&self) -> Memory {
        // SAFETY: by the caller's promise nobody else looks at the memory.
        std::mem::take(unsafe { &mut *self.memory.get() })
    }
}

/// The status of an operation as it stands.
///
/// # Safety
/// The OVERLAPPED is alive.
pub(crate) unsafe fn status(overlapped: *mut OVERLAPPED) -> NtStatus {
    // SAFETY: the field is an aligned number; whoever completes the operation writes it last.
    let status = unsafe { AtomicUsize::from_ptr(&raw mut (*overlapped).Internal) };
    NtStatus(status.load(Ordering::Acquire) as u32 as i32)
}

/// The one completion routine. A panic of what it runs ends the process: this function cannot
/// unwind, because its caller may be C.
///
/// # Safety
/// Winsock calls it, once for each operation that was started with it and a lent OVERLAPPED.
pub(crate) unsafe extern "system" fn routine(
    _error: u32,
    _bytes: u32,
    overlapped: *mut OVERLAPPED,
    _flags: u32,
) {
    // SAFETY: an operation's routine runs exactly once.
    let record = unsafe { Record::take_back(overlapped) };
    let End::Routine(end) = &record.end else { return };
    // SAFETY: Winsock calls it on the thread that started the operation.
    let then = unsafe { (*end.then.get()).take() };
    end.ran.store(true, Ordering::Release);
    if let Some(then) = then {
        // SAFETY: it is over, and its `Operation` was given up for `then`.
        let memory = unsafe { record.take_memory() };
        let completion = Completion::new(record.result(), memory);
        // The operation's memory is free while `then` runs.
        drop(record);
        then(completion);
    }
}
