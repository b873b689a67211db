//! TCP_FAIL_CONNECT_ON_ICMP_ERROR and TCP_ICMP_ERROR_INFO: connections that ICMP ended (K-063).

use super::Socket;
use linsock_abi::{
    ICMP_ERROR_INFO, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, SOCKADDR_INET,
    TCP_FAIL_CONNECT_ON_ICMP_ERROR, WsaError,
};
use linsock_backend::error_queue;
use linsock_backend::op::{Outcome, Request};
use std::mem::offset_of;

const EHOSTUNREACH: i32 = 113;

impl Socket {
    /// Whether a connection attempt of this socket fails with WSAEHOSTUNREACH when an ICMP
    /// error comes, whatever the error says.
    fn fails_on_icmp(&self) -> bool {
        self.options.stored(IPPROTO_TCP, TCP_FAIL_CONNECT_ON_ICMP_ERROR) == Some(1)
    }

    /// Looks, after an attempt, for the ICMP error that ended it.
    pub(super) fn heed_icmp(&mut self, request: &Request, mut outcome: Outcome) -> Outcome {
        let Request::Connect(connect) = request else { return outcome };
        if !self.fails_on_icmp() {
            return outcome;
        }
        if outcome.error.is_none() || connect.is_established() {
            // What befalls a connection that stands is TCP's own business.
            error_queue::keep_icmp_errors(self.fd, false);
            return outcome;
        }
        self.icmp_error = error_queue::take_icmp_error(self.fd).map(Box::new);
        if self.icmp_error.is_some() {
            outcome.error = Some(linsock_abi::Errno(EHOSTUNREACH));
        }
        outcome
    }

    /// TCP_ICMP_ERROR_INFO: nothing where no ICMP error ended an attempt.
    pub(super) fn read_icmp_error(&self, out: &mut [u8]) -> Result<usize, WsaError> {
        let out = out.get_mut(..size_of::<ICMP_ERROR_INFO>()).ok_or(WsaError::WSAEFAULT)?;
        let Some(error) = &self.icmp_error else { return Ok(0) };
        out.fill(0);
        let (address, len) = error.from.windows_bytes();
        let len = len.min(size_of::<SOCKADDR_INET>());
        out[..len].copy_from_slice(&address[..len]);
        let protocol = if error.version_6 { IPPROTO_ICMPV6 } else { IPPROTO_ICMP };
        out[offset_of!(ICMP_ERROR_INFO, protocol)..][..4].copy_from_slice(&protocol.to_ne_bytes());
        out[offset_of!(ICMP_ERROR_INFO, r#type)] = error.kind;
        out[offset_of!(ICMP_ERROR_INFO, code)] = error.code;
        Ok(out.len())
    }
}
