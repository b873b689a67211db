//! The queue of a completion port and the threads that wait at it.
//!
//! A thread that waits either *sits*: it blocks where the kernel tells of I/O, and does the
//! work that I/O needs; or it is *parked* behind. No more threads sit than may run (P-014),
//! so a thread that is woken by I/O may also run what the I/O brought, and no packet passes
//! from one thread to another where one thread can do it all.
//!
//! Threads are released last come, first served (P-013): a parked thread is handed its
//! packet; a sitting one is kicked out of its seat and takes the packet itself, and the
//! kernel wakes the one that sat down last. A thread that comes back takes the next packet
//! before any waiter (P-015).
//!
//! A thread that works for the port and ends an operation there itself mostly comes back at once,
//! and is the first to take that packet (P-015). Its packet is *left* for it: nobody is woken.
//! Whatever it does next lets a waiter go after all if there is need: it takes packets, waits
//! elsewhere or ends; and the clock does if it does none of that for a while.
//!
//! An alertable wait can be called off, which is meant for one thread: a parked one is called
//! by name. A kick reaches whichever thread sits; one that gets up for a kick meant for another
//! kicks again, and does not sit down before the other has got up.
//!
//! Everything here happens under one lock, but for the sitting itself. A seat must keep a
//! kick that comes before the wait; then no wake-up is lost: whoever posts a packet either
//! sees the waiter, and kicks, or did so before the waiter looked at the queue.

use crate::sync::{Arc, AtomicBool, AtomicU32, Condvar, Mutex, MutexGuard, Ordering, lock};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Where a thread sits until the kernel, or another thread, has something for it.
pub trait Seat {
    /// Blocks until an event, a kick or the time-out (`None`: for ever).
    fn sit(&self, timeout: Option<Duration>);
    /// Makes one sitting thread return, now or the next time one sits down.
    fn kick(&self);
    /// Whether the thread has put work off that has to be handed over before it waits.
    fn holds_back(&self) -> bool {
        false
    }
}

/// One waiting thread; made once for each thread.
#[derive(Debug, Default)]
pub struct Waiter {
    called: Condvar,
    /// The thread's alertable wait is called off. Changes under the desk's lock, or while the
    /// thread waits nowhere.
    alerted: AtomicBool,
}

impl Waiter {
    /// Calls the thread's next wait off, or no longer does; for the thread itself.
    pub fn set_alerted(&self, alerted: bool) {
        self.alerted.store(alerted, Ordering::Relaxed);
    }

    fn is_alerted(&self) -> bool {
        self.alerted.load(Ordering::Relaxed)
    }
}

/// A thread's waiter, shared with whoever calls it.
pub type WaiterRef = Arc<Waiter>;

#[derive(Debug)]
struct Waiting<P> {
    waiter: WaiterRef,
    /// Order of arrival at the desk.
    arrival: u64,
    seated: bool,
    /// The packet it was handed.
    given: Option<P>,
    /// Woken to look again, without a packet.
    stirred: bool,
}

#[derive(Debug)]
struct State<P> {
    packets: VecDeque<P>,
    /// Everyone who waits, the latest last.
    waiting: Vec<Waiting<P>>,
    arrivals: u64,
    /// Threads that took a packet and neither came back nor blocked elsewhere.
    running: u32,
    seated: u32,
    /// Kicks that no sitting thread has answered yet.
    kicks: u32,
    /// A waiter may run and was not released, as the poster comes back.
    left: bool,
    /// How often that began.
    leavings: u64,
    closed: bool,
}

impl<P> State<P> {
    /// Whether a thread that sits was called and has not got up yet.
    fn calls_a_sitter(&self) -> bool {
        self.waiting.iter().any(|waiting| waiting.seated && waiting.waiter.is_alerted())
    }

    /// The latest of those that wait and were handed nothing yet.
    fn latest(&self) -> Option<&Waiting<P>> {
        self.waiting.iter().rfind(|waiting| waiting.given.is_none())
    }

    /// Whoever may have taken kicks answers for all of them: the one for a thread that was called
    /// is passed on here, `release` sees to those for packets.
    fn answer_kicks(&mut self, seat: &impl Seat) {
        self.kicks = 0;
        if self.calls_a_sitter() {
            seat.kick();
        }
    }
}

/// The queue and its waiters.
#[derive(Debug)]
pub struct Desk<P> {
    state: Mutex<State<P>>,
    /// How many sit, for a look without the lock.
    seats_taken: AtomicU32,
    /// Threads that may run at a time.
    limit: u32,
}

/// Why a wait ended without a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPacket {
    /// The time is over.
    TimedOut,
    /// The port was closed.
    Closed,
    /// The wait was called off.
    Alerted,
}

/// What the desk asks of a thread between two looks at the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visit {
    /// Has put work off and is about to wait: hand it over, and see to what comes of it.
    HoldingBack,
    /// Has to wait although there are packets, because others run: see whether they do.
    HeldUp,
    /// Sat until something happened: see to it.
    Sat,
    /// The time-out was 0 or is over: see once whether something is there.
    Polled,
}

/// Whoever posts a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poster {
    /// Takes no packet next, as far as is known.
    Leaves,
    /// Runs here, and so comes back in a while.
    ComesBack,
    /// Looks at the queue next.
    Looks,
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// A waiter was released for it, or nobody waits.
    Settled,
    /// Threads wait, but as many run as may.
    HeldUp,
    /// The first one that is left for its poster.
    Left,
}

/// Where packets go that a thread takes.
pub trait Taken<P> {
    /// Puts one more there.
    fn push(&mut self, packet: P);
}

impl<P> Taken<P> for Vec<P> {
    #[inline]
    fn push(&mut self, packet: P) {
        self.push(packet);
    }
}

/// Room for one.
impl<P> Taken<P> for Option<P> {
    #[inline]
    fn push(&mut self, packet: P) {
        debug_assert!(self.is_none(), "one was asked for");
        *self = Some(packet);
    }
}

/// What a thread wants of the desk.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Packets at most.
    pub max: usize,
    /// Until when; `None`: for ever.
    pub deadline: Option<Instant>,
}

impl<P> Desk<P> {
    /// A desk at which up to `limit` threads run at a time.
    pub fn new(limit: u32) -> Self {
        Desk {
            state: Mutex::new(State {
                packets: VecDeque::new(),
                waiting: Vec::new(),
                arrivals: 0,
                running: 0,
                seated: 0,
                kicks: 0,
                left: false,
                leavings: 0,
                closed: false,
            }),
            seats_taken: AtomicU32::new(0),
            limit: limit.max(1),
        }
    }

    /// Queues a packet and releases a waiter for it, unless its poster sees to it. `poster` is asked
    /// only where somebody waits.
    #[inline]
    pub fn post(&self, seat: &impl Seat, packet: P, poster: impl FnOnce() -> Poster) -> Posted {
        let mut state = lock(&self.state);
        if state.closed {
            return Posted::Settled;
        }
        state.packets.push_back(packet);
        if state.waiting.is_empty() {
            return Posted::Settled;
        }
        let poster = poster();
        if poster == Poster::Looks {
            return Posted::Settled;
        }
        if state.running >= self.limit {
            return Posted::HeldUp;
        }
        if poster == Poster::Leaves {
            self.release_waiters(state, seat);
            return Posted::Settled;
        }
        if state.left || state.latest().is_none() {
            return Posted::Settled;
        }
        state.left = true;
        state.leavings += 1;
        Posted::Left
    }

    /// Which packets are left for their posters, if any: another number, other packets.
    pub fn left(&self) -> Option<u64> {
        let state = lock(&self.state);
        state.left.then_some(state.leavings)
    }

    /// The posters did not come back: releases waiters for what was left to them.
    pub fn settle(&self, seat: &impl Seat) {
        self.release(lock(&self.state), seat);
    }

    /// Takes up to `max` packets that are there, if nobody waits for any: what [`Desk::take`] comes
    /// to then, for a thread that has nothing else to see to. `running` as there; on success it
    /// runs.
    #[inline]
    pub fn take_at_once(&self, running: bool, max: usize, taken: &mut impl Taken<P>) -> bool {
        let mut state = lock(&self.state);
        let others = state.running - u32::from(running);
        let alone = state.waiting.is_empty() && !state.closed;
        if !alone || state.packets.is_empty() || others >= self.limit {
            return false;
        }
        Self::fill(&mut state, max, taken);
        state.left = false;
        state.running = others + 1;
        true
    }

    /// Takes packets as wished, waiting for the first one. `running` says whether the
    /// calling thread counts as running here, before and after. `visit` is called, outside
    /// the lock, whenever it is this thread's turn to look after the I/O.
    pub fn take(
        &self,
        seat: &impl Seat,
        me: &WaiterRef,
        running: &mut bool,
        Wish { max, deadline }: Wish,
        taken: &mut impl Taken<P>,
        mut visit: impl FnMut(Visit),
    ) -> Result<(), NoPacket> {
        let mut state = lock(&self.state);
        if *running {
            *running = false;
            state.running -= 1;
        }
        // Until it waits, a thread comes before every waiter.
        let mut arrival = u64::MAX;
        let mut polled = false;
        let mut held_up = false;
        loop {
            if state.closed {
                if state.seated > 0 {
                    // Several kicks may wake one thread alone.
                    seat.kick();
                }
                return Err(NoPacket::Closed);
            }
            if state.running < self.limit && !state.packets.is_empty() {
                if state.latest().is_some_and(|last| !last.seated && last.arrival > arrival) {
                    // It was this thread that saw the I/O, but another one came later.
                    Self::hand_over(&mut state);
                    continue;
                }
                Self::fill(&mut state, max, taken);
                state.running += 1;
                *running = true;
                self.release(state, seat);
                return Ok(());
            }
            if seat.holds_back() {
                drop(state);
                visit(Visit::HoldingBack);
                state = lock(&self.state);
                continue;
            }
            let now = deadline.map(|deadline| (deadline, Instant::now()));
            let alerted = me.is_alerted();
            if alerted || now.is_some_and(|(deadline, now)| now >= deadline) {
                if polled {
                    self.release(state, seat);
                    return Err(if alerted { NoPacket::Alerted } else { NoPacket::TimedOut });
                }
                polled = true;
                drop(state);
                visit(Visit::Polled);
                state = lock(&self.state);
                // The look may have taken a kick that was for somebody who sits.
                state.answer_kicks(seat);
                continue;
            }
            let left = now.map(|(deadline, now)| deadline - now);
            if arrival == u64::MAX {
                state.arrivals += 1;
                arrival = state.arrivals;
            }
            if !state.packets.is_empty() && !held_up {
                // Those that this thread put there itself were posted to nobody.
                held_up = true;
                drop(state);
                visit(Visit::HeldUp);
                state = lock(&self.state);
                continue;
            }
            let seated = state.seated + state.running < self.limit && !state.calls_a_sitter();
            let entry =
                Waiting { waiter: me.clone(), arrival, seated, given: None, stirred: false };
            // A thread that only looked up keeps its place among the waiters.
            let place = state.waiting.iter().rposition(|other| other.arrival < arrival);
            state.waiting.insert(place.map_or(0, |place| place + 1), entry);
            if seated {
                state.seated += 1;
                self.seats_taken.store(state.seated, Ordering::SeqCst);
                drop(state);
                seat.sit(left);
                visit(Visit::Sat);
                polled = true;
                state = lock(&self.state);
                state.seated -= 1;
                self.seats_taken.store(state.seated, Ordering::SeqCst);
                Self::leave(&mut state, arrival);
                state.answer_kicks(seat);
            } else {
                state = Self::park(state, me, arrival, left);
                if let Some(packet) = Self::leave(&mut state, arrival) {
                    taken.push(packet);
                    *running = true;
                    Self::fill(&mut state, max - 1, taken);
                    self.release(state, seat);
                    return Ok(());
                }
            }
        }
    }

    fn fill(state: &mut State<P>, max: usize, taken: &mut impl Taken<P>) {
        for _ in 0..max {
            let Some(packet) = state.packets.pop_front() else { break };
            taken.push(packet);
        }
    }

    /// Waits off the seats until called, or until the time is over.
    fn park<'a>(
        mut state: MutexGuard<'a, State<P>>,
        me: &Waiter,
        arrival: u64,
        left: Option<Duration>,
    ) -> MutexGuard<'a, State<P>> {
        let until = left.map(|left| Instant::now() + left);
        loop {
            let entry = state.waiting.iter().find(|waiting| waiting.arrival == arrival);
            let called = entry.is_none_or(|entry| entry.given.is_some() || entry.stirred);
            if called || state.closed {
                return state;
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            state = match left {
                None => me.called.wait(state).unwrap_or_else(|poison| poison.into_inner()),
                Some(Duration::ZERO) => return state,
                Some(left) => {
                    let slept = me.called.wait_timeout(state, left);
                    slept.unwrap_or_else(|poison| poison.into_inner()).0
                }
            };
        }
    }

    /// Takes a thread off the waiters, with the packet that it was handed.
    fn leave(state: &mut State<P>, arrival: u64) -> Option<P> {
        let place = state.waiting.iter().rposition(|waiting| waiting.arrival == arrival)?;
        state.waiting.remove(place).given
    }

    /// Gives the oldest packet to the latest waiter, which is parked.
    fn hand_over(state: &mut State<P>) {
        let Some(last) = state.waiting.iter_mut().rfind(|waiting| waiting.given.is_none()) else {
            return;
        };
        last.given = state.packets.pop_front();
        last.waiter.called.notify_one();
        state.running += 1;
        // It stays among the waiters until it wakes, below those that still wait.
        let place = state.waiting.iter().rposition(|waiting| waiting.given.is_some());
        if let Some(place) = place {
            let handed = state.waiting.remove(place);
            state.waiting.insert(0, handed);
        }
    }

    /// Sees that as many waiters run as may run and there are packets for.
    #[inline]
    fn release(&self, mut state: MutexGuard<'_, State<P>>, seat: &impl Seat) {
        state.left = false;
        if !state.waiting.is_empty() {
            self.release_waiters(state, seat);
        }
    }

    #[inline(never)]
    fn release_waiters(&self, mut state: MutexGuard<'_, State<P>>, seat: &impl Seat) {
        let mut kicks = 0;
        while !state.packets.is_empty() && state.running < self.limit {
            let Some(last) = state.latest() else { break };
            if !last.seated {
                Self::hand_over(&mut state);
                continue;
            }
            let wanted = (state.packets.len() as u32).min(state.seated);
            kicks = wanted.saturating_sub(state.kicks);
            state.kicks += kicks;
            break;
        }
        // Somebody has to sit, or nobody would hear of I/O.
        if state.seated == 0 && state.running < self.limit && state.packets.is_empty() {
            let parked = |waiting: &&mut Waiting<P>| !waiting.seated && waiting.given.is_none();
            if let Some(last) = state.waiting.iter_mut().rfind(parked)
                && !last.stirred
            {
                last.stirred = true;
                last.waiter.called.notify_one();
            }
        }
        drop(state);
        for _ in 0..kicks {
            seat.kick();
        }
    }

    /// Calls off the alertable wait of a thread, or its next one.
    pub fn alert(&self, seat: &impl Seat, waiter: &WaiterRef) {
        let mut state = lock(&self.state);
        waiter.set_alerted(true);
        let Some(entry) =
            state.waiting.iter_mut().find(|waiting| Arc::ptr_eq(&waiting.waiter, waiter))
        else {
            return;
        };
        if !entry.seated {
            entry.stirred = true;
            waiter.called.notify_one();
            return;
        }
        drop(state);
        seat.kick();
    }

    /// A running thread blocks elsewhere, ends, or turns to another port.
    pub fn stop_running(&self, seat: &impl Seat) {
        let mut state = lock(&self.state);
        state.running -= 1;
        self.release(state, seat);
    }

    /// A thread that had blocked elsewhere runs on; the limit may be exceeded for a while.
    pub fn resume_running(&self) {
        lock(&self.state).running += 1;
    }

    /// Whether packets wait for a thread while threads wait for a turn.
    pub fn is_held_up(&self) -> bool {
        let state = lock(&self.state);
        !state.packets.is_empty() && !state.waiting.is_empty() && state.running >= self.limit
    }

    /// Whether a thread sits, and so hears of I/O.
    pub fn is_attended(&self) -> bool {
        self.seats_taken.load(Ordering::SeqCst) > 0
    }

    /// A thread that is about to take packets looked after the I/O, and may have taken kicks.
    pub fn took_kicks(&self, seat: &impl Seat) {
        lock(&self.state).answer_kicks(seat);
    }

    /// Somebody who does not wait here looked after the I/O, and may have taken kicks.
    pub fn was_polled(&self, seat: &impl Seat) {
        let mut state = lock(&self.state);
        if state.closed && state.seated > 0 {
            seat.kick();
        }
        state.answer_kicks(seat);
        self.release(state, seat);
    }

    /// Whether the desk is closed.
    pub fn is_closed(&self) -> bool {
        lock(&self.state).closed
    }

    /// Ends every wait and forgets the packets (P-023).
    pub fn close(&self, seat: &impl Seat) {
        let mut state = lock(&self.state);
        state.closed = true;
        state.packets.clear();
        let seated = state.seated;
        for waiting in &state.waiting {
            waiting.waiter.called.notify_one();
        }
        drop(state);
        for _ in 0..seated {
            seat.kick();
        }
    }
}

#[cfg(all(test, loom))]
mod model;
