//! Numbers that have names: which table a parameter's are in, and the tables.

use super::Call;
use super::line::Line;
use linsock_abi::*;
use std::fmt::{self, Write};

type Names = &'static [(&'static str, u32)];

/// How a number is told by names.
pub enum Table {
    /// It is one of them.
    One(Names),
    /// It is a sum of them.
    Sum(Names),
    /// Winsock's or Win32's errors.
    Error,
}

macro_rules! names {
    ($($name:ident),* $(,)?) => { &[$((stringify!($name), $name as u32)),*] };
}

impl Table {
    /// The name, or names, or the number.
    pub fn write(&self, line: &mut Line, number: u32) -> fmt::Result {
        match self {
            Table::One(names) => match names.iter().find(|(_, value)| *value == number) {
                Some((name, _)) => line.write_str(name),
                None if number < 0x1_0000 => write!(line, "{number}"),
                None => write!(line, "{number:#x}"),
            },
            Table::Sum(names) => sum(line, names, number),
            Table::Error => match Win32Error(number).name() {
                Some(name) if number != 0 => write!(line, "{name}"),
                _ => write!(line, "{}", number as i32),
            },
        }
    }
}

fn sum(line: &mut Line, names: Names, number: u32) -> fmt::Result {
    let mut rest = number;
    let mut mark = "";
    for (name, value) in names {
        if *value != 0 && rest & value == *value {
            write!(line, "{mark}{name}")?;
            (rest, mark) = (rest & !value, "|");
        }
    }
    match rest {
        0 if number != 0 => Ok(()),
        0..10 => write!(line, "{mark}{rest}"),
        _ => write!(line, "{mark}{rest:#x}"),
    }
}

/// The table of a parameter, if it has one.
pub fn of_parameter(call: &Call, at: usize) -> Option<Table> {
    let (name, of) = call.parameter(at);
    let table = match (call.function.name, name) {
        (_, "af" | "family" | "addressfamily") => Table::One(FAMILIES),
        ("socket" | "WSASocketA" | "WSASocketW", "r#type" | "type") => Table::One(TYPES),
        ("socket" | "WSASocketA" | "WSASocketW", "protocol") => Table::One(PROTOCOLS),
        ("WSASocketA" | "WSASocketW", "dwflags") => Table::Sum(SOCKET_FLAGS),
        ("getsockopt" | "setsockopt", "level") => Table::One(LEVELS),
        ("getsockopt" | "setsockopt", "optname") => Table::One(options(call.word(at - 1) as u32)),
        ("shutdown", "how") => Table::One(HOWS),
        ("ioctlsocket", "cmd") => Table::One(COMMANDS),
        ("WSAEventSelect", "lnetworkevents") => Table::Sum(EVENTS),
        ("WSAIoctl", "dwiocontrolcode") => Table::One(SIO),
        (
            "send" | "recv" | "sendto" | "recvfrom" | "WSASend" | "WSASendTo" | "WSASendMsg",
            "flags" | "dwflags",
        ) => Table::Sum(MESSAGE_FLAGS),
        ("TransmitFile" | "TransmitPackets" | "DisconnectEx", "dwflags" | "dwreserved") => {
            Table::Sum(TRANSMIT_FLAGS)
        }
        ("SetFileCompletionNotificationModes", "flags") => Table::Sum(MODES),
        ("CreateFileA" | "CreateFileW" | "CreateFileW_utf32", "dwdesiredaccess") => {
            Table::Sum(ACCESS)
        }
        ("SetHandleInformation", "dwmask" | "dwflags") => Table::Sum(HANDLE_FLAGS_NAMES),
        ("GetAdaptersAddresses" | "GetAdaptersAddresses_utf32", "flags") => Table::Sum(ADAPTERS),
        (
            "CryptAcquireContextA" | "CryptAcquireContextW" | "CryptAcquireContextW_utf32",
            "dwflags",
        ) => Table::Sum(PROVIDER),
        (_, "dwprovtype") => Table::One(PROVIDERS),
        ("SetLastError", _) | ("WSASetLastError", _) => Table::Error,
        _ => match of {
            "FILE_CREATION_DISPOSITION" => Table::One(DISPOSITIONS),
            "FILE_SHARE_MODE" => Table::Sum(SHARES),
            "FILE_FLAGS_AND_ATTRIBUTES" => Table::Sum(ATTRIBUTES),
            "FILE_MAP" => Table::Sum(VIEWS),
            "MOVE_FILE_FLAGS" => Table::Sum(MOVES),
            "SET_FILE_POINTER_MOVE_METHOD" => Table::One(METHODS),
            "DUPLICATE_HANDLE_OPTIONS" => Table::Sum(DUPLICATE),
            _ => return None,
        },
    };
    Some(table)
}

fn options(level: u32) -> Names {
    match level as i32 {
        SOL_SOCKET => SO,
        IPPROTO_IP => IP,
        IPPROTO_IPV6 => IPV6,
        IPPROTO_TCP => TCP,
        IPPROTO_UDP => UDP,
        _ => &[],
    }
}

const FAMILIES: Names = names![AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6];
const TYPES: Names = names![SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET];
const PROTOCOLS: Names =
    names![IPPROTO_ICMP, IPPROTO_IGMP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6, IPPROTO_RAW];
const LEVELS: Names = names![SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP];
const HOWS: Names = names![SD_RECEIVE, SD_SEND, SD_BOTH];
const COMMANDS: Names =
    names![FIONBIO, FIONREAD, FIOASYNC, SIOCATMARK, SIOCGHIWAT, SIOCGLOWAT, SIOCSHIWAT, SIOCSLOWAT];
const SOCKET_FLAGS: Names = names![
    WSA_FLAG_OVERLAPPED,
    WSA_FLAG_MULTIPOINT_C_ROOT,
    WSA_FLAG_MULTIPOINT_C_LEAF,
    WSA_FLAG_MULTIPOINT_D_ROOT,
    WSA_FLAG_MULTIPOINT_D_LEAF,
    WSA_FLAG_ACCESS_SYSTEM_SECURITY,
    WSA_FLAG_NO_HANDLE_INHERIT,
    WSA_FLAG_REGISTERED_IO,
];
const MESSAGE_FLAGS: Names = names![
    MSG_OOB,
    MSG_PEEK,
    MSG_DONTROUTE,
    MSG_WAITALL,
    MSG_INTERRUPT,
    MSG_PUSH_IMMEDIATE,
    MSG_PARTIAL,
];
const EVENTS: Names = names![
    FD_READ,
    FD_WRITE,
    FD_OOB,
    FD_ACCEPT,
    FD_CONNECT,
    FD_CLOSE,
    FD_QOS,
    FD_GROUP_QOS,
    FD_ROUTING_INTERFACE_CHANGE,
    FD_ADDRESS_LIST_CHANGE,
];
const TRANSMIT_FLAGS: Names = names![
    TF_DISCONNECT,
    TF_REUSE_SOCKET,
    TF_WRITE_BEHIND,
    TF_USE_SYSTEM_THREAD,
    TF_USE_KERNEL_APC,
];
const MODES: Names = names![FILE_SKIP_COMPLETION_PORT_ON_SUCCESS, FILE_SKIP_SET_EVENT_ON_HANDLE];
const ACCESS: Names = names![
    GENERIC_READ,
    GENERIC_WRITE,
    GENERIC_EXECUTE,
    GENERIC_ALL,
    FILE_READ_DATA,
    FILE_WRITE_DATA,
    FILE_APPEND_DATA,
];
const DISPOSITIONS: Names =
    names![CREATE_NEW, CREATE_ALWAYS, OPEN_EXISTING, OPEN_ALWAYS, TRUNCATE_EXISTING];
const SHARES: Names = names![FILE_SHARE_READ, FILE_SHARE_WRITE, FILE_SHARE_DELETE];
const METHODS: Names = names![FILE_BEGIN, FILE_CURRENT, FILE_END];
const VIEWS: Names =
    names![FILE_MAP_ALL_ACCESS, FILE_MAP_COPY, FILE_MAP_WRITE, FILE_MAP_READ, FILE_MAP_EXECUTE,];
const MOVES: Names = names![
    MOVEFILE_REPLACE_EXISTING,
    MOVEFILE_COPY_ALLOWED,
    MOVEFILE_DELAY_UNTIL_REBOOT,
    MOVEFILE_WRITE_THROUGH,
];
const DUPLICATE: Names = names![DUPLICATE_CLOSE_SOURCE, DUPLICATE_SAME_ACCESS];
const HANDLE_FLAGS_NAMES: Names = names![HANDLE_FLAG_INHERIT, HANDLE_FLAG_PROTECT_FROM_CLOSE];
const ATTRIBUTES: Names = names![
    FILE_FLAG_OVERLAPPED,
    FILE_FLAG_WRITE_THROUGH,
    FILE_FLAG_NO_BUFFERING,
    FILE_FLAG_RANDOM_ACCESS,
    FILE_FLAG_SEQUENTIAL_SCAN,
    FILE_FLAG_DELETE_ON_CLOSE,
    FILE_FLAG_BACKUP_SEMANTICS,
    FILE_ATTRIBUTE_READONLY,
    FILE_ATTRIBUTE_HIDDEN,
    FILE_ATTRIBUTE_NORMAL,
    FILE_ATTRIBUTE_TEMPORARY,
];
const ADAPTERS: Names = names![
    GAA_FLAG_SKIP_UNICAST,
    GAA_FLAG_SKIP_ANYCAST,
    GAA_FLAG_SKIP_MULTICAST,
    GAA_FLAG_SKIP_DNS_SERVER,
    GAA_FLAG_INCLUDE_PREFIX,
    GAA_FLAG_SKIP_FRIENDLY_NAME,
    GAA_FLAG_INCLUDE_WINS_INFO,
    GAA_FLAG_INCLUDE_GATEWAYS,
    GAA_FLAG_INCLUDE_ALL_INTERFACES,
    GAA_FLAG_INCLUDE_ALL_COMPARTMENTS,
    GAA_FLAG_INCLUDE_TUNNEL_BINDINGORDER,
    GAA_FLAG_SKIP_DNS_INFO,
];
const PROVIDER: Names = names![
    CRYPT_VERIFYCONTEXT,
    CRYPT_NEWKEYSET,
    CRYPT_DELETEKEYSET,
    CRYPT_MACHINE_KEYSET,
    CRYPT_SILENT,
    CRYPT_DEFAULT_CONTAINER_OPTIONAL,
];
const PROVIDERS: Names = names![PROV_RSA_FULL, PROV_RSA_SCHANNEL, PROV_RNG, PROV_RSA_AES];
/// Codes of WSAIoctl.
const SIO: Names = names![
    SIO_ENABLE_CIRCULAR_QUEUEING,
    SIO_FLUSH,
    SIO_ADDRESS_LIST_CHANGE,
    SIO_FIND_ROUTE,
    SIO_GET_BROADCAST_ADDRESS,
    SIO_ADDRESS_LIST_QUERY,
    SIO_QUERY_TARGET_PNP_HANDLE,
    SIO_BSP_HANDLE,
    SIO_BSP_HANDLE_SELECT,
    SIO_BSP_HANDLE_POLL,
    SIO_BASE_HANDLE,
    SIO_QUERY_RSS_PROCESSOR_INFO,
    SIO_GET_NUMBER_OF_ATM_DEVICES,
    SIO_GET_ATM_CONNECTION_ID,
    SIO_QUERY_WFP_ALE_ENDPOINT_HANDLE,
    SIO_QUERY_RSS_SCALABILITY_INFO,
    SIO_AF_UNIX_GETPEERPID,
    SIO_ASSOCIATE_HANDLE,
    SIO_MULTIPOINT_LOOPBACK,
    SIO_MULTICAST_SCOPE,
    SIO_SET_QOS,
    SIO_SET_GROUP_QOS,
    SIO_ROUTING_INTERFACE_CHANGE,
    SIO_NSP_NOTIFY_CHANGE,
    SIO_ASSOCIATE_PVC,
    SIO_RCVALL,
    SIO_RCVALL_MCAST,
    SIO_RCVALL_IGMPMCAST,
    SIO_KEEPALIVE_VALS,
    SIO_ABSORB_RTRALERT,
    SIO_UCAST_IF,
    SIO_LIMIT_BROADCASTS,
    SIO_INDEX_BIND,
    SIO_INDEX_MCASTIF,
    SIO_INDEX_ADD_MCAST,
    SIO_INDEX_DEL_MCAST,
    SIO_UDP_CONNRESET,
    SIO_RCVALL_MCAST_IF,
    SIO_SOCKET_CLOSE_NOTIFY,
    SIO_RCVALL_IF,
    SIO_UDP_NETRESET,
    SIO_LOOPBACK_FAST_PATH,
    SIO_TCP_INITIAL_RTO,
    SIO_APPLY_TRANSPORT_SETTING,
    SIO_QUERY_TRANSPORT_SETTING,
    SIO_CPU_AFFINITY,
    SIO_TCP_SET_ICW,
    SIO_TCP_SET_ACK_FREQUENCY,
    SIO_PRIORITY_HINT,
    SIO_SET_PRIORITY_HINT,
    SIO_ACQUIRE_PORT_RESERVATION,
    SIO_RELEASE_PORT_RESERVATION,
    SIO_ASSOCIATE_PORT_RESERVATION,
    SIO_SET_SECURITY,
    SIO_SET_PEER_TARGET_NAME,
    SIO_DELETE_PEER_TARGET_NAME,
    SIO_SOCKET_USAGE_NOTIFICATION,
    SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS,
    SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT,
    SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS,
    SIO_GET_TX_TIMESTAMP,
    SIO_TIMESTAMPING,
    SIO_AF_UNIX_SETBINDPARENTPATH,
    SIO_AF_UNIX_SETCONNPARENTPATH,
    SIO_SET_COMPATIBILITY_MODE,
    SIO_GET_EXTENSION_FUNCTION_POINTER,
    SIO_GET_QOS,
    SIO_GET_GROUP_QOS,
    SIO_TRANSLATE_HANDLE,
    SIO_ROUTING_INTERFACE_QUERY,
    SIO_ADDRESS_LIST_SORT,
    SIO_EXT_SELECT,
    SIO_EXT_POLL,
    SIO_EXT_SENDMSG,
    SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER,
    SIO_GET_ATM_ADDRESS,
    SIO_TCP_INFO,
    SIO_QUERY_SECURITY,
    SIO_GET_INTERFACE_LIST,
    SIO_IDEAL_SEND_BACKLOG_QUERY,
    SIO_IDEAL_SEND_BACKLOG_CHANGE
];
/// Options of SOL_SOCKET.
const SO: Names = names![
    SO_DEBUG,
    SO_ACCEPTCONN,
    SO_REUSEADDR,
    SO_KEEPALIVE,
    SO_DONTROUTE,
    SO_BROADCAST,
    SO_USELOOPBACK,
    SO_LINGER,
    SO_OOBINLINE,
    SO_SNDBUF,
    SO_RCVBUF,
    SO_SNDLOWAT,
    SO_RCVLOWAT,
    SO_SNDTIMEO,
    SO_RCVTIMEO,
    SO_ERROR,
    SO_TYPE,
    SO_BSP_STATE,
    SO_GROUP_ID,
    SO_GROUP_PRIORITY,
    SO_MAX_MSG_SIZE,
    SO_PROTOCOL_INFOA,
    SO_PROTOCOL_INFOW,
    SO_CONDITIONAL_ACCEPT,
    SO_PAUSE_ACCEPT,
    SO_COMPARTMENT_ID,
    SO_RANDOMIZE_PORT,
    SO_PORT_SCALABILITY,
    SO_REUSE_UNICASTPORT,
    SO_REUSE_MULTICASTPORT,
    SO_TIMESTAMP,
    SO_TIMESTAMP_ID,
    SO_CONNDATA,
    SO_CONNOPT,
    SO_DISCDATA,
    SO_DISCOPT,
    SO_CONNDATALEN,
    SO_CONNOPTLEN,
    SO_DISCDATALEN,
    SO_DISCOPTLEN,
    SO_OPENTYPE,
    SO_MAXDG,
    SO_MAXPATHDG,
    SO_UPDATE_ACCEPT_CONTEXT,
    SO_CONNECT_TIME,
    SO_UPDATE_CONNECT_CONTEXT,
    SO_DONTLINGER,
    SO_EXCLUSIVEADDRUSE,
    PVD_CONFIG
];
/// Options of IPPROTO_IP.
const IP: Names = names![
    IP_OPTIONS,
    IP_HDRINCL,
    IP_TOS,
    IP_TTL,
    IP_MULTICAST_IF,
    IP_MULTICAST_TTL,
    IP_MULTICAST_LOOP,
    IP_ADD_MEMBERSHIP,
    IP_DROP_MEMBERSHIP,
    IP_DONTFRAGMENT,
    IP_ADD_SOURCE_MEMBERSHIP,
    IP_DROP_SOURCE_MEMBERSHIP,
    IP_BLOCK_SOURCE,
    IP_UNBLOCK_SOURCE,
    IP_PKTINFO,
    IP_HOPLIMIT,
    IP_RECVTTL,
    IP_RECEIVE_BROADCAST,
    IP_PROTECTION_LEVEL,
    IP_RECVIF,
    IP_RECVDSTADDR,
    IP_IFLIST,
    IP_ADD_IFLIST,
    IP_DEL_IFLIST,
    IP_UNICAST_IF,
    IP_RTHDR,
    IP_GET_IFLIST,
    IP_RECVRTHDR,
    IP_TCLASS,
    IP_RECVTCLASS,
    IP_RECVTOS,
    IP_ORIGINAL_ARRIVAL_IF,
    IP_ECN,
    IP_RECVECN,
    IP_PKTINFO_EX,
    IP_MTU_DISCOVER,
    IP_MTU,
    IP_NRT_INTERFACE,
    IP_RECVERR,
    IP_USER_MTU,
    MCAST_JOIN_GROUP,
    MCAST_LEAVE_GROUP,
    MCAST_BLOCK_SOURCE,
    MCAST_UNBLOCK_SOURCE,
    MCAST_JOIN_SOURCE_GROUP,
    MCAST_LEAVE_SOURCE_GROUP
];
/// Options of IPPROTO_IPV6.
const IPV6: Names = names![
    IPV6_HOPOPTS,
    IPV6_HDRINCL,
    IPV6_UNICAST_HOPS,
    IPV6_MULTICAST_IF,
    IPV6_MULTICAST_HOPS,
    IPV6_MULTICAST_LOOP,
    IPV6_JOIN_GROUP,
    IPV6_LEAVE_GROUP,
    IPV6_DONTFRAG,
    IPV6_PKTINFO,
    IPV6_HOPLIMIT,
    IPV6_PROTECTION_LEVEL,
    IPV6_RECVIF,
    IPV6_RECVDSTADDR,
    IPV6_CHECKSUM,
    IPV6_V6ONLY,
    IPV6_IFLIST,
    IPV6_ADD_IFLIST,
    IPV6_DEL_IFLIST,
    IPV6_UNICAST_IF,
    IPV6_RTHDR,
    IPV6_GET_IFLIST,
    IPV6_RECVRTHDR,
    IPV6_TCLASS,
    IPV6_RECVTCLASS,
    IPV6_ECN,
    IPV6_RECVECN,
    IPV6_PKTINFO_EX,
    IPV6_MTU_DISCOVER,
    IPV6_MTU,
    IPV6_NRT_INTERFACE,
    IPV6_RECVERR,
    IPV6_USER_MTU,
    MCAST_JOIN_GROUP,
    MCAST_LEAVE_GROUP,
    MCAST_BLOCK_SOURCE,
    MCAST_UNBLOCK_SOURCE,
    MCAST_JOIN_SOURCE_GROUP,
    MCAST_LEAVE_SOURCE_GROUP
];
/// Options of IPPROTO_TCP.
const TCP: Names = names![
    TCP_NODELAY,
    TCP_EXPEDITED_1122,
    TCP_KEEPALIVE,
    TCP_MAXSEG,
    TCP_MAXRT,
    TCP_STDURG,
    TCP_NOURG,
    TCP_ATMARK,
    TCP_NOSYNRETRIES,
    TCP_TIMESTAMPS,
    TCP_OFFLOAD_PREFERENCE,
    TCP_CONGESTION_ALGORITHM,
    TCP_DELAY_FIN_ACK,
    TCP_MAXRTMS,
    TCP_FASTOPEN,
    TCP_KEEPCNT,
    TCP_KEEPINTVL,
    TCP_FAIL_CONNECT_ON_ICMP_ERROR,
    TCP_ICMP_ERROR_INFO,
    TCP_BSDURGENT
];
/// Options of IPPROTO_UDP.
const UDP: Names =
    names![UDP_NOCHECKSUM, UDP_SEND_MSG_SIZE, UDP_RECV_MAX_COALESCED_SIZE, UDP_CHECKSUM_COVERAGE];
