//! connect+send and echo on tokio, compio and monoio.
//!
//! `runtimes NAME echo THREADS HOLD` and `runtimes NAME connect PORT THREADS HOLD SILENT`, as all
//! contestants of the benchmark are started. Each is written as its documentation has it: a task
//! a connection.

#[path = "../../src/accepting.rs"]
mod accepting;
#[allow(dead_code)]
#[path = "../../src/backlog.rs"]
mod backlog;
#[path = "../../src/latency.rs"]
mod latency;
#[path = "../../src/lines.rs"]
mod lines;
#[allow(dead_code)]
#[path = "../../src/raw.rs"]
mod raw;
#[path = "../../src/round.rs"]
mod round;

mod on_compio;
mod on_monoio;
mod on_tokio;

use accepting::Started;
use anyhow::{Context, Result, bail};
use backlog::Taken;
use lines::{Held, answer};
use round::{Quota, Round};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};

/// What is left of a round, for all tasks.
type Shared = Arc<Mutex<Quota>>;

/// Serves the connections whose descriptors come on the stream, with so many threads.
type Server = fn(UnixStream, usize, Started) -> Result<()>;

/// Makes connections.
trait Client {
    /// Keeps so many under way while the quota lasts; answers how many it made.
    fn run(&mut self, in_flight: usize, quota: &Shared) -> Result<u64>;
    /// Starts connections of these sockets, which are to stay under way.
    fn hold(
        &mut self,
        bound: Vec<i32>,
        to: fn(usize, u16) -> SocketAddr,
        silent: u16,
    ) -> Result<()>;
}

fn main() -> Result<()> {
    raw::raise_descriptor_limit()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [name, "echo", threads, hold] => {
            // tokio has a scheduler over its threads, the others have one each.
            let (server, workers): (Server, _) = match name {
                "tokio" => (on_tokio::serve, 1),
                "compio" => (on_compio::serve, threads.parse()?),
                "monoio" => (on_monoio::serve, threads.parse()?),
                other => bail!("{other}"),
            };
            echo(server, workers, threads.parse()?, hold.parse()?)
        }
        [name, "connect", port, threads, hold, silent] => {
            let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse()?));
            let mut client: Box<dyn Client> = match name {
                "tokio" => Box::new(on_tokio::Tokio::new(peer, threads.parse()?)?),
                "compio" => Box::new(on_compio::Compio::new(peer)?),
                "monoio" => Box::new(on_monoio::Monoio::new(peer)?),
                other => bail!("{other}"),
            };
            connect(client.as_mut(), hold.parse()?, silent.parse()?)
        }
        _ => bail!("runtimes NAME echo THREADS HOLD | NAME connect PORT THREADS HOLD SILENT"),
    }
}

fn echo(server: Server, workers: usize, threads: usize, hold: usize) -> Result<()> {
    let started = Started::default();
    let mut streams = Vec::new();
    for _ in 0..workers {
        let (ours, theirs) = UnixStream::pair()?;
        let started = started.clone();
        accepting::spawn(move || server(theirs, threads, started));
        streams.push(ours);
    }
    accepting::serve(workers, hold, &started, move |worker, fds| {
        Ok(streams[worker].write_all(&accepting::bytes(fds))?)
    })
}

/// Connections to one address: far fewer than there are local ports, for which the kernel searches
/// longer and longer.
const PER_ADDRESS: usize = 5_000;

fn silent_address(index: usize, port: u16) -> SocketAddr {
    let ip = u32::from(Ipv4Addr::LOCALHOST) + (index / PER_ADDRESS) as u32;
    SocketAddr::from((Ipv4Addr::from(ip), port))
}

fn connect(client: &mut dyn Client, hold: usize, silent: u16) -> Result<()> {
    if hold > 0 {
        let bound = (0..hold).map(|_| raw::bound_socket()).collect::<std::io::Result<_>>()?;
        answer(&Held { held: hold })?;
        std::io::stdin().read_line(&mut String::new())?;
        client.hold(bound, silent_address, silent)?;
        answer(&Held { held: hold })?;
    }
    let taken = Taken::inherited()?;
    for line in std::io::stdin().lines() {
        let round: Round = serde_json::from_str(&line?).context("a round")?;
        let tally = round.run(taken, |quota| {
            let shared = Arc::new(Mutex::new(quota));
            let made = client.run(round.in_flight, &shared)?;
            let quota = Arc::into_inner(shared).context("a task still runs")?;
            Ok((made, quota.into_inner().unwrap_or_else(|error| error.into_inner())))
        })?;
        answer(&tally)?;
    }
    // Pending connections would be waited for.
    std::process::exit(0)
}

/// The descriptors that came.
fn descriptors(bytes: &[u8]) -> impl Iterator<Item = i32> {
    bytes.chunks_exact(4).map(|four| i32::from_ne_bytes([four[0], four[1], four[2], four[3]]))
}
