//! The names of events, mutexes, semaphores, timers and file mappings, as callers spell them.

use linsock_abi::{HANDLE, Win32Error};
use linsock_engine::handle::Object;

use super::{handle_or_null, handles};

/// The unit of a name, and how a caller's text of it reads.
pub(crate) trait Unit: Copy + Default + PartialEq + 'static {
    fn read(units: &[Self]) -> String;
}

impl Unit for u8 {
    fn read(units: &[u8]) -> String {
        String::from_utf8_lossy(units).into_owned()
    }
}

impl Unit for u16 {
    fn read(units: &[u16]) -> String {
        String::from_utf16_lossy(units)
    }
}

impl Unit for u32 {
    fn read(units: &[u32]) -> String {
        let character = |&code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        units.iter().map(character).collect()
    }
}

/// The characters before the terminating zero; `None` for NULL.
///
/// # Safety
/// NULL, or a string that ends with a zero and outlives the answer.
pub(crate) unsafe fn until_zero<'a, T: Copy + Default + PartialEq>(
    text: *const T,
) -> Option<&'a [T]> {
    if text.is_null() {
        return None;
    }
    let mut len = 0;
    // SAFETY: the string ends with a zero, and the loop goes no further.
    while unsafe { *text.add(len) } != T::default() {
        len += 1;
    }
    // SAFETY: `len` characters were just read.
    Some(unsafe { std::slice::from_raw_parts(text, len) })
}

/// The name at `text`; an empty name is no name.
///
/// # Safety
/// NULL, or a string that ends with a zero.
pub(crate) unsafe fn name_of<U: Unit>(text: *const U) -> Option<String> {
    // SAFETY: as this function's own.
    let name = U::read(unsafe { until_zero(text) }?);
    // Local\ is where names are looked for anyway.
    let name = name.strip_prefix("Local\\").map_or(name.clone(), str::to_owned);
    Some(name).filter(|name| !name.is_empty())
}

/// A handle of a new object, or of the one that has its name already.
pub(crate) fn make_named(
    name: Option<String>,
    make: impl FnOnce() -> Object,
    is_of_kind: impl FnOnce(&Object) -> bool,
) -> HANDLE {
    let (object, existed) = match name {
        Some(name) => handles().names.open_or_make(&name, make),
        None => (make(), false),
    };
    if !is_of_kind(&object) {
        return handle_or_null(Err(Win32Error::ERROR_INVALID_HANDLE));
    }
    // A program tells the two successes apart by the last error, so the plain one clears it.
    crate::last_error::set(if existed { Win32Error::ERROR_ALREADY_EXISTS.0 } else { 0 });
    handle_or_null(handles().insert(object))
}

/// A handle of the object that has a name.
pub(crate) fn open_named(
    name: Option<String>,
    is_of_kind: impl FnOnce(&Object) -> bool,
) -> Result<usize, Win32Error> {
    let name = name.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?;
    let object = handles().names.open(&name).ok_or(Win32Error::ERROR_FILE_NOT_FOUND)?;
    if is_of_kind(&object) {
        handles().insert(object)
    } else {
        Err(Win32Error::ERROR_INVALID_HANDLE)
    }
}
