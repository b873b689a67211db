//! Critical sections: a lock in the program's own memory that its owner may enter again.
//!
//! `LockCount` is the word that threads sleep on: [`FREE`], [`HELD`], or [`AWAITED`] while somebody may sleep. Whoever
//! has slept takes it as `AWAITED`, because others may sleep still; leaving an `AWAITED` one wakes one sleeper.

use std::sync::atomic::{AtomicI32, AtomicU32, AtomicUsize, Ordering};

use linsock_abi::{BOOL, CRITICAL_SECTION, Win32Error};
use linsock_backend::futex;
use linsock_engine::{blocking, thread};

use super::truth;

/// As Windows shows a critical section that nobody is in.
const FREE: u32 = u32::MAX;
const HELD: u32 = 0;
const AWAITED: u32 = 1;

/// Looks before a thread goes to sleep: about as long as a system call takes.
const SPINS: u32 = 100;

/// The parts of a critical section that threads share.
struct Section<'a> {
    word: &'a AtomicU32,
    /// Only the owner writes it.
    depth: &'a AtomicI32,
    /// The number of the thread inside, or 0.
    owner: &'a AtomicUsize,
}

impl Section<'_> {
    /// # Safety
    /// Points to an initialised critical section that stays through the call.
    unsafe fn at<'a>(section: *mut CRITICAL_SECTION) -> Section<'a> {
        // SAFETY: the caller's word; everyone here goes through these atomics.
        unsafe {
            Section {
                word: AtomicU32::from_ptr((&raw mut (*section).LockCount).cast()),
                depth: AtomicI32::from_ptr(&raw mut (*section).RecursionCount),
                owner: AtomicUsize::from_ptr((&raw mut (*section).OwningThread).cast()),
            }
        }
    }

    /// Enters again if the calling thread is inside.
    fn reenter(&self, me: usize) -> bool {
        let inside = self.owner.load(Ordering::Relaxed) == me;
        if inside {
            self.depth.fetch_add(1, Ordering::Relaxed);
        }
        inside
    }

    fn try_take(&self) -> bool {
        self.word.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    fn own(&self, me: usize) {
        self.owner.store(me, Ordering::Relaxed);
        self.depth.store(1, Ordering::Relaxed);
    }

    fn enter(&self) {
        let me = thread::current_id() as usize;
        if self.reenter(me) {
            return;
        }
        if !self.try_take() {
            self.take_slowly();
        }
        self.own(me);
    }

    #[cold]
    fn take_slowly(&self) {
        for _ in 0..SPINS {
            std::hint::spin_loop();
            if self.word.load(Ordering::Relaxed) == FREE && self.try_take() {
                return;
            }
        }
        let _blocked = blocking::Scope::enter();
        while self.word.swap(AWAITED, Ordering::Acquire) != FREE {
            futex::wait(self.word, AWAITED, None);
        }
    }

    fn try_enter(&self) -> bool {
        let me = thread::current_id() as usize;
        if self.reenter(me) {
            return true;
        }
        let taken = self.try_take();
        if taken {
            self.own(me);
        }
        taken
    }

    fn leave(&self) {
        // Who is not inside leaves nothing; on Windows that spoils the section.
        if self.owner.load(Ordering::Relaxed) != thread::current_id() as usize {
            return;
        }
        if self.depth.fetch_sub(1, Ordering::Relaxed) > 1 {
            return;
        }
        self.owner.store(0, Ordering::Relaxed);
        let word: *const AtomicU32 = self.word;
        // The next owner may free the section as soon as this is done.
        if self.word.swap(FREE, Ordering::Release) == AWAITED {
            futex::wake(word, 1);
        }
    }
}

/// # Safety
/// As [`Section::at`].
pub(super) unsafe fn enter(section: *mut CRITICAL_SECTION) {
    // SAFETY: the caller's word.
    unsafe { Section::at(section) }.enter();
}

/// # Safety
/// As [`Section::at`].
pub(super) unsafe fn leave(section: *mut CRITICAL_SECTION) {
    // SAFETY: the caller's word.
    unsafe { Section::at(section) }.leave();
}

/// Makes a critical section that nobody is in.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// A word that threads sleep on; there is nothing to run out of.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, InitializeCriticalSection
#[api]
pub unsafe extern "system" fn InitializeCriticalSection(lpcriticalsection: *mut CRITICAL_SECTION) {
    // SAFETY: passed on.
    unsafe { initialize(lpcriticalsection) };
}

/// Makes a free one.
///
/// # Safety
/// By the crate's vocabulary.
unsafe fn initialize(lpcriticalsection: *mut CRITICAL_SECTION) {
    let free = CRITICAL_SECTION { LockCount: FREE as i32, ..CRITICAL_SECTION::default() };
    if !lpcriticalsection.is_null() {
        // SAFETY: not NULL, so by the crate's vocabulary room for it.
        unsafe { lpcriticalsection.write(free) };
    }
}

/// As InitializeCriticalSection, with the number of looks before a thread sleeps.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_NOACCESS (998): NULL.
///
/// # Linux
/// The spin count is kept to be read, and not followed.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, InitializeCriticalSectionAndSpinCount
#[api]
pub unsafe extern "system" fn InitializeCriticalSectionAndSpinCount(
    lpcriticalsection: *mut CRITICAL_SECTION,
    dwspincount: u32,
) -> BOOL {
    // SAFETY: by this function's own contract.
    unsafe { initialize_with_spin_count(lpcriticalsection, dwspincount, 0) }
}

/// As InitializeCriticalSection, with a spin count and flags.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_NOACCESS (998): NULL.
///
/// # Linux
/// The spin count is kept to be read, and not followed; the flags are about debugging and change nothing.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, InitializeCriticalSectionEx
#[api]
pub unsafe extern "system" fn InitializeCriticalSectionEx(
    lpcriticalsection: *mut CRITICAL_SECTION,
    dwspincount: u32,
    _flags: u32,
) -> BOOL {
    // SAFETY: passed on.
    unsafe { initialize_with_spin_count(lpcriticalsection, dwspincount, _flags) }
}

/// Makes a free one, with a spin count.
///
/// # Safety
/// By the crate's vocabulary.
unsafe fn initialize_with_spin_count(
    lpcriticalsection: *mut CRITICAL_SECTION,
    dwspincount: u32,
    _flags: u32,
) -> BOOL {
    if lpcriticalsection.is_null() {
        return truth(Err(Win32Error::ERROR_NOACCESS));
    }
    // SAFETY: not NULL, so by the crate's vocabulary room for it.
    unsafe {
        initialize(lpcriticalsection);
        (*lpcriticalsection).SpinCount = dwspincount as usize;
    }
    truth(Ok(()))
}

/// Changes the spin count; the one before.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// Kept to be read, and not followed.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, SetCriticalSectionSpinCount
#[api]
pub unsafe extern "system" fn SetCriticalSectionSpinCount(
    lpcriticalsection: *mut CRITICAL_SECTION,
    dwspincount: u32,
) -> u32 {
    if lpcriticalsection.is_null() {
        return 0;
    }
    // SAFETY: not NULL, so by the crate's vocabulary a critical section.
    let count = unsafe { &mut (*lpcriticalsection).SpinCount };
    std::mem::replace(count, dwspincount as usize) as u32
}

/// Enters a critical section, and waits for it if another thread is inside.
///
/// # Contract
/// None of its own; the wait counts as blocked at a completion port (P-017).
///
/// # Errors
/// None.
///
/// # Linux
/// No system call unless another thread is inside.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, EnterCriticalSection
#[api]
pub unsafe extern "system" fn EnterCriticalSection(lpcriticalsection: *mut CRITICAL_SECTION) {
    if !lpcriticalsection.is_null() {
        // SAFETY: not NULL, so by the crate's vocabulary a critical section.
        unsafe { enter(lpcriticalsection) };
    }
}

/// Enters a critical section unless another thread is inside.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE: another thread is inside.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, TryEnterCriticalSection
#[api]
pub unsafe extern "system" fn TryEnterCriticalSection(
    lpcriticalsection: *mut CRITICAL_SECTION,
) -> BOOL {
    // SAFETY: not NULL, so by the crate's vocabulary a critical section.
    BOOL::from(
        !lpcriticalsection.is_null() && unsafe { Section::at(lpcriticalsection) }.try_enter(),
    )
}

/// Leaves a critical section, once for each time it was entered.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// Leaving one that the thread is not in does nothing.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, LeaveCriticalSection
#[api]
pub unsafe extern "system" fn LeaveCriticalSection(lpcriticalsection: *mut CRITICAL_SECTION) {
    if !lpcriticalsection.is_null() {
        // SAFETY: not NULL, so by the crate's vocabulary a critical section.
        unsafe { leave(lpcriticalsection) };
    }
}

/// Ends the use of a critical section that nobody is in.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// There is nothing to give back.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, DeleteCriticalSection
#[api]
pub unsafe extern "system" fn DeleteCriticalSection(_lpcriticalsection: *mut CRITICAL_SECTION) {}
