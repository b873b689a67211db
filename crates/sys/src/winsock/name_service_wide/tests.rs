use std::ptr;

use linsock_abi::AI_CANONNAME;

use super::super::test_support::start;
use super::*;

#[test]
fn both_widths_find_and_name_an_address() {
    start();
    let wish = ADDRINFOW { ai_flags: AI_CANONNAME as i32, ai_socktype: 1, ..ADDRINFOW::default() };
    let wide = |text: &str| text.encode_utf16().chain([0]).collect::<Vec<u16>>();
    let (node16, port16) = (wide("127.0.0.1"), wide("80"));
    let widen = |text: &[u16]| text.iter().map(|&unit| u32::from(unit)).collect::<Vec<_>>();
    let (node32, port32) = (widen(&node16), widen(&port16));
    let (mut list16, mut list32) = (ptr::null_mut(), ptr::null_mut());
    let (mut host16, mut host32) = ([0_u16; 10], [0_u32; 10]);
    let (mut name16, mut name32) = ([0_u16; 3], [0_u32; 3]);
    let (node, port) = (node16.as_ptr(), port16.as_ptr());
    // SAFETY: strings end with a zero, and the lengths are those of the buffers.
    unsafe {
        assert_eq!(GetAddrInfoW(node, port, &raw const wish, &raw mut list16), 0);
        let first = &*list16;
        assert_eq!((first.ai_family, first.ai_addrlen, first.ai_next), (2, 16, ptr::null_mut()));
        let canonical = std::slice::from_raw_parts(first.ai_canonname, node16.len());
        assert_eq!(canonical, node16);
        let (host, name) = (host16.as_mut_ptr(), name16.as_mut_ptr());
        assert_eq!(GetNameInfoW(first.ai_addr, 16, host, 10, name, 3, 0xA), 0);
        FreeAddrInfoW(list16);

        let (node, port) = (node32.as_ptr(), port32.as_ptr());
        assert_eq!(GetAddrInfoW_utf32(node, port, &raw const wish, &raw mut list32), 0);
        let first = &*list32;
        let canonical = first.ai_canonname.cast::<u32>();
        assert_eq!(std::slice::from_raw_parts(canonical, node32.len()), node32);
        let (host, name) = (host32.as_mut_ptr(), name32.as_mut_ptr());
        assert_eq!(GetNameInfoW_utf32(first.ai_addr, 16, host, 10, name, 3, 0xA), 0);
        FreeAddrInfoW_utf32(list32);
    }
    assert_eq!((&host16[..], &name16[..]), (&node16[..], &port16[..]));
    assert_eq!((&host32[..], &name32[..]), (&node32[..], &port32[..]));
}

#[test]
fn text_that_spells_nothing_is_invalid() {
    start();
    let broken = [0xDC00_u16, 0];
    let mut list = ptr::null_mut();
    // SAFETY: the text ends with a zero.
    let code = unsafe { GetAddrInfoW(broken.as_ptr(), ptr::null(), ptr::null(), &raw mut list) };
    assert_eq!((code, list), (10022, ptr::null_mut()));
}

#[test]
fn the_host_s_name_is_the_same_in_every_width() {
    start();
    let (mut bytes, mut utf16, mut utf32) = ([0_u8; 256], [0_u16; 256], [0_u32; 256]);
    // SAFETY: the buffers are as long as said.
    unsafe {
        assert_eq!(super::super::name_service::gethostname(bytes.as_mut_ptr(), 256), 0);
        assert_eq!(GetHostNameW(utf16.as_mut_ptr(), 256), 0);
        assert_eq!(GetHostNameW_utf32(utf32.as_mut_ptr(), 256), 0);
        assert_eq!(GetHostNameW(ptr::null_mut(), 256), -1);
    }
    assert_ne!(bytes[0], 0);
    assert_eq!(bytes.map(u16::from), utf16);
    assert_eq!(bytes.map(u32::from), utf32);
}
