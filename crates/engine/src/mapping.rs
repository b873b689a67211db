//! File mappings: files, or memory without one, that views show as memory.
//!
//! A mapping has a descriptor of its own, so that it outlives the file's handle. A view needs
//! neither: the kernel keeps what it shows for as long as it is there. So nobody here counts views.

use crate::file;
use crate::file::error::error;
use linsock_abi::{Errno, Win32Error};
use linsock_backend::mapping::{self, Part};
use linsock_backend::{file as files, pages};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

pub use linsock_backend::pages::Access;

/// Views begin at multiples of this, in their file and in memory.
pub const GRANULARITY: usize = 0x1_0000;

/// What a mapping is to be made of.
pub enum Source {
    /// Memory, zero at first.
    Memory,
    /// An open file.
    File {
        fd: OwnedFd,
        /// It was opened to be read.
        read: bool,
        /// It was opened to be written.
        write: bool,
    },
}

impl Source {
    /// The file of a handle.
    ///
    /// # Errors
    /// ERROR_INVALID_HANDLE: not a file; ERROR_TOO_MANY_OPEN_FILES.
    pub fn file(handle: usize) -> Result<Self, Win32Error> {
        let (fd, read, write) = file::reopened(handle)?;
        Ok(Source::File { fd, read, write })
    }
}

/// A view that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Its first address; `None`: wherever there is room.
    pub at: Option<usize>,
    /// Where it begins in the mapping.
    pub offset: u64,
    /// How long it is; 0: to the mapping's end.
    pub bytes: usize,
    /// What may be done with it.
    pub access: Access,
    /// What is written stays in the view (FILE_MAP_COPY).
    pub copies: bool,
}

/// A file mapping. It has no signal: nobody waits for it.
pub struct Mapping {
    fd: OwnedFd,
    bytes: u64,
    /// Views may write to the file.
    write: bool,
    /// Views may be run.
    execute: bool,
}

impl Mapping {
    /// A mapping of so many bytes; 0: of the whole file. A file that is shorter grows, if views may
    /// write to it.
    ///
    /// # Errors
    /// ERROR_ACCESS_DENIED: not opened for that; ERROR_FILE_INVALID: the whole of an empty file;
    /// ERROR_INVALID_PARAMETER: no memory at all; ERROR_NOT_ENOUGH_MEMORY: longer than a file that
    /// may not grow, or than memory can be; ERROR_DISK_FULL, ...
    pub fn new(source: Source, bytes: u64, write: bool, execute: bool) -> Result<Self, Win32Error> {
        let (fd, bytes) = match source {
            Source::Memory if bytes == 0 => return Err(Win32Error::ERROR_INVALID_PARAMETER),
            Source::Memory => {
                let whole = bytes.checked_next_multiple_of(pages::page_bytes() as u64);
                let whole = whole.ok_or(Win32Error::ERROR_NOT_ENOUGH_MEMORY)?;
                let fd = mapping::memory(whole).map_err(|errno| match errno {
                    Errno::EMFILE | Errno::ENFILE => error(errno),
                    _ => Win32Error::ERROR_NOT_ENOUGH_MEMORY,
                })?;
                (fd, whole)
            }
            Source::File { read, write: writable, .. } if !read || write && !writable => {
                return Err(Win32Error::ERROR_ACCESS_DENIED);
            }
            Source::File { fd, .. } => {
                let size = files::size(fd.as_raw_fd()).map_err(error)?;
                match bytes {
                    0 if size == 0 => return Err(Win32Error::ERROR_FILE_INVALID),
                    0 => (fd, size),
                    _ if bytes <= size => (fd, bytes),
                    _ if !write => return Err(Win32Error::ERROR_NOT_ENOUGH_MEMORY),
                    _ => {
                        files::set_size(fd.as_raw_fd(), bytes).map_err(error)?;
                        (fd, bytes)
                    }
                }
            }
        };
        Ok(Mapping { fd, bytes, write, execute })
    }

    /// Shows a part of it: the answer is where, and how many bytes.
    ///
    /// # Errors
    /// ERROR_MAPPED_ALIGNMENT; ERROR_ACCESS_DENIED: the mapping was not made for that, or ends
    /// before; ERROR_INVALID_ADDRESS: something else is there; ERROR_NOT_ENOUGH_MEMORY.
    pub fn view(&self, view: View) -> Result<(usize, usize), Win32Error> {
        let aligned = view.offset.is_multiple_of(GRANULARITY as u64)
            && view.at.is_none_or(|at| at.is_multiple_of(GRANULARITY));
        if !aligned {
            return Err(Win32Error::ERROR_MAPPED_ALIGNMENT);
        }
        let writes = view.access.write && !view.copies;
        if writes && !self.write || view.access.execute && !self.execute {
            return Err(Win32Error::ERROR_ACCESS_DENIED);
        }
        let left = self.bytes.saturating_sub(view.offset);
        if left == 0 || view.bytes as u64 > left {
            return Err(Win32Error::ERROR_ACCESS_DENIED);
        }
        let bytes = if view.bytes == 0 { left as usize } else { view.bytes };
        let (offset, access, private) = (view.offset, view.access, view.copies);
        let part = Part { offset, bytes, access, private };
        let at = mapping::show(self.fd.as_fd(), part, GRANULARITY, view.at);
        let at = at.map_err(|errno| match (errno, view.at) {
            (Errno::EACCES, _) => Win32Error::ERROR_ACCESS_DENIED,
            (_, Some(_)) => Win32Error::ERROR_INVALID_ADDRESS,
            _ => Win32Error::ERROR_NOT_ENOUGH_MEMORY,
        })?;
        Ok((at, bytes))
    }
}

/// Has what was written to whole pages of a view reach the file.
///
/// # Errors
/// ERROR_INVALID_ADDRESS; ERROR_IO_DEVICE.
pub fn flush(at: usize, bytes: usize) -> Result<(), Win32Error> {
    mapping::flush(at, bytes).map_err(|errno| match errno {
        Errno::ENOMEM => Win32Error::ERROR_INVALID_ADDRESS,
        other => error(other),
    })
}
