//! FormatMessage: the system's texts for error numbers, and a program's own texts.

mod arguments;
mod insert;
mod lines;

use std::ffi::c_void;

use linsock_abi::{
    FORMAT_MESSAGE_ALLOCATE_BUFFER, FORMAT_MESSAGE_ARGUMENT_ARRAY, FORMAT_MESSAGE_FROM_HMODULE,
    FORMAT_MESSAGE_FROM_STRING, FORMAT_MESSAGE_FROM_SYSTEM, FORMAT_MESSAGE_IGNORE_INSERTS,
    FORMAT_MESSAGE_MAX_WIDTH_MASK, PSTR, PWSTR, Win32Error, error,
};

use self::arguments::Arguments;
use self::insert::Conversion;
use self::lines::{Lines, Width};
use super::heap::LocalAlloc;
use crate::winsock::text::Unit;

const KNOWN: u32 = FORMAT_MESSAGE_MAX_WIDTH_MASK
    | FORMAT_MESSAGE_ALLOCATE_BUFFER
    | FORMAT_MESSAGE_IGNORE_INSERTS
    | SOURCES
    | FORMAT_MESSAGE_ARGUMENT_ARRAY;

/// Where a text may be, one of which has to be said.
const SOURCES: u32 =
    FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_FROM_SYSTEM;

/// `W` is the program's wide character: what wide inserts have in a narrow message.
///
/// # Safety
/// With FORMAT_MESSAGE_FROM_STRING the source is a text that ends with a zero; the buffer is as the flags say, and the
/// arguments are as they and the text say.
unsafe fn format<U: Unit, W: Unit>(
    flags: u32,
    source: *const c_void,
    number: u32,
    buffer: *mut U,
    units: u32,
    arguments: *const *const i8,
) -> Result<u32, Win32Error> {
    if flags & !KNOWN != 0 || flags & SOURCES == 0 || buffer.is_null() {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let allocates = flags & FORMAT_MESSAGE_ALLOCATE_BUFFER != 0;
    if allocates {
        // SAFETY: with this flag the buffer is the place of a pointer.
        unsafe { buffer.cast::<*mut c_void>().write_unaligned(std::ptr::null_mut()) };
    }
    // SAFETY: the caller's word.
    let text = unsafe { text::<U>(flags, source, number) }?;
    let arguments = match flags & FORMAT_MESSAGE_IGNORE_INSERTS {
        // SAFETY: the caller's word.
        0 => Some(unsafe {
            Arguments::new(arguments.cast(), flags & FORMAT_MESSAGE_ARGUMENT_ARRAY != 0)
        }?),
        _ => None,
    };
    let width = match flags & FORMAT_MESSAGE_MAX_WIDTH_MASK {
        0 => Width::AsWritten,
        FORMAT_MESSAGE_MAX_WIDTH_MASK => Width::Endless,
        columns => Width::Columns(columns as usize),
    };
    // SAFETY: the caller's word.
    let mut out = unsafe { compose::<U, W>(&text, width, arguments) }?;
    if out.is_empty() {
        return Err(Win32Error::ERROR_NO_WORK_DONE);
    }
    let count = out.len();
    out.push(U::default());
    let place = if allocates {
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

/// The text as it is written, with its inserts.
///
/// # Safety
/// With FORMAT_MESSAGE_FROM_STRING the source is a text that ends with a zero.
unsafe fn text<U: Unit>(
    flags: u32,
    source: *const c_void,
    number: u32,
) -> Result<Vec<U>, Win32Error> {
    if flags & FORMAT_MESSAGE_FROM_STRING != 0 {
        // SAFETY: the caller's word.
        let text = unsafe { crate::threading::until_zero(source.cast::<U>()) };
        return Ok(text.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?.to_vec());
    }
    // Modules have no texts here.
    let of_system = error::message(number).filter(|_| flags & FORMAT_MESSAGE_FROM_SYSTEM != 0);
    let text = of_system.ok_or(Win32Error::ERROR_MR_MID_NOT_FOUND)?;
    Ok(U::encode(&format!("{text}\r\n")))
}

/// Puts arguments in for `%1` to `%99`, and reads the other escapes. Without arguments inserts stay as they are; with
/// [`Arguments::None`] they are an error.
///
/// # Safety
/// The arguments that the text names are there.
unsafe fn compose<U: Unit, W: Unit>(
    text: &[U],
    width: Width,
    mut arguments: Option<Arguments>,
) -> Result<Vec<U>, Win32Error> {
    let mut lines = Lines::new(width);
    let mut rest = text;
    // What is no character of Latin-1 means nothing here.
    let letter = |unit: U| u8::try_from(unit.code()).unwrap_or(0);
    while let Some((&unit, after)) = rest.split_first() {
        rest = after;
        match letter(unit) {
            b'\r' | b'\n' => {
                let is_pair =
                    letter(unit) == b'\r' && rest.first().is_some_and(|u| letter(*u) == b'\n');
                rest = &rest[usize::from(is_pair)..];
                lines.line_end();
                continue;
            }
            b'%' => {}
            _ => {
                lines.unit(unit);
                continue;
            }
        }
        let (&escaped, after) = rest.split_first().ok_or(Win32Error::ERROR_INVALID_PARAMETER)?;
        rest = after;
        match (letter(escaped), &mut arguments) {
            (b'0', _) => break,
            (b'n', _) => lines.hard_end("\r\n"),
            (b'r', _) => lines.hard_end("\r"),
            (b't', _) => lines.unit(U::from_code(b'\t'.into())),
            (_, None) => {
                lines.unit(unit);
                lines.unit(escaped);
            }
            (first @ b'1'..=b'9', Some(arguments)) => {
                let mut number = usize::from(first - b'0');
                if let Some((digit @ b'0'..=b'9', after)) =
                    rest.split_first().map(|(unit, after)| (letter(*unit), after))
                {
                    number = number * 10 + usize::from(digit - b'0');
                    rest = after;
                }
                let (conversion, after) = conversion(rest)?;
                rest = after;
                // SAFETY: the caller's word.
                let units = unsafe {
                    let words = arguments.take(number, conversion.stars())?;
                    conversion.put::<U, W>(&words)
                }?;
                lines.whole(&units);
            }
            (_, Some(_)) => lines.whole(&[escaped]),
        }
    }
    Ok(lines.finish())
}

/// The conversion behind an insert's number, and what follows.
fn conversion<U: Unit>(rest: &[U]) -> Result<(Conversion, &[U]), Win32Error> {
    let is_mark = |unit: &U| unit.code() == b'!'.into();
    let Some(inside) = rest.strip_prefix(&[U::from_code(b'!'.into())]) else {
        return Ok((Conversion::text(), rest));
    };
    let end = inside.iter().position(is_mark);
    let end = end.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?;
    let read = U::decode(&inside[..end]).and_then(|text| Conversion::read(&text));
    Ok((read.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?, &inside[end + 1..]))
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
/// ERROR_INVALID_PARAMETER (87): NULL, unknown flags or no source, an insert without arguments, or one whose conversion is
/// none; ERROR_NO_WORK_DONE (235): an empty message; ERROR_NO_UNICODE_TRANSLATION (1113): an insert of other characters
/// that spell nothing.
///
/// # Linux
/// English texts of the numbers that this library uses and their neighbours. The language is not looked at, and modules
/// have no texts. Conversions are printf's but for floating point, which Windows refuses, too. A va_list is read as
/// x86-64 has it; elsewhere it is ERROR_NOT_SUPPORTED (50). Wide inserts (`%1!ls!`) have 16 bits here: the header leads
/// programs whose wchar_t has 32 to FormatMessageA_utf32.
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
    answer(unsafe { format::<u8, u16>(dwflags, lpsource, dwmessageid, lpbuffer, nsize, arguments) })
}

/// As FormatMessageA, for a wchar_t of 32 bits.
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
/// learn.microsoft.com: winbase.h, FormatMessageA
#[api]
pub unsafe extern "system" fn FormatMessageA_utf32(
    dwflags: u32,
    lpsource: *const c_void,
    dwmessageid: u32,
    _dwlanguageid: u32,
    lpbuffer: PSTR,
    nsize: u32,
    arguments: *const *const i8,
) -> u32 {
    // SAFETY: by this function's own contract.
    answer(unsafe { format::<u8, u32>(dwflags, lpsource, dwmessageid, lpbuffer, nsize, arguments) })
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
    answer(unsafe {
        format::<u16, u16>(dwflags, lpsource, dwmessageid, lpbuffer, nsize, arguments)
    })
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
    answer(unsafe {
        format::<u32, u32>(dwflags, lpsource, dwmessageid, lpbuffer, nsize, arguments)
    })
}
