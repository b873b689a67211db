//! The lstr functions: copying, joining and comparing texts that end with a zero.

use std::cmp::Ordering;

use linsock_abi::{PCSTR, PCWSTR, PSTR, PWSTR};

use crate::threading::until_zero;
use crate::winsock::text::Unit;

/// Copies a text and its zero, or as much as fits with a zero.
///
/// # Safety
/// Room for `room` units; NULL, or a text that ends with a zero.
unsafe fn copy<U: Unit>(to: *mut U, from: *const U, room: usize) -> *mut U {
    // SAFETY: the caller's word.
    let Some(text) = (unsafe { until_zero(from) }) else { return std::ptr::null_mut() };
    if to.is_null() || room == 0 {
        return std::ptr::null_mut();
    }
    let count = text.len().min(room - 1);
    // SAFETY: the caller's room; the two may overlap.
    unsafe {
        std::ptr::copy(text.as_ptr(), to, count);
        to.add(count).write(U::default());
    }
    to
}

/// # Safety
/// As [`copy`], with room for both texts.
unsafe fn join<U: Unit>(to: *mut U, from: *const U) -> *mut U {
    // SAFETY: the caller's word.
    let Some(before) = (unsafe { until_zero(to.cast_const()) }) else {
        return std::ptr::null_mut();
    };
    // SAFETY: likewise.
    let joined = unsafe { copy(to.add(before.len()), from, usize::MAX) };
    if joined.is_null() { joined } else { to }
}

/// NULL comes before every text.
///
/// # Safety
/// NULL, or texts that end with a zero.
unsafe fn compare<U: Unit>(left: *const U, right: *const U, fold: bool) -> i32 {
    let text = |start| {
        // SAFETY: the caller's word.
        let units = unsafe { until_zero(start) }?;
        let text = U::decode(units)?;
        Some(if fold { text.to_lowercase() } else { text })
    };
    match text(left).cmp(&text(right)) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

/// How many units a text has before its zero; 0 for NULL.
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
/// learn.microsoft.com: winbase.h, lstrlenA
#[api]
pub unsafe extern "system" fn lstrlenA(lpstring: PCSTR) -> i32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { until_zero(lpstring) }.map_or(0, |text| text.len() as i32)
}

/// As lstrlenA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`lstrlenA`].
///
/// # Linux
/// As [`lstrlenA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrlenW
#[api]
pub unsafe extern "system" fn lstrlenW(lpstring: PCWSTR) -> i32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { until_zero(lpstring) }.map_or(0, |text| text.len() as i32)
}

/// As lstrlenW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`lstrlenA`].
///
/// # Linux
/// As [`lstrlenA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrlenW
#[api]
pub unsafe extern "system" fn lstrlenW_utf32(lpstring: *const u32) -> i32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { until_zero(lpstring) }.map_or(0, |text| text.len() as i32)
}

/// Copies a text.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL: one of the two is NULL.
///
/// # Linux
/// Nothing differs.
///
/// # Safety
/// There is room for the text and its zero.
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcpyA
#[api]
pub unsafe extern "system" fn lstrcpyA(lpstring1: PSTR, lpstring2: PCSTR) -> PSTR {
    // SAFETY: by this function's own contract.
    unsafe { copy(lpstring1, lpstring2, usize::MAX) }
}

/// As lstrcpyA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`lstrcpyA`].
///
/// # Linux
/// As [`lstrcpyA`].
///
/// # Safety
/// As [`lstrcpyA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcpyW
#[api]
pub unsafe extern "system" fn lstrcpyW(lpstring1: PWSTR, lpstring2: PCWSTR) -> PWSTR {
    // SAFETY: by this function's own contract.
    unsafe { copy(lpstring1, lpstring2, usize::MAX) }
}

/// As lstrcpyW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`lstrcpyA`].
///
/// # Linux
/// As [`lstrcpyA`].
///
/// # Safety
/// As [`lstrcpyA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcpyW
#[api]
pub unsafe extern "system" fn lstrcpyW_utf32(
    lpstring1: *mut u32,
    lpstring2: *const u32,
) -> *mut u32 {
    // SAFETY: by this function's own contract.
    unsafe { copy(lpstring1, lpstring2, usize::MAX) }
}

/// Copies as much of a text as fits, and a zero.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL: one of the two is NULL, or there is no room at all.
///
/// # Linux
/// Nothing differs.
///
/// # Safety
/// There is room for so many units.
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcpynA
#[api]
pub unsafe extern "system" fn lstrcpynA(
    lpstring1: PSTR,
    lpstring2: PCSTR,
    imaxlength: i32,
) -> PSTR {
    // SAFETY: by this function's own contract.
    unsafe { copy(lpstring1, lpstring2, usize::try_from(imaxlength).unwrap_or(0)) }
}

/// As lstrcpynA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`lstrcpynA`].
///
/// # Linux
/// As [`lstrcpynA`].
///
/// # Safety
/// As [`lstrcpynA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcpynW
#[api]
pub unsafe extern "system" fn lstrcpynW(
    lpstring1: PWSTR,
    lpstring2: PCWSTR,
    imaxlength: i32,
) -> PWSTR {
    // SAFETY: by this function's own contract.
    unsafe { copy(lpstring1, lpstring2, usize::try_from(imaxlength).unwrap_or(0)) }
}

/// As lstrcpynW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`lstrcpynA`].
///
/// # Linux
/// As [`lstrcpynA`].
///
/// # Safety
/// As [`lstrcpynA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcpynW
#[api]
pub unsafe extern "system" fn lstrcpynW_utf32(
    lpstring1: *mut u32,
    lpstring2: *const u32,
    imaxlength: i32,
) -> *mut u32 {
    // SAFETY: by this function's own contract.
    unsafe { copy(lpstring1, lpstring2, usize::try_from(imaxlength).unwrap_or(0)) }
}

/// Appends a text to another.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL: one of the two is NULL.
///
/// # Linux
/// Nothing differs.
///
/// # Safety
/// There is room for both and a zero.
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcatA
#[api]
pub unsafe extern "system" fn lstrcatA(lpstring1: PSTR, lpstring2: PCSTR) -> PSTR {
    // SAFETY: by this function's own contract.
    unsafe { join(lpstring1, lpstring2) }
}

/// As lstrcatA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`lstrcatA`].
///
/// # Linux
/// As [`lstrcatA`].
///
/// # Safety
/// As [`lstrcatA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcatW
#[api]
pub unsafe extern "system" fn lstrcatW(lpstring1: PWSTR, lpstring2: PCWSTR) -> PWSTR {
    // SAFETY: by this function's own contract.
    unsafe { join(lpstring1, lpstring2) }
}

/// As lstrcatW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`lstrcatA`].
///
/// # Linux
/// As [`lstrcatA`].
///
/// # Safety
/// As [`lstrcatA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcatW
#[api]
pub unsafe extern "system" fn lstrcatW_utf32(
    lpstring1: *mut u32,
    lpstring2: *const u32,
) -> *mut u32 {
    // SAFETY: by this function's own contract.
    unsafe { join(lpstring1, lpstring2) }
}

/// Compares two texts: -1, 0 or 1.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// By code points, not by the order of a locale.
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcmpA
#[api]
pub unsafe extern "system" fn lstrcmpA(lpstring1: PCSTR, lpstring2: PCSTR) -> i32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { compare(lpstring1, lpstring2, false) }
}

/// As lstrcmpA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`lstrcmpA`].
///
/// # Linux
/// As [`lstrcmpA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcmpW
#[api]
pub unsafe extern "system" fn lstrcmpW(lpstring1: PCWSTR, lpstring2: PCWSTR) -> i32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { compare(lpstring1, lpstring2, false) }
}

/// As lstrcmpW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`lstrcmpA`].
///
/// # Linux
/// As [`lstrcmpA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcmpW
#[api]
pub unsafe extern "system" fn lstrcmpW_utf32(lpstring1: *const u32, lpstring2: *const u32) -> i32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { compare(lpstring1, lpstring2, false) }
}

/// Compares two texts without regard to case: -1, 0 or 1.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// By code points of the lower case, not by the order of a locale.
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcmpiA
#[api]
pub unsafe extern "system" fn lstrcmpiA(lpstring1: PCSTR, lpstring2: PCSTR) -> i32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { compare(lpstring1, lpstring2, true) }
}

/// As lstrcmpiA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`lstrcmpiA`].
///
/// # Linux
/// As [`lstrcmpiA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcmpiW
#[api]
pub unsafe extern "system" fn lstrcmpiW(lpstring1: PCWSTR, lpstring2: PCWSTR) -> i32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { compare(lpstring1, lpstring2, true) }
}

/// As lstrcmpiW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`lstrcmpiA`].
///
/// # Linux
/// As [`lstrcmpiA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, lstrcmpiW
#[api]
pub unsafe extern "system" fn lstrcmpiW_utf32(lpstring1: *const u32, lpstring2: *const u32) -> i32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { compare(lpstring1, lpstring2, true) }
}
