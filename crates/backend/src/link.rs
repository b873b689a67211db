//! The machine's network interfaces themselves; their addresses are in [`interface`](crate::interface).

use crate::rtnetlink;
use linsock_abi::Errno;
use std::fs;

/// Bytes of an `ifinfomsg`.
const HEADER_BYTES: usize = 16;

/// A network interface.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its number, from 1.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// What it is, an ARPHRD_* of the kernel's.
    pub kind: u16,
    /// IFF_* in the kernel's numbers.
    pub flags: u32,
    /// Bytes of the longest packet.
    pub mtu: u32,
    /// Its hardware's address, if it has any.
    pub hardware: Vec<u8>,
    /// How it stands, an IF_OPER_* of the kernel's.
    pub state: u8,
}

impl Link {
    fn has(&self, flag: i32) -> bool {
        self.flags & flag as u32 != 0
    }

    /// It is in use.
    pub fn is_up(&self) -> bool {
        self.has(libc::IFF_UP)
    }

    /// Something is at its other end.
    pub fn is_running(&self) -> bool {
        self.has(libc::IFF_RUNNING)
    }

    /// It leads back to this machine.
    pub fn is_loopback(&self) -> bool {
        self.has(libc::IFF_LOOPBACK)
    }

    /// It can send to groups.
    pub fn has_multicast(&self) -> bool {
        self.has(libc::IFF_MULTICAST)
    }

    /// Bits a second, where the driver tells.
    pub fn speed(&self) -> Option<u64> {
        const BITS_OF_MEGABIT: u64 = 1_000_000;
        let megabits = fs::read_to_string(self.file("speed")).ok()?;
        // -1 where it is not known.
        megabits.trim().parse::<u64>().ok()?.checked_mul(BITS_OF_MEGABIT)
    }

    /// It is Wi-Fi.
    pub fn is_wireless(&self) -> bool {
        ["wireless", "phy80211"].iter().any(|file| fs::exists(self.file(file)).unwrap_or(false))
    }

    /// It speaks IPv6.
    pub fn has_ipv6(&self) -> bool {
        let file = format!("/proc/sys/net/ipv6/conf/{}/disable_ipv6", self.name);
        fs::read_to_string(file).is_ok_and(|text| text.trim() == "0")
    }

    fn file(&self, name: &str) -> String {
        format!("/sys/class/net/{}/{name}", self.name)
    }

    fn read(body: &[u8]) -> Option<Link> {
        let (header, attributes) = body.split_first_chunk::<HEADER_BYTES>()?;
        let mut link = Link {
            index: rtnetlink::number(&header[4..])?,
            name: String::new(),
            kind: u16::from_ne_bytes([header[2], header[3]]),
            flags: rtnetlink::number(&header[8..])?,
            mtu: 0,
            hardware: Vec::new(),
            state: 0,
        };
        for (kind, value) in rtnetlink::attributes(attributes) {
            match kind {
                libc::IFLA_IFNAME => {
                    let name = value.split(|byte| *byte == 0).next().unwrap_or_default();
                    link.name = String::from_utf8_lossy(name).into_owned();
                }
                libc::IFLA_MTU => link.mtu = rtnetlink::number(value)?,
                libc::IFLA_ADDRESS => link.hardware = value.to_vec(),
                libc::IFLA_OPERSTATE => link.state = *value.first()?,
                _ => {}
            }
        }
        Some(link)
    }
}

/// All interfaces, in the kernel's order.
pub fn all() -> Result<Vec<Link>, Errno> {
    let answers = rtnetlink::all(libc::RTM_GETLINK, HEADER_BYTES)?;
    Ok(answers.iter().filter_map(|body| Link::read(body)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_among_them() {
        let links = all().unwrap();
        let loopback = links.iter().find(|link| link.is_loopback()).unwrap();
        assert!(loopback.index > 0 && loopback.is_up() && loopback.mtu >= 1280);
        assert_eq!((loopback.kind, loopback.name.as_str()), (libc::ARPHRD_LOOPBACK, "lo"));
        assert!(!loopback.is_wireless() && loopback.speed().is_none());
        assert!(links.iter().all(|link| !link.name.is_empty()));
    }
}
