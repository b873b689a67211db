//! Closing handles.

use linsock_abi::{BOOL, HANDLE, WsaError};
use linsock_engine::handle::Object;

use super::{CURRENT_PROCESS, CURRENT_THREAD, handles, truth};

/// Closes a handle of whatever kind.
///
/// # Contract
/// O-008 low bits are ignored; waits that already run keep their object.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): not open (any more).
///
/// # Linux
/// A closed number is not handed out again before many others were, so that a late use of it
/// fails instead of meeting a stranger. The pseudo handles close with no effect.
///
/// # Sources
/// learn.microsoft.com: handleapi.h, CloseHandle; processthreadsapi.h, GetCurrentThread
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn CloseHandle(hobject: HANDLE) -> BOOL {
    truth(match hobject.addr() {
        CURRENT_PROCESS | CURRENT_THREAD => Ok(()),
        // A socket: as closesocket (Z-021). Or a file that was opened here.
        socket if !linsock_engine::handle::is_handle(socket) => {
            linsock_engine::socket::close(socket).or_else(|error| match error {
                WsaError::WSAENOTSOCK => linsock_engine::file::close(socket),
                other => Err(other.into()),
            })
        }
        handle => handles().remove(handle).map(|object| {
            if let Object::Port(port) = object {
                port.close();
            }
        }),
    })
}
