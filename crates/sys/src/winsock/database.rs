//! The older look-ups of hosts, services and protocols, which answer with a record of the
//! calling thread.
//!
//! # Lifetime of every answer here
//! One record of each kind a thread, as on Windows: the thread's next call of the same kind
//! overwrites it, and its end frees it. Programs must neither free nor change it.

use std::ffi::{CStr, c_char};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::slice;

use linsock_abi::{AF_INET, HOSTENT, PCSTR, PROTOENT, SERVENT, WsaError};

use super::record::{self, Strings};
use super::resolver::{self, Wish};
use super::{database_file, endpoint, set_last_error, started, text};

/// The answer, or NULL and the last error.
fn answer<E>(result: Result<*mut E, WsaError>) -> *mut E {
    result.unwrap_or_else(|error| {
        set_last_error(error);
        std::ptr::null_mut()
    })
}

/// The IPv4 addresses of a host.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// NULL and WSANOTINITIALISED; WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY, WSANO_DATA.
///
/// # Linux
/// The C library's getaddrinfo. NULL and an empty name are this computer. No aliases are known.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, gethostbyname
#[api("ws2_gethostbyname")]
pub unsafe extern "system" fn gethostbyname(name: PCSTR) -> *mut HOSTENT {
    answer(started().and_then(|()| {
        // SAFETY: NULL, or by the module's vocabulary a string that ends with a zero.
        let name = unsafe { text::read_optional(name) }?.unwrap_or_default();
        let flags = linsock_abi::AI_CANONNAME;
        let wish = Wish { flags, family: AF_INET.into(), ..Wish::default() };
        let found = resolver::look_up(Some(&name), None, wish)?;
        let addresses = found.found.iter().map(|found| found.address).collect::<Vec<_>>();
        record::host(found.canonical.as_deref().unwrap_or(&name), &addresses)
    }))
}

/// The name of a host that has an address.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// NULL and WSANOTINITIALISED; WSAEFAULT for NULL and for a length that is not the family's;
/// WSAEAFNOSUPPORT for other families; WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY.
///
/// # Linux
/// The C library's getnameinfo. AF_INET6 is taken as 23 and as 10.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, gethostbyaddr
#[api("ws2_gethostbyaddr")]
pub unsafe extern "system" fn gethostbyaddr(addr: PCSTR, len: i32, r#type: i32) -> *mut HOSTENT {
    answer(started().and_then(|()| {
        let family = endpoint::internet_family(r#type).ok_or(WsaError::WSAEAFNOSUPPORT)?;
        let needed = if family == AF_INET { 4 } else { 16 };
        if addr.is_null() || len != needed {
            return Err(WsaError::WSAEFAULT);
        }
        // SAFETY: not NULL, so by the module's vocabulary `len` bytes.
        let bytes = unsafe { slice::from_raw_parts(addr, needed as usize) };
        let address = match (<[u8; 4]>::try_from(bytes), <[u8; 16]>::try_from(bytes)) {
            (Ok(four), _) => SocketAddr::from((Ipv4Addr::from(four), 0)),
            (_, Ok(sixteen)) => SocketAddr::from((Ipv6Addr::from(sixteen), 0)),
            _ => return Err(WsaError::WSAEFAULT),
        };
        let (name, _) = resolver::names_of(address, linsock_abi::NI_NAMEREQD, true, false)?;
        record::host(&name.unwrap_or_default(), &[address])
    }))
}

/// The port of a service; a NULL protocol is any.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// NULL and WSANOTINITIALISED; WSAEFAULT for a NULL name; WSANO_DATA.
///
/// # Linux
/// The C library's database, /etc/services by default.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, getservbyname
#[api("ws2_getservbyname")]
pub unsafe extern "system" fn getservbyname(name: PCSTR, proto: PCSTR) -> *mut SERVENT {
    answer(started().and_then(|()| {
        // SAFETY: NULL, or by the module's vocabulary strings that end with a zero.
        let (name, proto) = unsafe { (string(name), string(proto)) };
        record::service(database_file::service_by_name(name.ok_or(WsaError::WSAEFAULT)?, proto)?)
    }))
}

/// The service of a port in network order; a NULL protocol is any.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// NULL and WSANOTINITIALISED; WSANO_DATA.
///
/// # Linux
/// The C library's database, /etc/services by default.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, getservbyport
#[api("ws2_getservbyport")]
pub unsafe extern "system" fn getservbyport(port: i32, proto: PCSTR) -> *mut SERVENT {
    answer(started().and_then(|()| {
        // SAFETY: NULL, or by the module's vocabulary a string that ends with a zero.
        let proto = unsafe { string(proto) };
        record::service(database_file::service_by_port(port, proto)?)
    }))
}

/// The number of a protocol.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// NULL and WSANOTINITIALISED; WSAEFAULT for NULL; WSANO_DATA.
///
/// # Linux
/// The C library's database, /etc/protocols by default; the protocols this library speaks are
/// known without it, because a small system may lack the file and Windows never does.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, getprotobyname
#[api("ws2_getprotobyname")]
pub unsafe extern "system" fn getprotobyname(name: PCSTR) -> *mut PROTOENT {
    answer(started().and_then(|()| {
        // SAFETY: NULL, or by the module's vocabulary a string that ends with a zero.
        let name = unsafe { string(name) }.ok_or(WsaError::WSAEFAULT)?;
        let builtin = |row: &Protocol| row.names.iter().any(|n| n.as_bytes() == name.to_bytes());
        record::protocol(database_file::protocol_by_name(name).or_else(|e| known(builtin, e))?)
    }))
}

/// The name of a protocol.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// NULL and WSANOTINITIALISED; WSANO_DATA.
///
/// # Linux
/// As getprotobyname.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, getprotobynumber
#[api("ws2_getprotobynumber")]
pub unsafe extern "system" fn getprotobynumber(number: i32) -> *mut PROTOENT {
    answer(started().and_then(|()| {
        let builtin = |row: &Protocol| i32::from(row.number) == number;
        let found = database_file::protocol_by_number(number);
        record::protocol(found.or_else(|error| known(builtin, error))?)
    }))
}

/// # Safety
/// NULL, or a string that ends with a zero and outlives the answer.
unsafe fn string<'a>(start: PCSTR) -> Option<&'a CStr> {
    // SAFETY: not NULL, so as this function's own.
    (!start.is_null()).then(|| unsafe { CStr::from_ptr(start.cast::<c_char>()) })
}

struct Protocol {
    number: i16,
    names: [&'static str; 2],
}

/// The protocols that sockets here can have, numbered by IANA: name and alias.
#[rustfmt::skip]
const PROTOCOLS: &[Protocol] = &[
    Protocol { number: 0,  names: ["ip",        "IP"] },
    Protocol { number: 1,  names: ["icmp",      "ICMP"] },
    Protocol { number: 6,  names: ["tcp",       "TCP"] },
    Protocol { number: 17, names: ["udp",       "UDP"] },
    Protocol { number: 41, names: ["ipv6",      "IPv6"] },
    Protocol { number: 58, names: ["ipv6-icmp", "IPv6-ICMP"] },
];

fn known(fits: impl Fn(&Protocol) -> bool, error: WsaError) -> Result<(Strings, i16), WsaError> {
    let row = PROTOCOLS.iter().find(|row| fits(row)).ok_or(error)?;
    let [name, alias] = row.names;
    Ok((Strings { name: name.into(), aliases: vec![alias.into()] }, row.number))
}

#[cfg(test)]
mod tests;
