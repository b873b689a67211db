//! Decides which call of this process fails.

use super::table;
use crate::random::Random;
use linsock_backend::Errno;
use linsock_backend::fault::{self, Call};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is to fail.
#[derive(Clone, Debug)]
pub enum Plan {
    /// Nothing: calls are counted.
    Nothing,
    /// One occurrence of a call.
    One { call: Call, errno: i32, occurrence: u32 },
    /// One call in so many.
    Random { random: Random, one_in: usize },
}

struct State {
    plan: Plan,
    seen: Vec<(Call, u32)>,
    failed: Vec<(Call, i32)>,
}

static STATE: Mutex<State> =
    Mutex::new(State { plan: Plan::Nothing, seen: Vec::new(), failed: Vec::new() });
static ACTIVE: AtomicBool = AtomicBool::new(false);

fn state() -> std::sync::MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// From now on calls fail as planned.
pub fn begin(plan: Plan) {
    fault::install(judge);
    state().plan = plan;
    ACTIVE.store(true, Ordering::SeqCst);
}

/// Nothing fails any more.
pub fn end() {
    ACTIVE.store(false, Ordering::SeqCst);
}

/// Nothing fails during this.
pub fn without<T>(work: impl FnOnce() -> T) -> T {
    let before = ACTIVE.swap(false, Ordering::SeqCst);
    let result = work();
    ACTIVE.store(before, Ordering::SeqCst);
    result
}

/// How often each call was made.
pub fn seen() -> Vec<(Call, u32)> {
    state().seen.clone()
}

/// What failed.
pub fn failed() -> Vec<(Call, i32)> {
    state().failed.clone()
}

fn judge(call: Call) -> Option<Errno> {
    if !ACTIVE.load(Ordering::SeqCst) {
        return None;
    }
    let state = &mut *state();
    let number = match state.seen.iter_mut().find(|(own, _)| *own == call) {
        Some((_, count)) => {
            *count += 1;
            *count
        }
        None => {
            state.seen.push((call, 1));
            1
        }
    };
    let errno = match &mut state.plan {
        Plan::Nothing => None,
        Plan::One { call: one, errno, occurrence } => {
            (*one == call && *occurrence == number).then_some(*errno)
        }
        Plan::Random { random, one_in } => {
            let fails = random.below(*one_in) == 0;
            let errnos = table::errnos(call);
            (fails && !errnos.is_empty()).then(|| random.pick(errnos))
        }
    };
    if let Some(errno) = errno {
        state.failed.push((call, errno));
    }
    errno.map(Errno)
}
