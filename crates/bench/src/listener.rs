//! The other end, the same for all contestants: takes connections, reads and verifies their
//! block, closes.
//!
//! It says its port on its standard output; asked with a line, it answers with what it saw
//! since the question before.

use crate::backlog::Taken;
use crate::lines::{Ready, answer};
use crate::raw::{self, BLOCK, BLOCK_BYTES, check};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::Read;

/// What came in since the last question.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Connections whose block was whole.
    pub whole: u64,
    /// Connections with fewer, more or other bytes.
    pub wrong: u64,
}

struct Reader {
    epoll: i32,
    seen: Seen,
    taken: Taken,
    /// The bytes so far of connections whose block is not whole yet.
    partial: HashMap<i32, Vec<u8>>,
}

/// Runs until its standard input ends.
pub fn run() -> Result<()> {
    raw::raise_descriptor_limit()?;
    let (listener, address) = raw::listen()?;
    // SAFETY: no pointers.
    let epoll = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
    let mut reader = Reader {
        epoll,
        seen: Seen::default(),
        taken: Taken::inherited()?,
        partial: HashMap::new(),
    };
    reader.watch(listener)?;
    reader.watch(libc::STDIN_FILENO)?;
    answer(&Ready { port: address.port() })?;
    let mut events = [libc::epoll_event { events: 0, u64: 0 }; 256];
    loop {
        // SAFETY: the array has room for as many events as are asked for.
        let n = unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), events.len() as i32, -1) };
        for event in &events[..n.max(0) as usize] {
            match event.u64 as i32 {
                libc::STDIN_FILENO => {
                    let mut line = [0; 64];
                    let n = std::io::stdin().read(&mut line)?;
                    if n == 0 {
                        return Ok(());
                    }
                    for _ in line[..n].iter().filter(|&&byte| byte == b'\n') {
                        answer(&std::mem::take(&mut reader.seen))?;
                    }
                }
                fd if fd == listener => reader.accept_all(listener)?,
                fd => reader.read(fd),
            }
        }
    }
}

impl Reader {
    fn watch(&self, fd: i32) -> Result<()> {
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: fd as u64 };
        // SAFETY: the event lives through the call.
        check(unsafe { libc::epoll_ctl(self.epoll, libc::EPOLL_CTL_ADD, fd, &raw mut event) })?;
        Ok(())
    }

    fn accept_all(&mut self, listener: i32) -> Result<()> {
        loop {
            let (name, len) = (std::ptr::null_mut(), std::ptr::null_mut());
            // SAFETY: the address is not asked for.
            match check(unsafe { libc::accept4(listener, name, len, libc::SOCK_NONBLOCK) }) {
                Ok(fd) => {
                    self.taken.one_more();
                    self.read(fd);
                }
                Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => return Ok(()),
                Err(error) if error.raw_os_error() == Some(libc::ECONNABORTED) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Reads what is there. A whole block ends the connection, whose contestant may be ahead
    /// and have closed it already: what it sent before is read all the same.
    fn read(&mut self, fd: i32) {
        // One more than a block, so that a surplus shows.
        let mut bytes = [0u8; BLOCK_BYTES + 1];
        // SAFETY: the buffer's size is told.
        let n = unsafe { libc::recv(fd, bytes.as_mut_ptr().cast(), bytes.len(), 0) };
        match n {
            1.. => {
                let came = &bytes[..n as usize];
                let known = self.partial.remove(&fd);
                let whole = match &known {
                    None => came == BLOCK,
                    Some(before) => [before, came].concat() == BLOCK,
                };
                if whole {
                    self.seen.whole += 1;
                    // A plain close leaves a half-closed remainder behind, which a reset that
                    // comes too late does not clear: the next connection from the same port
                    // would wait a second or more.
                    let _ = raw::close_hard(fd);
                } else {
                    let is_new = known.is_none();
                    let mut all = known.unwrap_or_default();
                    all.extend_from_slice(came);
                    self.wait_for_more(fd, all, is_new);
                }
            }
            // SAFETY: reads this thread's errno.
            -1 if unsafe { *libc::__errno_location() } == libc::EAGAIN => {
                let is_new = !self.partial.contains_key(&fd);
                let all = self.partial.remove(&fd).unwrap_or_default();
                self.wait_for_more(fd, all, is_new);
            }
            _ => self.give_up(fd),
        }
    }

    fn wait_for_more(&mut self, fd: i32, so_far: Vec<u8>, is_new: bool) {
        if !BLOCK.starts_with(&so_far) || (is_new && self.watch(fd).is_err()) {
            return self.give_up(fd);
        }
        self.partial.insert(fd, so_far);
    }

    fn give_up(&mut self, fd: i32) {
        self.partial.remove(&fd);
        self.seen.wrong += 1;
        raw::close(fd);
    }
}
