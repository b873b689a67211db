//! On io_uring a port's worker holds back what it starts until it waits. Nobody else may notice: what was sent arrives whether
//! the thread waits, computes, ends, or ends the process, and each operation ends once.
//!
//! The choice of a backend is for a whole process's life, so each test runs this same binary again as its child.

use linsock_sys::Win32::Foundation::*;
use linsock_sys::Win32::Networking::WinSock::*;
use linsock_sys::Win32::System::IO::*;
use linsock_sys::Win32::System::Threading::Sleep;
use std::io::{ErrorKind, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::ptr::{null, null_mut};
use std::thread;
use std::time::{Duration, Instant};

/// Set in the child: where its peer is, if that is another process.
const PEER: &str = "BATCHES_PEER";
/// After so many operations a thread's requests are held back.
const TRIAL: usize = 32;

/// Runs a test of this file on io_uring; `false`: there is none here.
fn run(name: &str, peer: Option<SocketAddr>) -> bool {
    let program = std::env::current_exe().expect("a test knows its own file");
    let mut command = Command::new(program);
    command.args([name, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env("LINSOCK_BACKEND", "uring").env_remove("LINSOCK_CONTRACT");
    if let Some(peer) = peer {
        command.env(PEER, peer.to_string());
    }
    let output = command.output().expect("the test's own file starts");
    let said = String::from_utf8_lossy(&output.stdout);
    if said.contains("SKIPPED") {
        eprintln!("SKIPPED: io_uring cannot be used here");
        return false;
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    assert!(said.contains("1 passed") || peer.is_some(), "{said}");
    true
}

/// A worker's socket and port.
#[derive(Clone, Copy)]
struct Worker {
    socket: SOCKET,
    port: HANDLE,
}

fn last_error() -> i32 {
    // SAFETY: no pointers.
    unsafe { WSAGetLastError() }
}

/// A place to tell of the end of an operation.
fn overlapped() -> &'static mut OVERLAPPED {
    // SAFETY: all zeros are a fresh one. It is never freed, so it outlives its operation.
    Box::leak(Box::new(unsafe { std::mem::zeroed() }))
}

impl Worker {
    fn new(peer: SocketAddr) -> Option<Self> {
        // SAFETY: plain calls with memory of their own.
        unsafe {
            let mut data = std::mem::zeroed();
            if WSAStartup(0x202, &raw mut data) != 0 {
                println!("SKIPPED");
                return None;
            }
            let socket = socket(AF_INET.into(), SOCK_STREAM, 0);
            let SocketAddr::V4(peer) = peer else { panic!("{peer}") };
            let mut address: SOCKADDR_IN = std::mem::zeroed();
            address.sin_family = AF_INET;
            address.sin_port = peer.port().to_be();
            address.sin_addr.S_un.S_addr = u32::from_ne_bytes(peer.ip().octets());
            assert_eq!(connect(socket, (&raw const address).cast(), 16), 0);
            let port = CreateIoCompletionPort(socket as HANDLE, null_mut(), 7, 1);
            assert!(!port.is_null());
            Some(Worker { socket, port })
        }
    }

    /// Starts a send; `true`: it pends.
    fn send(&self, text: &'static str) -> bool {
        let buffer = WSABUF { len: text.len() as u32, buf: text.as_ptr().cast_mut() };
        // SAFETY: the text and the OVERLAPPED stay for good.
        let result = unsafe {
            WSASend(self.socket, &raw const buffer, 1, null_mut(), 0, overlapped(), None)
        };
        assert!(result == 0 || last_error() == WSA_IO_PENDING);
        result != 0
    }

    fn receive(&self) {
        let room = Box::leak(Box::new([0u8; 16]));
        let buffer = WSABUF { len: 16, buf: room.as_mut_ptr() };
        let mut flags = 0;
        // SAFETY: the room and the OVERLAPPED stay for good.
        let result = unsafe {
            WSARecv(
                self.socket,
                &raw const buffer,
                1,
                null_mut(),
                &raw mut flags,
                overlapped(),
                None,
            )
        };
        assert!(result != 0 && last_error() == WSA_IO_PENDING);
    }

    /// The next packet: its bytes, or the error of its operation.
    fn packet(&self, milliseconds: u32) -> Option<Result<u32, u32>> {
        let (mut bytes, mut key, mut overlapped) = (0, 0, null_mut());
        // SAFETY: the three live through the call.
        let taken = unsafe {
            GetQueuedCompletionStatus(
                self.port,
                &raw mut bytes,
                &raw mut key,
                &raw mut overlapped,
                milliseconds,
            )
        };
        match (taken, overlapped.is_null()) {
            (0, true) => None,
            (0, false) => Some(Err(last_error() as u32)),
            _ => Some(Ok(bytes)),
        }
    }

    /// Makes the calling thread one whose requests are held back.
    fn warm_up(&self, peer: &mut TcpStream) {
        for _ in 0..TRIAL {
            self.send(".");
            assert_eq!(self.packet(10_000), Some(Ok(1)));
        }
        peer.read_exact(&mut [0; TRIAL]).expect("the peer is there");
    }
}

/// A warm worker on the calling thread, and its peer.
fn worker() -> Option<(Worker, TcpStream)> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let worker = Worker::new(listener.local_addr().unwrap())?;
    let mut peer = listener.accept().unwrap().0;
    peer.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    worker.warm_up(&mut peer);
    Some((worker, peer))
}

fn read(peer: &mut TcpStream, bytes: usize) -> String {
    let mut got = vec![0; bytes];
    peer.read_exact(&mut got).expect("it arrives");
    String::from_utf8(got).expect("text")
}

/// The parent's part of a test, whose child is in the function of the second name.
macro_rules! in_a_child {
    ($($test:ident is $child:ident)*) => {
        $(
            #[test]
            fn $test() {
                run(stringify!($child), None);
            }
        )*
    };
}

in_a_child! {
    what_was_sent_goes_out_as_the_thread_waits is waits
    what_was_sent_goes_out_while_the_thread_computes is computes
    what_was_sent_goes_out_as_the_thread_ends is ends
    what_was_sent_goes_out_before_the_socket_is_closed is closes
    what_waits_behind_it_goes_out_before_the_socket_is_closed is closes_behind
    what_was_sent_goes_out_before_the_end_of_the_stream is shuts_down
    what_is_sent_otherwise_stays_behind_it is mixes
    a_receive_that_is_cancelled_ends_once is cancels
}

#[test]
#[ignore = "a part of another test"]
fn waits() {
    let Some((worker, mut peer)) = worker() else { return };
    assert!(worker.send("abc"), "it was not held back");
    peer.set_nonblocking(true).unwrap();
    assert_eq!(peer.read(&mut [0; 4]).map_err(|e| e.kind()), Err(ErrorKind::WouldBlock));
    peer.set_nonblocking(false).unwrap();
    assert_eq!(worker.packet(10_000), Some(Ok(3)));
    assert_eq!(read(&mut peer, 3), "abc");
    assert_eq!(worker.packet(0), None);
}

#[test]
#[ignore = "a part of another test"]
fn computes() {
    let Some((worker, mut peer)) = worker() else { return };
    for round in 0..3 {
        let sent = Instant::now();
        worker.send("abc");
        let reader = thread::spawn({
            let mut peer = peer.try_clone().unwrap();
            move || (read(&mut peer, 3), sent.elapsed())
        });
        while sent.elapsed() < Duration::from_millis(300) {
            std::hint::spin_loop();
        }
        let (text, after) = reader.join().unwrap();
        assert_eq!(text, "abc");
        // Mostly a few milliseconds; the machine may be busy.
        assert!(after < Duration::from_millis(250), "round {round}: {after:?}");
        assert_eq!(worker.packet(10_000), Some(Ok(3)));
        // Patient again.
        worker.warm_up(&mut peer);
        worker.warm_up(&mut peer);
        worker.warm_up(&mut peer);
    }
    assert_eq!(worker.packet(0), None);
}

#[test]
#[ignore = "a part of another test"]
fn ends() {
    let Some((worker, mut peer)) = worker() else { return };
    let port = worker.port as usize;
    let socket = worker.socket;
    let mut reader = peer.try_clone().unwrap();
    thread::spawn(move || {
        let worker = Worker { socket, port: port as HANDLE };
        worker.warm_up(&mut reader);
        assert!(worker.send("abc"), "it was not held back");
        worker.receive();
    })
    .join()
    .unwrap();
    assert_eq!(read(&mut peer, 3), "abc");
    assert_eq!(worker.packet(10_000), Some(Ok(3)));
    // The receive outlives its thread, too (C-055).
    std::io::Write::write_all(&mut peer, b"de").unwrap();
    assert_eq!(worker.packet(10_000), Some(Ok(2)));
    assert_eq!(worker.packet(50), None);
}

#[test]
#[ignore = "a part of another test"]
fn closes() {
    let Some((worker, mut peer)) = worker() else { return };
    assert!(worker.send("abc"), "it was not held back");
    // SAFETY: no pointers.
    assert_eq!(unsafe { closesocket(worker.socket) }, 0);
    assert_eq!(read(&mut peer, 3), "abc");
    assert_eq!(peer.read(&mut [0; 4]).expect("a graceful end"), 0);
    assert_eq!(worker.packet(10_000), Some(Ok(3)));
    assert_eq!(worker.packet(50), None);
}

#[test]
#[ignore = "a part of another test"]
fn closes_behind() {
    let Some((worker, mut peer)) = worker() else { return };
    assert!(worker.send("abc"), "it was not held back");
    // The first one goes out, and nobody may have heard of that when the second one is started.
    // SAFETY: no pointers.
    unsafe { Sleep(1) };
    worker.send("de");
    // SAFETY: no pointers.
    assert_eq!(unsafe { closesocket(worker.socket) }, 0);
    assert_eq!(read(&mut peer, 5), "abcde");
    assert_eq!(peer.read(&mut [0; 4]).expect("a graceful end"), 0);
    assert_eq!([1; 2].map(|_| worker.packet(10_000)), [Some(Ok(3)), Some(Ok(2))]);
    assert_eq!(worker.packet(50), None);
}

#[test]
#[ignore = "a part of another test"]
fn shuts_down() {
    let Some((worker, mut peer)) = worker() else { return };
    assert!(worker.send("abc"), "it was not held back");
    let socket = worker.socket;
    // By another thread, which has no ring.
    // SAFETY: no pointers.
    thread::spawn(move || assert_eq!(unsafe { shutdown(socket, SD_SEND) }, 0)).join().unwrap();
    assert_eq!(read(&mut peer, 3), "abc");
    assert_eq!(peer.read(&mut [0; 4]).expect("a graceful end"), 0);
    assert_eq!(worker.packet(10_000), Some(Ok(3)));
    assert_eq!(worker.packet(50), None);
}

#[test]
#[ignore = "a part of another test"]
fn mixes() {
    let Some((worker, mut peer)) = worker() else { return };
    assert!(worker.send("a"), "it was not held back");
    worker.send("b");
    // SAFETY: three readable bytes.
    assert_eq!(unsafe { send(worker.socket, c"cde".as_ptr().cast(), 3, 0) }, 3);
    worker.send("f");
    assert_eq!([1; 3].map(|_| worker.packet(10_000)), [Some(Ok(1)); 3]);
    assert_eq!(read(&mut peer, 6), "abcdef");
    assert_eq!(worker.packet(50), None);
}

#[test]
#[ignore = "a part of another test"]
fn cancels() {
    let Some((worker, mut peer)) = worker() else { return };
    worker.receive();
    assert!(worker.send("abc"), "it was not held back");
    // SAFETY: no pointers but a null one.
    assert_ne!(unsafe { CancelIoEx(worker.socket as HANDLE, null()) }, 0);
    // What could be done at once has been done.
    let mut packets = [1; 2].map(|_| worker.packet(10_000));
    packets.sort();
    assert_eq!(packets, [Some(Ok(3)), Some(Err(ERROR_OPERATION_ABORTED))]);
    assert_eq!(read(&mut peer, 3), "abc");
    assert_eq!(worker.packet(50), None);
    // Nothing was lost with it.
    std::io::Write::write_all(&mut peer, b"de").unwrap();
    worker.receive();
    assert_eq!(worker.packet(10_000), Some(Ok(2)));
}

#[test]
fn what_was_sent_goes_out_as_the_process_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let reader = thread::spawn(move || {
        let mut peer = listener.accept().unwrap().0;
        peer.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut all = String::new();
        peer.read_to_string(&mut all).map(|_| all)
    });
    if run("exits", Some(address)) {
        let all = reader.join().unwrap().expect("a graceful end");
        assert_eq!(all, ".".repeat(TRIAL) + "abc");
    }
}

#[test]
#[ignore = "a part of another test"]
fn exits() {
    let Ok(peer) = std::env::var(PEER) else { return };
    let Some(worker) = Worker::new(peer.parse().unwrap()) else { return };
    for _ in 0..TRIAL {
        worker.send(".");
        assert_eq!(worker.packet(10_000), Some(Ok(1)));
    }
    assert!(worker.send("abc"), "it was not held back");
    std::process::exit(0);
}
