//! Check that no order of dropping and forgetting lets anybody write into freed memory.
//!
//! The allocator of this program never gives memory of the sizes in question back: it fills what
//! was freed with a pattern and keeps it. A write after the end of a block's life spoils the
//! pattern, whoever makes it: the kernel, the library or this program.

mod common;

use common::{LONG, at_port, bound, connected, listening, next};
use linsock::{
    Accepting, CompletionPort, Notify, Operation, Socket, Transmission, WsaError, sleep_alertable,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

/// The sizes kept: an operation's record has about 100 bytes, the buffers here have 600.
const KEPT_BYTES: std::ops::RangeInclusive<usize> = 64..=1024;
const KEPT_MAX: usize = 1 << 18;
const FREED: u8 = 0xDD;
const BUFFER_BYTES: usize = 600;

struct Keeper;

static KEPT: [(AtomicPtr<u8>, AtomicUsize); KEPT_MAX] =
    [const { (AtomicPtr::new(std::ptr::null_mut()), AtomicUsize::new(0)) }; KEPT_MAX];
static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: memory comes from the system's allocator; some of it is never given back.
unsafe impl GlobalAlloc for Keeper {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if KEPT_BYTES.contains(&layout.size()) {
            let place = COUNT.fetch_add(1, Ordering::Relaxed);
            if let Some((kept, size)) = KEPT.get(place) {
                // SAFETY: the block is ours until it is given back, which it never is.
                unsafe { block.write_bytes(FREED, layout.size()) };
                size.store(layout.size(), Ordering::Relaxed);
                kept.store(block, Ordering::Release);
                return;
            }
        }
        // SAFETY: by the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static KEEPER: Keeper = Keeper;

/// Held by the one test that spoils a block on purpose.
static SPOILING: RwLock<()> = RwLock::new(());

/// How many freed blocks were written to by accident.
fn spoiled_by_accident() -> usize {
    let _nobody_spoils = SPOILING.read().unwrap();
    spoiled()
}

/// How many freed blocks were written to.
fn spoiled() -> usize {
    let mut spoiled = 0;
    for (block, size) in &KEPT[..COUNT.load(Ordering::Relaxed).min(KEPT_MAX)] {
        let block = block.load(Ordering::Acquire);
        if block.is_null() {
            continue;
        }
        let bytes = 0..size.load(Ordering::Relaxed);
        // SAFETY: kept blocks stay readable; volatile, because others may have written to them.
        let intact = bytes.into_iter().all(|at| unsafe { block.add(at).read_volatile() } == FREED);
        spoiled += usize::from(!intact);
    }
    spoiled
}

fn room() -> Vec<u8> {
    vec![0; BUFFER_BYTES]
}

#[test]
fn the_same_on_each_backend() {
    common::on_each_backend();
}

#[test]
fn the_allocator_notices_a_write_after_the_end() {
    let _no_other_test_looks = SPOILING.write().unwrap();
    let before = spoiled();
    let block = Box::into_raw(Box::new([0u8; 777]));
    // SAFETY: the block came from a box.
    drop(unsafe { Box::from_raw(block) });
    let kept =
        KEPT.iter().any(|(kept, _)| std::ptr::eq(kept.load(Ordering::Acquire), block.cast()));
    assert!(kept);
    // SAFETY: the allocator keeps the block.
    unsafe { block.cast::<u8>().add(5).write_volatile(1) };
    assert!(spoiled() > before);
    // SAFETY: as above.
    unsafe { block.cast::<u8>().add(5).write_volatile(FREED) };
}

/// What is done to an operation in progress.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Dropped,
    Forgotten,
    CancelledAndForgotten,
    Taken,
}

const FATES: [Fate; 4] = [Fate::Dropped, Fate::Forgotten, Fate::CancelledAndForgotten, Fate::Taken];

fn meet(fate: Fate, operation: Operation) {
    match fate {
        Fate::Dropped => drop(operation),
        Fate::Forgotten => std::mem::forget(operation),
        Fate::CancelledAndForgotten => {
            operation.cancel();
            std::mem::forget(operation);
        }
        Fate::Taken => drop(operation.take()),
    }
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
    let path = format!("{}/soundness-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
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
