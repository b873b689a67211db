//! The machine's interfaces with their addresses, and which one the way to an address begins at.

use crate::address::{Address, bytes_of_family};
use crate::net::{self, check};
use linsock_abi::Errno;

/// One address of an interface.
#[derive(Clone, Copy, Debug)]
pub struct Interface {
    /// IFF_* in the kernel's numbers.
    flags: u32,
    /// The address.
    pub address: Address,
    /// Its mask, without which an interface has no network.
    pub mask: Option<Address>,
    /// Where a broadcast goes.
    pub broadcast: Option<Address>,
}

impl Interface {
    /// It is in use.
    pub fn is_up(&self) -> bool {
        self.flags & libc::IFF_UP as u32 != 0
    }

    /// It leads back to this machine.
    pub fn is_loopback(&self) -> bool {
        self.flags & libc::IFF_LOOPBACK as u32 != 0
    }

    /// It can send to everybody at once.
    pub fn has_broadcast(&self) -> bool {
        self.flags & libc::IFF_BROADCAST as u32 != 0
    }

    /// It leads to one other machine.
    pub fn is_point_to_point(&self) -> bool {
        self.flags & libc::IFF_POINTOPOINT as u32 != 0
    }

    /// It can send to groups.
    pub fn has_multicast(&self) -> bool {
        self.flags & libc::IFF_MULTICAST as u32 != 0
    }
}

/// All addresses of all interfaces, in the kernel's order.
pub fn all() -> Result<Vec<Interface>, Errno> {
    let mut first: *mut libc::ifaddrs = std::ptr::null_mut();
    // SAFETY: the pointer is alive for the call.
    check(unsafe { libc::getifaddrs(&raw mut first) })?;
    let mut list = Vec::new();
    let mut next = first;
    // SAFETY: the list is the library's, whole until it is freed below.
    while let Some(entry) = unsafe { next.as_ref() } {
        next = entry.ifa_next;
        // SAFETY: the addresses belong to the list.
        let (address, mask, broadcast) =
            unsafe { (read(entry.ifa_addr), read(entry.ifa_netmask), read(entry.ifa_ifu)) };
        if let Some(address) = address {
            let has_broadcast = entry.ifa_flags & libc::IFF_BROADCAST as u32 != 0;
            // On other interfaces the field has the address of the other end.
            let broadcast = broadcast.filter(|_| has_broadcast);
            list.push(Interface { flags: entry.ifa_flags, address, mask, broadcast });
        }
    }
    // SAFETY: the list was made by getifaddrs, and nothing of it is used any more.
    unsafe { libc::freeifaddrs(first) };
    Ok(list)
}

/// # Safety
/// NULL or a sockaddr as long as its family says.
unsafe fn read(name: *const libc::sockaddr) -> Option<Address> {
    if name.is_null() {
        return None;
    }
    // SAFETY: the caller's word.
    let length = bytes_of_family(unsafe { (*name).sa_family })?;
    // SAFETY: the caller's word.
    Some(Address::from_bytes(unsafe { std::slice::from_raw_parts(name.cast::<u8>(), length) }))
}

/// The local address that the way to another one begins at, with port 0.
pub fn towards(destination: &Address) -> Result<Address, Errno> {
    /// The port makes no difference, but the kernel wants one.
    const DISCARD: u16 = 9;
    let fd = net::socket(destination.family(), libc::SOCK_DGRAM, 0, false)?;
    // Connecting sends nothing; to a broadcast address it needs leave.
    let local = net::set_option_i32(fd, libc::SOL_SOCKET, libc::SO_BROADCAST, 1)
        .and_then(|()| net::connect(fd, &destination.with_port(DISCARD)))
        .and_then(|()| net::local_address(fd));
    net::close(fd);
    local.map(|local| local.with_port(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::AF_INET;
    use std::net::{IpAddr, Ipv4Addr};

    #[test]
    fn loopback_is_among_them() {
        let list = all().unwrap();
        let ip = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let loopback = list.iter().find(|one| one.address.ip() == ip).unwrap();
        assert!(loopback.is_up() && loopback.is_loopback() && !loopback.is_point_to_point());
        assert_eq!(loopback.address.family(), AF_INET);
        assert_eq!(towards(&loopback.address).unwrap().ip(), ip);
    }
}
