//! Check that AcceptEx accepts, tells the addresses and the first data, and ends once.

mod common;

use common::{LONG, listening, next};
use linsock::{Accepting, CompletionPort, Notify, Socket, WsaError};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

fn accept(listener: &Socket, room: usize, notify: Notify) -> Accepting {
    listener.accept_ex(listener.another().unwrap(), vec![0; room], notify).unwrap()
}

#[test]
fn the_same_on_each_backend() {
    common::on_each_backend();
}

#[test]
fn a_connection_comes_with_its_addresses() {
    for (address, notify) in [("127.0.0.1:0", Notify::Port), ("[::1]:0", Notify::Event)] {
        let (listener, at) = listening(address);
        let port = CompletionPort::new(0).unwrap();
        port.associate(&listener, 9).unwrap();
        let accepting = accept(&listener, 0, notify);
        assert!(accepting.was_pending());
        assert_eq!(accepting.socket().connect_time(), Ok(None));
        let accepting = accepting.take().expect_err("nobody connected yet");
        let mut peer = TcpStream::connect(at).unwrap();
        let accepted = if notify == Notify::Port {
            let packet = next(&port);
            assert!(packet.is_of(&accepting));
            assert_eq!((packet.key, packet.result), (9, Ok(0)));
            accepting.take().unwrap()
        } else {
            accepting.join().unwrap()
        };
        let from = peer.local_addr().unwrap();
        assert_eq!((accepted.result, accepted.addresses), (Ok(0), Some((at, from))));
        assert_eq!((accepted.peer(), accepted.first_data()), (Some(from), &b""[..]));
        let socket = accepted.socket;
        assert_eq!(socket.peer_addr(), Err(WsaError::WSAENOTCONN));
        socket.update_accept_context(&listener).unwrap();
        assert_eq!((socket.local_addr(), socket.peer_addr()), (Ok(at), Ok(from)));
        let sent = socket.send(b"welcome".to_vec(), Notify::Event).unwrap();
        assert_eq!(sent.join().unwrap().result, Ok(7));
        let mut data = [0; 7];
        peer.read_exact(&mut data).unwrap();
        assert_eq!(&data, b"welcome");
    }
}

#[test]
fn first_data_is_waited_for() {
    let (listener, at) = listening("127.0.0.1:0");
    let accepting = accept(&listener, 10, Notify::Event);
    let mut peer = TcpStream::connect(at).unwrap();
    let begun = Instant::now();
    while accepting.socket().connect_time() == Ok(None) {
        assert!(begun.elapsed() < LONG.unwrap(), "the connection is told of before its data");
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(!accepting.is_over());
    peer.write_all(b"0123456789abc").unwrap();
    let accepted = accepting.join().unwrap();
    assert_eq!((accepted.result, accepted.first_data()), (Ok(10), &b"0123456789"[..]));
    assert_eq!(accepted.buffer.len(), 10);
    assert_eq!(accepted.peer(), Some(peer.local_addr().unwrap()));
    let rest = accepted.socket.recv(vec![0; 10], Notify::Event).unwrap().join().unwrap();
    assert_eq!(rest.transferred(), b"abc");
}

#[test]
fn a_peer_that_leaves_without_a_word_is_a_connection_too() {
    let (listener, at) = listening("127.0.0.1:0");
    let accepting = accept(&listener, 10, Notify::Event);
    drop(TcpStream::connect(at).unwrap());
    let accepted = accepting.join().unwrap();
    assert_eq!((accepted.result, accepted.first_data()), (Ok(0), &b""[..]));
    assert_eq!(accepted.buffer, [0; 10]);
}

#[test]
fn several_accepts_take_connections_in_their_order() {
    let (listener, at) = listening("127.0.0.1:0");
    let port = CompletionPort::new(0).unwrap();
    port.associate(&listener, 1).unwrap();
    let accepting: Vec<Accepting> = (0..5).map(|_| accept(&listener, 0, Notify::Port)).collect();
    for accepting in accepting {
        let peer = TcpStream::connect(at).unwrap();
        assert!(next(&port).is_of(&accepting));
        let accepted = accepting.take().unwrap();
        assert_eq!(accepted.peer(), Some(peer.local_addr().unwrap()));
    }
}

#[test]
fn a_cancelled_accept_gives_its_socket_back() {
    let (listener, at) = listening("127.0.0.1:0");
    let accepting = accept(&listener, 7, Notify::Event);
    assert!(accepting.cancel());
    let accepted = accepting.join().unwrap();
    assert_eq!(accepted.result, Err(WsaError::WSA_OPERATION_ABORTED));
    assert_eq!((accepted.addresses, accepted.buffer.len()), (None, 7));
    // It was not used, so it serves the next one; by its id this time.
    let accepting = listener.accept_ex(accepted.socket, accepted.buffer, Notify::Event).unwrap();
    assert!(listener.cancel(accepting.id()));
    let accepted = accepting.join().unwrap();
    assert_eq!(accepted.result, Err(WsaError::WSA_OPERATION_ABORTED));
    let accepting = listener.accept_ex(accepted.socket, Vec::new(), Notify::Event).unwrap();
    let peer = TcpStream::connect(at).unwrap();
    let accepted = accepting.join().unwrap();
    assert_eq!(accepted.peer(), Some(peer.local_addr().unwrap()));
    assert!(!listener.cancel_all());
}

#[test]
fn a_disconnected_socket_accepts_again() {
    let (listener, at) = listening("127.0.0.1:0");
    let mut socket = listener.another().unwrap();
    for _ in 0..3 {
        let accepting = listener.accept_ex(socket, Vec::new(), Notify::Event).unwrap();
        let mut peer = TcpStream::connect(at).unwrap();
        socket = accepting.join().unwrap().socket;
        let sent = socket.send(b"x".to_vec(), Notify::Event).unwrap();
        assert_eq!(sent.join().unwrap().result, Ok(1));
        let disconnecting = socket.disconnect_ex(true, Notify::Event).unwrap();
        let mut data = Vec::new();
        peer.read_to_end(&mut data).unwrap();
        assert_eq!(data, b"x");
        drop(peer);
        assert_eq!(disconnecting.join().unwrap().result, Ok(0));
    }
}

#[test]
fn an_accept_socket_may_have_its_port_beforehand() {
    let (listener, at) = listening("127.0.0.1:0");
    let port = CompletionPort::new(0).unwrap();
    port.associate(&listener, 1).unwrap();
    let mut socket = listener.another().unwrap();
    port.associate(&socket, 2).unwrap();
    for _ in 0..2 {
        let accepting = listener.accept_ex(socket, Vec::new(), Notify::Port).unwrap();
        let mut peer = TcpStream::connect(at).unwrap();
        assert_eq!(next(&port).key, 1);
        socket = accepting.take().unwrap().socket;
        let receiving = socket.recv(vec![0; 9], Notify::Port).unwrap();
        peer.write_all(b"data").unwrap();
        let packet = next(&port);
        assert!(packet.is_of(&receiving));
        assert_eq!((packet.key, packet.result), (2, Ok(4)));
        drop(peer);
        // It keeps the port when it is used again.
        let disconnecting = socket.disconnect_ex(true, Notify::Port).unwrap();
        assert!(next(&port).is_of(&disconnecting));
        assert_eq!(disconnecting.take().unwrap().result, Ok(0));
    }
}

#[test]
fn the_listener_may_go_first() {
    let (listener, _) = listening("127.0.0.1:0");
    let accepting = accept(&listener, 3, Notify::Event);
    drop(listener);
    let accepted = accepting.join().unwrap();
    assert_eq!(accepted.result, Err(WsaError::WSA_OPERATION_ABORTED));
}

#[test]
fn an_accept_that_cannot_be_joined_goes_on() {
    let (listener, at) = listening("127.0.0.1:0");
    let port = CompletionPort::new(0).unwrap();
    port.associate(&listener, 1).unwrap();
    let failed = accept(&listener, 0, Notify::Port).join().unwrap_err();
    assert_eq!(failed.error, WsaError::WSAEINVAL);
    let peer = TcpStream::connect(at).unwrap();
    assert!(next(&port).is_of(&failed.operation));
    let accepted = failed.operation.take().unwrap();
    assert_eq!(accepted.peer(), Some(peer.local_addr().unwrap()));
}

#[test]
fn wrong_use_is_an_error() {
    let (listener, _) = listening("127.0.0.1:0");
    let not_listening = listener.another().unwrap();
    not_listening.bind_any().unwrap();
    let into = listener.another().unwrap();
    let nobody_listens = not_listening.accept_ex(into, Vec::new(), Notify::Event);
    assert_eq!(nobody_listens.unwrap_err(), WsaError::WSAEINVAL);
    let bound = listener.accept_ex(not_listening, Vec::new(), Notify::Event);
    assert_eq!(bound.unwrap_err(), WsaError::WSAEINVAL);
    let into = listener.another().unwrap();
    let no_port = listener.accept_ex(into, Vec::new(), Notify::Port);
    assert_eq!(no_port.unwrap_err(), WsaError::WSAEINVAL);
    let into = listener.another().unwrap();
    let no_routine = listener.accept_ex(into, Vec::new(), Notify::Routine);
    assert_eq!(no_routine.unwrap_err(), WsaError::WSAEOPNOTSUPP);
    let (other, _) = listening("127.0.0.1:0");
    assert!(other.update_accept_context(&listener).is_err());
}
