//! The environment, the command line, and where the program is.

use std::ffi::{CStr, CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::ptr;
use std::sync::OnceLock;

use linsock_abi::{BOOL, HMODULE, PCSTR, PCWSTR, PSTR, PWSTR, Win32Error};

use super::command_line::quoted;
use crate::shape::truth;
use crate::winsock::text::Unit;

/// # Safety
/// NULL, or a text that ends with a zero.
unsafe fn text<U: Unit>(start: *const U) -> Result<CString, Win32Error> {
    // SAFETY: the caller's word.
    let units = unsafe { crate::threading::until_zero(start) };
    let text = U::decode(units.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?);
    let text = text.ok_or(Win32Error::ERROR_NO_UNICODE_TRANSLATION)?;
    CString::new(text).map_err(|_| Win32Error::ERROR_INVALID_PARAMETER)
}

/// Stores a text and its zero: the answer is its length, or, where it does not fit, how much room it needs.
///
/// # Safety
/// Room for so many units.
unsafe fn store<U: Unit>(text: &str, to: *mut U, room: u32) -> u32 {
    let room = if to.is_null() { 0 } else { room as usize };
    // SAFETY: the caller's word.
    match unsafe { crate::winsock::text::write(text, to, room) } {
        Ok(()) => U::encode(text).len() as u32,
        Err(needed) => needed as u32,
    }
}

/// # Safety
/// As [`text`] and [`store`].
unsafe fn variable<U: Unit>(name: *const U, to: *mut U, room: u32) -> u32 {
    // SAFETY: the caller's word.
    let value = unsafe { text(name) }.and_then(|name| {
        // SAFETY: a name that ends with a zero.
        let value = unsafe { libc::getenv(name.as_ptr()) };
        if value.is_null() {
            return Err(Win32Error::ERROR_ENVVAR_NOT_FOUND);
        }
        // SAFETY: the C library's text, which ends with a zero.
        Ok(unsafe { CStr::from_ptr(value) }.to_string_lossy().into_owned())
    });
    match value {
        Ok(value) => {
            // An empty value is told from none by this.
            crate::last_error::set(0);
            // SAFETY: the caller's word.
            unsafe { store(&value, to, room) }
        }
        Err(error) => {
            crate::last_error::set(error.0);
            0
        }
    }
}

/// # Safety
/// As [`text`].
unsafe fn set_variable<U: Unit>(name: *const U, value: *const U) -> Result<(), Win32Error> {
    // SAFETY: the caller's word.
    let name = unsafe { text(name) }?;
    if name.is_empty() || name.as_bytes().contains(&b'=') {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    // SAFETY: texts that end with a zero; the C library looks after its environment.
    let done = unsafe {
        if value.is_null() {
            if libc::getenv(name.as_ptr()).is_null() {
                return Err(Win32Error::ERROR_ENVVAR_NOT_FOUND);
            }
            libc::unsetenv(name.as_ptr())
        } else {
            libc::setenv(name.as_ptr(), text(value)?.as_ptr(), 1)
        }
    };
    if done == 0 { Ok(()) } else { Err(Win32Error::ERROR_NOT_ENOUGH_MEMORY) }
}

/// The program's arguments as one text.
fn command_line() -> String {
    let bytes = std::fs::read("/proc/self/cmdline").unwrap_or_default();
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(&bytes);
    let arguments = bytes.split(|byte| *byte == 0);
    let texts: Vec<_> = arguments.map(|one| quoted(&String::from_utf8_lossy(one))).collect();
    texts.join(" ")
}

fn kept<U: Unit>(text: &str) -> Vec<U> {
    let mut units = U::encode(text);
    units.push(U::default());
    units
}

/// # Safety
/// Room for so many units.
unsafe fn file_name<U: Unit>(module: HMODULE, to: *mut U, room: u32) -> u32 {
    let path = super::module::path_of(module.addr());
    let path = match path {
        Ok(path) if !to.is_null() && room > 0 => path,
        Ok(_) => {
            crate::last_error::set(Win32Error::ERROR_INSUFFICIENT_BUFFER.0);
            return 0;
        }
        Err(error) => {
            crate::last_error::set(error.0);
            return 0;
        }
    };
    let units = U::encode(&OsStr::from_bytes(path.as_os_str().as_bytes()).to_string_lossy());
    let fits = units.len().min(room as usize - 1);
    // SAFETY: the caller's room.
    unsafe {
        ptr::copy_nonoverlapping(units.as_ptr(), to, fits);
        to.add(fits).write(U::default());
    }
    let is_whole = fits == units.len();
    crate::last_error::set(if is_whole { 0 } else { Win32Error::ERROR_INSUFFICIENT_BUFFER.0 });
    if is_whole { fits as u32 } else { room }
}

/// Fetches a variable of the environment: the answer is the value's length, or, where it does not
/// fit, the room that it needs with its zero.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_ENVVAR_NOT_FOUND (203). 0 and a last error of 0: the value is empty.
///
/// # Linux
/// The C library's environment; names are case-sensitive.
///
/// # Sources
/// learn.microsoft.com: processenv.h, GetEnvironmentVariableA
#[api]
pub unsafe extern "system" fn GetEnvironmentVariableA(
    lpname: PCSTR,
    lpbuffer: PSTR,
    nsize: u32,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { variable(lpname, lpbuffer, nsize) }
}

/// As GetEnvironmentVariableA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetEnvironmentVariableA`].
///
/// # Linux
/// As [`GetEnvironmentVariableA`].
///
/// # Sources
/// learn.microsoft.com: processenv.h, GetEnvironmentVariableW
#[api]
pub unsafe extern "system" fn GetEnvironmentVariableW(
    lpname: PCWSTR,
    lpbuffer: PWSTR,
    nsize: u32,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { variable(lpname, lpbuffer, nsize) }
}

/// As GetEnvironmentVariableW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetEnvironmentVariableA`].
///
/// # Linux
/// As [`GetEnvironmentVariableA`].
///
/// # Sources
/// learn.microsoft.com: processenv.h, GetEnvironmentVariableW
#[api]
pub unsafe extern "system" fn GetEnvironmentVariableW_utf32(
    lpname: *const u32,
    lpbuffer: *mut u32,
    nsize: u32,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { variable(lpname, lpbuffer, nsize) }
}

/// Sets a variable of the environment; NULL removes it.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): no name, or one with an equals sign;
/// ERROR_ENVVAR_NOT_FOUND (203): nothing to remove; ERROR_NOT_ENOUGH_MEMORY (8).
///
/// # Linux
/// As [`GetEnvironmentVariableA`]; as with setenv, no other thread may use the environment
/// meanwhile.
///
/// # Sources
/// learn.microsoft.com: processenv.h, SetEnvironmentVariableA
#[api]
pub unsafe extern "system" fn SetEnvironmentVariableA(lpname: PCSTR, lpvalue: PCSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { set_variable(lpname, lpvalue) })
}

/// As SetEnvironmentVariableA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`SetEnvironmentVariableA`].
///
/// # Linux
/// As [`SetEnvironmentVariableA`].
///
/// # Sources
/// learn.microsoft.com: processenv.h, SetEnvironmentVariableW
#[api]
pub unsafe extern "system" fn SetEnvironmentVariableW(lpname: PCWSTR, lpvalue: PCWSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { set_variable(lpname, lpvalue) })
}

/// As SetEnvironmentVariableW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`SetEnvironmentVariableA`].
///
/// # Linux
/// As [`SetEnvironmentVariableA`].
///
/// # Sources
/// learn.microsoft.com: processenv.h, SetEnvironmentVariableW
#[api]
pub unsafe extern "system" fn SetEnvironmentVariableW_utf32(
    lpname: *const u32,
    lpvalue: *const u32,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { set_variable(lpname, lpvalue) })
}

/// The program's arguments as one text.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// Put together anew, in quotes where needed: a shell has taken the original apart.
///
/// # Sources
/// learn.microsoft.com: processenv.h, GetCommandLineA
#[api]
pub unsafe extern "system" fn GetCommandLineA() -> PCSTR {
    static LINE: OnceLock<Vec<u8>> = OnceLock::new();
    LINE.get_or_init(|| kept(&command_line())).as_ptr()
}

/// As GetCommandLineA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// As [`GetCommandLineA`].
///
/// # Sources
/// learn.microsoft.com: processenv.h, GetCommandLineW
#[api]
pub unsafe extern "system" fn GetCommandLineW() -> PCWSTR {
    static LINE: OnceLock<Vec<u16>> = OnceLock::new();
    LINE.get_or_init(|| kept(&command_line())).as_ptr()
}

/// As GetCommandLineW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// As [`GetCommandLineA`].
///
/// # Sources
/// learn.microsoft.com: processenv.h, GetCommandLineW
#[api]
pub unsafe extern "system" fn GetCommandLineW_utf32() -> *const u32 {
    static LINE: OnceLock<Vec<u32>> = OnceLock::new();
    LINE.get_or_init(|| kept(&command_line())).as_ptr()
}

/// The path of a module's file; NULL stands for the program.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_MOD_NOT_FOUND (126). Where the path does not fit: as much as does, with a zero, the
/// size that was given, and ERROR_INSUFFICIENT_BUFFER (122).
///
/// # Linux
/// A Linux path. Windows' own libraries are this library's file.
///
/// # Sources
/// learn.microsoft.com: libloaderapi.h, GetModuleFileNameA
#[api]
pub unsafe extern "system" fn GetModuleFileNameA(
    hmodule: HMODULE,
    lpfilename: PSTR,
    nsize: u32,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { file_name(hmodule, lpfilename, nsize) }
}

/// As GetModuleFileNameA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetModuleFileNameA`].
///
/// # Linux
/// As [`GetModuleFileNameA`].
///
/// # Sources
/// learn.microsoft.com: libloaderapi.h, GetModuleFileNameW
#[api]
pub unsafe extern "system" fn GetModuleFileNameW(
    hmodule: HMODULE,
    lpfilename: PWSTR,
    nsize: u32,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { file_name(hmodule, lpfilename, nsize) }
}

/// As GetModuleFileNameW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetModuleFileNameA`].
///
/// # Linux
/// As [`GetModuleFileNameA`].
///
/// # Sources
/// learn.microsoft.com: libloaderapi.h, GetModuleFileNameW
#[api]
pub unsafe extern "system" fn GetModuleFileNameW_utf32(
    hmodule: HMODULE,
    lpfilename: *mut u32,
    nsize: u32,
) -> u32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { file_name(hmodule, lpfilename, nsize) }
}
