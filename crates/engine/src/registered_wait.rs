//! RegisterWaitForSingleObject: a function that runs whenever an object is set.
//!
//! Every registration has a thread of its own, which waits for the object and runs the function.
//! So the calls of one registration never overlap, and a mutex that the wait took can be released
//! by the function, which a pool of threads could not promise.

use crate::event::Event;
use crate::sync::plain::{Arc, Mutex, lock};
use crate::thread::{self, ThreadObject};
use crate::wait::{self, Target, WaitResult};
use linsock_abi::Win32Error;
use std::ffi::c_void;

/// What is called; the second argument says whether it was the time-out (WAITORTIMERCALLBACK).
pub type Function = unsafe extern "system" fn(*mut c_void, bool);

#[derive(Default)]
struct State {
    /// The function runs right now.
    running: bool,
    /// It is not to be called any more.
    stopped: bool,
    /// To be set then.
    completion: Option<Arc<Event>>,
}

/// A registration.
pub struct RegisteredWait {
    stop: Arc<Event>,
    thread: Arc<ThreadObject>,
    state: Mutex<State>,
}

/// What the thread of a registration works with.
struct Work {
    wait: Arc<RegisteredWait>,
    targets: [Target; 2],
    function: Function,
    context: usize,
    timeout_ms: u32,
    once: bool,
}

/// Which calls a registration is for.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// When the function is called although the object is not set.
    pub timeout_ms: u32,
    /// WT_EXECUTEONLYONCE.
    pub once: bool,
}

/// Whom UnregisterWaitEx tells of the end of the last call.
pub enum Completion {
    /// Nobody.
    Ignored,
    /// An event is set.
    Event(Arc<Event>),
    /// The caller waits for it.
    Awaited,
}

impl RegisteredWait {
    /// Begins to wait for an object.
    ///
    /// # Errors
    /// ERROR_NOT_ENOUGH_MEMORY: no thread can be had.
    ///
    /// # Safety
    /// The function may be called with its context on another thread until the wait is
    /// unregistered.
    pub unsafe fn begin(
        object: Target,
        function: Function,
        context: *mut c_void,
        terms: Terms,
    ) -> Result<Arc<Self>, Win32Error> {
        let stop = Arc::new(Event::new(true, false));
        let thread = Arc::new(ThreadObject::new());
        let wait = Arc::new(RegisteredWait {
            stop: stop.clone(),
            thread: thread.clone(),
            state: Mutex::default(),
        });
        let work = Box::into_raw(Box::new(Work {
            wait: wait.clone(),
            // The lowest that is set wins, so a stopped wait takes nothing from the object.
            targets: [Target::Event(stop), object],
            function,
            context: context.expose_provenance(),
            timeout_ms: terms.timeout_ms,
            once: terms.once,
        }));
        // SAFETY: `run` takes the box over, once, on the new thread.
        let started = unsafe { thread::spawn(&thread, run, work.cast(), 0) };
        if let Err(error) = started {
            // SAFETY: no thread was started, so the box is still ours.
            drop(unsafe { Box::from_raw(work) });
            return Err(error);
        }
        Ok(wait)
    }

    fn may_call(&self) -> bool {
        let mut state = lock(&self.state);
        state.running = !state.stopped;
        state.running
    }

    fn called(&self) {
        lock(&self.state).running = false;
    }

    fn end(&self) {
        let mut state = lock(&self.state);
        if let Some(completion) = state.completion.take() {
            completion.set();
        }
    }

    /// Unregisters: no call begins any more.
    ///
    /// # Errors
    /// ERROR_IO_PENDING: a call is under way, and was not waited for.
    pub fn stop(&self, completion: Completion) -> Result<(), Win32Error> {
        let mut state = lock(&self.state);
        state.stopped = true;
        let running = state.running;
        let mut awaits = false;
        match completion {
            Completion::Ignored => {}
            Completion::Event(event) if running => state.completion = Some(event),
            Completion::Event(event) => event.set(),
            // Who waits for the function from within it would wait for ever.
            Completion::Awaited => awaits = self.thread.id() != thread::current_id(),
        }
        drop(state);
        self.stop.set();
        if awaits {
            wait::wait(&[Target::Thread(self.thread.clone())], false, wait::INFINITE, false)?;
            return Ok(());
        }
        if running { Err(Win32Error::ERROR_IO_PENDING) } else { Ok(()) }
    }
}

/// The thread of a registration.
unsafe extern "system" fn run(work: *mut c_void) -> u32 {
    // SAFETY: the box that `begin` gave to this thread alone.
    let work = unsafe { Box::from_raw(work.cast::<Work>()) };
    // The waits are alertable: what the function queues to its own thread runs in the next one.
    loop {
        let timed_out = match wait::wait(&work.targets, false, work.timeout_ms, true) {
            Ok(WaitResult::Alerted) => continue,
            Ok(WaitResult::Signalled(1) | WaitResult::Abandoned(1)) => false,
            Ok(WaitResult::TimedOut) => true,
            _ => break,
        };
        if !work.wait.may_call() {
            break;
        }
        let context = std::ptr::with_exposed_provenance_mut(work.context);
        // SAFETY: by the contract of `begin`.
        unsafe { (work.function)(context, timed_out) };
        work.wait.called();
        if work.once {
            break;
        }
    }
    work.wait.end();
    0
}
