//! One-time initialisation: a pointer's worth of the program's memory, all zero at first.
//!
//! The lowest two bits say how far it is, the rest is the context that the initialisation left. Threads that wait for
//! the one that initialises sleep on the lower half.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use linsock_abi::{BOOL, INIT_ONCE, PINIT_ONCE_FN, Win32Error};
use linsock_backend::futex;
use linsock_engine::blocking;

use super::truth;

/// The lowest bits: nothing was done; one thread is at it; some are, and the first to end wins; it is done.
const FRESH: usize = 0;
const BUSY: usize = 1;
const RACED: usize = 3;
const DONE: usize = 2;
const STATE: usize = 3;

/// Flags of the two halves.
const INIT_ONCE_CHECK_ONLY: u32 = 1;
const INIT_ONCE_ASYNC: u32 = 2;
const INIT_ONCE_INIT_FAILED: u32 = 4;

struct Once<'a>(&'a AtomicUsize);

/// How an initialisation begins.
enum Begun {
    /// The caller initialises.
    Yours,
    /// It was done before, with this context.
    Done(usize),
}

impl Once<'_> {
    /// # Safety
    /// NULL, or points to a one-time initialisation that was zero at first.
    unsafe fn at<'a>(once: *mut INIT_ONCE) -> Result<Once<'a>, Win32Error> {
        if once.is_null() {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        // SAFETY: not NULL, and the caller's word; everyone here goes through this atomic.
        Ok(Once(unsafe { AtomicUsize::from_ptr(once.cast()) }))
    }

    fn word(&self) -> &AtomicU32 {
        let lower = if cfg!(target_endian = "little") { 0 } else { 1 };
        // SAFETY: a half of the atomic, which is looked at by the kernel alone.
        unsafe { &*std::ptr::from_ref(self.0).cast::<AtomicU32>().add(lower) }
    }

    fn begin(&self) -> Begun {
        loop {
            match self.0.compare_exchange(FRESH, BUSY, Ordering::Acquire, Ordering::Acquire) {
                Ok(_) => return Begun::Yours,
                Err(now) if now & STATE == DONE => return Begun::Done(now & !STATE),
                Err(now) => {
                    let _blocked = blocking::Scope::enter();
                    futex::wait(self.word(), now as u32, None);
                }
            }
        }
    }

    fn end(&self, next: usize) {
        self.0.store(next, Ordering::Release);
        futex::wake(self.word(), i32::MAX);
    }
}

/// # Safety
/// NULL, or room for a pointer.
unsafe fn store(context: *mut *mut c_void, value: usize) {
    if !context.is_null() {
        // SAFETY: not NULL, and the caller's word.
        unsafe { *context = std::ptr::with_exposed_provenance_mut(value) };
    }
}

/// Makes a one-time initialisation that was not done.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// As INIT_ONCE_STATIC_INIT: all zero.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, InitOnceInitialize
#[api]
pub unsafe extern "system" fn InitOnceInitialize(initonce: *mut INIT_ONCE) {
    if !initonce.is_null() {
        // SAFETY: not NULL, so by the crate's vocabulary room for it.
        unsafe { initonce.write(INIT_ONCE::default()) };
    }
}

/// Calls a function unless that was done before; other threads wait for its end.
///
/// # Contract
/// None of its own; the wait counts as blocked at a completion port (P-017).
///
/// # Errors
/// FALSE: the function answered FALSE, and the next caller tries again; with ERROR_INVALID_PARAMETER (87): NULL.
///
/// # Linux
/// Nothing differs.
///
/// # Safety
/// The function may be called with these parameters.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, InitOnceExecuteOnce
#[api]
pub unsafe extern "system" fn InitOnceExecuteOnce(
    initonce: *mut INIT_ONCE,
    initfn: PINIT_ONCE_FN,
    parameter: *mut c_void,
    context: *mut *mut c_void,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    let (once, function) = match (unsafe { Once::at(initonce) }, initfn) {
        (Ok(once), Some(function)) => (once, function),
        _ => return truth(Err(Win32Error::ERROR_INVALID_PARAMETER)),
    };
    if let Begun::Done(left) = once.begin() {
        // SAFETY: by the crate's vocabulary.
        unsafe { store(context, left) };
        return 1;
    }
    let mut left: *mut c_void = std::ptr::null_mut();
    // SAFETY: by this function's own contract.
    let good = unsafe { function(initonce, parameter, &raw mut left) } != 0;
    once.end(if good { left.expose_provenance() & !STATE | DONE } else { FRESH });
    if good {
        // SAFETY: by the crate's vocabulary.
        unsafe { store(context, left.expose_provenance()) };
    }
    BOOL::from(good)
}

/// Begins an initialisation that InitOnceComplete ends.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE with INIT_ONCE_CHECK_ONLY: not done; with ERROR_INVALID_PARAMETER (87): NULL, or flags that do not go together.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, InitOnceBeginInitialize
#[api]
pub unsafe extern "system" fn InitOnceBeginInitialize(
    lpinitonce: *mut INIT_ONCE,
    dwflags: u32,
    fpending: *mut BOOL,
    lpcontext: *mut *mut c_void,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    let once = match unsafe { Once::at(lpinitonce) } {
        Ok(once) if !fpending.is_null() => once,
        _ => return truth(Err(Win32Error::ERROR_INVALID_PARAMETER)),
    };
    let begun = match dwflags {
        0 => once.begin(),
        INIT_ONCE_CHECK_ONLY => match once.0.load(Ordering::Acquire) {
            now if now & STATE == DONE => Begun::Done(now & !STATE),
            _ => return truth(Err(Win32Error::ERROR_GEN_FAILURE)),
        },
        INIT_ONCE_ASYNC => {
            match once.0.compare_exchange(FRESH, RACED, Ordering::Acquire, Ordering::Acquire) {
                Err(now) if now & STATE == DONE => Begun::Done(now & !STATE),
                Ok(_) | Err(RACED) => Begun::Yours,
                Err(_) => return truth(Err(Win32Error::ERROR_INVALID_PARAMETER)),
            }
        }
        _ => return truth(Err(Win32Error::ERROR_INVALID_PARAMETER)),
    };
    let pending = matches!(begun, Begun::Yours);
    // SAFETY: not NULL, so by the crate's vocabulary room for it.
    unsafe { *fpending = BOOL::from(pending) };
    if let Begun::Done(left) = begun {
        // SAFETY: by the crate's vocabulary.
        unsafe { store(lpcontext, left) };
    }
    1
}

/// Ends an initialisation that InitOnceBeginInitialize began.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_GEN_FAILURE (31): another thread was first, or none was begun; ERROR_INVALID_PARAMETER (87): NULL,
/// wrong flags, or a context whose lowest two bits are used.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, InitOnceComplete
#[api]
pub unsafe extern "system" fn InitOnceComplete(
    lpinitonce: *mut INIT_ONCE,
    dwflags: u32,
    lpcontext: *const c_void,
) -> BOOL {
    let context = lpcontext.expose_provenance();
    // SAFETY: by the crate's vocabulary.
    let once = match unsafe { Once::at(lpinitonce) } {
        Ok(once) if context & STATE == 0 => once,
        _ => return truth(Err(Win32Error::ERROR_INVALID_PARAMETER)),
    };
    let (from, to) = match dwflags {
        0 => (BUSY, context | DONE),
        INIT_ONCE_INIT_FAILED if context == 0 => (BUSY, FRESH),
        INIT_ONCE_ASYNC => (RACED, context | DONE),
        _ => return truth(Err(Win32Error::ERROR_INVALID_PARAMETER)),
    };
    let ended = once.0.compare_exchange(from, to, Ordering::Release, Ordering::Relaxed).is_ok();
    if ended {
        futex::wake(once.word(), i32::MAX);
    }
    truth(ended.then_some(()).ok_or(Win32Error::ERROR_GEN_FAILURE))
}
