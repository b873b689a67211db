//! `linsock serve`: an echo server on a completion port, which AcceptEx, WSARecv and WSASend report to.

pub mod echo;

use crate::backend::{self, Backend};
use crate::format;
use crate::target::Target;
use anyhow::Context;
use echo::{Server, Statistics};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Echo what connections send, by AcceptEx, WSARecv and WSASend on a completion port, until SIGINT
/// or SIGTERM.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  linsock serve                       on 127.0.0.1:7777
  linsock serve 0.0.0.0:7 --threads 4
  linsock serve '[::1]:0'             on a port that the system chooses

Exit status: 0 ended by a signal, 1 it cannot serve, 2 wrong usage.")]
pub struct Arguments {
    /// Where to listen; port 0 is any free one
    #[arg(value_name = "ADDR:PORT", default_value = "127.0.0.1:7777")]
    address: Target,
    /// How many threads take packets [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), allow_negative_numbers = true)]
    threads: Option<u16>,
    /// The backend; the default is LINSOCK_BACKEND, else auto
    #[arg(long, value_enum)]
    backend: Option<Backend>,
}

/// How often the statistics line is renewed.
const STATISTICS_EVERY: Duration = Duration::from_secs(1);

pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    backend::choose(arguments.backend);
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        // A second signal finds nobody listening any more, which is as well.
        let _ = stop.send(());
    })
    .context("signals cannot be handled")?;
    let backend = backend::start()?;
    let target = &arguments.address;
    let addresses = linsock::resolve(&target.host, target.port);
    let address = addresses.with_context(|| target.host.clone())?.into_iter().next();
    let address = address.with_context(|| format!("{} has no address", target.host))?;
    let threads = match arguments.threads {
        Some(threads) => threads.into(),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let server = Server::start(address, threads)?;
    let mut out = std::io::stdout();
    let threads = match threads {
        1 => "1 thread".to_owned(),
        many => format!("{many} threads"),
    };
    writeln!(out, "listening on {} ({backend}, {threads})", server.local_addr())?;
    out.flush()?;
    wait(&server, &stopped);
    let end = server.stop();
    writeln!(
        out,
        "served {} connections, echoed {}",
        end.connections,
        format::bytes(end.bytes_echoed)
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Waits for a signal, with a line of statistics on a terminal.
fn wait(server: &Server, stopped: &mpsc::Receiver<()>) {
    let watched = std::io::stderr().is_terminal();
    let mut last = (Instant::now(), 0);
    loop {
        match stopped.recv_timeout(STATISTICS_EVERY) {
            Err(mpsc::RecvTimeoutError::Timeout) if watched => {
                let now = server.statistics();
                let seconds = last.0.elapsed().as_secs_f64();
                let rate = (now.bytes_echoed - last.1) as f64 / seconds;
                // A terminal that went away is no reason to stop serving.
                let _ = write!(std::io::stderr(), "\r\x1b[K{}", line(now, rate as u64));
                last = (Instant::now(), now.bytes_echoed);
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    if watched {
        let _ = writeln!(std::io::stderr());
    }
}

fn line(now: Statistics, bytes_per_second: u64) -> String {
    format!(
        "{} open, {} served, {} echoed, {}/s",
        now.open,
        now.connections,
        format::bytes(now.bytes_echoed),
        format::bytes(bytes_per_second)
    )
}
