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

const SUBMISSIONS: u32 = 4096;

pub struct Uring {
    ring: IoUring,
    /// In a box: the kernel reads it after the submission.
    peer: Box<libc::sockaddr_in>,
}

impl Uring {
    pub fn new(peer: SocketAddrV4) -> Result<Self> {
        let mut builder = IoUring::builder();
        match std::env::var("LINSOCK_BENCH_URING").as_deref() {
            Ok("plain") => &mut builder,
            Ok("coop") => builder.setup_single_issuer().setup_coop_taskrun(),
            _ => builder.setup_single_issuer().setup_defer_taskrun(),
        };
        Ok(Uring { ring: builder.build(SUBMISSIONS)?, peer: Box::new(raw::sockaddr(peer)) })
    }

    fn start(&mut self) -> Result<()> {
        let fd = raw::bound_socket()?;
        let target = types::Fd(fd);
        let connect =
            opcode::Connect::new(target, (&raw const *self.peer).cast(), raw::SOCKADDR_BYTES)
                .build()
                .flags(Flags::IO_LINK | Flags::SKIP_SUCCESS)
                .user_data(fd as u64);
        let send = opcode::Send::new(target, BLOCK.as_ptr(), BLOCK_BYTES as u32)
            .flags(libc::MSG_NOSIGNAL)
            .build()
            .user_data(fd as u64);
        // SAFETY: the address is in a box that outlives the ring's work, the block is static.
        unsafe { self.ring.submission().push_multiple(&[connect, send])? };
        Ok(())
    }
}

impl Contestant for Uring {
    fn run(&mut self, in_flight: usize, quota: &mut Quota<'_>) -> Result<u64> {
        let (mut started, mut ended) = (0, 0);
        while started < in_flight as u64 && quota.take() {
            self.start()?;
            started += 1;
        }
        let mut complete = Vec::with_capacity(in_flight);
        while ended < started {
            self.ring.submit_and_wait(1)?;
            complete
                .extend(self.ring.completion().map(|entry| (entry.user_data(), entry.result())));
            for (fd, result) in complete.drain(..) {
                ensure!(result == BLOCK_BYTES as i32, "connect or send: {result}");
                raw::close_hard(fd as i32)?;
                ended += 1;
                if quota.take() {
                    self.start()?;
                    started += 1;
                }
            }
        }
        Ok(ended)
    }
}
