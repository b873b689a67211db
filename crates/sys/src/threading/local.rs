//! Storage of each thread's own, by number: the C library's keys.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use linsock_abi::{BOOL, PFLS_CALLBACK_FUNCTION, TLS_OUT_OF_INDEXES, Win32Error};
use linsock_engine::thread;

use super::truth;

/// The C library has this many keys.
const KEYS: usize = 1024;

/// Which keys were given out here and not taken back: only those may be used or deleted.
static GIVEN: [AtomicU64; KEYS / 64] = [const { AtomicU64::new(0) }; KEYS / 64];

/// Notes a key as given out or taken back; what it was before. `None`: no such key.
fn note(key: u32, given: bool) -> Option<bool> {
    let word = GIVEN.get(key as usize / 64)?;
    let bit = 1 << (key % 64);
    let before = if given {
        word.fetch_or(bit, Ordering::AcqRel)
    } else {
        word.fetch_and(!bit, Ordering::AcqRel)
    };
    Some(before & bit != 0)
}

fn is_given(key: u32) -> bool {
    GIVEN
        .get(key as usize / 64)
        .is_some_and(|word| word.load(Ordering::Acquire) >> (key % 64) & 1 != 0)
}

/// What a thread calls at its end with its value of a key, as a number; 0 for nothing.
///
/// The C library would call it too, but only after it has run what makes a thread's end known: whoever waited for the
/// thread has to find it done.
static AT_END: [AtomicUsize; KEYS] = [const { AtomicUsize::new(0) }; KEYS];

/// Calls the functions of FlsAlloc for the values of the calling thread.
fn end_of_thread() {
    for key in (0..KEYS as u32).filter(|&key| is_given(key)) {
        let function = AT_END[key as usize].load(Ordering::Acquire);
        if function == 0 {
            continue;
        }
        // SAFETY: a key that was given out.
        let value = unsafe { libc::pthread_getspecific(key) };
        if value.is_null() {
            continue;
        }
        // SAFETY: as above; the value is given up before it is handed out.
        unsafe { libc::pthread_setspecific(key, std::ptr::null()) };
        // SAFETY: FlsAlloc stored a function of this type, which may be called with any value, by its own contract.
        unsafe {
            std::mem::transmute::<usize, unsafe extern "system" fn(*const c_void)>(function)(value);
        }
    }
}

fn allocate(at_end: PFLS_CALLBACK_FUNCTION) -> u32 {
    let mut key = 0;
    // SAFETY: room for the answer.
    let made = unsafe { libc::pthread_key_create(&raw mut key, None) } == 0;
    if made && let Some(place) = AT_END.get(key as usize) {
        place.store(at_end.map_or(0, |function| function as usize), Ordering::Release);
        if at_end.is_some() {
            thread::at_end(end_of_thread);
        }
    }
    if made && note(key, true).is_some() {
        return key;
    }
    if made {
        // SAFETY: made above.
        unsafe { libc::pthread_key_delete(key) };
    }
    crate::last_error::set(Win32Error::ERROR_NOT_ENOUGH_MEMORY.0);
    TLS_OUT_OF_INDEXES
}

fn free(key: u32) -> BOOL {
    let freed = note(key, false) == Some(true)
        // SAFETY: a key that was given out, and taken back by this thread alone.
        && unsafe { libc::pthread_key_delete(key) } == 0;
    truth(freed.then_some(()).ok_or(Win32Error::ERROR_INVALID_PARAMETER))
}

fn get(key: u32) -> *mut c_void {
    if !is_given(key) {
        crate::last_error::set(Win32Error::ERROR_INVALID_PARAMETER.0);
        return std::ptr::null_mut();
    }
    // As documented: a NULL that was stored is told from an error by this.
    crate::last_error::set(0);
    // SAFETY: a key that was given out.
    unsafe { libc::pthread_getspecific(key) }
}

fn put(key: u32, value: *const c_void) -> BOOL {
    // SAFETY: a key that was given out.
    let stored = is_given(key) && unsafe { libc::pthread_setspecific(key, value) } == 0;
    truth(stored.then_some(()).ok_or(Win32Error::ERROR_INVALID_PARAMETER))
}

/// A number under which each thread stores a value of its own, NULL at first.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// TLS_OUT_OF_INDEXES and ERROR_NOT_ENOUGH_MEMORY (8): there are no more.
///
/// # Linux
/// A key of the C library, of which a process has 1,024.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, TlsAlloc
#[api]
pub unsafe extern "system" fn TlsAlloc() -> u32 {
    allocate(None)
}

/// Gives a number back.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): no such number.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, TlsFree
#[api]
pub unsafe extern "system" fn TlsFree(dwtlsindex: u32) -> BOOL {
    free(dwtlsindex)
}

/// The calling thread's value.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL and ERROR_INVALID_PARAMETER (87): no such number. On success the last error becomes 0.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, TlsGetValue
#[api]
pub unsafe extern "system" fn TlsGetValue(dwtlsindex: u32) -> *mut c_void {
    get(dwtlsindex)
}

/// Stores the calling thread's value.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): no such number.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, TlsSetValue
#[api]
pub unsafe extern "system" fn TlsSetValue(dwtlsindex: u32, lptlsvalue: *const c_void) -> BOOL {
    put(dwtlsindex, lptlsvalue)
}

/// As TlsAlloc, with a function that a thread calls at its end with its value, unless that is NULL. Who waits for the
/// thread finds it called.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FLS_OUT_OF_INDEXES and ERROR_NOT_ENOUGH_MEMORY (8): there are no more.
///
/// # Linux
/// There are no fibers: the value is the thread's. FlsFree calls the function for no value that is still stored.
///
/// # Safety
/// The function may be called with any value that is stored.
///
/// # Sources
/// learn.microsoft.com: fibersapi.h, FlsAlloc
#[api]
pub unsafe extern "system" fn FlsAlloc(lpcallback: PFLS_CALLBACK_FUNCTION) -> u32 {
    allocate(lpcallback)
}

/// Gives a number of FlsAlloc back.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): no such number.
///
/// # Linux
/// The function of FlsAlloc is not called.
///
/// # Sources
/// learn.microsoft.com: fibersapi.h, FlsFree
#[api]
pub unsafe extern "system" fn FlsFree(dwflsindex: u32) -> BOOL {
    free(dwflsindex)
}

/// The calling thread's value under a number of FlsAlloc.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL and ERROR_INVALID_PARAMETER (87): no such number. On success the last error becomes 0.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: fibersapi.h, FlsGetValue
#[api]
pub unsafe extern "system" fn FlsGetValue(dwflsindex: u32) -> *mut c_void {
    get(dwflsindex)
}

/// Stores the calling thread's value under a number of FlsAlloc.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): no such number.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: fibersapi.h, FlsSetValue
#[api]
pub unsafe extern "system" fn FlsSetValue(dwflsindex: u32, lpflsdata: *const c_void) -> BOOL {
    // Else the end of a thread that does nothing but this would not be noticed.
    thread::touch();
    put(dwflsindex, lpflsdata)
}
