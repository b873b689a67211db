//! The last error: one number a thread, shared by Winsock's functions and kernel32's.

use std::cell::Cell;

use linsock_abi::{WIN32_ERROR, WSA_ERROR};

thread_local! {
    static LAST_ERROR: Cell<u32> = const { Cell::new(0) };
}

/// The calling thread's last error.
pub fn get() -> u32 {
    LAST_ERROR.get()
}

/// Sets the calling thread's last error.
pub fn set(error: u32) {
    LAST_ERROR.set(error);
}

/// Puts the host's `errno` back when dropped, for functions that go through the C library (W-016).
pub struct KeepErrno(i32);

impl KeepErrno {
    /// Remembers `errno`.
    pub fn new() -> KeepErrno {
        // SAFETY: the C library answers with the calling thread's own variable.
        KeepErrno(unsafe { *libc::__errno_location() })
    }
}

impl Default for KeepErrno {
    fn default() -> KeepErrno {
        KeepErrno::new()
    }
}

impl Drop for KeepErrno {
    fn drop(&mut self) {
        // SAFETY: as in `new`.
        unsafe { *libc::__errno_location() = self.0 }
    }
}

/// Answers with the calling thread's last error.
///
/// # Contract
/// W-015 the same variable as WSAGetLastError's; W-016 not `errno`.
///
/// # Errors
/// None.
///
/// # Linux
/// A thread-local variable, no system call.
///
/// # Sources
/// learn.microsoft.com: errhandlingapi.h, GetLastError
#[api]
pub unsafe extern "system" fn GetLastError() -> WIN32_ERROR {
    get()
}

/// Sets the calling thread's last error.
///
/// # Contract
/// W-015 the same variable as WSASetLastError's; W-016 not `errno`.
///
/// # Errors
/// None.
///
/// # Linux
/// A thread-local variable, no system call.
///
/// # Sources
/// learn.microsoft.com: errhandlingapi.h, SetLastError
#[api]
pub unsafe extern "system" fn SetLastError(dwerrcode: WIN32_ERROR) {
    set(dwerrcode);
}

/// Answers with the calling thread's last error.
///
/// # Contract
/// W-001 needs no WSAStartup; W-015 the same variable as GetLastError's.
///
/// # Errors
/// None.
///
/// # Linux
/// A thread-local variable, no system call.
///
/// # Sources
/// learn.microsoft.com: winsock.h, WSAGetLastError
#[api]
pub unsafe extern "system" fn WSAGetLastError() -> WSA_ERROR {
    get() as WSA_ERROR
}

/// Sets the calling thread's last error.
///
/// # Contract
/// W-001 needs no WSAStartup; W-015 the same variable as SetLastError's.
///
/// # Errors
/// None.
///
/// # Linux
/// A thread-local variable, no system call.
///
/// # Sources
/// learn.microsoft.com: winsock.h, WSASetLastError
#[api]
pub unsafe extern "system" fn WSASetLastError(ierror: i32) {
    set(ierror as u32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w_015_one_variable_under_four_names() {
        // SAFETY: none of the four takes a pointer.
        unsafe {
            WSASetLastError(10061);
            assert_eq!(GetLastError(), 10061);
            SetLastError(997);
            assert_eq!(WSAGetLastError(), 997);
            WSASetLastError(-1);
            assert_eq!(GetLastError(), u32::MAX);
        }
    }

    #[test]
    fn w_015_each_thread_has_its_own() {
        set(5);
        assert_eq!(std::thread::spawn(get).join().ok(), Some(0));
        assert_eq!(get(), 5);
    }

    #[test]
    fn w_016_errno_and_the_last_error_do_not_touch() {
        let errno = || std::io::Error::last_os_error().raw_os_error();
        // SAFETY: close takes any number.
        unsafe { libc::close(-1) };
        set(10054);
        assert_eq!((errno(), get()), (Some(libc::EBADF), 10054));
        let keep = KeepErrno::new();
        // SAFETY: the path is a C string.
        unsafe { libc::rmdir(c"/no/such/directory".as_ptr()) };
        assert_eq!(errno(), Some(libc::ENOENT));
        drop(keep);
        assert_eq!((errno(), get()), (Some(libc::EBADF), 10054));
    }
}
