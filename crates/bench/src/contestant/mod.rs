//! The contestants that are parts of this program: the same work, done in several ways.
//!
//! The work (connect+send): a socket, a bind to port 0, a connection with a block of 64 bytes,
//! its completion, a hard close. All leave the choice of the port to `connect`, which is the
//! cheapest way the kernel has: the raw contestants by an option, linsock by itself.

mod blocking;
mod plain;
mod uring;

use crate::backlog::Taken;
use crate::lines::{Held, answer};
use crate::raw;
pub use crate::round::{Quota, Round, Tally};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use std::net::{Ipv4Addr, SocketAddrV4};

/// Who.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// Hand-written io_uring, connect linked to send: the anchor of all ratios.
    RawUring,
    /// Hand-written system calls, epoll where they would block.
    RawEpoll,
    /// Plain blocking calls, one connection after the other.
    Blocking,
}

/// What a contestant's process is told.
#[derive(clap::Args)]
pub struct Options {
    name: Name,
    /// Where the listener is.
    #[arg(long)]
    peer: SocketAddrV4,
    /// So many that stay under way meanwhile.
    #[arg(long, default_value_t = 0)]
    hold: usize,
    /// The port that never answers them.
    #[arg(long, default_value_t = 0)]
    silent: u16,
}

/// Makes connections.
trait Contestant {
    /// Keeps `in_flight` connections under way while the quota lasts; answers how many it made,
    /// each of them complete, with its block accepted, and closed.
    fn run(&mut self, in_flight: usize, quota: &mut Quota) -> Result<u64>;

    /// Starts a connection of a bound socket, which is to stay under way.
    fn hold(&mut self, _bound: i32, _to: SocketAddrV4) -> Result<()> {
        bail!("it cannot have connections under way meanwhile")
    }

    /// All that are to stay under way were started.
    fn held(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Connections to one address: far fewer than there are local ports, for which the kernel searches
/// longer and longer.
const PER_ADDRESS: usize = 5_000;

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

/// Does rounds as told on the standard input.
pub fn run(options: &Options) -> Result<()> {
    raw::raise_descriptor_limit()?;
    let mut contestant: Box<dyn Contestant> = match options.name {
        Name::RawUring => Box::new(uring::Uring::new(options.peer)?),
        Name::RawEpoll => Box::new(plain::Plain::new(options.peer)?),
        Name::Blocking => Box::new(blocking::Blocking::new(options.peer)),
    };
    let taken = Taken::inherited()?;
    if options.hold > 0 {
        hold(contestant.as_mut(), options.hold, options.silent)?;
    }
    for line in std::io::stdin().lines() {
        let round: Round = serde_json::from_str(&line?).context("a round")?;
        answer(&run_round(&round, contestant.as_mut(), taken)?)?;
    }
    Ok(())
}

fn run_round(round: &Round, contestant: &mut dyn Contestant, taken: Taken) -> Result<Tally> {
    round.run(taken, |mut quota| Ok((contestant.run(round.in_flight, &mut quota)?, quota)))
}
