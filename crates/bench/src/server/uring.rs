//! Hand-written io_uring: a ring a thread, the echo linked to the next receive, so that a
//! message has one completion and a batch of messages one system call.

use crate::accepting::Started;
use crate::raw::{self, BLOCK_BYTES};
use anyhow::{Result, ensure};
use io_uring::squeue::{Entry, Flags};
use io_uring::{IoUring, opcode, types};
use std::sync::atomic::Ordering;

const SUBMISSIONS: u32 = 4096;
/// The completion of new connections.
const NEW: u64 = u64::MAX;

struct Connection {
    fd: i32,
    block: Box<[u8; BLOCK_BYTES]>,
}

impl Connection {
    fn receive(&mut self, index: u64) -> Entry {
        opcode::Recv::new(types::Fd(self.fd), self.block.as_mut_ptr(), BLOCK_BYTES as u32)
            .build()
            .user_data(index)
    }

    fn send(&self, bytes: u32, index: u64) -> Entry {
        opcode::Send::new(types::Fd(self.fd), self.block.as_ptr(), bytes)
            .flags(libc::MSG_NOSIGNAL | libc::MSG_WAITALL)
            .build()
            .flags(Flags::IO_LINK | Flags::SKIP_SUCCESS)
            .user_data(index)
    }
}

pub fn serve(arrivals: i32, started: &Started) -> Result<()> {
    let mut builder = IoUring::builder();
    let mut ring = builder.setup_single_issuer().setup_defer_taskrun().build(SUBMISSIONS)?;
    let mut connections: Vec<Connection> = Vec::new();
    let mut free: Vec<usize> = Vec::new();
    let mut new = vec![0i32; 1024];
    let mut complete = Vec::new();
    push(&mut ring, &[arrival(arrivals, &mut new)])?;
    loop {
        ring.submit_and_wait(1)?;
        complete.extend(ring.completion().map(|entry| (entry.user_data(), entry.result())));
        for (index, result) in complete.drain(..) {
            if index == NEW {
                ensure!(result > 0 && result % 4 == 0, "arrivals: {result}");
                let count = result as usize / size_of::<i32>();
                for &fd in &new[..count] {
                    let block = Box::new([1; BLOCK_BYTES]);
                    let connection = Connection { fd, block };
                    let index = match free.pop() {
                        Some(index) => {
                            connections[index] = connection;
                            index
                        }
                        None => {
                            connections.push(connection);
                            connections.len() - 1
                        }
                    };
                    let receive = connections[index].receive(index as u64);
                    push(&mut ring, &[receive])?;
                }
                ring.submit()?;
                started.fetch_add(count, Ordering::Release);
                push(&mut ring, &[arrival(arrivals, &mut new)])?;
                continue;
            }
            let connection = &mut connections[index as usize];
            if result > 0 {
                let send = connection.send(result as u32, index);
                let receive = connection.receive(index);
                push(&mut ring, &[send, receive])?;
            } else if connection.fd >= 0 && result != -libc::ECANCELED {
                // A failed send has cancelled the receive that it was linked to, whose own
                // completion needs the number no longer.
                raw::close(connection.fd);
                connection.fd = -1;
                if result == 0 {
                    free.push(index as usize);
                }
            }
        }
    }
}

fn arrival(arrivals: i32, new: &mut [i32]) -> Entry {
    opcode::Read::new(types::Fd(arrivals), new.as_mut_ptr().cast(), size_of_val(new) as u32)
        .build()
        .user_data(NEW)
}

fn push(ring: &mut IoUring, entries: &[Entry]) -> Result<()> {
    loop {
        // SAFETY: every block is in a box of its own, which stays while its connection is in
        // use; the room for arrivals stays as long as the ring.
        if unsafe { ring.submission().push_multiple(entries) }.is_ok() {
            return Ok(());
        }
        ring.submit()?;
    }
}
