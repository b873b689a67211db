//! Files: their handles are descriptor numbers, as a socket's is.

use crate::runtime;
use crate::sync::plain::{Mutex, lock};
use linsock_abi::{Errno, Win32Error};
use linsock_backend::file::{self, From, Opening};
use linsock_backend::net;
use std::collections::HashMap;
use std::ffi::{CStr, CString};

/// The files that this library opened, each with the name that goes when it is closed.
#[derive(Default)]
pub struct Files {
    open: Mutex<HashMap<usize, Option<CString>>>,
}

/// Opens a file.
///
/// # Errors
/// ERROR_FILE_NOT_FOUND, ERROR_FILE_EXISTS, ERROR_ACCESS_DENIED, ... (the table below).
pub fn open(path: &CStr, opening: Opening, delete_on_close: bool) -> Result<usize, Win32Error> {
    let fd = file::open(path, opening).map_err(error)?;
    if file::size(fd).is_err() {
        // A folder, a pipe or a device: nothing that the functions here know how to use.
        net::close(fd);
        return Err(Win32Error::ERROR_ACCESS_DENIED);
    }
    let handle = fd as usize;
    let name = delete_on_close.then(|| path.to_owned());
    lock(&runtime::get().files.open).insert(handle, name);
    Ok(handle)
}

/// Closes a file that was opened here; what others opened is theirs to close.
///
/// # Errors
/// ERROR_INVALID_HANDLE.
pub fn close(handle: usize) -> Result<(), Win32Error> {
    let name = lock(&runtime::get().files.open).remove(&handle);
    let name = name.ok_or(Win32Error::ERROR_INVALID_HANDLE)?;
    net::close(descriptor(handle)?);
    if let Some(name) = name {
        let _ = file::remove(&name);
    }
    Ok(())
}

/// Removes a file's name; those who have it open keep it.
///
/// # Errors
/// ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED, ...
pub fn remove(path: &CStr) -> Result<(), Win32Error> {
    file::remove(path).map_err(error)
}

/// Moves a file's position; answers the new one.
///
/// # Errors
/// ERROR_INVALID_HANDLE; ERROR_NEGATIVE_SEEK: before the file's begin.
pub fn seek(handle: usize, by: i64, from: From) -> Result<u64, Win32Error> {
    let (fd, _) = of(handle)?;
    file::seek(fd, by, from).map_err(|errno| match errno {
        Errno::EINVAL => Win32Error::ERROR_NEGATIVE_SEEK,
        other => error(other),
    })
}

/// Reads, at the current position unless another is given.
///
/// # Errors
/// ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED, ERROR_NOACCESS; ERROR_HANDLE_EOF at a position
/// that was given and is not before the file's end.
pub fn read(handle: usize, at: Option<u64>, to: usize, len: usize) -> Result<u32, Win32Error> {
    let (fd, _) = of(handle)?;
    match file::read(fd, to, len, at).map_err(access_error)? {
        0 if at.is_some() && len > 0 => Err(Win32Error::ERROR_HANDLE_EOF),
        n => Ok(n as u32),
    }
}

/// Writes, at the current position unless another is given.
///
/// # Errors
/// ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED, ERROR_NOACCESS, ERROR_DISK_FULL.
pub fn write(handle: usize, at: Option<u64>, from: usize, len: usize) -> Result<u32, Win32Error> {
    let (fd, _) = of(handle)?;
    file::write(fd, from, len, at).map(|n| n as u32).map_err(access_error)
}

/// The descriptor of a file, whoever opened it, and the file's size in bytes.
///
/// # Errors
/// ERROR_INVALID_HANDLE: not a file.
pub fn of(handle: usize) -> Result<(net::Fd, u64), Win32Error> {
    let fd = descriptor(handle)?;
    let size = file::size(fd).map_err(|_| Win32Error::ERROR_INVALID_HANDLE)?;
    Ok((fd, size))
}

fn descriptor(handle: usize) -> Result<net::Fd, Win32Error> {
    match i32::try_from(handle) {
        Ok(fd) if !crate::handle::is_handle(handle) => Ok(fd),
        _ => Err(Win32Error::ERROR_INVALID_HANDLE),
    }
}

/// A descriptor that was opened for the other direction is EBADF to the kernel.
fn access_error(errno: Errno) -> Win32Error {
    if errno == Errno::EBADF { Win32Error::ERROR_ACCESS_DENIED } else { error(errno) }
}

/// The Win32 number of a kernel error about a file.
fn error(errno: Errno) -> Win32Error {
    use Win32Error as W;
    #[rustfmt::skip]
    let table: [(i32, W); 18] = [
        (1,  W::ERROR_ACCESS_DENIED),       // EPERM
        (2,  W::ERROR_FILE_NOT_FOUND),      // ENOENT
        (5,  W::ERROR_IO_DEVICE),           // EIO
        (6,  W::ERROR_FILE_NOT_FOUND),      // ENXIO: a pipe without a reader
        (9,  W::ERROR_INVALID_HANDLE),      // EBADF
        (12, W::ERROR_NOT_ENOUGH_MEMORY),   // ENOMEM
        (13, W::ERROR_ACCESS_DENIED),       // EACCES
        (14, W::ERROR_NOACCESS),            // EFAULT
        (17, W::ERROR_FILE_EXISTS),         // EEXIST
        (20, W::ERROR_PATH_NOT_FOUND),      // ENOTDIR
        (21, W::ERROR_ACCESS_DENIED),       // EISDIR
        (22, W::ERROR_INVALID_PARAMETER),   // EINVAL
        (23, W::ERROR_TOO_MANY_OPEN_FILES), // ENFILE
        (24, W::ERROR_TOO_MANY_OPEN_FILES), // EMFILE
        (26, W::ERROR_SHARING_VIOLATION),   // ETXTBSY
        (27, W::ERROR_DISK_FULL),           // EFBIG
        (28, W::ERROR_DISK_FULL),           // ENOSPC
        (30, W::ERROR_WRITE_PROTECT),       // EROFS
    ];
    let row = table.iter().find(|row| row.0 == errno.0);
    row.map_or(W::ERROR_GEN_FAILURE, |row| row.1)
}
