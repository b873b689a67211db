//! Many threads at once, counted exactly.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use super::*;

const THREADS: usize = 4;
const ROUNDS: usize = 20_000;

fn auto() -> Arc<Event> {
    Arc::new(Event::new(false, false))
}

fn target(event: &Arc<Event>) -> Target {
    Target::Event(event.clone())
}

/// Tokens are put one at a time (a put waits until the place is free again), so that every set
/// meets a reset signal and counts.
#[test]
fn e_011_every_set_is_taken_by_exactly_one_wait() {
    let (full, free) = (auto(), auto());
    free.set();
    let taken = AtomicUsize::new(0);
    let stop = Arc::new(Event::new(true, false));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let targets = [target(&full), target(&stop)];
                while wait(&targets, false, INFINITE, false) == Ok(WaitResult::Signalled(0)) {
                    taken.fetch_add(1, Ordering::Relaxed);
                    free.set();
                }
            });
        }
        let putters: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..ROUNDS / THREADS {
                        wait(&[target(&free)], false, INFINITE, false).unwrap();
                        full.set();
                    }
                })
            })
            .collect();
        for putter in putters {
            putter.join().unwrap();
        }
        // The last token is taken when its place is free.
        wait(&[target(&free)], false, INFINITE, false).unwrap();
        stop.set();
    });
    assert_eq!(taken.load(Ordering::Relaxed), ROUNDS);
}

/// Philosophers: each takes two forks in one wait for all, whole or not at all.
#[test]
fn e_006_waits_for_all_take_whole_sets_and_never_dead_lock() {
    let forks: Vec<_> = (0..THREADS).map(|_| auto()).collect();
    forks.iter().for_each(|fork| fork.set());
    let held: Vec<_> = (0..THREADS).map(|_| AtomicBool::new(false)).collect();
    thread::scope(|scope| {
        for seat in 0..THREADS {
            let (forks, held) = (&forks, &held);
            scope.spawn(move || {
                let pair = [seat, (seat + 1) % THREADS];
                let targets = pair.map(|fork| target(&forks[fork]));
                for round in 0..ROUNDS / THREADS {
                    let timeout_ms = if round % 3 == 0 { 0 } else { INFINITE };
                    if wait(&targets, true, timeout_ms, false) == Ok(WaitResult::TimedOut) {
                        continue;
                    }
                    for fork in pair {
                        assert!(!held[fork].swap(true, Ordering::SeqCst));
                    }
                    for fork in pair {
                        held[fork].store(false, Ordering::SeqCst);
                        forks[fork].set();
                    }
                }
            });
        }
    });
    assert!(forks.iter().all(|fork| fork.signal().word.load(Ordering::Relaxed) == SET));
}

/// Waits for any with short time-outs race sets: a wait that timed out has taken nothing.
#[test]
fn e_007_time_outs_lose_no_signal() {
    let (token, other) = (auto(), auto());
    let taken = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let targets = [target(&other), target(&token)];
                while !stop.load(Ordering::SeqCst) {
                    if wait(&targets, false, 1, false) == Ok(WaitResult::Signalled(1)) {
                        taken.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
        for round in 0..400 {
            token.set();
            while taken.load(Ordering::SeqCst) == round {
                thread::yield_now();
            }
            if round % 4 == 0 {
                thread::sleep(Duration::from_millis(1));
            }
        }
        stop.store(true, Ordering::SeqCst);
    });
    assert_eq!(taken.load(Ordering::SeqCst), 400);
}

/// Sets and resets race waits; whoever waits after the last set gets through.
#[test]
fn sets_and_resets_race_without_losing_the_last_set() {
    let manual = Arc::new(Event::new(true, false));
    thread::scope(|scope| {
        let switchers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..ROUNDS {
                        manual.set();
                        manual.reset();
                    }
                })
            })
            .collect();
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..ROUNDS / 10 {
                    wait(&[target(&manual)], false, 1, false).unwrap();
                }
                let last = wait(&[target(&manual)], false, INFINITE, false);
                assert_eq!(last, Ok(WaitResult::Signalled(0)));
            });
        }
        for switcher in switchers {
            switcher.join().unwrap();
        }
        manual.set();
    });
    assert_eq!(manual.signal().word.load(Ordering::Relaxed), MANUAL | SET);
}
