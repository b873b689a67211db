//! Completion ports.

use super::socket_of;
use crate::last_error::{self, KeepErrno};
use crate::memory::is_possible;
use crate::shape;
use linsock_abi::{
    BOOL, HANDLE, INVALID_HANDLE_VALUE, NtStatus, OVERLAPPED, OVERLAPPED_ENTRY, WAIT_IO_COMPLETION,
    Win32Error,
};
use linsock_engine::handle::Object;
use linsock_engine::port::{self, Packet, Port};
use linsock_engine::{apc, file, runtime, socket};
use std::ptr;
use std::sync::Arc;

/// Makes a completion port, ties a socket or a file to one, or both.
///
/// # Contract
/// P-001..P-008.
///
/// # Errors
/// NULL and ERROR_INVALID_PARAMETER (P-004, P-005) or ERROR_INVALID_HANDLE (P-006).
///
/// # Linux
/// A port is a queue in the process and one epoll instance at which its threads wait. Files are
/// those of CreateFile with FILE_FLAG_OVERLAPPED.
///
/// # Sources
/// learn.microsoft.com: ioapiset.h, CreateIoCompletionPort
#[api]
pub unsafe extern "system" fn CreateIoCompletionPort(
    filehandle: HANDLE,
    existingcompletionport: HANDLE,
    completionkey: usize,
    numberofconcurrentthreads: u32,
) -> HANDLE {
    let _errno = KeepErrno::new();
    let made = create(filehandle, existingcompletionport, completionkey, numberofconcurrentthreads);
    match made {
        Ok(port) => ptr::without_provenance_mut(port),
        Err(error) => {
            last_error::set(error.0);
            ptr::null_mut()
        }
    }
}

fn create(file: HANDLE, existing: HANDLE, key: usize, threads: u32) -> Result<usize, Win32Error> {
    let handles = &runtime::get().handles;
    let no_file = file == INVALID_HANDLE_VALUE;
    if !existing.is_null() {
        if no_file {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        let port = handles.port(existing.addr())?;
        associate(file, &port, key)?;
        return Ok(existing.addr());
    }
    let port = Port::new(threads)?;
    if !no_file {
        associate(file, &port, key)?;
    }
    handles.insert(Object::Port(port))
}

/// Ties a socket, or a file, to a port.
fn associate(handle: HANDLE, port: &Arc<Port>, key: usize) -> Result<(), Win32Error> {
    let handle = socket_of(handle)?;
    match socket::associate(handle, port, key) {
        Err(Win32Error::ERROR_INVALID_HANDLE) => file::associate(handle, port, key),
        done => done,
    }
}

/// Takes one packet.
///
/// # Contract
/// P-012..P-024; G-005 the error is Win32's; P-019 success leaves the last error alone.
///
/// # Errors
/// FALSE with *lpOverlapped set: the operation failed, and its Win32 code. FALSE with it NULL:
/// WAIT_TIMEOUT, ERROR_ABANDONED_WAIT_0, ERROR_INVALID_HANDLE.
///
/// # Linux
/// No system call for a packet that is there already.
///
/// # Sources
/// learn.microsoft.com: ioapiset.h, GetQueuedCompletionStatus
#[api]
pub unsafe extern "system" fn GetQueuedCompletionStatus(
    completionport: HANDLE,
    lpnumberofbytestransferred: *mut u32,
    lpcompletionkey: *mut usize,
    lpoverlapped: *mut *mut OVERLAPPED,
    dwmilliseconds: u32,
) -> BOOL {
    shape::truth(|| {
        let possible = is_possible(lpnumberofbytestransferred.addr())
            && is_possible(lpcompletionkey.addr())
            && is_possible(lpoverlapped.addr());
        if !possible {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        let packet = port::take_one(completionport.addr(), dwmilliseconds).inspect_err(|_| {
            // SAFETY: the caller's pointer; nothing was dequeued (P-021).
            unsafe { lpoverlapped.write(ptr::null_mut()) };
        })?;
        // SAFETY: the caller's pointers.
        unsafe {
            lpnumberofbytestransferred.write(packet.bytes);
            lpcompletionkey.write(packet.key);
            lpoverlapped.write(ptr::with_exposed_provenance_mut(packet.overlapped));
        }
        let status = NtStatus(packet.status);
        if status.is_success() { Ok(()) } else { Err(status.to_win32()) }
    })
}

/// Takes up to ulCount packets.
///
/// # Contract
/// P-027 TRUE with at least one, whatever became of the operations; P-028, P-030, P-031; P-029,
/// F-008 an alertable wait that finds no packet runs APCs.
///
/// # Errors
/// FALSE and WAIT_TIMEOUT, ERROR_ABANDONED_WAIT_0, ERROR_INVALID_HANDLE,
/// ERROR_INVALID_PARAMETER; WAIT_IO_COMPLETION (192) when APCs ran.
///
/// # Linux
/// As GetQueuedCompletionStatus.
///
/// # Sources
/// learn.microsoft.com: ioapiset.h, GetQueuedCompletionStatusEx
#[api]
pub unsafe extern "system" fn GetQueuedCompletionStatusEx(
    completionport: HANDLE,
    lpcompletionportentries: *mut OVERLAPPED_ENTRY,
    ulcount: u32,
    ulnumentriesremoved: *mut u32,
    dwmilliseconds: u32,
    falertable: BOOL,
) -> BOOL {
    shape::truth(|| {
        let outputs = [lpcompletionportentries.addr(), ulnumentriesremoved.addr()];
        if ulcount == 0 || !outputs.into_iter().all(is_possible) {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        let (port, max, alertable) = (completionport.addr(), ulcount as usize, falertable != 0);
        port::take_many(port, max, dwmilliseconds, alertable, |n, packets| {
            for (index, packet) in packets.enumerate() {
                let entry = OVERLAPPED_ENTRY {
                    lpCompletionKey: packet.key,
                    lpOverlapped: ptr::with_exposed_provenance_mut(packet.overlapped),
                    Internal: packet.status as u32 as usize,
                    dwNumberOfBytesTransferred: packet.bytes,
                };
                // SAFETY: the caller's array has ulCount entries, and no more packets were taken.
                unsafe { lpcompletionportentries.add(index).write(entry) };
            }
            // SAFETY: the caller's pointer.
            unsafe { ulnumentriesremoved.write(n as u32) };
        })
        .inspect_err(|&error| {
            // SAFETY: the caller's pointer.
            unsafe { ulnumentriesremoved.write(0) };
            if error == Win32Error(WAIT_IO_COMPLETION) {
                // The thread has left the port: what runs may wait at it, or end the thread.
                apc::run();
            }
        })
    })
}

/// Queues a packet of the caller's own.
///
/// # Contract
/// P-025, P-026 the three values come out as they went in.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE.
///
/// # Linux
/// No system call unless a thread waits.
///
/// # Sources
/// learn.microsoft.com: ioapiset.h, PostQueuedCompletionStatus
#[api]
pub unsafe extern "system" fn PostQueuedCompletionStatus(
    completionport: HANDLE,
    dwnumberofbytestransferred: u32,
    dwcompletionkey: usize,
    lpoverlapped: *const OVERLAPPED,
) -> BOOL {
    shape::truth(|| {
        port::by_handle(completionport.addr(), |port| {
            port.post(Packet {
                key: dwcompletionkey,
                overlapped: lpoverlapped.expose_provenance(),
                status: 0,
                bytes: dwnumberofbytestransferred,
            });
            Ok::<(), Win32Error>(())
        })
    })
}

/// Says which notifications an immediate success goes without.
///
/// # Contract
/// P-033..P-035.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER for other flags, ERROR_INVALID_HANDLE.
///
/// # Linux
/// Kept with the socket or the file.
///
/// # Sources
/// learn.microsoft.com: winbase.h, SetFileCompletionNotificationModes
#[api]
pub unsafe extern "system" fn SetFileCompletionNotificationModes(
    filehandle: HANDLE,
    flags: u8,
) -> BOOL {
    shape::truth(|| {
        let handle = socket_of(filehandle)?;
        match socket::set_notification_modes(handle, flags) {
            Err(Win32Error::ERROR_INVALID_HANDLE) => file::set_notification_modes(handle, flags),
            done => done,
        }
    })
}
