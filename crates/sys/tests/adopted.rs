//! A descriptor that somebody else made is adopted, and when its maker has closed it and another socket has its number,
//! that one is.

use linsock_sys::Win32::Networking::WinSock::*;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::ptr::null_mut;

/// Receives up to 16 bytes without an OVERLAPPED.
///
/// # Safety
/// Of the number nothing is demanded.
unsafe fn receive(s: SOCKET) -> Result<Vec<u8>, i32> {
    let mut room = [0u8; 16];
    let buffer = WSABUF { len: 16, buf: room.as_mut_ptr() };
    let (mut bytes, mut flags) = (0, 0);
    // SAFETY: every pointer is to a live local.
    unsafe {
        match WSARecv(s, &buffer, 1, &mut bytes, &mut flags, null_mut(), None) {
            0 => Ok(room[..bytes as usize].to_vec()),
            _ => Err(WSAGetLastError()),
        }
    }
}

#[test]
fn another_socket_under_the_number_of_one_that_its_maker_closed_is_another_socket() {
    // SAFETY: every pointer is to a live local.
    unsafe {
        assert_eq!(WSAStartup(0x0202, &mut std::mem::zeroed()), 0);
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a port");
        let there = listener.local_addr().expect("a listener has an address");

        let stream = TcpStream::connect(there).expect("it listens");
        let mut peer = listener.accept().expect("it was connected to").0;
        peer.write_all(b"first").expect("it is connected");
        let number = stream.as_raw_fd();
        assert_eq!(receive(number as SOCKET), Ok(b"first".to_vec()));
        drop(peer);
        assert_eq!(receive(number as SOCKET), Ok(vec![]), "the end");

        // Closed behind the library's back.
        drop(stream);
        assert_eq!(receive(number as SOCKET), Err(WSAENOTSOCK));

        // The number goes to something new: one that is not connected, and then one that is.
        let fresh = libc::socket(libc::AF_INET, libc::SOCK_STREAM, 0);
        if fresh != number {
            assert_eq!(libc::dup2(fresh, number), number);
            libc::close(fresh);
        }
        assert_eq!(receive(number as SOCKET), Err(WSAENOTCONN));
        let second = TcpStream::connect(there).expect("it listens");
        let mut peer = listener.accept().expect("it was connected to").0;
        assert_eq!(libc::dup2(second.as_raw_fd(), number), number);
        peer.write_all(b"second").expect("it is connected");
        assert_eq!(receive(number as SOCKET), Ok(b"second".to_vec()));

        // A number that is no socket's any more is not closed.
        let file = ManuallyDrop::new(std::fs::File::open("/dev/null").expect("it is there"));
        assert_eq!(libc::dup2(file.as_raw_fd(), number), number);
        assert_eq!(closesocket(number as SOCKET), SOCKET_ERROR);
        assert_eq!(WSAGetLastError(), WSAENOTSOCK);
        assert_eq!(libc::close(number), 0);
    }
}
