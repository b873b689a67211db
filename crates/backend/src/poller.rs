//! A place to wait for readiness: one epoll instance and one eventfd that wakes it.
//!
//! Sockets are added once, edge-triggered, for both directions; whoever waits takes the
//! events. The kernel wakes one waiter per event, the latest first.

use crate::net::{self, Fd, Ready, check};
use linsock_abi::Errno;

/// What an event is about; its meaning belongs to whoever added the descriptor.
pub type Token = u64;

/// The token of the poller's own wake-up.
const KICK: Token = u64::MAX;

/// Events taken by one wait.
pub const EVENTS_MAX: usize = 64;

/// A buffer for the events of one wait.
pub struct Events {
    list: [libc::epoll_event; EVENTS_MAX],
    count: usize,
}

impl Default for Events {
    fn default() -> Self {
        Events { list: [libc::epoll_event { events: 0, u64: 0 }; EVENTS_MAX], count: 0 }
    }
}

impl Events {
    /// Forgets the events.
    pub fn clear(&mut self) {
        self.count = 0;
    }

    /// Whether one of the events is a wake-up.
    pub fn has_kick(&self) -> bool {
        self.list[..self.count].iter().any(|event| event.u64 == KICK)
    }

    /// The events of the last wait, without the poller's own wake-ups.
    pub fn iter(&self) -> impl Iterator<Item = (Token, Ready)> + '_ {
        self.list[..self.count]
            .iter()
            .map(|event| (event.u64, Ready::from_events(event.events)))
            .filter(|&(token, _)| token != KICK)
    }
}

/// How a descriptor is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
    /// A socket: both directions, told at each change.
    Socket,
    /// Something readable, told at each change.
    Readable,
    /// Something readable, told once until it is watched again.
    ReadableOnce,
}

impl Watch {
    fn events(self) -> u32 {
        (match self {
            Watch::Socket => {
                libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLPRI | libc::EPOLLRDHUP | libc::EPOLLET
            }
            Watch::Readable => libc::EPOLLIN | libc::EPOLLET,
            Watch::ReadableOnce => libc::EPOLLIN | libc::EPOLLONESHOT,
        }) as u32
    }
}

/// One epoll instance with its wake-up.
#[derive(Debug)]
pub struct Poller {
    epoll: Fd,
    wakeup: Fd,
}

impl Poller {
    /// Makes the two descriptors.
    pub fn new() -> Result<Self, Errno> {
        fault!(EpollCreate);
        // SAFETY: no pointers.
        let epoll = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        let make = || {
            fault!(Eventfd);
            // SAFETY: no pointers.
            check(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })
        };
        let wakeup = make().inspect_err(|_| net::close(epoll))?;
        let poller = Poller { epoll, wakeup };
        poller.add(wakeup, KICK, Watch::Readable)?;
        Ok(poller)
    }

    /// The descriptor that is readable while events wait; for a poller of pollers.
    pub fn descriptor(&self) -> Fd {
        self.epoll
    }

    /// Starts watching a descriptor.
    pub fn add(&self, fd: Fd, token: Token, watch: Watch) -> Result<(), Errno> {
        self.control(libc::EPOLL_CTL_ADD, fd, token, watch)
    }

    /// Watches a descriptor again; one told of once, or one that is ready and must be told anew.
    pub fn rearm(&self, fd: Fd, token: Token, watch: Watch) -> Result<(), Errno> {
        self.control(libc::EPOLL_CTL_MOD, fd, token, watch)
    }

    /// Stops watching a descriptor.
    pub fn remove(&self, fd: Fd) -> Result<(), Errno> {
        self.control(libc::EPOLL_CTL_DEL, fd, 0, Watch::Readable)
    }

    fn control(&self, how: i32, fd: Fd, token: Token, watch: Watch) -> Result<(), Errno> {
        fault!(EpollCtl);
        let mut event = libc::epoll_event { events: watch.events(), u64: token };
        // SAFETY: the event is read during the call only.
        check(unsafe { libc::epoll_ctl(self.epoll, how, fd, &raw mut event) }).map(drop)
    }

    /// Waits for events up to `timeout_ms` (-1: for ever). An interruption counts as none.
    pub fn wait(&self, events: &mut Events, timeout_ms: i32) {
        let list = &mut events.list;
        let mut wait = || {
            fault!(EpollWait);
            // SAFETY: the list has room for EVENTS_MAX events.
            check(unsafe {
                libc::epoll_wait(self.epoll, list.as_mut_ptr(), EVENTS_MAX as i32, timeout_ms)
            })
        };
        events.count = wait().unwrap_or(0) as usize;
    }

    /// Makes one waiter return, now or at its next wait.
    pub fn kick(&self) {
        let one = 1u64.to_ne_bytes();
        // SAFETY: eight readable bytes. A full counter (EAGAIN) is as awake as can be.
        unsafe { libc::write(self.wakeup, one.as_ptr().cast(), one.len()) };
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        net::close(self.wakeup);
        net::close(self.epoll);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kick_before_the_wait_is_not_lost() {
        let poller = Poller::new().unwrap();
        poller.kick();
        let mut events = Events::default();
        poller.wait(&mut events, -1);
        assert_eq!(events.iter().count(), 0);
        poller.wait(&mut events, 0);
        assert_eq!(events.count, 0, "an edge is told once");
    }
}
