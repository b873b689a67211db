//! The echo server: AcceptEx, WSARecv and WSASend, whose packets threads take from one completion
//! port.

use anyhow::Context;
use linsock::{
    Accepted, Accepting, CompletionPort, Notify, Operation, Packet, Shutdown, Socket, Timer,
    WsaError,
};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// What one receive takes at most.
const BUFFER_BYTES: usize = 16 * 1024;
/// Connections that may wait to be accepted.
const BACKLOG: i32 = 1024;
/// Accepts in progress, so that a burst of connections finds some.
const ACCEPTS: usize = 16;
/// The key of the packet that ends a worker.
const STOP: usize = 0;
/// The key of the listener's packets.
const LISTENER: usize = 1;
/// The key of the packet after which accepting is tried again.
const RETRY: usize = 2;
/// Connections count from here.
const FIRST_CONNECTION: usize = 3;
/// How long accepting rests when descriptors or memory have run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// A running server.
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
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
    listener: Socket,
    accepts: Mutex<Accepts>,
    connections: Mutex<HashMap<usize, Arc<Mutex<Connection>>>>,
    stopping: AtomicBool,
    next_key: AtomicUsize,
    accepted: AtomicU64,
    bytes_echoed: AtomicU64,
}

/// The accepts in progress. Whoever starts one holds the lock meanwhile, so that the packet's taker
/// finds it here.
#[derive(Default)]
struct Accepts {
    running: Vec<Accepting>,
    /// Expires with a packet of the key RETRY.
    pause: Option<Timer>,
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
        let port = CompletionPort::new(0)?;
        port.associate(&listener, LISTENER)?;
        let shared = Arc::new(Shared {
            port,
            listener,
            accepts: Mutex::default(),
            connections: Mutex::default(),
            stopping: AtomicBool::new(false),
            next_key: AtomicUsize::new(FIRST_CONNECTION),
            accepted: AtomicU64::new(0),
            bytes_echoed: AtomicU64::new(0),
        });
        shared.accept();
        let mut workers = Vec::with_capacity(threads);
        for _ in 0..threads {
            let shared = Arc::clone(&shared);
            workers.push(std::thread::Builder::new().spawn(move || shared.work())?);
        }
        Ok(Server { shared, address, workers })
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
        for _ in &self.workers {
            // Without the packet the worker would go on; then it is left to the process' end.
            if self.shared.port.post(0, STOP).is_err() {
                return self.shared.statistics();
            }
        }
        for worker in self.workers {
            let _ = worker.join();
        }
        drop(std::mem::take(&mut *locked(&self.shared.accepts)));
        drop(std::mem::take(&mut *locked(&self.shared.connections)));
        self.shared.statistics()
    }
}

impl Shared {
    fn statistics(&self) -> Statistics {
        Statistics {
            open: locked(&self.connections).len(),
            connections: self.accepted.load(Ordering::Relaxed),
            bytes_echoed: self.bytes_echoed.load(Ordering::Relaxed),
        }
    }

    /// Starts accepts until there are enough.
    fn accept(&self) {
        let mut accepts = locked(&self.accepts);
        while accepts.running.len() < ACCEPTS && !self.stopping.load(Ordering::Acquire) {
            let started = self
                .listener
                .another()
                .and_then(|socket| self.listener.accept_ex(socket, Vec::new(), Notify::Port));
            match started {
                Ok(accepting) => accepts.running.push(accepting),
                // Those in progress go on.
                Err(_) => return accepts.rest(&self.port),
            }
        }
    }

    /// Takes the connection that an accept has brought, and sees to it that others follow.
    fn accepted(&self, packet: &Packet) {
        let accepting = {
            let mut accepts = locked(&self.accepts);
            let place = accepts.running.iter().position(|accepting| packet.is_of(accepting));
            place.map(|place| accepts.running.swap_remove(place))
        };
        match packet.result {
            // A connection, or one that was gone before it was accepted.
            Ok(_) | Err(WsaError::WSAECONNRESET) => self.accept(),
            Err(_) => locked(&self.accepts).rest(&self.port),
        }
        if let Some(Ok(Accepted { result: Ok(_), socket, .. })) = accepting.map(Accepting::take) {
            self.begin(socket);
        }
    }

    fn begin(&self, socket: Socket) {
        let key = self.next_key.fetch_add(1, Ordering::Relaxed);
        // What cannot be served is dropped; the others go on.
        if socket.update_accept_context(&self.listener).is_err()
            || self.port.associate(&socket, key).is_err()
        {
            return;
        }
        let _ = socket.set_nodelay(true);
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
            match packet.key {
                STOP => return,
                LISTENER => self.accepted(&packet),
                RETRY => {
                    locked(&self.accepts).pause = None;
                    self.accept();
                }
                key => self.transferred(key, &packet),
            }
        }
    }

    fn transferred(&self, key: usize, packet: &Packet) {
        let connection = locked(&self.connections).get(&key).map(Arc::clone);
        if let Some(connection) = connection
            && !self.advance(packet, &mut locked(&connection))
        {
            locked(&self.connections).remove(&key);
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

impl Accepts {
    /// Lets accepting rest for a while, unless it does already.
    fn rest(&mut self, port: &CompletionPort) {
        if self.pause.is_none() {
            // Without a timer, the next connection of those that are accepted tries again.
            self.pause = port.timer(ACCEPT_PAUSE, RETRY).ok();
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
    use std::net::{Ipv6Addr, TcpStream};

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
    fn more_connections_than_accepts_come_at_once() {
        let server = Server::start("127.0.0.1:0".parse().unwrap(), 2).unwrap();
        let mut streams: Vec<TcpStream> =
            (0..5 * ACCEPTS).map(|_| TcpStream::connect(server.local_addr()).unwrap()).collect();
        for stream in streams.iter_mut().rev() {
            let mut byte = [0];
            stream.write_all(b"x").unwrap();
            stream.read_exact(&mut byte).unwrap();
        }
        assert_eq!(server.statistics().open, streams.len());
        drop(streams);
        assert_eq!(server.stop().connections, 5 * ACCEPTS as u64);
    }

    #[test]
    fn a_server_stops_with_connections_open() {
        let server = Server::start("[::]:0".parse().unwrap(), 1).unwrap();
        let mut stream =
            TcpStream::connect((Ipv6Addr::LOCALHOST, server.local_addr().port())).unwrap();
        stream.write_all(b"x").unwrap();
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        server.stop();
        // The end of the stream or a reset, depending on what was on its way.
        assert!(matches!(stream.read(&mut byte), Ok(0) | Err(_)));
    }
}
