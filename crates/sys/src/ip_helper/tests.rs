use super::*;
use linsock_abi::*;
use std::ffi::CStr;
use std::net::Ipv4Addr;
use std::ptr;

/// A buffer of words, filled by one of the functions after it was asked for the size.
fn filled<T>(ask: impl Fn(*mut T, *mut u32) -> u32) -> Vec<u64> {
    let mut size = 0;
    assert_eq!(ask(ptr::null_mut(), &raw mut size), ERROR_BUFFER_OVERFLOW);
    let mut buffer = vec![0u64; (size as usize).div_ceil(8)];
    assert!(size as usize >= size_of::<T>());
    let mut short = size - 1;
    assert_eq!(ask(buffer.as_mut_ptr().cast(), &raw mut short), ERROR_BUFFER_OVERFLOW);
    assert_eq!(short, size);
    assert_eq!(ask(buffer.as_mut_ptr().cast(), &raw mut size), ERROR_SUCCESS);
    buffer
}

fn adapters(family: u16, flags: u32) -> Vec<u64> {
    // SAFETY: a buffer as long as its size says.
    filled(|buffer, size| unsafe {
        GetAdaptersAddresses(family.into(), flags, ptr::null(), buffer, size)
    })
}

/// The elements of a list in a buffer that is alive.
fn list<T: Copy>(first: *const T, next: impl Fn(&T) -> *mut T) -> Vec<T> {
    let mut found = Vec::new();
    let mut at = first;
    // SAFETY: NULL, or an element of the list.
    while let Some(element) = unsafe { at.as_ref() } {
        found.push(*element);
        at = next(element);
    }
    found
}

fn records(buffer: &[u64]) -> Vec<IP_ADAPTER_ADDRESSES_LH> {
    list(buffer.as_ptr().cast::<IP_ADAPTER_ADDRESSES_LH>(), |one| one.Next)
}

fn loopback_in(buffer: &[u64]) -> IP_ADAPTER_ADDRESSES_LH {
    let mut records = records(buffer).into_iter();
    records
        .find(|one| one.IfType == IF_TYPE_SOFTWARE_LOOPBACK)
        .expect("there is a loopback adapter")
}

fn index_of(adapter: &IP_ADAPTER_ADDRESSES_LH) -> u32 {
    // SAFETY: both halves of the union are numbers.
    unsafe { adapter.Anonymous1.Anonymous.IfIndex }
}

fn loopback_index() -> u32 {
    index_of(&loopback_in(&adapters(AF_UNSPEC, 0)))
}

/// The family, and the address where it is an IPv4 one.
fn read(address: SOCKET_ADDRESS) -> (u16, Option<Ipv4Addr>) {
    // SAFETY: an address of an answer, as long as its family says.
    unsafe {
        let family = (*address.lpSockaddr).sa_family;
        let v4 = || (*address.lpSockaddr.cast::<SOCKADDR_IN>()).sin_addr.S_un.S_addr;
        (family, (family == AF_INET).then(|| Ipv4Addr::from(v4().to_ne_bytes())))
    }
}

#[test]
fn loopback_has_its_address() {
    let buffer = adapters(AF_UNSPEC, GAA_FLAG_INCLUDE_PREFIX | GAA_FLAG_INCLUDE_GATEWAYS);
    let loopback = loopback_in(&buffer);
    assert_eq!(loopback.OperStatus, IfOperStatusUp);
    assert_eq!(loopback.PhysicalAddressLength, 0);
    assert!(loopback.FirstGatewayAddress.is_null() && loopback.FirstAnycastAddress.is_null());
    // SAFETY: a text of the answer.
    assert_eq!(unsafe { CStr::from_ptr(loopback.AdapterName.cast()) }, c"lo");
    // SAFETY: likewise.
    let wide = unsafe { std::slice::from_raw_parts(loopback.FriendlyName, 3) };
    assert_eq!(wide, [u16::from(b'l'), u16::from(b'o'), 0]);
    let addresses = list(loopback.FirstUnicastAddress, |one| one.Next);
    let own = (AF_INET, Some(Ipv4Addr::LOCALHOST));
    let own = addresses.iter().find(|one| read(one.Address) == own).expect("it has 127.0.0.1");
    assert_eq!((own.OnLinkPrefixLength, own.DadState), (8, IpDadStatePreferred));
    assert_eq!((own.PrefixOrigin, own.SuffixOrigin), (2, 2));
    assert_eq!((own.Address.iSockaddrLength, own.ValidLifetime), (16, u32::MAX));
    let prefixes = list(loopback.FirstPrefix, |one| one.Next);
    let prefixes: Vec<_> = prefixes
        .iter()
        .filter_map(|one| Some((read(one.Address).1?.to_string(), one.PrefixLength)))
        .collect();
    for wanted in [("127.0.0.0", 8), ("127.0.0.1", 32), ("127.255.255.255", 32), ("224.0.0.0", 4)] {
        let wanted = (wanted.0.to_owned(), wanted.1);
        assert_eq!(prefixes.iter().filter(|one| **one == wanted).count(), 1, "{prefixes:?}");
    }
}

#[test]
fn what_is_answered_lies_in_the_buffer() {
    let buffer = adapters(AF_UNSPEC, GAA_FLAG_INCLUDE_PREFIX | GAA_FLAG_INCLUDE_GATEWAYS);
    let inside = |address: usize| {
        let start = buffer.as_ptr().addr();
        address == 0 || (start..start + buffer.len() * 8).contains(&address)
    };
    for one in records(&buffer) {
        assert!(inside(one.AdapterName.addr()) && inside(one.FriendlyName.addr()));
        assert!(inside(one.Description.addr()) && inside(one.DnsSuffix.addr()));
        for element in list(one.FirstUnicastAddress, |one| one.Next) {
            // SAFETY: both halves of the union are numbers.
            assert_eq!(unsafe { element.Anonymous.Anonymous.Length }, 64);
            assert!(inside(element.Address.lpSockaddr.addr()));
        }
        for element in list(one.FirstMulticastAddress, |one| one.Next) {
            assert!(inside(element.Address.lpSockaddr.addr()));
        }
        for element in list(one.FirstGatewayAddress, |one| one.Next) {
            assert!(inside(element.Address.lpSockaddr.addr()));
        }
        for element in list(one.FirstDnsServerAddress, |one| one.Next) {
            assert!(inside(element.Address.lpSockaddr.addr()));
        }
        for element in list(one.FirstDnsSuffix, |one| one.Next) {
            assert_ne!(element.String[0], 0);
        }
        assert!(inside(one.FirstPrefix.addr()) && inside(one.Next.addr()));
    }
}

#[test]
fn a_family_has_its_own_addresses_alone() {
    for family in [AF_INET, AF_INET6] {
        let mut size = 0;
        // SAFETY: NULL is allowed.
        let result = unsafe {
            GetAdaptersAddresses(family.into(), 0, ptr::null(), ptr::null_mut(), &raw mut size)
        };
        if family == AF_INET6 && result == ERROR_NO_DATA {
            continue;
        }
        for adapter in records(&adapters(family, 0)) {
            let addresses = list(adapter.FirstUnicastAddress, |one| one.Next);
            assert!(addresses.iter().all(|one| read(one.Address).0 == family));
            assert!(adapter.FirstPrefix.is_null() && adapter.FirstGatewayAddress.is_null());
        }
    }
}

#[test]
fn flags_leave_out_what_they_name() {
    let skip = GAA_FLAG_SKIP_UNICAST
        | GAA_FLAG_SKIP_MULTICAST
        | GAA_FLAG_SKIP_DNS_SERVER
        | GAA_FLAG_SKIP_FRIENDLY_NAME;
    for adapter in records(&adapters(AF_UNSPEC, skip)) {
        assert!(adapter.FirstUnicastAddress.is_null() && adapter.FirstMulticastAddress.is_null());
        assert!(adapter.FirstDnsServerAddress.is_null() && adapter.FriendlyName.is_null());
        assert!(!adapter.Description.is_null() && !adapter.AdapterName.is_null());
    }
}

#[test]
fn wide_text_may_have_32_bits() {
    // SAFETY: a buffer as long as its size says.
    let buffer = filled(|buffer, size| unsafe {
        GetAdaptersAddresses_utf32(0, 0, ptr::null(), buffer, size)
    });
    let name = loopback_in(&buffer).FriendlyName.cast::<u32>();
    // SAFETY: a text of the answer.
    let name = unsafe { std::slice::from_raw_parts(name, 3) };
    assert_eq!(name, [u32::from(b'l'), u32::from(b'o'), 0]);
}

#[test]
fn a_wrong_question_is_refused() {
    let mut size = 0;
    // SAFETY: NULL is allowed everywhere.
    unsafe {
        let ask =
            |family, size| GetAdaptersAddresses(family, 0, ptr::null(), ptr::null_mut(), size);
        assert_eq!(ask(0, ptr::null_mut()), ERROR_INVALID_PARAMETER);
        // The kernel's number of IPv6 is no family here.
        for family in [1, 10, 99, u32::MAX] {
            assert_eq!(ask(family, &raw mut size), ERROR_INVALID_PARAMETER, "{family}");
        }
        assert_eq!(GetAdaptersInfo(ptr::null_mut(), ptr::null_mut()), ERROR_INVALID_PARAMETER);
        assert_eq!(GetNetworkParams(ptr::null_mut(), ptr::null_mut()), ERROR_INVALID_PARAMETER);
        assert_eq!(GetNumberOfInterfaces(ptr::null_mut()), ERROR_INVALID_PARAMETER);
        assert_eq!(GetBestInterface(0, ptr::null_mut()), ERROR_INVALID_PARAMETER);
        assert_eq!(GetBestInterfaceEx(ptr::null(), &raw mut size), ERROR_INVALID_PARAMETER);
    }
}

fn text(field: &[i8]) -> String {
    field.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte as u8)).collect()
}

#[test]
fn the_older_list_has_ipv4_as_text() {
    let mut size = 0;
    // SAFETY: NULL is allowed.
    if unsafe { GetAdaptersInfo(ptr::null_mut(), &raw mut size) } == ERROR_NO_DATA {
        // There is none but loopback.
        return;
    }
    // SAFETY: a buffer as long as its size says.
    let buffer = filled(|buffer, size| unsafe { GetAdaptersInfo(buffer, size) });
    let newer = adapters(AF_INET, 0);
    let newer = records(&newer);
    let older = list(buffer.as_ptr().cast::<IP_ADAPTER_INFO>(), |one| one.Next);
    assert_eq!(older.len() + 1, newer.len());
    for one in older {
        let same = newer.iter().find(|other| index_of(other) == one.Index).unwrap();
        assert!(one.Type == same.IfType && one.Type != IF_TYPE_SOFTWARE_LOOPBACK);
        let addresses: Vec<_> = list(&raw const one.IpAddressList, |one| one.Next)
            .iter()
            .map(|one| text(&one.IpAddress.String))
            .collect();
        let unicast = list(same.FirstUnicastAddress, |one| one.Next);
        let mut expected: Vec<_> =
            unicast.iter().map(|one| read(one.Address).1.unwrap().to_string()).collect();
        if expected.is_empty() {
            expected.push("0.0.0.0".to_owned());
        }
        assert_eq!(addresses, expected);
        let router = text(&one.GatewayList.IpAddress.String);
        assert!(router.parse::<Ipv4Addr>().is_ok(), "{router:?}");
    }
}

#[test]
fn the_machine_has_a_name() {
    // SAFETY: a buffer as long as its size says.
    let buffer = filled(|buffer, size| unsafe { GetNetworkParams(buffer, size) });
    // SAFETY: the function filled in a record.
    let record = unsafe { &*buffer.as_ptr().cast::<FIXED_INFO_W2KSP1>() };
    let name = crate::winsock::resolver::host_name().unwrap();
    assert_eq!(text(&record.HostName), name.split('.').next().unwrap());
    assert_eq!(record.NodeType, HYBRID_NODETYPE);
    let servers = list(&raw const record.DnsServerList, |one| one.Next);
    for server in servers.iter().map(|one| text(&one.IpAddress.String)) {
        assert!(server.is_empty() || server.parse::<Ipv4Addr>().is_ok(), "{server:?}");
    }
}

#[test]
fn loopback_is_the_best_way_to_itself() {
    let mut index = 0;
    let mut address = SOCKADDR_IN6 { sin6_family: AF_INET6, ..SOCKADDR_IN6::default() };
    // SAFETY: room for the number, and an address of its family.
    unsafe {
        let localhost = u32::from_ne_bytes([127, 0, 0, 1]);
        assert_eq!(GetBestInterface(localhost, &raw mut index), ERROR_SUCCESS);
        assert_eq!(index, loopback_index());
        address.sin6_addr.u.Byte[15] = 1;
        let result = GetBestInterfaceEx((&raw const address).cast(), &raw mut index);
        assert!(result != ERROR_SUCCESS || index == loopback_index());
        address.sin6_family = 99;
        let result = GetBestInterfaceEx((&raw const address).cast(), &raw mut index);
        assert_eq!(result, ERROR_INVALID_PARAMETER);
        let mut count = 0;
        assert_eq!(GetNumberOfInterfaces(&raw mut count), ERROR_SUCCESS);
        assert_eq!(count as usize, records(&adapters(AF_UNSPEC, 0)).len());
        assert_eq!(GetFriendlyIfIndex(0x1234_5678), 0x34_5678);
    }
}

#[test]
fn an_interface_is_found_by_each_of_its_names() {
    let index = loopback_index();
    let none = NET_LUID_LH { Value: 0 };
    let (mut luid, mut other) = (none, none);
    let (mut back, mut narrow) = (0, [0u8; 8]);
    let (mut wide, mut wider) = ([0u16; 8], [0u32; 8]);
    let value = |luid: NET_LUID_LH| {
        // SAFETY: both halves of the union are numbers.
        unsafe { luid.Value }
    };
    // SAFETY: names that end with a zero, and room as long as said.
    unsafe {
        assert_eq!(ConvertInterfaceIndexToLuid(index, &raw mut luid), ERROR_SUCCESS);
        assert_eq!(value(luid), 24 << 48 | u64::from(index) << 24);
        assert_eq!(ConvertInterfaceLuidToIndex(&raw const luid, &raw mut back), ERROR_SUCCESS);
        assert_eq!(back, index);
        assert_eq!(ConvertInterfaceLuidToNameA(&raw const luid, narrow.as_mut_ptr(), 8), 0);
        assert_eq!(&narrow[..3], b"lo\0");
        assert_eq!(ConvertInterfaceNameToLuidA(narrow.as_ptr(), &raw mut other), 0);
        assert_eq!(value(other), value(luid));
        assert_eq!(ConvertInterfaceLuidToNameW(&raw const luid, wide.as_mut_ptr(), 8), 0);
        for convert in [ConvertInterfaceNameToLuidW, ConvertInterfaceAliasToLuid] {
            other = none;
            assert_eq!(convert(wide.as_ptr(), &raw mut other), ERROR_SUCCESS);
            assert_eq!(value(other), value(luid));
        }
        assert_eq!(ConvertInterfaceLuidToAlias_utf32(&raw const luid, wider.as_mut_ptr(), 8), 0);
        for convert in [ConvertInterfaceNameToLuidW_utf32, ConvertInterfaceAliasToLuid_utf32] {
            other = none;
            assert_eq!(convert(wider.as_ptr(), &raw mut other), ERROR_SUCCESS);
            assert_eq!(value(other), value(luid));
        }
        let mut name = [0u8; 256];
        assert_eq!(if_indextoname(index, name.as_mut_ptr()), name.as_mut_ptr());
        assert_eq!(if_nametoindex(name.as_ptr()), index);
    }
}

#[test]
fn what_is_no_interface_has_no_names() {
    let mut luid = NET_LUID_LH { Value: 5 };
    let mut index = 5;
    let mut name = [0u8; 2];
    let good = {
        let mut luid = NET_LUID_LH { Value: 0 };
        // SAFETY: room for the identifier.
        unsafe { ConvertInterfaceIndexToLuid(loopback_index(), &raw mut luid) };
        luid
    };
    // SAFETY: names that end with a zero, and room as long as said; NULL is allowed.
    unsafe {
        assert_eq!(ConvertInterfaceIndexToLuid(0x7FFF_FFF0, &raw mut luid), ERROR_FILE_NOT_FOUND);
        assert_eq!(luid.Value, 0);
        assert_eq!(ConvertInterfaceLuidToIndex(&raw const luid, &raw mut index), 2);
        assert_eq!(index, 0);
        luid.Value = 5;
        let unknown = ConvertInterfaceNameToLuidA(c"none".as_ptr().cast(), &raw mut luid);
        assert_eq!((unknown, luid.Value), (ERROR_INVALID_NAME, 0));
        assert_eq!(ConvertInterfaceNameToLuidA(ptr::null(), &raw mut luid), ERROR_INVALID_NAME);
        let wide = [u16::from(b'n'), 0];
        assert_eq!(ConvertInterfaceAliasToLuid(wide.as_ptr(), &raw mut luid), 87);
        let convert = ConvertInterfaceLuidToNameA;
        let too_short = convert(&raw const good, name.as_mut_ptr(), name.len());
        assert_eq!(too_short, ERROR_NOT_ENOUGH_MEMORY);
        assert_eq!(convert(&raw const good, ptr::null_mut(), 8), ERROR_INVALID_PARAMETER);
        assert_eq!(convert(ptr::null(), name.as_mut_ptr(), 2), ERROR_INVALID_PARAMETER);
        assert!(if_indextoname(0x7FFF_FFF0, name.as_mut_ptr()).is_null());
        assert!(if_indextoname(loopback_index(), ptr::null_mut()).is_null());
        assert_eq!((if_nametoindex(c"none".as_ptr().cast()), if_nametoindex(ptr::null())), (0, 0));
    }
}
