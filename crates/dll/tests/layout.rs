//! Sizes, alignments, offsets and GUIDs of the headers against linsock-abi's
//! types, by one generated file of static assertions.

mod common;

use common::{compile, compilers, must_all_be_ok};
use linsock_abi::*;
use std::mem::{align_of, offset_of, size_of};

/// One asserted fact: a C expression and its value in Rust.
struct Fact {
    expression: String,
    value: usize,
}

fn fact(expression: String, value: usize) -> Fact {
    Fact { expression, value }
}

/// The size of the field that a closure leads to.
fn field_size<S, T>(_: fn(&S) -> &T) -> usize {
    size_of::<T>()
}

/// Size and alignment of each structure, offset and size of each field.
macro_rules! structures {
    ($($name:ident { $($field:ident),* })*) => {{
        let mut facts = Vec::new();
        $(
            let c = stringify!($name);
            facts.push(fact(format!("sizeof({c})"), size_of::<$name>()));
            facts.push(fact(format!("__alignof__({c})"), align_of::<$name>()));
            $(
                let field = stringify!($field).trim_start_matches("r#");
                facts.push(fact(format!("offsetof({c}, {field})"), offset_of!($name, $field)));
                let size = field_size::<$name, _>(|s| &s.$field);
                facts.push(fact(format!("sizeof((({c} *)0)->{field})"), size));
            )*
        )*
        facts
    }};
}

/// Fields that C reaches through anonymous structures and unions: C's path, Rust's path.
macro_rules! nested {
    ($($name:ident: $c:literal = $($field:ident).+;)*) => {
        vec![$(
            fact(format!("sizeof({})", stringify!($name)), size_of::<$name>()),
            fact(format!("__alignof__({})", stringify!($name)), align_of::<$name>()),
            fact(format!("offsetof({}, {})", stringify!($name), $c), offset_of!($name, $($field).+)),
        )*]
    };
}

fn structures() -> Vec<Fact> {
    structures! {
        FILETIME { dwLowDateTime, dwHighDateTime }
        SYSTEMTIME { wYear, wMonth, wDayOfWeek, wDay, wHour, wMinute, wSecond, wMilliseconds }
        WIN32_FILE_ATTRIBUTE_DATA {
            dwFileAttributes, ftCreationTime, ftLastAccessTime, ftLastWriteTime, nFileSizeHigh,
            nFileSizeLow
        }
        WIN32_FIND_DATAA {
            dwFileAttributes, ftCreationTime, ftLastAccessTime, ftLastWriteTime, nFileSizeHigh,
            nFileSizeLow, dwReserved0, dwReserved1, cFileName, cAlternateFileName
        }
        WIN32_FIND_DATAW {
            dwFileAttributes, ftCreationTime, ftLastAccessTime, ftLastWriteTime, nFileSizeHigh,
            nFileSizeLow, dwReserved0, dwReserved1, cFileName, cAlternateFileName
        }
        MEMORY_BASIC_INFORMATION {
            BaseAddress, AllocationBase, AllocationProtect, RegionSize, State, Protect,
            Type
        }
        CONSOLE_READCONSOLE_CONTROL {
            nLength, nInitialChars, dwCtrlWakeupMask, dwControlKeyState
        }
        COORD { X, Y }
        SMALL_RECT { Left, Top, Right, Bottom }
        CONSOLE_SCREEN_BUFFER_INFO {
            dwSize, dwCursorPosition, wAttributes, srWindow, dwMaximumWindowSize
        }
        SECURITY_ATTRIBUTES { nLength, lpSecurityDescriptor, bInheritHandle }
        STARTUPINFOA {
            cb, lpReserved, lpDesktop, lpTitle, dwX, dwY, dwXSize, dwYSize, dwXCountChars,
            dwYCountChars, dwFillAttribute, dwFlags, wShowWindow, cbReserved2, lpReserved2,
            hStdInput, hStdOutput, hStdError
        }
        STARTUPINFOW {
            cb, lpReserved, lpDesktop, lpTitle, dwX, dwY, dwXSize, dwYSize, dwXCountChars,
            dwYCountChars, dwFillAttribute, dwFlags, wShowWindow, cbReserved2, lpReserved2,
            hStdInput, hStdOutput, hStdError
        }
        PROCESS_INFORMATION { hProcess, hThread, dwProcessId, dwThreadId }
        OVERLAPPED { Internal, InternalHigh, hEvent }
        OVERLAPPED_ENTRY { lpCompletionKey, lpOverlapped, Internal, dwNumberOfBytesTransferred }
        WSABUF { len, buf }
        WSAMSG { name, namelen, lpBuffers, dwBufferCount, Control, dwFlags }
        CMSGHDR { cmsg_len, cmsg_level, cmsg_type }
        IN_PKTINFO { ipi_addr, ipi_ifindex }
        IN6_PKTINFO { ipi6_addr, ipi6_ifindex }
        TRANSMIT_FILE_BUFFERS { Head, HeadLength, Tail, TailLength }
        TRANSMIT_PACKETS_ELEMENT { dwElFlags, cLength }
        SOCKADDR { sa_family, sa_data }
        SOCKADDR_IN { sin_family, sin_port, sin_addr, sin_zero }
        IN6_ADDR { u }
        SOCKADDR_IN6 { sin6_family, sin6_port, sin6_flowinfo, sin6_addr }
        SOCKADDR_UN { sun_family, sun_path }
        SOCKET_ADDRESS { lpSockaddr, iSockaddrLength }
        SOCKET_ADDRESS_LIST { iAddressCount, Address }
        CSADDR_INFO { LocalAddr, RemoteAddr, iSocketType, iProtocol }
        sockaddr_in6_old { sin6_family, sin6_port, sin6_flowinfo, sin6_addr }
        INTERFACE_INFO { iiFlags, iiAddress, iiBroadcastAddress, iiNetmask }
        HOSTENT { h_name, h_aliases, h_addrtype, h_length, h_addr_list }
        SERVENT { s_name, s_aliases, s_proto, s_port }
        PROTOENT { p_name, p_aliases, p_proto }
        ADDRINFOA {
            ai_flags, ai_family, ai_socktype, ai_protocol, ai_addrlen, ai_canonname,
            ai_addr, ai_next
        }
        ADDRINFOW {
            ai_flags, ai_family, ai_socktype, ai_protocol, ai_addrlen, ai_canonname,
            ai_addr, ai_next
        }
        LINGER { l_onoff, l_linger }
        IP_MREQ { imr_multiaddr, imr_interface }
        IP_MREQ_SOURCE { imr_multiaddr, imr_sourceaddr, imr_interface }
        IPV6_MREQ { ipv6mr_multiaddr, ipv6mr_interface }
        GROUP_REQ { gr_interface, gr_group }
        GROUP_SOURCE_REQ { gsr_interface, gsr_group, gsr_source }
        tcp_keepalive { onoff, keepalivetime, keepaliveinterval }
        FLOWSPEC {
            TokenRate, TokenBucketSize, PeakBandwidth, Latency, DelayVariation, ServiceType,
            MaxSduSize, MinimumPolicedSize
        }
        QOS { SendingFlowspec, ReceivingFlowspec, ProviderSpecific }
        TCP_INFO_v0 {
            State, Mss, ConnectionTimeMs, TimestampsEnabled, RttUs, MinRttUs, BytesInFlight,
            Cwnd, SndWnd, RcvWnd, RcvBuf, BytesOut, BytesIn, BytesReordered, BytesRetrans,
            FastRetrans, DupAcksIn, TimeoutEpisodes, SynRetrans
        }
        TCP_INITIAL_RTO_PARAMETERS { Rtt, MaxSynRetransmissions }
        ICMP_ERROR_INFO { srcaddress, protocol, r#type, code }
        WSADATA {
            wVersion, wHighVersion, iMaxSockets, iMaxUdpDg, lpVendorInfo, szDescription,
            szSystemStatus
        }
        WSAPROTOCOLCHAIN { ChainLen, ChainEntries }
        WSAPROTOCOL_INFOA {
            dwServiceFlags1, dwServiceFlags2, dwServiceFlags3, dwServiceFlags4,
            dwProviderFlags, ProviderId, dwCatalogEntryId, ProtocolChain, iVersion,
            iAddressFamily, iMaxSockAddr, iMinSockAddr, iSocketType, iProtocol,
            iProtocolMaxOffset, iNetworkByteOrder, iSecurityScheme, dwMessageSize,
            dwProviderReserved, szProtocol
        }
        WSAPROTOCOL_INFOW {
            dwServiceFlags1, dwServiceFlags2, dwServiceFlags3, dwServiceFlags4,
            dwProviderFlags, ProviderId, dwCatalogEntryId, ProtocolChain, iVersion,
            iAddressFamily, iMaxSockAddr, iMinSockAddr, iSocketType, iProtocol,
            iProtocolMaxOffset, iNetworkByteOrder, iSecurityScheme, dwMessageSize,
            dwProviderReserved, szProtocol
        }
        TIMEVAL { tv_sec, tv_usec }
        FD_SET { fd_count, fd_array }
        WSANETWORKEVENTS { lNetworkEvents, iErrorCode }
        IP_ADAPTER_UNICAST_ADDRESS_LH {
            Next, Address, PrefixOrigin, SuffixOrigin, DadState, ValidLifetime,
            PreferredLifetime, LeaseLifetime, OnLinkPrefixLength
        }
        IP_ADAPTER_ANYCAST_ADDRESS_XP { Next, Address }
        IP_ADAPTER_MULTICAST_ADDRESS_XP { Next, Address }
        IP_ADAPTER_DNS_SERVER_ADDRESS_XP { Next, Address }
        IP_ADAPTER_WINS_SERVER_ADDRESS_LH { Next, Address }
        IP_ADAPTER_GATEWAY_ADDRESS_LH { Next, Address }
        IP_ADAPTER_PREFIX_XP { Next, Address, PrefixLength }
        IP_ADAPTER_DNS_SUFFIX { Next, String }
        IP_ADAPTER_ADDRESSES_LH {
            Next, AdapterName, FirstUnicastAddress, FirstAnycastAddress,
            FirstMulticastAddress, FirstDnsServerAddress, DnsSuffix, Description,
            FriendlyName, PhysicalAddress, PhysicalAddressLength, Mtu, IfType,
            OperStatus, Ipv6IfIndex, ZoneIndices, FirstPrefix, TransmitLinkSpeed,
            ReceiveLinkSpeed, FirstWinsServerAddress, FirstGatewayAddress, Ipv4Metric,
            Ipv6Metric, Luid, Dhcpv4Server, CompartmentId, NetworkGuid, ConnectionType,
            TunnelType, Dhcpv6Server, Dhcpv6ClientDuid, Dhcpv6ClientDuidLength,
            Dhcpv6Iaid, FirstDnsSuffix
        }
        IP_ADDRESS_STRING { String }
        IP_ADDR_STRING { Next, IpAddress, IpMask, Context }
        IP_ADAPTER_INFO {
            Next, ComboIndex, AdapterName, Description, AddressLength, Address, Index,
            Type, DhcpEnabled, CurrentIpAddress, IpAddressList, GatewayList, DhcpServer,
            HaveWins, PrimaryWinsServer, SecondaryWinsServer, LeaseObtained,
            LeaseExpires
        }
        FIXED_INFO_W2KSP1 {
            HostName, DomainName, CurrentDnsServer, DnsServerList, NodeType, ScopeId,
            EnableRouting, EnableProxy, EnableDns
        }
    }
}

fn nested() -> Vec<Fact> {
    nested! {
        OVERLAPPED:       "Offset"            = Anonymous.Anonymous.Offset;
        OVERLAPPED:       "OffsetHigh"        = Anonymous.Anonymous.OffsetHigh;
        OVERLAPPED:       "Pointer"           = Anonymous.Pointer;
        IN_ADDR:          "S_un.S_addr"       = S_un.S_addr;
        IN_ADDR:          "S_un.S_un_b.s_b4"  = S_un.S_un_b.s_b4;
        IN_ADDR:          "S_un.S_un_w.s_w2"  = S_un.S_un_w.s_w2;
        IN6_ADDR:         "u.Byte"            = u.Byte;
        IN6_ADDR:         "u.Word"            = u.Word;
        SCOPE_ID:         "Value"             = Anonymous.Value;
        SOCKADDR_IN6:     "sin6_scope_id"     = Anonymous.sin6_scope_id;
        SOCKADDR_IN6:     "sin6_scope_struct" = Anonymous.sin6_scope_struct;
        SOCKADDR_INET:    "Ipv6"              = Ipv6;
        SOCKADDR_INET:    "si_family"         = si_family;
        SOCKADDR_STORAGE: "ss_family"         = ss_family;
        SOCKADDR_STORAGE: "__ss_align"        = __ss_align;
        sockaddr_gen:     "AddressIn6"        = AddressIn6;
        TRANSMIT_PACKETS_ELEMENT: "nFileOffset" = Anonymous.Anonymous.nFileOffset;
        TRANSMIT_PACKETS_ELEMENT: "hFile"     = Anonymous.Anonymous.hFile;
        TRANSMIT_PACKETS_ELEMENT: "pBuffer"   = Anonymous.pBuffer;
        IP_ADAPTER_UNICAST_ADDRESS_LH: "Length" = Anonymous.Anonymous.Length;
        IP_ADAPTER_UNICAST_ADDRESS_LH: "Flags" = Anonymous.Anonymous.Flags;
        IP_ADAPTER_ANYCAST_ADDRESS_XP: "Length" = Anonymous.Anonymous.Length;
        IP_ADAPTER_ANYCAST_ADDRESS_XP: "Flags" = Anonymous.Anonymous.Flags;
        IP_ADAPTER_MULTICAST_ADDRESS_XP: "Length" = Anonymous.Anonymous.Length;
        IP_ADAPTER_MULTICAST_ADDRESS_XP: "Flags" = Anonymous.Anonymous.Flags;
        IP_ADAPTER_DNS_SERVER_ADDRESS_XP: "Length" = Anonymous.Anonymous.Length;
        IP_ADAPTER_DNS_SERVER_ADDRESS_XP: "Reserved" = Anonymous.Anonymous.Reserved;
        IP_ADAPTER_WINS_SERVER_ADDRESS_LH: "Length" = Anonymous.Anonymous.Length;
        IP_ADAPTER_WINS_SERVER_ADDRESS_LH: "Reserved" = Anonymous.Anonymous.Reserved;
        IP_ADAPTER_GATEWAY_ADDRESS_LH: "Length" = Anonymous.Anonymous.Length;
        IP_ADAPTER_GATEWAY_ADDRESS_LH: "Reserved" = Anonymous.Anonymous.Reserved;
        IP_ADAPTER_PREFIX_XP: "Length" = Anonymous.Anonymous.Length;
        IP_ADAPTER_PREFIX_XP: "Flags" = Anonymous.Anonymous.Flags;
        IP_ADAPTER_ADDRESSES_LH: "Length" = Anonymous1.Anonymous.Length;
        IP_ADAPTER_ADDRESSES_LH: "IfIndex" = Anonymous1.Anonymous.IfIndex;
        IP_ADAPTER_ADDRESSES_LH: "Flags" = Anonymous2.Flags;
        NET_LUID_LH: "Value" = Value;
    }
}

/// The scalar types: C's name, Rust's type.
fn scalars() -> Vec<Fact> {
    let of = |c: &str, size: usize| fact(format!("sizeof({c})"), size);
    vec![
        of("SOCKET", size_of::<SOCKET>()),
        of("HANDLE", size_of::<HANDLE>()),
        of("WSAEVENT", size_of::<HANDLE>()),
        of("BOOL", size_of::<BOOL>()),
        of("ADDRESS_FAMILY", size_of::<ADDRESS_FAMILY>()),
        of("NTSTATUS", size_of::<NTSTATUS>()),
        of("GUID", size_of::<GUID>()),
        of("DWORD", size_of::<u32>()),
        of("LONG", size_of::<i32>()),
        of("ULONG", size_of::<u32>()),
        of("u_long", size_of::<u32>()),
        of("u_short", size_of::<u16>()),
        of("ULONG_PTR", size_of::<usize>()),
        of("SIZE_T", size_of::<usize>()),
        of("LARGE_INTEGER", size_of::<i64>()),
        of("ULONGLONG", size_of::<u64>()),
        of("LPFN_CONNECTEX", size_of::<LPFN_CONNECTEX>()),
    ]
}

/// The facts as a C11 and C++17 text.
fn text(facts: &[Fact]) -> String {
    common::all_headers() + &assertions(facts)
}

/// The facts alone, for whichever headers come before.
fn assertions(facts: &[Fact]) -> String {
    let mut text = String::new();
    // Windows has no typedef for these two.
    text.push_str("typedef struct tcp_keepalive tcp_keepalive;\n");
    text.push_str("typedef struct sockaddr_in6_old sockaddr_in6_old;\n");
    text.push_str("#ifdef __cplusplus\n#define _Static_assert static_assert\n#endif\n");
    for Fact { expression, value } in facts {
        text.push_str(&format!(
            "_Static_assert({expression} == {value}, \"{expression} is {value}\");\n"
        ));
    }
    text
}

/// Structures with an array of wide characters inside have Windows' layout only where those are 16 bits.
fn has_wide_array(fact: &Fact) -> bool {
    let e = &fact.expression;
    e == "sizeof(WSAPROTOCOL_INFOW)"
        || e.contains("WSAPROTOCOL_INFOW *)0)->szProtocol")
        || e == "sizeof(WIN32_FIND_DATAW)"
        || e == "offsetof(WIN32_FIND_DATAW, cAlternateFileName)"
        || e.contains("WIN32_FIND_DATAW *)0)->c")
        || e == "sizeof(IP_ADAPTER_DNS_SUFFIX)"
        || e.contains("IP_ADAPTER_DNS_SUFFIX *)0)->String")
}

fn check(name: &str, facts: &[Fact], extra: &[&str]) {
    let text = text(facts);
    must_all_be_ok(
        compilers()
            .into_iter()
            .map(|with| (with.program.to_string(), compile(with, &text, name, extra)))
            .collect(),
    );
}

#[test]
fn layouts_are_the_rust_types() {
    let mut facts = structures();
    facts.extend(nested());
    facts.extend(scalars());
    assert!(facts.len() > 450, "only {} facts", facts.len());
    check("layout_short_wchar", &facts, &["-fshort-wchar"]);
    facts.retain(|fact| !has_wide_array(fact));
    facts.push(fact("sizeof(WSAPROTOCOL_INFOW)".into(), size_of::<WSAPROTOCOL_INFOW>() + 256 * 2));
    facts.push(fact(
        "sizeof(WIN32_FIND_DATAW)".into(),
        size_of::<WIN32_FIND_DATAW>() + (260 + 14) * 2,
    ));
    check("layout", &facts, &[]);
}

#[test]
fn layouts_are_mingws() {
    let mut facts = structures();
    facts.extend(nested());
    // Debian 12's release of mingw-w64 lacks these two.
    facts.retain(|f| !f.expression.contains("TCP_INFO_v0"));
    facts.retain(|f| !f.expression.contains("ICMP_ERROR_INFO"));
    // The SDK's headers call these structures by two names, mingw-w64's by one.
    for (sdks, mingws) in [
        ("(CMSGHDR", "(WSACMSGHDR"),
        ("(FIXED_INFO_W2KSP1", "(FIXED_INFO"),
        ("(NET_LUID_LH", "(NET_LUID"),
    ] {
        facts.iter_mut().for_each(|f| f.expression = f.expression.replace(sdks, mingws));
    }
    let Some(result) = common::compile_for_windows(&assertions(&facts), "layout") else { return };
    must_all_be_ok(vec![("mingw-w64".to_string(), result)]);
}

#[test]
fn a_wrong_layout_is_noticed() {
    let wrong = [fact("offsetof(WSABUF, buf)".into(), 0)];
    for with in compilers() {
        let message =
            compile(with, &text(&wrong), "wrong", &[]).expect_err("buf is not the first field");
        assert!(message.contains("WSABUF"), "{message}");
    }
}

#[test]
fn guids_are_the_rust_constants() {
    let all = [
        ("WSAID_CONNECTEX", WSAID_CONNECTEX),
        ("WSAID_DISCONNECTEX", WSAID_DISCONNECTEX),
        ("WSAID_ACCEPTEX", WSAID_ACCEPTEX),
        ("WSAID_GETACCEPTEXSOCKADDRS", WSAID_GETACCEPTEXSOCKADDRS),
        ("WSAID_TRANSMITFILE", WSAID_TRANSMITFILE),
        ("WSAID_TRANSMITPACKETS", WSAID_TRANSMITPACKETS),
        ("WSAID_WSARECVMSG", WSAID_WSARECVMSG),
        ("WSAID_WSASENDMSG", WSAID_WSASENDMSG),
        ("WSAID_WSAPOLL", WSAID_WSAPOLL),
        ("WSAID_MULTIPLE_RIO", WSAID_MULTIPLE_RIO),
    ];
    let mut text = common::all_headers();
    for (name, guid) in all {
        text.push_str(&format!("constexpr GUID rust_{name} = {name};\n"));
        let mut fields = vec![
            ("Data1".to_string(), u64::from(guid.data1)),
            ("Data2".to_string(), u64::from(guid.data2)),
            ("Data3".to_string(), u64::from(guid.data3)),
        ];
        fields.extend(
            guid.data4.iter().enumerate().map(|(i, b)| (format!("Data4[{i}]"), u64::from(*b))),
        );
        for (field, value) in fields {
            text.push_str(&format!(
                "static_assert(rust_{name}.{field} == {value}, \"{name}.{field}\");\n"
            ));
        }
    }
    must_all_be_ok(vec![("g++".into(), compile(common::GXX, &text, "guids", &[]))]);
}
