//! Where the system's own libraries are.

use std::os::unix::ffi::OsStringExt;

use linsock_abi::{PSTR, PWSTR, Win32Error};

use crate::io::path::{PathUnit, answer};
use crate::last_error::KeepErrno;

/// # Safety
/// NULL, or room for so many units.
unsafe fn system<U: PathUnit>(to: *mut U, room: u32) -> u32 {
    let _errno = KeepErrno::new();
    let folder = super::module::system_path().and_then(|file| {
        let folder = file.parent().ok_or(Win32Error::ERROR_PATH_NOT_FOUND)?;
        Ok(folder.to_path_buf().into_os_string().into_vec())
    });
    // SAFETY: the caller's word.
    unsafe { answer(folder, to, room) }
}

/// The folder of Windows' own libraries: the answer is its length, or, where it does not fit, the
/// room that it needs with its zero.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_MOD_NOT_FOUND (126).
///
/// # Linux
/// The folder of this library's file, which stands for all of them; where it is linked statically,
/// the program's. LoadLibrary finds `ws2_32.dll` and the others in it, behind a slash or a
/// backslash, though no such files are there.
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetSystemDirectoryA
#[api]
pub unsafe extern "system" fn GetSystemDirectoryA(lpbuffer: PSTR, usize: u32) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { system(lpbuffer, usize) }
}

/// [`GetSystemDirectoryA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetSystemDirectoryA`].
///
/// # Linux
/// As [`GetSystemDirectoryA`].
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetSystemDirectoryW
#[api]
pub unsafe extern "system" fn GetSystemDirectoryW(lpbuffer: PWSTR, usize: u32) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { system(lpbuffer, usize) }
}

/// [`GetSystemDirectoryW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetSystemDirectoryA`].
///
/// # Linux
/// The header binds GetSystemDirectoryW to this function unless the compiler was given
/// -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetSystemDirectoryW
#[api]
pub unsafe extern "system" fn GetSystemDirectoryW_utf32(lpbuffer: *mut u32, usize: u32) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { system(lpbuffer, usize) }
}

/// Windows' folder: the answer is its length, or, where it does not fit, the room that it needs
/// with its zero.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_MOD_NOT_FOUND (126).
///
/// # Linux
/// There is no other folder of the system's: that of [`GetSystemDirectoryA`].
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetWindowsDirectoryA
#[api]
pub unsafe extern "system" fn GetWindowsDirectoryA(lpbuffer: PSTR, usize: u32) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { system(lpbuffer, usize) }
}

/// [`GetWindowsDirectoryA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetWindowsDirectoryA`].
///
/// # Linux
/// As [`GetWindowsDirectoryA`].
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetWindowsDirectoryW
#[api]
pub unsafe extern "system" fn GetWindowsDirectoryW(lpbuffer: PWSTR, usize: u32) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { system(lpbuffer, usize) }
}

/// [`GetWindowsDirectoryW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetWindowsDirectoryA`].
///
/// # Linux
/// The header binds GetWindowsDirectoryW to this function unless the compiler was given
/// -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetWindowsDirectoryW
#[api]
pub unsafe extern "system" fn GetWindowsDirectoryW_utf32(lpbuffer: *mut u32, usize: u32) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { system(lpbuffer, usize) }
}

/// The Windows folder that all users share: the answer is its length, or, where it does not fit,
/// the room that it needs with its zero.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_MOD_NOT_FOUND (126).
///
/// # Linux
/// That of [`GetSystemDirectoryA`].
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetSystemWindowsDirectoryA
#[api]
pub unsafe extern "system" fn GetSystemWindowsDirectoryA(lpbuffer: PSTR, usize: u32) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { system(lpbuffer, usize) }
}

/// [`GetSystemWindowsDirectoryA`] in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetSystemWindowsDirectoryA`].
///
/// # Linux
/// As [`GetSystemWindowsDirectoryA`].
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetSystemWindowsDirectoryW
#[api]
pub unsafe extern "system" fn GetSystemWindowsDirectoryW(lpbuffer: PWSTR, usize: u32) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { system(lpbuffer, usize) }
}

/// [`GetSystemWindowsDirectoryW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetSystemWindowsDirectoryA`].
///
/// # Linux
/// The header binds GetSystemWindowsDirectoryW to this function unless the compiler was given
/// -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: sysinfoapi.h, GetSystemWindowsDirectoryW
#[api]
pub unsafe extern "system" fn GetSystemWindowsDirectoryW_utf32(
    lpbuffer: *mut u32,
    usize: u32,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { system(lpbuffer, usize) }
}
