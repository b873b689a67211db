//! Sending and receiving: WSASend and WSARecv.

use crate::error::WsaError;
use crate::memory::Memory;
use crate::operation::{Notify, Operation, receive_started, started};
use crate::socket::Socket;
use crate::sys::Win32::Networking::WinSock::{WSARecv, WSASend};
use std::ptr;

impl Socket {
    /// Sends all of `data`.
    ///
    /// # Errors
    /// What WSASend answers when it does not start; WSAEINVAL also for [`Notify::Port`] on a
    /// socket without a port, and for [`Notify::Routine`] on one with a port.
    pub fn send(&self, data: Vec<u8>, notify: Notify) -> Result<Operation, WsaError> {
        self.send_memory(data.into(), notify)
    }

    /// Sends all of several buffers, one after the other.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_vectored(
        &self,
        buffers: Vec<Vec<u8>>,
        notify: Notify,
    ) -> Result<Operation, WsaError> {
        self.send_memory(Memory::of_many(buffers), notify)
    }

    fn send_memory(&self, memory: Memory, notify: Notify) -> Result<Operation, WsaError> {
        // SAFETY: WSASend starts one operation with this OVERLAPPED; the array of buffers is
        // taken in during the call (S-009).
        unsafe {
            Operation::start(self, notify, memory, |overlapped, memory, routine| {
                let buffers = memory.descriptions()?;
                let (first, count) = (buffers.as_ptr(), buffers.len() as u32);
                let sent =
                    WSASend(self.raw(), first, count, ptr::null_mut(), 0, overlapped, routine);
                started(sent == 0)
            })
        }
    }

    /// Receives what comes, at most `room`'s length; 0 bytes are the end of the stream.
    ///
    /// # Errors
    /// What WSARecv answers when it does not start; WSAEINVAL as [`send`](Self::send).
    pub fn recv(&self, room: Vec<u8>, notify: Notify) -> Result<Operation, WsaError> {
        self.recv_memory(room.into(), notify)
    }

    /// Receives what comes into several buffers, filling one after the other.
    ///
    /// # Errors
    /// As [`recv`](Self::recv).
    pub fn recv_vectored(
        &self,
        rooms: Vec<Vec<u8>>,
        notify: Notify,
    ) -> Result<Operation, WsaError> {
        self.recv_memory(Memory::of_many(rooms), notify)
    }

    fn recv_memory(&self, memory: Memory, notify: Notify) -> Result<Operation, WsaError> {
        let mut flags = 0;
        // SAFETY: WSARecv starts one operation with this OVERLAPPED; the array of buffers and
        // the flags are taken in during the call (S-009, S-041).
        unsafe {
            Operation::start(self, notify, memory, |overlapped, memory, routine| {
                let buffers = memory.descriptions()?;
                let (first, count) = (buffers.as_ptr(), buffers.len() as u32);
                let (none, flags) = (ptr::null_mut(), &raw mut flags);
                let received = WSARecv(self.raw(), first, count, none, flags, overlapped, routine);
                receive_started(received == 0, overlapped)
            })
        }
    }
}
