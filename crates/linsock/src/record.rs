//! What an operation and the kernel share: the OVERLAPPED and the buffer.

use crate::error::{NtStatus, WsaError};
use crate::event::Event;
use crate::sys::Win32::System::IO::OVERLAPPED;
use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// One operation's memory. Nobody but the kernel touches `overlapped` and `buffer` from the start
/// of the operation until it [`is_over`](Record::is_over); afterwards the kernel touches neither,
/// and `buffer` belongs to the one `Operation`.
// The OVERLAPPED stands first, so that its address is the record's.
#[repr(C)]
pub(crate) struct Record {
    overlapped: UnsafeCell<OVERLAPPED>,
    buffer: UnsafeCell<Vec<u8>>,
    end: End,
}

/// How the end of the operation becomes known.
enum End {
    /// This event, which nobody else knows of, is signalled.
    Event(Event),
    /// A completion port's packet was taken.
    Packet(AtomicBool),
}

// SAFETY: `overlapped` and `buffer` have one user at a time, as the type's comment says; the hand-over
// is ordered by the event or by `End::Packet`'s release and acquire. `hEvent` is a number.
unsafe impl Send for Record {}
// SAFETY: as above; everything else in it is Sync.
unsafe impl Sync for Record {}

impl Record {
    /// A record for an operation that signals `event`, or else queues a packet.
    pub(crate) fn new(buffer: Vec<u8>, event: Option<Event>) -> Arc<Record> {
        let mut overlapped = OVERLAPPED::default();
        let end = match event {
            Some(event) => {
                // The low bit keeps the packet away from the socket's port, if it has one.
                overlapped.hEvent = event.handle().map_addr(|handle| handle | 1);
                End::Event(event)
            }
            None => End::Packet(AtomicBool::new(false)),
        };
        Arc::new(Record {
            overlapped: UnsafeCell::new(overlapped),
            buffer: UnsafeCell::new(buffer),
            end,
        })
    }

    /// The address under which the operation is known.
    pub(crate) fn address(self: &Arc<Self>) -> *mut OVERLAPPED {
        Arc::as_ptr(self).cast_mut().cast()
    }

    /// Where the buffer's bytes are, and how many.
    pub(crate) fn bytes(&mut self) -> (*mut u8, usize) {
        let buffer = self.buffer.get_mut();
        (buffer.as_mut_ptr(), buffer.len())
    }

    /// The event that tells of the end, if an event does.
    pub(crate) fn event(&self) -> Option<&Event> {
        match &self.end {
            End::Event(event) => Some(event),
            End::Packet(_) => None,
        }
    }

    /// Gives the operation a reference of its own, which comes back with its packet.
    pub(crate) fn lend(self: &Arc<Self>) -> *mut OVERLAPPED {
        Arc::into_raw(Arc::clone(self)).cast_mut().cast()
    }

    /// Takes back the reference that an operation had.
    ///
    /// # Safety
    /// `overlapped` came from [`lend`](Self::lend) and was not taken back before; no packet with
    /// it will come any more.
    pub(crate) unsafe fn take_back(overlapped: *mut OVERLAPPED) -> Arc<Record> {
        // SAFETY: the pointer came from Arc::into_raw, whose count it still holds.
        unsafe { Arc::from_raw(overlapped.cast::<Record>()) }
    }

    /// Tells the operation's owner that its packet was taken.
    pub(crate) fn packet_taken(&self) {
        if let End::Packet(taken) = &self.end {
            taken.store(true, Ordering::Release);
        }
    }

    /// Whether the operation is over: the kernel will not touch the record again.
    pub(crate) fn is_over(&self) -> bool {
        match &self.end {
            End::Event(event) => event.wait(Some(std::time::Duration::ZERO)) == Ok(true),
            End::Packet(taken) => taken.load(Ordering::Acquire),
        }
    }

    /// How the operation ended: the bytes transferred, or the error. Only once it is over.
    pub(crate) fn result(&self) -> Result<u32, WsaError> {
        let overlapped = self.overlapped.get();
        // SAFETY: the record is alive, and both fields are aligned numbers that whoever completes
        // the operation wrote before the end became known.
        let (status, bytes) = unsafe {
            (
                AtomicUsize::from_ptr(&raw mut (*overlapped).Internal).load(Ordering::Acquire),
                AtomicUsize::from_ptr(&raw mut (*overlapped).InternalHigh).load(Ordering::Relaxed),
            )
        };
        let status = NtStatus(status as u32 as i32);
        if status.is_success() {
            return Ok(bytes as u32);
        }
        match status.to_wsa() {
            // A status that Winsock does not count as an error.
            WsaError(0) => Ok(bytes as u32),
            error => Err(error),
        }
    }

    /// The buffer, for the one owner of an operation that is over.
    ///
    /// # Safety
    /// The operation [`is_over`](Self::is_over), and the caller is its one `Operation`.
    pub(crate) unsafe fn take_buffer(&self) -> Vec<u8> {
        // SAFETY: by the caller's promise nobody else looks at the buffer.
        std::mem::take(unsafe { &mut *self.buffer.get() })
    }
}
