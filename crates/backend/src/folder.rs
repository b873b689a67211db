//! The system calls of folders, and of names in them.

use linsock_abi::Errno;
use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use crate::net::check;

fn errno(error: std::io::Error) -> Errno {
    Errno(error.raw_os_error().unwrap_or(libc::EIO))
}

fn as_path(path: &CStr) -> &Path {
    Path::new(OsStr::from_bytes(path.to_bytes()))
}

/// Makes a folder.
pub fn make(path: &CStr) -> Result<(), Errno> {
    const EVERYBODY: libc::mode_t = 0o777;
    // SAFETY: a string that ends with a zero.
    check(unsafe { libc::mkdir(path.as_ptr(), EVERYBODY) }).map(drop)
}

/// Removes an empty folder.
pub fn remove(path: &CStr) -> Result<(), Errno> {
    // SAFETY: a string that ends with a zero.
    check(unsafe { libc::rmdir(path.as_ptr()) }).map(drop)
}

/// The folder from which the process' relative paths begin.
pub fn current() -> Result<Vec<u8>, Errno> {
    std::env::current_dir().map(|path| path.into_os_string().into_vec()).map_err(errno)
}

/// Has the process' relative paths begin from another folder.
pub fn set_current(path: &CStr) -> Result<(), Errno> {
    // SAFETY: a string that ends with a zero.
    check(unsafe { libc::chdir(path.as_ptr()) }).map(drop)
}

/// Whether a folder is there.
pub fn is_there(path: &CStr) -> bool {
    as_path(path).is_dir()
}

/// The names in a folder, as the disk has them: in no order, without the folder itself and the one
/// above.
pub fn names(path: &CStr) -> Result<Vec<Vec<u8>>, Errno> {
    let entries = std::fs::read_dir(as_path(path)).map_err(errno)?;
    entries.map(|entry| entry.map(|e| e.file_name().into_vec()).map_err(errno)).collect()
}
