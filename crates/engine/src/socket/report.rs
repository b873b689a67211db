//! Datagrams that did not arrive: what a receive is told of them (M-022, M-023, I-017).
//!
//! Windows fails a receive with WSAECONNRESET once for each port-unreachable that an earlier
//! datagram drew, and with WSAENETRESET for one whose hops ran out, connected or not. The kernel
//! tells an unconnected socket of neither unless it is asked to keep such messages, which is done
//! at the first datagram that is sent. A send is never failed by them.

use super::{Number, SOCK_DGRAM, Socket, open};
use linsock_abi::{SIO_UDP_CONNRESET, SIO_UDP_NETRESET, WsaError};
use linsock_backend::address::{AF_INET, AF_INET6};
use linsock_backend::report::{self, Reports};

/// SIO_UDP_CONNRESET and SIO_UDP_NETRESET: whether receives are told (I-017).
///
/// # Errors
/// WSAENOTSOCK; WSAENOPROTOOPT: not a datagram socket; WSAEFAULT: no value.
pub fn set(number: Number, code: u32, value: &[u8]) -> Result<(), WsaError> {
    let (_, mut socket) = open(number)?;
    if socket.is_connection_oriented() {
        return Err(WsaError::WSAENOPROTOOPT);
    }
    // A single byte is often given for the BOOL.
    let on = match value.first_chunk() {
        Some(bytes) => u32::from_ne_bytes(*bytes) != 0,
        None => *value.first().ok_or(WsaError::WSAEFAULT)? != 0,
    };
    socket.options.store_ioctl(code, on.into());
    if socket.keeps_reports {
        socket.tell_kernel_of_reports();
    }
    Ok(())
}

impl Socket {
    /// Before a datagram goes out.
    pub(super) fn keep_reports(&mut self) {
        let internet = matches!(self.family, AF_INET | AF_INET6);
        if !self.keeps_reports && self.kind == SOCK_DGRAM && internet {
            self.keeps_reports = true;
            self.tell_kernel_of_reports();
        }
    }

    fn tell_kernel_of_reports(&self) {
        let Reports { unreachable, expired, .. } = self.reports();
        report::keep(self.fd, self.family == AF_INET6, unreachable || expired);
    }

    /// What receives are told. Who wants no WSAECONNRESET gets no WSAENETRESET either, unless it
    /// was asked for: a socket that the kernel keeps messages for looks readable while it has any,
    /// and would do so in vain.
    pub(super) fn reports(&self) -> Reports {
        // Whoever made an adopted socket may have asked for messages.
        if !self.keeps_reports && !(self.adopted && self.kind == SOCK_DGRAM) {
            return Reports::default();
        }
        let asked = |code| self.options.ioctl(code).map(|on| on != 0);
        let unreachable = asked(SIO_UDP_CONNRESET).unwrap_or(true);
        let expired = asked(SIO_UDP_NETRESET).unwrap_or(unreachable);
        Reports { kept: true, unreachable, expired }
    }
}
