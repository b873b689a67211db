//! ConnectEx and DisconnectEx, which are fetched through a socket.

use crate::error::{WsaError, returned};
use crate::sys::Win32::Networking::WinSock::{
    LPFN_CONNECTEX, LPFN_DISCONNECTEX, SIO_GET_EXTENSION_FUNCTION_POINTER, SOCKET, WSAID_CONNECTEX,
    WSAID_DISCONNECTEX, WSAIoctl,
};
use std::sync::OnceLock;

/// Pointers fetched through one socket serve every other socket of the provider (C-006).
static CONNECT_EX: OnceLock<LPFN_CONNECTEX> = OnceLock::new();
static DISCONNECT_EX: OnceLock<LPFN_DISCONNECTEX> = OnceLock::new();

/// ConnectEx, fetched through `socket` the first time.
pub(crate) fn connect_ex(socket: SOCKET) -> Result<LPFN_CONNECTEX, WsaError> {
    // SAFETY: the GUID names a function of this type, and `None` is a null pointer.
    unsafe { fetched(&CONNECT_EX, socket, &WSAID_CONNECTEX) }
}

/// DisconnectEx, fetched through `socket` the first time.
pub(crate) fn disconnect_ex(socket: SOCKET) -> Result<LPFN_DISCONNECTEX, WsaError> {
    // SAFETY: the GUID names a function of this type, and `None` is a null pointer.
    unsafe { fetched(&DISCONNECT_EX, socket, &WSAID_DISCONNECTEX) }
}

/// # Safety
/// `F` is an optional pointer to a function of the type that `guid` names.
unsafe fn fetched<F: Copy + Default, G>(
    cache: &OnceLock<F>,
    socket: SOCKET,
    guid: &G,
) -> Result<F, WsaError> {
    if let Some(function) = cache.get() {
        return Ok(*function);
    }
    let mut function = F::default();
    let mut bytes = 0;
    // SAFETY: both buffers have the sizes given beside them and outlive the call, which is not
    // overlapped.
    returned(unsafe {
        WSAIoctl(
            socket,
            SIO_GET_EXTENSION_FUNCTION_POINTER,
            (&raw const *guid).cast(),
            size_of::<G>() as u32,
            (&raw mut function).cast(),
            size_of::<F>() as u32,
            &mut bytes,
            std::ptr::null_mut(),
            None,
        )
    })?;
    Ok(*cache.get_or_init(|| function))
}
