use std::ptr;

use super::super::test_support::start;
use super::*;

/// The strings of a list that ends with NULL.
///
/// # Safety
/// Such a list, which outlives the answer.
unsafe fn strings<'a>(mut list: *mut *mut i8) -> Vec<&'a CStr> {
    let mut all = Vec::new();
    // SAFETY: as this function's own.
    unsafe {
        while !(*list).is_null() {
            all.push(CStr::from_ptr((*list).cast()));
            list = list.add(1);
        }
    }
    all
}

#[test]
fn gethostbyname_answers_with_ipv4() {
    start();
    // SAFETY: strings end with a zero, and the record holds until the thread's next call.
    unsafe {
        let host = gethostbyname(c"192.0.2.7".as_ptr().cast());
        let Some(host) = host.as_ref() else { panic!("{}", crate::last_error::get()) };
        assert_eq!((host.h_addrtype, host.h_length), (2, 4));
        assert_eq!(*(*host.h_addr_list).cast::<[u8; 4]>(), [192, 0, 2, 7]);
        assert!((*host.h_addr_list.add(1)).is_null());
        assert_eq!(string(host.h_name), Some(c"192.0.2.7"));
        assert_eq!(strings(host.h_aliases), Vec::<&CStr>::new());

        let own = gethostbyname(ptr::null());
        assert!(!own.is_null(), "{}", crate::last_error::get());
        assert!(gethostbyname(c"::1".as_ptr().cast()).is_null());
        assert!([11001, 11004].contains(&crate::last_error::get()));
    }
}

#[test]
fn gethostbyaddr_finds_loopback_and_checks_its_arguments() {
    start();
    let (four, sixteen) = ([127_u8, 0, 0, 1], Ipv6Addr::LOCALHOST.octets());
    let error = |host: *mut HOSTENT| (host.is_null(), crate::last_error::get());
    // SAFETY: the addresses are as long as said, or shorter lengths are given.
    unsafe {
        let host = gethostbyaddr(four.as_ptr(), 4, 2);
        let Some(host) = host.as_ref() else { panic!("{}", crate::last_error::get()) };
        assert_eq!(string(host.h_name), Some(c"localhost"));
        assert_eq!(*(*host.h_addr_list).cast::<[u8; 4]>(), four);
        if let Some(host) = gethostbyaddr(sixteen.as_ptr(), 16, 23).as_ref() {
            assert_eq!((host.h_addrtype, host.h_length), (23, 16));
        } else {
            // Not every system names ::1.
            assert_eq!(crate::last_error::get(), 11001);
        }
        assert_eq!(error(gethostbyaddr(four.as_ptr(), 3, 2)), (true, 10014));
        assert_eq!(error(gethostbyaddr(four.as_ptr(), 4, 23)), (true, 10014));
        assert_eq!(error(gethostbyaddr(four.as_ptr(), 4, 1)), (true, 10047));
        assert_eq!(error(gethostbyaddr(ptr::null(), 4, 2)), (true, 10014));
    }
}

#[test]
fn services_and_protocols_go_both_ways() {
    start();
    // SAFETY: strings end with a zero, and the records hold until the thread's next call.
    unsafe {
        let tcp = c"tcp".as_ptr().cast();
        if let Some(service) = getservbyname(c"http".as_ptr().cast(), tcp).as_ref() {
            assert_eq!(u16::from_be(service.s_port as u16), 80);
            assert_eq!(string(service.s_proto), Some(c"tcp"));
            let same = &*getservbyport(service.s_port.into(), ptr::null());
            assert_eq!(string(same.s_name), Some(c"http"));
        } else {
            assert!(!std::path::Path::new("/etc/services").exists());
        }
        let udp = &*getprotobyname(c"udp".as_ptr().cast());
        assert_eq!((udp.p_proto, string(udp.p_name)), (17, Some(c"udp")));
        assert!(strings(udp.p_aliases).contains(&c"UDP"));
        let tcp = &*getprotobynumber(6);
        assert_eq!((tcp.p_proto, string(tcp.p_name)), (6, Some(c"tcp")));
    }
}

#[test]
fn what_is_not_there_is_no_data() {
    start();
    let none = c"no-such-thing".as_ptr().cast();
    // SAFETY: strings end with a zero, or are NULL.
    unsafe {
        assert!(getservbyname(none, ptr::null()).is_null());
        assert_eq!(crate::last_error::get(), 11004);
        assert!(getservbyport(1, none).is_null());
        assert_eq!(crate::last_error::get(), 11004);
        assert!(getprotobyname(none).is_null());
        assert_eq!(crate::last_error::get(), 11004);
        assert!(getprotobynumber(-1).is_null());
        assert_eq!(crate::last_error::get(), 11004);
        assert!(getservbyname(ptr::null(), none).is_null());
        assert_eq!(crate::last_error::get(), 10014);
        assert!(getprotobyname(ptr::null()).is_null());
        assert_eq!(crate::last_error::get(), 10014);
    }
}

#[test]
fn each_thread_has_its_own_record() {
    start();
    // SAFETY: the record holds until this thread's next call.
    unsafe {
        let mine = getprotobynumber(6);
        let other = std::thread::spawn(|| getprotobynumber(17).addr()).join();
        assert_ne!(other.ok(), Some(mine.addr()));
        assert_eq!((*mine).p_proto, 6);
    }
}

#[test]
fn the_small_table_needs_no_file() {
    for row in PROTOCOLS {
        let found = known(|other| other.number == row.number, WsaError::WSANO_DATA);
        assert!(found.is_ok_and(|(strings, number)| {
            strings.name == row.names[0] && number == row.number
        }));
    }
    assert_eq!(known(|_| false, WsaError::WSANO_DATA).err(), Some(WsaError::WSANO_DATA));
}
