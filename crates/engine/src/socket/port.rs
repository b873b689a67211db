//! A socket and its completion port.

use super::{Number, open};
use crate::operation::Route;
use crate::port::Port;
use crate::sync::plain::Arc;
use linsock_abi::Win32Error;

/// FILE_SKIP_COMPLETION_PORT_ON_SUCCESS.
pub const SKIP_PORT_ON_SUCCESS: u8 = 1;
/// FILE_SKIP_SET_EVENT_ON_HANDLE.
pub const SKIP_SET_EVENT: u8 = 2;

/// Ties a socket to a port under a key, until the socket is closed (P-005).
///
/// # Errors
/// ERROR_INVALID_PARAMETER: already tied, or not overlapped; ERROR_INVALID_HANDLE: no socket.
pub fn associate(number: Number, port: &Arc<Port>, key: usize) -> Result<(), Win32Error> {
    let (_, mut socket) = open(number).map_err(|_| Win32Error::ERROR_INVALID_HANDLE)?;
    if socket.route.is_some() || !socket.overlapped {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let watched = socket.watched;
    if watched {
        socket.unwatch();
    }
    let route = Route { port: port.clone(), key };
    socket.route_handed(&route);
    socket.route = Some(route);
    // What is pending goes on, now under the port's eyes (P-007). A socket that asked for
    // fast open will have to wait for its handshake, so it is watched from the start.
    if watched || socket.options.fastopen {
        let _ = socket.watch();
    }
    if socket.selects_events() {
        let _ = socket.watch_events();
    }
    Ok(())
}

/// SetFileCompletionNotificationModes; flags can only be added (P-033).
///
/// # Errors
/// ERROR_INVALID_PARAMETER: other flags; ERROR_INVALID_HANDLE: no socket.
pub fn set_notification_modes(number: Number, flags: u8) -> Result<(), Win32Error> {
    if flags & !(SKIP_PORT_ON_SUCCESS | SKIP_SET_EVENT) != 0 {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    match open(number) {
        Ok((_, mut socket)) => {
            socket.modes |= flags;
            Ok(())
        }
        Err(_) => Err(Win32Error::ERROR_INVALID_HANDLE),
    }
}
