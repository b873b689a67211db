//! Check that no order of dropping and forgetting lets anybody write into freed memory, or send
//! what is in it, for each kind of operation but plain receives and connects.

mod common;
#[path = "common/keeper.rs"]
mod keeper;

use common::{LONG, at_port, connected, listening, next};
use keeper::{BUFFER_BYTES, FATES, FREED, Fate, meet, room, spoiled_by_accident};
use linsock::{Accepting, CompletionPort, Notify, Socket, Transmission, WsaError, sleep_alertable};
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

#[test]
fn the_same_on_each_backend() {
    common::on_each_backend();
}

fn accept(listener: &Socket, room: Vec<u8>, notify: Notify) -> Accepting {
    listener.accept_ex(listener.another().unwrap(), room, notify).unwrap()
}

fn meet_accepting(fate: Fate, accepting: Accepting) {
    match fate {
        Fate::Dropped => drop(accepting),
        Fate::Forgotten => std::mem::forget(accepting),
        Fate::CancelledAndForgotten => {
            accepting.cancel();
            std::mem::forget(accepting);
        }
        Fate::Taken => drop(accepting.take()),
    }
}

#[test]
fn accepts_given_up_do_not_write_later() {
    for notify in [Notify::Port, Notify::Event] {
        for fate in FATES {
            for connected_before in [false, true] {
                let (listener, at) = listening("127.0.0.1:0");
                let port = CompletionPort::new(0).unwrap();
                port.associate(&listener, 1).unwrap();
                let mut accepting: Vec<Accepting> =
                    (0..10).map(|_| accept(&listener, room(), notify)).collect();
                // Connected, but without the first data.
                let mut early: Vec<TcpStream> = (0..10)
                    .filter(|_| connected_before)
                    .map(|_| TcpStream::connect(at).unwrap())
                    .collect();
                accepting.drain(..).for_each(|accepting| meet_accepting(fate, accepting));
                for peer in &mut early {
                    // It is closed by now, unless the accept goes on.
                    let _ = peer.write_all(&[1; BUFFER_BYTES]);
                }
                for _ in 0..10 {
                    let _ = TcpStream::connect(at).unwrap().write_all(&[1; BUFFER_BYTES]);
                }
                if notify == Notify::Port {
                    (0..10).for_each(|_| assert!(next(&port).operation.is_some()));
                }
                drop(listener);
                assert!(port.get(Some(Duration::ZERO)).unwrap().is_none());
            }
        }
    }
    assert_eq!(spoiled_by_accident(), 0);
}

#[test]
fn listener_port_and_accept_socket_may_go_first() {
    for notify in [Notify::Port, Notify::Event] {
        let (listener, _) = listening("127.0.0.1:0");
        let port = CompletionPort::new(0).unwrap();
        port.associate(&listener, 1).unwrap();
        let accepting = accept(&listener, room(), notify);
        drop(listener);
        if notify == Notify::Port {
            assert_eq!(next(&port).result, Err(WsaError::WSA_OPERATION_ABORTED));
        } else {
            assert_eq!(accepting.wait(LONG), Ok(true));
        }
        let done = accepting.take().unwrap();
        assert_eq!(done.result, Err(WsaError::WSA_OPERATION_ABORTED));
        assert_eq!(done.buffer, room());
    }
    let (listener, at) = listening("127.0.0.1:0");
    let port = CompletionPort::new(0).unwrap();
    port.associate(&listener, 1).unwrap();
    let given_up = accept(&listener, room(), Notify::Port);
    let kept = accept(&listener, room(), Notify::Port);
    drop(port);
    drop(given_up);
    TcpStream::connect(at).unwrap().write_all(&[1; BUFFER_BYTES]).unwrap();
    drop(listener);
    // The last owner of the port took the packets.
    assert!(kept.take().is_ok());
    assert_eq!(spoiled_by_accident(), 0);
}

/// A file without a name that is longer than what connections hold.
fn long_file() -> Arc<File> {
    let thread = std::thread::current().id();
    let path = format!("{}/long-{}-{thread:?}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    std::fs::write(&path, vec![1; 12 << 20]).unwrap();
    let file = File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    file.into()
}

#[test]
fn transmissions_given_up_read_nothing_that_is_freed() {
    let file = long_file();
    for notify in [Notify::Port, Notify::Event] {
        for fate in FATES {
            let (port, socket, mut peer) = at_port();
            let what = Transmission::of(Arc::clone(&file)).before(room()).after(room());
            let sending = socket.transmit_file(what, notify).unwrap();
            assert!(!sending.is_over());
            meet(fate, sending);
            // What is freed from here on does not go out.
            let reading = std::thread::spawn(move || {
                let mut all = Vec::new();
                // A reset is an end like others.
                let _ = peer.read_to_end(&mut all);
                all
            });
            if matches!(fate, Fate::Forgotten) && notify == Notify::Event {
                // It goes on, and nobody is told of its end.
                drop(socket);
            } else {
                if notify == Notify::Port {
                    next(&port);
                }
                drop(socket);
            }
            let all = reading.join().unwrap();
            assert!(!all.contains(&FREED), "after {} bytes", all.len());
        }
    }
    assert_eq!(spoiled_by_accident(), 0);
}

#[test]
fn sends_of_several_buffers_given_up_read_nothing_that_is_freed() {
    for notify in [Notify::Port, Notify::Event] {
        for fate in FATES {
            let (port, socket, mut peer) = at_port();
            // More than the connection holds, then blocks whose memory is watched.
            let mut buffers = vec![vec![1; 12 << 20]];
            buffers.extend(vec![vec![1; BUFFER_BYTES]; 100]);
            let sending = socket.send_vectored(buffers, notify).unwrap();
            assert!(!sending.is_over());
            meet(fate, sending);
            let reading = std::thread::spawn(move || {
                let mut all = Vec::new();
                let _ = peer.read_to_end(&mut all);
                all
            });
            if notify == Notify::Port {
                next(&port);
            }
            drop(socket);
            assert!(!reading.join().unwrap().contains(&FREED));
        }
    }
    assert_eq!(spoiled_by_accident(), 0);
}

#[test]
fn disconnects_given_up_do_not_write_later() {
    for notify in [Notify::Port, Notify::Event] {
        for fate in FATES {
            let (port, socket, peer) = at_port();
            // It waits for the peer to end the connection too.
            let disconnecting = socket.disconnect_ex(true, notify).unwrap();
            meet(fate, disconnecting);
            drop(peer);
            if notify == Notify::Port {
                next(&port);
            }
            drop(socket);
        }
    }
    assert_eq!(spoiled_by_accident(), 0);
}

#[test]
fn receives_with_routines_given_up_do_not_write_later() {
    for fate in FATES {
        for socket_first in [false, true] {
            let (socket, mut peer) = connected();
            for _ in 0..10 {
                let rooms = vec![room(), room()];
                meet(fate, socket.recv_vectored(rooms, Notify::Routine).unwrap());
            }
            if socket_first {
                drop(socket);
                // The peer may be told of that before it has written.
                let _ = peer.write_all(&[1; 20 * BUFFER_BYTES]);
            } else {
                peer.write_all(&[1; 20 * BUFFER_BYTES]).unwrap();
                sleep_alertable(Some(Duration::from_millis(5)));
                drop(socket);
            }
            while sleep_alertable(Some(Duration::from_millis(5))) {}
        }
    }
    assert_eq!(spoiled_by_accident(), 0);
}

#[test]
fn datagrams_given_up_do_not_write_later() {
    let anywhere = "127.0.0.1:0".parse().unwrap();
    for notify in [Notify::Port, Notify::Event, Notify::Routine] {
        for fate in FATES {
            for socket_first in [false, true] {
                let socket = Socket::for_datagrams(&anywhere).unwrap();
                socket.bind(anywhere).unwrap();
                let here = socket.local_addr().unwrap();
                let port = CompletionPort::new(0).unwrap();
                if notify == Notify::Port {
                    port.associate(&socket, 1).unwrap();
                }
                for _ in 0..10 {
                    meet(fate, socket.recv_from(room(), notify).unwrap());
                }
                let peer = UdpSocket::bind(anywhere).unwrap();
                let kept = (!socket_first).then_some(socket);
                for _ in 0..20 {
                    // Nobody is there any more, if the socket went first.
                    let _ = peer.send_to(&[1; BUFFER_BYTES], here);
                }
                match notify {
                    Notify::Port => (0..10).for_each(|_| assert!(next(&port).operation.is_some())),
                    Notify::Routine => while sleep_alertable(Some(Duration::from_millis(5))) {},
                    Notify::Event => {}
                }
                drop(kept);
            }
        }
    }
    assert_eq!(spoiled_by_accident(), 0);
}

#[test]
fn the_socket_of_any_operation_may_go_first() {
    let file = long_file();
    for notify in [Notify::Port, Notify::Event] {
        for kind in 0..4 {
            let (port, socket, _peer) = at_port();
            let operation = match kind {
                0 => socket.recv_vectored(vec![room(), room()], notify),
                1 => socket.send_vectored(vec![room(), vec![1; 12 << 20]], notify),
                2 => {
                    let what = Transmission::of(Arc::clone(&file)).before(room()).after(room());
                    socket.transmit_file(what, notify)
                }
                _ => socket.disconnect_ex(true, notify),
            };
            let operation = operation.unwrap();
            assert!(!operation.is_over(), "kind {kind}");
            drop(socket);
            if notify == Notify::Port {
                assert!(next(&port).is_of(&operation));
            } else {
                assert_eq!(operation.wait(LONG), Ok(true));
            }
            let done = operation.take().unwrap();
            assert!(done.result.is_err(), "kind {kind}: {:?}", done.result);
            if kind < 3 {
                assert_eq!(done.buffer, room());
                assert_eq!(done.others.len(), 1);
            }
        }
    }
    assert_eq!(spoiled_by_accident(), 0);
}
