//! ConnectEx and DisconnectEx.

use crate::address::Native;
use crate::error::WsaError;
use crate::extension;
use crate::memory::{Memory, length};
use crate::operation::{Notify, Operation, started};
use crate::socket::Socket;
use crate::sys::Win32::Networking::WinSock::TF_REUSE_SOCKET;
use std::net::SocketAddr;
use std::ptr;

impl Socket {
    /// Connects, then sends all of `first_data` (ConnectEx). The socket has to be bound.
    ///
    /// The result is the number of bytes sent. Before
    /// [`update_connect_context`](Self::update_connect_context) the socket only sends and receives.
    ///
    /// # Errors
    /// What ConnectEx answers when it does not start; WSAEINVAL also for [`Notify::Port`] on a
    /// socket without a port, WSAEOPNOTSUPP for [`Notify::Routine`]. What comes later is the
    /// completion's.
    pub fn connect_ex(
        &self,
        address: SocketAddr,
        first_data: Vec<u8>,
        notify: Notify,
    ) -> Result<Operation, WsaError> {
        let function = extension::connect_ex(self.raw())?.ok_or(WsaError::WSAEOPNOTSUPP)?;
        let native = Native::from(&address);
        let memory = Memory::from(first_data);
        // SAFETY: ConnectEx starts one operation with this OVERLAPPED, which outlives the call
        // with its buffer; the address is taken in during the call.
        unsafe {
            Operation::start_without_routine(self, notify, 0, memory, |overlapped, memory| {
                let length = length(&memory.buffer)?;
                let data = if length == 0 { ptr::null() } else { memory.buffer.as_ptr().cast() };
                started(
                    function(
                        self.raw(),
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

    /// Ends the connection (DisconnectEx); with `reuse` the socket can then connect again, or go
    /// to [`accept_ex`](Self::accept_ex), whichever it came from.
    ///
    /// # Errors
    /// What DisconnectEx answers when it does not start; WSAEOPNOTSUPP for [`Notify::Routine`].
    pub fn disconnect_ex(&self, reuse: bool, notify: Notify) -> Result<Operation, WsaError> {
        let function = extension::disconnect_ex(self.raw())?.ok_or(WsaError::WSAEOPNOTSUPP)?;
        let flags = if reuse { TF_REUSE_SOCKET } else { 0 };
        let memory = Memory::default();
        // SAFETY: DisconnectEx starts one operation with this OVERLAPPED.
        unsafe {
            Operation::start_without_routine(self, notify, 0, memory, |overlapped, _| {
                started(function(self.raw(), overlapped, flags, 0) != 0)
            })
        }
    }
}
