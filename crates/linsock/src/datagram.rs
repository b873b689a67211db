//! Datagrams: WSASendTo and WSARecvFrom.

use crate::address::Native;
use crate::error::WsaError;
use crate::memory::{Memory, More};
use crate::operation::{Notify, Operation, receive_started, started};
use crate::socket::Socket;
use crate::sys::Win32::Networking::WinSock::{WSARecvFrom, WSASendTo};
use std::net::SocketAddr;
use std::ptr;

impl Socket {
    /// Sends `data` to `address` as one datagram; an unbound socket is bound by that.
    ///
    /// ```
    /// use linsock::{Notify, Socket};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Socket::for_datagrams(&"127.0.0.1:0".parse()?)?;
    /// server.bind("127.0.0.1:0".parse()?)?;
    /// let receiving = server.recv_from(vec![0; 1500], Notify::Event)?;
    ///
    /// let client = server.another()?;
    /// client.send_to(b"hello".to_vec(), server.local_addr()?, Notify::Event)?.join()?;
    ///
    /// let received = receiving.join()?;
    /// assert_eq!(received.transferred(), b"hello");
    /// assert_eq!(received.from.map(|from| from.port()), Some(client.local_addr()?.port()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What WSASendTo answers when it does not start; WSAEINVAL as [`send`](Self::send).
    pub fn send_to(
        &self,
        data: Vec<u8>,
        address: SocketAddr,
        notify: Notify,
    ) -> Result<Operation, WsaError> {
        let native = Native::from(&address);
        // SAFETY: WSASendTo starts one operation with this OVERLAPPED; the array of buffers and
        // the address are taken in during the call.
        unsafe {
            Operation::start(self, notify, data.into(), |overlapped, memory, routine| {
                let buffers = memory.descriptions()?;
                let sent = WSASendTo(
                    self.raw(),
                    buffers.as_ptr(),
                    buffers.len() as u32,
                    ptr::null_mut(),
                    0,
                    native.as_ptr(),
                    native.len(),
                    overlapped,
                    routine,
                );
                started(sent == 0)
            })
        }
    }

    /// Receives one datagram, at most `room`'s length of it, and where it came from:
    /// [`Completion::from`](crate::Completion::from). WSAEMSGSIZE tells that it was longer; then
    /// the room is full and the rest is lost.
    ///
    /// # Errors
    /// What WSARecvFrom answers when it does not start: WSAEINVAL for a socket that is not bound;
    /// WSAEINVAL also as [`recv`](Self::recv).
    pub fn recv_from(&self, room: Vec<u8>, notify: Notify) -> Result<Operation, WsaError> {
        let mut flags = 0;
        let mut memory = Memory::from(room);
        memory.more = More::From(Native::room());
        // SAFETY: WSARecvFrom starts one operation with this OVERLAPPED; the array of buffers and
        // the flags are taken in during the call, and the memory keeps the address and its length.
        unsafe {
            Operation::start(self, notify, memory, |overlapped, memory, routine| {
                let buffers = memory.descriptions()?;
                let (from, from_length) = match &mut memory.more {
                    More::From(from) => (from.as_mut_ptr(), from.len_mut()),
                    More::Nothing | More::File { .. } => (ptr::null_mut(), ptr::null_mut()),
                };
                let received = WSARecvFrom(
                    self.raw(),
                    buffers.as_ptr(),
                    buffers.len() as u32,
                    ptr::null_mut(),
                    &mut flags,
                    from,
                    from_length,
                    overlapped,
                    routine,
                );
                receive_started(received == 0, overlapped)
            })
        }
    }
}
