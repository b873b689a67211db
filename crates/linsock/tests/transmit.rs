//! Check that files are sent as asked, and that the file stays open meanwhile.

mod common;

use common::{at_port, connected, next};
use linsock::{Notify, Transmission, WsaError};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// A file that is open, has `content`, and no name.
fn file(content: &[u8]) -> File {
    let path =
        format!("{}/transmit-{:?}", env!("CARGO_TARGET_TMPDIR"), std::thread::current().id());
    let path = format!("{path}-{}", std::process::id());
    std::fs::write(&path, content).unwrap();
    let file = File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    file
}

/// Without a short period.
fn content(length: usize) -> Vec<u8> {
    (0..length as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn exactly(peer: &mut impl Read, length: usize) -> Vec<u8> {
    let mut data = vec![0; length];
    peer.read_exact(&mut data).unwrap();
    data
}

#[test]
fn the_same_on_each_backend() {
    common::on_each_backend();
}

#[test]
fn blocks_go_around_a_part_of_the_file() {
    for notify in [Notify::Port, Notify::Event] {
        let (port, socket, mut peer) = at_port();
        let file = Arc::new(file(b"0123456789"));
        for (what, expected) in [
            (Transmission::of(Arc::clone(&file)), "0123456789"),
            (Transmission::of(Arc::clone(&file)).from(7), "789"),
            (Transmission::of(Arc::clone(&file)).from(2).bytes(3).before("<").after(">"), "<234>"),
            (Transmission::of(Arc::clone(&file)).bytes(0).before("a").after("b"), "ab"),
            (Transmission::of(Arc::clone(&file)).from(10).after("end"), "end"),
            (Transmission::without_file().before("no").after("file"), "nofile"),
        ] {
            let sending = socket.transmit_file(what.clone(), notify).unwrap();
            let done = if notify == Notify::Port {
                assert!(next(&port).is_of(&sending));
                sending.take().unwrap()
            } else {
                sending.join().unwrap()
            };
            assert_eq!(done.result, Ok(expected.len() as u32), "{what:?}");
            assert_eq!(exactly(&mut peer, expected.len()), expected.as_bytes());
            assert!(expected.as_bytes().starts_with(&done.buffer));
            assert!(expected.as_bytes().ends_with(&done.others[0]));
        }
        assert_eq!((&*file).stream_position().unwrap(), 0);
    }
}

#[test]
fn nothing_at_all_is_sent_too() {
    let (port, socket, _peer) = at_port();
    let by_event = socket.transmit_file(Transmission::without_file(), Notify::Event).unwrap();
    assert_eq!(by_event.join().unwrap().result, Ok(0));
    let by_port = socket.transmit_file(Transmission::without_file(), Notify::Port).unwrap();
    assert!(next(&port).is_of(&by_port));
    assert_eq!(by_port.take().unwrap().result, Ok(0));
}

#[test]
fn a_file_that_takes_long_stays_open() {
    let sent = content(32 << 20);
    let (socket, mut peer) = connected();
    let sending = socket.transmit_file(Transmission::of(file(&sent)), Notify::Event).unwrap();
    assert!(!sending.is_over(), "nobody reads yet");
    // The operation alone has the file; others are opened and closed meanwhile.
    drop((0..50).map(|_| file(b"other")).collect::<Vec<_>>());
    assert!(exactly(&mut peer, sent.len()) == sent);
    assert_eq!(sending.join().unwrap().result, Ok(sent.len() as u32));
}

#[test]
fn the_connection_ends_if_asked() {
    let (socket, mut peer) = connected();
    let what = Transmission::of(file(b"last words")).then_disconnect(false);
    let sending = socket.transmit_file(what, Notify::Event).unwrap();
    let mut all = Vec::new();
    peer.read_to_end(&mut all).unwrap();
    assert_eq!(all, b"last words");
    assert_eq!(sending.join().unwrap().result, Ok(10));
    // With reuse the socket connects again.
    let (socket, mut peer) = connected();
    let what = Transmission::of(file(b"again")).then_disconnect(true);
    let sending = socket.transmit_file(what, Notify::Event).unwrap();
    assert_eq!(exactly(&mut peer, 5), b"again");
    drop(peer);
    assert_eq!(sending.join().unwrap().result, Ok(5));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connecting = socket.connect_ex(address, b"hello".to_vec(), Notify::Event).unwrap();
    assert_eq!(connecting.join().unwrap().result, Ok(5));
}

#[test]
fn a_cancelled_transmission_is_over() {
    let (socket, _peer) = connected();
    let what = Transmission::of(file(&content(32 << 20))).before("head");
    let sending = socket.transmit_file(what, Notify::Event).unwrap();
    assert!(sending.cancel());
    let done = sending.join().unwrap();
    assert_eq!(done.result, Err(WsaError::WSA_OPERATION_ABORTED));
    assert_eq!(done.buffer, b"head");
}

#[test]
fn wrong_use_is_an_error() {
    let (socket, _peer) = connected();
    let refused = |what| socket.transmit_file(what, Notify::Event).unwrap_err();
    assert_eq!(refused(Transmission::of(file(b"short")).from(6)), WsaError::WSAEINVAL);
    assert_eq!(refused(Transmission::of(file(b"short")).bytes(u32::MAX)), WsaError::WSAEINVAL);
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"x").unwrap();
    let pipe = File::from(OwnedFd::from(reader));
    assert_eq!(refused(Transmission::of(pipe)), WsaError::WSA_INVALID_HANDLE);
    let what = Transmission::of(file(b"x"));
    let no_routine = socket.transmit_file(what, Notify::Routine);
    assert_eq!(no_routine.unwrap_err(), WsaError::WSAEOPNOTSUPP);
    let unconnected = common::bound().transmit_file(Transmission::without_file(), Notify::Event);
    assert_eq!(unconnected.unwrap_err(), WsaError::WSAENOTCONN);
}
