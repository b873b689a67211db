//! The system calls of the standard streams and of the terminal behind them.

use linsock_abi::Errno;

use crate::net::{Fd, last_errno};

fn done(result: i32) -> Result<(), Errno> {
    if result == 0 { Ok(()) } else { Err(last_errno()) }
}

/// What a descriptor leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file on a disk.
    Disk,
    /// A terminal, or another device.
    Character,
    /// A pipe or a socket.
    Pipe,
    /// Anything else.
    Other,
}

/// What a descriptor leads to.
///
/// # Errors
/// EBADF.
pub fn kind(fd: Fd) -> Result<Kind, Errno> {
    // SAFETY: numbers, which the call fills.
    let mut about: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: room for the answer.
    done(unsafe { libc::fstat(fd, &raw mut about) })?;
    Ok(match about.st_mode & libc::S_IFMT {
        libc::S_IFREG | libc::S_IFBLK => Kind::Disk,
        libc::S_IFCHR => Kind::Character,
        libc::S_IFIFO | libc::S_IFSOCK => Kind::Pipe,
        _ => Kind::Other,
    })
}

/// Whether a descriptor is a terminal.
pub fn is_terminal(fd: Fd) -> bool {
    // SAFETY: no pointers.
    unsafe { libc::isatty(fd) == 1 }
}

/// Whether children get the descriptor.
///
/// # Errors
/// EBADF.
pub fn is_inherited(fd: Fd) -> Result<bool, Errno> {
    // SAFETY: no pointers.
    match unsafe { libc::fcntl(fd, libc::F_GETFD) } {
        -1 => Err(last_errno()),
        flags => Ok(flags & libc::FD_CLOEXEC == 0),
    }
}

/// Whether children are to get the descriptor.
///
/// # Errors
/// EBADF.
pub fn set_inherited(fd: Fd, on: bool) -> Result<(), Errno> {
    // SAFETY: no pointers.
    done(unsafe { libc::fcntl(fd, libc::F_SETFD, if on { 0 } else { libc::FD_CLOEXEC }) })
}

/// Reads what is there, waiting for the first byte; 0 at the end.
///
/// # Errors
/// EFAULT, EBADF, EIO, ...
pub fn read(fd: Fd, to: usize, bytes: usize) -> Result<usize, Errno> {
    loop {
        // SAFETY: the kernel checks the address itself.
        let got = unsafe { libc::read(fd, std::ptr::with_exposed_provenance_mut(to), bytes) };
        match usize::try_from(got) {
            Ok(got) => return Ok(got),
            Err(_) => match last_errno() {
                Errno::EINTR => {}
                Errno::EAGAIN => wait_for(fd, libc::POLLIN),
                error => return Err(error),
            },
        }
    }
}

/// Writes all of it.
///
/// # Errors
/// EFAULT, EBADF, EPIPE, ...; SIGPIPE does not reach the program.
pub fn write(fd: Fd, from: usize, bytes: usize) -> Result<usize, Errno> {
    let mut written = 0;
    while written < bytes {
        let rest = std::ptr::with_exposed_provenance(from + written);
        let _quiet = QuietPipe::new();
        // SAFETY: the kernel checks the address itself.
        let got = unsafe { libc::write(fd, rest, bytes - written) };
        match usize::try_from(got) {
            Ok(got) => written += got,
            Err(_) => match last_errno() {
                Errno::EINTR => {}
                Errno::EAGAIN => wait_for(fd, libc::POLLOUT),
                error => return Err(error),
            },
        }
    }
    Ok(written)
}

unsafe extern "C" {
    /// The C library's standard output.
    static stdout: *mut libc::FILE;
}

/// Has the C library write what it holds back of standard output. A console on Windows has it at once.
pub fn flush_standard_output() {
    // SAFETY: the C library's own stream, set before any program runs.
    unsafe { libc::fflush(stdout) };
}

/// Columns and rows of a terminal.
///
/// # Errors
/// ENOTTY, EBADF.
pub fn size(fd: Fd) -> Result<(u16, u16), Errno> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: room for the answer.
    done(unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &raw mut size) })?;
    Ok((size.ws_col, size.ws_row))
}

/// Whether something can be read at once, the end included.
pub fn is_readable(fd: Fd) -> bool {
    poll(fd, libc::POLLIN, 0)
}

fn wait_for(fd: Fd, events: i16) {
    poll(fd, events, -1);
}

fn poll(fd: Fd, events: i16, timeout_ms: i32) -> bool {
    let mut one = libc::pollfd { fd, events, revents: 0 };
    // SAFETY: one entry.
    unsafe { libc::poll(&raw mut one, 1, timeout_ms) > 0 }
}

/// A write to a pipe that nobody reads raises SIGPIPE at the calling thread: while this lives it is held back,
/// and one that came is taken away.
struct QuietPipe {
    before: libc::sigset_t,
    pending: bool,
}

impl QuietPipe {
    fn new() -> QuietPipe {
        // SAFETY: the sets are plain memory that the calls fill.
        unsafe {
            let mut one: libc::sigset_t = std::mem::zeroed();
            let mut before: libc::sigset_t = std::mem::zeroed();
            let mut waiting: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut one);
            libc::sigaddset(&raw mut one, libc::SIGPIPE);
            libc::sigpending(&raw mut waiting);
            let pending = libc::sigismember(&raw const waiting, libc::SIGPIPE) == 1;
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const one, &raw mut before);
            QuietPipe { before, pending }
        }
    }
}

impl Drop for QuietPipe {
    fn drop(&mut self) {
        let errno = last_errno();
        // SAFETY: as in `new`; the set that was in force comes back.
        unsafe {
            let mut one: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut one);
            libc::sigaddset(&raw mut one, libc::SIGPIPE);
            let at_once = libc::timespec { tv_sec: 0, tv_nsec: 0 };
            if !self.pending {
                libc::sigtimedwait(&raw const one, std::ptr::null_mut(), &raw const at_once);
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.before, std::ptr::null_mut());
            *libc::__errno_location() = errno.0;
        }
    }
}

/// How a terminal treats what is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typing {
    /// Ctrl-C and its like raise signals.
    pub signals: bool,
    /// Whole lines, which can be edited.
    pub lines: bool,
    /// It is shown.
    pub echo: bool,
}

fn settings(fd: Fd) -> Result<libc::termios, Errno> {
    // SAFETY: numbers, which the call fills.
    let mut found: libc::termios = unsafe { std::mem::zeroed() };
    // SAFETY: room for the answer.
    done(unsafe { libc::tcgetattr(fd, &raw mut found) })?;
    Ok(found)
}

/// How the terminal treats what is typed.
///
/// # Errors
/// ENOTTY, EBADF.
pub fn typing(fd: Fd) -> Result<Typing, Errno> {
    let flags = settings(fd)?.c_lflag;
    Ok(Typing {
        signals: flags & libc::ISIG != 0,
        lines: flags & libc::ICANON != 0,
        echo: flags & libc::ECHO != 0,
    })
}

/// Changes how the terminal treats what is typed; `restore_typing` takes it back.
///
/// # Errors
/// ENOTTY, EBADF.
pub fn set_typing(fd: Fd, typing: Typing) -> Result<(), Errno> {
    let mut wanted = settings(fd)?;
    for (on, flag) in
        [(typing.signals, libc::ISIG), (typing.lines, libc::ICANON), (typing.echo, libc::ECHO)]
    {
        wanted.c_lflag = if on { wanted.c_lflag | flag } else { wanted.c_lflag & !flag };
    }
    wanted.c_cc[libc::VMIN] = 1;
    wanted.c_cc[libc::VTIME] = 0;
    // SAFETY: settings that the call gave, but for some flags.
    done(unsafe { libc::tcsetattr(fd, libc::TCSANOW, &raw const wanted) })
}
