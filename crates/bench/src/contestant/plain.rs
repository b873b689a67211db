//! Plain system calls: connect, then send at once, which loopback and fast peers reward; what
//! would block waits in epoll.

use super::{Contestant, Quota};
use crate::raw::{self, BLOCK, BLOCK_BYTES, check};
use anyhow::{Result, bail};
use std::io;
use std::net::SocketAddrV4;
use std::time::Instant;

/// The key of those that never end.
const HELD: u64 = u64::MAX;

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

    /// Starts a connection; `true`: the block is out already.
    fn start(&self, key: u64, fd: i32, peer: &libc::sockaddr_in) -> Result<bool> {
        let peer: *const libc::sockaddr_in = peer;
        // SAFETY: the address lives through the call, and its size is told.
        let connected = unsafe { libc::connect(fd, peer.cast(), raw::SOCKADDR_BYTES) };
        match check(connected) {
            Ok(_) => {}
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        if send(fd)? {
            return Ok(true);
        }
        let events = (libc::EPOLLOUT | libc::EPOLLONESHOT) as u32;
        let mut event = libc::epoll_event { events, u64: key };
        // SAFETY: the event lives through the call.
        check(unsafe { libc::epoll_ctl(self.epoll, libc::EPOLL_CTL_ADD, fd, &raw mut event) })?;
        Ok(false)
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
    fn run(&mut self, in_flight: usize, quota: &mut Quota) -> Result<u64> {
        let (mut waiting, mut ended) = (0, 0);
        // By their keys: the socket, and when it started.
        let mut under_way = vec![(-1, Instant::now()); in_flight];
        let mut free: Vec<usize> = (0..in_flight).rev().collect();
        // Complete and not yet looked at, as completions in a port's queue are.
        let mut complete = Vec::with_capacity(in_flight);
        let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; in_flight];
        loop {
            while let Some(key) = free.pop() {
                let Some(now) = quota.take() else {
                    free.push(key);
                    break;
                };
                let fd = raw::bound_socket()?;
                under_way[key] = (fd, now);
                match self.start(key as u64, fd, &self.peer)? {
                    true => complete.push(key),
                    false => waiting += 1,
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
                    if event.u64 == HELD {
                        continue;
                    }
                    let key = event.u64 as usize;
                    if !send(under_way[key].0)? {
                        bail!("writable, but nothing could be sent");
                    }
                    waiting -= 1;
                    complete.push(key);
                }
            }
            for key in complete.drain(..) {
                let (fd, started) = under_way[key];
                quota.complete(started);
                raw::close_hard(fd)?;
                free.push(key);
                ended += 1;
            }
        }
    }

    fn hold(&mut self, bound: i32, to: SocketAddrV4) -> Result<()> {
        if self.start(HELD, bound, &raw::sockaddr(to))? {
            bail!("the port that never answers has answered");
        }
        Ok(())
    }
}
