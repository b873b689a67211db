//! ReadFile and WriteFile, on sockets and on files.

use crate::memory::{check_overlapped, check_transfer_overlapped, is_possible};
use crate::shape;
use linsock_abi::map::Call;
use linsock_abi::{BOOL, HANDLE, NtStatus, OVERLAPPED, Win32Error, WsaError};
use linsock_backend::buffers::Buffers;
use linsock_engine::file;
use linsock_engine::operation::{self, Ended, Overlapped};
use linsock_engine::socket::{self, Flags, Started};
use linsock_engine::wait::Signal;

/// Win32's number for a Winsock error, as ReadFile and WriteFile report it.
fn win32(error: WsaError, call: Call) -> Win32Error {
    match error {
        WsaError::WSA_IO_PENDING => Win32Error::ERROR_IO_PENDING,
        WsaError::WSAENOTSOCK => Win32Error::ERROR_INVALID_HANDLE,
        _ => NtStatus::from_wsa(error, call).to_win32(),
    }
}

/// Reads from a socket or a file.
///
/// # Contract
/// S-051 like WSARecv with one buffer; S-052 success with 0 bytes at the end; C-106.
///
/// # Errors
/// FALSE and ERROR_IO_PENDING: started. Else ERROR_INVALID_HANDLE, ERROR_NETNAME_DELETED, ...:
/// the Win32 numbers of the statuses.
///
/// # Linux
/// A file is read and written on the calling thread, with or without an OVERLAPPED.
///
/// # Safety
/// With lpOverlapped, it and the buffer stay until the completion.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, ReadFile
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn ReadFile(
    hfile: HANDLE,
    lpbuffer: *mut u8,
    nnumberofbytestoread: u32,
    lpnumberofbytesread: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
) -> BOOL {
    shape::truth(|| {
        let to_win32 = |error| win32(error, Call::Recv);
        let (socket, overlapped) = match open(hfile, lpnumberofbytesread, lpoverlapped) {
            Err(Win32Error::ERROR_INVALID_HANDLE) => {
                return transfer_file(hfile, lpnumberofbytesread, lpoverlapped, |at| {
                    file::read(hfile.addr(), at, lpbuffer.addr(), nnumberofbytestoread as usize)
                });
            }
            opened => opened?,
        };
        let data = Buffers::one(lpbuffer.addr(), nnumberofbytestoread as usize);
        let ended = match overlapped {
            Some(overlapped) => {
                // SAFETY: the caller keeps both until the completion.
                let started = unsafe {
                    socket::receive_overlapped(socket, data, Flags::default(), overlapped, None)
                };
                match started.map_err(to_win32)? {
                    Started::Done(ended) => ended,
                    Started::Pending => return Err(Win32Error::ERROR_IO_PENDING),
                }
            }
            None => socket::receive(socket, data, Flags::default()).map_err(to_win32)?,
        };
        // SAFETY: checked by `open`.
        unsafe { store(lpnumberofbytesread, ended.bytes) };
        ended.error.map_or(Ok(()), |error| Err(to_win32(error)))
    })
}

/// Writes to a socket or a file.
///
/// # Contract
/// S-051 like WSASend with one buffer; C-106.
///
/// # Errors
/// As [`ReadFile`].
///
/// # Linux
/// A file is read and written on the calling thread, with or without an OVERLAPPED.
///
/// # Safety
/// With lpOverlapped, it and the buffer stay until the completion.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, WriteFile
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn WriteFile(
    hfile: HANDLE,
    lpbuffer: *const u8,
    nnumberofbytestowrite: u32,
    lpnumberofbyteswritten: *mut u32,
    lpoverlapped: *mut OVERLAPPED,
) -> BOOL {
    shape::truth(|| {
        let to_win32 = |error| win32(error, Call::Send);
        let (socket, overlapped) = match open(hfile, lpnumberofbyteswritten, lpoverlapped) {
            Err(Win32Error::ERROR_INVALID_HANDLE) => {
                return transfer_file(hfile, lpnumberofbyteswritten, lpoverlapped, |at| {
                    file::write(hfile.addr(), at, lpbuffer.addr(), nnumberofbytestowrite as usize)
                });
            }
            opened => opened?,
        };
        let data = Buffers::one(lpbuffer.addr(), nnumberofbytestowrite as usize);
        let done = match overlapped {
            Some(overlapped) => {
                // SAFETY: the caller keeps both until the completion.
                let started = unsafe {
                    socket::send_overlapped(socket, data, Flags::default(), None, overlapped, None)
                };
                match started.map_err(to_win32)? {
                    Started::Done(ended) => ended.bytes,
                    Started::Pending => return Err(Win32Error::ERROR_IO_PENDING),
                }
            }
            None => socket::send(socket, data, Flags::default(), None).map_err(to_win32)?,
        };
        // SAFETY: checked by `open`.
        unsafe { store(lpnumberofbyteswritten, done) };
        Ok(())
    })
}

/// A transfer of a file, which ends on the calling thread.
#[cold]
fn transfer_file(
    handle: HANDLE,
    count: *mut u32,
    overlapped: *mut OVERLAPPED,
    transfer: impl FnOnce(Option<u64>) -> Result<u32, Win32Error>,
) -> Result<(), Win32Error> {
    file::of(handle.addr())?;
    let no_access = |_| Win32Error::ERROR_NOACCESS;
    if overlapped.is_null() && count.is_null() || !count.is_null() && !is_possible(count.addr()) {
        return Err(Win32Error::ERROR_NOACCESS);
    }
    if overlapped.is_null() {
        let n = transfer(None)?;
        // SAFETY: not NULL, so by the crate's vocabulary the caller's.
        unsafe { store(count, n) };
        return Ok(());
    }
    let overlapped = check_overlapped(overlapped).map_err(no_access)?;
    let signal = Signal::new(true, false);
    // SAFETY: just probed; nothing of it is used after this function.
    let (begun, at) = unsafe {
        let begun = Overlapped::begin(overlapped, &signal);
        (begun.map_err(|_| Win32Error::ERROR_INVALID_HANDLE)?, operation::offset(overlapped))
    };
    let transferred = transfer(Some(at));
    let ended = match transferred {
        Ok(n) => Ended::ok(n),
        // The one error that the file itself tells; others are about the call.
        Err(error) => Ended {
            status: match error {
                Win32Error::ERROR_HANDLE_EOF => NtStatus::STATUS_END_OF_FILE,
                _ => NtStatus::STATUS_UNSUCCESSFUL,
            },
            ..Ended::ok(0)
        },
    };
    operation::publish(&begun, &ended, None, None);
    // SAFETY: the caller's word.
    unsafe { store(count, transferred?) };
    Ok(())
}

/// The socket of a handle, and the OVERLAPPED if it counts.
fn open(
    handle: HANDLE,
    count: *mut u32,
    overlapped: *mut OVERLAPPED,
) -> Result<(usize, Option<usize>), Win32Error> {
    let socket = super::socket_of(handle)?;
    let counts = {
        let (_, socket) = socket::open(socket).map_err(|_| Win32Error::ERROR_INVALID_HANDLE)?;
        socket.is_overlapped() && !overlapped.is_null()
    };
    let count_fine = if count.is_null() { counts } else { is_possible(count.addr()) };
    if !count_fine {
        return Err(Win32Error::ERROR_NOACCESS);
    }
    if !counts {
        return Ok((socket, None));
    }
    let overlapped =
        check_transfer_overlapped(overlapped).map_err(|_| Win32Error::ERROR_NOACCESS)?;
    Ok((socket, Some(overlapped)))
}

/// # Safety
/// NULL or writable.
unsafe fn store(count: *mut u32, value: u32) {
    if !count.is_null() {
        // SAFETY: the caller's word.
        unsafe { count.write(value) };
    }
}
