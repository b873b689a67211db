//! Condition variables: a count in the program's own memory that each wake moves on.
//!
//! Who sleeps reads the count before it gives up the lock, and sleeps only while the count is still that: a wake after
//! the lock was given up is not missed.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use linsock_abi::{BOOL, CONDITION_VARIABLE, CRITICAL_SECTION, SRWLOCK, Win32Error};
use linsock_backend::futex;
use linsock_engine::{blocking, wait};

use super::slim_lock::Slim;
use super::{critical_section, truth};

/// The lock is held for reading.
const CONDITION_VARIABLE_LOCKMODE_SHARED: u32 = 1;

/// # Safety
/// Points to a condition variable that was zero at first.
unsafe fn count<'a>(variable: *mut CONDITION_VARIABLE) -> &'a AtomicU32 {
    // SAFETY: the caller's word; everyone here goes through this atomic.
    unsafe { AtomicU32::from_ptr(variable.cast()) }
}

/// Sleeps until woken, the lock given up meanwhile.
fn sleep(
    count: &AtomicU32,
    timeout_ms: u32,
    give_up: impl FnOnce(),
    take_again: impl FnOnce(),
) -> Result<(), Win32Error> {
    let until = wait::deadline(timeout_ms);
    let before = count.load(Ordering::Relaxed);
    give_up();
    let woken = {
        let _blocked = blocking::Scope::enter();
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        futex::wait(count, before, left)
    };
    take_again();
    if woken { Ok(()) } else { Err(Win32Error::ERROR_TIMEOUT) }
}

/// # Safety
/// Points to a condition variable that was zero at first, or NULL.
unsafe fn wake(variable: *mut CONDITION_VARIABLE, sleepers: i32) {
    if !variable.is_null() {
        // SAFETY: the caller's word.
        let count = unsafe { count(variable) };
        count.fetch_add(1, Ordering::Relaxed);
        futex::wake(count, sleepers);
    }
}

/// Makes a condition variable for which nobody waits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// As CONDITION_VARIABLE_INIT: all zero.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, InitializeConditionVariable
#[api]
pub unsafe extern "system" fn InitializeConditionVariable(
    conditionvariable: *mut CONDITION_VARIABLE,
) {
    if !conditionvariable.is_null() {
        // SAFETY: not NULL, so by the crate's vocabulary room for it.
        unsafe { conditionvariable.write(CONDITION_VARIABLE::default()) };
    }
}

/// Leaves a critical section, sleeps until woken, and enters it again.
///
/// # Contract
/// None of its own; the wait counts as blocked at a completion port (P-017).
///
/// # Errors
/// FALSE and ERROR_TIMEOUT (1460): not woken in time; ERROR_NOACCESS (998): NULL.
///
/// # Linux
/// May wake without having been called, as documented. The section is left once, however often it was entered.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, SleepConditionVariableCS
#[api]
pub unsafe extern "system" fn SleepConditionVariableCS(
    conditionvariable: *mut CONDITION_VARIABLE,
    criticalsection: *mut CRITICAL_SECTION,
    dwmilliseconds: u32,
) -> BOOL {
    if conditionvariable.is_null() || criticalsection.is_null() {
        return truth(Err(Win32Error::ERROR_NOACCESS));
    }
    // SAFETY: not NULL, so by the crate's vocabulary a condition variable and a critical section.
    truth(sleep(
        unsafe { count(conditionvariable) },
        dwmilliseconds,
        // SAFETY: as above.
        || unsafe { critical_section::leave(criticalsection) },
        // SAFETY: as above.
        || unsafe { critical_section::enter(criticalsection) },
    ))
}

/// Gives up a slim lock, sleeps until woken, and takes it again.
///
/// # Contract
/// None of its own; the wait counts as blocked at a completion port (P-017).
///
/// # Errors
/// FALSE and ERROR_TIMEOUT (1460): not woken in time; ERROR_NOACCESS (998): NULL; ERROR_INVALID_PARAMETER (87): unknown
/// flags.
///
/// # Linux
/// May wake without having been called, as documented.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, SleepConditionVariableSRW
#[api]
pub unsafe extern "system" fn SleepConditionVariableSRW(
    conditionvariable: *mut CONDITION_VARIABLE,
    srwlock: *mut SRWLOCK,
    dwmilliseconds: u32,
    flags: u32,
) -> BOOL {
    if flags & !CONDITION_VARIABLE_LOCKMODE_SHARED != 0 {
        return truth(Err(Win32Error::ERROR_INVALID_PARAMETER));
    }
    if conditionvariable.is_null() || srwlock.is_null() {
        return truth(Err(Win32Error::ERROR_NOACCESS));
    }
    // SAFETY: not NULL, so by the crate's vocabulary a condition variable and a lock.
    let (count, lock) = unsafe { (count(conditionvariable), Slim::at(srwlock)) };
    truth(match flags {
        0 => sleep(count, dwmilliseconds, || lock.leave_exclusive(), || lock.exclusive()),
        _ => sleep(count, dwmilliseconds, || lock.leave_shared(), || lock.shared()),
    })
}

/// Wakes one thread that sleeps on a condition variable.
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
/// learn.microsoft.com: synchapi.h, WakeConditionVariable
#[api]
pub unsafe extern "system" fn WakeConditionVariable(conditionvariable: *mut CONDITION_VARIABLE) {
    // SAFETY: by the crate's vocabulary.
    unsafe { wake(conditionvariable, 1) };
}

/// Wakes every thread that sleeps on a condition variable.
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
/// learn.microsoft.com: synchapi.h, WakeAllConditionVariable
#[api]
pub unsafe extern "system" fn WakeAllConditionVariable(conditionvariable: *mut CONDITION_VARIABLE) {
    // SAFETY: by the crate's vocabulary.
    unsafe { wake(conditionvariable, i32::MAX) };
}
