//! Waiting for events, mutexes, semaphores, timers, threads and sockets, and for time.

use linsock_abi::{
    BOOL, HANDLE, WAIT_ABANDONED_0, WAIT_EVENT, WAIT_FAILED, WAIT_IO_COMPLETION, Win32Error,
};
use linsock_engine::handle::Object;
use linsock_engine::thread;
use linsock_engine::wait::{self, TARGETS_MAX, Target, WaitResult};

use super::{CURRENT_THREAD, handles, started};

/// What a wait on this handle waits for.
pub(super) fn target(handle: HANDLE) -> Result<Target, Win32Error> {
    match handle.addr() {
        CURRENT_THREAD => Ok(Target::Thread(thread::current())),
        // A socket's own signal among them, or a file's (F-001).
        handle => handles().target(handle),
    }
}

/// What a wait on these handles waits for.
///
/// # Safety
/// `handles` is NULL or points to `count` handles.
unsafe fn targets(handles: *const HANDLE, count: u32) -> Result<Vec<Target>, Win32Error> {
    let count = count as usize;
    if count == 0 || count > TARGETS_MAX {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    if handles.is_null() {
        return Err(Win32Error::ERROR_NOACCESS);
    }
    // SAFETY: not NULL, and the caller vouches for the handles behind it.
    let handles = unsafe { std::slice::from_raw_parts(handles, count) };
    handles.iter().map(|&handle| target(handle)).collect()
}

/// The number of a wait's result; a failure also sets the last error.
fn wait_result(result: Result<WaitResult, Win32Error>) -> WAIT_EVENT {
    match result {
        Ok(WaitResult::Signalled(index)) => index as u32,
        Ok(WaitResult::Abandoned(index)) => WAIT_ABANDONED_0 + index as u32,
        Ok(WaitResult::TimedOut) => Win32Error::WAIT_TIMEOUT.0,
        Ok(WaitResult::Alerted) => WAIT_IO_COMPLETION,
        Err(error) => {
            crate::last_error::set(error.0);
            WAIT_FAILED
        }
    }
}

/// Waits for one object.
///
/// # Contract
/// E-003 events of both families; E-007 time-outs; E-011 auto-reset events are consumed.
/// WAIT_ABANDONED (128): a mutex whose owner ended without releasing it, the caller's now.
///
/// # Errors
/// WAIT_FAILED and ERROR_INVALID_HANDLE (6).
///
/// # Linux
/// No system call when the object is set already. Time-outs count on the monotonic clock.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, WaitForSingleObject
#[api]
pub unsafe extern "system" fn WaitForSingleObject(
    hhandle: HANDLE,
    dwmilliseconds: u32,
) -> WAIT_EVENT {
    wait_for_one(hhandle, dwmilliseconds, 0)
}

/// Waits for one object, alertably if asked.
///
/// # Contract
/// As WaitForSingleObject; WAIT_IO_COMPLETION (192) after APCs ran.
///
/// # Errors
/// As WaitForSingleObject.
///
/// # Linux
/// As WaitForSingleObject.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, WaitForSingleObjectEx
#[api]
pub unsafe extern "system" fn WaitForSingleObjectEx(
    hhandle: HANDLE,
    dwmilliseconds: u32,
    balertable: BOOL,
) -> WAIT_EVENT {
    wait_for_one(hhandle, dwmilliseconds, balertable)
}

/// Waits for one handle.
fn wait_for_one(hhandle: HANDLE, dwmilliseconds: u32, balertable: BOOL) -> WAIT_EVENT {
    let wait = |target| wait::wait(&[target], false, dwmilliseconds, balertable != 0);
    wait_result(target(hhandle).and_then(wait))
}

/// Sets an event, or gives back a mutex or a semaphore, then waits for an object, alertably if
/// asked.
///
/// # Contract
/// As WaitForSingleObjectEx.
///
/// # Errors
/// WAIT_FAILED and ERROR_INVALID_HANDLE (6): the first is none of the three, or the second cannot
/// be waited for; ERROR_NOT_OWNER (288), ERROR_TOO_MANY_POSTS (298).
///
/// # Linux
/// Two steps, as on Windows: others may run between them.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, SignalObjectAndWait
#[api]
pub unsafe extern "system" fn SignalObjectAndWait(
    hobjecttosignal: HANDLE,
    hobjecttowaiton: HANDLE,
    dwmilliseconds: u32,
    balertable: BOOL,
) -> WAIT_EVENT {
    let both = handles()
        .get(hobjecttosignal.addr())
        .and_then(|object| target(hobjecttowaiton).map(|target| (object, target)));
    wait_result(both.and_then(|(object, target)| {
        signal(object)?;
        wait::wait(&[target], false, dwmilliseconds, balertable != 0)
    }))
}

fn signal(object: Object) -> Result<(), Win32Error> {
    match object {
        Object::Event(event) => {
            event.set();
            Ok(())
        }
        Object::Mutex(mutex) => mutex.release(),
        Object::Semaphore(semaphore) => semaphore.release(1).map(drop),
        _ => Err(Win32Error::ERROR_INVALID_HANDLE),
    }
}

/// Waits for one or all of several objects.
///
/// # Contract
/// E-003 events of both families; E-005 the lowest index; E-006 all at once or none; E-007;
/// E-011.
///
/// # Errors
/// WAIT_FAILED and ERROR_INVALID_PARAMETER (87): none or more than 64 handles, or one twice in a
/// wait for all; ERROR_INVALID_HANDLE (6); ERROR_NOACCESS (998): no array.
///
/// # Linux
/// As WaitForSingleObject.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, WaitForMultipleObjects
#[api]
pub unsafe extern "system" fn WaitForMultipleObjects(
    ncount: u32,
    lphandles: *const HANDLE,
    bwaitall: BOOL,
    dwmilliseconds: u32,
) -> WAIT_EVENT {
    // SAFETY: passes on what it was given.
    unsafe { wait_for_many(ncount, lphandles, bwaitall, dwmilliseconds, 0) }
}

/// Waits for one or all of several objects, alertably if asked.
///
/// # Contract
/// As WaitForMultipleObjects; WAIT_IO_COMPLETION (192) after APCs ran.
///
/// # Errors
/// As WaitForMultipleObjects.
///
/// # Linux
/// As WaitForSingleObject.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, WaitForMultipleObjectsEx
#[api]
pub unsafe extern "system" fn WaitForMultipleObjectsEx(
    ncount: u32,
    lphandles: *const HANDLE,
    bwaitall: BOOL,
    dwmilliseconds: u32,
    balertable: BOOL,
) -> WAIT_EVENT {
    // SAFETY: passed on.
    unsafe { wait_for_many(ncount, lphandles, bwaitall, dwmilliseconds, balertable) }
}

/// Waits for handles in an array.
///
/// # Safety
/// By the crate's vocabulary.
unsafe fn wait_for_many(
    ncount: u32,
    lphandles: *const HANDLE,
    bwaitall: BOOL,
    dwmilliseconds: u32,
    balertable: BOOL,
) -> WAIT_EVENT {
    // SAFETY: the caller's array, by the crate's vocabulary.
    let targets = unsafe { targets(lphandles, ncount) };
    wait_result(
        targets.and_then(|targets| {
            wait::wait(&targets, bwaitall != 0, dwmilliseconds, balertable != 0)
        }),
    )
}

/// Waits for one or all of several events.
///
/// # Contract
/// E-004 1 to 64 handles; E-005; E-006; E-007; E-009 invalid handles; E-010 no duplicates in a
/// wait for all; E-011; WSA_WAIT_IO_COMPLETION (192) after APCs ran; W-001.
///
/// # Errors
/// WSA_WAIT_FAILED and WSANOTINITIALISED, WSA_INVALID_PARAMETER (87), WSA_INVALID_HANDLE (6).
///
/// # Linux
/// As WaitForSingleObject.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAWaitForMultipleEvents
#[api]
pub unsafe extern "system" fn WSAWaitForMultipleEvents(
    cevents: u32,
    lphevents: *const HANDLE,
    fwaitall: BOOL,
    dwtimeout: u32,
    falertable: BOOL,
) -> WAIT_EVENT {
    if let Err(error) = started() {
        return wait_result(Err(error));
    }
    // SAFETY: passes on what it was given.
    unsafe { wait_for_many(cevents, lphevents, fwaitall, dwtimeout, falertable) }
}

/// Sleeps for some milliseconds; 0 gives up the time slice, INFINITE never returns.
///
/// # Contract
/// P-018 completion ports count a sleeping thread as blocked.
///
/// # Errors
/// None.
///
/// # Linux
/// Never shorter than asked; not rounded to a clock tick.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, Sleep
#[api]
pub unsafe extern "system" fn Sleep(dwmilliseconds: u32) {
    wait::sleep(dwmilliseconds, false);
}

/// Sleeps for some milliseconds, alertably if asked; 0 unless completion routines ran.
///
/// # Contract
/// R-012 WAIT_IO_COMPLETION (192) after APCs ran; P-018 completion ports count a sleeping thread
/// as blocked.
///
/// # Errors
/// None.
///
/// # Linux
/// As Sleep.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, SleepEx
#[api]
pub unsafe extern "system" fn SleepEx(dwmilliseconds: u32, balertable: BOOL) -> u32 {
    match wait::sleep(dwmilliseconds, balertable != 0) {
        WaitResult::Alerted => WAIT_IO_COMPLETION,
        WaitResult::Signalled(_) | WaitResult::Abandoned(_) | WaitResult::TimedOut => 0,
    }
}
