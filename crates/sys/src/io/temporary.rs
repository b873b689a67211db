//! Where temporary files go, and their names.

use super::path::{PathUnit, answer, full, path};
use crate::last_error::{self, KeepErrno};
use linsock_abi::{MAX_PATH, PCSTR, PCWSTR, PSTR, PWSTR, Win32Error};
use linsock_engine::folder;
use std::ffi::CString;
use std::os::unix::ffi::OsStringExt;
use std::sync::atomic::{AtomicU32, Ordering};

/// The folder of temporary files: Windows' variables first, so that a program can be told as there.
fn folder_of_temporary_files() -> Result<Vec<u8>, Win32Error> {
    let named = ["TMP", "TEMP", "TMPDIR"].into_iter().filter_map(std::env::var_os);
    let named = named.map(OsStringExt::into_vec).find(|folder| !folder.is_empty());
    let mut folder = full(named.as_deref().unwrap_or(b"/tmp"))?;
    if !folder.ends_with(b"/") {
        folder.push(b'/');
    }
    Ok(folder)
}

/// # Safety
/// NULL, or room for so many units.
unsafe fn temporary_path<U: PathUnit>(to: *mut U, room: u32) -> u32 {
    let _errno = KeepErrno::new();
    // SAFETY: the caller's word.
    unsafe { answer(folder_of_temporary_files(), to, room) }
}

/// Where the search for a free number begins: at the clock's, so that two processes seldom meet, and
/// each time one further.
fn next_number() -> u32 {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let clock = since.unwrap_or_default().subsec_nanos() >> 10;
    clock.wrapping_add(CALLS.fetch_add(1, Ordering::Relaxed))
}

/// The number in the name, and the whole path.
fn temporary_file(folder: &[u8], prefix: &[u8], unique: u32) -> Result<(u32, CString), Win32Error> {
    let slash: &[u8] = if folder.ends_with(b"/") { b"" } else { b"/" };
    let named = |number: u32| {
        let end = format!("{number:X}.tmp");
        let bytes = [folder, slash, prefix, end.as_bytes()].concat();
        CString::new(bytes).map_err(|_| Win32Error::ERROR_INVALID_NAME)
    };
    if unique != 0 {
        return Ok((unique, named(unique & 0xFFFF)?));
    }
    let whole = CString::new(folder).map_err(|_| Win32Error::ERROR_INVALID_NAME)?;
    if !folder::is_there(&whole) {
        return Err(Win32Error::ERROR_DIRECTORY);
    }
    let first = next_number();
    for step in 0..0xFFFF {
        let number = first.wrapping_add(step) % 0xFFFF + 1;
        let name = named(number)?;
        match folder::make_file(&name) {
            Err(Win32Error::ERROR_FILE_EXISTS) => {}
            made => return made.map(|()| (number, name)),
        }
    }
    Err(Win32Error::ERROR_FILE_EXISTS)
}

/// # Safety
/// Strings that end with a zero, and room for MAX_PATH units; or NULL.
unsafe fn temporary_name<U: PathUnit>(
    folder: *const U,
    prefix: *const U,
    unique: u32,
    to: *mut U,
) -> u32 {
    const PREFIX_MAX: usize = 3;
    /// What a name may add: a slash, the prefix, four digits, an end and a zero, and a rest as on Windows.
    const ROOM_FOR_NAME: usize = 14;
    let _errno = KeepErrno::new();
    let made = || {
        if to.is_null() {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        // SAFETY: the caller's word.
        let folder = unsafe { path(folder) }?;
        if U::spell(folder.to_bytes()).len() > MAX_PATH as usize - ROOM_FOR_NAME {
            return Err(Win32Error::ERROR_BUFFER_OVERFLOW);
        }
        // SAFETY: the caller's word.
        let prefix = unsafe { crate::threading::until_zero(prefix) }.unwrap_or_default();
        let prefix = U::read(&prefix[..prefix.len().min(PREFIX_MAX)]);
        let prefix = prefix.ok_or(Win32Error::ERROR_INVALID_NAME)?;
        temporary_file(folder.to_bytes(), &prefix, unique)
    };
    match made() {
        Ok((number, name)) => {
            // SAFETY: the caller's word; the name fits.
            unsafe { answer(Ok(name.into_bytes()), to, MAX_PATH) };
            number
        }
        Err(error) => {
            last_error::set(error.0);
            0
        }
    }
}

/// The folder of temporary files, with a slash at its end: the answer is its length, or, where it
/// does not fit, the room that it needs with its zero.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_FILE_NOT_FOUND (2): a relative path, and the current directory was removed.
///
/// # Linux
/// The first of TMP, TEMP and TMPDIR that is set, else /tmp. Nobody looks whether it is there.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetTempPathA
#[api]
pub unsafe extern "system" fn GetTempPathA(nbufferlength: u32, lpbuffer: PSTR) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { temporary_path(lpbuffer, nbufferlength) }
}

/// [`GetTempPathA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetTempPathA`].
///
/// # Linux
/// As [`GetTempPathA`].
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetTempPathW
#[api]
pub unsafe extern "system" fn GetTempPathW(nbufferlength: u32, lpbuffer: PWSTR) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { temporary_path(lpbuffer, nbufferlength) }
}

/// [`GetTempPathW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetTempPathA`].
///
/// # Linux
/// The header binds GetTempPathW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetTempPathW
#[api]
pub unsafe extern "system" fn GetTempPathW_utf32(nbufferlength: u32, lpbuffer: *mut u32) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { temporary_path(lpbuffer, nbufferlength) }
}

/// Makes an empty file with a name of its own, `preXXXX.tmp`; with a number that is not 0 makes a
/// name alone. The answer is the number.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_DIRECTORY (267): no such folder; ERROR_BUFFER_OVERFLOW (111): its path is longer
/// than MAX_PATH - 14; ERROR_FILE_EXISTS (80): all names are taken; ERROR_ACCESS_DENIED (5);
/// ERROR_PATH_NOT_FOUND (3): NULL; ERROR_INVALID_PARAMETER (87): nowhere to store the name.
///
/// # Linux
/// The file is made by O_EXCL. As with other new files everybody may read it but for what the umask
/// takes away.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetTempFileNameA
#[api]
pub unsafe extern "system" fn GetTempFileNameA(
    lppathname: PCSTR,
    lpprefixstring: PCSTR,
    uunique: u32,
    lptempfilename: PSTR,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { temporary_name(lppathname, lpprefixstring, uunique, lptempfilename) }
}

/// [`GetTempFileNameA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetTempFileNameA`].
///
/// # Linux
/// As [`GetTempFileNameA`].
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetTempFileNameW
#[api]
pub unsafe extern "system" fn GetTempFileNameW(
    lppathname: PCWSTR,
    lpprefixstring: PCWSTR,
    uunique: u32,
    lptempfilename: PWSTR,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { temporary_name(lppathname, lpprefixstring, uunique, lptempfilename) }
}

/// [`GetTempFileNameW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetTempFileNameA`].
///
/// # Linux
/// The header binds GetTempFileNameW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetTempFileNameW
#[api]
pub unsafe extern "system" fn GetTempFileNameW_utf32(
    lppathname: *const u32,
    lpprefixstring: *const u32,
    uunique: u32,
    lptempfilename: *mut u32,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { temporary_name(lppathname, lpprefixstring, uunique, lptempfilename) }
}
