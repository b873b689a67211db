//! Signals, and the threads that wait for them.
//!
//! A [`Signal`] is one 32-bit word: is it set, does a wait consume it, and how many waits watch
//! it. While nobody watches, setting and resetting are one compare-and-exchange on that word and
//! touch nothing shared. As soon as a wait registers (under the dispatcher's lock) the count is
//! not zero, and from then on every change of the word goes through the lock as well. So a wait
//! for several signals sees them stand still:
//!
//! * a set hands the signal to the watching waits before it returns, hence a reset right after it
//!   takes nothing away from them;
//! * a wait for all looks at every signal, and consumes them, in one step.
//!
//! What a wait changes beyond its signal (a mutex's owner, a semaphore's count) changes under the
//! lock alone: such a signal counts one watch more than there are waits, for good, so that nobody
//! sets or takes it past the lock.
//!
//! Count and state share a word, so "set, then look for watchers" and "register, then look at the
//! state" cannot miss each other: one of the two compare-and-exchanges comes second.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use linsock_abi::Win32Error;

use crate::event::Event;
use crate::mutex::MutexObject;
use crate::process::Process;
use crate::semaphore::Semaphore;
use crate::sync::{Arc, AtomicU32, AtomicUsize, Condvar, Mutex, Ordering, lock};
use crate::thread::ThreadObject;
use crate::timer::WaitableTimer;

/// A time-out that never comes.
pub const INFINITE: u32 = u32::MAX;

/// The most objects one wait may name (MAXIMUM_WAIT_OBJECTS, WSA_MAXIMUM_WAIT_EVENTS; E-004).
pub const TARGETS_MAX: usize = 64;

const SET: u32 = 1;
const MANUAL: u32 = 2;
/// One watching wait; the count takes the bits from here up.
const WATCH: u32 = 4;

/// What can be waited for: set or not set.
pub struct Signal {
    word: AtomicU32,
}

/// What a look at a signal without the dispatcher's lock found.
enum Glance {
    Taken,
    NotSet,
    /// It is set and other waits watch it: only the lock decides who gets it.
    Contested,
}

impl Signal {
    #[cfg(not(loom))]
    const fn with_word(word: u32) -> Self {
        Signal { word: AtomicU32::new(word) }
    }

    #[cfg(not(loom))]
    /// A signal that stays set until reset (`manual`), or until one wait takes it.
    pub const fn new(manual: bool, initial: bool) -> Self {
        Self::with_word(Self::first_word(manual, initial))
    }

    #[cfg(loom)]
    /// A signal that stays set until reset (`manual`), or until one wait takes it.
    pub fn new(manual: bool, initial: bool) -> Self {
        Signal { word: AtomicU32::new(Self::first_word(manual, initial)) }
    }

    /// A signal that is only set, reset and taken under the dispatcher's lock.
    pub fn guarded(initial: bool) -> Self {
        Signal { word: AtomicU32::new(Self::first_word(false, initial) + WATCH) }
    }

    const fn first_word(manual: bool, initial: bool) -> u32 {
        (if manual { MANUAL } else { 0 }) | (if initial { SET } else { 0 })
    }

    /// Sets the signal and releases who waits for it.
    #[inline]
    pub fn set(&self) {
        if !self.change_unwatched(|word| word | SET) {
            dispatcher().set(self);
        }
    }

    /// Takes the signal back.
    #[inline]
    pub fn reset(&self) {
        if !self.change_unwatched(|word| word & !SET) {
            dispatcher().reset(self);
        }
    }

    /// Whether the signal is set at this moment.
    pub fn is_set(&self) -> bool {
        self.word.load(Ordering::Acquire) & SET != 0
    }

    /// Changes the word if no wait watches it; `false` asks for the lock.
    fn change_unwatched(&self, change: impl Fn(u32) -> u32) -> bool {
        let mut word = self.word.load(Ordering::Relaxed);
        while word < WATCH {
            match self.word.compare_exchange_weak(
                word,
                change(word),
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// Takes the signal without the lock, if that is possible.
    fn glance(&self) -> Glance {
        let mut word = self.word.load(Ordering::Acquire);
        loop {
            if word & SET == 0 {
                return Glance::NotSet;
            }
            if word & MANUAL != 0 {
                return Glance::Taken;
            }
            if word >= WATCH {
                return Glance::Contested;
            }
            match self.word.compare_exchange_weak(
                word,
                word & !SET,
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => return Glance::Taken,
                Err(now) => word = now,
            }
        }
    }

    /// Under the lock: consumes an auto-reset signal.
    fn consume(&self) {
        if self.word.load(Ordering::Relaxed) & MANUAL == 0 {
            self.word.fetch_and(!SET, Ordering::AcqRel);
        }
    }

    /// Under the lock: sets or resets.
    pub(crate) fn put(&self, set: bool) {
        if set {
            self.word.fetch_or(SET, Ordering::AcqRel);
        } else {
            self.word.fetch_and(!SET, Ordering::AcqRel);
        }
    }

    fn watch(&self) {
        self.word.fetch_add(WATCH, Ordering::AcqRel);
    }

    fn unwatch(&self) {
        self.word.fetch_sub(WATCH, Ordering::AcqRel);
    }

    fn key(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

/// An object of a wait. It keeps the object alive as long as the wait lasts.
#[derive(Clone)]
pub enum Target {
    Event(std::sync::Arc<Event>),
    Thread(std::sync::Arc<ThreadObject>),
    Mutex(std::sync::Arc<MutexObject>),
    Semaphore(std::sync::Arc<Semaphore>),
    Timer(std::sync::Arc<WaitableTimer>),
    Process(std::sync::Arc<Process>),
    /// A socket's own signal: sockets' places are never given back.
    Signal(&'static Signal),
    File(std::sync::Arc<crate::file::File>),
    /// Set while a thread has APCs to run; for its own alertable waits.
    Alert(std::sync::Arc<ThreadObject>),
}

impl Target {
    /// The signal that this object is waited on by.
    pub fn signal(&self) -> &Signal {
        match self {
            Target::Event(event) => event.signal(),
            Target::Thread(thread) => thread.signal(),
            Target::Mutex(mutex) => mutex.signal(),
            Target::Semaphore(semaphore) => semaphore.signal(),
            Target::Timer(timer) => timer.signal(),
            Target::Process(process) => process.signal(),
            Target::Signal(signal) => signal,
            Target::File(file) => file.signal(),
            Target::Alert(thread) => thread.apcs().alert(),
        }
    }

    fn is_mutex(&self) -> bool {
        matches!(self, Target::Mutex(_))
    }

    /// A look without the lock. A mutex may be its owner's although it is not set.
    fn glance(&self) -> Glance {
        if self.is_mutex() { Glance::Contested } else { self.signal().glance() }
    }

    /// Under the lock: whether a thread's wait for this object alone would be over.
    fn is_ready_for(&self, thread: u32) -> bool {
        match self {
            Target::Mutex(mutex) => mutex.is_free_for(thread),
            target => target.signal().is_set(),
        }
    }

    /// Under the lock: gives a thread what it waited for; `true`: it was abandoned.
    fn give_to(&self, thread: u32) -> bool {
        match self {
            Target::Mutex(mutex) => return mutex.give_to(thread),
            Target::Semaphore(semaphore) => semaphore.count_down(),
            target => target.signal().consume(),
        }
        false
    }
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitResult {
    /// By the object of this index, the lowest that was set; 0 for a wait for all.
    Signalled(usize),
    /// The same, and the object, or one of them all, is a mutex whose owner ended without releasing
    /// it.
    Abandoned(usize),
    TimedOut,
    /// By completion routines that ran (alertable waits only).
    Alerted,
}

/// One sleeping wait. `outcome` changes under the dispatcher's lock only.
struct Waiter {
    targets: Vec<Target>,
    all: bool,
    alertable: bool,
    /// Who waits, if a mutex is among the targets.
    thread: u32,
    outcome: AtomicUsize,
    wake: Condvar,
}

const PENDING: usize = usize::MAX;
/// Beside the index: a mutex was abandoned.
const ABANDONED: usize = 1 << 16;

fn result_of(outcome: usize) -> WaitResult {
    match outcome & ABANDONED {
        0 => WaitResult::Signalled(outcome),
        _ => WaitResult::Abandoned(outcome & !ABANDONED),
    }
}

/// The sleeping waits, by the signals they watch (the key is the signal's address; oldest first).
struct Waits {
    by_signal: BTreeMap<usize, Vec<Arc<Waiter>>>,
}

impl Waits {
    /// Gives a signal that was just set to the waits it satisfies, oldest first.
    fn hand_out(&mut self, signal: &Signal) -> Vec<Arc<Waiter>> {
        let mut released = Vec::new();
        while signal.is_set() {
            let queue = self.by_signal.get(&signal.key());
            let satisfied = queue.and_then(|queue| {
                queue.iter().find_map(|waiter| {
                    let index = take(&waiter.targets, waiter.all, waiter.alertable, waiter.thread)?;
                    Some((index, waiter.clone()))
                })
            });
            let Some((index, waiter)) = satisfied else {
                break;
            };
            waiter.outcome.store(index, Ordering::Relaxed);
            self.forget(&waiter);
            released.push(waiter);
        }
        released
    }

    fn enlist(&mut self, waiter: &Arc<Waiter>) {
        for target in &waiter.targets {
            self.by_signal.entry(target.signal().key()).or_default().push(waiter.clone());
        }
    }

    /// The wait is over: nothing watches on its behalf any more.
    fn forget(&mut self, waiter: &Arc<Waiter>) {
        for target in &waiter.targets {
            let signal = target.signal();
            if let Some(queue) = self.by_signal.get_mut(&signal.key()) {
                if let Some(place) = queue.iter().position(|other| Arc::ptr_eq(other, waiter)) {
                    queue.remove(place);
                }
                if queue.is_empty() {
                    self.by_signal.remove(&signal.key());
                }
            }
            signal.unwatch();
        }
    }
}

/// Under the lock, all targets watched: consumes what satisfies the wait, in one step. The last
/// target of an alertable wait is its alert, which satisfies it whatever the others do, but comes
/// after them.
fn take(targets: &[Target], all: bool, alertable: bool, thread: u32) -> Option<usize> {
    let (objects, alert) = targets.split_at(targets.len() - usize::from(alertable));
    take_objects(objects, all, thread).or_else(|| {
        let alert = alert.first()?;
        alert.signal().is_set().then_some(objects.len())
    })
}

fn take_objects(targets: &[Target], all: bool, thread: u32) -> Option<usize> {
    let mark = |abandoned: bool| if abandoned { ABANDONED } else { 0 };
    if !all {
        let index = targets.iter().position(|target| target.is_ready_for(thread))?;
        return Some(index | mark(targets[index].give_to(thread)));
    }
    if targets.iter().all(|target| target.is_ready_for(thread)) {
        // Every one is given, also after the first that was abandoned.
        let abandoned = targets.iter().filter(|target| target.give_to(thread)).count();
        return Some(mark(abandoned > 0));
    }
    None
}

/// Brings signals and waits together, under one lock for the process.
pub struct Dispatcher {
    waits: Mutex<Waits>,
}

impl Default for Dispatcher {
    fn default() -> Self {
        Self::new()
    }
}

impl Dispatcher {
    /// A dispatcher that nobody waits at.
    pub fn new() -> Self {
        Dispatcher { waits: Mutex::new(Waits { by_signal: BTreeMap::new() }) }
    }

    #[inline(never)]
    fn set(&self, signal: &Signal) {
        self.change(signal, || signal.put(true));
    }

    #[inline(never)]
    fn reset(&self, signal: &Signal) {
        let _still = lock(&self.waits);
        signal.put(false);
    }

    /// Changes an object under the lock, then gives it to the waits that it satisfies.
    pub(crate) fn change<R>(&self, signal: &Signal, change: impl FnOnce() -> R) -> R {
        let (result, released) = {
            let mut waits = lock(&self.waits);
            let result = change();
            (result, waits.hand_out(signal))
        };
        // Woken after the lock was given back, or they would only queue for it.
        for waiter in released {
            waiter.wake.notify_one();
        }
        result
    }

    /// The mutexes of a thread that somebody waits for, whether or not they have a handle.
    pub(crate) fn awaited_mutexes_of(&self, thread: u32) -> Vec<std::sync::Arc<MutexObject>> {
        let waits = lock(&self.waits);
        let targets = waits.by_signal.values().flatten().flat_map(|waiter| &waiter.targets);
        let owned = targets.filter_map(|target| match target {
            Target::Mutex(mutex) if mutex.is_of(thread) => Some(mutex.clone()),
            _ => None,
        });
        owned.collect()
    }

    fn wait(&self, targets: &[Target], all: bool, timeout_ms: u32, thread: u32) -> WaitResult {
        self.wait_for(targets, all, timeout_ms, false, thread)
    }

    /// The same with an alert as the last target.
    fn wait_alertably(
        &self,
        targets: &[Target],
        all: bool,
        timeout_ms: u32,
        thread: u32,
    ) -> WaitResult {
        let objects = targets.len() - 1;
        match self.wait_for(targets, all, timeout_ms, true, thread) {
            WaitResult::Signalled(index) if index == objects => WaitResult::Alerted,
            result => result,
        }
    }

    fn wait_for(
        &self,
        targets: &[Target],
        all: bool,
        timeout_ms: u32,
        alertable: bool,
        thread: u32,
    ) -> WaitResult {
        let objects = targets.len() - usize::from(alertable);
        // Only the first signal may be taken without the lock: taking a later one could pass over
        // an earlier one that was set in the meantime (E-005).
        if let Some(first) = targets.first().filter(|_| !all || objects == 1) {
            match first.glance() {
                Glance::Taken => return WaitResult::Signalled(0),
                Glance::NotSet if timeout_ms == 0 && targets.len() == 1 => {
                    return WaitResult::TimedOut;
                }
                Glance::NotSet | Glance::Contested => {}
            }
        }
        let deadline = deadline(timeout_ms);

        let mut waits = lock(&self.waits);
        targets.iter().for_each(|target| target.signal().watch());
        let taken = take(targets, all, alertable, thread);
        if taken.is_some() || timeout_ms == 0 {
            targets.iter().for_each(|target| target.signal().unwatch());
            return taken.map_or(WaitResult::TimedOut, result_of);
        }
        let waiter = Arc::new(Waiter {
            targets: targets.to_vec(),
            all,
            alertable,
            thread,
            outcome: AtomicUsize::new(PENDING),
            wake: Condvar::new(),
        });
        waits.enlist(&waiter);
        drop(waits);
        self.sleep(&waiter, deadline)
    }

    fn sleep(&self, waiter: &Arc<Waiter>, deadline: Option<Instant>) -> WaitResult {
        // Entered without the lock, because a completion port may have to act on it.
        #[cfg(not(loom))]
        let _blocked = crate::blocking::Scope::enter();

        let mut waits = lock(&self.waits);
        loop {
            let outcome = waiter.outcome.load(Ordering::Relaxed);
            if outcome != PENDING {
                return result_of(outcome);
            }
            waits = match deadline {
                None => waiter.wake.wait(waits).unwrap_or_else(|p| p.into_inner()),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        waits.forget(waiter);
                        return WaitResult::TimedOut;
                    }
                    let slept = waiter.wake.wait_timeout(waits, left);
                    slept.unwrap_or_else(|p| p.into_inner()).0
                }
            };
        }
    }
}

/// When a time-out ends, on the monotonic clock; `None` for never.
pub fn deadline(timeout_ms: u32) -> Option<Instant> {
    match timeout_ms {
        INFINITE => None,
        ms => Instant::now().checked_add(Duration::from_millis(ms.into())),
    }
}

/// The process's dispatcher.
pub fn dispatcher() -> &'static Dispatcher {
    &crate::runtime::get().dispatcher
}

/// Waits until one (or, with `all`, every one) of the targets is set and consumes what auto-reset
/// signals it returns (E-005, E-006, E-007, E-011).
///
/// An alertable wait that is not satisfied runs the APCs and completion routines of its thread,
/// all that are queued, and ends by that.
///
/// # Errors
/// ERROR_INVALID_PARAMETER: none or more than 64 targets; one object twice in a wait for all.
pub fn wait(
    targets: &[Target],
    all: bool,
    timeout_ms: u32,
    alertable: bool,
) -> Result<WaitResult, Win32Error> {
    let twice = |(index, target): (usize, &Target)| {
        let others = &targets[..index];
        others.iter().any(|other| std::ptr::eq(other.signal(), target.signal()))
    };
    let count_wrong = targets.is_empty() || targets.len() > TARGETS_MAX;
    if count_wrong || (all && targets.iter().enumerate().any(twice)) {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let thread = match targets.iter().any(Target::is_mutex) {
        true => crate::mutex::owner_to_be(),
        false => 0,
    };
    if !alertable {
        return Ok(dispatcher().wait(targets, all, timeout_ms, thread));
    }
    let mut targets = targets.to_vec();
    targets.push(Target::Alert(crate::thread::current()));
    let result = dispatcher().wait_alertably(&targets, all, timeout_ms, thread);
    // What runs may end the thread, whose frames are left as they are.
    drop(targets);
    Ok(answered(result))
}

/// Runs what an alert was for.
fn answered(result: WaitResult) -> WaitResult {
    if result == WaitResult::Alerted {
        crate::apc::run();
    }
    result
}

/// Sleeps for the time; 0 gives up the rest of the time slice, [`INFINITE`] never returns. An
/// alertable sleep ends early by APCs that ran.
pub fn sleep(timeout_ms: u32, alertable: bool) -> WaitResult {
    if alertable && (timeout_ms != 0 || crate::apc::is_due()) {
        let alert = [Target::Alert(crate::thread::current())];
        let result = dispatcher().wait_alertably(&alert, false, timeout_ms, 0);
        drop(alert);
        return answered(result);
    }
    if timeout_ms == 0 {
        std::thread::yield_now();
        return WaitResult::TimedOut;
    }
    let _blocked = crate::blocking::Scope::enter();
    match deadline(timeout_ms) {
        Some(deadline) => {
            std::thread::sleep(deadline.saturating_duration_since(Instant::now()));
            WaitResult::TimedOut
        }
        None => loop {
            std::thread::sleep(Duration::from_secs(u32::MAX.into()));
        },
    }
}

#[cfg(all(test, loom))]
mod model;
#[cfg(all(test, not(loom)))]
mod stress;
#[cfg(all(test, not(loom)))]
mod tests;
