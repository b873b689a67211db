//! One connection and its time line.

use super::report::Report;
use super::run::{self, Plan, Watcher};
use crate::format;
use crate::paint::{Role, paint};
use crate::target::Target;
use linsock::{Socket, WsaError};
use std::io::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The width of the column of times.
const TIME_WIDTH: usize = 11;

pub fn run(
    plan: &Plan,
    target: &Target,
    own_server: bool,
    quiet: bool,
    report: &mut Report,
) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut line = TimeLine {
        report,
        quiet,
        attempt: begun,
        established: None,
        reply: Vec::new(),
        written: Ok(()),
    };
    let addresses: Vec<String> = plan.addresses.iter().map(SocketAddr::to_string).collect();
    let note = if own_server { " (an echo server of our own)" } else { "" };
    let backend = line.report.backend();
    line.say(None, "backend", Role::Label, backend);
    line.say(None, "resolved", Role::Label, &format!("{target}{note}: {}", addresses.join(", ")));
    run::run(plan, &mut line)?;
    line.written?;
    let reply = line.reply;
    report.ended(begun);
    if !quiet && !reply.is_empty() {
        // Byte for byte: what the peer sent is not ours to change.
        std::io::stdout().write_all(&reply)?;
        if !reply.ends_with(b"\n") {
            writeln!(std::io::stdout())?;
        }
    }
    Ok(())
}

/// Tells that the host's name has no address.
pub fn unresolved(target: &Target, error: WsaError) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{}", row(None, "failed", Role::Bad, &format!("{target}: {error}")))
}

struct TimeLine<'a> {
    report: &'a mut Report,
    quiet: bool,
    attempt: Instant,
    established: Option<Duration>,
    reply: Vec<u8>,
    written: std::io::Result<()>,
}

impl TimeLine<'_> {
    fn say(&mut self, at: Option<Duration>, label: &str, role: Role, text: &str) {
        if !self.quiet && self.written.is_ok() {
            self.written = writeln!(std::io::stdout(), "{}", row(at, label, role, text));
        }
    }

    fn establish(&mut self, socket: &Socket, at: Duration) {
        if self.established.is_none()
            && let Ok(Some(age)) = socket.connect_time()
        {
            self.established = Some(at);
            let text = format!("SO_CONNECT_TIME {} s", age.as_secs());
            self.say(Some(at), "established", Role::Good, &text);
        }
    }
}

impl Watcher for TimeLine<'_> {
    fn started(&mut self, address: SocketAddr, begun: Instant, pending: bool) {
        self.attempt = begun;
        self.established = None;
        let text = match pending {
            true => format!("{address}: ConnectEx returned WSA_IO_PENDING (997)"),
            false => format!("{address}: ConnectEx completed at once"),
        };
        let label = if pending { "pending" } else { "started" };
        self.say(Some(begun.elapsed()), label, Role::Label, &text);
    }

    fn not_started(&mut self, address: SocketAddr, begun: Instant, error: WsaError) {
        self.attempt = begun;
        self.attempt_failed(address, error);
    }

    fn waiting(&mut self, socket: &Socket) {
        self.establish(socket, self.attempt.elapsed());
    }

    fn attempt_failed(&mut self, address: SocketAddr, error: WsaError) {
        let at = self.attempt.elapsed();
        self.say(Some(at), "failed", Role::Bad, &format!("{address}: {error}"));
    }

    fn connected(&mut self, socket: &Socket, bytes_sent: u32, took: Duration) {
        self.establish(socket, took);
        self.say(Some(took), "data sent", Role::Good, &format::bytes(bytes_sent.into()));
        for (label, name) in [("local", socket.local_addr()), ("remote", socket.peer_addr())] {
            match name {
                Ok(address) => self.say(None, label, Role::Label, &address.to_string()),
                Err(error) => self.say(None, label, Role::Bad, &error.to_string()),
            }
        }
        self.report.connected(bytes_sent, took);
    }

    fn received(&mut self, data: &[u8]) {
        let at = self.attempt.elapsed();
        self.report.bytes_received += data.len() as u64;
        if !self.quiet {
            self.say(Some(at), "received", Role::Good, &format::bytes(data.len() as u64));
            self.reply.extend_from_slice(data);
        }
    }

    fn receive_failed(&mut self, error: WsaError) {
        let at = self.attempt.elapsed();
        self.say(Some(at), "no answer", Role::Bad, &error.to_string());
        self.report.receive_failed(error);
    }

    fn failed(&mut self, error: WsaError) {
        self.report.failed(error);
    }
}

fn row(at: Option<Duration>, label: &str, role: Role, text: &str) -> String {
    let at = at.map_or(String::new(), |at| format!("+{}", format::duration(at)));
    format!("{at:>TIME_WIDTH$}  {}  {text}", paint(role, &format!("{label:<11}")))
}
