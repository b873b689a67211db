//! The interleavings of small programs, by loom:
//! `RUSTFLAGS="--cfg loom" cargo test -p linsock-engine --release --lib loom`.
//! A lost wake-up shows as a dead lock, which loom reports.

use std::sync::Arc as StdArc;

use loom::thread;

use super::*;

/// The dispatcher under test; the process's own is not loom's to follow.
struct World {
    dispatcher: Dispatcher,
    events: Vec<StdArc<Event>>,
}

impl World {
    fn new(events: &[bool]) -> Arc<World> {
        let event = |&manual: &bool| StdArc::new(Event::new(manual, false));
        Arc::new(World {
            dispatcher: Dispatcher::new(),
            events: events.iter().map(event).collect(),
        })
    }

    fn signal(&self, index: usize) -> &Signal {
        self.events[index].signal()
    }

    fn set(&self, index: usize) {
        let signal = self.signal(index);
        if !signal.change_unwatched(|word| word | SET) {
            self.dispatcher.set(signal);
        }
    }

    fn reset(&self, index: usize) {
        let signal = self.signal(index);
        if !signal.change_unwatched(|word| word & !SET) {
            self.dispatcher.reset(signal);
        }
    }

    fn wait(&self, events: &[usize], all: bool, timeout_ms: u32) -> WaitResult {
        let target = |&index: &usize| Target::Event(self.events[index].clone());
        let targets: Vec<Target> = events.iter().map(target).collect();
        self.dispatcher.wait(&targets, all, timeout_ms)
    }

    /// Nothing watches any more.
    fn at_rest(&self) {
        for event in &self.events {
            assert!(event.signal().word.load(Ordering::Relaxed) < WATCH);
        }
        assert!(lock(&self.dispatcher.waits).by_signal.is_empty());
    }
}

/// Runs a model with up to three preemptions: without a bound three threads take minutes.
fn check(program: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(program);
}

const AUTO: bool = false;
const STAYS: bool = true;

#[test]
fn loom_a_set_is_never_missed() {
    check(|| {
        let world = World::new(&[AUTO]);
        let setter = thread::spawn({
            let world = world.clone();
            move || world.set(0)
        });
        assert_eq!(world.wait(&[0], false, INFINITE), WaitResult::Signalled(0));
        setter.join().unwrap();
        assert!(!world.signal(0).is_set());
        world.at_rest();
    });
}

#[test]
fn loom_one_set_goes_to_exactly_one_of_a_poll_and_a_sleeper() {
    check(|| {
        let world = World::new(&[AUTO]);
        let poller = thread::spawn({
            let world = world.clone();
            move || {
                let polled = world.wait(&[0], false, 0) == WaitResult::Signalled(0);
                if polled {
                    // Hand on what was taken, or the sleeper would wait for ever.
                    world.set(0);
                }
            }
        });
        let setter = thread::spawn({
            let world = world.clone();
            move || world.set(0)
        });
        assert_eq!(world.wait(&[0], false, INFINITE), WaitResult::Signalled(0));
        setter.join().unwrap();
        poller.join().unwrap();
        assert!(!world.signal(0).is_set());
        world.at_rest();
    });
}

#[test]
fn loom_two_sets_release_a_wait_for_all() {
    check(|| {
        let world = World::new(&[AUTO, STAYS]);
        let setter = thread::spawn({
            let world = world.clone();
            move || world.set(1)
        });
        let other = thread::spawn({
            let world = world.clone();
            move || world.set(0)
        });
        assert_eq!(world.wait(&[0, 1], true, INFINITE), WaitResult::Signalled(0));
        assert!(!world.signal(0).is_set() && world.signal(1).is_set());
        setter.join().unwrap();
        other.join().unwrap();
        world.at_rest();
    });
}

#[test]
fn loom_a_wait_for_all_never_takes_a_part() {
    check(|| {
        let world = World::new(&[AUTO, AUTO]);
        world.set(0);
        let resetter = thread::spawn({
            let world = world.clone();
            move || {
                world.reset(0);
                world.set(1);
            }
        });
        // Event 0 is gone before event 1 comes: never both.
        assert_eq!(world.wait(&[0, 1], true, 0), WaitResult::TimedOut);
        resetter.join().unwrap();
        assert!(!world.signal(0).is_set() && world.signal(1).is_set());
        world.at_rest();
    });
}

#[test]
fn loom_the_lowest_index_wins() {
    check(|| {
        let world = World::new(&[STAYS, STAYS]);
        let setter = thread::spawn({
            let world = world.clone();
            move || {
                world.set(0);
                world.set(1);
            }
        });
        // Event 1 is set only once event 0 is.
        assert_eq!(world.wait(&[0, 1], false, INFINITE), WaitResult::Signalled(0));
        setter.join().unwrap();
        world.at_rest();
    });
}

#[test]
fn loom_a_watching_wait_keeps_its_set_through_a_reset() {
    check(|| {
        let world = World::new(&[STAYS, STAYS]);
        let sleeper = thread::spawn({
            let world = world.clone();
            move || world.wait(&[0, 1], false, INFINITE)
        });
        world.set(0);
        world.reset(0);
        // Lets a sleeper go that came too late for the first.
        world.set(1);
        let woken = sleeper.join().unwrap();
        assert!(matches!(woken, WaitResult::Signalled(0 | 1)));
        world.at_rest();
    });
}
