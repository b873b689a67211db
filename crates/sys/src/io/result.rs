//! Asking an OVERLAPPED for its result.

use crate::shape;
use linsock_abi::{
    BOOL, HANDLE, MSG_OOB, MSG_PARTIAL, NtStatus, OVERLAPPED, SOCKET, Win32Error, WsaError,
};
use linsock_backend::memory::is_readable;
use linsock_engine::contract::{self, Subject};
use linsock_engine::wait::{self, INFINITE, Target, WaitResult};
use linsock_engine::{operation, runtime, socket, startup};

/// Tells the result of an overlapped operation.
///
/// # Contract
/// G-001..G-009; C-049 bytes of a ConnectEx; C-074 refused is ERROR_CONNECTION_REFUSED.
///
/// # Errors
/// FALSE and ERROR_IO_INCOMPLETE, or the Win32 code of the operation's status (22.2).
///
/// # Linux
/// No system call once the operation has ended.
///
/// # Sources
/// learn.microsoft.com: ioapiset.h, GetOverlappedResult
#[api]
pub unsafe extern "system" fn GetOverlappedResult(
    hfile: HANDLE,
    lpoverlapped: *const OVERLAPPED,
    lpnumberofbytestransferred: *mut u32,
    bwait: BOOL,
) -> BOOL {
    let timeout = if bwait == 0 { 0 } else { INFINITE };
    // SAFETY: passed on.
    unsafe { result_of(hfile, lpoverlapped, lpnumberofbytestransferred, timeout, 0) }
}

/// Tells the result of an overlapped operation, waiting for a while.
///
/// # Contract
/// G-010, G-011; R-003 alertable if asked; else as [`GetOverlappedResult`].
///
/// # Errors
/// FALSE and ERROR_IO_INCOMPLETE with a time-out of 0, WAIT_TIMEOUT after another one,
/// WAIT_IO_COMPLETION (192) when APCs ran; else as [`GetOverlappedResult`].
///
/// # Linux
/// As [`GetOverlappedResult`].
///
/// # Sources
/// learn.microsoft.com: ioapiset.h, GetOverlappedResultEx
#[api]
pub unsafe extern "system" fn GetOverlappedResultEx(
    hfile: HANDLE,
    lpoverlapped: *const OVERLAPPED,
    lpnumberofbytestransferred: *mut u32,
    dwmilliseconds: u32,
    balertable: BOOL,
) -> BOOL {
    // SAFETY: passed on.
    unsafe {
        result_of(hfile, lpoverlapped, lpnumberofbytestransferred, dwmilliseconds, balertable)
    }
}

/// What GetOverlappedResult and GetOverlappedResultEx do.
///
/// # Safety
/// By the crate's vocabulary.
unsafe fn result_of(
    hfile: HANDLE,
    lpoverlapped: *const OVERLAPPED,
    lpnumberofbytestransferred: *mut u32,
    dwmilliseconds: u32,
    balertable: BOOL,
) -> BOOL {
    shape::truth(|| {
        let readable = is_readable(lpoverlapped.addr(), size_of::<OVERLAPPED>())
            && is_readable(lpnumberofbytestransferred.addr(), size_of::<u32>());
        if !readable {
            return Err(Win32Error::ERROR_NOACCESS);
        }
        // SAFETY: just read by the kernel.
        let status =
            unsafe { wait_for(hfile.addr(), lpoverlapped, dwmilliseconds, balertable != 0)? };
        // SAFETY: the operation has ended; both are the caller's.
        unsafe { lpnumberofbytestransferred.write((*lpoverlapped).InternalHigh as u32) };
        if status.is_success() { Ok(()) } else { Err(status.to_win32()) }
    })
}

/// Tells the result of a socket's overlapped operation, in Winsock's numbers.
///
/// # Contract
/// G-012..G-019; S-041 flags; S-029 WSAENETRESET; DO-07, DO-08.
///
/// # Errors
/// FALSE and WSA_IO_INCOMPLETE, the operation's error, WSANOTINITIALISED, WSAENOTSOCK,
/// WSAEFAULT, WSA_INVALID_HANDLE (bad hEvent).
///
/// # Linux
/// As [`GetOverlappedResult`].
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAGetOverlappedResult
#[api]
pub unsafe extern "system" fn WSAGetOverlappedResult(
    s: SOCKET,
    lpoverlapped: *const OVERLAPPED,
    lpcbtransfer: *mut u32,
    fwait: BOOL,
    lpdwflags: *mut u32,
) -> BOOL {
    shape::truth(|| {
        startup::check()?;
        socket::find(s)?;
        if lpoverlapped.is_null() {
            return Err(contract::error(Subject::NullOverlapped).unwrap_or(WsaError::WSAEFAULT));
        }
        let readable = is_readable(lpoverlapped.addr(), size_of::<OVERLAPPED>())
            && is_readable(lpcbtransfer.addr(), size_of::<u32>())
            && (lpdwflags.is_null() || is_readable(lpdwflags.addr(), size_of::<u32>()));
        if !readable {
            return Err(WsaError::WSAEFAULT);
        }
        let timeout = if fwait == 0 { 0 } else { INFINITE };
        // SAFETY: just read by the kernel.
        let status = match unsafe { wait_for(s, lpoverlapped, timeout, false) } {
            Ok(status) => status,
            Err(Win32Error::ERROR_INVALID_HANDLE) => return Err(WsaError::WSA_INVALID_HANDLE),
            Err(error) => return Err(WsaError(error.0 as i32)),
        };
        let flags = flags_of(status);
        if !status.is_success() {
            if flags != 0 && !lpdwflags.is_null() {
                // SAFETY: the operation has ended; it is the caller's.
                unsafe { lpdwflags.write(flags) };
            }
            return Err(socket::error_of_status(s, status));
        }
        // SAFETY: the operation has ended; all three are the caller's.
        unsafe {
            lpcbtransfer.write((*lpoverlapped).InternalHigh as u32);
            if !lpdwflags.is_null() {
                lpdwflags.write(flags);
                return Ok(());
            }
        }
        contract::error(Subject::NullFlags).map_or(Ok(()), Err)
    })
}

/// What lpFlags would have held (G-018, S-041): the status is all that is kept of it.
fn flags_of(status: NtStatus) -> u32 {
    match status {
        NtStatus::STATUS_BUFFER_OVERFLOW => MSG_PARTIAL,
        NtStatus::STATUS_RECEIVE_EXPEDITED => MSG_OOB as u32,
        _ => 0,
    }
}

/// The status of an operation once it is final.
///
/// # Safety
/// A readable OVERLAPPED.
unsafe fn wait_for(
    handle: usize,
    overlapped: *const OVERLAPPED,
    timeout_ms: u32,
    alertable: bool,
) -> Result<NtStatus, Win32Error> {
    let address = overlapped.addr();
    let handles = &runtime::get().handles;
    let deadline = wait::deadline(timeout_ms);
    loop {
        // SAFETY: the caller's word.
        let status = unsafe { operation::status(address) };
        if status != NtStatus::STATUS_PENDING {
            return Ok(status);
        }
        if timeout_ms == 0 {
            return Err(Win32Error::ERROR_IO_INCOMPLETE);
        }
        // SAFETY: as above.
        let event = unsafe { (*overlapped).hEvent }.addr() & !3;
        let target = match event {
            0 => handles.target(handles.socket(handle)?)?,
            event => Target::Event(handles.event(event)?),
        };
        let left = match deadline {
            None => INFINITE,
            Some(deadline) => {
                let left = deadline.saturating_duration_since(std::time::Instant::now());
                // Looks once more after the last moment.
                (left.as_micros().div_ceil(1000) as u32).min(INFINITE - 1)
            }
        };
        match wait::wait(&[target], false, left, alertable)? {
            WaitResult::Signalled(_) | WaitResult::Abandoned(_) => {
                // A signal of another operation, or one that was left set: do not spin on it.
                // SAFETY: as above.
                if unsafe { operation::is_pending(address) } {
                    std::thread::sleep(std::time::Duration::from_micros(100));
                }
            }
            WaitResult::Alerted => return Err(Win32Error(linsock_abi::WAIT_IO_COMPLETION)),
            WaitResult::TimedOut => {
                // SAFETY: as above.
                let status = unsafe { operation::status(address) };
                if status != NtStatus::STATUS_PENDING {
                    return Ok(status);
                }
                return Err(Win32Error::WAIT_TIMEOUT);
            }
        }
    }
}
