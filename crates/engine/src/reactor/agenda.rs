//! What is to happen when.
//!
//! Deadlines of connections are the many: each pending one has one. They are mostly equally long,
//! so that one that begins later ends later; those stand in a plain queue, a third as long as in the
//! heap, where all else is.

use super::Timer;
use crate::io;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::{Duration, Instant};

/// Timers, by the time they are due.
pub(super) struct Agenda {
    timers: BinaryHeap<Reverse<(Instant, u64, Timer)>>,
    /// How many there were: those of the same time happen in their order.
    made: u64,
    deadlines: VecDeque<Deadline>,
    /// Deadlines count from here.
    start: Instant,
}

/// A [`Timer::Deadline`].
#[derive(Clone, Copy)]
struct Deadline {
    due_ns: u64,
    /// The operation, as a ring knows it.
    operation: u64,
}

impl Agenda {
    /// Nothing is to happen. No timer is due before `start`.
    pub(super) fn new(start: Instant) -> Self {
        Agenda { timers: BinaryHeap::new(), made: 0, deadlines: VecDeque::new(), start }
    }

    /// Adds a timer; whether it is the first to be due.
    pub(super) fn add(&mut self, at: Instant, timer: Timer) -> bool {
        let first = self.next().is_none_or(|next| at < next);
        match self.as_last_deadline(at, timer) {
            Some(deadline) => self.deadlines.push_back(deadline),
            None => {
                self.made += 1;
                self.timers.push(Reverse((at, self.made, timer)));
            }
        }
        first
    }

    /// A deadline that is not due before those of the queue.
    fn as_last_deadline(&self, at: Instant, timer: Timer) -> Option<Deadline> {
        let Timer::Deadline { index, ticket } = timer else { return None };
        let due_ns = at.duration_since(self.start).as_nanos().try_into().ok()?;
        let operation = io::user_data(index, true, ticket);
        let last = self.deadlines.back().is_none_or(|last| last.due_ns <= due_ns);
        last.then_some(Deadline { due_ns, operation })
    }

    /// When the next timer is due.
    pub(super) fn next(&self) -> Option<Instant> {
        self.first_timer().into_iter().chain(self.first_deadline()).min()
    }

    fn first_timer(&self) -> Option<Instant> {
        self.timers.peek().map(|Reverse((at, ..))| *at)
    }

    fn first_deadline(&self) -> Option<Instant> {
        self.deadlines.front().map(|first| self.start + Duration::from_nanos(first.due_ns))
    }

    /// Takes the next timer, if it is due.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<Timer> {
        let next = self.next().filter(|next| *next <= now)?;
        if self.first_deadline() == Some(next) {
            self.deadlines.pop_front().map(Deadline::timer)
        } else {
            self.timers.pop().map(|Reverse((.., timer))| timer)
        }
    }

    /// Drops the first deadline, or the first of the other timers, if `over` says that nobody needs
    /// it any more; whether one was dropped.
    pub(super) fn drop_first_if(&mut self, over: impl Fn(&Timer) -> bool) -> bool {
        if self.deadlines.front().is_some_and(|first| over(&first.timer())) {
            return self.deadlines.pop_front().is_some();
        }
        let over = self.timers.peek().is_some_and(|Reverse((.., timer))| over(timer));
        over && self.timers.pop().is_some()
    }
}

impl Deadline {
    fn timer(self) -> Timer {
        let (index, _, ticket) = io::of_user_data(self.operation);
        Timer::Deadline { index, ticket }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn deadline(ticket: u64) -> Timer {
        Timer::Deadline { index: 70_000, ticket }
    }

    #[test]
    fn what_is_due_first_happens_first() {
        let start = Instant::now();
        let mut agenda = Agenda::new(start);
        assert!(agenda.add(start + 4 * SECOND, deadline(4)));
        assert!(!agenda.add(start + 5 * SECOND, deadline(5)));
        // Shorter ones, and what is no deadline, go between.
        assert!(agenda.add(start + 2 * SECOND, deadline(2)));
        assert!(agenda.add(start + SECOND, Timer::Threads));
        assert!(!agenda.add(start + 3 * SECOND, Timer::Port(3)));
        assert!(!agenda.add(start + 6 * SECOND, deadline((1 << 38) - 1)));
        assert_eq!(agenda.deadlines.len(), 3);
        assert_eq!(agenda.next(), Some(start + SECOND));
        assert_eq!(agenda.pop_due(start + SECOND / 2), None);
        let expected = [
            Timer::Threads,
            deadline(2),
            Timer::Port(3),
            deadline(4),
            deadline(5),
            deadline((1 << 38) - 1),
        ];
        for (n, timer) in (1..).zip(expected) {
            assert_eq!(agenda.pop_due(start + n * SECOND), Some(timer));
        }
        assert_eq!((agenda.next(), agenda.pop_due(start + 9 * SECOND)), (None, None));
    }

    #[test]
    fn what_is_over_is_dropped_from_the_front() {
        let start = Instant::now();
        let mut agenda = Agenda::new(start);
        for ticket in [5, 6, 1] {
            agenda.add(start + ticket as u32 * SECOND, deadline(ticket));
        }
        assert!(!agenda.drop_first_if(|timer| *timer == deadline(6)));
        assert!(agenda.drop_first_if(|timer| *timer == deadline(1)));
        assert!(agenda.drop_first_if(|timer| *timer == deadline(5)));
        assert_eq!(agenda.next(), Some(start + 6 * SECOND));
    }

    /// Each pending connection has one.
    #[test]
    fn a_deadline_is_small() {
        assert_eq!(size_of::<Deadline>(), 16);
    }
}
