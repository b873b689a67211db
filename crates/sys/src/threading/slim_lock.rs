//! Slim reader/writer locks: one pointer's worth of the program's memory, all zero while free.
//!
//! The lower half, the state, counts readers in steps of two and is [`WRITTEN`] while a writer is inside; its lowest bit
//! says that a writer waits, and then no further reader gets in, so that writers are not kept out for ever. Readers
//! sleep on it. Writers sleep on the upper half, the turn, which goes up whenever the lock may have become free for one.
//! Both change in one step: a turn that went up before the state changed could be read, and then slept on, by a writer
//! that saw the old state; one that went up afterwards would touch a lock that its next owner may have freed.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use linsock_abi::SRWLOCK;
use linsock_backend::futex;
use linsock_engine::blocking;

const WRITTEN: u32 = u32::MAX;
const READER: u32 = 2;
const WRITER_WAITS: u32 = 1;
const READERS_MAX: u32 = WRITTEN - 2 * READER;

const fn state(both: u64) -> u32 {
    both as u32
}

const fn turn(both: u64) -> u32 {
    (both >> 32) as u32
}

const fn both(state: u32, turn: u32) -> u64 {
    (turn as u64) << 32 | state as u64
}

pub(super) struct Slim<'a> {
    both: &'a AtomicU64,
}

impl Slim<'_> {
    /// # Safety
    /// Points to a lock that was zero at first and stays through the call.
    pub(super) unsafe fn at<'a>(lock: *mut SRWLOCK) -> Slim<'a> {
        // SAFETY: the caller's word; everyone here goes through this atomic.
        Slim { both: unsafe { AtomicU64::from_ptr(lock.cast()) } }
    }

    /// Where readers sleep, and where writers do.
    fn words(&self) -> (*const AtomicU32, *const AtomicU32) {
        let first: *const AtomicU32 = std::ptr::from_ref(self.both).cast();
        let (low, high) = (first, first.wrapping_add(1));
        if cfg!(target_endian = "little") { (low, high) } else { (high, low) }
    }

    /// Changes both halves unless `change` has nothing to change; what was there before.
    fn change(&self, order: Ordering, change: impl Fn(u64) -> Option<u64>) -> Result<u64, u64> {
        self.both.fetch_update(order, Ordering::Relaxed, change)
    }

    fn try_shared(&self) -> bool {
        let one_more = |now| {
            let free = state(now) & WRITER_WAITS == 0 && state(now) < READERS_MAX;
            free.then(|| both(state(now) + READER, turn(now)))
        };
        self.change(Ordering::Acquire, one_more).is_ok()
    }

    pub(super) fn shared(&self) {
        if self.try_shared() {
            return;
        }
        let _blocked = blocking::Scope::enter();
        while !self.try_shared() {
            let now = state(self.both.load(Ordering::Relaxed));
            // WRITTEN has this bit too.
            if now & WRITER_WAITS != 0 {
                // SAFETY: a half of the lock, which stays while somebody waits for it.
                futex::wait(unsafe { &*self.words().0 }, now, None);
            }
        }
    }

    /// Giving up what is not held does nothing, here and below.
    pub(super) fn leave_shared(&self) {
        let last = |now| state(now) == READER | WRITER_WAITS;
        let one_less = |now| {
            let left = state(now).checked_sub(READER).filter(|_| state(now) != WRITTEN)?;
            Some(both(left, turn(now).wrapping_add(u32::from(last(now)))))
        };
        let writers = self.words().1;
        if self.change(Ordering::Release, one_less).is_ok_and(last) {
            futex::wake(writers, 1);
        }
    }

    fn try_exclusive(&self) -> bool {
        let alone = |now| (state(now) <= WRITER_WAITS).then(|| both(WRITTEN, turn(now)));
        self.change(Ordering::Acquire, alone).is_ok()
    }

    pub(super) fn exclusive(&self) {
        if self.try_exclusive() {
            return;
        }
        let _blocked = blocking::Scope::enter();
        while !self.try_exclusive() {
            let waits = |now| {
                (state(now) > WRITER_WAITS).then(|| both(state(now) | WRITER_WAITS, turn(now)))
            };
            if let Ok(now) = self.change(Ordering::Relaxed, waits) {
                // SAFETY: a half of the lock, which stays while somebody waits for it.
                futex::wait(unsafe { &*self.words().1 }, turn(now), None);
            }
        }
    }

    pub(super) fn leave_exclusive(&self) {
        let (readers, writers) = self.words();
        let free = |now| (state(now) == WRITTEN).then(|| both(0, turn(now).wrapping_add(1)));
        if self.change(Ordering::Release, free).is_ok() {
            futex::wake(writers, 1);
            futex::wake(readers, i32::MAX);
        }
    }
}

/// Makes a lock that nobody holds.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// As SRWLOCK_INIT: all zero.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, InitializeSRWLock
#[api]
pub unsafe extern "system" fn InitializeSRWLock(srwlock: *mut SRWLOCK) {
    if !srwlock.is_null() {
        // SAFETY: not NULL, so by the crate's vocabulary room for it.
        unsafe { srwlock.write(SRWLOCK::default()) };
    }
}

/// Takes a lock for writing, alone.
///
/// # Contract
/// None of its own; the wait counts as blocked at a completion port (P-017).
///
/// # Errors
/// None.
///
/// # Linux
/// A writer that waits comes before readers that come later.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, AcquireSRWLockExclusive
#[api]
pub unsafe extern "system" fn AcquireSRWLockExclusive(srwlock: *mut SRWLOCK) {
    if !srwlock.is_null() {
        // SAFETY: not NULL, so by the crate's vocabulary a lock.
        unsafe { Slim::at(srwlock) }.exclusive();
    }
}

/// Takes a lock for reading, beside other readers.
///
/// # Contract
/// None of its own; the wait counts as blocked at a completion port (P-017).
///
/// # Errors
/// None.
///
/// # Linux
/// A writer that waits comes before readers that come later.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, AcquireSRWLockShared
#[api]
pub unsafe extern "system" fn AcquireSRWLockShared(srwlock: *mut SRWLOCK) {
    if !srwlock.is_null() {
        // SAFETY: not NULL, so by the crate's vocabulary a lock.
        unsafe { Slim::at(srwlock) }.shared();
    }
}

/// Takes a lock for writing if nobody holds it.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE: somebody holds it.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, TryAcquireSRWLockExclusive
#[api]
pub unsafe extern "system" fn TryAcquireSRWLockExclusive(srwlock: *mut SRWLOCK) -> bool {
    // SAFETY: not NULL, so by the crate's vocabulary a lock.
    !srwlock.is_null() && unsafe { Slim::at(srwlock) }.try_exclusive()
}

/// Takes a lock for reading if that needs no wait.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE: a writer holds it or waits for it.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, TryAcquireSRWLockShared
#[api]
pub unsafe extern "system" fn TryAcquireSRWLockShared(srwlock: *mut SRWLOCK) -> bool {
    // SAFETY: not NULL, so by the crate's vocabulary a lock.
    !srwlock.is_null() && unsafe { Slim::at(srwlock) }.try_shared()
}

/// Gives up a lock that was taken for writing.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, ReleaseSRWLockExclusive
#[api]
pub unsafe extern "system" fn ReleaseSRWLockExclusive(srwlock: *mut SRWLOCK) {
    if !srwlock.is_null() {
        // SAFETY: not NULL, so by the crate's vocabulary a lock.
        unsafe { Slim::at(srwlock) }.leave_exclusive();
    }
}

/// Gives up a lock that was taken for reading.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, ReleaseSRWLockShared
#[api]
pub unsafe extern "system" fn ReleaseSRWLockShared(srwlock: *mut SRWLOCK) {
    if !srwlock.is_null() {
        // SAFETY: not NULL, so by the crate's vocabulary a lock.
        unsafe { Slim::at(srwlock) }.leave_shared();
    }
}
