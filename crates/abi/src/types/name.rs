//! What the name functions answer with.

use core::ffi::c_void;

use super::address::SOCKADDR;
use super::base::{PSTR, PWSTR};
use super::zeroed_default;
use crate::guid::GUID;

/// A host's names and addresses.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct HOSTENT {
    pub h_name: PSTR,
    pub h_aliases: *mut *mut i8,
    pub h_addrtype: i16,
    pub h_length: i16,
    pub h_addr_list: *mut *mut i8,
}

/// A service's names and port (64-bit order of the fields).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SERVENT {
    pub s_name: PSTR,
    pub s_aliases: *mut *mut i8,
    pub s_proto: PSTR,
    pub s_port: i16,
}

/// A protocol's names and number.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PROTOENT {
    pub p_name: PSTR,
    pub p_aliases: *mut *mut i8,
    pub p_proto: i16,
}

/// One answer of getaddrinfo. Field order and widths differ from the C library's addrinfo.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ADDRINFOA {
    pub ai_flags: i32,
    pub ai_family: i32,
    pub ai_socktype: i32,
    pub ai_protocol: i32,
    pub ai_addrlen: usize,
    pub ai_canonname: PSTR,
    pub ai_addr: *mut SOCKADDR,
    pub ai_next: *mut ADDRINFOA,
}

/// One answer of GetAddrInfoW.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ADDRINFOW {
    pub ai_flags: i32,
    pub ai_family: i32,
    pub ai_socktype: i32,
    pub ai_protocol: i32,
    pub ai_addrlen: usize,
    pub ai_canonname: PWSTR,
    pub ai_addr: *mut SOCKADDR,
    pub ai_next: *mut ADDRINFOW,
}

/// One answer of GetAddrInfoExW.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ADDRINFOEXW {
    pub ai_flags: i32,
    pub ai_family: i32,
    pub ai_socktype: i32,
    pub ai_protocol: i32,
    pub ai_addrlen: usize,
    pub ai_canonname: PWSTR,
    pub ai_addr: *mut SOCKADDR,
    pub ai_blob: *mut c_void,
    pub ai_bloblen: usize,
    pub ai_provider: *mut GUID,
    pub ai_next: *mut ADDRINFOEXW,
}

/// ADDRINFOEXW with the fully qualified name.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ADDRINFOEX2W {
    pub ai_flags: i32,
    pub ai_family: i32,
    pub ai_socktype: i32,
    pub ai_protocol: i32,
    pub ai_addrlen: usize,
    pub ai_canonname: PWSTR,
    pub ai_addr: *mut SOCKADDR,
    pub ai_blob: *mut c_void,
    pub ai_bloblen: usize,
    pub ai_provider: *mut GUID,
    pub ai_next: *mut ADDRINFOEX2W,
    pub ai_version: i32,
    pub ai_fqdn: PWSTR,
}

zeroed_default!(HOSTENT, SERVENT, PROTOENT, ADDRINFOA, ADDRINFOW, ADDRINFOEXW, ADDRINFOEX2W);
