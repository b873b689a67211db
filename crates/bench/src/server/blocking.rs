//! A thread a connection, which waits in recv.

use crate::raw::{self, BLOCK_BYTES};

pub fn serve(fd: i32) {
    let mut block = [0u8; BLOCK_BYTES];
    loop {
        // SAFETY: the block's size is told.
        let came = unsafe { libc::recv(fd, block.as_mut_ptr().cast(), BLOCK_BYTES, 0) };
        if came <= 0 {
            return raw::close(fd);
        }
        // SAFETY: no more bytes than came.
        let sent =
            unsafe { libc::send(fd, block.as_ptr().cast(), came as usize, libc::MSG_NOSIGNAL) };
        if sent != came {
            return raw::close(fd);
        }
    }
}
