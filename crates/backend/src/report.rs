//! What the network says of datagrams that did not arrive: the kernel's error queue.
//!
//! An ICMP message about a datagram makes the kernel do two things for a socket that asked
//! (IP_RECVERR): the next call fails, whatever it is, and the message joins a queue that is read
//! with MSG_ERRQUEUE and stays readable (POLLERR) until it is empty. Taking a message out makes
//! the next one in the queue fail a call in turn. The queue tells what the error number cannot:
//! a port that nobody has, or hops that ran out.

use crate::control;
use crate::net::{self, Fd};
use linsock_abi::Errno;

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// Nobody has the port.
    PortUnreachable,
    /// The datagram's hops ran out on the way.
    HopsExceeded,
    /// Anything else, an error of our own system among them.
    Other,
}

/// Which of them a receive fails with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reports {
    /// The queue may hold something.
    pub kept: bool,
    /// [`Report::PortUnreachable`].
    pub unreachable: bool,
    /// [`Report::HopsExceeded`].
    pub expired: bool,
    /// What stands for a message that was taken out already, for the next receive.
    pub due: Option<Errno>,
}

impl Reports {
    /// The error number that a message stands for; `None`: it is passed over.
    pub fn error_of(self, report: Report) -> Option<Errno> {
        match report {
            Report::PortUnreachable => self.unreachable.then_some(Errno(libc::ECONNREFUSED)),
            Report::HopsExceeded => self.expired.then_some(Errno(libc::ENETRESET)),
            Report::Other => None,
        }
    }

    /// The same for an error without a message: the queue was full, or nobody asked for one.
    pub fn error_without(self, error: Errno) -> Option<Errno> {
        (self.unreachable || error.0 != libc::ECONNREFUSED).then_some(error)
    }
}

/// Has the kernel keep such messages.
pub fn keep(fd: Fd, both_families: bool) {
    let _ = net::set_option_i32(fd, libc::SOL_IP, libc::IP_RECVERR, 1);
    if both_families {
        let _ = net::set_option_i32(fd, libc::SOL_IPV6, libc::IPV6_RECVERR, 1);
    }
}

/// Takes one message out.
pub fn take(fd: Fd) -> Option<Report> {
    // Beside the message come the objects that a receive would bring.
    let mut area = [0u64; 64];
    let mut message = net::empty_message();
    message.msg_control = area.as_mut_ptr().cast();
    message.msg_controllen = size_of_val(&area);
    let flags = libc::MSG_ERRQUEUE | libc::MSG_DONTWAIT;
    // SAFETY: no buffers and no name; the area lives through the call.
    net::check_len(unsafe { libc::recvmsg(fd, &raw mut message, flags) }).ok()?;
    let len = message.msg_controllen.min(size_of_val(&area));
    // SAFETY: plain numbers, and no more of them than there are.
    let area = unsafe { std::slice::from_raw_parts(area.as_ptr().cast::<u8>(), len) };
    let found = control::objects(area).flatten().find_map(|object| {
        matches!(
            (object.level, object.kind),
            (libc::SOL_IP, libc::IP_RECVERR) | (libc::SOL_IPV6, libc::IPV6_RECVERR)
        )
        .then(|| meaning(object.value))
    });
    Some(found.unwrap_or(Report::Other))
}

/// What a `sock_extended_err` says: error number, origin, ICMP type and code.
fn meaning(value: &[u8]) -> Report {
    const DESTINATION_UNREACHABLE: u8 = 3;
    const PORT: u8 = 3;
    const TIME_EXCEEDED: u8 = 11;
    const IN_TRANSIT: u8 = 0;
    const DESTINATION_UNREACHABLE_6: u8 = 1;
    const PORT_6: u8 = 4;
    const TIME_EXCEEDED_6: u8 = 3;
    let Some(&[origin, kind, code, _]) = value.get(4..8) else { return Report::Other };
    match (origin, kind, code) {
        (libc::SO_EE_ORIGIN_ICMP, DESTINATION_UNREACHABLE, PORT)
        | (libc::SO_EE_ORIGIN_ICMP6, DESTINATION_UNREACHABLE_6, PORT_6) => Report::PortUnreachable,
        (libc::SO_EE_ORIGIN_ICMP, TIME_EXCEEDED, IN_TRANSIT)
        | (libc::SO_EE_ORIGIN_ICMP6, TIME_EXCEEDED_6, IN_TRANSIT) => Report::HopsExceeded,
        _ => Report::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::{AF_INET, Address};
    use crate::buffers::Buffers;

    /// A datagram to a port of the loopback that was ours and is no more.
    #[test]
    fn a_port_that_nobody_has_is_told_of_once() {
        let bound = |fd: Fd| {
            let mut bytes = *Address::any(AF_INET).as_bytes().first_chunk::<16>().unwrap();
            bytes[4..8].copy_from_slice(&[127, 0, 0, 1]);
            net::bind(fd, &Address::from_bytes(&bytes)).unwrap();
            net::local_address(fd).unwrap()
        };
        let [fd, gone] = [0; 2].map(|_| net::socket(AF_INET, libc::SOCK_DGRAM, 0, false).unwrap());
        bound(fd);
        let to = bound(gone);
        net::close(gone);
        keep(fd, false);
        assert_eq!(take(fd), None);
        let text = b"x";
        let data = Buffers::one(text.as_ptr() as usize, text.len());
        net::send(fd, &data, 0, Some(&to)).unwrap();
        let mut set = [(fd, net::Ready { readable: true, ..Default::default() })];
        net::poll_many(&mut set, 10_000).unwrap();
        assert_eq!(take(fd), Some(Report::PortUnreachable));
        assert_eq!(take(fd), None);
        net::close(fd);
    }
}
