//! Processes that this one has started.
//!
//! The kernel's descriptor of a process is readable when it has ended. The engine thread watches for that, fetches how it ended,
//! and sets the signal that waits for the process' handles wait for. It does so whether a handle is open or not: a child that
//! nobody asks about would stay in the kernel's table.

use crate::handle::Object;
use crate::io::Source;
use crate::reactor;
use crate::runtime;
use crate::sync::plain::{Arc, Mutex, lock};
use crate::wait::Signal;
use linsock_abi::{Errno, Win32Error};
use linsock_backend::net::{self, Fd};
use linsock_backend::poller::Watch;
use linsock_backend::process::{self, End, Order, Signalled};
use std::collections::HashMap;

/// STILL_ACTIVE: no exit code yet.
const STILL_ACTIVE: u32 = 259;

/// Exit codes that Windows has for what a signal tells here; others are 128 and the signal, as a shell has it.
fn code_of(signal: Signalled) -> u32 {
    match signal {
        // STATUS_ACCESS_VIOLATION
        Signalled::Access => 0xC000_0005,
        // STATUS_ILLEGAL_INSTRUCTION
        Signalled::Instruction => 0xC000_001D,
        // STATUS_INTEGER_DIVIDE_BY_ZERO
        Signalled::Arithmetic => 0xC000_0094,
        // STATUS_CONTROL_C_EXIT
        Signalled::Interrupt => 0xC000_013A,
        // That of abort in Microsoft's C runtime.
        Signalled::Abort => 3,
        Signalled::Kill => 128 + 9,
        Signalled::Other(number) => 128 + number,
    }
}

/// The processes that run, by their number.
#[derive(Default)]
pub struct Processes {
    running: Mutex<HashMap<u32, Arc<Process>>>,
}

/// A process.
pub struct Process {
    number: u32,
    fd: Fd,
    signal: Signal,
    code: Mutex<Code>,
}

struct Code {
    /// `None`: it runs.
    ended: Option<u32>,
    /// By TerminateProcess.
    wanted: Option<u32>,
}

impl Process {
    /// Starts a program: two handles of its process, the second of which stands for its first thread, and its number.
    ///
    /// # Errors
    /// ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_BAD_EXE_FORMAT, ... (the table in `error`); ERROR_NOT_ENOUGH_MEMORY: there can be no engine thread, or no handle.
    pub fn start(order: Order) -> Result<(usize, usize, u32), Win32Error> {
        let reactor = reactor::get().map_err(|_| Win32Error::ERROR_NOT_ENOUGH_MEMORY)?;
        let runtime = runtime::get();
        let mut running = lock(&runtime.processes.running);
        let (number, fd) = process::start(order).map_err(error)?;
        let process = Arc::new(Process {
            number,
            fd,
            signal: Signal::new(true, false),
            code: Mutex::new(Code { ended: None, wanted: None }),
        });
        running.insert(number, process.clone());
        drop(running);
        let token = Source::Process(number).token();
        reactor.poller().add(fd, token, Watch::ReadableOnce).map_err(error)?;
        let of_process = runtime.handles.insert(Object::Process(process.clone()))?;
        let of_thread = runtime.handles.insert(Object::Process(process)).inspect_err(|_| {
            drop(runtime.handles.remove(of_process));
        })?;
        Ok((of_process, of_thread, number))
    }

    /// Set when it has ended.
    pub fn signal(&self) -> &Signal {
        &self.signal
    }

    /// The kernel's number.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// GetExitCodeProcess.
    pub fn exit_code(&self) -> u32 {
        lock(&self.code).ended.unwrap_or(STILL_ACTIVE)
    }

    /// TerminateProcess.
    ///
    /// # Errors
    /// ERROR_ACCESS_DENIED: it has ended.
    pub fn terminate(&self, exit_code: u32) -> Result<(), Win32Error> {
        let mut code = lock(&self.code);
        if code.ended.is_some() || process::kill(self.fd).is_err() {
            return Err(Win32Error::ERROR_ACCESS_DENIED);
        }
        code.wanted.get_or_insert(exit_code);
        Ok(())
    }

    fn ended(&self, end: End) {
        let mut code = lock(&self.code);
        code.ended = Some(match (end, code.wanted) {
            (End::Exit(code), _) => code,
            (End::Signal(Signalled::Kill), Some(wanted)) => wanted,
            (End::Signal(signal), _) => code_of(signal),
        });
        drop(code);
        self.signal.set();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        net::close(self.fd);
    }
}

/// A process may have ended. Called by the engine thread.
pub fn has_news(number: u32) {
    let mut running = lock(&runtime::get().processes.running);
    let Some(process) = running.get(&number).cloned() else { return };
    // Its number is free for another one as soon as this was asked, so the list is not let go of between.
    let Some(end) = process::end(process.fd) else { return };
    running.remove(&number);
    drop(running);
    process.ended(end);
}

fn error(errno: Errno) -> Win32Error {
    match errno {
        Errno::ENOENT | Errno::ENOTDIR => Win32Error::ERROR_FILE_NOT_FOUND,
        Errno::EACCES | Errno::EPERM | Errno::EISDIR => Win32Error::ERROR_ACCESS_DENIED,
        Errno::ENOEXEC => Win32Error::ERROR_BAD_EXE_FORMAT,
        Errno::EMFILE | Errno::ENFILE => Win32Error::ERROR_TOO_MANY_OPEN_FILES,
        Errno::EBADF => Win32Error::ERROR_INVALID_HANDLE,
        Errno::E2BIG | Errno::EINVAL | Errno::ENAMETOOLONG => Win32Error::ERROR_INVALID_PARAMETER,
        _ => Win32Error::ERROR_NOT_ENOUGH_MEMORY,
    }
}
