//! The echo servers that go without the library.
//!
//! A server says its port, then serves until its standard input ends. One thread accepts and
//! hands the connections to the workers in turn. Told to hold, it first accepts so many without
//! serving any, says so, and starts them all when it is given a line: what starting costs, and
//! what a pending receive takes, can be measured then.

mod blocking;
mod epoll;
mod uring;

use crate::process::answer;
use crate::raw::{self, check};
use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::os::fd::IntoRawFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// io_uring, a ring a thread.
    RawUring,
    /// epoll, an instance a thread.
    RawEpoll,
    /// A thread a connection.
    Blocking,
}

/// What a server's process is told.
#[derive(clap::Args)]
pub struct Options {
    name: Name,
    /// Worker threads.
    threads: usize,
    /// Accept so many before serving any; 0: serve at once.
    hold: usize,
}

/// What a server says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Held {
    /// Connections that are accepted, or served.
    pub held: usize,
}

/// How a worker is given connections.
enum Worker {
    /// Descriptors, four bytes each, on a stream.
    Stream(UnixStream),
    /// The thread that accepts does it itself.
    Epoll(i32),
    /// A new thread each.
    Blocking,
}

/// Connections whose first receive is under way.
pub type Started = Arc<AtomicUsize>;

/// Serves.
pub fn run(options: &Options) -> Result<()> {
    raw::raise_descriptor_limit()?;
    let started = Started::default();
    let mut workers = Vec::new();
    for _ in 0..options.threads.max(1) {
        workers.push(match options.name {
            Name::RawUring => {
                let (ours, theirs) = UnixStream::pair()?;
                let started = started.clone();
                spawn(move || uring::serve(theirs.into_raw_fd(), &started));
                Worker::Stream(ours)
            }
            Name::RawEpoll => {
                let worker = epoll::create()?;
                spawn(move || epoll::serve(worker));
                Worker::Epoll(worker)
            }
            Name::Blocking => Worker::Blocking,
        });
    }
    let (listener, address) = raw::listen_anywhere()?;
    answer(&crate::listener::Ready { port: address.port() })?;
    if options.hold > 0 {
        let mut held = Vec::with_capacity(options.hold);
        while held.len() < options.hold {
            held.push(accept(listener)?);
        }
        // What a slot of a worker takes is not what a pending receive takes.
        answer(&Held { held: held.len() })?;
        std::io::stdin().read_line(&mut String::new())?;
        for (index, fd) in held.iter().enumerate() {
            workers[index % options.threads.max(1)].give(*fd, &started)?;
        }
        while started.load(Ordering::Acquire) < options.hold {
            std::thread::sleep(Duration::from_micros(100));
        }
        answer(&Held { held: options.hold })?;
    }
    spawn(move || {
        for worker in 0.. {
            workers[worker % workers.len()].give(accept(listener)?, &started)?;
        }
        Ok(())
    });
    while std::io::stdin().read_line(&mut String::new())? > 0 {}
    std::process::exit(0);
}

/// A thread whose failure ends the server.
fn spawn(work: impl FnOnce() -> Result<()> + Send + 'static) {
    std::thread::spawn(move || {
        if let Err(error) = work() {
            eprintln!("a server's thread failed: {error:#}");
            std::process::exit(1);
        }
    });
}

fn accept(listener: i32) -> Result<i32> {
    let (name, len) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: the address is not asked for.
    let fd = check(unsafe { libc::accept4(listener, name, len, libc::SOCK_CLOEXEC) });
    let fd = fd.context("accept")?;
    raw::set_option(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY, &1i32)?;
    Ok(fd)
}

impl Worker {
    fn give(&self, fd: i32, started: &Started) -> Result<()> {
        match self {
            Worker::Stream(stream) => {
                let mut stream = stream;
                return Ok(stream.write_all(&fd.to_ne_bytes())?);
            }
            Worker::Epoll(worker) => epoll::watch(*worker, fd)?,
            Worker::Blocking => {
                std::thread::Builder::new()
                    .stack_size(64 << 10)
                    .spawn(move || blocking::serve(fd))?;
            }
        }
        started.fetch_add(1, Ordering::Release);
        Ok(())
    }
}
