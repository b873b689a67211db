//! Dates: FILETIMEs, SYSTEMTIMEs, and local time.

use linsock_abi::{BOOL, FILETIME, SYSTEMTIME, Win32Error};
use linsock_backend::memory::{is_readable, is_writable};

use crate::shape::truth;

/// Steps of a FILETIME a second.
const SECOND: i64 = 10_000_000;
const MILLISECOND: i64 = SECOND / 1000;
const DAY: i64 = 86_400;
/// Seconds from 1601, where FILETIMEs begin, to 1970, where Linux' clock does.
const UNIX_EPOCH: i64 = 11_644_473_600;
/// The years that a SYSTEMTIME may have.
const YEARS: std::ops::RangeInclusive<u16> = 1601..=30_827;

/// Days from 1970 to a date of the Gregorian calendar: years begin in March, so that the leap day is their last.
fn days_from_date(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date of so many days after 1970: year, month, day.
fn date_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

fn to_record(steps: i64) -> SYSTEMTIME {
    let seconds = steps.div_euclid(SECOND) - UNIX_EPOCH;
    let (days, of_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = date_from_days(days);
    SYSTEMTIME {
        wYear: year as u16,
        wMonth: month as u16,
        // 1970 began on a Thursday.
        wDayOfWeek: (days + 4).rem_euclid(7) as u16,
        wDay: day as u16,
        wHour: (of_day / 3600) as u16,
        wMinute: (of_day / 60 % 60) as u16,
        wSecond: (of_day % 60) as u16,
        wMilliseconds: (steps.rem_euclid(SECOND) / MILLISECOND) as u16,
    }
}

fn from_record(time: &SYSTEMTIME) -> Result<i64, Win32Error> {
    let days = days_from_date(time.wYear.into(), time.wMonth.into(), time.wDay.into());
    let is_date = (1..=12).contains(&time.wMonth)
        && date_from_days(days) == (time.wYear.into(), time.wMonth.into(), time.wDay.into());
    let is_time = time.wHour < 24 && time.wMinute < 60 && time.wSecond < 60;
    if !YEARS.contains(&time.wYear) || !is_date || !is_time || time.wMilliseconds >= 1000 {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let of_day =
        i64::from(time.wHour) * 3600 + i64::from(time.wMinute) * 60 + i64::from(time.wSecond);
    let seconds = days * DAY + of_day + UNIX_EPOCH;
    Ok(seconds * SECOND + i64::from(time.wMilliseconds) * MILLISECOND)
}

/// How far local time is before UTC at a moment, in steps.
fn offset(steps: i64) -> i64 {
    let moment: libc::time_t = steps.div_euclid(SECOND) - UNIX_EPOCH;
    // SAFETY: numbers and a pointer, which the call fills.
    let mut local: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: room for the answer; the C library looks after its own time zone.
    unsafe { libc::localtime_r(&raw const moment, &raw mut local) };
    local.tm_gmtoff * SECOND
}

fn steps_of(time: FILETIME) -> Result<i64, Win32Error> {
    let steps = u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
    i64::try_from(steps).map_err(|_| Win32Error::ERROR_INVALID_PARAMETER)
}

fn file_time(steps: i64) -> FILETIME {
    FILETIME { dwLowDateTime: steps as u32, dwHighDateTime: (steps >> 32) as u32 }
}

fn now() -> i64 {
    crate::threading::file_time().cast_signed()
}

/// # Safety
/// NULL, or a record.
unsafe fn read<T: Copy>(from: *const T) -> Result<T, Win32Error> {
    if !is_readable(from.addr(), size_of::<T>()) {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    // SAFETY: just read by the kernel.
    Ok(unsafe { from.read_unaligned() })
}

/// # Safety
/// NULL, or room for a record.
unsafe fn store<T>(to: *mut T, value: T) -> Result<(), Win32Error> {
    if !is_writable(to.addr(), size_of::<T>()) {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    // SAFETY: just written by the kernel.
    unsafe { to.write_unaligned(value) };
    Ok(())
}

/// The date and the time, UTC.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// The kernel's clock.
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetSystemTime
#[api]
pub unsafe extern "system" fn GetSystemTime(lpsystemtime: *mut SYSTEMTIME) {
    if !lpsystemtime.is_null() {
        // SAFETY: not NULL, so by the crate's vocabulary room for it.
        unsafe { lpsystemtime.write(to_record(now())) };
    }
}

/// The date and the time here.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// In the C library's time zone (TZ, /etc/localtime).
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetLocalTime
#[api]
pub unsafe extern "system" fn GetLocalTime(lpsystemtime: *mut SYSTEMTIME) {
    if !lpsystemtime.is_null() {
        let now = now();
        // SAFETY: not NULL, so by the crate's vocabulary room for it.
        unsafe { lpsystemtime.write(to_record(now + offset(now))) };
    }
}

/// Turns a date into a FILETIME.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): no such date or time, or NULL.
///
/// # Linux
/// The day of the week is not looked at, as on Windows.
///
/// # Sources
/// learn.microsoft.com: timezoneapi.h, SystemTimeToFileTime
#[api]
pub unsafe extern "system" fn SystemTimeToFileTime(
    lpsystemtime: *const SYSTEMTIME,
    lpfiletime: *mut FILETIME,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { store(lpfiletime, file_time(from_record(&read(lpsystemtime)?)?)) })
}

/// Turns a FILETIME into a date.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): its highest bit is set, or NULL.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: timezoneapi.h, FileTimeToSystemTime
#[api]
pub unsafe extern "system" fn FileTimeToSystemTime(
    lpfiletime: *const FILETIME,
    lpsystemtime: *mut SYSTEMTIME,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { store(lpsystemtime, to_record(steps_of(read(lpfiletime)?)?)) })
}

/// Turns UTC into local time.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): as [`FileTimeToSystemTime`].
///
/// # Linux
/// As of today's difference, summer time or not, as on Windows.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, FileTimeToLocalFileTime
#[api]
pub unsafe extern "system" fn FileTimeToLocalFileTime(
    lpfiletime: *const FILETIME,
    lplocalfiletime: *mut FILETIME,
) -> BOOL {
    truth(|| {
        // SAFETY: by the crate's vocabulary.
        let now_offset = offset(now());
        // SAFETY: likewise.
        let steps = unsafe { steps_of(read(lpfiletime)?) }?;
        // SAFETY: likewise.
        unsafe { store(lplocalfiletime, file_time(steps.saturating_add(now_offset).max(0))) }
    })
}

/// Turns local time into UTC.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`FileTimeToLocalFileTime`].
///
/// # Linux
/// As [`FileTimeToLocalFileTime`].
///
/// # Sources
/// learn.microsoft.com: fileapi.h, LocalFileTimeToFileTime
#[api]
pub unsafe extern "system" fn LocalFileTimeToFileTime(
    lplocalfiletime: *const FILETIME,
    lpfiletime: *mut FILETIME,
) -> BOOL {
    truth(|| {
        let now_offset = offset(now());
        // SAFETY: by the crate's vocabulary.
        let steps = unsafe { steps_of(read(lplocalfiletime)?) }?;
        // SAFETY: likewise.
        unsafe { store(lpfiletime, file_time(steps.saturating_sub(now_offset).max(0))) }
    })
}

/// Which of two FILETIMEs is earlier: -1 the first, 0 neither, 1 the second.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None; NULL counts as 0.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, CompareFileTime
#[api]
pub unsafe extern "system" fn CompareFileTime(
    lpfiletime1: *const FILETIME,
    lpfiletime2: *const FILETIME,
) -> i32 {
    let number = |time| {
        // SAFETY: by the crate's vocabulary.
        unsafe { read::<FILETIME>(time) }
            .map_or(0, |time| u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime))
    };
    match number(lpfiletime1).cmp(&number(lpfiletime2)) {
        std::cmp::Ordering::Less => -1,
        std::cmp::Ordering::Equal => 0,
        std::cmp::Ordering::Greater => 1,
    }
}
