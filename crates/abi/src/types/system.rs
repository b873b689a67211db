//! What a program asks of the system it runs on.

use core::ffi::c_void;

pub type HMODULE = *mut c_void;
pub type HLOCAL = *mut c_void;
pub type HGLOBAL = *mut c_void;
pub type FARPROC = Option<unsafe extern "system" fn() -> isize>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct SYSTEM_INFO {
    pub Anonymous: SYSTEM_INFO_0,
    pub dwPageSize: u32,
    pub lpMinimumApplicationAddress: *mut c_void,
    pub lpMaximumApplicationAddress: *mut c_void,
    pub dwActiveProcessorMask: usize,
    pub dwNumberOfProcessors: u32,
    pub dwProcessorType: u32,
    pub dwAllocationGranularity: u32,
    pub wProcessorLevel: u16,
    pub wProcessorRevision: u16,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub union SYSTEM_INFO_0 {
    pub dwOemId: u32,
    pub Anonymous: SYSTEM_INFO_0_0,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SYSTEM_INFO_0_0 {
    pub wProcessorArchitecture: u16,
    pub wReserved: u16,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OSVERSIONINFOEXA {
    pub dwOSVersionInfoSize: u32,
    pub dwMajorVersion: u32,
    pub dwMinorVersion: u32,
    pub dwBuildNumber: u32,
    pub dwPlatformId: u32,
    pub szCSDVersion: [i8; 128],
    pub wServicePackMajor: u16,
    pub wServicePackMinor: u16,
    pub wSuiteMask: u16,
    pub wProductType: u8,
    pub wReserved: u8,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OSVERSIONINFOEXW {
    pub dwOSVersionInfoSize: u32,
    pub dwMajorVersion: u32,
    pub dwMinorVersion: u32,
    pub dwBuildNumber: u32,
    pub dwPlatformId: u32,
    pub szCSDVersion: [u16; 128],
    pub wServicePackMajor: u16,
    pub wServicePackMinor: u16,
    pub wSuiteMask: u16,
    pub wProductType: u8,
    pub wReserved: u8,
}

pub const PROCESSOR_ARCHITECTURE_AMD64: u16 = 9;
pub const PROCESSOR_ARCHITECTURE_ARM64: u16 = 12;
pub const PROCESSOR_ARCHITECTURE_UNKNOWN: u16 = 0xFFFF;

pub const VER_EQUAL: u32 = 1;
pub const VER_GREATER: u32 = 2;
pub const VER_GREATER_EQUAL: u32 = 3;
pub const VER_LESS: u32 = 4;
pub const VER_LESS_EQUAL: u32 = 5;
pub const VER_MINORVERSION: u32 = 0x1;
pub const VER_MAJORVERSION: u32 = 0x2;
pub const VER_BUILDNUMBER: u32 = 0x4;
pub const VER_PLATFORMID: u32 = 0x8;
pub const VER_SERVICEPACKMINOR: u32 = 0x10;
pub const VER_SERVICEPACKMAJOR: u32 = 0x20;
pub const VER_SUITENAME: u32 = 0x40;
pub const VER_PRODUCT_TYPE: u32 = 0x80;

pub const FORMAT_MESSAGE_MAX_WIDTH_MASK: u32 = 0xFF;
pub const FORMAT_MESSAGE_ALLOCATE_BUFFER: u32 = 0x100;
pub const FORMAT_MESSAGE_IGNORE_INSERTS: u32 = 0x200;
pub const FORMAT_MESSAGE_FROM_STRING: u32 = 0x400;
pub const FORMAT_MESSAGE_FROM_HMODULE: u32 = 0x800;
pub const FORMAT_MESSAGE_FROM_SYSTEM: u32 = 0x1000;
pub const FORMAT_MESSAGE_ARGUMENT_ARRAY: u32 = 0x2000;

pub const HEAP_NO_SERIALIZE: u32 = 1;
pub const HEAP_GENERATE_EXCEPTIONS: u32 = 4;
pub const HEAP_ZERO_MEMORY: u32 = 8;
pub const HEAP_REALLOC_IN_PLACE_ONLY: u32 = 0x10;
pub const LMEM_ZEROINIT: u32 = 0x40;

super::zeroed_default!(
    SYSTEM_INFO,
    SYSTEM_INFO_0,
    SYSTEM_INFO_0_0,
    OSVERSIONINFOEXA,
    OSVERSIONINFOEXW
);
