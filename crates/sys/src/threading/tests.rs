//! The exported functions, called as C calls them.

use std::ptr;

use linsock_abi::{HANDLE, WAIT_FAILED};

use super::*;

const INVALID_HANDLE: u32 = 6;
const INVALID_PARAMETER: u32 = 87;
const TIMEOUT: u32 = 258;

fn last_error() -> u32 {
    crate::last_error::get()
}

fn handle(number: usize) -> HANDLE {
    ptr::without_provenance_mut(number)
}

/// Winsock's own functions need it (W-001).
fn start() {
    static STARTED: std::sync::Once = std::sync::Once::new();
    STARTED.call_once(|| linsock_engine::startup::begin().expect("a backend serves"));
}

fn event(manual: bool, initial: bool) -> HANDLE {
    // SAFETY: no attributes and no name.
    let event = unsafe { CreateEventA(ptr::null(), manual.into(), initial.into(), ptr::null()) };
    assert!(!event.is_null());
    event
}

fn wait_many(handles: &[HANDLE], all: bool, timeout_ms: u32) -> u32 {
    let count = handles.len() as u32;
    // SAFETY: the array is as long as said.
    unsafe { WSAWaitForMultipleEvents(count, handles.as_ptr(), all.into(), timeout_ms, 0) }
}

/// Clears the last error, calls, and gives the result with the error.
fn with_error<T>(call: impl FnOnce() -> T) -> (T, u32) {
    crate::last_error::set(0);
    let result = call();
    (result, last_error())
}

#[test]
fn e_002_bad_handles_are_invalid() {
    start();
    let closed = event(true, false);
    // SAFETY: any number may be given as a handle.
    unsafe {
        assert_eq!(CloseHandle(closed), 1);
        for bad in [closed, handle(0), handle(0x4000_0000 - 4), handle(usize::MAX - 0xff)] {
            let number = bad.addr().cast_signed();
            assert_eq!(with_error(|| SetEvent(bad)), (0, INVALID_HANDLE));
            assert_eq!(with_error(|| ResetEvent(bad)), (0, INVALID_HANDLE));
            assert_eq!(with_error(|| WSASetEvent(number)), (0, INVALID_HANDLE));
            assert_eq!(with_error(|| WSAResetEvent(number)), (0, INVALID_HANDLE));
            assert_eq!(with_error(|| WSACloseEvent(number)), (0, INVALID_HANDLE));
            assert_eq!(with_error(|| CloseHandle(bad)), (0, INVALID_HANDLE));
            let waited = with_error(|| WaitForSingleObject(bad, 0));
            assert_eq!(waited, (WAIT_FAILED, INVALID_HANDLE));
            let waited = with_error(|| wait_many(&[bad], false, 0));
            assert_eq!(waited, (WAIT_FAILED, INVALID_HANDLE));
        }
    }
}

#[test]
fn e_003_events_of_both_families_are_the_same() {
    start();
    // SAFETY: needs nothing.
    let number = unsafe { WSACreateEvent() };
    assert_ne!(number, 0);
    let event = handle(number.cast_unsigned());
    // SAFETY: any number may be given as a handle.
    unsafe {
        assert_eq!(WaitForSingleObject(event, 0), TIMEOUT);
        assert_eq!(SetEvent(event), 1);
        assert_eq!(wait_many(&[event], false, 0), 0);
        assert_eq!(WaitForSingleObject(event, 0), 0);
        assert_eq!(WSAResetEvent(number), 1);
        assert_eq!(WaitForSingleObjectEx(event, 1, 1), TIMEOUT);
        assert_eq!(WSACloseEvent(number), 1);
    }
}

/// DuplicateHandle within this process: the result, the handle and the error.
fn duplicate(source: HANDLE, options: u32) -> (i32, HANDLE, u32) {
    let mut made = handle(0);
    // SAFETY: room for a handle; any number may be given as one.
    let (done, error) = with_error(|| unsafe {
        let process = GetCurrentProcess();
        DuplicateHandle(process, source, process, &raw mut made, 0, 0, options)
    });
    (done, made, error)
}

#[test]
fn duplicates_of_events_and_threads_outlive_the_first_handle() {
    let first = event(true, false);
    let (done, second, _) = duplicate(first, 2);
    assert_eq!(done, 1);
    assert_ne!(first, second);
    // SAFETY: any number may be given as a handle.
    unsafe {
        assert_eq!(SetEvent(second), 1);
        assert_eq!(WaitForSingleObject(first, 0), 0);
        assert_eq!(CloseHandle(first), 1);
        assert_eq!(WaitForSingleObject(second, 0), 0);
        // With DUPLICATE_CLOSE_SOURCE there is one handle as before.
        let (done, third, _) = duplicate(second, 1);
        assert_eq!(done, 1);
        assert_eq!(with_error(|| SetEvent(second)), (0, INVALID_HANDLE));
        assert_eq!(SetEvent(third), 1);
        assert_eq!(CloseHandle(third), 1);
    }
    let (done, thread, _) = duplicate(handle(CURRENT_THREAD), 2);
    assert_eq!(done, 1);
    let other = thread.addr();
    // SAFETY: as above.
    let waited = std::thread::spawn(move || unsafe { WaitForSingleObject(handle(other), 0) });
    assert_eq!(waited.join().ok(), Some(TIMEOUT));
    // SAFETY: as above.
    assert_eq!(unsafe { CloseHandle(thread) }, 1);
}

#[test]
fn duplicating_refuses_what_it_cannot_do() {
    let source = event(true, false);
    let error = |source, options| duplicate(source, options).2;
    assert_eq!(error(handle(0), 2), INVALID_HANDLE);
    assert_eq!(error(handle(0x4fff_fffc), 2), INVALID_HANDLE);
    assert_eq!(error(source, 4), INVALID_PARAMETER);
    assert_eq!(error(handle(CURRENT_PROCESS), 2), 50);
    // SAFETY: the pointers are NULL, impossible or to a handle; any number may be a handle.
    unsafe {
        let process = GetCurrentProcess();
        let mut made = handle(0);
        let stranger = || DuplicateHandle(handle(8), source, process, &raw mut made, 0, 0, 2);
        assert_eq!(with_error(stranger), (0, INVALID_HANDLE));
        let nowhere = || DuplicateHandle(process, source, process, ptr::null_mut(), 0, 0, 2);
        assert_eq!(with_error(nowhere), (0, 998));
        assert_eq!(SetEvent(source), 1);
        // Without a target it may still be closed.
        assert_eq!(DuplicateHandle(process, source, handle(0), ptr::null_mut(), 0, 0, 1), 1);
        assert_eq!(with_error(|| SetEvent(source)), (0, INVALID_HANDLE));
    }
}

#[test]
fn e_004_counts_and_arrays_are_checked() {
    start();
    let set = event(true, true);
    let wrong = (WAIT_FAILED, INVALID_PARAMETER);
    assert_eq!(with_error(|| wait_many(&[], false, 0)), wrong);
    assert_eq!(with_error(|| wait_many(&[set; 65], false, 0)), wrong);
    assert_eq!(wait_many(&[set; 64], false, 0), 0);
    // SAFETY: a NULL array is refused.
    let waited = with_error(|| unsafe { WaitForMultipleObjects(1, ptr::null(), 0, 0) });
    assert_eq!(waited, (WAIT_FAILED, 998));
}

#[test]
fn e_010_duplicates_in_a_wait_for_all() {
    start();
    let set = event(true, true);
    let twice = [set, handle(set.addr() | 1)];
    assert_eq!(with_error(|| wait_many(&twice, true, 0)), (WAIT_FAILED, INVALID_PARAMETER));
    assert_eq!(wait_many(&twice, false, 0), 0);
}

#[test]
fn e_011_auto_reset_events_are_consumed() {
    start();
    let (auto, never) = (event(false, true), event(true, false));
    assert_eq!(wait_many(&[never, auto], false, u32::MAX), 1);
    assert_eq!(wait_many(&[never, auto], false, 0), TIMEOUT);
}

#[test]
fn names_open_the_same_event() {
    start();
    let narrow = c"linsock sys test";
    let wide: Vec<u16> = "Local\\linsock sys test\0".encode_utf16().collect();
    let long: Vec<u32> = "linsock sys test\0".chars().map(u32::from).collect();
    // SAFETY: strings that end with a zero.
    unsafe {
        let create = || CreateEventA(ptr::null(), 1, 0, narrow.as_ptr().cast());
        let (first, error) = with_error(create);
        assert_eq!(error, 0);
        let (second, error) = with_error(|| CreateEventW(ptr::null(), 0, 1, wide.as_ptr()));
        assert_eq!(error, 183);
        let (third, error) = with_error(|| CreateEventW_utf32(ptr::null(), 0, 1, long.as_ptr()));
        assert_eq!(error, 183);
        assert!(first != second && second != third);
        assert_eq!(WaitForSingleObject(second, 0), TIMEOUT);
        assert_eq!(SetEvent(first), 1);
        assert_eq!(CloseHandle(first), 1);
        assert_eq!(WaitForSingleObject(second, 0), 0);
        assert_eq!(WaitForSingleObject(third, 0), 0);
    }
}

unsafe extern "system" fn doubles(parameter: *mut std::ffi::c_void) -> u32 {
    parameter.addr() as u32 * 2
}

unsafe extern "system" fn waits(event: *mut std::ffi::c_void) -> u32 {
    // SAFETY: any number may be given as a handle.
    unsafe { WaitForSingleObject(event, u32::MAX) + GetCurrentThreadId() }
}

#[test]
fn threads_run_end_and_tell_their_code() {
    start();
    let go = event(true, false);
    let (mut id, mut code) = (0, 0);
    // SAFETY: the functions take any parameter; the numbers have room.
    unsafe {
        let waiting = CreateThread(ptr::null(), 4096, Some(waits), go, 0, &mut id);
        assert_eq!(GetExitCodeThread(waiting, &mut code), 1);
        assert_eq!(code, 259);
        assert_eq!(WaitForSingleObject(waiting, 1), TIMEOUT);
        assert_eq!(SetEvent(go), 1);
        assert_eq!(wait_many(&[waiting, go], true, 20_000), 0);
        assert_eq!(GetExitCodeThread(waiting, &mut code), 1);
        assert_eq!(code, id);
        assert_eq!(CloseHandle(waiting), 1);

        let reserve = 0x1_0000;
        let double =
            CreateThread(ptr::null(), 1, Some(doubles), handle(21), reserve, ptr::null_mut());
        assert_eq!(WaitForSingleObject(double, 20_000), 0);
        assert_eq!(GetExitCodeThread(double, &mut code), 1);
        assert_eq!(code, 42);
        assert_eq!(with_error(|| SetEvent(double)), (0, INVALID_HANDLE));
        assert_eq!(with_error(|| GetExitCodeThread(go, &mut code)), (0, INVALID_HANDLE));
        assert_eq!(with_error(|| GetExitCodeThread(double, ptr::null_mut())), (0, 998));
    }
}

#[test]
fn suspended_threads_begin_when_they_are_resumed() {
    start();
    let mut code = 0;
    let suspended = 4;
    // SAFETY: the functions take any parameter; the number has room.
    unsafe {
        let thread =
            CreateThread(ptr::null(), 0, Some(doubles), handle(21), suspended, ptr::null_mut());
        assert_eq!(SuspendThread(thread), 1);
        assert_eq!(ResumeThread(thread), 2);
        assert_eq!(WaitForSingleObject(thread, 50), TIMEOUT);
        assert_eq!(ResumeThread(thread), 1);
        assert_eq!(WaitForSingleObject(thread, 20_000), 0);
        assert_eq!(GetExitCodeThread(thread, &mut code), 1);
        assert_eq!((code, ResumeThread(thread)), (42, 0));
        assert_eq!(CloseHandle(thread), 1);

        let thread =
            CreateThread(ptr::null(), 0, Some(doubles), handle(21), suspended, ptr::null_mut());
        assert!((1..127).all(|times| SuspendThread(thread) == times));
        assert_eq!(with_error(|| SuspendThread(thread)), (u32::MAX, 156));
        assert!((1..=127).rev().all(|times| ResumeThread(thread) == times));
        assert_eq!(WaitForSingleObject(thread, 20_000), 0);
        assert_eq!(CloseHandle(thread), 1);

        assert_eq!(with_error(|| SuspendThread(GetCurrentThread())), (u32::MAX, 50));
        assert_eq!(with_error(|| ResumeThread(handle(3))), (u32::MAX, INVALID_HANDLE));
    }
}

/// Uses so much stack as the least reservation of Windows has.
unsafe extern "system" fn is_deep(parameter: *mut std::ffi::c_void) -> u32 {
    let room = std::hint::black_box([1u8; 0xF000]);
    parameter.addr() as u32 + u32::from(room[0xEFFF])
}

#[test]
fn the_least_stack_is_what_windows_reserves() {
    start();
    let mut code = 0;
    let reservation = 0x1_0000;
    // SAFETY: the function takes any parameter; the number has room.
    unsafe {
        let thread =
            CreateThread(ptr::null(), 1, Some(is_deep), handle(41), reservation, ptr::null_mut());
        assert_eq!(WaitForSingleObject(thread, 20_000), 0);
        assert_eq!(GetExitCodeThread(thread, &mut code), 1);
        assert_eq!(code, 42);
        assert_eq!(CloseHandle(thread), 1);
    }
}

#[test]
fn threads_that_cannot_be_are_refused() {
    start();
    // SAFETY: nothing is started.
    unsafe {
        let start = |function, flags| {
            with_error(|| {
                CreateThread(ptr::null(), 0, function, ptr::null(), flags, ptr::null_mut())
            })
        };
        assert_eq!(start(None, 0), (ptr::null_mut(), INVALID_PARAMETER));
        assert_eq!(start(Some(doubles), 1), (ptr::null_mut(), INVALID_PARAMETER));
        let huge = usize::MAX - 1;
        let refused = with_error(|| {
            CreateThread(ptr::null(), huge, Some(doubles), handle(1), 0, ptr::null_mut())
        });
        assert_eq!(refused, (ptr::null_mut(), 8));
    }
}

#[test]
fn the_pseudo_handle_is_the_calling_thread() {
    start();
    let mut code = 0;
    // SAFETY: the number has room.
    unsafe {
        assert_eq!(GetExitCodeThread(GetCurrentThread(), &mut code), 1);
        assert_eq!(code, 259);
        assert_eq!(WaitForSingleObject(GetCurrentThread(), 1), TIMEOUT);
        assert_eq!(CloseHandle(GetCurrentThread()), 1);
    }
}

#[test]
fn clocks_go_on() {
    start();
    let (mut before, mut after, mut frequency) = (0, 0, 0);
    // SAFETY: the numbers have room.
    unsafe {
        let ticks = GetTickCount64();
        assert_eq!(QueryPerformanceFrequency(&mut frequency), 1);
        assert_eq!(QueryPerformanceCounter(&mut before), 1);
        Sleep(20);
        assert_eq!(SleepEx(0, 1), 0);
        assert_eq!(QueryPerformanceCounter(&mut after), 1);
        assert!(after - before >= frequency / 50);
        assert!(GetTickCount64() >= ticks + 19);
        assert!(GetTickCount().wrapping_sub(ticks as u32) < 60_000);
        assert_eq!(with_error(|| QueryPerformanceCounter(ptr::null_mut())), (0, 998));
    }
}
