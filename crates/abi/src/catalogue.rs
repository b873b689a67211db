//! The catalogue of protocols: what WSAEnumProtocols lists and a socket's WSAPROTOCOL_INFO says.

use crate::guid::GUID;
use crate::{
    AF_INET, AF_INET6, AF_UNIX, BASE_PROTOCOL, BIGENDIAN, IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP,
    PFL_HIDDEN, PFL_MATCHES_PROTOCOL_ZERO, SECURITY_PROTOCOL_NONE, SOCK_DGRAM, SOCK_RAW,
    SOCK_STREAM, WSAPROTOCOL_INFOW, WSAPROTOCOLCHAIN, XP1_CONNECTIONLESS, XP1_EXPEDITED_DATA,
    XP1_GRACEFUL_CLOSE, XP1_GUARANTEED_DELIVERY, XP1_GUARANTEED_ORDER, XP1_IFS_HANDLES,
    XP1_MESSAGE_ORIENTED, XP1_SUPPORT_BROADCAST, XP1_SUPPORT_MULTIPOINT,
};

/// One protocol.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// dwCatalogEntryId.
    pub id: u32,
    /// szProtocol.
    pub name: &'static str,
    /// iAddressFamily, in Windows' number.
    pub family: i32,
    /// iSocketType.
    pub kind: i32,
    /// iProtocol; of raw sockets the first of a range.
    pub protocol: i32,
    /// iProtocolMaxOffset: how many protocols more the entry is for.
    pub protocol_max_offset: i32,
    /// dwServiceFlags1.
    pub services: u32,
    /// dwProviderFlags.
    pub flags: u32,
    /// ProviderId.
    pub provider: GUID,
    /// iMinSockAddr and iMaxSockAddr.
    pub address_bytes: (i32, i32),
    /// dwMessageSize; 0 for streams.
    pub message_bytes: u32,
}

const STREAM: u32 = XP1_IFS_HANDLES
    | XP1_EXPEDITED_DATA
    | XP1_GRACEFUL_CLOSE
    | XP1_GUARANTEED_ORDER
    | XP1_GUARANTEED_DELIVERY;
/// A local stream has no urgent data.
const LOCAL: u32 = STREAM & !XP1_EXPEDITED_DATA;
const DATAGRAM: u32 = XP1_IFS_HANDLES
    | XP1_SUPPORT_MULTIPOINT
    | XP1_SUPPORT_BROADCAST
    | XP1_MESSAGE_ORIENTED
    | XP1_CONNECTIONLESS;

const ZERO: u32 = PFL_MATCHES_PROTOCOL_ZERO;
const RAW: u32 = PFL_MATCHES_PROTOCOL_ZERO | PFL_HIDDEN;

// The identifiers are those of Windows' own providers: programs compare them.
const TCPIP: GUID = GUID::from_u128(0xE70F1AA0_AB8B_11CF_8CA3_00805F48A192);
const TCPIP6: GUID = GUID::from_u128(0xF9EAB0C0_26D4_11D0_BBBF_00AA006C34E4);
const UNIX: GUID = GUID::from_u128(0xA00943D9_9C2E_4633_9B59_0057A3160994);

const V4: (i32, i32) = (16, 16);
const V6: (i32, i32) = (28, 28);
const PATH: (i32, i32) = (2, 110);

/// The longest datagram: 65,535 bytes less the headers of UDP and an IP with all its options.
const UDP_BYTES: u32 = 65_467;
const RAW_BYTES: u32 = 32_768;
/// Every number of a protocol.
const ANY: i32 = 255;

const I4: i32 = AF_INET as i32;
const I6: i32 = AF_INET6 as i32;
const LO: i32 = AF_UNIX as i32;

/// All of them, in the order in which they are listed and looked for.
#[rustfmt::skip]
pub const CATALOGUE: [Entry; 7] = [
    entry(1001, "MSAFD Tcpip [TCP/IP]",   (I4, SOCK_STREAM, IPPROTO_TCP, 0),   STREAM,   ZERO, TCPIP,  V4,   0),
    entry(1002, "MSAFD Tcpip [UDP/IP]",   (I4, SOCK_DGRAM,  IPPROTO_UDP, 0),   DATAGRAM, ZERO, TCPIP,  V4,   UDP_BYTES),
    entry(1003, "MSAFD Tcpip [RAW/IP]",   (I4, SOCK_RAW,    IPPROTO_IP,  ANY), DATAGRAM, RAW,  TCPIP,  V4,   RAW_BYTES),
    entry(1004, "MSAFD Tcpip [TCP/IPv6]", (I6, SOCK_STREAM, IPPROTO_TCP, 0),   STREAM,   ZERO, TCPIP6, V6,   0),
    entry(1005, "MSAFD Tcpip [UDP/IPv6]", (I6, SOCK_DGRAM,  IPPROTO_UDP, 0),   DATAGRAM, ZERO, TCPIP6, V6,   UDP_BYTES),
    entry(1006, "MSAFD Tcpip [RAW/IPv6]", (I6, SOCK_RAW,    IPPROTO_IP,  ANY), DATAGRAM, RAW,  TCPIP6, V6,   RAW_BYTES),
    entry(1007, "AF_UNIX",                (LO, SOCK_STREAM, 0,           0),   LOCAL,    ZERO, UNIX,   PATH, 0),
];

#[allow(clippy::too_many_arguments)]
const fn entry(
    id: u32,
    name: &'static str,
    (family, kind, protocol, protocol_max_offset): (i32, i32, i32, i32),
    services: u32,
    flags: u32,
    provider: GUID,
    address_bytes: (i32, i32),
    message_bytes: u32,
) -> Entry {
    Entry {
        id,
        name,
        family,
        kind,
        protocol,
        protocol_max_offset,
        services,
        flags,
        provider,
        address_bytes,
        message_bytes,
    }
}

/// The entry of a socket's family, in Windows' number, type and protocol.
pub fn find(family: i32, kind: i32, protocol: i32) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| {
        let last = entry.protocol + entry.protocol_max_offset;
        let numbers = entry.protocol..=last;
        entry.family == family
            && entry.kind == kind
            && (numbers.contains(&protocol) || protocol == 0 && entry.flags & ZERO != 0)
    })
}

impl Entry {
    /// As WSAEnumProtocolsW tells it. The other forms differ in the text at the end alone.
    pub fn info_w(&self) -> WSAPROTOCOL_INFOW {
        let mut name = [0; 256];
        for (to, from) in name.iter_mut().zip(self.name.encode_utf16()) {
            *to = from;
        }
        let (min, max) = self.address_bytes;
        WSAPROTOCOL_INFOW {
            dwServiceFlags1: self.services,
            dwServiceFlags2: 0,
            dwServiceFlags3: 0,
            dwServiceFlags4: 0,
            dwProviderFlags: self.flags,
            ProviderId: self.provider,
            dwCatalogEntryId: self.id,
            ProtocolChain: WSAPROTOCOLCHAIN {
                ChainLen: BASE_PROTOCOL.cast_signed(),
                ChainEntries: [0; 7],
            },
            iVersion: 2,
            iAddressFamily: self.family,
            iMaxSockAddr: max,
            iMinSockAddr: min,
            iSocketType: self.kind,
            iProtocol: self.protocol,
            iProtocolMaxOffset: self.protocol_max_offset,
            iNetworkByteOrder: BIGENDIAN.cast_signed(),
            iSecurityScheme: SECURITY_PROTOCOL_NONE.cast_signed(),
            dwMessageSize: self.message_bytes,
            dwProviderReserved: 0,
            szProtocol: name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IPPROTO_ICMPV6;

    #[test]
    fn sockets_find_their_entries() {
        let id = |family, kind, protocol| find(family, kind, protocol).map(|entry| entry.id);
        assert_eq!(id(I4, SOCK_STREAM, IPPROTO_TCP), Some(1001));
        assert_eq!(id(I4, SOCK_STREAM, 0), Some(1001));
        assert_eq!(id(I6, SOCK_DGRAM, IPPROTO_UDP), Some(1005));
        assert_eq!(id(I6, SOCK_RAW, IPPROTO_ICMPV6), Some(1006));
        assert_eq!(id(LO, SOCK_STREAM, 0), Some(1007));
        assert_eq!(id(I4, SOCK_STREAM, IPPROTO_UDP), None);
        assert_eq!(id(LO, SOCK_DGRAM, 0), None);
    }

    #[test]
    fn a_tcp_entry_reads_as_windows_has_it() {
        let tcp = CATALOGUE[0].info_w();
        assert_eq!((tcp.dwServiceFlags1, tcp.dwProviderFlags), (0x20066, 8));
        assert_eq!(CATALOGUE[1].services, 0x20609);
    }
}
