//! What a scenario plays on: a port, sockets that report to it, and waiting that ends.

use super::judge;
use crate::ledger::{Answer, Op, Telling, ledger};
use crate::peer::{Manners, Peers};
use crate::winsock::{self, Extensions, V4_BYTES, call, name};
use linsock_sys::Win32::Foundation::CloseHandle;
use linsock_sys::Win32::Networking::WinSock::*;
use linsock_sys::Win32::System::IO::*;
use std::ptr;
use std::time::{Duration, Instant};

/// How long what must end may take; machines are busy.
const PATIENCE: Duration = Duration::from_secs(10);
/// Room for an address of AcceptEx.
pub const AREA: usize = size_of::<SOCKADDR_IN>() + 16;

/// A socket and its key, if it reports to the port.
#[derive(Clone, Copy, Debug)]
pub struct Sock {
    pub number: SOCKET,
    key: Option<usize>,
}

// SAFETY: handles are numbers.
unsafe impl Send for Stage {}

pub struct Stage {
    port: HANDLE,
    pub extensions: Extensions,
    pub peers: Peers,
    socks: Vec<Sock>,
}

impl Stage {
    pub fn new(extensions: Extensions, peers: Peers) -> Self {
        let port = call!(CreateIoCompletionPort(INVALID_HANDLE_VALUE, ptr::null_mut(), 0, 0));
        Stage { port, extensions, peers, socks: Vec::new() }
    }

    /// A socket becomes the stage's, and reports to the port if `reports`.
    pub fn own(&mut self, number: SOCKET, reports: bool) -> Option<Sock> {
        if number == INVALID_SOCKET {
            return None;
        }
        let key = 500 + self.socks.len();
        let handle = ptr::without_provenance_mut(number);
        let reports = reports
            && !self.port.is_null()
            && !call!(CreateIoCompletionPort(handle, self.port, key, 0)).is_null();
        let sock = Sock { number, key: reports.then_some(key) };
        self.socks.push(sock);
        Some(sock)
    }

    pub fn tcp(&mut self, reports: bool) -> Option<Sock> {
        let s = call!(socket(AF_INET.into(), SOCK_STREAM, 0));
        self.own(s, reports)
    }

    pub fn bound(&mut self, reports: bool) -> Option<Sock> {
        let s = winsock::bound();
        self.own(s, reports)
    }

    /// A listener and where it is; `None` where a call for it failed.
    pub fn listener(&mut self) -> Option<(Sock, SOCKADDR_IN)> {
        let (s, at) = winsock::listener(4);
        let sock = self.own(s, true)?;
        (at.sin_port != 0).then_some((sock, at))
    }

    /// Two connected sockets.
    pub fn pair(&mut self, reports: bool) -> Option<(Sock, Sock)> {
        let (listening, at) = self.listener()?;
        let near = self.tcp(reports)?;
        if call!(connect(near.number, name(&at), V4_BYTES)) != 0 {
            return None;
        }
        // What fails is perhaps the call for the connection, which is still there then.
        let mut on = 1;
        call!(ioctlsocket(listening.number, FIONBIO, &raw mut on));
        let until = Instant::now() + PATIENCE;
        let mut far = INVALID_SOCKET;
        for _ in 0..3 {
            far = call!(accept(listening.number, ptr::null_mut(), ptr::null_mut()));
            while far == INVALID_SOCKET
                && winsock::last_error() == WSAEWOULDBLOCK
                && Instant::now() < until
            {
                std::thread::sleep(Duration::from_millis(1));
                far = call!(accept(listening.number, ptr::null_mut(), ptr::null_mut()));
            }
            if far != INVALID_SOCKET {
                break;
            }
        }
        let far = self.own(far, reports)?;
        let mut off = 0;
        call!(ioctlsocket(far.number, FIONBIO, &raw mut off));
        Some((near, far))
    }

    /// Starts an operation; `None`: it was refused.
    pub fn start(
        &mut self,
        kind: &'static str,
        sock: Sock,
        len: usize,
        start: impl FnOnce(&Op) -> Answer,
    ) -> Option<&'static Op> {
        let telling = Telling { packet: sock.key, event: sock.key.is_none(), ..Telling::default() };
        let op = ledger().open(kind, vec![b'd'; len], telling, false);
        let answer = start(op);
        op.answered(answer, false);
        if let Answer::Failed(error) = answer {
            let known = WsaError(error).name().is_some()
                || linsock_sys::Win32::Foundation::Win32Error(error as u32).name().is_some();
            if !known {
                ledger().find(format!("{kind} was refused with {error}, which is no error"));
            }
            return None;
        }
        Some(op)
    }

    pub fn connect(&mut self, sock: Sock, at: &SOCKADDR_IN, len: usize) -> Option<&'static Op> {
        let extensions = self.extensions;
        self.start("ConnectEx", sock, len, |op| {
            // SAFETY: the record's own buffer.
            let data = unsafe { std::slice::from_raw_parts(op.buffer(), op.len()) };
            Answer::of_bool(extensions.connect(sock.number, at, data, op.overlapped()))
        })
    }

    pub fn accept(&mut self, listening: Sock, into: Sock, data: usize) -> Option<&'static Op> {
        self.start("AcceptEx", listening, data + 2 * AREA, |op| {
            let mut got = 0;
            Answer::of_bool(call!(AcceptEx(
                listening.number,
                into.number,
                op.buffer().cast(),
                data as u32,
                AREA as u32,
                AREA as u32,
                &raw mut got,
                op.overlapped()
            )))
        })
    }

    pub fn receive(&mut self, sock: Sock, len: usize) -> Option<&'static Op> {
        self.start("WSARecv", sock, len, |op| {
            let one = WSABUF { len: op.len() as u32, buf: op.buffer() };
            let (mut got, mut flags, no) = (0, 0, ptr::null::<u32>().cast_mut());
            let got = if len.is_multiple_of(2) { &raw mut got } else { no };
            let ov = op.overlapped();
            Answer::of_status(call!(WSARecv(
                sock.number,
                &raw const one,
                1,
                got,
                &raw mut flags,
                ov,
                None
            )))
        })
    }

    pub fn send(&mut self, sock: Sock, len: usize) -> Option<&'static Op> {
        self.start("WSASend", sock, len, |op| {
            let half = op.len() / 2;
            let two = [
                WSABUF { len: half as u32, buf: op.buffer() },
                WSABUF { len: (op.len() - half) as u32, buf: op.buffer().wrapping_add(half) },
            ];
            let ov = op.overlapped();
            Answer::of_status(call!(WSASend(
                sock.number,
                two.as_ptr(),
                2,
                ptr::null_mut(),
                0,
                ov,
                None
            )))
        })
    }

    pub fn disconnect(&mut self, sock: Sock, flags: u32) -> Option<&'static Op> {
        let extensions = self.extensions;
        self.start("DisconnectEx", sock, 0, |op| {
            Answer::of_bool(extensions.disconnect(sock.number, op.overlapped(), flags))
        })
    }

    /// Takes one packet, if one is there within a millisecond or two.
    pub fn drain(&self) -> bool {
        let (mut bytes, mut key, mut ov) = (0u32, 0usize, ptr::null_mut());
        let taken = call!(GetQueuedCompletionStatus(
            self.port,
            &raw mut bytes,
            &raw mut key,
            &raw mut ov,
            2
        ));
        if taken == 0 && ov.is_null() {
            if self.port.is_null() {
                std::thread::sleep(Duration::from_millis(1));
            }
            return false;
        }
        ledger().packet(key, ov.addr(), bytes);
        true
    }

    /// Waits until one of these holds, which must come to hold.
    fn await_that(&self, what: &str, mut holds: impl FnMut() -> bool) -> bool {
        let until = Instant::now() + PATIENCE;
        while !holds() {
            if Instant::now() > until {
                ledger().find(format!("{what} does not end"));
                return false;
            }
            self.drain();
        }
        true
    }

    /// Waits for an operation that must end by itself; whether it succeeded.
    pub fn finish(&self, op: Option<&'static Op>) -> bool {
        let Some(op) = op else { return false };
        self.await_that(op.kind, || op.is_settled()) && op.succeeded()
    }

    /// Waits until all have succeeded, or one has failed: then the others may wait for ever.
    pub fn finish_all(&self, ops: &[Option<&'static Op>]) -> bool {
        let ops: Vec<&'static Op> = ops.iter().flatten().copied().collect();
        self.await_that("one of several", || {
            ops.iter().any(|op| op.is_settled() && !op.succeeded())
                || ops.iter().all(|op| op.is_settled())
        }) && ops.iter().all(|op| op.is_settled() && op.succeeded())
    }

    /// Waits for one that must end unless the other has failed.
    pub fn finish_one(&self, op: Option<&'static Op>, other: Option<&'static Op>) -> bool {
        let (Some(op), Some(other)) = (op, other) else { return false };
        self.await_that(op.kind, || op.is_settled() || other.is_settled() && !other.succeeded())
            && op.is_settled()
            && op.succeeded()
    }

    pub fn close(&mut self, sock: Sock) {
        self.socks.retain(|other| other.number != sock.number);
        // A socket of somebody else's making may not have been known before; now it is to be closed.
        if call!(closesocket(sock.number)) != 0
            && judge::without(|| call!(closesocket(sock.number))) != 0
        {
            ledger().find(format!("closesocket: {}", winsock::last_error()));
        }
    }

    /// A listener that answers nobody.
    pub fn stuck(&self) -> SOCKADDR_IN {
        winsock::v4(winsock::LOOPBACK, self.peers.port(Manners::Stuck))
    }

    /// Closes everything and looks whether all has ended as it should.
    pub fn end(mut self) {
        while let Some(sock) = self.socks.first().copied() {
            self.close(sock);
        }
        self.await_that("an operation whose socket is closed", || ledger().is_settled());
        judge::end();
        while self.drain() {}
        if !self.port.is_null() {
            call!(CloseHandle(self.port));
        }
        ledger().audit();
        let failed = judge::failed();
        ledger().each(|op| check_error(op, &failed));
    }
}

/// What may follow from another operation's failure.
const CONSEQUENCES: [u32; 11] = [
    0xC000_00B5, // STATUS_IO_TIMEOUT, of who answers nobody
    0xC000_0236, // STATUS_CONNECTION_REFUSED, where nobody listens
    0xC000_0120, // STATUS_CANCELLED
    0xC000_013B, // STATUS_LOCAL_DISCONNECT
    0xC000_013C, // STATUS_REMOTE_DISCONNECT
    0xC000_020C, // STATUS_CONNECTION_DISCONNECTED
    0xC000_020D, // STATUS_CONNECTION_RESET
    0xC000_023B, // STATUS_CONNECTION_ACTIVE, of a second attempt after a first block that failed
    0xC000_0241, // STATUS_CONNECTION_ABORTED
    0xC000_020A, // STATUS_CONNECTION_INVALID or what a broken connection is
    0xC000_0140, // STATUS_INVALID_CONNECTION
];

/// An operation that failed says what an errno that was given means, or what follows from one.
fn check_error(op: &Op, failed: &[(linsock_backend::fault::Call, i32)]) {
    let status = op.status() as u32;
    if op.succeeded() || !op.was_started() || CONSEQUENCES.contains(&status) {
        return;
    }
    let means = |errno: i32, call: Call| {
        let error = WsaError::from_errno(Errno(errno), call);
        NtStatus::from_wsa(error, call).0 as u32
    };
    let explained = failed.iter().any(|&(what, errno)| {
        // No thread: no memory, to an operation.
        let errno = if what == linsock_backend::fault::Call::Clone { libc::ENOMEM } else { errno };
        Call::ALL.iter().any(|&call| means(errno, call) == status)
    });
    if !explained {
        ledger()
            .find(format!("{} ended with {status:#x} though what failed was {failed:?}", op.kind));
    }
}
