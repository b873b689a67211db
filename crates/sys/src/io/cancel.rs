//! Cancelling operations.

use super::socket_of;
use crate::shape;
use linsock_abi::{BOOL, HANDLE, OVERLAPPED, Win32Error};
use linsock_engine::{file, socket, thread};

/// Cancels what the calling thread started on a handle.
///
/// # Contract
/// TRUE even with nothing to cancel; X-007 how it ends.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE.
///
/// # Linux
/// Takes the operations out of the socket's queues, or back from a ring. A read of a file that
/// the disk is at already ends as it would have, as on Windows.
///
/// # Sources
/// learn.microsoft.com: ioapiset.h, CancelIo
#[api]
pub unsafe extern "system" fn CancelIo(hfile: HANDLE) -> BOOL {
    shape::truth(|| {
        let handle = socket_of(hfile)?;
        let cancelled = socket::cancel_of_thread(handle);
        cancelled.or_else(|_| file::cancel(handle, None, Some(thread::current_id()))).map(drop)
    })
}

/// Cancels what anyone started on a handle, blocking calls included, or what was started with one
/// OVERLAPPED.
///
/// # Contract
/// X-003..X-008; a blocking call ends as by [`CancelSynchronousIo`] and queues no packet.
///
/// # Errors
/// FALSE and ERROR_NOT_FOUND or ERROR_INVALID_HANDLE.
///
/// # Linux
/// As [`CancelIo`].
///
/// # Sources
/// learn.microsoft.com: ioapiset.h, CancelIoEx
#[api]
pub unsafe extern "system" fn CancelIoEx(hfile: HANDLE, lpoverlapped: *const OVERLAPPED) -> BOOL {
    shape::truth(|| {
        let wanted = (!lpoverlapped.is_null()).then_some(lpoverlapped.addr());
        let handle = socket_of(hfile)?;
        let cancelled = socket::cancel(handle, wanted);
        match cancelled.or_else(|_| file::cancel(handle, wanted, None))? {
            true => Ok(()),
            false => Err(Win32Error::ERROR_NOT_FOUND),
        }
    })
}

/// Cancels what a blocking call of a thread waits for.
///
/// # Contract
/// X-012 the call ends with WSAEINTR, or ERROR_OPERATION_ABORTED where it speaks Win32; X-013;
/// X-014 no packet is queued.
///
/// # Errors
/// FALSE and ERROR_NOT_FOUND (1168) the thread is in no such call; ERROR_INVALID_HANDLE (6).
///
/// # Linux
/// Blocking sends, receives, connects, accepts, DisconnectEx, TransmitFile, ReadFile and WriteFile
/// on sockets. A transfer of a file ends by itself; select, WSAPoll, lingering in closesocket and
/// name resolution are no operations and go on.
///
/// # Sources
/// learn.microsoft.com: ioapiset.h, CancelSynchronousIo
#[api]
pub unsafe extern "system" fn CancelSynchronousIo(hthread: HANDLE) -> BOOL {
    shape::truth(|| match socket::cancel_synchronous(&*crate::threading::thread_of(hthread)?) {
        true => Ok(()),
        false => Err(Win32Error::ERROR_NOT_FOUND),
    })
}
