//! The echo servers that go without the library.

mod blocking;
mod epoll;
mod uring;

use crate::accepting::{self, Started};
use crate::raw;
use anyhow::Result;
use clap::ValueEnum;
use std::io::Write;
use std::os::fd::IntoRawFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::Ordering;

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

/// How a worker is given connections.
enum Worker {
    /// Descriptors on a stream.
    Stream(UnixStream),
    /// The thread that accepts does it itself.
    Epoll(i32),
    /// A new thread each.
    Blocking,
}

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
                accepting::spawn(move || uring::serve(theirs.into_raw_fd(), &started));
                Worker::Stream(ours)
            }
            Name::RawEpoll => {
                let worker = epoll::create()?;
                accepting::spawn(move || epoll::serve(worker));
                Worker::Epoll(worker)
            }
            Name::Blocking => Worker::Blocking,
        });
    }
    let counted = started.clone();
    accepting::serve(workers.len(), options.hold, &started, move |worker, fds| {
        workers[worker].give(fds, &counted)
    })
}

impl Worker {
    fn give(&self, fds: &[i32], started: &Started) -> Result<()> {
        if let Worker::Stream(stream) = self {
            let mut stream = stream;
            return Ok(stream.write_all(&accepting::bytes(fds))?);
        }
        for &fd in fds {
            match self {
                Worker::Epoll(worker) => epoll::watch(*worker, fd)?,
                _ => {
                    let thread = std::thread::Builder::new().stack_size(64 << 10);
                    thread.spawn(move || blocking::serve(fd))?;
                }
            }
        }
        started.fetch_add(fds.len(), Ordering::Release);
        Ok(())
    }
}
