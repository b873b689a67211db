//! Sockets.

use crate::address::{self, Native};
use crate::error::{Win32Error, WsaError, last_wsa, returned};
use crate::operation::OperationId;
use crate::port::Inner as Port;
use crate::startup::startup;
use crate::sys::Win32::Foundation::HANDLE;
use crate::sys::Win32::Networking::WinSock::{
    INVALID_SOCKET, IPPROTO_TCP, IPPROTO_UDP, SD_BOTH, SD_RECEIVE, SD_SEND, SOCK_DGRAM,
    SOCK_STREAM, SOCKET, WSA_FLAG_OVERLAPPED, WSASocketW, accept, bind, closesocket, connect,
    getpeername, getsockname, listen, shutdown,
};
use crate::sys::Win32::System::IO::CancelIoEx;
use std::net::SocketAddr;
use std::ptr;
use std::sync::{Arc, OnceLock};

/// Which directions [`Socket::shutdown`] ends.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// Nothing more is received.
    Receive,
    /// Nothing more is sent; the peer sees the end of the stream.
    Send,
    /// Neither.
    Both,
}

/// What a socket carries.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// A stream of bytes: TCP.
    Stream,
    /// Datagrams: UDP.
    Datagrams,
}

/// A TCP or UDP socket, closed on drop.
///
/// Its operations in progress then end: connects and accepts with WSA_OPERATION_ABORTED,
/// transfers with WSAECONNABORTED (Z-003).
///
/// ```
/// use linsock::{Notify, Socket};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = Socket::for_address(&"127.0.0.1:0".parse()?)?;
/// listener.bind("127.0.0.1:0".parse()?)?;
/// listener.listen(5)?;
///
/// let client = Socket::for_address(&listener.local_addr()?)?;
/// client.connect(listener.local_addr()?)?;
/// let (server, _) = listener.accept()?;
///
/// let receiving = server.recv(vec![0; 100], Notify::Event)?;
/// let sending = client.send(b"hello".to_vec(), Notify::Event)?;
/// assert_eq!(sending.join()?.result, Ok(5));
/// assert_eq!(receiving.join()?.transferred(), b"hello");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Socket {
    socket: SOCKET,
    family: i32,
    kind: Kind,
    port: OnceLock<Arc<Port>>,
}

impl Socket {
    /// A new TCP socket that can reach `address`: of its family.
    ///
    /// # Errors
    /// What WSASocket answers.
    pub fn for_address(address: &SocketAddr) -> Result<Self, WsaError> {
        Self::new(address::family(address), Kind::Stream)
    }

    /// A new UDP socket that can reach `address`: of its family.
    ///
    /// # Errors
    /// What WSASocket answers.
    pub fn for_datagrams(address: &SocketAddr) -> Result<Self, WsaError> {
        Self::new(address::family(address), Kind::Datagrams)
    }

    /// A new socket of the same family and kind, as [`accept_ex`](Self::accept_ex) takes one.
    ///
    /// # Errors
    /// What WSASocket answers.
    pub fn another(&self) -> Result<Self, WsaError> {
        Self::new(self.family, self.kind)
    }

    fn new(family: i32, kind: Kind) -> Result<Self, WsaError> {
        startup()?;
        let (kind_number, protocol) = match kind {
            Kind::Stream => (SOCK_STREAM, IPPROTO_TCP),
            Kind::Datagrams => (SOCK_DGRAM, IPPROTO_UDP),
        };
        // SAFETY: no protocol information is given, which is allowed.
        let socket = unsafe {
            WSASocketW(family, kind_number, protocol, ptr::null(), 0, WSA_FLAG_OVERLAPPED)
        };
        Self::owned(socket, family, kind)
    }

    fn owned(socket: SOCKET, family: i32, kind: Kind) -> Result<Self, WsaError> {
        if socket == INVALID_SOCKET {
            return Err(last_wsa());
        }
        Ok(Socket { socket, family, kind, port: OnceLock::new() })
    }

    pub(crate) fn raw(&self) -> SOCKET {
        self.socket
    }

    /// The completion port, once there is one.
    pub(crate) fn port(&self) -> Option<&Arc<Port>> {
        self.port.get()
    }

    /// Remembers the port that `associate` associates the socket with.
    pub(crate) fn set_port(
        &self,
        port: &Arc<Port>,
        associate: impl FnOnce() -> Result<(), Win32Error>,
    ) -> Result<(), Win32Error> {
        associate()?;
        // Winsock associates a socket once, so this thread is the only one to get here.
        let _ = self.port.set(Arc::clone(port));
        Ok(())
    }

    /// Gives the socket a local address.
    ///
    /// # Errors
    /// What bind answers.
    pub fn bind(&self, address: SocketAddr) -> Result<(), WsaError> {
        let native = Native::from(&address);
        // SAFETY: the address and its length belong together.
        returned(unsafe { bind(self.socket, native.as_ptr(), native.len()) })
    }

    /// Binds to any address and port, which ConnectEx needs at the least (C-010).
    ///
    /// # Errors
    /// What bind answers.
    pub fn bind_any(&self) -> Result<(), WsaError> {
        self.bind(address::any(self.family))
    }

    /// Lets connections queue up for [`accept`](Self::accept). About `backlog` of them may wait; further
    /// ones are refused, or on Linux not answered. `i32::MAX` (SOMAXCONN) is as many as the system
    /// allows: on Linux 65,535, and no more than `net.core.somaxconn`.
    ///
    /// # Errors
    /// What listen answers.
    pub fn listen(&self, backlog: i32) -> Result<(), WsaError> {
        // SAFETY: no pointer is involved.
        returned(unsafe { listen(self.socket, backlog) })
    }

    /// Waits for a connection and takes it, with the peer's address.
    ///
    /// # Errors
    /// What accept answers.
    pub fn accept(&self) -> Result<(Socket, SocketAddr), WsaError> {
        let mut peer = Native::room();
        // SAFETY: the address has room for the length that stands beside it.
        let socket = unsafe { accept(self.socket, peer.as_mut_ptr(), peer.len_mut()) };
        let socket = Self::owned(socket, self.family, self.kind)?;
        Ok((socket, peer.to_std().ok_or(WsaError::WSAEAFNOSUPPORT)?))
    }

    /// Connects, and waits until that is done; a UDP socket then has this peer alone.
    ///
    /// # Errors
    /// What connect answers.
    pub fn connect(&self, address: SocketAddr) -> Result<(), WsaError> {
        let native = Native::from(&address);
        // SAFETY: the address and its length belong together.
        returned(unsafe { connect(self.socket, native.as_ptr(), native.len()) })
    }

    /// Asks for one of the socket's operations to be ended, as
    /// [`Operation::cancel`](crate::Operation::cancel) does. `false` if it is over.
    pub fn cancel(&self, operation: OperationId) -> bool {
        // SAFETY: the OVERLAPPED is only compared with those in progress.
        unsafe { CancelIoEx(self.socket as HANDLE, operation.overlapped()) != 0 }
    }

    /// Asks for all of the socket's operations to be ended; `false` if there were none.
    pub fn cancel_all(&self) -> bool {
        // SAFETY: NULL stands for all of them.
        unsafe { CancelIoEx(self.socket as HANDLE, ptr::null()) != 0 }
    }

    /// Ends one direction or both.
    ///
    /// # Errors
    /// What shutdown answers.
    pub fn shutdown(&self, how: Shutdown) -> Result<(), WsaError> {
        let how = match how {
            Shutdown::Receive => SD_RECEIVE,
            Shutdown::Send => SD_SEND,
            Shutdown::Both => SD_BOTH,
        };
        // SAFETY: no pointer is involved.
        returned(unsafe { shutdown(self.socket, how) })
    }

    /// The socket's own address.
    ///
    /// # Errors
    /// What getsockname answers.
    pub fn local_addr(&self) -> Result<SocketAddr, WsaError> {
        let mut name = Native::room();
        // SAFETY: the address has room for the length that stands beside it.
        returned(unsafe { getsockname(self.socket, name.as_mut_ptr(), name.len_mut()) })?;
        name.to_std().ok_or(WsaError::WSAEAFNOSUPPORT)
    }

    /// The peer's address.
    ///
    /// # Errors
    /// What getpeername answers; WSAENOTCONN also before the context update.
    pub fn peer_addr(&self) -> Result<SocketAddr, WsaError> {
        let mut name = Native::room();
        // SAFETY: the address has room for the length that stands beside it.
        returned(unsafe { getpeername(self.socket, name.as_mut_ptr(), name.len_mut()) })?;
        name.to_std().ok_or(WsaError::WSAEAFNOSUPPORT)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // SAFETY: closed nowhere else. What the operations use stays alive without the socket.
        unsafe { closesocket(self.socket) };
    }
}
