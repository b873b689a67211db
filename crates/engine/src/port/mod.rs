//! Completion ports: a queue of packets and the I/O of the sockets that report to it.
//!
//! Threads that wait at a port do the I/O of its sockets themselves, so that in the common
//! case the thread that sees a socket become ready also runs what that brings. While none
//! waits, the reactor looks after the port from afar (see [`crate::reactor`]).

pub mod desk;
mod worker;

use worker::Pace;
pub use worker::{Blocked, by_handle, forget_worker, may_hold_back, own_ring, thread_exit};

use crate::io::{self, Source};
use crate::sync::plain::{Arc, Mutex};
use crate::thread::with_current;
use desk::{Desk, NoPacket, Posted, Poster, Seat, Taken, Visit, WaiterRef, Wish};
use linsock_abi::Win32Error;
use linsock_backend::poller::{Events, Poller};
use linsock_backend::ring::Ring;
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// One completion, as the port hands it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packet {
    /// The completion key of the association, or what the poster said.
    pub key: usize,
    /// The OVERLAPPED's address, or what the poster said.
    pub overlapped: usize,
    /// The NTSTATUS of the operation; 0 for posted packets.
    pub status: i32,
    /// Bytes transferred, or what the poster said.
    pub bytes: u32,
}

/// A completion port.
pub struct Port {
    desk: Desk<Packet>,
    poller: Poller,
    id: u64,
    closed: AtomicBool,
    /// The handle that it was found by; 0 until then.
    handle: AtomicUsize,
    /// It has or had more than one handle.
    duplicated: AtomicBool,
    /// Goes up with each look after the I/O, so that the reactor can tell an attended port.
    visits: AtomicU64,
    /// Goes up as threads take what their own rings have done.
    reaps: AtomicU64,
    /// Some socket's readiness, or a ring, is told of here.
    watched: AtomicBool,
    /// The reactor looks in from time to time, or will be told of news.
    looked_after: AtomicBool,
    /// The latter.
    dozing: AtomicBool,
    sampled: AtomicBool,
    /// The number of the packets left to their posters that the reactor saw last.
    left_seen: AtomicU64,
    /// The threads whose last dequeue was here.
    workers: Mutex<Vec<Arc<worker::Shared>>>,
}

thread_local! {
    static TAKEN: Cell<Vec<Packet>> = const { Cell::new(Vec::new()) };
    static EVENTS: RefCell<Option<Box<Events>>> = const { RefCell::new(None) };
}

impl Seat for Poller {
    fn sit(&self, timeout: Option<Duration>) {
        with_events(|events| self.wait(events, milliseconds(timeout)));
    }

    fn kick(&self) {
        Poller::kick(self);
    }
}

/// What became of the batches of a port's threads, and of packets that were left to them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Batches {
    /// One had waited for long, and was handed over.
    pub handed_over: bool,
    /// There is one that has not waited for long.
    pub held_back: bool,
    /// There is one that was there at the last look already.
    pub seen_before: bool,
}

/// A worker's seat: at the poller, with what its ring holds back.
struct WorkerSeat<'a> {
    poller: &'a Poller,
    ring: Option<&'a Ring>,
}

impl Seat for WorkerSeat<'_> {
    fn sit(&self, timeout: Option<Duration>) {
        self.poller.sit(timeout);
    }

    fn kick(&self) {
        Poller::kick(self.poller);
    }

    fn holds_back(&self) -> bool {
        self.ring.is_some_and(Ring::holds_back)
    }
}

/// Rounds up, so that a wait never ends early; -1 waits for ever.
fn milliseconds(timeout: Option<Duration>) -> i32 {
    timeout.map_or(-1, |left| i32::try_from(left.as_micros().div_ceil(1000)).unwrap_or(i32::MAX))
}

fn with_events<R>(use_them: impl FnOnce(&mut Events) -> R) -> R {
    let mut events = EVENTS.try_with(RefCell::take).ok().flatten().unwrap_or_default();
    let result = use_them(&mut events);
    let _ = EVENTS.try_with(|place| *place.borrow_mut() = Some(events));
    result
}

/// Takes one packet from the port of a handle, waiting for it.
///
/// # Errors
/// As [`Port::take_one`]; ERROR_INVALID_HANDLE.
#[inline]
pub fn take_one(handle: usize, timeout_ms: u32) -> Result<Packet, Win32Error> {
    let mut taken = None;
    if worker::take_at_once(handle, 1, &mut taken) {
        return Ok(taken.unwrap_or_default());
    }
    wait_for_one(handle, timeout_ms)
}

#[inline(never)]
fn wait_for_one(handle: usize, timeout_ms: u32) -> Result<Packet, Win32Error> {
    by_handle(handle, |port| port.take_one(timeout_ms))
}

/// Takes up to `max` packets from the port of a handle, waiting for the first one, and shows them,
/// with their number, to `see`.
///
/// # Errors
/// As [`take_one`]; WAIT_IO_COMPLETION when the wait is alertable and the thread has APCs to run:
/// the caller runs them ([`crate::apc::run`]) once it has left the port.
pub fn take_many(
    handle: usize,
    max: usize,
    timeout_ms: u32,
    alertable: bool,
    see: impl FnOnce(usize, std::vec::Drain<'_, Packet>),
) -> Result<(), Win32Error> {
    // Kept for the next time; empty whenever it is put back.
    let mut taken = TAKEN.try_with(Cell::take).unwrap_or_default();
    let mut result = Ok(());
    // What is there wins over an APC.
    if !worker::take_at_once(handle, max, &mut taken) {
        result = by_handle(handle, |port| port.take(max, timeout_ms, alertable, &mut taken));
    }
    if result.is_ok() {
        see(taken.len(), taken.drain(..));
    }
    let _ = TAKEN.try_with(|place| place.set(taken));
    result
}

impl Port {
    /// A port at which `concurrency` threads may run at a time; 0 means one for each
    /// processor (P-008).
    pub fn new(concurrency: u32) -> Result<Arc<Self>, Win32Error> {
        static PORTS: AtomicU64 = AtomicU64::new(1);
        let limit = match concurrency {
            0 => std::thread::available_parallelism().map_or(1, |n| n.get() as u32),
            n => n,
        };
        let poller = Poller::new().map_err(|_| Win32Error::ERROR_TOO_MANY_OPEN_FILES)?;
        Ok(Arc::new(Port {
            desk: Desk::new(limit),
            poller,
            id: PORTS.fetch_add(1, Ordering::Relaxed),
            closed: AtomicBool::new(false),
            handle: AtomicUsize::new(0),
            duplicated: AtomicBool::new(false),
            visits: AtomicU64::new(0),
            reaps: AtomicU64::new(0),
            watched: AtomicBool::new(false),
            looked_after: AtomicBool::new(false),
            dozing: AtomicBool::new(false),
            sampled: AtomicBool::new(false),
            left_seen: AtomicU64::new(0),
            workers: Mutex::new(Vec::new()),
        }))
    }

    /// The port's number among all ports there ever were.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Where the port's sockets tell that they are ready.
    pub(crate) fn poller(&self) -> &Poller {
        &self.poller
    }

    /// Queues the packet of an operation. Nothing is queued on a closed port.
    #[inline]
    pub(crate) fn complete(self: &Arc<Self>, packet: Packet) {
        self.queue(packet, || worker::poster(self));
    }

    /// Queues a packet, as PostQueuedCompletionStatus: for another thread, if one waits. Nothing is
    /// queued on a closed port.
    pub fn post(self: &Arc<Self>, packet: Packet) {
        self.queue(packet, || Poster::Leaves);
    }

    #[inline]
    fn queue(self: &Arc<Self>, packet: Packet, poster: impl FnOnce() -> Poster) {
        match self.desk.post(&self.poller, packet, poster) {
            Posted::Settled => {}
            Posted::HeldUp => self.sample(),
            Posted::Left if self.mind_batch() => {}
            // Nobody can see to it that the poster comes back.
            Posted::Left => self.desk.settle(&self.poller),
        }
    }

    /// Packets are held up: has the reactor look at the threads that run (P-018).
    fn sample(self: &Arc<Self>) {
        if !self.sampled.swap(true, Ordering::Relaxed) && crate::reactor::sample(self).is_err() {
            self.sampled();
        }
    }

    /// Calls off a thread's alertable wait here.
    pub(crate) fn alert(&self, waiter: &WaiterRef) {
        self.desk.alert(&self.poller, waiter);
    }

    /// Takes up to `max` packets into `taken`, waiting for the first one.
    pub(crate) fn take(
        self: &Arc<Self>,
        max: usize,
        timeout_ms: u32,
        alertable: bool,
        taken: &mut impl Taken<Packet>,
    ) -> Result<(), Win32Error> {
        let deadline = crate::wait::deadline(timeout_ms);
        worker::at(self, |worker| {
            let ring = worker.shared.ring.as_deref();
            if worker.count() && self.watched.load(Ordering::Relaxed) {
                // A queue that never runs dry must not keep the I/O waiting.
                ring.inspect(|ring| ring.flush());
                worker::visit(self, || {
                    self.attend(true);
                });
                self.desk.took_kicks(&self.poller);
            }
            if let Some(ring) = ring
                && ring.has_completions()
            {
                // Completions of this thread's own ring cost no system call.
                self.reaps.fetch_add(1, Ordering::Relaxed);
                worker::visit(self, || io::reap(ring));
            }
            if alertable {
                let due = with_current(|thread| thread.apcs().enter_port(self, &worker.waiter));
                if due {
                    worker.waiter.set_alerted(true);
                }
            }
            let mut running = worker.shared.stop();
            let result = self.desk.take(
                &WorkerSeat { poller: &self.poller, ring },
                &worker.waiter,
                &mut running,
                Wish { max, deadline },
                taken,
                |visit| {
                    if visit == Visit::HeldUp {
                        return self.sample();
                    }
                    worker::visit(self, || {
                        if visit == Visit::HoldingBack {
                            self.visits.fetch_add(1, Ordering::Relaxed);
                            ring.inspect(|ring| ring.flush());
                        } else {
                            worker.visited();
                            self.attend(visit == Visit::Polled);
                        }
                        // Much ends as it is handed over, and what interrupts a wait is mostly
                        // the thread's own ring, which nothing else tells of then.
                        if let Some(ring) = ring
                            && ring.has_completions()
                        {
                            io::reap(ring);
                        }
                    });
                },
            );
            if result.is_err() {
                // Of a port that was closed.
                ring.inspect(|ring| ring.flush());
            }
            if running {
                worker.shared.run();
            }
            if alertable {
                with_current(|thread| thread.apcs().leave_port());
                // Nobody calls any more.
                worker.waiter.set_alerted(false);
            }
            // However it ended, this thread sits here no longer.
            self.mind();
            result.map_err(|none| match none {
                NoPacket::TimedOut => Win32Error(linsock_abi::WAIT_TIMEOUT),
                NoPacket::Closed => Win32Error::ERROR_ABANDONED_WAIT_0,
                NoPacket::Alerted => Win32Error(linsock_abi::WAIT_IO_COMPLETION),
            })
        })
    }

    /// Takes one packet, waiting for it.
    ///
    /// # Errors
    /// WAIT_TIMEOUT after `timeout_ms`; ERROR_ABANDONED_WAIT_0 when the port is closed.
    pub fn take_one(self: &Arc<Self>, timeout_ms: u32) -> Result<Packet, Win32Error> {
        let mut taken = None;
        self.take(1, timeout_ms, false, &mut taken)?;
        Ok(taken.unwrap_or_default())
    }

    /// Sees to the I/O that is ready; `poll` asks the kernel first.
    pub(crate) fn attend(&self, poll: bool) -> usize {
        self.visits.fetch_add(1, Ordering::Relaxed);
        // Taken out of its place: what the events bring may wait at a port again.
        let mut events = EVENTS.try_with(RefCell::take).ok().flatten().unwrap_or_default();
        if poll {
            self.poller.wait(&mut events, 0);
        }
        if poll && events.has_kick() {
            // It was meant for somebody who sits, and who may sleep on without it.
            self.desk.took_kicks(&self.poller);
        }
        let mut seen = 0;
        for (token, ready) in events.iter() {
            io::dispatch(Source::from_token(token), ready);
            seen += 1;
        }
        events.clear();
        let _ = EVENTS.try_with(|place| *place.borrow_mut() = Some(events));
        seen
    }

    /// Sees to the I/O on behalf of the threads that wait elsewhere.
    pub(crate) fn attend_from_afar(&self) -> usize {
        let seen = self.attend(true);
        self.desk.was_polled(&self.poller);
        seen
    }

    /// Whether a thread sits here and so hears of I/O.
    pub(crate) fn is_attended(&self) -> bool {
        self.desk.is_attended()
    }

    /// Whether anyone has looked after the I/O since `seen` was last told.
    pub(crate) fn was_visited(&self, seen: &mut u64) -> bool {
        let visits = self.visits.load(Ordering::Relaxed);
        std::mem::replace(seen, visits) != visits
    }

    /// Whether any thread has come for what its own ring has done since `seen` was last told.
    pub(crate) fn was_reaped(&self, seen: &mut u64) -> bool {
        let reaps = self.reaps.load(Ordering::Relaxed);
        std::mem::replace(seen, reaps) != reaps
    }

    /// The port is no longer held up.
    pub(crate) fn sampled(&self) {
        self.sampled.store(false, Ordering::Relaxed);
    }

    /// Something is told of at this port's poller from now on.
    pub(crate) fn watch(self: &Arc<Self>) {
        self.watched.store(true, Ordering::Relaxed);
        self.mind();
    }

    /// Sees that the reactor looks in while there is I/O to hear of and nobody sits here to hear
    /// of it. Whoever leaves the last seat asks after having left it, and the reactor, when it
    /// stops looking in, asks after having said so: one of the two sees the other.
    #[inline]
    pub(crate) fn mind(self: &Arc<Self>) {
        if self.watched.load(Ordering::Relaxed) && !self.desk.is_attended() {
            self.have_looked_after();
        }
    }

    /// `false`: the reactor cannot be had.
    #[inline]
    fn have_looked_after(self: &Arc<Self>) -> bool {
        self.looked_after.load(Ordering::SeqCst) || self.ask_reactor()
    }

    #[inline(never)]
    fn ask_reactor(self: &Arc<Self>) -> bool {
        if !self.looked_after.swap(true, Ordering::SeqCst)
            && crate::reactor::look_after(self).is_err()
        {
            // The next one who minds tries again.
            self.looked_after.store(false, Ordering::SeqCst);
            return false;
        }
        true
    }

    /// Sees that the reactor looks in while a thread holds a batch back or was left packets,
    /// whoever sits here. `false`: it cannot.
    pub(crate) fn mind_batch(self: &Arc<Self>) -> bool {
        let minded = self.have_looked_after();
        if self.awake() {
            crate::reactor::look_soon(self);
        }
        minded
    }

    /// The reactor stops looking in, unless nobody sits here after all or a batch was begun.
    pub(crate) fn leave_alone(self: &Arc<Self>) {
        self.looked_after.store(false, Ordering::SeqCst);
        self.mind();
        if self.holds_back() {
            self.have_looked_after();
        }
    }

    /// The reactor leaves it to the port's poller to tell of news.
    pub(crate) fn doze(&self) {
        self.dozing.store(true, Ordering::SeqCst);
    }

    /// Ends that; `true` for the one caller that must have the reactor look in again.
    pub(crate) fn awake(&self) -> bool {
        self.dozing.load(Ordering::SeqCst) && self.dozing.swap(false, Ordering::SeqCst)
    }

    /// Whether any thread here holds a batch back, or was left packets.
    pub(crate) fn holds_back(&self) -> bool {
        if self.desk.left().is_some() {
            return true;
        }
        let workers = crate::sync::plain::lock(&self.workers);
        workers.iter().any(|worker| worker.ring.as_ref().is_some_and(|ring| ring.holds_back()))
    }

    /// Hands over the batches that have not grown since the last look, and the packets that were left
    /// to their posters then already: those threads compute, or sleep where the library does not see
    /// it, and nothing must wait for them. A batch that grows is let be for a while, as its thread is
    /// about to hand it over.
    pub(crate) fn hand_over_stale(&self) -> Batches {
        let mut batches = Batches::default();
        if let Some(left) = self.desk.left() {
            batches.handed_over = self.left_seen.swap(left, Ordering::Relaxed) == left;
            batches.held_back = !batches.handed_over;
            if batches.handed_over {
                self.desk.settle(&self.poller);
            }
        }
        let workers = crate::sync::plain::lock(&self.workers).clone();
        for worker in workers {
            let Some(ring) = worker.ring.as_ref().filter(|ring| ring.holds_back()) else {
                continue;
            };
            let pace = worker.pace(ring);
            let is_late = matches!(pace, Pace::Slow | Pace::Stalled);
            if is_late && ring.flush_for_owner(pace == Pace::Stalled) {
                batches.handed_over = true;
            } else {
                batches.held_back = true;
                batches.seen_before |= pace != Pace::New;
            }
        }
        batches
    }

    /// Lets a waiter go for every running thread that sleeps somewhere in the kernel (P-017,
    /// P-018). `true`: packets are still held up, so ask again in a while.
    pub(crate) fn release_sleepers(&self) -> bool {
        if !self.desk.is_held_up() {
            return false;
        }
        let workers = crate::sync::plain::lock(&self.workers).clone();
        for worker in workers {
            if worker.is_running()
                && linsock_backend::thread::sleeps(worker.thread)
                && worker.suspend()
            {
                self.desk.stop_running(&self.poller);
            }
        }
        self.desk.is_held_up()
    }

    /// Whether every handle was closed; associated sockets may still hold the port (P-036).
    #[inline]
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Another handle is about to be opened.
    pub fn note_duplicate(&self) {
        self.duplicated.store(true, Ordering::Release);
    }

    /// Whether a handle is this port's without a look-up: the port was found by it, and it is the
    /// only one there ever was, so that it is open as long as the port is.
    #[inline]
    fn is_known_as(&self, handle: usize) -> bool {
        self.handle.load(Ordering::Relaxed) == handle
            && !self.is_closed()
            && !self.duplicated.load(Ordering::Acquire)
    }

    /// The last handle was closed: every wait ends with ERROR_ABANDONED_WAIT_0.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.desk.close(&self.poller);
    }
}
