//! What files are, how long, and when they were written.

use super::path::path;
use crate::last_error::{self, KeepErrno};
use crate::shape::truth;
use linsock_abi::{
    BOOL, FILE_ATTRIBUTE_ARCHIVE, FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_NORMAL,
    FILE_ATTRIBUTE_READONLY, FILE_ATTRIBUTE_REPARSE_POINT, FILETIME, GET_FILEEX_INFO_LEVELS,
    GetFileExInfoStandard, HANDLE, INVALID_FILE_ATTRIBUTES, PCSTR, PCWSTR,
    WIN32_FILE_ATTRIBUTE_DATA, Win32Error,
};
use linsock_backend::memory::is_writable;
use linsock_engine::folder::{Facts, Time};
use std::ffi::{CString, c_void};

/// FILE_ATTRIBUTE_* of a file.
pub(super) fn attributes(facts: &Facts) -> u32 {
    let mut found = 0;
    for (is, attribute) in [
        (facts.read_only, FILE_ATTRIBUTE_READONLY),
        (facts.folder, FILE_ATTRIBUTE_DIRECTORY),
        (!facts.folder && !facts.link && !facts.device, FILE_ATTRIBUTE_ARCHIVE),
        (facts.link, FILE_ATTRIBUTE_REPARSE_POINT),
    ] {
        if is {
            found |= attribute;
        }
    }
    if found == 0 { FILE_ATTRIBUTE_NORMAL } else { found }
}

/// 100-nanosecond steps since 1601.
pub(super) fn file_time((seconds, nanoseconds): Time) -> FILETIME {
    const FROM_1601_TO_1970: i64 = 11_644_473_600;
    let steps = (seconds + FROM_1601_TO_1970) * 10_000_000 + i64::from(nanoseconds / 100);
    FILETIME { dwLowDateTime: steps as u32, dwHighDateTime: (steps >> 32) as u32 }
}

fn attributes_or_invalid(name: Result<CString, Win32Error>) -> u32 {
    let _errno = KeepErrno::new();
    match name.and_then(|name| Facts::named(&name)) {
        Ok(facts) => attributes(&facts),
        Err(error) => {
            last_error::set(error.0);
            INVALID_FILE_ATTRIBUTES
        }
    }
}

/// # Safety
/// Any pointer: it is probed.
unsafe fn store_facts(
    name: Result<CString, Win32Error>,
    level: GET_FILEEX_INFO_LEVELS,
    to: *mut c_void,
) -> Result<(), Win32Error> {
    if level != GetFileExInfoStandard {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let facts = Facts::named(&name?)?;
    if !is_writable(to.addr(), size_of::<WIN32_FILE_ATTRIBUTE_DATA>()) {
        return Err(Win32Error::ERROR_NOACCESS);
    }
    let data = WIN32_FILE_ATTRIBUTE_DATA {
        dwFileAttributes: attributes(&facts),
        ftCreationTime: file_time(facts.made),
        ftLastAccessTime: file_time(facts.read),
        ftLastWriteTime: file_time(facts.written),
        nFileSizeHigh: (facts.bytes >> 32) as u32,
        nFileSizeLow: facts.bytes as u32,
    };
    // SAFETY: just written by the kernel.
    unsafe { to.cast::<WIN32_FILE_ATTRIBUTE_DATA>().write_unaligned(data) };
    Ok(())
}

/// What a file is.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// INVALID_FILE_ATTRIBUTES and ERROR_FILE_NOT_FOUND (2); ERROR_PATH_NOT_FOUND (3): a folder on the
/// way is not there; ERROR_ACCESS_DENIED (5).
///
/// # Linux
/// FILE_ATTRIBUTE_DIRECTORY, or FILE_ATTRIBUTE_ARCHIVE as new files on Windows have;
/// FILE_ATTRIBUTE_READONLY: a file that its mode lets nobody write. A symbolic link is told of as
/// the file that it leads to; one to a folder has FILE_ATTRIBUTE_REPARSE_POINT beside
/// FILE_ATTRIBUTE_DIRECTORY, and one that leads nowhere that alone.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetFileAttributesA
#[api]
pub unsafe extern "system" fn GetFileAttributesA(lpfilename: PCSTR) -> u32 {
    // SAFETY: by the crate's vocabulary.
    attributes_or_invalid(unsafe { path(lpfilename) })
}

/// [`GetFileAttributesA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetFileAttributesA`].
///
/// # Linux
/// As [`GetFileAttributesA`].
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetFileAttributesW
#[api]
pub unsafe extern "system" fn GetFileAttributesW(lpfilename: PCWSTR) -> u32 {
    // SAFETY: by the crate's vocabulary.
    attributes_or_invalid(unsafe { path(lpfilename) })
}

/// [`GetFileAttributesW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetFileAttributesA`].
///
/// # Linux
/// The header binds GetFileAttributesW to this function unless the compiler was given
/// -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetFileAttributesW
#[api]
pub unsafe extern "system" fn GetFileAttributesW_utf32(lpfilename: *const u32) -> u32 {
    // SAFETY: by the crate's vocabulary.
    attributes_or_invalid(unsafe { path(lpfilename) })
}

/// What a file is, how long, and when it was made, read and written.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and as [`GetFileAttributesA`]; ERROR_INVALID_PARAMETER (87): another level; ERROR_NOACCESS
/// (998).
///
/// # Linux
/// statx. When a file was made is the file system's word, or, where it has none, the earliest of
/// its times.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetFileAttributesExA
#[api]
pub unsafe extern "system" fn GetFileAttributesExA(
    lpfilename: PCSTR,
    finfolevelid: GET_FILEEX_INFO_LEVELS,
    lpfileinformation: *mut c_void,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { store_facts(path(lpfilename), finfolevelid, lpfileinformation) })
}

/// [`GetFileAttributesExA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetFileAttributesExA`].
///
/// # Linux
/// As [`GetFileAttributesExA`].
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetFileAttributesExW
#[api]
pub unsafe extern "system" fn GetFileAttributesExW(
    lpfilename: PCWSTR,
    finfolevelid: GET_FILEEX_INFO_LEVELS,
    lpfileinformation: *mut c_void,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { store_facts(path(lpfilename), finfolevelid, lpfileinformation) })
}

/// [`GetFileAttributesExW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetFileAttributesExA`].
///
/// # Linux
/// The header binds GetFileAttributesExW to this function unless the compiler was given
/// -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetFileAttributesExW
#[api]
pub unsafe extern "system" fn GetFileAttributesExW_utf32(
    lpfilename: *const u32,
    finfolevelid: GET_FILEEX_INFO_LEVELS,
    lpfileinformation: *mut c_void,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { store_facts(path(lpfilename), finfolevelid, lpfileinformation) })
}

/// When a file was made, read and written; NULL leaves one out.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): not a file.
///
/// # Linux
/// As [`GetFileAttributesExA`].
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetFileTime
#[api]
pub unsafe extern "system" fn GetFileTime(
    hfile: HANDLE,
    lpcreationtime: *mut FILETIME,
    lplastaccesstime: *mut FILETIME,
    lplastwritetime: *mut FILETIME,
) -> BOOL {
    truth(|| {
        let facts = Facts::of(hfile.addr())?;
        for (to, time) in [
            (lpcreationtime, facts.made),
            (lplastaccesstime, facts.read),
            (lplastwritetime, facts.written),
        ] {
            if !to.is_null() {
                // SAFETY: not NULL, so by the crate's vocabulary room for it.
                unsafe { to.write_unaligned(file_time(time)) };
            }
        }
        Ok::<(), Win32Error>(())
    })
}
