//! What linsock offers beyond Windows' functions (include/linsock.h).

use crate::shape;
use linsock_abi::WsaError;
use linsock_engine::settings;
use std::ffi::c_char;

/// Sets TcpTimedWaitDelay for this process, in seconds.
///
/// # Contract
/// C-134..C-137: 0 to 300; a higher value is refused and the previous one stays.
///
/// # Errors
/// -1 and WSAEINVAL.
///
/// # Linux
/// `LINSOCK_TIMED_WAIT_DELAY` and /etc/linsock/TcpTimedWaitDelay set it too.
///
/// # Sources
/// learn.microsoft.com: mswsock.h, LPFN_CONNECTEX
#[api]
pub unsafe extern "system" fn linsock_set_timed_wait_delay(seconds: u32) -> i32 {
    shape::status(|| {
        settings::set_timed_wait_delay(seconds).then_some(()).ok_or(WsaError::WSAEINVAL)
    })
}

/// Tells TcpTimedWaitDelay in seconds, or -1 when it is left to the kernel.
///
/// # Contract
/// C-135.
///
/// # Errors
/// None.
///
/// # Linux
/// Ours alone.
///
/// # Sources
/// None.
#[api]
pub unsafe extern "system" fn linsock_timed_wait_delay() -> i32 {
    settings::timed_wait_delay().map_or(-1, |seconds| seconds as i32)
}

/// Names the backend that serves: "epoll", "uring", or "none" where a forced one cannot.
///
/// # Contract
/// None.
///
/// # Errors
/// None.
///
/// # Linux
/// Ours alone. The string is static.
///
/// # Sources
/// None.
#[api]
pub unsafe extern "system" fn linsock_backend_name() -> *const c_char {
    match linsock_backend::choice::choice() {
        Ok(choice) if choice.backend == linsock_backend::Backend::Epoll => c"epoll".as_ptr(),
        Ok(_) => c"uring".as_ptr(),
        Err(_) => c"none".as_ptr(),
    }
}
