//! The caller's record of one overlapped operation, and what a completion port hands out.

use core::ffi::c_void;

use super::base::HANDLE;
use super::zeroed_default;

/// One overlapped operation. `Internal` holds its NTSTATUS, `InternalHigh` its byte count.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct OVERLAPPED {
    pub Internal: usize,
    pub InternalHigh: usize,
    pub Anonymous: OVERLAPPED_0,
    pub hEvent: HANDLE,
}

/// The file offset, or the pointer some callers keep in its place.
#[repr(C)]
#[derive(Clone, Copy)]
pub union OVERLAPPED_0 {
    pub Anonymous: OVERLAPPED_0_0,
    pub Pointer: *mut c_void,
}

/// The file offset in two halves.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct OVERLAPPED_0_0 {
    pub Offset: u32,
    pub OffsetHigh: u32,
}

/// One completion packet, as GetQueuedCompletionStatusEx hands it out.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct OVERLAPPED_ENTRY {
    pub lpCompletionKey: usize,
    pub lpOverlapped: *mut OVERLAPPED,
    pub Internal: usize,
    pub dwNumberOfBytesTransferred: u32,
}

zeroed_default!(OVERLAPPED, OVERLAPPED_0, OVERLAPPED_ENTRY);
