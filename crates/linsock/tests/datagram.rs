//! Check that datagrams go where they should, whole, and tell where they came from.

mod common;

use common::{LONG, next};
use linsock::{CompletionPort, Notify, Socket, WsaError, sleep_alertable};
use std::cell::RefCell;
use std::net::UdpSocket;
use std::rc::Rc;

/// A socket for datagrams that is bound, and its peer.
fn pair(address: &str) -> (Socket, UdpSocket) {
    let address = address.parse().unwrap();
    let socket = Socket::for_datagrams(&address).unwrap();
    socket.bind(address).unwrap();
    let peer = UdpSocket::bind(address).unwrap();
    peer.set_read_timeout(LONG).unwrap();
    (socket, peer)
}

#[test]
fn the_same_on_each_backend() {
    common::on_each_backend();
}

#[test]
fn a_datagram_goes_there_and_comes_back() {
    for (address, notify) in [("127.0.0.1:0", Notify::Port), ("[::1]:0", Notify::Event)] {
        let (socket, peer) = pair(address);
        let (here, there) = (socket.local_addr().unwrap(), peer.local_addr().unwrap());
        let port = CompletionPort::new(0).unwrap();
        port.associate(&socket, 3).unwrap();
        let finish = |operation: linsock::Operation| {
            if notify == Notify::Port {
                assert!(next(&port).is_of(&operation));
                operation.take().unwrap()
            } else {
                operation.join().unwrap()
            }
        };
        let sent = finish(socket.send_to(b"there".to_vec(), there, notify).unwrap());
        assert_eq!((sent.result, sent.from), (Ok(5), None));
        let mut data = [0; 10];
        assert_eq!(peer.recv_from(&mut data).unwrap(), (5, here));
        assert_eq!(&data[..5], b"there");
        let receiving = socket.recv_from(vec![0; 100], notify).unwrap();
        assert!(receiving.was_pending());
        peer.send_to(b"and back", here).unwrap();
        let received = finish(receiving);
        assert_eq!((received.transferred(), received.from), (&b"and back"[..], Some(there)));
        assert_eq!(received.buffer.len(), 100);
    }
}

#[test]
fn a_datagram_that_is_too_long_is_cut() {
    let (socket, peer) = pair("127.0.0.1:0");
    peer.send_to(b"0123456789", socket.local_addr().unwrap()).unwrap();
    let received = socket.recv_from(vec![0; 4], Notify::Event).unwrap().join().unwrap();
    assert_eq!((received.result, &received.buffer[..]), (Err(WsaError::WSAEMSGSIZE), &b"0123"[..]));
    assert_eq!(received.from, Some(peer.local_addr().unwrap()));
    // The rest is lost; an empty one is a datagram too.
    peer.send_to(b"", socket.local_addr().unwrap()).unwrap();
    let received = socket.recv_from(vec![0; 4], Notify::Event).unwrap().join().unwrap();
    assert_eq!((received.result, received.from), (Ok(0), Some(peer.local_addr().unwrap())));
}

#[test]
fn a_connected_socket_sends_to_one_peer() {
    let (socket, peer) = pair("127.0.0.1:0");
    socket.connect(peer.local_addr().unwrap()).unwrap();
    let buffers = vec![b"in ".to_vec(), b"one".to_vec()];
    let sent = socket.send_vectored(buffers, Notify::Event).unwrap().join().unwrap();
    assert_eq!(sent.result, Ok(6));
    let mut data = [0; 10];
    assert_eq!(peer.recv(&mut data).unwrap(), 6);
    assert_eq!(&data[..6], b"in one");
    peer.send_to(b"reply", socket.local_addr().unwrap()).unwrap();
    let received = socket.recv(vec![0; 9], Notify::Event).unwrap().join().unwrap();
    assert_eq!((received.transferred(), received.from), (&b"reply"[..], None));
}

#[test]
fn routines_tell_of_datagrams_too() {
    let (socket, peer) = pair("127.0.0.1:0");
    let there = peer.local_addr().unwrap();
    let ends = Rc::new(RefCell::new(Vec::new()));
    let told = Rc::clone(&ends);
    let receiving = socket.recv_from(vec![0; 9], Notify::Routine).unwrap();
    receiving.then(move |done| told.borrow_mut().push(done)).unwrap();
    peer.send_to(b"hi", socket.local_addr().unwrap()).unwrap();
    assert!(sleep_alertable(LONG));
    assert_eq!((ends.borrow()[0].transferred(), ends.borrow()[0].from), (&b"hi"[..], Some(there)));
}

#[test]
fn a_cancelled_receive_is_over() {
    let (socket, _peer) = pair("127.0.0.1:0");
    let receiving = socket.recv_from(vec![0; 9], Notify::Event).unwrap();
    assert!(receiving.cancel());
    let done = receiving.join().unwrap();
    assert_eq!((done.result, done.from), (Err(WsaError::WSA_OPERATION_ABORTED), None));
}

#[test]
fn wrong_use_is_an_error() {
    let socket = Socket::for_datagrams(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let unbound = socket.recv_from(vec![0; 9], Notify::Event);
    assert_eq!(unbound.unwrap_err(), WsaError::WSAEINVAL);
    // Longer than any datagram; whether that is told at once or at the end is Winsock's affair.
    let somewhere = "127.0.0.1:9".parse().unwrap();
    let too_long = socket.send_to(vec![0; 70_000], somewhere, Notify::Event);
    let too_long = too_long.and_then(|sending| sending.join()?.result);
    assert_eq!(too_long, Err(WsaError::WSAEMSGSIZE));
    assert!(socket.listen(5).is_err());
}
