//! Operations of a long run: each is started, and ends exactly once, by a packet.

use crate::ledger::Answer;
use crate::winsock::{self, call};
use linsock_sys::Win32::Networking::WinSock::*;
use linsock_sys::Win32::System::IO::*;
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The most that one operation moves.
pub const BLOCK_BYTES: usize = 16 << 10;

/// A place for one operation at a time. Never freed.
#[repr(C)]
pub struct Slot {
    overlapped: UnsafeCell<OVERLAPPED>,
    /// Whose it is: a number that its owner gives a meaning.
    pub owner: usize,
    pub buffer: Mutex<Box<[u8]>>,
    pending: AtomicBool,
}

// SAFETY: the OVERLAPPED is shared with the library, as its contract says; the rest is guarded.
unsafe impl Sync for Slot {}
// SAFETY: as above.
unsafe impl Send for Slot {}

/// What was counted and found.
#[derive(Default)]
pub struct Book {
    pub started: AtomicU64,
    pub ended: AtomicU64,
    pub failed: AtomicU64,
    pub bytes: AtomicU64,
    pub connections: AtomicU64,
    pub reuses: AtomicU64,
    pub resets: AtomicU64,
    pub retries: AtomicU64,
    findings: Mutex<Vec<String>>,
}

pub fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Book {
    /// Notes what breaks a rule.
    pub fn find(&self, what: String) {
        let mut findings = lock(&self.findings);
        // One cause has many effects.
        if findings.len() < 20 {
            findings.push(what);
        }
    }

    pub fn findings(&self) -> Vec<String> {
        lock(&self.findings).clone()
    }

    /// Operations that go on.
    pub fn pending(&self) -> u64 {
        self.started.load(Ordering::SeqCst).wrapping_sub(self.ended.load(Ordering::SeqCst))
    }
}

pub fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Slot {
    pub fn new(owner: usize, bytes: usize) -> &'static Self {
        Box::leak(Box::new(Slot {
            overlapped: UnsafeCell::default(),
            owner,
            buffer: Mutex::new(vec![0; bytes].into_boxed_slice()),
            pending: AtomicBool::new(false),
        }))
    }

    /// Where the data is. Only who has no operation on it may touch it.
    pub fn address(&self) -> *mut u8 {
        lock(&self.buffer).as_mut_ptr()
    }

    /// Starts an operation; `Err`: it was refused, and why.
    pub fn start(
        &self,
        book: &Book,
        call: impl FnOnce(*mut OVERLAPPED) -> Answer,
    ) -> Result<(), i32> {
        if self.pending.swap(true, Ordering::SeqCst) {
            book.find("the test started a second operation".to_owned());
        }
        // SAFETY: no operation has it.
        unsafe { *self.overlapped.get() = OVERLAPPED::default() };
        book.started.fetch_add(1, Ordering::SeqCst);
        // It may have ended, and been heard of, before this returns.
        match call(self.overlapped.get()) {
            Answer::Pending | Answer::Done => Ok(()),
            Answer::Failed(error) => {
                book.started.fetch_sub(1, Ordering::SeqCst);
                self.pending.store(false, Ordering::SeqCst);
                Err(error)
            }
        }
    }

    pub fn receive(&self, book: &Book, s: SOCKET) -> Result<(), i32> {
        let room = lock(&self.buffer).len() as u32;
        let one = WSABUF { len: room, buf: self.address() };
        let mut flags = 0;
        self.start(book, |ov| {
            let (one, none) = (&raw const one, ptr::null_mut());
            Answer::of_status(call!(WSARecv(s, one, 1, none, &raw mut flags, ov, None)))
        })
    }

    pub fn send(&self, book: &Book, s: SOCKET, bytes: usize) -> Result<(), i32> {
        let one = WSABUF { len: bytes as u32, buf: self.address() };
        self.start(book, |ov| {
            let (one, none) = (&raw const one, ptr::null_mut());
            Answer::of_status(call!(WSASend(s, one, 1, none, 0, ov, None)))
        })
    }
}

/// An operation's end, as a port tells it.
pub struct Packet {
    pub slot: &'static Slot,
    pub bytes: usize,
    pub failed: bool,
}

/// What came out of a port.
pub enum News {
    Ended(Packet),
    /// What the test posted itself.
    Posted(usize),
}

/// Takes what a port has; `seen` hears of each.
pub fn take(book: &Book, port: HANDLE, ms: u32, mut seen: impl FnMut(News)) {
    let mut entries = [OVERLAPPED_ENTRY::default(); 16];
    let mut count = 0;
    let room = entries.len() as u32;
    let taken =
        call!(GetQueuedCompletionStatusEx(port, entries.as_mut_ptr(), room, &raw mut count, ms, 0));
    if taken == 0 {
        return;
    }
    for entry in &entries[..count as usize] {
        if entry.lpOverlapped.is_null() {
            seen(News::Posted(entry.lpCompletionKey));
            continue;
        }
        // SAFETY: the operations of these ports are all of slots, which begin with their OVERLAPPED and are never freed.
        let slot: &'static Slot = unsafe { &*entry.lpOverlapped.cast::<Slot>() };
        book.ended.fetch_add(1, Ordering::SeqCst);
        if !slot.pending.swap(false, Ordering::SeqCst) {
            book.find(format!("an operation of {} ended that was not started", slot.owner));
            continue;
        }
        let failed = entry.Internal != 0;
        if failed {
            add(&book.failed);
        }
        let bytes = entry.dwNumberOfBytesTransferred as usize;
        seen(News::Ended(Packet { slot, bytes, failed }));
    }
}

/// Posts a number to a port.
pub fn post(port: HANDLE, number: usize) {
    call!(PostQueuedCompletionStatus(port, 0, number, ptr::null()));
}

/// A socket that reports to a port.
pub fn reports_to(s: SOCKET, port: HANDLE) -> SOCKET {
    if s != INVALID_SOCKET {
        call!(CreateIoCompletionPort(ptr::without_provenance_mut(s), port, 1, 0));
    }
    s
}

/// A socket of its own kind for AcceptEx.
pub fn unbound() -> SOCKET {
    call!(socket(AF_INET.into(), SOCK_STREAM, 0))
}

pub fn close(s: SOCKET, book: &Book) {
    if call!(closesocket(s)) != 0 {
        book.find(format!("closesocket: {}", winsock::last_error()));
    }
}
