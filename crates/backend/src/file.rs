//! The system calls of files on a disk.

use crate::net::{self, Fd, check, last_errno};
use linsock_abi::Errno;
use std::ffi::CStr;

/// Descriptors below this one belong to standard input, output and error.
const FIRST_FREE_FD: Fd = 3;

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Opening {
    /// To be read.
    pub read: bool,
    /// To be written.
    pub write: bool,
    /// Make it if it is not there.
    pub create: bool,
    /// Fail if it is there.
    pub only_new: bool,
    /// Drop what it holds.
    pub truncate: bool,
    /// Child programs get it too.
    pub inherit: bool,
    /// Whatever is written goes to the end.
    pub append: bool,
    /// A write ends once its data is on the disk.
    pub write_through: bool,
}

/// From where a position is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The file's begin.
    Begin,
    /// The current position.
    Current,
    /// The file's end.
    End,
}

/// Opens a file; its number is above the standard streams'.
pub fn open(path: &CStr, opening: Opening) -> Result<Fd, Errno> {
    let mut flags = match (opening.read, opening.write) {
        (_, false) => libc::O_RDONLY,
        (false, true) => libc::O_WRONLY,
        (true, true) => libc::O_RDWR,
    };
    for (wanted, flag) in [
        (opening.create, libc::O_CREAT),
        (opening.only_new, libc::O_EXCL),
        (opening.truncate, libc::O_TRUNC),
        (!opening.inherit, libc::O_CLOEXEC),
        (opening.append, libc::O_APPEND),
        (opening.write_through, libc::O_DSYNC),
        // Nobody means to take over a terminal, or to wait for the other end of a pipe.
        (true, libc::O_NOCTTY | libc::O_NONBLOCK),
    ] {
        if wanted {
            flags |= flag;
        }
    }
    const EVERYBODY: libc::c_uint = 0o666;
    // SAFETY: a string that ends with a zero.
    let fd = check(unsafe { libc::open(path.as_ptr(), flags, EVERYBODY) })?;
    if fd >= FIRST_FREE_FD {
        return Ok(fd);
    }
    let moved = duplicate(fd, opening.inherit);
    net::close(fd);
    moved
}

/// Another descriptor of the same open file, with the same position.
pub fn duplicate(fd: Fd, inherit: bool) -> Result<Fd, Errno> {
    let how = if inherit { libc::F_DUPFD } else { libc::F_DUPFD_CLOEXEC };
    fault!(Fcntl);
    // SAFETY: no pointers.
    check(unsafe { libc::fcntl(fd, how, FIRST_FREE_FD) })
}

/// Whether a descriptor that somebody opened may be read, and written anywhere.
pub fn access(fd: Fd) -> Result<(bool, bool), Errno> {
    // SAFETY: no pointers.
    let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
    let way = flags & libc::O_ACCMODE;
    Ok((way != libc::O_WRONLY, way != libc::O_RDONLY && flags & libc::O_APPEND == 0))
}

/// Removes a file's name.
pub fn remove(path: &CStr) -> Result<(), Errno> {
    // SAFETY: a string that ends with a zero.
    check(unsafe { libc::unlink(path.as_ptr()) }).map(drop)
}

/// The bytes of a file whose contents have positions; EBADF for anything else.
pub fn size(fd: Fd) -> Result<u64, Errno> {
    // SAFETY: plain numbers, for which zero is a value.
    let mut stat: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: `stat` may be written.
    check(unsafe { libc::fstat(fd, &raw mut stat) })?;
    match stat.st_mode & libc::S_IFMT {
        libc::S_IFREG => Ok(stat.st_size as u64),
        // Its status knows no size, but it has an end.
        libc::S_IFBLK => Ok(0),
        _ => Err(Errno(libc::EBADF)),
    }
}

/// The current position.
pub fn position(fd: Fd) -> Result<u64, Errno> {
    seek(fd, 0, From::Current)
}

/// Moves the position; answers the new one.
pub fn seek(fd: Fd, by: i64, from: From) -> Result<u64, Errno> {
    let whence = match from {
        From::Begin => libc::SEEK_SET,
        From::Current => libc::SEEK_CUR,
        From::End => libc::SEEK_END,
    };
    // SAFETY: no pointers.
    let at = unsafe { libc::lseek(fd, by, whence) };
    if at < 0 { Err(last_errno()) } else { Ok(at as u64) }
}

/// Reads at a position, or at the current one, which moves on.
pub fn read(fd: Fd, address: usize, len: usize, at: Option<u64>) -> Result<usize, Errno> {
    fault!(Pread);
    let to = address as *mut libc::c_void;
    // SAFETY: the kernel checks the range, which is the caller's to have written.
    let n = unsafe {
        match at {
            Some(at) => libc::pread(fd, to, len, at as libc::off_t),
            None => libc::read(fd, to, len),
        }
    };
    usize::try_from(n).map_err(|_| last_errno())
}

/// Reads at a position what is in memory; EAGAIN where the disk would have to be waited for,
/// EOPNOTSUPP where the file system cannot tell.
pub fn read_cached(fd: Fd, address: usize, len: usize, at: u64) -> Result<usize, Errno> {
    let range = libc::iovec { iov_base: address as *mut libc::c_void, iov_len: len };
    // SAFETY: the kernel checks the range, which is the caller's to have written.
    let n = unsafe { libc::preadv2(fd, &raw const range, 1, at as libc::off_t, libc::RWF_NOWAIT) };
    usize::try_from(n).map_err(|_| last_errno())
}

/// Where a write begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the current position, which moves on.
    Position,
    /// There.
    At(u64),
    /// At the end, wherever that is when the write comes to it.
    End,
}

/// Writes all of a range.
pub fn write(fd: Fd, address: usize, len: usize, start: Start) -> Result<usize, Errno> {
    let mut done = 0;
    while done < len {
        let base = (address + done) as *mut libc::c_void;
        let range = libc::iovec { iov_base: base, iov_len: len - done };
        // SAFETY: the kernel checks the range.
        let n = unsafe {
            match start {
                Start::At(at) => {
                    libc::pwrite(fd, base, len - done, (at as usize + done) as libc::off_t)
                }
                Start::Position => libc::write(fd, base, len - done),
                Start::End => libc::pwritev2(fd, &raw const range, 1, 0, libc::RWF_APPEND),
            }
        };
        match usize::try_from(n) {
            Ok(n) => done += n,
            Err(_) if done == 0 => return Err(last_errno()),
            Err(_) => break,
        }
    }
    Ok(done)
}

/// Makes a file that long: cut, or filled up with zeros.
pub fn set_size(fd: Fd, size: u64) -> Result<(), Errno> {
    // SAFETY: no pointers.
    check(unsafe { libc::ftruncate(fd, size as libc::off_t) }).map(drop)
}

/// Has what was written to a file reach the disk.
pub fn flush(fd: Fd) -> Result<(), Errno> {
    // SAFETY: no pointers.
    check(unsafe { libc::fsync(fd) }).map(drop)
}

/// Sends a part of a file that begins at `at`; 0 at the file's end.
///
/// The socket must be a non-blocking one: this call knows no MSG_DONTWAIT.
pub fn send(socket: Fd, file: Fd, at: u64, count: usize) -> Result<usize, Errno> {
    fault!(Sendfile);
    let mut at = at as libc::off_t;
    // SAFETY: `at` may be written.
    let n = unsafe { libc::sendfile(socket, file, &raw mut at, count) };
    usize::try_from(n).map_err(|_| last_errno())
}

/// Keeps the SIGPIPE of a broken connection from the program while it exists: a file is sent
/// by a call that knows no MSG_NOSIGNAL.
pub struct NoPipeSignal {
    /// The thread's mask before; `None`: the signal was pending already and stays so.
    before: Option<libc::sigset_t>,
}

impl NoPipeSignal {
    /// From now on.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        // SAFETY: sets of signals are plain memory, all of it written here; blocking a
        // signal in this thread takes nothing from anybody.
        unsafe {
            let mut pending: libc::sigset_t = std::mem::zeroed();
            let mut before: libc::sigset_t = std::mem::zeroed();
            let set = pipe_signal();
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, &raw mut before);
            // One that waits for the program must not be taken with ours. Only a blocked
            // one can wait.
            let waits = libc::sigismember(&raw const before, libc::SIGPIPE) == 1
                && libc::sigpending(&raw mut pending) == 0
                && libc::sigismember(&raw const pending, libc::SIGPIPE) == 1;
            NoPipeSignal { before: (!waits).then_some(before) }
        }
    }
}

impl Drop for NoPipeSignal {
    fn drop(&mut self) {
        let Some(before) = &self.before else { return };
        let now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        let set = pipe_signal();
        // SAFETY: both sets are initialised; the pending signal, if there is one, is ours.
        unsafe {
            libc::sigtimedwait(&raw const set, std::ptr::null_mut(), &raw const now);
            libc::pthread_sigmask(libc::SIG_SETMASK, before, std::ptr::null_mut());
        }
    }
}

fn pipe_signal() -> libc::sigset_t {
    // SAFETY: a set of signals is plain memory.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, libc::SIGPIPE);
        set
    }
}
