//! Stream sockets and the operations on them.

use crate::address::{self, Native};
use crate::error::{Win32Error, WsaError, last_wsa, returned};
use crate::extension;
use crate::operation::{Notify, Operation, Started};
use crate::port::Inner as Port;
use crate::startup::startup;
use crate::sys::Win32::Networking::WinSock::{
    INVALID_SOCKET, IPPROTO_TCP, SD_BOTH, SD_RECEIVE, SD_SEND, SOCK_STREAM, SOCKET,
    TF_REUSE_SOCKET, WSA_FLAG_OVERLAPPED, WSABUF, WSARecv, WSASend, WSASocketW, accept, bind,
    closesocket, getpeername, getsockname, listen, shutdown,
};
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

/// A TCP socket, closed on drop.
///
/// Its operations in progress then end: connects with WSA_OPERATION_ABORTED, transfers with
/// WSAECONNABORTED (Z-003).
#[derive(Debug)]
pub struct Socket {
    socket: SOCKET,
    family: i32,
    port: OnceLock<Arc<Port>>,
}

impl Socket {
    /// A new socket that can reach `address`: of its family.
    ///
    /// # Errors
    /// What WSASocket answers.
    pub fn for_address(address: &SocketAddr) -> Result<Self, WsaError> {
        startup()?;
        let family = address::family(address);
        // SAFETY: no protocol information is given, which is allowed.
        let socket = unsafe {
            WSASocketW(family, SOCK_STREAM, IPPROTO_TCP, ptr::null(), 0, WSA_FLAG_OVERLAPPED)
        };
        Self::owned(socket, family)
    }

    fn owned(socket: SOCKET, family: i32) -> Result<Self, WsaError> {
        if socket == INVALID_SOCKET {
            return Err(last_wsa());
        }
        Ok(Socket { socket, family, port: OnceLock::new() })
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

    /// Lets connections queue up for [`accept`](Self::accept).
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
        let socket = Self::owned(socket, self.family)?;
        Ok((socket, peer.to_std().ok_or(WsaError::WSAEAFNOSUPPORT)?))
    }

    /// Connects, then sends all of `first_data` (ConnectEx). The socket has to be bound.
    ///
    /// The result is the number of bytes sent. Before
    /// [`update_connect_context`](Self::update_connect_context) the socket only sends and receives.
    ///
    /// # Errors
    /// What ConnectEx answers when it does not start; WSAEINVAL also for [`Notify::Port`] on a
    /// socket without a port. What comes later is the completion's.
    pub fn connect_ex(
        &self,
        address: SocketAddr,
        first_data: Vec<u8>,
        notify: Notify,
    ) -> Result<Operation, WsaError> {
        let function = extension::connect_ex(self.socket)?.ok_or(WsaError::WSAEOPNOTSUPP)?;
        let native = Native::from(&address);
        // SAFETY: ConnectEx starts one operation with this OVERLAPPED, which outlives the call
        // with its buffer; the address is taken in during the call.
        unsafe {
            Operation::start(self, notify, first_data, |overlapped, bytes, length| {
                let data = if length == 0 { ptr::null() } else { bytes.cast_const().cast() };
                started(
                    function(
                        self.socket,
                        native.as_ptr(),
                        native.len(),
                        data,
                        length,
                        ptr::null_mut(),
                        overlapped,
                    ) != 0,
                )
            })
        }
    }

    /// Ends the connection (DisconnectEx); with `reuse` the socket can then connect again.
    ///
    /// # Errors
    /// What DisconnectEx answers when it does not start.
    pub fn disconnect_ex(&self, reuse: bool, notify: Notify) -> Result<Operation, WsaError> {
        let function = extension::disconnect_ex(self.socket)?.ok_or(WsaError::WSAEOPNOTSUPP)?;
        let flags = if reuse { TF_REUSE_SOCKET } else { 0 };
        // SAFETY: DisconnectEx starts one operation with this OVERLAPPED.
        unsafe {
            Operation::start(self, notify, Vec::new(), |overlapped, _, _| {
                started(function(self.socket, overlapped, flags, 0) != 0)
            })
        }
    }

    /// Sends all of `data`.
    ///
    /// # Errors
    /// What WSASend answers when it does not start.
    pub fn send(&self, data: Vec<u8>, notify: Notify) -> Result<Operation, WsaError> {
        // SAFETY: WSASend starts one operation with this OVERLAPPED; the array of buffers is
        // taken in during the call (S-009).
        unsafe {
            Operation::start(self, notify, data, |overlapped, buf, len| {
                let buffer = WSABUF { len, buf };
                started(WSASend(self.socket, &buffer, 1, ptr::null_mut(), 0, overlapped, None) == 0)
            })
        }
    }

    /// Receives what comes, at most `room`'s length; 0 bytes are the end of the stream.
    ///
    /// # Errors
    /// What WSARecv answers when it does not start.
    pub fn recv(&self, room: Vec<u8>, notify: Notify) -> Result<Operation, WsaError> {
        let mut flags = 0;
        // SAFETY: WSARecv starts one operation with this OVERLAPPED; the array of buffers and
        // the flags are taken in during the call (S-009, S-041).
        unsafe {
            Operation::start(self, notify, room, |overlapped, buf, len| {
                let buffer = WSABUF { len, buf };
                started(
                    WSARecv(self.socket, &buffer, 1, ptr::null_mut(), &mut flags, overlapped, None)
                        == 0,
                )
            })
        }
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

/// What a call that starts an operation answered: done, pending, or not started.
fn started(at_once: bool) -> Result<Started, WsaError> {
    if at_once {
        return Ok(Started::AtOnce);
    }
    match last_wsa() {
        WsaError::WSA_IO_PENDING => Ok(Started::Pending),
        error => Err(error),
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // SAFETY: closed nowhere else. What the operations use stays alive without the socket.
        unsafe { closesocket(self.socket) };
    }
}
