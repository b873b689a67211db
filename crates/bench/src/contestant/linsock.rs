//! ConnectEx and a completion port, as a Windows program uses them.

use super::{Contestant, Quota};
use crate::raw::{BLOCK, BLOCK_BYTES};
use anyhow::{Result, bail, ensure};
use linsock_sys::Win32::Foundation::{GetLastError, HANDLE, INVALID_HANDLE_VALUE, WSA_IO_PENDING};
use linsock_sys::Win32::Networking::WinSock::{
    AF_INET, IN_ADDR, IN_ADDR_0, INVALID_SOCKET, LINGER, SO_LINGER, SO_UPDATE_CONNECT_CONTEXT,
    SOCK_STREAM, SOCKADDR_IN, SOCKET, SOL_SOCKET, WSADATA, WSAStartup, bind, closesocket,
    setsockopt, socket,
};
use linsock_sys::Win32::System::IO::{
    CreateIoCompletionPort, GetQueuedCompletionStatus, GetQueuedCompletionStatusEx, OVERLAPPED,
    OVERLAPPED_ENTRY,
};
use linsock_sys::Win32::System::Threading::INFINITE;
use linsock_sys::winsock::connection::ConnectEx;
use std::net::SocketAddrV4;
use std::time::Instant;

/// Completions taken at a time where more than one connection is under way.
const ENTRIES: usize = 64;

pub struct Linsock {
    port: HANDLE,
    peer: SOCKADDR_IN,
    /// One a connection under way. Never given back: after a failure the library may still
    /// write to those that are pending.
    slots: Vec<&'static mut Slot>,
}

struct Slot {
    overlapped: OVERLAPPED,
    socket: SOCKET,
    started: Instant,
}

/// The address as Winsock takes it.
pub fn sockaddr(address: SocketAddrV4) -> SOCKADDR_IN {
    SOCKADDR_IN {
        sin_family: AF_INET,
        sin_port: address.port().to_be(),
        sin_addr: IN_ADDR { S_un: IN_ADDR_0 { S_addr: u32::from(*address.ip()).to_be() } },
        sin_zero: [0; 8],
    }
}

/// Bytes of an IPv4 address, as Winsock takes it.
pub const SOCKADDR_BYTES: i32 = size_of::<SOCKADDR_IN>() as i32;

/// Starts Winsock and makes a port.
pub fn start_up() -> Result<HANDLE> {
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
pub fn bound_socket(port: HANDLE, key: usize) -> Result<SOCKET> {
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
pub fn close_hard(connected: SOCKET) -> Result<()> {
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

impl Linsock {
    pub fn new(peer: SocketAddrV4) -> Result<Self> {
        Ok(Linsock { port: start_up()?, peer: sockaddr(peer), slots: Vec::new() })
    }

    fn start(&mut self, key: usize, now: Instant) -> Result<()> {
        let made = bound_socket(self.port, key)?;
        let slot = &mut self.slots[key];
        slot.socket = made;
        slot.started = now;
        slot.overlapped = OVERLAPPED::default();
        // SAFETY: the OVERLAPPED stays where it is for good; the block is static.
        let started = unsafe {
            ConnectEx(
                made,
                (&raw const self.peer).cast(),
                SOCKADDR_BYTES,
                BLOCK.as_ptr().cast(),
                BLOCK_BYTES as u32,
                std::ptr::null_mut(),
                &raw mut slot.overlapped,
            )
        };
        // SAFETY: no pointers.
        let error = unsafe { GetLastError() };
        ensure!(started == 0 && error == WSA_IO_PENDING as u32, "ConnectEx: {error}");
        Ok(())
    }

    fn finish(&mut self, key: usize, bytes: u32, status: usize) -> Result<()> {
        ensure!((bytes, status) == (BLOCK_BYTES as u32, 0), "{bytes} bytes, status {status:#x}");
        close_hard(self.slots[key].socket)
    }

    /// Shows each of the next completions' key, bytes and status to `see`.
    fn take(
        &mut self,
        in_flight: usize,
        mut see: impl FnMut(&mut Self, usize, u32, usize) -> Result<()>,
    ) -> Result<()> {
        if in_flight == 1 {
            let (mut bytes, mut key, mut overlapped) = (0, 0, std::ptr::null_mut());
            // SAFETY: the three live through the call.
            let taken = unsafe {
                GetQueuedCompletionStatus(
                    self.port,
                    &raw mut bytes,
                    &raw mut key,
                    &raw mut overlapped,
                    INFINITE,
                )
            };
            if taken == 0 {
                // SAFETY: no pointers.
                bail!("GetQueuedCompletionStatus: {}", unsafe { GetLastError() });
            }
            return see(self, key, bytes, 0);
        }
        let mut entries = [OVERLAPPED_ENTRY::default(); ENTRIES];
        let mut n = 0;
        // SAFETY: the array has as many entries as are told.
        let taken = unsafe {
            GetQueuedCompletionStatusEx(
                self.port,
                entries.as_mut_ptr(),
                ENTRIES as u32,
                &raw mut n,
                INFINITE,
                0,
            )
        };
        // SAFETY: no pointers.
        ensure!(taken != 0, "GetQueuedCompletionStatusEx: {}", unsafe { GetLastError() });
        for entry in &entries[..n as usize] {
            see(self, entry.lpCompletionKey, entry.dwNumberOfBytesTransferred, entry.Internal)?;
        }
        Ok(())
    }
}

impl Contestant for Linsock {
    fn run(&mut self, in_flight: usize, quota: &mut Quota) -> Result<u64> {
        self.slots.resize_with(in_flight.max(self.slots.len()), || {
            let (overlapped, started) = (OVERLAPPED::default(), Instant::now());
            Box::leak(Box::new(Slot { overlapped, socket: INVALID_SOCKET, started }))
        });
        let (mut started, mut ended) = (0, 0);
        for key in 0..in_flight {
            if let Some(now) = quota.take() {
                self.start(key, now)?;
                started += 1;
            }
        }
        while ended < started {
            self.take(in_flight, |this, key, bytes, status| {
                quota.complete(this.slots[key].started);
                this.finish(key, bytes, status)?;
                ended += 1;
                if let Some(now) = quota.take() {
                    this.start(key, now)?;
                    started += 1;
                }
                Ok(())
            })?;
        }
        Ok(ended)
    }
}
