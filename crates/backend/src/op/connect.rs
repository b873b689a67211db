//! Connect, then send one block.

use super::{Entries, Outcome, Part, Progress, Step, Target, Want, would_block};
use crate::buffers::Buffers;
use crate::net::{self, Ready};
use io_uring::{opcode, squeue, types};
use linsock_abi::Errno;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing was asked of the kernel yet.
    Fresh,
    /// The handshake is under way.
    Handshake,
    /// The connection exists; the block is going out.
    Sending,
}

/// A connection request with an optional first block.
#[derive(Debug)]
pub struct Connect {
    phase: Phase,
    data: Buffers,
    total: u32,
    /// The block may travel with the handshake.
    fastopen: bool,
    /// It was started by fast open, and a poller tells of the handshake's end.
    opened_fast: bool,
    /// The error of the connection while its linked send is still to be heard of.
    refused: Option<Errno>,
    /// The last submission was a poll.
    polling: bool,
    /// How often it went back to its start.
    restarts: u16,
}

impl Connect {
    /// A request that sends `data`, which may be empty, once connected.
    pub fn new(data: Buffers, fastopen: bool) -> Self {
        let total = data.len() as u32;
        Connect {
            phase: Phase::Fresh,
            data,
            total,
            fastopen,
            opened_fast: false,
            refused: None,
            polling: false,
            restarts: 0,
        }
    }

    /// Whether the connection exists, whatever became of the block.
    pub fn is_established(&self) -> bool {
        self.phase == Phase::Sending
    }

    /// Whether readiness, not a ring, tells how it goes on.
    pub fn awaits_fast_open(&self) -> bool {
        self.opened_fast && self.phase == Phase::Handshake
    }

    /// Goes back to the start, to try again later.
    pub fn restart(&mut self) {
        self.phase = Phase::Fresh;
        self.refused = None;
        self.restarts = self.restarts.saturating_add(1);
    }

    /// How often it was tried in vain so far.
    pub fn restarts(&self) -> u16 {
        self.restarts
    }

    /// What is left to send.
    pub fn rest(&self) -> &Buffers {
        &self.data
    }

    /// Replaces what is left to send by a copy of it that belongs to the request.
    pub fn keep(&mut self, copy: Vec<u8>) {
        self.data = Buffers::captured(copy);
    }

    pub(super) fn is_fresh_plain(&self) -> bool {
        self.phase == Phase::Fresh && !self.fastopen
    }

    pub(super) fn attempt(&mut self, target: Target<'_>, ready: Ready) -> Step {
        loop {
            match self.phase {
                Phase::Fresh => match self.start(target) {
                    Ok(()) => self.phase = Phase::Sending,
                    Err(Errno(libc::EINPROGRESS)) => {
                        self.phase = Phase::Handshake;
                        if self.opened_fast {
                            // One call did it all; its end is for the poller to tell.
                            return Step::Wait(Want::Writable);
                        }
                        if let Some(step) = self.look_at_once(target) {
                            return step;
                        }
                    }
                    Err(error) => return Step::Done(Outcome::failed(error)),
                },
                // Room to write without an error is the handshake's end. The news is of this
                // very connection: a socket that is used again gets news under a new name.
                Phase::Handshake if ready.cleanly_writable() => self.phase = Phase::Sending,
                // Asking by `connect` fetches the result and, after a failure, leaves the
                // socket fit for another attempt; reading SO_ERROR would make that attempt
                // fail once with ECONNABORTED.
                Phase::Handshake => match net::connect(target.fd, target.peer) {
                    Ok(()) | Err(Errno(libc::EISCONN)) => self.phase = Phase::Sending,
                    Err(Errno(libc::EALREADY | libc::EINPROGRESS)) => {
                        return Step::Wait(Want::Writable);
                    }
                    // Only a connection that existed can be reset, and if nothing was left to
                    // send, it was all that was asked for.
                    Err(Errno(libc::ECONNRESET | libc::EPIPE)) if self.data.is_empty() => {
                        self.phase = Phase::Sending;
                        return Step::Done(Outcome {
                            reset: true,
                            ..Outcome::bytes(self.total as usize)
                        });
                    }
                    Err(error) => return Step::Done(Outcome::failed(error)),
                },
                Phase::Sending => {
                    if self.data.is_empty() {
                        return Step::Done(Outcome::bytes(self.total as usize));
                    }
                    match net::send(target.fd, &self.data, 0, None) {
                        Ok(n) => self.data.advance(n),
                        Err(error) if would_block(error) => return Step::Wait(Want::Writable),
                        Err(error) => return Step::Done(Outcome::failed(error)),
                    }
                }
            }
        }
    }

    /// A peer on this machine has answered before `connect` returns, which says "in progress"
    /// all the same. So the next step is tried at once; with a peer further away it costs one
    /// call in vain. `None`: ask how it stands.
    fn look_at_once(&mut self, target: Target<'_>) -> Option<Step> {
        if self.data.is_empty() {
            return None;
        }
        match net::send(target.fd, &self.data, 0, None) {
            Ok(n) => {
                self.phase = Phase::Sending;
                self.data.advance(n);
                None
            }
            Err(error) if would_block(error) => Some(Step::Wait(Want::Writable)),
            Err(error) => {
                if matches!(error.0, libc::ECONNRESET | libc::EPIPE) {
                    // Only a connection that existed can be reset.
                    self.phase = Phase::Sending;
                } else {
                    // The send took the error that `connect` would have told, and `connect`
                    // alone leaves the socket fit for another attempt.
                    let _ = net::connect(target.fd, target.peer);
                }
                Some(Step::Done(Outcome::failed(error)))
            }
        }
    }

    /// `Ok` when the connection exists at once, EINPROGRESS while it is being made.
    fn start(&mut self, target: Target<'_>) -> Result<(), Errno> {
        if self.fastopen {
            self.fastopen = false;
            match net::send_first(target.fd, &self.data, target.peer) {
                // The bytes are queued, perhaps in the SYN; the answer is still to come.
                Ok(n) => {
                    self.opened_fast = true;
                    self.data.advance(n);
                    return Err(Errno(libc::EINPROGRESS));
                }
                // No cookie is known yet: a plain SYN went out and asks for one.
                Err(Errno(libc::EINPROGRESS)) => {
                    self.opened_fast = true;
                    return Err(Errno(libc::EINPROGRESS));
                }
                // Fast open is switched off, or not for this family: connect plainly.
                Err(Errno(libc::EOPNOTSUPP | libc::EPROTONOSUPPORT | libc::EPIPE)) => {}
                Err(error) => return Err(error),
            }
        }
        net::connect(target.fd, target.peer)
    }

    pub(super) fn entries(&mut self, target: Target<'_>, want: Want, entries: &mut Entries) {
        let fd = types::Fd(target.fd);
        self.polling = self.phase == Phase::Handshake;
        match self.phase {
            Phase::Fresh => {
                self.phase = Phase::Handshake;
                let connect =
                    opcode::Connect::new(fd, target.peer.as_ptr(), target.peer.len()).build();
                if self.data.is_empty() {
                    entries.push(connect);
                } else {
                    entries.push(connect.flags(squeue::Flags::IO_LINK));
                    entries.push(self.send_entry(fd));
                }
            }
            Phase::Handshake => entries.poll(target.fd, want),
            Phase::Sending => {
                // Numbered as the first part: no connection precedes it in this submission.
                entries.push(self.send_entry(fd));
            }
        }
    }

    fn send_entry(&self, fd: types::Fd) -> squeue::Entry {
        super::send::entry(fd, &self.data)
    }

    pub(super) fn completed(&mut self, part: Part, result: i32, more: bool) -> Progress {
        match (part, self.phase) {
            (Part::First, Phase::Handshake | Phase::Fresh) if result < 0 => {
                let error = Errno(-result);
                if more {
                    self.refused = Some(error);
                    return Progress::More;
                }
                Progress::Done(Outcome::failed(self.refused.take().unwrap_or(error)))
            }
            // A poll that ended: ask how it stands.
            (Part::First, Phase::Handshake) if self.polling => Progress::Again,
            (Part::First, Phase::Handshake | Phase::Fresh) => {
                self.phase = Phase::Sending;
                if more { Progress::More } else { Progress::Again }
            }
            (_, _) if result < 0 => {
                let error = Errno(-result);
                if more {
                    // The send was dropped because of the connection, whose word is to come.
                    return Progress::More;
                }
                if would_block(error) {
                    return Progress::Again;
                }
                Progress::Done(Outcome::failed(self.refused.take().unwrap_or(error)))
            }
            (_, _) => {
                self.phase = Phase::Sending;
                self.data.advance(result as usize);
                if more { Progress::More } else { Progress::Again }
            }
        }
    }
}
