//! std's socket addresses as Winsock takes and gives them.

use crate::sys::Win32::Networking::WinSock::{
    AF_INET, AF_INET6, IN_ADDR, IN_ADDR_0, IN6_ADDR, IN6_ADDR_0, SOCKADDR, SOCKADDR_IN,
    SOCKADDR_IN6, SOCKADDR_IN6_0, SOCKADDR_INET,
};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// An IPv4 or IPv6 address in Winsock's form, and its length.
pub(crate) struct Native {
    storage: SOCKADDR_INET,
    length: i32,
}

impl Native {
    /// Room for an address of either family.
    pub(crate) fn room() -> Self {
        Native { storage: SOCKADDR_INET::default(), length: size_of::<SOCKADDR_INET>() as i32 }
    }

    /// The address in `bytes`, which need not be aligned; none if it is longer than any we know.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut native = Native::room();
        if bytes.len() > size_of::<SOCKADDR_INET>() {
            return None;
        }
        let to: *mut u8 = (&raw mut native.storage).cast();
        // SAFETY: no longer than the room, whose every byte may have any value.
        unsafe { to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        native.length = bytes.len() as i32;
        Some(native)
    }

    pub(crate) fn as_ptr(&self) -> *const SOCKADDR {
        (&raw const self.storage).cast()
    }

    pub(crate) fn as_mut_ptr(&mut self) -> *mut SOCKADDR {
        (&raw mut self.storage).cast()
    }

    pub(crate) fn len(&self) -> i32 {
        self.length
    }

    pub(crate) fn len_mut(&mut self) -> *mut i32 {
        &raw mut self.length
    }

    /// The address, if it is of one of the two families and whole.
    pub(crate) fn to_std(&self) -> Option<SocketAddr> {
        let length = usize::try_from(self.length).ok()?;
        // SAFETY: every field of the union is plain numbers, for which all bytes are valid, and
        // the union was initialised whole.
        let (family, v4, v6) =
            unsafe { (self.storage.si_family, self.storage.Ipv4, self.storage.Ipv6) };
        if family == AF_INET && length >= size_of::<SOCKADDR_IN>() {
            // SAFETY: as above.
            let address = unsafe { v4.sin_addr.S_un.S_addr };
            let ip = Ipv4Addr::from(address.to_ne_bytes());
            return Some(SocketAddrV4::new(ip, u16::from_be(v4.sin_port)).into());
        }
        if family == AF_INET6 && length >= size_of::<SOCKADDR_IN6>() {
            // SAFETY: as above.
            let (bytes, scope) = unsafe { (v6.sin6_addr.u.Byte, v6.Anonymous.sin6_scope_id) };
            let port = u16::from_be(v6.sin6_port);
            let flow = u32::from_be(v6.sin6_flowinfo);
            return Some(SocketAddrV6::new(Ipv6Addr::from(bytes), port, flow, scope).into());
        }
        None
    }
}

impl From<&SocketAddr> for Native {
    fn from(address: &SocketAddr) -> Native {
        match address {
            SocketAddr::V4(v4) => Native {
                storage: SOCKADDR_INET {
                    Ipv4: SOCKADDR_IN {
                        sin_family: AF_INET,
                        sin_port: v4.port().to_be(),
                        sin_addr: IN_ADDR {
                            S_un: IN_ADDR_0 { S_addr: u32::from_ne_bytes(v4.ip().octets()) },
                        },
                        sin_zero: [0; 8],
                    },
                },
                length: size_of::<SOCKADDR_IN>() as i32,
            },
            SocketAddr::V6(v6) => Native {
                storage: SOCKADDR_INET {
                    Ipv6: SOCKADDR_IN6 {
                        sin6_family: AF_INET6,
                        sin6_port: v6.port().to_be(),
                        sin6_flowinfo: v6.flowinfo().to_be(),
                        sin6_addr: IN6_ADDR { u: IN6_ADDR_0 { Byte: v6.ip().octets() } },
                        Anonymous: SOCKADDR_IN6_0 { sin6_scope_id: v6.scope_id() },
                    },
                },
                length: size_of::<SOCKADDR_IN6>() as i32,
            },
        }
    }
}

/// The family number of an address.
pub(crate) fn family(address: &SocketAddr) -> i32 {
    i32::from(if address.is_ipv4() { AF_INET } else { AF_INET6 })
}

/// The wildcard address and port 0 of a family.
pub(crate) fn any(family: i32) -> SocketAddr {
    if family == i32::from(AF_INET6) {
        (Ipv6Addr::UNSPECIFIED, 0).into()
    } else {
        (Ipv4Addr::UNSPECIFIED, 0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_the_way_there_and_back() {
        let scoped = SocketAddrV6::new("fe80::1".parse().unwrap(), 80, 0x0001_2345, 3);
        for address in ["127.0.0.1:80", "255.254.253.252:65535", "[::1]:443"]
            .map(|text| text.parse().unwrap())
            .into_iter()
            .chain([SocketAddr::from(scoped)])
        {
            assert_eq!(Native::from(&address).to_std(), Some(address));
        }
    }

    #[test]
    fn port_and_address_are_in_network_order() {
        let native = Native::from(&"1.2.3.4:258".parse().unwrap());
        // SAFETY: the union was made from an IPv4 address.
        let v4 = unsafe { native.storage.Ipv4 };
        assert_eq!(v4.sin_port.to_ne_bytes(), [1, 2]);
        // SAFETY: as above.
        assert_eq!(unsafe { v4.sin_addr.S_un.S_addr }.to_ne_bytes(), [1, 2, 3, 4]);
    }

    #[test]
    fn an_unknown_family_or_a_short_address_is_none() {
        assert_eq!(Native::room().to_std(), None);
        let mut short = Native::from(&"[::1]:443".parse().unwrap());
        short.length = size_of::<SOCKADDR_IN>() as i32;
        assert_eq!(short.to_std(), None);
    }
}
