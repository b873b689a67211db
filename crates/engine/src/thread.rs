//! Threads: their objects, how they are started, and what happens when one ends.
//!
//! Whichever way a thread was made, its first use of the library arms one thread-local
//! destructor. When the thread ends (returns, calls ExitThread or pthread_exit) that destructor
//! lets the program's functions for it run, cancels the I/O the thread had started (C-053), tells the completion ports (P-016), gives up the
//! thread's mutexes, and then signals the thread's object.

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, OnceLock, PoisonError, Weak};

use linsock_abi::Win32Error;
use linsock_backend::leap::{self, Frame};
use linsock_backend::thread as raw;

use crate::apc;
use crate::operation::Synchronous;
use crate::runtime;
use crate::sync::plain::{Arc, Mutex, lock};
use crate::wait::Signal;

/// The exit code of a thread that still runs (STILL_ACTIVE).
pub const STILL_ACTIVE: u32 = 259;

/// How often a thread can be suspended.
const MAXIMUM_SUSPEND_COUNT: u32 = 127;

/// The function a thread runs. It may end by [`exit`].
pub type StartRoutine = leap::Routine;

/// A thread as others see it.
pub struct ThreadObject {
    signal: Signal,
    id: OnceLock<u32>,
    exit_code: AtomicU32,
    apcs: apc::Queue,
    /// What its blocking calls wait for: one, and those that it interrupted by an APC.
    calls: Mutex<Vec<Arc<Synchronous>>>,
    /// How often it is suspended; it begins when that is 0.
    suspensions: Mutex<u32>,
    resumed: Condvar,
}

impl Default for ThreadObject {
    fn default() -> Self {
        Self::new()
    }
}

impl ThreadObject {
    /// The object of a thread that is yet to be started.
    pub fn new() -> Self {
        ThreadObject {
            signal: Signal::new(true, false),
            id: OnceLock::new(),
            exit_code: AtomicU32::new(STILL_ACTIVE),
            apcs: apc::Queue::default(),
            calls: Mutex::default(),
            suspensions: Mutex::default(),
            resumed: Condvar::new(),
        }
    }

    /// Has a thread that is yet to be started wait before it runs its function.
    pub fn suspend_at_start(&self) {
        *lock(&self.suspensions) = 1;
    }

    /// Suspends once more a thread that waits before its function. Gives how often it was suspended before.
    ///
    /// # Errors
    /// ERROR_NOT_SUPPORTED: it runs; ERROR_SIGNAL_REFUSED: suspended too often.
    pub fn suspend(&self) -> Result<u32, Win32Error> {
        let mut suspensions = lock(&self.suspensions);
        match *suspensions {
            0 => Err(Win32Error::ERROR_NOT_SUPPORTED),
            MAXIMUM_SUSPEND_COUNT => Err(Win32Error::ERROR_SIGNAL_REFUSED),
            before => {
                *suspensions += 1;
                Ok(before)
            }
        }
    }

    /// Takes back one suspension. Gives how often the thread was suspended before.
    pub fn resume(&self) -> u32 {
        let mut suspensions = lock(&self.suspensions);
        let before = *suspensions;
        *suspensions = before.saturating_sub(1);
        if before == 1 {
            self.resumed.notify_all();
        }
        before
    }

    fn wait_until_resumed(&self) {
        let mut suspensions = lock(&self.suspensions);
        while *suspensions > 0 {
            suspensions = self.resumed.wait(suspensions).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Set for good when the thread has ended.
    pub fn signal(&self) -> &Signal {
        &self.signal
    }

    /// The thread's number; waits for a thread that was only just started to tell it.
    pub fn id(&self) -> u32 {
        *self.id.wait()
    }

    /// What the thread is to run in its alertable waits.
    pub fn apcs(&self) -> &apc::Queue {
        &self.apcs
    }

    /// What the thread's blocking call waits for, if it is in one.
    pub fn blocking_call(&self) -> Option<Arc<Synchronous>> {
        lock(&self.calls).last().cloned()
    }

    /// [`STILL_ACTIVE`], or what the thread ended with.
    pub fn exit_code(&self) -> u32 {
        self.exit_code.load(Ordering::Acquire)
    }
}

/// Shows the current thread's blocking call to others while it lives.
#[must_use]
pub struct BlockingCall;

impl BlockingCall {
    /// Begins to wait for a call's operation.
    pub fn enter(call: &Arc<Synchronous>) -> Self {
        with_current(|thread| lock(&thread.calls).push(call.clone()));
        BlockingCall
    }
}

impl Drop for BlockingCall {
    fn drop(&mut self) {
        with_current(|thread| lock(&thread.calls).pop());
    }
}

/// The blocking calls that the calling thread is in, one inside what another's wait runs, as it leaves them all by
/// ExitThread: none of them will show its end.
pub fn take_blocking_calls() -> Vec<Arc<Synchronous>> {
    with_current(|thread| std::mem::take(&mut *lock(&thread.calls)))
}

/// The threads that others can open by number. A number stays for a while after its thread is
/// gone, so that it is not taken for a thread that only did not use the library yet.
#[derive(Default)]
pub struct Threads {
    known: Mutex<HashMap<u32, Weak<ThreadObject>>>,
}

impl Threads {
    fn note(&self, id: u32, object: &Arc<ThreadObject>) {
        let mut known = lock(&self.known);
        if known.len() == known.capacity() {
            known.retain(|_, object| object.strong_count() > 0);
            let spare = known.len().max(16);
            known.reserve(spare);
        }
        known.insert(id, Arc::downgrade(object));
    }

    /// What somebody opened of a thread that begins to use the library only now.
    fn claim(&self, id: u32) -> Option<Arc<ThreadObject>> {
        let object = lock(&self.known).get(&id)?.upgrade()?;
        // An object of an earlier thread of this number has ended, or belongs to one.
        object.id.get().is_none().then_some(object)
    }
}

/// The thread of this process with a number (OpenThread); `None`: there is none.
pub fn by_id(id: u32) -> Option<Arc<ThreadObject>> {
    if id == current_id() {
        return Some(current());
    }
    let threads = &runtime::get().threads;
    if let Some(known) = lock(&threads.known).get(&id) {
        return known.upgrade();
    }
    if !raw::exists(id) {
        return None;
    }
    let object = Arc::new(ThreadObject::new());
    threads.note(id, &object);
    Some(object)
}

thread_local! {
    /// 0 until the thread first uses the library. Plain data, so that it can be read at any time.
    static ID: Cell<u32> = const { Cell::new(0) };
    static EXIT_CODE: Cell<u32> = const { Cell::new(0) };
    static CALLED_EXIT: Cell<bool> = const { Cell::new(false) };
    /// Where [`exit`] goes back to; 0 in a thread that we did not start.
    static FRAME: Cell<Frame> = const { Cell::new(0) };
    static CURRENT: OnceCell<Ending> = const { OnceCell::new() };
}

/// What a thread that ends runs first.
static AT_END: OnceLock<fn()> = OnceLock::new();

/// Has every thread run a function at its end, before anybody can see that it has ended. There is one such function.
pub fn at_end(function: fn()) {
    AT_END.get_or_init(|| function);
}

/// The destructor of the thread's use of this library.
struct Ending(Arc<ThreadObject>);

impl Drop for Ending {
    fn drop(&mut self) {
        let id = ID.get();
        // The main thread's destructors also run when the process exits. Its operations then end
        // with the process, unseen, as on Windows; only an ExitThread is the end of a thread.
        if id == std::process::id() && !CALLED_EXIT.get() {
            return;
        }
        if let Some(function) = AT_END.get() {
            function();
        }
        // Nothing runs here any more.
        self.0.apcs.close();
        crate::operation::thread_exit(id);
        crate::file::thread_exit(id);
        crate::port::thread_exit();
        crate::mutex::thread_exit(id);
        self.0.exit_code.store(EXIT_CODE.get(), Ordering::Release);
        self.0.signal.set();
    }
}

/// The number of the current thread (the kernel's).
#[inline]
pub fn current_id() -> u32 {
    match ID.get() {
        0 => first_use(),
        id => id,
    }
}

/// Makes sure that the end of the current thread will be noticed.
#[inline]
pub fn touch() {
    current_id();
}

/// A child of fork runs under a number of its own.
pub fn renumber() {
    if ID.get() != 0 {
        ID.set(raw::current_id());
    }
}

#[cold]
fn first_use() -> u32 {
    current();
    ID.get()
}

/// The object of the current thread.
pub fn current() -> Arc<ThreadObject> {
    // Fails in a thread whose destructor ran already: it gets an object that nobody else sees.
    CURRENT
        .try_with(|ending| ending.get_or_init(|| attach(own_object())).0.clone())
        .unwrap_or_else(|_| attach(Arc::new(ThreadObject::new())).0.clone())
}

/// Looks at the object of the current thread.
pub fn with_current<R>(look: impl Fn(&ThreadObject) -> R) -> R {
    let looked = CURRENT.try_with(|ending| look(&ending.get_or_init(|| attach(own_object())).0));
    // As for `current`.
    looked.unwrap_or_else(|_| look(&ThreadObject::new()))
}

/// The object of a thread that uses the library for the first time.
fn own_object() -> Arc<ThreadObject> {
    let opened = runtime::get().threads.claim(raw::current_id());
    opened.unwrap_or_else(|| Arc::new(ThreadObject::new()))
}

/// Ties an object to the current thread.
fn attach(object: Arc<ThreadObject>) -> Ending {
    if ID.get() == 0 {
        ID.set(raw::current_id());
    }
    object.id.get_or_init(|| ID.get());
    runtime::get().threads.note(ID.get(), &object);
    Ending(object)
}

/// What a new thread is given.
struct Start {
    object: Arc<ThreadObject>,
    routine: StartRoutine,
    parameter: *mut c_void,
}

/// Starts the thread of an object. `stack_bytes` 0 takes the system's default.
///
/// # Errors
/// ERROR_NOT_ENOUGH_MEMORY: the system gives no further thread or stack.
///
/// # Safety
/// `routine` may be called with `parameter` on another thread.
pub unsafe fn spawn(
    object: &Arc<ThreadObject>,
    routine: StartRoutine,
    parameter: *mut c_void,
    stack_bytes: usize,
) -> Result<(), Win32Error> {
    let start = Box::into_raw(Box::new(Start { object: object.clone(), routine, parameter }));
    // SAFETY: `run` takes the box over, once, on the new thread.
    match unsafe { raw::spawn(run, start.cast(), stack_bytes) } {
        Ok(()) => Ok(()),
        Err(_) => {
            // SAFETY: no thread was started, so the box is still ours.
            drop(unsafe { Box::from_raw(start) });
            Err(Win32Error::ERROR_NOT_ENOUGH_MEMORY)
        }
    }
}

/// The first function of a started thread.
extern "C" fn run(start: *mut c_void) -> *mut c_void {
    // SAFETY: `start` is the box that `spawn` gave to this thread alone.
    let mut first = unsafe { begin(start) };
    let first = ptr::from_mut(&mut first).cast();
    // SAFETY: the caller of `spawn` vouched for the routine and its parameter. The frame's place
    // is this thread's own.
    let code = FRAME.with(|frame| unsafe { leap::call(frame.as_ptr(), enter, first) });
    FRAME.set(0);
    EXIT_CODE.set(code);
    ptr::null_mut()
}

/// What was queued before the thread began comes before its function.
unsafe extern "system" fn enter(first: *mut c_void) -> u32 {
    // SAFETY: what `run` has on its stack.
    let (routine, parameter) = unsafe { *first.cast::<(StartRoutine, *mut c_void)>() };
    with_current(ThreadObject::wait_until_resumed);
    apc::run();
    // SAFETY: the caller of `spawn` vouched for both.
    unsafe { routine(parameter) }
}

/// Takes over what `spawn` left and ties the object to this thread.
///
/// # Safety
/// `start` is a `Box<Start>` turned raw, given to this call alone.
unsafe fn begin(start: *mut c_void) -> (StartRoutine, *mut c_void) {
    // SAFETY: by this function's contract.
    let start = unsafe { Box::from_raw(start.cast::<Start>()) };
    let Start { object, routine, parameter } = *start;
    CURRENT.with(|ending| {
        ending.get_or_init(|| attach(object));
    });
    (routine, parameter)
}

/// Ends the current thread with an exit code, whoever made the thread.
///
/// # Linux
/// A thread that we started goes back to its first frame and returns from there; no destructor of
/// the frames between runs, as on Windows. Another thread ends by pthread_exit, which unwinds its
/// stack: frames of C are passed over, C++ destructors run, but `std::thread`'s first frames catch
/// the unwind and stop the process, so such a thread must return.
///
/// # Safety
/// No frame on this thread's stack relies on being returned to.
pub unsafe fn exit(code: u32) -> ! {
    touch();
    EXIT_CODE.set(code);
    CALLED_EXIT.set(true);
    crate::socket::give_up_blocking_calls();
    match FRAME.get() {
        // SAFETY: by this function's contract; these frames hold nothing that needs dropping.
        0 => unsafe { raw::exit() },
        // SAFETY: by this function's contract; the frame is set only while its call runs.
        frame => unsafe { leap::leap(frame, code) },
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
