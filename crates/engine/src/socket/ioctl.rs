//! ioctlsocket and WSAIoctl.

mod interfaces;
mod preference;
mod tcp;

pub use super::notice::{await_news, is_awaited};
pub use preference::order;

use super::port::{SKIP_PORT_ON_SUCCESS, SKIP_SET_EVENT};
use super::queue::Side;
use super::transfer;
use super::{Number, SOCK_DGRAM, SOCK_RAW, Socket, open, option, report, translate};
use crate::apc::Routine;
use crate::operation::{Ended, Ending, publish, publish_without_packet};
use linsock_abi::map::Call;
use linsock_abi::*;
use linsock_backend::address::{self, Address};
use linsock_backend::net;
use linsock_backend::peek;

/// FIONBIO: calls return at once instead of waiting (I-009).
///
/// # Errors
/// WSAENOTSOCK; WSAEINVAL off while network events are asked for (E-014).
pub fn set_nonblocking(number: Number, on: bool) -> Result<(), WsaError> {
    let (_, mut socket) = open(number)?;
    socket.set_nonblocking(on)
}

/// FIONREAD: the bytes that receives would find, those of all datagrams (I-010).
///
/// # Errors
/// WSAENOTSOCK.
pub fn readable_bytes(number: Number) -> Result<u32, WsaError> {
    let (_, socket) = open(number)?;
    // A pending receive takes what comes; asking must not get between.
    let bytes = if socket.is_connection_oriented() || !socket.is_free(Side::Input) {
        net::readable_bytes(socket.fd)
    } else {
        peek::queued_bytes(socket.fd)
    };
    bytes.map_err(|errno| translate(errno, Call::Ioctl))
}

/// SIOCATMARK: whether no urgent data waits to be read (I-011). The kernel's own answer is another
/// one: whether the read position is at the urgent byte.
///
/// # Errors
/// WSAENOTSOCK; WSAEINVAL: not a stream.
pub fn no_urgent_data(number: Number) -> Result<bool, WsaError> {
    let (_, socket) = open(number)?;
    if !socket.is_stream() {
        return Err(WsaError::WSAEINVAL);
    }
    let ready = net::poll_now(socket.fd).map_err(|errno| translate(errno, Call::Ioctl))?;
    Ok(!ready.urgent)
}

/// Where the answer of a control goes.
#[derive(Debug, Default)]
pub struct Output {
    /// The caller's address of it, for answers that point into themselves.
    pub address: usize,
    /// Bytes of room there.
    pub room: usize,
    /// The answer.
    pub bytes: Vec<u8>,
    /// How many bytes it needs, where that is told although there is too little room.
    pub needed: usize,
}

impl Output {
    /// Room at a caller's address.
    pub fn new(address: usize, room: usize) -> Self {
        Output { address, room, ..Output::default() }
    }

    /// Answers.
    ///
    /// # Errors
    /// WSAEFAULT: too little room (I-003).
    pub fn put(&mut self, value: &[u8]) -> Result<(), WsaError> {
        if value.len() > self.room {
            return Err(WsaError::WSAEFAULT);
        }
        self.bytes.extend_from_slice(value);
        Ok(())
    }

    /// Answers, or tells how much room the answer needs.
    fn put_or_tell(&mut self, value: &[u8]) -> Result<(), WsaError> {
        self.put(value).inspect_err(|_| self.needed = value.len())
    }
}

/// The address in the input of a control; `None`: it is too short for its family.
///
/// # Errors
/// WSAEAFNOSUPPORT: not an IP address (I-023).
pub fn destination(input: &[u8]) -> Result<Option<Address>, WsaError> {
    let Some(&family) = input.first_chunk() else { return Ok(None) };
    let needed = address::bytes_of_family(u16::from_ne_bytes(family));
    let needed = needed.ok_or(WsaError::WSAEAFNOSUPPORT)?;
    Ok(input.get(..needed).map(Address::from_bytes))
}

/// WSAIoctl, but for what is found by GUID, sorts the caller's addresses or waits for news.
///
/// # Errors
/// WSAENOTSOCK; WSAEINVAL unknown code (I-004); WSAENOPROTOOPT another protocol's code,
/// WSAEOPNOTSUPP impossible here (I-005); WSAEFAULT too little room.
pub fn control(
    number: Number,
    code: u32,
    input: &[u8],
    output: &mut Output,
) -> Result<(), WsaError> {
    const CODE_NONBLOCKING: u32 = FIONBIO as u32;
    const CODE_READABLE: u32 = FIONREAD as u32;
    const CODE_AT_MARK: u32 = SIOCATMARK as u32;
    match code {
        CODE_NONBLOCKING => set_nonblocking(number, dword(input)? != 0),
        CODE_READABLE => output.put(&readable_bytes(number)?.to_ne_bytes()),
        CODE_AT_MARK => output.put(&u32::from(no_urgent_data(number)?).to_ne_bytes()),
        // No providers are layered over this one (I-026).
        SIO_BASE_HANDLE | SIO_BSP_HANDLE | SIO_BSP_HANDLE_SELECT | SIO_BSP_HANDLE_POLL => {
            output.put(&number.to_ne_bytes())
        }
        SIO_KEEPALIVE_VALS => {
            open(number)?.1.needs_tcp()?;
            tcp::set_keepalive(number, input)
        }
        SIO_LOOPBACK_FAST_PATH => {
            let (_, mut socket) = open(number)?;
            socket.needs_tcp()?;
            socket.options.store_ioctl(code, dword(input)?);
            Ok(())
        }
        SIO_TCP_INITIAL_RTO => {
            let (_, mut socket) = open(number)?;
            socket.needs_tcp()?;
            socket.set_initial_rto(input)
        }
        SIO_TCP_INFO => output.put(&tcp::info(number, dword(input)?)?),
        SIO_IDEAL_SEND_BACKLOG_QUERY => {
            let backlog = open(number)?.1.ideal_backlog()?;
            output.put(&backlog.to_ne_bytes())
        }
        SIO_UDP_CONNRESET | SIO_UDP_NETRESET => report::set(number, code, input),
        // Windows drops the oldest datagram of a full queue then, the kernel goes on dropping the
        // newest (I-032).
        SIO_ENABLE_CIRCULAR_QUEUEING => {
            let (_, mut socket) = open(number)?;
            socket.needs_datagrams()?;
            socket.options.store_ioctl(code, 1);
            Ok(())
        }
        SIO_FLUSH => flush(number),
        SIO_GET_BROADCAST_ADDRESS => interfaces::broadcast_address(number, output),
        SIO_ADDRESS_LIST_QUERY => interfaces::address_list(number, output),
        SIO_ROUTING_INTERFACE_QUERY => {
            interfaces::routing_interface(number, destination(input)?, output)
        }
        SIO_GET_INTERFACE_LIST => interfaces::interface_list(number, output),
        SIO_MULTIPOINT_LOOPBACK | SIO_MULTICAST_SCOPE => {
            let six = open(number)?.1.family == address::AF_INET6;
            let (level, name) = match (code, six) {
                (SIO_MULTIPOINT_LOOPBACK, false) => (IPPROTO_IP, IP_MULTICAST_LOOP),
                (SIO_MULTIPOINT_LOOPBACK, true) => (IPPROTO_IPV6, IPV6_MULTICAST_LOOP),
                (_, false) => (IPPROTO_IP, IP_MULTICAST_TTL),
                (_, true) => (IPPROTO_IPV6, IPV6_MULTICAST_HOPS),
            };
            option::set(number, level, name, Some(input))
        }
        SIO_CPU_AFFINITY => open(number)?.1.set_processor(input),
        SIO_RCVALL => open(number)?.1.receive_all(input),
        _ => Err(refusal(code)),
    }
}

/// SIO_FLUSH: ends the sends that wait; what the kernel has taken goes out (I-018).
fn flush(number: Number) -> Result<(), WsaError> {
    let (place, mut socket) = open(number)?;
    let mut held = Vec::new();
    socket.cancel(place, Ending::Cancelled, &mut held, |operation| {
        matches!(operation.call, Call::Send | Call::SendTo)
    });
    drop(socket);
    crate::io::recall(&held);
    Ok(())
}

/// How a code is refused that nothing here does.
fn refusal(code: u32) -> WsaError {
    match code {
        // Quality of service is no part of TCP/IP (I-035).
        SIO_GET_QOS | SIO_SET_QOS | SIO_GET_GROUP_QOS | SIO_SET_GROUP_QOS => {
            WsaError::WSAENOPROTOOPT
        }
        // Known, and without a counterpart: no handles of other systems, no ports set aside, no
        // processors of a network card to tell of, no filters that redirect (I-033, I-035, I-037).
        SIO_ASSOCIATE_HANDLE
        | SIO_TRANSLATE_HANDLE
        | SIO_QUERY_TARGET_PNP_HANDLE
        | SIO_QUERY_RSS_PROCESSOR_INFO
        | SIO_SET_COMPATIBILITY_MODE
        | SIO_ACQUIRE_PORT_RESERVATION
        | SIO_RELEASE_PORT_RESERVATION
        | SIO_ASSOCIATE_PORT_RESERVATION
        | SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS
        | SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT
        | SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS => WsaError::WSAEOPNOTSUPP,
        _ => WsaError::WSAEINVAL,
    }
}

/// Tells an overlapped caller of a WSAIoctl that was done at once: its packet, event or routine
/// or the handle's own signal come as of an operation that pended, with a count of 0 (I-007).
///
/// # Errors
/// WSAENOTSOCK; WSA_INVALID_HANDLE for a bad hEvent.
///
/// # Safety
/// `overlapped` is the address of a writable OVERLAPPED; the routine may be called.
pub unsafe fn publish_done(
    number: Number,
    overlapped: usize,
    routine: Option<Routine>,
) -> Result<(), WsaError> {
    let (place, socket) = open(number)?;
    // SAFETY: the caller's word.
    let overlapped = unsafe { transfer::begin(overlapped, place, routine)? };
    let signal = (socket.modes & SKIP_SET_EVENT == 0).then_some(&place.signal);
    let ended = Ended::ok(0);
    if socket.modes & SKIP_PORT_ON_SUCCESS != 0 {
        publish_without_packet(&overlapped, &ended, signal);
    } else {
        publish(&overlapped, &ended, socket.route.as_ref(), signal);
    }
    Ok(())
}

fn dword(input: &[u8]) -> Result<u32, WsaError> {
    Ok(u32::from_ne_bytes(*input.first_chunk().ok_or(WsaError::WSAEFAULT)?))
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

    /// SIO_CPU_AFFINITY: sockets of several processors may be bound to one address, and each gets
    /// what comes in on its processor, as far as the kernel knows it (I-036).
    fn set_processor(&mut self, input: &[u8]) -> Result<(), WsaError> {
        const SOL_SOCKET: i32 = 1;
        const SO_REUSEPORT: i32 = 15;
        const SO_INCOMING_CPU: i32 = 49;
        let ip = matches!(self.family, address::AF_INET | address::AF_INET6);
        if !ip || self.kind != SOCK_DGRAM || self.is_bound() {
            return Err(WsaError::WSAEINVAL);
        }
        let processor = u16::from_ne_bytes(*input.first_chunk().ok_or(WsaError::WSAEFAULT)?);
        let failed = |errno| translate(errno, Call::Ioctl);
        net::set_option_i32(self.fd, SOL_SOCKET, SO_REUSEPORT, 1).map_err(failed)?;
        net::set_option_i32(self.fd, SOL_SOCKET, SO_INCOMING_CPU, processor.into()).map_err(failed)
    }

    /// SIO_RCVALL: a raw socket of the kernel's gets its own protocol's packets and no others, so
    /// this asks for a privilege that nobody has (I-034).
    fn receive_all(&self, input: &[u8]) -> Result<(), WsaError> {
        let value = dword(input)?;
        if self.kind != SOCK_RAW || !self.is_bound() || value > RCVALL_IPLEVEL as u32 {
            return Err(WsaError::WSAEINVAL);
        }
        if value == RCVALL_OFF as u32 { Ok(()) } else { Err(WsaError::WSAEACCES) }
    }
}
