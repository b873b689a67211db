//! Files: their handles are descriptor numbers, as a socket's is.
//!
//! A file on a disk is never "ready": the kernel's pollers call it so at all times, and a read
//! waits for the disk all the same. So a file has no queue as a socket has. What an overlapped
//! read finds in memory it takes on the calling thread, as Windows does too, and reports success
//! at once beside its event or packet. Only what the disk has to be waited for goes to a thread
//! that waits instead (`disk.rs`). That holds on both backends: a ring would do the same with a
//! thread of the kernel's, but for one more submission and completion per read, and it would have
//! to belong to a thread that lives as long as the read.
//!
//! Writes end in memory, which the calling thread does.

mod disk;
pub(crate) mod error;
mod transfer;

pub use transfer::{read, read_overlapped, write, write_overlapped};

use crate::operation::Route;
use crate::port::Port;
use crate::runtime;
use crate::sync::plain::{Arc, Mutex, lock};
use crate::wait::Signal;
use disk::Disk;
use error::{error, name_error};
use linsock_abi::{Errno, Win32Error};
use linsock_backend::file::{self, From, Opening};
use linsock_backend::net;
use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::socket::{SKIP_PORT_ON_SUCCESS, SKIP_SET_EVENT};

/// The files that this library opened, by handle.
#[derive(Default)]
pub struct Files {
    open: Mutex<HashMap<usize, Arc<File>>>,
    disk: Disk,
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    /// What the kernel is asked for.
    pub opening: Opening,
    /// Its name goes when it is closed.
    pub delete_on_close: bool,
    /// FILE_FLAG_OVERLAPPED.
    pub overlapped: bool,
}

/// An open file. Its descriptor is closed with the last reference, so that what is being read
/// while the handle is closed does not read from a stranger.
pub struct File {
    fd: net::Fd,
    /// Opened here, so closed here.
    ours: AtomicBool,
    how: How,
    name: Option<CString>,
    route: Mutex<Option<Route>>,
    /// FILE_SKIP_* flags.
    modes: AtomicU8,
    signal: Signal,
}

impl File {
    fn new(fd: net::Fd, ours: bool, how: How, name: Option<CString>) -> Arc<Self> {
        Arc::new(File {
            fd,
            ours: AtomicBool::new(ours),
            how,
            name,
            route: Mutex::default(),
            modes: AtomicU8::new(0),
            signal: Signal::new(true, false),
        })
    }

    /// Set at the end of each operation that has no event; what a wait for the handle waits for.
    pub fn signal(&self) -> &Signal {
        &self.signal
    }

    /// FILE_FLAG_DELETE_ON_CLOSE.
    fn delete_if_asked(&self) {
        if let Some(name) = &self.name {
            let _ = file::remove(name);
        }
    }

    fn has_mode(&self, mode: u8) -> bool {
        self.modes.load(Ordering::Relaxed) & mode != 0
    }
}

impl Drop for File {
    fn drop(&mut self) {
        if self.ours.load(Ordering::Relaxed) {
            net::close(self.fd);
        }
    }
}

/// Opens a file.
///
/// # Errors
/// ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_FILE_EXISTS, ERROR_ACCESS_DENIED, ... (the table in `error`).
pub fn open(path: &CStr, how: How) -> Result<usize, Win32Error> {
    let fd = file::open(path, how.opening).map_err(|errno| name_error(errno, path))?;
    if file::size(fd).is_err() {
        // A folder, a pipe or a device: nothing that the functions here know how to use.
        net::close(fd);
        return Err(Win32Error::ERROR_ACCESS_DENIED);
    }
    let name = how.delete_on_close.then(|| path.to_owned());
    let stale =
        lock(&runtime::get().files.open).insert(fd as usize, File::new(fd, true, how, name));
    if let Some(stale) = stale {
        // Its descriptor was closed behind the library's back, and is the new file's.
        stale.ours.store(false, Ordering::Relaxed);
        stale.delete_if_asked();
    }
    Ok(fd as usize)
}

/// Closes a file that was opened here; what others opened is theirs to close. Reads that wait for
/// the disk go on and end as they would have.
///
/// # Errors
/// ERROR_INVALID_HANDLE.
pub fn close(handle: usize) -> Result<(), Win32Error> {
    let file = lock(&runtime::get().files.open).remove(&handle);
    file.ok_or(Win32Error::ERROR_INVALID_HANDLE)?.delete_if_asked();
    Ok(())
}

/// The file of a handle that was given out here.
///
/// # Errors
/// ERROR_INVALID_HANDLE.
pub fn opened(handle: usize) -> Result<Arc<File>, Win32Error> {
    lock(&runtime::get().files.open).get(&handle).cloned().ok_or(Win32Error::ERROR_INVALID_HANDLE)
}

/// The file of a handle, or of a descriptor that somebody else opened: that one may be read and
/// written as the kernel allows, and is none for overlapped operations.
fn find(handle: usize) -> Result<Arc<File>, Win32Error> {
    opened(handle).or_else(|_| {
        let opening = Opening { read: true, write: true, ..Opening::default() };
        let (fd, _) = of(handle)?;
        Ok(File::new(fd, false, How { opening, ..How::default() }, None))
    })
}

/// A descriptor of its own for a file, and whether what that file was opened for is reading, and
/// writing anywhere.
///
/// # Errors
/// ERROR_INVALID_HANDLE: not a file; ERROR_TOO_MANY_OPEN_FILES.
pub(crate) fn reopened(handle: usize) -> Result<(OwnedFd, bool, bool), Win32Error> {
    let file = find(handle)?;
    let how = file.how.opening;
    let (read, write) = match file.ours.load(Ordering::Relaxed) {
        true => (how.read, how.write && !how.append),
        false => file::access(file.fd).map_err(error)?,
    };
    let fd = file::duplicate(file.fd, false).map_err(error)?;
    // SAFETY: just made, and nobody else's.
    Ok((unsafe { OwnedFd::from_raw_fd(fd) }, read, write))
}

/// Removes a file's name; those who have it open keep it.
///
/// # Errors
/// ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED, ...
pub fn remove(path: &CStr) -> Result<(), Win32Error> {
    file::remove(path).map_err(|errno| name_error(errno, path))
}

/// Moves a file's position; answers the new one.
///
/// # Errors
/// ERROR_INVALID_HANDLE; ERROR_NEGATIVE_SEEK: before the file's begin.
pub fn seek(handle: usize, by: i64, from: From) -> Result<u64, Win32Error> {
    let file = find(handle)?;
    file::seek(file.fd, by, from).map_err(|errno| match errno {
        Errno::EINVAL => Win32Error::ERROR_NEGATIVE_SEEK,
        other => error(other),
    })
}

/// Makes a file end at its position.
///
/// # Errors
/// ERROR_INVALID_HANDLE; ERROR_ACCESS_DENIED: not opened to be written.
pub fn set_end(handle: usize) -> Result<(), Win32Error> {
    let file = find(handle)?;
    if !file.how.opening.write {
        return Err(Win32Error::ERROR_ACCESS_DENIED);
    }
    let at = file::position(file.fd).map_err(error)?;
    file::set_size(file.fd, at).map_err(|errno| match errno {
        Errno::EINVAL => Win32Error::ERROR_ACCESS_DENIED,
        other => error(other),
    })
}

/// Has what was written reach the disk.
///
/// # Errors
/// ERROR_INVALID_HANDLE; ERROR_ACCESS_DENIED: not opened to be written.
pub fn flush(handle: usize) -> Result<(), Win32Error> {
    let file = find(handle)?;
    if !file.how.opening.write {
        return Err(Win32Error::ERROR_ACCESS_DENIED);
    }
    file::flush(file.fd).map_err(error)
}

/// Ties a file to a port under a key, until it is closed.
///
/// # Errors
/// ERROR_INVALID_PARAMETER: already tied, or not overlapped; ERROR_INVALID_HANDLE: not opened
/// here.
pub fn associate(handle: usize, port: &Arc<Port>, key: usize) -> Result<(), Win32Error> {
    let file = opened(handle)?;
    let mut route = lock(&file.route);
    if route.is_some() || !file.how.overlapped {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    *route = Some(Route { port: port.clone(), key });
    Ok(())
}

/// SetFileCompletionNotificationModes; flags can only be added.
///
/// # Errors
/// ERROR_INVALID_PARAMETER: other flags; ERROR_INVALID_HANDLE: not opened here.
pub fn set_notification_modes(handle: usize, flags: u8) -> Result<(), Win32Error> {
    if flags & !(SKIP_PORT_ON_SUCCESS | SKIP_SET_EVENT) != 0 {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    opened(handle)?.modes.fetch_or(flags, Ordering::Relaxed);
    Ok(())
}

/// Cancels what was started with one OVERLAPPED or, for `None`, everything; of one thread, if one
/// is named. `false`: there was nothing.
///
/// # Errors
/// ERROR_INVALID_HANDLE.
pub fn cancel(
    handle: usize,
    overlapped: Option<usize>,
    thread: Option<u32>,
) -> Result<bool, Win32Error> {
    let file = find(handle)?;
    Ok(runtime::get().files.disk.cancel(|pending| {
        pending.is_of(&file)
            && overlapped.is_none_or(|wanted| pending.is_with(wanted))
            && thread.is_none_or(|wanted| pending.is_by(wanted))
    }))
}

/// Cancels what an exiting thread had started, unless it reports to a port (C-053, C-055).
pub fn thread_exit(thread: u32) {
    runtime::get().files.disk.cancel(|pending| pending.is_by(thread) && pending.ends_with_thread());
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
