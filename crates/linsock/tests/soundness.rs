//! Check that no order of dropping and forgetting lets anybody write into freed memory, for
//! receives and connects; `soundness_of_kinds.rs` has the other kinds of operations.

mod common;
#[path = "common/keeper.rs"]
mod keeper;

use common::{LONG, at_port, bound, connected, next};
use keeper::{BUFFER_BYTES, FATES, meet, room, spoiled_by_accident};
use linsock::{CompletionPort, Notify, Socket, WsaError};
use std::io::Write;
use std::net::TcpListener;
use std::time::Duration;

#[test]
fn the_same_on_each_backend() {
    common::on_each_backend();
}

#[test]
fn receives_given_up_do_not_write_later() {
    for notify in [Notify::Port, Notify::Event] {
        for fate in FATES {
            for _ in 0..20 {
                let (port, socket, mut peer) = at_port();
                let receiving = socket.recv(room(), notify).unwrap();
                meet(fate, receiving);
                peer.write_all(&[1; BUFFER_BYTES]).unwrap();
                if notify == Notify::Port {
                    // One packet, by the cancellation or by the data.
                    let packet = next(&port);
                    let expected = [Ok(BUFFER_BYTES as u32), Err(WsaError::WSA_OPERATION_ABORTED)];
                    let partly = packet.result.is_ok_and(|bytes| bytes > 0);
                    assert!(partly || expected.contains(&packet.result), "{packet:?}");
                }
                drop(socket);
                assert!(port.get(Some(Duration::ZERO)).unwrap().is_none());
            }
        }
    }
    assert_eq!(spoiled_by_accident(), 0);
}

#[test]
fn connects_given_up_do_not_write_later() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for notify in [Notify::Port, Notify::Event] {
        for fate in FATES {
            let port = CompletionPort::new(0).unwrap();
            let mut sockets = Vec::new();
            for key in 0..20 {
                let socket = bound();
                port.associate(&socket, key).unwrap();
                meet(fate, socket.connect_ex(address, room(), notify).unwrap());
                sockets.push(socket);
            }
            if notify == Notify::Port {
                let mut keys: Vec<usize> = (0..20).map(|_| next(&port).key).collect();
                keys.sort_unstable();
                assert_eq!(keys, (0..20).collect::<Vec<_>>());
            }
            assert!(port.get(Some(Duration::ZERO)).unwrap().is_none());
            while listener_has_one(&listener) {}
        }
    }
    assert_eq!(spoiled_by_accident(), 0);
}

#[test]
fn what_a_thread_leaves_behind_does_not_write_later() {
    for notify in [Notify::Port, Notify::Event, Notify::Routine] {
        for fate in FATES {
            let (port, socket, mut peer) = at_port();
            // A socket with a port takes no routine.
            let (alone, mut other_peer) = connected();
            let kept = std::thread::spawn(move || {
                let by = if notify == Notify::Routine { &alone } else { &socket };
                meet(fate, by.recv(room(), notify).unwrap());
                let kept = by.recv(room(), notify).unwrap();
                if notify == Notify::Routine {
                    let with_closure = by.recv(room(), notify).unwrap();
                    with_closure.then(|_| unreachable!("this thread waits no more")).unwrap();
                }
                (kept, socket, alone)
            });
            let (kept, socket, alone) = kept.join().unwrap();
            for peer in [&mut peer, &mut other_peer] {
                peer.write_all(&[1; 5 * BUFFER_BYTES]).unwrap();
            }
            match notify {
                Notify::Port => {
                    // Those of a port outlive the thread.
                    let _ = [next(&port), next(&port)];
                    assert_eq!(kept.take().unwrap().result, Ok(BUFFER_BYTES as u32));
                }
                Notify::Event => {
                    let done = kept.join().unwrap();
                    assert_eq!(done.result, Err(WsaError::WSA_OPERATION_ABORTED));
                }
                Notify::Routine => drop(kept.take().expect_err("its routine was dropped")),
            }
            // Nothing is left of them: the data is there for the next one.
            for socket in [socket, alone] {
                let done = socket.recv(room(), Notify::Event).unwrap().join().unwrap();
                assert_eq!(done.result, Ok(BUFFER_BYTES as u32));
            }
        }
    }
    assert_eq!(spoiled_by_accident(), 0);
}

/// Takes one connection off the listener's queue, so that it never fills up.
fn listener_has_one(listener: &TcpListener) -> bool {
    listener.set_nonblocking(true).unwrap();
    listener.accept().is_ok()
}

#[test]
fn a_dropped_event_operation_is_over_at_once_and_takes_no_data_with_it() {
    let (socket, mut peer) = connected();
    drop(socket.recv(room(), Notify::Event).unwrap());
    peer.write_all(b"kept").unwrap();
    let received = socket.recv(room(), Notify::Event).unwrap().join().unwrap();
    assert_eq!(received.transferred(), b"kept");
}

#[test]
fn the_socket_may_go_first() {
    for notify in [Notify::Port, Notify::Event] {
        let (port, socket, _peer) = at_port();
        let receiving = socket.recv(room(), notify).unwrap();
        drop(socket);
        // The number goes to another socket, which the operation leaves alone.
        let (other, mut other_peer) = connected();
        let others = other.recv(room(), Notify::Event).unwrap();
        if notify == Notify::Port {
            // Z-003
            assert_eq!(next(&port).result, Err(WsaError::WSAECONNABORTED));
        } else {
            assert_eq!(receiving.wait(LONG), Ok(true));
        }
        receiving.cancel();
        let done = receiving.take().unwrap();
        assert_eq!(done.result, Err(WsaError::WSAECONNABORTED));
        assert_eq!(done.buffer, room());
        other_peer.write_all(b"mine").unwrap();
        assert_eq!(others.join().unwrap().transferred(), b"mine");
    }
}

#[test]
fn the_port_may_go_first() {
    for fate in FATES {
        let (port, socket, mut peer) = at_port();
        let receiving = socket.recv(room(), Notify::Port).unwrap();
        drop(port);
        // The socket keeps the port open, and still works by itself.
        let sent = socket.send(b"x".to_vec(), Notify::Event).unwrap().join().unwrap();
        assert_eq!(sent.result, Ok(1));
        peer.write_all(&[1; BUFFER_BYTES]).unwrap();
        meet(fate, receiving);
        drop(socket);
    }
    let (port, socket, _peer) = at_port();
    let receiving = socket.recv(room(), Notify::Port).unwrap();
    drop(port);
    drop(socket);
    // The last owner of the port took the packet.
    let done = receiving.take().unwrap();
    assert_eq!(done.result, Err(WsaError::WSAECONNABORTED));
    assert_eq!(spoiled_by_accident(), 0);
}

#[test]
fn threads_take_what_others_start_and_drop() {
    const OPERATIONS: usize = 200;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let accepting = std::thread::spawn(move || {
        // Every connection is written to and dropped, so that receives end in every way.
        for stream in listener.incoming().take(OPERATIONS) {
            let _ = stream.unwrap().write_all(&[2; 100]);
        }
    });
    let port = CompletionPort::new(2).unwrap();
    let takers: Vec<_> = (0..2)
        .map(|_| {
            let port = port.clone();
            std::thread::spawn(move || {
                let mut taken = 0;
                while next(&port).operation.is_some() {
                    taken += 1;
                }
                taken
            })
        })
        .collect();
    let mut started = 0;
    for number in 0..OPERATIONS {
        let socket = bound();
        port.associate(&socket, number).unwrap();
        let connecting = socket.connect_ex(address, Vec::new(), Notify::Event).unwrap();
        assert_eq!(connecting.join().unwrap().result, Ok(0));
        for _ in 0..3 {
            // The connection may be reset by now.
            if let Ok(receiving) = socket.recv(room(), Notify::Port) {
                started += 1;
                meet(FATES[number % FATES.len()], receiving);
            }
        }
        if number % 2 == 0 {
            drop(socket);
        } else {
            leave_to_a_thread(socket);
        }
    }
    accepting.join().unwrap();
    // Every socket is closed; the packets of the last ones may still be on their way.
    let mut taken = 0;
    std::thread::sleep(Duration::from_millis(100));
    for _ in &takers {
        port.post(0, 0).unwrap();
    }
    for taker in takers {
        taken += taker.join().unwrap();
    }
    assert_eq!(taken, started);
    assert_eq!(spoiled_by_accident(), 0);
}

fn leave_to_a_thread(socket: Socket) {
    std::thread::spawn(move || drop(socket)).join().unwrap();
}
