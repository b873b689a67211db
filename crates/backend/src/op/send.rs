//! Send a list of buffers; a stream takes all of it.

use super::{Entries, Outcome, Progress, Step, Target, Want, would_block};
use crate::address::Address;
use crate::buffers::Buffers;
use crate::net::{self, Fd};
use crate::report;
use io_uring::{opcode, squeue, types};
use linsock_abi::Errno;

/// A send.
#[derive(Debug)]
pub struct Send {
    data: Buffers,
    flags: i32,
    done: usize,
    datagram: bool,
    /// End with what went out rather than wait for room (a non-blocking call).
    partial: bool,
    envelope: Option<Box<Envelope>>,
    /// How often a datagram is tried again whose error may be of an earlier one.
    retries: u8,
}

/// What goes beside the data.
#[derive(Debug, Default)]
struct Envelope {
    to: Option<Address>,
    /// Control data, in the kernel's form.
    control: Vec<u8>,
    /// All of it as the kernel wants it, in place while a ring uses it.
    message: Option<Message>,
}

impl Envelope {
    fn control(&self) -> Option<&[u8]> {
        (!self.control.is_empty()).then_some(&*self.control)
    }
}

/// An error that is told a third time is of the datagram itself.
const RETRIES: u8 = 2;

/// The kernel's view of a list of buffers.
#[derive(Debug)]
pub(super) struct Message(pub(super) libc::msghdr);

// SAFETY: the pointers inside are only followed by the kernel; the buffers' own reasons hold.
unsafe impl std::marker::Send for Message {}
// SAFETY: as above.
unsafe impl Sync for Message {}

impl Send {
    /// A send on a byte stream: completes when all is consumed.
    pub fn stream(data: Buffers, flags: i32) -> Self {
        Send { data, flags, done: 0, datagram: false, partial: false, envelope: None, retries: 0 }
    }

    /// A send on a byte stream of which `done` bytes went out before; `data` is the rest.
    pub fn stream_begun(data: Buffers, done: usize) -> Self {
        Send { done, ..Send::stream(data, 0) }
    }

    /// A send on a byte stream that ends with whatever could be taken, if that is anything.
    pub fn stream_partial(data: Buffers, flags: i32) -> Self {
        Send { partial: true, ..Send::stream(data, flags) }
    }

    /// One datagram.
    pub fn datagram(data: Buffers, flags: i32, to: Option<Address>) -> Self {
        let envelope = to.map(|to| Box::new(Envelope { to: Some(to), ..Envelope::default() }));
        Send { datagram: true, envelope, retries: RETRIES, ..Send::stream(data, flags) }
    }

    /// The same with control data, in the kernel's form.
    pub fn with_control(mut self, control: Vec<u8>) -> Self {
        if !control.is_empty() {
            self.envelope.get_or_insert_default().control = control;
        }
        self
    }

    /// Where it goes, and with which control data.
    fn envelope(&self) -> (Option<&Address>, Option<&[u8]>) {
        let envelope = self.envelope.as_deref();
        (envelope.and_then(|envelope| envelope.to.as_ref()), envelope.and_then(Envelope::control))
    }

    /// Bytes that went out so far.
    pub fn done(&self) -> usize {
        self.done
    }

    pub(super) fn attempt(&mut self, target: Target<'_>) -> Step {
        let fd = target.fd;
        loop {
            if self.data.is_empty() && !self.datagram {
                return Step::Done(Outcome::bytes(self.done));
            }
            let sent = match self.envelope() {
                (to, None) => net::send(fd, &self.data, self.flags, to),
                (to, control) => net::send_message(fd, &self.data, self.flags, to, control),
            };
            match sent {
                Ok(n) => {
                    self.advance(n);
                    if self.datagram || self.partial {
                        return Step::Done(Outcome::bytes(self.done));
                    }
                }
                Err(error) if would_block(error) => return Step::Wait(Want::Writable),
                Err(error) => {
                    if target.reports.kept && error.0 == libc::EMSGSIZE {
                        // Our own system's word on the length is in the queue of reports too,
                        // where nobody reads it and it would make the socket look readable.
                        report::take(fd);
                    }
                    if self.tries_again(error) {
                        continue;
                    }
                    return Step::Done(Outcome {
                        bytes: self.done as u32,
                        ..Outcome::failed(error)
                    });
                }
            }
        }
    }

    /// Whether a datagram is to be tried again after an error.
    fn tries_again(&mut self, error: Errno) -> bool {
        let again = self.datagram && self.retries > 0 && may_be_of_an_earlier_one(error);
        self.retries -= u8::from(again);
        again
    }

    pub(super) fn suits_a_batch(&self) -> bool {
        !self.datagram && !self.partial && self.flags == 0 && !self.data.is_empty()
    }

    fn advance(&mut self, n: usize) {
        self.done += n;
        self.data.advance(n);
    }

    pub(super) fn entries(&mut self, fd: Fd, entries: &mut Entries) {
        let list = self.data.as_slice();
        if list.len() == 1 && self.flags == 0 && !self.datagram {
            entries.push(entry(types::Fd(fd), &self.data));
            return;
        }
        let (to, control) = self.envelope();
        let header = net::message_of(&self.data, to, control);
        let envelope = self.envelope.get_or_insert_default();
        let message = envelope.message.insert(Message(header));
        let wait_all = if self.datagram { 0 } else { libc::MSG_WAITALL };
        entries.push(
            opcode::SendMsg::new(types::Fd(fd), &raw const message.0)
                .flags((self.flags | wait_all | libc::MSG_NOSIGNAL) as u32)
                .build(),
        );
    }

    pub(super) fn completed(&mut self, result: i32) -> Progress {
        match result {
            0.. => {
                self.advance(result as usize);
                if self.datagram {
                    Progress::Done(Outcome::bytes(self.done))
                } else {
                    Progress::Again
                }
            }
            _ if would_block(Errno(-result)) => Progress::Again,
            _ if self.tries_again(Errno(-result)) => Progress::Again,
            _ => Progress::Done(Outcome {
                bytes: self.done as u32,
                ..Outcome::failed(Errno(-result))
            }),
        }
    }
}

/// Whether a datagram's error may be what became of an earlier one. The kernel tells that to
/// whichever call comes next, and has then forgotten it; in the queue of reports it stays, for the
/// next receive. So no datagram is lost for another's sake.
fn may_be_of_an_earlier_one(error: Errno) -> bool {
    matches!(
        error.0,
        libc::ECONNREFUSED
            | libc::EHOSTUNREACH
            | libc::ENETUNREACH
            | libc::EHOSTDOWN
            | libc::ENONET
            | libc::ENOPROTOOPT
            | libc::EOPNOTSUPP
            | libc::EPROTO
            | libc::EACCES
            | libc::EMSGSIZE
    )
}

/// One range of a stream, sent to its last byte before the completion.
pub(super) fn entry(fd: types::Fd, data: &Buffers) -> squeue::Entry {
    /// What one request takes of a longer range; the next one takes the rest.
    const BYTES_MAX: usize = 1 << 30;
    let list = data.as_slice();
    let (base, len) =
        list.first().map_or((std::ptr::null_mut(), 0), |iov| (iov.iov_base, iov.iov_len));
    opcode::Send::new(fd, base.cast(), len.min(BYTES_MAX) as u32)
        .flags(libc::MSG_WAITALL | libc::MSG_NOSIGNAL)
        .build()
}
