//! What a thread is asked to run in its next alertable wait: user APCs and completion routines.
//!
//! Every thread has one queue, in its object. Anyone may add to it; only the thread itself takes
//! from it, and only in an alertable wait. Its `alert` signal is set while something can
//! be run, so an alertable wait is a wait for one object more. A thread that waits at a completion
//! port sleeps elsewhere: it leaves word where, and is called there.

use crate::port::Port;
use crate::port::desk::WaiterRef;
use crate::sync::plain::{Arc, Mutex, lock};
use crate::thread;
use crate::wait::Signal;
use linsock_abi::OVERLAPPED;
use std::collections::VecDeque;
use std::ffi::c_void;

/// A user APC (PAPCFUNC).
pub type Function = unsafe extern "system" fn(usize);

/// LPWSAOVERLAPPED_COMPLETION_ROUTINE: error, bytes, OVERLAPPED, flags.
pub type Routine = unsafe extern "system" fn(u32, u32, *mut OVERLAPPED, u32);

/// LPOVERLAPPED_COMPLETION_ROUTINE, of ReadFileEx and WriteFileEx: error, bytes, OVERLAPPED.
pub type FileRoutine = unsafe extern "system" fn(u32, u32, *mut OVERLAPPED);

/// A completion routine of either kind.
#[derive(Clone, Copy, Debug)]
pub enum Callback {
    /// Winsock's: the error is a WSAE code.
    Winsock(Routine),
    /// Win32's: the error is one of GetLastError's.
    Win32(FileRoutine),
}

impl From<Routine> for Callback {
    fn from(routine: Routine) -> Self {
        Callback::Winsock(routine)
    }
}

impl From<FileRoutine> for Callback {
    fn from(routine: FileRoutine) -> Self {
        Callback::Win32(routine)
    }
}
/// A routine of a waitable timer: argument, and the time as the halves of a FILETIME.
pub type TimerFunction = unsafe extern "system" fn(*const c_void, u32, u32);

/// One thing to run.
#[derive(Clone, Copy, Debug)]
pub enum Apc {
    /// What QueueUserAPC queued.
    User {
        /// The function.
        function: Function,
        /// Its parameter.
        parameter: usize,
    },
    /// A waitable timer's time has come.
    Timer {
        /// The function.
        function: TimerFunction,
        /// Its argument.
        argument: usize,
        /// When that was, as a FILETIME counts.
        time: u64,
        /// Which timer.
        timer: usize,
    },
    /// The end of an overlapped operation.
    Completion {
        /// The routine.
        routine: Callback,
        /// In the routine's numbers; 0 for success.
        error: u32,
        /// Bytes transferred.
        bytes: u32,
        /// The OVERLAPPED's address.
        overlapped: usize,
        /// What lpFlags would have held.
        flags: u32,
        /// Which socket or file: Winsock's routines of one socket never nest.
        socket: usize,
    },
}

impl Apc {
    fn is_of_timer(&self, wanted: usize) -> bool {
        matches!(self, Apc::Timer { timer, .. } if *timer == wanted)
    }

    /// # Safety
    /// On the thread it was queued to, in an alertable wait.
    unsafe fn call(self) {
        match self {
            // SAFETY: whoever queued it vouched for the function and its parameter.
            Apc::User { function, parameter } => unsafe { function(parameter) },
            Apc::Timer { function, argument, time, .. } => {
                let argument = std::ptr::with_exposed_provenance(argument);
                // SAFETY: whoever set the timer vouched for the function and its argument.
                unsafe { function(argument, time as u32, (time >> 32) as u32) };
            }
            Apc::Completion { routine, error, bytes, overlapped, flags, .. } => {
                let overlapped = std::ptr::with_exposed_provenance_mut(overlapped);
                // SAFETY: whoever started the operation vouched for the routine.
                unsafe {
                    match routine {
                        Callback::Winsock(routine) => routine(error, bytes, overlapped, flags),
                        Callback::Win32(routine) => routine(error, bytes, overlapped),
                    }
                }
            }
        }
    }
}

#[derive(Default)]
struct State {
    queue: VecDeque<Apc>,
    /// The sockets whose routines run right now, one inside the other's waits.
    running: Vec<usize>,
    /// Where the thread waits alertably for packets.
    port: Option<(Arc<Port>, WaiterRef)>,
    /// The thread has ended.
    closed: bool,
}

impl State {
    /// The place of the first one that may run now.
    fn next(&self) -> Option<usize> {
        self.queue.iter().position(|apc| match apc {
            Apc::Completion { routine: Callback::Winsock(_), socket, .. } => {
                !self.running.contains(socket)
            }
            // Win32's routines may nest, as user APCs do.
            Apc::Completion { .. } | Apc::User { .. } | Apc::Timer { .. } => true,
        })
    }
}

/// The queue of one thread.
pub struct Queue {
    state: Mutex<State>,
    alert: Signal,
}

impl Default for Queue {
    fn default() -> Self {
        Queue { state: Mutex::default(), alert: Signal::new(true, false) }
    }
}

impl Queue {
    /// Set while something can be run.
    pub fn alert(&self) -> &Signal {
        &self.alert
    }

    /// Appends; `false` once the thread has ended.
    pub fn push(&self, apc: Apc) -> bool {
        let mut state = lock(&self.state);
        if state.closed {
            return false;
        }
        state.queue.push_back(apc);
        if state.next().is_some() {
            self.alert.set();
            // Called under the lock, so that no call comes after the wait it was for.
            if let Some((port, waiter)) = &state.port {
                port.alert(waiter);
            }
        }
        true
    }

    /// The same for a timer, whose routine is queued once at most.
    pub fn push_timer(&self, apc: Apc) -> bool {
        let Apc::Timer { timer, .. } = apc else { return false };
        let queued = lock(&self.state).queue.iter().any(|apc| apc.is_of_timer(timer));
        queued || self.push(apc)
    }

    /// The timer was set anew or cancelled.
    pub fn withdraw_timer(&self, timer: usize) {
        let mut state = lock(&self.state);
        state.queue.retain(|apc| !apc.is_of_timer(timer));
        self.settle(&state);
    }

    /// Drops what is queued, and everything that still comes.
    pub fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        state.queue.clear();
        self.alert.reset();
    }

    /// The thread is about to wait for packets; `true`: something can be run already.
    pub fn enter_port(&self, port: &Arc<Port>, waiter: &WaiterRef) -> bool {
        let mut state = lock(&self.state);
        state.port = Some((port.clone(), waiter.clone()));
        state.next().is_some()
    }

    /// The wait for packets is over.
    pub fn leave_port(&self) {
        lock(&self.state).port = None;
    }

    /// Takes the first one that may run.
    fn begin(&self) -> Option<Apc> {
        let mut state = lock(&self.state);
        let apc = state.next().and_then(|place| state.queue.remove(place));
        if let Some(Apc::Completion { socket, .. }) = apc {
            state.running.push(socket);
        }
        self.settle(&state);
        apc
    }

    /// It has run.
    fn end(&self, apc: Apc) {
        if let Apc::Completion { .. } = apc {
            let mut state = lock(&self.state);
            state.running.pop();
            self.settle(&state);
        }
    }

    fn settle(&self, state: &State) {
        match state.next() {
            Some(_) => self.alert.set(),
            None => self.alert.reset(),
        }
    }
}

/// Runs what is queued to the calling thread, in order, until nothing is left;
/// `false`: nothing was.
pub fn run() -> bool {
    let mut any = false;
    // The queue is looked up for each one: what runs may end the thread by ExitThread, whose
    // frames are left without dropping what they hold.
    while let Some(apc) = thread::with_current(|thread| thread.apcs().begin()) {
        // SAFETY: this is the thread, and its wait is alertable.
        unsafe { apc.call() };
        thread::with_current(|thread| thread.apcs().end(apc));
        any = true;
    }
    any
}

/// Whether something is queued that the calling thread could run.
pub fn is_due() -> bool {
    thread::with_current(|thread| thread.apcs().alert.is_set())
}

#[cfg(all(test, not(loom)))]
mod tests;
