//! Mutexes: objects that one thread owns, as often as it likes.
//!
//! Who owns a mutex changes under the dispatcher's lock alone, in the same step in which a wait
//! takes it. When a thread ends, what it still owns is given up for it: the next owner is told
//! (WAIT_ABANDONED).

use crate::sync::{AtomicBool, AtomicU32, Ordering};
use crate::wait::{Signal, dispatcher};
use linsock_abi::Win32Error;
use std::cell::Cell;
use std::sync::Arc;

/// A mutex. Set while nobody owns it.
pub struct MutexObject {
    signal: Signal,
    /// The number of the owning thread; 0: none.
    owner: AtomicU32,
    /// How often the owner took it.
    depth: AtomicU32,
    /// Its last owner ended without releasing it, and nobody was told yet.
    abandoned: AtomicBool,
}

thread_local! {
    /// The thread waited for a mutex at some time, or made one as its owner.
    static MAY_OWN: Cell<bool> = const { Cell::new(false) };
}

/// The number of the calling thread, whose end will be noticed from now on.
pub(crate) fn owner_to_be() -> u32 {
    MAY_OWN.set(true);
    crate::thread::current_id()
}

impl MutexObject {
    /// A mutex, the calling thread's if `owned`.
    pub fn new(owned: bool) -> Self {
        Self::of(if owned { owner_to_be() } else { 0 })
    }

    pub(crate) fn of(owner: u32) -> Self {
        MutexObject {
            signal: Signal::guarded(owner == 0),
            owner: AtomicU32::new(owner),
            depth: AtomicU32::new(u32::from(owner != 0)),
            abandoned: AtomicBool::new(false),
        }
    }

    /// The mutex's signal.
    pub fn signal(&self) -> &Signal {
        &self.signal
    }

    pub(crate) fn is_of(&self, thread: u32) -> bool {
        self.owner.load(Ordering::Relaxed) == thread
    }

    /// Under the lock: whether a thread's wait would be over.
    pub(crate) fn is_free_for(&self, thread: u32) -> bool {
        self.signal.is_set() || self.is_of(thread)
    }

    /// Under the lock: makes a thread the owner, once more; `true`: it was abandoned before.
    pub(crate) fn give_to(&self, thread: u32) -> bool {
        self.owner.store(thread, Ordering::Relaxed);
        self.depth.fetch_add(1, Ordering::Relaxed);
        self.signal.put(false);
        self.abandoned.swap(false, Ordering::Relaxed)
    }

    /// Under the lock: gives it back once.
    ///
    /// # Errors
    /// ERROR_NOT_OWNER.
    pub(crate) fn take_from(&self, thread: u32) -> Result<(), Win32Error> {
        if !self.is_of(thread) {
            return Err(Win32Error::ERROR_NOT_OWNER);
        }
        if self.depth.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.let_go();
        }
        Ok(())
    }

    /// Under the lock: the owner ended.
    pub(crate) fn abandon_by(&self, thread: u32) {
        if self.is_of(thread) {
            self.abandoned.store(true, Ordering::Relaxed);
            self.let_go();
        }
    }

    fn let_go(&self) {
        self.depth.store(0, Ordering::Relaxed);
        self.owner.store(0, Ordering::Relaxed);
        self.signal.put(true);
    }

    /// ReleaseMutex by the calling thread.
    ///
    /// # Errors
    /// ERROR_NOT_OWNER.
    pub fn release(&self) -> Result<(), Win32Error> {
        let thread = crate::thread::current_id();
        dispatcher().change(&self.signal, || self.take_from(thread))
    }
}

/// The calling thread ends: gives up what it owns.
pub(crate) fn thread_exit(thread: u32) {
    if !MAY_OWN.get() {
        return;
    }
    let with_handle = crate::runtime::get().handles.mutexes_of(thread);
    let owned: Vec<Arc<MutexObject>> =
        with_handle.into_iter().chain(dispatcher().awaited_mutexes_of(thread)).collect();
    for mutex in owned {
        dispatcher().change(&mutex.signal, || mutex.abandon_by(thread));
    }
}
