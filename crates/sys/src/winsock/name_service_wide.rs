//! Names and addresses, with wide text: the functions of the name service once in UTF-16, and
//! once in UTF-32 for programs whose wchar_t has 32 bits.

use linsock_abi::{ADDRINFOW, PCWSTR, PWSTR, SOCKADDR, socklen_t};

use super::{address_info, returned};

/// [`getaddrinfo`](super::name_service::getaddrinfo) with text in UTF-16.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// As getaddrinfo.
///
/// # Linux
/// As getaddrinfo.
///
/// # Safety
/// The result is freed with FreeAddrInfoW, whose text has the same width.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, GetAddrInfoW
#[api]
pub unsafe extern "system" fn GetAddrInfoW(
    pnodename: PCWSTR,
    pservicename: PCWSTR,
    phints: *const ADDRINFOW,
    ppresult: *mut *mut ADDRINFOW,
) -> i32 {
    // SAFETY: as this function's own; Info has the layout of ADDRINFOW.
    unsafe { address_info::look_up(pnodename, pservicename, phints.cast(), ppresult.cast()) }
}

/// Frees what GetAddrInfoW answered.
///
/// # Contract
/// W-001 needs no WSAStartup: what was given can be given back.
///
/// # Errors
/// None; NULL is nothing to free.
///
/// # Linux
/// As freeaddrinfo.
///
/// # Safety
/// NULL, or a result of GetAddrInfoW that was not freed before.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, FreeAddrInfoW
#[api]
pub unsafe extern "system" fn FreeAddrInfoW(paddrinfo: *const ADDRINFOW) {
    // SAFETY: as this function's own; Info has the layout of ADDRINFOW.
    unsafe { address_info::release::<u16>(paddrinfo.cast()) }
}

/// [`getnameinfo`](super::name_service::getnameinfo) with text in UTF-16.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// As getnameinfo.
///
/// # Linux
/// As getnameinfo.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, GetNameInfoW
#[api]
pub unsafe extern "system" fn GetNameInfoW(
    psockaddr: *const SOCKADDR,
    sockaddrlength: socklen_t,
    pnodebuffer: PWSTR,
    nodebuffersize: u32,
    pservicebuffer: PWSTR,
    servicebuffersize: u32,
    flags: i32,
) -> i32 {
    let (host, service) = ((pnodebuffer, nodebuffersize), (pservicebuffer, servicebuffersize));
    // SAFETY: as this function's own.
    unsafe { address_info::names_of(psockaddr, sockaddrlength, host, service, flags) }
}

/// [`gethostname`](super::name_service::gethostname) with text in UTF-16.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// As gethostname.
///
/// # Linux
/// As gethostname.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, GetHostNameW
#[api]
pub unsafe extern "system" fn GetHostNameW(name: PWSTR, namelen: i32) -> i32 {
    // SAFETY: as this function's own.
    returned(unsafe { address_info::host_name(name, namelen) })
}

/// [`GetAddrInfoW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// As getaddrinfo.
///
/// # Linux
/// The header binds GetAddrInfoW to this function unless the compiler was given -fshort-wchar.
///
/// # Safety
/// The result is freed with FreeAddrInfoW_utf32, whose text has the same width.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, GetAddrInfoW
#[api]
pub unsafe extern "system" fn GetAddrInfoW_utf32(
    pnodename: *const u32,
    pservicename: *const u32,
    phints: *const ADDRINFOW,
    ppresult: *mut *mut ADDRINFOW,
) -> i32 {
    // SAFETY: as this function's own; Info has the layout of ADDRINFOW.
    unsafe { address_info::look_up(pnodename, pservicename, phints.cast(), ppresult.cast()) }
}

/// Frees what GetAddrInfoW_utf32 answered.
///
/// # Contract
/// W-001 needs no WSAStartup: what was given can be given back.
///
/// # Errors
/// None; NULL is nothing to free.
///
/// # Linux
/// The header binds FreeAddrInfoW to this function unless the compiler was given -fshort-wchar.
///
/// # Safety
/// NULL, or a result of GetAddrInfoW_utf32 that was not freed before.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, FreeAddrInfoW
#[api]
pub unsafe extern "system" fn FreeAddrInfoW_utf32(paddrinfo: *const ADDRINFOW) {
    // SAFETY: as this function's own; Info has the layout of ADDRINFOW.
    unsafe { address_info::release::<u32>(paddrinfo.cast()) }
}

/// [`GetNameInfoW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// As getnameinfo.
///
/// # Linux
/// The header binds GetNameInfoW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: ws2tcpip.h, GetNameInfoW
#[api]
pub unsafe extern "system" fn GetNameInfoW_utf32(
    psockaddr: *const SOCKADDR,
    sockaddrlength: socklen_t,
    pnodebuffer: *mut u32,
    nodebuffersize: u32,
    pservicebuffer: *mut u32,
    servicebuffersize: u32,
    flags: i32,
) -> i32 {
    let (host, service) = ((pnodebuffer, nodebuffersize), (pservicebuffer, servicebuffersize));
    // SAFETY: as this function's own.
    unsafe { address_info::names_of(psockaddr, sockaddrlength, host, service, flags) }
}

/// [`GetHostNameW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// As gethostname.
///
/// # Linux
/// The header binds GetHostNameW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, GetHostNameW
#[api]
pub unsafe extern "system" fn GetHostNameW_utf32(name: *mut u32, namelen: i32) -> i32 {
    // SAFETY: as this function's own.
    returned(unsafe { address_info::host_name(name, namelen) })
}

#[cfg(test)]
mod tests;
