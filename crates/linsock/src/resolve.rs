//! Names to addresses.

use crate::address::Native;
use crate::error::WsaError;
use crate::startup::startup;
use crate::sys::Win32::Networking::WinSock::{ADDRINFOA, SOCK_STREAM, freeaddrinfo, getaddrinfo};
use std::ffi::CString;
use std::net::SocketAddr;
use std::{ptr, slice};

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
        let bytes: &[u8] = if entry.ai_addr.is_null() {
            &[]
        } else {
            // SAFETY: the entry's address is as long as it says.
            unsafe { slice::from_raw_parts(entry.ai_addr.cast(), entry.ai_addrlen) }
        };
        if let Some(mut address) = Native::read(bytes).and_then(|native| native.to_std()) {
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
