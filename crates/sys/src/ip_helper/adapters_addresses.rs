//! GetAdaptersAddresses: every adapter, with all addresses that belong to it.

use super::adapter::{
    duplicate_state_of, flags_of, hardware_of, kind_of, luid_of, origins_of, state_of,
};
use super::error_of;
use super::room::{Room, answer};
use crate::shape;
use crate::winsock::text::Unit;
use linsock_abi::*;
use linsock_backend::address::{AF_INET as V4, AF_UNSPEC as ANY, Address, kernel_family};
use linsock_backend::group::{self, Group};
use linsock_backend::interface::{self, Interface};
use linsock_backend::link::{self, Link};
use linsock_backend::name_servers::{self, NameServers};
use linsock_backend::route::{self, DefaultRoute};
use std::ffi::c_void;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Units of a domain in its record, the terminating zero among them.
const SUFFIX_UNITS: usize = 256;
/// What Windows says of a speed that it does not know.
const SPEED_UNKNOWN: u64 = u64::MAX;

/// IP_ADAPTER_DNS_SUFFIX, and the same with a name in UTF-32.
#[repr(C)]
#[derive(Clone, Copy)]
struct Suffix<U> {
    next: *mut Suffix<U>,
    text: [U; SUFFIX_UNITS],
}

const _: () = assert!(size_of::<Suffix<u16>>() == size_of::<IP_ADAPTER_DNS_SUFFIX>());

/// An element of a list, which begins with its own length.
macro_rules! element {
    ($of:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let mut element = $of { $($field: $value,)* ..$of::default() };
        element.Anonymous.Anonymous.Length = size_of::<$of>() as u32;
        element
    }};
}

/// Everything that is answered, as it is at one time: it is laid out twice.
struct Snapshot {
    family: u16,
    flags: GET_ADAPTERS_ADDRESSES_FLAGS,
    links: Vec<Link>,
    addresses: Vec<Interface>,
    groups: Vec<Group>,
    routes: Vec<DefaultRoute>,
    names: NameServers,
}

impl Snapshot {
    fn take(family: u16, flags: GET_ADAPTERS_ADDRESSES_FLAGS) -> Result<Snapshot, Win32Error> {
        let is_set = |flag| flags & flag != 0;
        let mut snapshot = Snapshot {
            family,
            flags,
            links: link::all().map_err(error_of)?,
            addresses: interface::all().map_err(error_of)?,
            groups: if is_set(GAA_FLAG_SKIP_MULTICAST) { Vec::new() } else { group::all() },
            routes: Vec::new(),
            names: name_servers::configured(),
        };
        if is_set(GAA_FLAG_INCLUDE_GATEWAYS) {
            snapshot.routes = route::default_routes().map_err(error_of)?;
        }
        if family != ANY && family != V4 {
            snapshot.links.retain(Link::has_ipv6);
        }
        Ok(snapshot)
    }

    fn is_set(&self, flag: GET_ADAPTERS_ADDRESSES_FLAGS) -> bool {
        self.flags & flag != 0
    }

    fn is_wished(&self, address: &Address) -> bool {
        self.family == ANY || address.family() == self.family
    }

    fn addresses_of(&self, link: &Link) -> impl DoubleEndedIterator<Item = &Interface> {
        let own = |one: &&Interface| one.link == link.index && self.is_wished(&one.address);
        self.addresses.iter().filter(own)
    }

    /// The servers and domains, which Linux has for the whole machine: adapters in use have them, loopback only where
    /// there is no other.
    fn has_names(&self, link: &Link) -> bool {
        let others = || self.links.iter().any(|link| link.is_up() && !link.is_loopback());
        link.is_up() && (!link.is_loopback() || !others())
    }

    /// Networks, own addresses and broadcast addresses; then what goes to many, where there is any of the family.
    fn prefixes_of(&self, link: &Link) -> Vec<(IpAddr, u32)> {
        let mut found: Vec<(IpAddr, u32)> = Vec::new();
        for one in self.addresses_of(link) {
            let (Some(ip), Some(mask)) = (one.address.ip(), one.mask().ip()) else { continue };
            let bits = u32::from(one.prefix_bits);
            match (ip, mask) {
                (IpAddr::V4(ip), IpAddr::V4(mask)) => {
                    let network = ip & mask;
                    found.extend([(network.into(), bits), (ip.into(), 32)]);
                    if bits < 31 {
                        found.push(((network | !mask).into(), 32));
                    }
                }
                (IpAddr::V6(ip), IpAddr::V6(mask)) => {
                    found.extend([((ip & mask).into(), bits), (ip.into(), 128)]);
                }
                _ => {}
            }
        }
        if found.iter().any(|(ip, _)| ip.is_ipv4()) {
            found.push((Ipv4Addr::new(224, 0, 0, 0).into(), 4));
            found.push((Ipv4Addr::BROADCAST.into(), 32));
        }
        if found.iter().any(|(ip, _)| ip.is_ipv6()) {
            found.push((Ipv6Addr::new(0xFF00, 0, 0, 0, 0, 0, 0, 0).into(), 8));
        }
        // Two addresses of one network have it in common.
        let mut once: Vec<(IpAddr, u32)> = Vec::new();
        for prefix in found {
            if !once.contains(&prefix) {
                once.push(prefix);
            }
        }
        once
    }

    fn lay<U: Unit>(&self, room: &mut Room) {
        let first = room.reserve::<IP_ADAPTER_ADDRESSES_LH>(self.links.len());
        for (at, link) in self.links.iter().enumerate() {
            let place = first.wrapping_add(at);
            let mut record = self.record::<U>(room, link);
            if at + 1 < self.links.len() {
                record.Next = place.wrapping_add(1);
            }
            room.set(place, record);
        }
    }

    fn record<U: Unit>(&self, room: &mut Room, link: &Link) -> IP_ADAPTER_ADDRESSES_LH {
        let (has_ipv6, kind) = (link.has_ipv6(), kind_of(link));
        let (hardware, hardware_length) = hardware_of(link);
        let is_leased = |one: &Interface| one.address.family() == V4 && !one.is_permanent();
        let has_lease = self.addresses.iter().any(|one| one.link == link.index && is_leased(one));
        let flags: u32 = [
            (true, IP_ADAPTER_IPV4_ENABLED),
            (has_ipv6, IP_ADAPTER_IPV6_ENABLED),
            (has_lease, IP_ADAPTER_DHCP_ENABLED),
            (!link.has_multicast(), IP_ADAPTER_NO_MULTICAST),
        ]
        .iter()
        .filter(|(has, _)| *has)
        .map(|(_, flag)| flag)
        .sum();
        let mut zones = [0; ScopeLevelCount as usize];
        zones[ScopeLevelInterface as usize] = link.index;
        zones[ScopeLevelLink as usize] = link.index;
        let speed = link.speed().unwrap_or(SPEED_UNKNOWN);
        let is_tunnel = kind == IF_TYPE_TUNNEL;
        let name = room.text::<U>(&link.name).cast();
        let mut record = IP_ADAPTER_ADDRESSES_LH {
            Anonymous1: IP_ADAPTER_ADDRESSES_LH_0 {
                Anonymous: IP_ADAPTER_ADDRESSES_LH_0_0 {
                    Length: size_of::<IP_ADAPTER_ADDRESSES_LH>() as u32,
                    IfIndex: link.index,
                },
            },
            AdapterName: room.text(&link.name),
            Description: name,
            PhysicalAddress: hardware,
            PhysicalAddressLength: hardware_length,
            Anonymous2: IP_ADAPTER_ADDRESSES_LH_1 { Flags: flags },
            Mtu: link.mtu,
            IfType: kind,
            OperStatus: state_of(link),
            Ipv6IfIndex: if has_ipv6 { link.index } else { 0 },
            ZoneIndices: zones,
            TransmitLinkSpeed: speed,
            ReceiveLinkSpeed: speed,
            Luid: luid_of(link),
            CompartmentId: NET_IF_COMPARTMENT_ID_PRIMARY,
            ConnectionType: NET_IF_CONNECTION_DEDICATED,
            TunnelType: if is_tunnel { TUNNEL_TYPE_OTHER } else { TUNNEL_TYPE_NONE },
            ..IP_ADAPTER_ADDRESSES_LH::default()
        };
        if !self.is_set(GAA_FLAG_SKIP_FRIENDLY_NAME) {
            record.FriendlyName = name;
        }
        self.lists(room, link, &mut record);
        self.names::<U>(room, link, &mut record);
        record
    }

    /// The lists of addresses. There are no anycast addresses and no WINS servers to be listed.
    fn lists(&self, room: &mut Room, link: &Link, record: &mut IP_ADAPTER_ADDRESSES_LH) {
        if !self.is_set(GAA_FLAG_SKIP_UNICAST) {
            record.FirstUnicastAddress = room.list(self.addresses_of(link), unicast);
        }
        let groups = self.groups.iter().filter(|group| group.link == link.index);
        let groups = groups.map(|group| group.address).filter(|group| self.is_wished(group));
        record.FirstMulticastAddress = room.list(groups, |room, group, next| {
            element!(IP_ADAPTER_MULTICAST_ADDRESS_XP { Next: next, Address: room.address(&group) })
        });
        if self.is_set(GAA_FLAG_INCLUDE_PREFIX) {
            let prefixes = self.prefixes_of(link);
            record.FirstPrefix = room.list(prefixes, |room, (ip, bits), next| {
                let address = room.address(&Address::from_ip(ip, link.index));
                element!(IP_ADAPTER_PREFIX_XP { Next: next, Address: address, PrefixLength: bits })
            });
        }
        let routes = self.routes.iter().filter(|route| route.link == link.index);
        let routers = routes.filter_map(|route| route.gateway).filter(|one| self.is_wished(one));
        record.FirstGatewayAddress = room.list(routers, |room, router, next| {
            element!(IP_ADAPTER_GATEWAY_ADDRESS_LH { Next: next, Address: room.address(&router) })
        });
    }

    /// The servers and domains of names.
    fn names<U: Unit>(&self, room: &mut Room, link: &Link, record: &mut IP_ADAPTER_ADDRESSES_LH) {
        let has_names = self.has_names(link);
        let domains = if has_names { self.names.domains.as_slice() } else { &[] };
        record.DnsSuffix = room.text::<U>(domains.first().map_or("", String::as_str)).cast();
        if !has_names || self.is_set(GAA_FLAG_SKIP_DNS_INFO) {
            return;
        }
        let suffixes = room.list(domains, |_, domain, next: *mut Suffix<U>| {
            let mut text = [U::default(); SUFFIX_UNITS];
            let room = &mut text[..SUFFIX_UNITS - 1];
            room.iter_mut().zip(U::encode(domain)).for_each(|(to, unit)| *to = unit);
            Suffix { next, text }
        });
        record.FirstDnsSuffix = suffixes.cast();
        if self.is_set(GAA_FLAG_SKIP_DNS_SERVER) {
            return;
        }
        let servers = self.names.addresses.iter().filter(|server| self.is_wished(server));
        record.FirstDnsServerAddress = room.list(servers, |room, server, next| {
            element!(IP_ADAPTER_DNS_SERVER_ADDRESS_XP { Next: next, Address: room.address(server) })
        });
    }
}

fn unicast(
    room: &mut Room,
    one: &Interface,
    next: *mut IP_ADAPTER_UNICAST_ADDRESS_LH,
) -> IP_ADAPTER_UNICAST_ADDRESS_LH {
    let (prefix, suffix) = origins_of(one);
    let mut element = element!(IP_ADAPTER_UNICAST_ADDRESS_LH {
        Next: next,
        Address: room.address(&one.address),
        PrefixOrigin: prefix,
        SuffixOrigin: suffix,
        DadState: duplicate_state_of(one),
        ValidLifetime: one.valid_seconds,
        PreferredLifetime: one.preferred_seconds,
        LeaseLifetime: one.valid_seconds,
        OnLinkPrefixLength: one.prefix_bits,
    });
    element.Anonymous.Anonymous.Flags = flags_of(one);
    element
}

/// # Safety
/// As the function.
unsafe fn tell<U: Unit>(
    family: u32,
    flags: GET_ADAPTERS_ADDRESSES_FLAGS,
    buffer: *mut IP_ADAPTER_ADDRESSES_LH,
    size: *mut u32,
) -> WIN32_ERROR {
    shape::code(|| {
        let known = [AF_UNSPEC, AF_INET, AF_INET6];
        let family = known.into_iter().find(|known| u32::from(*known) == family);
        let family = family.filter(|_| !size.is_null());
        let family = kernel_family(family.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?);
        let snapshot = Snapshot::take(family, flags)?;
        if snapshot.links.is_empty() {
            return Err(Win32Error::ERROR_NO_DATA);
        }
        // SAFETY: the caller's word.
        unsafe { answer(buffer, size, |room| snapshot.lay::<U>(room)) }
    })
}

/// Tells of every adapter with all addresses that belong to it, into one buffer.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Returns ERROR_BUFFER_OVERFLOW (111): too small a buffer, and the size says what it takes; ERROR_NO_DATA (232): no adapter
/// has the family; ERROR_INVALID_PARAMETER (87): no size, or another family.
///
/// # Linux
/// The kernel's links in its order, those that are down too. AdapterName, Description and FriendlyName are the interface's
/// name. The servers and domains of names are those of /etc/resolv.conf, which belong to no adapter: each one that is up has
/// them, loopback where it is the only one. Metrics belong to routes and are 0 here. Anycast addresses, WINS and DHCP servers
/// are not listed, a network has no GUID, and flags that include more than this compartment's adapters change nothing.
///
/// # Sources
/// learn.microsoft.com: iphlpapi.h, GetAdaptersAddresses
#[api]
pub unsafe extern "system" fn GetAdaptersAddresses(
    family: u32,
    flags: GET_ADAPTERS_ADDRESSES_FLAGS,
    _reserved: *const c_void,
    adapteraddresses: *mut IP_ADAPTER_ADDRESSES_LH,
    sizepointer: *mut u32,
) -> WIN32_ERROR {
    // SAFETY: by the crate's vocabulary.
    unsafe { tell::<u16>(family, flags, adapteraddresses, sizepointer) }
}

/// [`GetAdaptersAddresses`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetAdaptersAddresses`].
///
/// # Linux
/// The header binds GetAdaptersAddresses to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: iphlpapi.h, GetAdaptersAddresses
#[api]
pub unsafe extern "system" fn GetAdaptersAddresses_utf32(
    family: u32,
    flags: GET_ADAPTERS_ADDRESSES_FLAGS,
    _reserved: *const c_void,
    adapteraddresses: *mut IP_ADAPTER_ADDRESSES_LH,
    sizepointer: *mut u32,
) -> WIN32_ERROR {
    // SAFETY: by the crate's vocabulary.
    unsafe { tell::<u32>(family, flags, adapteraddresses, sizepointer) }
}
