//! Locks that live in the program's own memory.

use core::ffi::c_void;

use super::base::{BOOL, HANDLE};

/// Laid out as Windows has it. `LockCount` is -1 while nobody is inside.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct CRITICAL_SECTION {
    pub DebugInfo: *mut c_void,
    pub LockCount: i32,
    pub RecursionCount: i32,
    pub OwningThread: HANDLE,
    pub LockSemaphore: HANDLE,
    pub SpinCount: usize,
}

/// All zero while nobody is inside.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SRWLOCK {
    pub Ptr: *mut c_void,
}

/// All zero at first.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct CONDITION_VARIABLE {
    pub Ptr: *mut c_void,
}

/// All zero at first.
#[repr(C)]
#[derive(Clone, Copy)]
pub union INIT_ONCE {
    pub Ptr: *mut c_void,
}

pub const SRWLOCK_INIT: SRWLOCK = SRWLOCK { Ptr: core::ptr::null_mut() };
pub const CONDITION_VARIABLE_INIT: CONDITION_VARIABLE =
    CONDITION_VARIABLE { Ptr: core::ptr::null_mut() };
pub const INIT_ONCE_STATIC_INIT: INIT_ONCE = INIT_ONCE { Ptr: core::ptr::null_mut() };

pub type PINIT_ONCE_FN = Option<
    unsafe extern "system" fn(
        initonce: *mut INIT_ONCE,
        parameter: *mut c_void,
        context: *mut *mut c_void,
    ) -> BOOL,
>;

pub type PFLS_CALLBACK_FUNCTION = Option<unsafe extern "system" fn(lpflsdata: *const c_void)>;

pub const FLS_OUT_OF_INDEXES: u32 = u32::MAX;
pub const TLS_OUT_OF_INDEXES: u32 = u32::MAX;

super::zeroed_default!(CRITICAL_SECTION, SRWLOCK, CONDITION_VARIABLE, INIT_ONCE);
