//! How much a socket for datagrams holds in all.
//!
//! The kernel's FIONREAD tells of the first datagram only. SO_PEEK_OFF makes a peek begin behind
//! what was peeked at before, and MSG_TRUNC makes it tell a datagram's length without copying, so
//! peeking until nothing is left adds all of them up. The option belongs to the socket: nobody
//! else may peek or receive meanwhile, and it is off again afterwards.

use crate::net::{self, Fd};
use linsock_abi::Errno;

const OFF: i32 = -1;
/// More than a receive buffer holds, whose bookkeeping alone is hundreds of bytes a datagram.
const DATAGRAMS_MAX: usize = 1 << 16;

/// Bytes of all datagrams that wait; of the first one where the socket's family cannot peek
/// behind it, or has an error to tell that a peek would take away.
pub fn queued_bytes(fd: Fd) -> Result<u32, Errno> {
    let first = net::readable_bytes(fd)?;
    let ready = net::poll_now(fd)?;
    if !ready.readable || ready.failed {
        return Ok(first);
    }
    if net::set_option_i32(fd, libc::SOL_SOCKET, libc::SO_PEEK_OFF, 0).is_err() {
        return Ok(first);
    }
    let mut sum: u32 = 0;
    let mut nothing = [0u8; 0];
    for _ in 0..DATAGRAMS_MAX {
        let flags = libc::MSG_PEEK | libc::MSG_TRUNC | libc::MSG_DONTWAIT;
        // SAFETY: no byte is written.
        let n = unsafe { libc::recv(fd, nothing.as_mut_ptr().cast(), 0, flags) };
        match u32::try_from(n) {
            Ok(n) => sum = sum.saturating_add(n),
            Err(_) if net::last_errno() == Errno(libc::EINTR) => {}
            Err(_) => break,
        }
    }
    net::set_option_i32(fd, libc::SOL_SOCKET, libc::SO_PEEK_OFF, OFF)?;
    Ok(sum.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::UdpSocket;
    use std::os::fd::AsRawFd;

    #[test]
    fn all_datagrams_are_counted_and_stay() {
        let (a, b) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("[::1]:0").unwrap());
        for socket in [a, b] {
            let at = socket.local_addr().unwrap();
            let fd = socket.as_raw_fd();
            assert_eq!(queued_bytes(fd), Ok(0));
            for length in [3, 0, 40, 500, 0] {
                assert_eq!(socket.send_to(&[7; 500][..length], at).unwrap(), length);
            }
            for _ in 0..3 {
                assert_eq!(queued_bytes(fd), Ok(543));
            }
            let mut room = [0; 600];
            for length in [3, 0, 40, 500, 0] {
                assert_eq!(socket.peek(&mut room).unwrap(), length);
                assert_eq!(socket.recv(&mut room).unwrap(), length);
            }
            assert_eq!(queued_bytes(fd), Ok(0));
        }
    }
}
