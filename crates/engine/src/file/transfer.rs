//! Reading and writing files.

use super::disk::{Pending, Range};
use super::error::{access_error, status};
use super::{File, SKIP_PORT_ON_SUCCESS, SKIP_SET_EVENT, find};
use crate::apc::FileRoutine;
use crate::operation::{self, Ended, Overlapped};
use crate::runtime;
use crate::sync::plain::{Arc, lock};
use linsock_abi::{Errno, Win32Error};
use linsock_backend::file::{self, From, Start};

/// The Offset of an OVERLAPPED that means the end of the file.
const END: u64 = u64::MAX;

/// What an operation did, or why it did not.
pub(super) type Transferred = Result<usize, Win32Error>;

/// Reads at the current position.
///
/// # Errors
/// ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED, ERROR_NOACCESS; ERROR_INVALID_PARAMETER: a file that
/// was opened overlapped has no use for its position.
pub fn read(handle: usize, to: usize, len: usize) -> Result<u32, Win32Error> {
    let file = find(handle)?;
    file.may(file.how.opening.read, false)?;
    file::read(file.fd, to, len, None).map(count).map_err(access_error)
}

/// Writes at the current position.
///
/// # Errors
/// As [`read`], and ERROR_DISK_FULL.
pub fn write(handle: usize, from: usize, len: usize) -> Result<u32, Win32Error> {
    let file = find(handle)?;
    file.may(file.how.opening.write, false)?;
    file::write(file.fd, from, len, Start::Position).map(count).map_err(access_error)
}

/// Reads where an OVERLAPPED says.
///
/// # Errors
/// Pending: ERROR_IO_PENDING, for overlapped files alone. Not started, and nobody else is told:
/// ERROR_HANDLE_EOF, ERROR_INVALID_HANDLE (also of hEvent), ERROR_ACCESS_DENIED, ERROR_NOACCESS,
/// ERROR_INVALID_PARAMETER.
///
/// # Safety
/// The range and the OVERLAPPED, whose address this is, stay until the end; a routine may be
/// called with the results.
pub unsafe fn read_overlapped(
    handle: usize,
    to: usize,
    len: usize,
    overlapped: usize,
    routine: Option<FileRoutine>,
) -> Result<u32, Win32Error> {
    let file = find(handle)?;
    file.may(file.how.opening.read, true)?;
    // SAFETY: the caller's word.
    let (begun, at) = unsafe { begin(&file, overlapped, routine)? };
    if i64::try_from(at).is_err() {
        return file.conclude(&begun, Err(Win32Error::ERROR_INVALID_PARAMETER));
    }
    if !file.how.overlapped {
        let result = file::read(file.fd, to, len, Some(at)).map_err(access_error);
        file.follow(at, &result);
        return file.conclude(&begun, not_at_the_end(result, len));
    }
    let mut range = Range { at, address: to, len, done: 0 };
    match range.read_cached(file.fd) {
        Err(Errno::EAGAIN | Errno::EOPNOTSUPP | Errno::ENOSYS) => {
            let pending = Pending::new(file, begun, range);
            // Where no thread can be had this one waits for the disk.
            match runtime::get().files.disk.take_over(pending) {
                Ok(()) => Err(Win32Error::ERROR_IO_PENDING),
                Err(pending) => {
                    let Pending { file, overlapped, mut range, .. } = *pending;
                    let result = range.read(file.fd);
                    file.conclude(&overlapped, result)
                }
            }
        }
        result => file.conclude(&begun, not_at_the_end(result.map_err(access_error), len)),
    }
}

/// Writes where an OVERLAPPED says, or at the end.
///
/// # Errors
/// As [`read_overlapped`], and ERROR_DISK_FULL; it never pends.
///
/// # Safety
/// As [`read_overlapped`].
pub unsafe fn write_overlapped(
    handle: usize,
    from: usize,
    len: usize,
    overlapped: usize,
    routine: Option<FileRoutine>,
) -> Result<u32, Win32Error> {
    let file = find(handle)?;
    file.may(file.how.opening.write, true)?;
    // SAFETY: the caller's word.
    let (begun, at) = unsafe { begin(&file, overlapped, routine)? };
    let start = match at {
        _ if file.how.opening.append => Start::End,
        END => Start::End,
        at if at.checked_add(len as u64).is_none_or(|end| i64::try_from(end).is_err()) => {
            return file.conclude(&begun, Err(Win32Error::ERROR_INVALID_PARAMETER));
        }
        at => Start::At(at),
    };
    let result = file::write(file.fd, from, len, start).map_err(access_error);
    match start {
        Start::At(at) => file.follow(at, &result),
        _ if !file.how.overlapped => drop(file::seek(file.fd, 0, From::End)),
        _ => {}
    }
    file.conclude(&begun, result)
}

/// # Safety
/// As [`read_overlapped`].
unsafe fn begin(
    file: &File,
    overlapped: usize,
    routine: Option<FileRoutine>,
) -> Result<(Overlapped, u64), Win32Error> {
    // SAFETY: the caller's word.
    let at = unsafe { operation::offset(overlapped) };
    let begun = match routine {
        // Routines are for files that may pend, and whose ends go nowhere else.
        Some(_) if !file.how.overlapped || lock(&file.route).is_some() => {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        // SAFETY: the caller's word.
        Some(routine) => unsafe {
            Overlapped::begin_with_routine(overlapped, file.signal(), routine)
        },
        // SAFETY: the caller's word.
        None => unsafe { Overlapped::begin(overlapped, file.signal()) }
            .map_err(|_| Win32Error::ERROR_INVALID_HANDLE)?,
    };
    Ok((begun, at))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Nothing to read where something was wanted is the end of the file.
pub(super) fn not_at_the_end(result: Transferred, len: usize) -> Transferred {
    match result {
        Ok(0) if len > 0 => Err(Win32Error::ERROR_HANDLE_EOF),
        other => other,
    }
}

impl File {
    /// Whether a call with or without an OVERLAPPED is allowed.
    fn may(&self, allowed: bool, with_overlapped: bool) -> Result<(), Win32Error> {
        match () {
            () if !allowed => Err(Win32Error::ERROR_ACCESS_DENIED),
            () if self.how.overlapped && !with_overlapped => {
                Err(Win32Error::ERROR_INVALID_PARAMETER)
            }
            () => Ok(()),
        }
    }

    /// The position follows what an OVERLAPPED had done at a place of its own, unless the file is
    /// an overlapped one.
    fn follow(&self, at: u64, result: &Transferred) {
        if let (false, Ok(n)) = (self.how.overlapped, result) {
            let at = i64::try_from(at.saturating_add(*n as u64)).unwrap_or(i64::MAX);
            let _ = file::seek(self.fd, at, From::Begin);
        }
    }

    /// Ends an operation on the thread that started it: a success is told of everywhere, a
    /// failure by the call alone.
    fn conclude(&self, overlapped: &Overlapped, result: Transferred) -> Result<u32, Win32Error> {
        match result {
            Ok(n) => {
                let ended = Ended::ok(count(n));
                let route = lock(&self.route).clone();
                let route = route.filter(|_| !self.has_mode(SKIP_PORT_ON_SUCCESS));
                let signal = (!self.has_mode(SKIP_SET_EVENT)).then_some(&self.signal);
                operation::publish(overlapped, &ended, route.as_ref(), signal);
                Ok(ended.bytes)
            }
            Err(error) => {
                operation::refuse(overlapped, status(error));
                Err(error)
            }
        }
    }

    /// Ends an operation that pended.
    pub(super) fn end(self: &Arc<Self>, overlapped: &Overlapped, result: Transferred) {
        let ended = match result {
            Ok(n) => Ended::ok(count(n)),
            Err(error) => Ended { status: status(error), ..Ended::ok(0) },
        };
        let route = lock(&self.route).clone();
        let signal = (!self.has_mode(SKIP_SET_EVENT)).then_some(&self.signal);
        operation::publish(overlapped, &ended, route.as_ref(), signal);
    }
}
