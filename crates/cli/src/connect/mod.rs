//! `linsock connect`: connections by ConnectEx, one with its time line or many with their rate.

mod data;
mod many;
mod progress;
mod report;
mod run;
mod single;

use crate::backend::{self, Backend};
use crate::serve::echo::Server;
use crate::target::{self, Target};
use crate::{FAILED, UsageError};
use linsock::{Event, Notify};
use report::Report;
use run::{Plan, Receive};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// What is sent first when nothing was said, to the server of our own.
const GREETING: &str = "hello from ConnectEx";
/// Threads of the server of our own.
const ECHO_THREADS: usize = 2;

/// Connect with ConnectEx, optionally sending a first block of data, and tell what happened.
///
/// Without HOST:PORT it starts an echo server of its own on this machine and connects to that.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  linsock connect
  linsock connect localhost:6379 --send $'PING\\r\\n' --receive
  linsock connect '[::1]:80' --send-file request.txt --receive --notify event
  linsock connect localhost:7777 --count 500 --in-flight 20 --receive 1 --notify routine
  linsock connect 10.0.0.1:80 --bind 10.0.0.2 --timeout 3
  linsock connect 127.0.0.1:7777 --count 100000 --in-flight 64 --backend uring --json

The object of --json:
  backend         epoll or uring
  connected       connections made
  failed          connections that failed at every address
  bytes_sent      first data sent, all connections together
  errors          failed connections by the error of the last attempt
  latency_us      p50, p90 and p99 from ConnectEx to its completion,
                  in microseconds; null if none connected
  rate            connections made a second, from the first start
                  until the last one stood or had failed
  bytes_received  only with --receive: bytes of all answers
  receive_errors  only with --receive: answers that an error ended,
                  by the error

Exit status: 0 all connected, 1 some failed, 2 wrong usage.")]
pub struct Arguments {
    /// Where to connect to; each address of a name is tried in turn
    #[arg(value_name = "HOST:PORT")]
    target: Option<Target>,
    /// Send this text as first data
    #[arg(long, value_name = "TEXT", group = "data", allow_hyphen_values = true)]
    send: Option<String>,
    /// Send this file's content as first data
    #[arg(long, value_name = "FILE", group = "data")]
    send_file: Option<PathBuf>,
    /// Send these bytes as first data, two hexadecimal digits each
    #[arg(long, value_name = "HEX", group = "data", value_parser = data::from_hex)]
    send_hex: Option<data::Bytes>,
    /// How the end of an operation is told
    #[arg(long, value_enum, default_value_t = NotifyBy::Port)]
    notify: NotifyBy,
    /// Receive the answer: BYTES of it, or until it ends or falls silent for half a second
    #[arg(long, value_name = "BYTES", num_args = 0..=1, value_parser = data::count, allow_negative_numbers = true)]
    receive: Option<Option<u64>>,
    /// How many connections to make
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = data::positive::<u64>, allow_negative_numbers = true)]
    count: u64,
    /// How many connections are attempted at a time; at most 64 with --notify event or routine
    #[arg(long, value_name = "M", default_value_t = 1, value_parser = data::positive::<u32>, allow_negative_numbers = true)]
    in_flight: u32,
    /// Let the first data travel with the handshake (TCP_FASTOPEN)
    #[arg(long)]
    fastopen: bool,
    /// The local address to connect from
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = target::local)]
    bind: Option<SocketAddr>,
    /// Give up an attempt, or waiting for an answer, after this time (then WSAETIMEDOUT);
    /// Winsock itself gives a connection up after 21 seconds
    #[arg(long, value_name = "SECONDS", value_parser = data::seconds, allow_negative_numbers = true)]
    timeout: Option<Duration>,
    /// The backend; the default is LINSOCK_BACKEND, else auto
    #[arg(long, value_enum)]
    backend: Option<Backend>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The ways in which an end is told.
#[derive(Copy, Clone, Debug, PartialEq, Eq, clap::ValueEnum)]
enum NotifyBy {
    /// A packet at a completion port
    Port,
    /// An event in the OVERLAPPED
    Event,
    /// A completion routine, in an alertable wait; ConnectEx takes none, so that its own end is
    /// told by an event in the same wait
    Routine,
}

pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let data = first_data(&arguments)?;
    let notify = match arguments.notify {
        NotifyBy::Port => Notify::Port,
        NotifyBy::Event => Notify::Event,
        NotifyBy::Routine => Notify::Routine,
    };
    // The help names the number.
    const { assert!(Event::ANY_MAX == 64) };
    let in_flight = u64::from(arguments.in_flight).min(arguments.count) as u32;
    if notify != Notify::Port && in_flight as usize > Event::ANY_MAX {
        let most = Event::ANY_MAX;
        let text = format!("a thread waits for {most} events at most: --in-flight {most}");
        return Err(UsageError(text).into());
    }
    backend::choose(arguments.backend);
    let backend = backend::start()?;
    // Without a target, the whole way is shown: data out and back.
    let own = match arguments.target {
        Some(_) => None,
        None => Some(Server::start((Ipv4Addr::LOCALHOST, 0).into(), ECHO_THREADS)?),
    };
    let target = match (arguments.target, &own) {
        (Some(target), _) => target,
        (None, Some(server)) => {
            let address = server.local_addr();
            Target { host: address.ip().to_string(), port: address.port() }
        }
        (None, None) => return Err(UsageError("HOST:PORT is missing".into()).into()),
    };
    let receive = match arguments.receive {
        Some(Some(bytes)) => Some(Receive::Bytes(bytes)),
        Some(None) => Some(Receive::UntilSilence),
        // The echo is as long as what was sent.
        None if own.is_some() && arguments.count == 1 => Some(Receive::Bytes(data.len() as u64)),
        None => None,
    };
    let plan = |addresses| Plan {
        addresses,
        data,
        notify,
        receive,
        fastopen: arguments.fastopen,
        bind: arguments.bind,
        timeout: arguments.timeout,
        count: arguments.count,
        in_flight,
    };
    let mut report = Report::new(backend);
    match linsock::resolve(&target.host, target.port) {
        Err(error) => {
            report.unresolved(arguments.count, error);
            if !arguments.json {
                single::unresolved(&target, error)?;
            }
        }
        Ok(addresses) if arguments.count == 1 => {
            single::run(&plan(addresses), &target, own.is_some(), arguments.json, &mut report)?;
        }
        Ok(addresses) => {
            many::run(&plan(addresses), &target, arguments.json, &mut report)?;
        }
    }
    if arguments.json {
        report.print_json(arguments.receive.is_some())?;
    }
    if let Some(server) = own {
        server.stop();
    }
    Ok(if report.failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

fn first_data(arguments: &Arguments) -> anyhow::Result<Vec<u8>> {
    if let Some(text) = &arguments.send {
        return Ok(text.clone().into_bytes());
    }
    if let Some(data::Bytes(bytes)) = &arguments.send_hex {
        return Ok(bytes.clone());
    }
    if let Some(path) = &arguments.send_file {
        let read = std::fs::read(path);
        return read.map_err(|error| UsageError(format!("{}: {error}", path.display())).into());
    }
    let own = arguments.target.is_none();
    Ok(if own { GREETING.into() } else { Vec::new() })
}
