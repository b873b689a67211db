//! Where news from the kernel comes in, and the rings that some of it comes through.

use crate::operation::{Operation, Orphan};
use crate::runtime;
use crate::sync::plain::{Arc, Mutex, lock};
use linsock_backend::net::Ready;
use linsock_backend::op::{Part, Progress};
use linsock_backend::poller::{Poller, Token, Watch};
use linsock_backend::ring::{Completed, Ring};
use linsock_backend::{Backend, Errno};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A socket that is ready.
    Socket {
        /// Its place in the table.
        index: usize,
        /// Which of the sockets that had this number.
        generation: u32,
    },
    /// A ring with completions.
    Ring(u64),
    /// A port nobody waits at, whose sockets have something to tell.
    Port(u64),
    /// A duplicated socket that somebody asks for.
    Offer(u32),
    /// The network, which has changed.
    Network,
    /// A process that has ended.
    Process(u32),
}

const KIND_SHIFT: u32 = 60;
const GENERATION_BITS: u32 = 32;

impl Source {
    /// As a poller carries it.
    pub fn token(self) -> Token {
        match self {
            Source::Socket { index, generation } => {
                (index as u64) << GENERATION_BITS | u64::from(generation)
            }
            Source::Ring(id) => 1 << KIND_SHIFT | id,
            Source::Port(id) => 2 << KIND_SHIFT | id,
            Source::Offer(number) => 3 << KIND_SHIFT | u64::from(number),
            Source::Network => 4 << KIND_SHIFT,
            Source::Process(number) => 5 << KIND_SHIFT | u64::from(number),
        }
    }

    /// Back from a poller.
    pub fn from_token(token: Token) -> Self {
        let rest = token & ((1 << KIND_SHIFT) - 1);
        match token >> KIND_SHIFT {
            0 => Source::Socket {
                index: (rest >> GENERATION_BITS) as usize,
                generation: rest as u32,
            },
            1 => Source::Ring(rest),
            2 => Source::Port(rest),
            3 => Source::Offer(rest as u32),
            4 => Source::Network,
            _ => Source::Process(rest as u32),
        }
    }
}

/// Sees to one event.
#[inline]
pub fn dispatch(source: Source, ready: Ready) {
    match source {
        Source::Socket { index, generation } => {
            if let Some(place) = runtime::get().sockets.find(index) {
                let mut socket = place.lock();
                if socket.is_open_as(generation) {
                    socket.became_ready(place, ready);
                }
            }
        }
        Source::Ring(id) => {
            let ring = lock(&runtime::get().rings.known).get(&id).cloned();
            if let Some(ring) = ring {
                reap(&ring);
            }
        }
        Source::Port(id) => crate::reactor::port_has_news(id),
        Source::Offer(number) => crate::socket::serve_offer(number),
        Source::Network => crate::network::has_news(),
        Source::Process(number) => crate::process::has_news(number),
    }
}

/// The rings of this process, and the operations that only rings still know.
#[derive(Default)]
pub struct Rings {
    known: Mutex<HashMap<u64, Arc<Ring>>>,
    made: AtomicU64,
    tickets: AtomicU64,
    /// Operations whose socket was closed while a ring held them, by ticket.
    orphans: Mutex<HashMap<u64, Orphan>>,
}

/// Whether rings do the I/O of this process.
pub fn uses_rings() -> bool {
    matches!(linsock_backend::choice::choice(), Ok(choice) if choice.backend == Backend::Uring)
}

/// A ring for the calling thread, whose completions a poller tells of.
///
/// # Errors
/// EMFILE, ENFILE, ENOMEM: none can be had now.
pub fn make_ring(poller: &Poller) -> Result<Arc<Ring>, Errno> {
    let ring = Arc::new(Ring::new()?);
    let rings = &runtime::get().rings;
    static AT_EXIT: Once = Once::new();
    AT_EXIT.call_once(|| linsock_backend::thread::at_exit(flush_all));
    let id = rings.made.fetch_add(1, Ordering::Relaxed) + 1;
    ring.set_id(id);
    attach_ring(&ring, poller)?;
    lock(&rings.known).insert(id, ring.clone());
    Ok(ring)
}

/// Hands over what any ring holds back: the process ends.
pub extern "C" fn flush_all() {
    for ring in lock(&runtime::get().rings.known).values() {
        ring.flush();
    }
}

/// Has another poller tell of a ring's completions.
///
/// # Errors
/// ENOMEM, ENOSPC: it does not.
pub fn attach_ring(ring: &Ring, poller: &Poller) -> Result<(), Errno> {
    match poller.add(ring.descriptor(), Source::Ring(ring.id()).token(), Watch::Readable) {
        // A ring that is known there already stays known.
        Err(Errno::EEXIST) => Ok(()),
        result => result,
    }
}

/// The thread that owns a ring ends. Its requests would be lost with it, so they are taken
/// back from the kernel here and go on through the reactor.
pub fn retire_ring(ring: &Arc<Ring>) {
    RETIRING.set(true);
    while ring.in_flight() > 0 {
        ring.cancel_everything();
        ring.run_task_work();
        reap(ring);
    }
    RETIRING.set(false);
    lock(&runtime::get().rings.known).remove(&ring.id());
}

thread_local! {
    /// The thread takes its requests back; those it did not cancel for their own sake go on.
    static RETIRING: Cell<bool> = const { Cell::new(false) };
    static TAKEN: Cell<Vec<Completed>> = const { Cell::new(Vec::new()) };
}

/// A number that no operation had before.
pub fn ticket() -> u64 {
    (runtime::get().rings.tickets.fetch_add(1, Ordering::Relaxed) + 1) & TICKET_MASK
}

const TICKET_BITS: u32 = 38;
const TICKET_MASK: u64 = (1 << TICKET_BITS) - 1;
const SIDE_SHIFT: u32 = 1;
const TICKET_SHIFT: u32 = 2;
const INDEX_SHIFT: u32 = TICKET_SHIFT + TICKET_BITS;

/// What a request carries through a ring: whose it is, which queue, which operation.
pub fn user_data(index: usize, output: bool, ticket: u64) -> u64 {
    (index as u64) << INDEX_SHIFT | ticket << TICKET_SHIFT | u64::from(output) << SIDE_SHIFT
}

/// What was put in by [`user_data`].
pub fn of_user_data(user_data: u64) -> (usize, bool, u64) {
    let index = (user_data >> INDEX_SHIFT) as usize;
    let output = user_data >> SIDE_SHIFT & 1 == 1;
    (index, output, user_data >> TICKET_SHIFT & TICKET_MASK)
}

/// Takes a ring's completions and sees to them.
pub fn reap(ring: &Ring) {
    let mut taken = TAKEN.try_with(Cell::take).unwrap_or_default();
    ring.reap(&mut taken);
    for &(user_data, result) in &taken {
        complete(user_data, result);
    }
    taken.clear();
    let _ = TAKEN.try_with(|place| place.set(taken));
}

fn complete(user_data: u64, result: i32) {
    let (index, output, ticket) = of_user_data(user_data);
    let part = Part::of(user_data);
    let retiring = RETIRING.get();
    if let Some(place) = runtime::get().sockets.find(index) {
        let mut socket = place.lock();
        if socket.ring_completed(place, output, ticket, part, result, retiring) {
            return;
        }
    }
    let mut orphans = lock(&runtime::get().rings.orphans);
    let Some(orphan) = orphans.get_mut(&ticket) else { return };
    if matches!(orphan.operation.ring_completed(part, result), Progress::More) {
        return;
    }
    let orphan = orphans.remove(&ticket);
    drop(orphans);
    if let Some(orphan) = orphan {
        orphan.finish();
    }
}

/// Keeps an operation whose socket is gone until its ring gives it back.
pub fn adopt_orphan(orphan: Orphan) {
    lock(&runtime::get().rings.orphans).insert(orphan.operation.ticket, orphan);
}

/// The ring that a request of the calling thread goes to; `None`: the reactor's.
pub fn ring_of_this_thread() -> Option<Arc<Ring>> {
    if RETIRING.get() { None } else { crate::port::own_ring() }
}

/// Asks for operations back from the rings that hold them.
pub fn recall(held: &[(Arc<Ring>, u64)]) {
    for (ring, user_data) in held {
        ring.cancel(*user_data);
    }
    for (ring, _) in held {
        reap(ring);
    }
}

/// What a ring needs to be asked for an operation back.
pub fn handle_in_ring(
    operation: &Operation,
    index: usize,
    output: bool,
) -> Option<(Arc<Ring>, u64)> {
    let ring = operation.ring.clone()?;
    Some((ring, user_data(index, output, operation.ticket)))
}
