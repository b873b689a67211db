//! Clocks.

use linsock_abi::{BOOL, Win32Error};

use super::truth;

/// Counts of the performance counter a second: what Windows 10 and later always answer. Programs
/// multiply a count by a million before they divide, so a finer one would overflow theirs.
const COUNTS_PER_SECOND: i64 = 10_000_000;
const NANOSECONDS_PER_SECOND: i64 = 1_000_000_000;

/// Seconds and nanoseconds of a clock of the system.
fn clock(id: libc::clockid_t) -> (i64, i64) {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: room for the answer; a clock that every kernel we run on has.
    unsafe { libc::clock_gettime(id, &mut now) };
    (now.tv_sec, now.tv_nsec)
}

/// From the beginning of FILETIMEs, the year 1601, to that of Linux' clock.
const UNIX_EPOCH_AS_FILE_TIME: i64 = 116_444_736_000_000_000;

/// The time now as a FILETIME counts it: steps of 100 ns since 1601, UTC.
pub(crate) fn file_time() -> u64 {
    let (seconds, nanoseconds) = clock(libc::CLOCK_REALTIME);
    let parts = nanoseconds / (NANOSECONDS_PER_SECOND / COUNTS_PER_SECOND);
    (UNIX_EPOCH_AS_FILE_TIME + seconds * COUNTS_PER_SECOND + parts).max(0).cast_unsigned()
}

/// Milliseconds since the system started, modulo 2^32.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// As GetTickCount64.
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetTickCount
#[api]
pub unsafe extern "system" fn GetTickCount() -> u32 {
    // The upper half is cut off, as documented.
    ticks() as u32
}

/// Milliseconds since the system started.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// CLOCK_BOOTTIME, which goes on while the system sleeps; a step is 1 ms, not 10 to 16.
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetTickCount64
#[api]
pub unsafe extern "system" fn GetTickCount64() -> u64 {
    ticks()
}

/// Milliseconds since the machine started.
fn ticks() -> u64 {
    let (seconds, nanoseconds) = clock(libc::CLOCK_BOOTTIME);
    (seconds * 1000 + nanoseconds / 1_000_000).cast_unsigned()
}

/// The performance counter.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_NOACCESS (998): nowhere to store it.
///
/// # Linux
/// CLOCK_MONOTONIC in steps of 100 ns.
///
/// # Sources
/// learn.microsoft.com: profileapi.h, QueryPerformanceCounter
#[api]
pub unsafe extern "system" fn QueryPerformanceCounter(lpperformancecount: *mut i64) -> BOOL {
    let (seconds, nanoseconds) = clock(libc::CLOCK_MONOTONIC);
    let parts = nanoseconds / (NANOSECONDS_PER_SECOND / COUNTS_PER_SECOND);
    // SAFETY: the caller's pointer, by the crate's vocabulary.
    unsafe { store(lpperformancecount, seconds * COUNTS_PER_SECOND + parts) }
}

/// How many counts of the performance counter make a second.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_NOACCESS (998): nowhere to store it.
///
/// # Linux
/// 10,000,000, as on Windows 10 and later.
///
/// # Sources
/// learn.microsoft.com: profileapi.h, QueryPerformanceFrequency
#[api]
pub unsafe extern "system" fn QueryPerformanceFrequency(lpfrequency: *mut i64) -> BOOL {
    // SAFETY: the caller's pointer, by the crate's vocabulary.
    unsafe { store(lpfrequency, COUNTS_PER_SECOND) }
}

/// # Safety
/// NULL, or room for the number.
unsafe fn store(place: *mut i64, value: i64) -> BOOL {
    if place.is_null() {
        return truth(Err(Win32Error::ERROR_NOACCESS));
    }
    // SAFETY: not NULL, so by this function's contract room for the number.
    unsafe { *place = value };
    truth(Ok(()))
}
