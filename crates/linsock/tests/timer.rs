//! Check that timers expire in their order, not early, and not after they were cancelled.

mod common;

use common::{LONG, next};
use linsock::{CompletionPort, Timer};
use std::time::{Duration, Instant};

fn after(port: &CompletionPort, ms: u64, key: usize) -> Timer {
    port.timer(Duration::from_millis(ms), key).unwrap()
}

#[test]
fn the_same_on_each_backend() {
    common::on_each_backend();
}

#[test]
fn timers_expire_in_the_order_of_their_times() {
    let port = CompletionPort::new(0).unwrap();
    let begun = Instant::now();
    // The later ones first, so that each is earlier than what the thread waits for.
    let _timers: Vec<Timer> =
        [60, 40, 20, 0].into_iter().map(|ms| after(&port, ms, ms as usize)).collect();
    for ms in [0, 20, 40, 60] {
        let packet = next(&port);
        assert_eq!((packet.key, packet.result, packet.operation), (ms, Ok(0), None));
        assert!(begun.elapsed() >= Duration::from_millis(ms as u64), "too early");
    }
    // At the same time: in the order in which they were made.
    let same: Vec<Timer> = (0..20).map(|key| after(&port, 5, key)).collect();
    assert_eq!((0..20).map(|_| next(&port).key).collect::<Vec<_>>(), (0..20).collect::<Vec<_>>());
    drop(same);
}

#[test]
fn each_port_has_its_own() {
    let ports: Vec<CompletionPort> = (0..3).map(|_| CompletionPort::new(0).unwrap()).collect();
    let timers: Vec<Timer> = ports.iter().zip(1..).map(|(port, key)| after(port, 3, key)).collect();
    for (port, key) in ports.iter().zip(1..) {
        assert_eq!(next(port).key, key);
        assert!(port.get(Some(Duration::ZERO)).unwrap().is_none());
    }
    assert!(timers.iter().all(|timer| !timer.cancel()));
}

#[test]
fn a_cancelled_or_dropped_timer_is_silent() {
    let port = CompletionPort::new(0).unwrap();
    let cancelled = after(&port, 10, 1);
    let dropped = after(&port, 10, 2);
    let forgotten = after(&port, 10, 3);
    assert!(cancelled.cancel());
    assert!(!cancelled.cancel());
    drop(dropped);
    std::mem::forget(forgotten);
    let last = after(&port, 15, 4);
    assert_eq!(next(&port).key, 3);
    assert_eq!(next(&port).key, 4);
    assert!(!last.cancel());
}

#[test]
fn no_packet_comes_after_a_cancel_that_succeeded() {
    let port = CompletionPort::new(0).unwrap();
    let timers: Vec<Timer> = (0..2000).map(|key| after(&port, key as u64 / 100, key)).collect();
    let cancelled: Vec<bool> = timers.iter().rev().map(Timer::cancel).collect();
    let cancelled: Vec<bool> = cancelled.into_iter().rev().collect();
    let end = after(&port, 100, usize::MAX);
    let mut came = vec![0; timers.len()];
    loop {
        match next(&port).key {
            usize::MAX => break,
            key => came[key] += 1,
        }
    }
    drop(end);
    for (key, cancelled) in cancelled.into_iter().enumerate() {
        assert_eq!(came[key], usize::from(!cancelled), "timer {key}, cancelled {cancelled}");
    }
}

#[test]
fn a_timer_does_not_keep_its_port() {
    let port = CompletionPort::new(0).unwrap();
    let timer = after(&port, 5, 1);
    let late = after(&port, 1_000_000, 2);
    drop(port);
    let other = CompletionPort::new(0).unwrap();
    let other_timer = after(&other, 10, 3);
    assert_eq!(next(&other).key, 3);
    assert!(!timer.cancel() && !other_timer.cancel());
    assert!(late.cancel());
    // Farther than the clock counts.
    let never = other.timer(Duration::MAX, 4).unwrap();
    assert!(other.get(Some(Duration::from_millis(2))).unwrap().is_none());
    assert!(never.cancel());
}

#[test]
fn a_timer_wakes_a_thread_that_waits() {
    let port = CompletionPort::new(1).unwrap();
    let waiting = port.clone();
    let thread = std::thread::spawn(move || waiting.get(LONG).unwrap().map(|packet| packet.key));
    let _timer = after(&port, 30, 7);
    assert_eq!(thread.join().unwrap(), Some(7));
}
