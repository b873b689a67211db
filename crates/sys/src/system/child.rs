//! CreateProcess.

use std::ffi::{OsString, c_void};
use std::path::{Path, PathBuf};

use linsock_abi::*;
use linsock_backend::memory::{is_readable, is_writable};
use linsock_backend::process::{Order, Stream};
use linsock_engine::process::Process;

use super::command_line::words;
use crate::last_error::KeepErrno;
use crate::shape::truth;
use crate::winsock::text::Unit;

/// What is done, or has no meaning without consoles of windows and classes of priority.
const KNOWN: PROCESS_CREATION_FLAGS = DETACHED_PROCESS
    | CREATE_NEW_CONSOLE
    | NORMAL_PRIORITY_CLASS
    | IDLE_PRIORITY_CLASS
    | HIGH_PRIORITY_CLASS
    | REALTIME_PRIORITY_CLASS
    | CREATE_NEW_PROCESS_GROUP
    | CREATE_UNICODE_ENVIRONMENT
    | BELOW_NORMAL_PRIORITY_CLASS
    | ABOVE_NORMAL_PRIORITY_CLASS
    | CREATE_BREAKAWAY_FROM_JOB
    | CREATE_DEFAULT_ERROR_MODE
    | CREATE_NO_WINDOW;

/// The parameters that CreateProcessA and CreateProcessW have in common.
struct Terms {
    inherits: bool,
    flags: PROCESS_CREATION_FLAGS,
    environment: *const c_void,
    /// STARTUPINFOA and STARTUPINFOW differ in pointers that are not looked at.
    startup: *const STARTUPINFOW,
    information: *mut PROCESS_INFORMATION,
}

/// # Safety
/// NULL, or texts that end with a zero; an environment ends with two, in units as the flags say.
unsafe fn create<U: Unit, W: Unit>(
    application: *const U,
    line: *const U,
    folder: *const U,
    terms: Terms,
) -> BOOL {
    let _errno = KeepErrno::new();
    // SAFETY: the caller's word.
    truth(|| unsafe { try_create::<U, W>(application, line, folder, &terms) })
}

/// # Safety
/// As for [`create`].
unsafe fn try_create<U: Unit, W: Unit>(
    application: *const U,
    line: *const U,
    folder: *const U,
    terms: &Terms,
) -> Result<(), Win32Error> {
    // SAFETY: the caller's word.
    let (application, line, folder) = unsafe { (text(application)?, text(line)?, text(folder)?) };
    if !is_readable(terms.startup.addr(), size_of::<STARTUPINFOW>())
        || !is_writable(terms.information.addr(), size_of::<PROCESS_INFORMATION>())
    {
        return Err(Win32Error::ERROR_NOACCESS);
    }
    if terms.flags & !KNOWN != 0 {
        return Err(Win32Error::ERROR_NOT_SUPPORTED);
    }
    // SAFETY: readable, and numbers may be anything.
    let startup = unsafe { terms.startup.read_unaligned() };
    let mut words =
        words(line.as_ref().or(application.as_ref()).ok_or(Win32Error::ERROR_INVALID_PARAMETER)?);
    if line.is_none() {
        words = vec![application.clone().unwrap_or_default()];
    }
    let name = words.remove(0);
    let program = match &application {
        Some(path) => file_of(Path::new(path)),
        None => search(&name),
    }
    .ok_or(Win32Error::ERROR_FILE_NOT_FOUND)?;
    let folder = folder.map(PathBuf::from);
    if folder.as_ref().is_some_and(|folder| !folder.is_dir()) {
        return Err(Win32Error::ERROR_DIRECTORY);
    }
    let environment = match terms.environment.is_null() {
        true => None,
        false if terms.flags & CREATE_UNICODE_ENVIRONMENT != 0 => {
            // SAFETY: the caller's word.
            Some(unsafe { variables(terms.environment.cast::<W>()) }?)
        }
        // SAFETY: the caller's word.
        false => Some(unsafe { variables(terms.environment.cast::<u8>()) }?),
    };
    let arguments: Vec<_> = words.into_iter().map(OsString::from).collect();
    let order = Order {
        program: &program,
        name: name.as_ref(),
        arguments: &arguments,
        environment,
        folder: folder.as_deref(),
        streams: streams(&startup)?,
        inherits: terms.inherits,
        own_group: terms.flags & CREATE_NEW_PROCESS_GROUP != 0,
    };
    let (process, thread, number) = Process::start(order)?;
    let handle = std::ptr::without_provenance_mut;
    let information = PROCESS_INFORMATION {
        hProcess: handle(process),
        hThread: handle(thread),
        dwProcessId: number,
        // A process' first thread has its number.
        dwThreadId: number,
    };
    // SAFETY: just found writable.
    unsafe { terms.information.write_unaligned(information) };
    Ok(())
}

/// # Safety
/// NULL, or a text that ends with a zero.
unsafe fn text<U: Unit>(start: *const U) -> Result<Option<String>, Win32Error> {
    // SAFETY: the caller's word.
    let Some(units) = (unsafe { crate::threading::until_zero(start) }) else { return Ok(None) };
    let text = U::decode(units).ok_or(Win32Error::ERROR_NO_UNICODE_TRANSLATION)?;
    Ok(Some(text))
}

/// The variables of an environment: texts one behind the other, and an empty one.
///
/// # Safety
/// It is there as long as said.
unsafe fn variables<U: Unit>(mut at: *const U) -> Result<Vec<(OsString, OsString)>, Win32Error> {
    let mut variables = Vec::new();
    loop {
        // SAFETY: the caller's word.
        let units = unsafe { crate::threading::until_zero(at) }.unwrap_or_default();
        if units.is_empty() {
            return Ok(variables);
        }
        at = at.wrapping_add(units.len() + 1);
        let text = U::decode(units).ok_or(Win32Error::ERROR_NO_UNICODE_TRANSLATION)?;
        // Names with "=" in front are the command interpreter's own.
        if let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) {
            variables.push((name.into(), value.into()));
        }
    }
}

/// The file of a path, where its ".exe" may be left out: programs have none here.
fn file_of(path: &Path) -> Option<PathBuf> {
    let is_exe = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("exe"));
    let stem = path.with_extension("");
    [path, &stem][..1 + usize::from(is_exe)]
        .iter()
        .find(|path| path.is_file())
        .map(|path| path.to_path_buf())
}

/// Where a program is that a command line names: at its path; else beside the caller's, in the working directory, and in those
/// of PATH.
fn search(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return file_of(Path::new(name));
    }
    let own = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.to_owned()));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = own.into_iter().chain([PathBuf::from(".")]).chain(std::env::split_paths(&path));
    folders.filter(|_| !name.is_empty()).find_map(|folder| file_of(&folder.join(name)))
}

/// What the standard streams are.
fn streams(startup: &STARTUPINFOW) -> Result<[Stream; 3], Win32Error> {
    if startup.dwFlags & STARTF_USESTDHANDLES == 0 {
        return Ok([Stream::Inherited; 3]);
    }
    let stream = |handle: HANDLE| match handle.addr() as isize {
        0 | -1 => Ok(Stream::Nothing),
        _ => match crate::threading::descriptor(handle)? {
            Some(descriptor) => Ok(Stream::Of(descriptor)),
            None => Err(Win32Error::ERROR_INVALID_HANDLE),
        },
    };
    Ok([stream(startup.hStdInput)?, stream(startup.hStdOutput)?, stream(startup.hStdError)?])
}

/// Starts a program.
///
/// # Contract
/// N-040 its handle is set, and its exit code told, when it has ended; N-041 its standard streams and its environment; N-042
/// what cannot be started has its error.
///
/// # Errors
/// FALSE and ERROR_FILE_NOT_FOUND (2); ERROR_ACCESS_DENIED (5): the file is no program; ERROR_BAD_EXE_FORMAT (193);
/// ERROR_DIRECTORY (267): no such working directory; ERROR_INVALID_HANDLE (6): of a standard stream; ERROR_NOT_SUPPORTED (50):
/// CREATE_SUSPENDED, a debugger, EXTENDED_STARTUPINFO_PRESENT; ERROR_INVALID_PARAMETER (87): no name; ERROR_NOACCESS (998);
/// ERROR_NOT_ENOUGH_MEMORY (8).
///
/// # Linux
/// The command line is taken apart by the rules of Microsoft's C runtime, and ".exe" may be left out. The handle of the first
/// thread is another one of the process: it waits and closes, and is none for functions of threads. With bInheritHandles the
/// program gets the descriptors that have no FD_CLOEXEC, under their numbers, else none but the standard streams'. Classes of
/// priority, consoles and security attributes are ignored. An environment in wide characters is UTF-16 for this function; the
/// headers lead programs whose wchar_t has 32 bits to CreateProcessA_utf32.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, CreateProcessA; "Parsing C++ command-line arguments"
#[api]
pub unsafe extern "system" fn CreateProcessA(
    lpapplicationname: PCSTR,
    lpcommandline: PSTR,
    _lpprocessattributes: *const SECURITY_ATTRIBUTES,
    _lpthreadattributes: *const SECURITY_ATTRIBUTES,
    binherithandles: BOOL,
    dwcreationflags: PROCESS_CREATION_FLAGS,
    lpenvironment: *const c_void,
    lpcurrentdirectory: PCSTR,
    lpstartupinfo: *const STARTUPINFOA,
    lpprocessinformation: *mut PROCESS_INFORMATION,
) -> BOOL {
    let terms = Terms {
        inherits: binherithandles != 0,
        flags: dwcreationflags,
        environment: lpenvironment,
        startup: lpstartupinfo.cast(),
        information: lpprocessinformation,
    };
    // SAFETY: by the crate's vocabulary.
    unsafe { create::<u8, u16>(lpapplicationname, lpcommandline, lpcurrentdirectory, terms) }
}

/// As CreateProcessA, for a wchar_t of 32 bits.
///
/// # Contract
/// As [`CreateProcessA`].
///
/// # Errors
/// As [`CreateProcessA`].
///
/// # Linux
/// As [`CreateProcessA`].
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, CreateProcessA
#[api]
pub unsafe extern "system" fn CreateProcessA_utf32(
    lpapplicationname: PCSTR,
    lpcommandline: PSTR,
    _lpprocessattributes: *const SECURITY_ATTRIBUTES,
    _lpthreadattributes: *const SECURITY_ATTRIBUTES,
    binherithandles: BOOL,
    dwcreationflags: PROCESS_CREATION_FLAGS,
    lpenvironment: *const c_void,
    lpcurrentdirectory: PCSTR,
    lpstartupinfo: *const STARTUPINFOA,
    lpprocessinformation: *mut PROCESS_INFORMATION,
) -> BOOL {
    let terms = Terms {
        inherits: binherithandles != 0,
        flags: dwcreationflags,
        environment: lpenvironment,
        startup: lpstartupinfo.cast(),
        information: lpprocessinformation,
    };
    // SAFETY: by the crate's vocabulary.
    unsafe { create::<u8, u32>(lpapplicationname, lpcommandline, lpcurrentdirectory, terms) }
}

/// As CreateProcessA, in UTF-16.
///
/// # Contract
/// As [`CreateProcessA`].
///
/// # Errors
/// As [`CreateProcessA`].
///
/// # Linux
/// As [`CreateProcessA`].
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, CreateProcessW
#[api]
pub unsafe extern "system" fn CreateProcessW(
    lpapplicationname: PCWSTR,
    lpcommandline: PWSTR,
    _lpprocessattributes: *const SECURITY_ATTRIBUTES,
    _lpthreadattributes: *const SECURITY_ATTRIBUTES,
    binherithandles: BOOL,
    dwcreationflags: PROCESS_CREATION_FLAGS,
    lpenvironment: *const c_void,
    lpcurrentdirectory: PCWSTR,
    lpstartupinfo: *const STARTUPINFOW,
    lpprocessinformation: *mut PROCESS_INFORMATION,
) -> BOOL {
    let terms = Terms {
        inherits: binherithandles != 0,
        flags: dwcreationflags,
        environment: lpenvironment,
        startup: lpstartupinfo,
        information: lpprocessinformation,
    };
    // SAFETY: by the crate's vocabulary.
    unsafe { create::<u16, u16>(lpapplicationname, lpcommandline, lpcurrentdirectory, terms) }
}

/// As CreateProcessW, for a wchar_t of 32 bits.
///
/// # Contract
/// As [`CreateProcessA`].
///
/// # Errors
/// As [`CreateProcessA`].
///
/// # Linux
/// As [`CreateProcessA`].
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, CreateProcessW
#[api]
pub unsafe extern "system" fn CreateProcessW_utf32(
    lpapplicationname: *const u32,
    lpcommandline: *mut u32,
    _lpprocessattributes: *const SECURITY_ATTRIBUTES,
    _lpthreadattributes: *const SECURITY_ATTRIBUTES,
    binherithandles: BOOL,
    dwcreationflags: PROCESS_CREATION_FLAGS,
    lpenvironment: *const c_void,
    lpcurrentdirectory: *const u32,
    lpstartupinfo: *const STARTUPINFOW,
    lpprocessinformation: *mut PROCESS_INFORMATION,
) -> BOOL {
    let terms = Terms {
        inherits: binherithandles != 0,
        flags: dwcreationflags,
        environment: lpenvironment,
        startup: lpstartupinfo,
        information: lpprocessinformation,
    };
    // SAFETY: by the crate's vocabulary.
    unsafe { create::<u32, u32>(lpapplicationname, lpcommandline, lpcurrentdirectory, terms) }
}
