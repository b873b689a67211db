//! The one engine thread: looks after sockets without a port, after ports at which nobody
//! waits, and after everything that happens by the clock. Started when first needed.
//!
//! A port's own waiters do its I/O. While a port has none, or all of them are busy, this
//! thread looks in by the clock: at first after a millisecond, then more and more seldom while
//! the port's threads come by themselves. Where nobody comes and nothing happens it stops and
//! lets the port's poller, which is itself pollable, tell it of news. (Only then: a thread
//! that waits for the poller's readiness disturbs the order in which the poller wakes its own
//! waiters, which is the port's order, P-013.)

mod agenda;

use crate::io::{self, Source};
use crate::port::Port;
use crate::runtime;
use crate::socket::{self, Side};
use crate::sync::plain::{Arc, Mutex, lock};
use agenda::Agenda;
use linsock_backend::Errno;
use linsock_backend::net::Ready;
use linsock_backend::op::Want;
use linsock_backend::poller::{Events, Poller, Watch};
use linsock_backend::ring::Ring;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{OnceLock, Weak};
use std::time::{Duration, Instant};

/// How long a port's own threads are given to see to its news, at first and at most.
const COURTESY: Duration = Duration::from_millis(1);
const COURTESY_MAX: Duration = Duration::from_millis(16);
/// How often the threads of a port that is held up are looked at (P-018).
const SAMPLE_EVERY: Duration = Duration::from_millis(5);
/// How often threads are asked whether they still live (C-053).
const BURY_EVERY: Duration = Duration::from_millis(500);

thread_local! {
    static IS_ENGINE: Cell<bool> = const { Cell::new(false) };
}

/// What happens at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// The time for a connection is over.
    Deadline {
        /// The socket's place.
        index: usize,
        /// The operation.
        ticket: u64,
    },
    /// A held connection may start.
    Release {
        /// The socket's place.
        index: usize,
        /// The operation.
        ticket: u64,
    },
    /// Somebody waits for news of a connection's backlog.
    Backlog {
        /// The socket's place.
        index: usize,
        /// Which of the sockets that had this number.
        generation: u32,
    },
    /// Look in at a port.
    Port(u64),
    /// A port may be held up by threads that sleep.
    Sample(u64),
    /// Look for threads that are gone.
    Threads,
}

/// A request for the reactor's ring.
#[derive(Clone, Copy, Debug)]
pub struct Errand {
    /// The socket's place.
    pub index: usize,
    /// Which queue.
    pub side: Side,
    /// The operation that must head it.
    pub ticket: u64,
    /// What it waits for.
    pub want: Want,
}

struct Watched {
    port: Weak<Port>,
    /// The visits that were counted at the last look.
    seen: u64,
    /// The same of what threads took from their own rings.
    reaps: u64,
    courtesy: Duration,
    /// The next look comes soon, because of a batch.
    soon: bool,
}

/// The engine thread's state.
pub struct Reactor {
    poller: Poller,
    errands: Mutex<Vec<Errand>>,
    agenda: Mutex<Agenda>,
    ports: Mutex<HashMap<u64, Watched>>,
    watches_threads: AtomicBool,
}

/// The place of the reactor, empty until it is first needed.
#[derive(Default)]
pub struct ReactorCell {
    cell: OnceLock<Reactor>,
    starting: Mutex<()>,
}

/// The reactor, started if need be.
///
/// # Errors
/// EMFILE, ENFILE, ENOMEM: no descriptor or thread can be had now.
pub fn get() -> Result<&'static Reactor, Errno> {
    let place = &runtime::get().reactor;
    match place.cell.get() {
        Some(reactor) => Ok(reactor),
        None => start(place),
    }
}

#[cold]
fn start(place: &'static ReactorCell) -> Result<&'static Reactor, Errno> {
    let _starting = lock(&place.starting);
    if let Some(reactor) = place.cell.get() {
        return Ok(reactor);
    }
    let reactor = Reactor {
        poller: Poller::new()?,
        errands: Mutex::default(),
        agenda: Mutex::new(Agenda::new(Instant::now())),
        ports: Mutex::default(),
        watches_threads: AtomicBool::new(false),
    };
    // The thread asks for its reactor, and so waits for the lock that is held here. Where there is
    // no thread there is to be no reactor either: the next one who needs it tries again.
    linsock_backend::thread::spawn_engine("linsock", || {
        if let Ok(reactor) = get() {
            reactor.run();
        }
    })
    // EAGAIN, which it mostly is, means something else where operations end.
    .map_err(|_| Errno::ENOMEM)?;
    Ok(place.cell.get_or_init(|| reactor))
}

impl Reactor {
    /// Where sockets without a port tell that they are ready.
    pub fn poller(&self) -> &Poller {
        &self.poller
    }

    /// Has the engine thread look at its timers.
    pub fn wake(&self) {
        self.poller.kick();
    }

    /// Has the engine thread hand a request to its ring.
    pub fn hand_in(&self, errand: Errand) {
        let mut errands = lock(&self.errands);
        errands.push(errand);
        let first = errands.len() == 1;
        drop(errands);
        if first {
            self.poller.kick();
        }
    }

    fn run(&'static self) {
        IS_ENGINE.set(true);
        let mut ring = None;
        let mut events = Events::default();
        loop {
            let timeout = self.next_timeout();
            self.poller.wait(&mut events, timeout);
            for (token, ready) in events.iter() {
                io::dispatch(Source::from_token(token), ready);
            }
            self.run_errands(&mut ring);
            if let Some(ring) = &ring {
                io::reap(ring);
            }
            self.expire();
        }
    }

    /// Hands requests in, to a ring that is made for the first of them. Where none can be had the
    /// requests fail, and the next one tries again.
    fn run_errands(&self, own: &mut Option<Arc<Ring>>) {
        let errands = std::mem::take(&mut *lock(&self.errands));
        if errands.is_empty() {
            return;
        }
        let ring = match own {
            Some(ring) => Ok(ring.clone()),
            None => io::make_ring(&self.poller),
        };
        *own = ring.as_ref().ok().cloned();
        for Errand { index, side, ticket, want } in errands {
            let Some(place) = runtime::get().sockets.find(index) else { continue };
            let mut socket = place.lock();
            if !socket.awaits_ring(side, ticket) {
                continue;
            }
            match &ring {
                Ok(ring) => socket.submit(side, want, ring),
                Err(errno) => {
                    socket.refuse_head(place, side, *errno);
                    socket.pump(place, side, Ready::UNKNOWN);
                }
            }
        }
        if let Ok(ring) = ring {
            ring.flush();
        }
    }

    fn next_timeout(&self) -> i32 {
        let first = lock(&self.agenda).next();
        let waitable = runtime::get().timers.next();
        first.into_iter().chain(waitable).min().map_or(-1, |at| {
            let left = at.saturating_duration_since(Instant::now());
            i32::try_from(left.as_micros().div_ceil(1000)).unwrap_or(i32::MAX)
        })
    }

    fn expire(&'static self) {
        runtime::get().timers.expire();
        loop {
            // Let go of before anything happens.
            let due = lock(&self.agenda).pop_due(Instant::now());
            let Some(timer) = due else { return };
            self.fire(timer);
        }
    }

    fn fire(&'static self, timer: Timer) {
        match timer {
            Timer::Deadline { index, ticket } => {
                let Some(place) = runtime::get().sockets.find(index) else { return };
                let held = place.lock().connect_timed_out(place, ticket);
                io::recall(held.as_slice());
            }
            Timer::Release { index, ticket } => {
                let Some(place) = runtime::get().sockets.find(index) else { return };
                place.lock().release(place, ticket);
            }
            Timer::Backlog { index, generation } => {
                socket::notice::look_at_backlog(index, generation);
            }
            Timer::Port(id) => self.look_in(id),
            Timer::Sample(id) => {
                let port = lock(&self.ports).get(&id).and_then(|watched| watched.port.upgrade());
                if let Some(port) = port {
                    if port.release_sleepers() {
                        self.after(SAMPLE_EVERY, Timer::Sample(id));
                    } else {
                        port.sampled();
                    }
                }
            }
            Timer::Threads => {
                self.watches_threads.store(false, Ordering::Relaxed);
                if socket::bury_threads() {
                    watch_threads();
                }
            }
        }
    }

    fn after(&self, time: Duration, timer: Timer) {
        let at = Instant::now() + time;
        let mut agenda = lock(&self.agenda);
        let first = agenda.add(at, timer);
        // Connections that came to be long ago leave their timers behind; two go for one
        // that comes, so that the agenda stays as long as what is pending.
        for _ in 0..2 {
            if !agenda.drop_first_if(is_over) {
                break;
            }
        }
        drop(agenda);
        // The engine thread looks at the clock before it waits again.
        if first && !IS_ENGINE.get() {
            self.poller.kick();
        }
    }

    fn look_in(&'static self, id: u64) {
        let mut ports = lock(&self.ports);
        let Some(watched) = ports.get(&id) else { return };
        let Some(port) = watched.port.upgrade() else {
            ports.remove(&id);
            return;
        };
        drop(ports);
        let batches = port.hand_over_stale();
        let mut ports = lock(&self.ports);
        let Some(watched) = ports.get_mut(&id) else { return };
        if batches.handed_over {
            watched.courtesy = COURTESY;
        }
        // A batch is looked at again in a moment, unless that is what this look was for and its
        // thread has handed it over by itself.
        let soon = batches.held_back && (batches.seen_before || !watched.soon);
        watched.soon = soon;
        if port.is_attended() {
            // Its threads come: the next time there is less of a hurry.
            watched.courtesy = (watched.courtesy * 2).min(COURTESY_MAX);
            let courtesy = if soon { COURTESY } else { watched.courtesy };
            drop(ports);
            match batches.held_back {
                true => self.after(courtesy, Timer::Port(id)),
                false => port.leave_alone(),
            }
            return;
        }
        let visited = port.was_visited(&mut watched.seen);
        let reaped = port.was_reaped(&mut watched.reaps);
        drop(ports);
        let seen = if visited { 0 } else { port.attend_from_afar() };
        let idle = !visited && !reaped && seen == 0;
        let mut ports = lock(&self.ports);
        let Some(watched) = ports.get_mut(&id) else { return };
        port.was_visited(&mut watched.seen);
        watched.courtesy = if visited || reaped || idle { watched.courtesy * 2 } else { COURTESY };
        if idle && !batches.held_back && watched.courtesy > COURTESY_MAX {
            watched.courtesy = COURTESY;
            drop(ports);
            self.await_news(&port);
            return;
        }
        watched.courtesy = watched.courtesy.min(COURTESY_MAX);
        let courtesy = if soon { COURTESY } else { watched.courtesy };
        drop(ports);
        self.after(courtesy, Timer::Port(id));
    }

    /// Has a port's poller tell of its news, once. Whoever begins a batch looks, after having begun
    /// it, whether the port is left to that, and this looks for batches after having said so.
    fn await_news(&self, port: &Port) {
        port.doze();
        if port.holds_back() && port.awake() {
            self.after(COURTESY, Timer::Port(port.id()));
            return;
        }
        let token = Source::Port(port.id()).token();
        let descriptor = port.poller().descriptor();
        if self.poller.rearm(descriptor, token, Watch::ReadableOnce).is_err() {
            let _ = self.poller.add(descriptor, token, Watch::ReadableOnce);
        }
    }
}

/// Whether the operation of a timer has ended; not sure while somebody is at its socket.
fn is_over(timer: &Timer) -> bool {
    let Timer::Deadline { index, ticket } = *timer else { return false };
    let Some(place) = runtime::get().sockets.find(index) else { return true };
    place.try_lock().is_some_and(|socket| !socket.is_connecting_as(ticket))
}

/// Has something happen after a time.
///
/// # Errors
/// As [`get`]: it will not happen.
pub fn after(time: Duration, timer: Timer) -> Result<(), Errno> {
    get()?.after(time, timer);
    Ok(())
}

/// Looks in at a port from now on, until its own threads sit there again.
///
/// # Errors
/// As [`get`]: nobody looks in.
pub fn look_after(port: &Arc<Port>) -> Result<(), Errno> {
    let reactor = get()?;
    let courtesy = reactor.know(port);
    reactor.after(courtesy, Timer::Port(port.id()));
    Ok(())
}

impl Reactor {
    fn know(&self, port: &Arc<Port>) -> Duration {
        let mut ports = lock(&self.ports);
        ports.retain(|_, watched| watched.port.strong_count() > 0);
        let watched = ports.entry(port.id()).or_insert_with(|| Watched {
            port: Arc::downgrade(port),
            seen: 0,
            reaps: 0,
            courtesy: COURTESY,
            soon: false,
        });
        watched.courtesy
    }
}

/// A port that nobody looked after for a while has something to tell.
pub fn port_has_news(id: u64) {
    let Ok(reactor) = get() else { return };
    let port = lock(&reactor.ports).get(&id).and_then(|watched| watched.port.upgrade());
    if port.is_some_and(|port| port.awake()) {
        reactor.after(COURTESY, Timer::Port(id));
    }
}

/// Looks in, soon, at a port that was left to tell its news itself.
pub fn look_soon(port: &Port) {
    if let Ok(reactor) = get() {
        reactor.after(COURTESY, Timer::Port(port.id()));
    }
}

/// Looks, in a moment, whether the threads that hold a port up sleep (P-018).
///
/// # Errors
/// As [`get`]: nobody looks.
pub fn sample(port: &Arc<Port>) -> Result<(), Errno> {
    let reactor = get()?;
    reactor.know(port);
    reactor.after(SAMPLE_EVERY, Timer::Sample(port.id()));
    Ok(())
}

/// Looks, in a while and then again, for threads that ended without saying so.
pub fn watch_threads() {
    let Ok(reactor) = get() else { return };
    if !reactor.watches_threads.swap(true, Ordering::Relaxed) {
        reactor.after(BURY_EVERY, Timer::Threads);
    }
}
