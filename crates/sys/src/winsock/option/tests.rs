use super::*;
use crate::winsock::socket::{closesocket, socket};
use linsock_abi::*;

const TCP: (i32, i32) = (SOCK_STREAM, IPPROTO_TCP);
const UDP: (i32, i32) = (SOCK_DGRAM, IPPROTO_UDP);

fn with(family: i32, (kind, protocol): (i32, i32), work: impl FnOnce(SOCKET)) {
    linsock_engine::startup::begin().unwrap();
    // SAFETY: no pointers.
    let s = unsafe { socket(family, kind, protocol) };
    assert_ne!(s, INVALID_SOCKET);
    work(s);
    // SAFETY: no pointers.
    assert_eq!(unsafe { closesocket(s) }, 0);
}

fn set_bytes(s: SOCKET, level: i32, name: i32, value: &[u8]) -> Result<(), u32> {
    let len = value.len() as i32;
    // SAFETY: the value has that many bytes.
    match unsafe { setsockopt(s, level, name, value.as_ptr(), len) } {
        0 => Ok(()),
        _ => Err(crate::last_error::get()),
    }
}

fn set(s: SOCKET, level: i32, name: i32, value: u32) -> Result<(), u32> {
    set_bytes(s, level, name, &value.to_ne_bytes())
}

fn get(s: SOCKET, level: i32, name: i32) -> Result<u32, u32> {
    let (mut value, mut len) = (0x5555_5555_u32, 4);
    // SAFETY: four bytes of room.
    match unsafe { getsockopt(s, level, name, (&raw mut value).cast(), &raw mut len) } {
        0 => {
            assert_eq!(len, 4);
            Ok(value)
        }
        _ => Err(crate::last_error::get()),
    }
}

fn is(error: WsaError) -> Result<u32, u32> {
    Err(error.0 as u32)
}

#[test]
fn k_002_to_k_005_refusals() {
    with(AF_INET.into(), TCP, |s| {
        assert_eq!(get(s, 4711, 1), is(WsaError::WSAEINVAL));
        assert_eq!(get(s, SOL_SOCKET, 0x4711), is(WsaError::WSAENOPROTOOPT));
        assert_eq!(get(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT), is(WsaError::WSAENOPROTOOPT));
        assert_eq!(set(s, SOL_SOCKET, SO_TYPE, 1).map(|()| 0), is(WsaError::WSAENOPROTOOPT));
        assert_eq!(set(s, SOL_SOCKET, SO_BROADCAST, 1).map(|()| 0), is(WsaError::WSAENOPROTOOPT));
        assert_eq!(get(s, SOL_SOCKET, SO_RCVLOWAT), is(WsaError::WSAEINVAL));
        let short = set_bytes(s, SOL_SOCKET, SO_KEEPALIVE, &[1; 3]);
        assert_eq!(short.map(|()| 0), is(WsaError::WSAEFAULT));
        // SAFETY: NULL and an address that nobody has are probed.
        unsafe {
            assert_eq!(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, std::ptr::null(), 4), -1);
            assert_eq!(crate::last_error::get(), WsaError::WSAEFAULT.0 as u32);
            assert_eq!(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, 16 as *const u8, 4), -1);
            let mut len = 4;
            assert_eq!(getsockopt(s, SOL_SOCKET, SO_TYPE, 16 as *mut u8, &raw mut len), -1);
            assert_eq!(crate::last_error::get(), WsaError::WSAEFAULT.0 as u32);
        }
    });
}

#[test]
fn values_are_read_back_as_they_were_set() {
    let table: &[(i32, i32, u32, u32)] = &[
        (SOL_SOCKET, SO_DEBUG, 5, 1),
        (SOL_SOCKET, SO_KEEPALIVE, 2, 1),
        (SOL_SOCKET, SO_OOBINLINE, 1, 1),
        (SOL_SOCKET, SO_SNDBUF, 20000, 20000),
        (SOL_SOCKET, SO_RCVBUF, 0, 0),
        (SOL_SOCKET, SO_SNDTIMEO, 1500, 1500),
        (SOL_SOCKET, SO_DONTLINGER, 1, 1),
        (IPPROTO_TCP, TCP_NODELAY, 1, 1),
        (IPPROTO_TCP, TCP_KEEPIDLE, 40000, 40000),
        (IPPROTO_TCP, TCP_KEEPINTVL, 7, 7),
        (IPPROTO_TCP, TCP_KEEPCNT, 200, 200),
        (IPPROTO_TCP, TCP_MAXRT, 9, 9),
        (IPPROTO_TCP, TCP_MAXRTMS, 2500, 2500),
        (IPPROTO_TCP, TCP_FASTOPEN, 1, 1),
        (IPPROTO_IP, IP_TTL, 9, 9),
        (IPPROTO_IP, IP_DONTFRAGMENT, 1, 1),
        (IPPROTO_IP, IP_MTU_DISCOVER, 3, 3),
    ];
    with(AF_INET.into(), TCP, |s| {
        for &(level, name, value, read) in table {
            assert_eq!(set(s, level, name, value), Ok(()), "{level} {name:#x}");
            assert_eq!(get(s, level, name), Ok(read), "{level} {name:#x}");
        }
        assert_eq!(get(s, IPPROTO_TCP, TCP_MAXRT), Ok(3), "milliseconds are rounded up");
        assert_eq!(set(s, IPPROTO_TCP, TCP_KEEPCNT, 256).map(|()| 0), is(WsaError::WSAEINVAL));
    });
}

#[test]
fn the_kernel_is_told_under_its_own_numbers() {
    with(AF_INET.into(), TCP, |s| {
        for (name, value) in [(TCP_KEEPIDLE, 33), (TCP_KEEPCNT, 200), (TCP_NODELAY, 1)] {
            assert_eq!(set(s, IPPROTO_TCP, name, value), Ok(()));
        }
        assert_eq!(set(s, SOL_SOCKET, SO_KEEPALIVE, 1), Ok(()));
        let kernel = |level, name| linsock_backend::net::option_i32(s as i32, level, name).ok();
        assert_eq!(kernel(libc::IPPROTO_TCP, libc::TCP_KEEPIDLE), Some(33));
        assert_eq!(kernel(libc::IPPROTO_TCP, libc::TCP_KEEPCNT), Some(127), "as much as it takes");
        assert_eq!(kernel(libc::IPPROTO_TCP, libc::TCP_KEEPINTVL), Some(1), "K-062");
        assert_eq!(kernel(libc::IPPROTO_TCP, libc::TCP_NODELAY), Some(1));
        assert_eq!(kernel(libc::SOL_SOCKET, libc::SO_KEEPALIVE), Some(1));
    });
}

#[test]
fn defaults_are_windows_own() {
    with(AF_INET.into(), TCP, |s| {
        assert_eq!(get(s, SOL_SOCKET, SO_SNDBUF), Ok(65536));
        assert_eq!(get(s, SOL_SOCKET, SO_DONTLINGER), Ok(1));
        assert_eq!(get(s, SOL_SOCKET, SO_TYPE), Ok(SOCK_STREAM as u32));
        assert_eq!(get(s, SOL_SOCKET, SO_ERROR), Ok(0));
        assert_eq!(get(s, IPPROTO_TCP, TCP_KEEPIDLE), Ok(7200));
        assert_eq!(get(s, IPPROTO_TCP, TCP_KEEPINTVL), Ok(1));
    });
    with(AF_INET6.into(), UDP, |s| {
        assert_eq!(get(s, IPPROTO_IPV6, IPV6_V6ONLY), Ok(1));
        assert_eq!(set(s, IPPROTO_IPV6, IPV6_V6ONLY, 0), Ok(()));
        assert_eq!(get(s, IPPROTO_IPV6, IPV6_V6ONLY), Ok(0));
        assert_eq!(get(s, SOL_SOCKET, SO_KEEPALIVE), is(WsaError::WSAENOPROTOOPT));
        assert_eq!(set(s, SOL_SOCKET, SO_BROADCAST, 1), Ok(()));
    });
}

#[test]
fn k_019_and_z_010_linger_in_its_two_forms() {
    with(AF_INET.into(), TCP, |s| {
        assert_eq!(set(s, SOL_SOCKET, SO_LINGER, u32::from_ne_bytes([1, 0, 44, 1])), Ok(()));
        assert_eq!(get(s, SOL_SOCKET, SO_LINGER), Ok(u32::from_ne_bytes([1, 0, 44, 1])));
        assert_eq!(get(s, SOL_SOCKET, SO_DONTLINGER), Ok(0));
        assert_eq!(set(s, SOL_SOCKET, SO_DONTLINGER, 1), Ok(()));
        assert_eq!(get(s, SOL_SOCKET, SO_LINGER), Ok(0));
    });
}

#[test]
fn k_101_sharing_and_exclusive_use_exclude_each_other() {
    with(AF_INET.into(), TCP, |s| {
        assert_eq!(set(s, SOL_SOCKET, SO_REUSEADDR, 1), Ok(()));
        let both = set(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
        assert_eq!(both.map(|()| 0), is(WsaError::WSAEINVAL));
        assert_eq!(set(s, SOL_SOCKET, SO_REUSEADDR, 0), Ok(()));
        assert_eq!(set(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1), Ok(()));
    });
}

#[test]
fn k_039_the_open_type_is_the_threads() {
    linsock_engine::startup::begin().unwrap();
    assert_eq!(set(INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE, 0x20), Ok(()));
    assert_eq!(get(INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE), Ok(0x20));
    assert_eq!(get(INVALID_SOCKET, SOL_SOCKET, SO_TYPE), is(WsaError::WSAENOTSOCK));
    let other = std::thread::spawn(|| get(INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE));
    assert_eq!(other.join().unwrap(), Ok(0));
}
