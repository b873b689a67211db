//! Connecting to a name, or to the first of several addresses.

use super::endpoint;
use super::resolver::{self, Wish};
use super::text::{self, Unit};
use super::{select, started};
use crate::memory::{read_address, write_address};
use crate::shape;
use linsock_abi::{
    AF_INET, AF_INET6, BOOL, OVERLAPPED, PCSTR, PCWSTR, SOCK_STREAM, SOCKADDR, SOCKET,
    SOCKET_ADDRESS, SOCKET_ADDRESS_LIST, TIMEVAL, WsaError,
};
use linsock_backend::Address;
use linsock_backend::address::{self, ADDRESS_BYTES_MAX, bytes_of_family};
use linsock_backend::memory::{is_readable, is_readable_throughout, is_writable};
use linsock_engine::socket::{self, Reach};
use std::net::{SocketAddr, SocketAddrV6};
use std::time::Instant;

/// Connects a stream socket to a host and a service by name; blocks.
///
/// # Contract
/// B-030..B-036; C-009; C-104 then SO_UPDATE_CONNECT_CONTEXT.
///
/// # Errors
/// FALSE and WSANOTINITIALISED; WSAENOTSOCK; WSAEINVAL: no name, no service, Reserved, or no
/// stream socket; WSAEISCONN; WSAEFAULT; what the look-up says, as WSAHOST_NOT_FOUND;
/// WSAEHOSTUNREACH, WSAECONNREFUSED, ...: of the last address; WSAETIMEDOUT.
///
/// # Linux
/// The C library looks the name up, which the time-out cannot shorten. The addresses are tried one
/// after another, in its order.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAConnectByNameA
#[api]
pub unsafe extern "system" fn WSAConnectByNameA(
    s: SOCKET,
    nodename: PCSTR,
    servicename: PCSTR,
    localaddresslength: *mut u32,
    localaddress: *mut SOCKADDR,
    remoteaddresslength: *mut u32,
    remoteaddress: *mut SOCKADDR,
    timeout: *const TIMEVAL,
    reserved: *const OVERLAPPED,
) -> BOOL {
    let local = Room { start: localaddress, len: localaddresslength };
    let remote = Room { start: remoteaddress, len: remoteaddresslength };
    // SAFETY: as this function's own.
    unsafe { by_name(s, nodename, servicename, [local, remote], timeout, reserved) }
}

/// [`WSAConnectByNameA`] with text in UTF-16.
///
/// # Contract
/// As WSAConnectByNameA.
///
/// # Errors
/// As WSAConnectByNameA.
///
/// # Linux
/// As WSAConnectByNameA.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAConnectByNameW
#[api]
pub unsafe extern "system" fn WSAConnectByNameW(
    s: SOCKET,
    nodename: PCWSTR,
    servicename: PCWSTR,
    localaddresslength: *mut u32,
    localaddress: *mut SOCKADDR,
    remoteaddresslength: *mut u32,
    remoteaddress: *mut SOCKADDR,
    timeout: *const TIMEVAL,
    reserved: *const OVERLAPPED,
) -> BOOL {
    let local = Room { start: localaddress, len: localaddresslength };
    let remote = Room { start: remoteaddress, len: remoteaddresslength };
    // SAFETY: as this function's own.
    unsafe { by_name(s, nodename, servicename, [local, remote], timeout, reserved) }
}

/// [`WSAConnectByNameW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// As WSAConnectByNameA.
///
/// # Errors
/// As WSAConnectByNameA.
///
/// # Linux
/// The header binds WSAConnectByNameW to this function unless the compiler was given
/// -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAConnectByNameW
#[api]
pub unsafe extern "system" fn WSAConnectByNameW_utf32(
    s: SOCKET,
    nodename: *const u32,
    servicename: *const u32,
    localaddresslength: *mut u32,
    localaddress: *mut SOCKADDR,
    remoteaddresslength: *mut u32,
    remoteaddress: *mut SOCKADDR,
    timeout: *const TIMEVAL,
    reserved: *const OVERLAPPED,
) -> BOOL {
    let local = Room { start: localaddress, len: localaddresslength };
    let remote = Room { start: remoteaddress, len: remoteaddresslength };
    // SAFETY: as this function's own.
    unsafe { by_name(s, nodename, servicename, [local, remote], timeout, reserved) }
}

/// Connects an unbound stream socket to the first of several addresses that takes it; blocks.
///
/// # Contract
/// B-035..B-041; C-009; C-104 then SO_UPDATE_CONNECT_CONTEXT.
///
/// # Errors
/// FALSE and WSANOTINITIALISED; WSAENOTSOCK; WSAEINVAL: bound, no stream socket, no addresses, or
/// Reserved; WSAEISCONN; WSAEFAULT; WSAETIMEDOUT; else that of the last address, for example
/// WSAEAFNOSUPPORT where it is of another family than the socket.
///
/// # Linux
/// The addresses are tried one after another, in the order of the list.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAConnectByList
#[api]
pub unsafe extern "system" fn WSAConnectByList(
    s: SOCKET,
    socketaddress: *const SOCKET_ADDRESS_LIST,
    localaddresslength: *mut u32,
    localaddress: *mut SOCKADDR,
    remoteaddresslength: *mut u32,
    remoteaddress: *mut SOCKADDR,
    timeout: *const TIMEVAL,
    reserved: *const OVERLAPPED,
) -> BOOL {
    shape::truth(|| {
        started()?;
        socket::find(s)?;
        if !reserved.is_null() {
            return Err(WsaError::WSAEINVAL);
        }
        let reach = socket::reach(s, false)?;
        // SAFETY: probed.
        let peers = unsafe { read_list(socketaddress)? };
        let local = Room { start: localaddress, len: localaddresslength };
        let remote = Room { start: remoteaddress, len: remoteaddresslength };
        Room::check([local, remote], reach)?;
        // SAFETY: probed.
        let until = unsafe { deadline(timeout)? };
        let (here, there) = socket::connect_to_one_of(reach, &peers, until, false)?;
        // SAFETY: checked before.
        unsafe { local.fill(&here).and(remote.fill(&there)) }
    })
}

/// WSAConnectByName for one width of text.
///
/// # Safety
/// The strings end with a zero or are NULL; the other pointers are probed.
unsafe fn by_name<U: Unit>(
    s: SOCKET,
    node: *const U,
    service: *const U,
    [local, remote]: [Room; 2],
    timeout: *const TIMEVAL,
    reserved: *const OVERLAPPED,
) -> BOOL {
    shape::truth(|| {
        started()?;
        socket::find(s)?;
        if node.is_null() || service.is_null() || !reserved.is_null() {
            return Err(WsaError::WSAEINVAL);
        }
        let reach = socket::reach(s, true)?;
        Room::check([local, remote], reach)?;
        // SAFETY: probed.
        let until = unsafe { deadline(timeout)? };
        // SAFETY: not NULL, so strings.
        let (node, service) = unsafe { (text::read(node)?, text::read(service)?) };
        let peers = look_up(&node, &service, reach)?;
        let connected = socket::connect_to_one_of(reach, &peers, until, true);
        let (here, there) = connected.map_err(|error| match error {
            // The documentation knows unreachable hosts only.
            WsaError::WSAENETUNREACH => WsaError::WSAEHOSTUNREACH,
            other => other,
        })?;
        // SAFETY: checked before.
        unsafe { local.fill(&here).and(remote.fill(&there)) }
    })
}

/// The addresses of a name that a socket can be connected to; for an IPv6 socket that reaches
/// IPv4 too, mapped ones among them (B-033).
fn look_up(node: &str, service: &str, reach: Reach) -> Result<Vec<Address>, WsaError> {
    let family = match reach.family {
        address::AF_INET => AF_INET.into(),
        address::AF_INET6 if reach.dual_stack => 0,
        address::AF_INET6 => AF_INET6.into(),
        _ => return Err(WsaError::WSAEAFNOSUPPORT),
    };
    let wish = Wish { family, kind: SOCK_STREAM, ..Wish::default() };
    let answer = {
        let _blocked = linsock_engine::blocking::Scope::enter();
        resolver::look_up(Some(node), Some(service), wish)?
    };
    let found = answer.found.into_iter().map(|found| match found.address {
        SocketAddr::V4(v4) if reach.family == address::AF_INET6 => {
            SocketAddrV6::new(v4.ip().to_ipv6_mapped(), v4.port(), 0, 0).into()
        }
        other => other,
    });
    let as_address = |found| {
        let (bytes, len) = endpoint::to_bytes(found);
        Address::from_bytes(&bytes[..len])
    };
    Ok(found.map(as_address).collect())
}

/// The addresses of a list.
///
/// # Errors
/// WSAEFAULT: unreadable, in whole or in part; WSAEINVAL: none.
///
/// # Safety
/// Any pointer: it and what it points to are probed.
unsafe fn read_list(list: *const SOCKET_ADDRESS_LIST) -> Result<Vec<Address>, WsaError> {
    if !is_readable(list.addr(), size_of::<i32>()) {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: just read by the kernel.
    let count = unsafe { (&raw const (*list).iAddressCount).read_unaligned() };
    let count = usize::try_from(count).ok().filter(|&count| count > 0);
    let count = count.ok_or(WsaError::WSAEINVAL)?;
    let first = list.cast::<u8>().wrapping_add(std::mem::offset_of!(SOCKET_ADDRESS_LIST, Address));
    let first = first.cast::<SOCKET_ADDRESS>();
    if !is_readable_throughout(first.addr(), count * size_of::<SOCKET_ADDRESS>()) {
        return Err(WsaError::WSAEFAULT);
    }
    let entry = |n: usize| {
        // SAFETY: every page of the entries was just read by the kernel.
        let entry = unsafe { first.add(n).read_unaligned() };
        // SAFETY: probed.
        unsafe { read_address(entry.lpSockaddr, entry.iSockaddrLength) }
    };
    (0..count).map(entry).collect()
}

/// When a time-out is over; never for NULL (B-039).
///
/// # Errors
/// WSAEFAULT: unreadable; WSAEINVAL: negative.
///
/// # Safety
/// Any pointer: it is probed.
unsafe fn deadline(timeout: *const TIMEVAL) -> Result<Option<Instant>, WsaError> {
    // SAFETY: as this function's own.
    let time = unsafe { select::time(timeout)? };
    Ok(time.and_then(|time| Instant::now().checked_add(time)))
}

/// Where a caller wants an address: NULL for nowhere, whatever the length says (B-035).
#[derive(Clone, Copy)]
struct Room {
    start: *mut SOCKADDR,
    len: *mut u32,
}

impl Room {
    /// Whether addresses of a socket will find their room; asked before anything is connected.
    ///
    /// # Errors
    /// WSAEFAULT: too little, or not writable.
    fn check(rooms: [Room; 2], reach: Reach) -> Result<(), WsaError> {
        let needed = bytes_of_family(reach.family).unwrap_or(ADDRESS_BYTES_MAX);
        for room in rooms.into_iter().filter(|room| !room.start.is_null()) {
            if !is_readable(room.len.addr(), size_of::<u32>()) {
                return Err(WsaError::WSAEFAULT);
            }
            // SAFETY: just read by the kernel.
            let len = unsafe { room.len.read_unaligned() };
            if (len as usize) < needed || !is_writable(room.start.addr(), needed) {
                return Err(WsaError::WSAEFAULT);
            }
        }
        Ok(())
    }

    /// # Safety
    /// Any pointers: they are probed.
    unsafe fn fill(self, address: &Address) -> Result<(), WsaError> {
        if self.start.is_null() {
            return Ok(());
        }
        // SAFETY: as this function's own.
        unsafe { write_address(address, self.start, self.len.cast()) }
    }
}

#[cfg(test)]
mod tests;
