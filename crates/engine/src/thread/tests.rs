//! How threads start and end.

use super::*;
use crate::wait::{Target, WaitResult, wait};

unsafe extern "system" fn returns_its_argument(parameter: *mut c_void) -> u32 {
    parameter.addr() as u32
}

unsafe extern "system" fn exits_deep_inside(parameter: *mut c_void) -> u32 {
    #[inline(never)]
    fn down(depth: u32, code: u32) -> u32 {
        if depth == 0 {
            // SAFETY: the frames above hold nothing and expect no return.
            unsafe { exit(code) }
        }
        down(depth - 1, code) + 1
    }
    down(20, parameter.addr() as u32)
}

fn run_to_the_end(routine: StartRoutine, argument: usize) -> Arc<ThreadObject> {
    let thread = Arc::new(ThreadObject::new());
    // SAFETY: the test routines take any number as parameter.
    unsafe { spawn(&thread, routine, ptr::without_provenance_mut(argument), 0) }.unwrap();
    let ended = wait(&[Target::Thread(thread.clone())], false, 20_000, false);
    assert_eq!(ended, Ok(WaitResult::Signalled(0)));
    thread
}

#[test]
fn a_thread_is_signalled_with_what_it_returned() {
    let thread = run_to_the_end(returns_its_argument, 7);
    assert_eq!(thread.exit_code(), 7);
    assert!(thread.signal().is_set());
}

#[test]
fn exit_ends_the_thread_from_deep_inside() {
    let thread = run_to_the_end(exits_deep_inside, 5);
    assert_eq!(thread.exit_code(), 5);
}

#[test]
fn a_thread_has_the_kernels_number() {
    unsafe extern "system" fn tells_its_number(_: *mut c_void) -> u32 {
        current_id()
    }
    let thread = run_to_the_end(tells_its_number, 0);
    assert_eq!(thread.exit_code(), thread.id());
    assert_ne!(thread.id(), current_id());
    assert_eq!(current_id(), raw::current_id());
    assert_eq!(current().id(), current_id());
}

#[test]
fn a_running_thread_is_still_active() {
    unsafe extern "system" fn waits_for_its_event(event: *mut c_void) -> u32 {
        // SAFETY: the test passes an event that outlives the thread's use of it.
        let event = unsafe { &*event.cast::<Signal>() };
        while !event.is_set() {
            std::thread::yield_now();
        }
        1
    }
    static GO: Signal = Signal::new(true, false);
    let parameter = ptr::from_ref(&GO).cast_mut().cast();
    let thread = Arc::new(ThreadObject::new());
    // SAFETY: the event is static.
    unsafe { spawn(&thread, waits_for_its_event, parameter, 1) }.unwrap();
    assert_eq!(thread.exit_code(), STILL_ACTIVE);
    assert!(!thread.signal().is_set());
    GO.set();
    let ended = wait(&[Target::Thread(thread.clone())], false, 20_000, false);
    assert_eq!(ended, Ok(WaitResult::Signalled(0)));
    assert_eq!(thread.exit_code(), 1);
}

#[test]
fn the_end_of_a_foreign_thread_is_noticed() {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || send.send(current()).unwrap());
    let object = receive.recv().unwrap();
    let ended = wait(&[Target::Thread(object.clone())], false, 20_000, false);
    assert_eq!(ended, Ok(WaitResult::Signalled(0)));
    assert_eq!(object.exit_code(), 0);
}
