//! The one mapping between the number spaces: Linux error numbers to Winsock's,
//! Winsock's to NTSTATUS, NTSTATUS to Win32 and back to Winsock.
//!
//! One row a fact; where an error means different things for different calls
//! (a refused connect is not a refused datagram), the row names its calls, and
//! the first row that fits decides.

use crate::error::{Errno, NtStatus, Win32Error, WsaError};

/// The kind of call an error came from.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Hash)]
pub enum Call {
    Socket,
    Bind,
    Listen,
    Accept,
    Connect,
    /// A send on a stream.
    Send,
    /// A send on a datagram socket, connected or not.
    SendTo,
    /// A receive on a stream.
    Recv,
    /// A receive on a datagram socket, connected or not.
    RecvFrom,
    Shutdown,
    Option,
    Ioctl,
    Other,
}

impl Call {
    /// Every kind of call.
    pub const ALL: &'static [Call] = &[
        Call::Socket,
        Call::Bind,
        Call::Listen,
        Call::Accept,
        Call::Connect,
        Call::Send,
        Call::SendTo,
        Call::Recv,
        Call::RecvFrom,
        Call::Shutdown,
        Call::Option,
        Call::Ioctl,
        Call::Other,
    ];
}

/// Which calls a row holds for; an empty list is every call.
type On = &'static [Call];

const ANY: On = &[];
const CONNECT: On = &[Call::Connect];
const SENDING: On = &[Call::Send, Call::SendTo];
const TRANSFER: On = &[Call::Send, Call::SendTo, Call::Recv, Call::RecvFrom];
const DATAGRAM: On = &[Call::SendTo, Call::RecvFrom];

fn fits(on: On, call: Call) -> bool {
    on.is_empty() || on.contains(&call)
}

/// Linux error number, call -> Winsock (contract 22.1, last column).
///
/// EAGAIN stands first because it is the only one on a fast path.
#[rustfmt::skip]
const FROM_ERRNO: &[(Errno, On, WsaError)] = &[
    (Errno::EAGAIN,          ANY,              WsaError::WSAEWOULDBLOCK),
    // The engine pends an overlapped connect itself; whoever sees the error made a non-blocking one.
    (Errno::EINPROGRESS,     ANY,              WsaError::WSAEWOULDBLOCK),
    (Errno::ECONNREFUSED,    TRANSFER,         WsaError::WSAECONNRESET),
    (Errno::ECONNREFUSED,    ANY,              WsaError::WSAECONNREFUSED),
    (Errno::ECONNRESET,      ANY,              WsaError::WSAECONNRESET),
    // A peer that was gone before accept took its connection.
    (Errno::ECONNABORTED,    &[Call::Accept],  WsaError::WSAECONNRESET),
    (Errno::ECONNABORTED,    ANY,              WsaError::WSAECONNABORTED),
    // The peer's reset; the engine tells the socket's own shutdown apart before it comes here.
    (Errno::EPIPE,           ANY,              WsaError::WSAECONNRESET),
    (Errno::ESHUTDOWN,       ANY,              WsaError::WSAESHUTDOWN),
    // Windows gives up on unacknowledged data by aborting the connection.
    (Errno::ETIMEDOUT,       &[Call::Send],    WsaError::WSAECONNABORTED),
    (Errno::ETIMEDOUT,       ANY,              WsaError::WSAETIMEDOUT),
    // No free port; the engine turns a pinned port's conflict into WSAEADDRINUSE (C-064).
    (Errno::EADDRNOTAVAIL,   CONNECT,          WsaError::WSAENOBUFS),
    (Errno::EADDRNOTAVAIL,   ANY,              WsaError::WSAEADDRNOTAVAIL),
    (Errno::EADDRINUSE,      ANY,              WsaError::WSAEADDRINUSE),
    (Errno::ENETUNREACH,     ANY,              WsaError::WSAENETUNREACH),
    (Errno::EHOSTUNREACH,    ANY,              WsaError::WSAEHOSTUNREACH),
    (Errno::ENETDOWN,        ANY,              WsaError::WSAENETDOWN),
    (Errno::ENONET,          ANY,              WsaError::WSAENETUNREACH),
    (Errno::EHOSTDOWN,       ANY,              WsaError::WSAEHOSTDOWN),
    (Errno::ENETRESET,       ANY,              WsaError::WSAENETRESET),
    (Errno::ENOTCONN,        ANY,              WsaError::WSAENOTCONN),
    (Errno::EISCONN,         ANY,              WsaError::WSAEISCONN),
    (Errno::EALREADY,        ANY,              WsaError::WSAEALREADY),
    (Errno::ECANCELED,       ANY,              WsaError::WSA_OPERATION_ABORTED),
    (Errno::EINTR,           ANY,              WsaError::WSAEINTR),
    (Errno::EBADF,           ANY,              WsaError::WSAENOTSOCK),
    (Errno::ENOTSOCK,        ANY,              WsaError::WSAENOTSOCK),
    (Errno::EACCES,          ANY,              WsaError::WSAEACCES),
    (Errno::EPERM,           ANY,              WsaError::WSAEACCES),
    (Errno::EFAULT,          ANY,              WsaError::WSAEFAULT),
    (Errno::EINVAL,          ANY,              WsaError::WSAEINVAL),
    (Errno::EMFILE,          ANY,              WsaError::WSAEMFILE),
    (Errno::ENFILE,          ANY,              WsaError::WSAEMFILE),
    (Errno::ENOBUFS,         ANY,              WsaError::WSAENOBUFS),
    (Errno::ENOMEM,          ANY,              WsaError::WSAENOBUFS),
    (Errno::EDESTADDRREQ,    ANY,              WsaError::WSAEDESTADDRREQ),
    (Errno::EMSGSIZE,        ANY,              WsaError::WSAEMSGSIZE),
    (Errno::EPROTOTYPE,      ANY,              WsaError::WSAEPROTOTYPE),
    (Errno::ENOPROTOOPT,     ANY,              WsaError::WSAENOPROTOOPT),
    (Errno::EPROTONOSUPPORT, ANY,              WsaError::WSAEPROTONOSUPPORT),
    (Errno::ESOCKTNOSUPPORT, ANY,              WsaError::WSAESOCKTNOSUPPORT),
    (Errno::EOPNOTSUPP,      ANY,              WsaError::WSAEOPNOTSUPP),
    (Errno::EPFNOSUPPORT,    ANY,              WsaError::WSAEPFNOSUPPORT),
    (Errno::EAFNOSUPPORT,    ANY,              WsaError::WSAEAFNOSUPPORT),
    (Errno::ETOOMANYREFS,    ANY,              WsaError::WSAETOOMANYREFS),
    (Errno::ELOOP,           ANY,              WsaError::WSAELOOP),
    (Errno::ENAMETOOLONG,    ANY,              WsaError::WSAENAMETOOLONG),
    (Errno::ENOTEMPTY,       ANY,              WsaError::WSAENOTEMPTY),
    (Errno::EUSERS,          ANY,              WsaError::WSAEUSERS),
    (Errno::EDQUOT,          ANY,              WsaError::WSAEDQUOT),
    (Errno::ESTALE,          ANY,              WsaError::WSAESTALE),
    (Errno::EREMOTE,         ANY,              WsaError::WSAEREMOTE),
    // A path that nobody listens on (AF_UNIX): nothing there to connect to.
    (Errno::ENOENT,          CONNECT,          WsaError::WSAECONNREFUSED),
    // An ioctl the kernel does not know for this socket (I-004).
    (Errno::ENOTTY,          ANY,              WsaError::WSAEINVAL),
    (Errno::ENODEV,          ANY,              WsaError::WSAEADDRNOTAVAIL),
    (Errno::ENOSYS,          ANY,              WsaError::WSAEOPNOTSUPP),
    // What the kernel says of an ICMP protocol error.
    (Errno::EPROTO,          ANY,              WsaError::WSAECONNABORTED),
];

/// Winsock, call -> NTSTATUS (contract 22.1, third column).
#[rustfmt::skip]
const TO_STATUS: &[(WsaError, On, NtStatus)] = &[
    (WsaError(0),                       ANY,      NtStatus::STATUS_SUCCESS),
    (WsaError::WSA_INVALID_HANDLE,      ANY,      NtStatus::STATUS_INVALID_HANDLE),
    (WsaError::WSA_NOT_ENOUGH_MEMORY,   ANY,      NtStatus::STATUS_NO_MEMORY),
    (WsaError::WSA_INVALID_PARAMETER,   ANY,      NtStatus::STATUS_INVALID_PARAMETER),
    (WsaError::WSA_OPERATION_ABORTED,   ANY,      NtStatus::STATUS_CANCELLED),
    (WsaError::WSA_IO_INCOMPLETE,       ANY,      NtStatus::STATUS_PENDING),
    (WsaError::WSA_IO_PENDING,          ANY,      NtStatus::STATUS_PENDING),
    (WsaError::WSAEINTR,                ANY,      NtStatus::STATUS_CANCELLED),
    (WsaError::WSAEACCES,               ANY,      NtStatus::STATUS_ACCESS_DENIED),
    (WsaError::WSAEFAULT,               ANY,      NtStatus::STATUS_ACCESS_VIOLATION),
    (WsaError::WSAEINVAL,               ANY,      NtStatus::STATUS_INVALID_PARAMETER),
    (WsaError::WSAEMFILE,               ANY,      NtStatus::STATUS_TOO_MANY_OPENED_FILES),
    (WsaError::WSAEWOULDBLOCK,          ANY,      NtStatus::STATUS_DEVICE_NOT_READY),
    (WsaError::WSAENOTSOCK,             ANY,      NtStatus::STATUS_OBJECT_TYPE_MISMATCH),
    (WsaError::WSAEMSGSIZE,             SENDING,  NtStatus::STATUS_INVALID_BUFFER_SIZE),
    (WsaError::WSAEMSGSIZE,             ANY,      NtStatus::STATUS_BUFFER_OVERFLOW),
    (WsaError::WSAEOPNOTSUPP,           ANY,      NtStatus::STATUS_NOT_SUPPORTED),
    (WsaError::WSAEADDRINUSE,           ANY,      NtStatus::STATUS_ADDRESS_ALREADY_EXISTS),
    // A remote address that cannot be reached by design; elsewhere a local one that is not ours.
    (WsaError::WSAEADDRNOTAVAIL,        CONNECT,  NtStatus::STATUS_INVALID_ADDRESS_COMPONENT),
    (WsaError::WSAEADDRNOTAVAIL,        ANY,      NtStatus::STATUS_INVALID_ADDRESS),
    (WsaError::WSAENETDOWN,             ANY,      NtStatus::STATUS_UNEXPECTED_NETWORK_ERROR),
    (WsaError::WSAENETUNREACH,          ANY,      NtStatus::STATUS_NETWORK_UNREACHABLE),
    // A datagram's hops ran out; on a stream it is the keep-alive's verdict, for which the
    // engine keeps 10052 beside the status, because the status alone reads back as 10053.
    (WsaError::WSAENETRESET,            DATAGRAM, NtStatus::STATUS_HOPLIMIT_EXCEEDED),
    (WsaError::WSAENETRESET,            ANY,      NtStatus::STATUS_CONNECTION_ABORTED),
    (WsaError::WSAECONNABORTED,         ANY,      NtStatus::STATUS_CONNECTION_ABORTED),
    (WsaError::WSAECONNRESET,           DATAGRAM, NtStatus::STATUS_PORT_UNREACHABLE),
    (WsaError::WSAECONNRESET,           ANY,      NtStatus::STATUS_CONNECTION_RESET),
    (WsaError::WSAENOBUFS,              ANY,      NtStatus::STATUS_INSUFFICIENT_RESOURCES),
    (WsaError::WSAEISCONN,              ANY,      NtStatus::STATUS_CONNECTION_ACTIVE),
    (WsaError::WSAENOTCONN,             ANY,      NtStatus::STATUS_INVALID_CONNECTION),
    (WsaError::WSAESHUTDOWN,            ANY,      NtStatus::STATUS_PIPE_DISCONNECTED),
    (WsaError::WSAETIMEDOUT,            ANY,      NtStatus::STATUS_IO_TIMEOUT),
    (WsaError::WSAECONNREFUSED,         ANY,      NtStatus::STATUS_CONNECTION_REFUSED),
    (WsaError::WSAEHOSTUNREACH,         ANY,      NtStatus::STATUS_HOST_UNREACHABLE),
    (WsaError::WSAEDISCON,              ANY,      NtStatus::STATUS_GRACEFUL_DISCONNECT),
];

const UNMAPPED: Win32Error = Win32Error::ERROR_MR_MID_NOT_FOUND;

/// NTSTATUS -> Win32, Winsock (contract 22.2).
///
/// A 0 for Winsock under END_OF_FILE is the contract's "0 bytes": an end of
/// stream is no error there.
#[rustfmt::skip]
const FROM_STATUS: &[(NtStatus, Win32Error, WsaError)] = &[
    (NtStatus::STATUS_SUCCESS,                   Win32Error::ERROR_SUCCESS,             WsaError(0)),
    (NtStatus::STATUS_TIMEOUT,                   Win32Error::ERROR_TIMEOUT,             WsaError::WSAETIMEDOUT),
    (NtStatus::STATUS_PENDING,                   Win32Error::ERROR_IO_PENDING,          WsaError::WSA_IO_INCOMPLETE),
    // ntstatus.h: a success that informs, of which Winsock makes MSG_OOB (S-041).
    (NtStatus::STATUS_RECEIVE_EXPEDITED,         Win32Error::ERROR_SUCCESS,             WsaError(0)),
    (NtStatus::STATUS_BUFFER_OVERFLOW,           Win32Error::ERROR_MORE_DATA,           WsaError::WSAEMSGSIZE),
    (NtStatus::STATUS_UNSUCCESSFUL,              Win32Error::ERROR_GEN_FAILURE,         WsaError::WSAEINVAL),
    (NtStatus::STATUS_ACCESS_VIOLATION,          Win32Error::ERROR_NOACCESS,            WsaError::WSAEFAULT),
    (NtStatus::STATUS_INVALID_HANDLE,            Win32Error::ERROR_INVALID_HANDLE,      WsaError::WSAENOTSOCK),
    (NtStatus::STATUS_INVALID_PARAMETER,         Win32Error::ERROR_INVALID_PARAMETER,   WsaError::WSAEINVAL),
    (NtStatus::STATUS_INVALID_DEVICE_REQUEST,    Win32Error::ERROR_INVALID_FUNCTION,    WsaError::WSAEINVAL),
    (NtStatus::STATUS_END_OF_FILE,               Win32Error::ERROR_HANDLE_EOF,          WsaError(0)),
    (NtStatus::STATUS_NO_MEMORY,                 Win32Error::ERROR_NOT_ENOUGH_MEMORY,   WsaError::WSAENOBUFS),
    (NtStatus::STATUS_ACCESS_DENIED,             Win32Error::ERROR_ACCESS_DENIED,       WsaError::WSAEACCES),
    (NtStatus::STATUS_BUFFER_TOO_SMALL,          Win32Error::ERROR_INSUFFICIENT_BUFFER, WsaError::WSAEFAULT),
    (NtStatus::STATUS_OBJECT_TYPE_MISMATCH,      Win32Error::ERROR_INVALID_HANDLE,      WsaError::WSAENOTSOCK),
    (NtStatus::STATUS_INSUFFICIENT_RESOURCES,    Win32Error::ERROR_NO_SYSTEM_RESOURCES, WsaError::WSAENOBUFS),
    (NtStatus::STATUS_DEVICE_NOT_READY,          Win32Error::ERROR_NOT_READY,           WsaError::WSAEWOULDBLOCK),
    (NtStatus::STATUS_PIPE_DISCONNECTED,         Win32Error::ERROR_PIPE_NOT_CONNECTED,  WsaError::WSAESHUTDOWN),
    (NtStatus::STATUS_IO_TIMEOUT,                Win32Error::ERROR_SEM_TIMEOUT,         WsaError::WSAETIMEDOUT),
    (NtStatus::STATUS_NOT_SUPPORTED,             Win32Error::ERROR_NOT_SUPPORTED,       WsaError::WSAEOPNOTSUPP),
    (NtStatus::STATUS_UNEXPECTED_NETWORK_ERROR,  Win32Error::ERROR_UNEXP_NET_ERR,       WsaError::WSAENETDOWN),
    (NtStatus::STATUS_CANCELLED,                 Win32Error::ERROR_OPERATION_ABORTED,   WsaError::WSA_OPERATION_ABORTED),
    (NtStatus::STATUS_LOCAL_DISCONNECT,          Win32Error::ERROR_NETNAME_DELETED,     WsaError::WSAECONNABORTED),
    (NtStatus::STATUS_REMOTE_DISCONNECT,         Win32Error::ERROR_NETNAME_DELETED,     WsaError::WSAECONNRESET),
    (NtStatus::STATUS_LINK_TIMEOUT,              Win32Error::ERROR_UNEXP_NET_ERR,       WsaError::WSAETIMEDOUT),
    (NtStatus::STATUS_INVALID_CONNECTION,        Win32Error::ERROR_UNEXP_NET_ERR,       WsaError::WSAENOTCONN),
    (NtStatus::STATUS_INVALID_ADDRESS,           Win32Error::ERROR_UNEXP_NET_ERR,       WsaError::WSAEADDRNOTAVAIL),
    (NtStatus::STATUS_INVALID_BUFFER_SIZE,       Win32Error::ERROR_INVALID_USER_BUFFER, WsaError::WSAEMSGSIZE),
    (NtStatus::STATUS_INVALID_ADDRESS_COMPONENT, Win32Error::ERROR_INVALID_NETNAME,     WsaError::WSAEADDRNOTAVAIL),
    (NtStatus::STATUS_TOO_MANY_ADDRESSES,        Win32Error::ERROR_TOO_MANY_NAMES,      WsaError::WSAENOBUFS),
    (NtStatus::STATUS_ADDRESS_ALREADY_EXISTS,    Win32Error::ERROR_DUP_NAME,            WsaError::WSAEADDRINUSE),
    (NtStatus::STATUS_CONNECTION_DISCONNECTED,   Win32Error::ERROR_NETNAME_DELETED,     WsaError::WSAECONNRESET),
    (NtStatus::STATUS_CONNECTION_RESET,          Win32Error::ERROR_NETNAME_DELETED,     WsaError::WSAECONNRESET),
    (NtStatus::STATUS_NOT_FOUND,                 Win32Error::ERROR_NOT_FOUND,           WsaError::WSAEINVAL),
    (NtStatus::STATUS_CONNECTION_REFUSED,        Win32Error::ERROR_CONNECTION_REFUSED,  WsaError::WSAECONNREFUSED),
    (NtStatus::STATUS_GRACEFUL_DISCONNECT,       Win32Error::ERROR_GRACEFUL_DISCONNECT, WsaError::WSAEDISCON),
    (NtStatus::STATUS_CONNECTION_INVALID,        Win32Error::ERROR_CONNECTION_INVALID,  WsaError::WSAENOTCONN),
    (NtStatus::STATUS_CONNECTION_ACTIVE,         Win32Error::ERROR_CONNECTION_ACTIVE,   WsaError::WSAEISCONN),
    (NtStatus::STATUS_NETWORK_UNREACHABLE,       Win32Error::ERROR_NETWORK_UNREACHABLE, WsaError::WSAENETUNREACH),
    (NtStatus::STATUS_HOST_UNREACHABLE,          Win32Error::ERROR_HOST_UNREACHABLE,    WsaError::WSAEHOSTUNREACH),
    (NtStatus::STATUS_PROTOCOL_UNREACHABLE,      Win32Error::ERROR_PROTOCOL_UNREACHABLE, WsaError::WSAENETUNREACH),
    (NtStatus::STATUS_PORT_UNREACHABLE,          Win32Error::ERROR_PORT_UNREACHABLE,    WsaError::WSAECONNRESET),
    (NtStatus::STATUS_CONNECTION_ABORTED,        Win32Error::ERROR_CONNECTION_ABORTED,  WsaError::WSAECONNABORTED),
    (NtStatus::STATUS_HOPLIMIT_EXCEEDED,         UNMAPPED,                              WsaError::WSAENETRESET),
    // Not in the contract's table; ntstatus.h and winerror.h pair them by name.
    (NtStatus::STATUS_TOO_MANY_OPENED_FILES,     Win32Error::ERROR_TOO_MANY_OPEN_FILES, WsaError::WSAEMFILE),
    (NtStatus::STATUS_OBJECT_NAME_NOT_FOUND,     Win32Error::ERROR_FILE_NOT_FOUND,      WsaError::WSAEINVAL),
    (NtStatus::STATUS_OBJECT_NAME_COLLISION,     Win32Error::ERROR_ALREADY_EXISTS,      WsaError::WSAEINVAL),
    (NtStatus::STATUS_OBJECT_PATH_NOT_FOUND,     Win32Error::ERROR_PATH_NOT_FOUND,      WsaError::WSAEINVAL),
    (NtStatus::STATUS_SHARING_VIOLATION,         Win32Error::ERROR_SHARING_VIOLATION,   WsaError::WSAEINVAL),
    (NtStatus::STATUS_DISK_FULL,                 Win32Error::ERROR_DISK_FULL,           WsaError::WSAEINVAL),
    (NtStatus::STATUS_FILE_IS_A_DIRECTORY,       Win32Error::ERROR_ACCESS_DENIED,       WsaError::WSAEINVAL),
    (NtStatus::STATUS_PIPE_BROKEN,               Win32Error::ERROR_BROKEN_PIPE,         WsaError::WSAECONNRESET),
];

/// Facility "Win32" of NTSTATUS, severity error: the low 16 bits are a Win32
/// number (winerror.h's NTSTATUS_FROM_WIN32). Carries the Winsock numbers that
/// have no status of their own, so that none is lost on the way.
const WIN32_FACILITY: u32 = 0xC007_0000;

impl WsaError {
    /// What `errno` means to the caller of a Winsock function of the kind `call`.
    ///
    /// A number without a row is WSAEINVAL, as Winsock reports what it cannot name.
    pub fn from_errno(errno: Errno, call: Call) -> WsaError {
        let row = FROM_ERRNO.iter().find(|row| row.0 == errno && fits(row.1, call));
        row.map_or(WsaError::WSAEINVAL, |row| row.2)
    }
}

impl NtStatus {
    /// The status that stands in `OVERLAPPED.Internal` when an operation of the
    /// kind `call` completes with `error`.
    pub fn from_wsa(error: WsaError, call: Call) -> NtStatus {
        let row = TO_STATUS.iter().find(|row| row.0 == error && fits(row.1, call));
        match (row, u16::try_from(error.0)) {
            (Some(row), _) => row.2,
            (None, Ok(number)) => NtStatus((WIN32_FACILITY | u32::from(number)) as i32),
            (None, Err(_)) => NtStatus::STATUS_UNSUCCESSFUL,
        }
    }

    /// What GetOverlappedResult and GetQueuedCompletionStatus report for this status.
    ///
    /// A status without a row is ERROR_MR_MID_NOT_FOUND, as on Windows.
    pub fn to_win32(self) -> Win32Error {
        let row = FROM_STATUS.iter().find(|row| row.0 == self);
        let unmapped = || self.win32_facility().map_or(UNMAPPED, |n| Win32Error(u32::from(n)));
        row.map_or_else(unmapped, |row| row.1)
    }

    /// What WSAGetOverlappedResult and completion routines report for this status.
    pub fn to_wsa(self) -> WsaError {
        let row = FROM_STATUS.iter().find(|row| row.0 == self);
        let unmapped =
            || self.win32_facility().map_or(WsaError::WSAEINVAL, |n| WsaError(i32::from(n)));
        row.map_or_else(unmapped, |row| row.2)
    }

    fn win32_facility(self) -> Option<u16> {
        let bits = self.0 as u32;
        (bits & 0xFFFF_0000 == WIN32_FACILITY).then_some(bits as u16)
    }
}

#[cfg(test)]
mod tests;
