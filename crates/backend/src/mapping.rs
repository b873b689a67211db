//! The system calls of views: parts of a file that are seen as memory.

use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use linsock_abi::Errno;

use crate::net::{check, keep_above_standard_streams, last_errno};
use crate::pages::{self, Access};

/// A part of a file, as a view shows it.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Where it begins in the file.
    pub offset: u64,
    /// How long it is.
    pub bytes: usize,
    /// What may be done with it.
    pub access: Access,
    /// What is written stays in the view.
    pub private: bool,
}

/// A file without a name, in memory, as long as it is open or seen.
///
/// # Errors
/// ENOMEM, EMFILE, ENFILE, EFBIG, EINVAL.
pub fn memory(bytes: u64) -> Result<OwnedFd, Errno> {
    // SAFETY: a string that ends with a zero.
    let fd = check(unsafe { libc::memfd_create(c"linsock".as_ptr(), libc::MFD_CLOEXEC) })?;
    let fd = keep_above_standard_streams(fd, false)?;
    // SAFETY: just made, and nobody else's.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    crate::file::set_size(fd.as_raw_fd(), bytes)?;
    Ok(fd)
}

/// Shows a part of a file at a multiple of `alignment`, at `wanted` if that is named.
///
/// # Errors
/// EEXIST, EPERM: not there; ENOMEM; EACCES: the descriptor does not allow it.
pub fn show(
    file: BorrowedFd<'_>,
    part: Part,
    alignment: usize,
    wanted: Option<usize>,
) -> Result<usize, Errno> {
    let page = pages::page_bytes();
    let bytes = part.bytes.checked_next_multiple_of(page).ok_or(Errno::ENOMEM)?;
    let at = match wanted {
        Some(at) => pages::reserve_at(at, bytes).map(|()| at)?,
        None => pages::reserve(bytes, alignment)?,
    };
    let how = if part.private { libc::MAP_PRIVATE } else { libc::MAP_SHARED };
    let offset = libc::off_t::try_from(part.offset).map_err(|_| Errno::EINVAL)?;
    // SAFETY: takes the place of what was reserved above, which nobody knows of yet.
    let found = unsafe {
        libc::mmap(
            std::ptr::with_exposed_provenance_mut(at),
            part.bytes,
            part.access.bits(),
            how | libc::MAP_FIXED,
            file.as_raw_fd(),
            offset,
        )
    };
    if found != libc::MAP_FAILED {
        return Ok(at);
    }
    let errno = last_errno();
    // SAFETY: reserved above, unknown to anybody else.
    let _ = unsafe { pages::release(at, bytes) };
    Err(errno)
}

/// Has what was written to whole pages of a view reach the file on its disk.
///
/// # Errors
/// EIO; ENOMEM: nothing is there.
pub fn flush(at: usize, bytes: usize) -> Result<(), Errno> {
    let start = std::ptr::without_provenance_mut(at);
    // SAFETY: changes nothing in memory; addresses that are not mapped are refused.
    check(unsafe { libc::msync(start, bytes, libc::MS_SYNC) }).map(drop)
}
