//! Check that operations do what they say and report it, by port and by event.

mod common;

use common::{LONG, at_port, bound, connected, next};
use linsock::{CompletionPort, Event, Notify, Operation, Socket, Win32Error, WsaError};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

#[test]
fn the_same_on_each_backend() {
    common::on_each_backend();
}

#[test]
fn connect_ex_sends_its_first_data() {
    let listener = TcpListener::bind("[::1]:0").unwrap();
    let address = listener.local_addr().unwrap();
    let port = CompletionPort::new(0).unwrap();
    let socket = Socket::for_address(&address).unwrap();
    socket.bind_any().unwrap();
    port.associate(&socket, 42).unwrap();
    let operation = socket.connect_ex(address, b"first".to_vec(), Notify::Port).unwrap();
    assert!(operation.was_pending());
    let packet = next(&port);
    assert!(packet.is_of(&operation));
    assert_eq!((packet.key, packet.result), (42, Ok(5)));
    let done = operation.take().unwrap();
    assert_eq!(done.transferred(), b"first");
    let (mut peer, _) = listener.accept().unwrap();
    let mut data = [0; 5];
    peer.read_exact(&mut data).unwrap();
    assert_eq!(&data, b"first");
    assert_eq!(socket.peer_addr(), Err(WsaError::WSAENOTCONN));
    socket.update_connect_context().unwrap();
    assert_eq!(socket.peer_addr(), Ok(address));
    assert_eq!(socket.local_addr(), Ok(peer.peer_addr().unwrap()));
    assert_eq!(socket.connect_time(), Ok(Some(Duration::ZERO)));
}

#[test]
fn a_refused_connection_says_so_both_ways() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let port = CompletionPort::new(0).unwrap();
    let socket = bound();
    port.associate(&socket, 1).unwrap();
    let by_port = socket.connect_ex(address, b"lost".to_vec(), Notify::Port).unwrap();
    let packet = next(&port);
    assert!(packet.is_of(&by_port));
    assert_eq!(packet.result, Err(WsaError::WSAECONNREFUSED));
    let done = by_port.take().unwrap();
    assert_eq!((done.result, done.transferred()), (Err(WsaError::WSAECONNREFUSED), &b""[..]));
    // The buffer comes back for another attempt, on the same socket.
    assert_eq!(done.buffer, b"lost");
    let by_event = socket.connect_ex(address, done.buffer, Notify::Event).unwrap();
    assert_eq!(by_event.join().unwrap().result, Err(WsaError::WSAECONNREFUSED));
    assert_eq!(socket.connect_time(), Ok(None));
    assert_eq!(port.get(Some(Duration::ZERO)).unwrap().map(|packet| packet.key), None);
    let text = WsaError::WSAECONNREFUSED.to_string();
    assert_eq!(text, "WSAECONNREFUSED (10061): connection refused");
}

#[test]
fn data_goes_out_and_comes_in() {
    for notify in [Notify::Port, Notify::Event] {
        let (port, socket, mut peer) = at_port();
        let finish = |operation: Operation| {
            if notify == Notify::Port {
                assert!(next(&port).is_of(&operation));
                operation.take().unwrap()
            } else {
                operation.join().unwrap()
            }
        };
        let sent = finish(socket.send(b"ping".to_vec(), notify).unwrap());
        assert_eq!(sent.result, Ok(4));
        let mut data = [0; 4];
        peer.read_exact(&mut data).unwrap();
        assert_eq!(&data, b"ping");
        let receiving = socket.recv(vec![0; 100], notify).unwrap();
        assert!(receiving.was_pending());
        let receiving = receiving.take().expect_err("nothing was sent yet");
        peer.write_all(b"pong").unwrap();
        let received = finish(receiving);
        assert_eq!(received.transferred(), b"pong");
        assert_eq!(received.buffer.len(), 100);
        drop(peer);
        let end = finish(socket.recv(received.buffer, notify).unwrap());
        assert_eq!(end.result, Ok(0));
    }
}

#[test]
fn one_wait_for_several_operations() {
    let pairs: Vec<(Socket, TcpStream)> = (0..3).map(|_| connected()).collect();
    let receiving: Vec<Operation> =
        pairs.iter().map(|(socket, _)| socket.recv(vec![0; 1], Notify::Event).unwrap()).collect();
    assert_eq!(Operation::wait_any(&receiving, Some(Duration::from_millis(5))), Ok(None));
    (&pairs[2].1).write_all(b"x").unwrap();
    assert_eq!(Operation::wait_any(&receiving, LONG), Ok(Some(2)));
    assert_eq!(receiving.iter().map(Operation::is_over).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn a_cancelled_operation_ends_once() {
    let (port, socket, _peer) = at_port();
    let receiving = socket.recv(vec![0; 10], Notify::Port).unwrap();
    assert!(receiving.cancel());
    let packet = next(&port);
    assert_eq!(packet.result, Err(WsaError::WSA_OPERATION_ABORTED));
    assert!(!receiving.cancel());
    assert_eq!(port.get(Some(Duration::from_millis(5))).unwrap().map(|packet| packet.key), None);
}

#[test]
fn a_disconnected_socket_connects_again() {
    let (socket, mut peer) = connected();
    let local = socket.local_addr().unwrap();
    let disconnecting = socket.disconnect_ex(true, Notify::Event).unwrap();
    assert_eq!(peer.read(&mut [0]).unwrap(), 0);
    drop(peer);
    assert_eq!(disconnecting.join().unwrap().result, Ok(0));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let again = socket.connect_ex(address, b"again".to_vec(), Notify::Event).unwrap();
    assert_eq!(again.join().unwrap().result, Ok(5));
    socket.update_connect_context().unwrap();
    assert_eq!(socket.local_addr().unwrap().port(), local.port());
}

#[test]
fn options_are_kept() {
    let (socket, _peer) = connected();
    assert_eq!(socket.nodelay(), Ok(false));
    socket.set_nodelay(true).unwrap();
    assert_eq!(socket.nodelay(), Ok(true));
    assert_eq!(socket.linger(), Ok(None));
    socket.set_linger(Some(3)).unwrap();
    assert_eq!(socket.linger(), Ok(Some(3)));
    socket.set_linger(None).unwrap();
    assert_eq!(socket.linger(), Ok(None));
}

#[test]
fn accepted_sockets_are_sockets() {
    let listener = Socket::for_address(&"127.0.0.1:0".parse().unwrap()).unwrap();
    listener.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    listener.listen(5).unwrap();
    let mut peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (socket, from) = listener.accept().unwrap();
    assert_eq!(from, peer.local_addr().unwrap());
    assert_eq!(socket.peer_addr(), Ok(from));
    let sent = socket.send(b"hello".to_vec(), Notify::Event).unwrap().join().unwrap();
    assert_eq!(sent.result, Ok(5));
    let mut data = [0; 5];
    peer.read_exact(&mut data).unwrap();
    assert_eq!(&data, b"hello");
}

#[test]
fn posted_packets_come_in_order_and_many_at_once() {
    let port = CompletionPort::new(1).unwrap();
    for number in 0..100 {
        port.post(number, number as usize * 2).unwrap();
    }
    let first = next(&port);
    assert_eq!((first.result, first.key, first.operation), (Ok(0), 0, None));
    let mut packets = Vec::new();
    while packets.len() < 99 {
        assert!(port.get_many(&mut packets, 1000, LONG).unwrap() > 0);
    }
    for (number, packet) in (1..100).zip(&packets) {
        assert_eq!((packet.result, packet.key), (Ok(number), number as usize * 2));
    }
    assert_eq!(port.get_many(&mut packets, 10, Some(Duration::from_millis(2))), Ok(0));
    // No call takes more than 64, nor may one ask for none.
    (0..65).for_each(|key| port.post(0, key).unwrap());
    assert_eq!(port.get_many(&mut packets, 1000, LONG), Ok(64));
    let none = port.get_many(&mut packets, 0, LONG);
    assert_eq!(none, Err(Win32Error::ERROR_INVALID_PARAMETER));
    assert_eq!(port.get_many(&mut packets, 1, LONG), Ok(1));
}

#[test]
fn wrong_use_is_an_error() {
    let socket = Socket::for_address(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let somewhere = "127.0.0.1:9".parse().unwrap();
    // Not bound (C-011), no port to report to, not connected, not a remote address (C-067).
    let unbound = socket.connect_ex(somewhere, Vec::new(), Notify::Event);
    assert_eq!(unbound.unwrap_err(), WsaError::WSAEINVAL);
    socket.bind_any().unwrap();
    let no_port = socket.connect_ex(somewhere, Vec::new(), Notify::Port);
    assert_eq!(no_port.unwrap_err(), WsaError::WSAEINVAL);
    let nobody = socket.send(b"x".to_vec(), Notify::Event);
    assert_eq!(nobody.unwrap_err(), WsaError::WSAENOTCONN);
    let nowhere = socket.connect_ex("0.0.0.0:9".parse().unwrap(), Vec::new(), Notify::Event);
    assert_eq!(nowhere.unwrap_err(), WsaError::WSAEADDRNOTAVAIL);
    assert_eq!(socket.update_connect_context(), Err(WsaError::WSAENOTCONN));
    let (port, other) = (CompletionPort::new(0).unwrap(), CompletionPort::new(0).unwrap());
    port.associate(&socket, 1).unwrap();
    assert_eq!(other.associate(&socket, 1), Err(Win32Error::ERROR_INVALID_PARAMETER));
    // An operation that could not start leaves nothing behind at the port.
    let nowhere = socket.connect_ex("0.0.0.0:9".parse().unwrap(), vec![1], Notify::Port);
    assert_eq!(nowhere.unwrap_err(), WsaError::WSAEADDRNOTAVAIL);
    assert!(port.get(Some(Duration::from_millis(2))).unwrap().is_none());
    let event = Event::new().unwrap();
    assert_eq!(event.wait(Some(Duration::from_millis(1))), Ok(false));
}

#[test]
fn a_port_operation_is_not_waited_for() {
    let (_port, socket, _peer) = at_port();
    let receiving = socket.recv(vec![0; 1], Notify::Port).unwrap();
    assert_eq!(receiving.wait(Some(Duration::ZERO)), Err(WsaError::WSAEINVAL));
    assert_eq!(Operation::wait_any([&receiving], None), Err(WsaError::WSAEINVAL));
}

#[test]
fn an_operation_that_cannot_be_joined_goes_on() {
    let (port, socket, mut peer) = at_port();
    let receiving = socket.recv(vec![0; 9], Notify::Port).unwrap();
    let failed = receiving.join().unwrap_err();
    assert_eq!(failed.error, WsaError::WSAEINVAL);
    assert_eq!(failed.to_string(), WsaError::WSAEINVAL.to_string());
    peer.write_all(b"still").unwrap();
    let packet = next(&port);
    assert!(packet.is_of(&failed.operation));
    assert_eq!(failed.operation.take().unwrap().transferred(), b"still");
    // Who wants the error alone gives the operation up.
    let receiving = socket.recv(vec![0; 9], Notify::Port).unwrap();
    assert_eq!(WsaError::from(receiving.join().unwrap_err()), WsaError::WSAEINVAL);
    assert_eq!(next(&port).result, Err(WsaError::WSA_OPERATION_ABORTED));
}

#[test]
fn a_thread_that_ended_does_not_count_at_its_port() {
    // One thread may run at a time, and the first one ends without coming back to the port.
    let port = CompletionPort::new(1).unwrap();
    let first = port.clone();
    std::thread::spawn(move || {
        // A use of the library that came before the port.
        let _socket = bound();
        first.post(1, 1).unwrap();
        assert_eq!(next(&first).key, 1);
    })
    .join()
    .unwrap();
    port.post(2, 2).unwrap();
    assert_eq!(next(&port).key, 2);
}
