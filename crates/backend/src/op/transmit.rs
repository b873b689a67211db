//! Send memory and parts of files, in order; then, if asked, end the connection.
//!
//! On a stream memory goes by `sendmsg` and files by `sendfile`. On a socket of messages the
//! elements are gathered into messages first. A ring has no request for files: there a poll tells
//! when to go on, and the attempts are the same.

use super::file_part::FilePart;
use super::message::{self, Message};
use super::{Disconnect, Outcome, Step, Want, would_block};
use crate::buffers::Buffers;
use crate::net::{self, Fd};
use linsock_abi::Errno;
use std::collections::VecDeque;

/// One piece of what is sent.
#[derive(Debug)]
pub struct Element {
    pub(super) data: Data,
    /// What follows goes into another send, or another message.
    pub(super) ends: bool,
}

/// Where the bytes of an element are.
#[derive(Debug)]
pub(super) enum Data {
    Memory(Buffers),
    File(FilePart),
}

impl Element {
    /// Memory of the caller's, which stays until the end.
    pub fn memory((address, len): (usize, usize)) -> Self {
        Element { data: Data::Memory(Buffers::one(address, len)), ends: false }
    }

    /// A part of a file.
    pub fn file(part: FilePart) -> Self {
        Element { data: Data::File(part), ends: false }
    }

    /// Not merged with what follows, if `ends` says so.
    pub fn ending(mut self, ends: bool) -> Self {
        self.ends = ends;
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        match &self.data {
            Data::Memory(data) => data.is_empty(),
            Data::File(part) => part.is_empty(),
        }
    }

    /// Whether something of it will be sent for sure.
    fn is_certain(&self) -> bool {
        match &self.data {
            Data::Memory(data) => !data.is_empty(),
            Data::File(part) => part.is_certain(),
        }
    }
}

/// A transmission. Boxed: it is several times the size of the other requests.
#[derive(Debug)]
pub struct Transmit(Box<Parts>);

#[derive(Debug)]
struct Parts {
    elements: VecDeque<Element>,
    per_call: Option<usize>,
    /// Bytes of a message, on a socket of messages.
    message_bytes_max: Option<usize>,
    /// The message that goes out next.
    message: Option<Message>,
    done: usize,
    disconnect: Option<Disconnect>,
    /// All is sent; the connection is being ended.
    ending: bool,
}

impl Transmit {
    /// Sends elements as a stream; `per_call` bytes of a file at a time.
    pub fn stream(elements: VecDeque<Element>, per_call: Option<usize>) -> Self {
        Transmit(Box::new(Parts {
            elements,
            per_call,
            message_bytes_max: None,
            message: None,
            done: 0,
            disconnect: None,
            ending: false,
        }))
    }

    /// Sends elements as messages, each of as many elements as end together, and of `bytes_max`
    /// bytes at most.
    pub fn messages(elements: VecDeque<Element>, bytes_max: usize) -> Self {
        let mut transmit = Transmit::stream(elements, None);
        transmit.0.message_bytes_max = Some(bytes_max.max(1));
        transmit
    }

    /// The socket is one that may block, so files have to be sent by calls that do not.
    pub fn by_copying(mut self) -> Self {
        for element in &mut self.0.elements {
            if let Data::File(part) = &mut element.data {
                part.by_copying();
            }
        }
        self
    }

    /// Ends the connection afterwards.
    pub fn then(mut self, disconnect: Disconnect) -> Self {
        self.0.disconnect = Some(disconnect);
        self
    }

    /// Bytes that went out so far.
    pub fn done(&self) -> usize {
        self.0.done
    }

    /// What ends the connection once all is sent.
    pub fn disconnect(&self) -> Option<&Disconnect> {
        self.0.disconnect.as_ref()
    }

    /// As [`Disconnect::leave_input`], of the disconnect that follows.
    pub fn leave_input(&mut self, leave: bool) {
        if let Some(disconnect) = &mut self.0.disconnect {
            disconnect.leave_input(leave);
        }
    }

    /// As [`Disconnect::broke`], of the disconnect that follows.
    pub fn broke(&mut self, how: Errno) {
        if let Some(disconnect) = &mut self.0.disconnect {
            disconnect.broke(how);
        }
    }

    /// Whether all is sent and the connection is being ended.
    pub fn is_ending(&self) -> bool {
        self.0.ending
    }

    pub(super) fn attempt(&mut self, fd: Fd) -> Step {
        let parts = &mut *self.0;
        if !parts.ending {
            if let Err(error) = parts.send(fd) {
                return if would_block(error) {
                    Step::Wait(Want::Writable)
                } else {
                    Step::Done(Outcome { error: Some(error), ..Outcome::bytes(parts.done) })
                };
            }
            parts.ending = parts.disconnect.is_some();
        }
        match parts.disconnect.as_mut().map(|disconnect| disconnect.attempt(fd)) {
            None => Step::Done(Outcome::bytes(parts.done)),
            Some(Step::Done(outcome)) => {
                Step::Done(Outcome { error: outcome.error, ..Outcome::bytes(parts.done) })
            }
            Some(wait) => wait,
        }
    }
}

impl Parts {
    fn send(&mut self, fd: Fd) -> Result<(), Errno> {
        match self.message_bytes_max {
            Some(bytes_max) => self.send_messages(fd, bytes_max),
            None => self.send_stream(fd),
        }
    }

    fn send_stream(&mut self, fd: Fd) -> Result<(), Errno> {
        while let Some(mut element) = self.elements.pop_front() {
            let more = !element.ends && self.elements.iter().any(Element::is_certain);
            let sent = match &mut element.data {
                Data::Memory(block) => send_block(fd, block, more, &mut self.done),
                Data::File(part) => part.send_all(fd, self.per_call, &mut self.done),
            };
            if sent.is_err() {
                self.elements.push_front(element);
                return sent;
            }
        }
        Ok(())
    }

    fn send_messages(&mut self, fd: Fd, bytes_max: usize) -> Result<(), Errno> {
        loop {
            let message = match self.message.take() {
                Some(message) => message,
                None => match message::gather(&mut self.elements, bytes_max)? {
                    Some(message) => message,
                    None => return Ok(()),
                },
            };
            match net::send(fd, message.data(), 0, None) {
                Ok(n) => self.done += n,
                Err(error) => {
                    self.message = Some(message);
                    return Err(error);
                }
            }
        }
    }
}

fn send_block(fd: Fd, block: &mut Buffers, more: bool, done: &mut usize) -> Result<(), Errno> {
    let flags = if more { libc::MSG_MORE } else { 0 };
    while !block.is_empty() {
        let n = net::send(fd, block, flags, None)?;
        block.advance(n);
        *done += n;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::OpenFile;
    use std::io::{Read, Seek, Write};
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

    fn block(text: &'static [u8]) -> Element {
        Element::memory((text.as_ptr() as usize, text.len()))
    }

    fn pair() -> (UnixStream, UnixStream) {
        let (near, far) = UnixStream::pair().unwrap();
        near.set_nonblocking(true).unwrap();
        (near, far)
    }

    fn temporary(contents: &[u8]) -> std::fs::File {
        // SAFETY: a string that ends with a zero.
        let fd = unsafe { libc::memfd_create(c"transmit".as_ptr(), libc::MFD_CLOEXEC) };
        // SAFETY: just made, and nobody else's.
        let mut file: std::fs::File = unsafe { std::os::fd::FromRawFd::from_raw_fd(fd) };
        file.write_all(contents).unwrap();
        file.rewind().unwrap();
        file
    }

    fn sent(file: &std::fs::File, copies: bool, moves: bool) -> Vec<u8> {
        let (near, mut far) = pair();
        let part = FilePart::new(OpenFile::of(file.as_raw_fd()).unwrap(), 2, 5, true, moves);
        let elements = [block(b"<"), Element::file(part), block(b">")];
        let mut transmit = Transmit::stream(elements.into(), Some(3));
        if copies {
            transmit = transmit.by_copying();
        }
        let Step::Done(outcome) = transmit.attempt(near.as_raw_fd()) else { panic!("it waits") };
        assert_eq!((outcome.error, outcome.bytes), (None, 7));
        drop(near);
        let mut got = Vec::new();
        far.read_to_end(&mut got).unwrap();
        got
    }

    #[test]
    fn t_027_copying_sends_the_same() {
        let mut file = temporary(b"0123456789");
        for copies in [false, true] {
            for (moves, position) in [(false, 0), (true, 7)] {
                file.rewind().unwrap();
                assert_eq!(sent(&file, copies, moves), b"<23456>");
                assert_eq!(file.stream_position().unwrap(), position);
            }
        }
    }

    #[test]
    fn t_027_what_sendfile_refuses_is_read() {
        // The kernel sends no file of this kind, and does not know its size.
        let file = std::fs::File::open("/proc/self/status").unwrap();
        let (near, mut far) = pair();
        let part = FilePart::new(OpenFile::of(file.as_raw_fd()).unwrap(), 0, 4, false, false);
        let mut transmit = Transmit::stream([Element::file(part)].into(), None);
        assert!(matches!(transmit.attempt(near.as_raw_fd()), Step::Done(_)));
        assert_eq!(transmit.done(), 4);
        let mut got = [0; 4];
        far.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"Name");
    }

    #[test]
    fn a_broken_connection_is_no_signal() {
        let file = temporary(b"0123456789");
        let (near, far) = pair();
        drop(far);
        // The test's program ignores the signal; for this thread's view it must be heard.
        // SAFETY: sets of signals are plain memory; the handler is the system's own.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
        let part = FilePart::new(OpenFile::of(file.as_raw_fd()).unwrap(), 0, 5, true, false);
        let mut transmit = Transmit::stream([Element::file(part)].into(), None);
        let Step::Done(outcome) = transmit.attempt(near.as_raw_fd()) else { panic!("it waits") };
        assert_eq!(outcome.error, Some(Errno(libc::EPIPE)));
    }

    #[test]
    fn t_032_messages_end_where_they_are_said_to() {
        let (near, far) = std::os::unix::net::UnixDatagram::pair().unwrap();
        near.set_nonblocking(true).unwrap();
        let file = temporary(b"0123456789");
        let open = OpenFile::of(file.as_raw_fd()).unwrap();
        let part = |at, count| Element::file(FilePart::new(open.clone(), at, count, true, false));
        let elements = [
            block(b"ab"),
            part(2, 3).ending(true),
            block(b"").ending(true),
            block(b"longer than that"),
            part(0, 2),
        ];
        let mut transmit = Transmit::messages(elements.into(), 10);
        let Step::Done(outcome) = transmit.attempt(near.as_raw_fd()) else { panic!("it waits") };
        assert_eq!((outcome.error, outcome.bytes), (None, 23));
        let mut got = [0; 32];
        for message in [&b"ab234"[..], b"", b"longer tha", b"n that01"] {
            let n = far.recv(&mut got).unwrap();
            assert_eq!(&got[..n], message);
        }
        far.set_nonblocking(true).unwrap();
        assert!(far.recv(&mut got).is_err());
    }

    #[test]
    fn t_032_a_message_of_many_elements_is_one() {
        let (near, far) = std::os::unix::net::UnixDatagram::pair().unwrap();
        near.set_nonblocking(true).unwrap();
        let text: Vec<u8> = (0..3000).map(|n| n as u8).collect();
        let elements =
            text.iter().map(|byte| Element::memory((&raw const *byte as usize, 1))).collect();
        let mut transmit = Transmit::messages(elements, usize::MAX);
        let Step::Done(outcome) = transmit.attempt(near.as_raw_fd()) else { panic!("it waits") };
        assert_eq!((outcome.error, outcome.bytes), (None, 3000));
        let mut got = [0; 4000];
        let n = far.recv(&mut got).unwrap();
        assert_eq!(&got[..n], text);
    }
}
