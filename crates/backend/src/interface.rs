//! The machine's interfaces with their addresses, and which one the way to an address begins at.

use crate::address::{AF_INET, Address};
use crate::{link, net, rtnetlink};
use linsock_abi::Errno;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Bytes of an `ifaddrmsg`.
const HEADER_BYTES: usize = 8;
/// A lifetime without an end.
pub const FOREVER: u32 = u32::MAX;

/// One address of an interface.
#[derive(Clone, Copy, Debug)]
pub struct Interface {
    /// The interface's index.
    pub link: u32,
    /// IFF_* in the kernel's numbers.
    flags: u32,
    /// The address.
    pub address: Address,
    /// How many of its bits are its network's.
    pub prefix_bits: u8,
    /// Where a broadcast goes.
    pub broadcast: Option<Address>,
    /// How the address itself stands, IFA_F_* in the kernel's numbers.
    state: u32,
    /// Seconds for which it is the one to begin connections from.
    pub preferred_seconds: u32,
    /// Seconds for which it is one at all.
    pub valid_seconds: u32,
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

    /// Nobody gave the address to this machine for a time.
    pub fn is_permanent(&self) -> bool {
        self.state & libc::IFA_F_PERMANENT != 0
    }

    /// Another machine turned out to have the address, too.
    pub fn is_duplicate(&self) -> bool {
        self.state & libc::IFA_F_DADFAILED != 0
    }

    /// Whether another machine has the address is still being asked.
    pub fn is_tentative(&self) -> bool {
        self.state & libc::IFA_F_TENTATIVE != 0
    }

    /// It is no longer the one to begin connections from.
    pub fn is_deprecated(&self) -> bool {
        self.state & libc::IFA_F_DEPRECATED != 0
    }

    /// It was made up, so that this machine is not known by it.
    pub fn is_temporary(&self) -> bool {
        // The bit means something else for IPv4.
        self.state & libc::IFA_F_TEMPORARY != 0 && self.address.family() != AF_INET
    }

    /// The bits of the address that are its network's.
    pub fn mask(&self) -> Address {
        leading_ones(self.address.family(), self.prefix_bits)
    }

    fn read(body: &[u8], links: &[link::Link]) -> Option<Interface> {
        let (header, attributes) = body.split_first_chunk::<HEADER_BYTES>()?;
        let link = rtnetlink::number(&header[4..])?;
        let flags = links.iter().find(|one| one.index == link).map_or(0, |one| one.flags);
        let mut read = Interface {
            link,
            flags,
            address: Address::default(),
            prefix_bits: header[1],
            broadcast: None,
            state: header[2].into(),
            preferred_seconds: FOREVER,
            valid_seconds: FOREVER,
        };
        // Where both are there, the other one is that of the interface's other end.
        let (mut own, mut either) = (None, None);
        for (kind, value) in rtnetlink::attributes(attributes) {
            let address = || rtnetlink::ip(value).map(|ip| Address::from_ip(ip, link));
            match kind {
                libc::IFA_LOCAL => own = address(),
                libc::IFA_ADDRESS => either = address(),
                libc::IFA_BROADCAST => read.broadcast = address().filter(|_| read.has_broadcast()),
                libc::IFA_FLAGS => read.state = rtnetlink::number(value)?,
                libc::IFA_CACHEINFO => {
                    read.preferred_seconds = rtnetlink::number(value)?;
                    read.valid_seconds = rtnetlink::number(value.get(4..)?)?;
                }
                _ => {}
            }
        }
        read.address = own.or(either)?;
        Some(read)
    }
}

/// An address of so many ones and then zeroes.
pub fn leading_ones(family: u16, bits: u8) -> Address {
    let ones = |width: u32| u128::MAX.checked_shl(width.saturating_sub(bits.into())).unwrap_or(0);
    match family {
        AF_INET => Address::from_ip(Ipv4Addr::from(ones(u32::BITS) as u32).into(), 0),
        _ => Address::from_scoped(Ipv6Addr::from(ones(u128::BITS)), 0),
    }
}

/// All addresses of all interfaces, in the kernel's order.
pub fn all() -> Result<Vec<Interface>, Errno> {
    let links = link::all()?;
    let answers = rtnetlink::all(libc::RTM_GETADDR, HEADER_BYTES)?;
    Ok(answers.iter().filter_map(|body| Interface::read(body, &links)).collect())
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
    use crate::address::AF_INET6;
    use std::net::IpAddr;

    #[test]
    fn loopback_is_among_them() {
        let list = all().unwrap();
        let ip = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let loopback = list.iter().find(|one| one.address.ip() == ip).unwrap();
        assert!(loopback.is_up() && loopback.is_loopback() && !loopback.is_point_to_point());
        assert_eq!((loopback.address.family(), loopback.prefix_bits), (AF_INET, 8));
        assert_eq!(loopback.mask().ip(), Some(IpAddr::from([255, 0, 0, 0])));
        assert!(loopback.is_permanent() && loopback.valid_seconds == FOREVER);
        assert!(!loopback.is_tentative() && !loopback.is_temporary());
        assert_eq!(towards(&loopback.address).unwrap().ip(), ip);
    }
    #[test]
    fn masks_begin_with_ones() {
        let mask = |family, bits| leading_ones(family, bits).ip().unwrap().to_string();
        assert_eq!(mask(AF_INET, 0), "0.0.0.0");
        assert_eq!(mask(AF_INET, 20), "255.255.240.0");
        assert_eq!(mask(AF_INET, 32), "255.255.255.255");
        assert_eq!(mask(AF_INET6, 0), "::");
        assert_eq!(mask(AF_INET6, 64), "ffff:ffff:ffff:ffff::");
        assert_eq!(mask(AF_INET6, 128), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    }

    /// The kernel's list is the C library's, which asks by another way of its own.
    #[test]
    fn the_list_is_getifaddrs() {
        let mut first: *mut libc::ifaddrs = std::ptr::null_mut();
        // SAFETY: the pointer is alive for the call.
        assert_eq!(unsafe { libc::getifaddrs(&raw mut first) }, 0);
        let mut theirs = Vec::new();
        let mut next = first;
        // SAFETY: the list is the C library's, whole until it is freed below.
        while let Some(entry) = unsafe { next.as_ref() } {
            next = entry.ifa_next;
            let text = |name: *const libc::sockaddr| {
                // SAFETY: NULL, or a sockaddr as long as its family says.
                let bytes = unsafe {
                    let length = crate::address::bytes_of_family(name.as_ref()?.sa_family)?;
                    std::slice::from_raw_parts(name.cast::<u8>(), length)
                };
                let address = Address::from_bytes(bytes);
                Some((address.ip(), address.scope()))
            };
            if let Some(address) = text(entry.ifa_addr) {
                theirs.push((entry.ifa_flags, address, text(entry.ifa_netmask).unwrap().0));
            }
        }
        // SAFETY: the list was made by getifaddrs, and nothing of it is used any more.
        unsafe { libc::freeifaddrs(first) };
        let of =
            |one: &Interface| (one.flags, (one.address.ip(), one.address.scope()), one.mask().ip());
        let ours: Vec<_> = all().unwrap().iter().map(of).collect();
        assert_eq!(ours, theirs);
    }
}
