//! The socket options: Windows' numbers and the kernel's, one row each.

use super::Socket;
use linsock_abi::*;

/// What a value looks like on Windows' side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A DWORD that is read as 0 or 1 (K-004).
    Bool,
    /// As `Bool`; a single byte is taken too, as Windows' TCP does.
    Flag,
    /// A DWORD.
    Dword,
    /// What only code can tell.
    Special(Special),
}

/// Options that are more than a number to pass on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    /// Known, and refused with WSAEINVAL (K-017, K-022).
    Refused,
    AcceptConn,
    ReuseAddress,
    ExclusiveAddress,
    KeepAlive,
    Linger,
    DontLinger,
    SendTimeout,
    ReceiveTimeout,
    Error,
    Type,
    MaxMessage,
    RandomizePort,
    PortScalability,
    ConditionalAccept,
    ConnectTime,
    UpdateAcceptContext,
    UpdateConnectContext,
    /// Seconds between keep-alive probes, and before the first.
    KeepTime,
    KeepCount,
    MaxRetransmit,
    MaxRetransmitMs,
    NoSynRetries,
    FastOpen,
    V6Only,
    /// TCP_EXPEDITED_1122 and TCP_BSDURGENT, each the other's opposite.
    Urgent,
    /// The number of hops, or another number of a byte.
    Octet,
    /// Bytes that the kernel reads and writes itself.
    Bytes,
    PauseAccept,
    FailOnIcmp,
    IcmpError,
    DontFragment,
    PathMtu,
    MulticastInterface,
    SwappedIndex,
    Membership,
    SourceMembership,
    Membership6,
    Group,
    GroupSource,
}

/// Where a value lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// Level and name in the kernel, asked at every read.
    Kernel(i32, i32),
    /// Told to the kernel, and answered from what was set: the kernel's own answer differs.
    Both(i32, i32),
    /// In the library alone: stored, and read back.
    Library,
}

/// What may be done with an option (K-005).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Both,
    Get,
    Set,
}

/// The sockets that have an option; the others answer WSAENOPROTOOPT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Any,
    Stream,
    Tcp,
    Datagram,
    V4Datagram,
    Raw,
}

impl On {
    pub(super) fn includes(self, socket: &Socket) -> bool {
        let datagram = !socket.is_connection_oriented();
        match self {
            On::Any => true,
            On::Stream => socket.is_connection_oriented(),
            On::Tcp => socket.is_tcp(),
            On::Datagram => datagram,
            On::Raw => socket.kind == super::SOCK_RAW,
            On::V4Datagram => datagram && socket.family == linsock_backend::address::AF_INET,
        }
    }
}

/// Whether ConnectEx puts the option off until the context update (C-103).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// In effect at once.
    Now,
    /// In effect after the update.
    Update,
    /// Readable even before the update: a fact of the socket, not a property of its connection.
    Fact,
}

/// One option.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub level: i32,
    pub name: i32,
    pub home: Home,
    pub shape: Shape,
    pub access: Access,
    pub default: i32,
    pub on: On,
    pub until: Until,
}

const fn row(
    (level, name): (i32, i32),
    home: Home,
    shape: Shape,
    access: Access,
    default: i32,
    on: On,
    until: Until,
) -> Row {
    Row { level, name, home, shape, access, default, on, until }
}

/// The row of an option.
///
/// # Errors
/// WSAEINVAL: no such level; WSAENOPROTOOPT: no such option (K-002).
pub(super) fn find(level: i32, name: i32) -> Result<&'static Row, WsaError> {
    if !matches!(level, S | T | U | P4 | P6) {
        return Err(WsaError::WSAEINVAL);
    }
    SORTED
        .binary_search_by_key(&key(level, name), |&(key, _)| key)
        .map(|found| &ROWS[usize::from(SORTED[found].1)])
        .map_err(|_| WsaError::WSAENOPROTOOPT)
}

#[cfg(test)]
pub(super) fn rows() -> &'static [Row] {
    ROWS
}

const fn key(level: i32, name: i32) -> u64 {
    (level as u32 as u64) << 32 | name as u32 as u64
}

/// The rows' keys in their order, each with its row's place: the rows themselves are in the order
/// of their clauses.
static SORTED: [(u64, u8); ROWS.len()] = {
    let mut sorted = [(0, 0); ROWS.len()];
    let mut n = 0;
    while n < ROWS.len() {
        let key = key(ROWS[n].level, ROWS[n].name);
        let mut to = n;
        while to > 0 && sorted[to - 1].0 > key {
            sorted[to] = sorted[to - 1];
            to -= 1;
        }
        sorted[to] = (key, n as u8);
        n += 1;
    }
    sorted
};

const S: i32 = SOL_SOCKET;
const T: i32 = IPPROTO_TCP;
const U: i32 = IPPROTO_UDP;
const P4: i32 = IPPROTO_IP;
const P6: i32 = IPPROTO_IPV6;

use Access::{Both as RW, Get as R, Set as W};
use Home::{Both, Kernel, Library as Lib};
use On::{Any, Datagram, Raw, Stream, Tcp, V4Datagram};
use Shape::{Bool, Dword, Flag, Special as Sp};
use Special as X;
use Until::{Fact, Now, Update};

// The kernel's numbers: asm-generic/socket.h (level 1), linux/in.h (0), in6.h (41), tcp.h (6),
// udp.h (17). Windows' and the defaults: contract, section 14, rows K-010 to K-091.
#[rustfmt::skip]
static ROWS: &[Row] = &[
    // Windows                                    home            shape                      access def    on        in effect  clause
    row((S, SO_DEBUG),                            Lib,            Bool,                      RW, 0,        Any,        Now),    // K-010
    row((S, SO_ACCEPTCONN),                       Lib,            Sp(X::AcceptConn),         R,  0,        Any,        Fact),   // K-011
    row((S, SO_REUSEADDR),                        Lib,            Sp(X::ReuseAddress),       RW, 0,        Any,        Now),    // K-012
    row((S, SO_EXCLUSIVEADDRUSE),                 Lib,            Sp(X::ExclusiveAddress),   RW, 0,        Any,        Now),    // K-013
    row((S, SO_KEEPALIVE),                        Kernel(1, 9),   Sp(X::KeepAlive),          RW, 0,        Stream,     Update), // K-014
    row((S, SO_DONTROUTE),                        Lib,            Bool,                      RW, 0,        Any,        Now),    // K-015
    row((S, SO_BROADCAST),                        Kernel(1, 6),   Bool,                      RW, 0,        Datagram,   Now),    // K-016
    row((S, SO_USELOOPBACK),                      Lib,            Sp(X::Refused),            RW, 0,        Any,        Now),    // K-017
    row((S, SO_LINGER),                           Lib,            Sp(X::Linger),             RW, 0,        Stream,     Now),    // K-018
    row((S, SO_DONTLINGER),                       Lib,            Sp(X::DontLinger),         RW, 1,        Stream,     Now),    // K-019
    row((S, SO_OOBINLINE),                        Kernel(1, 10),  Bool,                      RW, 0,        Stream,     Update), // K-020
    row((S, SO_SNDBUF),                           Both(1, 7),     Dword,                     RW, 65536,    Any,        Now),    // K-021
    row((S, SO_RCVBUF),                           Both(1, 8),     Dword,                     RW, 65536,    Any,        Now),    // K-021
    row((S, SO_SNDLOWAT),                         Lib,            Sp(X::Refused),            RW, 0,        Any,        Now),    // K-022
    row((S, SO_RCVLOWAT),                         Lib,            Sp(X::Refused),            RW, 0,        Any,        Now),    // K-022
    row((S, SO_SNDTIMEO),                         Lib,            Sp(X::SendTimeout),        RW, 0,        Any,        Now),    // K-023
    row((S, SO_RCVTIMEO),                         Lib,            Sp(X::ReceiveTimeout),     RW, 0,        Any,        Now),    // K-023
    row((S, SO_ERROR),                            Lib,            Sp(X::Error),              R,  0,        Any,        Fact),   // K-024
    row((S, SO_TYPE),                             Lib,            Sp(X::Type),               R,  0,        Any,        Fact),   // K-025
    row((S, SO_MAX_MSG_SIZE),                     Lib,            Sp(X::MaxMessage),         R,  0,        Datagram,   Fact),   // K-028
    row((S, SO_CONDITIONAL_ACCEPT),               Lib,            Sp(X::ConditionalAccept),  RW, 0,        Stream,     Now),    // K-031
    row((S, SO_PAUSE_ACCEPT as i32),              Lib,            Sp(X::PauseAccept),        RW, 0,        Stream,     Now),    // K-032
    row((S, SO_RANDOMIZE_PORT),                   Lib,            Sp(X::RandomizePort),      RW, 0,        Any,        Now),    // K-034
    row((S, SO_PORT_SCALABILITY),                 Lib,            Sp(X::PortScalability),    RW, 0,        Any,        Now),    // K-035
    row((S, SO_REUSE_UNICASTPORT),                Lib,            Bool,                      RW, 0,        Any,        Now),    // K-036
    row((S, SO_REUSE_MULTICASTPORT),              Both(1, 2),     Bool,                      RW, 0,        Datagram,   Now),    // K-037
    row((S, SO_MAXDG),                            Lib,            Sp(X::MaxMessage),         R,  0,        Datagram,   Fact),   // K-040
    row((S, SO_MAXPATHDG),                        Lib,            Sp(X::MaxMessage),         R,  0,        Datagram,   Fact),   // K-040
    row((S, SO_UPDATE_ACCEPT_CONTEXT),            Lib,            Sp(X::UpdateAcceptContext), W, 0,        Stream,     Fact),   // K-041
    row((S, SO_CONNECT_TIME),                     Lib,            Sp(X::ConnectTime),        R,  0,        Any,        Fact),   // K-042
    row((S, SO_UPDATE_CONNECT_CONTEXT),           Lib,            Sp(X::UpdateConnectContext), W, 0,       Stream,     Fact),   // K-043

    row((T, TCP_NODELAY),                         Kernel(6, 1),   Flag,                      RW, 0,        Tcp,        Update), // K-050
    row((T, TCP_EXPEDITED_1122),                  Lib,            Sp(X::Urgent),             RW, 0,        Tcp,        Now),    // K-051
    row((T, TCP_BSDURGENT),                       Lib,            Sp(X::Urgent),             RW, 1,        Tcp,        Now),    // K-051
    row((T, TCP_KEEPIDLE),                        Both(6, 4),     Sp(X::KeepTime),           RW, 7200,     Tcp,        Update), // K-052
    row((T, TCP_MAXSEG),                          Kernel(6, 2),   Dword,                     RW, 0,        Tcp,        Now),    // K-053
    row((T, TCP_MAXRT),                           Lib,            Sp(X::MaxRetransmit),      RW, 0,        Tcp,        Now),    // K-054
    row((T, TCP_NOSYNRETRIES),                    Lib,            Sp(X::NoSynRetries),       RW, 0,        Tcp,        Now),    // K-056
    row((T, TCP_TIMESTAMPS),                      Lib,            Flag,                      RW, 0,        Tcp,        Now),    // K-057
    row((T, TCP_OFFLOAD_PREFERENCE),              Lib,            Dword,                     RW, 0,        Tcp,        Now),    // K-058
    row((T, TCP_CONGESTION_ALGORITHM),            Lib,            Dword,                     RW, 0,        Tcp,        Now),    // K-058
    row((T, TCP_DELAY_FIN_ACK),                   Lib,            Dword,                     RW, 0,        Tcp,        Now),    // K-058
    row((T, TCP_MAXRTMS),                         Lib,            Sp(X::MaxRetransmitMs),    RW, 0,        Tcp,        Now),    // K-059
    row((T, TCP_FASTOPEN),                        Lib,            Sp(X::FastOpen),           RW, 0,        Tcp,        Now),    // K-060
    row((T, TCP_KEEPCNT),                         Both(6, 6),     Sp(X::KeepCount),          RW, 10,       Tcp,        Update), // K-061
    row((T, TCP_KEEPINTVL),                       Both(6, 5),     Sp(X::KeepTime),           RW, 1,        Tcp,        Update), // K-062
    row((T, TCP_FAIL_CONNECT_ON_ICMP_ERROR),      Lib,            Sp(X::FailOnIcmp),         RW, 0,        Tcp,        Now),    // K-063
    row((T, TCP_ICMP_ERROR_INFO),                 Lib,            Sp(X::IcmpError),          R,  0,        Tcp,        Now),    // K-063

    row((P4, IP_OPTIONS),                         Kernel(0, 4),   Sp(X::Bytes),              RW, 0,        Any,        Now),    // K-070
    row((P4, IP_HDRINCL),                         Kernel(0, 3),   Bool,                      RW, 0,        Raw,        Now),    // K-070
    row((P4, IP_TOS),                             Kernel(0, 1),   Sp(X::Octet),              RW, 0,        Any,        Now),    // K-070
    row((P4, IP_TTL),                             Kernel(0, 2),   Sp(X::Octet),              RW, 64,       Any,        Now),    // K-070
    row((P4, IP_MULTICAST_IF),                    Kernel(0, 32),  Sp(X::MulticastInterface), RW, 0,        Datagram,   Now),    // K-071
    row((P4, IP_MULTICAST_TTL),                   Kernel(0, 33),  Sp(X::Octet),              RW, 1,        Datagram,   Now),    // K-071
    row((P4, IP_MULTICAST_LOOP),                  Kernel(0, 34),  Flag,                      RW, 1,        Datagram,   Now),    // K-071
    row((P4, IP_ADD_MEMBERSHIP),                  Kernel(0, 35),  Sp(X::Membership),         W,  0,        Datagram,   Now),    // K-072
    row((P4, IP_DROP_MEMBERSHIP),                 Kernel(0, 36),  Sp(X::Membership),         W,  0,        Datagram,   Now),    // K-072
    row((P4, IP_DONTFRAGMENT),                    Kernel(0, 10),  Sp(X::DontFragment),       RW, 0,        Any,        Now),    // K-073
    row((P4, IP_ADD_SOURCE_MEMBERSHIP),           Kernel(0, 39),  Sp(X::SourceMembership),   W,  0,        Datagram,   Now),    // K-074
    row((P4, IP_DROP_SOURCE_MEMBERSHIP),          Kernel(0, 40),  Sp(X::SourceMembership),   W,  0,        Datagram,   Now),    // K-074
    row((P4, IP_BLOCK_SOURCE),                    Kernel(0, 38),  Sp(X::SourceMembership),   W,  0,        Datagram,   Now),    // K-074
    row((P4, IP_UNBLOCK_SOURCE),                  Kernel(0, 37),  Sp(X::SourceMembership),   W,  0,        Datagram,   Now),    // K-074
    row((P4, IP_PKTINFO),                         Both(0, 8),     Bool,                      RW, 0,        Datagram,   Now),    // K-075
    row((P4, IP_RECEIVE_BROADCAST),               Lib,            Bool,                      RW, 1,        Datagram,   Now),    // K-075
    row((P4, IP_RECVIF),                          Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-075
    row((P4, IP_RECVDSTADDR),                     Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-075
    row((P4, IP_RECVTTL),                         Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-076
    row((P4, IP_UNICAST_IF),                      Kernel(0, 50),  Dword,                     RW, 0,        Any,        Now),    // K-076
    row((P4, IP_RECVTOS),                         Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-076
    row((P4, IP_RECVECN),                         Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-076
    row((P4, IP_ORIGINAL_ARRIVAL_IF),             Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-077
    row((P4, IP_MTU_DISCOVER),                    Kernel(0, 10),  Sp(X::PathMtu),            RW, 0,        Any,        Now),    // K-077
    row((P4, IP_MTU),                             Kernel(0, 14),  Dword,                     R,  0,        Any,        Now),    // K-077
    row((P4, IP_RECVERR),                         Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-077
    row((P4, IP_USER_MTU),                        Lib,            Dword,                     RW, -1,       Any,        Now),    // K-077
    row((P4, MCAST_JOIN_GROUP as i32),            Kernel(0, 42),  Sp(X::Group),              W,  0,        Datagram,   Now),    // K-086
    row((P4, MCAST_LEAVE_GROUP as i32),           Kernel(0, 45),  Sp(X::Group),              W,  0,        Datagram,   Now),    // K-086
    row((P4, MCAST_BLOCK_SOURCE as i32),          Kernel(0, 43),  Sp(X::GroupSource),        W,  0,        Datagram,   Now),    // K-086
    row((P4, MCAST_UNBLOCK_SOURCE as i32),        Kernel(0, 44),  Sp(X::GroupSource),        W,  0,        Datagram,   Now),    // K-086
    row((P4, MCAST_JOIN_SOURCE_GROUP as i32),     Kernel(0, 46),  Sp(X::GroupSource),        W,  0,        Datagram,   Now),    // K-086
    row((P4, MCAST_LEAVE_SOURCE_GROUP as i32),    Kernel(0, 47),  Sp(X::GroupSource),        W,  0,        Datagram,   Now),    // K-086

    row((P6, IPV6_UNICAST_HOPS),                  Kernel(41, 16), Sp(X::Octet),              RW, 64,       Any,        Now),    // K-080
    row((P6, IPV6_MULTICAST_IF),                  Kernel(41, 17), Dword,                     RW, 0,        Datagram,   Now),    // K-080
    row((P6, IPV6_MULTICAST_HOPS),                Kernel(41, 18), Sp(X::Octet),              RW, 1,        Datagram,   Now),    // K-080
    row((P6, IPV6_MULTICAST_LOOP),                Kernel(41, 19), Bool,                      RW, 1,        Datagram,   Now),    // K-080
    row((P6, IPV6_JOIN_GROUP),                    Kernel(41, 20), Sp(X::Membership6),        W,  0,        Datagram,   Now),    // K-081
    row((P6, IPV6_LEAVE_GROUP),                   Kernel(41, 21), Sp(X::Membership6),        W,  0,        Datagram,   Now),    // K-081
    row((P6, IPV6_DONTFRAG),                      Kernel(41, 62), Bool,                      RW, 0,        Any,        Now),    // K-082
    row((P6, IPV6_PKTINFO),                       Both(41, 49),   Bool,                      RW, 0,        Datagram,   Now),    // K-082
    row((P6, IPV6_HOPLIMIT),                      Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-082
    row((P6, IPV6_RECVIF),                        Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-082
    row((P6, IPV6_RECVDSTADDR),                   Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-082
    row((P6, IPV6_CHECKSUM),                      Kernel(41, 7),  Dword,                     RW, -1,       Raw,        Now),    // K-082
    row((P6, IPV6_V6ONLY),                        Kernel(41, 26), Sp(X::V6Only),             RW, 1,        Any,        Now),    // K-083
    row((P6, IPV6_PROTECTION_LEVEL),              Lib,            Dword,                     RW, 20,       Any,        Now),    // K-084
    row((P6, IPV6_UNICAST_IF),                    Kernel(41, 76), Sp(X::SwappedIndex),       RW, 0,        Any,        Now),    // K-085
    row((P6, IPV6_RTHDR),                         Kernel(41, 57), Sp(X::Bytes),              RW, 0,        Any,        Now),    // K-085
    row((P6, IPV6_RECVRTHDR),                     Kernel(41, 56), Bool,                      RW, 0,        Datagram,   Now),    // K-085
    row((P6, IPV6_TCLASS),                        Kernel(41, 67), Sp(X::Octet),              RW, 0,        Any,        Now),    // K-085
    row((P6, IPV6_RECVTCLASS),                    Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-085
    row((P6, IPV6_RECVECN),                       Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-085
    row((P6, IPV6_MTU_DISCOVER),                  Kernel(41, 23), Sp(X::PathMtu),            RW, 0,        Any,        Now),    // K-085
    row((P6, IPV6_MTU),                           Kernel(41, 24), Dword,                     R,  0,        Any,        Now),    // K-085
    row((P6, IPV6_RECVERR),                       Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-085
    row((P6, IPV6_USER_MTU),                      Lib,            Dword,                     RW, -1,       Any,        Now),    // K-085
    row((P6, MCAST_JOIN_GROUP as i32),            Kernel(41, 42), Sp(X::Group),              W,  0,        Datagram,   Now),    // K-086
    row((P6, MCAST_LEAVE_GROUP as i32),           Kernel(41, 45), Sp(X::Group),              W,  0,        Datagram,   Now),    // K-086
    row((P6, MCAST_BLOCK_SOURCE as i32),          Kernel(41, 43), Sp(X::GroupSource),        W,  0,        Datagram,   Now),    // K-086
    row((P6, MCAST_UNBLOCK_SOURCE as i32),        Kernel(41, 44), Sp(X::GroupSource),        W,  0,        Datagram,   Now),    // K-086
    row((P6, MCAST_JOIN_SOURCE_GROUP as i32),     Kernel(41, 46), Sp(X::GroupSource),        W,  0,        Datagram,   Now),    // K-086
    row((P6, MCAST_LEAVE_SOURCE_GROUP as i32),    Kernel(41, 47), Sp(X::GroupSource),        W,  0,        Datagram,   Now),    // K-086

    row((U, UDP_NOCHECKSUM),                      Kernel(1, 11),  Bool,                      RW, 0,        V4Datagram, Now),    // K-090
    row((U, UDP_CHECKSUM_COVERAGE),               Lib,            Bool,                      RW, 0,        Datagram,   Now),    // K-090
    row((U, UDP_SEND_MSG_SIZE),                   Kernel(17, 103), Dword,                    RW, 0,        Datagram,   Now),    // K-091
    // The kernel's UDP_GRO hands several datagrams over as one and tells their size in control
    // data, so it cannot be on under a plain receive.
    row((U, UDP_RECV_MAX_COALESCED_SIZE),         Lib,            Dword,                     RW, 0,        Datagram,   Now),    // K-091
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_option_has_one_row() {
        let names: BTreeSet<(i32, i32)> = ROWS.iter().map(|row| (row.level, row.name)).collect();
        assert_eq!(names.len(), ROWS.len());
        for row in ROWS {
            assert!(std::ptr::eq(find(row.level, row.name).unwrap(), row), "{row:?}");
        }
    }

    #[test]
    fn only_numbers_are_put_off_until_the_update() {
        // `Options::held` keeps one integer of the kernel's for each of them.
        for row in ROWS.iter().filter(|row| row.until == Update) {
            assert!(matches!(row.home, Kernel(..) | Both(..)), "{row:?}");
        }
    }

    #[test]
    fn k_002_unknown_level_and_unknown_option() {
        assert_eq!(find(4711, 1).err(), Some(WsaError::WSAEINVAL));
        assert_eq!(find(S, 4711).err(), Some(WsaError::WSAENOPROTOOPT));
        assert_eq!(find(T, TCP_NODELAY).map(|row| row.home).ok(), Some(Kernel(6, 1)));
    }
}
