//! System calls counted by name between marks, by ptrace: exact, and it needs neither perf nor
//! strace.

use crate::process::Process;
use crate::raw::check;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};

/// System calls by name.
pub type Calls = BTreeMap<&'static str, u64>;

/// What a mark's first argument is, which no program means: priorities know only 0, 1 and 2.
const MARK: u64 = 0x6c69_6e73;

/// Begins a section for the one who counts; 0 ends it. Nothing happens without one.
pub fn mark(label: u32) {
    // SAFETY: no pointers; answers EINVAL.
    unsafe { libc::syscall(libc::SYS_getpriority, MARK, u64::from(label)) };
}

/// What happened between two marks.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// The first mark's label.
    pub label: u32,
    /// Calls of the thread that marked.
    pub own: Calls,
    /// Calls of the process' other threads meanwhile.
    pub others: Calls,
}

/// Runs a command to its end and answers its sections in order.
pub fn run(mut command: Command) -> Result<Vec<Section>> {
    command.stdin(Stdio::null());
    let child = spawn(&mut command)?;
    let mut trace = Trace { sections: Vec::new(), marking: None };
    let status = follow(child.id() as i32, |thread, call| {
        trace.count(thread, call.number, call.arguments[0], call.arguments[1]);
    })?;
    ensure!(status.success(), "the traced process ended with {status}");
    Ok(trace.sections)
}

/// Counts the calls of a process that is asked things meanwhile.
pub struct Counter {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    counting: AtomicBool,
    calls: Mutex<Calls>,
}

impl Counter {
    /// Starts the process, of which nothing is counted yet.
    pub fn start(mut command: Command) -> Result<(Process, Self)> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let shared = Arc::new(Shared::default());
        let (counter, (say, hear)) = (Counter { shared: shared.clone() }, mpsc::channel());
        let (running, ended) = mpsc::channel();
        // Only the thread that started a process may trace it.
        std::thread::spawn(move || {
            let started = spawn(&mut command);
            let child = started.as_ref().map(|child| child.id() as i32).unwrap_or(-1);
            let _ = say.send(started);
            let seen = follow(child, |_, call| {
                if shared.counting.load(Ordering::Relaxed) {
                    let mut calls = shared.calls.lock().unwrap_or_else(|error| error.into_inner());
                    *calls.entry(name(call.number)).or_default() += 1;
                }
            });
            if let Err(error) = seen {
                eprintln!("counting system calls: {error:#}");
            }
            drop(running);
        });
        Ok((Process::of(hear.recv()??, Some(ended))?, counter))
    }

    /// From here on its calls count.
    pub fn begin(&self) {
        self.shared.counting.store(true, Ordering::Relaxed);
    }

    /// Those that were made since.
    pub fn end(&self) -> Calls {
        self.shared.counting.store(false, Ordering::Relaxed);
        std::mem::take(&mut *self.shared.calls.lock().unwrap_or_else(|error| error.into_inner()))
    }
}

/// Starts a command that this thread traces.
fn spawn(command: &mut Command) -> Result<Child> {
    // SAFETY: between fork and exec only this one system call is made.
    unsafe {
        command.pre_exec(|| {
            let nothing = std::ptr::null_mut::<libc::c_void>();
            check(libc::ptrace(libc::PTRACE_TRACEME, 0, nothing, nothing) as i32).map(|_| ())
        });
    }
    command.spawn().context("the traced process")
}

/// Shows every system call of a process that this thread traces, and of those that it makes,
/// until it ends.
fn follow(child: i32, mut see: impl FnMut(i32, &SystemCall)) -> Result<ExitStatus> {
    // Other threads have processes of their own.
    const OURS: i32 = libc::__WALL | libc::__WNOTHREAD;
    let mut attached = false;
    loop {
        let mut status = 0;
        // SAFETY: the status lives through the call.
        let thread = check(unsafe { libc::waitpid(-1, &raw mut status, OURS) })?;
        if libc::WIFEXITED(status) || libc::WIFSIGNALED(status) {
            if thread != child {
                continue;
            }
            return Ok(ExitStatus::from_raw(status));
        }
        let mut signal = 0;
        match libc::WSTOPSIG(status) {
            libc::SIGTRAP if !attached => {
                attached = true;
                let options = libc::PTRACE_O_TRACESYSGOOD
                    | libc::PTRACE_O_TRACECLONE
                    | libc::PTRACE_O_TRACEFORK
                    | libc::PTRACE_O_TRACEVFORK
                    | libc::PTRACE_O_EXITKILL;
                request(libc::PTRACE_SETOPTIONS, child, options as usize)?;
            }
            SYSTEM_CALL_STOP => {
                if let Some(call) = entered(thread)? {
                    see(thread, &call);
                }
            }
            // A thread was made, or is new and stopped by the kernel itself.
            libc::SIGTRAP | libc::SIGSTOP => {}
            other => signal = other,
        }
        request(libc::PTRACE_SYSCALL, thread, signal as usize)?;
    }
}

const SYSTEM_CALL_STOP: i32 = libc::SIGTRAP | 0x80;

struct Trace {
    sections: Vec<Section>,
    /// The thread whose section is open; it is the last one.
    marking: Option<i32>,
}

impl Trace {
    fn count(&mut self, thread: i32, number: u64, first: u64, second: u64) {
        if number == libc::SYS_getpriority as u64 && first == MARK {
            self.marking = (second != 0).then_some(thread);
            if second != 0 {
                self.sections.push(Section { label: second as u32, ..Section::default() });
            }
            return;
        }
        let (Some(marking), Some(section)) = (self.marking, self.sections.last_mut()) else {
            return;
        };
        let calls = if thread == marking { &mut section.own } else { &mut section.others };
        *calls.entry(name(number)).or_default() += 1;
    }
}

fn request(what: u32, thread: i32, data: usize) -> Result<()> {
    // SAFETY: `data` is a number for the requests that are made here.
    let result = unsafe { libc::ptrace(what, thread, std::ptr::null_mut::<libc::c_void>(), data) };
    match check(result as i32) {
        // Ended meanwhile: its last word is still to come.
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
        Err(error) => Err(error).with_context(|| format!("ptrace {what:#x}")),
        Ok(_) => Ok(()),
    }
}

/// The kernel's `ptrace_syscall_info`, as far as it is read here.
#[repr(C)]
#[derive(Default)]
struct SystemCall {
    op: u8,
    pad: [u8; 3],
    arch: u32,
    instruction_pointer: u64,
    stack_pointer: u64,
    number: u64,
    arguments: [u64; 6],
}

/// The call, where a thread stopped on its way in.
fn entered(thread: i32) -> Result<Option<SystemCall>> {
    const PTRACE_GET_SYSCALL_INFO: u32 = 0x420e;
    const ENTRY: u8 = 1;
    let mut info = SystemCall::default();
    // SAFETY: the kernel writes no more bytes than are told.
    let result = unsafe {
        libc::ptrace(PTRACE_GET_SYSCALL_INFO, thread, size_of::<SystemCall>(), &raw mut info)
    };
    match check(result as i32) {
        // Ended meanwhile, as every thread does when its process exits.
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => return Ok(None),
        result => result.context("PTRACE_GET_SYSCALL_INFO (Linux 5.3)")?,
    };
    Ok((info.op == ENTRY).then_some(info))
}

/// Takes the pointer probes out, which are counted apart: how many there were.
pub fn take_probes(calls: &mut Calls) -> u64 {
    calls.remove("rt_sigprocmask").unwrap_or(0)
}

macro_rules! names {
    ($($constant:ident $name:literal)*) => {
        fn name(number: u64) -> &'static str {
            match number as libc::c_long {
                $(libc::$constant => $name,)*
                _ => "other",
            }
        }
    };
}

names! {
    SYS_accept4           "accept4"
    SYS_bind              "bind"
    SYS_brk               "brk"
    SYS_clock_gettime     "clock_gettime"
    SYS_clone3            "clone3"
    SYS_close             "close"
    SYS_connect           "connect"
    SYS_epoll_create1     "epoll_create1"
    SYS_epoll_ctl         "epoll_ctl"
    SYS_epoll_pwait       "epoll_pwait"
    SYS_epoll_wait        "epoll_wait"
    SYS_eventfd2          "eventfd2"
    SYS_fcntl             "fcntl"
    SYS_futex             "futex"
    SYS_getpeername       "getpeername"
    SYS_getsockname       "getsockname"
    SYS_getsockopt        "getsockopt"
    SYS_gettid            "gettid"
    SYS_io_uring_enter    "io_uring_enter"
    SYS_io_uring_register "io_uring_register"
    SYS_io_uring_setup    "io_uring_setup"
    SYS_madvise           "madvise"
    SYS_mmap              "mmap"
    SYS_mprotect          "mprotect"
    SYS_munmap            "munmap"
    SYS_poll              "poll"
    SYS_process_vm_readv  "process_vm_readv"
    SYS_read              "read"
    SYS_recvfrom          "recvfrom"
    SYS_recvmsg           "recvmsg"
    SYS_rt_sigaction      "rt_sigaction"
    SYS_rt_sigprocmask    "rt_sigprocmask"
    SYS_sched_getaffinity "sched_getaffinity"
    SYS_sched_yield       "sched_yield"
    SYS_sendmsg           "sendmsg"
    SYS_sendto            "sendto"
    SYS_setsockopt        "setsockopt"
    SYS_shutdown          "shutdown"
    SYS_socket            "socket"
    SYS_write             "write"
}
