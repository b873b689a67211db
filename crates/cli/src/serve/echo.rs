//! The echo server: one thread accepts, the others take packets from one completion port.

use anyhow::Context;
use linsock::{CompletionPort, Notify, Operation, Packet, Shutdown, Socket};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// What one receive takes at most.
const BUFFER_BYTES: usize = 16 * 1024;
/// Connections that may wait to be accepted.
const BACKLOG: i32 = 1024;
/// The key of the packet that ends a worker; connections count from 1.
const STOP: usize = 0;
/// How long accepting rests when descriptors or memory have run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// A running server.
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    acceptor: JoinHandle<()>,
    workers: Vec<JoinHandle<()>>,
}

/// What a server has done so far.
#[derive(Clone, Copy, Debug)]
pub struct Statistics {
    pub open: usize,
    pub connections: u64,
    pub bytes_echoed: u64,
}

struct Shared {
    port: CompletionPort,
    connections: Mutex<HashMap<usize, Arc<Mutex<Connection>>>>,
    stopping: AtomicBool,
    accepted: AtomicU64,
    bytes_echoed: AtomicU64,
}

/// One connection, with at most one operation in progress. Whoever starts an operation holds the
/// lock meanwhile, so that the packet's taker finds the operation in its place.
struct Connection {
    socket: Socket,
    turn: Turn,
}

enum Turn {
    Receiving(Operation),
    Sending(Operation),
    Idle,
}

impl Server {
    /// Listens at `address` and serves with `threads` workers.
    pub fn start(address: SocketAddr, threads: usize) -> anyhow::Result<Server> {
        let listener = Socket::for_address(&address)?;
        listener.set_reuse_address(true)?;
        listener.bind(address).with_context(|| format!("cannot listen on {address}"))?;
        listener.listen(BACKLOG).with_context(|| format!("cannot listen on {address}"))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            port: CompletionPort::new(0)?,
            connections: Mutex::default(),
            stopping: AtomicBool::new(false),
            accepted: AtomicU64::new(0),
            bytes_echoed: AtomicU64::new(0),
        });
        let mut workers = Vec::with_capacity(threads);
        for _ in 0..threads {
            let shared = Arc::clone(&shared);
            workers.push(std::thread::Builder::new().spawn(move || shared.work())?);
        }
        let accepting = Arc::clone(&shared);
        let acceptor = std::thread::Builder::new().spawn(move || accepting.accept(&listener))?;
        Ok(Server { shared, address, acceptor, workers })
    }

    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    pub fn statistics(&self) -> Statistics {
        self.shared.statistics()
    }

    /// Stops accepting, closes every connection and waits for the threads.
    pub fn stop(self) -> Statistics {
        self.shared.stopping.store(true, Ordering::Release);
        // A blocking accept ends when somebody connects.
        let woken = TcpStream::connect_timeout(&reachable(self.address), Duration::from_secs(1));
        if woken.is_ok() {
            let _ = self.acceptor.join();
        }
        for _ in &self.workers {
            // Without the packet the worker would go on; then it is left to the process' end.
            if self.shared.port.post(0, STOP).is_err() {
                return self.shared.statistics();
            }
        }
        for worker in self.workers {
            let _ = worker.join();
        }
        let connections = std::mem::take(&mut *locked(&self.shared.connections));
        drop(connections);
        self.shared.statistics()
    }
}

/// Where a listener at `address` is reached from this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let mut reachable = address;
    reachable.set_ip(ip);
    reachable
}

impl Shared {
    fn statistics(&self) -> Statistics {
        Statistics {
            open: locked(&self.connections).len(),
            connections: self.accepted.load(Ordering::Relaxed),
            bytes_echoed: self.bytes_echoed.load(Ordering::Relaxed),
        }
    }

    fn accept(&self, listener: &Socket) {
        for key in STOP + 1.. {
            let accepted = listener.accept();
            if self.stopping.load(Ordering::Acquire) {
                return;
            }
            // What cannot be accepted or served is dropped; the others go on.
            match accepted {
                Ok((socket, _)) => self.begin(key, socket),
                Err(_) => std::thread::sleep(ACCEPT_PAUSE),
            }
        }
    }

    fn begin(&self, key: usize, socket: Socket) {
        let _ = socket.set_nodelay(true);
        if self.port.associate(&socket, key).is_err() {
            return;
        }
        self.accepted.fetch_add(1, Ordering::Relaxed);
        let connection = Connection { socket, turn: Turn::Idle };
        let connection = Arc::new(Mutex::new(connection));
        locked(&self.connections).insert(key, Arc::clone(&connection));
        if !locked(&connection).receive(vec![0; BUFFER_BYTES]) {
            locked(&self.connections).remove(&key);
        }
    }

    fn work(&self) {
        while let Ok(packet) = self.port.get(None) {
            let Some(packet) = packet else { continue };
            if packet.key == STOP {
                return;
            }
            let connection = locked(&self.connections).get(&packet.key).map(Arc::clone);
            if let Some(connection) = connection
                && !self.advance(&packet, &mut locked(&connection))
            {
                locked(&self.connections).remove(&packet.key);
            }
        }
    }

    /// Takes the packet's operation to its next one; `false` when the connection is over.
    fn advance(&self, packet: &Packet, connection: &mut Connection) -> bool {
        match (std::mem::replace(&mut connection.turn, Turn::Idle), packet.result) {
            (Turn::Receiving(_), Ok(0)) => {
                let _ = connection.socket.shutdown(Shutdown::Send);
                false
            }
            (Turn::Receiving(operation), Ok(bytes)) => {
                operation.take().is_ok_and(|done| connection.send(done.buffer, bytes as usize))
            }
            (Turn::Sending(operation), Ok(bytes)) => {
                self.bytes_echoed.fetch_add(bytes.into(), Ordering::Relaxed);
                operation.take().is_ok_and(|done| connection.receive(done.buffer))
            }
            (_, Err(_)) | (Turn::Idle, _) => false,
        }
    }
}

impl Connection {
    fn receive(&mut self, mut buffer: Vec<u8>) -> bool {
        buffer.resize(BUFFER_BYTES, 0);
        let started = self.socket.recv(buffer, Notify::Port);
        started.map(|operation| self.turn = Turn::Receiving(operation)).is_ok()
    }

    fn send(&mut self, mut buffer: Vec<u8>, bytes: usize) -> bool {
        buffer.truncate(bytes);
        let started = self.socket.send(buffer, Notify::Port);
        started.map(|operation| self.turn = Turn::Sending(operation)).is_ok()
    }
}

/// The lock, also after a panic elsewhere: every state between two statements is a valid one.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    #[test]
    fn what_comes_goes_back_until_the_end() {
        let server = Server::start("127.0.0.1:0".parse().unwrap(), 2).unwrap();
        let mut stream = TcpStream::connect(server.local_addr()).unwrap();
        let data: Vec<u8> = (0..100_000u32).map(|n| n as u8).collect();
        let mut writer = stream.try_clone().unwrap();
        let sent = data.clone();
        let writing = std::thread::spawn(move || {
            writer.write_all(&sent).unwrap();
            writer.shutdown(std::net::Shutdown::Write).unwrap();
        });
        let mut back = Vec::new();
        stream.read_to_end(&mut back).unwrap();
        writing.join().unwrap();
        assert!(back == data, "{} bytes came back of {}", back.len(), data.len());
        let end = server.stop();
        assert_eq!((end.connections, end.bytes_echoed), (1, data.len() as u64));
    }

    #[test]
    fn a_server_stops_with_connections_open() {
        let server = Server::start("[::]:0".parse().unwrap(), 1).unwrap();
        let mut stream = TcpStream::connect(reachable(server.local_addr())).unwrap();
        stream.write_all(b"x").unwrap();
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        server.stop();
        // The end of the stream or a reset, depending on what was on its way.
        assert!(matches!(stream.read(&mut byte), Ok(0) | Err(_)));
    }
}
