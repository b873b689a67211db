//! Threads as the C library makes them.

use linsock_abi::Errno;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;

/// The first function of a thread.
pub type First = extern "C" fn(*mut c_void) -> *mut c_void;

/// Starts a detached thread. `stack_bytes` 0 takes the system's default; less than a thread needs
/// is made enough. On failure gives the errno.
///
/// # Safety
/// `first` may be called with `argument` on another thread.
pub unsafe fn spawn(first: First, argument: *mut c_void, stack_bytes: usize) -> Result<(), i32> {
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    // SAFETY: initialises the memory it is given.
    check(unsafe { libc::pthread_attr_init(attributes.as_mut_ptr()) })?;
    let attributes = attributes.as_mut_ptr();
    // SAFETY: the attributes were initialised above; `first` and `argument` are the caller's word.
    let started = unsafe { spawn_with(attributes, first, argument, stack_bytes) };
    // SAFETY: initialised above and not used afterwards.
    unsafe { libc::pthread_attr_destroy(attributes) };
    started
}

/// # Safety
/// Initialised attributes; `first` may be called with `argument` on another thread.
unsafe fn spawn_with(
    attributes: *mut libc::pthread_attr_t,
    first: First,
    argument: *mut c_void,
    stack_bytes: usize,
) -> Result<(), i32> {
    // SAFETY: the attributes are initialised.
    check(unsafe { libc::pthread_attr_setdetachstate(attributes, libc::PTHREAD_CREATE_DETACHED) })?;
    if stack_bytes != 0 {
        // SAFETY: a constant of the system.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) }.max(4096) as usize;
        let bytes = stack_bytes.max(libc::PTHREAD_STACK_MIN);
        let bytes = bytes.checked_next_multiple_of(page).ok_or(libc::ENOMEM)?;
        // SAFETY: the attributes are initialised.
        check(unsafe { libc::pthread_attr_setstacksize(attributes, bytes) })?;
    }
    let mut thread = MaybeUninit::uninit();
    // SAFETY: initialised attributes, room for the answer, and the caller's word for the rest.
    check(unsafe { libc::pthread_create(thread.as_mut_ptr(), attributes, first, argument) })
}

fn check(errno: i32) -> Result<(), i32> {
    if errno == 0 { Ok(()) } else { Err(errno) }
}

/// The stack a thread gets by default, in bytes.
pub fn default_stack_bytes() -> usize {
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut bytes = 0;
    // SAFETY: each call gets memory that is initialised as it needs it, in this order.
    unsafe {
        if libc::pthread_attr_init(attributes.as_mut_ptr()) != 0 {
            return 0;
        }
        libc::pthread_attr_getstacksize(attributes.as_ptr(), &mut bytes);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
    }
    bytes
}

/// The kernel's number of the current thread.
pub fn current_id() -> u32 {
    // SAFETY: has no preconditions.
    unsafe { libc::gettid() }.unsigned_abs()
}

/// Ends the current thread by unwinding its stack, then running its thread-local destructors.
///
/// The unwind passes over frames of C, and over ours: nothing in them wants to be told, because
/// `libc` declares pthread_exit as a function that does not unwind. Declared as one that does, it
/// would have the compiler stop the process here (panics abort).
///
/// # Safety
/// No frame on the stack relies on being returned to.
pub unsafe fn exit() -> ! {
    // SAFETY: by this function's contract.
    unsafe { libc::pthread_exit(ptr::null_mut()) }
}

/// Whether a thread of this process sleeps in the kernel.
pub fn sleeps(thread: u32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/self/task/{thread}/stat")) else {
        return false;
    };
    // The state is the first letter behind the name, which is in parentheses.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['S', 'D']))
}

/// Has `handler` run in each child of fork.
pub fn at_fork_in_child(handler: extern "C" fn()) {
    // SAFETY: a plain function that stays for as long as the program.
    unsafe {
        libc::pthread_atfork(
            None,
            None,
            Some(std::mem::transmute::<extern "C" fn(), unsafe extern "C" fn()>(handler)),
        )
    };
}

/// Has `handler` run when the process exits.
pub fn at_exit(handler: extern "C" fn()) {
    // SAFETY: a plain function; should the library be unloaded, it runs before that.
    unsafe { libc::atexit(handler) };
}

/// Starts an engine thread that takes none of the program's signals.
///
/// # Errors
/// EAGAIN: no more threads.
pub fn spawn_engine(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Errno> {
    fault!(Clone);
    let started = std::thread::Builder::new().name(name.into()).spawn(move || {
        // SAFETY: a zeroed set is filled before use; only this thread's mask changes.
        unsafe {
            let mut all: libc::sigset_t = std::mem::zeroed();
            libc::sigfillset(&raw mut all);
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, std::ptr::null_mut());
        }
        work();
    });
    started.map(drop).map_err(|error| Errno(error.raw_os_error().unwrap_or(libc::EAGAIN)))
}

/// Whether this process has such a thread.
pub fn exists(thread: u32) -> bool {
    // SAFETY: signal 0 only asks.
    let asked = unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, 0) };
    // EINVAL: a number that no thread can have.
    asked == 0 || !matches!(crate::net::last_errno().0, libc::ESRCH | libc::EINVAL)
}

/// Whether there is such a process.
pub fn process_exists(process: u32) -> bool {
    let Ok(process @ 1..) = libc::pid_t::try_from(process) else { return false };
    // SAFETY: signal 0 only asks.
    let asked = unsafe { libc::kill(process, 0) };
    asked == 0 || crate::net::last_errno().0 == libc::EPERM
}
