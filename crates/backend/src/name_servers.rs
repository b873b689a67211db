//! What `/etc/resolv.conf` says: whom the C library asks for names, and where names are looked for.

use crate::address::Address;
use std::net::IpAddr;

/// Its lines, as far as they matter here.
#[derive(Clone, Debug, Default)]
pub struct NameServers {
    /// The servers, those first that are asked first.
    pub addresses: Vec<Address>,
    /// The domains that a name without dots is looked for in.
    pub domains: Vec<String>,
}

/// Reads the file; nothing where there is none.
pub fn configured() -> NameServers {
    parse(&std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default())
}

fn parse(text: &str) -> NameServers {
    let mut found = NameServers::default();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("nameserver") => found.addresses.extend(words.next().and_then(server)),
            // The last line counts, whichever of the two words it begins with.
            Some("search") => found.domains = words.map(str::to_owned).collect(),
            Some("domain") => found.domains = words.take(1).map(str::to_owned).collect(),
            _ => {}
        }
    }
    found
}

/// An address, with the index or name of an interface where it has a scope.
fn server(text: &str) -> Option<Address> {
    let (ip, scope) = text.split_once('%').unwrap_or((text, "0"));
    let index = || {
        let name = std::ffi::CString::new(scope).ok()?;
        // SAFETY: a name that ends with a zero.
        Some(unsafe { libc::if_nametoindex(name.as_ptr()) })
    };
    match ip.parse().ok()? {
        IpAddr::V6(ip) => Some(Address::from_scoped(ip, scope.parse().ok().or_else(index)?)),
        ip => Some(Address::from_ip(ip, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_and_domains_are_found() {
        let text = "# nameserver 192.0.2.9\nnameserver 192.0.2.1\n nameserver\t2001:db8::1 # second\n\
                    nameserver fe80::1%1\nnameserver nonsense\ndomain old.example\nsearch a.example b.example\noptions ndots:2\n";
        let found = parse(text);
        let ips: Vec<_> = found.addresses.iter().map(|one| one.ip().unwrap().to_string()).collect();
        assert_eq!(ips, ["192.0.2.1", "2001:db8::1", "fe80::1"]);
        assert_eq!(found.addresses[2].scope(), Some(1));
        assert_eq!(found.domains, ["a.example", "b.example"]);
        assert!(parse("").addresses.is_empty());
    }
}
