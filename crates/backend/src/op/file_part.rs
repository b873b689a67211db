//! A part of a file on its way to a socket.
//!
//! It goes by `sendfile`, without coming through this process; where the kernel cannot do that
//! with a file, where the socket is a blocking one, or where it becomes part of a message, it is
//! read and sent.

use crate::buffers::Buffers;
use crate::file;
use crate::net::{self, Fd};
use linsock_abi::Errno;
use std::sync::Arc;

/// What one system call is asked to send of a file unless the caller chose otherwise.
const BYTES_PER_CALL: usize = 1 << 20;
/// The same where the bytes come through this process.
const BYTES_PER_COPY: usize = 64 << 10;

/// A file of which parts are sent: our own descriptor of it, so that the caller may close his.
#[derive(Debug)]
pub struct OpenFile(Fd);

impl OpenFile {
    /// What `fd` has open.
    ///
    /// # Errors
    /// EMFILE, EBADF.
    pub fn of(fd: Fd) -> Result<Arc<Self>, Errno> {
        file::duplicate(fd, false).map(|fd| Arc::new(OpenFile(fd)))
    }

    /// The current position.
    ///
    /// # Errors
    /// ESPIPE.
    pub fn position(&self) -> Result<u64, Errno> {
        file::position(self.0)
    }

    /// Whether it is known to hold nothing: the kernel gives some of its own files a size of 0, yet they
    /// have contents.
    pub fn is_empty(&self) -> bool {
        let mut byte = 0u8;
        file::read(self.0, (&raw mut byte).addr(), 1, Some(0)) == Ok(0)
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        net::close(self.0);
    }
}

/// The part of a file that is sent.
#[derive(Debug)]
pub struct FilePart {
    file: Arc<OpenFile>,
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
    pub fn new(file: Arc<OpenFile>, at: u64, count: u64, certain: bool, moves: bool) -> Self {
        FilePart { file, at, left: count, certain, moves, copies: false }
    }

    /// Whether nothing of it is left.
    pub(super) fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// Whether something of it will be sent for sure.
    pub(super) fn is_certain(&self) -> bool {
        self.certain && self.left > 0
    }

    /// It is read and sent rather than sent by the kernel alone.
    pub(super) fn by_copying(&mut self) {
        self.copies = true;
    }

    fn went(&mut self, n: usize) {
        self.at += n as u64;
        self.left -= n as u64;
    }

    /// Moves the file's position behind what went out, if it is to follow.
    fn follow(&self) {
        if self.moves {
            let at = i64::try_from(self.at).unwrap_or(i64::MAX);
            let _ = file::seek(self.file.0, at, file::From::Begin);
        }
    }

    /// Reads up to `room` bytes, fewer only at the part's or the file's end; they count as sent.
    pub(super) fn take(&mut self, room: usize) -> Result<Vec<u8>, Errno> {
        let count = room.min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let mut block = vec![0u8; count];
        let mut got = 0;
        while got < count {
            let at = block[got..].as_mut_ptr() as usize;
            match file::read(self.file.0, at, count - got, Some(self.at))? {
                0 => {
                    self.left = 0;
                    break;
                }
                n => {
                    got += n;
                    self.went(n);
                }
            }
        }
        block.truncate(got);
        self.follow();
        Ok(block)
    }

    fn send(&mut self, socket: Fd, per_call: Option<usize>) -> Result<usize, Errno> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX);
        if !self.copies {
            let count = room.min(per_call.unwrap_or(BYTES_PER_CALL));
            match file::send(socket, self.file.0, self.at, count) {
                Err(Errno(libc::EINVAL | libc::ENOSYS)) => self.copies = true,
                sent => return sent,
            }
        }
        let count = room.min(per_call.unwrap_or(BYTES_PER_COPY)).min(BYTES_PER_COPY);
        let mut block = vec![0u8; count];
        let got = file::read(self.file.0, block.as_mut_ptr() as usize, count, Some(self.at))?;
        if got == 0 {
            return Ok(0);
        }
        // What does not go out is read once more, so that nothing has to be kept.
        net::send(socket, &Buffers::one(block.as_ptr() as usize, got), 0, None)
    }

    /// Sends until nothing is left.
    pub(super) fn send_all(
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
                    self.went(n);
                    *done += n;
                }
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
        }
        drop(quiet);
        if self.at != before {
            self.follow();
        }
        result
    }
}
