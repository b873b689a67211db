//! The standard streams, and the console behind them.
//!
//! Their descriptors are 0, 1 and 2, and 0 is no handle: so their handles are numbers of their own.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

use linsock_abi::*;
use linsock_backend::console::{self, Kind, Typing};
use linsock_backend::memory::is_writable;
use linsock_engine::file;

use crate::shape::truth;
use crate::winsock::text::Unit;

/// The handle of standard input; the others follow in steps of 4. No address, descriptor or handle of another kind.
const FIRST: usize = 0x3000_0000;

/// A standard stream: its descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stream(i32);

/// The stream of a handle.
pub(crate) fn stream(handle: HANDLE) -> Option<Stream> {
    let distance = handle.addr().checked_sub(FIRST)?;
    // The two low bits are ignored, as in other handles.
    (distance < 12).then_some(Stream((distance / 4) as i32))
}

impl Stream {
    pub(crate) fn descriptor(self) -> i32 {
        self.0
    }

    fn handle(self) -> HANDLE {
        ptr::without_provenance_mut(FIRST + 4 * self.0 as usize)
    }

    fn named(name: STD_HANDLE) -> Option<Stream> {
        match name {
            STD_INPUT_HANDLE => Some(Stream(0)),
            STD_OUTPUT_HANDLE => Some(Stream(1)),
            STD_ERROR_HANDLE => Some(Stream(2)),
            _ => None,
        }
    }

    /// What ReadFile does.
    pub(crate) fn read(self, to: usize, bytes: usize) -> Result<usize, Win32Error> {
        let got = console::read(self.0, to, bytes).map_err(error)?;
        // The end of a pipe is an error on Windows, that of a file or a console is none.
        let is_pipe = || console::kind(self.0) == Ok(Kind::Pipe);
        if got == 0 && bytes > 0 && is_pipe() {
            return Err(Win32Error::ERROR_BROKEN_PIPE);
        }
        Ok(got)
    }

    /// What WriteFile does.
    pub(crate) fn write(self, from: usize, bytes: usize) -> Result<usize, Win32Error> {
        console::write(self.0, from, bytes).map_err(error)
    }
}

pub(super) fn error(errno: Errno) -> Win32Error {
    match errno {
        Errno::EBADF => Win32Error::ERROR_INVALID_HANDLE,
        Errno::EFAULT => Win32Error::ERROR_NOACCESS,
        Errno::EPIPE => Win32Error::ERROR_NO_DATA,
        Errno::ENOSPC => Win32Error::ERROR_DISK_FULL,
        Errno::ENOTTY => Win32Error::ERROR_INVALID_HANDLE,
        _ => Win32Error::ERROR_GEN_FAILURE,
    }
}

/// The stream of a console's handle.
pub(super) fn terminal(handle: HANDLE) -> Result<Stream, Win32Error> {
    stream(handle)
        .filter(|stream| console::is_terminal(stream.0))
        .ok_or(Win32Error::ERROR_INVALID_HANDLE)
}

/// Modes that the terminal does not know, as they were last set: input's and output's.
static OTHER_INPUT: AtomicU32 = AtomicU32::new(ENABLE_EXTENDED_FLAGS | ENABLE_QUICK_EDIT_MODE);
static OUTPUT: AtomicU32 = AtomicU32::new(
    ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING,
);
/// What the terminal itself does with input.
const TYPING: CONSOLE_MODE = ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT;
const INPUT_MODES: CONSOLE_MODE = 0x3FF;
const OUTPUT_MODES: CONSOLE_MODE = 0x1F;

/// # Safety
/// Room for `room` units, and for the count.
unsafe fn read_console<U: Unit>(
    handle: HANDLE,
    to: *mut c_void,
    room: u32,
    count: *mut u32,
) -> Result<(), Win32Error> {
    let stream = terminal(handle)?;
    let writable = is_writable(count.addr(), size_of::<u32>());
    if !writable || room > 0 && !is_writable(to.addr(), size_of::<U>()) {
        return Err(Win32Error::ERROR_NOACCESS);
    }
    // A character has up to four bytes; a line ends with two units here, one there.
    let mut bytes = vec![0u8; (room as usize).min(4096)];
    let got = stream.read(bytes.as_mut_ptr().expose_provenance(), bytes.len())?;
    let text = String::from_utf8_lossy(&bytes[..got]).replace('\n', "\r\n");
    let units = U::encode(&text);
    let fits = units.len().min(room as usize);
    // SAFETY: the caller's room.
    unsafe {
        ptr::copy_nonoverlapping(units.as_ptr(), to.cast(), fits);
        count.write_unaligned(fits as u32);
    }
    Ok(())
}

/// # Safety
/// `length` units; NULL or room for the count.
unsafe fn write_console<U: Unit>(
    handle: HANDLE,
    from: *const U,
    length: u32,
    count: *mut u32,
) -> Result<(), Win32Error> {
    let stream = terminal(handle)?;
    if from.is_null() && length > 0 {
        return Err(Win32Error::ERROR_NOACCESS);
    }
    let units = if length == 0 {
        &[]
    } else {
        // SAFETY: the caller's word.
        unsafe { std::slice::from_raw_parts(from, length as usize) }
    };
    console::flush_standard_output();
    // What spells nothing is shown as such, unit by unit.
    let text = U::decode(units).unwrap_or_else(|| {
        units.iter().map(|unit| U::decode(&[*unit]).unwrap_or_else(|| "\u{FFFD}".into())).collect()
    });
    stream.write(text.as_ptr().expose_provenance(), text.len())?;
    if is_writable(count.addr(), size_of::<u32>()) {
        // SAFETY: just written by the kernel.
        unsafe { count.write_unaligned(length) };
    }
    Ok(())
}

/// # Safety
/// NULL, or a text that ends with a zero.
unsafe fn set_title<U: Unit>(text: *const U) -> Result<(), Win32Error> {
    // SAFETY: the caller's word.
    let units = unsafe { crate::threading::until_zero(text) };
    let title = U::decode(units.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?);
    let title = title.ok_or(Win32Error::ERROR_NO_UNICODE_TRANSLATION)?;
    let shown = [1, 2].into_iter().find(|fd| console::is_terminal(*fd));
    let shown = shown.ok_or(Win32Error::ERROR_INVALID_HANDLE)?;
    let visible: String = title.chars().filter(|c| !c.is_control()).collect();
    let sequence = format!("\x1b]2;{visible}\x07");
    Stream(shown).write(sequence.as_ptr().expose_provenance(), sequence.len()).map(drop)
}

/// The handle of a standard stream, good for ReadFile, WriteFile and the console's functions.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// INVALID_HANDLE_VALUE and ERROR_INVALID_HANDLE (6): none of the three. NULL: the process has no
/// such stream.
///
/// # Linux
/// Descriptors 0, 1 and 2 under handles of their own. They are not to be waited for, and
/// CloseHandle refuses them.
///
/// # Sources
/// learn.microsoft.com: processenv.h, GetStdHandle
#[api]
pub unsafe extern "system" fn GetStdHandle(nstdhandle: STD_HANDLE) -> HANDLE {
    let Some(stream) = Stream::named(nstdhandle) else {
        crate::last_error::set(Win32Error::ERROR_INVALID_HANDLE.0);
        return INVALID_HANDLE_VALUE;
    };
    let is_open = console::kind(stream.descriptor()).is_ok();
    if is_open { stream.handle() } else { ptr::null_mut() }
}

/// What a handle leads to.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FILE_TYPE_UNKNOWN and ERROR_INVALID_HANDLE (6). The last error is 0 otherwise.
///
/// # Linux
/// fstat. A socket is FILE_TYPE_PIPE, as on Windows.
///
/// # Sources
/// learn.microsoft.com: fileapi.h, GetFileType
#[api]
pub unsafe extern "system" fn GetFileType(hfile: HANDLE) -> FILE_TYPE {
    let descriptor = match stream(hfile) {
        Some(stream) => Ok(stream.descriptor()),
        None => match file::of(hfile.addr()) {
            Ok((fd, _)) => Ok(fd),
            // A socket counts as a pipe.
            Err(_) => linsock_engine::socket::signal_of(hfile.addr()).map(|_| hfile.addr() as i32),
        },
    };
    let kind = descriptor.and_then(|fd| console::kind(fd).map_err(error));
    crate::last_error::set(kind.as_ref().err().map_or(0, |error| error.0));
    match kind {
        Ok(Kind::Disk) => FILE_TYPE_DISK,
        Ok(Kind::Character) => FILE_TYPE_CHAR,
        Ok(Kind::Pipe) => FILE_TYPE_PIPE,
        Ok(Kind::Other) | Err(_) => FILE_TYPE_UNKNOWN,
    }
}

/// How a console treats what is typed or written.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): not a standard stream, or one that is no terminal;
/// ERROR_NOACCESS (998).
///
/// # Linux
/// The terminal's settings: ISIG, ICANON and ECHO. Modes that it has no setting for are as they
/// were last set.
///
/// # Sources
/// learn.microsoft.com: consoleapi.h, GetConsoleMode
#[api]
pub unsafe extern "system" fn GetConsoleMode(
    hconsolehandle: HANDLE,
    lpmode: *mut CONSOLE_MODE,
) -> BOOL {
    truth(|| {
        let stream = terminal(hconsolehandle)?;
        let mode = if stream.descriptor() == 0 {
            let typing = console::typing(stream.descriptor()).map_err(error)?;
            let flag = |on, flag| if on { flag } else { 0 };
            OTHER_INPUT.load(Ordering::Relaxed)
                | flag(typing.signals, ENABLE_PROCESSED_INPUT)
                | flag(typing.lines, ENABLE_LINE_INPUT)
                | flag(typing.echo, ENABLE_ECHO_INPUT)
        } else {
            OUTPUT.load(Ordering::Relaxed)
        };
        if !is_writable(lpmode.addr(), size_of::<u32>()) {
            return Err(Win32Error::ERROR_NOACCESS);
        }
        // SAFETY: just written by the kernel.
        unsafe { lpmode.write_unaligned(mode) };
        Ok(())
    })
}

/// Changes how a console treats what is typed or written.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): as [`GetConsoleMode`]; ERROR_INVALID_PARAMETER (87): unknown
/// modes, or echo without lines.
///
/// # Linux
/// ENABLE_PROCESSED_INPUT, ENABLE_LINE_INPUT and ENABLE_ECHO_INPUT have an effect. A terminal
/// always obeys its control sequences. The settings stay when the program ends.
///
/// # Sources
/// learn.microsoft.com: consoleapi.h, SetConsoleMode
#[api]
pub unsafe extern "system" fn SetConsoleMode(hconsolehandle: HANDLE, dwmode: CONSOLE_MODE) -> BOOL {
    truth(|| {
        let stream = terminal(hconsolehandle)?;
        let is_input = stream.descriptor() == 0;
        let known = if is_input { INPUT_MODES } else { OUTPUT_MODES };
        let echo_without_lines = dwmode & TYPING & !ENABLE_PROCESSED_INPUT == ENABLE_ECHO_INPUT;
        if dwmode & !known != 0 || is_input && echo_without_lines {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        if !is_input {
            OUTPUT.store(dwmode, Ordering::Relaxed);
            return Ok(());
        }
        let typing = Typing {
            signals: dwmode & ENABLE_PROCESSED_INPUT != 0,
            lines: dwmode & ENABLE_LINE_INPUT != 0,
            echo: dwmode & ENABLE_ECHO_INPUT != 0,
        };
        console::set_typing(stream.descriptor(), typing).map_err(error)?;
        OTHER_INPUT.store(dwmode & !TYPING, Ordering::Relaxed);
        Ok(())
    })
}

/// Reads what is typed at a console.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): not the console's input; ERROR_NOACCESS (998).
///
/// # Linux
/// A line at a time while ENABLE_LINE_INPUT is set; it ends with a carriage return and a line feed.
/// What does not fit is lost. The control record is not followed.
///
/// # Sources
/// learn.microsoft.com: consoleapi.h, ReadConsoleA
#[api]
pub unsafe extern "system" fn ReadConsoleA(
    hconsoleinput: HANDLE,
    lpbuffer: *mut c_void,
    nnumberofcharstoread: u32,
    lpnumberofcharsread: *mut u32,
    _pinputcontrol: *const CONSOLE_READCONSOLE_CONTROL,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe {
        read_console::<u8>(hconsoleinput, lpbuffer, nnumberofcharstoread, lpnumberofcharsread)
    })
}

/// As ReadConsoleA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`ReadConsoleA`].
///
/// # Linux
/// As [`ReadConsoleA`].
///
/// # Sources
/// learn.microsoft.com: consoleapi.h, ReadConsoleW
#[api]
pub unsafe extern "system" fn ReadConsoleW(
    hconsoleinput: HANDLE,
    lpbuffer: *mut c_void,
    nnumberofcharstoread: u32,
    lpnumberofcharsread: *mut u32,
    _pinputcontrol: *const CONSOLE_READCONSOLE_CONTROL,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe {
        read_console::<u16>(hconsoleinput, lpbuffer, nnumberofcharstoread, lpnumberofcharsread)
    })
}

/// As ReadConsoleW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`ReadConsoleA`].
///
/// # Linux
/// As [`ReadConsoleA`].
///
/// # Sources
/// learn.microsoft.com: consoleapi.h, ReadConsoleW
#[api]
pub unsafe extern "system" fn ReadConsoleW_utf32(
    hconsoleinput: HANDLE,
    lpbuffer: *mut c_void,
    nnumberofcharstoread: u32,
    lpnumberofcharsread: *mut u32,
    _pinputcontrol: *const CONSOLE_READCONSOLE_CONTROL,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe {
        read_console::<u32>(hconsoleinput, lpbuffer, nnumberofcharstoread, lpnumberofcharsread)
    })
}

/// Writes to a console.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): not a console, a redirected stream for instance;
/// ERROR_NOACCESS (998).
///
/// # Linux
/// As UTF-8.
///
/// # Sources
/// learn.microsoft.com: consoleapi.h, WriteConsoleA
#[api]
pub unsafe extern "system" fn WriteConsoleA(
    hconsoleoutput: HANDLE,
    lpbuffer: PCSTR,
    nnumberofcharstowrite: u32,
    lpnumberofcharswritten: *mut u32,
    _lpreserved: *const c_void,
) -> BOOL {
    let (from, length, count) = (lpbuffer, nnumberofcharstowrite, lpnumberofcharswritten);
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { write_console::<u8>(hconsoleoutput, from, length, count) })
}

/// As WriteConsoleA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`WriteConsoleA`].
///
/// # Linux
/// As [`WriteConsoleA`].
///
/// # Sources
/// learn.microsoft.com: consoleapi.h, WriteConsoleW
#[api]
pub unsafe extern "system" fn WriteConsoleW(
    hconsoleoutput: HANDLE,
    lpbuffer: PCWSTR,
    nnumberofcharstowrite: u32,
    lpnumberofcharswritten: *mut u32,
    _lpreserved: *const c_void,
) -> BOOL {
    let (from, length, count) = (lpbuffer, nnumberofcharstowrite, lpnumberofcharswritten);
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { write_console::<u16>(hconsoleoutput, from, length, count) })
}

/// As WriteConsoleW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`WriteConsoleA`].
///
/// # Linux
/// As [`WriteConsoleA`].
///
/// # Sources
/// learn.microsoft.com: consoleapi.h, WriteConsoleW
#[api]
pub unsafe extern "system" fn WriteConsoleW_utf32(
    hconsoleoutput: HANDLE,
    lpbuffer: *const u32,
    nnumberofcharstowrite: u32,
    lpnumberofcharswritten: *mut u32,
    _lpreserved: *const c_void,
) -> BOOL {
    let (from, length, count) = (lpbuffer, nnumberofcharstowrite, lpnumberofcharswritten);
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { write_console::<u32>(hconsoleoutput, from, length, count) })
}

/// The code page of what is typed.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// 65001, UTF-8.
///
/// # Sources
/// learn.microsoft.com: consoleapi.h, GetConsoleCP
#[api]
pub unsafe extern "system" fn GetConsoleCP() -> u32 {
    CP_UTF8
}

/// The code page of what is written.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// 65001, UTF-8.
///
/// # Sources
/// learn.microsoft.com: consoleapi.h, GetConsoleOutputCP
#[api]
pub unsafe extern "system" fn GetConsoleOutputCP() -> u32 {
    CP_UTF8
}

/// Chooses the code page of what is typed.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): not UTF-8.
///
/// # Linux
/// Terminals speak UTF-8, and no other code page can be had.
///
/// # Sources
/// learn.microsoft.com: consoleapi2.h, SetConsoleCP
#[api]
pub unsafe extern "system" fn SetConsoleCP(wcodepageid: u32) -> BOOL {
    truth(|| is_utf8(wcodepageid))
}

/// Chooses the code page of what is written.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`SetConsoleCP`].
///
/// # Linux
/// As [`SetConsoleCP`].
///
/// # Sources
/// learn.microsoft.com: consoleapi2.h, SetConsoleOutputCP
#[api]
pub unsafe extern "system" fn SetConsoleOutputCP(wcodepageid: u32) -> BOOL {
    truth(|| is_utf8(wcodepageid))
}

/// Names the console's window.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): no terminal; ERROR_INVALID_PARAMETER (87): NULL.
///
/// # Linux
/// The terminal's control sequence for it.
///
/// # Sources
/// learn.microsoft.com: consoleapi2.h, SetConsoleTitleA
#[api]
pub unsafe extern "system" fn SetConsoleTitleA(lpconsoletitle: PCSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { set_title(lpconsoletitle) })
}

/// As SetConsoleTitleA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`SetConsoleTitleA`].
///
/// # Linux
/// As [`SetConsoleTitleA`].
///
/// # Sources
/// learn.microsoft.com: consoleapi2.h, SetConsoleTitleW
#[api]
pub unsafe extern "system" fn SetConsoleTitleW(lpconsoletitle: PCWSTR) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { set_title(lpconsoletitle) })
}

/// As SetConsoleTitleW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`SetConsoleTitleA`].
///
/// # Linux
/// As [`SetConsoleTitleA`].
///
/// # Sources
/// learn.microsoft.com: consoleapi2.h, SetConsoleTitleW
#[api]
pub unsafe extern "system" fn SetConsoleTitleW_utf32(lpconsoletitle: *const u32) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { set_title(lpconsoletitle) })
}

fn is_utf8(page: u32) -> Result<(), Win32Error> {
    if page == CP_UTF8 { Ok(()) } else { Err(Win32Error::ERROR_INVALID_PARAMETER) }
}
