//! ioctlsocket and WSAIoctl.

use super::port::{SKIP_PORT_ON_SUCCESS, SKIP_SET_EVENT};
use super::{Number, Phase, Socket, open, option, report, translate};
use crate::operation::{Ended, Ending, Overlapped, publish, publish_without_packet};
use linsock_abi::map::Call;
use linsock_abi::*;
use linsock_backend::address;
use linsock_backend::net;

/// Bytes of a sockaddr_in.
const SOCKADDR_IN_BYTES: usize = 16;
/// Bytes of the `tcp_keepalive` structure.
const KEEPALIVE_BYTES: usize = 12;
/// Bytes of TCP_INITIAL_RTO_PARAMETERS.
const INITIAL_RTO_BYTES: usize = 4;
/// Keep-alive probes that SIO_KEEPALIVE_VALS stands for (I-016).
const KEEPALIVE_PROBES: u32 = 10;

const KERNEL_TCP: i32 = 6;
const KERNEL_SYN_COUNT: i32 = 7;
/// The kernel's limits of TCP_SYNCNT.
const SYN_COUNT_MAX: i32 = 127;

/// FIONBIO: calls return at once instead of waiting (I-009).
///
/// # Errors
/// WSAENOTSOCK; WSAEINVAL off while network events are asked for (E-014).
pub fn set_nonblocking(number: Number, on: bool) -> Result<(), WsaError> {
    let (_, mut socket) = open(number)?;
    socket.set_nonblocking(on)
}

/// FIONREAD: the bytes that a receive would find (I-010).
///
/// # Errors
/// WSAENOTSOCK.
pub fn readable_bytes(number: Number) -> Result<u32, WsaError> {
    let (_, socket) = open(number)?;
    net::readable_bytes(socket.fd).map_err(|errno| translate(errno, Call::Ioctl))
}

/// SIOCATMARK: whether no urgent data waits at the read position (I-011).
///
/// # Errors
/// WSAENOTSOCK; WSAEINVAL: not a stream.
pub fn no_urgent_data(number: Number) -> Result<bool, WsaError> {
    let (_, socket) = open(number)?;
    if !socket.is_stream() {
        return Err(WsaError::WSAEINVAL);
    }
    match net::at_mark(socket.fd) {
        Ok(at_mark) => Ok(!at_mark),
        // The other families have no urgent data.
        Err(_) if !socket.is_tcp() => Ok(true),
        Err(errno) => Err(translate(errno, Call::Ioctl)),
    }
}

/// WSAIoctl, but for SIO_GET_EXTENSION_FUNCTION_POINTER: fills `output` and answers how many
/// bytes it holds.
///
/// # Errors
/// WSAENOTSOCK; WSAEINVAL unknown code (I-004); WSAENOPROTOOPT another protocol's code,
/// WSAEOPNOTSUPP impossible here (I-005); WSAEFAULT too little room.
pub fn control(
    number: Number,
    code: u32,
    input: &[u8],
    output: &mut [u8],
) -> Result<usize, WsaError> {
    let (place, mut socket) = open(number)?;
    match code {
        _ if code == FIONBIO as u32 => {
            socket.set_nonblocking(dword(input)? != 0)?;
            Ok(0)
        }
        _ if code == FIONREAD as u32 => {
            drop(socket);
            write(output, &readable_bytes(number)?.to_ne_bytes())
        }
        _ if code == SIOCATMARK as u32 => {
            drop(socket);
            write(output, &u32::from(no_urgent_data(number)?).to_ne_bytes())
        }
        // No providers are layered over this one.
        SIO_BASE_HANDLE | SIO_BSP_HANDLE | SIO_BSP_HANDLE_SELECT | SIO_BSP_HANDLE_POLL => {
            write(output, &number.to_ne_bytes())
        }
        SIO_KEEPALIVE_VALS => {
            socket.needs_tcp()?;
            drop(socket);
            set_keepalive(number, input)
        }
        SIO_LOOPBACK_FAST_PATH => {
            socket.needs_tcp()?;
            let on = dword(input)?;
            socket.options.store_ioctl(code, on);
            Ok(0)
        }
        SIO_TCP_INITIAL_RTO => {
            socket.needs_tcp()?;
            socket.set_initial_rto(input)
        }
        SIO_UDP_CONNRESET | SIO_UDP_NETRESET => {
            drop(socket);
            report::set(number, code, input).map(|()| 0)
        }
        SIO_ENABLE_CIRCULAR_QUEUEING => {
            socket.needs_datagrams()?;
            socket.options.store_ioctl(code, 1);
            Ok(0)
        }
        SIO_FLUSH => {
            let mut held = Vec::new();
            socket.cancel(place, Ending::Cancelled, &mut held, |operation| {
                matches!(operation.call, Call::Send | Call::SendTo)
            });
            drop(socket);
            crate::io::recall(&held);
            Ok(0)
        }
        SIO_GET_BROADCAST_ADDRESS => {
            if socket.family != address::AF_INET {
                return Err(WsaError::WSAENOPROTOOPT);
            }
            let mut broadcast = [0; SOCKADDR_IN_BYTES];
            broadcast[..2].copy_from_slice(&address::AF_INET.to_ne_bytes());
            broadcast[4..8].fill(u8::MAX);
            write(output, &broadcast)
        }
        SIO_MULTIPOINT_LOOPBACK | SIO_MULTICAST_SCOPE => {
            let six = socket.family == address::AF_INET6;
            drop(socket);
            let (level, name) = match (code, six) {
                (SIO_MULTIPOINT_LOOPBACK, false) => (IPPROTO_IP, IP_MULTICAST_LOOP),
                (SIO_MULTIPOINT_LOOPBACK, true) => (IPPROTO_IPV6, IPV6_MULTICAST_LOOP),
                (_, false) => (IPPROTO_IP, IP_MULTICAST_TTL),
                (_, true) => (IPPROTO_IPV6, IPV6_MULTICAST_HOPS),
            };
            option::set(number, level, name, Some(input)).map(|()| 0)
        }
        _ => Err(refusal(code)),
    }
}

/// How a code is refused that nothing here does.
fn refusal(code: u32) -> WsaError {
    match code {
        // Quality of service and handles of other systems are no part of TCP/IP (I-035).
        SIO_GET_QOS | SIO_SET_QOS | SIO_GET_GROUP_QOS | SIO_SET_GROUP_QOS => {
            WsaError::WSAENOPROTOOPT
        }
        // Known, and without a counterpart so far (I-005, I-033 to I-037).
        SIO_ASSOCIATE_HANDLE
        | SIO_TRANSLATE_HANDLE
        | SIO_QUERY_TARGET_PNP_HANDLE
        | SIO_ADDRESS_LIST_QUERY
        | SIO_ADDRESS_LIST_CHANGE
        | SIO_ADDRESS_LIST_SORT
        | SIO_ROUTING_INTERFACE_QUERY
        | SIO_ROUTING_INTERFACE_CHANGE
        | SIO_GET_INTERFACE_LIST
        | SIO_IDEAL_SEND_BACKLOG_QUERY
        | SIO_IDEAL_SEND_BACKLOG_CHANGE
        | SIO_TCP_INFO
        | SIO_CPU_AFFINITY
        | SIO_QUERY_RSS_PROCESSOR_INFO
        | SIO_SET_COMPATIBILITY_MODE
        | SIO_ACQUIRE_PORT_RESERVATION
        | SIO_RELEASE_PORT_RESERVATION
        | SIO_ASSOCIATE_PORT_RESERVATION
        | SIO_RCVALL
        | SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS
        | SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT
        | SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS => WsaError::WSAEOPNOTSUPP,
        _ => WsaError::WSAEINVAL,
    }
}

/// Tells an overlapped caller of a WSAIoctl that was done at once: its packet, event or the
/// handle's own signal come as of an operation that pended, with a count of 0 (I-007).
///
/// # Errors
/// WSAENOTSOCK; WSA_INVALID_HANDLE for a bad hEvent.
///
/// # Safety
/// `overlapped` is the address of a writable OVERLAPPED.
pub unsafe fn publish_done(number: Number, overlapped: usize) -> Result<(), WsaError> {
    let (place, socket) = open(number)?;
    // SAFETY: the caller's word.
    let overlapped = unsafe { Overlapped::begin(overlapped, &place.signal)? };
    let signal = (socket.modes & SKIP_SET_EVENT == 0).then_some(&place.signal);
    let ended = Ended::ok(0);
    if socket.modes & SKIP_PORT_ON_SUCCESS != 0 {
        publish_without_packet(&overlapped, &ended, signal);
    } else {
        publish(&overlapped, &ended, socket.route.as_ref(), signal);
    }
    Ok(())
}

fn write(output: &mut [u8], value: &[u8]) -> Result<usize, WsaError> {
    output.get_mut(..value.len()).ok_or(WsaError::WSAEFAULT)?.copy_from_slice(value);
    Ok(value.len())
}

fn dword(input: &[u8]) -> Result<u32, WsaError> {
    Ok(u32::from_ne_bytes(*input.first_chunk().ok_or(WsaError::WSAEFAULT)?))
}

/// SIO_KEEPALIVE_VALS; the kernel counts in seconds, so times are rounded up (I-016).
fn set_keepalive(number: Number, input: &[u8]) -> Result<usize, WsaError> {
    let input = input.get(..KEEPALIVE_BYTES).ok_or(WsaError::WSAEFAULT)?;
    let on = dword(input)?;
    if on != 0 {
        let seconds = |ms: u32| ms.div_ceil(1000).max(1);
        let values = [
            (TCP_KEEPIDLE, seconds(dword(&input[4..])?)),
            (TCP_KEEPINTVL, seconds(dword(&input[8..])?)),
            (TCP_KEEPCNT, KEEPALIVE_PROBES),
        ];
        for (name, value) in values {
            option::set(number, IPPROTO_TCP, name, Some(&value.to_ne_bytes()))?;
        }
    }
    option::set(number, SOL_SOCKET, SO_KEEPALIVE, Some(&on.to_ne_bytes())).map(|()| 0)
}

impl Socket {
    fn set_nonblocking(&mut self, on: bool) -> Result<(), WsaError> {
        if !on && self.selects_events() {
            return Err(WsaError::WSAEINVAL);
        }
        self.nonblocking = on;
        Ok(())
    }

    fn needs_tcp(&self) -> Result<(), WsaError> {
        if self.is_tcp() { Ok(()) } else { Err(WsaError::WSAENOPROTOOPT) }
    }

    fn needs_datagrams(&self) -> Result<(), WsaError> {
        if self.is_connection_oriented() { Err(WsaError::WSAENOPROTOOPT) } else { Ok(()) }
    }

    /// SIO_TCP_INITIAL_RTO: the number of tries goes to the kernel, the first time-out is its
    /// own (I-029).
    fn set_initial_rto(&mut self, input: &[u8]) -> Result<usize, WsaError> {
        const NO_RETRANSMISSIONS: u8 = TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS as u8;
        const UNSPECIFIED: u8 = TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS as u8;
        let input = input.get(..INITIAL_RTO_BYTES).ok_or(WsaError::WSAEFAULT)?;
        if self.phase != Phase::Idle {
            return Err(WsaError::WSAEINVAL);
        }
        let count = match input[2] {
            0 | UNSPECIFIED => None,
            NO_RETRANSMISSIONS => Some(1),
            count => Some(i32::from(count).min(SYN_COUNT_MAX)),
        };
        if let Some(count) = count {
            net::set_option_i32(self.fd, KERNEL_TCP, KERNEL_SYN_COUNT, count)
                .map_err(|errno| translate(errno, Call::Ioctl))?;
        }
        self.options.store_ioctl(SIO_TCP_INITIAL_RTO, dword(input)?);
        Ok(0)
    }
}
