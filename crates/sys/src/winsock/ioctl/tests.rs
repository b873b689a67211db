use super::*;
use crate::winsock::socket::{closesocket, socket};
use linsock_abi::*;

fn with(kind: i32, work: impl FnOnce(SOCKET)) {
    linsock_engine::startup::begin().unwrap();
    // SAFETY: no pointers.
    let s = unsafe { socket(AF_INET.into(), kind, 0) };
    assert_ne!(s, INVALID_SOCKET);
    work(s);
    // SAFETY: no pointers.
    assert_eq!(unsafe { closesocket(s) }, 0);
}

fn control(s: SOCKET, code: u32, input: &[u8], output: &mut [u8]) -> Result<u32, u32> {
    let mut returned = 0;
    let result = {
        // SAFETY: the lengths are the slices'.
        unsafe {
            WSAIoctl(
                s,
                code,
                input.as_ptr().cast(),
                input.len() as u32,
                output.as_mut_ptr().cast(),
                output.len() as u32,
                &raw mut returned,
                std::ptr::null_mut(),
                None,
            )
        }
    };
    if result == 0 { Ok(returned) } else { Err(crate::last_error::get()) }
}

fn is(error: WsaError) -> Result<u32, u32> {
    Err(error.0 as u32)
}

#[test]
fn i_038_three_codes_and_no_more() {
    with(SOCK_STREAM, |s| {
        let mut value = 1;
        // SAFETY: one number; NULL is probed.
        unsafe {
            assert_eq!(ioctlsocket(s, FIONBIO, &raw mut value), 0);
            value = 7;
            assert_eq!(ioctlsocket(s, FIONREAD, &raw mut value), 0);
            assert_eq!(value, 0);
            assert_eq!(ioctlsocket(s, SIOCATMARK, &raw mut value), 0);
            assert_eq!(value, 1, "I-011: no urgent data waits");
            assert_eq!(ioctlsocket(s, FIOASYNC, &raw mut value), -1);
            assert_eq!(crate::last_error::get(), WsaError::WSAEINVAL.0 as u32);
            assert_eq!(ioctlsocket(s, FIONBIO, std::ptr::null_mut()), -1);
            assert_eq!(crate::last_error::get(), WsaError::WSAEFAULT.0 as u32);
        }
    });
}

#[test]
fn i_012_and_i_013_extension_functions() {
    let bytes = |guid: GUID| {
        let mut bytes = Vec::new();
        bytes.extend(guid.data1.to_ne_bytes());
        bytes.extend(guid.data2.to_ne_bytes());
        bytes.extend(guid.data3.to_ne_bytes());
        bytes.extend(guid.data4);
        bytes
    };
    with(SOCK_STREAM, |s| {
        let code = SIO_GET_EXTENSION_FUNCTION_POINTER;
        let mut pointer = [0; 8];
        assert_eq!(control(s, code, &bytes(WSAID_CONNECTEX), &mut pointer), Ok(8));
        let expected = crate::winsock::connection::ConnectEx as *const c_void;
        assert_eq!(usize::from_ne_bytes(pointer), expected.addr());
        assert_eq!(control(s, code, &[7; 16], &mut pointer), is(WsaError::WSAEINVAL));
        assert_eq!(control(s, code, &[7; 15], &mut pointer), is(WsaError::WSAEFAULT));
        let guid = bytes(WSAID_DISCONNECTEX);
        assert_eq!(control(s, code, &guid, &mut pointer[..7]), is(WsaError::WSAEFAULT));
    });
}

#[test]
fn i_002_to_i_005_refusals() {
    with(SOCK_DGRAM, |s| {
        let mut room = [0; 64];
        assert_eq!(control(s, 0x4711, &[], &mut room), is(WsaError::WSAEINVAL));
        let keepalive = control(s, SIO_KEEPALIVE_VALS, &[0; 12], &mut room);
        assert_eq!(keepalive, is(WsaError::WSAENOPROTOOPT));
        assert_eq!(
            control(s, SIO_SET_COMPATIBILITY_MODE, &[], &mut room),
            is(WsaError::WSAEOPNOTSUPP)
        );
        assert_eq!(control(s, SIO_BASE_HANDLE, &[], &mut room[..4]), is(WsaError::WSAEFAULT));
        let (null, null_mut) = (std::ptr::null(), std::ptr::null_mut());
        // SAFETY: NULL is probed.
        let result = unsafe {
            let room = room.as_mut_ptr().cast();
            let none = std::ptr::null_mut();
            WSAIoctl(s, SIO_BASE_HANDLE, null, 0, room, 64, null_mut, none, None)
        };
        assert_eq!((result, crate::last_error::get()), (-1, WsaError::WSAEFAULT.0 as u32));
    });
}

#[test]
fn i_016_keep_alive_times_are_rounded_up_to_seconds() {
    with(SOCK_STREAM, |s| {
        let values: Vec<u8> =
            [1u32, 2001, 10].iter().flat_map(|value| value.to_ne_bytes()).collect();
        assert_eq!(control(s, SIO_KEEPALIVE_VALS, &values[..11], &mut []), is(WsaError::WSAEFAULT));
        assert_eq!(control(s, SIO_KEEPALIVE_VALS, &values, &mut []), Ok(0));
        let kernel = |level, name| linsock_backend::net::option_i32(s as i32, level, name).ok();
        assert_eq!(kernel(libc::SOL_SOCKET, libc::SO_KEEPALIVE), Some(1));
        assert_eq!(kernel(libc::IPPROTO_TCP, libc::TCP_KEEPIDLE), Some(3));
        assert_eq!(kernel(libc::IPPROTO_TCP, libc::TCP_KEEPINTVL), Some(1));
        assert_eq!(kernel(libc::IPPROTO_TCP, libc::TCP_KEEPCNT), Some(10));
    });
}

#[test]
fn i_026_there_are_no_layered_providers() {
    with(SOCK_STREAM, |s| {
        for code in [SIO_BASE_HANDLE, SIO_BSP_HANDLE, SIO_BSP_HANDLE_SELECT, SIO_BSP_HANDLE_POLL] {
            let mut handle = [0; 8];
            assert_eq!(control(s, code, &[], &mut handle), Ok(8));
            assert_eq!(usize::from_ne_bytes(handle), s);
        }
    });
}
