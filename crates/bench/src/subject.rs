//! The process whose calls are counted: one call at a time, between marks.

use crate::raw::{BLOCK, BLOCK_BYTES};
use crate::trace::mark;
use anyhow::{Result, ensure};
use clap::ValueEnum;
use linsock_sys::Win32::Foundation::{GetLastError, HANDLE, INVALID_HANDLE_VALUE};
use linsock_sys::Win32::Networking::WinSock::{
    AF_INET, IN_ADDR, IN_ADDR_0, INVALID_SOCKET, IPPROTO_TCP, LINGER, SO_LINGER,
    SO_UPDATE_CONNECT_CONTEXT, SOCK_STREAM, SOCKADDR_IN, SOCKET, SOL_SOCKET, TCP_FASTOPEN, WSADATA,
    WSAStartup, bind, closesocket, setsockopt, socket,
};
use linsock_sys::Win32::System::IO::{
    CreateIoCompletionPort, GetQueuedCompletionStatus, OVERLAPPED, PostQueuedCompletionStatus,
};
use linsock_sys::Win32::System::Threading::INFINITE;
use linsock_sys::winsock::connection::ConnectEx;
use serde::Serialize;
use std::hint::black_box;
use std::net::SocketAddrV4;
use std::time::{Duration, Instant};

/// What the subject does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// ConnectEx with a block, its completion taken once it is there.
    Connect,
    /// The same without a block.
    ConnectEmpty,
    /// The same with a block and TCP_FASTOPEN.
    FastOpen,
    /// A posted packet.
    Posted,
}

impl Case {
    /// As tables and the command line spell it.
    pub fn text(self) -> &'static str {
        match self {
            Case::Connect => "connect",
            Case::ConnectEmpty => "connect-empty",
            Case::FastOpen => "fast-open",
            Case::Posted => "posted",
        }
    }
}

/// The label of the call that starts.
pub const START: u32 = 1;
/// The label of the call that takes the completion.
pub const TAKE: u32 = 2;

/// Rounds before anything is counted: what happens once is over then.
const WARM_UP: u32 = 4;

/// The address as Winsock takes it.
fn sockaddr(address: SocketAddrV4) -> SOCKADDR_IN {
    SOCKADDR_IN {
        sin_family: AF_INET,
        sin_port: address.port().to_be(),
        sin_addr: IN_ADDR { S_un: IN_ADDR_0 { S_addr: u32::from(*address.ip()).to_be() } },
        sin_zero: [0; 8],
    }
}

/// Bytes of an IPv4 address, as Winsock takes it.
const SOCKADDR_BYTES: i32 = size_of::<SOCKADDR_IN>() as i32;

/// Starts Winsock and makes a port.
fn start_up() -> Result<HANDLE> {
    // SAFETY: the structure lives through the call; a port may be made of nothing.
    unsafe {
        let mut data: WSADATA = std::mem::zeroed();
        let error = WSAStartup(0x202, &raw mut data);
        ensure!(error == 0, "WSAStartup: {error}");
        let port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, std::ptr::null_mut(), 0, 1);
        ensure!(!port.is_null(), "CreateIoCompletionPort: {}", GetLastError());
        Ok(port)
    }
}

/// A bound socket that reports to the port.
fn bound_socket(port: HANDLE, key: usize) -> Result<SOCKET> {
    let any = sockaddr(SocketAddrV4::new(std::net::Ipv4Addr::UNSPECIFIED, 0));
    // SAFETY: the address lives through the call.
    unsafe {
        let made = socket(i32::from(AF_INET), SOCK_STREAM, 0);
        ensure!(made != INVALID_SOCKET, "socket: {}", GetLastError());
        ensure!(bind(made, (&raw const any).cast(), SOCKADDR_BYTES) == 0, "bind");
        let handle = std::ptr::with_exposed_provenance_mut(made);
        ensure!(CreateIoCompletionPort(handle, port, key, 0) == port, "association");
        Ok(made)
    }
}

/// Updates the context of a connected socket and closes it hard.
fn close_hard(connected: SOCKET) -> Result<()> {
    let linger = LINGER { l_onoff: 1, l_linger: 0 };
    // SAFETY: the values live through the calls, and their sizes are told.
    unsafe {
        let updated =
            setsockopt(connected, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, std::ptr::null(), 0);
        ensure!(updated == 0, "SO_UPDATE_CONNECT_CONTEXT: {}", GetLastError());
        let value = (&raw const linger).cast();
        let set = setsockopt(connected, SOL_SOCKET, SO_LINGER, value, size_of::<LINGER>() as i32);
        ensure!(set == 0, "SO_LINGER: {}", GetLastError());
        ensure!(closesocket(connected) == 0, "closesocket: {}", GetLastError());
    }
    Ok(())
}

/// Does it `repeats` times between marks.
pub fn run(case: Case, peer: SocketAddrV4, repeats: u32) -> Result<()> {
    let subject = Subject { port: start_up()?, peer };
    // A port's thread is one from its first wait on, and has its ring from then.
    subject.post()?;
    subject.take(false)?;
    for round in 0..WARM_UP + repeats {
        let marks = round >= WARM_UP;
        match case {
            Case::Posted => {
                subject.post()?;
                subject.take(marks)?;
            }
            _ => subject.connect(case, marks)?,
        }
    }
    Ok(())
}

struct Subject {
    port: HANDLE,
    peer: SocketAddrV4,
}

fn between<R>(marks: bool, label: u32, call: impl FnOnce() -> R) -> R {
    if marks {
        mark(label);
    }
    let result = call();
    if marks {
        mark(0);
    }
    result
}

impl Subject {
    fn post(&self) -> Result<()> {
        // SAFETY: the values are not looked at.
        let posted = unsafe {
            PostQueuedCompletionStatus(self.port, BLOCK_BYTES as u32, 0, std::ptr::null())
        };
        ensure!(posted != 0, "PostQueuedCompletionStatus");
        Ok(())
    }

    fn take(&self, marks: bool) -> Result<u32> {
        let (mut bytes, mut key, mut overlapped) = (0, 0usize, std::ptr::null_mut());
        // A pointer, so that the call stays one: its instructions are counted by its name.
        let call =
            black_box(GetQueuedCompletionStatus as unsafe extern "system" fn(_, _, _, _, _) -> _);
        // SAFETY: the three live through the call.
        let taken = between(marks, TAKE, || unsafe {
            call(self.port, &raw mut bytes, &raw mut key, &raw mut overlapped, INFINITE)
        });
        // SAFETY: no pointers.
        ensure!(taken != 0, "GetQueuedCompletionStatus: {}", unsafe { GetLastError() });
        Ok(bytes)
    }

    fn connect(&self, case: Case, marks: bool) -> Result<()> {
        let made = bound_socket(self.port, 7)?;
        if case == Case::FastOpen {
            let on: u32 = 1;
            let value = (&raw const on).cast();
            // SAFETY: the value lives through the call, and its size is told.
            let set = unsafe { setsockopt(made, IPPROTO_TCP, TCP_FASTOPEN, value, 4) };
            // SAFETY: no pointers.
            ensure!(set == 0, "TCP_FASTOPEN: {}", unsafe { GetLastError() });
        }
        let peer = sockaddr(self.peer);
        let block = if case == Case::ConnectEmpty { &BLOCK[..0] } else { &BLOCK[..] };
        let mut overlapped = OVERLAPPED::default();
        let call = black_box(ConnectEx as unsafe extern "system" fn(_, _, _, _, _, _, _) -> _);
        // SAFETY: the OVERLAPPED stays until the completion, taken below; the block is static.
        let started = between(marks, START, || unsafe {
            call(
                made,
                (&raw const peer).cast(),
                SOCKADDR_BYTES,
                block.as_ptr().cast(),
                block.len() as u32,
                std::ptr::null_mut(),
                &raw mut overlapped,
            )
        });
        // SAFETY: no pointers.
        ensure!(started == 0, "ConnectEx");
        // No system call meanwhile, and long enough for the kernel to complete it.
        let until = Instant::now() + Duration::from_millis(2);
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        let bytes = self.take(marks)?;
        ensure!(bytes as usize == block.len(), "{bytes} bytes");
        close_hard(made)
    }
}
