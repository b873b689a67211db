//! Waitable timers: objects that are set when a time has come, once or again and again.
//!
//! The timers that are set stand in one queue, by the time they are due; the engine thread looks
//! at it. Each setting has a number, so that one that was replaced or cancelled meanwhile does not
//! fire.

use crate::apc::{Apc, TimerFunction};
use crate::reactor;
use crate::runtime;
use crate::sync::plain::{Arc, Mutex, lock};
use crate::thread::{self, ThreadObject};
use crate::wait::Signal;
use linsock_abi::Win32Error;
use std::collections::BTreeMap;
use std::sync::Weak;
use std::time::{Duration, Instant};

const NANOSECONDS_PER_STEP: u64 = 100;

/// A moment on both clocks: what a program calls the time then, in steps of 100 ns, and what we do.
/// The engine itself never looks at a clock that can be set.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// As a FILETIME counts.
    pub file_time: u64,
    /// On the monotonic clock.
    pub instant: Instant,
}

impl Moment {
    /// How long it is from then to a due time: negative numbers are relative, others a FILETIME.
    fn until(&self, due: i64) -> Duration {
        let steps = match due {
            ..0 => due.unsigned_abs(),
            0.. => due.unsigned_abs().saturating_sub(self.file_time),
        };
        Duration::from_micros(steps / 10) + Duration::from_nanos(steps % 10 * NANOSECONDS_PER_STEP)
    }

    /// What the program would call the time now.
    fn file_time_now(&self) -> u64 {
        let steps = self.instant.elapsed().as_nanos() / u128::from(NANOSECONDS_PER_STEP);
        self.file_time.saturating_add(steps as u64)
    }
}

/// What is to run on the thread that set a timer.
struct Routine {
    function: TimerFunction,
    argument: usize,
    thread: Arc<ThreadObject>,
    /// When the timer was set.
    since: Moment,
}

/// How a timer is set.
#[derive(Default)]
struct Setting {
    /// The place in the queue; `None`: not set, or for a time that never comes.
    place: Option<Place>,
    /// 0: once.
    period: Duration,
    routine: Option<Routine>,
}

/// By time; the second half tells settings for the same time apart.
type Place = (Instant, u64);

/// A waitable timer.
pub struct WaitableTimer {
    signal: Signal,
    setting: Mutex<Setting>,
}

/// The timers that are set.
#[derive(Default)]
pub struct TimerQueue {
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    timers: BTreeMap<Place, Weak<WaitableTimer>>,
    settings: u64,
}

impl TimerQueue {
    fn insert(&self, timer: &Arc<WaitableTimer>, at: Instant) -> Place {
        let mut queue = lock(&self.queue);
        queue.settings += 1;
        let place = (at, queue.settings);
        queue.timers.insert(place, Arc::downgrade(timer));
        place
    }

    fn remove(&self, place: Place) {
        lock(&self.queue).timers.remove(&place);
    }

    /// When the engine thread has to look in here.
    pub fn next(&self) -> Option<Instant> {
        lock(&self.queue).timers.first_key_value().map(|((at, _), _)| *at)
    }

    fn pop_due(&self) -> Option<(Place, Weak<WaitableTimer>)> {
        let mut queue = lock(&self.queue);
        let first = queue.timers.first_entry()?;
        (first.key().0 <= Instant::now()).then(|| first.remove_entry())
    }

    /// Fires what is due. Called by the engine thread.
    pub fn expire(&self) {
        while let Some((place, timer)) = self.pop_due() {
            if let Some(timer) = timer.upgrade() {
                timer.fire(place);
            }
        }
    }
}

fn queue() -> &'static TimerQueue {
    &runtime::get().timers
}

impl WaitableTimer {
    /// A timer that is not set; `manual` ones stay signalled until set anew, others until one wait
    /// took them.
    pub fn new(manual: bool) -> Self {
        WaitableTimer { signal: Signal::new(manual, false), setting: Mutex::default() }
    }

    /// The timer's signal.
    pub fn signal(&self) -> &Signal {
        &self.signal
    }

    fn identity(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// SetWaitableTimer, now: begins anew, not signalled. The routine, with its argument, is for the
    /// calling thread.
    ///
    /// # Errors
    /// ERROR_NOT_ENOUGH_MEMORY: there can be no engine thread.
    pub fn set(
        self: &Arc<Self>,
        now: Moment,
        due: i64,
        period: Duration,
        routine: Option<(TimerFunction, usize)>,
    ) -> Result<(), Win32Error> {
        let reactor = reactor::get().map_err(|_| Win32Error::ERROR_NOT_ENOUGH_MEMORY)?;
        let mut setting = lock(&self.setting);
        self.stop(&mut setting);
        self.signal.reset();
        setting.period = period;
        setting.routine = routine.map(|(function, argument)| Routine {
            function,
            argument,
            thread: thread::current(),
            since: now,
        });
        // A time that does not fit the clock never comes.
        let at = now.instant.checked_add(now.until(due));
        setting.place = at.map(|at| queue().insert(self, at));
        let place = setting.place;
        drop(setting);
        if queue().next() == place.map(|(at, _)| at) {
            reactor.wake();
        }
        Ok(())
    }

    /// CancelWaitableTimer: stops; whether it is signalled stays as it is.
    pub fn cancel(&self) {
        self.stop(&mut lock(&self.setting));
    }

    fn stop(&self, setting: &mut Setting) {
        if let Some(place) = setting.place.take() {
            queue().remove(place);
        }
        if let Some(routine) = setting.routine.take() {
            routine.thread.apcs().withdraw_timer(self.identity());
        }
    }

    fn fire(self: &Arc<Self>, place: Place) {
        let mut setting = lock(&self.setting);
        if setting.place != Some(place) {
            // Set anew or cancelled, just now.
            return;
        }
        setting.place = None;
        if let Some(routine) = &setting.routine {
            let apc = Apc::Timer {
                function: routine.function,
                argument: routine.argument,
                time: routine.since.file_time_now(),
                timer: self.identity(),
            };
            if !routine.thread.apcs().push_timer(apc) {
                // The end of its thread ends the timer too, which stays as it is.
                return;
            }
        }
        self.signal.set();
        if setting.period > Duration::ZERO {
            // From the time it was due, so that delays do not add up; what was missed is left out.
            let (due, now) = (place.0, Instant::now());
            let missed = (now - due).as_nanos() / setting.period.as_nanos();
            let steps = u32::try_from(missed).map_or(u32::MAX, |missed| missed.saturating_add(1));
            let next = setting.period.checked_mul(steps).and_then(|time| due.checked_add(time));
            setting.place = next.map(|at| queue().insert(self, at));
        }
    }
}

impl Drop for WaitableTimer {
    fn drop(&mut self) {
        let mut setting = std::mem::take(&mut *lock(&self.setting));
        self.stop(&mut setting);
    }
}
