//! Sockets: what a SOCKET is, how one is found, made and adopted.
//!
//! A SOCKET is its descriptor's number. What the library knows of it sits in a place of a
//! table, under the place's lock; a number that is made anew starts with a fresh state and
//! another generation, so that news of its predecessor passes it by (Z-002).

mod accept;
mod accept_context;
mod accept_ex;
mod acceptance;
mod bind;
mod blocking_call;
mod cancel;
mod claim;
mod close;
mod conditional;
mod connect;
mod connect_by;
mod connect_ex;
mod control;
mod disconnect;
mod duplicate;
mod icmp;
pub mod ioctl;
mod message;
mod name;
pub mod network_events;
pub mod notice;
mod operations;
pub mod option;
mod option_access;
mod option_group;
mod option_table;
mod option_told;
mod pause;
mod port;
mod queue;
pub mod report;
pub mod select;
mod shutdown;
mod transfer;
mod transmit;
mod transmit_packets;

pub use accept::{accept, enable_accept_event, listen};
pub use accept_ex::accept_ex;
pub use acceptance::{AREA_HEADER_BYTES as ACCEPT_AREA_HEADER_BYTES, AcceptBuffer, AcceptEx};
pub use bind::bind;
pub use blocking_call::give_up_blocking_calls;
pub use cancel::{
    ThreadLists, bury_threads, cancel, cancel_of_thread, cancel_synchronous, forget_started,
    thread_exit,
};
pub use close::{close, close_all};
pub use conditional::{Decision, accept_if};
pub use connect::connect;
pub use connect_by::{Reach, connect_to_one_of, reach};
pub use connect_ex::{ConnectExData, connect_ex, in_progress, is_in_use};
pub use disconnect::disconnect_ex;
pub use duplicate::{Duplicated, Offers, fetch, offer, serve as serve_offer};
pub use message::{receive_from, receive_message, send_message, takes_messages};
pub use name::{local_name, peer_name};
pub use port::{SKIP_PORT_ON_SUCCESS, SKIP_SET_EVENT, associate, set_notification_modes};
pub use queue::{Side, Started, error_of_status};
pub use shutdown::shutdown;
pub use transfer::{
    Flags, enable_receive_events, receive, receive_overlapped, send, send_overlapped,
};
pub use transmit::{Transmission, TransmitEnding, may_transmit, transmit_file};
pub use transmit_packets::{Packets, Piece, PieceData, may_transmit_packets, transmit_packets};

use crate::operation::{Operation, Route, Spare};
use crate::runtime;
use crate::sync::plain::{Arc, Mutex, MutexGuard, lock};
use crate::wait::Signal;
use acceptance::{Acceptance, Handed};
use conditional::Deferred;
use linsock_abi::map::Call;
use linsock_abi::{Errno, Win32Error, WsaError};
use linsock_backend::address::{self, Address};
use linsock_backend::net;
use linsock_backend::op::Target;
use operations::Operations;
use std::time::{Duration, Instant};

/// A SOCKET.
pub type Number = usize;

/// How long a connection may take: two retransmissions of the first segment after an initial
/// time-out of 3 s, as Windows does (C-087); the kernel would try for 127 s.
pub const CONNECT_SECONDS_MAX: u64 = 21;

const SOCK_STREAM: i32 = 1;
const SOCK_DGRAM: i32 = 2;
const SOCK_SEQPACKET: i32 = 5;

/// A socket's place in the table.
pub struct Place {
    socket: Mutex<Socket>,
    /// The handle's own signal, for operations without an event (27.B).
    pub signal: Signal,
}

impl Default for Place {
    fn default() -> Self {
        Place { socket: Mutex::default(), signal: Signal::new(true, false) }
    }
}

impl Place {
    /// The state of the socket, for one user at a time.
    #[inline]
    pub fn lock(&self) -> MutexGuard<'_, Socket> {
        lock(&self.socket)
    }

    /// The state of the socket, if nobody is at it.
    pub fn try_lock(&self) -> Option<MutexGuard<'_, Socket>> {
        self.socket.try_lock().ok()
    }
}

/// How far a socket has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Neither connected nor listening.
    #[default]
    Idle,
    /// A connection is being made.
    Connecting {
        /// By ConnectEx, not by connect.
        by_connect_ex: bool,
    },
    /// Connected.
    Connected,
    /// Listening.
    Listening,
}

/// Whether a connected socket has all its properties yet (C-103).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Context {
    /// Not connected, or by connect or accept: nothing is missing.
    #[default]
    Whole,
    /// Connected by ConnectEx or AcceptEx: SO_UPDATE_CONNECT_CONTEXT or
    /// SO_UPDATE_ACCEPT_CONTEXT is awaited.
    Default,
    /// The update was made.
    Updated,
}

/// Which end began a socket's connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// This one: ConnectEx, connect.
    #[default]
    Connect,
    /// The peer: AcceptEx, accept.
    Accept,
}

/// What a socket is bound to.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// The address asked for, with the port once it is known.
    pub address: Address,
    /// The kernel was told. A wildcard bind to port 0 is left to `connect`, which then
    /// chooses a port of the whole range (architecture: late choice).
    pub in_kernel: bool,
    /// The port is bound by its number and survives a failed connection (C-095).
    pub pinned: bool,
}

/// What the library knows of a socket.
#[derive(Default)]
pub struct Socket {
    open: bool,
    adopted: bool,
    /// Of an adopted socket: which one it is.
    cookie: u64,
    generation: u32,
    pub(crate) fd: net::Fd,
    pub(crate) family: u16,
    pub(crate) kind: i32,
    pub(crate) protocol: i32,
    /// Created with WSA_FLAG_OVERLAPPED, as `socket` always does (S-002).
    pub(crate) overlapped: bool,
    pub(crate) inherit: bool,
    pub(crate) nonblocking: bool,
    pub(crate) phase: Phase,
    pub(crate) context: Context,
    pub(crate) binding: Option<Binding>,
    /// How it keeps its address from others.
    hold: claim::Hold,
    /// SO_PAUSE_ACCEPT.
    paused: Option<pause::Paused>,
    /// What `listen` was told, within the kernel's limits.
    backlog: i32,
    /// The ICMP error that ended the last connection attempt (K-063).
    icmp_error: Option<Box<linsock_backend::error_queue::IcmpError>>,
    /// SO_REUSEADDR is set in the kernel, so that TIME_WAIT remains are in nobody's way.
    allows_reuse: bool,
    /// The socket came from an accept.
    accepted: bool,
    /// How its last connection came to be.
    origin: Origin,
    /// TransmitFile ended the connection and left the socket to this end alone (T-022).
    only_for: Option<Origin>,
    /// The transmission that ends the connection leaves the socket to that end.
    left_to_origin: bool,
    /// The listener that AcceptEx took the connection from, and which of the sockets of its
    /// number that was.
    accepted_from: Option<(Number, u32)>,
    /// The AcceptEx that this is, or was last, the accept socket of.
    accepting: Option<Arc<Acceptance>>,
    /// A listener's AcceptEx operations that wait for data at their accept sockets.
    handed: Vec<Handed>,
    /// A listener's connections that WSAAccept deferred, in the order of the backlog.
    deferred: Vec<Deferred>,
    /// How many connections a listener took from its backlog.
    taken: u64,
    /// WSADuplicateSocket: another descriptor may speak of the same connection.
    shared: bool,
    /// Our end of the connection was sent before the peer's came.
    closed_first: bool,
    /// The stream's end was read.
    saw_end: bool,
    /// The program bound a port by its number.
    pub(crate) asked_for_port: bool,
    pub(crate) peer: Address,
    /// When the connection came to be, on the monotonic clock (C-122).
    pub(crate) since: Option<Instant>,
    /// The error of the last failed connect, for SO_ERROR; it sticks (27.B).
    pub(crate) connect_error: Option<WsaError>,
    /// The connection's own end: reset or aborted (S-024).
    pub(crate) broken: Option<WsaError>,
    pub(crate) sends_shut: bool,
    pub(crate) receives_shut: bool,
    /// The socket came back from a connection, so TIME_WAIT may hold its next one (C-127).
    pub(crate) reused: bool,
    pub(crate) options: option::Options,
    pub(crate) route: Option<Route>,
    /// FILE_SKIP_* flags (P-033).
    pub(crate) modes: u8,
    /// A poller tells of this socket.
    watched: bool,
    /// The last receive took all there was.
    drained: bool,
    /// The last receive had no room for more, and nobody told whether there was more.
    filled: bool,
    /// Whether the kernel tells how much each receive leaves, once it was asked to.
    tells_rest: Option<bool>,
    /// The kernel was asked to keep reports of datagrams that did not arrive.
    keeps_reports: bool,
    /// Such a report that was taken from the kernel, and no receive was told yet.
    due_report: Option<Errno>,
    /// What the kernel was asked to tell beside datagrams, as bits; 0: nothing yet.
    asked_for_control: u16,
    /// What WSAEventSelect asked for.
    selection: Option<Box<network_events::Selection>>,
    /// The poller told of the peer's end of stream, and will not tell again.
    told_of_end: bool,
    /// Receives and accepts, in posting order.
    input: Operations,
    /// Connects, sends and disconnects, in posting order.
    output: Operations,
    /// What waits for news of addresses, routes and the like.
    awaiting_news: Operations,
    notices: notice::Notices,
    /// What the last receive was kept in, for the next one.
    spare: Spare,
}

impl Socket {
    /// Whether this is still the socket that an event speaks of.
    pub fn is_open_as(&self, generation: u32) -> bool {
        self.open && self.generation == generation
    }

    /// Whether the descriptor is still this socket's. Whoever made an adopted one may have closed it, and another socket
    /// may have its number; those of the library's own making are closed here.
    #[inline]
    fn is_itself(&self) -> bool {
        self.open && (!self.adopted || net::cookie(self.fd) == self.cookie)
    }

    /// Connection-oriented: a stream, or messages in sequence (C-013).
    pub fn is_connection_oriented(&self) -> bool {
        matches!(self.kind, SOCK_STREAM | SOCK_SEQPACKET)
    }

    /// A byte stream.
    pub fn is_stream(&self) -> bool {
        self.kind == SOCK_STREAM
    }

    /// The type and the protocol, which is told of even if 0 stood for it (K-026).
    pub fn kind_and_protocol(&self) -> (i32, i32) {
        let internet = matches!(self.family, address::AF_INET | address::AF_INET6);
        let protocol = match (self.protocol, self.kind) {
            (0, SOCK_STREAM) if internet => IPPROTO_TCP,
            (0, SOCK_DGRAM) if internet => IPPROTO_UDP,
            (protocol, _) => protocol,
        };
        (self.kind, protocol)
    }

    /// The address family in Windows' numbers.
    pub fn windows_family(&self) -> i32 {
        address::windows_family(self.family).into()
    }

    /// TCP over IPv4 or IPv6.
    pub fn is_tcp(&self) -> bool {
        self.is_stream() && matches!(self.family, address::AF_INET | address::AF_INET6)
    }

    /// Whether bind was called, or something bound it implicitly.
    pub fn is_bound(&self) -> bool {
        self.binding.is_some()
    }

    /// The address family, in the kernel's number.
    pub fn address_family(&self) -> u16 {
        self.family
    }

    /// Created with the overlapped attribute.
    pub fn is_overlapped(&self) -> bool {
        self.overlapped
    }

    /// Whether the socket is tied to a completion port.
    pub fn has_port(&self) -> bool {
        self.route.is_some()
    }

    /// Whether calls other than transfers are refused for want of a context update (C-106).
    pub fn lacks_context(&self) -> bool {
        self.context == Context::Default && !crate::settings::get().lenient_context
    }

    /// All operations that wait.
    fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.input.iter().chain(self.output.iter()).chain(self.awaiting_news.iter())
    }

    pub(crate) fn target(&self) -> Target<'_> {
        Target {
            fd: self.fd,
            peer: &self.peer,
            reports: self.reports(),
            tells_rest: self.tells_rest == Some(true),
        }
    }

    /// Seconds since the connection came to be; `None` while there is none (C-114, C-115).
    pub fn connected_for(&mut self) -> Option<Duration> {
        if self.since.is_none() && matches!(self.phase, Phase::Connecting { .. }) {
            self.notice_connection();
        }
        self.since.map(|since| since.elapsed())
    }

    /// Becomes a new socket, out of one that was never open or is as [`Socket::clear`] left it.
    fn become_new(&mut self, fd: net::Fd, family: u16, kind: i32, protocol: i32) {
        self.open = true;
        self.generation = self.generation.wrapping_add(1);
        self.fd = fd;
        self.family = family;
        self.kind = kind;
        self.protocol = protocol;
        self.overlapped = true;
    }

    /// Forgets everything but its generation: its next user finds it as if it were new.
    fn clear(&mut self) {
        *self = Socket { generation: self.generation, ..Socket::default() };
    }
}

/// The place of an open socket; a descriptor first seen is adopted.
///
/// # Errors
/// WSAENOTSOCK: not a socket (C-085).
#[inline]
pub fn find(number: Number) -> Result<&'static Place, WsaError> {
    if let Some(place) = runtime::get().sockets.find(number)
        && place.lock().is_itself()
    {
        return Ok(place);
    }
    adopt(number)
}

/// A socket's place, and the lock on what is there.
pub type Opened = (&'static Place, MutexGuard<'static, Socket>);

/// The place of an open socket, locked.
///
/// # Errors
/// WSAENOTSOCK.
// Left to itself the compiler calls it from ConnectEx at times, which is 30 instructions more.
#[inline(always)]
pub fn open(number: Number) -> Result<Opened, WsaError> {
    let place = match runtime::get().sockets.find(number) {
        Some(place) => place,
        None => adopt(number)?,
    };
    let socket = place.lock();
    if socket.is_itself() {
        return Ok((place, socket));
    }
    drop(socket);
    let place = adopt(number)?;
    let socket = place.lock();
    if socket.open { Ok((place, socket)) } else { Err(WsaError::WSAENOTSOCK) }
}

/// The signal of a socket's handle, for waits.
///
/// # Errors
/// ERROR_INVALID_HANDLE: not a socket.
pub fn signal_of(number: Number) -> Result<&'static Signal, Win32Error> {
    find(number).map(|place| &place.signal).map_err(|_| Win32Error::ERROR_INVALID_HANDLE)
}

/// What a duplicated handle of a socket remembers.
///
/// # Errors
/// ERROR_INVALID_HANDLE: not a socket.
pub fn duplicate(number: Number) -> Result<crate::handle::Duplicate, Win32Error> {
    let (_, socket) = open(number).map_err(|_| Win32Error::ERROR_INVALID_HANDLE)?;
    Ok(crate::handle::Duplicate { number, generation: socket.generation })
}

/// Whether a number still stands for the socket that a duplicate was made of.
pub fn is_open_as(number: Number, generation: u32) -> bool {
    let place = runtime::get().sockets.find(number);
    place.is_some_and(|place| place.lock().is_open_as(generation))
}

/// Takes a descriptor in that somebody else made.
#[cold]
fn adopt(number: Number) -> Result<&'static Place, WsaError> {
    let not_a_socket = WsaError::WSAENOTSOCK;
    let fd = i32::try_from(number).map_err(|_| not_a_socket)?;
    if crate::handle::is_handle(number) {
        return Err(not_a_socket);
    }
    net::describe(fd).map_err(|_| not_a_socket)?;
    let place = runtime::get().sockets.place(number).ok_or(not_a_socket)?;
    let mut socket = place.lock();
    if socket.is_itself() {
        return Ok(place);
    }
    // Asked again under the lock: a close may have come in between.
    let (family, kind, protocol) = net::describe(fd).map_err(|_| not_a_socket)?;
    if socket.open {
        socket.abandon(place);
        socket.clear();
    }
    socket.become_new(fd, family, kind, protocol);
    socket.adopted = true;
    socket.cookie = net::cookie(fd);
    socket.inherit = true;
    socket.nonblocking = net::is_nonblocking(fd).unwrap_or(false);
    socket.options.read_from_kernel(fd);
    if net::is_listening(fd) {
        socket.phase = Phase::Listening;
    } else if let Ok(peer) = net::peer_address(fd) {
        socket.peer = peer;
        socket.phase = Phase::Connected;
        socket.since = Some(Instant::now());
    }
    if let Ok(local) = net::local_address(fd)
        && (local.port() != 0 || socket.phase != Phase::Idle)
    {
        socket.binding = Some(Binding { address: local, in_kernel: true, pinned: true });
    }
    place.signal.reset();
    Ok(place)
}

/// Places a descriptor that this library made.
fn install(
    fd: net::Fd,
    family: u16,
    kind: i32,
    protocol: i32,
) -> Result<MutexGuard<'static, Socket>, WsaError> {
    let Some(place) = runtime::get().sockets.place(fd as usize) else {
        net::close(fd);
        return Err(WsaError::WSAEMFILE);
    };
    let mut socket = place.lock();
    if socket.open {
        // Its descriptor was closed behind the library's back and the number came round.
        socket.abandon(place);
        socket.clear();
    }
    socket.become_new(fd, family, kind, protocol);
    place.signal.reset();
    Ok(socket)
}

/// How a socket is made.
#[derive(Clone, Copy, Debug)]
pub struct Creation {
    /// The address family, in Windows' or the kernel's number.
    pub family: i32,
    /// The type; 0 lets the protocol choose (B-001).
    pub kind: i32,
    /// The protocol; 0 lets the type choose.
    pub protocol: i32,
    /// WSA_FLAG_OVERLAPPED.
    pub overlapped: bool,
    /// Child programs get the handle too (no WSA_FLAG_NO_HANDLE_INHERIT).
    pub inherit: bool,
}

/// Makes a socket.
///
/// # Errors
/// WSAEAFNOSUPPORT, WSAESOCKTNOSUPPORT, WSAEPROTONOSUPPORT, WSAEPROTOTYPE, WSAEMFILE (B-002).
pub fn create(creation: Creation) -> Result<Number, WsaError> {
    let (family, kind, protocol) = resolve(creation)?;
    if let Err(why) = linsock_backend::choice::choice() {
        tracing::error!("{why}");
        return Err(WsaError::WSASYSNOTREADY);
    }
    let fd = net::socket(family, kind, protocol, creation.inherit)
        .map_err(|errno| WsaError::from_errno(errno, Call::Socket))?;
    if family == address::AF_INET6 {
        // Windows' default is an IPv6-only socket (K-083).
        let _ = net::set_option_i32(fd, 41, 26, 1);
    }
    if matches!(kind, SOCK_DGRAM | SOCK_RAW) && family != address::AF_UNIX {
        // Windows gives a socket what came for groups that it joined itself (K-072).
        net::hear_own_groups_alone(fd);
    }
    let mut socket = install(fd, family, kind, protocol)?;
    socket.overlapped = creation.overlapped;
    socket.inherit = creation.inherit;
    Ok(fd as usize)
}

const IPPROTO_TCP: i32 = 6;
const IPPROTO_UDP: i32 = 17;
const IPPROTO_ICMP: i32 = 1;
const IPPROTO_ICMPV6: i32 = 58;
const SOCK_RAW: i32 = 3;

/// Fills in what 0 leaves open and refuses what does not go together (B-001, B-002).
fn resolve(creation: Creation) -> Result<(u16, i32, i32), WsaError> {
    let Creation { family, kind, protocol, .. } = creation;
    let known = |n: i32| u16::try_from(n).ok().map(address::kernel_family);
    let family = known(family).ok_or(WsaError::WSAEAFNOSUPPORT)?;
    let kind = match (kind, protocol) {
        (0, IPPROTO_TCP | 0) => SOCK_STREAM,
        (0, IPPROTO_UDP) => SOCK_DGRAM,
        (0, _) => SOCK_RAW,
        (kind, _) => kind,
    };
    match family {
        address::AF_UNIX => {
            if !matches!(kind, SOCK_STREAM | SOCK_DGRAM | SOCK_SEQPACKET) {
                return Err(WsaError::WSAESOCKTNOSUPPORT);
            }
            if protocol != 0 {
                return Err(WsaError::WSAEPROTONOSUPPORT);
            }
        }
        address::AF_INET | address::AF_INET6 => match (kind, protocol) {
            (SOCK_STREAM, 0 | IPPROTO_TCP) | (SOCK_DGRAM, 0 | IPPROTO_UDP) | (SOCK_RAW, _) => {}
            (
                SOCK_STREAM | SOCK_DGRAM,
                IPPROTO_TCP | IPPROTO_UDP | IPPROTO_ICMP | IPPROTO_ICMPV6,
            ) => {
                return Err(WsaError::WSAEPROTOTYPE);
            }
            (SOCK_STREAM | SOCK_DGRAM, _) => return Err(WsaError::WSAEPROTONOSUPPORT),
            _ => return Err(WsaError::WSAESOCKTNOSUPPORT),
        },
        _ => return Err(WsaError::WSAEAFNOSUPPORT),
    }
    Ok((family, kind, protocol))
}

/// The Winsock error of a kernel error.
pub(crate) fn translate(errno: Errno, call: Call) -> WsaError {
    WsaError::from_errno(errno, call)
}
