//! The socket system calls, each a thin function that answers `Result<_, Errno>`.
//!
//! Descriptors made here are non-blocking; those adopted from elsewhere may not be, so every
//! transfer says MSG_DONTWAIT. MSG_NOSIGNAL keeps SIGPIPE from the program.

use crate::address::Address;
use crate::buffers::Buffers;
use crate::envelope::Envelope;
use linsock_abi::Errno;
use std::mem::size_of;

/// A descriptor number.
pub type Fd = i32;

/// Descriptors below this one belong to standard input, output and error.
const FIRST_FREE_FD: Fd = 3;
const ALWAYS: libc::c_int = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;

/// The calling thread's errno after a failed call.
pub(crate) fn last_errno() -> Errno {
    Errno(std::io::Error::last_os_error().raw_os_error().unwrap_or(0))
}

pub(crate) fn check(result: libc::c_int) -> Result<libc::c_int, Errno> {
    if result < 0 { Err(last_errno()) } else { Ok(result) }
}

pub(crate) fn check_len(result: isize) -> Result<usize, Errno> {
    if result < 0 { Err(last_errno()) } else { Ok(result as usize) }
}

/// Makes a non-blocking socket whose number is above the standard streams'.
pub fn socket(family: u16, kind: i32, protocol: i32, inherit: bool) -> Result<Fd, Errno> {
    let mut flags = kind | libc::SOCK_NONBLOCK;
    if !inherit {
        flags |= libc::SOCK_CLOEXEC;
    }
    fault!(Socket);
    // SAFETY: no pointers.
    let fd = check(unsafe { libc::socket(family.into(), flags, protocol) })?;
    keep_above_standard_streams(fd, inherit)
}

/// Moves a descriptor that landed on 0, 1 or 2 (a program may have closed those).
pub(crate) fn keep_above_standard_streams(fd: Fd, inherit: bool) -> Result<Fd, Errno> {
    if fd >= FIRST_FREE_FD {
        return Ok(fd);
    }
    let how = if inherit { libc::F_DUPFD } else { libc::F_DUPFD_CLOEXEC };
    // SAFETY: no pointers; `fd` is ours.
    let moved = check(unsafe { libc::fcntl(fd, how, FIRST_FREE_FD) });
    close(fd);
    moved
}

/// Another descriptor of the same socket, which child programs do not get.
pub fn duplicate(fd: Fd) -> Result<Fd, Errno> {
    // SAFETY: no pointers.
    check(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, FIRST_FREE_FD) })
}

/// Closes a descriptor that this library owns.
pub fn close(fd: Fd) {
    // SAFETY: no pointers. The caller owns the descriptor.
    unsafe { libc::close(fd) };
}

/// Binds to an address.
pub fn bind(fd: Fd, address: &Address) -> Result<(), Errno> {
    fault!(Bind);
    // SAFETY: the address holds `len` valid bytes.
    check(unsafe { libc::bind(fd, address.as_ptr(), address.len()) }).map(drop)
}

/// Starts listening.
pub fn listen(fd: Fd, backlog: i32) -> Result<(), Errno> {
    fault!(Listen);
    // SAFETY: no pointers.
    check(unsafe { libc::listen(fd, backlog) }).map(drop)
}

/// Takes a connection from the backlog as a non-blocking descriptor.
pub fn accept(fd: Fd, inherit: bool) -> Result<(Fd, Address), Errno> {
    let mut peer = Address::default();
    let (name, len) = peer.as_mut_parts();
    let flags = libc::SOCK_NONBLOCK | if inherit { 0 } else { libc::SOCK_CLOEXEC };
    fault!(Accept4);
    // SAFETY: `name` has `*len` writable bytes.
    let new = check(unsafe { libc::accept4(fd, name, len, flags) })?;
    Ok((keep_above_standard_streams(new, inherit)?, peer))
}

/// Puts a connection in the place of another descriptor, in one step: `number` keeps its value
/// and means from now on what `connection`, which is gone afterwards, meant before.
pub fn replace(number: Fd, connection: Fd, inherit: bool) -> Result<(), Errno> {
    let flags = if inherit { 0 } else { libc::O_CLOEXEC };
    let replace = || {
        fault!(Dup3);
        // SAFETY: no pointers; both descriptors are ours.
        check(unsafe { libc::dup3(connection, number, flags) })
    };
    let result = replace();
    close(connection);
    result.map(drop)
}

/// Starts or asks after a connection; never blocks on a non-blocking descriptor.
pub fn connect(fd: Fd, address: &Address) -> Result<(), Errno> {
    fault!(Connect);
    associate(fd, address)
}

fn associate(fd: Fd, address: &Address) -> Result<(), Errno> {
    // SAFETY: the address holds `len` valid bytes.
    check(unsafe { libc::connect(fd, address.as_ptr(), address.len()) }).map(drop)
}

/// Returns a socket to the unconnected state (AF_UNSPEC).
pub fn disconnect(fd: Fd) -> Result<(), Errno> {
    fault!(Dissolve);
    associate(fd, &Address::unspecified())
}

/// The address a socket is bound to.
pub fn local_address(fd: Fd) -> Result<Address, Errno> {
    let mut address = Address::default();
    let (name, len) = address.as_mut_parts();
    fault!(GetSockName);
    // SAFETY: `name` has `*len` writable bytes.
    check(unsafe { libc::getsockname(fd, name, len) })?;
    Ok(address)
}

/// The address a socket is connected to.
pub fn peer_address(fd: Fd) -> Result<Address, Errno> {
    let mut address = Address::default();
    let (name, len) = address.as_mut_parts();
    fault!(GetPeerName);
    // SAFETY: `name` has `*len` writable bytes.
    check(unsafe { libc::getpeername(fd, name, len) })?;
    Ok(address)
}

/// Ends one or both directions.
pub fn shutdown(fd: Fd, how: i32) -> Result<(), Errno> {
    fault!(Shutdown);
    // SAFETY: no pointers.
    check(unsafe { libc::shutdown(fd, how) }).map(drop)
}

/// Sends what the buffers hold, or a part of it.
pub fn send(fd: Fd, buffers: &Buffers, flags: i32, to: Option<&Address>) -> Result<usize, Errno> {
    fault!(Send);
    let list = buffers.as_slice();
    if let ([one], None) = (list, to) {
        // SAFETY: the caller of the operation vouches for its buffers until it completes.
        return check_len(unsafe { libc::send(fd, one.iov_base, one.iov_len, flags | ALWAYS) });
    }
    send_message(fd, buffers, flags, to, None)
}

/// The same with control data, in the kernel's form.
pub fn send_message(
    fd: Fd,
    buffers: &Buffers,
    flags: i32,
    to: Option<&Address>,
    control: Option<&[u8]>,
) -> Result<usize, Errno> {
    let message = message_of(buffers, to, control);
    // SAFETY: the caller of the operation vouches for its buffers until it completes; the list,
    // the name and the control data live through the call.
    check_len(unsafe { libc::sendmsg(fd, &raw const message, flags | ALWAYS) })
}

/// The kernel's view of a message: good for as long as what it points to.
pub(crate) fn message_of(
    buffers: &Buffers,
    to: Option<&Address>,
    control: Option<&[u8]>,
) -> libc::msghdr {
    let list = buffers.as_slice();
    let mut message = empty_message();
    message.msg_iov = list.as_ptr().cast_mut();
    message.msg_iovlen = list.len();
    if let Some(to) = to {
        message.msg_name = to.as_ptr().cast_mut().cast();
        message.msg_namelen = to.len();
    }
    if let Some(control) = control {
        message.msg_control = control.as_ptr().cast_mut().cast();
        message.msg_controllen = control.len();
    }
    message
}

/// Sends a first block together with the connection request (TCP fast open).
pub fn send_first(fd: Fd, data: &Buffers, to: &Address) -> Result<usize, Errno> {
    send(fd, data, libc::MSG_FASTOPEN, Some(to))
}

/// What a receive brought.
#[derive(Clone, Copy, Debug, Default)]
pub struct Received {
    /// Bytes stored.
    pub bytes: usize,
    /// A datagram was longer than the buffers.
    pub truncated: bool,
    /// The bytes were out-of-band data.
    pub out_of_band: bool,
    /// Bytes that are still there, if the kernel told; 1 for an end of the stream as well.
    pub left: Option<u32>,
}

/// Receives what is there, and what comes beside it.
pub fn receive(
    fd: Fd,
    buffers: &Buffers,
    flags: i32,
    envelope: Option<&mut Envelope>,
    datagram: bool,
) -> Result<Received, Errno> {
    fault!(Recv);
    let list = buffers.as_slice();
    if let ([one], None, false) = (list, &envelope, datagram) {
        // SAFETY: the caller of the operation vouches for its buffers until it completes.
        let n = check_len(unsafe { libc::recv(fd, one.iov_base, one.iov_len, flags | ALWAYS) })?;
        return Ok(Received { bytes: n, ..Received::default() });
    }
    let mut message = message_of(buffers, None, None);
    let mut envelope = envelope;
    if let Some(envelope) = &mut envelope {
        envelope.open(&mut message);
    }
    // SAFETY: as above; the list and the envelope live through the call.
    let n = check_len(unsafe { libc::recvmsg(fd, &raw mut message, flags | ALWAYS) })?;
    if let Some(envelope) = envelope {
        envelope.close(&message);
    }
    Ok(Received {
        bytes: n,
        truncated: message.msg_flags & libc::MSG_TRUNC != 0,
        out_of_band: message.msg_flags & libc::MSG_OOB != 0,
        left: None,
    })
}

/// Has the kernel tell, beside what a receive brings, how much it left (TCP_INQ, Linux 4.18).
pub fn tell_rest(fd: Fd) -> Result<(), Errno> {
    set_option(fd, libc::SOL_TCP, TCP_INQ, &1i32.to_ne_bytes())
}

const TCP_INQ: i32 = 36;

/// Receives from a TCP socket that tells how much is left.
pub fn receive_and_rest(fd: Fd, buffers: &Buffers, flags: i32) -> Result<Received, Errno> {
    fault!(Recv);
    // One header and one int, aligned as the header is.
    let mut control = [0u64; 3];
    let mut message = message_of(buffers, None, None);
    message.msg_control = control.as_mut_ptr().cast();
    message.msg_controllen = size_of_val(&control);
    // SAFETY: the caller of the operation vouches for its buffers until it completes; the list and
    // the room for control data live through the call.
    let bytes = check_len(unsafe { libc::recvmsg(fd, &raw mut message, flags | ALWAYS) })?;
    // SAFETY: the kernel has filled `msg_controllen` bytes of the room; a header that is there is
    // whole, and TCP_INQ's data is an int.
    let left = unsafe {
        let header = libc::CMSG_FIRSTHDR(&raw const message).as_ref();
        header
            .filter(|header| (header.cmsg_level, header.cmsg_type) == (libc::SOL_TCP, TCP_INQ))
            .map(|header| libc::CMSG_DATA(header).cast::<i32>().read_unaligned())
    };
    Ok(Received {
        bytes,
        truncated: false,
        out_of_band: message.msg_flags & libc::MSG_OOB != 0,
        left: left.and_then(|left| u32::try_from(left).ok()),
    })
}

/// Throws away up to `bytes` received bytes of a TCP stream without copying them.
pub fn discard(fd: Fd, bytes: usize) -> Result<usize, Errno> {
    fault!(Recv);
    // SAFETY: with MSG_TRUNC TCP counts and drops the bytes and writes none.
    check_len(unsafe { libc::recv(fd, std::ptr::null_mut(), bytes, libc::MSG_TRUNC | ALWAYS) })
}

pub(crate) fn empty_message() -> libc::msghdr {
    // SAFETY: all-zero is a valid msghdr: no name, no buffers, no control data.
    unsafe { std::mem::zeroed() }
}

/// Reads an option as raw bytes; answers how many were written.
pub fn option(fd: Fd, level: i32, name: i32, value: &mut [u8]) -> Result<usize, Errno> {
    let mut len = value.len() as libc::socklen_t;
    fault!(GetSockOpt);
    // SAFETY: `value` has `len` writable bytes.
    check(unsafe { libc::getsockopt(fd, level, name, value.as_mut_ptr().cast(), &raw mut len) })?;
    Ok(len as usize)
}

/// Reads an integer option.
pub fn option_i32(fd: Fd, level: i32, name: i32) -> Result<i32, Errno> {
    let mut bytes = [0; 4];
    option(fd, level, name, &mut bytes)?;
    Ok(i32::from_ne_bytes(bytes))
}

/// Sets an option from raw bytes.
pub fn set_option(fd: Fd, level: i32, name: i32, value: &[u8]) -> Result<(), Errno> {
    fault!(SetSockOpt);
    // SAFETY: `value` is borrowed for the call.
    check(unsafe { libc::setsockopt(fd, level, name, value.as_ptr().cast(), value.len() as u32) })
        .map(drop)
}

/// Sets an integer option.
pub fn set_option_i32(fd: Fd, level: i32, name: i32, value: i32) -> Result<(), Errno> {
    set_option(fd, level, name, &value.to_ne_bytes())
}

/// Lets `connect` choose the port of a bind to port 0.
///
/// Once half of the ephemeral range is bound an eager bind to port 0 costs 1.5 to 1.9 ms
/// instead of 10 us, and the range caps the process' sockets.
pub fn choose_port_late(fd: Fd) -> Result<(), Errno> {
    set_option_i32(fd, libc::SOL_IP, libc::IP_BIND_ADDRESS_NO_PORT, 1)
}

/// Has `connect` choose this very port, which it may share with connections to elsewhere, as a
/// bind by number may not.
pub fn choose_port(fd: Fd, port: u16) -> Result<(), Errno> {
    const IP_LOCAL_PORT_RANGE: i32 = 51;
    let range = u32::from(port) << 16 | u32::from(port);
    set_option_i32(fd, libc::SOL_IP, IP_LOCAL_PORT_RANGE, range as i32)
}

/// Lets a bind pass over TIME_WAIT remains of the address.
pub fn reuse_address(fd: Fd) -> Result<(), Errno> {
    set_option_i32(fd, libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)
}

/// Lets sockets of one user listen side by side at one port, or at overlapping addresses.
pub fn reuse_port(fd: Fd) -> Result<(), Errno> {
    set_option_i32(fd, libc::SOL_SOCKET, libc::SO_REUSEPORT, 1)
}

/// Whether an IPv6 socket takes IPv4 too.
pub fn takes_both_families(fd: Fd) -> bool {
    option_i32(fd, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY) == Ok(0)
}

/// Keeps from a socket what comes for groups that other sockets joined.
pub fn hear_own_groups_alone(fd: Fd) {
    let _ = set_option_i32(fd, libc::SOL_IP, libc::IP_MULTICAST_ALL, 0);
    // The one of the other family is refused, which does no harm.
    let _ = set_option_i32(fd, libc::SOL_IPV6, libc::IPV6_MULTICAST_ALL, 0);
}

/// The user who made a socket, as the kernel knows it; ENOENT, EBADF where there is none.
pub fn owner(fd: Fd) -> Result<u32, Errno> {
    // SAFETY: all zeroes is a `stat`.
    let mut about: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: the structure is this function's own.
    check(unsafe { libc::fstat(fd, &raw mut about) })?;
    Ok(about.st_uid)
}

/// The kind of an existing descriptor: family, type, protocol; ENOTSOCK where it is no socket.
pub fn describe(fd: Fd) -> Result<(u16, i32, i32), Errno> {
    let family = option_i32(fd, libc::SOL_SOCKET, libc::SO_DOMAIN)?;
    let kind = option_i32(fd, libc::SOL_SOCKET, libc::SO_TYPE)?;
    let protocol = option_i32(fd, libc::SOL_SOCKET, libc::SO_PROTOCOL)?;
    Ok((family as u16, kind, protocol))
}

/// Whether a descriptor listens.
pub fn is_listening(fd: Fd) -> bool {
    option_i32(fd, libc::SOL_SOCKET, libc::SO_ACCEPTCONN) == Ok(1)
}

/// What tells a socket from every other one, those included that have its descriptor's number later; 0: not a socket.
pub fn cookie(fd: Fd) -> u64 {
    let mut cookie = 0u64;
    let mut length = size_of::<u64>() as libc::socklen_t;
    // SAFETY: room for the number, and its length.
    let told = unsafe {
        libc::getsockopt(
            fd,
            libc::SOL_SOCKET,
            libc::SO_COOKIE,
            (&raw mut cookie).cast(),
            &raw mut length,
        )
    };
    if told == 0 { cookie } else { 0 }
}

/// Whether a descriptor's own flag says non-blocking.
pub fn is_nonblocking(fd: Fd) -> Result<bool, Errno> {
    // SAFETY: no pointers.
    let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
    Ok(flags & libc::O_NONBLOCK != 0)
}

/// Sets a descriptor's own flag.
pub fn set_nonblocking(fd: Fd, on: bool) -> Result<(), Errno> {
    // SAFETY: no pointers.
    let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
    let flags = if on { flags | libc::O_NONBLOCK } else { flags & !libc::O_NONBLOCK };
    // SAFETY: no pointers.
    check(unsafe { libc::fcntl(fd, libc::F_SETFL, flags) }).map(drop)
}

/// Takes and clears the kernel's pending error of a socket.
pub fn take_error(fd: Fd) -> Result<Errno, Errno> {
    option_i32(fd, libc::SOL_SOCKET, libc::SO_ERROR).map(Errno)
}

/// Bytes (or, for datagrams, bytes of the first one) that can be read now.
pub fn readable_bytes(fd: Fd) -> Result<u32, Errno> {
    ioctl_i32(fd, libc::FIONREAD).map(|n| n as u32)
}

/// Whether a stream has a byte to read that is not the urgent one.
pub fn has_ordinary_byte(fd: Fd) -> bool {
    if readable_bytes(fd).is_ok_and(|bytes| bytes > 0) {
        return true;
    }
    // The count ends at the urgent mark, so that where the mark comes first it is 0. Elsewhere
    // nothing is read, not even for a look: that would take the error of a connection that broke.
    let mut byte = 0u8;
    let flags = libc::MSG_PEEK | libc::MSG_DONTWAIT;
    // SAFETY: one byte may be written.
    at_mark(fd) == Ok(true) && unsafe { libc::recv(fd, (&raw mut byte).cast(), 1, flags) == 1 }
}

/// Bytes that were sent and are not yet acknowledged.
pub fn unsent_bytes(fd: Fd) -> Result<u32, Errno> {
    ioctl_i32(fd, libc::TIOCOUTQ).map(|n| n as u32)
}

/// Whether the urgent mark is at the read position.
pub fn at_mark(fd: Fd) -> Result<bool, Errno> {
    const SIOCATMARK: libc::Ioctl = 0x8905;
    ioctl_i32(fd, SIOCATMARK).map(|n| n != 0)
}

fn ioctl_i32(fd: Fd, request: libc::Ioctl) -> Result<i32, Errno> {
    let mut value: libc::c_int = 0;
    fault!(Ioctl);
    // SAFETY: the three requests used here each write one int.
    check(unsafe { libc::ioctl(fd, request, &raw mut value) })?;
    Ok(value)
}

/// The TCP states that decisions here depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TcpState {
    /// The handshake is under way.
    Connecting,
    /// Both directions are open.
    Established,
    /// The peer has closed its side and we have not.
    PeerClosed,
    /// Both sides have closed; acknowledgements are outstanding.
    Closing,
    /// We have closed and the peer has not.
    SelfClosed,
    /// Nothing is left of a connection.
    Closed,
}

/// Asks TCP for its state.
pub fn tcp_state(fd: Fd) -> Result<TcpState, Errno> {
    let mut info = [0u8; 1];
    option(fd, libc::IPPROTO_TCP, libc::TCP_INFO, &mut info)?;
    // Numbers of the kernel's include/net/tcp_states.h.
    Ok(match info[0] {
        1 => TcpState::Established,
        2 | 3 | 12 => TcpState::Connecting,
        4 | 5 => TcpState::SelfClosed,
        8 => TcpState::PeerClosed,
        9 | 11 => TcpState::Closing,
        _ => TcpState::Closed,
    })
}

/// Whether TCP gave a connection up because nobody answered its keep-alive probes. Asked after
/// the kernel said ETIMEDOUT, when what was unacknowledged is dropped already; what tells the
/// two apart is that probes go out only while nothing is repeated and nothing waits to be sent.
pub fn keep_alive_failed(fd: Fd) -> bool {
    // Where `struct tcp_info` (include/uapi/linux/tcp.h) has tcpi_retransmits, tcpi_probes and
    // tcpi_notsent_bytes.
    const RETRANSMITS: usize = 2;
    const PROBES: usize = 3;
    const NOT_SENT: std::ops::Range<usize> = 144..148;
    let mut info = [0u8; NOT_SENT.end];
    let known = option(fd, libc::IPPROTO_TCP, libc::TCP_INFO, &mut info);
    known == Ok(NOT_SENT.end)
        && info[PROBES] > 0
        && info[RETRANSMITS] == 0
        && info[NOT_SENT].iter().all(|&byte| byte == 0)
}

/// Whether `connect` may choose this port as the local one.
///
/// It takes ports of the parity that the range begins with, and leaves the others to `bind`
/// until its own are used up.
pub fn may_be_chosen(port: u16) -> bool {
    static RANGE: std::sync::OnceLock<(u16, u16)> = std::sync::OnceLock::new();
    let &(low, high) = RANGE.get_or_init(|| {
        let text = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range");
        let text = text.unwrap_or_default();
        let mut numbers = text.split_whitespace().map_while(|number| number.parse().ok());
        // The kernel's default.
        (numbers.next().unwrap_or(32768), numbers.next().unwrap_or(60999))
    });
    (low..=high).contains(&port) && port % 2 == low % 2
}

/// Which directions of a socket are ready.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ready {
    /// A read would not block.
    pub readable: bool,
    /// A write would not block.
    pub writable: bool,
    /// The kernel has an error or a hang-up to tell.
    pub failed: bool,
    /// Urgent data can be read.
    pub urgent: bool,
    /// The peer will send nothing more: its end of stream is here, behind what can be read.
    pub ended: bool,
}

impl Ready {
    /// Everything may be ready: ask again.
    pub const UNKNOWN: Ready =
        Ready { readable: true, writable: true, failed: true, urgent: true, ended: true };

    /// Whether a write would not block and nothing went wrong.
    pub fn cleanly_writable(self) -> bool {
        self.writable && !self.failed
    }

    pub(crate) fn from_events(events: u32) -> Self {
        Ready {
            readable: events
                & (libc::EPOLLIN | libc::EPOLLRDHUP | libc::EPOLLHUP | libc::EPOLLERR) as u32
                != 0,
            writable: events & (libc::EPOLLOUT | libc::EPOLLHUP | libc::EPOLLERR) as u32 != 0,
            failed: events & (libc::EPOLLHUP | libc::EPOLLERR) as u32 != 0,
            urgent: events & libc::EPOLLPRI as u32 != 0,
            ended: events & (libc::EPOLLRDHUP | libc::EPOLLHUP | libc::EPOLLERR) as u32 != 0,
        }
    }
}

/// What is ready among several sockets, waiting up to `timeout_ms` (-1: for ever).
///
/// Asks for readable, writable, urgent and ended as `wanted` says; the answer is written back.
pub fn poll_many(set: &mut [(Fd, Ready)], timeout_ms: i32) -> Result<usize, Errno> {
    let mut list: Vec<libc::pollfd> = set
        .iter()
        .map(|&(fd, wanted)| libc::pollfd {
            fd,
            events: if wanted.readable { libc::POLLIN } else { 0 }
                | if wanted.readable || wanted.ended { libc::POLLRDHUP } else { 0 }
                | if wanted.writable { libc::POLLOUT } else { 0 }
                | if wanted.urgent { libc::POLLPRI } else { 0 },
            revents: 0,
        })
        .collect();
    let mut ask = || {
        fault!(Poll);
        // SAFETY: the list has that many entries.
        check(unsafe { libc::poll(list.as_mut_ptr(), list.len() as u64, timeout_ms) })
    };
    let asked = ask();
    // Where the call failed nothing is ready, rather than everything that was asked about.
    for ((_, ready), polled) in set.iter_mut().zip(&list) {
        *ready = Ready::from_events(polled.revents as u16 as u32);
    }
    asked.map(|n| n as usize)
}

/// What is ready on one socket right now.
pub fn poll_now(fd: Fd) -> Result<Ready, Errno> {
    loop {
        let mut one = [(fd, Ready::UNKNOWN)];
        match poll_many(&mut one, 0) {
            // A signal that waits to be handled is told of even by a call that waits for nothing.
            Err(Errno::EINTR) => {}
            asked => return asked.map(|_| one[0].1),
        }
    }
}

/// SO_LINGER as the kernel has it.
pub fn set_linger(fd: Fd, seconds: Option<u16>) -> Result<(), Errno> {
    let value =
        libc::linger { l_onoff: seconds.is_some().into(), l_linger: seconds.unwrap_or(0).into() };
    // SAFETY: `value` is a plain structure of two ints.
    let bytes = unsafe {
        std::slice::from_raw_parts((&raw const value).cast::<u8>(), size_of::<libc::linger>())
    };
    set_option(fd, libc::SOL_SOCKET, libc::SO_LINGER, bytes)
}
