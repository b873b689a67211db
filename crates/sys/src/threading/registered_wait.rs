//! Functions that run when an object is set.

use linsock_abi::{
    BOOL, HANDLE, WAITORTIMERCALLBACK, WORKER_THREAD_FLAGS, WT_EXECUTEINIOTHREAD,
    WT_EXECUTEINPERSISTENTTHREAD, WT_EXECUTEINTIMERTHREAD, WT_EXECUTEINWAITTHREAD,
    WT_EXECUTELONGFUNCTION, WT_EXECUTEONLYONCE, WT_TRANSFER_IMPERSONATION, Win32Error,
};
use linsock_backend::memory::is_writable;
use linsock_engine::handle::Object;
use linsock_engine::registered_wait::{Completion, RegisteredWait, Terms};
use std::ffi::c_void;
use std::ptr;

use super::wait::target;
use super::{CURRENT_PROCESS, handles, truth};

/// Where the function runs is ours to choose; the upper half is the size of a pool of threads.
const KNOWN: WORKER_THREAD_FLAGS = WT_EXECUTEINIOTHREAD
    | WT_EXECUTEINWAITTHREAD
    | WT_EXECUTEONLYONCE
    | WT_EXECUTELONGFUNCTION
    | WT_EXECUTEINTIMERTHREAD
    | WT_EXECUTEINPERSISTENTTHREAD
    | WT_TRANSFER_IMPERSONATION
    | 0xFFFF_0000;

/// Has a function called whenever an object is set, or when it was not for a time.
///
/// # Contract
/// E-011 an auto-reset event is consumed for each call.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): no function, or unknown flags; ERROR_INVALID_HANDLE (6);
/// ERROR_NOACCESS (998): nowhere to store the handle; ERROR_NOT_ENOUGH_MEMORY (8).
///
/// # Linux
/// Every registration has a thread of its own, on which the function runs, whatever the flags say
/// of threads: its calls never overlap, a mutex that the wait took is the function's to release, and
/// an object that stays set is waited for again when the function has returned. The handle is good
/// for UnregisterWait and UnregisterWaitEx alone.
///
/// # Safety
/// The function may be called with its context, on another thread, until the wait is unregistered.
/// The function may be called before the handle is stored.
///
/// # Sources
/// learn.microsoft.com: winbase.h, RegisterWaitForSingleObject
#[api]
pub unsafe extern "system" fn RegisterWaitForSingleObject(
    phnewwaitobject: *mut HANDLE,
    hobject: HANDLE,
    callback: WAITORTIMERCALLBACK,
    context: *const c_void,
    dwmilliseconds: u32,
    dwflags: WORKER_THREAD_FLAGS,
) -> BOOL {
    let register = || {
        let function = callback.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?;
        if dwflags & !KNOWN != 0 {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        if !is_writable(phnewwaitobject.addr(), size_of::<HANDLE>()) {
            return Err(Win32Error::ERROR_NOACCESS);
        }
        let object = target(hobject)?;
        let once = dwflags & WT_EXECUTEONLYONCE != 0;
        let terms = Terms { timeout_ms: dwmilliseconds, once };
        // SAFETY: by this function's own contract.
        let wait = unsafe { RegisteredWait::begin(object, function, context.cast_mut(), terms)? };
        let handle = handles().insert(Object::Wait(wait.clone()));
        let handle = handle.inspect_err(|_| _ = wait.stop(Completion::Ignored))?;
        // SAFETY: just written by the kernel.
        unsafe { phnewwaitobject.write(ptr::without_provenance_mut(handle)) };
        Ok(())
    };
    truth(register())
}

/// Ends a registration; no call begins any more.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_IO_PENDING (997): a call is under way, and the registration ends with it;
/// ERROR_INVALID_HANDLE (6).
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: winbase.h, UnregisterWait
#[api]
pub unsafe extern "system" fn UnregisterWait(waithandle: HANDLE) -> BOOL {
    truth(unregister(waithandle, Completion::Ignored))
}

/// Ends a registration, and tells when its last call has ended.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_IO_PENDING (997): a call is under way, and was not waited for;
/// ERROR_INVALID_HANDLE (6): no registration, or the event is none.
///
/// # Linux
/// With INVALID_HANDLE_VALUE it waits for the end of the thread that calls the function; within the
/// function itself, where that would be for ever, it answers as UnregisterWait does.
///
/// # Sources
/// learn.microsoft.com: threadpoollegacyapiset.h, UnregisterWaitEx
#[api]
pub unsafe extern "system" fn UnregisterWaitEx(
    waithandle: HANDLE,
    completionevent: HANDLE,
) -> BOOL {
    // INVALID_HANDLE_VALUE and the pseudo handle of the process are one number.
    let completion = match completionevent.addr() {
        0 => Ok(Completion::Ignored),
        CURRENT_PROCESS => Ok(Completion::Awaited),
        event => handles().event(event).map(Completion::Event),
    };
    truth(completion.and_then(|completion| unregister(waithandle, completion)))
}

fn unregister(handle: HANDLE, completion: Completion) -> Result<(), Win32Error> {
    handles().remove_wait(handle.addr())?.stop(completion)
}
