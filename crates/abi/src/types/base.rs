//! The words everything else is spelt with.

use core::ffi::c_void;

use super::zeroed_default;

/// A socket: on Linux the number of its descriptor.
pub type SOCKET = usize;

/// Any other object: an event, a completion port, a thread, a file.
pub type HANDLE = *mut c_void;
/// FALSE is 0, everything else is TRUE.
pub type BOOL = i32;
/// A string of bytes, ended by a 0.
pub type PSTR = *mut u8;
/// A string of bytes that is only read, ended by a 0.
pub type PCSTR = *const u8;
/// A string of UTF-16 units, ended by a 0.
pub type PWSTR = *mut u16;
/// A string of UTF-16 units that is only read, ended by a 0.
pub type PCWSTR = *const u16;

/// A length of an address where the Berkeley functions have one.
pub type socklen_t = i32;
pub type HWND = *mut c_void;

pub type WPARAM = usize;

pub type NTSTATUS = i32;

pub type HRESULT = i32;

pub type WIN32_ERROR = u32;

pub type WSA_ERROR = i32;

/// A count of 100 ns.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct FILETIME {
    pub dwLowDateTime: u32,
    pub dwHighDateTime: u32,
}

/// Says whether a new handle is inherited; its descriptor is ignored.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SECURITY_ATTRIBUTES {
    pub nLength: u32,
    pub lpSecurityDescriptor: *mut c_void,
    pub bInheritHandle: BOOL,
}

/// Why a timer is to wake the system; not looked at.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct REASON_CONTEXT {
    pub Version: u32,
    pub Flags: u32,
    pub Reason: REASON_CONTEXT_0,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub union REASON_CONTEXT_0 {
    pub Detailed: REASON_CONTEXT_0_0,
    pub SimpleReasonString: PWSTR,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct REASON_CONTEXT_0_0 {
    pub LocalizedReasonModule: *mut c_void,
    pub LocalizedReasonId: u32,
    pub ReasonStringCount: u32,
    pub ReasonStrings: *mut PWSTR,
}

zeroed_default!(SECURITY_ATTRIBUTES, REASON_CONTEXT, REASON_CONTEXT_0, REASON_CONTEXT_0_0);
