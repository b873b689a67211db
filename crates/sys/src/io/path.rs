//! Paths, as callers spell them and as they get them. A path is Linux' own: names are parted by
//! slashes, and no letter stands for a disk.

use crate::winsock::text::Unit;
use linsock_abi::{PCSTR, PCWSTR, PSTR, PWSTR, Win32Error};
use linsock_engine::folder;
use std::ffi::CString;

/// The unit of a path. The bytes of Linux' paths are any; wide ones are UTF-8.
pub(crate) trait PathUnit: Unit {
    /// The bytes of a path; `None`: it spells none.
    fn read(units: &[Self]) -> Option<Vec<u8>> {
        Self::decode(units).map(String::into_bytes)
    }
    /// A path's spelling, without a zero.
    fn spell(path: &[u8]) -> Vec<Self> {
        Self::encode(&String::from_utf8_lossy(path))
    }
}

impl PathUnit for u8 {
    fn read(units: &[u8]) -> Option<Vec<u8>> {
        Some(units.to_vec())
    }

    fn spell(path: &[u8]) -> Vec<u8> {
        path.to_vec()
    }
}

impl PathUnit for u16 {}
impl PathUnit for u32 {}

/// The path at `text`.
///
/// # Errors
/// ERROR_PATH_NOT_FOUND: NULL; ERROR_INVALID_NAME: it spells none.
///
/// # Safety
/// NULL, or a string that ends with a zero.
pub(crate) unsafe fn path<U: PathUnit>(text: *const U) -> Result<CString, Win32Error> {
    // SAFETY: the caller's word.
    let units = unsafe { crate::threading::until_zero(text) };
    let bytes = U::read(units.ok_or(Win32Error::ERROR_PATH_NOT_FOUND)?);
    let bytes = bytes.ok_or(Win32Error::ERROR_INVALID_NAME)?;
    CString::new(bytes).map_err(|_| Win32Error::ERROR_INVALID_NAME)
}

/// Stores a path and its zero: the answer is its length, or, where it does not fit, how much room it
/// needs; 0 and the last error where there is none.
///
/// # Safety
/// NULL, or room for so many units.
pub(crate) unsafe fn answer<U: PathUnit>(
    path: Result<Vec<u8>, Win32Error>,
    to: *mut U,
    room: u32,
) -> u32 {
    match path {
        Ok(path) => {
            let mut units = U::spell(&path);
            let length = units.len();
            units.push(U::default());
            if to.is_null() || units.len() > room as usize {
                return units.len() as u32;
            }
            // SAFETY: there is room, by the caller's word.
            unsafe { std::ptr::copy_nonoverlapping(units.as_ptr(), to, units.len()) };
            length as u32
        }
        Err(error) => {
            crate::last_error::set(error.0);
            0
        }
    }
}

/// A path from the root, without `.`, `..` and doubled slashes; a slash at its end stays.
pub(crate) fn full(path: &[u8]) -> Result<Vec<u8>, Win32Error> {
    if path.is_empty() {
        return Err(Win32Error::ERROR_INVALID_NAME);
    }
    let mut whole = if path[0] == b'/' { Vec::new() } else { folder::current()? };
    whole.push(b'/');
    whole.extend_from_slice(path);
    let mut names: Vec<&[u8]> = Vec::new();
    for name in whole.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    let mut full = vec![b'/'];
    full.extend_from_slice(&names.join(&b'/'));
    if path.ends_with(b"/") && full.len() > 1 {
        full.push(b'/');
    }
    Ok(full)
}

/// # Safety
/// A string that ends with a zero, room for so many units, and for a pointer, or NULL each.
unsafe fn full_name<U: PathUnit>(text: *const U, room: u32, to: *mut U, part: *mut *mut U) -> u32 {
    // SAFETY: the caller's word.
    let full = unsafe { path(text) }.and_then(|path| full(path.to_bytes()));
    let last = full.as_ref().map_or(0, |path| U::spell(folder::split(path).1).len());
    // SAFETY: the caller's word.
    let length = unsafe { answer(full, to, room) };
    if !part.is_null() && !to.is_null() && length < room {
        // What ends with a slash has no last name.
        let start =
            if last == 0 { std::ptr::null_mut() } else { to.wrapping_add(length as usize - last) };
        // SAFETY: the caller's word.
        unsafe { part.write_unaligned(start) };
    }
    length
}

/// The whole path of a file, and where in it the file's own name begins: the answer is its length,
/// or, where it does not fit, the room that it needs with its zero.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_PATH_NOT_FOUND (3): NULL; ERROR_INVALID_NAME (123): nothing.
///
/// # Linux
/// From the current directory, `.` and `..` taken out by their spelling, as Windows does: a
/// symbolic link before `..` is not followed. Nobody looks whether the file is there.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetFullPathNameA
#[api]
pub unsafe extern "system" fn GetFullPathNameA(
    lpfilename: PCSTR,
    nbufferlength: u32,
    lpbuffer: PSTR,
    lpfilepart: *mut PSTR,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { full_name(lpfilename, nbufferlength, lpbuffer, lpfilepart) }
}

/// [`GetFullPathNameA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetFullPathNameA`].
///
/// # Linux
/// As [`GetFullPathNameA`].
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetFullPathNameW
#[api]
pub unsafe extern "system" fn GetFullPathNameW(
    lpfilename: PCWSTR,
    nbufferlength: u32,
    lpbuffer: PWSTR,
    lpfilepart: *mut PWSTR,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { full_name(lpfilename, nbufferlength, lpbuffer, lpfilepart) }
}

/// [`GetFullPathNameW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetFullPathNameA`].
///
/// # Linux
/// The header binds GetFullPathNameW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetFullPathNameW
#[api]
pub unsafe extern "system" fn GetFullPathNameW_utf32(
    lpfilename: *const u32,
    nbufferlength: u32,
    lpbuffer: *mut u32,
    lpfilepart: *mut *mut u32,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { full_name(lpfilename, nbufferlength, lpbuffer, lpfilepart) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_paths_have_no_detours() {
        for (path, whole) in
            [("/", "/"), ("//", "/"), ("/a/b", "/a/b"), ("/a//./b/../c/", "/a/c/"), ("/../..", "/")]
        {
            assert_eq!(full(path.as_bytes()).as_deref(), Ok(whole.as_bytes()), "{path}");
        }
        let here = folder::current().expect("it is there");
        assert_eq!(full(b"."), Ok(here.clone()));
        assert_eq!(full(b"x/../y"), Ok([&here[..], b"/y"].concat()));
        assert_eq!(full(b""), Err(Win32Error::ERROR_INVALID_NAME));
    }

    #[test]
    fn the_files_own_name_is_pointed_at() {
        let mut room = [0u16; 8];
        let mut part = std::ptr::null_mut();
        let name = |text: &str| text.encode_utf16().chain([0]).collect::<Vec<u16>>();
        // SAFETY: strings that end with a zero, and room as long as is said.
        unsafe {
            let get = |path: &[u16], room: &mut [u16], part: &mut *mut u16| {
                GetFullPathNameW(path.as_ptr(), room.len() as u32, room.as_mut_ptr(), part)
            };
            assert_eq!(get(&name("/a/bücher"), &mut room, &mut part), 10);
            assert_eq!(get(&name("/x/../a/b"), &mut room, &mut part), 4);
            assert_eq!(part, room.as_mut_ptr().wrapping_add(3));
            assert_eq!(get(&name("/a/b/"), &mut room, &mut part), 5);
            assert!(part.is_null());
        }
    }
}
