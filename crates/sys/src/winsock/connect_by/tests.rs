//! Both widths of text, and a socket that is closed while it is being connected.

use super::*;
use crate::last_error;
use crate::winsock::socket::{closesocket, socket};
use crate::winsock::test_support::start;
use linsock_abi::SOCKADDR_IN;
use std::net::TcpListener;
use std::ptr;
use std::time::Duration;

fn tcp() -> SOCKET {
    start();
    // SAFETY: takes numbers.
    let s = unsafe { socket(AF_INET.into(), SOCK_STREAM, 0) };
    assert_ne!(s, linsock_abi::INVALID_SOCKET);
    s
}

fn units<U: Unit>(text: &str) -> Vec<U> {
    let mut units = U::encode(text);
    units.push(U::default());
    units
}

/// Connects by name in one width of text, and checks where to.
fn connects<U: Unit>(
    call: unsafe extern "system" fn(
        SOCKET,
        *const U,
        *const U,
        *mut u32,
        *mut SOCKADDR,
        *mut u32,
        *mut SOCKADDR,
        *const TIMEVAL,
        *const OVERLAPPED,
    ) -> BOOL,
) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (node, service) = (units::<U>("127.0.0.1"), units::<U>(&port.to_string()));
    let mut there = SOCKADDR_IN::default();
    let mut len = size_of::<SOCKADDR_IN>() as u32;
    let s = tcp();
    // SAFETY: strings that end with a zero, and an address with its length.
    let connected = unsafe {
        let start = (&raw mut there).cast();
        let (none, no_len) = (ptr::null_mut(), ptr::null_mut());
        let (node, service) = (node.as_ptr(), service.as_ptr());
        call(s, node, service, no_len, none, &raw mut len, start, ptr::null(), ptr::null())
    };
    assert_eq!(connected, 1, "error {}", last_error::get());
    assert_eq!((there.sin_family, there.sin_port), (AF_INET, port.to_be()));
    assert!(listener.accept().is_ok());
    // SAFETY: takes a number.
    assert_eq!(unsafe { closesocket(s) }, 0);
}

#[test]
fn b_030_every_width_of_text_connects() {
    connects::<u16>(WSAConnectByNameW);
    connects::<u32>(WSAConnectByNameW_utf32);
}

#[test]
fn b_032_closing_the_socket_ends_the_call() {
    // Room for one connection, which is taken: nobody answers another attempt.
    let listener = {
        use std::os::fd::AsRawFd;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        // SAFETY: listens anew with a shorter queue.
        assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 0) }, 0);
        listener
    };
    let at = listener.local_addr().unwrap();
    let _first = std::net::TcpStream::connect(at).unwrap();
    let s = tcp();
    let service = units::<u8>(&at.port().to_string());
    let connecting = std::thread::spawn(move || {
        let (none, no_len) = (ptr::null_mut(), ptr::null_mut());
        let (node, service) = (c"127.0.0.1".as_ptr().cast(), service.as_ptr());
        let (limit, no) = (TIMEVAL { tv_sec: 10, tv_usec: 0 }, ptr::null());
        // SAFETY: strings that end with a zero, and a time.
        let done = unsafe {
            WSAConnectByNameA(s, node, service, no_len, none, no_len, none, &raw const limit, no)
        };
        (done, WsaError(last_error::get() as i32))
    });
    std::thread::sleep(Duration::from_millis(200));
    // SAFETY: takes a number.
    assert_eq!(unsafe { closesocket(s) }, 0);
    let start = Instant::now();
    let (done, error) = connecting.join().unwrap();
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!((done, error), (0, WsaError::WSAEINTR));
}
