//! What the system is, and what time it has.

use std::ffi::c_void;
use std::ptr;
use std::time::{SystemTime, UNIX_EPOCH};

use linsock_abi::*;

/// The version that VerifyVersionInfo knows: the last one of Windows 10.
const MAJOR: u32 = 10;
const MINOR: u32 = 0;
const BUILD: u32 = 19045;
/// VER_PLATFORM_WIN32_NT.
const PLATFORM: u32 = 2;
/// VER_NT_WORKSTATION.
const PRODUCT: u32 = 1;

/// Memory is mapped in steps of this on Windows; here a page would do.
const ALLOCATION_GRANULARITY: u32 = linsock_engine::mapping::GRANULARITY as u32;

/// 100-nanosecond steps from 1601 to 1970.
const EPOCH_OFFSET: u64 = 116_444_736_000_000_000;

/// Processors, page size and addresses.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// Processors are those that the process may run on.
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetSystemInfo
#[api]
pub unsafe extern "system" fn GetSystemInfo(lpsysteminfo: *mut SYSTEM_INFO) {
    if lpsysteminfo.is_null() {
        return;
    }
    let processors = std::thread::available_parallelism().map_or(1, |n| n.get() as u32);
    let architecture = match std::env::consts::ARCH {
        "x86_64" => PROCESSOR_ARCHITECTURE_AMD64,
        "aarch64" => PROCESSOR_ARCHITECTURE_ARM64,
        _ => PROCESSOR_ARCHITECTURE_UNKNOWN,
    };
    // SAFETY: a constant of the system.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    let info = SYSTEM_INFO {
        Anonymous: SYSTEM_INFO_0 {
            Anonymous: SYSTEM_INFO_0_0 { wProcessorArchitecture: architecture, wReserved: 0 },
        },
        dwPageSize: u32::try_from(page).unwrap_or(4096),
        lpMinimumApplicationAddress: ptr::without_provenance_mut(ALLOCATION_GRANULARITY as usize),
        lpMaximumApplicationAddress: ptr::without_provenance_mut(0x7FFF_FFFE_FFFF),
        dwActiveProcessorMask: usize::MAX >> (usize::BITS - processors.clamp(1, usize::BITS)),
        dwNumberOfProcessors: processors,
        // PROCESSOR_AMD_X8664, as programs on Windows see it whatever the maker.
        dwProcessorType: if architecture == PROCESSOR_ARCHITECTURE_AMD64 { 8664 } else { 0 },
        dwAllocationGranularity: ALLOCATION_GRANULARITY,
        wProcessorLevel: 6,
        wProcessorRevision: 0,
    };
    // SAFETY: not NULL, so by the crate's vocabulary room for it.
    unsafe { lpsysteminfo.write(info) };
}

/// The number of the calling process.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// The kernel's number.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, GetCurrentProcessId
#[api]
pub unsafe extern "system" fn GetCurrentProcessId() -> u32 {
    std::process::id()
}

/// The time in steps of 100 ns since 1601, UTC.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// The kernel's clock; it ticks finer than Windows' 15 ms.
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetSystemTimeAsFileTime
#[api]
pub unsafe extern "system" fn GetSystemTimeAsFileTime(lpsystemtimeasfiletime: *mut FILETIME) {
    // SAFETY: passed on.
    unsafe { write_time(lpsystemtimeasfiletime) };
}

/// The time, as both functions give it.
///
/// # Safety
/// By the crate's vocabulary.
unsafe fn write_time(lpsystemtimeasfiletime: *mut FILETIME) {
    if lpsystemtimeasfiletime.is_null() {
        return;
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let steps = EPOCH_OFFSET + u64::try_from(since.as_nanos() / 100).unwrap_or_default();
    let time = FILETIME { dwLowDateTime: steps as u32, dwHighDateTime: (steps >> 32) as u32 };
    // SAFETY: not NULL, so by the crate's vocabulary room for it.
    unsafe { lpsystemtimeasfiletime.write(time) };
}

/// As GetSystemTimeAsFileTime, as fine as the clock is.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// The same clock.
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetSystemTimePreciseAsFileTime
#[api]
pub unsafe extern "system" fn GetSystemTimePreciseAsFileTime(
    lpsystemtimeasfiletime: *mut FILETIME,
) {
    // SAFETY: by the crate's vocabulary.
    unsafe { write_time(lpsystemtimeasfiletime) };
}

/// The system's version: its major number in the lowest byte, its minor one above, and the build in
/// the upper half.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// As [`VerifyVersionInfoA`], whatever a manifest says.
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetVersion
#[api]
pub unsafe extern "system" fn GetVersion() -> u32 {
    MAJOR | MINOR << 8 | BUILD << 16
}

/// Notes in a mask how a part of the version is to be compared.
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
/// learn.microsoft.com: winnt.h, VerSetConditionMask
#[api]
pub unsafe extern "system" fn VerSetConditionMask(
    conditionmask: u64,
    typemask: u32,
    condition: u8,
) -> u64 {
    const CONDITION_BITS: u32 = 3;
    const VALID: u64 = 1 << 63;
    let Some(place) = typemask.checked_ilog2().filter(|place| *place < 8) else {
        return conditionmask;
    };
    conditionmask | VALID | u64::from(condition & 7) << (place * CONDITION_BITS)
}

/// How a part is to be compared.
fn condition(mask: u64, part: u32) -> u32 {
    (mask >> (part.ilog2() * 3) & 7) as u32
}

fn holds(ours: u32, asked: u32, condition: u32) -> bool {
    match condition {
        VER_EQUAL => ours == asked,
        VER_GREATER => ours > asked,
        VER_GREATER_EQUAL => ours >= asked,
        VER_LESS => ours < asked,
        VER_LESS_EQUAL => ours <= asked,
        _ => false,
    }
}

/// # Safety
/// Points to a record of the narrow form, or of a wide one whose characters have `character` bytes.
unsafe fn verify(
    record: *const c_void,
    character: usize,
    parts: u32,
    mask: u64,
) -> Result<(), Win32Error> {
    const TEXT: usize = 20;
    const TEXT_CHARACTERS: usize = 128;
    if record.is_null() || parts == 0 {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let number = |at: usize| {
        // SAFETY: the caller's word.
        unsafe { record.byte_add(at).cast::<u32>().read_unaligned() }
    };
    let tail = TEXT + TEXT_CHARACTERS * character;
    let small = |at: usize| number(tail + at) & 0xFFFF;
    let asked = |part| match part {
        VER_MAJORVERSION => number(4),
        VER_MINORVERSION => number(8),
        VER_BUILDNUMBER => number(12),
        VER_PLATFORMID => number(16),
        VER_SERVICEPACKMAJOR => small(0),
        VER_SERVICEPACKMINOR => small(2),
        _ => number(tail + 4) >> 16 & 0xFF,
    };
    let failed = Err(Win32Error::ERROR_OLD_WIN_VERSION);
    // Major, minor and service pack count as one number with several places, compared as the first of them says.
    let places = [
        (VER_MAJORVERSION, MAJOR),
        (VER_MINORVERSION, MINOR),
        (VER_SERVICEPACKMAJOR, 0),
        (VER_SERVICEPACKMINOR, 0),
    ];
    let mut places = places.into_iter().filter(|(part, _)| parts & part != 0).peekable();
    if let Some((first, _)) = places.peek() {
        let how = condition(mask, *first);
        let differs = places.find(|(part, ours)| *ours != asked(*part));
        let (ours, asked) = differs.map_or((0, 0), |(part, ours)| (ours, asked(part)));
        if !holds(ours, asked, how) {
            return failed;
        }
    }
    for (part, ours) in
        [(VER_BUILDNUMBER, BUILD), (VER_PLATFORMID, PLATFORM), (VER_PRODUCT_TYPE, PRODUCT)]
    {
        if parts & part != 0 && !holds(ours, asked(part), condition(mask, part)) {
            return failed;
        }
    }
    // No suite is installed.
    if parts & VER_SUITENAME != 0 { failed } else { Ok(()) }
}

fn truth(result: Result<(), Win32Error>) -> BOOL {
    crate::shape::truth(|| result)
}

/// Compares the system's version with one that is asked for.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_OLD_WIN_VERSION (1150): it does not compare so; ERROR_INVALID_PARAMETER (87): NULL, or nothing to
/// compare.
///
/// # Linux
/// The version is that of the Windows whose behaviour is followed: 10.0, build 19045, a workstation.
///
/// # Sources
/// learn.microsoft.com: winbase.h, VerifyVersionInfoA
#[api]
pub unsafe extern "system" fn VerifyVersionInfoA(
    lpversioninformation: *mut OSVERSIONINFOEXA,
    dwtypemask: u32,
    dwlconditionmask: u64,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(unsafe { verify(lpversioninformation.cast(), 1, dwtypemask, dwlconditionmask) })
}

/// As VerifyVersionInfoA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`VerifyVersionInfoA`].
///
/// # Linux
/// As [`VerifyVersionInfoA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, VerifyVersionInfoW
#[api]
pub unsafe extern "system" fn VerifyVersionInfoW(
    lpversioninformation: *mut OSVERSIONINFOEXW,
    dwtypemask: u32,
    dwlconditionmask: u64,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(unsafe { verify(lpversioninformation.cast(), 2, dwtypemask, dwlconditionmask) })
}

/// As VerifyVersionInfoW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`VerifyVersionInfoA`].
///
/// # Linux
/// As [`VerifyVersionInfoA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, VerifyVersionInfoW
#[api]
pub unsafe extern "system" fn VerifyVersionInfoW_utf32(
    lpversioninformation: *mut OSVERSIONINFOEXW,
    dwtypemask: u32,
    dwlconditionmask: u64,
) -> BOOL {
    // SAFETY: by the crate's vocabulary; the text in the middle has characters of 32 bits.
    truth(unsafe { verify(lpversioninformation.cast(), 4, dwtypemask, dwlconditionmask) })
}
