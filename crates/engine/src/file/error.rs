//! What a kernel error about a file is on Windows.

use linsock_abi::{Errno, NtStatus, Win32Error};
use std::ffi::CStr;

/// The Win32 number of a kernel error about the file of a name: what is not there may be a folder on
/// the way.
pub(crate) fn name_error(errno: Errno, path: &CStr) -> Win32Error {
    let name = path.to_bytes();
    let end = name.iter().rposition(|byte| *byte != b'/').map_or(0, |last| last + 1);
    let is_way_there = || linsock_backend::folder::is_there(&crate::folder::split(&name[..end]).0);
    match errno {
        Errno::ENOENT if name.is_empty() || !is_way_there() => Win32Error::ERROR_PATH_NOT_FOUND,
        other => error(other),
    }
}

/// A descriptor that was opened for the other direction is EBADF to the kernel.
pub(super) fn access_error(errno: Errno) -> Win32Error {
    if errno == Errno::EBADF { Win32Error::ERROR_ACCESS_DENIED } else { error(errno) }
}

/// The Win32 number of a kernel error about a file.
pub(crate) fn error(errno: Errno) -> Win32Error {
    use Win32Error as W;
    #[rustfmt::skip]
    let table: [(i32, W); 22] = [
        (1,  W::ERROR_ACCESS_DENIED),       // EPERM
        (2,  W::ERROR_FILE_NOT_FOUND),      // ENOENT
        (5,  W::ERROR_IO_DEVICE),           // EIO
        (6,  W::ERROR_FILE_NOT_FOUND),      // ENXIO: a pipe without a reader
        (9,  W::ERROR_INVALID_HANDLE),      // EBADF
        (12, W::ERROR_NOT_ENOUGH_MEMORY),   // ENOMEM
        (13, W::ERROR_ACCESS_DENIED),       // EACCES
        (14, W::ERROR_NOACCESS),            // EFAULT
        (16, W::ERROR_SHARING_VIOLATION),   // EBUSY
        (17, W::ERROR_FILE_EXISTS),         // EEXIST
        (18, W::ERROR_NOT_SAME_DEVICE),     // EXDEV
        (20, W::ERROR_PATH_NOT_FOUND),      // ENOTDIR
        (21, W::ERROR_ACCESS_DENIED),       // EISDIR
        (22, W::ERROR_INVALID_PARAMETER),   // EINVAL
        (23, W::ERROR_TOO_MANY_OPEN_FILES), // ENFILE
        (24, W::ERROR_TOO_MANY_OPEN_FILES), // EMFILE
        (26, W::ERROR_SHARING_VIOLATION),   // ETXTBSY
        (27, W::ERROR_DISK_FULL),           // EFBIG
        (28, W::ERROR_DISK_FULL),           // ENOSPC
        (30, W::ERROR_WRITE_PROTECT),       // EROFS
        (36, W::ERROR_FILENAME_EXCED_RANGE), // ENAMETOOLONG
        (39, W::ERROR_DIR_NOT_EMPTY),       // ENOTEMPTY
    ];
    let row = table.iter().find(|row| row.0 == errno.0);
    row.map_or(W::ERROR_GEN_FAILURE, |row| row.1)
}

/// The status of an operation that failed with a Win32 error.
pub(super) fn status(error: Win32Error) -> NtStatus {
    /// NTSTATUS_FROM_WIN32: what has no number of its own carries Win32's.
    const FACILITY_WIN32: u32 = 0xC007_0000;
    match error {
        Win32Error::ERROR_HANDLE_EOF => NtStatus::STATUS_END_OF_FILE,
        Win32Error::ERROR_DISK_FULL => NtStatus::STATUS_DISK_FULL,
        Win32Error::ERROR_NOACCESS => NtStatus::STATUS_ACCESS_VIOLATION,
        Win32Error::ERROR_OPERATION_ABORTED => NtStatus::STATUS_CANCELLED,
        other => NtStatus((FACILITY_WIN32 | other.0 & 0xFFFF) as i32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_lead_back_to_the_error() {
        for errno in 1..40 {
            let error = error(Errno(errno));
            assert_eq!(status(error).to_win32(), error, "errno {errno}");
        }
        for error in [Win32Error::ERROR_HANDLE_EOF, Win32Error::ERROR_OPERATION_ABORTED] {
            assert_eq!(status(error).to_win32(), error);
        }
    }
}
