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
        self.dispatcher.wait(&targets, all, timeout_ms, 0)
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

/// A mutex and an event, at a dispatcher.
struct Owned {
    dispatcher: Dispatcher,
    mutex: StdArc<MutexObject>,
    event: StdArc<Event>,
}

/// Threads, as the mutex knows them.
const FIRST: u32 = 1;
const SECOND: u32 = 2;

impl Owned {
    fn new(owner: u32) -> Arc<Owned> {
        Arc::new(Owned {
            dispatcher: Dispatcher::new(),
            mutex: StdArc::new(MutexObject::of(owner)),
            event: StdArc::new(Event::new(STAYS, false)),
        })
    }

    fn acquire(&self, thread: u32, timeout_ms: u32) -> WaitResult {
        self.dispatcher.wait(&[Target::Mutex(self.mutex.clone())], false, timeout_ms, thread)
    }

    fn acquire_with_event(&self, thread: u32) -> WaitResult {
        let both = [Target::Event(self.event.clone()), Target::Mutex(self.mutex.clone())];
        self.dispatcher.wait(&both, true, INFINITE, thread)
    }

    fn release(&self, thread: u32) {
        let released = self.dispatcher.change(self.mutex.signal(), || self.mutex.take_from(thread));
        assert_eq!(released, Ok(()));
    }

    fn abandon(&self, thread: u32) {
        self.dispatcher.change(self.mutex.signal(), || self.mutex.abandon_by(thread));
    }

    fn set_event(&self) {
        let signal = self.event.signal();
        if !signal.change_unwatched(|word| word | SET) {
            self.dispatcher.set(signal);
        }
    }
}

#[test]
fn loom_a_mutex_has_one_owner_at_a_time() {
    check(|| {
        let world = Owned::new(0);
        let inside = Arc::new(AtomicUsize::new(0));
        let enter = |world: &Owned, inside: &AtomicUsize, thread| {
            assert_eq!(world.acquire(thread, INFINITE), WaitResult::Signalled(0));
            assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0);
            inside.fetch_sub(1, Ordering::Relaxed);
            world.release(thread);
        };
        let other = thread::spawn({
            let (world, inside) = (world.clone(), inside.clone());
            move || enter(&world, &inside, SECOND)
        });
        enter(&world, &inside, FIRST);
        other.join().unwrap();
        assert!(world.mutex.signal().is_set() && world.mutex.is_of(0));
    });
}

#[test]
fn loom_exactly_one_waiter_is_told_that_a_mutex_was_abandoned() {
    check(|| {
        let world = Owned::new(FIRST);
        let enter = |world: &Owned, thread| {
            let result = world.acquire(thread, INFINITE);
            world.release(thread);
            usize::from(result == WaitResult::Abandoned(0))
        };
        let other = thread::spawn({
            let world = world.clone();
            move || enter(&world, SECOND)
        });
        // The end of the first thread, as another one sees it.
        let end = thread::spawn({
            let world = world.clone();
            move || world.abandon(FIRST)
        });
        let told = enter(&world, 3);
        assert_eq!(told + other.join().unwrap(), 1);
        end.join().unwrap();
        assert!(world.mutex.signal().is_set());
    });
}

#[test]
fn loom_a_wait_for_all_takes_a_mutex_only_together_with_the_rest() {
    check(|| {
        let world = Owned::new(0);
        let both = thread::spawn({
            let world = world.clone();
            move || {
                let result = world.acquire_with_event(SECOND);
                world.release(SECOND);
                result
            }
        });
        // Before the event is set nobody is kept from the mutex.
        assert_eq!(world.acquire(FIRST, 0), WaitResult::Signalled(0));
        world.set_event();
        assert!(world.mutex.is_of(FIRST));
        world.release(FIRST);
        assert_eq!(both.join().unwrap(), WaitResult::Signalled(0));
    });
}
