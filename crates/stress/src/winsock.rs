//! The functions under test, as a program gets at them, with less to write.

use linsock_sys::Win32::Networking::WinSock::*;
use linsock_sys::Win32::System::Threading::CreateEventW;
use std::ptr;

/// Calls a function of the library.
macro_rules! call {
    ($call:expr) => {
        // SAFETY: what a call is given to keep lives in the ledger until the process ends; other pointers are of locals, or
        // ones that the function promises to refuse. What does not hold is a finding.
        unsafe { $call }
    };
}
pub(crate) use call;

/// Starts Winsock.
pub fn start() {
    let mut data = WSADATA::default();
    let error = call!(WSAStartup(0x0202, &raw mut data));
    assert_eq!(error, 0, "WSAStartup");
}

/// The last error.
pub fn last_error() -> i32 {
    call!(WSAGetLastError())
}

/// An IPv4 address; the port in host order.
pub fn v4(ip: [u8; 4], port: u16) -> SOCKADDR_IN {
    let mut address =
        SOCKADDR_IN { sin_family: AF_INET, sin_port: port.to_be(), ..Default::default() };
    address.sin_addr.S_un.S_addr = u32::from_ne_bytes(ip);
    address
}

/// 127.0.0.1.
pub const LOOPBACK: [u8; 4] = [127, 0, 0, 1];

/// As a function takes it.
pub fn name(address: &SOCKADDR_IN) -> *const SOCKADDR {
    ptr::from_ref(address).cast()
}

/// Its length.
pub const V4_BYTES: i32 = size_of::<SOCKADDR_IN>() as i32;

/// The port that a socket is bound to, in host order; 0 without one.
pub fn port_of(s: SOCKET) -> u16 {
    let mut at = SOCKADDR_IN::default();
    let mut len = V4_BYTES;
    call!(getsockname(s, (&raw mut at).cast(), &raw mut len));
    u16::from_be(at.sin_port)
}

/// A bound TCP socket, as ConnectEx wants one.
pub fn bound() -> SOCKET {
    let s = call!(socket(AF_INET.into(), SOCK_STREAM, 0));
    if s != INVALID_SOCKET {
        let any = v4([0; 4], 0);
        call!(bind(s, name(&any), V4_BYTES));
    }
    s
}

/// A listener on loopback and where it is.
pub fn listener(backlog: i32) -> (SOCKET, SOCKADDR_IN) {
    let s = call!(socket(AF_INET.into(), SOCK_STREAM, 0));
    let at = v4(LOOPBACK, 0);
    call!(bind(s, name(&at), V4_BYTES));
    call!(listen(s, backlog));
    (s, v4(LOOPBACK, port_of(s)))
}

/// An option of four bytes.
pub fn set_option(s: SOCKET, level: i32, option: i32, value: u32) -> i32 {
    call!(setsockopt(s, level, option, (&raw const value).cast(), 4))
}

/// The next close resets the connection.
pub fn hard(s: SOCKET) {
    let linger = LINGER { l_onoff: 1, l_linger: 0 };
    call!(setsockopt(s, SOL_SOCKET, SO_LINGER, (&raw const linger).cast(), 4));
}

/// A manual-reset event.
pub fn event() -> HANDLE {
    call!(CreateEventW(ptr::null(), 1, 0, ptr::null()))
}

/// The two functions that a program fetches by their GUIDs.
#[derive(Clone, Copy)]
pub struct Extensions {
    pub connect: LPFN_CONNECTEX,
    pub disconnect: LPFN_DISCONNECTEX,
}

impl Extensions {
    /// Fetches them.
    pub fn get() -> Self {
        let s = call!(socket(AF_INET.into(), SOCK_STREAM, 0));
        let get = |guid: GUID| {
            let (mut pointer, mut bytes) = (0usize, 0u32);
            call!(WSAIoctl(
                s,
                SIO_GET_EXTENSION_FUNCTION_POINTER,
                (&raw const guid).cast(),
                size_of::<GUID>() as u32,
                (&raw mut pointer).cast(),
                size_of::<usize>() as u32,
                &raw mut bytes,
                ptr::null_mut(),
                None,
            ));
            pointer
        };
        let (connect, disconnect) = (get(WSAID_CONNECTEX), get(WSAID_DISCONNECTEX));
        call!(closesocket(s));
        // SAFETY: the library answers with a function of that type, or leaves NULL, which is None.
        unsafe {
            Extensions {
                connect: std::mem::transmute::<usize, LPFN_CONNECTEX>(connect),
                disconnect: std::mem::transmute::<usize, LPFN_DISCONNECTEX>(disconnect),
            }
        }
    }

    /// Starts a ConnectEx.
    pub fn connect(&self, s: SOCKET, to: &SOCKADDR_IN, data: &[u8], ov: *mut OVERLAPPED) -> BOOL {
        let Some(connect) = self.connect else { return 0 };
        let block = if data.is_empty() { ptr::null() } else { data.as_ptr().cast() };
        call!(connect(s, name(to), V4_BYTES, block, data.len() as u32, ptr::null_mut(), ov))
    }

    /// Starts a DisconnectEx.
    pub fn disconnect(&self, s: SOCKET, ov: *mut OVERLAPPED, flags: u32) -> BOOL {
        let Some(disconnect) = self.disconnect else { return 0 };
        call!(disconnect(s, ov, flags, 0))
    }
}
