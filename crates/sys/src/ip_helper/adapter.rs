//! What an adapter and its addresses are, in Windows' words.

use linsock_abi::*;
use linsock_backend::address::{AF_INET as V4, Address};
use linsock_backend::interface::Interface;
use linsock_backend::link::Link;
use std::net::IpAddr;

/// What does not belong to a tunnel in the kernel's list of kinds, or does.
#[rustfmt::skip]
const KINDS: [(u16, u32); 11] = [
    (libc::ARPHRD_ETHER,    IF_TYPE_ETHERNET_CSMACD),
    (libc::ARPHRD_LOOPBACK, IF_TYPE_SOFTWARE_LOOPBACK),
    (libc::ARPHRD_PPP,      IF_TYPE_PPP),
    (libc::ARPHRD_SLIP,     IF_TYPE_SLIP),
    (libc::ARPHRD_TUNNEL,   IF_TYPE_TUNNEL),
    (libc::ARPHRD_TUNNEL6,  IF_TYPE_TUNNEL),
    (libc::ARPHRD_SIT,      IF_TYPE_TUNNEL),
    (libc::ARPHRD_IPGRE,    IF_TYPE_TUNNEL),
    (libc::ARPHRD_NONE,     IF_TYPE_PROP_VIRTUAL),
    (libc::ARPHRD_FDDI,     IF_TYPE_FDDI),
    (libc::ARPHRD_IEEE1394, IF_TYPE_IEEE1394),
];

/// The kernel's IF_OPER_*, from 1; 0 is what drivers say that do not know.
const STATES: [IF_OPER_STATUS; 6] = [
    IfOperStatusNotPresent,
    IfOperStatusDown,
    IfOperStatusLowerLayerDown,
    IfOperStatusTesting,
    IfOperStatusDormant,
    IfOperStatusUp,
];

/// Its IfType.
pub(super) fn kind_of(link: &Link) -> u32 {
    if link.is_wireless() {
        return IF_TYPE_IEEE80211;
    }
    let row = KINDS.iter().find(|(kernels, _)| *kernels == link.kind);
    row.map_or(IF_TYPE_OTHER, |(_, kind)| *kind)
}

/// Its OperStatus.
pub(super) fn state_of(link: &Link) -> IF_OPER_STATUS {
    let known = usize::from(link.state).checked_sub(1).and_then(|at| STATES.get(at));
    let guess = if link.is_up() && link.is_running() { IfOperStatusUp } else { IfOperStatusDown };
    known.copied().unwrap_or(guess)
}

/// Its locally unique identifier: the kind in the upper 16 bits, below it the index.
pub(super) fn luid_of(link: &Link) -> NET_LUID_LH {
    let value = u64::from(kind_of(link)) << 48 | u64::from(link.index) << INDEX_SHIFT;
    NET_LUID_LH { Value: value }
}

/// The index in an identifier.
pub(super) fn index_in(luid: u64) -> u32 {
    (luid >> INDEX_SHIFT) as u32 & 0xFF_FFFF
}

const INDEX_SHIFT: u32 = 24;

/// Its hardware's address, and how long that is; longer ones than there is room for are none.
pub(super) fn hardware_of(link: &Link) -> ([u8; 8], u32) {
    let mut bytes = [0; 8];
    let known = Some(&link.hardware).filter(|bytes| bytes.len() <= 8 && !link.is_loopback());
    let known = known.map(Vec::as_slice).unwrap_or_default();
    bytes[..known.len()].copy_from_slice(known);
    (bytes, known.len() as u32)
}

/// It is of one link, or of one machine.
fn is_well_known(address: &Address) -> bool {
    match address.ip() {
        Some(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_link_local(),
        Some(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unicast_link_local(),
        None => false,
    }
}

/// Whether its lower half is made of the hardware's address, as RFC 4291 says.
fn is_made_of_hardware(address: &Address) -> bool {
    matches!(address.ip(), Some(IpAddr::V6(ip)) if ip.octets()[11..13] == [0xFF, 0xFE])
}

/// Where an address' two parts came from, as far as the kernel tells: whoever gave it for a time was a router where the
/// network's part is not all of it, else a DHCP server.
pub(super) fn origins_of(address: &Interface) -> (NL_PREFIX_ORIGIN, NL_SUFFIX_ORIGIN) {
    let made = match is_made_of_hardware(&address.address) {
        true => IpSuffixOriginLinkLayerAddress,
        false => IpSuffixOriginRandom,
    };
    let is_v4 = address.address.family() == V4;
    match (is_well_known(&address.address), address.is_permanent()) {
        (true, _) if address.address.ip().is_some_and(|ip| ip.is_loopback()) => {
            (IpPrefixOriginWellKnown, IpSuffixOriginWellKnown)
        }
        (true, _) => (IpPrefixOriginWellKnown, made),
        (false, true) => (IpPrefixOriginManual, IpSuffixOriginManual),
        (false, false) if is_v4 || address.prefix_bits == 128 => {
            (IpPrefixOriginDhcp, IpSuffixOriginDhcp)
        }
        (false, false) => (IpPrefixOriginRouterAdvertisement, made),
    }
}

/// Whether it turned out to be an address of another machine, too.
pub(super) fn duplicate_state_of(address: &Interface) -> NL_DAD_STATE {
    match address {
        _ if address.is_duplicate() => IpDadStateDuplicate,
        _ if address.is_tentative() => IpDadStateTentative,
        _ if address.is_deprecated() => IpDadStateDeprecated,
        _ => IpDadStatePreferred,
    }
}

/// IP_ADAPTER_ADDRESS_*.
pub(super) fn flags_of(address: &Interface) -> u32 {
    let dns = if is_well_known(&address.address) { 0 } else { IP_ADAPTER_ADDRESS_DNS_ELIGIBLE };
    let transient = if address.is_temporary() { IP_ADAPTER_ADDRESS_TRANSIENT } else { 0 };
    dns | transient
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(kind: u16, flags: i32, state: u8) -> Link {
        let flags = flags as u32;
        let hardware = vec![2, 0, 0, 0, 0, 1];
        Link { index: 7, name: "no such".to_owned(), kind, flags, mtu: 1500, hardware, state }
    }

    #[test]
    fn what_a_link_is_has_windows_numbers() {
        let up = libc::IFF_UP | libc::IFF_RUNNING;
        let ethernet = link(libc::ARPHRD_ETHER, up, 6);
        assert_eq!((kind_of(&ethernet), state_of(&ethernet)), (6, IfOperStatusUp));
        assert_eq!(hardware_of(&ethernet), ([2, 0, 0, 0, 0, 1, 0, 0], 6));
        let loopback = link(libc::ARPHRD_LOOPBACK, up | libc::IFF_LOOPBACK, 0);
        assert_eq!((kind_of(&loopback), state_of(&loopback)), (24, IfOperStatusUp));
        assert_eq!(hardware_of(&loopback).1, 0);
        let tun = link(libc::ARPHRD_NONE, libc::IFF_UP, 0);
        assert_eq!((kind_of(&tun), state_of(&tun)), (53, IfOperStatusDown));
        let unplugged = link(libc::ARPHRD_ETHER, libc::IFF_UP, 2);
        assert_eq!(state_of(&unplugged), IfOperStatusDown);
        assert_eq!(kind_of(&link(9999, 0, 0)), IF_TYPE_OTHER);
    }

    #[test]
    fn an_identifier_has_its_index() {
        let luid = luid_of(&link(libc::ARPHRD_ETHER, 0, 0));
        // SAFETY: both halves of the union are numbers.
        let value = unsafe { luid.Value };
        assert_eq!((value, index_in(value)), (0x0006_0000_0700_0000, 7));
    }
}
