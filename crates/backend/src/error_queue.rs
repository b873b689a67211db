//! What the kernel keeps of ICMP errors that a socket met.

use crate::address::Address;
use crate::net::{self, Fd};
use std::mem::size_of;

/// An ICMP error that was received.
#[derive(Clone, Copy, Debug)]
pub struct IcmpError {
    /// Who sent it; the port is 0.
    pub from: Address,
    /// ICMPv6, not ICMP.
    pub version_6: bool,
    /// Its type.
    pub kind: u8,
    /// Its code.
    pub code: u8,
}

/// Has the kernel keep ICMP errors of a socket, or forget them.
pub fn keep_icmp_errors(fd: Fd, on: bool) {
    // The one that is not of the socket's family is refused, which does no harm.
    let _ = net::set_option_i32(fd, libc::SOL_IP, libc::IP_RECVERR, on.into());
    let _ = net::set_option_i32(fd, libc::SOL_IPV6, libc::IPV6_RECVERR, on.into());
}

/// Takes the oldest ICMP error that was kept; what else the queue holds is dropped.
pub fn take_icmp_error(fd: Fd) -> Option<IcmpError> {
    let mut found = None;
    while let Some(next) = take(fd) {
        found = found.or(next);
    }
    found
}

/// Takes one entry; `Some(None)` if it is not of ICMP.
fn take(fd: Fd) -> Option<Option<IcmpError>> {
    // Room for a sock_extended_err, the address behind it, and another control message.
    let mut control = [0u64; 32];
    let mut message = net::empty_message();
    message.msg_control = control.as_mut_ptr().cast();
    message.msg_controllen = size_of_val(&control) as _;
    let flags = libc::MSG_ERRQUEUE | libc::MSG_DONTWAIT;
    // SAFETY: the control buffer is writable and as long as said; there is nothing else.
    if unsafe { libc::recvmsg(fd, &raw mut message, flags) } < 0 {
        return None;
    }
    // SAFETY: the kernel filled the header in and the buffer lives.
    let mut header = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
    // SAFETY: null, or a header inside the buffer.
    while let Some(head) = unsafe { header.as_ref() } {
        let is_error = matches!(
            (head.cmsg_level, head.cmsg_type),
            (libc::SOL_IP, libc::IP_RECVERR) | (libc::SOL_IPV6, libc::IPV6_RECVERR)
        );
        if is_error {
            // SAFETY: the data of a control message follow its header.
            let data = unsafe { libc::CMSG_DATA(header) };
            let len = head.cmsg_len.saturating_sub(size_of::<libc::cmsghdr>());
            // SAFETY: the kernel wrote that many bytes.
            let data = unsafe { std::slice::from_raw_parts(data, len) };
            return Some(parse(data));
        }
        // SAFETY: as for the first header.
        header = unsafe { libc::CMSG_NXTHDR(&raw const message, header) };
    }
    Some(None)
}

/// A `sock_extended_err` and the address of who reported the error.
fn parse(data: &[u8]) -> Option<IcmpError> {
    const ORIGIN_AT: usize = 4;
    const KIND_AT: usize = 5;
    const CODE_AT: usize = 6;
    const ADDRESS_AT: usize = size_of::<libc::sock_extended_err>();
    let version_6 = match *data.get(ORIGIN_AT)? {
        libc::SO_EE_ORIGIN_ICMP => false,
        libc::SO_EE_ORIGIN_ICMP6 => true,
        _ => return None,
    };
    let mut from = Address::from_bytes(data.get(ADDRESS_AT..)?);
    from.set_port(0);
    Some(IcmpError { from, version_6, kind: *data.get(KIND_AT)?, code: *data.get(CODE_AT)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_the_queue() {
        let mut data = [0u8; 32];
        data[..4].copy_from_slice(&113u32.to_ne_bytes());
        data[4..7].copy_from_slice(&[libc::SO_EE_ORIGIN_ICMP, 3, 1]);
        data[16] = libc::AF_INET as u8;
        data[20..24].copy_from_slice(&[127, 0, 0, 9]);
        let error = parse(&data).expect("an ICMP error");
        assert_eq!((error.kind, error.code, error.version_6), (3, 1, false));
        assert_eq!(format!("{:?}", error.from), "127.0.0.9:0");
        data[4] = libc::SO_EE_ORIGIN_LOCAL;
        assert!(parse(&data).is_none());
    }
}
