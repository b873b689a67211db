//! The order in which a thread's APCs run, and the signal that they raise.

use super::*;
use crate::port::Port;
use crate::thread::ThreadObject;
use crate::wait::{self, WaitResult};
use linsock_abi::{WAIT_IO_COMPLETION, Win32Error};
use std::cell::RefCell;
use std::time::Duration;

thread_local! {
    static RAN: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

unsafe extern "system" fn note(parameter: usize) {
    RAN.with_borrow_mut(|ran| ran.push(parameter));
}

unsafe extern "system" fn queue_another(parameter: usize) {
    RAN.with_borrow_mut(|ran| ran.push(parameter));
    assert!(thread::current().apcs().push(Apc::User { function: note, parameter: parameter + 1 }));
}

/// Notes itself, and waits alertably inside.
unsafe extern "system" fn routine(error: u32, bytes: u32, _: *mut OVERLAPPED, _: u32) {
    RAN.with_borrow_mut(|ran| ran.push(bytes as usize));
    wait::sleep(error, true);
    RAN.with_borrow_mut(|ran| ran.push(bytes as usize + 100));
}

fn user(function: Function, parameter: usize) -> Apc {
    Apc::User { function, parameter }
}

fn completion(socket: usize, bytes: u32) -> Apc {
    Apc::Completion {
        routine: Callback::Winsock(routine),
        error: 20,
        bytes,
        overlapped: 0,
        flags: 0,
        socket,
    }
}

fn ran() -> Vec<usize> {
    RAN.take()
}

#[test]
fn all_run_in_order_with_those_that_they_queue() {
    let me = thread::current();
    me.apcs().push(user(queue_another, 1));
    me.apcs().push(user(note, 5));
    assert_eq!(wait::sleep(10_000, true), WaitResult::Alerted);
    assert_eq!(ran(), [1, 5, 2]);
    assert!(!is_due());
    assert_eq!(wait::sleep(0, true), WaitResult::TimedOut);
}

#[test]
fn routines_of_one_socket_do_not_nest_and_others_do() {
    let me = thread::current();
    me.apcs().push(completion(7, 1));
    me.apcs().push(completion(7, 2));
    me.apcs().push(completion(8, 3));
    assert_eq!(wait::sleep(10_000, true), WaitResult::Alerted);
    assert_eq!(ran(), [1, 3, 103, 101, 2, 102]);
    assert!(!is_due());
}

#[test]
fn nothing_is_queued_to_a_thread_that_has_ended() {
    let queue = Queue::default();
    assert!(queue.push(user(note, 1)));
    queue.close();
    assert!(!queue.push(user(note, 2)));
    assert!(!queue.alert().is_set());
}

/// A thread that waits alertably at a port until `count` APCs ran.
fn wait_at(port: Arc<Port>, count: usize) -> (Arc<ThreadObject>, std::thread::JoinHandle<()>) {
    let (send, receive) = std::sync::mpsc::channel();
    let waiter = std::thread::spawn(move || {
        send.send(thread::current()).unwrap();
        while RAN.with_borrow(Vec::len) < count {
            let result = port.take(1, u32::MAX, true, &mut Vec::new());
            assert_eq!(result, Err(Win32Error(WAIT_IO_COMPLETION)));
            assert!(run());
        }
    });
    (receive.recv().unwrap(), waiter)
}

#[test]
fn the_right_one_of_several_waiters_is_called() {
    // Two of them sit, one is parked; others wait without being alertable.
    let port = Port::new(3).unwrap();
    const ROUNDS: usize = 200;
    let quiet: Vec<_> = (0..2)
        .map(|_| {
            let port = port.clone();
            std::thread::spawn(move || port.take_one(u32::MAX))
        })
        .collect();
    let waiters: Vec<_> = (0..3).map(|_| wait_at(port.clone(), ROUNDS)).collect();
    for _ in 0..ROUNDS {
        for (thread, _) in &waiters {
            while thread.apcs().alert().is_set() {
                std::thread::sleep(Duration::from_micros(50));
            }
            thread.apcs().push(user(note, 1));
        }
    }
    for (_, waiter) in waiters {
        waiter.join().unwrap();
    }
    for _ in &quiet {
        port.post(Default::default());
    }
    for quiet in quiet {
        assert_eq!(quiet.join().unwrap(), Ok(Default::default()));
    }
}
