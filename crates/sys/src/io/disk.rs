//! Opening and removing files.

use super::path::path;
use crate::last_error::{self, KeepErrno};
use crate::shape;
use linsock_abi::{
    BOOL, CREATE_ALWAYS, CREATE_NEW, FILE_APPEND_DATA, FILE_CREATION_DISPOSITION,
    FILE_FLAG_DELETE_ON_CLOSE, FILE_FLAG_OVERLAPPED, FILE_FLAG_WRITE_THROUGH,
    FILE_FLAGS_AND_ATTRIBUTES, FILE_READ_DATA, FILE_SHARE_MODE, FILE_WRITE_DATA, GENERIC_ALL,
    GENERIC_READ, GENERIC_WRITE, HANDLE, INVALID_HANDLE_VALUE, OPEN_ALWAYS, OPEN_EXISTING, PCSTR,
    PCWSTR, SECURITY_ATTRIBUTES, TRUNCATE_EXISTING, Win32Error,
};
use linsock_backend::file::Opening;
use linsock_engine::file::{self, How};
use std::ffi::{CStr, CString};

/// Opens or makes a file.
///
/// # Contract
/// T-027: the handle is one for TransmitFile, ReadFile and WriteFile.
///
/// # Errors
/// INVALID_HANDLE_VALUE and ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_FILE_EXISTS,
/// ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER, ... A handle and ERROR_ALREADY_EXISTS where
/// OPEN_ALWAYS or CREATE_ALWAYS found the file.
///
/// # Linux
/// The name is a Linux path. The handle is the descriptor's number, above the standard streams'.
/// Files on a disk only; folders, pipes and devices are refused. Nothing is locked by the share
/// mode; of the flags FILE_FLAG_OVERLAPPED, FILE_FLAG_DELETE_ON_CLOSE and FILE_FLAG_WRITE_THROUGH
/// have an effect. Of the access rights those to read, write and append count. The security
/// attributes count for inheriting alone.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, CreateFileA
#[api]
pub unsafe extern "system" fn CreateFileA(
    lpfilename: PCSTR,
    dwdesiredaccess: u32,
    _dwsharemode: FILE_SHARE_MODE,
    lpsecurityattributes: *const SECURITY_ATTRIBUTES,
    dwcreationdisposition: FILE_CREATION_DISPOSITION,
    dwflagsandattributes: FILE_FLAGS_AND_ATTRIBUTES,
    _htemplatefile: HANDLE,
) -> HANDLE {
    // SAFETY: by the crate's vocabulary.
    let path = unsafe { path(lpfilename) };
    // SAFETY: likewise.
    let inherit = unsafe { inherits(lpsecurityattributes) };
    create(path, dwdesiredaccess, inherit, dwcreationdisposition, dwflagsandattributes)
}

/// [`CreateFileA`] with a name in UTF-16.
///
/// # Contract
/// T-027: as CreateFileA.
///
/// # Errors
/// As CreateFileA.
///
/// # Linux
/// As CreateFileA; the path is UTF-8.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, CreateFileW
#[api]
pub unsafe extern "system" fn CreateFileW(
    lpfilename: PCWSTR,
    dwdesiredaccess: u32,
    _dwsharemode: FILE_SHARE_MODE,
    lpsecurityattributes: *const SECURITY_ATTRIBUTES,
    dwcreationdisposition: FILE_CREATION_DISPOSITION,
    dwflagsandattributes: FILE_FLAGS_AND_ATTRIBUTES,
    _htemplatefile: HANDLE,
) -> HANDLE {
    // SAFETY: by the crate's vocabulary.
    let path = unsafe { path(lpfilename) };
    // SAFETY: likewise.
    let inherit = unsafe { inherits(lpsecurityattributes) };
    create(path, dwdesiredaccess, inherit, dwcreationdisposition, dwflagsandattributes)
}

/// [`CreateFileW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// T-027: as CreateFileA.
///
/// # Errors
/// As CreateFileA.
///
/// # Linux
/// The header binds CreateFileW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, CreateFileW
#[api]
pub unsafe extern "system" fn CreateFileW_utf32(
    lpfilename: *const u32,
    dwdesiredaccess: u32,
    _dwsharemode: FILE_SHARE_MODE,
    lpsecurityattributes: *const SECURITY_ATTRIBUTES,
    dwcreationdisposition: FILE_CREATION_DISPOSITION,
    dwflagsandattributes: FILE_FLAGS_AND_ATTRIBUTES,
    _htemplatefile: HANDLE,
) -> HANDLE {
    // SAFETY: by the crate's vocabulary.
    let path = unsafe { path(lpfilename) };
    // SAFETY: likewise.
    let inherit = unsafe { inherits(lpsecurityattributes) };
    create(path, dwdesiredaccess, inherit, dwcreationdisposition, dwflagsandattributes)
}

/// Removes a file.
///
/// # Contract
/// None.
///
/// # Errors
/// FALSE and ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED, ...
///
/// # Linux
/// The name goes at once; who has the file open keeps it.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, DeleteFileA
#[api]
pub unsafe extern "system" fn DeleteFileA(lpfilename: PCSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    shape::truth(|| file::remove(&unsafe { path(lpfilename) }?))
}

/// [`DeleteFileA`] with a name in UTF-16.
///
/// # Contract
/// None.
///
/// # Errors
/// As DeleteFileA.
///
/// # Linux
/// As DeleteFileA.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, DeleteFileW
#[api]
pub unsafe extern "system" fn DeleteFileW(lpfilename: PCWSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    shape::truth(|| file::remove(&unsafe { path(lpfilename) }?))
}

/// [`DeleteFileW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None.
///
/// # Errors
/// As DeleteFileA.
///
/// # Linux
/// As CreateFileW's form for 32 bits.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, DeleteFileW
#[api]
pub unsafe extern "system" fn DeleteFileW_utf32(lpfilename: *const u32) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    shape::truth(|| file::remove(&unsafe { path(lpfilename) }?))
}

fn create(
    path: Result<CString, Win32Error>,
    access: u32,
    inherit: bool,
    disposition: FILE_CREATION_DISPOSITION,
    flags: FILE_FLAGS_AND_ATTRIBUTES,
) -> HANDLE {
    let _errno = KeepErrno::new();
    let opened = path.and_then(|path| {
        let any_of = |rights: u32| access & rights != 0;
        let writes = any_of(GENERIC_ALL | GENERIC_WRITE | FILE_WRITE_DATA);
        let appends = any_of(FILE_APPEND_DATA);
        let opening = Opening {
            read: any_of(GENERIC_ALL | GENERIC_READ | FILE_READ_DATA),
            write: writes || appends,
            append: appends && !writes,
            write_through: flags & FILE_FLAG_WRITE_THROUGH != 0,
            inherit,
            ..Opening::default()
        };
        let how = How {
            opening,
            delete_on_close: flags & FILE_FLAG_DELETE_ON_CLOSE != 0,
            overlapped: flags & FILE_FLAG_OVERLAPPED != 0,
        };
        open(&path, how, disposition)
    });
    match opened {
        Ok((handle, existed)) => {
            last_error::set(if existed { Win32Error::ERROR_ALREADY_EXISTS.0 } else { 0 });
            std::ptr::without_provenance_mut(handle)
        }
        Err(error) => {
            last_error::set(error.0);
            INVALID_HANDLE_VALUE
        }
    }
}

/// The handle, and whether a file was found that might as well have been made.
fn open(
    path: &CStr,
    how: How,
    disposition: FILE_CREATION_DISPOSITION,
) -> Result<(usize, bool), Win32Error> {
    let with = |change: fn(&mut Opening)| {
        let mut how = how;
        change(&mut how.opening);
        file::open(path, how)
    };
    let make_new = |opening: &mut Opening| {
        opening.create = true;
        opening.only_new = true;
    };
    let truncates = match disposition {
        CREATE_NEW => return with(make_new).map(|handle| (handle, false)),
        OPEN_EXISTING => return with(|_| {}).map(|handle| (handle, false)),
        TRUNCATE_EXISTING if !how.opening.write => {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        TRUNCATE_EXISTING => {
            return with(|opening| opening.truncate = true).map(|handle| (handle, false));
        }
        CREATE_ALWAYS => true,
        OPEN_ALWAYS => false,
        _ => return Err(Win32Error::ERROR_INVALID_PARAMETER),
    };
    // Made if it is not there; whether it was there is the kernel's word.
    match with(make_new) {
        Err(Win32Error::ERROR_FILE_EXISTS) if truncates => with(|opening| {
            opening.create = true;
            opening.truncate = true;
        })
        .map(|handle| (handle, true)),
        Err(Win32Error::ERROR_FILE_EXISTS) => {
            with(|opening| opening.create = true).map(|handle| (handle, true))
        }
        made => made.map(|handle| (handle, false)),
    }
}

/// # Safety
/// NULL, or readable.
unsafe fn inherits(attributes: *const SECURITY_ATTRIBUTES) -> bool {
    // SAFETY: the caller's word.
    unsafe { attributes.as_ref() }.is_some_and(|attributes| attributes.bInheritHandle != 0)
}
