//! Whether a handle goes on to children.

use linsock_abi::{BOOL, HANDLE, HANDLE_FLAG_INHERIT, HANDLE_FLAGS, Win32Error};
use linsock_backend::console;
use linsock_backend::memory::is_writable;
use linsock_engine::{file, handle, socket};

use super::{CURRENT_PROCESS, CURRENT_THREAD, handles};
use crate::shape::truth;

/// The descriptor of a handle; `None` for objects of this process alone.
pub(crate) fn descriptor(of: HANDLE) -> Result<Option<i32>, Win32Error> {
    if let Some(stream) = crate::io::stream(of) {
        return Ok(Some(stream.descriptor()));
    }
    match of.addr() {
        CURRENT_PROCESS | CURRENT_THREAD => Ok(None),
        number if handle::is_handle(number) => handles().get(number).map(|_| None),
        number => {
            socket::signal_of(number).map(drop).or_else(|_| file::of(number).map(drop))?;
            let number = i32::try_from(number).map_err(|_| Win32Error::ERROR_INVALID_HANDLE)?;
            Ok(Some(number))
        }
    }
}

/// Whether children get a handle.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6); ERROR_NOACCESS (998): nowhere to store it.
///
/// # Linux
/// A socket or a file has FD_CLOEXEC or not; other objects are never inherited, and no handle is
/// protected.
///
/// # Sources
/// learn.microsoft.com: handleapi.h, GetHandleInformation
#[api]
pub unsafe extern "system" fn GetHandleInformation(hobject: HANDLE, lpdwflags: *mut u32) -> BOOL {
    truth(|| {
        let inherited = match descriptor(hobject)? {
            Some(fd) => console::is_inherited(fd).map_err(|_| Win32Error::ERROR_INVALID_HANDLE)?,
            None => false,
        };
        if !is_writable(lpdwflags.addr(), size_of::<u32>()) {
            return Err(Win32Error::ERROR_NOACCESS);
        }
        // SAFETY: just written by the kernel.
        unsafe { lpdwflags.write_unaligned(if inherited { HANDLE_FLAG_INHERIT } else { 0 }) };
        Ok(())
    })
}

/// Says whether children get a handle.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6); ERROR_NOT_SUPPORTED (50): HANDLE_FLAG_PROTECT_FROM_CLOSE, or
/// inheriting an object that is no descriptor.
///
/// # Linux
/// As [`GetHandleInformation`].
///
/// # Sources
/// learn.microsoft.com: handleapi.h, SetHandleInformation
#[api]
pub unsafe extern "system" fn SetHandleInformation(
    hobject: HANDLE,
    dwmask: u32,
    dwflags: HANDLE_FLAGS,
) -> BOOL {
    truth(|| {
        let fd = descriptor(hobject)?;
        // What is not there anyway may be taken away.
        if dwmask & dwflags & !HANDLE_FLAG_INHERIT != 0 {
            return Err(Win32Error::ERROR_NOT_SUPPORTED);
        }
        if dwmask & HANDLE_FLAG_INHERIT == 0 {
            return Ok(());
        }
        let on = dwflags & HANDLE_FLAG_INHERIT != 0;
        match fd {
            Some(fd) => {
                console::set_inherited(fd, on).map_err(|_| Win32Error::ERROR_INVALID_HANDLE)
            }
            None if on => Err(Win32Error::ERROR_NOT_SUPPORTED),
            None => Ok(()),
        }
    })
}
