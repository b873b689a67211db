//! Semaphores: objects that a number of waits can take.

use crate::sync::{AtomicU32, Ordering};
use crate::wait::{Signal, dispatcher};
use linsock_abi::Win32Error;

/// A semaphore. Set while its count is not 0; the count changes under the dispatcher's lock alone.
pub struct Semaphore {
    signal: Signal,
    count: AtomicU32,
    max: u32,
}

impl Semaphore {
    /// A semaphore that `count` waits can take now, and at most `max` ever.
    pub fn new(count: u32, max: u32) -> Self {
        Semaphore { signal: Signal::guarded(count > 0), count: AtomicU32::new(count), max }
    }

    /// The semaphore's signal.
    pub fn signal(&self) -> &Signal {
        &self.signal
    }

    /// Under the lock: a wait took it.
    pub(crate) fn count_down(&self) {
        if self.count.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.signal.put(false);
        }
    }

    /// Under the lock: lets `more` waits take it; answers how many could before.
    ///
    /// # Errors
    /// ERROR_TOO_MANY_POSTS: more than the maximum; nothing was changed.
    pub(crate) fn count_up(&self, more: u32) -> Result<u32, Win32Error> {
        let before = self.count.load(Ordering::Relaxed);
        let after = before.checked_add(more).filter(|&after| after <= self.max);
        let after = after.ok_or(Win32Error::ERROR_TOO_MANY_POSTS)?;
        self.count.store(after, Ordering::Relaxed);
        self.signal.put(after > 0);
        Ok(before)
    }

    /// ReleaseSemaphore.
    ///
    /// # Errors
    /// ERROR_TOO_MANY_POSTS.
    pub fn release(&self, more: u32) -> Result<u32, Win32Error> {
        dispatcher().change(&self.signal, || self.count_up(more))
    }
}
