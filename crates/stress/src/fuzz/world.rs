//! What the threads of a case share: eight places for sockets, two ports, peers, a file.

use crate::ledger::{Answer, Op, POSTED, Telling, ledger};
use crate::peer::{Manners, Peers};
use crate::random::Random;
use crate::winsock::{self, Extensions, call};
use linsock_sys::Win32::Networking::WinSock::*;
use linsock_sys::Win32::Storage::FileSystem::SetFileCompletionNotificationModes;
use linsock_sys::Win32::System::IO::*;
use linsock_sys::Win32::System::Threading::SleepEx;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

pub const SLOTS: usize = 8;
pub const PORTS: usize = 2;
pub const THREADS: usize = 3;

/// A socket that the case made.
#[derive(Debug)]
pub struct Sock {
    pub number: SOCKET,
    /// Its completion key, which no other socket has.
    pub key: usize,
    pub port: Option<usize>,
    pub skips: bool,
    /// Not a socket with the overlapped attribute, or none of ours at all.
    pub strange: bool,
    /// It may have got a port meanwhile.
    pub unsure: &'static AtomicBool,
    /// Somebody closes it or has closed it.
    pub closed: AtomicBool,
}

impl Sock {
    /// A number that is perhaps no socket at all.
    pub fn stranger(number: SOCKET) -> Arc<Self> {
        Arc::new(Sock {
            number,
            key: 0,
            port: None,
            skips: false,
            strange: true,
            unsure: Box::leak(Box::new(AtomicBool::new(true))),
            closed: AtomicBool::new(true),
        })
    }

    fn is_vague(&self) -> bool {
        self.strange || self.closed.load(Ordering::SeqCst)
    }
}

/// A way to end a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    CloseSocket,
    CloseHandle,
}

/// The kinds of sockets that a case asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    Connected,
    Listening,
    Fresh,
}

/// The shared part of a case.
pub struct World {
    slots: [Mutex<Option<Arc<Sock>>>; SLOTS],
    pub ports: [HANDLE; PORTS],
    pub extensions: Extensions,
    pub peers: Peers,
    /// A file of 100,000 bytes.
    pub file: HANDLE,
    keys: AtomicUsize,
    /// Held while numbers are given up, so that nobody gets one anew that a thread still has in hand, and so while a
    /// socket accepts, which must not wait then.
    numbers: Mutex<()>,
    placeholder: i32,
    /// What each thread is doing.
    pub doing: [AtomicUsize; THREADS],
    /// Events that anybody may set, reset and wait for.
    pub events: [HANDLE; 2],
    pub prints: bool,
    /// The last WSACleanup has closed all sockets.
    pub cleaned: AtomicBool,
}

// SAFETY: handles are numbers.
unsafe impl Sync for World {}
// SAFETY: as above.
unsafe impl Send for World {}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl World {
    pub fn new(peers: Peers, prints: bool, random: &mut Random) -> Self {
        let port = |threads| {
            call!(CreateIoCompletionPort(INVALID_HANDLE_VALUE, ptr::null_mut(), 0, threads))
        };
        // SAFETY: plain system calls with constants; the file is this process' alone.
        let (file, placeholder) = unsafe {
            let file = libc::memfd_create(c"file".as_ptr(), libc::MFD_CLOEXEC);
            let block = vec![b'f'; 100_000];
            libc::write(file, block.as_ptr().cast(), block.len());
            libc::lseek(file, 0, libc::SEEK_SET);
            (file, libc::open(c"/dev/null".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC))
        };
        World {
            slots: Default::default(),
            ports: [port(random.below(3) as u32), port(random.below(3) as u32)],
            extensions: Extensions::get(),
            peers,
            file: ptr::without_provenance_mut(file as usize),
            keys: AtomicUsize::new(1000),
            numbers: Mutex::new(()),
            placeholder,
            doing: Default::default(),
            events: [winsock::event(), winsock::event()],
            prints,
            cleaned: AtomicBool::new(false),
        }
    }

    /// What a place holds.
    pub fn slot(&self, index: usize) -> Option<Arc<Sock>> {
        lock(&self.slots[index]).clone()
    }

    /// Puts a socket in a place; what was there is closed.
    fn put(&self, index: usize, sock: Arc<Sock>) {
        let before = lock(&self.slots[index]).replace(sock);
        if let Some(before) = before {
            self.close(&before, Ending::CloseSocket);
        }
    }

    /// Makes a socket or more; their numbers are none that a thread still has in hand.
    pub fn make<T>(&self, work: impl FnOnce() -> T) -> T {
        let _numbers = lock(&self.numbers);
        work()
    }

    /// Does what may make a socket blocking: not while another thread accepts on it.
    pub fn change_mode<T>(&self, work: impl FnOnce() -> T) -> T {
        self.make(work)
    }

    /// Takes a new socket into the case, with a port or without.
    pub fn adopt(
        &self,
        number: SOCKET,
        random: &mut Random,
        overlapped: bool,
    ) -> Option<Arc<Sock>> {
        if number == INVALID_SOCKET {
            return None;
        }
        let key = self.keys.fetch_add(1, Ordering::Relaxed);
        let mut port = None;
        let mut skips = false;
        if random.chance(60) {
            let index = random.below(PORTS);
            let handle = ptr::without_provenance_mut(number);
            if !call!(CreateIoCompletionPort(handle, self.ports[index], key, 0)).is_null() {
                port = Some(index);
            }
            if random.chance(25) {
                let flags = random.below(4) as u8;
                let set = call!(SetFileCompletionNotificationModes(handle, flags)) != 0;
                skips = set && flags & 1 != 0;
            }
        }
        if random.chance(70) {
            let ms = 10 + random.below(30) as u32;
            winsock::set_option(number, SOL_SOCKET, SO_RCVTIMEO, ms);
            winsock::set_option(number, SOL_SOCKET, SO_SNDTIMEO, ms);
        }
        let sock = Arc::new(Sock {
            number,
            key,
            port,
            skips,
            strange: !overlapped,
            unsure: Box::leak(Box::new(AtomicBool::new(false))),
            closed: AtomicBool::new(false),
        });
        let free = (0..SLOTS).find(|&index| self.slot(index).is_none());
        self.put(free.unwrap_or_else(|| random.below(SLOTS)), sock.clone());
        Some(sock)
    }

    /// Closes a socket, and keeps others from getting its number while threads may still have it in hand.
    pub fn close(&self, sock: &Sock, ending: Ending) {
        if sock.strange && sock.key == 0 {
            return;
        }
        if sock.closed.swap(true, Ordering::SeqCst) {
            return;
        }
        let numbers = lock(&self.numbers);
        let closed = match ending {
            Ending::CloseSocket => call!(closesocket(sock.number)) == 0,
            Ending::CloseHandle => {
                let handle = ptr::without_provenance_mut(sock.number);
                call!(linsock_sys::Win32::Foundation::CloseHandle(handle)) != 0
            }
        };
        if !closed {
            // A non-blocking socket that lingers (Z-008): not in this way, then.
            winsock::hard(sock.number);
            if call!(closesocket(sock.number)) != 0 && !self.cleaned.load(Ordering::SeqCst) {
                ledger().find(format!("closesocket({}): {}", sock.number, winsock::last_error()));
            }
        }
        // The library may have it for a moment, for a connection that is to go elsewhere.
        for _ in 0..100 {
            // SAFETY: a descriptor of this process; a number that is taken is not touched.
            let kept =
                unsafe { libc::fcntl(self.placeholder, libc::F_DUPFD_CLOEXEC, sock.number as i32) };
            if kept == sock.number as i32 {
                break;
            }
            // SAFETY: just made.
            unsafe { libc::close(kept) };
            std::thread::yield_now();
        }
        drop(numbers);
    }

    /// Closes every socket.
    pub fn close_all(&self) {
        for slot in &self.slots {
            let sock = lock(slot).take();
            if let Some(sock) = sock {
                self.close(&sock, Ending::CloseSocket);
            }
        }
    }

    /// Takes packets from a port; answers whether there were any.
    pub fn drain(&self, port: usize, ms: u32) -> bool {
        let (mut bytes, mut key, mut overlapped) = (0u32, 0usize, ptr::null_mut());
        let taken = call!(GetQueuedCompletionStatus(
            self.ports[port],
            &raw mut bytes,
            &raw mut key,
            &raw mut overlapped,
            ms
        ));
        if taken == 0 && overlapped.is_null() {
            return false;
        }
        ledger().packet(key, overlapped.addr(), bytes);
        true
    }
}

/// One thread of a case.
pub struct Actor<'a> {
    pub world: &'a World,
    pub thread: usize,
    pub random: Random,
}

/// Asked of the kernel, so that the library is not what the choice depends on.
fn is_fit(number: SOCKET, fit: Fit) -> bool {
    let fd = number as i32;
    let (mut value, mut len) = (0i32, 4);
    // SAFETY: room for the answer; any number is a question.
    let listens = unsafe {
        libc::getsockopt(
            fd,
            libc::SOL_SOCKET,
            libc::SO_ACCEPTCONN,
            (&raw mut value).cast(),
            &raw mut len,
        ) == 0
    } && value == 1;
    let mut room = [0u8; 128];
    let mut len = 128;
    // SAFETY: as above.
    let connected = unsafe { libc::getpeername(fd, room.as_mut_ptr().cast(), &raw mut len) == 0 };
    match fit {
        Fit::Connected => connected,
        Fit::Listening => listens,
        Fit::Fresh => !connected && !listens,
    }
}

thread_local! {
    /// The thread's number, for routines.
    pub static THREAD: std::cell::Cell<usize> = const { std::cell::Cell::new(usize::MAX) };
}

/// The completion routine of every operation that has one.
///
/// # Safety
/// Called by the library.
pub unsafe extern "system" fn routine(
    _error: u32,
    bytes: u32,
    overlapped: *mut OVERLAPPED,
    _flags: u32,
) {
    ledger().routine(overlapped.addr(), bytes, THREAD.get());
}

impl Actor<'_> {
    /// Says what happens, where somebody repeats a seed.
    pub fn say(&self, text: std::fmt::Arguments<'_>) {
        if self.world.prints {
            eprintln!("[{}] {text}", self.thread);
        }
    }

    /// A socket of the case; now and then a number that is none.
    pub fn sock(&mut self) -> Arc<Sock> {
        if !self.random.chance(2) {
            let first = self.random.below(SLOTS);
            let mut places = (first..first + SLOTS).map(|place| place % SLOTS);
            if let Some(sock) = places.find_map(|place| self.world.slot(place)) {
                return sock;
            }
        }
        let port = self.world.ports[0].addr();
        let event = self.world.events[0].addr();
        let numbers = [INVALID_SOCKET, 0, 1, 9999, 900_000, 1 << 20, port, event, usize::MAX - 1];
        Sock::stranger(self.random.pick(&numbers))
    }

    /// A socket that suits a call, if there is one; now and then any other.
    pub fn fitting(&mut self, fit: Fit) -> Arc<Sock> {
        if self.random.chance(80) {
            let first = self.random.below(SLOTS);
            for place in (first..first + SLOTS).map(|place| place % SLOTS) {
                if let Some(sock) = self.world.slot(place)
                    && is_fit(sock.number, fit)
                {
                    return sock;
                }
            }
        }
        self.sock()
    }

    /// An address: often that of a peer, at times one that leads nowhere.
    pub fn address(&mut self) -> SOCKADDR_IN {
        let ports: Vec<u16> = self.world.peers.ports().collect();
        let peer = self.random.pick(&ports);
        match self.random.below(16) {
            0 => winsock::v4(winsock::LOOPBACK, 1),
            1 => winsock::v4([0; 4], peer),
            2 => winsock::v4([127, 1, 2, 3], peer),
            3 => winsock::v4(winsock::LOOPBACK, 0),
            4..7 => winsock::v4(winsock::LOOPBACK, self.world.peers.port(Manners::Echo)),
            7..10 => {
                let port =
                    self.world.slot(self.random.below(SLOTS)).map(|s| winsock::port_of(s.number));
                winsock::v4(winsock::LOOPBACK, port.unwrap_or(peer))
            }
            _ => winsock::v4(winsock::LOOPBACK, peer),
        }
    }

    /// Opens a record for an operation on a socket; `routine`: it may be told of by one.
    pub fn op(
        &mut self,
        sock: &Sock,
        kind: &'static str,
        len: usize,
        routine: bool,
    ) -> &'static Op {
        let routine = routine && self.random.chance(20);
        let event = !routine && self.random.chance(30);
        let low_bit = event && self.random.chance(20);
        let packet = sock.port.filter(|_| !low_bit && !routine).map(|_| sock.key);
        let telling = Telling {
            packet,
            skips: sock.skips,
            event,
            routine: routine.then_some(self.thread),
            unsure: Some(sock.unsure),
        };
        let data = vec![b'd'; len];
        ledger().open(kind, data, telling, low_bit)
    }

    /// Notes what the starting call said.
    pub fn answered(&self, op: &Op, sock: &Sock, answer: Answer) {
        op.answered(answer, sock.is_vague());
        self.say(format_args!("{} on {}: {answer:?}", op.kind, sock.number));
    }

    /// The routine, if the record asks for one.
    pub fn routine_of(op: &Op) -> LPWSAOVERLAPPED_COMPLETION_ROUTINE {
        op.has_routine().then_some(routine)
    }

    /// Posts a packet, with a record or without.
    pub fn post(&mut self) {
        let port = self.world.ports[self.random.below(PORTS)];
        if self.random.chance(50) {
            // Counted before: it may have come before the call returns.
            ledger().posted.fetch_add(1, Ordering::Relaxed);
            call!(PostQueuedCompletionStatus(port, 7, POSTED, ptr::null()));
        } else {
            let telling = Telling { packet: Some(77), ..Telling::default() };
            let op = ledger().open("post", Vec::new(), telling, false);
            let posted = call!(PostQueuedCompletionStatus(port, 0, 77, op.overlapped()));
            op.answered(Answer::of_bool(posted), false);
        }
    }

    /// Runs what is queued to the thread, until nothing of its own is to come.
    pub fn settle(&self, until: std::time::Instant) {
        while !ledger().is_settled_on(self.thread) && std::time::Instant::now() < until {
            call!(SleepEx(2, 1));
        }
        call!(SleepEx(0, 1));
    }
}
