//! The layouts of contract section 24: the records equal the document's numbers, and every field
//! of every record lies where the oracle has it.

use core::mem::{align_of, offset_of, size_of};

use super::*;
use windows_sys::Win32::Foundation as foundation;
use windows_sys::Win32::NetworkManagement::IpHelper as ip_helper;
use windows_sys::Win32::NetworkManagement::Ndis as ndis;
use windows_sys::Win32::Networking::WinSock as winsock;
use windows_sys::Win32::Security as security;
use windows_sys::Win32::System::IO as io;
use windows_sys::Win32::System::Threading as threading;

macro_rules! layouts {
    ($($name:ident $size:literal a $align:literal { $($field:ident @ $offset:literal),* $(,)? })*) => {
        $(
            assert_eq!(size_of::<$name>(), $size, stringify!($name));
            assert_eq!(align_of::<$name>(), $align, stringify!($name));
            $(assert_eq!(offset_of!($name, $field), $offset, stringify!($name.$field));)*
        )*
    };
}

#[test]
#[rustfmt::skip]
fn records_are_laid_out_as_the_contract_says() {
    layouts! {
        OVERLAPPED 32 a 8 { Internal @ 0, InternalHigh @ 8, Anonymous @ 16, hEvent @ 24 }
        OVERLAPPED_0_0 8 a 4 { Offset @ 0, OffsetHigh @ 4 }
        OVERLAPPED_ENTRY 32 a 8 {
            lpCompletionKey @ 0, lpOverlapped @ 8, Internal @ 16, dwNumberOfBytesTransferred @ 24,
        }
        WSABUF 16 a 8 { len @ 0, buf @ 8 }
        WSADATA 408 a 8 {
            wVersion @ 0, wHighVersion @ 2, iMaxSockets @ 4, iMaxUdpDg @ 6, lpVendorInfo @ 8,
            szDescription @ 16, szSystemStatus @ 273,
        }
        WSAPROTOCOL_INFOW 628 a 4 {
            dwServiceFlags1 @ 0, dwServiceFlags2 @ 4, dwServiceFlags3 @ 8, dwServiceFlags4 @ 12, dwProviderFlags @ 16,
            ProviderId @ 20, dwCatalogEntryId @ 36, ProtocolChain @ 40, iVersion @ 72, iAddressFamily @ 76,
            iMaxSockAddr @ 80, iMinSockAddr @ 84, iSocketType @ 88, iProtocol @ 92, iProtocolMaxOffset @ 96,
            iNetworkByteOrder @ 100, iSecurityScheme @ 104, dwMessageSize @ 108, dwProviderReserved @ 112, szProtocol @ 116,
        }
        WSAPROTOCOL_INFOA 372 a 4 { dwProviderReserved @ 112, szProtocol @ 116 }
        WSAPROTOCOLCHAIN 32 a 4 { ChainLen @ 0, ChainEntries @ 4 }
        SOCKADDR 16 a 2 { sa_family @ 0, sa_data @ 2 }
        SOCKADDR_IN 16 a 4 { sin_family @ 0, sin_port @ 2, sin_addr @ 4, sin_zero @ 8 }
        SOCKADDR_IN6 28 a 4 { sin6_family @ 0, sin6_port @ 2, sin6_flowinfo @ 4, sin6_addr @ 8, Anonymous @ 24 }
        SOCKADDR_INET 28 a 4 {}
        SOCKADDR_STORAGE 128 a 8 { ss_family @ 0, __ss_align @ 8 }
        SOCKADDR_UN 110 a 2 { sun_family @ 0, sun_path @ 2 }
        SOCKET_ADDRESS 16 a 8 { lpSockaddr @ 0, iSockaddrLength @ 8 }
        SOCKET_ADDRESS_LIST 24 a 8 { iAddressCount @ 0, Address @ 8 }
        CSADDR_INFO 40 a 8 { LocalAddr @ 0, RemoteAddr @ 16, iSocketType @ 32, iProtocol @ 36 }
        WSAMSG 56 a 8 { name @ 0, namelen @ 8, lpBuffers @ 16, dwBufferCount @ 24, Control @ 32, dwFlags @ 48 }
        CMSGHDR 16 a 8 { cmsg_len @ 0, cmsg_level @ 8, cmsg_type @ 12 }
        IN_PKTINFO 8 a 4 { ipi_addr @ 0, ipi_ifindex @ 4 }
        IN6_PKTINFO 20 a 4 { ipi6_addr @ 0, ipi6_ifindex @ 16 }
        TRANSMIT_FILE_BUFFERS 32 a 8 { Head @ 0, HeadLength @ 8, Tail @ 16, TailLength @ 24 }
        TRANSMIT_PACKETS_ELEMENT 24 a 8 { dwElFlags @ 0, cLength @ 4, Anonymous @ 8 }
        TRANSMIT_PACKETS_ELEMENT_0_0 16 a 8 { nFileOffset @ 0, hFile @ 8 }
        WSANETWORKEVENTS 44 a 4 { lNetworkEvents @ 0, iErrorCode @ 4 }
        FD_SET 520 a 8 { fd_count @ 0, fd_array @ 8 }
        TIMEVAL 8 a 4 { tv_sec @ 0, tv_usec @ 4 }
        WSAPOLLFD 16 a 8 { fd @ 0, events @ 8, revents @ 10 }
        LINGER 4 a 2 { l_onoff @ 0, l_linger @ 2 }
        HOSTENT 32 a 8 { h_name @ 0, h_aliases @ 8, h_addrtype @ 16, h_length @ 18, h_addr_list @ 24 }
        SERVENT 32 a 8 { s_name @ 0, s_aliases @ 8, s_proto @ 16, s_port @ 24 }
        PROTOENT 24 a 8 { p_name @ 0, p_aliases @ 8, p_proto @ 16 }
        ADDRINFOA 48 a 8 {
            ai_flags @ 0, ai_family @ 4, ai_socktype @ 8, ai_protocol @ 12, ai_addrlen @ 16,
            ai_canonname @ 24, ai_addr @ 32, ai_next @ 40,
        }
        ADDRINFOW 48 a 8 {
            ai_flags @ 0, ai_family @ 4, ai_socktype @ 8, ai_protocol @ 12, ai_addrlen @ 16,
            ai_canonname @ 24, ai_addr @ 32, ai_next @ 40,
        }
        ADDRINFOEXW 72 a 8 { ai_addr @ 32, ai_blob @ 40, ai_bloblen @ 48, ai_provider @ 56, ai_next @ 64 }
        ADDRINFOEX2W 88 a 8 { ai_next @ 64, ai_version @ 72, ai_fqdn @ 80 }
        IP_MREQ 8 a 4 { imr_multiaddr @ 0, imr_interface @ 4 }
        IP_MREQ_SOURCE 12 a 4 { imr_multiaddr @ 0, imr_sourceaddr @ 4, imr_interface @ 8 }
        IPV6_MREQ 20 a 4 { ipv6mr_multiaddr @ 0, ipv6mr_interface @ 16 }
        GROUP_REQ 136 a 8 { gr_interface @ 0, gr_group @ 8 }
        GROUP_SOURCE_REQ 264 a 8 { gsr_interface @ 0, gsr_group @ 8, gsr_source @ 136 }
        tcp_keepalive 12 a 4 { onoff @ 0, keepalivetime @ 4, keepaliveinterval @ 8 }
        INTERFACE_INFO 76 a 4 { iiFlags @ 0, iiAddress @ 4, iiBroadcastAddress @ 28, iiNetmask @ 52 }
        FLOWSPEC 32 a 4 {}
        QOS 80 a 8 { SendingFlowspec @ 0, ReceivingFlowspec @ 32, ProviderSpecific @ 64 }
        TCP_INFO_v0 88 a 8 {
            State @ 0, Mss @ 4, ConnectionTimeMs @ 8, TimestampsEnabled @ 16, RttUs @ 20, MinRttUs @ 24,
            BytesInFlight @ 28, Cwnd @ 32, SndWnd @ 36, RcvWnd @ 40, RcvBuf @ 44, BytesOut @ 48, BytesIn @ 56,
            BytesReordered @ 64,
        }
        TCP_INITIAL_RTO_PARAMETERS 4 a 2 { Rtt @ 0, MaxSynRetransmissions @ 2 }
        ICMP_ERROR_INFO 36 a 4 { srcaddress @ 0, protocol @ 28, r#type @ 32, code @ 33 }
        RIO_BUF 16 a 8 { BufferId @ 0, Offset @ 8, Length @ 12 }
        RIORESULT 24 a 8 { Status @ 0, BytesTransferred @ 4, SocketContext @ 8, RequestContext @ 16 }
        RIO_NOTIFICATION_COMPLETION 32 a 8 { Type @ 0, Anonymous @ 8 }
        RIO_NOTIFICATION_COMPLETION_0_0 16 a 8 { EventHandle @ 0, NotifyReset @ 8 }
        RIO_NOTIFICATION_COMPLETION_0_1 24 a 8 { IocpHandle @ 0, CompletionKey @ 8, Overlapped @ 16 }
        RIO_EXTENSION_FUNCTION_TABLE 112 a 8 {
            cbSize @ 0, RIOReceive @ 8, RIOReceiveEx @ 16, RIOSend @ 24, RIOSendEx @ 32,
            RIOCloseCompletionQueue @ 40, RIOCreateCompletionQueue @ 48, RIOCreateRequestQueue @ 56,
            RIODequeueCompletion @ 64, RIODeregisterBuffer @ 72, RIONotify @ 80, RIORegisterBuffer @
            88, RIOResizeCompletionQueue @ 96, RIOResizeRequestQueue @ 104,
        }
        RIO_CMSG_BUFFER 4 a 4 { TotalLength @ 0 }
        SECURITY_ATTRIBUTES 24 a 8 { nLength @ 0, lpSecurityDescriptor @ 8, bInheritHandle @ 16 }
        STARTUPINFOA 104 a 8 {
            cb @ 0, lpReserved @ 8, lpDesktop @ 16, lpTitle @ 24, dwFlags @ 60, wShowWindow @ 64, cbReserved2 @ 66,
            lpReserved2 @ 72, hStdInput @ 80, hStdOutput @ 88, hStdError @ 96,
        }
        STARTUPINFOW 104 a 8 { dwFlags @ 60, hStdInput @ 80, hStdOutput @ 88, hStdError @ 96 }
        PROCESS_INFORMATION 24 a 8 { hProcess @ 0, hThread @ 8, dwProcessId @ 16, dwThreadId @ 20 }
    }
    assert_eq!((size_of::<crate::GUID>(), align_of::<crate::GUID>()), (16, 4));
    assert_eq!(offset_of!(crate::GUID, data4), 8);
    assert_eq!((size_of::<SOCKET>(), size_of::<HANDLE>(), size_of::<BOOL>()), (8, 8, 4));
}

macro_rules! twins {
    ($($module:ident { $($name:ident { $($field:ident)* })* })*) => {
        $($(
            assert_eq!(size_of::<$name>(), size_of::<$module::$name>(), stringify!($name));
            assert_eq!(align_of::<$name>(), align_of::<$module::$name>(), stringify!($name));
            $(assert_eq!(
                offset_of!($name, $field),
                offset_of!($module::$name, $field),
                stringify!($name.$field)
            );)*
        )*)*
    };
}

#[test]
#[rustfmt::skip]
fn every_field_lies_where_the_oracle_has_it() {
    twins! {
        ip_helper {
            IP_ADAPTER_DNS_SUFFIX { Next String }
            IP_ADAPTER_ADDRESSES_LH {
                Anonymous1 Next AdapterName FirstUnicastAddress FirstAnycastAddress
                FirstMulticastAddress FirstDnsServerAddress DnsSuffix Description
                FriendlyName PhysicalAddress PhysicalAddressLength Anonymous2 Mtu IfType
                OperStatus Ipv6IfIndex ZoneIndices FirstPrefix TransmitLinkSpeed
                ReceiveLinkSpeed FirstWinsServerAddress FirstGatewayAddress Ipv4Metric
                Ipv6Metric Luid Dhcpv4Server CompartmentId NetworkGuid ConnectionType
                TunnelType Dhcpv6Server Dhcpv6ClientDuid Dhcpv6ClientDuidLength Dhcpv6Iaid
                FirstDnsSuffix
            }
            IP_ADAPTER_ADDRESSES_LH_0 { Alignment Anonymous }
            IP_ADAPTER_ADDRESSES_LH_0_0 { Length IfIndex }
            IP_ADAPTER_ADDRESSES_LH_1 { Flags Anonymous }
            IP_ADAPTER_ADDRESSES_LH_1_0 { _bitfield }
            IP_ADDRESS_STRING { String }
            IP_ADDR_STRING { Next IpAddress IpMask Context }
            IP_ADAPTER_INFO {
                Next ComboIndex AdapterName Description AddressLength Address Index Type
                DhcpEnabled CurrentIpAddress IpAddressList GatewayList DhcpServer HaveWins
                PrimaryWinsServer SecondaryWinsServer LeaseObtained LeaseExpires
            }
            FIXED_INFO_W2KSP1 {
                HostName DomainName CurrentDnsServer DnsServerList NodeType ScopeId
                EnableRouting EnableProxy EnableDns
            }
            IP_ADAPTER_UNICAST_ADDRESS_LH {
                Anonymous Next Address PrefixOrigin SuffixOrigin DadState ValidLifetime
                PreferredLifetime LeaseLifetime OnLinkPrefixLength
            }
            IP_ADAPTER_UNICAST_ADDRESS_LH_0 { Alignment Anonymous }
            IP_ADAPTER_UNICAST_ADDRESS_LH_0_0 { Length Flags }
            IP_ADAPTER_ANYCAST_ADDRESS_XP { Anonymous Next Address }
            IP_ADAPTER_ANYCAST_ADDRESS_XP_0 { Alignment Anonymous }
            IP_ADAPTER_ANYCAST_ADDRESS_XP_0_0 { Length Flags }
            IP_ADAPTER_MULTICAST_ADDRESS_XP { Anonymous Next Address }
            IP_ADAPTER_MULTICAST_ADDRESS_XP_0 { Alignment Anonymous }
            IP_ADAPTER_MULTICAST_ADDRESS_XP_0_0 { Length Flags }
            IP_ADAPTER_DNS_SERVER_ADDRESS_XP { Anonymous Next Address }
            IP_ADAPTER_DNS_SERVER_ADDRESS_XP_0 { Alignment Anonymous }
            IP_ADAPTER_DNS_SERVER_ADDRESS_XP_0_0 { Length Reserved }
            IP_ADAPTER_WINS_SERVER_ADDRESS_LH { Anonymous Next Address }
            IP_ADAPTER_WINS_SERVER_ADDRESS_LH_0 { Alignment Anonymous }
            IP_ADAPTER_WINS_SERVER_ADDRESS_LH_0_0 { Length Reserved }
            IP_ADAPTER_GATEWAY_ADDRESS_LH { Anonymous Next Address }
            IP_ADAPTER_GATEWAY_ADDRESS_LH_0 { Alignment Anonymous }
            IP_ADAPTER_GATEWAY_ADDRESS_LH_0_0 { Length Reserved }
            IP_ADAPTER_PREFIX_XP { Anonymous Next Address PrefixLength }
            IP_ADAPTER_PREFIX_XP_0 { Alignment Anonymous }
            IP_ADAPTER_PREFIX_XP_0_0 { Length Flags }
        }
        ndis {
            NET_LUID_LH { Value Info }
            NET_LUID_LH_0 { _bitfield }
        }
        foundation {
            FILETIME { dwLowDateTime dwHighDateTime }
        }
        security {
            SECURITY_ATTRIBUTES { nLength lpSecurityDescriptor bInheritHandle }
        }
        threading {
            STARTUPINFOA {
                cb lpReserved lpDesktop lpTitle dwX dwY dwXSize dwYSize dwXCountChars dwYCountChars
                dwFillAttribute dwFlags wShowWindow cbReserved2 lpReserved2 hStdInput hStdOutput
                hStdError
            }
            STARTUPINFOW {
                cb lpReserved lpDesktop lpTitle dwX dwY dwXSize dwYSize dwXCountChars dwYCountChars
                dwFillAttribute dwFlags wShowWindow cbReserved2 lpReserved2 hStdInput hStdOutput
                hStdError
            }
            PROCESS_INFORMATION { hProcess hThread dwProcessId dwThreadId }
        }
        io {
            OVERLAPPED { Internal InternalHigh Anonymous hEvent }
            OVERLAPPED_0 { Anonymous Pointer }
            OVERLAPPED_0_0 { Offset OffsetHigh }
            OVERLAPPED_ENTRY { lpCompletionKey lpOverlapped Internal dwNumberOfBytesTransferred }
        }
        winsock {
            SOCKADDR { sa_family sa_data }
            IN_ADDR { S_un }
            IN_ADDR_0 { S_un_b S_un_w S_addr }
            IN_ADDR_0_0 { s_b1 s_b2 s_b3 s_b4 }
            IN_ADDR_0_1 { s_w1 s_w2 }
            SOCKADDR_IN { sin_family sin_port sin_addr sin_zero }
            IN6_ADDR { u }
            IN6_ADDR_0 { Byte Word }
            SCOPE_ID { Anonymous }
            SCOPE_ID_0 { Anonymous Value }
            SCOPE_ID_0_0 { _bitfield }
            SOCKADDR_IN6 { sin6_family sin6_port sin6_flowinfo sin6_addr Anonymous }
            SOCKADDR_IN6_0 { sin6_scope_id sin6_scope_struct }
            SOCKADDR_INET { Ipv4 Ipv6 si_family }
            SOCKADDR_STORAGE { ss_family __ss_pad1 __ss_align __ss_pad2 }
            SOCKADDR_UN { sun_family sun_path }
            SOCKET_ADDRESS { lpSockaddr iSockaddrLength }
            SOCKET_ADDRESS_LIST { iAddressCount Address }
            CSADDR_INFO { LocalAddr RemoteAddr iSocketType iProtocol }
            sockaddr_in6_old { sin6_family sin6_port sin6_flowinfo sin6_addr }
            sockaddr_gen { Address AddressIn AddressIn6 }
            INTERFACE_INFO { iiFlags iiAddress iiBroadcastAddress iiNetmask }
            WSABUF { len buf }
            WSAMSG { name namelen lpBuffers dwBufferCount Control dwFlags }
            CMSGHDR { cmsg_len cmsg_level cmsg_type }
            IN_PKTINFO { ipi_addr ipi_ifindex }
            IN6_PKTINFO { ipi6_addr ipi6_ifindex }
            TRANSMIT_FILE_BUFFERS { Head HeadLength Tail TailLength }
            TRANSMIT_PACKETS_ELEMENT { dwElFlags cLength Anonymous }
            TRANSMIT_PACKETS_ELEMENT_0 { Anonymous pBuffer }
            TRANSMIT_PACKETS_ELEMENT_0_0 { nFileOffset hFile }
            HOSTENT { h_name h_aliases h_addrtype h_length h_addr_list }
            SERVENT { s_name s_aliases s_proto s_port }
            PROTOENT { p_name p_aliases p_proto }
            ADDRINFOA {
                ai_flags ai_family ai_socktype ai_protocol ai_addrlen ai_canonname ai_addr ai_next
            }
            ADDRINFOW {
                ai_flags ai_family ai_socktype ai_protocol ai_addrlen ai_canonname ai_addr ai_next
            }
            ADDRINFOEXW {
                ai_flags ai_family ai_socktype ai_protocol ai_addrlen ai_canonname ai_addr ai_blob
                ai_bloblen ai_provider ai_next
            }
            ADDRINFOEX2W {
                ai_flags ai_family ai_socktype ai_protocol ai_addrlen ai_canonname ai_addr ai_blob
                ai_bloblen ai_provider ai_next ai_version ai_fqdn
            }
            WSADATA {
                wVersion wHighVersion iMaxSockets iMaxUdpDg lpVendorInfo szDescription
                szSystemStatus
            }
            WSAPROTOCOLCHAIN { ChainLen ChainEntries }
            WSAPROTOCOL_INFOA {
                dwServiceFlags1 dwServiceFlags2 dwServiceFlags3 dwServiceFlags4 dwProviderFlags
                ProviderId dwCatalogEntryId ProtocolChain iVersion iAddressFamily iMaxSockAddr
                iMinSockAddr iSocketType iProtocol iProtocolMaxOffset iNetworkByteOrder
                iSecurityScheme dwMessageSize dwProviderReserved szProtocol
            }
            WSAPROTOCOL_INFOW {
                dwServiceFlags1 dwServiceFlags2 dwServiceFlags3 dwServiceFlags4 dwProviderFlags
                ProviderId dwCatalogEntryId ProtocolChain iVersion iAddressFamily iMaxSockAddr
                iMinSockAddr iSocketType iProtocol iProtocolMaxOffset iNetworkByteOrder
                iSecurityScheme dwMessageSize dwProviderReserved szProtocol
            }
            LINGER { l_onoff l_linger }
            IP_MREQ { imr_multiaddr imr_interface }
            IP_MREQ_SOURCE { imr_multiaddr imr_sourceaddr imr_interface }
            IPV6_MREQ { ipv6mr_multiaddr ipv6mr_interface }
            GROUP_REQ { gr_interface gr_group }
            GROUP_SOURCE_REQ { gsr_interface gsr_group gsr_source }
            tcp_keepalive { onoff keepalivetime keepaliveinterval }
            FLOWSPEC {
                TokenRate TokenBucketSize PeakBandwidth Latency DelayVariation ServiceType
                MaxSduSize MinimumPolicedSize
            }
            QOS { SendingFlowspec ReceivingFlowspec ProviderSpecific }
            TCP_INFO_v0 {
                State Mss ConnectionTimeMs TimestampsEnabled RttUs MinRttUs BytesInFlight Cwnd
                SndWnd RcvWnd RcvBuf BytesOut BytesIn BytesReordered BytesRetrans FastRetrans
                DupAcksIn TimeoutEpisodes SynRetrans
            }
            TCP_INFO_v1 {
                State Mss ConnectionTimeMs TimestampsEnabled RttUs MinRttUs BytesInFlight Cwnd
                SndWnd RcvWnd RcvBuf BytesOut BytesIn BytesReordered BytesRetrans FastRetrans
                DupAcksIn TimeoutEpisodes SynRetrans SndLimTransRwin SndLimTimeRwin SndLimBytesRwin
                SndLimTransCwnd SndLimTimeCwnd SndLimBytesCwnd SndLimTransSnd SndLimTimeSnd
                SndLimBytesSnd
            }
            TCP_INITIAL_RTO_PARAMETERS { Rtt MaxSynRetransmissions }
            ICMP_ERROR_INFO { srcaddress protocol r#type code }
            TIMEVAL { tv_sec tv_usec }
            FD_SET { fd_count fd_array }
            WSAPOLLFD { fd events revents }
            WSANETWORKEVENTS { lNetworkEvents iErrorCode }
            RIO_BUF { BufferId Offset Length }
            RIO_CMSG_BUFFER { TotalLength }
            RIORESULT { Status BytesTransferred SocketContext RequestContext }
            RIO_NOTIFICATION_COMPLETION { Type Anonymous }
            RIO_NOTIFICATION_COMPLETION_0 { Event Iocp }
            RIO_NOTIFICATION_COMPLETION_0_0 { EventHandle NotifyReset }
            RIO_NOTIFICATION_COMPLETION_0_1 { IocpHandle CompletionKey Overlapped }
            RIO_EXTENSION_FUNCTION_TABLE {
                cbSize RIOReceive RIOReceiveEx RIOSend RIOSendEx RIOCloseCompletionQueue
                RIOCreateCompletionQueue RIOCreateRequestQueue RIODequeueCompletion
                RIODeregisterBuffer RIONotify RIORegisterBuffer RIOResizeCompletionQueue
                RIOResizeRequestQueue
            }
        }
    }
}

/// Ours are accepted as the oracle's: each line compiles only while both agree.
#[test]
fn handles_and_strings_are_the_oracle_s_types() {
    let _: fn(SOCKET) -> winsock::SOCKET = |it| it;
    let _: fn(HANDLE) -> foundation::HANDLE = |it| it;
    let _: fn(PSTR) -> windows_sys::core::PSTR = |it| it;
    let _: fn(PCWSTR) -> windows_sys::core::PCWSTR = |it| it;
    let _: fn(BOOL) -> windows_sys::core::BOOL = |it| it;
    let _: fn(LPTHREAD_START_ROUTINE) -> threading::LPTHREAD_START_ROUTINE = |it| it;
}
