//! Cancelling operations: by handle, by OVERLAPPED, by thread (X-001..X-014, C-053..C-055).

use super::acceptance::Handed;
use super::blocking_call::is_for;
use super::queue::{Side, open_settled};
use super::{Number, Place, Socket};
use crate::io;
use crate::operation::{Ending, Notify, Operation};
use crate::runtime;
use crate::settings;
use crate::sync::plain::{Arc, Mutex, lock};
use crate::thread::ThreadObject;
use linsock_abi::WsaError;
use linsock_backend::ring::Ring;
use std::cell::RefCell;
use std::collections::HashMap;

/// An operation that a ring holds, and what the ring needs to give it back.
pub type Held = (Arc<Ring>, u64);

/// CancelIoEx: every operation of a socket, blocking calls included, or those started with one
/// OVERLAPPED; `false`: there was none (X-003..X-005).
///
/// # Errors
/// WSAENOTSOCK.
pub fn cancel(number: Number, overlapped: Option<usize>) -> Result<bool, WsaError> {
    cancel_where(number, |operation| overlapped.is_none_or(|wanted| operation.is_of(wanted)))
}

/// CancelIo: the calling thread's operations of a socket.
///
/// # Errors
/// WSAENOTSOCK.
pub fn cancel_of_thread(number: Number) -> Result<bool, WsaError> {
    let thread = crate::thread::current_id();
    cancel_where(number, |operation| operation.thread == thread)
}

/// CancelSynchronousIo: the operation that a thread's blocking call waits for; `false`: it waits
/// for none.
pub fn cancel_synchronous(thread: &ThreadObject) -> bool {
    let Some(call) = thread.blocking_call() else { return false };
    let Some(place) = runtime::get().sockets.find(call.socket) else { return false };
    let mut held = Vec::new();
    let mut socket = place.lock();
    let any = socket.open
        && socket.cancel(place, Ending::Cancelled, &mut held, |operation| is_for(operation, &call));
    drop(socket);
    io::recall(&held);
    any
}

fn cancel_where(number: Number, wanted: impl Fn(&Operation) -> bool) -> Result<bool, WsaError> {
    let (place, mut socket) = open_settled(number)?;
    let mut held = Vec::new();
    // What the socket does of its own accord goes on; a blocking call is an operation like others,
    // whose end queues no packet.
    let wanted =
        |operation: &Operation| !matches!(operation.notify, Notify::Nobody) && wanted(operation);
    let mut any = socket.cancel(place, Ending::Cancelled, &mut held, |operation| {
        !operation.is_elsewheres() && wanted(operation)
    });
    let handed = socket.handed();
    drop(socket);
    io::recall(&held);
    for handed in handed {
        any |= handed.cancel(Ending::Cancelled, wanted);
    }
    Ok(any)
}

impl Socket {
    /// Ends the wanted operations, or asks their rings for them.
    pub(super) fn cancel(
        &mut self,
        place: &'static Place,
        ending: Ending,
        held: &mut Vec<Held>,
        wanted: impl Fn(&Operation) -> bool,
    ) -> bool {
        let mut any = false;
        if ending != Ending::Silent {
            // As much as was possible at once has happened before anything is called off.
            self.settle(place, Side::Input);
            self.settle(place, Side::Output);
        }
        for side in [Side::Input, Side::Output, Side::Notices] {
            let mut n = 0;
            while let Some(operation) = self.queue(side).get(n) {
                if !wanted(operation) || operation.ending.is_some() {
                    n += 1;
                    continue;
                }
                any = true;
                // Else it is gone from the queue.
                if let Some(ring) = self.give_up(place, side, n, ending) {
                    held.push(ring);
                    n += 1;
                }
            }
            // Of what is silenced nothing goes on (W-012).
            if any && side != Side::Notices && ending != Ending::Silent {
                self.pump(place, side, linsock_backend::net::Ready::UNKNOWN);
            }
        }
        any
    }

    /// Ends one operation, unless a ring holds it: then only how it will end is decided.
    pub(super) fn give_up(
        &mut self,
        place: &'static Place,
        side: Side,
        n: usize,
        ending: Ending,
    ) -> Option<Held> {
        let index = self.fd as usize;
        let operation = self.queue(side).get_mut(n)?;
        if operation.in_flight > 0 {
            operation.ending = Some(ending);
            return io::handle_in_ring(operation, index, side == Side::Output);
        }
        let operation = self.queue(side).remove(n)?;
        let ended = ending.of(&operation);
        if ending == Ending::Silent {
            crate::operation::silence(operation, ended);
        } else {
            self.end(place, operation, ended);
        }
        None
    }

    /// Whether the end of its thread leaves an operation alone: it reports to a port (C-055).
    fn outlives_thread(&self, operation: &Operation) -> bool {
        let Notify::Overlapped(overlapped) = &operation.notify else { return false };
        self.route.is_some() && !overlapped.has_event() && !settings::get().thread_exit_cancels_all
    }

    /// Lists the socket for the end of the operation's thread.
    pub(super) fn remember_for_thread_exit(&self, operation: &Operation) {
        if !matches!(operation.notify, Notify::Overlapped(_))
            || self.outlives_thread(operation)
            || operation.is_elsewheres()
        {
            return;
        }
        let thread = operation.thread;
        let index = self.fd as usize;
        let _ = STARTED.try_with(|started| {
            let mut started = started.borrow_mut();
            let list = started.get_or_insert_with(|| {
                let list = ThreadList::default();
                lock(&runtime::get().thread_lists.lists).insert(thread, list.clone());
                list
            });
            let mut sockets = lock(&list.0);
            if sockets.last() == Some(&index) {
                return;
            }
            // Sockets whose operations have ended meanwhile are dropped when the list would
            // have to grow, so that it stays as long as what is pending.
            if sockets.len() == sockets.capacity() && sockets.len() >= 64 {
                sockets.retain(|&index| is_listed(index, thread));
                let spare = sockets.len();
                sockets.reserve(spare);
            }
            sockets.push(index);
            drop(sockets);
            crate::reactor::watch_threads();
        });
    }

    fn has_of(&self, thread: u32) -> bool {
        self.operations().any(|operation| operation.thread == thread)
            || self.handed.iter().any(|handed| handed.is_of(thread))
    }
}

/// A child of fork has started nothing.
pub fn forget_started() {
    // The parent's list stays where it is: its lock may be held for ever.
    let _ = STARTED.try_with(|started| std::mem::forget(started.take()));
}

/// The sockets on which a thread started operations that end with it.
#[derive(Clone, Default)]
pub struct ThreadList(Arc<Mutex<Vec<usize>>>);

/// The lists of all threads, for those that end without their destructors.
#[derive(Default)]
pub struct ThreadLists {
    lists: Mutex<HashMap<u32, ThreadList>>,
}

thread_local! {
    static STARTED: RefCell<Option<ThreadList>> = const { RefCell::new(None) };
}

/// Cancels what an exiting thread had started (C-053).
pub fn thread_exit(thread: u32) {
    let _ = STARTED.try_with(RefCell::take);
    let list = lock(&runtime::get().thread_lists.lists).remove(&thread);
    let Some(list) = list else { return };
    let sockets = std::mem::take(&mut *lock(&list.0));
    for index in sockets {
        let Some(place) = runtime::get().sockets.find(index) else { continue };
        let mut socket = place.lock();
        if !socket.open {
            continue;
        }
        let mut held = Vec::new();
        let outliving: Vec<u64> = socket
            .operations()
            .filter(|operation| socket.outlives_thread(operation))
            .map(|operation| operation.ticket)
            .collect();
        socket.cancel(place, Ending::Cancelled, &mut held, |operation| {
            operation.thread == thread
                && !operation.is_elsewheres()
                && !outliving.contains(&operation.ticket)
        });
        let mut handed = socket.handed();
        if socket.route.is_some() && !settings::get().thread_exit_cancels_all {
            handed.retain(Handed::has_event);
        }
        drop(socket);
        io::recall(&held);
        for handed in handed {
            handed.cancel(Ending::Cancelled, |operation| operation.thread == thread);
        }
    }
}

/// Ends what threads had started that are gone without having said so; `true`: there are
/// threads left to look after.
pub fn bury_threads() -> bool {
    let lists = lock(&runtime::get().thread_lists.lists).clone();
    let mut any = false;
    for (thread, list) in lists {
        if !linsock_backend::thread::exists(thread) {
            thread_exit(thread);
            continue;
        }
        let mut sockets = lock(&list.0);
        sockets.retain(|&index| is_listed(index, thread));
        any |= !sockets.is_empty();
    }
    any
}

/// Whether a socket has operations of a thread; one that somebody is at stays listed.
fn is_listed(index: usize, thread: u32) -> bool {
    let place = runtime::get().sockets.find(index);
    place.is_some_and(|place| place.try_lock().is_none_or(|socket| socket.has_of(thread)))
}
