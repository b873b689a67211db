//! Where Microsoft's pages and what Windows was observed to do differ: one table.
//!
//! `LINSOCK_CONTRACT=documented|observed` chooses the column; `documented` is the default.

use crate::settings;
use linsock_abi::WsaError;

/// A subject on which the two differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// DO-01: ConnectEx while another connection is in progress on the socket.
    ConnectExInProgress,
    /// DO-02: connect after ConnectEx, before the context update.
    ConnectBeforeUpdate,
    /// DO-03: connect while a ConnectEx is in progress.
    ConnectInProgress,
    /// DO-04: TransmitFile on an unconnected datagram socket.
    TransmitUnconnected,
    /// DO-06: SO_CONNECT_TIME on a datagram socket.
    DatagramConnectTime,
    /// DO-07: WSAGetOverlappedResult with NULL lpdwFlags; the count is stored either way.
    NullFlags,
    /// DO-08: WSAGetOverlappedResult with NULL lpOverlapped.
    NullOverlapped,
}

/// The error of a subject; `None`: the call succeeds.
pub fn error(subject: Subject) -> Option<WsaError> {
    use WsaError as E;
    #[rustfmt::skip]
    let (documented, observed) = match subject {
        Subject::ConnectExInProgress => (Some(E::WSAEALREADY),    Some(E::WSAEINVAL)),
        Subject::ConnectBeforeUpdate => (Some(E::WSAEISCONN),     Some(E::WSAEINVAL)),
        Subject::ConnectInProgress   => (Some(E::WSAEALREADY),    Some(E::WSAEINVAL)),
        Subject::TransmitUnconnected => (Some(E::WSAEINVAL),      Some(E::WSAENOTCONN)),
        Subject::DatagramConnectTime => (Some(E::WSAENOPROTOOPT), None),
        Subject::NullFlags           => (Some(E::WSAEFAULT),      None),
        Subject::NullOverlapped      => (Some(E::WSAEFAULT),      Some(E::WSA_INVALID_PARAMETER)),
    };
    if settings::get().observed { observed } else { documented }
}
