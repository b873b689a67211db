//! getsockname and getpeername.

use super::{Number, Phase, open, translate};
use linsock_abi::WsaError;
use linsock_abi::map::Call;
use linsock_backend::address::Address;
use linsock_backend::net;

/// The address that a socket is bound to.
///
/// # Errors
/// WSAENOTSOCK; WSAEINVAL: not bound; WSAENOTCONN after AcceptEx, before the context update
///
pub fn local_name(number: Number) -> Result<Address, WsaError> {
    let (_, mut socket) = open(number)?;
    if socket.accepted_from.is_some() && socket.lacks_context() {
        return Err(WsaError::WSAENOTCONN);
    }
    // A socket that something bound without our doing shows it only in the kernel.
    let implicit = socket.binding.is_none();
    match socket.phase {
        Phase::Connecting { .. } if !socket.is_under_way() => socket.settle_binding()?,
        Phase::Idle if !implicit => socket.settle_binding()?,
        _ => {}
    }
    if let Some(binding) = socket.binding
        && binding.pinned
        && !binding.in_kernel
        && socket.phase == Phase::Idle
    {
        // A port that the next connection is told to choose.
        return Ok(binding.address);
    }
    let local = net::local_address(socket.fd).map_err(|errno| translate(errno, Call::Other))?;
    if implicit && socket.phase == Phase::Idle && local.port() == 0 && local.ip().is_some() {
        return Err(WsaError::WSAEINVAL);
    }
    if socket.lacks_context()
        && let Some(binding) = socket.binding
    {
        // As it was at bind time, with the port that was chosen since (C-109).
        return Ok(binding.address.with_port(local.port()));
    }
    Ok(local)
}

/// The address that a socket is connected to.
///
/// # Errors
/// WSAENOTSOCK; WSAENOTCONN, also while a ConnectEx is pending or before its context update
/// (C-109, 27.B).
pub fn peer_name(number: Number) -> Result<Address, WsaError> {
    let (_, socket) = open(number)?;
    match socket.phase {
        Phase::Connected if !socket.lacks_context() => Ok(socket.peer),
        // During a plain connect the answer is the address asked for (27.B).
        Phase::Connecting { by_connect_ex: false } => Ok(socket.peer),
        _ => Err(WsaError::WSAENOTCONN),
    }
}
