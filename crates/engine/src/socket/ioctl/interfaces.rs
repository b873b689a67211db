//! What WSAIoctl tells of the machine's addresses.

use super::Output;
use crate::socket::{Number, open, translate};
use linsock_abi::map::Call;
use linsock_abi::*;
use linsock_backend::address::{self, Address};
use linsock_backend::interface::{self, Interface};
use std::net::Ipv4Addr;

/// Bytes of a sockaddr_in.
const SOCKADDR_IN_BYTES: usize = 16;
/// Bytes of the count in a SOCKET_ADDRESS_LIST, with what aligns its entries.
const LIST_HEADER_BYTES: usize = 8;
/// Bytes of a SOCKET_ADDRESS: a pointer, a length, and what aligns the next one.
const LIST_ENTRY_BYTES: usize = 16;
/// Bytes of a sockaddr_gen.
const INTERFACE_ADDRESS_BYTES: usize = 24;

/// The family of an IP socket.
///
/// # Errors
/// WSAENOTSOCK; WSAENOPROTOOPT: another family.
fn family_of(number: Number) -> Result<u16, WsaError> {
    match open(number)?.1.family {
        family @ (address::AF_INET | address::AF_INET6) => Ok(family),
        _ => Err(WsaError::WSAENOPROTOOPT),
    }
}

fn all() -> Result<Vec<Interface>, WsaError> {
    let mut list = interface::all().map_err(|errno| translate(errno, Call::Ioctl))?;
    list.retain(Interface::is_up);
    Ok(list)
}

/// SIO_GET_BROADCAST_ADDRESS (I-019).
pub(super) fn broadcast_address(number: Number, output: &mut Output) -> Result<(), WsaError> {
    if open(number)?.1.family != address::AF_INET {
        return Err(WsaError::WSAENOPROTOOPT);
    }
    output.put(&everybody())
}

fn everybody() -> [u8; SOCKADDR_IN_BYTES] {
    let mut broadcast = [0; SOCKADDR_IN_BYTES];
    broadcast[..2].copy_from_slice(&address::AF_INET.to_ne_bytes());
    broadcast[4..8].copy_from_slice(&Ipv4Addr::BROADCAST.octets());
    broadcast
}

/// SIO_ADDRESS_LIST_QUERY: the addresses that sockets of this family can be bound to; those of
/// loopback only where there are no others (I-020).
pub(super) fn address_list(number: Number, output: &mut Output) -> Result<(), WsaError> {
    let family = family_of(number)?;
    let mut list = all()?;
    list.retain(|one| one.address.family() == family);
    if list.iter().any(|one| !one.is_loopback()) {
        list.retain(|one| !one.is_loopback());
    }
    let addresses: Vec<Vec<u8>> = list.iter().map(|one| windows_bytes(&one.address)).collect();
    let mut bytes = vec![0; LIST_HEADER_BYTES];
    bytes[..4].copy_from_slice(&(addresses.len() as u32).to_ne_bytes());
    // The addresses follow the entries that point to them.
    let mut at = output.address + LIST_HEADER_BYTES + LIST_ENTRY_BYTES * addresses.len();
    for address in &addresses {
        bytes.extend(at.to_ne_bytes());
        bytes.extend((address.len() as u64).to_ne_bytes());
        at += address.len();
    }
    addresses.iter().for_each(|address| bytes.extend(address));
    output.put_or_tell(&bytes)
}

fn windows_bytes(address: &Address) -> Vec<u8> {
    let (bytes, length) = address.windows_bytes();
    bytes[..length].to_vec()
}

/// SIO_ROUTING_INTERFACE_QUERY: the local address that the way to another one begins at (I-023).
pub(super) fn routing_interface(
    number: Number,
    destination: Option<Address>,
    output: &mut Output,
) -> Result<(), WsaError> {
    let family = family_of(number)?;
    let destination = destination.ok_or(WsaError::WSAEINVAL)?;
    if destination.family() != family {
        return Err(WsaError::WSAEAFNOSUPPORT);
    }
    if destination.is_unspecified() {
        return Err(WsaError::WSAEINVAL);
    }
    let local = interface::towards(&destination);
    let local = local.map_err(|errno| translate(errno, Call::Connect))?;
    output.put_or_tell(&windows_bytes(&local))
}

/// SIO_GET_INTERFACE_LIST: the IPv4 addresses of all interfaces, with their masks (I-025).
pub(super) fn interface_list(number: Number, output: &mut Output) -> Result<(), WsaError> {
    // The structure would have room for IPv6, but the code belongs to IPPROTO_IP.
    if open(number)?.1.family != address::AF_INET {
        return Err(WsaError::WSAEINVAL);
    }
    let mut bytes = Vec::new();
    for one in all()?.iter().filter(|one| one.address.family() == address::AF_INET) {
        let flags = [
            (true, IFF_UP),
            (one.has_broadcast(), IFF_BROADCAST),
            (one.is_loopback(), IFF_LOOPBACK),
            (one.is_point_to_point(), IFF_POINTTOPOINT),
            (one.has_multicast(), IFF_MULTICAST),
        ];
        let flags: u32 = flags.iter().filter(|(has, _)| *has).map(|(_, flag)| flag).sum();
        bytes.extend(flags.to_ne_bytes());
        let broadcast = one.broadcast.as_ref().map(windows_bytes);
        let broadcast = broadcast.unwrap_or_else(|| everybody().to_vec());
        let mask = windows_bytes(&one.mask());
        for mut address in [windows_bytes(&one.address), broadcast, mask] {
            address.resize(INTERFACE_ADDRESS_BYTES, 0);
            bytes.extend(address);
        }
    }
    output.put(&bytes)
}
