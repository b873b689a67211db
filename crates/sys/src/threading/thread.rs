//! Threads.

use std::ffi::c_void;
use std::sync::Arc;

use linsock_abi::{
    BOOL, CREATE_SUSPENDED, HANDLE, LPTHREAD_START_ROUTINE, PAPCFUNC, SECURITY_ATTRIBUTES,
    THREAD_ACCESS_RIGHTS, Win32Error,
};
use linsock_engine::apc::Apc;
use linsock_engine::handle::Object;
use linsock_engine::thread::{self, ThreadObject};

use crate::last_error;

use super::{CURRENT_THREAD, handle_or_null, handles, thread_of, truth};

/// The stack size is what to reserve, not what to commit at first.
const STACK_SIZE_PARAM_IS_A_RESERVATION: u32 = 0x1_0000;

/// In such steps Windows gives address space.
const ALLOCATION_GRANULARITY: usize = 0x1_0000;

/// What is taken of a thread's stack that Windows takes elsewhere: the C library's thread-local
/// variables, and the frames of this library, which are the kernel's there.
const OWN_STACK_BYTES: usize = 0x2_0000;

/// Starts a thread.
///
/// # Contract
/// C-053, X-016 what the thread started is cancelled when it exits. The handle is signalled then.
///
/// # Errors
/// NULL and ERROR_INVALID_PARAMETER (87): no function, or an unknown flag; ERROR_NOT_ENOUGH_MEMORY
/// (8): no further thread or handle.
///
/// # Linux
/// A thread of the C library; its id is the kernel's. With CREATE_SUSPENDED it waits before its
/// function until ResumeThread. As on Windows a stack size without
/// STACK_SIZE_PARAM_IS_A_RESERVATION does not make the reserved stack smaller than the default, and
/// one with it is rounded up to 64 KiB; what the C library and this library need is added. The
/// security attributes are ignored.
///
/// # Safety
/// The function may be called with the parameter on another thread.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, CreateThread
#[api]
pub unsafe extern "system" fn CreateThread(
    _lpthreadattributes: *const SECURITY_ATTRIBUTES,
    dwstacksize: usize,
    lpstartaddress: LPTHREAD_START_ROUTINE,
    lpparameter: *const c_void,
    dwcreationflags: u32,
    lpthreadid: *mut u32,
) -> HANDLE {
    let Some(routine) = lpstartaddress else {
        return handle_or_null(Err(Win32Error::ERROR_INVALID_PARAMETER));
    };
    if let Err(error) = check_flags(dwcreationflags) {
        return handle_or_null(Err(error));
    }
    let stack_bytes = stack_bytes(dwstacksize, dwcreationflags);
    let thread = Arc::new(ThreadObject::new());
    if dwcreationflags & CREATE_SUSPENDED != 0 {
        thread.suspend_at_start();
    }
    // The handle comes first: failing to get one must not leave a thread running.
    let opened = handles().insert(Object::Thread(thread.clone()));
    handle_or_null(opened.and_then(|handle| {
        // SAFETY: by this function's own contract.
        let started =
            unsafe { thread::spawn(&thread, routine, lpparameter.cast_mut(), stack_bytes) };
        if let Err(error) = started {
            handles().remove(handle)?;
            return Err(error);
        }
        if !lpthreadid.is_null() {
            // SAFETY: not NULL, so by the crate's vocabulary room for the number.
            unsafe { *lpthreadid = thread.id() };
        }
        Ok(handle)
    }))
}

fn check_flags(flags: u32) -> Result<(), Win32Error> {
    if flags & !(CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION) != 0 {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    Ok(())
}

/// The stack to reserve; 0 for the default.
fn stack_bytes(asked: usize, flags: u32) -> usize {
    let reservation = flags & STACK_SIZE_PARAM_IS_A_RESERVATION != 0;
    if asked == 0 || (!reservation && asked <= linsock_backend::thread::default_stack_bytes()) {
        return 0;
    }
    let rounded = asked.checked_next_multiple_of(ALLOCATION_GRANULARITY);
    rounded.and_then(|bytes| bytes.checked_add(OWN_STACK_BYTES)).unwrap_or(usize::MAX)
}

/// Takes back one suspension of a thread; without any left it runs. Returns how many there were.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0xFFFFFFFF and ERROR_INVALID_HANDLE (6): not a thread.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, ResumeThread
#[api]
pub unsafe extern "system" fn ResumeThread(hthread: HANDLE) -> u32 {
    count(thread_of(hthread).map(|thread| thread.resume()))
}

/// Suspends a thread once more that has not begun. Returns how many suspensions there were.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0xFFFFFFFF and ERROR_INVALID_HANDLE (6): not a thread; ERROR_NOT_SUPPORTED (50): it runs;
/// ERROR_SIGNAL_REFUSED (156): suspended 127 times.
///
/// # Linux
/// A thread that runs cannot be stopped from outside.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, SuspendThread
#[api]
pub unsafe extern "system" fn SuspendThread(hthread: HANDLE) -> u32 {
    count(thread_of(hthread).and_then(|thread| thread.suspend()))
}

fn count(suspensions: Result<u32, Win32Error>) -> u32 {
    suspensions.unwrap_or_else(|error| {
        last_error::set(error.0);
        u32::MAX
    })
}

/// Ends the calling thread, whoever started it.
///
/// # Contract
/// C-053, X-016 what the thread started is cancelled.
///
/// # Errors
/// Does not return.
///
/// # Linux
/// A thread of CreateThread leaves its frames without running destructors, as on Windows. A
/// thread that the program made otherwise ends by pthread_exit: C++ destructors run. A thread of
/// Rust's `std::thread` must return instead: its first frames stop the process.
///
/// # Safety
/// No frame of the calling thread relies on being returned to.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, ExitThread
#[api]
pub unsafe extern "system" fn ExitThread(dwexitcode: u32) -> ! {
    // SAFETY: by this function's own contract; this frame holds nothing that needs dropping.
    unsafe { thread::exit(dwexitcode) }
}

/// The exit code of a thread, or STILL_ACTIVE (259) while it runs.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): not a thread; ERROR_NOACCESS (998): nowhere to store it.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, GetExitCodeThread
#[api]
pub unsafe extern "system" fn GetExitCodeThread(hthread: HANDLE, lpexitcode: *mut u32) -> BOOL {
    let thread = thread_of(hthread);
    truth(thread.and_then(|thread| {
        if lpexitcode.is_null() {
            return Err(Win32Error::ERROR_NOACCESS);
        }
        // SAFETY: not NULL, so by the crate's vocabulary room for the number.
        unsafe { *lpexitcode = thread.exit_code() };
        Ok(())
    }))
}

/// Asks a thread to call a function in its next alertable wait.
///
/// # Contract
/// R-011 in the order of queueing, on that thread; R-014 dropped when the thread ends.
///
/// # Errors
/// 0 and ERROR_INVALID_HANDLE (6): not a thread; ERROR_GEN_FAILURE (31): it has ended;
/// ERROR_INVALID_PARAMETER (87): no function.
///
/// # Linux
/// What is queued before a new thread begins runs before its function, as on Windows.
///
/// # Safety
/// The function may be called with the parameter on that thread.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, QueueUserAPC
#[api]
pub unsafe extern "system" fn QueueUserAPC(
    pfnapc: PAPCFUNC,
    hthread: HANDLE,
    dwdata: usize,
) -> u32 {
    let thread = thread_of(hthread);
    let queued = thread.and_then(|thread| {
        let function = pfnapc.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?;
        let queued = thread.apcs().push(Apc::User { function, parameter: dwdata });
        queued.then_some(()).ok_or(Win32Error::ERROR_GEN_FAILURE)
    });
    truth(queued) as u32
}

/// Opens a handle of a thread of this process.
///
/// # Contract
/// X-013 the handle is good for CancelSynchronousIo.
///
/// # Errors
/// NULL and ERROR_INVALID_PARAMETER (87): no such thread; ERROR_NOT_ENOUGH_MEMORY (8).
///
/// # Linux
/// Threads of this process only. The handle has every access, whatever was asked for, and is not
/// inherited. Of a thread that never uses this library the end is not noticed.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, OpenThread
#[api]
pub unsafe extern "system" fn OpenThread(
    _dwdesiredaccess: THREAD_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    dwthreadid: u32,
) -> HANDLE {
    let thread = thread::by_id(dwthreadid).ok_or(Win32Error::ERROR_INVALID_PARAMETER);
    handle_or_null(thread.and_then(|thread| handles().insert(Object::Thread(thread))))
}

/// The number of the calling thread.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// The kernel's number, as in /proc/self/task.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, GetCurrentThreadId
#[api]
pub unsafe extern "system" fn GetCurrentThreadId() -> u32 {
    thread::current_id()
}

/// A pseudo handle that always means the calling thread.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// (HANDLE)-2, as on Windows.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, GetCurrentThread
#[api]
pub unsafe extern "system" fn GetCurrentThread() -> HANDLE {
    std::ptr::without_provenance_mut(CURRENT_THREAD)
}
