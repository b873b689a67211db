//! Plain blocking calls, one connection after the other: however many are to be under way, a
//! thread that waits in a call has one.

use super::{Contestant, Quota};
use crate::raw::{self, BLOCK, BLOCK_BYTES, check};
use anyhow::{Context, Result, ensure};
use std::net::SocketAddrV4;

pub struct Blocking {
    peer: libc::sockaddr_in,
}

impl Blocking {
    pub fn new(peer: SocketAddrV4) -> Self {
        Blocking { peer: raw::sockaddr(peer) }
    }
}

impl Contestant for Blocking {
    fn run(&mut self, _in_flight: usize, quota: &mut Quota) -> Result<u64> {
        let mut ended = 0;
        while let Some(started) = quota.take() {
            let fd = raw::bind(raw::blocking_socket()?)?;
            // SAFETY: the address lives through the call, the block is static, and their sizes
            // are told.
            let sent = unsafe {
                check(libc::connect(fd, (&raw const self.peer).cast(), raw::SOCKADDR_BYTES))
                    .context("connect")?;
                libc::send(fd, BLOCK.as_ptr().cast(), BLOCK_BYTES, libc::MSG_NOSIGNAL)
            };
            ensure!(sent == BLOCK_BYTES as isize, "send: {sent}");
            quota.complete(started);
            raw::close_hard(fd)?;
            ended += 1;
        }
        Ok(ended)
    }
}
