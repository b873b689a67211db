//! Texts from bytes to wide characters and back.

use std::borrow::Cow;

use linsock_abi::{
    BOOL, CP_ACP, CP_OEMCP, CP_THREAD_ACP, CP_UTF8, MB_ERR_INVALID_CHARS, MB_PRECOMPOSED,
    MULTI_BYTE_TO_WIDE_CHAR_FLAGS, PCSTR, PCWSTR, PSTR, PWSTR, WC_ERR_INVALID_CHARS,
    WC_NO_BEST_FIT_CHARS, Win32Error,
};
use linsock_backend::memory::is_writable;

use crate::winsock::text::Unit;

/// A count, or 0 and the last error.
fn shape(work: impl FnOnce() -> Result<usize, Win32Error>) -> i32 {
    match work() {
        Ok(count) => i32::try_from(count).unwrap_or(i32::MAX),
        Err(error) => {
            crate::last_error::set(error.0);
            0
        }
    }
}

fn check_page(page: u32) -> Result<(), Win32Error> {
    let known = [CP_ACP, CP_OEMCP, CP_THREAD_ACP, CP_UTF8].contains(&page);
    if known { Ok(()) } else { Err(Win32Error::ERROR_INVALID_PARAMETER) }
}

/// The caller's text: so many units, or, where the count is negative, up to a zero and with it.
///
/// # Safety
/// NULL, or so many units, or a text that ends with a zero.
unsafe fn source<'a, U: Unit>(start: *const U, count: i32) -> Result<&'a [U], Win32Error> {
    if start.is_null() || count == 0 {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let count = match usize::try_from(count) {
        Ok(count) => count,
        // SAFETY: the caller's word.
        Err(_) => unsafe { crate::threading::until_zero(start) }.map_or(0, <[U]>::len) + 1,
    };
    // SAFETY: the caller's word, or just read.
    Ok(unsafe { std::slice::from_raw_parts(start, count) })
}

/// Writes as much of the text as fits; where there is no room at all, only its length is asked for.
///
/// # Safety
/// `to` has room for `room` units.
unsafe fn store<U: Unit>(
    units: &[U],
    from: *const u8,
    to: *mut U,
    room: i32,
) -> Result<usize, Win32Error> {
    let room = usize::try_from(room).map_err(|_| Win32Error::ERROR_INVALID_PARAMETER)?;
    if room == 0 {
        return Ok(units.len());
    }
    if to.is_null() || to.cast_const().cast() == from {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let count = units.len().min(room);
    // SAFETY: the caller's room; the units are our own copy.
    unsafe { std::ptr::copy(units.as_ptr(), to, count) };
    if count < units.len() { Err(Win32Error::ERROR_INSUFFICIENT_BUFFER) } else { Ok(count) }
}

/// The text of wide characters as bytes: both pairs are a place and a count, the third is the
/// substitute and where its use is told. What is no text becomes one by `lossy`.
///
/// # Safety
/// As for [`source`] and [`store`].
unsafe fn to_bytes<U: Unit>(
    page: u32,
    flags: u32,
    from: (*const U, i32),
    to: (PSTR, i32),
    (default, used_default): (PCSTR, *mut BOOL),
    lossy: fn(&[U]) -> String,
) -> Result<usize, Win32Error> {
    // SAFETY: the caller's pointers.
    let units = unsafe { source(from.0, from.1) }?;
    check_page(page)?;
    let uses_default = !default.is_null() || !used_default.is_null();
    if page == CP_UTF8 && uses_default {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let strict = flags & WC_ERR_INVALID_CHARS != 0;
    if flags & !(WC_ERR_INVALID_CHARS | WC_NO_BEST_FIT_CHARS) != 0
        || page == CP_UTF8 && flags & WC_NO_BEST_FIT_CHARS != 0
    {
        return Err(Win32Error::ERROR_INVALID_FLAGS);
    }
    let text = match U::decode(units) {
        Some(text) => text,
        None if strict => return Err(Win32Error::ERROR_NO_UNICODE_TRANSLATION),
        None => lossy(units),
    };
    if is_writable(used_default.addr(), size_of::<BOOL>()) {
        // SAFETY: just written by the kernel.
        unsafe { used_default.write_unaligned(0) };
    }
    // SAFETY: the caller's pointers.
    unsafe { store(text.as_bytes(), units.as_ptr().cast(), to.0, to.1) }
}

fn lossy_utf16(units: &[u16]) -> String {
    String::from_utf16_lossy(units)
}

fn lossy_utf32(units: &[u32]) -> String {
    let character = |&code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    units.iter().map(character).collect()
}

/// Turns bytes into wide characters; the answer is how many.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_INVALID_PARAMETER (87): no text, no room, or a code page that is not there;
/// ERROR_INSUFFICIENT_BUFFER (122): what fits was written; ERROR_INVALID_FLAGS (1004);
/// ERROR_NO_UNICODE_TRANSLATION (1113): the flag asks to be told of what spells no character.
///
/// # Linux
/// CP_ACP and CP_OEMCP are UTF-8, as the host's texts are; there are no other code pages. What
/// spells no character becomes U+FFFD. Room of 0 asks for the length.
///
/// # Sources
/// learn.microsoft.com: stringapiset.h, MultiByteToWideChar
#[api]
pub unsafe extern "system" fn MultiByteToWideChar(
    codepage: u32,
    dwflags: MULTI_BYTE_TO_WIDE_CHAR_FLAGS,
    lpmultibytestr: PCSTR,
    cbmultibyte: i32,
    lpwidecharstr: PWSTR,
    cchwidechar: i32,
) -> i32 {
    shape(|| {
        // SAFETY: the caller's pointers.
        let units = unsafe { source(lpmultibytestr, cbmultibyte) }?;
        check_page(codepage)?;
        if dwflags & !(MB_PRECOMPOSED | MB_ERR_INVALID_CHARS) != 0
            || codepage == CP_UTF8 && dwflags & MB_PRECOMPOSED != 0
        {
            return Err(Win32Error::ERROR_INVALID_FLAGS);
        }
        let strict = dwflags & MB_ERR_INVALID_CHARS != 0;
        let text = match std::str::from_utf8(units) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) if strict => return Err(Win32Error::ERROR_NO_UNICODE_TRANSLATION),
            Err(_) => String::from_utf8_lossy(units),
        };
        // SAFETY: the caller's pointers.
        unsafe { store(&u16::encode(&text), units.as_ptr().cast(), lpwidecharstr, cchwidechar) }
    })
}

/// As MultiByteToWideChar, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`MultiByteToWideChar`].
///
/// # Linux
/// The header binds MultiByteToWideChar to this function unless the compiler was given
/// -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: stringapiset.h, MultiByteToWideChar
#[api]
pub unsafe extern "system" fn MultiByteToWideChar_utf32(
    codepage: u32,
    dwflags: MULTI_BYTE_TO_WIDE_CHAR_FLAGS,
    lpmultibytestr: PCSTR,
    cbmultibyte: i32,
    lpwidecharstr: *mut u32,
    cchwidechar: i32,
) -> i32 {
    shape(|| {
        // SAFETY: the caller's pointers.
        let units = unsafe { source(lpmultibytestr, cbmultibyte) }?;
        check_page(codepage)?;
        if dwflags & !(MB_PRECOMPOSED | MB_ERR_INVALID_CHARS) != 0
            || codepage == CP_UTF8 && dwflags & MB_PRECOMPOSED != 0
        {
            return Err(Win32Error::ERROR_INVALID_FLAGS);
        }
        let strict = dwflags & MB_ERR_INVALID_CHARS != 0;
        let text = match std::str::from_utf8(units) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) if strict => return Err(Win32Error::ERROR_NO_UNICODE_TRANSLATION),
            Err(_) => String::from_utf8_lossy(units),
        };
        // SAFETY: the caller's pointers.
        unsafe { store(&u32::encode(&text), units.as_ptr().cast(), lpwidecharstr, cchwidechar) }
    })
}

/// Turns wide characters into bytes; the answer is how many.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_INVALID_PARAMETER (87): no text, no room, or a code page that is not there;
/// ERROR_INSUFFICIENT_BUFFER (122): what fits was written; ERROR_INVALID_FLAGS (1004);
/// ERROR_NO_UNICODE_TRANSLATION (1113): the flag asks to be told of what spells no character.
///
/// # Linux
/// CP_ACP and CP_OEMCP are UTF-8, as the host's texts are; there are no other code pages. What
/// spells no character becomes U+FFFD. Room of 0 asks for the length. The default character is
/// never needed.
///
/// # Sources
/// learn.microsoft.com: stringapiset.h, WideCharToMultiByte
#[api]
pub unsafe extern "system" fn WideCharToMultiByte(
    codepage: u32,
    dwflags: u32,
    lpwidecharstr: PCWSTR,
    cchwidechar: i32,
    lpmultibytestr: PSTR,
    cbmultibyte: i32,
    lpdefaultchar: PCSTR,
    lpuseddefaultchar: *mut BOOL,
) -> i32 {
    let (from, to) = ((lpwidecharstr, cchwidechar), (lpmultibytestr, cbmultibyte));
    let default = (lpdefaultchar, lpuseddefaultchar);
    // SAFETY: the caller's pointers.
    shape(|| unsafe { to_bytes(codepage, dwflags, from, to, default, lossy_utf16) })
}

/// As WideCharToMultiByte, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`WideCharToMultiByte`].
///
/// # Linux
/// The header binds WideCharToMultiByte to this function unless the compiler was given
/// -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: stringapiset.h, WideCharToMultiByte
#[api]
pub unsafe extern "system" fn WideCharToMultiByte_utf32(
    codepage: u32,
    dwflags: u32,
    lpwidecharstr: *const u32,
    cchwidechar: i32,
    lpmultibytestr: PSTR,
    cbmultibyte: i32,
    lpdefaultchar: PCSTR,
    lpuseddefaultchar: *mut BOOL,
) -> i32 {
    let (from, to) = ((lpwidecharstr, cchwidechar), (lpmultibytestr, cbmultibyte));
    let default = (lpdefaultchar, lpuseddefaultchar);
    // SAFETY: the caller's pointers.
    shape(|| unsafe { to_bytes(codepage, dwflags, from, to, default, lossy_utf32) })
}

/// The code page of the system's byte texts.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// 65001, UTF-8, whatever the locale.
///
/// # Sources
/// learn.microsoft.com: winnls.h, GetACP
#[api]
pub unsafe extern "system" fn GetACP() -> u32 {
    CP_UTF8
}

/// The code page of the console's byte texts.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// As [`GetACP`].
///
/// # Sources
/// learn.microsoft.com: winnls.h, GetOEMCP
#[api]
pub unsafe extern "system" fn GetOEMCP() -> u32 {
    CP_UTF8
}

/// Whether a code page is there.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// UTF-8 alone is.
///
/// # Sources
/// learn.microsoft.com: winnls.h, IsValidCodePage
#[api]
pub unsafe extern "system" fn IsValidCodePage(codepage: u32) -> BOOL {
    BOOL::from(codepage == CP_UTF8)
}
