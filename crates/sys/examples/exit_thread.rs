//! Threads that end by ExitThread, in a program that aborts on panics.
//! Run by the test of the same name in the debug and in the release profile.

use std::ffi::c_void;
use std::ptr;

use linsock_sys::threading::{
    CloseHandle, CreateEventA, CreateThread, ExitThread, GetExitCodeThread, SetEvent, Sleep,
    WaitForSingleObject,
};

#[inline(never)]
fn down(depth: usize, code: usize) -> usize {
    if depth == 0 {
        // SAFETY: the frames above hold nothing that needs dropping.
        unsafe { ExitThread(code as u32) }
    }
    std::hint::black_box(down(depth - 1, code)) + 1
}

unsafe extern "system" fn exits_deep_inside(parameter: *mut c_void) -> u32 {
    down(10, parameter.addr()) as u32
}

unsafe extern "system" fn exits_at_once(parameter: *mut c_void) -> u32 {
    // SAFETY: this frame holds nothing that needs dropping.
    unsafe { ExitThread(parameter.addr() as u32) }
}

unsafe extern "system" fn returns(parameter: *mut c_void) -> u32 {
    parameter.addr() as u32
}

/// As a thread that the program made itself, and another waits for.
extern "C" fn exits_from_pthread(event: *mut c_void) -> *mut c_void {
    // SAFETY: the event is open; this frame holds nothing that needs dropping.
    unsafe {
        SetEvent(event);
        ExitThread(8)
    }
}

fn main() {
    for (code, routine) in [(5, exits_deep_inside as _), (6, exits_at_once as _), (7, returns as _)]
    {
        let mut ended_with = 0;
        // SAFETY: the routines take any number as parameter.
        unsafe {
            let parameter = ptr::without_provenance(code as usize);
            let thread = CreateThread(ptr::null(), 0, Some(routine), parameter, 0, ptr::null_mut());
            assert_eq!(WaitForSingleObject(thread, 20_000), 0);
            assert_eq!(GetExitCodeThread(thread, &mut ended_with), 1);
            assert_eq!(CloseHandle(thread), 1);
        }
        println!("{ended_with}");
    }
    // SAFETY: the event stays open; the number has room.
    unsafe {
        let event = CreateEventA(ptr::null(), 0, 0, ptr::null());
        linsock_backend::thread::spawn(exits_from_pthread, event, 0).unwrap();
        assert_eq!(WaitForSingleObject(event, 20_000), 0);
        // It must not take the process with it when it ends.
        Sleep(50);
    }
    println!("8");
}
