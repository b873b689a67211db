//! The C library's databases of services and protocols, through its re-entrant functions.

use std::ffi::{CStr, c_char, c_int};
use std::ptr;

use libc::{protoent, servent};
use linsock_abi::WsaError;

use super::record::Strings;
use crate::last_error::KeepErrno;

// glibc has these; the libc crate does not declare them.
unsafe extern "C" {
    fn getservbyname_r(
        name: *const c_char,
        protocol: *const c_char,
        entry: *mut servent,
        buffer: *mut c_char,
        len: usize,
        result: *mut *mut servent,
    ) -> c_int;
    fn getservbyport_r(
        port: c_int,
        protocol: *const c_char,
        entry: *mut servent,
        buffer: *mut c_char,
        len: usize,
        result: *mut *mut servent,
    ) -> c_int;
    fn getprotobyname_r(
        name: *const c_char,
        entry: *mut protoent,
        buffer: *mut c_char,
        len: usize,
        result: *mut *mut protoent,
    ) -> c_int;
    fn getprotobynumber_r(
        number: c_int,
        entry: *mut protoent,
        buffer: *mut c_char,
        len: usize,
        result: *mut *mut protoent,
    ) -> c_int;
}

/// Bytes for the strings of one entry: enough for any real one.
const BUFFER_BYTES_MIN: usize = 1024;
/// Beyond this the entry is taken for broken.
const BUFFER_BYTES_MAX: usize = 1 << 20;

/// Calls a re-entrant look-up with ever larger buffers until its entry fits, and copies it.
///
/// # Safety
/// `ask` passes its arguments on to a re-entrant function of the C library for entries of type
/// `E`, and `copy` only reads the entry.
unsafe fn look_up<E, T>(
    ask: impl Fn(*mut E, *mut c_char, usize, *mut *mut E) -> c_int,
    copy: impl Fn(&E) -> T,
) -> Result<T, WsaError> {
    let _keep = KeepErrno::new();
    let mut len = BUFFER_BYTES_MIN;
    while len <= BUFFER_BYTES_MAX {
        let mut buffer = vec![0; len];
        let mut entry = std::mem::MaybeUninit::<E>::zeroed();
        let mut result = ptr::null_mut();
        let code = ask(entry.as_mut_ptr(), buffer.as_mut_ptr(), len, &raw mut result);
        // SAFETY: NULL, or the entry, whose strings lie in the buffer.
        match unsafe { result.as_ref() } {
            Some(entry) if code == 0 => return Ok(copy(entry)),
            _ if code == libc::ERANGE => len *= 4,
            _ => return Err(WsaError::WSANO_DATA),
        }
    }
    Err(WsaError::WSANO_RECOVERY)
}

/// A service's names, protocol, and port in network order.
type Service = (Strings, String, i16);

pub(super) fn service_by_name(name: &CStr, protocol: Option<&CStr>) -> Result<Service, WsaError> {
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: strings that end with a zero, and the rest is handed through.
    unsafe {
        look_up(
            |entry, buffer, len, result| {
                getservbyname_r(name.as_ptr(), protocol, entry, buffer, len, result)
            },
            |entry| copy_service(entry),
        )
    }
}

pub(super) fn service_by_port(port: i32, protocol: Option<&CStr>) -> Result<Service, WsaError> {
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: a string that ends with a zero, and the rest is handed through.
    unsafe {
        look_up(
            |entry, buffer, len, result| {
                getservbyport_r(port, protocol, entry, buffer, len, result)
            },
            |entry| copy_service(entry),
        )
    }
}

pub(super) fn protocol_by_name(name: &CStr) -> Result<(Strings, i16), WsaError> {
    // SAFETY: a string that ends with a zero, and the rest is handed through.
    unsafe {
        look_up(
            |entry, buffer, len, result| {
                getprotobyname_r(name.as_ptr(), entry, buffer, len, result)
            },
            |entry| copy_protocol(entry),
        )
    }
}

pub(super) fn protocol_by_number(number: i32) -> Result<(Strings, i16), WsaError> {
    // SAFETY: everything is handed through.
    unsafe {
        look_up(
            |entry, buffer, len, result| getprotobynumber_r(number, entry, buffer, len, result),
            |entry| copy_protocol(entry),
        )
    }
}

/// # Safety
/// An entry that the C library filled.
unsafe fn copy_service(entry: &servent) -> Service {
    // SAFETY: as this function's own.
    let (strings, protocol) =
        unsafe { (copy_strings(entry.s_name, entry.s_aliases), CStr::from_ptr(entry.s_proto)) };
    (strings, protocol.to_string_lossy().into_owned(), entry.s_port as i16)
}

/// # Safety
/// An entry that the C library filled.
unsafe fn copy_protocol(entry: &protoent) -> (Strings, i16) {
    // SAFETY: as this function's own.
    (unsafe { copy_strings(entry.p_name, entry.p_aliases) }, entry.p_proto as i16)
}

/// # Safety
/// A string, and a list of strings that ends with NULL.
unsafe fn copy_strings(name: *const c_char, mut aliases: *mut *mut c_char) -> Strings {
    // SAFETY: every pointer handed to it is a string.
    let copy = |start| unsafe { CStr::from_ptr(start) }.to_string_lossy().into_owned();
    let mut strings = Strings { name: copy(name), aliases: Vec::new() };
    // SAFETY: the list ends with NULL, and the loop goes no further.
    unsafe {
        while !aliases.is_null() && !(*aliases).is_null() {
            strings.aliases.push(copy((*aliases).cast_const()));
            aliases = aliases.add(1);
        }
    }
    strings
}
