//! What a thread is to the port that it last waited at (P-016).

use super::desk::{Poster, Taken, WaiterRef};
use super::{Packet, Port};
use crate::io;
use crate::sync::plain::{Arc, Mutex, lock};
use linsock_abi::Win32Error;
use linsock_backend::ring::Ring;
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicU8, Ordering};

/// Waiting, or at work without counting.
const IDLE: u8 = 0;
/// Counts as running.
const RUNNING: u8 = 1;

/// The part of a worker that other threads see.
#[derive(Debug)]
pub struct Shared {
    /// The thread's number.
    pub thread: u32,
    state: AtomicU8,
    /// The thread's own ring, where a ring is what does the I/O.
    pub ring: Option<Arc<Ring>>,
    /// What the reactor saw of the thread's batches.
    watched: Mutex<Watched>,
}

/// A batch as it was at the last look.
#[derive(Debug)]
struct Watched {
    batch: u64,
    len: usize,
    looks: u32,
}

/// How a thread gets on with the batch that it holds back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// It is another one than at the last look.
    New,
    /// It has grown since.
    Growing,
    /// It grows, but the first requests have waited for long.
    Slow,
    /// It has not been touched since.
    Stalled,
}

/// A batch is handed over when it was seen so often, whatever its thread does.
const LOOKS_MAX: u32 = 4;

impl Watched {
    fn look(&mut self, (batch, len): (u64, usize)) -> Pace {
        let before = std::mem::replace(self, Watched { batch, len, looks: 1 });
        if before.batch != batch {
            return Pace::New;
        }
        self.looks = before.looks + 1;
        match before.len == len {
            true => Pace::Stalled,
            false if self.looks >= LOOKS_MAX => Pace::Slow,
            false => Pace::Growing,
        }
    }
}

impl Shared {
    pub fn is_running(&self) -> bool {
        self.state.load(Ordering::Relaxed) == RUNNING
    }

    pub fn run(&self) {
        self.state.store(RUNNING, Ordering::Release);
    }

    /// The thread stops by itself; `true` if it still counted.
    pub fn stop(&self) -> bool {
        // Only the thread itself makes it RUNNING, so a plain look spares the exchange.
        self.state.load(Ordering::Relaxed) != IDLE && self.suspend()
    }

    /// Looks at the batch that the thread holds back; for the reactor alone.
    pub fn pace(&self, ring: &Ring) -> Pace {
        lock(&self.watched).look(ring.batch())
    }

    /// Stops counting the thread; `true` for the one caller that must take it off the count.
    pub fn suspend(&self) -> bool {
        self.state.swap(IDLE, Ordering::AcqRel) == RUNNING
    }
}

/// The current thread's part at its port.
pub struct Worker {
    port: Arc<Port>,
    pub waiter: WaiterRef,
    pub shared: Arc<Shared>,
    /// Calls answered from the queue since this thread last looked after the I/O.
    unvisited: Cell<u32>,
}

/// Calls answered from the queue before the thread looks after the I/O all the same.
const UNVISITED_MAX: u32 = 32;

impl Worker {
    /// Whether the I/O has waited long enough.
    pub fn is_due(&self) -> bool {
        self.unvisited.get() >= UNVISITED_MAX
    }

    /// Counts a call; `true` once the I/O has waited long enough.
    pub fn count(&self) -> bool {
        let due = self.is_due();
        self.unvisited.set(if due { 0 } else { self.unvisited.get() + 1 });
        due
    }

    #[inline]
    fn take_at_once(&self, max: usize, taken: &mut impl Taken<Packet>) -> bool {
        let ring = self.shared.ring.as_ref();
        if self.is_due() || ring.is_some_and(|ring| ring.has_completions()) {
            return false;
        }
        let running = self.shared.stop();
        let took = self.port.desk.take_at_once(running, max, taken);
        if took || running {
            self.shared.run();
        }
        if took {
            self.count();
            self.port.mind();
        }
        took
    }

    /// The thread has looked after the I/O.
    pub fn visited(&self) {
        self.unvisited.set(0);
    }
}

/// The current thread's ring, and the port that the thread works for.
struct Own {
    ring: Arc<Ring>,
    port: Arc<Port>,
}

thread_local! {
    /// The port that this thread named last: found again without a look-up.
    static LAST: Cell<Option<Arc<Port>>> = const { Cell::new(None) };
    /// Without a destructor of its own, as [`RING`]: those run latest first, and the end of the
    /// thread ([`thread_exit`]) must find both whichever of the library's calls came first.
    static WORKER: RefCell<ManuallyDrop<Option<Worker>>> =
        const { RefCell::new(ManuallyDrop::new(None)) };
    /// In a place of its own because it is needed while the worker is at work.
    static RING: RefCell<ManuallyDrop<Option<Own>>> =
        const { RefCell::new(ManuallyDrop::new(None)) };
    /// The port whose I/O this thread is looking after right now.
    static VISITING: Cell<*const Port> = const { Cell::new(std::ptr::null()) };
}

/// Runs `work` with the port of a handle.
///
/// # Errors
/// ERROR_INVALID_HANDLE: no open port; else what `work` answers.
pub fn by_handle<R>(
    handle: usize,
    work: impl FnOnce(&Arc<Port>) -> Result<R, Win32Error>,
) -> Result<R, Win32Error> {
    let port = match LAST.try_with(Cell::take).ok().flatten() {
        Some(port) if port.is_known_as(handle) => port,
        _ => {
            let port = crate::runtime::get().handles.port(handle)?;
            port.handle.store(handle, Ordering::Relaxed);
            port
        }
    };
    let result = work(&port);
    if port.is_known_as(handle) {
        let _ = LAST.try_with(|last| last.set(Some(port)));
    }
    result
}

/// Runs `work` as a worker of the port, which the thread joins if it was elsewhere.
pub fn at<R>(port: &Arc<Port>, work: impl FnOnce(&Worker) -> R) -> R {
    let worker = match ManuallyDrop::into_inner(WORKER.take()) {
        Some(worker) if Arc::ptr_eq(&worker.port, port) => worker,
        other => join(port, other),
    };
    let result = work(&worker);
    WORKER.set(ManuallyDrop::new(Some(worker)));
    result
}

/// Takes up to `max` packets from the port of a handle, if the thread is a worker there and has
/// nothing to do but to take packets that are there already.
#[inline]
pub fn take_at_once(handle: usize, max: usize, taken: &mut impl Taken<Packet>) -> bool {
    WORKER.with_borrow(|worker| {
        let Some(worker) = worker.as_ref() else { return false };
        worker.port.is_known_as(handle) && worker.take_at_once(max, taken)
    })
}

#[cold]
fn join(port: &Arc<Port>, before: Option<Worker>) -> Worker {
    crate::thread::touch();
    let ring = match before {
        Some(before) => leave(before).and_then(|ring| bring(ring, port)),
        None if io::uses_rings() => io::make_ring(port.poller()).ok(),
        None => None,
    };
    let shared = Arc::new(Shared {
        thread: crate::thread::current_id(),
        state: AtomicU8::new(IDLE),
        ring,
        watched: Mutex::new(Watched { batch: u64::MAX, len: 0, looks: 0 }),
    });
    lock(&port.workers).push(shared.clone());
    if let Some(ring) = &shared.ring {
        set_ring(Some(Own { ring: ring.clone(), port: port.clone() }));
        // What the ring brings must not wait for this thread to come back.
        port.watch();
    }
    Worker { port: port.clone(), waiter: WaiterRef::default(), shared, unvisited: Cell::new(0) }
}

/// Has another port tell of a thread's ring. One that it cannot tell of is given up: what is started
/// goes through the reactor then.
fn bring(ring: Arc<Ring>, port: &Port) -> Option<Arc<Ring>> {
    if io::attach_ring(&ring, port.poller()).is_ok() {
        return Some(ring);
    }
    set_ring(None);
    io::retire_ring(&ring);
    None
}

/// Takes a worker off its port; its ring goes with the thread.
fn leave(worker: Worker) -> Option<Arc<Ring>> {
    let port = worker.port;
    // This port's reactor looks at it no longer.
    hand_over();
    lock(&port.workers).retain(|other| !Arc::ptr_eq(other, &worker.shared));
    if worker.shared.stop() {
        port.desk.stop_running(&port.poller);
    }
    worker.shared.ring.clone()
}

/// The current thread ends (P-016).
pub fn thread_exit() {
    if let Some(worker) = ManuallyDrop::into_inner(WORKER.take())
        && let Some(ring) = leave(worker)
    {
        set_ring(None);
        io::retire_ring(&ring);
    }
}

/// The ring of the current thread, if it has one.
pub fn own_ring() -> Option<Arc<Ring>> {
    RING.with_borrow(|own| own.as_ref().map(|own| own.ring.clone()))
}

/// Whether the current thread's ring may hold back what the thread starts on a socket of this port:
/// it is the port that the thread comes back to, and the reactor will see to it if it does not.
pub fn may_hold_back(port: &Arc<Port>) -> bool {
    RING.with_borrow(|own| {
        own.as_ref().is_some_and(|own| Arc::ptr_eq(&own.port, port) && own.ring.is_patient())
    })
}

/// The current thread is about to wait: hands over what its ring holds back.
fn hand_over() {
    RING.with_borrow(|own| {
        if let Some(own) = own.as_ref() {
            own.ring.flush();
        }
    });
}

fn set_ring(own: Option<Own>) {
    drop(ManuallyDrop::into_inner(RING.replace(ManuallyDrop::new(own))));
}

/// Looks after a port's I/O; packets posted there meanwhile wake nobody else, because this
/// thread looks at the queue next.
pub fn visit(port: &Port, work: impl FnOnce()) {
    let before = VISITING.replace(port);
    work();
    VISITING.set(before);
}

/// What the current thread, which posts a packet to a port, is to it.
pub fn poster(port: &Arc<Port>) -> Poster {
    if std::ptr::eq(VISITING.get(), Arc::as_ptr(port)) {
        return Poster::Looks;
    }
    WORKER.with_borrow(|worker| match &**worker {
        Some(worker) if Arc::ptr_eq(&worker.port, port) && worker.shared.is_running() => {
            Poster::ComesBack
        }
        _ => Poster::Leaves,
    })
}

/// The current thread does not count as running at its port while this lives (P-017).
#[must_use]
pub struct Blocked(Option<(Arc<Port>, Arc<Shared>)>);

impl Blocked {
    /// The thread is about to block.
    pub fn enter() -> Self {
        hand_over();
        let counted = WORKER
            .try_with(|worker| {
                let worker = worker.borrow();
                let worker = worker.as_ref().filter(|worker| worker.shared.stop())?;
                Some((worker.port.clone(), worker.shared.clone()))
            })
            .ok()
            .flatten();
        if let Some((port, _)) = &counted {
            port.desk.stop_running(&port.poller);
        }
        Blocked(counted)
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        if let Some((port, shared)) = &self.0 {
            port.desk.resume_running();
            shared.run();
        }
    }
}

/// A child of fork waits at no port.
pub fn forget_worker() {
    // What the parent's port holds is left alone: its locks may be held for ever.
    let _ = LAST.try_with(|last| std::mem::forget(last.take()));
    // Not dropped either, as the two have no destructor.
    let _ = WORKER.take();
    let _ = RING.take();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_grows_is_let_be_for_a_while() {
        let mut watched = Watched { batch: u64::MAX, len: 0, looks: 0 };
        let paces = [(0, 2), (0, 4), (0, 4), (1, 4), (1, 6), (1, 8), (1, 9), (3, 9)]
            .map(|batch| watched.look(batch));
        use Pace::{Growing, New, Slow, Stalled};
        assert_eq!(paces, [New, Growing, Stalled, New, Growing, Growing, Slow, New]);
    }
}
