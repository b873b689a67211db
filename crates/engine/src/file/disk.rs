//! Reads that have to wait for the disk, and the threads that do.
//!
//! An operation is in the queue, where a canceller may take it out, or with a thread, which ends
//! it whatever happens: the one who has the box ends it. Threads are started when there is more to
//! read than threads to wait, and end when they had nothing to do for a while.

use super::File;
use super::error::access_error;
use super::transfer::{Transferred, not_at_the_end};
use crate::operation::Overlapped;
use crate::sync::plain::{Arc, Mutex, lock};
use linsock_abi::{Errno, Win32Error};
use linsock_backend::file;
use linsock_backend::net::Fd;
use std::collections::VecDeque;
use std::sync::Condvar;
use std::time::Duration;

/// More threads would only queue at the disk.
const THREADS_MAX: usize = 4;
/// How long a thread stays for the next read.
const IDLE: Duration = Duration::from_secs(5);

/// What is read, from where to where.
#[derive(Debug)]
pub(super) struct Range {
    pub(super) at: u64,
    pub(super) address: usize,
    pub(super) len: usize,
    /// What is there already.
    pub(super) done: usize,
}

impl Range {
    /// Reads what is in memory; EAGAIN if that is not all that the file has.
    pub(super) fn read_cached(&mut self, fd: Fd) -> Result<usize, Errno> {
        self.read_by(|address, len, at| file::read_cached(fd, address, len, at))
    }

    /// Reads, waiting for the disk.
    pub(super) fn read(&mut self, fd: Fd) -> Transferred {
        let done = self.read_by(|address, len, at| file::read(fd, address, len, Some(at)));
        not_at_the_end(done.map_err(access_error), self.len)
    }

    fn read_by(
        &mut self,
        call: impl Fn(usize, usize, u64) -> Result<usize, Errno>,
    ) -> Result<usize, Errno> {
        while self.done < self.len {
            let at = self.at + self.done as u64;
            match call(self.address + self.done, self.len - self.done, at)? {
                0 => break,
                n => self.done += n,
            }
        }
        Ok(self.done)
    }
}

/// A read that waits for the disk.
pub(super) struct Pending {
    pub(super) file: Arc<File>,
    pub(super) overlapped: Overlapped,
    pub(super) range: Range,
    thread: u32,
}

impl Pending {
    pub(super) fn new(file: Arc<File>, overlapped: Overlapped, range: Range) -> Box<Self> {
        Box::new(Pending { file, overlapped, range, thread: crate::thread::current_id() })
    }

    pub(super) fn is_of(&self, file: &Arc<File>) -> bool {
        Arc::ptr_eq(&self.file, file)
    }

    pub(super) fn is_with(&self, overlapped: usize) -> bool {
        self.overlapped.address() == overlapped
    }

    pub(super) fn is_by(&self, thread: u32) -> bool {
        self.thread == thread
    }

    /// Whether the end of its thread cancels it.
    pub(super) fn ends_with_thread(&self) -> bool {
        lock(&self.file.route).is_none() || self.overlapped.has_event()
    }

    fn run(mut self) {
        let result = self.range.read(self.file.fd);
        self.file.end(&self.overlapped, result);
    }
}

#[derive(Default)]
struct State {
    queue: VecDeque<Box<Pending>>,
    threads: usize,
    idle: usize,
}

/// The reads of the process that wait.
#[derive(Default)]
pub(super) struct Disk {
    state: Mutex<State>,
    wake: Condvar,
}

impl Disk {
    /// Takes a read over from the thread that started it; gives it back where no thread can be
    /// started to do it.
    pub(super) fn take_over(&'static self, pending: Box<Pending>) -> Result<(), Box<Pending>> {
        let mut state = lock(&self.state);
        if state.idle <= state.queue.len() && state.threads < THREADS_MAX {
            match linsock_backend::thread::spawn_engine("linsock-disk", || self.run()) {
                Ok(()) => state.threads += 1,
                Err(_) if state.threads == 0 => return Err(pending),
                // The others will come to it.
                Err(_) => {}
            }
        }
        state.queue.push_back(pending);
        drop(state);
        self.wake.notify_one();
        Ok(())
    }

    /// Ends those of the queue that are wanted; `false`: there were none. What a thread has begun
    /// to read it reads to its end, as a disk does.
    pub(super) fn cancel(&self, wanted: impl Fn(&Pending) -> bool) -> bool {
        let mut state = lock(&self.state);
        let (cancelled, rest) = state.queue.drain(..).partition(|pending| wanted(pending));
        state.queue = rest;
        drop(state);
        let cancelled: VecDeque<Box<Pending>> = cancelled;
        let any = !cancelled.is_empty();
        for pending in cancelled {
            pending.file.end(&pending.overlapped, Err(Win32Error::ERROR_OPERATION_ABORTED));
        }
        any
    }

    fn run(&self) {
        let mut state = lock(&self.state);
        loop {
            if let Some(pending) = state.queue.pop_front() {
                drop(state);
                pending.run();
                state = lock(&self.state);
                continue;
            }
            state.idle += 1;
            let waited = self.wake.wait_timeout_while(state, IDLE, |state| state.queue.is_empty());
            let (woken, _) = waited.unwrap_or_else(|poison| poison.into_inner());
            state = woken;
            state.idle -= 1;
            if state.queue.is_empty() {
                state.threads -= 1;
                return;
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
