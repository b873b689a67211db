//! Waitable timers.

use linsock_abi::{
    BOOL, CREATE_WAITABLE_TIMER_HIGH_RESOLUTION, CREATE_WAITABLE_TIMER_MANUAL_RESET, HANDLE, PCSTR,
    PCWSTR, PTIMERAPCROUTINE, REASON_CONTEXT, SECURITY_ATTRIBUTES, SYNCHRONIZATION_ACCESS_RIGHTS,
    Win32Error,
};
use linsock_engine::handle::Object;
use linsock_engine::timer::{Moment, WaitableTimer};
use std::ffi::c_void;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::name::{make_named, name_of, open_named};
use super::time::file_time;
use super::{handle_or_null, handles, truth};

/// Makes a timer, or opens the one of this name.
///
/// # Contract
/// E-011 one that is not manual-reset is consumed by one wait.
///
/// # Errors
/// NULL and ERROR_INVALID_HANDLE (6): the name is that of another kind of object;
/// ERROR_NOT_ENOUGH_MEMORY (8). A handle and ERROR_ALREADY_EXISTS (183) when the name is taken: the
/// timer is that one, unchanged.
///
/// # Linux
/// Names are known in this process only, and all kinds of objects share them.
/// The security attributes are ignored.
///
/// # Sources
/// learn.microsoft.com: winbase.h, CreateWaitableTimerA
#[api]
pub unsafe extern "system" fn CreateWaitableTimerA(
    _lptimerattributes: *const SECURITY_ATTRIBUTES,
    bmanualreset: BOOL,
    lptimername: PCSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lptimername) };
    create(bmanualreset != 0, name)
}

/// [`CreateWaitableTimerA`] with a name in UTF-16.
///
/// # Contract
/// As CreateWaitableTimerA.
///
/// # Errors
/// As CreateWaitableTimerA.
///
/// # Linux
/// As CreateWaitableTimerA.
///
/// # Sources
/// learn.microsoft.com: winbase.h, CreateWaitableTimerW
#[api]
pub unsafe extern "system" fn CreateWaitableTimerW(
    _lptimerattributes: *const SECURITY_ATTRIBUTES,
    bmanualreset: BOOL,
    lptimername: PCWSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lptimername) };
    create(bmanualreset != 0, name)
}

/// [`CreateWaitableTimerW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// As CreateWaitableTimerA.
///
/// # Errors
/// As CreateWaitableTimerA.
///
/// # Linux
/// The header binds CreateWaitableTimerW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: winbase.h, CreateWaitableTimerW
#[api]
pub unsafe extern "system" fn CreateWaitableTimerW_utf32(
    _lptimerattributes: *const SECURITY_ATTRIBUTES,
    bmanualreset: BOOL,
    lptimername: *const u32,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lptimername) };
    create(bmanualreset != 0, name)
}

/// Makes a timer with attributes, or opens the one of this name.
///
/// # Contract
/// As CreateWaitableTimerA.
///
/// # Errors
/// As CreateWaitableTimerA; ERROR_INVALID_PARAMETER (87): unknown flags.
///
/// # Linux
/// As CreateWaitableTimerA. Every timer has the resolution of a millisecond, so that
/// CREATE_WAITABLE_TIMER_HIGH_RESOLUTION changes nothing. The access asked for is ignored.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, CreateWaitableTimerExA
#[api]
pub unsafe extern "system" fn CreateWaitableTimerExA(
    _lptimerattributes: *const SECURITY_ATTRIBUTES,
    lptimername: PCSTR,
    dwflags: u32,
    _dwdesiredaccess: u32,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lptimername) };
    create_ex(dwflags, name)
}

/// [`CreateWaitableTimerExA`] with a name in UTF-16.
///
/// # Contract
/// As CreateWaitableTimerExA.
///
/// # Errors
/// As CreateWaitableTimerExA.
///
/// # Linux
/// As CreateWaitableTimerExA.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, CreateWaitableTimerExW
#[api]
pub unsafe extern "system" fn CreateWaitableTimerExW(
    _lptimerattributes: *const SECURITY_ATTRIBUTES,
    lptimername: PCWSTR,
    dwflags: u32,
    _dwdesiredaccess: u32,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lptimername) };
    create_ex(dwflags, name)
}

/// [`CreateWaitableTimerExW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// As CreateWaitableTimerExA.
///
/// # Errors
/// As CreateWaitableTimerExA.
///
/// # Linux
/// The header binds CreateWaitableTimerExW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, CreateWaitableTimerExW
#[api]
pub unsafe extern "system" fn CreateWaitableTimerExW_utf32(
    _lptimerattributes: *const SECURITY_ATTRIBUTES,
    lptimername: *const u32,
    dwflags: u32,
    _dwdesiredaccess: u32,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lptimername) };
    create_ex(dwflags, name)
}

fn create(manual: bool, name: Option<String>) -> HANDLE {
    let make = || Object::Timer(Arc::new(WaitableTimer::new(manual)));
    make_named(name, make, |object| matches!(object, Object::Timer(_)))
}

fn create_ex(flags: u32, name: Option<String>) -> HANDLE {
    const KNOWN: u32 = CREATE_WAITABLE_TIMER_MANUAL_RESET | CREATE_WAITABLE_TIMER_HIGH_RESOLUTION;
    if flags & !KNOWN != 0 {
        return handle_or_null(Err(Win32Error::ERROR_INVALID_PARAMETER));
    }
    create(flags & CREATE_WAITABLE_TIMER_MANUAL_RESET != 0, name)
}

/// Opens the timer of a name.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL and ERROR_FILE_NOT_FOUND (2): no object has the name; ERROR_INVALID_HANDLE (6): one of
/// another kind has it; ERROR_INVALID_PARAMETER (87): no name; ERROR_NOT_ENOUGH_MEMORY (8).
///
/// # Linux
/// Names are known in this process only, and all kinds of objects share them.
/// The access asked for is ignored.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, OpenWaitableTimerA
#[api]
pub unsafe extern "system" fn OpenWaitableTimerA(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lptimername: PCSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lptimername) };
    handle_or_null(open_named(name, |object| matches!(object, Object::Timer(_))))
}

/// [`OpenWaitableTimerA`] with a name in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As OpenWaitableTimerA.
///
/// # Linux
/// As OpenWaitableTimerA.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, OpenWaitableTimerW
#[api]
pub unsafe extern "system" fn OpenWaitableTimerW(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lptimername: PCWSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lptimername) };
    handle_or_null(open_named(name, |object| matches!(object, Object::Timer(_))))
}

/// [`OpenWaitableTimerW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As OpenWaitableTimerA.
///
/// # Linux
/// The header binds OpenWaitableTimerW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, OpenWaitableTimerW
#[api]
pub unsafe extern "system" fn OpenWaitableTimerW_utf32(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lptimername: *const u32,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lptimername) };
    handle_or_null(open_named(name, |object| matches!(object, Object::Timer(_))))
}

/// Sets a timer: it is not signalled until its time comes, and again after each period.
///
/// # Contract
/// the routine runs in an alertable wait of the thread that set the timer.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): a negative period; ERROR_NOACCESS (998): no due time;
/// ERROR_INVALID_HANDLE (6). TRUE and ERROR_NOT_SUPPORTED (50): fResume, which cannot be had.
///
/// # Linux
/// Relative times (negative, in 100 ns) count on the monotonic clock, which stands still while the
/// system sleeps. Absolute ones are turned into relative ones here: setting the clock afterwards does
/// not move them. The engine thread fires timers, a millisecond late at most while it has time, never
/// early. A routine that has not run yet when the period is over again is not queued twice; the
/// time that it is told counts on from that at which the timer was set.
///
/// # Safety
/// The routine may be called with its argument until the timer is set anew, cancelled or gone.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, SetWaitableTimer
#[api]
pub unsafe extern "system" fn SetWaitableTimer(
    htimer: HANDLE,
    lpduetime: *const i64,
    lperiod: i32,
    pfncompletionroutine: PTIMERAPCROUTINE,
    lpargtocompletionroutine: *const c_void,
    fresume: BOOL,
) -> BOOL {
    // SAFETY: passed on.
    unsafe {
        set_and_tell(
            htimer,
            lpduetime,
            lperiod,
            pfncompletionroutine,
            lpargtocompletionroutine,
            fresume,
        )
    }
}

/// Sets a timer, and tells by the last error whether it can wake the machine.
///
/// # Safety
/// By the crate's vocabulary.
unsafe fn set_and_tell(
    htimer: HANDLE,
    lpduetime: *const i64,
    lperiod: i32,
    pfncompletionroutine: PTIMERAPCROUTINE,
    lpargtocompletionroutine: *const c_void,
    fresume: BOOL,
) -> BOOL {
    // SAFETY: the caller's pointers, by the crate's vocabulary.
    let set =
        unsafe { set(htimer, lpduetime, lperiod, pfncompletionroutine, lpargtocompletionroutine) };
    if set.is_ok() {
        // A program tells whether it can be woken by the last error, so the plain success clears it.
        let cannot_wake = fresume != 0;
        let error = if cannot_wake { Win32Error::ERROR_NOT_SUPPORTED.0 } else { 0 };
        crate::last_error::set(error);
    }
    truth(set)
}

/// Sets a timer that may be late.
///
/// # Contract
/// As SetWaitableTimer.
///
/// # Errors
/// As SetWaitableTimer.
///
/// # Linux
/// As SetWaitableTimer. The reason to wake and the tolerable delay are ignored.
///
/// # Safety
/// As SetWaitableTimer.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, SetWaitableTimerEx
#[api]
pub unsafe extern "system" fn SetWaitableTimerEx(
    htimer: HANDLE,
    lpduetime: *const i64,
    lperiod: i32,
    pfncompletionroutine: PTIMERAPCROUTINE,
    lpargtocompletionroutine: *const c_void,
    wakecontext: *const REASON_CONTEXT,
    _tolerabledelay: u32,
) -> BOOL {
    let (routine, argument) = (pfncompletionroutine, lpargtocompletionroutine);
    let resume = i32::from(!wakecontext.is_null());
    // SAFETY: passes on what it was given.
    unsafe { set_and_tell(htimer, lpduetime, lperiod, routine, argument, resume) }
}

/// # Safety
/// `due` is NULL or points to a number.
unsafe fn set(
    timer: HANDLE,
    due: *const i64,
    period_ms: i32,
    routine: PTIMERAPCROUTINE,
    argument: *const c_void,
) -> Result<(), Win32Error> {
    let timer = handles().timer(timer.addr())?;
    let period_ms = u64::try_from(period_ms).map_err(|_| Win32Error::ERROR_INVALID_PARAMETER)?;
    if due.is_null() {
        return Err(Win32Error::ERROR_NOACCESS);
    }
    // SAFETY: not NULL, so by this function's contract a number.
    let due = unsafe { due.read_unaligned() };
    let routine = routine.map(|routine| (routine, argument.expose_provenance()));
    let now = Moment { file_time: file_time(), instant: Instant::now() };
    timer.set(now, due, Duration::from_millis(period_ms), routine)
}

/// Stops a timer; whether it is signalled stays as it is.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6).
///
/// # Linux
/// A routine that was queued and did not run yet is withdrawn.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, CancelWaitableTimer
#[api]
pub unsafe extern "system" fn CancelWaitableTimer(htimer: HANDLE) -> BOOL {
    truth(handles().timer(htimer.addr()).map(|timer| timer.cancel()))
}
