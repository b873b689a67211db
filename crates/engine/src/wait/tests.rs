//! What one wait does, clause by clause.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::*;

fn event(manual: bool, initial: bool) -> Arc<Event> {
    Arc::new(Event::new(manual, initial))
}

fn targets(events: &[&Arc<Event>]) -> Vec<Target> {
    let target = |event: &&Arc<Event>| Target::Event(Arc::clone(event));
    events.iter().map(target).collect()
}

fn wait_any(events: &[&Arc<Event>], timeout_ms: u32) -> WaitResult {
    wait(&targets(events), false, timeout_ms, false).unwrap()
}

fn wait_all(events: &[&Arc<Event>], timeout_ms: u32) -> WaitResult {
    wait(&targets(events), true, timeout_ms, false).unwrap()
}

/// Waits until this many waits watch the event.
fn until_watched(event: &Event, by: u32) {
    while event.signal().word.load(Ordering::Acquire) / WATCH < by {
        thread::yield_now();
    }
}

#[test]
fn a_signal_is_small_enough_for_every_socket() {
    assert!(size_of::<Signal>() <= 24);
}

#[test]
fn e_001_manual_reset_events_stay_set() {
    let manual = event(true, false);
    assert_eq!(wait_any(&[&manual], 0), WaitResult::TimedOut);
    manual.set();
    assert_eq!(wait_any(&[&manual], 0), WaitResult::Signalled(0));
    assert_eq!(wait_any(&[&manual], INFINITE), WaitResult::Signalled(0));
    manual.reset();
    assert_eq!(wait_any(&[&manual], 0), WaitResult::TimedOut);
}

#[test]
fn e_004_one_to_sixty_four_targets() {
    let set = event(true, true);
    let many = vec![Target::Event(set); TARGETS_MAX + 1];
    let wrong = Err(Win32Error::ERROR_INVALID_PARAMETER);
    assert_eq!(wait(&[], false, 0, false), wrong);
    assert_eq!(wait(&many, false, 0, false), wrong);
    assert_eq!(wait(&many[1..], false, 0, false), Ok(WaitResult::Signalled(0)));
}

#[test]
fn e_005_the_lowest_set_index_is_returned() {
    let (a, b, c) = (event(true, false), event(true, true), event(true, true));
    assert_eq!(wait_any(&[&a, &b, &c], 0), WaitResult::Signalled(1));
    a.set();
    assert_eq!(wait_any(&[&a, &b, &c], INFINITE), WaitResult::Signalled(0));
    assert_eq!(wait_any(&[&c, &c], 0), WaitResult::Signalled(0));
}

#[test]
fn e_006_wait_for_all_changes_nothing_before_all_are_set() {
    let (a, b, c) = (event(false, true), event(false, false), event(true, true));
    assert_eq!(wait_all(&[&a, &b, &c], 0), WaitResult::TimedOut);
    assert_eq!(wait_all(&[&a, &b, &c], 20), WaitResult::TimedOut);
    assert!(a.signal().is_set());
    b.set();
    assert_eq!(wait_all(&[&a, &b, &c], 0), WaitResult::Signalled(0));
    assert!(!a.signal().is_set() && !b.signal().is_set() && c.signal().is_set());
}

#[test]
fn e_006_a_sleeping_wait_for_all_leaves_its_signals_to_others() {
    let (a, b) = (event(false, false), event(false, false));
    thread::scope(|scope| {
        let sleeper = scope.spawn(|| wait_all(&[&a, &b], INFINITE));
        until_watched(&b, 1);
        a.set();
        assert_eq!(wait_any(&[&a], 0), WaitResult::Signalled(0));
        b.set();
        assert!(b.signal().is_set());
        assert!(!sleeper.is_finished());
        a.set();
        assert_eq!(sleeper.join().unwrap(), WaitResult::Signalled(0));
    });
    assert!(!a.signal().is_set() && !b.signal().is_set());
    assert_eq!(a.signal().word.load(Ordering::Relaxed), 0);
}

#[test]
fn e_007_a_time_out_is_not_early_and_leaves_nothing_behind() {
    let (a, b) = (event(false, false), event(true, false));
    let start = Instant::now();
    assert_eq!(wait_any(&[&a, &b], 30), WaitResult::TimedOut);
    assert!(start.elapsed() >= Duration::from_millis(30));
    assert_eq!(a.signal().word.load(Ordering::Relaxed), 0);
    assert_eq!(b.signal().word.load(Ordering::Relaxed), MANUAL);
    let waits = lock(&dispatcher().waits);
    assert!(!waits.by_signal.contains_key(&a.signal().key()));
}

#[test]
fn e_010_an_object_twice_is_refused_only_in_a_wait_for_all() {
    let set = event(true, true);
    let twice = targets(&[&set, &set]);
    assert_eq!(wait(&twice, true, 0, false), Err(Win32Error::ERROR_INVALID_PARAMETER));
    assert_eq!(wait(&twice, false, 0, false), Ok(WaitResult::Signalled(0)));
}

#[test]
fn e_011_an_auto_reset_event_is_consumed_by_the_wait_that_returns_it() {
    let auto = event(false, true);
    assert_eq!(wait_any(&[&auto], 0), WaitResult::Signalled(0));
    assert_eq!(wait_any(&[&auto], 0), WaitResult::TimedOut);
    let first = event(true, true);
    auto.set();
    assert_eq!(wait_any(&[&first, &auto], 0), WaitResult::Signalled(0));
    assert!(auto.signal().is_set());
}

#[test]
fn e_011_one_set_releases_one_of_several_sleepers() {
    let auto = event(false, false);
    thread::scope(|scope| {
        let sleepers: Vec<_> =
            (0..3).map(|_| scope.spawn(|| wait_any(&[&auto], INFINITE))).collect();
        until_watched(&auto, 3);
        auto.set();
        until_unwatched_to(&auto, 2);
        assert!(!auto.signal().is_set());
        auto.set();
        auto.set();
        for sleeper in sleepers {
            assert_eq!(sleeper.join().unwrap(), WaitResult::Signalled(0));
        }
    });
}

fn until_unwatched_to(event: &Event, by: u32) {
    while event.signal().word.load(Ordering::Acquire) / WATCH > by {
        thread::yield_now();
    }
}

#[test]
fn a_reset_right_after_a_set_takes_nothing_from_the_sleepers() {
    let manual = event(true, false);
    thread::scope(|scope| {
        let sleepers: Vec<_> =
            (0..3).map(|_| scope.spawn(|| wait_any(&[&manual], 10_000))).collect();
        until_watched(&manual, 3);
        manual.set();
        manual.reset();
        for sleeper in sleepers {
            assert_eq!(sleeper.join().unwrap(), WaitResult::Signalled(0));
        }
    });
}

#[test]
fn a_sleep_takes_at_least_its_time() {
    let start = Instant::now();
    assert_eq!(sleep(20, false), WaitResult::TimedOut);
    assert!(start.elapsed() >= Duration::from_millis(20));
    assert_eq!(sleep(0, false), WaitResult::TimedOut);
}
