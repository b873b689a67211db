//! shutdown.

use super::queue::{Side, open_settled};
use super::{Number, Phase, Place, Socket, translate};
use crate::operation::{Notify, Operation};
use linsock_abi::map::Call;
use linsock_abi::{Errno, WsaError};
use linsock_backend::net;
use linsock_backend::op::{Receive, Request};

const SD_RECEIVE: i32 = 0;
const SD_SEND: i32 = 1;
const SD_BOTH: i32 = 2;

/// shutdown; never blocks (Z-017).
///
/// # Errors
/// WSAEINVAL for another `how`; WSAENOTCONN unconnected stream, or one without its context
/// update (Z-011, Z-012, C-109).
pub fn shutdown(number: Number, how: i32) -> Result<(), WsaError> {
    let (place, mut socket) = open_settled(number)?;
    let (receives, sends) = match how {
        SD_RECEIVE => (true, false),
        SD_SEND => (false, true),
        SD_BOTH => (true, true),
        _ => return Err(WsaError::WSAEINVAL),
    };
    if socket.is_connection_oriented()
        && (socket.phase != Phase::Connected || socket.lacks_context())
    {
        return Err(WsaError::WSAENOTCONN);
    }
    if sends && !socket.sends_shut {
        socket.shut_sends(place)?;
    }
    socket.sends_shut |= sends;
    if receives {
        // Only a mark: nothing goes over the wire, and what comes later is still delivered
        // to receives that were posted before (Z-014, S-028).
        if socket.is_tcp() && !socket.receives_shut {
            socket.watch_for_late_data(place);
        }
        socket.receives_shut = true;
    }
    Ok(())
}

impl Socket {
    /// Data that nobody will take resets the connection; what comes while receives are still
    /// pending is theirs (Z-014, S-028).
    fn watch_for_late_data(&mut self, place: &'static Place) {
        let request = Request::Receive(Receive::watch());
        let operation = Operation::new(request, Call::Shutdown, Notify::Nobody);
        self.enqueue(place, Side::Input, operation, None);
    }

    /// Resets the connection, which the socket then tells of as aborted.
    pub(super) fn reset_connection(&mut self) {
        let _ = net::disconnect(self.fd);
        self.broken = Some(WsaError::WSAECONNABORTED);
    }

    fn shut_sends(&mut self, place: &'static Place) -> Result<(), WsaError> {
        self.allow_reuse();
        self.settle(place, Side::Output);
        if self.is_free(Side::Output) {
            self.note_closing_first();
            return match net::shutdown(self.fd, SD_SEND) {
                Ok(()) | Err(Errno(ENOTCONN)) => Ok(()),
                Err(errno) => Err(translate(errno, Call::Shutdown)),
            };
        }
        // The end goes out behind what is still queued (Z-013).
        let request = Request::Disconnect(self.disconnect(false));
        let operation = Operation::new(request, Call::Shutdown, Notify::Nobody);
        self.enqueue(place, Side::Output, operation, None);
        Ok(())
    }
}

const ENOTCONN: i32 = 107;
