//! Network adapters as the IP helper functions tell of them.

use super::{BOOL, PSTR, PWSTR, SOCKET_ADDRESS, zeroed_default};
use crate::consts::{
    IF_OPER_STATUS, NET_IF_CONNECTION_TYPE, NL_DAD_STATE, NL_PREFIX_ORIGIN, NL_SUFFIX_ORIGIN,
    TUNNEL_TYPE,
};
use crate::guid::GUID;

pub type GET_ADAPTERS_ADDRESSES_FLAGS = u32;
pub type NET_IF_COMPARTMENT_ID = u32;

/// What names an interface for good: its kind, and a number among those of its kind.
#[repr(C)]
#[derive(Clone, Copy)]
pub union NET_LUID_LH {
    pub Value: u64,
    pub Info: NET_LUID_LH_0,
}

/// From below: 24 bits that are reserved, 24 of the number, 16 of the kind.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct NET_LUID_LH_0 {
    pub _bitfield: u64,
}

/// Declares an element of a list of addresses: what it begins with is one number as well as two.
macro_rules! addresses {
    ($($(#[doc = $doc:literal])* $name:ident, $start:ident, $halves:ident: $second:ident {
        $($field:ident: $of:ty),* $(,)?
    })*) => {
        $(
            $(#[doc = $doc])*
            #[repr(C)]
            #[derive(Clone, Copy)]
            pub struct $name {
                pub Anonymous: $start,
                pub Next: *mut $name,
                pub Address: SOCKET_ADDRESS,
                $(pub $field: $of,)*
            }

            #[repr(C)]
            #[derive(Clone, Copy)]
            pub union $start {
                pub Alignment: u64,
                pub Anonymous: $halves,
            }

            #[repr(C)]
            #[derive(Clone, Copy, Default)]
            pub struct $halves {
                pub Length: u32,
                pub $second: u32,
            }

            zeroed_default!($name, $start);
        )*
    };
}

addresses! {
    /// An address of the adapter's own.
    IP_ADAPTER_UNICAST_ADDRESS_LH, IP_ADAPTER_UNICAST_ADDRESS_LH_0, IP_ADAPTER_UNICAST_ADDRESS_LH_0_0: Flags {
        PrefixOrigin: NL_PREFIX_ORIGIN,
        SuffixOrigin: NL_SUFFIX_ORIGIN,
        DadState: NL_DAD_STATE,
        ValidLifetime: u32,
        PreferredLifetime: u32,
        LeaseLifetime: u32,
        OnLinkPrefixLength: u8,
    }
    /// An address that the adapter shares with others.
    IP_ADAPTER_ANYCAST_ADDRESS_XP, IP_ADAPTER_ANYCAST_ADDRESS_XP_0, IP_ADAPTER_ANYCAST_ADDRESS_XP_0_0: Flags {}
    /// A group that the adapter is a member of.
    IP_ADAPTER_MULTICAST_ADDRESS_XP, IP_ADAPTER_MULTICAST_ADDRESS_XP_0, IP_ADAPTER_MULTICAST_ADDRESS_XP_0_0: Flags {}
    /// A server of names.
    IP_ADAPTER_DNS_SERVER_ADDRESS_XP, IP_ADAPTER_DNS_SERVER_ADDRESS_XP_0, IP_ADAPTER_DNS_SERVER_ADDRESS_XP_0_0: Reserved {}
    /// A server of NetBIOS names.
    IP_ADAPTER_WINS_SERVER_ADDRESS_LH, IP_ADAPTER_WINS_SERVER_ADDRESS_LH_0, IP_ADAPTER_WINS_SERVER_ADDRESS_LH_0_0: Reserved {}
    /// A router.
    IP_ADAPTER_GATEWAY_ADDRESS_LH, IP_ADAPTER_GATEWAY_ADDRESS_LH_0, IP_ADAPTER_GATEWAY_ADDRESS_LH_0_0: Reserved {}
    /// A network, by the address that it begins with.
    IP_ADAPTER_PREFIX_XP, IP_ADAPTER_PREFIX_XP_0, IP_ADAPTER_PREFIX_XP_0_0: Flags {
        PrefixLength: u32,
    }
}

/// A domain that names are looked for in.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IP_ADAPTER_DNS_SUFFIX {
    pub Next: *mut IP_ADAPTER_DNS_SUFFIX,
    pub String: [u16; 256],
}

/// An adapter, with all its addresses.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IP_ADAPTER_ADDRESSES_LH {
    pub Anonymous1: IP_ADAPTER_ADDRESSES_LH_0,
    pub Next: *mut IP_ADAPTER_ADDRESSES_LH,
    pub AdapterName: PSTR,
    pub FirstUnicastAddress: *mut IP_ADAPTER_UNICAST_ADDRESS_LH,
    pub FirstAnycastAddress: *mut IP_ADAPTER_ANYCAST_ADDRESS_XP,
    pub FirstMulticastAddress: *mut IP_ADAPTER_MULTICAST_ADDRESS_XP,
    pub FirstDnsServerAddress: *mut IP_ADAPTER_DNS_SERVER_ADDRESS_XP,
    pub DnsSuffix: PWSTR,
    pub Description: PWSTR,
    pub FriendlyName: PWSTR,
    pub PhysicalAddress: [u8; 8],
    pub PhysicalAddressLength: u32,
    pub Anonymous2: IP_ADAPTER_ADDRESSES_LH_1,
    pub Mtu: u32,
    pub IfType: u32,
    pub OperStatus: IF_OPER_STATUS,
    pub Ipv6IfIndex: u32,
    pub ZoneIndices: [u32; 16],
    pub FirstPrefix: *mut IP_ADAPTER_PREFIX_XP,
    pub TransmitLinkSpeed: u64,
    pub ReceiveLinkSpeed: u64,
    pub FirstWinsServerAddress: *mut IP_ADAPTER_WINS_SERVER_ADDRESS_LH,
    pub FirstGatewayAddress: *mut IP_ADAPTER_GATEWAY_ADDRESS_LH,
    pub Ipv4Metric: u32,
    pub Ipv6Metric: u32,
    pub Luid: NET_LUID_LH,
    pub Dhcpv4Server: SOCKET_ADDRESS,
    pub CompartmentId: NET_IF_COMPARTMENT_ID,
    pub NetworkGuid: GUID,
    pub ConnectionType: NET_IF_CONNECTION_TYPE,
    pub TunnelType: TUNNEL_TYPE,
    pub Dhcpv6Server: SOCKET_ADDRESS,
    pub Dhcpv6ClientDuid: [u8; 130],
    pub Dhcpv6ClientDuidLength: u32,
    pub Dhcpv6Iaid: u32,
    pub FirstDnsSuffix: *mut IP_ADAPTER_DNS_SUFFIX,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub union IP_ADAPTER_ADDRESSES_LH_0 {
    pub Alignment: u64,
    pub Anonymous: IP_ADAPTER_ADDRESSES_LH_0_0,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct IP_ADAPTER_ADDRESSES_LH_0_0 {
    pub Length: u32,
    pub IfIndex: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub union IP_ADAPTER_ADDRESSES_LH_1 {
    pub Flags: u32,
    pub Anonymous: IP_ADAPTER_ADDRESSES_LH_1_0,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct IP_ADAPTER_ADDRESSES_LH_1_0 {
    pub _bitfield: u32,
}

/// An IPv4 address in text.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct IP_ADDRESS_STRING {
    pub String: [i8; 16],
}

/// An element of a list of IPv4 addresses in text.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IP_ADDR_STRING {
    pub Next: *mut IP_ADDR_STRING,
    pub IpAddress: IP_ADDRESS_STRING,
    pub IpMask: IP_ADDRESS_STRING,
    pub Context: u32,
}

/// An adapter with its IPv4 addresses.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IP_ADAPTER_INFO {
    pub Next: *mut IP_ADAPTER_INFO,
    pub ComboIndex: u32,
    pub AdapterName: [i8; 260],
    pub Description: [i8; 132],
    pub AddressLength: u32,
    pub Address: [u8; 8],
    pub Index: u32,
    pub Type: u32,
    pub DhcpEnabled: u32,
    pub CurrentIpAddress: *mut IP_ADDR_STRING,
    pub IpAddressList: IP_ADDR_STRING,
    pub GatewayList: IP_ADDR_STRING,
    pub DhcpServer: IP_ADDR_STRING,
    pub HaveWins: BOOL,
    pub PrimaryWinsServer: IP_ADDR_STRING,
    pub SecondaryWinsServer: IP_ADDR_STRING,
    pub LeaseObtained: i64,
    pub LeaseExpires: i64,
}

/// What holds for all adapters.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct FIXED_INFO_W2KSP1 {
    pub HostName: [i8; 132],
    pub DomainName: [i8; 132],
    pub CurrentDnsServer: *mut IP_ADDR_STRING,
    pub DnsServerList: IP_ADDR_STRING,
    pub NodeType: u32,
    pub ScopeId: [i8; 260],
    pub EnableRouting: u32,
    pub EnableProxy: u32,
    pub EnableDns: u32,
}

zeroed_default!(
    NET_LUID_LH,
    IP_ADAPTER_DNS_SUFFIX,
    IP_ADAPTER_ADDRESSES_LH,
    IP_ADAPTER_ADDRESSES_LH_0,
    IP_ADAPTER_ADDRESSES_LH_1,
    IP_ADDR_STRING,
    IP_ADAPTER_INFO,
    FIXED_INFO_W2KSP1
);
