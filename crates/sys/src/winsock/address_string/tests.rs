use linsock_abi::{AF_INET, AF_INET6, SOCKADDR_IN6};

use super::super::test_support::start;
use super::*;

#[test]
fn an_address_and_its_text_go_both_ways() {
    start();
    for (family, text) in [
        (AF_INET, "192.0.2.1:80"),
        (AF_INET, "192.0.2.1"),
        (AF_INET6, "[fe80::1%3]:443"),
        (AF_INET6, "2001:db8::1"),
    ] {
        let source: Vec<u16> = text.encode_utf16().chain([0]).collect();
        let mut address = SOCKADDR_IN6::default();
        let at = ptr::from_mut(&mut address).cast::<SOCKADDR>();
        let mut len = size_of::<SOCKADDR_IN6>() as i32;
        let mut buffer = [0_u8; 64];
        let mut units = buffer.len() as u32;
        // SAFETY: the text ends with a zero, and the lengths are those of the buffers.
        unsafe {
            let family = i32::from(family);
            let result =
                WSAStringToAddressW(source.as_ptr(), family, ptr::null(), at, &raw mut len);
            assert_eq!(result, 0, "{text}");
            let target = buffer.as_mut_ptr();
            let result = WSAAddressToStringA(at, len as u32, ptr::null(), target, &raw mut units);
            assert_eq!(result, 0, "{text}");
        }
        assert_eq!(address.sin6_family, family);
        assert_eq!(len, if family == AF_INET { 16 } else { 28 });
        assert_eq!(units as usize, text.len() + 1, "the length counts the zero");
        assert_eq!(&buffer[..text.len()], text.as_bytes());
        assert_eq!(buffer[text.len()], 0);
    }
}

#[test]
fn a_short_buffer_is_a_fault_and_learns_its_length() {
    start();
    let mut address = SOCKADDR_IN6::default();
    let at = ptr::from_mut(&mut address).cast::<SOCKADDR>();
    let text: Vec<u32> = "127.0.0.1:9".chars().map(u32::from).chain([0]).collect();
    let mut buffer = [7_u32; 8];
    // SAFETY: the text ends with a zero, and the lengths are within those of the buffers.
    unsafe {
        let mut len = 15;
        let source = text.as_ptr();
        let from = |len: *mut i32| WSAStringToAddressW_utf32(source, 2, ptr::null(), at, len);
        assert_eq!((from(&raw mut len), crate::last_error::get(), len), (-1, 10014, 16));
        assert_eq!((from(&raw mut len), len), (0, 16));
        assert_eq!((from(ptr::null_mut()), crate::last_error::get()), (-1, 10014));
        let mut units = 8;
        let target = buffer.as_mut_ptr();
        let to = |len, target, units: *mut u32| {
            WSAAddressToStringW_utf32(at, len, ptr::null(), target, units)
        };
        assert_eq!((to(16, target, &raw mut units), crate::last_error::get()), (-1, 10014));
        assert_eq!((units, buffer), (12, [7; 8]));
        units = 12;
        assert_eq!((to(16, ptr::null_mut(), &raw mut units), units), (-1, 12));
        assert_eq!((to(15, target, &raw mut units), crate::last_error::get()), (-1, 10014));
        assert_eq!((to(16, target, ptr::null_mut()), crate::last_error::get()), (-1, 10014));
    }
}

#[test]
fn other_families_and_other_texts_are_invalid() {
    start();
    let mut address = [0_u16; 14];
    address[0] = 6;
    let at = address.as_mut_ptr().cast::<SOCKADDR>();
    let (mut len, mut units) = (28, 64);
    let mut buffer = [0_u8; 64];
    // SAFETY: strings end with a zero, and the lengths are those of the buffers.
    unsafe {
        for (family, text) in [(6, c"1.2.3.4"), (0, c"1.2.3.4"), (2, c"::1"), (23, c"fe80::1%lo")] {
            let source = text.as_ptr().cast();
            let result = WSAStringToAddressA(source, family, ptr::null(), at, &raw mut len);
            assert_eq!((result, crate::last_error::get()), (-1, 10022), "{family} {text:?}");
        }
        let target = buffer.as_mut_ptr();
        let result = WSAAddressToStringA(at, 28, ptr::null(), target, &raw mut units);
        assert_eq!((result, crate::last_error::get()), (-1, 10022));
        let result = WSAAddressToStringA(ptr::null(), 28, ptr::null(), target, &raw mut units);
        assert_eq!((result, crate::last_error::get()), (-1, 10014));
    }
}
