//! Receive into a list of buffers.

use super::send::Message;
use super::{Entries, Outcome, Progress, Step, Target, Want, polled, would_block};
use crate::buffers::Buffers;
use crate::envelope::Envelope;
use crate::net::{self, Fd, Ready};
use crate::report;
use io_uring::{opcode, types};
use linsock_abi::Errno;
use std::sync::atomic::AtomicU8;

/// What a receive takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// One datagram.
    Datagram,
    /// What a stream has.
    Stream,
    /// As much as there is room for, unless the stream ends.
    WaitAll,
    /// Nothing, into buffers of no bytes on a stream: it waits for data.
    Watch,
}

/// A receive.
#[derive(Debug)]
pub struct Receive {
    data: Buffers,
    flags: i32,
    done: usize,
    manner: Manner,
    envelope: Option<Box<Envelope>>,
    message: Option<Box<Message>>,
    /// The kernel told that the last step left nothing in the socket.
    left_nothing: bool,
    /// The last submission was a poll.
    polling: bool,
}

impl Receive {
    /// A receive on a byte stream.
    pub fn stream(data: Buffers, flags: i32, wait_all: bool) -> Self {
        let manner = match wait_all {
            _ if data.is_empty() => Manner::Watch,
            true => Manner::WaitAll,
            false => Manner::Stream,
        };
        Receive {
            data,
            flags,
            done: 0,
            manner,
            envelope: None,
            message: None,
            left_nothing: false,
            polling: false,
        }
    }

    /// Waits until there is something to receive, and leaves it there.
    pub fn watch() -> Self {
        static SCRATCH: AtomicU8 = AtomicU8::new(0);
        Receive::stream(Buffers::one(SCRATCH.as_ptr() as usize, 1), libc::MSG_PEEK, false)
    }

    /// A receive of one datagram, and of what comes beside it if that is wanted.
    pub fn datagram(data: Buffers, flags: i32, envelope: Option<Box<Envelope>>) -> Self {
        Receive { manner: Manner::Datagram, envelope, ..Receive::stream(data, flags, false) }
    }

    /// What came beside a datagram.
    pub fn envelope(&self) -> Option<&Envelope> {
        self.envelope.as_deref()
    }

    /// Bytes stored so far.
    pub fn done(&self) -> usize {
        self.done
    }

    /// Bytes of room that are left.
    pub fn room(&self) -> usize {
        self.data.len()
    }

    /// Whether the end of the stream came before the buffers were full, of a receive that was to
    /// fill them.
    pub fn fell_short(&self) -> bool {
        self.manner == Manner::WaitAll && !self.data.is_empty()
    }

    /// Whether a stream that this receive took from has nothing more just now, as far as is known.
    pub fn drained(&self) -> bool {
        self.flags & (libc::MSG_PEEK | libc::MSG_OOB) == 0 && (self.room() > 0 || self.left_nothing)
    }

    /// The buffers of a receive that takes from a stream whatever comes.
    #[inline]
    pub fn plain(&self) -> Option<&Buffers> {
        (self.manner == Manner::Stream && self.flags == 0).then_some(&self.data)
    }

    pub(super) fn suits_a_batch(&self) -> bool {
        matches!(self.manner, Manner::Stream | Manner::WaitAll) && self.flags == 0
    }

    /// Whether it is of urgent data alone.
    pub fn is_urgent(&self) -> bool {
        self.flags & libc::MSG_OOB != 0
    }

    fn want(&self) -> Want {
        if self.is_urgent() { Want::Urgent } else { Want::Readable }
    }

    pub(super) fn attempt(&mut self, target: Target<'_>, ready: Ready) -> Step {
        let fd = target.fd;
        let datagram = self.manner == Manner::Datagram;
        if let (Some(error), true) = (target.reports.due, datagram) {
            return Step::Done(Outcome::failed(error));
        }
        loop {
            if self.manner == Manner::Watch {
                let mut byte = 0u8;
                let peek = Buffers::one(&raw mut byte as usize, 1);
                return match net::receive(fd, &peek, libc::MSG_PEEK, None, false) {
                    Ok(_) => Step::Done(Outcome::default()),
                    Err(error) if would_block(error) => Step::Wait(Want::Readable),
                    Err(error) => Step::Done(Outcome::failed(error)),
                };
            }
            let envelope = self.envelope.as_deref_mut();
            let result = match target.tells_rest {
                true => net::receive_and_rest(fd, &self.data, self.flags),
                false => net::receive(fd, &self.data, self.flags, envelope, datagram),
            };
            match result {
                Ok(got) => {
                    self.left_nothing = got.left == Some(0);
                    self.done += got.bytes;
                    self.data.advance(got.bytes);
                    let full =
                        self.manner != Manner::WaitAll || got.bytes == 0 || self.data.is_empty();
                    if full {
                        return Step::Done(Outcome {
                            truncated: got.truncated && datagram,
                            out_of_band: got.out_of_band || (self.is_urgent() && got.bytes > 0),
                            ..Outcome::bytes(self.done)
                        });
                    }
                }
                // Urgent data that has not come yet is EINVAL to the kernel.
                Err(Errno(libc::EINVAL)) if self.is_urgent() => return no_urgent_data(fd),
                Err(error) if datagram && target.reports.kept => {
                    if let Some(step) = after_error(target, error, ready) {
                        return step;
                    }
                }
                Err(error) if would_block(error) => return Step::Wait(self.want()),
                Err(error) => {
                    return Step::Done(Outcome {
                        bytes: self.done as u32,
                        ..Outcome::failed(error)
                    });
                }
            }
        }
    }

    pub(super) fn entries(&mut self, fd: Fd, want: Want, entries: &mut Entries) {
        // A datagram is only waited for: an error that wakes its receive has to be looked up in
        // the queue of reports first, and a send may have been told of it instead.
        self.polling =
            matches!(self.manner, Manner::Datagram | Manner::Watch) || want == Want::Urgent;
        if self.polling {
            entries.poll(fd, want);
            return;
        }
        let list = self.data.as_slice();
        if let [one] = list {
            let len = one.iov_len.min(u32::MAX as usize) as u32;
            entries.push(
                opcode::Recv::new(types::Fd(fd), one.iov_base.cast(), len)
                    .flags(self.flags)
                    .build(),
            );
            return;
        }
        let header = net::message_of(&self.data, None, None);
        let message = self.message.insert(Box::new(Message(header)));
        entries.push(
            opcode::RecvMsg::new(types::Fd(fd), &raw mut message.0)
                .flags(self.flags as u32)
                .build(),
        );
    }

    pub(super) fn completed(&mut self, result: i32) -> Progress {
        if self.polling {
            return polled(result);
        }
        match result {
            0.. => {
                let n = result as usize;
                self.done += n;
                self.data.advance(n);
                if self.manner == Manner::WaitAll && n > 0 && !self.data.is_empty() {
                    return Progress::Again;
                }
                Progress::Done(Outcome::bytes(self.done))
            }
            _ if would_block(Errno(-result)) => Progress::Again,
            _ => Progress::Done(Outcome {
                bytes: self.done as u32,
                ..Outcome::failed(Errno(-result))
            }),
        }
    }
}

/// What follows from an error of a datagram receive; `None`: try again.
///
/// The error may speak of a datagram that was sent before, and it may be "nothing there" because
/// a send was told of that datagram first. The queue of reports has the truth; it is asked unless
/// the poller said that there is no error.
fn after_error(target: Target<'_>, error: Errno, ready: Ready) -> Option<Step> {
    let blocked = would_block(error);
    if blocked && !ready.failed {
        return Some(Step::Wait(Want::Readable));
    }
    let error = match report::take(target.fd) {
        Some(report) => target.reports.error_of(report)?,
        None if blocked => return Some(Step::Wait(Want::Readable)),
        None => target.reports.error_without(error)?,
    };
    Some(Step::Done(Outcome::failed(error)))
}

/// What a receive of urgent data does that found none: waits, unless the stream has ended.
fn no_urgent_data(fd: Fd) -> Step {
    if !net::poll_now(fd).is_ok_and(|ready| ready.ended || ready.failed) {
        return Step::Wait(Want::Urgent);
    }
    let mut byte = 0u8;
    let peek = Buffers::one(&raw mut byte as usize, 1);
    match net::receive(fd, &peek, libc::MSG_PEEK, None, false) {
        Err(error) if !would_block(error) => Step::Done(Outcome::failed(error)),
        _ => Step::Done(Outcome::default()),
    }
}
