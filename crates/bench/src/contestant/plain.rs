//! Plain system calls: connect, then send at once, which loopback and fast peers reward; what
//! would block waits in epoll.

use super::{Contestant, Quota};
use crate::raw::{self, BLOCK, BLOCK_BYTES, check};
use anyhow::{Result, bail};
use std::io;
use std::net::SocketAddrV4;

pub struct Plain {
    epoll: i32,
    peer: libc::sockaddr_in,
}

impl Plain {
    pub fn new(peer: SocketAddrV4) -> Result<Self> {
        // SAFETY: no pointers.
        let epoll = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        Ok(Plain { epoll, peer: raw::sockaddr(peer) })
    }

    /// Starts a connection; `Some`: the block is out already.
    fn start(&self) -> Result<Option<i32>> {
        let fd = raw::bound_socket()?;
        // SAFETY: the address lives through the call, and its size is told.
        let connected =
            unsafe { libc::connect(fd, (&raw const self.peer).cast(), raw::SOCKADDR_BYTES) };
        match check(connected) {
            Ok(_) => {}
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        if send(fd)? {
            return Ok(Some(fd));
        }
        let events = (libc::EPOLLOUT | libc::EPOLLONESHOT) as u32;
        let mut event = libc::epoll_event { events, u64: fd as u64 };
        // SAFETY: the event lives through the call.
        check(unsafe { libc::epoll_ctl(self.epoll, libc::EPOLL_CTL_ADD, fd, &raw mut event) })?;
        Ok(None)
    }
}

/// Sends the block; `false`: not yet.
fn send(fd: i32) -> Result<bool> {
    // SAFETY: the block's size is told.
    let n = unsafe { libc::send(fd, BLOCK.as_ptr().cast(), BLOCK_BYTES, libc::MSG_NOSIGNAL) };
    if n == BLOCK_BYTES as isize {
        return Ok(true);
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        Some(libc::EAGAIN) if n < 0 => Ok(false),
        _ => bail!("send: {n} of {BLOCK_BYTES} bytes, {error}"),
    }
}

impl Contestant for Plain {
    fn run(&mut self, in_flight: usize, quota: &mut Quota<'_>) -> Result<u64> {
        let (mut waiting, mut ended) = (0, 0);
        // Complete and not yet looked at, as completions in a port's queue are.
        let mut complete = Vec::with_capacity(in_flight);
        let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; in_flight];
        loop {
            while waiting + complete.len() < in_flight && quota.take() {
                match self.start()? {
                    Some(fd) => complete.push(fd),
                    None => waiting += 1,
                }
            }
            if complete.is_empty() && waiting == 0 {
                return Ok(ended);
            }
            if complete.is_empty() {
                let (list, room) = (events.as_mut_ptr(), events.len() as i32);
                // SAFETY: the list has as much room as is told.
                let n = unsafe { libc::epoll_wait(self.epoll, list, room, -1) };
                for event in &events[..n.max(0) as usize] {
                    let fd = event.u64 as i32;
                    if !send(fd)? {
                        bail!("writable, but nothing could be sent");
                    }
                    waiting -= 1;
                    complete.push(fd);
                }
            }
            for fd in complete.drain(..) {
                raw::close_hard(fd)?;
                ended += 1;
            }
        }
    }
}
