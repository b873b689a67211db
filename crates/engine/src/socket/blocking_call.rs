//! Blocking calls that wait for their operation, alertably or not.

use crate::operation::{Ended, Ending, Notify, Operation, Synchronous};
use crate::thread;
use crate::wait::{self, INFINITE, Target, WaitResult};
use std::sync::Arc;
use std::time::Instant;

/// Takes an operation back whose blocking call has run out of time or will not return.
pub(super) fn take_back(waiter: &Arc<Synchronous>, ending: Ending) {
    let mut held = Vec::new();
    let place = waiter.place;
    let mut socket = place.lock();
    if socket.open {
        socket.cancel(place, ending, &mut held, |operation| is_for(operation, waiter));
    }
    drop(socket);
    crate::io::recall(&held);
}

pub(super) fn is_for(operation: &Operation, waiter: &Arc<Synchronous>) -> bool {
    matches!(&operation.notify, Notify::Synchronous(own) if Arc::ptr_eq(own, waiter))
}

/// Ends what the calling thread's blocking calls have started: the thread leaves them by
/// ExitThread, from an APC that ran in their waits, and its stack, where their buffers may be,
/// is about to go (S-045).
pub fn give_up_blocking_calls() {
    for waiter in thread::take_blocking_calls().iter().rev() {
        take_back(waiter, Ending::Cancelled);
        is_done(waiter, INFINITE, false);
        drop(waiter.take());
    }
}

/// Waits until the operation of a blocking call has ended; `false`: the time is over. What an
/// alertable wait runs does not end it (F-007). Meanwhile CancelSynchronousIo finds the call.
pub(super) fn is_done(waiter: &Arc<Synchronous>, timeout_ms: u32, alertable: bool) -> bool {
    let _blocked = thread::BlockingCall::enter(waiter);
    let until = wait::deadline(timeout_ms);
    let targets = [Target::Event(waiter.done.clone())];
    loop {
        let left = until.map_or(INFINITE, |until| {
            let left = until.saturating_duration_since(Instant::now());
            (left.as_micros().div_ceil(1000) as u32).min(INFINITE - 1)
        });
        match wait::wait(&targets, false, left, alertable) {
            Ok(WaitResult::Alerted) => {}
            result => return matches!(result, Ok(WaitResult::Signalled(_))),
        }
    }
}

/// Waits alertably for the operation of a blocking connect or accept (B-019, F-007).
pub(super) fn wait_for(waiter: &Arc<Synchronous>) -> Option<(Box<Operation>, Ended)> {
    is_done(waiter, INFINITE, true);
    waiter.take()
}
