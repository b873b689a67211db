//! End a connection; with reuse, see it through and return the socket to its start.
//!
//! Dissolving an association (AF_UNSPEC) too early sends a reset, so for reuse the peer's
//! own end is awaited first: send ours, throw its remaining bytes away until its end of
//! stream, and wait until TCP has nothing left to acknowledge. Receives that were started
//! before come first: the bytes and the end are theirs.

use super::{Outcome, Step, Want, would_block};
use crate::net::{self, Fd, TcpState};
use linsock_abi::Errno;

/// Bytes thrown away by one system call.
const DISCARD_BYTES: usize = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Fresh,
    Draining,
    Acknowledging,
}

/// A disconnect.
#[derive(Debug)]
pub struct Disconnect {
    reuse: bool,
    stream: bool,
    phase: Phase,
    /// Whether it matters who closes first.
    notes_first: bool,
    closed_first: bool,
    /// Receives wait for what the peer still sends.
    leaves_input: bool,
    /// How the connection broke meanwhile, which the kernel has told a receive.
    broken: Option<Errno>,
}

impl Disconnect {
    /// A disconnect; `stream` tells TCP, whose closing states are awaited.
    pub fn new(reuse: bool, stream: bool) -> Self {
        Disconnect {
            reuse,
            stream,
            phase: Phase::Fresh,
            notes_first: false,
            closed_first: false,
            leaves_input: false,
            broken: None,
        }
    }

    /// Asks, before it ends the connection, whether the peer has done so.
    pub fn noting_who_closes_first(mut self) -> Self {
        self.notes_first = true;
        self
    }

    /// Whether the socket is to be used again.
    pub fn reuses(&self) -> bool {
        self.reuse
    }

    /// Whether our end was sent before the peer's arrived, so that TIME_WAIT is ours; of one that
    /// was to note it.
    pub fn closed_first(&self) -> bool {
        self.closed_first
    }

    /// Leaves what the peer still sends, and its end, to receives that wait for it, or no longer.
    pub fn leave_input(&mut self, leave: bool) {
        self.leaves_input = leave;
    }

    /// A receive was told that the connection broke; the kernel tells it once.
    pub fn broke(&mut self, how: Errno) {
        self.broken = Some(how);
    }

    pub(super) fn attempt(&mut self, fd: Fd) -> Step {
        loop {
            match self.phase {
                Phase::Fresh => {
                    if self.notes_first {
                        self.closed_first |= net::tcp_state(fd) == Ok(TcpState::Established);
                    }
                    if self.reuse && self.stream {
                        // A bind to the same port must pass over what TIME_WAIT leaves.
                        let _ = net::reuse_address(fd);
                    }
                    match net::shutdown(fd, libc::SHUT_WR) {
                        Ok(()) => {}
                        // Both sides ended it before, or the peer reset it: nothing is left
                        // to end.
                        Err(Errno(libc::ENOTCONN)) if self.reuse => {
                            if self.leaves_input {
                                return Step::Wait(Want::Receives);
                            }
                            let reset = net::take_error(fd).ok().filter(|error| error.0 != 0);
                            return self.dissolve(fd, reset);
                        }
                        Err(Errno(libc::ENOTCONN)) => return Step::Done(Outcome::default()),
                        Err(error) => return Step::Done(Outcome::failed(error)),
                    }
                    if !self.reuse {
                        return Step::Done(Outcome::default());
                    }
                    self.phase = Phase::Draining;
                }
                Phase::Draining if self.leaves_input => return Step::Wait(Want::Receives),
                Phase::Draining => match self.drain(fd) {
                    Ok(0) => self.phase = Phase::Acknowledging,
                    Ok(_) => {}
                    Err(error) if would_block(error) => return Step::Wait(Want::Readable),
                    Err(error) => return self.dissolve(fd, Some(error)),
                },
                Phase::Acknowledging => {
                    if self.stream
                        && matches!(
                            net::tcp_state(fd),
                            Ok(TcpState::Closing | TcpState::SelfClosed)
                        )
                    {
                        return Step::Wait(Want::HungUp);
                    }
                    return self.dissolve(fd, None);
                }
            }
        }
    }

    fn drain(&self, fd: Fd) -> Result<usize, Errno> {
        if self.stream {
            return net::discard(fd, DISCARD_BYTES);
        }
        let mut scratch = [0u8; 4096];
        let buffer = crate::buffers::Buffers::one(scratch.as_mut_ptr() as usize, scratch.len());
        net::receive(fd, &buffer, 0, None, false).map(|got| got.bytes)
    }

    fn dissolve(&self, fd: Fd, error: Option<Errno>) -> Step {
        let error = error.or(self.broken).or(net::disconnect(fd).err());
        Step::Done(Outcome { error, ..Outcome::default() })
    }
}
