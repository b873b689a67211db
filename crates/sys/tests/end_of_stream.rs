//! A peer's last data and its end of stream may be told in one: the receive after the last data still sees the end.

use linsock_sys::Win32::Foundation::CloseHandle;
use linsock_sys::Win32::Networking::WinSock::*;
use linsock_sys::Win32::System::IO::*;
use std::io::Write;
use std::net::TcpListener;
use std::ptr::null_mut;

/// Starts a receive of up to 16 bytes and gives what its packet says.
///
/// # Safety
/// `s` is associated with `port`.
unsafe fn receive(s: SOCKET, port: isize, between: impl FnOnce()) -> Option<u32> {
    // Kept, should the operation never end.
    let overlapped: &'static mut OVERLAPPED = Box::leak(Box::default());
    let room: &'static mut [u8; 16] = Box::leak(Box::default());
    let buffer = WSABUF { len: 16, buf: room.as_mut_ptr() };
    let (mut flags, mut bytes, mut key, mut done) = (0, 0, 0, null_mut());
    // SAFETY: what the operation uses is never freed; the rest are live locals.
    unsafe {
        let result = WSARecv(s, &buffer, 1, null_mut(), &mut flags, overlapped, None);
        assert!(result == 0 || WSAGetLastError() == WSA_IO_PENDING, "{}", WSAGetLastError());
        between();
        let port = port as _;
        (GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut done, 3000) != 0)
            .then_some(bytes)
    }
}

#[test]
fn the_end_told_with_the_last_data_is_seen() {
    // SAFETY: every pointer is to a live local of the type that the call wants.
    unsafe {
        assert_eq!(WSAStartup(0x0202, &mut std::mem::zeroed()), 0);
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a port");
        let there = listener.local_addr().expect("a listener has an address");
        let mut name = SOCKADDR_IN { sin_family: AF_INET, ..SOCKADDR_IN::default() };
        name.sin_port = there.port().to_be();
        name.sin_addr.S_un.S_addr = u32::from_ne_bytes([127, 0, 0, 1]);
        for _ in 0..50 {
            let s = socket(AF_INET as i32, SOCK_STREAM, 0);
            let port = CreateIoCompletionPort(s as _, null_mut(), 0, 0);
            assert_eq!(connect(s, (&raw const name).cast(), size_of_val(&name) as i32), 0);
            let (mut peer, _) = listener.accept().expect("somebody connected");
            // Data and end are there before anybody waits at the port.
            let last = move || peer.write_all(b"last").expect("the connection stands");
            assert_eq!(receive(s, port as isize, last), Some(4));
            assert_eq!(receive(s, port as isize, || ()), Some(0), "the end was not told");
            assert_eq!(closesocket(s), 0);
            assert_ne!(CloseHandle(port), 0);
        }
    }
}
