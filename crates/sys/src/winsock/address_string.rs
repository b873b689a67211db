//! Socket addresses as texts, with ports and scopes: WSAAddressToString and WSAStringToAddress.

use std::ptr;

use linsock_abi::{
    PCSTR, PCWSTR, PSTR, PWSTR, SOCKADDR, WSAPROTOCOL_INFOA, WSAPROTOCOL_INFOW, WsaError,
};

use super::text::{self, Unit};
use super::{endpoint, returned, started};

/// The text of a socket address: `192.0.2.1:80`, `[2001:db8::1]:80`, without a port of 0.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// SOCKET_ERROR and WSANOTINITIALISED; WSAEFAULT for NULL, for an address shorter than its family
/// needs, and for a buffer that is too small (the needed length is stored); WSAEINVAL for other
/// families.
///
/// # Linux
/// The protocol is ignored, as the family decides. AF_INET6 is taken as 23 and as 10.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAAddressToStringA
#[api]
pub unsafe extern "system" fn WSAAddressToStringA(
    lpsaaddress: *const SOCKADDR,
    dwaddresslength: u32,
    _lpprotocolinfo: *const WSAPROTOCOL_INFOA,
    lpszaddressstring: PSTR,
    lpdwaddressstringlength: *mut u32,
) -> i32 {
    // SAFETY: as this function's own.
    returned(unsafe {
        to_text(lpsaaddress, dwaddresslength, lpszaddressstring, lpdwaddressstringlength)
    })
}

/// [`WSAAddressToStringA`] with text in UTF-16.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// As WSAAddressToStringA.
///
/// # Linux
/// As WSAAddressToStringA.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAAddressToStringW
#[api]
pub unsafe extern "system" fn WSAAddressToStringW(
    lpsaaddress: *const SOCKADDR,
    dwaddresslength: u32,
    _lpprotocolinfo: *const WSAPROTOCOL_INFOW,
    lpszaddressstring: PWSTR,
    lpdwaddressstringlength: *mut u32,
) -> i32 {
    // SAFETY: as this function's own.
    returned(unsafe {
        to_text(lpsaaddress, dwaddresslength, lpszaddressstring, lpdwaddressstringlength)
    })
}

/// [`WSAAddressToStringW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// As WSAAddressToStringA.
///
/// # Linux
/// The header binds WSAAddressToStringW to this function unless the compiler was given
/// -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAAddressToStringW
#[api]
pub unsafe extern "system" fn WSAAddressToStringW_utf32(
    lpsaaddress: *const SOCKADDR,
    dwaddresslength: u32,
    _lpprotocolinfo: *const WSAPROTOCOL_INFOW,
    lpszaddressstring: *mut u32,
    lpdwaddressstringlength: *mut u32,
) -> i32 {
    // SAFETY: as this function's own.
    returned(unsafe {
        to_text(lpsaaddress, dwaddresslength, lpszaddressstring, lpdwaddressstringlength)
    })
}

/// # Safety
/// `address` has `address_len` bytes, `target` room for the units `target_len` points to, or any
/// of them is NULL.
unsafe fn to_text<U: Unit>(
    address: *const SOCKADDR,
    address_len: u32,
    target: *mut U,
    target_len: *mut u32,
) -> Result<(), WsaError> {
    started()?;
    // SAFETY: as this function's own.
    let address = unsafe { endpoint::read(address, address_len as usize, WsaError::WSAEINVAL) }?;
    if target_len.is_null() {
        return Err(WsaError::WSAEFAULT);
    }
    let text = endpoint::format_endpoint(address);
    // SAFETY: not NULL, so by the module's vocabulary a length.
    let capacity = if target.is_null() { 0 } else { unsafe { *target_len as usize } };
    // SAFETY: a NULL target has no room, so nothing is written there.
    let written = unsafe { text::write(&text, target, capacity) };
    let units = written.map_or_else(|needed| needed, |()| U::encode(&text).len() + 1);
    // SAFETY: not NULL, so by the module's vocabulary a length.
    unsafe { *target_len = units as u32 };
    written.map_err(|_| WsaError::WSAEFAULT)
}

/// The socket address of a text, with or without a port.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// SOCKET_ERROR and WSANOTINITIALISED; WSAEFAULT for NULL and for a buffer that is too small (the
/// needed length is stored); WSAEINVAL for other families and for what is no address.
///
/// # Linux
/// The protocol is ignored, as the family decides. A scope is a number, never an interface's name.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAStringToAddressA
#[api]
pub unsafe extern "system" fn WSAStringToAddressA(
    addressstring: PCSTR,
    addressfamily: i32,
    _lpprotocolinfo: *const WSAPROTOCOL_INFOA,
    lpaddress: *mut SOCKADDR,
    lpaddresslength: *mut i32,
) -> i32 {
    // SAFETY: as this function's own.
    returned(unsafe { from_text(addressstring, addressfamily, lpaddress, lpaddresslength) })
}

/// [`WSAStringToAddressA`] with text in UTF-16.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// As WSAStringToAddressA.
///
/// # Linux
/// As WSAStringToAddressA.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAStringToAddressW
#[api]
pub unsafe extern "system" fn WSAStringToAddressW(
    addressstring: PCWSTR,
    addressfamily: i32,
    _lpprotocolinfo: *const WSAPROTOCOL_INFOW,
    lpaddress: *mut SOCKADDR,
    lpaddresslength: *mut i32,
) -> i32 {
    // SAFETY: as this function's own.
    returned(unsafe { from_text(addressstring, addressfamily, lpaddress, lpaddresslength) })
}

/// [`WSAStringToAddressW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// As WSAStringToAddressA.
///
/// # Linux
/// The header binds WSAStringToAddressW to this function unless the compiler was given
/// -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAStringToAddressW
#[api]
pub unsafe extern "system" fn WSAStringToAddressW_utf32(
    addressstring: *const u32,
    addressfamily: i32,
    _lpprotocolinfo: *const WSAPROTOCOL_INFOW,
    lpaddress: *mut SOCKADDR,
    lpaddresslength: *mut i32,
) -> i32 {
    // SAFETY: as this function's own.
    returned(unsafe { from_text(addressstring, addressfamily, lpaddress, lpaddresslength) })
}

/// # Safety
/// `source` ends with a zero, `target` has room for the bytes `target_len` points to, or any of
/// them is NULL.
unsafe fn from_text<U: Unit>(
    source: *const U,
    family: i32,
    target: *mut SOCKADDR,
    target_len: *mut i32,
) -> Result<(), WsaError> {
    started()?;
    if target.is_null() || target_len.is_null() {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: as this function's own.
    let text = unsafe { text::read(source) }?;
    let family = endpoint::internet_family(family).ok_or(WsaError::WSAEINVAL)?;
    let address = endpoint::parse(&text, family).ok_or(WsaError::WSAEINVAL)?;
    let (bytes, len) = endpoint::to_bytes(address);
    // SAFETY: not NULL, so by the module's vocabulary a length.
    let capacity = unsafe { target_len.replace(len as i32) };
    if usize::try_from(capacity).is_ok_and(|capacity| capacity >= len) {
        // SAFETY: there is room for `len` bytes, and ours do not overlap them.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), target.cast::<u8>(), len) };
        return Ok(());
    }
    Err(WsaError::WSAEFAULT)
}

#[cfg(test)]
mod tests;
