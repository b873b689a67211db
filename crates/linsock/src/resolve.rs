//! Names to addresses.

use crate::address::Native;
use crate::error::WsaError;
use crate::startup::startup;
use crate::sys::Win32::Networking::WinSock::{
    ADDRINFOA, SOCK_STREAM, SOCKADDR_INET, freeaddrinfo, getaddrinfo,
};
use std::ffi::CString;
use std::net::SocketAddr;
use std::ptr;

/// The addresses of `host` with `port`, in the order to try them (getaddrinfo). `host` is a name
/// or an address in text, an IPv6 address also with its zone.
///
/// # Errors
/// WSAHOST_NOT_FOUND and what else getaddrinfo answers.
pub fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, WsaError> {
    startup()?;
    let host = CString::new(host).map_err(|_| WsaError::WSAHOST_NOT_FOUND)?;
    let hints = ADDRINFOA { ai_socktype: SOCK_STREAM, ..Default::default() };
    let mut list: *mut ADDRINFOA = ptr::null_mut();
    // SAFETY: the name ends with a zero; the hints and the result outlive the call.
    let answer = unsafe { getaddrinfo(host.as_ptr().cast(), ptr::null(), &hints, &mut list) };
    if answer != 0 {
        return Err(WsaError(answer));
    }
    let mut addresses = Vec::new();
    let mut next = list;
    // SAFETY: getaddrinfo made the list, which ends with NULL and is not freed yet.
    while let Some(entry) = unsafe { next.as_ref() } {
        // SAFETY: the entry's address is as long as it says.
        let address = unsafe { Native::read(entry.ai_addr.cast(), entry.ai_addrlen) };
        if let Some(mut address) = address.and_then(|native| native.to_std()) {
            address.set_port(port);
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        next = entry.ai_next;
    }
    // SAFETY: the list is freed once, and not looked at afterwards.
    unsafe { freeaddrinfo(list) };
    Ok(addresses)
}

impl Native {
    /// The address of `length` bytes at `bytes`; none if it is longer than any we know.
    ///
    /// # Safety
    /// As many bytes are readable there.
    unsafe fn read(bytes: *const u8, length: usize) -> Option<Native> {
        if bytes.is_null() || length > size_of::<SOCKADDR_INET>() {
            return None;
        }
        let mut native = Native::room();
        // SAFETY: readable by the caller's promise, and no longer than the room.
        unsafe { ptr::copy_nonoverlapping(bytes, native.as_mut_ptr().cast(), length) };
        // SAFETY: the length is one field of ours.
        unsafe { *native.len_mut() = length as i32 };
        Some(native)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_text_need_no_name_service() {
        assert_eq!(resolve("127.0.0.1", 80), Ok(vec!["127.0.0.1:80".parse().unwrap()]));
        assert_eq!(resolve("::1", 443), Ok(vec!["[::1]:443".parse().unwrap()]));
    }

    #[test]
    fn localhost_is_here() {
        let addresses = resolve("localhost", 9).unwrap();
        assert!(!addresses.is_empty());
        assert!(addresses.iter().all(|address| address.ip().is_loopback() && address.port() == 9));
    }

    #[test]
    fn an_unknown_name_is_told_by_winsocks_number() {
        // ".invalid" never exists (RFC 6761).
        let error = resolve("nowhere.invalid", 80).unwrap_err();
        assert!([WsaError::WSAHOST_NOT_FOUND, WsaError::WSATRY_AGAIN].contains(&error), "{error}");
        assert_eq!(resolve("a\0b", 80), Err(WsaError::WSAHOST_NOT_FOUND));
    }
}
