//! ReadFile and WriteFile, on sockets and on files.

use crate::memory::{check_overlapped, check_transfer_overlapped, is_possible};
use crate::shape;
use linsock_abi::map::Call;
use linsock_abi::{
    BOOL, HANDLE, LPOVERLAPPED_COMPLETION_ROUTINE, NtStatus, OVERLAPPED, Win32Error, WsaError,
};
use linsock_backend::buffers::Buffers;
use linsock_engine::apc::FileRoutine;
use linsock_engine::file;
use linsock_engine::socket::{self, Flags, Started};

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
/// A file that was opened with FILE_FLAG_OVERLAPPED needs lpOverlapped (else
/// ERROR_INVALID_PARAMETER). A standard stream (GetStdHandle) is read until something is there, and
/// takes none. What is in memory is read at once: TRUE, and the event or the packet
/// beside it. What the disk has to be waited for pends, and one of a few threads waits. At the end
/// of the file an OVERLAPPED gets ERROR_HANDLE_EOF, at once without a packet, later with one; a
/// read without it gets 0 bytes. Without FILE_FLAG_OVERLAPPED an OVERLAPPED says where, and the
/// position follows.
///
/// # Safety
/// With lpOverlapped, it and the buffer stay until the completion.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, ReadFile; Testing for the End of a File
#[api]
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
                let (to, len) = (lpbuffer.addr(), nnumberofbytestoread as usize);
                if let Some(stream) = super::stream(hfile) {
                    let work = || stream.read(to, len);
                    // SAFETY: the caller's pointers.
                    return unsafe { transfer_stream(lpnumberofbytesread, lpoverlapped, work) };
                }
                let transfer = |overlapped| match overlapped {
                    None => file::read(hfile.addr(), to, len),
                    // SAFETY: the caller keeps both until the completion.
                    Some(overlapped) => unsafe {
                        file::read_overlapped(hfile.addr(), to, len, overlapped, None)
                    },
                };
                // SAFETY: the caller's pointers.
                return unsafe {
                    transfer_file(hfile, lpnumberofbytesread, lpoverlapped, transfer)
                };
            }
            opened => opened?,
        };
        let data = Buffers::one(lpbuffer.addr(), nnumberofbytestoread as usize);
        let ended = match overlapped {
            Some(overlapped) => {
                let opened = socket::open(socket).map_err(to_win32)?;
                // SAFETY: the caller keeps both until the completion.
                let started = unsafe {
                    socket::receive_overlapped(opened, data, Flags::default(), overlapped, None)
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
/// A file is written on the calling thread, into memory, and so never pends; else as [`ReadFile`].
/// An Offset and OffsetHigh of 0xFFFFFFFF mean the end of the file, as does every offset where the
/// file was opened with FILE_APPEND_DATA and without FILE_WRITE_DATA.
///
/// # Safety
/// With lpOverlapped, it and the buffer stay until the completion.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, WriteFile
#[api]
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
                let (from, len) = (lpbuffer.addr(), nnumberofbytestowrite as usize);
                if let Some(stream) = super::stream(hfile) {
                    let work = || stream.write(from, len);
                    // SAFETY: the caller's pointers.
                    return unsafe { transfer_stream(lpnumberofbyteswritten, lpoverlapped, work) };
                }
                let transfer = |overlapped| match overlapped {
                    None => file::write(hfile.addr(), from, len),
                    // SAFETY: the caller keeps both until the completion.
                    Some(overlapped) => unsafe {
                        file::write_overlapped(hfile.addr(), from, len, overlapped, None)
                    },
                };
                // SAFETY: the caller's pointers.
                return unsafe {
                    transfer_file(hfile, lpnumberofbyteswritten, lpoverlapped, transfer)
                };
            }
            opened => opened?,
        };
        let data = Buffers::one(lpbuffer.addr(), nnumberofbytestowrite as usize);
        let done = match overlapped {
            Some(overlapped) => {
                let opened = socket::open(socket).map_err(to_win32)?;
                // SAFETY: the caller keeps both until the completion.
                let started = unsafe {
                    socket::send_overlapped(opened, data, Flags::default(), None, overlapped, None)
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

/// Reads from a file and has a routine told of the end.
///
/// # Contract
/// R-002..R-005: the routine runs on this thread, in an alertable wait, once.
///
/// # Errors
/// FALSE, and no routine: ERROR_HANDLE_EOF, ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED,
/// ERROR_NOACCESS; ERROR_INVALID_PARAMETER: no routine, a file without FILE_FLAG_OVERLAPPED, or
/// one that is tied to a completion port. The routine's error is a Win32 code.
///
/// # Linux
/// As [`ReadFile`]; the routine is queued also where the read is over at once. For files: a
/// socket's routines are those of WSARecv. hEvent is the program's own.
///
/// # Safety
/// lpOverlapped and the buffer stay until the routine runs.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, ReadFileEx
#[api]
pub unsafe extern "system" fn ReadFileEx(
    hfile: HANDLE,
    lpbuffer: *mut u8,
    nnumberofbytestoread: u32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPOVERLAPPED_COMPLETION_ROUTINE,
) -> BOOL {
    let (to, len) = (lpbuffer.addr(), nnumberofbytestoread as usize);
    with_routine(lpoverlapped, lpcompletionroutine, |overlapped, routine| {
        // SAFETY: the caller keeps all of it until the routine runs.
        unsafe { file::read_overlapped(hfile.addr(), to, len, overlapped, Some(routine)) }
    })
}

/// Writes to a file and has a routine told of the end.
///
/// # Contract
/// As [`ReadFileEx`].
///
/// # Errors
/// As [`ReadFileEx`], and ERROR_DISK_FULL.
///
/// # Linux
/// As [`WriteFile`] and [`ReadFileEx`].
///
/// # Safety
/// lpOverlapped and the buffer stay until the routine runs.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, WriteFileEx
#[api]
pub unsafe extern "system" fn WriteFileEx(
    hfile: HANDLE,
    lpbuffer: *const u8,
    nnumberofbytestowrite: u32,
    lpoverlapped: *mut OVERLAPPED,
    lpcompletionroutine: LPOVERLAPPED_COMPLETION_ROUTINE,
) -> BOOL {
    let (from, len) = (lpbuffer.addr(), nnumberofbytestowrite as usize);
    with_routine(lpoverlapped, lpcompletionroutine, |overlapped, routine| {
        // SAFETY: the caller keeps all of it until the routine runs.
        unsafe { file::write_overlapped(hfile.addr(), from, len, overlapped, Some(routine)) }
    })
}

/// Starts a transfer whose end is told to a routine; that it pends is success.
fn with_routine(
    overlapped: *mut OVERLAPPED,
    routine: LPOVERLAPPED_COMPLETION_ROUTINE,
    transfer: impl FnOnce(usize, FileRoutine) -> Result<u32, Win32Error>,
) -> BOOL {
    shape::truth(|| {
        let routine = routine.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?;
        let overlapped = check_overlapped(overlapped).map_err(|_| Win32Error::ERROR_NOACCESS)?;
        match transfer(overlapped, routine) {
            Ok(_) | Err(Win32Error::ERROR_IO_PENDING) => {
                // What a program looks at to hear of trouble with the buffer.
                crate::last_error::set(0);
                Ok(())
            }
            Err(error) => Err(error),
        }
    })
}

/// A transfer of a file.
///
/// # Safety
/// `count` is NULL or writable.
#[cold]
unsafe fn transfer_file(
    handle: HANDLE,
    count: *mut u32,
    overlapped: *mut OVERLAPPED,
    transfer: impl FnOnce(Option<usize>) -> Result<u32, Win32Error>,
) -> Result<(), Win32Error> {
    file::of(handle.addr())?;
    if overlapped.is_null() && count.is_null() || !count.is_null() && !is_possible(count.addr()) {
        return Err(Win32Error::ERROR_NOACCESS);
    }
    let overlapped = match overlapped.is_null() {
        true => None,
        false => Some(check_overlapped(overlapped).map_err(|_| Win32Error::ERROR_NOACCESS)?),
    };
    let transferred = transfer(overlapped);
    // What is pending may be over by now, and nobody knows yet how much of it there was.
    if transferred != Err(Win32Error::ERROR_IO_PENDING) {
        // SAFETY: the caller's word.
        unsafe { store(count, transferred.unwrap_or(0)) };
    }
    transferred.map(drop)
}

/// A transfer of a standard stream, which waits until it is over.
///
/// # Safety
/// `count` is NULL or writable.
#[cold]
unsafe fn transfer_stream(
    count: *mut u32,
    overlapped: *mut OVERLAPPED,
    transfer: impl FnOnce() -> Result<usize, Win32Error>,
) -> Result<(), Win32Error> {
    if !overlapped.is_null() {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    if !is_possible(count.addr()) {
        return Err(Win32Error::ERROR_NOACCESS);
    }
    let transferred = transfer();
    // SAFETY: the caller's word.
    unsafe { store(count, transferred.as_ref().map_or(0, |bytes| *bytes as u32)) };
    transferred.map(drop)
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
