//! The order in which destinations are best tried: RFC 6724, section 6 (I-022).
//!
//! Of its ten rules those are applied whose facts the kernel tells: 1 (there is a way), 2 (same
//! scope), 5 (same label), 6 (precedence), 8 (smaller scope), 9 (longest matching prefix) and 10
//! (as they came). Deprecated and home addresses and native transports make no difference.

use linsock_backend::address::Address;
use linsock_backend::interface;
use std::cmp::{Ordering, Reverse};
use std::net::{IpAddr, Ipv6Addr};

/// The default policy table: prefix, its bits, precedence, label (section 2.1).
#[rustfmt::skip]
const POLICIES: [(Ipv6Addr, u32, u8, u8); 9] = [
    (Ipv6Addr::LOCALHOST,                               128, 50, 0),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0),        96,  35, 4),
    (Ipv6Addr::UNSPECIFIED,                             96,  1,  3),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0),        32,  5,  5),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0),        16,  30, 2),
    (Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 0),        16,  1,  12),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0),        10,  1,  11),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0),        7,   3,  13),
    (Ipv6Addr::UNSPECIFIED,                             0,   40, 1),
];

const LINK_LOCAL: u8 = 2;
const SITE_LOCAL: u8 = 5;
const GLOBAL: u8 = 14;

fn common_bits(a: Ipv6Addr, b: Ipv6Addr) -> u32 {
    (a.to_bits() ^ b.to_bits()).leading_zeros()
}

/// The policy of an address: precedence and label. The table's longer prefixes come first.
fn policy(ip: Ipv6Addr) -> (u8, u8) {
    let row = POLICIES.iter().find(|row| common_bits(row.0, ip) >= row.1);
    row.map_or((0, 0), |row| (row.2, row.3))
}

/// The scope of an address (section 3).
fn scope(ip: Ipv6Addr) -> u8 {
    if let Some(ip) = ip.to_ipv4_mapped() {
        return if ip.is_loopback() || ip.is_link_local() { LINK_LOCAL } else { GLOBAL };
    }
    match ip.segments()[0] {
        first if first >> 8 == 0xff => first as u8 & 0xf,
        first if first & 0xffc0 == 0xfe80 => LINK_LOCAL,
        first if first & 0xffc0 == 0xfec0 => SITE_LOCAL,
        _ if ip.is_loopback() => LINK_LOCAL,
        _ => GLOBAL,
    }
}

/// One destination and what the rules look at.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    to: Ipv6Addr,
    from: Option<Ipv6Addr>,
}

impl Candidate {
    fn compare(&self, other: &Candidate) -> Ordering {
        let same_scope =
            |one: &Candidate| one.from.is_some_and(|from| scope(from) == scope(one.to));
        let same_label =
            |one: &Candidate| one.from.is_some_and(|from| policy(from).1 == policy(one.to).1);
        let best_first = |ours: bool, theirs: bool| theirs.cmp(&ours);
        best_first(self.from.is_some(), other.from.is_some())
            .then_with(|| best_first(same_scope(self), same_scope(other)))
            .then_with(|| best_first(same_label(self), same_label(other)))
            .then_with(|| Reverse(policy(self.to).0).cmp(&Reverse(policy(other.to).0)))
            .then_with(|| scope(self.to).cmp(&scope(other.to)))
            .then_with(|| self.compare_prefixes(other))
    }

    /// Rule 9: among addresses of one family the one nearer to its source.
    fn compare_prefixes(&self, other: &Candidate) -> Ordering {
        let four = |one: &Candidate| one.to.to_ipv4_mapped().is_some();
        let (Some(ours), Some(theirs)) = (self.from, other.from) else { return Ordering::Equal };
        if four(self) != four(other) {
            return Ordering::Equal;
        }
        common_bits(other.to, theirs).cmp(&common_bits(self.to, ours))
    }
}

/// The numbers of the addresses, the best one's first.
pub fn order(addresses: &[Address]) -> Vec<usize> {
    let candidates: Vec<Option<Candidate>> = addresses
        .iter()
        .map(|address| {
            let to = mapped(address.ip()?);
            let from = interface::towards(address).ok().and_then(|from| from.ip()).map(mapped);
            Some(Candidate { to, from })
        })
        .collect();
    sorted(&candidates)
}

/// Addresses of other families come last, as they came.
fn sorted(candidates: &[Option<Candidate>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    // Stable: rule 10.
    order.sort_by(|&a, &b| match (&candidates[a], &candidates[b]) {
        (Some(a), Some(b)) => a.compare(b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    order
}

fn mapped(ip: IpAddr) -> Ipv6Addr {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// Pairs of destination and source, which must come out in the order that they are in.
    fn in_order(pairs: &[(&str, &str)]) {
        let ip = |text: &str| text.parse().ok().map(mapped);
        let candidates: Vec<_> = pairs
            .iter()
            .map(|(to, from)| ip(to).map(|to| Candidate { to, from: ip(from) }))
            .collect();
        let ascending: Vec<usize> = (0..pairs.len()).collect();
        assert_eq!(sorted(&candidates), ascending, "{pairs:?}");
        let turned: Vec<_> = candidates.iter().rev().copied().collect();
        let descending: Vec<usize> = ascending.iter().rev().copied().collect();
        assert_eq!(sorted(&turned), descending, "{pairs:?} turned round");
    }

    #[test]
    fn i_022_examples_of_the_rfc() {
        // RFC 6724, section 10.2; those that need deprecated or home addresses left out.
        in_order(&[("2001:db8:1::1", "2001:db8:1::2"), ("198.51.100.121", "169.254.13.78")]);
        in_order(&[("198.51.100.121", "198.51.100.117"), ("2001:db8:1::1", "fe80::1")]);
        in_order(&[("2001:db8:1::1", "2001:db8:1::2"), ("10.1.2.3", "10.1.2.4")]);
        in_order(&[("fe80::1", "fe80::2"), ("2001:db8:1::1", "2001:db8:1::2")]);
        in_order(&[("2001:db8:1::1", "2001:db8:1::2"), ("2001:db8:3ffe::1", "2001:db8:3f44::2")]);
        in_order(&[("2002:c633:6401::1", "2002:c633:6401::2"), ("2001:db8:1::1", "fe80::2")]);
        in_order(&[("2001:db8:1::1", "2001:db8:1::2"), ("2002:c633:6401::1", "2002:c633:6401::2")]);
    }

    #[test]
    fn i_022_where_no_way_leads_comes_last() {
        in_order(&[("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "")]);
        in_order(&[("2001:db8::1", ""), ("", "")]);
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(POLICIES.is_sorted_by_key(|row| Reverse(row.1)));
        assert_eq!(policy(Ipv6Addr::LOCALHOST), (50, 0));
        assert_eq!(policy("2001:db8::1".parse().unwrap()), (40, 1));
        assert_eq!(policy("2001::1".parse().unwrap()), (5, 5));
    }
}
