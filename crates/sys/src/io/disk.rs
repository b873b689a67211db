//! Files: opening, their size and position, removing; as much as sockets have to do with them.

use crate::last_error::{self, KeepErrno};
use crate::shape;
use linsock_abi::{
    BOOL, CREATE_ALWAYS, CREATE_NEW, FILE_APPEND_DATA, FILE_BEGIN, FILE_CREATION_DISPOSITION,
    FILE_CURRENT, FILE_END, FILE_FLAG_DELETE_ON_CLOSE, FILE_FLAG_OVERLAPPED,
    FILE_FLAG_WRITE_THROUGH, FILE_FLAGS_AND_ATTRIBUTES, FILE_READ_DATA, FILE_SHARE_MODE,
    FILE_WRITE_DATA, GENERIC_ALL, GENERIC_READ, GENERIC_WRITE, HANDLE, INVALID_HANDLE_VALUE,
    OPEN_ALWAYS, OPEN_EXISTING, PCSTR, PCWSTR, SECURITY_ATTRIBUTES, SET_FILE_POINTER_MOVE_METHOD,
    TRUNCATE_EXISTING, Win32Error,
};
use linsock_backend::file::{From, Opening};
use linsock_backend::memory::is_writable;
use linsock_engine::file::{self, How};
use std::ffi::{CStr, CString};

/// What GetFileSize and SetFilePointer answer when they fail.
const INVALID: u32 = u32::MAX;

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
#[cfg_attr(feature = "export", unsafe(no_mangle))]
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
    let path = unsafe { narrow(lpfilename) };
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
#[cfg_attr(feature = "export", unsafe(no_mangle))]
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
    let path = unsafe { utf16(lpfilename) };
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
#[cfg_attr(feature = "export", unsafe(no_mangle))]
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
    let path = unsafe { utf32(lpfilename) };
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
/// FALSE and ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED, ...
///
/// # Linux
/// The name goes at once; who has the file open keeps it.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, DeleteFileA
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn DeleteFileA(lpfilename: PCSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    shape::truth(|| file::remove(&unsafe { narrow(lpfilename) }?))
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
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn DeleteFileW(lpfilename: PCWSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    shape::truth(|| file::remove(&unsafe { utf16(lpfilename) }?))
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
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn DeleteFileW_utf32(lpfilename: *const u32) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    shape::truth(|| file::remove(&unsafe { utf32(lpfilename) }?))
}

/// Tells a file's size.
///
/// # Contract
/// None.
///
/// # Errors
/// INVALID_FILE_SIZE and ERROR_INVALID_HANDLE. That number is also the low half of some sizes:
/// then the last error is 0.
///
/// # Linux
/// fstat.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetFileSize
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn GetFileSize(hfile: HANDLE, lpfilesizehigh: *mut u32) -> u32 {
    halves(lpfilesizehigh, || file::of(hfile.addr()).map(|(_, size)| size))
}

/// Tells a file's size in 64 bits.
///
/// # Contract
/// None.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE, ERROR_NOACCESS.
///
/// # Linux
/// fstat.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetFileSizeEx
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn GetFileSizeEx(hfile: HANDLE, lpfilesize: *mut i64) -> BOOL {
    shape::truth(|| {
        let (_, size) = file::of(hfile.addr())?;
        if !is_writable(lpfilesize.addr(), size_of::<i64>()) {
            return Err(Win32Error::ERROR_NOACCESS);
        }
        // SAFETY: just written by the kernel.
        unsafe { lpfilesize.write_unaligned(size as i64) };
        Ok(())
    })
}

/// Moves a file's position.
///
/// # Contract
/// T-009 where a TransmitFile without an OVERLAPPED begins.
///
/// # Errors
/// INVALID_SET_FILE_POINTER and ERROR_INVALID_HANDLE, ERROR_NEGATIVE_SEEK,
/// ERROR_INVALID_PARAMETER. That number is also the low half of some positions: then the last
/// error is 0.
///
/// # Linux
/// lseek.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, SetFilePointer
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn SetFilePointer(
    hfile: HANDLE,
    ldistancetomove: i32,
    lpdistancetomovehigh: *mut i32,
    dwmovemethod: SET_FILE_POINTER_MOVE_METHOD,
) -> u32 {
    halves(lpdistancetomovehigh.cast(), || {
        let by = if lpdistancetomovehigh.is_null() {
            i64::from(ldistancetomove)
        } else {
            // SAFETY: not NULL, so by the crate's vocabulary the caller's.
            let high = unsafe { lpdistancetomovehigh.read_unaligned() };
            i64::from(high) << 32 | i64::from(ldistancetomove as u32)
        };
        let at = file::seek(hfile.addr(), by, method(dwmovemethod)?)?;
        // Without a place for its high half a position has to fit into the low one.
        let fits = !lpdistancetomovehigh.is_null() || at <= u64::from(u32::MAX);
        if fits { Ok(at) } else { Err(Win32Error::ERROR_INVALID_PARAMETER) }
    })
}

/// Moves a file's position by 64 bits.
///
/// # Contract
/// T-009: as SetFilePointer.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE, ERROR_NEGATIVE_SEEK, ERROR_INVALID_PARAMETER, ERROR_NOACCESS.
///
/// # Linux
/// lseek.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, SetFilePointerEx
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn SetFilePointerEx(
    hfile: HANDLE,
    lidistancetomove: i64,
    lpnewfilepointer: *mut i64,
    dwmovemethod: SET_FILE_POINTER_MOVE_METHOD,
) -> BOOL {
    shape::truth(|| {
        if !lpnewfilepointer.is_null() && !is_writable(lpnewfilepointer.addr(), size_of::<i64>()) {
            return Err(Win32Error::ERROR_NOACCESS);
        }
        let at = file::seek(hfile.addr(), lidistancetomove, method(dwmovemethod)?)?;
        if !lpnewfilepointer.is_null() {
            // SAFETY: just written by the kernel.
            unsafe { lpnewfilepointer.write_unaligned(at as i64) };
        }
        Ok(())
    })
}

/// Makes a file end at its position.
///
/// # Contract
/// None.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED, ERROR_DISK_FULL.
///
/// # Linux
/// ftruncate; what is added reads as zeros.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, SetEndOfFile
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn SetEndOfFile(hfile: HANDLE) -> BOOL {
    shape::truth(|| file::set_end(hfile.addr()))
}

/// Has what was written to a file reach the disk.
///
/// # Contract
/// None.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED (not opened to be written),
/// ERROR_IO_DEVICE.
///
/// # Linux
/// fsync.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, FlushFileBuffers
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn FlushFileBuffers(hfile: HANDLE) -> BOOL {
    shape::truth(|| file::flush(hfile.addr()))
}

fn method(method: SET_FILE_POINTER_MOVE_METHOD) -> Result<From, Win32Error> {
    match method {
        FILE_BEGIN => Ok(From::Begin),
        FILE_CURRENT => Ok(From::Current),
        FILE_END => Ok(From::End),
        _ => Err(Win32Error::ERROR_INVALID_PARAMETER),
    }
}

/// Answers with the low half of a number and stores the high one.
fn halves(high: *mut u32, work: impl FnOnce() -> Result<u64, Win32Error>) -> u32 {
    let _errno = KeepErrno::new();
    match work() {
        Ok(number) => {
            if !high.is_null() {
                // SAFETY: not NULL, so by the crate's vocabulary the caller's.
                unsafe { high.write((number >> 32) as u32) };
            }
            if number as u32 == INVALID {
                last_error::set(0);
            }
            number as u32
        }
        Err(error) => {
            last_error::set(error.0);
            INVALID
        }
    }
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

/// # Safety
/// NULL, or a string that ends with a zero.
unsafe fn narrow(name: PCSTR) -> Result<CString, Win32Error> {
    if name.is_null() {
        return Err(Win32Error::ERROR_PATH_NOT_FOUND);
    }
    // SAFETY: the caller's word.
    Ok(unsafe { CStr::from_ptr(name.cast()) }.to_owned())
}

/// # Safety
/// As [`narrow`].
unsafe fn utf16(name: PCWSTR) -> Result<CString, Win32Error> {
    // SAFETY: the caller's word.
    let text = unsafe { crate::threading::until_zero(name) };
    let text = text.ok_or(Win32Error::ERROR_PATH_NOT_FOUND)?;
    let text = String::from_utf16(text).map_err(|_| Win32Error::ERROR_INVALID_NAME)?;
    CString::new(text).map_err(|_| Win32Error::ERROR_INVALID_NAME)
}

/// # Safety
/// As [`narrow`].
unsafe fn utf32(name: *const u32) -> Result<CString, Win32Error> {
    // SAFETY: the caller's word.
    let text = unsafe { crate::threading::until_zero(name) };
    let text = text.ok_or(Win32Error::ERROR_PATH_NOT_FOUND)?;
    let text: Option<String> = text.iter().map(|&code| char::from_u32(code)).collect();
    let text = text.ok_or(Win32Error::ERROR_INVALID_NAME)?;
    CString::new(text).map_err(|_| Win32Error::ERROR_INVALID_NAME)
}
