//! Socket addresses in the kernel's form, and the one field in which they
//! differ from Windows': the number of the IPv6 family.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// AF_INET6 as Windows numbers it; the kernel says 10.
pub const WINDOWS_AF_INET6: u16 = 23;
/// AF_UNSPEC, the same on both sides.
pub const AF_UNSPEC: u16 = libc::AF_UNSPEC as u16;
/// AF_UNIX, the same on both sides.
pub const AF_UNIX: u16 = libc::AF_UNIX as u16;
/// AF_INET, the same on both sides.
pub const AF_INET: u16 = libc::AF_INET as u16;
/// AF_INET6 as the kernel numbers it.
pub const AF_INET6: u16 = libc::AF_INET6 as u16;

/// Bytes of the longest address kept here, a `sockaddr_un`.
pub const ADDRESS_BYTES_MAX: usize = 112;

/// The kernel's number of a family that may be spelt as Windows does.
///
/// Descriptors that come from elsewhere carry the kernel's own number, so both are taken.
pub fn kernel_family(family: u16) -> u16 {
    if family == WINDOWS_AF_INET6 { AF_INET6 } else { family }
}

/// Windows' number of a family.
pub fn windows_family(family: u16) -> u16 {
    if family == AF_INET6 { WINDOWS_AF_INET6 } else { family }
}

/// One socket address: the kernel's bytes and how many of them count.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub struct Address {
    bytes: [u8; ADDRESS_BYTES_MAX],
    len: u32,
}

impl Default for Address {
    fn default() -> Self {
        Address { bytes: [0; ADDRESS_BYTES_MAX], len: 0 }
    }
}

impl Address {
    /// An address from the bytes of a sockaddr, whose family may be spelt either way.
    /// What exceeds the family's structure is ignored (C-019).
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut address = Address::default();
        let mut len = bytes.len().min(ADDRESS_BYTES_MAX);
        address.bytes[..len].copy_from_slice(&bytes[..len]);
        if len >= 2 {
            let family = kernel_family(address.family());
            address.bytes[..2].copy_from_slice(&family.to_ne_bytes());
            if let Some(full) = bytes_of_family(family) {
                len = len.min(full);
            }
        }
        address.len = len as u32;
        address
    }

    /// The wildcard address of a family, with port 0.
    pub fn any(family: u16) -> Self {
        let mut address = Address::default();
        address.bytes[..2].copy_from_slice(&family.to_ne_bytes());
        address.len = bytes_of_family(family).unwrap_or(2) as u32;
        address
    }

    /// An IP address with port 0; one that counts on one link alone has the index of that.
    pub fn from_ip(ip: IpAddr, link: u32) -> Self {
        match ip {
            IpAddr::V4(ip) => {
                let mut address = Address::any(AF_INET);
                address.bytes[4..8].copy_from_slice(&ip.octets());
                address
            }
            IpAddr::V6(ip) => {
                // The scope is the lower half of the second byte of a group, as of a prefix of one link.
                let of_link = ip.is_unicast_link_local()
                    || ip.is_multicast() && matches!(ip.octets()[1] & 0xF, 1 | 2);
                Address::from_scoped(ip, if of_link { link } else { 0 })
            }
        }
    }

    /// An IPv6 address with port 0 and a scope, which is 0 for none.
    pub fn from_scoped(ip: Ipv6Addr, scope: u32) -> Self {
        let mut address = Address::any(AF_INET6);
        address.bytes[8..24].copy_from_slice(&ip.octets());
        address.bytes[24..28].copy_from_slice(&scope.to_ne_bytes());
        address
    }

    /// The scope of an IPv6 address that has one: the index of its link.
    pub fn scope(&self) -> Option<u32> {
        let scope = u32::from_ne_bytes(*self.bytes[24..].first_chunk()?);
        (self.family() == AF_INET6 && scope != 0).then_some(scope)
    }

    /// The address for `connect` that dissolves an association.
    pub fn unspecified() -> Self {
        Address { len: 16, ..Address::default() }
    }

    /// The family, in the kernel's numbers.
    pub fn family(&self) -> u16 {
        u16::from_ne_bytes([self.bytes[0], self.bytes[1]])
    }

    /// The port in host order; 0 for families without ports.
    pub fn port(&self) -> u16 {
        match self.family() {
            AF_INET | AF_INET6 => u16::from_be_bytes([self.bytes[2], self.bytes[3]]),
            _ => 0,
        }
    }

    /// Replaces the port.
    pub fn set_port(&mut self, port: u16) {
        self.bytes[2..4].copy_from_slice(&port.to_be_bytes());
    }

    /// The same address with another port.
    pub fn with_port(mut self, port: u16) -> Self {
        self.set_port(port);
        self
    }

    /// The IP address; `None` for other families.
    pub fn ip(&self) -> Option<IpAddr> {
        match self.family() {
            AF_INET => {
                let octets: [u8; 4] = self.bytes[4..8].try_into().ok()?;
                Some(IpAddr::V4(Ipv4Addr::from(octets)))
            }
            AF_INET6 => {
                let octets: [u8; 16] = self.bytes[8..24].try_into().ok()?;
                Some(IpAddr::V6(Ipv6Addr::from(octets)))
            }
            _ => None,
        }
    }

    /// Whether it is an IPv6 address with flow information.
    pub fn has_flow_info(&self) -> bool {
        self.family() == AF_INET6 && self.bytes[4..8] != [0; 4]
    }

    /// Whether the address is all-zero, an IPv4-mapped zero included (C-067, C-069).
    pub fn is_unspecified(&self) -> bool {
        match self.ip() {
            Some(IpAddr::V4(ip)) => ip.is_unspecified(),
            Some(IpAddr::V6(ip)) => {
                ip.is_unspecified() || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_unspecified())
            }
            None => false,
        }
    }

    /// Whether no connection can be made to the address: multicast or broadcast (C-070).
    pub fn is_multipoint(&self) -> bool {
        match self.ip() {
            Some(IpAddr::V4(ip)) => ip.is_multicast() || ip.is_broadcast(),
            Some(IpAddr::V6(ip)) => {
                ip.is_multicast()
                    || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_multicast() || ip.is_broadcast())
            }
            None => false,
        }
    }

    /// Whether `other` names the same address and port (scope and flow aside).
    pub fn same_endpoint(&self, other: &Address) -> bool {
        self.family() == other.family() && self.port() == other.port() && self.ip() == other.ip()
    }

    /// The bytes that count, family in the kernel's numbers.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len as usize]
    }

    /// The bytes as Windows programs expect them.
    pub fn windows_bytes(&self) -> ([u8; ADDRESS_BYTES_MAX], usize) {
        let mut bytes = self.bytes;
        bytes[..2].copy_from_slice(&windows_family(self.family()).to_ne_bytes());
        (bytes, self.len as usize)
    }

    /// Whether no address is held.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn as_ptr(&self) -> *const libc::sockaddr {
        self.bytes.as_ptr().cast()
    }

    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    pub(crate) fn as_mut_parts(&mut self) -> (*mut libc::sockaddr, &mut u32) {
        self.len = ADDRESS_BYTES_MAX as u32;
        (self.bytes.as_mut_ptr().cast(), &mut self.len)
    }
}

/// Bytes of the sockaddr of a family that has one fixed size.
pub fn bytes_of_family(family: u16) -> Option<usize> {
    match kernel_family(family) {
        AF_INET => Some(16),
        AF_INET6 => Some(28),
        _ => None,
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.ip() {
            Some(IpAddr::V4(ip)) => write!(f, "{ip}:{}", self.port()),
            Some(IpAddr::V6(ip)) => write!(f, "[{ip}]:{}", self.port()),
            None => write!(f, "family {}", self.family()),
        }
    }
}
