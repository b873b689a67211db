//! Hand-written io_uring: connect linked to send, submitted in batches, one system call for
//! submitting and waiting. Only a failed connect has a completion of its own.
//!
//! The ring has a single issuer and runs its completions when asked for them (DEFER_TASKRUN),
//! the fastest of the configurations that were tried.

use super::{Contestant, Quota};
use crate::raw::{self, BLOCK, BLOCK_BYTES};
use anyhow::{Result, ensure};
use io_uring::squeue::Flags;
use io_uring::{IoUring, opcode, types};
use std::net::SocketAddrV4;
use std::time::Instant;

const SUBMISSIONS: u32 = 4096;

pub struct Uring {
    ring: IoUring,
    /// In a box: the kernel reads it after the submission.
    peer: Box<libc::sockaddr_in>,
    /// By their keys: the socket, and when it started.
    under_way: Vec<(i32, Instant)>,
}

/// The key of those that never end.
const HELD: u64 = u64::MAX;

impl Uring {
    pub fn new(peer: SocketAddrV4) -> Result<Self> {
        let mut builder = IoUring::builder();
        match std::env::var("LINSOCK_BENCH_URING").as_deref() {
            Ok("plain") => &mut builder,
            Ok("coop") => builder.setup_single_issuer().setup_coop_taskrun(),
            _ => builder.setup_single_issuer().setup_defer_taskrun(),
        };
        let (ring, peer) = (builder.build(SUBMISSIONS)?, Box::new(raw::sockaddr(peer)));
        Ok(Uring { ring, peer, under_way: Vec::new() })
    }

    fn start(&mut self, key: usize, started: Instant) -> Result<()> {
        let fd = raw::bound_socket()?;
        self.under_way[key] = (fd, started);
        let peer: *const libc::sockaddr_in = &raw const *self.peer;
        self.push(fd, peer, key as u64)
    }

    fn push(&mut self, fd: i32, peer: *const libc::sockaddr_in, key: u64) -> Result<()> {
        let target = types::Fd(fd);
        let connect = opcode::Connect::new(target, peer.cast(), raw::SOCKADDR_BYTES)
            .build()
            .flags(Flags::IO_LINK | Flags::SKIP_SUCCESS)
            .user_data(key);
        let send = opcode::Send::new(target, BLOCK.as_ptr(), BLOCK_BYTES as u32)
            .flags(libc::MSG_NOSIGNAL)
            .build()
            .user_data(key);
        // SAFETY: the address outlives the ring's work, the block is static.
        unsafe { self.ring.submission().push_multiple(&[connect, send])? };
        Ok(())
    }
}

impl Contestant for Uring {
    fn run(&mut self, in_flight: usize, quota: &mut Quota) -> Result<u64> {
        self.under_way.resize(in_flight, (-1, Instant::now()));
        let (mut started, mut ended) = (0, 0);
        for key in 0..in_flight {
            if let Some(now) = quota.take() {
                self.start(key, now)?;
                started += 1;
            }
        }
        let mut complete = Vec::with_capacity(in_flight);
        while ended < started {
            self.ring.submit_and_wait(1)?;
            complete
                .extend(self.ring.completion().map(|entry| (entry.user_data(), entry.result())));
            for (key, result) in complete.drain(..) {
                if key == HELD {
                    continue;
                }
                ensure!(result == BLOCK_BYTES as i32, "connect or send: {result}");
                let (fd, then) = self.under_way[key as usize];
                quota.complete(then);
                raw::close_hard(fd)?;
                ended += 1;
                if let Some(now) = quota.take() {
                    self.start(key as usize, now)?;
                    started += 1;
                }
            }
        }
        Ok(ended)
    }

    fn hold(&mut self, bound: i32, to: SocketAddrV4) -> Result<()> {
        // For as long as the process: the kernel reads it at some later submission.
        let to = Box::new(raw::sockaddr(to));
        let submissions = self.ring.submission();
        let room = submissions.capacity() - submissions.len();
        drop(submissions);
        if room < 2 {
            self.ring.submit()?;
        }
        self.push(bound, Box::leak(to), HELD)
    }

    fn held(&mut self) -> Result<()> {
        self.ring.submit()?;
        Ok(())
    }
}
