use std::ffi::CStr;

use linsock_abi::IN_ADDR_0;

use super::*;

unsafe extern "C" {
    #[link_name = "inet_ntop"]
    fn libc_inet_ntop(
        family: i32,
        source: *const c_void,
        target: *mut libc::c_char,
        len: libc::socklen_t,
    ) -> *const libc::c_char;
}

const WINDOWS_AF_INET: i32 = 2;
const WINDOWS_AF_INET6: i32 = 23;

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

#[test]
fn inet_addr_answers_in_network_order() {
    // SAFETY: strings end with a zero.
    unsafe {
        assert_eq!(inet_addr(c"127.0.0.1".as_ptr().cast()).to_ne_bytes(), [127, 0, 0, 1]);
        assert_eq!(inet_addr(c"10.1.258 tail".as_ptr().cast()).to_ne_bytes(), [10, 1, 1, 2]);
        assert_eq!(inet_addr(c"nonsense".as_ptr().cast()), INADDR_NONE);
        assert_eq!(inet_addr(c" 1.2.3.4".as_ptr().cast()), INADDR_NONE);
        assert_eq!(inet_addr(c" ".as_ptr().cast()), 0);
        assert_eq!(inet_addr(c"".as_ptr().cast()), 0);
        crate::last_error::set(0);
        assert_eq!(inet_addr(ptr::null()), INADDR_NONE);
        assert_eq!(crate::last_error::get(), 10014);
    }
}

#[test]
fn inet_ntoa_has_one_buffer_a_thread() {
    let text = |octets: [u8; 4]| {
        let address = IN_ADDR { S_un: IN_ADDR_0 { S_addr: u32::from_ne_bytes(octets) } };
        // SAFETY: takes the address by value.
        unsafe { inet_ntoa(address) }
    };
    let first = text([255, 255, 255, 255]);
    // SAFETY: the buffer lives as long as the thread.
    assert_eq!(unsafe { CStr::from_ptr(first.cast()) }, c"255.255.255.255");
    assert_eq!(text([1, 2, 3, 4]), first);
    // SAFETY: as above.
    assert_eq!(unsafe { CStr::from_ptr(first.cast()) }, c"1.2.3.4");
    let other = std::thread::spawn(move || text([9, 9, 9, 9]).addr()).join();
    assert_ne!(other.ok(), Some(first.addr()));
    // SAFETY: as above.
    assert_eq!(unsafe { CStr::from_ptr(first.cast()) }, c"1.2.3.4");
}

#[test]
fn inet_pton_takes_both_numbers_of_ipv6() {
    for family in [10, WINDOWS_AF_INET6] {
        let mut octets = [0xAA_u8; 16];
        let text = wide("2001:db8::5");
        let target = octets.as_mut_ptr().cast();
        // SAFETY: the text ends with a zero, and there is room for 16 bytes.
        assert_eq!(unsafe { InetPtonW(family, text.as_ptr(), target) }, 1);
        assert_eq!(octets, [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]);
    }
}

#[test]
fn inet_pton_tells_no_address_from_an_error() {
    let mut octets = [0_u8; 16];
    let target: *mut c_void = octets.as_mut_ptr().cast();
    let error = |result: i32| (result, crate::last_error::get());
    // SAFETY: strings end with a zero, and there is room for 16 bytes.
    unsafe {
        for text in [c"1.2.3", c"1.2.3.256", c"0x1.2.3.4", c"", c"1.2.3.4 ", c"::1"] {
            assert_eq!(inet_pton(WINDOWS_AF_INET, text.as_ptr().cast(), target), 0, "{text:?}");
        }
        assert_eq!(inet_pton(WINDOWS_AF_INET6, c"1.2.3.4".as_ptr().cast(), target), 0);
        assert_eq!(octets, [0; 16], "a text that is no address writes nothing");
        assert_eq!(inet_pton(WINDOWS_AF_INET, c"1.2.3.4".as_ptr().cast(), target), 1);
        assert_eq!(octets[..5], [1, 2, 3, 4, 0]);
        assert_eq!(error(inet_pton(1, c"1.2.3.4".as_ptr().cast(), target)), (-1, 10047));
        assert_eq!(error(inet_pton(-1, c"1.2.3.4".as_ptr().cast(), target)), (-1, 10047));
        assert_eq!(error(inet_pton(2, ptr::null(), target)), (-1, 10014));
        let text = [u32::from('1'), 0];
        assert_eq!(error(InetPtonW_utf32(2, text.as_ptr(), ptr::null_mut())), (-1, 10014));
    }
}

#[test]
fn inet_ntop_needs_room_for_the_zero() {
    let octets = [192_u8, 0, 2, 10];
    let mut buffer = [0_u8; 32];
    let source: *const c_void = octets.as_ptr().cast();
    let target = buffer.as_mut_ptr();
    // SAFETY: the address is there and the buffer is at least as long as said.
    unsafe {
        assert!(inet_ntop(WINDOWS_AF_INET, source, target, 10).is_null());
        assert_eq!(crate::last_error::get(), 87);
        assert!(inet_ntop(WINDOWS_AF_INET, source, ptr::null_mut(), 32).is_null());
        assert_eq!(crate::last_error::get(), 87);
        assert_eq!(inet_ntop(WINDOWS_AF_INET, source, target, 11), target.cast_const());
        assert_eq!(CStr::from_ptr(target.cast()), c"192.0.2.10");
        assert!(inet_ntop(5, source, target, 32).is_null());
        assert_eq!(crate::last_error::get(), 10047);
        assert!(inet_ntop(WINDOWS_AF_INET, ptr::null(), target, 32).is_null());
        assert_eq!(crate::last_error::get(), 10014);
    }
}

#[test]
fn inet_ntop_writes_what_the_c_library_writes() {
    let texts =
        ["::", "::1", "::ffff:1.2.3.4", "::1.2.3.4", "2001:db8::1:0:0:1", "1:0:2:3:4:5:6:7"];
    for text in texts {
        let Ok(ip) = text.parse::<Ipv6Addr>() else { panic!("{text}") };
        let octets = ip.octets();
        let (mut ours, mut theirs, mut wide) = ([0_u8; 64], [0_u8; 64], [0_u32; 64]);
        let source: *const c_void = octets.as_ptr().cast();
        // SAFETY: the address is there and the buffers are as long as said.
        unsafe {
            assert!(!inet_ntop(WINDOWS_AF_INET6, source, ours.as_mut_ptr(), 64).is_null());
            assert!(!InetNtopW_utf32(WINDOWS_AF_INET6, source, wide.as_mut_ptr(), 64).is_null());
            libc_inet_ntop(libc::AF_INET6, source, theirs.as_mut_ptr().cast(), 64);
        }
        assert_eq!(ours, theirs, "{text}");
        assert_eq!(wide, ours.map(u32::from), "{text}");
    }
}
