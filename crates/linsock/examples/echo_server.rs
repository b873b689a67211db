//! An echo server on AcceptEx, WSARecv and WSASend: two threads take packets from one completion
//! port. It has clients of its own, and ends when all of them were served.

use linsock::{Accepting, CompletionPort, Notify, Operation, Packet, Shutdown, Socket};
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

const THREADS: usize = 2;
const ACCEPTS: usize = 4;
const CLIENTS: usize = 20;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// The key of the listener's packets, and of those that end a thread; connections count on.
const LISTENER: usize = 0;
const STOP: usize = 1;
const FIRST_CONNECTION: usize = 2;

struct Server {
    listener: Socket,
    port: CompletionPort,
    state: Mutex<State>,
}

/// Whoever starts an operation holds the lock until it is in its place, so that whoever takes its
/// packet finds it there.
#[derive(Default)]
struct State {
    accepting: Vec<Accepting>,
    connections: HashMap<usize, Connection>,
    accepted: usize,
    served: usize,
}

struct Connection {
    socket: Socket,
    operation: Operation,
    receiving: bool,
}

impl Server {
    fn start() -> Result<Server, Error> {
        let address = "127.0.0.1:0".parse()?;
        let listener = Socket::for_address(&address)?;
        listener.bind(address)?;
        listener.listen(CLIENTS as i32)?;
        let port = CompletionPort::new(0)?;
        port.associate(&listener, LISTENER)?;
        let server = Server { listener, port, state: Mutex::default() };
        for _ in 0..ACCEPTS {
            server.accept(&mut server.state.lock().unwrap())?;
        }
        Ok(server)
    }

    fn accept(&self, state: &mut State) -> Result<(), Error> {
        let into = self.listener.another()?;
        state.accepting.push(self.listener.accept_ex(into, Vec::new(), Notify::Port)?);
        Ok(())
    }

    /// What each thread does. If one fails, the others end too.
    fn work(&self) -> Result<(), Error> {
        let done = self.serve();
        if done.is_err() {
            (0..THREADS).try_for_each(|_| self.port.post(0, STOP))?;
        }
        done
    }

    fn serve(&self) -> Result<(), Error> {
        loop {
            let packet = self.port.get(None)?.ok_or("no time limit was given")?;
            let mut state = self.state.lock().unwrap();
            match packet.key {
                STOP => return Ok(()),
                LISTENER => self.accepted(&packet, &mut state)?,
                _ => self.transferred(&packet, &mut state)?,
            }
        }
    }

    fn accepted(&self, packet: &Packet, state: &mut State) -> Result<(), Error> {
        let place = state.accepting.iter().position(|accepting| packet.is_of(accepting));
        let accepting = state.accepting.remove(place.ok_or("an accept of ours")?);
        let accepted = accepting.take().map_err(|_| "its packet was taken")?;
        accepted.result?;
        let socket = accepted.socket;
        socket.update_accept_context(&self.listener)?;
        let key = FIRST_CONNECTION + state.accepted;
        self.port.associate(&socket, key)?;
        let operation = socket.recv(vec![0; 4096], Notify::Port)?;
        state.accepted += 1;
        state.connections.insert(key, Connection { socket, operation, receiving: true });
        self.accept(state)
    }

    fn transferred(&self, packet: &Packet, state: &mut State) -> Result<(), Error> {
        let Connection { socket, operation, receiving } =
            state.connections.remove(&packet.key).ok_or("a connection of ours")?;
        let mut buffer = operation.take().map_err(|_| "its packet was taken")?.buffer;
        let operation = match (receiving, packet.result?) {
            (true, 0) => {
                socket.shutdown(Shutdown::Send)?;
                state.served += 1;
                if state.served == CLIENTS {
                    (0..THREADS).try_for_each(|_| self.port.post(0, STOP))?;
                }
                return Ok(());
            }
            (true, bytes) => {
                buffer.truncate(bytes as usize);
                socket.send(buffer, Notify::Port)?
            }
            (false, _) => {
                buffer.resize(4096, 0);
                socket.recv(buffer, Notify::Port)?
            }
        };
        let connection = Connection { socket, operation, receiving: !receiving };
        state.connections.insert(packet.key, connection);
        Ok(())
    }
}

/// Sends a line, and wants it back.
fn client(address: SocketAddr, number: usize) -> Result<(), Error> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let line = format!("line of client {number}\n");
    stream.write_all(line.as_bytes())?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut back = String::new();
    stream.read_to_string(&mut back)?;
    if back == line { Ok(()) } else { Err(format!("{back:?} came back").into()) }
}

fn main() -> Result<(), Error> {
    let server = Server::start()?;
    let address = server.listener.local_addr()?;
    println!("listening on {address}");
    thread::scope(|scope| -> Result<(), Error> {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(|| server.work())).collect();
        let clients: Vec<_> =
            (0..CLIENTS).map(|number| scope.spawn(move || client(address, number))).collect();
        for thread in threads.into_iter().chain(clients) {
            thread.join().map_err(|_| "a thread panicked")??;
        }
        Ok(())
    })?;
    println!("{} connections served by {THREADS} threads", server.state.lock().unwrap().served);
    Ok(())
}
