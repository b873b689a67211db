//! Folders, and the names of files: made, removed, moved, copied, and told of.

use crate::file::error::name_error;
use linsock_abi::{Errno, Win32Error};
use linsock_backend::inode::{self, Kind};
use linsock_backend::{file as files, folder};
use std::ffi::{CStr, CString};

pub use linsock_backend::inode::Time;

/// What a file's name, or its handle, tells of it.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    pub folder: bool,
    /// A symbolic link that is not to be followed by who descends folders: it leads to one, or
    /// nowhere. Other links are told of as what they lead to.
    pub link: bool,
    /// Neither a file nor a folder.
    pub device: bool,
    pub read_only: bool,
    pub bytes: u64,
    pub made: Time,
    pub read: Time,
    pub written: Time,
}

impl Facts {
    /// What is told of the file of a name.
    ///
    /// # Errors
    /// ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED, ...
    pub fn named(path: &CStr) -> Result<Facts, Win32Error> {
        let own = inode::info(path, false).map_err(|errno| name_error(errno, path))?;
        let target = match own.kind {
            Kind::Link => inode::info(path, true).unwrap_or(own),
            _ => own,
        };
        let link = own.kind == Kind::Link && target.kind != Kind::File;
        Ok(Facts { link, ..Facts::from(target) })
    }

    /// What is told of an open file.
    ///
    /// # Errors
    /// ERROR_INVALID_HANDLE: not a file.
    pub fn of(handle: usize) -> Result<Facts, Win32Error> {
        let (fd, _) = crate::file::of(handle)?;
        inode::info_of(fd).map(Facts::from).map_err(|_| Win32Error::ERROR_INVALID_HANDLE)
    }
}

impl From<inode::Info> for Facts {
    fn from(info: inode::Info) -> Facts {
        Facts {
            folder: info.kind == Kind::Folder,
            link: info.kind == Kind::Link,
            device: info.kind == Kind::Other,
            read_only: info.kind == Kind::File && !info.writable,
            bytes: if info.kind == Kind::File { info.bytes } else { 0 },
            made: info.made,
            read: info.read,
            written: info.written,
        }
    }
}

/// Makes a folder.
///
/// # Errors
/// ERROR_ALREADY_EXISTS, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED, ...
pub fn make(path: &CStr) -> Result<(), Win32Error> {
    folder::make(path).map_err(|errno| match errno {
        Errno::EEXIST => Win32Error::ERROR_ALREADY_EXISTS,
        // It is no file that is missing.
        Errno::ENOENT => Win32Error::ERROR_PATH_NOT_FOUND,
        other => name_error(other, path),
    })
}

/// Removes an empty folder, or a symbolic link to a folder.
///
/// # Errors
/// ERROR_DIR_NOT_EMPTY; ERROR_DIRECTORY: not a folder; ERROR_FILE_NOT_FOUND, ...
pub fn remove(path: &CStr) -> Result<(), Win32Error> {
    folder::remove(path).or_else(|errno| match errno {
        Errno::ENOTDIR if Facts::named(path).is_ok_and(|facts| facts.folder && facts.link) => {
            crate::file::remove(path)
        }
        Errno::ENOTDIR if Facts::named(path).is_ok() => Err(Win32Error::ERROR_DIRECTORY),
        // The kernel may call a folder with something in it by either.
        Errno::EEXIST => Err(Win32Error::ERROR_DIR_NOT_EMPTY),
        other => Err(name_error(other, path)),
    })
}

/// The folder from which relative paths begin.
///
/// # Errors
/// ERROR_FILE_NOT_FOUND: it was removed; ...
pub fn current() -> Result<Vec<u8>, Win32Error> {
    folder::current().map_err(crate::file::error::error)
}

/// Has relative paths begin from another folder.
///
/// # Errors
/// ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND; ERROR_DIRECTORY: not a folder; ...
pub fn set_current(path: &CStr) -> Result<(), Win32Error> {
    folder::set_current(path).map_err(|errno| match errno {
        Errno::ENOTDIR if Facts::named(path).is_ok() => Win32Error::ERROR_DIRECTORY,
        other => name_error(other, path),
    })
}

/// Whether a folder is there.
pub fn is_there(path: &CStr) -> bool {
    folder::is_there(path)
}

/// How a file is moved.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    /// A file that has the new name is replaced.
    pub replace: bool,
    /// To another disk a file is moved by copying it.
    pub copy: bool,
}

/// Gives a file or a folder another name.
///
/// # Errors
/// ERROR_ALREADY_EXISTS; ERROR_NOT_SAME_DEVICE; ERROR_ACCESS_DENIED: a folder would be replaced, or
/// copied, ...; ERROR_FILE_NOT_FOUND, ...
pub fn rename(from: &CStr, to: &CStr, how: Move) -> Result<(), Win32Error> {
    let facts = Facts::named(from)?;
    if how.replace && from != to && Facts::named(to).is_ok_and(|there| there.folder) {
        return Err(Win32Error::ERROR_ACCESS_DENIED);
    }
    match inode::rename(from, to, how.replace) {
        Err(Errno::EEXIST | Errno::ENOTEMPTY) => Err(Win32Error::ERROR_ALREADY_EXISTS),
        Err(Errno::EXDEV) if how.copy && !facts.folder => {
            copy(from, to, !how.replace).map_err(|error| match error {
                Win32Error::ERROR_FILE_EXISTS => Win32Error::ERROR_ALREADY_EXISTS,
                other => other,
            })?;
            crate::file::remove(from)
        }
        Err(Errno::EXDEV) if how.copy => Err(Win32Error::ERROR_ACCESS_DENIED),
        // A folder is not moved into itself.
        Err(Errno::EINVAL) => Err(Win32Error::ERROR_SHARING_VIOLATION),
        // The old name is there, so it is a folder of the new one that is not.
        Err(Errno::ENOENT) => Err(Win32Error::ERROR_PATH_NOT_FOUND),
        moved => moved.map_err(|errno| name_error(errno, to)),
    }
}

/// Copies a file.
///
/// # Errors
/// ERROR_FILE_EXISTS: `only_new`, and the name is taken; ERROR_SHARING_VIOLATION: it is the same
/// file; ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED, ...
pub fn copy(from: &CStr, to: &CStr, only_new: bool) -> Result<(), Win32Error> {
    let of = Facts::named(from)?;
    if of.folder {
        return Err(Win32Error::ERROR_ACCESS_DENIED);
    }
    inode::copy(from, to, only_new).map_err(|errno| name_error(errno, to))
}

/// Makes a new, empty file of this name.
///
/// # Errors
/// ERROR_FILE_EXISTS, ERROR_ACCESS_DENIED, ...
pub fn make_file(path: &CStr) -> Result<(), Win32Error> {
    let opening =
        files::Opening { write: true, create: true, only_new: true, ..Default::default() };
    let fd = files::open(path, opening).map_err(|errno| name_error(errno, path))?;
    linsock_backend::net::close(fd);
    Ok(())
}

/// The folder that a path's last name is in, and that name.
pub fn split(path: &[u8]) -> (CString, &[u8]) {
    let cut = path.iter().rposition(|byte| *byte == b'/');
    let folder: &[u8] = match cut {
        None => b".",
        Some(0) => b"/",
        Some(at) => &path[..at],
    };
    // A path of the caller's has no zero inside.
    (CString::new(folder).unwrap_or_default(), &path[cut.map_or(0, |at| at + 1)..])
}
