//! Control data of datagrams, between the kernel's form and Windows' (M-011, M-013..M-019).
//!
//! Objects are laid out alike in both; their types, and the value of IP_PKTINFO, are not. What the
//! kernel tells is asked for when WSARecvMsg is first called, not when the program sets an option:
//! the destination is needed for MSG_BCAST and MSG_MCAST in any case, and the type of service
//! serves two of Windows' options.

use super::Socket;
use linsock_abi::*;
use linsock_backend::address::AF_INET6;
use linsock_backend::control::{self, HEADER_BYTES, Object};
use linsock_backend::net;
use std::net::{Ipv4Addr, Ipv6Addr};

// The kernel's levels and numbers: linux/in.h, in6.h.
const K4: i32 = 0;
const K6: i32 = 41;
const KERNEL_TOS: i32 = 1;
const KERNEL_TTL: i32 = 2;
const KERNEL_PKTINFO: i32 = 8;
const KERNEL_PKTINFO_6: i32 = 50;
const KERNEL_HOPLIMIT: i32 = 52;
const KERNEL_TCLASS: i32 = 67;

const P4: i32 = IPPROTO_IP;
const P6: i32 = IPPROTO_IPV6;

/// The bits of a type of service, or traffic class, that are the ECN codepoint.
const ECN_BITS: i32 = 3;

/// Options of Windows', by level and name.
type Options = &'static [(i32, i32)];

/// What the kernel can be asked for, and Windows' options that need it; none: always needed.
#[rustfmt::skip]
const ASKED: &[(i32, i32, Options)] = &[
    // level, option  needed for
    (K4, 8,  &[]),
    (K4, 12, &[(P4, IP_RECVTTL)]),
    (K4, 13, &[(P4, IP_RECVTOS), (P4, IP_RECVECN)]),
    (K6, 49, &[]),
    (K6, 51, &[(P6, IPV6_HOPLIMIT)]),
    (K6, 66, &[(P6, IPV6_RECVTCLASS), (P6, IPV6_RECVECN)]),
];

/// How a value gets from the kernel's form to Windows'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A number of four bytes, though the kernel may have sent one byte.
    Number,
    /// Its two lowest bits.
    Ecn,
    /// IN_PKTINFO: the destination in the header, and the interface.
    Destination,
    /// IN6_PKTINFO: alike in both.
    Destination6,
}

/// What the kernel tells, the option that asks for it on Windows, and the object there.
#[rustfmt::skip]
const TOLD: &[(i32, i32, i32, i32, i32, Form)] = &[
    // kernel's              option                 type           value
    (K4, KERNEL_PKTINFO,     P4, IP_PKTINFO,        IP_PKTINFO,    Form::Destination),
    (K4, KERNEL_TTL,         P4, IP_RECVTTL,        IP_TTL,        Form::Number),
    (K4, KERNEL_TOS,         P4, IP_RECVTOS,        IP_TOS,        Form::Number),
    (K4, KERNEL_TOS,         P4, IP_RECVECN,        IP_ECN,        Form::Ecn),
    (K6, KERNEL_PKTINFO_6,   P6, IPV6_PKTINFO,      IPV6_PKTINFO,  Form::Destination6),
    (K6, KERNEL_HOPLIMIT,    P6, IPV6_HOPLIMIT,     IPV6_HOPLIMIT, Form::Number),
    (K6, KERNEL_TCLASS,      P6, IPV6_RECVTCLASS,   IPV6_TCLASS,   Form::Number),
    (K6, KERNEL_TCLASS,      P6, IPV6_RECVECN,      IPV6_ECN,      Form::Ecn),
];

/// The kernel's IP_PKTINFO: interface, our own address, and the destination in the header.
fn destination(value: &[u8]) -> Option<(u32, Ipv4Addr, Ipv4Addr)> {
    let [interface, own, to] = [value.get(..4)?, value.get(4..8)?, value.get(8..12)?];
    let address = |bytes: &[u8]| bytes.first_chunk().map(|bytes: &[u8; 4]| Ipv4Addr::from(*bytes));
    Some((u32::from_ne_bytes(*interface.first_chunk()?), address(own)?, address(to)?))
}

/// The kernel's IPV6_PKTINFO: the destination in the header.
fn destination_6(value: &[u8]) -> Option<Ipv6Addr> {
    value.first_chunk().map(|bytes: &[u8; 16]| Ipv6Addr::from(*bytes))
}

/// MSG_BCAST or MSG_MCAST, if the destination is such (M-011).
fn flags_of(object: &Object<'_>) -> u32 {
    match (object.level, object.kind) {
        (K4, KERNEL_PKTINFO) => match destination(object.value) {
            Some((_, _, to)) if to.is_multicast() => MSG_MCAST,
            Some((_, _, to)) if to.is_broadcast() => MSG_BCAST,
            // Only for what was sent to one of our addresses are the two alike. Nothing is known
            // of a datagram that came before the kernel was asked.
            Some((_, own, to)) if own != to && !own.is_unspecified() => MSG_BCAST,
            _ => 0,
        },
        (K6, KERNEL_PKTINFO_6)
            if destination_6(object.value).is_some_and(|to| to.is_multicast()) =>
        {
            MSG_MCAST
        }
        _ => 0,
    }
}

impl Socket {
    /// Has the kernel tell what WSARecvMsg is to tell, after options changed and at first.
    pub(super) fn ask_for_control(&mut self) {
        let wanted = |needed: &[(i32, i32)]| {
            needed.is_empty() || needed.iter().any(|&(level, name)| self.is_on(level, name))
        };
        let state = ASKED.iter().fold(1, |state, row| state << 1 | u16::from(wanted(row.2)));
        // The program's own setting of these two reaches the kernel, where they are needed on.
        let turned_off = [(P4, IP_PKTINFO), (P6, IPV6_PKTINFO)]
            .iter()
            .any(|&(level, name)| self.options.stored(level, name) == Some(0));
        if state == self.asked_for_control && !turned_off {
            return;
        }
        for &(level, name, needed) in ASKED {
            if level == K4 || self.family == AF_INET6 {
                let _ = net::set_option_i32(self.fd, level, name, wanted(needed).into());
            }
        }
        self.asked_for_control = state;
    }

    fn is_on(&self, level: i32, name: i32) -> bool {
        self.options.stored(level, name).is_some_and(|value| value != 0)
    }

    /// What WSARecvMsg tells of a datagram: control data for an area of `room` bytes, and flags.
    pub(super) fn control_told(&self, kernel: &[u8], room: usize) -> (Vec<u8>, u32) {
        let mut area = Vec::new();
        let mut flags = 0;
        for object in control::objects(kernel).flatten() {
            flags |= flags_of(&object);
            let rows = TOLD.iter().filter(|row| (row.0, row.1) == (object.level, object.kind));
            for &(_, _, level, option, kind, form) in rows {
                if !self.is_on(level, option) {
                    continue;
                }
                let Some(value) = windows_value(form, &object) else { continue };
                if flags & MSG_CTRUNC != 0 || area.len() + HEADER_BYTES + value.len() > room {
                    flags |= MSG_CTRUNC;
                    continue;
                }
                control::push(&mut area, level, kind, &value);
            }
        }
        // Behind the last object there need be no room.
        area.truncate(room);
        (area, flags)
    }
}

fn windows_value(form: Form, object: &Object<'_>) -> Option<Vec<u8>> {
    Some(match form {
        Form::Number => object.number()?.to_ne_bytes().to_vec(),
        Form::Ecn => (object.number()? & ECN_BITS).to_ne_bytes().to_vec(),
        Form::Destination => {
            let (interface, _, to) = destination(object.value)?;
            [to.octets(), interface.to_ne_bytes()].concat()
        }
        // An IPv4 datagram has an object of its own (M-015).
        Form::Destination6 if destination_6(object.value)?.to_ipv4_mapped().is_some() => {
            return None;
        }
        Form::Destination6 => object.value.to_vec(),
    })
}

/// The control data of a datagram that is to be sent, in the kernel's form. Objects of the other
/// family than the destination's are passed over, as a dual-stack socket's program may give both
/// (M-019).
///
/// # Errors
/// WSAEINVAL: an unknown object, or one that is too short.
pub(super) fn control_for(windows: &[u8], to_six: bool) -> Result<Vec<u8>, WsaError> {
    let mut area = Vec::new();
    let mut class: Option<i32> = None;
    for object in control::objects(windows) {
        let object = object.ok_or(WsaError::WSAEINVAL)?;
        let of_destination = object.level == if to_six { P6 } else { P4 };
        let number = || object.value.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes));
        match (object.level, object.kind) {
            (P4, IP_PKTINFO) => {
                let value: &[u8; 8] = object.value.first_chunk().ok_or(WsaError::WSAEINVAL)?;
                let (address, interface) = value.split_at(4);
                // Our own address; the destination is not told here.
                let value = [interface, address, &[0; 4]].concat();
                if of_destination {
                    control::push(&mut area, K4, KERNEL_PKTINFO, &value);
                }
            }
            (P6, IPV6_PKTINFO) => {
                let value = object.value.get(..20).ok_or(WsaError::WSAEINVAL)?;
                if of_destination {
                    control::push(&mut area, K6, KERNEL_PKTINFO_6, value);
                }
            }
            (P4, IP_TTL) | (P6, IPV6_HOPLIMIT) => {
                let hops = number().ok_or(WsaError::WSAEINVAL)?;
                if of_destination {
                    let (level, kind) =
                        if to_six { (K6, KERNEL_HOPLIMIT) } else { (K4, KERNEL_TTL) };
                    control::push(&mut area, level, kind, &hops.to_ne_bytes());
                }
            }
            (P4, IP_TOS) | (P6, IPV6_TCLASS) => {
                let bits = number().ok_or(WsaError::WSAEINVAL)?;
                if of_destination {
                    class = Some(bits | class.unwrap_or(0));
                }
            }
            (P4, IP_ECN) | (P6, IPV6_ECN) => {
                let bits = number().ok_or(WsaError::WSAEINVAL)?;
                if of_destination {
                    class = Some(bits & ECN_BITS | class.unwrap_or(0));
                }
            }
            _ => return Err(WsaError::WSAEINVAL),
        }
    }
    if let Some(class) = class {
        let (level, kind) = if to_six { (K6, KERNEL_TCLASS) } else { (K4, KERNEL_TOS) };
        control::push(&mut area, level, kind, &class.to_ne_bytes());
    }
    Ok(area)
}
