//! How many connections the listener has taken, where every process of a run can see it.
//!
//! A contestant is done with a connection before the listener has even taken it. Left alone it
//! would fill the listener's backlog, the kernel would drop requests, and a second of waiting
//! for their repetition would decide the round. So nobody runs ahead by more than this.

use crate::raw::check;
use anyhow::{Context, Result};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Half of the kernel's own limit for a backlog.
const AHEAD_MAX: u64 = 2048;
/// How long to leave the processor to the listener.
const PAUSE: Duration = Duration::from_micros(100);
/// Tells the other processes which descriptor it is.
const VARIABLE: &str = "LINSOCK_BENCH_TAKEN";

/// The number of connections taken so far.
#[derive(Clone, Copy)]
pub struct Taken(&'static AtomicU64);

impl Taken {
    /// Makes the number, for the processes that are started from here on.
    pub fn publish() -> Result<()> {
        // SAFETY: the name is a C string. The descriptor is meant to be inherited.
        let fd = check(unsafe { libc::memfd_create(c"taken".as_ptr(), 0) })?;
        // SAFETY: no pointers.
        check(unsafe { libc::ftruncate(fd, size_of::<AtomicU64>() as i64) })?;
        // SAFETY: no other thread of this program runs yet.
        unsafe { std::env::set_var(VARIABLE, fd.to_string()) };
        Ok(())
    }

    /// The number that the parent made.
    pub fn inherited() -> Result<Self> {
        let fd: i32 = std::env::var(VARIABLE).context(VARIABLE)?.parse()?;
        let (bytes, nowhere) = (size_of::<AtomicU64>(), std::ptr::null_mut());
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a mapping of its own.
        let map = unsafe { libc::mmap(nowhere, bytes, access, libc::MAP_SHARED, fd, 0) };
        if map == libc::MAP_FAILED {
            return Err(std::io::Error::last_os_error().into());
        }
        // SAFETY: aligned to a page, as big as it was made, and never unmapped; every process
        // goes through the atomic.
        Ok(Taken(unsafe { &*map.cast::<AtomicU64>() }))
    }

    /// One more was taken.
    pub fn one_more(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many so far.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Waits until the listener is no longer far behind somebody who found `before` and made
    /// `made` connections since.
    pub fn keep_pace(&self, before: u64, made: u64) {
        while before + made > self.count() + AHEAD_MAX {
            std::thread::sleep(PAUSE);
        }
    }
}
