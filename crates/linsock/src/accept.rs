//! AcceptEx.

use crate::address::Native;
use crate::completion::Completion;
use crate::error::{WsaError, returned};
use crate::memory::{Memory, length};
use crate::operation::{JoinError, Notify, Operation, started};
use crate::socket::Socket;
use crate::sys::Win32::Networking::WinSock::{
    AcceptEx, GetAcceptExSockaddrs, SO_UPDATE_ACCEPT_CONTEXT, SOCKADDR, SOCKADDR_INET, SOCKET,
    SOL_SOCKET, setsockopt,
};
use std::net::SocketAddr;
use std::ops::Deref;
use std::ptr;

/// What AcceptEx wants for each address: 16 bytes more than the longest one takes (A-011).
const AREA_BYTES: usize = size_of::<SOCKADDR_INET>() + 16;

/// An accept in progress: an [`Operation`], with the socket that is to become the connection.
///
/// Dropping it cancels it, and closes the socket.
#[must_use = "dropping an accept cancels it"]
#[derive(Debug)]
pub struct Accepting {
    operation: Operation,
    socket: Socket,
}

/// What became of an accept.
#[derive(Debug)]
pub struct Accepted {
    /// The bytes of first data received, or why the accept failed.
    pub result: Result<u32, WsaError>,
    /// The connection, if there is one. Before
    /// [`update_accept_context`](Socket::update_accept_context) it only sends and receives.
    pub socket: Socket,
    /// The room for first data, as long as it was given.
    pub buffer: Vec<u8>,
    /// The connection's own address and its peer's, if there is one.
    pub addresses: Option<(SocketAddr, SocketAddr)>,
}

impl Accepted {
    /// The first data that came with the connection.
    pub fn first_data(&self) -> &[u8] {
        let bytes = self.result.map_or(0, |bytes| bytes as usize);
        &self.buffer[..bytes.min(self.buffer.len())]
    }

    /// The peer's address, if there is a connection.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.addresses.map(|(_, peer)| peer)
    }
}

impl Socket {
    /// Accepts a connection into `into`, a socket that is neither bound nor connected, and receives
    /// what comes first into `room` (AcceptEx). Without room it is over as soon as somebody
    /// connects; with room only when that one has sent something or has gone.
    ///
    /// Several may be in progress; connections go to them in the order in which they were started
    /// (A-027). The end is told as that of the listener's other operations, with its key.
    ///
    /// ```
    /// use linsock::{CompletionPort, Notify, Socket};
    /// use std::{io::Write, net::TcpStream};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let listener = Socket::for_address(&"127.0.0.1:0".parse()?)?;
    /// listener.bind("127.0.0.1:0".parse()?)?;
    /// listener.listen(5)?;
    /// let port = CompletionPort::new(0)?;
    /// port.associate(&listener, 1)?;
    /// let accepting = listener.accept_ex(listener.another()?, vec![0; 100], Notify::Port)?;
    ///
    /// let mut client = TcpStream::connect(listener.local_addr()?)?;
    /// client.write_all(b"first")?;
    ///
    /// let packet = port.get(None)?.expect("no time limit was given");
    /// assert!(packet.is_of(&accepting));
    /// let accepted = accepting.take().expect("its packet was taken");
    /// assert_eq!(accepted.first_data(), b"first");
    /// assert_eq!(accepted.peer(), Some(client.local_addr()?));
    /// accepted.socket.update_accept_context(&listener)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What AcceptEx answers when it does not start: WSAEINVAL for a listener that does not listen
    /// and for a socket that is bound or connected; WSAEINVAL also for [`Notify::Port`] on a
    /// listener without a port, WSAEOPNOTSUPP for [`Notify::Routine`]. `into` is closed then.
    pub fn accept_ex(
        &self,
        into: Socket,
        room: Vec<u8>,
        notify: Notify,
    ) -> Result<Accepting, WsaError> {
        let room_bytes = length(&room)?;
        let mut memory = Memory::from(room);
        memory.buffer.resize(room_bytes as usize + 2 * AREA_BYTES, 0);
        // It has to fit with the areas too.
        length(&memory.buffer)?;
        // SAFETY: AcceptEx starts one operation with this OVERLAPPED, which stores into the
        // buffer alone: data, then two addresses (A-018). Closing `into` ends it (A-024).
        let operation = unsafe {
            Operation::start_without_routine(self, notify, 0, memory, |overlapped, memory| {
                started(
                    AcceptEx(
                        self.raw(),
                        into.raw(),
                        memory.buffer.as_mut_ptr().cast(),
                        room_bytes,
                        AREA_BYTES as u32,
                        AREA_BYTES as u32,
                        &mut 0,
                        overlapped,
                    ) != 0,
                )
            })?
        };
        Ok(Accepting { operation, socket: into })
    }

    /// Makes a socket that [`accept_ex`](Self::accept_ex) connected a full one
    /// (SO_UPDATE_ACCEPT_CONTEXT): it gets the options of `listener`, which accepted it, and names
    /// and shutdown become usable.
    ///
    /// # Errors
    /// What setsockopt answers: the socket was not accepted from this listener.
    pub fn update_accept_context(&self, listener: &Socket) -> Result<(), WsaError> {
        let listener = listener.raw();
        // SAFETY: the value is a socket, as long as is said.
        returned(unsafe {
            setsockopt(
                self.raw(),
                SOL_SOCKET,
                SO_UPDATE_ACCEPT_CONTEXT,
                (&raw const listener).cast(),
                size_of::<SOCKET>() as i32,
            )
        })
    }
}

impl Accepting {
    /// The socket that is to become the connection. It can tell whether somebody connected who
    /// has not sent anything yet: [`connect_time`](Socket::connect_time).
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The result of an accept that is over.
    ///
    /// # Errors
    /// The accept itself when it is not over yet.
    pub fn take(self) -> Result<Accepted, Accepting> {
        let Accepting { operation, socket } = self;
        match operation.take() {
            Ok(done) => Ok(Accepted::new(done, socket)),
            Err(operation) => Err(Accepting { operation, socket }),
        }
    }

    /// Waits for the end and takes the result.
    ///
    /// # Errors
    /// As [`Operation::wait`], with the accept itself, which goes on: WSAEINVAL where it is reported to
    /// a port.
    pub fn join(self) -> Result<Accepted, JoinError<Accepting>> {
        let Accepting { operation, socket } = self;
        match operation.join() {
            Ok(done) => Ok(Accepted::new(done, socket)),
            Err(JoinError { error, operation }) => {
                Err(JoinError { error, operation: Accepting { operation, socket } })
            }
        }
    }
}

/// Waiting, cancelling and the rest are the operation's.
impl Deref for Accepting {
    type Target = Operation;

    fn deref(&self) -> &Operation {
        &self.operation
    }
}

impl Accepted {
    fn new(done: Completion, socket: Socket) -> Self {
        let Completion { result, mut buffer, .. } = done;
        let room_bytes = buffer.len().saturating_sub(2 * AREA_BYTES);
        let addresses = result.ok().and_then(|_| addresses(&buffer, room_bytes));
        buffer.truncate(room_bytes);
        Accepted { result, socket, buffer, addresses }
    }
}

/// The addresses behind the `room_bytes` bytes for data: the connection's own and its peer's.
fn addresses(buffer: &[u8], room_bytes: usize) -> Option<(SocketAddr, SocketAddr)> {
    let (mut local, mut peer): (*mut SOCKADDR, *mut SOCKADDR) = (ptr::null_mut(), ptr::null_mut());
    let (mut local_bytes, mut peer_bytes) = (0, 0);
    // SAFETY: the buffer was filled by an AcceptEx with these lengths, and the outputs are ours.
    unsafe {
        GetAcceptExSockaddrs(
            buffer.as_ptr().cast(),
            room_bytes as u32,
            AREA_BYTES as u32,
            AREA_BYTES as u32,
            &mut local,
            &mut local_bytes,
            &mut peer,
            &mut peer_bytes,
        );
    }
    let read = |address: *mut SOCKADDR, bytes: i32| {
        let bytes = usize::try_from(bytes).ok()?;
        // Where the address is decides the function; that it is in the buffer decides this.
        let at = address.addr().checked_sub(buffer.as_ptr().addr())?;
        Native::read(buffer.get(at..at.checked_add(bytes)?)?)?.to_std()
    };
    Some((read(local, local_bytes)?, read(peer, peer_bytes)?))
}
