//! The contestants that are parts of this program: the same work, done in several ways.
//!
//! The work (connect+send): a socket, a bind to port 0, a connection with a block of 64 bytes,
//! its completion, a hard close. All leave the choice of the port to `connect`, which is the
//! cheapest way the kernel has: the raw contestants by an option, linsock by itself.

mod blocking;
pub mod linsock;
mod plain;
mod uring;

use crate::backlog::Taken;
use crate::latency::Latencies;
use crate::process::answer;
use crate::raw;
use crate::server::Held;
use crate::trace::mark;
use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::{Duration, Instant};

/// Who.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Name {
    /// Hand-written io_uring, connect linked to send: the anchor of all ratios.
    RawUring,
    /// Hand-written system calls, epoll where they would block.
    RawCalls,
    /// Plain blocking calls, one connection after the other.
    Blocking,
    /// linsock, backend epoll.
    LinsockEpoll,
    /// linsock, backend uring.
    LinsockUring,
}

impl Name {
    /// Everyone, the anchor first.
    pub const ALL: [Name; 5] =
        [Name::RawUring, Name::RawCalls, Name::Blocking, Name::LinsockEpoll, Name::LinsockUring];

    /// As tables and the command line spell it.
    pub fn text(self) -> &'static str {
        match self {
            Name::RawUring => "raw-uring",
            Name::RawCalls => "raw-calls",
            Name::Blocking => "blocking",
            Name::LinsockEpoll => "linsock-epoll",
            Name::LinsockUring => "linsock-uring",
        }
    }

    /// What LINSOCK_BACKEND has to be.
    pub fn backend(self) -> Option<&'static str> {
        match self {
            Name::LinsockEpoll => Some("epoll"),
            Name::LinsockUring => Some("uring"),
            _ => None,
        }
    }
}

/// What a contestant's process is told.
#[derive(clap::Args)]
pub struct Options {
    name: Name,
    /// Where the listener is.
    #[arg(long)]
    peer: SocketAddrV4,
    /// Do this many and end, without being asked.
    #[arg(long)]
    once: Option<u64>,
    /// How many at a time, with --once.
    #[arg(long, default_value_t = 1)]
    in_flight: usize,
    /// So many that stay under way meanwhile.
    #[arg(long, default_value_t = 0)]
    hold: usize,
    /// The port that never answers them.
    #[arg(long, default_value_t = 0)]
    silent: u16,
}

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
pub struct Quota<'a> {
    left: u64,
    until: Instant,
    made: u64,
    taken: &'a Taken,
    taken_before: u64,
    latencies: Latencies,
}

impl Quota<'_> {
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

/// Makes connections.
trait Contestant {
    /// Keeps `in_flight` connections under way while the quota lasts; answers how many it made,
    /// each of them complete, with its block accepted, and closed.
    fn run(&mut self, in_flight: usize, quota: &mut Quota<'_>) -> Result<u64>;

    /// Starts a connection of a bound socket, which is to stay under way.
    fn hold(&mut self, _bound: i32, _to: SocketAddrV4) -> Result<()> {
        bail!("it cannot have connections under way meanwhile")
    }

    /// All that are to stay under way were started.
    fn held(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Connections to one address: fewer than there are local ports.
const PER_ADDRESS: usize = 20_000;

/// Has as many under way as it is told; says when they could begin, and when they have.
fn hold(contestant: &mut dyn Contestant, count: usize, silent: u16) -> Result<()> {
    let bound = (0..count).map(|_| raw::bound_socket()).collect::<std::io::Result<Vec<i32>>>()?;
    answer(&Held { held: count })?;
    std::io::stdin().read_line(&mut String::new())?;
    for (index, fd) in bound.into_iter().enumerate() {
        let ip = u32::from(Ipv4Addr::LOCALHOST) + (index / PER_ADDRESS) as u32;
        contestant.hold(fd, SocketAddrV4::new(ip.into(), silent))?;
    }
    contestant.held()?;
    answer(&Held { held: count })
}

/// The mark around rounds that are counted.
pub const ROUND: u32 = 1;

/// Does rounds as told on the standard input, or one with --once.
pub fn run(options: &Options) -> Result<()> {
    raw::raise_descriptor_limit()?;
    let mut contestant: Box<dyn Contestant> = match options.name {
        Name::RawUring => Box::new(uring::Uring::new(options.peer)?),
        Name::RawCalls => Box::new(plain::Plain::new(options.peer)?),
        Name::Blocking => Box::new(blocking::Blocking::new(options.peer)),
        Name::LinsockEpoll | Name::LinsockUring => Box::new(linsock::Linsock::new(options.peer)?),
    };
    let taken = Taken::inherited()?;
    if options.hold > 0 {
        hold(contestant.as_mut(), options.hold, options.silent)?;
    }
    if let Some(operations_max) = options.once {
        let Options { in_flight, .. } = *options;
        let round = Round { in_flight, operations_max, milliseconds_max: 60_000 };
        // What happens only once is over before the counting.
        round.run(contestant.as_mut(), &taken)?;
        mark(ROUND);
        let tally = round.run(contestant.as_mut(), &taken)?;
        mark(0);
        ensure!(tally.operations == operations_max, "only {} done", tally.operations);
        return Ok(());
    }
    for line in std::io::stdin().lines() {
        let round: Round = serde_json::from_str(&line?).context("a round")?;
        answer(&round.run(contestant.as_mut(), &taken)?)?;
    }
    Ok(())
}

impl Round {
    fn run(&self, contestant: &mut dyn Contestant, taken: &Taken) -> Result<Tally> {
        let started = Instant::now();
        let cpu = raw::cpu_nanoseconds();
        let until = started + Duration::from_millis(self.milliseconds_max);
        let (left, taken_before) = (self.operations_max, taken.count());
        let latencies = Latencies::new();
        let mut quota = Quota { left, until, made: 0, taken, taken_before, latencies };
        let operations = contestant.run(self.in_flight, &mut quota)?;
        Ok(Tally {
            operations,
            nanoseconds: started.elapsed().as_nanos() as u64,
            cpu_nanoseconds: raw::cpu_nanoseconds() - cpu,
            p50_nanoseconds: quota.latencies.per_mille(500),
            p99_nanoseconds: quota.latencies.per_mille(990),
        })
    }
}
