//! Names and addresses, with text in bytes.

use std::cell::Cell;

use linsock_abi::{
    ADDRINFOA, GAI_STRERROR_BUFFER_SIZE, PCSTR, PSTR, PWSTR, SOCKADDR, WsaError, socklen_t,
};

use super::text::{self, Unit};
use super::{address_info, returned};

/// The addresses of a host and a service; answers with 0 or the error.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// WSANOTINITIALISED; WSAEFAULT for a NULL result; WSAHOST_NOT_FOUND, also with neither host nor
/// service; WSANO_DATA, WSATRY_AGAIN, WSANO_RECOVERY (also for hints that are not zero where they
/// must be), WSATYPE_NOT_FOUND for the service; WSAEINVAL for flags, WSAEAFNOSUPPORT,
/// WSAESOCKTNOSUPPORT; WSA_NOT_ENOUGH_MEMORY. The last error is set to the same number.
///
/// # Linux
/// The C library's getaddrinfo, its flags, families and records translated. An empty host is this
/// computer. Flags of Windows' other name services change nothing.
///
/// # Safety
/// The result is freed with freeaddrinfo of this library, never with the C library's.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, getaddrinfo
#[api("ws2_getaddrinfo")]
pub unsafe extern "system" fn getaddrinfo(
    pnodename: PCSTR,
    pservicename: PCSTR,
    phints: *const ADDRINFOA,
    ppresult: *mut *mut ADDRINFOA,
) -> i32 {
    // SAFETY: as this function's own; Info has the layout of ADDRINFOA.
    unsafe { address_info::look_up(pnodename, pservicename, phints.cast(), ppresult.cast()) }
}

/// Frees what getaddrinfo answered.
///
/// # Contract
/// W-001 needs no WSAStartup: what was given can be given back.
///
/// # Errors
/// None; NULL is nothing to free.
///
/// # Linux
/// Exported with `ws2_` before its name, because the C library has the name too.
///
/// # Safety
/// NULL, or a result of getaddrinfo of this library that was not freed before.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, freeaddrinfo
#[api("ws2_freeaddrinfo")]
pub unsafe extern "system" fn freeaddrinfo(paddrinfo: *const ADDRINFOA) {
    // SAFETY: as this function's own; Info has the layout of ADDRINFOA.
    unsafe { address_info::release::<u8>(paddrinfo.cast()) }
}

/// The names of an address's host and service; answers with 0 or the error.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// WSANOTINITIALISED; WSAEFAULT for a NULL or short address and for a buffer that is too small;
/// WSAEAFNOSUPPORT for other families; WSAEINVAL for flags; WSAHOST_NOT_FOUND where a name is
/// required and there is none, and where nothing is asked for; WSATRY_AGAIN, WSANO_RECOVERY. The
/// last error is set to the same number.
///
/// # Linux
/// The C library's getnameinfo. A scope is a number, as on Windows, never an interface's name.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, getnameinfo
#[api("ws2_getnameinfo")]
pub unsafe extern "system" fn getnameinfo(
    psockaddr: *const SOCKADDR,
    sockaddrlength: socklen_t,
    pnodebuffer: PSTR,
    nodebuffersize: u32,
    pservicebuffer: PSTR,
    servicebuffersize: u32,
    flags: i32,
) -> i32 {
    let (host, service) = ((pnodebuffer, nodebuffersize), (pservicebuffer, servicebuffersize));
    // SAFETY: as this function's own.
    unsafe { address_info::names_of(psockaddr, sockaddrlength, host, service, flags) }
}

/// The computer's name.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// SOCKET_ERROR and WSANOTINITIALISED; WSAEFAULT for NULL and for a buffer that is too small.
///
/// # Linux
/// The C library's gethostname. A name that does not fit is never cut.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, gethostname
#[api("ws2_gethostname")]
pub unsafe extern "system" fn gethostname(name: PSTR, namelen: i32) -> i32 {
    // SAFETY: as this function's own.
    returned(unsafe { address_info::host_name(name, namelen) })
}

/// What gai_strerror answers with, for one width of text.
type Buffer<U> = Cell<[U; GAI_STRERROR_BUFFER_SIZE as usize]>;

thread_local! {
    static BYTES: Buffer<u8> = const { Cell::new([0; GAI_STRERROR_BUFFER_SIZE as usize]) };
    static UTF16: Buffer<u16> = const { Cell::new([0; GAI_STRERROR_BUFFER_SIZE as usize]) };
    static UTF32: Buffer<u32> = const { Cell::new([0; GAI_STRERROR_BUFFER_SIZE as usize]) };
}

/// What an error of getaddrinfo says; the next call on the same thread overwrites it.
///
/// # Contract
/// W-001 needs no WSAStartup.
///
/// # Errors
/// None; an unknown number has a text that says so.
///
/// # Linux
/// On Windows this is an inline function of the header around FormatMessage, with a static buffer;
/// here it is a function of the library, with a buffer a thread.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, gai_strerrorA
#[api]
pub unsafe extern "system" fn gai_strerrorA(ecode: i32) -> PSTR {
    BYTES.with(|buffer| describe(ecode, buffer))
}

/// [`gai_strerrorA`] with text in UTF-16.
///
/// # Contract
/// W-001 needs no WSAStartup.
///
/// # Errors
/// As gai_strerrorA.
///
/// # Linux
/// As gai_strerrorA.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, gai_strerrorW
#[api]
pub unsafe extern "system" fn gai_strerrorW(ecode: i32) -> PWSTR {
    UTF16.with(|buffer| describe(ecode, buffer))
}

/// [`gai_strerrorW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// W-001 needs no WSAStartup.
///
/// # Errors
/// As gai_strerrorA.
///
/// # Linux
/// The header binds gai_strerrorW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, gai_strerrorW
#[api]
pub unsafe extern "system" fn gai_strerrorW_utf32(ecode: i32) -> *mut u32 {
    UTF32.with(|buffer| describe(ecode, buffer))
}

fn describe<U: Unit>(code: i32, buffer: &Buffer<U>) -> *mut U {
    let error = WsaError(code);
    let text = error.description().map_or_else(|| error.to_string(), str::to_owned);
    let start = buffer.as_ptr().cast();
    // SAFETY: the buffer belongs to this thread and is as long as said. A text that did not fit
    // would leave the one before.
    let _ = unsafe { text::write(&text, start, GAI_STRERROR_BUFFER_SIZE as usize) };
    start
}

#[cfg(test)]
mod tests;
