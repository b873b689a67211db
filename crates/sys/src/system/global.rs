//! The oldest way to ask for memory: GlobalAlloc and its kin, one heap with LocalAlloc.

use linsock_abi::{BOOL, GLOBAL_ALLOC_FLAGS, HGLOBAL, Win32Error};
use std::ffi::c_void;

use super::heap::{LocalAlloc, LocalFree};

/// Allocates a block that GlobalFree gives back.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL and ERROR_NOT_ENOUGH_MEMORY (8).
///
/// # Linux
/// Blocks do not move: a handle is the block's address.
///
/// # Sources
/// learn.microsoft.com: winbase.h, GlobalAlloc
#[api]
pub unsafe extern "system" fn GlobalAlloc(uflags: GLOBAL_ALLOC_FLAGS, dwbytes: usize) -> HGLOBAL {
    // SAFETY: takes numbers.
    unsafe { LocalAlloc(uflags, dwbytes) }
}

/// Gives a block of GlobalAlloc back.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// The block itself and ERROR_INVALID_HANDLE (6): not such a block.
///
/// # Linux
/// NULL is no error, as on Windows.
///
/// # Sources
/// learn.microsoft.com: winbase.h, GlobalFree
#[api]
pub unsafe extern "system" fn GlobalFree(hmem: HGLOBAL) -> HGLOBAL {
    // SAFETY: by this function's own contract.
    unsafe { LocalFree(hmem) }
}

/// The address of a block of GlobalAlloc.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL and ERROR_INVALID_HANDLE (6): NULL.
///
/// # Linux
/// The handle is the address; nothing is counted.
///
/// # Sources
/// learn.microsoft.com: winbase.h, GlobalLock
#[api]
pub unsafe extern "system" fn GlobalLock(hmem: HGLOBAL) -> *mut c_void {
    if hmem.is_null() {
        crate::last_error::set(Win32Error::ERROR_INVALID_HANDLE.0);
    }
    hmem
}

/// Gives the address of a block up.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None: FALSE and a last error of 0, the block is not locked any more.
///
/// # Linux
/// Nothing is counted.
///
/// # Sources
/// learn.microsoft.com: winbase.h, GlobalUnlock
#[api]
pub unsafe extern "system" fn GlobalUnlock(_hmem: HGLOBAL) -> BOOL {
    crate::last_error::set(0);
    0
}
