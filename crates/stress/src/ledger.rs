//! The book of operations: what was started, how its end is to be told, how often it was told.
//!
//! A record begins with the OVERLAPPED that the operation is started with, and is never freed, so that whatever the library
//! does with it can be seen. Once the end was told the record is marked: nothing may write there any more.

use crate::winsock;
use linsock_sys::Win32::Foundation::HANDLE;
use linsock_sys::Win32::Networking::WinSock::OVERLAPPED;
use std::cell::UnsafeCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock};

/// STATUS_PENDING.
const PENDING: usize = 0x103;
const MARK: usize = 0x5a5a_5a5a_0bad_c0de;
const FILL: u8 = 0xdd;

/// What the starting call said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It goes on.
    Pending,
    /// It is done, and told of all the same.
    Done,
    /// It was not started: nobody is told.
    Failed(i32),
}

impl Answer {
    /// From a BOOL.
    pub fn of_bool(result: i32) -> Self {
        if result != 0 { Answer::Done } else { Answer::of_error(winsock::last_error()) }
    }

    /// From 0 or SOCKET_ERROR.
    pub fn of_status(result: i32) -> Self {
        if result == 0 { Answer::Done } else { Answer::of_error(winsock::last_error()) }
    }

    fn of_error(error: i32) -> Self {
        match error {
            997 => Answer::Pending,
            error => Answer::Failed(error),
        }
    }
}

/// How the end is told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Telling {
    /// By a packet with this key.
    pub packet: Option<usize>,
    /// By no packet if it was done at once.
    pub skips: bool,
    /// By an event.
    pub event: bool,
    /// By a routine on this thread.
    pub routine: Option<usize>,
    /// Its socket may have got a port meanwhile, which changes all this.
    pub unsure: Option<&'static AtomicBool>,
}

const FRESH: u32 = 0;
const FAILED: u32 = 1;
const STARTED: u32 = 2;
const DONE_AT_ONCE: u32 = 3;

/// A record.
#[repr(C)]
pub struct Op {
    overlapped: UnsafeCell<OVERLAPPED>,
    /// What it is.
    pub kind: &'static str,
    buffer: *mut u8,
    len: usize,
    telling: Telling,
    event: HANDLE,
    state: AtomicU32,
    /// Not sure: the socket was closed, or given a port, while the call ran.
    vague: AtomicBool,
    told: AtomicU32,
    /// What Internal held when the end was told.
    status: AtomicUsize,
    /// And InternalHigh.
    #[cfg_attr(not(linsock_fault), allow(dead_code))]
    moved: AtomicUsize,
    /// The end was told by somebody else's key, or by a packet instead of a routine.
    otherwise: AtomicBool,
}

// SAFETY: the OVERLAPPED and the buffer are shared with the library, as its contract says; the rest is atomic or constant.
unsafe impl Sync for Op {}
// SAFETY: as above.
unsafe impl Send for Op {}

impl Op {
    /// The OVERLAPPED for the call.
    pub fn overlapped(&self) -> *mut OVERLAPPED {
        self.overlapped.get()
    }

    /// The data of the call.
    pub fn buffer(&self) -> *mut u8 {
        self.buffer
    }

    /// Its length.
    pub fn len(&self) -> usize {
        self.len
    }

    fn internal(&self) -> usize {
        let pointer = self.overlapped.get();
        // SAFETY: the record stays; the field is written atomically by the library.
        unsafe { AtomicUsize::from_ptr(&raw mut (*pointer).Internal) }.load(Ordering::Acquire)
    }

    fn count(&self) -> usize {
        let pointer = self.overlapped.get();
        // SAFETY: the record stays; nobody writes the field once the end was told.
        unsafe { (&raw const (*pointer).InternalHigh).read_volatile() }
    }

    /// Whether the record says that the operation goes on.
    pub fn is_pending(&self) -> bool {
        self.internal() == PENDING
    }

    /// The event of the operation, if it has one.
    pub fn event(&self) -> HANDLE {
        self.event
    }

    /// What the starting call said; `vague` if its socket did not stay as it was.
    pub fn answered(&self, answer: Answer, vague: bool) {
        if vague {
            self.vague.store(true, Ordering::Relaxed);
        }
        let sends = ["WSASend", "WriteFile"].contains(&self.kind);
        let state = match answer {
            Answer::Pending => STARTED,
            Answer::Done => DONE_AT_ONCE,
            // A datagram longer than its buffers is an error and yet the end of a receive. One too long to send is not
            // even begun.
            Answer::Failed(10040 | 234) if !sends => DONE_AT_ONCE,
            Answer::Failed(_) => FAILED,
        };
        self.state.store(state, Ordering::Release);
    }

    /// The rules say less of it.
    pub fn is_vague(&self) -> bool {
        self.vague.load(Ordering::Relaxed)
            || self.telling.unsure.is_some_and(|unsure| unsure.load(Ordering::SeqCst))
    }

    /// Whether a routine tells of the end.
    pub fn has_routine(&self) -> bool {
        self.telling.routine.is_some()
    }

    fn expects_telling(&self) -> bool {
        let state = self.state.load(Ordering::Acquire);
        let by_packet =
            self.telling.packet.is_some() && !(self.telling.skips && state == DONE_AT_ONCE);
        matches!(state, STARTED | DONE_AT_ONCE) && (by_packet || self.telling.routine.is_some())
    }

    /// Whether it was started and goes on.
    fn is_running(&self) -> bool {
        matches!(self.state.load(Ordering::Acquire), STARTED | DONE_AT_ONCE) && self.is_pending()
    }

    /// Whether all that is to come has come.
    pub fn is_settled(&self) -> bool {
        if self.is_vague() {
            return true;
        }
        match self.state.load(Ordering::Acquire) {
            STARTED | DONE_AT_ONCE => {
                !self.is_pending()
                    && (!self.expects_telling() || self.told.load(Ordering::Acquire) > 0)
            }
            _ => true,
        }
    }

    fn describe(&self) -> String {
        format!(
            "{} (state {}, told {}, Internal {:#x}, {:?}{})",
            self.kind,
            self.state.load(Ordering::Relaxed),
            self.told.load(Ordering::Relaxed),
            self.internal(),
            self.telling,
            if self.is_vague() { ", vague" } else { "" }
        )
    }

    /// The end is told: everything is checked that holds now, and the record marked.
    fn tell(&self, how: &str, key: Option<usize>, bytes: usize) {
        let book = ledger();
        let before = self.told.fetch_add(1, Ordering::AcqRel);
        if before > 0 {
            book.find(format!("told {} times, now by {how}: {}", before + 1, self.describe()));
            return;
        }
        let internal = self.internal();
        if internal == PENDING {
            book.find(format!("told by {how} while Internal says pending: {}", self.describe()));
        }
        if key != self.telling.packet {
            // Judged later: the starting call may not have returned, and its number be somebody else's by now.
            self.otherwise.store(true, Ordering::Relaxed);
        }
        let count = self.count();
        // A file is no part of the buffer.
        let room = if self.kind == "TransmitFile" { usize::MAX } else { self.len };
        if count != bytes || bytes > room {
            let text = self.describe();
            book.find(format!(
                "{how}: {bytes} bytes, InternalHigh {count}, room {}: {text}",
                self.len
            ));
        }
        self.status.store(internal, Ordering::Relaxed);
        self.moved.store(count, Ordering::Relaxed);
        let pointer = self.overlapped.get();
        // SAFETY: the operation is over, so the record and its buffer belong to the program again.
        unsafe {
            (&raw mut (*pointer).InternalHigh).write_volatile(MARK);
            std::ptr::write_bytes(self.buffer, FILL, self.len);
        }
    }

    /// After everything has ended.
    fn audit(&self) {
        let book = ledger();
        let told = self.told.load(Ordering::Acquire);
        let state = self.state.load(Ordering::Acquire);
        if told > 0 {
            let changed =
                self.internal() != self.status.load(Ordering::Relaxed) || self.count() != MARK;
            // SAFETY: the buffer belongs to the program since the end was told.
            let bytes = unsafe { std::slice::from_raw_parts(self.buffer, self.len) };
            if changed {
                book.find(format!(
                    "OVERLAPPED written after the end was told: {}",
                    self.describe()
                ));
            }
            if let Some(at) = bytes.iter().position(|&byte| byte != FILL) {
                book.find(format!(
                    "buffer written at {at} after the end was told: {}",
                    self.describe()
                ));
            }
        }
        match state {
            FAILED if told > 0 => {
                book.find(format!("told of though it was not started: {}", self.describe()));
            }
            _ if self.is_vague() => {}
            _ if self.otherwise.load(Ordering::Relaxed) => {
                book.find(format!("told in another way than was due: {}", self.describe()));
            }
            STARTED | DONE_AT_ONCE => {
                if self.is_pending() {
                    book.find(format!("never ended: {}", self.describe()));
                } else if self.expects_telling() != (told > 0) {
                    book.find(format!("ended, but told {told} times: {}", self.describe()));
                }
                if self.telling.event && !is_set(self.event) {
                    book.find(format!("ended, but its event is not set: {}", self.describe()));
                }
            }
            _ => {}
        }
    }
}

/// What scenarios ask.
#[cfg(linsock_fault)]
impl Op {
    /// The status that it ended with.
    pub fn status(&self) -> usize {
        match self.told.load(Ordering::Acquire) {
            0 => self.internal(),
            _ => self.status.load(Ordering::Relaxed),
        }
    }

    /// Whether the starting call took it.
    pub fn was_started(&self) -> bool {
        matches!(self.state.load(Ordering::Acquire), STARTED | DONE_AT_ONCE)
    }

    /// Whether it ended without an error.
    pub fn succeeded(&self) -> bool {
        self.was_started() && self.status() == 0
    }

    /// Bytes that it moved, once it has ended.
    pub fn bytes(&self) -> usize {
        match self.told.load(Ordering::Acquire) {
            0 => self.count(),
            _ => self.moved.load(Ordering::Relaxed),
        }
    }
}

fn is_set(event: HANDLE) -> bool {
    use linsock_sys::Win32::System::Threading::WaitForSingleObject;
    winsock::call!(WaitForSingleObject(event, 0)) == 0
}

/// The book of this process.
#[derive(Default)]
pub struct Ledger {
    ops: Mutex<HashMap<usize, &'static Op>>,
    findings: Mutex<Vec<String>>,
    /// Packets that were posted without an OVERLAPPED, and those that came.
    pub posted: AtomicUsize,
    pub arrived: AtomicUsize,
    /// Ends that were told.
    pub tellings: AtomicUsize,
    /// The number, from 1, of a thread that ends before its operations do.
    leaver: AtomicUsize,
    /// Everything was ended at once: numbers may have other owners than their users think.
    vague: AtomicBool,
}

/// The book of this process.
pub fn ledger() -> &'static Ledger {
    static LEDGER: OnceLock<Ledger> = OnceLock::new();
    LEDGER.get_or_init(Ledger::default)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The key of packets that were posted without an OVERLAPPED.
pub const POSTED: usize = 0x7057;

impl Ledger {
    /// Writes down an operation that is about to be started. `low_bit`: no packet is wanted.
    pub fn open(
        &self,
        kind: &'static str,
        data: Vec<u8>,
        telling: Telling,
        low_bit: bool,
    ) -> &'static Op {
        let data = Box::leak(data.into_boxed_slice());
        let event = if telling.event { winsock::event() } else { std::ptr::null_mut() };
        let handle = match telling.routine {
            // The caller's own then, and left alone.
            Some(_) => std::ptr::without_provenance_mut(0x1234_5677),
            None if low_bit => event.map_addr(|address| address | 1),
            None => event,
        };
        let overlapped = OVERLAPPED { hEvent: handle, ..OVERLAPPED::default() };
        let leaves = |thread: usize| thread + 1 == self.leaver.load(Ordering::Relaxed);
        let vague = telling.routine.is_some_and(leaves) || self.vague.load(Ordering::SeqCst);
        let op: &'static Op = Box::leak(Box::new(Op {
            overlapped: UnsafeCell::new(overlapped),
            kind,
            buffer: data.as_mut_ptr(),
            len: data.len(),
            telling,
            event,
            state: AtomicU32::new(FRESH),
            vague: AtomicBool::new(vague),
            told: AtomicU32::new(0),
            status: AtomicUsize::new(0),
            moved: AtomicUsize::new(0),
            otherwise: AtomicBool::new(false),
        }));
        lock(&self.ops).insert(op.overlapped.get().addr(), op);
        op
    }

    /// Notes what breaks a rule.
    pub fn find(&self, what: String) {
        lock(&self.findings).push(what);
    }

    /// What was noted.
    pub fn findings(&self) -> Vec<String> {
        lock(&self.findings).clone()
    }

    /// One of the operations.
    pub fn some(&self, number: usize) -> Option<&'static Op> {
        let ops = lock(&self.ops);
        if ops.is_empty() { None } else { ops.values().nth(number % ops.len()).copied() }
    }

    /// How many operations were written down.
    pub fn len(&self) -> usize {
        lock(&self.ops).len()
    }

    /// A packet came out of a port.
    pub fn packet(&self, key: usize, overlapped: usize, bytes: u32) {
        self.tellings.fetch_add(1, Ordering::Relaxed);
        if overlapped == 0 && key == POSTED {
            self.arrived.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let op = lock(&self.ops).get(&overlapped).copied();
        match op {
            Some(op) => op.tell("packet", Some(key), bytes as usize),
            None => self.find(format!(
                "a packet that nobody caused: key {key:#x}, {overlapped:#x}, {bytes}"
            )),
        }
    }

    /// A routine was called.
    pub fn routine(&self, overlapped: usize, bytes: u32, thread: usize) {
        self.tellings.fetch_add(1, Ordering::Relaxed);
        let op = lock(&self.ops).get(&overlapped).copied();
        match op {
            Some(op) => {
                if op.telling.routine != Some(thread) {
                    self.find(format!("routine on thread {thread}: {}", op.describe()));
                }
                op.tell("routine", None, bytes as usize);
            }
            None => self.find(format!("a routine that nobody caused: {overlapped:#x}, {bytes}")),
        }
    }

    /// Looks at each.
    pub fn each(&self, look: impl FnMut(&'static Op)) {
        let ops: Vec<&'static Op> = lock(&self.ops).values().copied().collect();
        ops.into_iter().for_each(look);
    }

    /// Whether all that is to come has come, but for routines: those are for their threads to run.
    pub fn is_settled(&self) -> bool {
        self.posted.load(Ordering::Relaxed) == self.arrived.load(Ordering::Relaxed)
            && lock(&self.ops).values().all(|op| match op.has_routine() {
                true => op.is_vague() || !op.is_running(),
                false => op.is_settled(),
            })
    }

    /// Whether all routines of a thread were called.
    pub fn is_settled_on(&self, thread: usize) -> bool {
        let ops = lock(&self.ops);
        ops.values().filter(|op| op.telling.routine == Some(thread)).all(|op| op.is_settled())
    }

    /// The thread ends early: its routines may not be called.
    pub fn make_routines_vague(&self, thread: usize) {
        self.leaver.store(thread + 1, Ordering::Relaxed);
    }

    /// No more is said for sure of any operation: the program ends everything at once.
    pub fn make_vague(&self) {
        self.vague.store(true, Ordering::SeqCst);
        for op in lock(&self.ops).values() {
            op.vague.store(true, Ordering::Relaxed);
        }
    }

    /// What was started, a line a kind: never answered, refused, pending, done at once.
    pub fn table(&self) -> String {
        let mut rows: std::collections::BTreeMap<&str, [u32; 4]> = Default::default();
        for op in lock(&self.ops).values() {
            rows.entry(op.kind).or_default()[op.state.load(Ordering::Relaxed) as usize & 3] += 1;
        }
        rows.iter()
            .map(|(kind, counts)| format!("{kind}: {counts:?}"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The last look: notes every rule that does not hold.
    pub fn audit(&self) {
        self.each(Op::audit);
        let (posted, arrived) =
            (self.posted.load(Ordering::Relaxed), self.arrived.load(Ordering::Relaxed));
        if posted != arrived {
            self.find(format!("{posted} packets were posted, {arrived} came"));
        }
    }
}
