//! Network adapters: what is asked of them, what kinds there are, and how they and their addresses stand.

use crate::types::{GET_ADAPTERS_ADDRESSES_FLAGS, NET_IF_COMPARTMENT_ID};

pub type IF_OPER_STATUS = i32;
pub type NET_IF_CONNECTION_TYPE = i32;
pub type TUNNEL_TYPE = i32;
pub type NL_PREFIX_ORIGIN = i32;
pub type NL_SUFFIX_ORIGIN = i32;
pub type NL_DAD_STATE = i32;
pub type SCOPE_LEVEL = i32;

pub const GAA_FLAG_SKIP_UNICAST: GET_ADAPTERS_ADDRESSES_FLAGS = 0x1;
pub const GAA_FLAG_SKIP_ANYCAST: GET_ADAPTERS_ADDRESSES_FLAGS = 0x2;
pub const GAA_FLAG_SKIP_MULTICAST: GET_ADAPTERS_ADDRESSES_FLAGS = 0x4;
pub const GAA_FLAG_SKIP_DNS_SERVER: GET_ADAPTERS_ADDRESSES_FLAGS = 0x8;
pub const GAA_FLAG_INCLUDE_PREFIX: GET_ADAPTERS_ADDRESSES_FLAGS = 0x10;
pub const GAA_FLAG_SKIP_FRIENDLY_NAME: GET_ADAPTERS_ADDRESSES_FLAGS = 0x20;
pub const GAA_FLAG_INCLUDE_WINS_INFO: GET_ADAPTERS_ADDRESSES_FLAGS = 0x40;
pub const GAA_FLAG_INCLUDE_GATEWAYS: GET_ADAPTERS_ADDRESSES_FLAGS = 0x80;
pub const GAA_FLAG_INCLUDE_ALL_INTERFACES: GET_ADAPTERS_ADDRESSES_FLAGS = 0x100;
pub const GAA_FLAG_INCLUDE_ALL_COMPARTMENTS: GET_ADAPTERS_ADDRESSES_FLAGS = 0x200;
pub const GAA_FLAG_INCLUDE_TUNNEL_BINDINGORDER: GET_ADAPTERS_ADDRESSES_FLAGS = 0x400;
pub const GAA_FLAG_SKIP_DNS_INFO: u32 = 0x800;

pub const IP_ADAPTER_DDNS_ENABLED: u32 = 0x1;
pub const IP_ADAPTER_REGISTER_ADAPTER_SUFFIX: u32 = 0x2;
pub const IP_ADAPTER_DHCP_ENABLED: u32 = 0x4;
pub const IP_ADAPTER_RECEIVE_ONLY: u32 = 0x8;
pub const IP_ADAPTER_NO_MULTICAST: u32 = 0x10;
pub const IP_ADAPTER_IPV6_OTHER_STATEFUL_CONFIG: u32 = 0x20;
pub const IP_ADAPTER_NETBIOS_OVER_TCPIP_ENABLED: u32 = 0x40;
pub const IP_ADAPTER_IPV4_ENABLED: u32 = 0x80;
pub const IP_ADAPTER_IPV6_ENABLED: u32 = 0x100;
pub const IP_ADAPTER_IPV6_MANAGE_ADDRESS_CONFIG: u32 = 0x200;

pub const IP_ADAPTER_ADDRESS_DNS_ELIGIBLE: u32 = 0x1;
pub const IP_ADAPTER_ADDRESS_TRANSIENT: u32 = 0x2;

pub const MAX_ADAPTER_DESCRIPTION_LENGTH: u32 = 128;
pub const MAX_ADAPTER_NAME_LENGTH: u32 = 256;
pub const MAX_ADAPTER_ADDRESS_LENGTH: u32 = 8;
pub const MAX_ADAPTER_NAME: u32 = 128;
pub const MAX_HOSTNAME_LEN: u32 = 128;
pub const MAX_DOMAIN_NAME_LEN: u32 = 128;
pub const MAX_SCOPE_ID_LEN: u32 = 256;
pub const MAX_DHCPV6_DUID_LENGTH: u32 = 130;
pub const DEFAULT_MINIMUM_ENTITIES: u32 = 32;
pub const IF_MAX_STRING_SIZE: u32 = 256;
pub const IF_MAX_PHYS_ADDRESS_LENGTH: u32 = 32;

pub const BROADCAST_NODETYPE: u32 = 1;
pub const PEER_TO_PEER_NODETYPE: u32 = 2;
pub const MIXED_NODETYPE: u32 = 4;
pub const HYBRID_NODETYPE: u32 = 8;

pub const IF_TYPE_OTHER: u32 = 1;
pub const IF_TYPE_ETHERNET_CSMACD: u32 = 6;
pub const IF_TYPE_ISO88025_TOKENRING: u32 = 9;
pub const IF_TYPE_FDDI: u32 = 15;
pub const IF_TYPE_PPP: u32 = 23;
pub const IF_TYPE_SOFTWARE_LOOPBACK: u32 = 24;
pub const IF_TYPE_SLIP: u32 = 28;
pub const IF_TYPE_ATM: u32 = 37;
pub const IF_TYPE_MODEM: u32 = 48;
pub const IF_TYPE_PROP_VIRTUAL: u32 = 53;
pub const IF_TYPE_FASTETHER: u32 = 62;
pub const IF_TYPE_ISDN: u32 = 63;
pub const IF_TYPE_IEEE80211: u32 = 71;
pub const IF_TYPE_ADSL: u32 = 94;
pub const IF_TYPE_VDSL: u32 = 97;
pub const IF_TYPE_PPPMULTILINKBUNDLE: u32 = 108;
pub const IF_TYPE_GIGABITETHERNET: u32 = 117;
pub const IF_TYPE_TUNNEL: u32 = 131;
pub const IF_TYPE_IEEE1394: u32 = 144;
pub const IF_TYPE_IEEE80216_WMAN: u32 = 237;
pub const IF_TYPE_WWANPP: u32 = 243;
pub const IF_TYPE_WWANPP2: u32 = 244;

pub const IfOperStatusUp: IF_OPER_STATUS = 1;
pub const IfOperStatusDown: IF_OPER_STATUS = 2;
pub const IfOperStatusTesting: IF_OPER_STATUS = 3;
pub const IfOperStatusUnknown: IF_OPER_STATUS = 4;
pub const IfOperStatusDormant: IF_OPER_STATUS = 5;
pub const IfOperStatusNotPresent: IF_OPER_STATUS = 6;
pub const IfOperStatusLowerLayerDown: IF_OPER_STATUS = 7;

pub const NET_IF_COMPARTMENT_ID_UNSPECIFIED: NET_IF_COMPARTMENT_ID = 0;
pub const NET_IF_COMPARTMENT_ID_PRIMARY: NET_IF_COMPARTMENT_ID = 1;

pub const NET_IF_CONNECTION_DEDICATED: NET_IF_CONNECTION_TYPE = 1;
pub const NET_IF_CONNECTION_PASSIVE: NET_IF_CONNECTION_TYPE = 2;
pub const NET_IF_CONNECTION_DEMAND: NET_IF_CONNECTION_TYPE = 3;
pub const NET_IF_CONNECTION_MAXIMUM: NET_IF_CONNECTION_TYPE = 4;

pub const TUNNEL_TYPE_NONE: TUNNEL_TYPE = 0;
pub const TUNNEL_TYPE_OTHER: TUNNEL_TYPE = 1;
pub const TUNNEL_TYPE_DIRECT: TUNNEL_TYPE = 2;
pub const TUNNEL_TYPE_6TO4: TUNNEL_TYPE = 11;
pub const TUNNEL_TYPE_ISATAP: TUNNEL_TYPE = 13;
pub const TUNNEL_TYPE_TEREDO: TUNNEL_TYPE = 14;
pub const TUNNEL_TYPE_IPHTTPS: TUNNEL_TYPE = 15;

pub const IpPrefixOriginOther: NL_PREFIX_ORIGIN = 0;
pub const IpPrefixOriginManual: NL_PREFIX_ORIGIN = 1;
pub const IpPrefixOriginWellKnown: NL_PREFIX_ORIGIN = 2;
pub const IpPrefixOriginDhcp: NL_PREFIX_ORIGIN = 3;
pub const IpPrefixOriginRouterAdvertisement: NL_PREFIX_ORIGIN = 4;
pub const IpPrefixOriginUnchanged: NL_PREFIX_ORIGIN = 16;

pub const IpSuffixOriginOther: NL_SUFFIX_ORIGIN = 0;
pub const IpSuffixOriginManual: NL_SUFFIX_ORIGIN = 1;
pub const IpSuffixOriginWellKnown: NL_SUFFIX_ORIGIN = 2;
pub const IpSuffixOriginDhcp: NL_SUFFIX_ORIGIN = 3;
pub const IpSuffixOriginLinkLayerAddress: NL_SUFFIX_ORIGIN = 4;
pub const IpSuffixOriginRandom: NL_SUFFIX_ORIGIN = 5;
pub const IpSuffixOriginUnchanged: NL_SUFFIX_ORIGIN = 16;

pub const IpDadStateInvalid: NL_DAD_STATE = 0;
pub const IpDadStateTentative: NL_DAD_STATE = 1;
pub const IpDadStateDuplicate: NL_DAD_STATE = 2;
pub const IpDadStateDeprecated: NL_DAD_STATE = 3;
pub const IpDadStatePreferred: NL_DAD_STATE = 4;

pub const ScopeLevelInterface: SCOPE_LEVEL = 1;
pub const ScopeLevelLink: SCOPE_LEVEL = 2;
pub const ScopeLevelSubnet: SCOPE_LEVEL = 3;
pub const ScopeLevelAdmin: SCOPE_LEVEL = 4;
pub const ScopeLevelSite: SCOPE_LEVEL = 5;
pub const ScopeLevelOrganization: SCOPE_LEVEL = 8;
pub const ScopeLevelGlobal: SCOPE_LEVEL = 14;
pub const ScopeLevelCount: SCOPE_LEVEL = 16;
