//! Between the host's order of bytes and the network's.

use linsock_abi::{SOCKET, WsaError};
use linsock_backend::net;

use super::{returned, started};
use crate::last_error::KeepErrno;

macro_rules! plain {
    ($($name:ident $export:literal $type:ty, $method:ident, $parameter:ident, $what:literal;)*) => {
        $(
            #[doc = $what]
            ///
            /// # Contract
            /// W-001 needs no WSAStartup.
            ///
            /// # Errors
            /// None.
            ///
            /// # Linux
            /// Exported with `ws2_` before its name, because the C library has the name too.
            ///
            /// # Sources
            /// learn.microsoft.com: winsock2.h, function of this name
            #[api($export)]
            pub unsafe extern "system" fn $name($parameter: $type) -> $type {
                $parameter.$method()
            }
        )*
    };
}

plain! {
    htons "ws2_htons" u16, to_be, hostshort, "16 bits of the host in the network's order.";
    htonl "ws2_htonl" u32, to_be, hostlong, "32 bits of the host in the network's order.";
    ntohs "ws2_ntohs" u16, to_be, netshort, "16 bits of the network in the host's order.";
    ntohl "ws2_ntohl" u32, to_be, netlong, "32 bits of the network in the host's order.";
}

macro_rules! checked {
    ($($name:ident $type:ty, $value:ident, $out:ident, $what:literal;)*) => {
        $(
            #[doc = $what]
            ///
            /// # Contract
            /// W-001 needs a WSAStartup.
            ///
            /// # Errors
            /// SOCKET_ERROR and WSANOTINITIALISED; WSAENOTSOCK for what is no socket; WSAEFAULT
            /// for a NULL pointer.
            ///
            /// # Linux
            /// Every protocol here has the internet's order of bytes.
            ///
            /// # Sources
            /// learn.microsoft.com: winsock2.h, function of this name
            #[api]
            pub unsafe extern "system" fn $name(s: SOCKET, $value: $type, $out: *mut $type) -> i32 {
                returned(check(s).and_then(|()| {
                    if $out.is_null() {
                        return Err(WsaError::WSAEFAULT);
                    }
                    // SAFETY: not NULL, so by the module's vocabulary a place of its type.
                    unsafe { $out.write_unaligned($value.to_be()) };
                    Ok(())
                }))
            }
        )*
    };
}

checked! {
    WSAHtons u16, hostshort, lpnetshort, "16 bits of the host in the order of a socket's protocol.";
    WSAHtonl u32, hostlong, lpnetlong, "32 bits of the host in the order of a socket's protocol.";
    WSANtohs u16, netshort, lphostshort, "16 bits of a socket's protocol in the host's order.";
    WSANtohl u32, netlong, lphostlong, "32 bits of a socket's protocol in the host's order.";
}

fn check(s: SOCKET) -> Result<(), WsaError> {
    started()?;
    let _keep = KeepErrno::new();
    let fd = i32::try_from(s).map_err(|_| WsaError::WSAENOTSOCK)?;
    net::describe(fd).map(drop).map_err(|_| WsaError::WSAENOTSOCK)
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;
    use std::ptr;

    use super::super::test_support::start;
    use super::*;

    #[test]
    fn the_network_s_first_byte_is_the_highest() {
        // SAFETY: none of the four takes a pointer.
        unsafe {
            assert_eq!(htons(0x1234).to_ne_bytes(), [0x12, 0x34]);
            assert_eq!(htonl(0x1234_5678).to_ne_bytes(), [0x12, 0x34, 0x56, 0x78]);
            assert_eq!((ntohs(htons(80)), ntohl(htonl(1))), (80, 1));
        }
    }

    #[test]
    fn the_checked_ones_want_a_socket_and_a_place() {
        start();
        let Ok(socket) = std::net::UdpSocket::bind("127.0.0.1:0") else { panic!("no socket") };
        let s = socket.as_raw_fd() as SOCKET;
        let (mut short, mut long) = (0, 0);
        // SAFETY: the places are there.
        unsafe {
            assert_eq!(WSAHtons(s, 0x1234, &raw mut short), 0);
            assert_eq!(short.to_ne_bytes(), [0x12, 0x34]);
            assert_eq!((WSANtohs(s, short, &raw mut short), short), (0, 0x1234));
            assert_eq!(WSAHtonl(s, 0x1234_5678, &raw mut long), 0);
            assert_eq!((WSANtohl(s, long, &raw mut long), long), (0, 0x1234_5678));
            assert_eq!(WSAHtons(s, 1, ptr::null_mut()), -1);
            assert_eq!(crate::last_error::get(), 10014);
            for no_socket in [usize::MAX, 0x4000_0000, 1 << 40] {
                assert_eq!(WSAHtonl(no_socket, 1, &raw mut long), -1);
                assert_eq!(crate::last_error::get(), 10038);
            }
        }
    }
}
