//! Buffers, messages and their control data, and what TransmitFile and TransmitPackets send.

use core::ffi::c_void;

use super::address::{IN_ADDR, IN6_ADDR, SOCKADDR};
use super::base::{HANDLE, PSTR};
use super::zeroed_default;

/// One buffer. The length comes first and has 32 bits: a kernel iovec has neither.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSABUF {
    pub len: u32,
    pub buf: PSTR,
}

/// A message: address, buffers, control data and flags.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSAMSG {
    pub name: *mut SOCKADDR,
    pub namelen: i32,
    pub lpBuffers: *mut WSABUF,
    pub dwBufferCount: u32,
    pub Control: WSABUF,
    pub dwFlags: u32,
}

/// The head of one piece of control data.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct CMSGHDR {
    pub cmsg_len: usize,
    pub cmsg_level: i32,
    pub cmsg_type: i32,
}

/// The address and interface an IPv4 datagram came by.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IN_PKTINFO {
    pub ipi_addr: IN_ADDR,
    pub ipi_ifindex: u32,
}

/// The address and interface an IPv6 datagram came by.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IN6_PKTINFO {
    pub ipi6_addr: IN6_ADDR,
    pub ipi6_ifindex: u32,
}

/// What goes before and after a file.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct TRANSMIT_FILE_BUFFERS {
    pub Head: *mut c_void,
    pub HeadLength: u32,
    pub Tail: *mut c_void,
    pub TailLength: u32,
}

/// A piece of memory or of a file to send.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct TRANSMIT_PACKETS_ELEMENT {
    pub dwElFlags: u32,
    pub cLength: u32,
    pub Anonymous: TRANSMIT_PACKETS_ELEMENT_0,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub union TRANSMIT_PACKETS_ELEMENT_0 {
    pub Anonymous: TRANSMIT_PACKETS_ELEMENT_0_0,
    pub pBuffer: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct TRANSMIT_PACKETS_ELEMENT_0_0 {
    pub nFileOffset: i64,
    pub hFile: HANDLE,
}

zeroed_default!(
    WSABUF,
    WSAMSG,
    IN_PKTINFO,
    IN6_PKTINFO,
    TRANSMIT_FILE_BUFFERS,
    TRANSMIT_PACKETS_ELEMENT,
    TRANSMIT_PACKETS_ELEMENT_0,
    TRANSMIT_PACKETS_ELEMENT_0_0
);
