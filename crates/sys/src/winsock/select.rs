//! select and WSAPoll.

use super::started;
use crate::shape;
use linsock_abi::{FD_SET, SOCKET, TIMEVAL, WSAPOLLFD, WsaError};
use linsock_backend::memory::is_readable;
use linsock_engine::socket::select::{self, Sets};
use std::time::Duration;

/// Waits until sockets can be read, can be written, or have failed.
///
/// # Contract
/// Y-001..Y-010; B-018 a connect that failed is in exceptfds, one that succeeded in writefds;
/// W-001.
///
/// # Errors
/// SOCKET_ERROR and WSANOTINITIALISED; WSAEFAULT for a bad pointer; WSAEINVAL when all sets are
/// empty or the time is negative; WSAENOTSOCK when a set holds what is no socket.
///
/// # Linux
/// poll, joined with what the library knows. A set is a count and that many sockets, so
/// FD_SETSIZE is the program's own. An empty set beside others is passed over, as Windows does
/// though its page says otherwise (Y-003). The wait looks up every 50 ms for sockets that were closed
/// and for APCs (F-007).
///
/// # Sources
/// learn.microsoft.com: winsock2.h, select
#[api("ws2_select")]
pub unsafe extern "system" fn select(
    _nfds: i32,
    readfds: *mut FD_SET,
    writefds: *mut FD_SET,
    exceptfds: *mut FD_SET,
    timeout: *const TIMEVAL,
) -> i32 {
    shape::count(|| {
        started()?;
        // SAFETY: NULL, or by the module's vocabulary sets as long as they say.
        let mut sets = unsafe {
            Sets { read: read(readfds)?, write: read(writefds)?, except: read(exceptfds)? }
        };
        // SAFETY: as above, a time.
        let timeout = unsafe { time(timeout)? };
        let count = select::select(&mut sets, timeout)?;
        // SAFETY: no set became longer than it was.
        unsafe {
            write(readfds, &sets.read);
            write(writefds, &sets.write);
            write(exceptfds, &sets.except);
        }
        Ok(count as u32)
    })
}

/// # Safety
/// NULL, or a set that holds as many sockets as it says, be that more than FD_SETSIZE.
unsafe fn read(set: *const FD_SET) -> Result<Vec<SOCKET>, WsaError> {
    if set.is_null() {
        return Ok(Vec::new());
    }
    if !is_readable(set.addr(), size_of::<u32>()) {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: just read by the kernel.
    let count = unsafe { (&raw const (*set).fd_count).read_unaligned() } as usize;
    // SAFETY: an address is computed, nothing is read.
    let first = unsafe { &raw const (*set).fd_array }.cast::<SOCKET>();
    if !is_readable(first.addr(), count.saturating_mul(size_of::<SOCKET>())) {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: the caller's word, and both ends were read by the kernel.
    Ok((0..count).map(|n| unsafe { first.add(n).read_unaligned() }).collect())
}

/// # Safety
/// NULL, or a set with room for the sockets.
unsafe fn write(set: *mut FD_SET, sockets: &[SOCKET]) {
    if set.is_null() {
        return;
    }
    // SAFETY: the caller's word.
    unsafe {
        let first = (&raw mut (*set).fd_array).cast::<SOCKET>();
        for (n, &socket) in sockets.iter().enumerate() {
            first.add(n).write_unaligned(socket);
        }
        (&raw mut (*set).fd_count).write_unaligned(sockets.len() as u32);
    }
}

/// # Safety
/// NULL, or a time.
pub(super) unsafe fn time(timeout: *const TIMEVAL) -> Result<Option<Duration>, WsaError> {
    if timeout.is_null() {
        return Ok(None);
    }
    if !is_readable(timeout.addr(), size_of::<TIMEVAL>()) {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: just read by the kernel.
    let TIMEVAL { tv_sec, tv_usec } = unsafe { timeout.read_unaligned() };
    let seconds = u64::try_from(tv_sec).map_err(|_| WsaError::WSAEINVAL)?;
    // More than a second's worth of microseconds is what many programs give.
    let micros = u64::try_from(tv_usec).map_err(|_| WsaError::WSAEINVAL)?;
    Ok(Some(Duration::from_secs(seconds) + Duration::from_micros(micros)))
}

/// Waits until a socket of an array has one of the events asked for.
///
/// # Contract
/// Y-011..Y-019; F-007 APCs run during the wait; W-001.
///
/// # Errors
/// SOCKET_ERROR and WSANOTINITIALISED; WSAEFAULT for a bad pointer; WSAEINVAL for events that
/// cannot be asked for, and when no entry is a socket.
///
/// # Linux
/// As select. What closes a socket, or starts a ConnectEx on it, is seen within 50 ms.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAPoll
#[api]
pub unsafe extern "system" fn WSAPoll(fdarray: *mut WSAPOLLFD, fds: u32, timeout: i32) -> i32 {
    shape::count(|| {
        started()?;
        let count = fds as usize;
        if count == 0 {
            return Err(WsaError::WSAEINVAL);
        }
        if fdarray.is_null() || !is_readable(fdarray.addr(), count * size_of::<WSAPOLLFD>()) {
            return Err(WsaError::WSAEFAULT);
        }
        // SAFETY: both ends were just read by the kernel, and the caller has as many entries by
        // its own word.
        let mut entries: Vec<WSAPOLLFD> =
            (0..count).map(|n| unsafe { fdarray.add(n).read_unaligned() }).collect();
        let timeout = u64::try_from(timeout).ok().map(Duration::from_millis);
        let result = select::poll(&mut entries, timeout);
        for (n, entry) in entries.iter().enumerate() {
            // SAFETY: as above.
            unsafe { (&raw mut (*fdarray.add(n)).revents).write_unaligned(entry.revents) };
        }
        result.map(|count| count as u32)
    })
}

/// Whether a set holds a socket: what FD_ISSET calls.
///
/// # Contract
/// Y-001 a count and that many sockets.
///
/// # Errors
/// None: 0 for a set that cannot be read.
///
/// # Linux
/// C and C++ programs get the header's own; this one is for other languages.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, select
#[api]
pub unsafe extern "system" fn __WSAFDIsSet(s: SOCKET, set: *mut FD_SET) -> i32 {
    // SAFETY: NULL, or by the module's vocabulary a set as long as it says.
    unsafe { read(set) }.is_ok_and(|sockets| sockets.contains(&s)).into()
}

#[cfg(test)]
mod tests;
