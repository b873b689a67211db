//! One round of connect+send, as a contestant is told it and answers it.

use crate::backlog::Taken;
use crate::latency::Latencies;
use crate::raw;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// One round.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Round {
    /// Connections under way at a time.
    pub in_flight: usize,
    /// The most connections to make.
    pub operations_max: u64,
    /// When to stop at the latest.
    pub milliseconds_max: u64,
}

/// What a round took.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Connections made.
    pub operations: u64,
    /// Time.
    pub nanoseconds: u64,
    /// CPU time of the contestant, all threads.
    pub cpu_nanoseconds: u64,
    /// From a connection's start to its completion: half of them were faster.
    pub p50_nanoseconds: u64,
    /// 99 % of them.
    pub p99_nanoseconds: u64,
}

/// Says when to stop starting connections.
pub struct Quota {
    left: u64,
    until: Instant,
    made: u64,
    taken: Taken,
    taken_before: u64,
    latencies: Latencies,
}

impl Quota {
    /// Whether one more may be started; `Some`: it starts now.
    pub fn take(&mut self) -> Option<Instant> {
        let now = Instant::now();
        if self.left == 0 || now >= self.until {
            self.left = 0;
            return None;
        }
        self.left -= 1;
        self.taken.keep_pace(self.taken_before, self.made);
        self.made += 1;
        Some(now)
    }

    /// One that was started then is complete.
    pub fn complete(&mut self, started: Instant) {
        self.latencies.record(started.elapsed().as_nanos() as u64);
    }
}

impl Round {
    /// Has the work done, which answers how many connections it made.
    pub fn run(
        &self,
        taken: Taken,
        work: impl FnOnce(Quota) -> Result<(u64, Quota)>,
    ) -> Result<Tally> {
        let began = Instant::now();
        let cpu = raw::cpu_nanoseconds();
        let until = began + Duration::from_millis(self.milliseconds_max);
        let (left, taken_before) = (self.operations_max, taken.count());
        let latencies = Latencies::new();
        let quota = Quota { left, until, made: 0, taken, taken_before, latencies };
        let (operations, quota) = work(quota)?;
        Ok(Tally {
            operations,
            nanoseconds: began.elapsed().as_nanos() as u64,
            cpu_nanoseconds: raw::cpu_nanoseconds() - cpu,
            p50_nanoseconds: quota.latencies.per_mille(500),
            p99_nanoseconds: quota.latencies.per_mille(990),
        })
    }
}
