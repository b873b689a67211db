//! IPv4 and IPv6 addresses as texts, without ports. None of these needs a WSAStartup (W-001).

use std::cell::Cell;
use std::ffi::c_void;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ptr;

use linsock_abi::{
    AF_INET, IN_ADDR, INADDR_NONE, PCSTR, PCWSTR, PSTR, PWSTR, Win32Error, WsaError,
};

use super::text::{self, Unit};
use super::{endpoint, set_last_error};

/// Characters of "255.255.255.255" and a zero.
const IPV4_TEXT: usize = 16;

thread_local! {
    /// What inet_ntoa answers with: one text a thread, as on Windows.
    static IPV4: Cell<[u8; IPV4_TEXT]> = const { Cell::new([0; IPV4_TEXT]) };
}

/// The IPv4 address of a text, in network order.
///
/// # Contract
/// W-001 needs no WSAStartup.
///
/// # Errors
/// INADDR_NONE for what is no address; for NULL with WSAEFAULT.
///
/// # Linux
/// One to four parts, decimal, octal or hexadecimal. Empty text and one space are INADDR_ANY, as
/// on Windows; what follows a space is ignored.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, inet_addr
#[api("ws2_inet_addr")]
pub unsafe extern "system" fn inet_addr(cp: PCSTR) -> u32 {
    if cp.is_null() {
        set_last_error(WsaError::WSAEFAULT);
        return INADDR_NONE;
    }
    // SAFETY: not NULL, so by the module's vocabulary a string that ends with a zero.
    let Ok(text) = (unsafe { text::read(cp) }) else { return INADDR_NONE };
    let word = text.split(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default();
    if word.is_empty() {
        return if text.trim().is_empty() { 0 } else { INADDR_NONE };
    }
    let address = endpoint::parse_ipv4_loosely(word);
    address.map_or(INADDR_NONE, |address| u32::from_ne_bytes(address.octets()))
}

/// The text of an IPv4 address; the next call on the same thread overwrites it.
///
/// # Contract
/// W-001 needs no WSAStartup.
///
/// # Errors
/// None.
///
/// # Linux
/// One buffer a thread.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, inet_ntoa
#[api("ws2_inet_ntoa")]
pub unsafe extern "system" fn inet_ntoa(r#in: IN_ADDR) -> PSTR {
    // SAFETY: every variant of the union is four bytes, and all values are valid.
    let octets = unsafe { r#in.S_un.S_addr }.to_ne_bytes();
    let text = Ipv4Addr::from(octets).to_string();
    let mut buffer = [0; IPV4_TEXT];
    buffer[..text.len()].copy_from_slice(text.as_bytes());
    IPV4.with(|cell| {
        cell.set(buffer);
        cell.as_ptr().cast()
    })
}

/// The address of a text: 1, or 0 where the text spells none of this family.
///
/// # Contract
/// W-001 needs no WSAStartup.
///
/// # Errors
/// -1 and WSAEAFNOSUPPORT for other families, WSAEFAULT for NULL.
///
/// # Linux
/// AF_INET6 is taken as 23 and as 10. IPv4 has four decimal parts here.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, inet_pton
#[api("ws2_inet_pton")]
pub unsafe extern "system" fn inet_pton(
    family: i32,
    pszaddrstring: PCSTR,
    paddrbuf: *mut c_void,
) -> i32 {
    // SAFETY: as this function's own.
    unsafe { parse(family, pszaddrstring, paddrbuf) }
}

/// [`inet_pton`] with text in UTF-16.
///
/// # Contract
/// W-001 needs no WSAStartup.
///
/// # Errors
/// As inet_pton.
///
/// # Linux
/// As inet_pton.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, InetPtonW
#[api]
pub unsafe extern "system" fn InetPtonW(
    family: i32,
    pszaddrstring: PCWSTR,
    paddrbuf: *mut c_void,
) -> i32 {
    // SAFETY: as this function's own.
    unsafe { parse(family, pszaddrstring, paddrbuf) }
}

/// [`InetPtonW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// W-001 needs no WSAStartup.
///
/// # Errors
/// As inet_pton.
///
/// # Linux
/// The header binds InetPtonW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, InetPtonW
#[api]
pub unsafe extern "system" fn InetPtonW_utf32(
    family: i32,
    pszaddrstring: *const u32,
    paddrbuf: *mut c_void,
) -> i32 {
    // SAFETY: as this function's own.
    unsafe { parse(family, pszaddrstring, paddrbuf) }
}

/// # Safety
/// `source` ends with a zero and `target` has room for an address of the family, or are NULL.
unsafe fn parse<U: Unit>(family: i32, source: *const U, target: *mut c_void) -> i32 {
    let Some(family) = endpoint::internet_family(family) else {
        set_last_error(WsaError::WSAEAFNOSUPPORT);
        return -1;
    };
    if source.is_null() || target.is_null() {
        set_last_error(WsaError::WSAEFAULT);
        return -1;
    }
    // SAFETY: as this function's own. Units that spell no text spell no address either.
    let text = unsafe { text::read(source) }.unwrap_or_default();
    if family == AF_INET {
        let Ok(address) = text.parse::<Ipv4Addr>() else { return 0 };
        // SAFETY: there is room for the four bytes.
        unsafe { target.cast::<[u8; 4]>().write(address.octets()) };
    } else {
        let Ok(address) = text.parse::<Ipv6Addr>() else { return 0 };
        // SAFETY: there is room for the sixteen bytes.
        unsafe { target.cast::<[u8; 16]>().write(address.octets()) };
    }
    1
}

/// The text of an address: the caller's buffer, or NULL.
///
/// # Contract
/// W-001 needs no WSAStartup.
///
/// # Errors
/// NULL and WSAEAFNOSUPPORT for other families, WSAEFAULT for a NULL address,
/// ERROR_INVALID_PARAMETER (87) for a buffer that is NULL or too small.
///
/// # Linux
/// AF_INET6 is taken as 23 and as 10.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, inet_ntop
#[api("ws2_inet_ntop")]
pub unsafe extern "system" fn inet_ntop(
    family: i32,
    paddr: *const c_void,
    pstringbuf: PSTR,
    stringbufsize: usize,
) -> PCSTR {
    // SAFETY: as this function's own.
    unsafe { format(family, paddr, pstringbuf, stringbufsize) }
}

/// [`inet_ntop`] with text in UTF-16.
///
/// # Contract
/// W-001 needs no WSAStartup.
///
/// # Errors
/// As inet_ntop.
///
/// # Linux
/// As inet_ntop.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, InetNtopW
#[api]
pub unsafe extern "system" fn InetNtopW(
    family: i32,
    paddr: *const c_void,
    pstringbuf: PWSTR,
    stringbufsize: usize,
) -> PCWSTR {
    // SAFETY: as this function's own.
    unsafe { format(family, paddr, pstringbuf, stringbufsize) }
}

/// [`InetNtopW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// W-001 needs no WSAStartup.
///
/// # Errors
/// As inet_ntop.
///
/// # Linux
/// The header binds InetNtopW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, InetNtopW
#[api]
pub unsafe extern "system" fn InetNtopW_utf32(
    family: i32,
    paddr: *const c_void,
    pstringbuf: *mut u32,
    stringbufsize: usize,
) -> *const u32 {
    // SAFETY: as this function's own.
    unsafe { format(family, paddr, pstringbuf, stringbufsize) }
}

/// # Safety
/// `source` holds an address of the family and `target` has room for `capacity` units, or are
/// NULL.
unsafe fn format<U: Unit>(
    family: i32,
    source: *const c_void,
    target: *mut U,
    capacity: usize,
) -> *const U {
    let Some(family) = endpoint::internet_family(family) else {
        set_last_error(WsaError::WSAEAFNOSUPPORT);
        return ptr::null();
    };
    if source.is_null() {
        set_last_error(WsaError::WSAEFAULT);
        return ptr::null();
    }
    let address = if family == AF_INET {
        // SAFETY: the four bytes are there.
        IpAddr::from(unsafe { source.cast::<[u8; 4]>().read() })
    } else {
        // SAFETY: the sixteen bytes are there.
        IpAddr::from(unsafe { source.cast::<[u8; 16]>().read() })
    };
    let text = endpoint::format_ip(address, 0);
    // SAFETY: as this function's own, and not called with NULL.
    if target.is_null() || unsafe { text::write(&text, target, capacity) }.is_err() {
        crate::last_error::set(Win32Error::ERROR_INVALID_PARAMETER.0);
        return ptr::null();
    }
    target
}

#[cfg(test)]
mod tests;
