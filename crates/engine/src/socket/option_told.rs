//! Options that the kernel is told of at once, and how a connection comes by those of another
//! descriptor.
//!
//! The kernel has a connection inherit what its listener has, at the handshake. So AcceptEx gives it
//! what its accept socket has instead, and the context update what the listener has by then.
//! Only options are looked at that a program has set on either of the two, so that the others cost
//! no system call. TCP_MAXSEG is none of them: the handshake settles it.

use linsock_backend::net::{self, Fd};

/// The options, by the kernel's level and name, in the order in which they are set.
#[rustfmt::skip]
const OPTIONS: [(i32, i32); 18] = [
    SEND_BUFFER,
    RECEIVE_BUFFER,
    BUFFERS_FIXED,
    (0,  1),  // IP_TOS
    (0,  2),  // IP_TTL
    (0,  4),  // IP_OPTIONS
    (0,  10), // IP_MTU_DISCOVER
    (0,  50), // IP_UNICAST_IF
    (6,  5),  // TCP_KEEPINTVL, which is told with SO_KEEPALIVE too
    (6,  6),  // TCP_KEEPCNT, likewise
    (6,  7),  // TCP_SYNCNT
    (6,  18), // TCP_USER_TIMEOUT
    (41, 16), // IPV6_UNICAST_HOPS
    (41, 23), // IPV6_MTU_DISCOVER
    (41, 57), // IPV6_RTHDR
    (41, 62), // IPV6_DONTFRAG
    (41, 67), // IPV6_TCLASS
    (41, 76), // IPV6_UNICAST_IF
];

/// SO_SNDBUF and SO_RCVBUF, of which the kernel answers twice what it was told.
const SEND_BUFFER: (i32, i32) = (1, 7);
const RECEIVE_BUFFER: (i32, i32) = (1, 8);
/// SO_BUF_LOCK: which of the two were told, so that they do not grow by themselves. Kernels before
/// 5.14 do not let go of one that was.
const BUFFERS_FIXED: (i32, i32) = (1, 72);

/// Bytes of the longest value that is carried over; IP_OPTIONS has 40, IPV6_RTHDR rarely more.
const VALUE_BYTES_MAX: usize = 256;

/// Which of the options a program has set on a socket, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told(u32);

/// What some options are to be.
#[derive(Debug, Default)]
pub(super) struct Values(Vec<((i32, i32), Vec<u8>)>);

impl Told {
    /// Notes that an option was set, if it is one of these.
    pub(super) fn note(&mut self, level: i32, name: i32) {
        let option = (level, name);
        let buffer = option == SEND_BUFFER || option == RECEIVE_BUFFER;
        for (n, &known) in OPTIONS.iter().enumerate() {
            if known == option || (buffer && known == BUFFERS_FIXED) {
                self.0 |= 1 << n;
            }
        }
    }

    /// What was set on this socket or on another one.
    pub(super) fn or(self, other: Told) -> Told {
        Told(self.0 | other.0)
    }

    fn options(self) -> impl Iterator<Item = (i32, i32)> {
        OPTIONS
            .into_iter()
            .enumerate()
            .filter(move |(n, _)| self.0 & 1 << n != 0)
            .map(|(_, own)| own)
    }

    /// What these options are on a socket.
    pub(super) fn values(self, fd: Fd) -> Values {
        if self == Told::default() {
            return Values::default();
        }
        let value = |option @ (level, name)| {
            let mut bytes = [0; VALUE_BYTES_MAX];
            let len = net::option(fd, level, name, &mut bytes).ok()?;
            let mut bytes = bytes[..len].to_vec();
            if matches!(option, SEND_BUFFER | RECEIVE_BUFFER) {
                let number = bytes.first_chunk_mut()?;
                *number = (i32::from_ne_bytes(*number) / 2).to_ne_bytes();
            }
            Some((option, bytes))
        };
        Values(self.options().filter_map(value).collect())
    }
}

impl Values {
    /// Sets them on another socket.
    pub(super) fn set(&self, fd: Fd) {
        for ((level, name), bytes) in &self.0 {
            let _ = net::set_option(fd, *level, *name, bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socket::option_table::{Access, Home, On, Shape, Special, Until, rows};

    #[test]
    fn a_031_every_option_that_a_connection_inherits() {
        for row in rows().iter().filter(|row| row.access != Access::Get) {
            let (Home::Kernel(level, name) | Home::Both(level, name)) = row.home else { continue };
            let of_streams = matches!(row.on, On::Any | On::Stream | On::Tcp);
            // Those that the bind and the handshake settle cannot be carried over.
            let settled = row.shape == Shape::Special(Special::V6Only) || (level, name) == (6, 2);
            if of_streams && row.until == Until::Now && !settled {
                let mut told = Told::default();
                told.note(level, name);
                assert_ne!(told, Told::default(), "{row:?}");
            }
        }
    }

    #[test]
    fn a_031_a_buffer_is_carried_over_with_its_lock() {
        let mut told = Told::default();
        told.note(1, 8);
        assert_eq!(told.options().collect::<Vec<_>>(), [RECEIVE_BUFFER, BUFFERS_FIXED]);
        told.note(1, 9999);
        assert_eq!(told.or(Told::default()), told);
    }
}
