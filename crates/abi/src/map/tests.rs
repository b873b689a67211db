//! Executes every row of the contract's tables 22.1 and 22.2, written here as numbers so that
//! a slip in the named tables shows.

use super::*;

const EVERY: &[Call] = Call::ALL;

/// 22.1: number, status (0 = none of its own), the calls it holds for.
#[rustfmt::skip]
const STATUS_OF: &[(i32, u32, &[Call])] = &[
    (6,     0xC000_0008, EVERY),
    (8,     0xC000_0017, EVERY),
    (87,    0xC000_000D, EVERY),
    (995,   0xC000_0120, EVERY),
    (996,   0x0000_0103, EVERY),
    (997,   0x0000_0103, EVERY),
    (10004, 0xC000_0120, EVERY),
    (10009, 0,           EVERY),
    (10013, 0xC000_0022, EVERY),
    (10014, 0xC000_0005, EVERY),
    (10022, 0xC000_000D, EVERY),
    (10024, 0xC000_011F, EVERY),
    (10035, 0xC000_00A3, EVERY),
    (10036, 0,           EVERY),
    (10037, 0,           EVERY),
    (10038, 0xC000_0024, EVERY),
    (10039, 0,           EVERY),
    (10040, 0x8000_0005, &[Call::Recv, Call::RecvFrom]),
    (10040, 0xC000_0206, &[Call::Send, Call::SendTo]),
    (10041, 0,           EVERY),
    (10042, 0,           EVERY),
    (10043, 0,           EVERY),
    (10044, 0,           EVERY),
    (10045, 0xC000_00BB, EVERY),
    (10046, 0,           EVERY),
    (10047, 0,           EVERY),
    (10048, 0xC000_020A, EVERY),
    (10049, 0xC000_0141, &[Call::Bind, Call::SendTo]),
    (10049, 0xC000_0207, &[Call::Connect]),
    (10050, 0xC000_00C4, EVERY),
    (10051, 0xC000_023C, EVERY),
    (10052, 0xC000_A012, &[Call::SendTo, Call::RecvFrom]),
    (10052, 0xC000_0241, &[Call::Send, Call::Recv]),
    (10053, 0xC000_0241, EVERY),
    (10054, 0xC000_020D, &[Call::Accept, Call::Connect, Call::Send, Call::Recv]),
    (10054, 0xC000_023F, &[Call::SendTo, Call::RecvFrom]),
    (10055, 0xC000_009A, EVERY),
    (10056, 0xC000_023B, EVERY),
    (10057, 0xC000_0140, EVERY),
    (10058, 0xC000_00B0, EVERY),
    (10059, 0,           EVERY),
    (10060, 0xC000_00B5, EVERY),
    (10061, 0xC000_0236, EVERY),
    (10062, 0,           EVERY),
    (10063, 0,           EVERY),
    (10064, 0,           EVERY),
    (10065, 0xC000_023D, EVERY),
    (10101, 0xC000_0237, EVERY),
];

/// 22.1: Linux error number, Winsock number, the calls it holds for.
#[rustfmt::skip]
const MEANING_OF: &[(Errno, i32, &[Call])] = &[
    (Errno::ECANCELED,       995,   EVERY),
    (Errno::EINTR,           10004, EVERY),
    (Errno::EACCES,          10013, EVERY),
    (Errno::EPERM,           10013, EVERY),
    (Errno::EFAULT,          10014, EVERY),
    (Errno::EINVAL,          10022, EVERY),
    (Errno::EMFILE,          10024, EVERY),
    (Errno::ENFILE,          10024, EVERY),
    (Errno::EAGAIN,          10035, EVERY),
    (Errno::EINPROGRESS,     10035, EVERY),
    (Errno::EALREADY,        10037, EVERY),
    (Errno::ENOTSOCK,        10038, EVERY),
    (Errno::EBADF,           10038, EVERY),
    (Errno::EDESTADDRREQ,    10039, EVERY),
    (Errno::EMSGSIZE,        10040, EVERY),
    (Errno::EPROTOTYPE,      10041, EVERY),
    (Errno::ENOPROTOOPT,     10042, EVERY),
    (Errno::EPROTONOSUPPORT, 10043, EVERY),
    (Errno::ESOCKTNOSUPPORT, 10044, EVERY),
    (Errno::EOPNOTSUPP,      10045, EVERY),
    (Errno::EPFNOSUPPORT,    10046, EVERY),
    (Errno::EAFNOSUPPORT,    10047, EVERY),
    (Errno::EADDRINUSE,      10048, EVERY),
    (Errno::EADDRNOTAVAIL,   10049, &[Call::Bind, Call::SendTo, Call::Option, Call::Other]),
    (Errno::EADDRNOTAVAIL,   10055, &[Call::Connect]),
    (Errno::ENETDOWN,        10050, EVERY),
    (Errno::ENETUNREACH,     10051, EVERY),
    (Errno::ENETRESET,       10052, EVERY),
    (Errno::ECONNABORTED,    10053, &[Call::Connect, Call::Send, Call::Recv, Call::Other]),
    (Errno::ECONNABORTED,    10054, &[Call::Accept]),
    (Errno::ECONNRESET,      10054, EVERY),
    (Errno::EPIPE,           10054, EVERY),
    (Errno::ENOBUFS,         10055, EVERY),
    (Errno::ENOMEM,          10055, EVERY),
    (Errno::EISCONN,         10056, EVERY),
    (Errno::ENOTCONN,        10057, EVERY),
    (Errno::ESHUTDOWN,       10058, EVERY),
    (Errno::ETOOMANYREFS,    10059, EVERY),
    (Errno::ETIMEDOUT,       10053, &[Call::Send]),
    (Errno::ETIMEDOUT,       10060, &[Call::Connect, Call::Recv, Call::RecvFrom, Call::Other]),
    (Errno::ECONNREFUSED,    10061, &[Call::Connect, Call::Option, Call::Other]),
    (Errno::ECONNREFUSED,    10054, &[Call::SendTo, Call::RecvFrom, Call::Send, Call::Recv]),
    (Errno::ELOOP,           10062, EVERY),
    (Errno::ENAMETOOLONG,    10063, EVERY),
    (Errno::EHOSTDOWN,       10064, EVERY),
    (Errno::EHOSTUNREACH,    10065, EVERY),
    (Errno::ENOTEMPTY,       10066, EVERY),
    (Errno::EUSERS,          10068, EVERY),
    (Errno::EDQUOT,          10069, EVERY),
    (Errno::ESTALE,          10070, EVERY),
    (Errno::EREMOTE,         10071, EVERY),
];

/// 22.2: status, its name, Win32, Winsock (None where the contract has a dash).
#[rustfmt::skip]
const REPORT_OF: &[(u32, &str, u32, Option<i32>)] = &[
    (0x0000_0000, "SUCCESS", 0, Some(0)),
    (0x0000_0102, "TIMEOUT", 1460, Some(10060)),
    (0x0000_0103, "PENDING", 997, Some(996)),
    (0x4000_0010, "RECEIVE_EXPEDITED", 0, Some(0)),
    (0x8000_0005, "BUFFER_OVERFLOW", 234, Some(10040)),
    (0xC000_0001, "UNSUCCESSFUL", 31, Some(10022)),
    (0xC000_0005, "ACCESS_VIOLATION", 998, Some(10014)),
    (0xC000_0008, "INVALID_HANDLE", 6, Some(10038)),
    (0xC000_000D, "INVALID_PARAMETER", 87, Some(10022)),
    (0xC000_0010, "INVALID_DEVICE_REQUEST", 1, Some(10022)),
    (0xC000_0011, "END_OF_FILE", 38, Some(0)),
    (0xC000_0017, "NO_MEMORY", 8, Some(10055)),
    (0xC000_0022, "ACCESS_DENIED", 5, Some(10013)),
    (0xC000_0023, "BUFFER_TOO_SMALL", 122, Some(10014)),
    (0xC000_0024, "OBJECT_TYPE_MISMATCH", 6, Some(10038)),
    (0xC000_009A, "INSUFFICIENT_RESOURCES", 1450, Some(10055)),
    (0xC000_00A3, "DEVICE_NOT_READY", 21, Some(10035)),
    (0xC000_00B0, "PIPE_DISCONNECTED", 233, Some(10058)),
    (0xC000_00B5, "IO_TIMEOUT", 121, Some(10060)),
    (0xC000_00BB, "NOT_SUPPORTED", 50, Some(10045)),
    (0xC000_00C4, "UNEXPECTED_NETWORK_ERROR", 59, Some(10050)),
    (0xC000_0120, "CANCELLED", 995, Some(995)),
    (0xC000_013B, "LOCAL_DISCONNECT", 64, Some(10053)),
    (0xC000_013C, "REMOTE_DISCONNECT", 64, Some(10054)),
    (0xC000_013F, "LINK_TIMEOUT", 59, Some(10060)),
    (0xC000_0140, "INVALID_CONNECTION", 59, Some(10057)),
    (0xC000_0141, "INVALID_ADDRESS", 59, Some(10049)),
    (0xC000_0206, "INVALID_BUFFER_SIZE", 1784, Some(10040)),
    (0xC000_0207, "INVALID_ADDRESS_COMPONENT", 1214, Some(10049)),
    (0xC000_0209, "TOO_MANY_ADDRESSES", 68, Some(10055)),
    (0xC000_020A, "ADDRESS_ALREADY_EXISTS", 52, Some(10048)),
    (0xC000_020C, "CONNECTION_DISCONNECTED", 64, Some(10054)),
    (0xC000_020D, "CONNECTION_RESET", 64, Some(10054)),
    (0xC000_0225, "NOT_FOUND", 1168, None),
    (0xC000_0236, "CONNECTION_REFUSED", 1225, Some(10061)),
    (0xC000_0237, "GRACEFUL_DISCONNECT", 1226, Some(10101)),
    (0xC000_023A, "CONNECTION_INVALID", 1229, Some(10057)),
    (0xC000_023B, "CONNECTION_ACTIVE", 1230, Some(10056)),
    (0xC000_023C, "NETWORK_UNREACHABLE", 1231, Some(10051)),
    (0xC000_023D, "HOST_UNREACHABLE", 1232, Some(10065)),
    (0xC000_023E, "PROTOCOL_UNREACHABLE", 1233, Some(10051)),
    (0xC000_023F, "PORT_UNREACHABLE", 1234, Some(10054)),
    (0xC000_0241, "CONNECTION_ABORTED", 1236, Some(10053)),
    (0xC000_A012, "HOPLIMIT_EXCEEDED", 317, Some(10052)),
];

#[test]
fn every_row_of_22_1_statuses() {
    for &(number, status, calls) in STATUS_OF {
        for &call in calls {
            let found = NtStatus::from_wsa(WsaError(number), call);
            if status != 0 {
                assert_eq!(found.0 as u32, status, "{number} {call:?}");
            } else {
                // No status of its own: it must come back unchanged.
                assert!(!found.is_success(), "{number} {call:?}");
                assert_eq!(found.to_wsa().0, number, "{call:?}");
                assert_eq!(found.to_win32().0, number as u32, "{call:?}");
            }
        }
    }
}

#[test]
fn every_row_of_22_1_errno() {
    for &(errno, number, calls) in MEANING_OF {
        for &call in calls {
            assert_eq!(WsaError::from_errno(errno, call).0, number, "{errno} {call:?}");
        }
    }
}

#[test]
fn every_row_of_22_2() {
    for &(status, name, win32, wsa) in REPORT_OF {
        let status = NtStatus(status as i32);
        assert_eq!(status.name(), Some(format!("STATUS_{name}").as_str()));
        assert_eq!(status.to_win32().0, win32, "{name}");
        if let Some(wsa) = wsa {
            assert_eq!(status.to_wsa().0, wsa, "{name}");
        }
    }
}

#[test]
fn an_error_that_completes_is_read_back_as_itself() {
    // These share their status with another number of the same meaning.
    let shared = [WsaError::WSA_IO_PENDING, WsaError::WSAEINTR];
    let shared_here = |error, call| {
        error == WsaError::WSAENETRESET && !DATAGRAM.contains(&call)
            || error == WsaError::WSA_INVALID_HANDLE
            || error == WsaError::WSA_NOT_ENOUGH_MEMORY
            || error == WsaError::WSA_INVALID_PARAMETER
    };
    for &(error, name, _) in WsaError::ALL {
        for &call in Call::ALL {
            if !shared.contains(&error) && !shared_here(error, call) {
                assert_eq!(NtStatus::from_wsa(error, call).to_wsa(), error, "{name} {call:?}");
            }
        }
    }
}

#[test]
fn what_no_row_names_maps_to_something_sensible() {
    let unknown = NtStatus(0xC0FF_FFFF_u32 as i32);
    assert_eq!(unknown.to_win32(), Win32Error::ERROR_MR_MID_NOT_FOUND);
    assert_eq!(unknown.to_wsa(), WsaError::WSAEINVAL);
    assert_eq!(WsaError::from_errno(Errno(4000), Call::Other), WsaError::WSAEINVAL);
    assert_eq!(NtStatus::from_wsa(WsaError(-5), Call::Other), NtStatus::STATUS_UNSUCCESSFUL);
    assert_eq!(NtStatus::from_wsa(WsaError(70_000), Call::Other), NtStatus::STATUS_UNSUCCESSFUL);
}

#[test]
fn a_refused_datagram_is_not_a_refused_connect() {
    let datagram = WsaError::from_errno(Errno::ECONNREFUSED, Call::RecvFrom);
    let status = NtStatus::from_wsa(datagram, Call::RecvFrom);
    assert_eq!(status, NtStatus::STATUS_PORT_UNREACHABLE);
    assert_eq!(status.to_win32(), Win32Error::ERROR_PORT_UNREACHABLE);
    let stream = WsaError::from_errno(Errno::ECONNREFUSED, Call::Connect);
    let status = NtStatus::from_wsa(stream, Call::Connect);
    assert_eq!(status.to_win32(), Win32Error::ERROR_CONNECTION_REFUSED);
}
