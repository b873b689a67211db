//! Records of the base services: lists, memory, dates, console handlers.

use super::BOOL;
use crate::CONSOLE_CHARACTER_ATTRIBUTES;
use core::ffi::c_void;

/// One element of an interlocked list; 16-byte aligned, as MEMORY_ALLOCATION_ALIGNMENT asks.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SLIST_ENTRY {
    pub Next: *mut SLIST_ENTRY,
}

/// The head of an interlocked list; programs do not look inside.
#[repr(C)]
#[derive(Clone, Copy)]
pub union SLIST_HEADER {
    pub Anonymous: SLIST_HEADER_0,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SLIST_HEADER_0 {
    pub Alignment: u64,
    pub Region: u64,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct MEMORY_BASIC_INFORMATION {
    pub BaseAddress: *mut c_void,
    pub AllocationBase: *mut c_void,
    pub AllocationProtect: u32,
    pub PartitionId: u16,
    pub RegionSize: usize,
    pub State: u32,
    pub Protect: u32,
    pub Type: u32,
}

/// The first address of a view.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MEMORY_MAPPED_VIEW_ADDRESS {
    pub Value: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SYSTEMTIME {
    pub wYear: u16,
    pub wMonth: u16,
    pub wDayOfWeek: u16,
    pub wDay: u16,
    pub wHour: u16,
    pub wMinute: u16,
    pub wSecond: u16,
    pub wMilliseconds: u16,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct CONSOLE_READCONSOLE_CONTROL {
    pub nLength: u32,
    pub nInitialChars: u32,
    pub dwCtrlWakeupMask: u32,
    pub dwControlKeyState: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct COORD {
    pub X: i16,
    pub Y: i16,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SMALL_RECT {
    pub Left: i16,
    pub Top: i16,
    pub Right: i16,
    pub Bottom: i16,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct CONSOLE_SCREEN_BUFFER_INFO {
    pub dwSize: COORD,
    pub dwCursorPosition: COORD,
    pub wAttributes: CONSOLE_CHARACTER_ATTRIBUTES,
    pub srWindow: SMALL_RECT,
    pub dwMaximumWindowSize: COORD,
}

/// What SetConsoleCtrlHandler is given.
pub type PHANDLER_ROUTINE = Option<unsafe extern "system" fn(ctrltype: u32) -> BOOL>;

super::zeroed_default!(
    SLIST_ENTRY,
    SLIST_HEADER,
    MEMORY_BASIC_INFORMATION,
    MEMORY_MAPPED_VIEW_ADDRESS,
    SYSTEMTIME,
    CONSOLE_READCONSOLE_CONTROL,
    COORD,
    SMALL_RECT,
    CONSOLE_SCREEN_BUFFER_INFO,
);
