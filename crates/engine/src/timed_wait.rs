//! TcpTimedWaitDelay: the pairs of addresses that this process closed first, and until when
//! a ConnectEx to one of them is held (C-127..C-142).
//!
//! The kernel's own TIME_WAIT is fixed at 60 s and often cut short; this table keeps what a
//! program asked for, and only that: without a setting nothing is kept (C-135). Pairs of
//! other processes are the kernel's business alone.

use crate::settings;
use crate::sync::{Mutex, lock};
use linsock_backend::Address;
use std::time::{Duration, Instant};

struct Charged {
    local: Address,
    peer: Address,
    closed: Instant,
}

/// The charged pairs.
#[derive(Default)]
pub struct TimedWait {
    pairs: Mutex<Vec<Charged>>,
}

impl TimedWait {
    /// This side has closed a connection first.
    pub fn charge(&self, local: &Address, peer: &Address) {
        let Some(delay) = settings::timed_wait_delay() else { return };
        let mut pairs = lock(&self.pairs);
        pairs.retain(|pair| left(pair, delay).is_some());
        pairs.push(Charged { local: *local, peer: *peer, closed: Instant::now() });
    }

    /// How long a connection over the pair has to wait; `None`: not at all.
    pub fn time_left(&self, local: &Address, peer: &Address) -> Option<Duration> {
        let delay = settings::timed_wait_delay()?;
        let pairs = lock(&self.pairs);
        pairs
            .iter()
            .filter(|pair| pair.peer.same_endpoint(peer) && same_local(&pair.local, local))
            .filter_map(|pair| left(pair, delay))
            .max()
    }
}

/// A wildcard stands for whatever specific address the connection had.
fn same_local(one: &Address, other: &Address) -> bool {
    one.port() != 0
        && one.port() == other.port()
        && (one.ip() == other.ip() || one.is_unspecified() || other.is_unspecified())
}

fn left(pair: &Charged, delay_seconds: u32) -> Option<Duration> {
    let delay = Duration::from_secs(delay_seconds.into());
    delay.checked_sub(pair.closed.elapsed()).filter(|left| !left.is_zero())
}
