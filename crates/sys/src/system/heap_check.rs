//! What else may be asked of a heap.

use std::ffi::c_void;

use linsock_abi::{
    BOOL, HANDLE, HEAP_FLAGS, HEAP_INFORMATION_CLASS, HeapCompatibilityInformation,
    HeapEnableTerminationOnCorruption, Win32Error,
};

use super::heap::{has_block, is_heap};
use crate::shape::truth;

fn check(heap: HANDLE) -> Result<(), Win32Error> {
    if is_heap(heap.addr()) { Ok(()) } else { Err(Win32Error::ERROR_INVALID_HANDLE) }
}

/// Whether a heap is one, and a block one of its blocks.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): no heap; ERROR_INVALID_PARAMETER (87): no block of it.
///
/// # Linux
/// Looks at what this library keeps, not into the C library's heap.
///
/// # Sources
/// learn.microsoft.com: heapapi.h, HeapValidate
#[api]
pub unsafe extern "system" fn HeapValidate(
    hheap: HANDLE,
    _dwflags: HEAP_FLAGS,
    lpmem: *const c_void,
) -> BOOL {
    truth(|| {
        check(hheap)?;
        // SAFETY: by the crate's vocabulary NULL or a block that HeapAlloc gave.
        if lpmem.is_null() || unsafe { has_block(hheap.addr(), lpmem) } {
            return Ok(());
        }
        Err(Win32Error::ERROR_INVALID_PARAMETER)
    })
}

/// The largest block that could be had without asking the system.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0, and ERROR_INVALID_HANDLE (6): no heap; 0 and a last error of 0: not known.
///
/// # Linux
/// malloc_trim, for the whole process; always 0.
///
/// # Sources
/// learn.microsoft.com: heapapi.h, HeapCompact
#[api]
pub unsafe extern "system" fn HeapCompact(hheap: HANDLE, _dwflags: HEAP_FLAGS) -> usize {
    match check(hheap) {
        Ok(()) => crate::last_error::set(0),
        Err(error) => crate::last_error::set(error.0),
    }
    // SAFETY: gives back what nobody uses.
    unsafe { libc::malloc_trim(0) };
    0
}

/// Asks for a property of a heap, or, with NULL, of all.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6); ERROR_INVALID_PARAMETER (87): another class.
///
/// # Linux
/// HeapEnableTerminationOnCorruption is so anyway; HeapCompatibilityInformation, a wish for speed,
/// changes nothing.
///
/// # Sources
/// learn.microsoft.com: heapapi.h, HeapSetInformation
#[api]
pub unsafe extern "system" fn HeapSetInformation(
    heaphandle: HANDLE,
    heapinformationclass: HEAP_INFORMATION_CLASS,
    _heapinformation: *const c_void,
    _heapinformationlength: usize,
) -> BOOL {
    truth(|| {
        if !heaphandle.is_null() {
            check(heaphandle)?;
        }
        let known = [HeapCompatibilityInformation, HeapEnableTerminationOnCorruption];
        match heapinformationclass {
            class if known.contains(&class) => Ok(()),
            _ => Err(Win32Error::ERROR_INVALID_PARAMETER),
        }
    })
}
