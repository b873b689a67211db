//! Folders: the current one, new ones, and those that go.

use super::path::{PathUnit, answer, path};
use crate::last_error::KeepErrno;
use crate::shape::truth;
use linsock_abi::{BOOL, PCSTR, PCWSTR, PSTR, PWSTR, SECURITY_ATTRIBUTES};
use linsock_engine::folder;

/// # Safety
/// NULL, or room for so many units.
unsafe fn current<U: PathUnit>(to: *mut U, room: u32) -> u32 {
    let _errno = KeepErrno::new();
    // SAFETY: the caller's word.
    unsafe { answer(folder::current(), to, room) }
}

/// The folder from which relative paths begin: the answer is its length, or, where it does not fit,
/// the room that it needs with its zero.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_FILE_NOT_FOUND (2): it was removed.
///
/// # Linux
/// getcwd. A Linux path.
///
/// # Sources
/// learn.microsoft.com: winbase.h, GetCurrentDirectoryA
#[api]
pub unsafe extern "system" fn GetCurrentDirectoryA(nbufferlength: u32, lpbuffer: PSTR) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { current(lpbuffer, nbufferlength) }
}

/// [`GetCurrentDirectoryA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetCurrentDirectoryA`].
///
/// # Linux
/// As [`GetCurrentDirectoryA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, GetCurrentDirectoryW
#[api]
pub unsafe extern "system" fn GetCurrentDirectoryW(nbufferlength: u32, lpbuffer: PWSTR) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { current(lpbuffer, nbufferlength) }
}

/// [`GetCurrentDirectoryW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetCurrentDirectoryA`].
///
/// # Linux
/// The header binds GetCurrentDirectoryW to this function unless the compiler was given
/// -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: winbase.h, GetCurrentDirectoryW
#[api]
pub unsafe extern "system" fn GetCurrentDirectoryW_utf32(
    nbufferlength: u32,
    lpbuffer: *mut u32,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { current(lpbuffer, nbufferlength) }
}

/// Has relative paths begin from another folder, in the whole process.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_FILE_NOT_FOUND (2); ERROR_PATH_NOT_FOUND (3); ERROR_ACCESS_DENIED (5);
/// ERROR_DIRECTORY (267): not a folder.
///
/// # Linux
/// chdir. A folder that is current may be removed.
///
/// # Sources
/// learn.microsoft.com: winbase.h, SetCurrentDirectoryA
#[api]
pub unsafe extern "system" fn SetCurrentDirectoryA(lppathname: PCSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| folder::set_current(&unsafe { path(lppathname) }?))
}

/// [`SetCurrentDirectoryA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`SetCurrentDirectoryA`].
///
/// # Linux
/// As [`SetCurrentDirectoryA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, SetCurrentDirectoryW
#[api]
pub unsafe extern "system" fn SetCurrentDirectoryW(lppathname: PCWSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| folder::set_current(&unsafe { path(lppathname) }?))
}

/// [`SetCurrentDirectoryW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`SetCurrentDirectoryA`].
///
/// # Linux
/// The header binds SetCurrentDirectoryW to this function unless the compiler was given
/// -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: winbase.h, SetCurrentDirectoryW
#[api]
pub unsafe extern "system" fn SetCurrentDirectoryW_utf32(lppathname: *const u32) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| folder::set_current(&unsafe { path(lppathname) }?))
}

/// Makes a folder.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_ALREADY_EXISTS (183); ERROR_PATH_NOT_FOUND (3): a folder on the way is not
/// there; ERROR_ACCESS_DENIED (5).
///
/// # Linux
/// mkdir, for everybody but for what the umask takes away. The security attributes are ignored.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, CreateDirectoryA
#[api]
pub unsafe extern "system" fn CreateDirectoryA(
    lppathname: PCSTR,
    _lpsecurityattributes: *const SECURITY_ATTRIBUTES,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| folder::make(&unsafe { path(lppathname) }?))
}

/// [`CreateDirectoryA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`CreateDirectoryA`].
///
/// # Linux
/// As [`CreateDirectoryA`].
///
/// # Sources
/// learn.microsoft.com: fileapi.h, CreateDirectoryW
#[api]
pub unsafe extern "system" fn CreateDirectoryW(
    lppathname: PCWSTR,
    _lpsecurityattributes: *const SECURITY_ATTRIBUTES,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| folder::make(&unsafe { path(lppathname) }?))
}

/// [`CreateDirectoryW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`CreateDirectoryA`].
///
/// # Linux
/// The header binds CreateDirectoryW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, CreateDirectoryW
#[api]
pub unsafe extern "system" fn CreateDirectoryW_utf32(
    lppathname: *const u32,
    _lpsecurityattributes: *const SECURITY_ATTRIBUTES,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| folder::make(&unsafe { path(lppathname) }?))
}

/// Removes an empty folder.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_DIR_NOT_EMPTY (145); ERROR_DIRECTORY (267): not a folder; ERROR_FILE_NOT_FOUND
/// (2); ERROR_PATH_NOT_FOUND (3); ERROR_ACCESS_DENIED (5); ERROR_SHARING_VIOLATION (32).
///
/// # Linux
/// rmdir. Of a symbolic link to a folder the link goes, as on Windows.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, RemoveDirectoryA
#[api]
pub unsafe extern "system" fn RemoveDirectoryA(lppathname: PCSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| folder::remove(&unsafe { path(lppathname) }?))
}

/// [`RemoveDirectoryA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`RemoveDirectoryA`].
///
/// # Linux
/// As [`RemoveDirectoryA`].
///
/// # Sources
/// learn.microsoft.com: fileapi.h, RemoveDirectoryW
#[api]
pub unsafe extern "system" fn RemoveDirectoryW(lppathname: PCWSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| folder::remove(&unsafe { path(lppathname) }?))
}

/// [`RemoveDirectoryW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`RemoveDirectoryA`].
///
/// # Linux
/// The header binds RemoveDirectoryW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, RemoveDirectoryW
#[api]
pub unsafe extern "system" fn RemoveDirectoryW_utf32(lppathname: *const u32) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| folder::remove(&unsafe { path(lppathname) }?))
}
