//! The files of a folder, one after the other.

use super::attributes::{attributes, file_time};
use super::path::{PathUnit, path};
use crate::last_error::{self, KeepErrno};
use crate::shape::truth;
use crate::threading::handles;
use linsock_abi::{
    BOOL, FILE_ATTRIBUTE_REPARSE_POINT, FILETIME, HANDLE, INVALID_HANDLE_VALUE, PCSTR, PCWSTR,
    WIN32_FIND_DATAA, WIN32_FIND_DATAW, Win32Error,
};
use linsock_engine::handle::Object;
use linsock_engine::search::{Found, Search};
use std::sync::Arc;

const NAME_UNITS: usize = 260;
const SHORT_NAME_UNITS: usize = 14;

/// WIN32_FIND_DATA in units of any width.
#[repr(C)]
struct Data<U> {
    attributes: u32,
    made: FILETIME,
    read: FILETIME,
    written: FILETIME,
    bytes_high: u32,
    bytes_low: u32,
    reserved: [u32; 2],
    name: [U; NAME_UNITS],
    /// There is none.
    short_name: [U; SHORT_NAME_UNITS],
}

const _: () = assert!(size_of::<Data<u8>>() == size_of::<WIN32_FIND_DATAA>());
const _: () = assert!(size_of::<Data<u16>>() == size_of::<WIN32_FIND_DATAW>());

/// # Safety
/// Room for a record in units of that width.
unsafe fn store<U: PathUnit>(found: &Found, to: *mut Data<U>) {
    /// The reparse point is a symbolic link.
    const IO_REPARSE_TAG_SYMLINK: u32 = 0xA000_000C;
    let attributes = attributes(&found.facts);
    let is_link = attributes & FILE_ATTRIBUTE_REPARSE_POINT != 0;
    let mut data = Data {
        attributes,
        made: file_time(found.facts.made),
        read: file_time(found.facts.read),
        written: file_time(found.facts.written),
        bytes_high: (found.facts.bytes >> 32) as u32,
        bytes_low: found.facts.bytes as u32,
        reserved: [if is_link { IO_REPARSE_TAG_SYMLINK } else { 0 }, 0],
        name: [U::default(); NAME_UNITS],
        short_name: [U::default(); SHORT_NAME_UNITS],
    };
    // A name has at most 255 bytes.
    let name = U::spell(&found.name);
    let length = name.len().min(NAME_UNITS - 1);
    data.name[..length].copy_from_slice(&name[..length]);
    // SAFETY: the caller's word.
    unsafe { to.write_unaligned(data) };
}

/// # Safety
/// NULL, or a string that ends with a zero; NULL, or room for a record in such units.
unsafe fn first<U: PathUnit>(pattern: *const U, to: *mut Data<U>) -> HANDLE {
    let _errno = KeepErrno::new();
    let begin = || {
        // SAFETY: the caller's word.
        let search = Search::new(&unsafe { path(pattern) }?)?;
        let found = search.next().ok_or(Win32Error::ERROR_FILE_NOT_FOUND)?;
        if to.is_null() {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        let handle = handles().insert(Object::Search(Arc::new(search)))?;
        // SAFETY: the caller's word.
        unsafe { store(&found, to) };
        Ok(handle)
    };
    match begin() {
        Ok(handle) => std::ptr::without_provenance_mut(handle),
        Err(error) => {
            last_error::set(error.0);
            INVALID_HANDLE_VALUE
        }
    }
}

/// # Safety
/// NULL, or room for a record in such units.
unsafe fn next<U: PathUnit>(search: HANDLE, to: *mut Data<U>) -> BOOL {
    truth(|| {
        let search = handles().search(search.addr())?;
        if to.is_null() {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        let found = search.next().ok_or(Win32Error::ERROR_NO_MORE_FILES)?;
        // SAFETY: the caller's word.
        unsafe { store(&found, to) };
        Ok(())
    })
}

/// Begins to look for files by a pattern with `*` and `?` in its last name; tells of the first.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// INVALID_HANDLE_VALUE and ERROR_FILE_NOT_FOUND (2): none; ERROR_PATH_NOT_FOUND (3): no such
/// folder; ERROR_ACCESS_DENIED (5); ERROR_INVALID_PARAMETER (87): nowhere to store it.
///
/// # Linux
/// The names are read at once and come in the order of their bytes behind `.` and `..`.
/// Capitals count, as in all names here. There are no short names. What is told of each file is as
/// [`GetFileAttributesExA`](super::GetFileAttributesExA) tells it.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, FindFirstFileA
#[api]
pub unsafe extern "system" fn FindFirstFileA(
    lpfilename: PCSTR,
    lpfindfiledata: *mut WIN32_FIND_DATAA,
) -> HANDLE {
    // SAFETY: by the crate's vocabulary; the record's units have that width.
    unsafe { first(lpfilename, lpfindfiledata.cast()) }
}

/// [`FindFirstFileA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`FindFirstFileA`].
///
/// # Linux
/// As [`FindFirstFileA`].
///
/// # Sources
/// learn.microsoft.com: fileapi.h, FindFirstFileW
#[api]
pub unsafe extern "system" fn FindFirstFileW(
    lpfilename: PCWSTR,
    lpfindfiledata: *mut WIN32_FIND_DATAW,
) -> HANDLE {
    // SAFETY: by the crate's vocabulary; the record's units have that width.
    unsafe { first(lpfilename, lpfindfiledata.cast()) }
}

/// [`FindFirstFileW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`FindFirstFileA`].
///
/// # Linux
/// The header binds FindFirstFileW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, FindFirstFileW
#[api]
pub unsafe extern "system" fn FindFirstFileW_utf32(
    lpfilename: *const u32,
    lpfindfiledata: *mut WIN32_FIND_DATAW,
) -> HANDLE {
    // SAFETY: by the crate's vocabulary; the record's units have that width.
    unsafe { first(lpfilename, lpfindfiledata.cast()) }
}

/// Tells of the next file.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_NO_MORE_FILES (18); ERROR_INVALID_HANDLE (6): no search; ERROR_INVALID_PARAMETER
/// (87).
///
/// # Linux
/// As [`FindFirstFileA`]. Files that were removed since then are passed over, and new ones are not
/// seen.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, FindNextFileA
#[api]
pub unsafe extern "system" fn FindNextFileA(
    hfindfile: HANDLE,
    lpfindfiledata: *mut WIN32_FIND_DATAA,
) -> BOOL {
    // SAFETY: by the crate's vocabulary; the record's units have that width.
    unsafe { next(hfindfile, lpfindfiledata.cast::<Data<u8>>()) }
}

/// [`FindNextFileA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`FindNextFileA`].
///
/// # Linux
/// As [`FindNextFileA`].
///
/// # Sources
/// learn.microsoft.com: fileapi.h, FindNextFileW
#[api]
pub unsafe extern "system" fn FindNextFileW(
    hfindfile: HANDLE,
    lpfindfiledata: *mut WIN32_FIND_DATAW,
) -> BOOL {
    // SAFETY: by the crate's vocabulary; the record's units have that width.
    unsafe { next(hfindfile, lpfindfiledata.cast::<Data<u16>>()) }
}

/// [`FindNextFileW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`FindNextFileA`].
///
/// # Linux
/// The header binds FindNextFileW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, FindNextFileW
#[api]
pub unsafe extern "system" fn FindNextFileW_utf32(
    hfindfile: HANDLE,
    lpfindfiledata: *mut WIN32_FIND_DATAW,
) -> BOOL {
    // SAFETY: by the crate's vocabulary; the record's units have that width.
    unsafe { next(hfindfile, lpfindfiledata.cast::<Data<u32>>()) }
}

/// Ends a search.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): no search.
///
/// # Linux
/// CloseHandle does not close such a handle, as on Windows.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, FindClose
#[api]
pub unsafe extern "system" fn FindClose(hfindfile: HANDLE) -> BOOL {
    truth(|| handles().remove_search(hfindfile.addr()).map(drop))
}
