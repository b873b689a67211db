//! WSAStartup and WSACleanup.

use crate::{runtime, socket};
use linsock_abi::WsaError;
use std::sync::atomic::{AtomicU32, Ordering};

/// How often WSAStartup succeeded without its WSACleanup.
#[derive(Default)]
pub struct Startups(AtomicU32);

/// Fails with WSANOTINITIALISED before a successful WSAStartup (W-001).
#[inline]
pub fn check() -> Result<(), WsaError> {
    if runtime::get().startups.0.load(Ordering::Relaxed) > 0 {
        Ok(())
    } else {
        Err(WsaError::WSANOTINITIALISED)
    }
}

/// Counts one successful WSAStartup (W-010).
///
/// # Errors
/// WSASYSNOTREADY: no backend can serve, as `LINSOCK_BACKEND` forces one that is refused.
pub fn begin() -> Result<(), WsaError> {
    linsock_backend::choice::choice().as_ref().map_err(|_| WsaError::WSASYSNOTREADY)?;
    runtime::get().startups.0.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

/// Takes one WSAStartup back; the last one closes every socket (W-012, W-013).
///
/// # Errors
/// WSANOTINITIALISED: there is none (W-011).
pub fn end() -> Result<(), WsaError> {
    let startups = &runtime::get().startups.0;
    let before = startups.fetch_update(Ordering::AcqRel, Ordering::Relaxed, |n| n.checked_sub(1));
    match before {
        Ok(1) => {
            socket::close_all();
            Ok(())
        }
        Ok(_) => Ok(()),
        Err(_) => Err(WsaError::WSANOTINITIALISED),
    }
}
