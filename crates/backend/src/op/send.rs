//! Send a list of buffers; a stream takes all of it.

use super::{Entries, Outcome, Progress, Step, Want, would_block};
use crate::address::Address;
use crate::buffers::Buffers;
use crate::net::{self, Fd};
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
    to: Option<Box<Address>>,
    message: Option<Box<Message>>,
}

/// The kernel's view of a list of buffers, kept in place while a ring uses it.
#[derive(Debug)]
pub(super) struct Message(pub(super) libc::msghdr);

// SAFETY: the pointers inside are only followed by the kernel; the buffers' own reasons hold.
unsafe impl std::marker::Send for Message {}
// SAFETY: as above.
unsafe impl Sync for Message {}

impl Send {
    /// A send on a byte stream: completes when all is consumed.
    pub fn stream(data: Buffers, flags: i32) -> Self {
        Send { data, flags, done: 0, datagram: false, partial: false, to: None, message: None }
    }

    /// A send on a byte stream that ends with whatever could be taken, if that is anything.
    pub fn stream_partial(data: Buffers, flags: i32) -> Self {
        Send { partial: true, ..Send::stream(data, flags) }
    }

    /// One datagram.
    pub fn datagram(data: Buffers, flags: i32, to: Option<Address>) -> Self {
        Send { datagram: true, to: to.map(Box::new), ..Send::stream(data, flags) }
    }

    /// Bytes that went out so far.
    pub fn done(&self) -> usize {
        self.done
    }

    pub(super) fn attempt(&mut self, fd: Fd) -> Step {
        loop {
            if self.data.is_empty() && !self.datagram {
                return Step::Done(Outcome::bytes(self.done));
            }
            match net::send(fd, &self.data, self.flags, self.to.as_deref()) {
                Ok(n) => {
                    self.advance(n);
                    if self.datagram || self.partial {
                        return Step::Done(Outcome::bytes(self.done));
                    }
                }
                Err(error) if would_block(error) => return Step::Wait(Want::Writable),
                Err(error) => {
                    return Step::Done(Outcome {
                        bytes: self.done as u32,
                        ..Outcome::failed(error)
                    });
                }
            }
        }
    }

    fn advance(&mut self, n: usize) {
        self.done += n;
        self.data.advance(n);
    }

    pub(super) fn entries(&mut self, fd: Fd, entries: &mut Entries) {
        let list = self.data.as_slice();
        if list.len() == 1 && self.to.is_none() && self.flags == 0 && !self.datagram {
            entries.push(entry(types::Fd(fd), &self.data));
            return;
        }
        let mut header = net::empty_message();
        header.msg_iov = list.as_ptr().cast_mut();
        header.msg_iovlen = list.len();
        if let Some(to) = &self.to {
            header.msg_name = to.as_ptr().cast_mut().cast();
            header.msg_namelen = to.len();
        }
        let message = self.message.insert(Box::new(Message(header)));
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
            _ => Progress::Done(Outcome {
                bytes: self.done as u32,
                ..Outcome::failed(Errno(-result))
            }),
        }
    }
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
