//! Files that are moved and copied.

use super::path::path;
use crate::shape::truth;
use linsock_abi::{
    BOOL, MOVE_FILE_FLAGS, MOVEFILE_COPY_ALLOWED, MOVEFILE_REPLACE_EXISTING,
    MOVEFILE_WRITE_THROUGH, PCSTR, PCWSTR, Win32Error,
};
use linsock_engine::folder::{self, Move};
use std::ffi::CString;

fn rename(
    from: Result<CString, Win32Error>,
    to: Result<CString, Win32Error>,
    flags: MOVE_FILE_FLAGS,
) -> Result<(), Win32Error> {
    const KNOWN: u32 = MOVEFILE_COPY_ALLOWED | MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH;
    let (from, to) = (from?, to?);
    if flags & !KNOWN != 0 {
        return Err(Win32Error::ERROR_NOT_SUPPORTED);
    }
    let replace = flags & MOVEFILE_REPLACE_EXISTING != 0;
    folder::rename(&from, &to, Move { replace, copy: flags & MOVEFILE_COPY_ALLOWED != 0 })
}

fn copy(
    from: Result<CString, Win32Error>,
    to: Result<CString, Win32Error>,
    only_new: BOOL,
) -> Result<(), Win32Error> {
    folder::copy(&from?, &to?, only_new != 0)
}

/// Gives a file or a folder another name.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_ALREADY_EXISTS (183); ERROR_FILE_NOT_FOUND (2); ERROR_PATH_NOT_FOUND (3);
/// ERROR_ACCESS_DENIED (5): a folder, to another disk, ...
///
/// # Linux
/// renameat2; to another disk a file is moved by copying it.
///
/// # Sources
/// learn.microsoft.com: winbase.h, MoveFileA
#[api]
pub unsafe extern "system" fn MoveFileA(lpexistingfilename: PCSTR, lpnewfilename: PCSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe {
        rename(path(lpexistingfilename), path(lpnewfilename), MOVEFILE_COPY_ALLOWED)
    })
}

/// [`MoveFileA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`MoveFileA`].
///
/// # Linux
/// As [`MoveFileA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, MoveFileW
#[api]
pub unsafe extern "system" fn MoveFileW(lpexistingfilename: PCWSTR, lpnewfilename: PCWSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe {
        rename(path(lpexistingfilename), path(lpnewfilename), MOVEFILE_COPY_ALLOWED)
    })
}

/// [`MoveFileW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`MoveFileA`].
///
/// # Linux
/// The header binds MoveFileW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: winbase.h, MoveFileW
#[api]
pub unsafe extern "system" fn MoveFileW_utf32(
    lpexistingfilename: *const u32,
    lpnewfilename: *const u32,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe {
        rename(path(lpexistingfilename), path(lpnewfilename), MOVEFILE_COPY_ALLOWED)
    })
}

/// Gives a file or a folder another name, in place of another file if so told.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and as [`MoveFileA`]; ERROR_NOT_SAME_DEVICE (17): to another disk, without
/// MOVEFILE_COPY_ALLOWED; ERROR_ACCESS_DENIED (5): a folder would be replaced; ERROR_NOT_SUPPORTED
/// (50): MOVEFILE_DELAY_UNTIL_REBOOT and other flags.
///
/// # Linux
/// rename, in one step, even while somebody has the file open. MOVEFILE_WRITE_THROUGH changes
/// nothing.
///
/// # Sources
/// learn.microsoft.com: winbase.h, MoveFileExA
#[api]
pub unsafe extern "system" fn MoveFileExA(
    lpexistingfilename: PCSTR,
    lpnewfilename: PCSTR,
    dwflags: MOVE_FILE_FLAGS,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { rename(path(lpexistingfilename), path(lpnewfilename), dwflags) })
}

/// [`MoveFileExA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`MoveFileExA`].
///
/// # Linux
/// As [`MoveFileExA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, MoveFileExW
#[api]
pub unsafe extern "system" fn MoveFileExW(
    lpexistingfilename: PCWSTR,
    lpnewfilename: PCWSTR,
    dwflags: MOVE_FILE_FLAGS,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { rename(path(lpexistingfilename), path(lpnewfilename), dwflags) })
}

/// [`MoveFileExW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`MoveFileExA`].
///
/// # Linux
/// The header binds MoveFileExW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: winbase.h, MoveFileExW
#[api]
pub unsafe extern "system" fn MoveFileExW_utf32(
    lpexistingfilename: *const u32,
    lpnewfilename: *const u32,
    dwflags: MOVE_FILE_FLAGS,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { rename(path(lpexistingfilename), path(lpnewfilename), dwflags) })
}

/// Copies a file, with its permissions and the time when it was written.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_FILE_EXISTS (80): the name is taken, and bFailIfExists; ERROR_FILE_NOT_FOUND
/// (2); ERROR_PATH_NOT_FOUND (3); ERROR_ACCESS_DENIED (5): a folder, ...; ERROR_SHARING_VIOLATION
/// (32): on itself; ERROR_DISK_FULL (112).
///
/// # Linux
/// By the kernel, within a file system that can without moving the data. Of what it cannot finish
/// nothing stays.
///
/// # Sources
/// learn.microsoft.com: winbase.h, CopyFileA
#[api]
pub unsafe extern "system" fn CopyFileA(
    lpexistingfilename: PCSTR,
    lpnewfilename: PCSTR,
    bfailifexists: BOOL,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { copy(path(lpexistingfilename), path(lpnewfilename), bfailifexists) })
}

/// [`CopyFileA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`CopyFileA`].
///
/// # Linux
/// As [`CopyFileA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, CopyFileW
#[api]
pub unsafe extern "system" fn CopyFileW(
    lpexistingfilename: PCWSTR,
    lpnewfilename: PCWSTR,
    bfailifexists: BOOL,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { copy(path(lpexistingfilename), path(lpnewfilename), bfailifexists) })
}

/// [`CopyFileW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`CopyFileA`].
///
/// # Linux
/// The header binds CopyFileW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: winbase.h, CopyFileW
#[api]
pub unsafe extern "system" fn CopyFileW_utf32(
    lpexistingfilename: *const u32,
    lpnewfilename: *const u32,
    bfailifexists: BOOL,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { copy(path(lpexistingfilename), path(lpnewfilename), bfailifexists) })
}
