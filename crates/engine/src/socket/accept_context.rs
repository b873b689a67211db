//! SO_UPDATE_ACCEPT_CONTEXT: an accepted socket takes over its listener's properties.

use super::{Context, Number, Phase, open};
use linsock_abi::WsaError;

/// Gives a socket that came from AcceptEx the properties of its listener, which the value
/// names.
///
/// # Errors
/// WSAEFAULT: the value is not a SOCKET; WSAENOTCONN: not connected; WSAEINVAL: not by
/// AcceptEx, or not from this listener; WSAENOTSOCK: the value names no socket.
pub(super) fn update(number: Number, value: Option<&[u8]>) -> Result<(), WsaError> {
    let value: [u8; size_of::<Number>()] =
        value.and_then(|value| value.try_into().ok()).ok_or(WsaError::WSAEFAULT)?;
    let named = Number::from_ne_bytes(value);
    let (_, socket) = open(number)?;
    if socket.phase != Phase::Connected || socket.is_accept_target() {
        return Err(WsaError::WSAENOTCONN);
    }
    let (from, told) = (socket.accepted_from, socket.options.told);
    drop(socket);
    let (_, listener) = open(named)?;
    if from != Some((named, listener.generation)) {
        return Err(WsaError::WSAEINVAL);
    }
    let options = listener.options.clone();
    let values = options.told.or(told).values(listener.fd);
    drop(listener);
    let (_, mut socket) = open(number)?;
    if socket.accepted_from != from {
        return Err(WsaError::WSAENOTSOCK);
    }
    if socket.context == Context::Default {
        // Its own go first: what the listener never had set is at its default.
        socket.options.hold_back(socket.fd);
        options.restore(socket.fd);
        values.set(socket.fd);
        socket.options = options.inherited();
        socket.context = Context::Updated;
    }
    Ok(())
}
