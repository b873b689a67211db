//! Completion ports.

use crate::error::{Win32Error, WsaError, last_win32};
use crate::operation::{Operation, OperationId};
use crate::record::Record;
use crate::socket::Socket;
use crate::startup::startup;
use crate::sys::Win32::Foundation::{CloseHandle, HANDLE, INVALID_HANDLE_VALUE};
use crate::sys::Win32::System::IO::{
    CreateIoCompletionPort, GetQueuedCompletionStatus, GetQueuedCompletionStatusEx, OVERLAPPED,
    OVERLAPPED_ENTRY, PostQueuedCompletionStatus,
};
use crate::time::milliseconds;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// Packets taken by one call of [`CompletionPort::get_many`], at most; its documentation names the
/// number.
const BATCH_MAX: usize = 64;
/// How long the last owner of a port waits for the packets of operations that it saw ended.
const DRAIN_SECONDS_MAX: u64 = 1;

/// A queue of completion packets.
///
/// ```
/// use linsock::CompletionPort;
///
/// # fn main() -> Result<(), linsock::Win32Error> {
/// let port = CompletionPort::new(0)?;
/// let worker = port.clone();
/// let thread = std::thread::spawn(move || worker.get(None));
/// port.post(5, 42)?;
/// let packet = thread.join().expect("it does not panic")?.expect("no time limit was given");
/// assert_eq!((packet.result, packet.key), (Ok(5), 42));
/// # Ok(())
/// # }
/// ```
///
/// Clones are the same port, for several threads to take packets from. The port is closed when
/// every clone and every associated socket is gone (P-036).
#[derive(Clone, Debug)]
pub struct CompletionPort(Arc<Inner>);

/// What was taken from a port.
#[derive(Clone, Copy, Debug)]
pub struct Packet {
    /// The bytes transferred, or why the operation failed.
    pub result: Result<u32, WsaError>,
    /// The key that the socket was associated with, or that was posted.
    pub key: usize,
    /// The operation; none of a posted packet.
    pub operation: Option<OperationId>,
}

impl Packet {
    /// Whether this packet is the end of `operation`.
    pub fn is_of(&self, operation: &Operation) -> bool {
        self.operation == Some(operation.id())
    }
}

#[derive(Debug)]
pub(crate) struct Inner {
    handle: HANDLE,
    /// Operations that were started and whose packets were not taken.
    outstanding: AtomicUsize,
}

// SAFETY: `handle` is a number; every function on a port may be called from any thread.
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

impl CompletionPort {
    /// A new port on which `concurrency` threads may run at a time; 0 is one per processor.
    ///
    /// # Errors
    /// What CreateIoCompletionPort answers.
    pub fn new(concurrency: u32) -> Result<Self, Win32Error> {
        startup()?;
        // SAFETY: the documented way to make a port; no pointer is involved.
        let handle = unsafe {
            CreateIoCompletionPort(INVALID_HANDLE_VALUE, ptr::null_mut(), 0, concurrency)
        };
        if handle.is_null() {
            return Err(last_win32());
        }
        Ok(CompletionPort(Arc::new(Inner { handle, outstanding: AtomicUsize::new(0) })))
    }

    /// Associates `socket` with this port for good; its packets carry `key`.
    ///
    /// # Errors
    /// ERROR_INVALID_PARAMETER: it has a port already.
    pub fn associate(&self, socket: &Socket, key: usize) -> Result<(), Win32Error> {
        socket.set_port(&self.0, || {
            // SAFETY: both handles are open as long as their owners are.
            let port =
                unsafe { CreateIoCompletionPort(socket.raw() as HANDLE, self.0.handle, key, 0) };
            if port.is_null() { Err(last_win32()) } else { Ok(()) }
        })
    }

    /// Takes the oldest packet, or waits for one; `None` when `limit` passed first.
    ///
    /// # Errors
    /// What GetQueuedCompletionStatus answers.
    pub fn get(&self, limit: Option<Duration>) -> Result<Option<Packet>, Win32Error> {
        let mut bytes = 0;
        let mut key = 0;
        let mut overlapped: *mut OVERLAPPED = ptr::null_mut();
        // SAFETY: all three outputs are writable during the call.
        let success = unsafe {
            GetQueuedCompletionStatus(
                self.0.handle,
                &mut bytes,
                &mut key,
                &mut overlapped,
                milliseconds(limit),
            )
        };
        if !overlapped.is_null() {
            // SAFETY: the packet was just taken.
            return Ok(Some(unsafe { self.0.receive(overlapped, key) }));
        }
        if success != 0 {
            return Ok(Some(Packet { result: Ok(bytes), key, operation: None }));
        }
        none_in_time(last_win32())
    }

    /// Adds up to `max` packets to `packets`, and no more than 64 by one call, waiting for the first;
    /// tells how many. 0 when `limit` passed first.
    ///
    /// # Errors
    /// What GetQueuedCompletionStatusEx answers: ERROR_INVALID_PARAMETER for a `max` of 0.
    pub fn get_many(
        &self,
        packets: &mut Vec<Packet>,
        max: usize,
        limit: Option<Duration>,
    ) -> Result<usize, Win32Error> {
        let mut entries = [OVERLAPPED_ENTRY::default(); BATCH_MAX];
        let mut removed = 0;
        let room = max.min(BATCH_MAX);
        // SAFETY: `entries` has room for as many as are asked for.
        let success = unsafe {
            GetQueuedCompletionStatusEx(
                self.0.handle,
                entries.as_mut_ptr(),
                room as u32,
                &mut removed,
                milliseconds(limit),
                0,
            )
        };
        if success == 0 {
            return none_in_time(last_win32()).map(|none: Option<usize>| none.unwrap_or(0));
        }
        for entry in entries.iter().take(removed as usize) {
            let key = entry.lpCompletionKey;
            packets.push(if entry.lpOverlapped.is_null() {
                let bytes = entry.dwNumberOfBytesTransferred;
                Packet { result: Ok(bytes), key, operation: None }
            } else {
                // SAFETY: the packet was just taken.
                unsafe { self.0.receive(entry.lpOverlapped, key) }
            });
        }
        Ok(removed as usize)
    }

    /// Queues a packet of the program's own.
    ///
    /// # Errors
    /// What PostQueuedCompletionStatus answers.
    pub fn post(&self, bytes: u32, key: usize) -> Result<(), Win32Error> {
        self.0.post(bytes, key)
    }

    /// The port for somebody who does not keep it open.
    pub(crate) fn downgrade(&self) -> Weak<Inner> {
        Arc::downgrade(&self.0)
    }
}

/// A time limit that passed is no error.
fn none_in_time<T>(error: Win32Error) -> Result<Option<T>, Win32Error> {
    if error == Win32Error::WAIT_TIMEOUT { Ok(None) } else { Err(error) }
}

impl Inner {
    /// Gives up a reference on a thread that has other things to do: the last one waits for packets
    /// when it goes.
    pub(crate) fn let_go(self: Arc<Self>) {
        if let Some(last) = Arc::into_inner(self) {
            // Where no thread can be had it waits here.
            let _ = thread::Builder::new().name("linsock-port".into()).spawn(move || drop(last));
        }
    }

    pub(crate) fn post(&self, bytes: u32, key: usize) -> Result<(), Win32Error> {
        // SAFETY: a NULL OVERLAPPED is allowed, and tells these packets from operations'.
        let done = unsafe { PostQueuedCompletionStatus(self.handle, bytes, key, ptr::null()) };
        if done != 0 { Ok(()) } else { Err(last_win32()) }
    }

    /// Counts an operation that is about to start.
    pub(crate) fn begin(&self) {
        self.outstanding.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an operation whose packet was taken, or that was not started.
    pub(crate) fn end(&self) {
        self.outstanding.fetch_sub(1, Ordering::Release);
    }

    /// Makes a packet of what the queue gave, and lets the operation's owner know.
    ///
    /// # Safety
    /// The packet with `overlapped` was just taken from this port. Every OVERLAPPED at a port of
    /// this crate is one that [`Record::lend`] gave: only this crate's sockets are associated, and
    /// posted packets carry none.
    unsafe fn receive(&self, overlapped: *mut OVERLAPPED, key: usize) -> Packet {
        // SAFETY: an operation has exactly one packet, so this is the first time.
        let record = unsafe { Record::take_back(overlapped) };
        let result = record.result();
        record.packet_taken();
        self.end();
        Packet { result, key, operation: Some(OperationId::of(overlapped)) }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The sockets are closed, so every operation has ended or is about to (C-089). Taking
        // the packets frees the operations' memory; what does not come in time is leaked.
        let end = Instant::now() + Duration::from_secs(DRAIN_SECONDS_MAX);
        while self.outstanding.load(Ordering::Acquire) > 0 {
            let left = end.saturating_duration_since(Instant::now());
            let (mut bytes, mut key) = (0, 0);
            let mut overlapped: *mut OVERLAPPED = ptr::null_mut();
            // SAFETY: all three outputs are writable during the call, and the port is still open.
            let success = unsafe {
                GetQueuedCompletionStatus(
                    self.handle,
                    &mut bytes,
                    &mut key,
                    &mut overlapped,
                    milliseconds(Some(left)),
                )
            };
            if !overlapped.is_null() {
                // SAFETY: the packet was just taken.
                unsafe { self.receive(overlapped, key) };
            } else if success == 0 {
                break;
            }
        }
        // SAFETY: closed nowhere else.
        unsafe { CloseHandle(self.handle) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A port that waits for a packet when it goes, in vain.
    fn waiting() -> Arc<Inner> {
        let port = CompletionPort::new(0).unwrap().0;
        port.begin();
        port
    }

    #[test]
    fn who_lets_go_of_a_port_does_not_wait_for_its_packets() {
        let time = |end: fn(Arc<Inner>)| {
            let port = waiting();
            let begun = Instant::now();
            end(port);
            begun.elapsed()
        };
        let (dropped, let_go) = (time(drop), time(Inner::let_go));
        assert!(let_go < dropped / 4, "{let_go:?}, dropped in {dropped:?}");
    }

    #[test]
    fn a_port_that_another_has_stays_open() {
        let port = CompletionPort::new(0).unwrap();
        Arc::clone(&port.0).let_go();
        port.post(1, 2).unwrap();
        assert_eq!(port.get(None).unwrap().map(|packet| packet.key), Some(2));
    }
}
