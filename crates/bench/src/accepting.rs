//! What every echo server in Rust does the same way: one thread accepts, and hands the
//! connections to the workers in turn.
//!
//! Told to hold, it first accepts so many without serving any, says so, and hands them all over
//! when it is given a line: what starting costs, and what a pending receive takes, can be
//! measured then. It serves until its standard input ends.

use crate::lines::{Held, Ready, answer};
use crate::raw::{self, check};
use anyhow::{Context, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Connections whose first receive is under way.
pub type Started = Arc<AtomicUsize>;

/// Serves; `give` hands connections to a worker.
pub fn serve(
    workers: usize,
    hold: usize,
    started: &Started,
    mut give: impl FnMut(usize, &[i32]) -> Result<()> + Send + 'static,
) -> Result<()> {
    let (listener, address) = raw::listen_anywhere()?;
    answer(&Ready { port: address.port() })?;
    if hold > 0 {
        let mut held = vec![Vec::new(); workers];
        for index in 0..hold {
            held[index % workers].push(accept(listener)?);
        }
        answer(&Held { held: hold })?;
        std::io::stdin().read_line(&mut String::new())?;
        for (worker, fds) in held.iter().enumerate() {
            give(worker, fds)?;
        }
        while started.load(Ordering::Acquire) < hold {
            std::thread::sleep(Duration::from_micros(100));
        }
        answer(&Held { held: hold })?;
    }
    spawn(move || {
        for index in 0.. {
            give(index % workers, &[accept(listener)?])?;
        }
        Ok(())
    });
    while std::io::stdin().read_line(&mut String::new())? > 0 {}
    std::process::exit(0);
}

/// A thread whose failure ends the server.
pub fn spawn(work: impl FnOnce() -> Result<()> + Send + 'static) {
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

/// Descriptors, as they go through a stream.
pub fn bytes(fds: &[i32]) -> Vec<u8> {
    fds.iter().flat_map(|fd| fd.to_ne_bytes()).collect()
}
