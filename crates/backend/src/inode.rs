//! The system calls that tell of a file, and that give it another name or another copy.

use linsock_abi::Errno;
use std::ffi::{CStr, OsStr};
use std::fs::{File, FileTimes, OpenOptions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use crate::net::{Fd, check};

/// What kind of thing a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    /// A symbolic link, if that itself was asked about.
    Link,
    Other,
}

/// A point in time: seconds since 1970, and nanoseconds.
pub type Time = (i64, u32);

/// What the kernel tells of a file.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    pub kind: Kind,
    pub bytes: u64,
    /// Somebody may write to it.
    pub writable: bool,
    /// When it was made, as far as the file system knows.
    pub made: Time,
    pub read: Time,
    pub written: Time,
}

fn errno(error: std::io::Error) -> Errno {
    Errno(error.raw_os_error().unwrap_or(libc::EIO))
}

/// Tells of the file of a name; of what a symbolic link leads to, if `follow`.
pub fn info(path: &CStr, follow: bool) -> Result<Info, Errno> {
    stat(libc::AT_FDCWD, path, if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW })
}

/// Tells of an open file.
pub fn info_of(fd: Fd) -> Result<Info, Errno> {
    stat(fd, c"", libc::AT_EMPTY_PATH)
}

fn stat(at: Fd, path: &CStr, flags: i32) -> Result<Info, Errno> {
    // SAFETY: plain numbers, for which zero is a value.
    let mut found: libc::statx = unsafe { std::mem::zeroed() };
    let wanted = libc::STATX_BASIC_STATS | libc::STATX_BTIME;
    // SAFETY: a string that ends with a zero; `found` may be written.
    check(unsafe { libc::statx(at, path.as_ptr(), flags, wanted, &raw mut found) })?;
    let mode = u32::from(found.stx_mode);
    let time = |time: libc::statx_timestamp| (time.tv_sec, time.tv_nsec);
    let knows_birth = found.stx_mask & libc::STATX_BTIME != 0;
    let earliest = time(found.stx_mtime).min(time(found.stx_ctime));
    Ok(Info {
        kind: match mode & libc::S_IFMT {
            libc::S_IFREG => Kind::File,
            libc::S_IFDIR => Kind::Folder,
            libc::S_IFLNK => Kind::Link,
            _ => Kind::Other,
        },
        bytes: found.stx_size,
        writable: mode & 0o222 != 0,
        made: if knows_birth { time(found.stx_btime) } else { earliest },
        read: time(found.stx_atime),
        written: time(found.stx_mtime),
    })
}

/// Gives a file another name; what had that name before is replaced, or is in the way (EEXIST).
pub fn rename(from: &CStr, to: &CStr, replace: bool) -> Result<(), Errno> {
    // SAFETY: strings that end with a zero.
    let plainly = || check(unsafe { libc::rename(from.as_ptr(), to.as_ptr()) }).map(drop);
    if replace {
        return plainly();
    }
    // SAFETY: strings that end with a zero.
    let moved = check(unsafe {
        libc::renameat2(
            libc::AT_FDCWD,
            from.as_ptr(),
            libc::AT_FDCWD,
            to.as_ptr(),
            libc::RENAME_NOREPLACE,
        )
    });
    match moved {
        // A file system that knows no such flag.
        Err(Errno::EINVAL | Errno::ENOSYS) => match info(to, false) {
            Ok(_) => Err(Errno::EEXIST),
            Err(_) => plainly(),
        },
        moved => moved.map(drop),
    }
}

/// Copies a file, its permissions and the time when it was written. EEXIST: `only_new`, and the name
/// is taken; ETXTBSY: it is the same file; EISDIR: no plain file.
pub fn copy(from: &CStr, to: &CStr, only_new: bool) -> Result<(), Errno> {
    let path = |path: &CStr| Path::new(OsStr::from_bytes(path.to_bytes())).to_owned();
    // Nobody means to wait for the other end of a pipe.
    let open = |how: &mut OpenOptions, name: &CStr| {
        how.custom_flags(libc::O_NONBLOCK).open(path(name)).map_err(errno)
    };
    let mut source = open(File::options().read(true), from)?;
    let of_source = source.metadata().map_err(errno)?;
    if !of_source.is_file() {
        return Err(Errno::EISDIR);
    }
    let mut how = File::options();
    how.write(true).create(true).create_new(only_new).mode(of_source.mode() & 0o777);
    let mut target = open(&mut how, to)?;
    let of_target = target.metadata().map_err(errno)?;
    if (of_source.dev(), of_source.ino()) == (of_target.dev(), of_target.ino()) {
        return Err(Errno::ETXTBSY);
    }
    if !of_target.is_file() {
        return Err(Errno::EISDIR);
    }
    let copied = target.set_len(0).and_then(|()| {
        std::io::copy(&mut source, &mut target)?;
        target.set_permissions(of_source.permissions())?;
        target.set_times(FileTimes::new().set_modified(of_source.modified()?))
    });
    // Half a file is no copy.
    copied.map_err(|error| {
        let _ = std::fs::remove_file(path(to));
        errno(error)
    })
}
