//! Internet addresses between Windows' bytes and their texts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::slice;

use linsock_abi::{AF_INET, AF_INET6, SOCKADDR, SOCKADDR_IN, SOCKADDR_IN6, WsaError};
use linsock_backend::address::windows_family;

/// Bytes of a SOCKADDR_IN.
pub(super) const IPV4_BYTES: usize = size_of::<SOCKADDR_IN>();
/// Bytes of a SOCKADDR_IN6, the longest of both.
pub(super) const IPV6_BYTES: usize = size_of::<SOCKADDR_IN6>();

/// A family that may be spelt as the kernel does: `Some` for the two of the internet.
pub(super) fn internet_family(family: i32) -> Option<u16> {
    let family = windows_family(u16::try_from(family).ok()?);
    [AF_INET, AF_INET6].contains(&family).then_some(family)
}

/// The address a caller's sockaddr holds: WSAEFAULT where it is NULL or too short, `other` where
/// its family is not of the internet.
///
/// # Safety
/// NULL, or `len` readable bytes.
pub(super) unsafe fn read(
    start: *const SOCKADDR,
    len: usize,
    other: WsaError,
) -> Result<SocketAddr, WsaError> {
    if start.is_null() || len < 2 {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: not NULL, and the caller vouches for `len` bytes.
    let bytes = unsafe { slice::from_raw_parts(start.cast::<u8>(), len) };
    let family = u16::from_ne_bytes([bytes[0], bytes[1]]);
    match internet_family(family.into()).ok_or(other)? {
        AF_INET => from_bytes(bytes, IPV4_BYTES),
        _ => from_bytes(bytes, IPV6_BYTES),
    }
}

fn from_bytes(bytes: &[u8], needed: usize) -> Result<SocketAddr, WsaError> {
    let bytes = bytes.get(..needed).ok_or(WsaError::WSAEFAULT)?;
    let part = |at: usize| [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    let port = u16::from_be_bytes([bytes[2], bytes[3]]);
    Ok(if needed == IPV4_BYTES {
        SocketAddrV4::new(Ipv4Addr::from(part(4)), port).into()
    } else {
        let mut octets = [0; 16];
        octets.copy_from_slice(&bytes[8..24]);
        let (flow, scope) = (u32::from_be_bytes(part(4)), u32::from_ne_bytes(part(24)));
        SocketAddrV6::new(Ipv6Addr::from(octets), port, flow, scope).into()
    })
}

/// The address as a Windows sockaddr, and how many of the bytes count.
pub(super) fn to_bytes(address: SocketAddr) -> ([u8; IPV6_BYTES], usize) {
    let mut bytes = [0; IPV6_BYTES];
    bytes[2..4].copy_from_slice(&address.port().to_be_bytes());
    match address {
        SocketAddr::V4(v4) => {
            bytes[..2].copy_from_slice(&AF_INET.to_ne_bytes());
            bytes[4..8].copy_from_slice(&v4.ip().octets());
            (bytes, IPV4_BYTES)
        }
        SocketAddr::V6(v6) => {
            bytes[..2].copy_from_slice(&AF_INET6.to_ne_bytes());
            bytes[4..8].copy_from_slice(&v6.flowinfo().to_be_bytes());
            bytes[8..24].copy_from_slice(&v6.ip().octets());
            bytes[24..28].copy_from_slice(&v6.scope_id().to_ne_bytes());
            (bytes, IPV6_BYTES)
        }
    }
}

/// The text of an address without its port.
pub(super) fn format_ip(ip: IpAddr, scope: u32) -> String {
    let text = match ip {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format_ipv6(v6),
    };
    if scope == 0 { text } else { format!("{text}%{scope}") }
}

fn format_ipv6(ip: Ipv6Addr) -> String {
    let words = ip.segments();
    // An IPv4-compatible address keeps its dotted form, in Windows' texts as in the C library's.
    if words[..6] == [0; 6] && words[6] != 0 {
        let low = u32::from(words[6]) << 16 | u32::from(words[7]);
        return format!("::{}", Ipv4Addr::from(low));
    }
    ip.to_string()
}

/// The text of an address and, unless it is 0, its port.
pub(super) fn format_endpoint(address: SocketAddr) -> String {
    let scope = match address {
        SocketAddr::V4(_) => 0,
        SocketAddr::V6(v6) => v6.scope_id(),
    };
    let ip = format_ip(address.ip(), scope);
    match (address.port(), address.is_ipv6()) {
        (0, _) => ip,
        (port, false) => format!("{ip}:{port}"),
        (port, true) => format!("[{ip}]:{port}"),
    }
}

/// The address a text spells, with or without a port.
pub(super) fn parse(text: &str, family: u16) -> Option<SocketAddr> {
    if family == AF_INET {
        let (ip, port) = match text.split_once(':') {
            Some((ip, port)) => (ip, parse_port(port)?),
            None => (text, 0),
        };
        return Some(SocketAddrV4::new(parse_ipv4_loosely(ip)?, port).into());
    }
    let (ip, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (ip, tail) = rest.split_once(']')?;
            let port = if tail.is_empty() { 0 } else { parse_port(tail.strip_prefix(':')?)? };
            (ip, port)
        }
        None => (text, 0),
    };
    let (ip, scope) = match ip.split_once('%') {
        Some((ip, scope)) => (ip, parse_digits(scope)?.parse().ok()?),
        None => (ip, 0),
    };
    Some(SocketAddrV6::new(ip.parse().ok()?, port, 0, scope).into())
}

fn parse_port(text: &str) -> Option<u16> {
    parse_digits(text)?.parse().ok()
}

/// `text` where it is digits only: `parse` alone would take a sign.
fn parse_digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// An IPv4 address of one to four parts, each decimal, octal (0) or hexadecimal (0x); the last
/// part fills what the others leave.
pub(super) fn parse_ipv4_loosely(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u32> = text.split('.').map(parse_number).collect::<Option<_>>()?;
    let (&last, leading) = parts.split_last()?;
    if leading.len() > 3 || leading.iter().any(|&part| part > 0xFF) {
        return None;
    }
    let room = 32 - 8 * leading.len() as u32;
    if room < 32 && last >> room != 0 {
        return None;
    }
    let high = leading.iter().enumerate().map(|(at, &part)| part << (24 - 8 * at)).sum::<u32>();
    Some(Ipv4Addr::from(high | last))
}

fn parse_number(text: &str) -> Option<u32> {
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (digits, radix) = match (hexadecimal, text.strip_prefix('0')) {
        (Some(digits), _) => (digits, 16),
        (None, Some(digits)) if !digits.is_empty() => (digits, 8),
        _ => (text, 10),
    };
    // from_str_radix alone would take a sign.
    digits.chars().all(|digit| digit.is_digit(radix)).then_some(())?;
    u32::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_ipv4_takes_what_inet_addr_takes() {
        let loose = |text| parse_ipv4_loosely(text).map(|ip| ip.to_string());
        for (text, ip) in [
            ("1.2.3.4", "1.2.3.4"),
            ("127.1", "127.0.0.1"),
            ("10.1.258", "10.1.1.2"),
            ("0x7f.0.0.01", "127.0.0.1"),
            ("2130706433", "127.0.0.1"),
            ("4294967295", "255.255.255.255"),
            ("010.0.0.1", "8.0.0.1"),
            ("0", "0.0.0.0"),
        ] {
            assert_eq!(loose(text).as_deref(), Some(ip), "{text}");
        }
        let wrong = ["", ".", "1.2.3.4.5", "256.1.1.1", "1.2.3.256", "1.2.65536", "1.16777216"];
        for text in wrong.into_iter().chain(["4294967296", "08.1.1.1", "1..2", "+1.2.3.4", "0x"]) {
            assert_eq!(loose(text), None, "{text}");
        }
    }

    #[test]
    fn texts_with_ports_and_scopes_go_both_ways() {
        for (family, text) in [
            (AF_INET, "192.0.2.1"),
            (AF_INET, "192.0.2.1:80"),
            (AF_INET6, "2001:db8::1"),
            (AF_INET6, "[2001:db8::1]:443"),
            (AF_INET6, "fe80::1%3"),
            (AF_INET6, "[fe80::1%3]:65535"),
            (AF_INET6, "::ffff:192.0.2.1"),
            (AF_INET6, "::192.0.2.1"),
            (AF_INET6, "::1"),
        ] {
            assert_eq!(parse(text, family).map(format_endpoint).as_deref(), Some(text));
        }
        for text in ["2001:db8::1:", "[::1", "[::1]80", "[::1]:", "[::1]:65536", "::1%", "::1%x"] {
            assert_eq!(parse(text, AF_INET6), None, "{text}");
        }
        for text in ["192.0.2.1:", "192.0.2.1:+1", "192.0.2.1:65536", "::1"] {
            assert_eq!(parse(text, AF_INET), None, "{text}");
        }
    }

    #[test]
    fn bytes_go_both_ways_and_short_ones_are_a_fault() {
        for text in ["192.0.2.1:80", "[fe80::1%7]:443"] {
            let family = if text.starts_with('[') { AF_INET6 } else { AF_INET };
            let Some(address) = parse(text, family) else { panic!("{text}") };
            let (bytes, len) = to_bytes(address);
            let start = bytes.as_ptr().cast();
            // SAFETY: the bytes are there.
            unsafe {
                assert_eq!(read(start, len, WsaError::WSAEINVAL), Ok(address));
                assert_eq!(read(start, len - 1, WsaError::WSAEINVAL), Err(WsaError::WSAEFAULT));
            }
        }
        let mut kernel = to_bytes(SocketAddr::from((Ipv6Addr::LOCALHOST, 1))).0;
        kernel[..2].copy_from_slice(&10_u16.to_ne_bytes());
        // SAFETY: the bytes are there.
        let read = unsafe { read(kernel.as_ptr().cast(), 28, WsaError::WSAEINVAL) };
        assert!(read.is_ok_and(|address| address.is_ipv6()), "the kernel's family number is taken");
    }
}
