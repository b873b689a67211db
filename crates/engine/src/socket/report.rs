//! Datagrams that did not arrive: what a receive is told of them (M-022, M-023, I-017).
//!
//! Windows fails a receive with WSAECONNRESET once for each port-unreachable that an earlier
//! datagram drew, and with WSAENETRESET for one whose hops ran out, connected or not. The kernel
//! tells an unconnected socket of neither unless it is asked to keep such messages, which is done
//! at the first datagram that is sent. A send is never failed by them.

use super::queue::Side;
use super::{Number, SOCK_DGRAM, Socket, open};
use linsock_abi::{SIO_UDP_CONNRESET, SIO_UDP_NETRESET, WsaError};
use linsock_backend::address::{AF_INET, AF_INET6};
use linsock_backend::net::{self, Ready};
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
    // One that waits already is of the time before.
    socket.due_report = None;
    Ok(())
}

impl Socket {
    /// Before a datagram goes out.
    pub(super) fn keep_reports(&mut self) {
        if !self.keeps_reports && self.has_reports() {
            self.keeps_reports = true;
            report::keep(self.fd, self.family == AF_INET6);
        }
    }

    /// What receives are told.
    pub(super) fn reports(&self) -> Reports {
        // Whoever made an adopted socket may have asked for messages.
        let kept = self.keeps_reports || (self.adopted && self.has_reports());
        if !kept {
            return Reports::default();
        }
        let told = |code| self.options.ioctl(code).is_none_or(|on| on != 0);
        let (unreachable, expired) = (told(SIO_UDP_CONNRESET), told(SIO_UDP_NETRESET));
        Reports { kept, unreachable, expired, due: self.due_report }
    }

    fn has_reports(&self) -> bool {
        self.kind == SOCK_DGRAM && matches!(self.family, AF_INET | AF_INET6)
    }

    /// How ready a datagram socket is for a receive that is not there yet. Messages that no
    /// receive is told of make a socket look readable in vain, so they are taken out, up to one
    /// that is told; that one is kept here for the receive.
    pub(super) fn sift_reports(&mut self, ready: Ready) -> Ready {
        let reports = self.reports();
        if reports.kept && ready.failed && self.is_free(Side::Input) {
            while self.due_report.is_none() {
                let Some(report) = report::take(self.fd) else { break };
                self.due_report = reports.error_of(report);
            }
            let now = net::poll_now(self.fd).unwrap_or(ready);
            return Ready { readable: now.readable || self.due_report.is_some(), ..now };
        }
        Ready { readable: ready.readable || self.due_report.is_some(), ..ready }
    }
}
