//! Other programs: they are started, and a descriptor of each tells of its end.

use crate::net::{Fd, check, last_errno};
use linsock_abi::Errno;
use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a standard stream of a program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// The starter's.
    Inherited,
    /// Nothing that can be read, and whatever is written is gone.
    Nothing,
    /// What a descriptor stands for.
    Of(Fd),
}

/// What is to be started, and how.
pub struct Order<'a> {
    /// The file.
    pub program: &'a Path,
    /// What the program is told that its name is.
    pub name: &'a OsStr,
    /// The others.
    pub arguments: &'a [OsString],
    /// All of its environment; `None`: the starter's.
    pub environment: Option<Vec<(OsString, OsString)>>,
    /// Its working directory; `None`: the starter's.
    pub folder: Option<&'a Path>,
    /// Input, output, errors.
    pub streams: [Stream; 3],
    /// It gets the descriptors that may be inherited.
    pub inherits: bool,
    /// A keyboard's signal is not for it.
    pub own_group: bool,
}

fn stdio(stream: Stream) -> Result<Stdio, Errno> {
    match stream {
        Stream::Inherited => Ok(Stdio::inherit()),
        Stream::Nothing => Ok(Stdio::null()),
        Stream::Of(fd) => {
            // SAFETY: not kept; a descriptor that is closed meanwhile is an error of the duplication.
            let fd = unsafe { BorrowedFd::borrow_raw(fd) };
            fd.as_fd().try_clone_to_owned().map(Stdio::from).map_err(errno)
        }
    }
}

fn errno(error: std::io::Error) -> Errno {
    Errno(error.raw_os_error().unwrap_or(libc::EINVAL))
}

/// Starts a program: its number, and a descriptor that is readable when it has ended.
///
/// # Errors
/// ENOENT, EACCES, ENOEXEC: what execve says; EAGAIN, ENOMEM, EMFILE: there is no room for another process.
pub fn start(order: Order) -> Result<(u32, Fd), Errno> {
    let mut command = Command::new(order.program);
    command.arg0(order.name).args(order.arguments);
    if let Some(environment) = order.environment {
        command.env_clear().envs(environment);
    }
    if let Some(folder) = order.folder {
        command.current_dir(folder);
    }
    if order.own_group {
        command.process_group(0);
    }
    let [input, output, errors] = order.streams;
    command.stdin(stdio(input)?).stdout(stdio(output)?).stderr(stdio(errors)?);
    if !order.inherits {
        let keep_none = || {
            const FIRST: libc::c_uint = 3;
            // SAFETY: no pointers. Where the kernel does not know it what is inheritable is inherited.
            unsafe {
                libc::syscall(
                    libc::SYS_close_range,
                    FIRST,
                    libc::c_uint::MAX,
                    libc::CLOSE_RANGE_CLOEXEC,
                )
            };
            Ok(())
        };
        // SAFETY: one system call, which a child of a program with threads may make.
        unsafe { command.pre_exec(keep_none) };
    }
    let process = command.spawn().map_err(errno)?.id();
    // SAFETY: no pointers; the child is not waited for by anyone else, so its number is still its own.
    let fd = check(unsafe { libc::syscall(libc::SYS_pidfd_open, process, 0) } as i32)?;
    Ok((process, fd))
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with a code of 8 bits.
    Exit(u32),
    /// By a signal.
    Signal(Signalled),
}

/// A signal that ended a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signalled {
    /// SIGSEGV, SIGBUS.
    Access,
    /// SIGILL.
    Instruction,
    /// SIGFPE.
    Arithmetic,
    /// SIGINT.
    Interrupt,
    /// SIGABRT.
    Abort,
    /// SIGKILL.
    Kill,
    /// Another one.
    Other(u32),
}

impl Signalled {
    fn of(number: i32) -> Signalled {
        match number {
            libc::SIGSEGV | libc::SIGBUS => Signalled::Access,
            libc::SIGILL => Signalled::Instruction,
            libc::SIGFPE => Signalled::Arithmetic,
            libc::SIGINT => Signalled::Interrupt,
            libc::SIGABRT => Signalled::Abort,
            libc::SIGKILL => Signalled::Kill,
            other => Signalled::Other(other as u32),
        }
    }
}

/// How a program that was started here ended, asked once; `None`: it runs.
pub fn end(process: Fd) -> Option<End> {
    // SAFETY: a record of numbers, all of which may be zero.
    let mut told: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: room for what is told.
    let asked = unsafe {
        libc::waitid(
            libc::P_PIDFD,
            process as libc::id_t,
            &raw mut told,
            libc::WEXITED | libc::WNOHANG,
        )
    };
    if asked != 0 {
        // ECHILD: the program ignores SIGCHLD, or waited for its children itself.
        return (last_errno() == Errno::ECHILD).then_some(End::Exit(0));
    }
    // SAFETY: what waitid fills in.
    let (process, status) = unsafe { (told.si_pid(), told.si_status()) };
    match told.si_code {
        _ if process == 0 => None,
        libc::CLD_EXITED => Some(End::Exit(status as u32)),
        _ => Some(End::Signal(Signalled::of(status))),
    }
}

/// Ends a program.
///
/// # Errors
/// ESRCH: it has ended; EPERM.
pub fn kill(process: Fd) -> Result<(), Errno> {
    let none = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: without a record the kernel makes one.
    check(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, process, libc::SIGKILL, none, 0) }
        as i32)?;
    Ok(())
}
