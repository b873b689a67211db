use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::ptr;

use linsock_abi::*;

use super::super::endpoint;
use super::super::test_support::start;
use super::*;

/// One record as the tests look at it: family, type, protocol, address.
type Row = (i32, i32, i32, String);

fn look_up(node: Option<&CStr>, service: Option<&CStr>, hints: ADDRINFOA) -> Result<Vec<Row>, i32> {
    start();
    let text = |text: Option<&CStr>| text.map_or(ptr::null(), |text| text.as_ptr().cast());
    let mut list = ptr::dangling_mut::<ADDRINFOA>();
    // SAFETY: strings end with a zero, hints and result are there.
    let code = unsafe { getaddrinfo(text(node), text(service), &raw const hints, &raw mut list) };
    if code != 0 {
        assert!(list.is_null(), "a failure leaves no list");
        assert_eq!(crate::last_error::get() as i32, code);
        return Err(code);
    }
    let (mut rows, mut next) = (Vec::new(), list);
    // SAFETY: the records of the list, freed below.
    while let Some(info) = unsafe { next.as_ref() } {
        next = info.ai_next;
        // SAFETY: the record's own address and length.
        let address = unsafe { endpoint::read(info.ai_addr, info.ai_addrlen, WsaError::WSAEINVAL) };
        let Ok(address) = address else { panic!("no address") };
        // SAFETY: as above.
        assert_eq!(i32::from(unsafe { (*info.ai_addr).sa_family }), info.ai_family);
        let text = endpoint::format_endpoint(address);
        rows.push((info.ai_family, info.ai_socktype, info.ai_protocol, text));
    }
    // SAFETY: the result of the call above.
    unsafe { freeaddrinfo(list) };
    Ok(rows)
}

fn hints(flags: u32, family: u16, kind: i32, protocol: i32) -> ADDRINFOA {
    ADDRINFOA {
        ai_flags: flags as i32,
        ai_family: family.into(),
        ai_socktype: kind,
        ai_protocol: protocol,
        ..ADDRINFOA::default()
    }
}

#[test]
fn a_number_comes_back_once_with_the_hints_type() {
    let port = Some(c"8080");
    let rows = |wish| look_up(Some(c"127.0.0.1"), port, wish);
    let row = |kind, protocol| Ok(vec![(2, kind, protocol, String::from("127.0.0.1:8080"))]);
    assert_eq!(rows(hints(0, 0, 0, 0)), row(0, 0));
    assert_eq!(rows(hints(0, AF_INET, SOCK_STREAM, 0)), row(1, 0));
    assert_eq!(rows(hints(AI_NUMERICHOST | AI_NUMERICSERV, 0, 2, IPPROTO_UDP)), row(2, 17));
}

#[test]
fn ipv6_is_asked_for_as_23_and_as_10_and_answers_as_23() {
    for family in [AF_INET6, 10] {
        let rows = look_up(Some(c"::1"), Some(c"80"), hints(0, family, 1, 6));
        assert_eq!(rows, Ok(vec![(23, 1, 6, String::from("[::1]:80"))]));
    }
    let scoped = look_up(Some(c"fe80::1%1"), None, hints(0, AF_INET6, 1, 0));
    assert_eq!(scoped, Ok(vec![(23, 1, 0, String::from("fe80::1%1"))]));
}

#[test]
fn no_host_is_the_wildcard_when_passive_and_loopback_otherwise() {
    let passive = look_up(None, Some(c"7"), hints(AI_PASSIVE, AF_INET, 1, 0));
    assert_eq!(passive, Ok(vec![(2, 1, 0, String::from("0.0.0.0:7"))]));
    let active = look_up(None, Some(c"7"), hints(0, AF_INET, 1, 0));
    assert_eq!(active, Ok(vec![(2, 1, 0, String::from("127.0.0.1:7"))]));
}

#[test]
fn an_empty_host_is_this_computer() {
    let own = resolver_address();
    assert_eq!(look_up(Some(c""), None, hints(0, AF_INET, 1, 0)), own);
}

fn resolver_address() -> Result<Vec<Row>, i32> {
    let mut name = [0_u8; 256];
    start();
    // SAFETY: the buffer is as long as said.
    assert_eq!(unsafe { gethostname(name.as_mut_ptr(), 256) }, 0);
    let Ok(name) = CStr::from_bytes_until_nul(&name) else { panic!("no zero") };
    look_up(Some(name), None, hints(0, AF_INET, 1, 0))
}

#[test]
fn errors_are_winsock_s() {
    let number = |wish, node| look_up(Some(node), Some(c"80"), wish).err();
    assert_eq!(number(hints(AI_NUMERICHOST, 0, 1, 0), c"no.number"), Some(11001));
    assert_eq!(number(hints(0x0100_0000, 0, 1, 0), c"::1"), Some(10022));
    assert_eq!(number(hints(0, 77, 1, 0), c"::1"), Some(10047));
    assert_eq!(number(hints(0, 0, 77, 0), c"::1"), Some(10044));
    assert_eq!(look_up(None, None, hints(0, 0, 1, 0)), Err(11001));
    let no_service = look_up(Some(c"::1"), Some(c"no-such-service"), hints(0, 0, 1, 0));
    assert_eq!(no_service, Err(10109));
    let dirty = ADDRINFOA { ai_addrlen: 1, ..hints(0, 0, 1, 0) };
    assert_eq!(look_up(Some(c"::1"), None, dirty), Err(11003));
    let node = c"::1".as_ptr().cast();
    // SAFETY: strings end with a zero, the rest is NULL.
    let no_place = unsafe { getaddrinfo(node, ptr::null(), ptr::null(), ptr::null_mut()) };
    assert_eq!(no_place, 10014);
    // SAFETY: NULL is nothing to free.
    unsafe { freeaddrinfo(ptr::null()) };
}

#[test]
fn the_canonical_name_stands_in_the_first_record() {
    start();
    let wish = hints(AI_CANONNAME, 0, 1, 0);
    let mut list = MaybeUninit::<*mut ADDRINFOA>::uninit();
    let node = c"127.0.0.1".as_ptr().cast();
    // SAFETY: strings end with a zero, hints and result are there.
    unsafe {
        let code = getaddrinfo(node, ptr::null(), &raw const wish, list.as_mut_ptr());
        assert_eq!(code, 0);
        let list = list.assume_init();
        assert_eq!(CStr::from_ptr((*list).ai_canonname.cast()), c"127.0.0.1");
        freeaddrinfo(list);
    }
}

#[test]
fn getnameinfo_writes_numbers_and_checks_its_buffers() {
    start();
    let Some(address) = endpoint::parse("[fe80::9%7]:443", AF_INET6) else { panic!() };
    let (bytes, len) = endpoint::to_bytes(address);
    let flags = (NI_NUMERICHOST | NI_NUMERICSERV) as i32;
    let (mut host, mut service) = ([1_u8; 12], [1_u8; 4]);
    let ask = |len: usize, host: &mut [u8], service: &mut [u8], flags| {
        let (h, s) = (host.as_mut_ptr(), service.as_mut_ptr());
        let start = bytes.as_ptr().cast();
        let (host, service) = (host.len() as u32, service.len() as u32);
        // SAFETY: the lengths are those of the buffers, or shorter.
        unsafe { getnameinfo(start, len as i32, h, host, s, service, flags) }
    };
    assert_eq!(ask(len, &mut host, &mut service, flags), 0);
    assert_eq!((&host[..10], &service), (&b"fe80::9%7\0"[..], b"443\0"));
    assert_eq!(ask(len, &mut [0; 9], &mut service, flags), 10014);
    assert_eq!(ask(len, &mut host, &mut [0; 3], flags), 10014);
    assert_eq!(ask(len - 1, &mut host, &mut service, flags), 10014);
    assert_eq!(ask(len, &mut [], &mut [], flags), 11001);
    assert_eq!(ask(len, &mut host, &mut [], 0x40), 10022);
    let named = flags | NI_NAMEREQD as i32;
    assert_eq!(ask(len, &mut host, &mut [], named), 11001);
    // SAFETY: an address of NULL, and no buffers.
    let none = unsafe { getnameinfo(ptr::null(), 28, ptr::null_mut(), 0, ptr::null_mut(), 0, 0) };
    assert_eq!((none, crate::last_error::get()), (10014, 10014));
}

#[test]
fn gethostname_never_cuts() {
    start();
    let mut name = [7_u8; 256];
    let at = name.as_mut_ptr();
    // SAFETY: the buffer is at least as long as said.
    unsafe {
        assert_eq!((gethostname(at, 1), crate::last_error::get()), (-1, 10014));
        assert_eq!((gethostname(at, -1), crate::last_error::get()), (-1, 10014));
        assert_eq!(name, [7; 256]);
        assert_eq!((gethostname(ptr::null_mut(), 9), crate::last_error::get()), (-1, 10014));
        assert_eq!(gethostname(name.as_mut_ptr(), 256), 0);
    }
}

#[test]
fn gai_strerror_says_what_the_error_says() {
    // SAFETY: the texts end with a zero and live until the thread's next call.
    unsafe {
        assert_eq!(CStr::from_ptr(gai_strerrorA(11001).cast()), c"host not found");
        assert_eq!(CStr::from_ptr(gai_strerrorA(1).cast()), c"unknown WsaError 1");
        let wide = std::slice::from_raw_parts(gai_strerrorW(11001), 15);
        assert_eq!(String::from_utf16_lossy(wide), "host not found\0");
        assert_eq!(*gai_strerrorW_utf32(11001), u32::from('h'));
    }
}
