//! What the tests share: a pair of connected sockets, and a run on each backend.
// No test uses all of it.
#![allow(dead_code)]

use linsock::{CompletionPort, Notify, Packet, Socket};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

/// Longer than anything here takes; a test that waits so long has failed.
pub const LONG: Option<Duration> = Some(Duration::from_secs(20));

const NESTED: &str = "LINSOCK_TEST_NESTED";

/// Runs all tests of this program once more on each backend, which a process chooses once.
/// Called by a test that is skipped in those runs.
pub fn on_each_backend() {
    if std::env::var_os(NESTED).is_some() {
        return;
    }
    for backend in ["epoll", "uring"] {
        if backend == "uring"
            && let Some(reason) = linsock::diagnostics::uring_refusal()
        {
            eprintln!("SKIPPED on uring: {reason}");
            continue;
        }
        let program = std::env::current_exe().expect("the test program has a path");
        let run = Command::new(program)
            .env("LINSOCK_BACKEND", backend)
            .env(NESTED, "1")
            .output()
            .expect("the test program runs");
        let text = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "on {backend}: {}\n{text}", run.status);
    }
}

/// A socket connected by ConnectEx, and its peer.
pub fn connected() -> (Socket, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = bound();
    let address = listener.local_addr().unwrap();
    let operation = socket.connect_ex(address, Vec::new(), Notify::Event).unwrap();
    assert_eq!(operation.join().unwrap().result, Ok(0));
    socket.update_connect_context().unwrap();
    let (peer, from) = listener.accept().unwrap();
    assert_eq!(Ok(from), socket.local_addr());
    peer.set_read_timeout(LONG).unwrap();
    (socket, peer)
}

/// A socket that is ready for ConnectEx.
pub fn bound() -> Socket {
    let socket = Socket::for_address(&"127.0.0.1:0".parse().unwrap()).unwrap();
    socket.bind_any().unwrap();
    socket
}

/// A port and a socket connected to a peer, associated under the key 1.
pub fn at_port() -> (CompletionPort, Socket, TcpStream) {
    let port = CompletionPort::new(0).unwrap();
    let (socket, peer) = connected();
    port.associate(&socket, 1).unwrap();
    (port, socket, peer)
}

/// The next packet, which comes.
pub fn next(port: &CompletionPort) -> Packet {
    port.get(LONG).unwrap().expect("a packet comes")
}

/// A listener, and its address.
pub fn listening(address: &str) -> (Socket, SocketAddr) {
    let address = address.parse().unwrap();
    let listener = Socket::for_address(&address).unwrap();
    listener.bind(address).unwrap();
    listener.listen(100).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}
