//! The size and the position of files.

use crate::last_error::{self, KeepErrno};
use crate::shape;
use linsock_abi::{
    BOOL, FILE_BEGIN, FILE_CURRENT, FILE_END, HANDLE, SET_FILE_POINTER_MOVE_METHOD, Win32Error,
};
use linsock_backend::file::From;
use linsock_backend::memory::is_writable;
use linsock_engine::file;

/// What GetFileSize and SetFilePointer answer when they fail.
const INVALID: u32 = u32::MAX;

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
#[api]
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
#[api]
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
#[api]
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
#[api]
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
#[api]
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
#[api]
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
