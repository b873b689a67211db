//! The operations, one file each, its epoll and its io_uring form side by side.
//!
//! The epoll form is [`Request::attempt`]: try the system calls now, without blocking, and
//! say what to wait for. The io_uring form is [`Request::submit`]: hand the rest of the work
//! to a ring; [`Request::completed`] takes each of its completions and, once all are in,
//! says how it stands. Both forms leave the request in the same state, so that one may
//! start what the other finishes.

mod accept;
mod connect;
mod disconnect;
mod file_part;
mod message;
mod notice;
mod receive;
mod send;
mod transmit;

pub use accept::Accept;
pub use connect::Connect;
pub use disconnect::Disconnect;
pub use file_part::{FilePart, OpenFile};
pub use notice::{Notice, Topic};
pub use receive::Receive;
pub use send::Send;
pub use transmit::{Element, Transmit};

use crate::address::Address;
use crate::net::{Fd, Ready};
use crate::report::Reports;
use crate::ring::Ring;
use io_uring::{opcode, squeue, types};
use linsock_abi::Errno;

/// How a request ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    /// Bytes transferred.
    pub bytes: u32,
    /// The kernel's error, if it failed.
    pub error: Option<Errno>,
    /// A datagram was longer than its buffers.
    pub truncated: bool,
    /// The bytes were out-of-band data.
    pub out_of_band: bool,
    /// The operation succeeded, but its connection is gone already.
    pub reset: bool,
}

impl Outcome {
    fn bytes(n: usize) -> Self {
        Outcome { bytes: u32::try_from(n).unwrap_or(u32::MAX), ..Outcome::default() }
    }

    fn failed(error: Errno) -> Self {
        Outcome { error: Some(error), ..Outcome::default() }
    }
}

/// What a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Something to read, or the end of it.
    Readable,
    /// Room to write, or the end of a handshake.
    Writable,
    /// Urgent data.
    Urgent,
    /// The connection to be gone on both sides.
    HungUp,
    /// The receives that were started before it to be over, which their owner sees to.
    Receives,
}

/// Where a request stands after an attempt.
#[derive(Debug)]
pub enum Step {
    /// It ended.
    Done(Outcome),
    /// It goes on once this holds.
    Wait(Want),
}

/// Where a request stands after a completion of its ring.
#[derive(Debug)]
pub enum Progress {
    /// It ended.
    Done(Outcome),
    /// Try again: there may be more to do.
    Again,
    /// Another completion of the same submission is still to come.
    More,
}

/// Which of a submission's requests a completion belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first or only one.
    First,
    /// The one linked behind it.
    Second,
}

/// The bit of a request's user data that tells its part; callers leave it 0.
pub const PART_BIT: u64 = 1;

impl Part {
    /// The part that a completion's user data names.
    pub fn of(user_data: u64) -> Self {
        if user_data & PART_BIT == 0 { Part::First } else { Part::Second }
    }
}

/// What a request may need to know of its socket.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The descriptor.
    pub fd: Fd,
    /// Where a connection goes.
    pub peer: &'a Address,
    /// What is heard of datagrams that did not arrive.
    pub reports: Reports,
    /// A receive is told how much it left ([`crate::net::tell_rest`]).
    pub tells_rest: bool,
}

/// One request that may take more than one step.
#[derive(Debug)]
pub enum Request {
    /// Make a connection and send a first block.
    Connect(Connect),
    /// Send.
    Send(Send),
    /// Receive.
    Receive(Receive),
    /// End a connection.
    Disconnect(Disconnect),
    /// Take a connection from the backlog.
    Accept(Accept),
    /// Send memory and files.
    Transmit(Transmit),
    /// Wait for news from elsewhere.
    Notice(Notice),
}

impl Request {
    /// Tries now, without blocking.
    pub fn attempt(&mut self, target: Target<'_>, ready: Ready) -> Step {
        match self {
            Request::Connect(request) => request.attempt(target, ready),
            Request::Send(request) => request.attempt(target),
            Request::Receive(request) => request.attempt(target, ready),
            Request::Disconnect(request) => request.attempt(target.fd),
            Request::Accept(request) => request.attempt(target.fd),
            Request::Transmit(request) => request.attempt(target.fd),
            Request::Notice(request) => request.attempt(),
        }
    }

    /// Whether the ring should be asked before any attempt on the calling thread: a
    /// connection and its first block are one submission there.
    pub fn prefers_ring(&self) -> bool {
        matches!(self, Request::Connect(request) if request.is_fresh_plain())
    }

    /// Hands the request to a ring, which holds it back until it is flushed; answers how many
    /// completions will follow.
    ///
    /// # Safety
    /// The request must not move or be dropped before as many completions were taken or it was
    /// withdrawn from the ring, and the calling task must outlive them.
    pub unsafe fn submit(
        &mut self,
        target: Target<'_>,
        want: Want,
        ring: &Ring,
        user_data: u64,
    ) -> u8 {
        let mut entries = Entries::default();
        match self {
            Request::Connect(request) => request.entries(target, want, &mut entries),
            Request::Send(request) => request.entries(target.fd, &mut entries),
            Request::Receive(request) => request.entries(target.fd, want, &mut entries),
            Request::Disconnect(_)
            | Request::Accept(_)
            | Request::Transmit(_)
            | Request::Notice(_) => {
                entries.poll(target.fd, want);
            }
        }
        let count = entries.count;
        for (part, entry) in entries.list[..count].iter_mut().enumerate() {
            *entry = entry.clone().user_data(user_data | part as u64);
        }
        // SAFETY: the caller keeps the request, which the entries point into, in place.
        unsafe { ring.hold_back(&entries.list[..count]) };
        count as u8
    }

    /// Whether the request may go through a ring without having been tried: a transfer of some
    /// bytes on a stream.
    pub fn suits_a_batch(&self) -> bool {
        match self {
            Request::Send(request) => request.suits_a_batch(),
            Request::Receive(request) => request.suits_a_batch(),
            _ => false,
        }
    }

    /// Takes one completion of the last submission.
    pub fn completed(&mut self, part: Part, result: i32, more: bool) -> Progress {
        match self {
            Request::Connect(request) => request.completed(part, result, more),
            Request::Send(request) => request.completed(result),
            Request::Receive(request) => request.completed(result),
            Request::Disconnect(_)
            | Request::Accept(_)
            | Request::Transmit(_)
            | Request::Notice(_) => polled(result),
        }
    }
}

/// The progress after a poll: an error ends the request, readiness asks for an attempt.
fn polled(result: i32) -> Progress {
    if result < 0 { Progress::Done(Outcome::failed(Errno(-result))) } else { Progress::Again }
}

/// One or two linked submissions.
struct Entries {
    list: [squeue::Entry; 2],
    count: usize,
}

impl Default for Entries {
    fn default() -> Self {
        Entries { list: [opcode::Nop::new().build(), opcode::Nop::new().build()], count: 0 }
    }
}

impl Entries {
    fn push(&mut self, entry: squeue::Entry) {
        self.list[self.count] = entry;
        self.count += 1;
    }

    fn poll(&mut self, fd: Fd, want: Want) {
        let mask = match want {
            Want::Readable => libc::POLLIN | libc::POLLRDHUP,
            Want::Writable => libc::POLLOUT,
            // The kernel ignores POLLPRI when it decides whether to look again, so something else
            // has to stand for "something came"; a stream is never in the state POLLRDBAND.
            Want::Urgent => libc::POLLPRI | libc::POLLRDBAND | libc::POLLRDHUP,
            // Errors and hang-ups are always told.
            Want::HungUp | Want::Receives => 0,
        };
        self.push(opcode::PollAdd::new(types::Fd(fd), mask as u32).build());
    }
}

fn would_block(error: Errno) -> bool {
    matches!(error.0, libc::EAGAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each pending operation holds one.
    #[test]
    fn a_request_is_small() {
        assert!(size_of::<Request>() <= 64, "{} bytes", size_of::<Request>());
    }
}
