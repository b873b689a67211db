//! What select, WSAPoll and WSAEnumNetworkEvents work on.

use super::base::SOCKET;
use super::zeroed_default;

/// A time-out of select: two 32-bit fields.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct TIMEVAL {
    pub tv_sec: i32,
    pub tv_usec: i32,
}

/// A count and that many sockets: no bit mask as in the C library.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct FD_SET {
    pub fd_count: u32,
    pub fd_array: [SOCKET; 64],
}

pub type WSAPOLL_EVENT_FLAGS = i16;

/// One socket for WSAPoll.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct WSAPOLLFD {
    pub fd: SOCKET,
    pub events: WSAPOLL_EVENT_FLAGS,
    pub revents: WSAPOLL_EVENT_FLAGS,
}

/// Events that happened and the error of each.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WSANETWORKEVENTS {
    pub lNetworkEvents: i32,
    pub iErrorCode: [i32; 10],
}

zeroed_default!(FD_SET, WSANETWORKEVENTS);
