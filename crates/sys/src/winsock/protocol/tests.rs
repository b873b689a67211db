use super::super::socket::{
    WSARecvDisconnect, WSASendDisconnect, WSASocketW, accept, bind, closesocket, getsockname,
    listen, socket as make,
};
use super::super::transfer::{recv, send};
use super::*;
use crate::winsock::connection::connect;
use linsock_abi::{
    AF_INET, AF_INET6, FROM_PROTOCOL_INFO, IPPROTO_TCP, IPPROTO_UDP, SOCK_STREAM, SOCKADDR,
    SOCKADDR_IN, WSABUF,
};
use std::process::Command;
use std::ptr;

const NOT_A_SOCKET: u32 = WsaError::WSAENOTSOCK.0 as u32;
const INVALID: u32 = WsaError::WSAEINVAL.0 as u32;
const FAULT: u32 = WsaError::WSAEFAULT.0 as u32;
const NO_BUFFERS: u32 = WsaError::WSAENOBUFS.0 as u32;

fn start() {
    static STARTED: std::sync::Once = std::sync::Once::new();
    STARTED.call_once(|| linsock_engine::startup::begin().expect("a backend serves"));
}

fn last_error() -> u32 {
    crate::last_error::get()
}

/// The protocols that are listed for numbers.
fn listed(wanted: *const i32) -> Vec<WSAPROTOCOL_INFOW> {
    let mut room = vec![WSAPROTOCOL_INFOW::default(); 20];
    let mut length = (room.len() * size_of::<WSAPROTOCOL_INFOW>()) as u32;
    // SAFETY: the room is as long as said.
    let count = unsafe { WSAEnumProtocolsW(wanted, room.as_mut_ptr(), &raw mut length) };
    room.truncate(usize::try_from(count).expect("listed"));
    room
}

#[test]
fn all_protocols_or_those_asked_for_are_listed() {
    start();
    assert_eq!(listed(ptr::null()).len(), CATALOGUE.len());
    let tcp = listed([IPPROTO_TCP, 0].as_ptr());
    let families: Vec<i32> = tcp.iter().map(|info| info.iAddressFamily).collect();
    assert_eq!(families, [i32::from(AF_INET), i32::from(AF_INET6)]);
    assert!(tcp.iter().all(|info| info.iProtocol == IPPROTO_TCP));
    assert_eq!(listed([IPPROTO_UDP, IPPROTO_TCP, 0].as_ptr()).len(), 4);
    assert!(listed([0].as_ptr()).is_empty());
    let name = String::from_utf16_lossy(&tcp[0].szProtocol);
    assert!(name.starts_with("MSAFD Tcpip [TCP/IP]\0"));
}

#[test]
fn too_little_room_says_how_much_is_needed() {
    start();
    let tcp = [IPPROTO_TCP, 0];
    let mut room = [WSAPROTOCOL_INFOA::default(); 2];
    let mut length = size_of_val(&room) as u32 - 1;
    // SAFETY: the room is longer than said.
    unsafe {
        let count = WSAEnumProtocolsA(tcp.as_ptr(), room.as_mut_ptr(), &raw mut length);
        assert_eq!((count, last_error()), (SOCKET_ERROR, NO_BUFFERS));
        assert_eq!(length as usize, 2 * 372);
        assert_eq!(room[0].iProtocol, 0);
        assert_eq!(WSAEnumProtocolsA(tcp.as_ptr(), room.as_mut_ptr(), &raw mut length), 2);
        assert_eq!(room[1].iAddressFamily, i32::from(AF_INET6));
        length = 0;
        let count = WSAEnumProtocolsW_utf32(tcp.as_ptr(), ptr::null_mut(), &raw mut length);
        assert_eq!((count, last_error()), (SOCKET_ERROR, NO_BUFFERS));
        assert_eq!(length as usize, 2 * (116 + 4 * 256));
        let count = WSAEnumProtocolsA(tcp.as_ptr(), room.as_mut_ptr(), ptr::null_mut());
        assert_eq!((count, last_error()), (SOCKET_ERROR, FAULT));
    }
}

fn address(port: u16) -> SOCKADDR_IN {
    let mut address = SOCKADDR_IN { sin_family: AF_INET, sin_port: port, ..Default::default() };
    address.sin_addr.S_un.S_addr = u32::from_ne_bytes([127, 0, 0, 1]);
    address
}

/// Both ends of a connection.
fn pair() -> (SOCKET, SOCKET) {
    start();
    let mut at = address(0);
    let mut len = size_of::<SOCKADDR_IN>() as i32;
    let name = (&raw mut at).cast::<SOCKADDR>();
    // SAFETY: the addresses are as long as said.
    unsafe {
        let listener = make(i32::from(AF_INET), SOCK_STREAM, 0);
        assert_eq!(bind(listener, name, len), 0);
        assert_eq!(listen(listener, 5), 0);
        assert_eq!(getsockname(listener, name, &raw mut len), 0);
        let client = make(i32::from(AF_INET), SOCK_STREAM, 0);
        assert_eq!(connect(client, name, len), 0);
        let server = accept(listener, ptr::null_mut(), ptr::null_mut());
        closesocket(listener);
        (client, server)
    }
}

fn say(socket: SOCKET, text: &str) {
    // SAFETY: the text is as long as said.
    let sent = unsafe { send(socket, text.as_ptr(), text.len() as i32, 0) };
    assert_eq!(sent, text.len() as i32, "error {}", last_error());
}

fn hear(socket: SOCKET) -> String {
    let mut room = [0; 64];
    // SAFETY: the room is as long as said.
    let got = unsafe { recv(socket, room.as_mut_ptr(), room.len() as i32, 0) };
    let got = usize::try_from(got).unwrap_or_else(|_| panic!("error {}", last_error()));
    String::from_utf8_lossy(&room[..got]).into_owned()
}

fn duplicate_for(socket: SOCKET, process: u32) -> WSAPROTOCOL_INFOW {
    let mut info = WSAPROTOCOL_INFOW::default();
    // SAFETY: room for the description.
    let status = unsafe { WSADuplicateSocketW(socket, process, &raw mut info) };
    assert_eq!(status, 0, "error {}", last_error());
    info
}

fn make_of(info: &WSAPROTOCOL_INFOW) -> SOCKET {
    let from = FROM_PROTOCOL_INFO;
    // SAFETY: a description.
    unsafe { WSASocketW(from, from, from, info, 0, 0) }
}

#[test]
fn a_duplicate_keeps_the_connection_that_its_source_had() {
    let (client, server) = pair();
    let info = duplicate_for(server, std::process::id());
    assert_eq!((info.iAddressFamily, info.iSocketType, info.iProtocol), (2, 1, 6));
    let copy = make_of(&info);
    assert_ne!(copy, linsock_abi::INVALID_SOCKET, "error {}", last_error());
    assert_ne!(copy, server);
    say(client, "to the copy");
    assert_eq!(hear(copy), "to the copy");
    say(client, "to the source");
    assert_eq!(hear(server), "to the source");
    // SAFETY: any number may be given.
    unsafe { assert_eq!(closesocket(server), 0) };
    say(copy, "still there");
    assert_eq!(hear(client), "still there");
    // SAFETY: any number may be given.
    unsafe { assert_eq!(closesocket(copy), 0) };
    assert_eq!(hear(client), "");
}

#[test]
fn the_source_may_be_closed_before_its_duplicate_is_made() {
    let (client, server) = pair();
    let info = duplicate_for(server, std::process::id());
    // SAFETY: any number may be given.
    unsafe { closesocket(server) };
    let copy = make_of(&info);
    say(client, "late");
    assert_eq!(hear(copy), "late");
}

#[test]
fn a_description_is_good_for_one_socket() {
    let (_client, server) = pair();
    let info = duplicate_for(server, std::process::id());
    assert_ne!(make_of(&info), linsock_abi::INVALID_SOCKET);
    assert_eq!(make_of(&info), linsock_abi::INVALID_SOCKET);
    assert_eq!(last_error(), INVALID);
}

#[test]
fn a_description_for_another_process_is_refused() {
    let (_client, server) = pair();
    let info = duplicate_for(server, 1);
    assert_eq!(make_of(&info), linsock_abi::INVALID_SOCKET);
    assert_eq!(last_error(), INVALID);
}

#[test]
fn what_cannot_be_duplicated_is_refused() {
    let (_client, server) = pair();
    let mut info = WSAPROTOCOL_INFOA::default();
    // SAFETY: room for the description, or NULL.
    unsafe {
        assert_eq!(WSADuplicateSocketA(usize::MAX, 1, &raw mut info), SOCKET_ERROR);
        assert_eq!(last_error(), NOT_A_SOCKET);
        for nobody in [0, u32::MAX, 0x7FFF_FFFF] {
            assert_eq!(WSADuplicateSocketA(server, nobody, &raw mut info), SOCKET_ERROR);
            assert_eq!(last_error(), INVALID);
        }
        let own = std::process::id();
        assert_eq!(WSADuplicateSocketA(server, own, ptr::null_mut()), SOCKET_ERROR);
        assert_eq!(last_error(), FAULT);
    }
}

/// What the child of the next test is given: the number in its description.
const NUMBER: &str = "LINSOCK_TEST_NUMBER";

#[test]
fn another_process_makes_a_socket_of_the_description() {
    if let Ok(number) = std::env::var(NUMBER) {
        start();
        let mut line = String::new();
        // The parent knows whom it is for only once this process runs.
        let mut info = catalogue::CATALOGUE[0].info_w();
        std::io::stdin().read_line(&mut line).expect("a line");
        assert_eq!(number, "by standard input");
        info.dwProviderReserved = line.trim().parse().expect("a number");
        let socket = make_of(&info);
        say(socket, "from the child");
        assert_eq!(hear(socket), "to the child");
        return;
    }
    use std::io::Write;
    let (client, server) = pair();
    let name = "winsock::protocol::tests::another_process_makes_a_socket_of_the_description";
    let mut child = Command::new(std::env::current_exe().expect("a path"))
        .args(["--exact", name])
        .env(NUMBER, "by standard input")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("a child");
    let info = duplicate_for(server, child.id());
    // SAFETY: any number may be given.
    unsafe { closesocket(server) };
    let mut input = child.stdin.take().expect("a pipe");
    writeln!(input, "{}", info.dwProviderReserved).expect("written");
    assert_eq!(hear(client), "from the child");
    say(client, "to the child");
    assert!(child.wait().expect("it ends").success());
    assert_eq!(hear(client), "");
}

#[test]
fn disconnecting_shuts_down_one_direction() {
    let (client, server) = pair();
    let mut byte = 0;
    let data = WSABUF { len: 1, buf: &raw mut byte };
    let none = WSABUF::default();
    // SAFETY: what is pointed to is there.
    unsafe {
        assert_eq!(WSASendDisconnect(client, &raw const data), SOCKET_ERROR);
        assert_eq!(last_error(), WsaError::WSAENOPROTOOPT.0 as u32);
        say(client, "before");
        assert_eq!(WSASendDisconnect(client, &raw const none), 0);
        assert_eq!(send(client, &raw const byte, 1, 0), SOCKET_ERROR);
        assert_eq!(last_error(), WsaError::WSAESHUTDOWN.0 as u32);
        assert_eq!(hear(server), "before");
        assert_eq!(hear(server), "");
        assert_eq!(WSARecvDisconnect(client, ptr::null()), 0);
        assert_eq!(recv(client, &raw mut byte, 1, 0), SOCKET_ERROR);
        assert_eq!(last_error(), WsaError::WSAESHUTDOWN.0 as u32);
        assert_eq!(WSASendDisconnect(usize::MAX, ptr::null()), SOCKET_ERROR);
        assert_eq!(last_error(), NOT_A_SOCKET);
    }
}
