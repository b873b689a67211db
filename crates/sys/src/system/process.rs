//! The calling process, its end, and a debugger that looks at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use linsock_engine::process::Process;

use linsock_abi::{BOOL, HANDLE, PCSTR, PCWSTR, PSTR, PWSTR, THREAD_ERROR_MODE, Win32Error};

use crate::memory::check_count;
use crate::shape::truth;
use crate::winsock::text::Unit;

/// What GetCurrentProcess answers.
const CURRENT_PROCESS: usize = -1_isize as usize;

/// STILL_ACTIVE: no exit code yet.
const STILL_ACTIVE: u32 = 259;

/// A process that is this one, or one that was started here.
enum Whose {
    Own,
    Started(Arc<Process>),
}

fn whose(process: HANDLE) -> Result<Whose, Win32Error> {
    match process.addr() {
        CURRENT_PROCESS => Ok(Whose::Own),
        handle => linsock_engine::runtime::get().handles.process(handle).map(Whose::Started),
    }
}

/// For what is done to the calling process alone.
pub(crate) fn check_own(process: HANDLE) -> Result<(), Win32Error> {
    let is_own = process.addr() == CURRENT_PROCESS;
    if is_own { Ok(()) } else { Err(Win32Error::ERROR_INVALID_HANDLE) }
}

/// The longest NetBIOS name, which is what GetComputerName gives.
const COMPUTER_NAME_MAX: usize = 15;

fn computer_name() -> String {
    let mut name = [0u8; 256];
    // SAFETY: room for so many bytes; the last one stays zero.
    unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) };
    let text = String::from_utf8_lossy(&name);
    let first = text.split(['.', '\0']).next().unwrap_or_default();
    first.to_uppercase().chars().take(COMPUTER_NAME_MAX).collect()
}

/// # Safety
/// As many units of room as the number says.
unsafe fn store_name<U: Unit>(to: *mut U, room: *mut u32) -> Result<(), Win32Error> {
    check_count(room).map_err(|_| Win32Error::ERROR_NOACCESS)?;
    let name = computer_name();
    // SAFETY: checked.
    let given = unsafe { room.read_unaligned() };
    let given = if to.is_null() { 0 } else { given as usize };
    // SAFETY: the caller's room.
    let stored = unsafe { crate::winsock::text::write(&name, to, given) };
    let length = stored.map_or_else(|needed| needed, |()| U::encode(&name).len());
    // SAFETY: checked.
    unsafe { room.write_unaligned(length as u32) };
    stored.map_err(|_| Win32Error::ERROR_BUFFER_OVERFLOW)
}

/// Whether another process traces this one.
fn is_traced() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|tracer| tracer.trim() != "0")
}

/// # Safety
/// NULL, or a text that ends with a zero.
unsafe fn tell_debugger<U: Unit>(text: *const U) {
    // SAFETY: the caller's word.
    let units = unsafe { crate::threading::until_zero(text) };
    if let Some(text) = units.and_then(U::decode).filter(|_| is_traced()) {
        let _errno = crate::last_error::KeepErrno::new();
        // SAFETY: as many bytes as there are.
        unsafe { libc::write(2, text.as_ptr().cast(), text.len()) };
    }
}

/// Ends the process.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Does not return.
///
/// # Linux
/// exit: what was registered by atexit runs, and the C library's streams are written out, which
/// Windows leaves to the C runtime. The system keeps the low 8 bits of the code.
///
/// # Safety
/// The program can cope with its own exit functions running while other threads do.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, ExitProcess
#[api]
pub unsafe extern "system" fn ExitProcess(uexitcode: u32) -> ! {
    // SAFETY: runs what the program registered for its end; does not return.
    unsafe { libc::exit(uexitcode as i32) }
}

/// Ends a process at once.
///
/// # Contract
/// N-043 the code is told by GetExitCodeProcess.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): no process that was started here, nor GetCurrentProcess's;
/// ERROR_ACCESS_DENIED (5): it has ended.
///
/// # Linux
/// _exit for the calling process, of whose code the system keeps the low 8 bits; SIGKILL for others.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, TerminateProcess
#[api]
pub unsafe extern "system" fn TerminateProcess(hprocess: HANDLE, uexitcode: u32) -> BOOL {
    truth::<Win32Error>(|| {
        match whose(hprocess)? {
            Whose::Own => {
                linsock_engine::io::flush_all();
                // SAFETY: does not return.
                unsafe { libc::_exit(uexitcode as i32) }
            }
            Whose::Started(process) => {
                let _errno = crate::last_error::KeepErrno::new();
                process.terminate(uexitcode)
            }
        }
    })
}

/// A process' exit code; STILL_ACTIVE (259): it runs.
///
/// # Contract
/// N-040 a process that has ended.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): no process that was started here, nor GetCurrentProcess's;
/// ERROR_NOACCESS (998): nowhere to store it.
///
/// # Linux
/// The low 8 bits. Who was ended by a signal has Windows' code of that where there is one
/// (STATUS_ACCESS_VIOLATION for SIGSEGV), else 128 and the signal.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, GetExitCodeProcess
#[api]
pub unsafe extern "system" fn GetExitCodeProcess(hprocess: HANDLE, lpexitcode: *mut u32) -> BOOL {
    truth(|| {
        let code = match whose(hprocess)? {
            Whose::Own => STILL_ACTIVE,
            Whose::Started(process) => process.exit_code(),
        };
        if lpexitcode.is_null() {
            return Err(Win32Error::ERROR_NOACCESS);
        }
        // SAFETY: not NULL, so by the crate's vocabulary room for the number.
        unsafe { lpexitcode.write(code) };
        Ok(())
    })
}

/// The number of a process.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_INVALID_HANDLE (6): no process that was started here, nor GetCurrentProcess's.
///
/// # Linux
/// The kernel's number.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, GetProcessId
#[api]
pub unsafe extern "system" fn GetProcessId(process: HANDLE) -> u32 {
    match whose(process) {
        Ok(Whose::Own) => std::process::id(),
        Ok(Whose::Started(process)) => process.number(),
        Err(error) => {
            crate::last_error::set(error.0);
            0
        }
    }
}

/// The computer's name; the number is first the room, then the length.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_BUFFER_OVERFLOW (111), and the room that is needed; ERROR_NOACCESS (998).
///
/// # Linux
/// The first part of the host's name, in capitals, 15 characters at most: what NetBIOS would make
/// of it.
///
/// # Sources
/// learn.microsoft.com: winbase.h, GetComputerNameA
#[api]
pub unsafe extern "system" fn GetComputerNameA(lpbuffer: PSTR, nsize: *mut u32) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { store_name(lpbuffer, nsize) })
}

/// As GetComputerNameA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetComputerNameA`].
///
/// # Linux
/// As [`GetComputerNameA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, GetComputerNameW
#[api]
pub unsafe extern "system" fn GetComputerNameW(lpbuffer: PWSTR, nsize: *mut u32) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { store_name(lpbuffer, nsize) })
}

/// As GetComputerNameW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetComputerNameA`].
///
/// # Linux
/// As [`GetComputerNameA`].
///
/// # Sources
/// learn.microsoft.com: winbase.h, GetComputerNameW
#[api]
pub unsafe extern "system" fn GetComputerNameW_utf32(lpbuffer: *mut u32, nsize: *mut u32) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    truth(|| unsafe { store_name(lpbuffer, nsize) })
}

/// Tells a debugger something.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// Written to standard error where another process traces this one, and nowhere else.
///
/// # Sources
/// learn.microsoft.com: debugapi.h, OutputDebugStringA
#[api]
pub unsafe extern "system" fn OutputDebugStringA(lpoutputstring: PCSTR) {
    // SAFETY: by the crate's vocabulary.
    unsafe { tell_debugger(lpoutputstring) }
}

/// As OutputDebugStringA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`OutputDebugStringA`].
///
/// # Linux
/// As [`OutputDebugStringA`].
///
/// # Sources
/// learn.microsoft.com: debugapi.h, OutputDebugStringW
#[api]
pub unsafe extern "system" fn OutputDebugStringW(lpoutputstring: PCWSTR) {
    // SAFETY: by the crate's vocabulary.
    unsafe { tell_debugger(lpoutputstring) }
}

/// As OutputDebugStringW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`OutputDebugStringA`].
///
/// # Linux
/// As [`OutputDebugStringA`].
///
/// # Sources
/// learn.microsoft.com: debugapi.h, OutputDebugStringW
#[api]
pub unsafe extern "system" fn OutputDebugStringW_utf32(lpoutputstring: *const u32) {
    // SAFETY: by the crate's vocabulary.
    unsafe { tell_debugger(lpoutputstring) }
}

/// Whether a debugger looks at the process.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// Whether /proc/self/status names a tracer, strace for instance.
///
/// # Sources
/// learn.microsoft.com: debugapi.h, IsDebuggerPresent
#[api]
pub unsafe extern "system" fn IsDebuggerPresent() -> BOOL {
    BOOL::from(is_traced())
}

/// Stops in the debugger.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// SIGTRAP, which ends a process that nobody traces.
///
/// # Sources
/// learn.microsoft.com: debugapi.h, DebugBreak
#[api]
pub unsafe extern "system" fn DebugBreak() {
    // SAFETY: no pointers.
    unsafe { libc::raise(libc::SIGTRAP) };
}

/// Says which errors the system is to show in windows; answers with what was said before.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// No error is shown in a window: the number is kept.
///
/// # Sources
/// learn.microsoft.com: errhandlingapi.h, SetErrorMode
#[api]
pub unsafe extern "system" fn SetErrorMode(umode: THREAD_ERROR_MODE) -> THREAD_ERROR_MODE {
    static MODE: AtomicU32 = AtomicU32::new(0);
    MODE.swap(umode, Ordering::Relaxed)
}

/// A product of two numbers of 32 bits, divided by a third and rounded.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// -1: the result does not fit, or the third is 0.
///
/// # Linux
/// Halves are rounded away from zero.
///
/// # Sources
/// learn.microsoft.com: winbase.h, MulDiv
#[api]
pub unsafe extern "system" fn MulDiv(nnumber: i32, nnumerator: i32, ndenominator: i32) -> i32 {
    let (product, divisor) = (i64::from(nnumber) * i64::from(nnumerator), i64::from(ndenominator));
    if divisor == 0 {
        return -1;
    }
    let half = divisor.abs() / 2;
    let magnitude = (product.abs() + half) / divisor.abs();
    let signed = if (product < 0) == (divisor < 0) { magnitude } else { -magnitude };
    i32::try_from(signed).unwrap_or(-1)
}
