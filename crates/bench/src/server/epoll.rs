//! Readiness: recv and send at once, epoll_wait for many connections at a time.

use crate::raw::{self, BLOCK_BYTES, check};
use anyhow::Result;

const EVENTS: usize = 256;

pub fn create() -> std::io::Result<i32> {
    // SAFETY: no pointers.
    check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })
}

pub fn watch(epoll: i32, fd: i32) -> std::io::Result<()> {
    let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: fd as u64 };
    // SAFETY: the event lives through the call.
    check(unsafe { libc::epoll_ctl(epoll, libc::EPOLL_CTL_ADD, fd, &raw mut event) })?;
    Ok(())
}

pub fn serve(epoll: i32) -> Result<()> {
    let mut events = [libc::epoll_event { events: 0, u64: 0 }; EVENTS];
    loop {
        // SAFETY: the array has as many entries as are told.
        let n = unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), EVENTS as i32, -1) };
        for event in &events[..n.max(0) as usize] {
            let fd = event.u64 as i32;
            let mut block = [0u8; BLOCK_BYTES];
            let room = block.as_mut_ptr().cast();
            // SAFETY: the block's size is told.
            let came = unsafe { libc::recv(fd, room, BLOCK_BYTES, libc::MSG_DONTWAIT) };
            // SAFETY: no more bytes than came.
            let sent = (came > 0).then(|| unsafe {
                libc::send(fd, block.as_ptr().cast(), came as usize, libc::MSG_NOSIGNAL)
            });
            if sent != Some(came) {
                raw::close(fd);
            }
        }
    }
}
