//! Send one block, a part of a file and another block; then, if asked, end the connection.
//!
//! The file goes by `sendfile`, without coming through this process; where the kernel cannot
//! do that with a file, or where the socket is a blocking one, it is read and sent. A ring has
//! no request for it: there a poll tells when to go on, and the attempts are the same.

use super::{Disconnect, Outcome, Step, Want, would_block};
use crate::buffers::Buffers;
use crate::file;
use crate::net::{self, Fd};
use linsock_abi::Errno;

/// What one system call is asked to send of a file unless the caller chose otherwise.
const BYTES_PER_CALL: usize = 1 << 20;
/// The same where the bytes come through this process.
const BYTES_PER_COPY: usize = 64 << 10;

/// The part of a file that is sent.
#[derive(Debug)]
pub struct FilePart {
    /// Our own descriptor of it: the caller may close his.
    fd: Fd,
    at: u64,
    left: u64,
    /// The file holds as much as is to be sent, so something will follow the first block.
    certain: bool,
    /// The file's position follows what was sent.
    moves: bool,
    copies: bool,
}

impl FilePart {
    /// `count` bytes from `at` on, or fewer if the file ends before. `certain`: it does not.
    /// `moves`: the position of the file is to be behind the last byte that was sent.
    ///
    /// # Errors
    /// EMFILE, EBADF.
    pub fn new(fd: Fd, at: u64, count: u64, certain: bool, moves: bool) -> Result<Self, Errno> {
        let fd = file::duplicate(fd, false)?;
        Ok(FilePart { fd, at, left: count, certain, moves, copies: false })
    }

    fn send(&mut self, socket: Fd, per_call: Option<usize>) -> Result<usize, Errno> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX);
        if !self.copies {
            let count = room.min(per_call.unwrap_or(BYTES_PER_CALL));
            match file::send(socket, self.fd, self.at, count) {
                Err(Errno(libc::EINVAL | libc::ENOSYS)) => self.copies = true,
                sent => return sent,
            }
        }
        let count = room.min(per_call.unwrap_or(BYTES_PER_COPY)).min(BYTES_PER_COPY);
        let mut block = vec![0u8; count];
        let got = file::read(self.fd, block.as_mut_ptr() as usize, count, Some(self.at))?;
        if got == 0 {
            return Ok(0);
        }
        // What does not go out is read once more, so that nothing has to be kept.
        net::send(socket, &Buffers::one(block.as_ptr() as usize, got), 0, None)
    }

    /// Sends until nothing is left.
    fn send_all(
        &mut self,
        socket: Fd,
        per_call: Option<usize>,
        done: &mut usize,
    ) -> Result<(), Errno> {
        let quiet = file::NoPipeSignal::new();
        let before = self.at;
        let mut result = Ok(());
        while self.left > 0 {
            match self.send(socket, per_call) {
                Ok(0) => self.left = 0,
                Ok(n) => {
                    self.at += n as u64;
                    self.left -= n as u64;
                    *done += n;
                }
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
        }
        drop(quiet);
        if self.moves && self.at != before {
            let at = i64::try_from(self.at).unwrap_or(i64::MAX);
            let _ = file::seek(self.fd, at, file::From::Begin);
        }
        result
    }
}

impl Drop for FilePart {
    fn drop(&mut self) {
        net::close(self.fd);
    }
}

/// A transmission. Boxed: it is several times the size of the other requests.
#[derive(Debug)]
pub struct Transmit(Box<Parts>);

#[derive(Debug)]
struct Parts {
    head: Buffers,
    file: Option<FilePart>,
    tail: Buffers,
    per_call: Option<usize>,
    done: usize,
    disconnect: Option<Disconnect>,
    /// All is sent; the connection is being ended.
    ending: bool,
}

impl Transmit {
    /// Sends `head`, the file's part and `tail`; `per_call` bytes of the file at a time.
    pub fn new(
        head: Buffers,
        file: Option<FilePart>,
        tail: Buffers,
        per_call: Option<usize>,
    ) -> Self {
        let (done, disconnect, ending) = (0, None, false);
        Transmit(Box::new(Parts { head, file, tail, per_call, done, disconnect, ending }))
    }

    /// The socket is one that may block, so the file has to be sent by calls that do not.
    pub fn by_copying(mut self) -> Self {
        if let Some(file) = &mut self.0.file {
            file.copies = true;
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
        let more = self.file.as_ref().is_some_and(|file| file.certain) || !self.tail.is_empty();
        let flags = if more { libc::MSG_MORE } else { 0 };
        send_block(fd, &mut self.head, flags, &mut self.done)?;
        if let Some(file) = &mut self.file {
            file.send_all(fd, self.per_call, &mut self.done)?;
        }
        send_block(fd, &mut self.tail, 0, &mut self.done)
    }
}

fn send_block(fd: Fd, block: &mut Buffers, flags: i32, done: &mut usize) -> Result<(), Errno> {
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
    use std::io::{Read, Seek, Write};
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

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
        let part = FilePart::new(file.as_raw_fd(), 2, 5, true, moves).unwrap();
        let (head, tail) = (Buffers::captured(b"<".to_vec()), Buffers::captured(b">".to_vec()));
        let mut transmit = Transmit::new(head, Some(part), tail, Some(3));
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
        let part = FilePart::new(file.as_raw_fd(), 0, 4, false, false).unwrap();
        let nothing = || Buffers::one(0, 0);
        let mut transmit = Transmit::new(nothing(), Some(part), nothing(), None);
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
        let part = FilePart::new(file.as_raw_fd(), 0, 5, true, false).unwrap();
        let nothing = || Buffers::one(0, 0);
        let mut transmit = Transmit::new(nothing(), Some(part), nothing(), None);
        let Step::Done(outcome) = transmit.attempt(near.as_raw_fd()) else { panic!("it waits") };
        assert_eq!(outcome.error, Some(Errno(libc::EPIPE)));
    }
}
