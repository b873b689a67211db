//! FormatMessage: the system's texts for error numbers, and a program's own texts.

use std::ffi::c_void;

use linsock_abi::{
    FORMAT_MESSAGE_ALLOCATE_BUFFER, FORMAT_MESSAGE_ARGUMENT_ARRAY, FORMAT_MESSAGE_FROM_HMODULE,
    FORMAT_MESSAGE_FROM_STRING, FORMAT_MESSAGE_FROM_SYSTEM, FORMAT_MESSAGE_IGNORE_INSERTS,
    FORMAT_MESSAGE_MAX_WIDTH_MASK, PSTR, PWSTR, Win32Error, error,
};

use super::heap::LocalAlloc;
use crate::winsock::text::Unit;

const KNOWN: u32 = FORMAT_MESSAGE_MAX_WIDTH_MASK
    | FORMAT_MESSAGE_ALLOCATE_BUFFER
    | FORMAT_MESSAGE_IGNORE_INSERTS
    | FORMAT_MESSAGE_FROM_STRING
    | FORMAT_MESSAGE_FROM_HMODULE
    | FORMAT_MESSAGE_FROM_SYSTEM
    | FORMAT_MESSAGE_ARGUMENT_ARRAY;

/// # Safety
/// With FORMAT_MESSAGE_FROM_STRING the source is a text that ends with a zero; the buffer is as the flags say.
unsafe fn format<U: Unit>(
    flags: u32,
    source: *const c_void,
    number: u32,
    buffer: *mut U,
    units: u32,
    arguments: *const *const i8,
) -> Result<u32, Win32Error> {
    if flags & !KNOWN != 0 || buffer.is_null() {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let text = if flags & FORMAT_MESSAGE_FROM_STRING != 0 {
        // SAFETY: the caller's word.
        let text = unsafe { crate::threading::until_zero(source.cast::<U>()) };
        let text = text.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?;
        U::decode(text).ok_or(Win32Error::ERROR_NO_UNICODE_TRANSLATION)?
    } else if flags & FORMAT_MESSAGE_FROM_SYSTEM != 0 {
        let text = error::message(number).ok_or(Win32Error::ERROR_MR_MID_NOT_FOUND)?;
        format!("{text}\r\n")
    } else {
        // Modules have no texts here.
        return Err(Win32Error::ERROR_MR_MID_NOT_FOUND);
    };
    let inserts = flags & FORMAT_MESSAGE_IGNORE_INSERTS == 0 && text.contains('%');
    let text = match inserts {
        false => text,
        // A C program's va_list cannot be read from here.
        true if !arguments.is_null() && flags & FORMAT_MESSAGE_ARGUMENT_ARRAY == 0 => {
            return Err(Win32Error::ERROR_NOT_SUPPORTED);
        }
        // SAFETY: the caller's word.
        true => unsafe { insert::<U>(&text, arguments) }?,
    };
    let text = match flags & FORMAT_MESSAGE_MAX_WIDTH_MASK {
        FORMAT_MESSAGE_MAX_WIDTH_MASK => text.replace("\r\n", " "),
        _ => text,
    };
    let mut out = U::encode(&text);
    let count = out.len();
    out.push(U::default());
    let place = if flags & FORMAT_MESSAGE_ALLOCATE_BUFFER != 0 {
        let units = out.len().max(units as usize);
        // SAFETY: has no preconditions.
        let block = unsafe { LocalAlloc(0, units * size_of::<U>()) };
        if block.is_null() {
            return Err(Win32Error::ERROR_NOT_ENOUGH_MEMORY);
        }
        // SAFETY: with this flag the buffer is the place of a pointer.
        unsafe { buffer.cast::<*mut c_void>().write_unaligned(block) };
        block.cast()
    } else if out.len() > units as usize {
        return Err(Win32Error::ERROR_INSUFFICIENT_BUFFER);
    } else {
        buffer
    };
    // SAFETY: room for all units, as found above.
    unsafe { std::ptr::copy_nonoverlapping(out.as_ptr(), place, out.len()) };
    Ok(count as u32)
}

/// Puts arguments in for `%1` to `%99`, which are texts or, as `%1!d!`, `%1!u!` and `%1!x!`, numbers. `%%` is a percent
/// sign, `%n` a line end, `%0` the end of the text.
///
/// # Safety
/// The array has the arguments that the text names.
unsafe fn insert<U: Unit>(text: &str, arguments: *const *const i8) -> Result<String, Win32Error> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let digits = after.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let number: usize = after[..digits].parse().unwrap_or(0);
        rest = &after[digits..];
        if digits > 0 && number == 0 {
            return Ok(out);
        }
        if digits == 0 {
            match rest.chars().next() {
                Some('n') => out.push_str("\r\n"),
                Some(other) => out.push(other),
                None => return Err(Win32Error::ERROR_INVALID_PARAMETER),
            }
            rest = rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
            continue;
        }
        if arguments.is_null() {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        // SAFETY: the caller's word.
        let argument = unsafe { *arguments.add(number - 1) };
        let kind = rest.strip_prefix('!').and_then(|kind| kind.split_once('!'));
        if let Some((_, after)) = kind {
            rest = after;
        }
        match kind.map_or("s", |(kind, _)| kind) {
            "s" => {
                // SAFETY: the caller's word.
                let units = unsafe { crate::threading::until_zero(argument.cast::<U>()) };
                let units = units.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?;
                out.push_str(&U::decode(units).ok_or(Win32Error::ERROR_NO_UNICODE_TRANSLATION)?);
            }
            "d" | "i" => out.push_str(&(argument.addr() as i32).to_string()),
            "u" => out.push_str(&(argument.addr() as u32).to_string()),
            "x" => out.push_str(&format!("{:x}", argument.addr() as u32)),
            _ => return Err(Win32Error::ERROR_NOT_SUPPORTED),
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn answer(result: Result<u32, Win32Error>) -> u32 {
    result.unwrap_or_else(|error| {
        crate::last_error::set(error.0);
        0
    })
}

/// Writes the text of an error number, or a text of the program's with its arguments put in.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_MR_MID_NOT_FOUND (317): no text for this number; ERROR_INSUFFICIENT_BUFFER (122): too little room;
/// ERROR_INVALID_PARAMETER (87): NULL or unknown flags; ERROR_NOT_SUPPORTED (50): arguments in a va_list, or a
/// conversion other than s, d, i, u and x.
///
/// # Linux
/// English texts of the numbers that this library uses and their neighbours. The language is not looked at.
///
/// # Safety
/// With FORMAT_MESSAGE_ALLOCATE_BUFFER lpBuffer is the place of a pointer, which LocalFree is to be given.
///
/// # Sources
/// learn.microsoft.com: winbase.h, FormatMessageA
#[api]
pub unsafe extern "system" fn FormatMessageA(
    dwflags: u32,
    lpsource: *const c_void,
    dwmessageid: u32,
    _dwlanguageid: u32,
    lpbuffer: PSTR,
    nsize: u32,
    arguments: *const *const i8,
) -> u32 {
    // SAFETY: by this function's own contract.
    answer(unsafe { format::<u8>(dwflags, lpsource, dwmessageid, lpbuffer, nsize, arguments) })
}

/// As FormatMessageA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`FormatMessageA`].
///
/// # Linux
/// As [`FormatMessageA`].
///
/// # Safety
/// As [`FormatMessageA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, FormatMessageW
#[api]
pub unsafe extern "system" fn FormatMessageW(
    dwflags: u32,
    lpsource: *const c_void,
    dwmessageid: u32,
    _dwlanguageid: u32,
    lpbuffer: PWSTR,
    nsize: u32,
    arguments: *const *const i8,
) -> u32 {
    // SAFETY: by this function's own contract.
    answer(unsafe { format::<u16>(dwflags, lpsource, dwmessageid, lpbuffer, nsize, arguments) })
}

/// As FormatMessageW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`FormatMessageA`].
///
/// # Linux
/// As [`FormatMessageA`].
///
/// # Safety
/// As [`FormatMessageA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, FormatMessageW
#[api]
pub unsafe extern "system" fn FormatMessageW_utf32(
    dwflags: u32,
    lpsource: *const c_void,
    dwmessageid: u32,
    _dwlanguageid: u32,
    lpbuffer: *mut u32,
    nsize: u32,
    arguments: *const *const i8,
) -> u32 {
    // SAFETY: by this function's own contract.
    answer(unsafe { format::<u32>(dwflags, lpsource, dwmessageid, lpbuffer, nsize, arguments) })
}
