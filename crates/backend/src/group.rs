//! The groups that the machine's interfaces are members of.

use crate::address::Address;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A membership.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The interface's index.
    pub link: u32,
    /// The group.
    pub address: Address,
}

/// The memberships of both families; none where the kernel does not tell.
pub fn all() -> Vec<Group> {
    let text = |file| fs::read_to_string(file).unwrap_or_default();
    let found = [of_v4(&text("/proc/net/igmp")), of_v6(&text("/proc/net/igmp6"))].concat();
    found
        .into_iter()
        .map(|(link, ip)| Group { link, address: Address::from_ip(ip, link) })
        .collect()
}

/// An interface's line begins with its index; those of its groups follow, set in.
fn of_v4(text: &str) -> Vec<(u32, IpAddr)> {
    let mut link = None;
    let mut found = Vec::new();
    for line in text.lines() {
        let first = line.split_whitespace().next().unwrap_or_default();
        if !line.starts_with(char::is_whitespace) {
            link = first.parse().ok();
        } else if let (Some(link), Ok(group)) = (link, u32::from_str_radix(first, 16)) {
            // The number is written as the machine reads what is in network order.
            found.push((link, Ipv4Addr::from(group.to_ne_bytes()).into()));
        }
    }
    found
}

/// Index, name and group in each line.
fn of_v6(text: &str) -> Vec<(u32, IpAddr)> {
    let read = |line: &str| {
        let mut words = line.split_whitespace();
        let link = words.next()?.parse().ok()?;
        let group = u128::from_str_radix(words.nth(1)?, 16).ok()?;
        Some((link, Ipv6Addr::from(group).into()))
    };
    text.lines().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_below_their_interface() {
        let text = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n\
                    1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n\
                    4\teth0      :     2      V3\n\t\t\t\tFB0000E0     1 0:00000000\t\t0\n\
                    \t\t\t\t010000E0     1 0:00000000\t\t0\n";
        let ip = |last| IpAddr::from([224, 0, 0, last]);
        assert_eq!(of_v4(text), [(1, ip(1)), (4, ip(251)), (4, ip(1))]);
    }

    #[test]
    fn groups_of_ipv6_have_a_line_each() {
        let text = "1    lo              ff020000000000000000000000000001     1 0000000C 0\n";
        assert_eq!(of_v6(text), [(1, "ff02::1".parse().unwrap())]);
        assert!(of_v6("nonsense\n\n1 lo\n").is_empty());
    }

    #[test]
    fn every_group_is_one() {
        assert!(all().iter().all(|group| group.address.ip().is_some_and(|ip| ip.is_multicast())));
    }
}
