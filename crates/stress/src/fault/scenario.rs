//! What is played while calls fail: a row a scenario. Each step goes on from what the step before has brought about.

use super::stage::{Sock, Stage};
use crate::ledger::{Answer, Telling, ledger};
use crate::peer::Manners;
use crate::winsock::{self, V4_BYTES, call, name};
use linsock_sys::Win32::Networking::WinSock::*;
use linsock_sys::Win32::System::IO::CancelIoEx;
use linsock_sys::Win32::System::Threading::*;
use std::ptr;

type Scenario = fn(&mut Stage) -> Option<()>;

/// Name and play. Where a play ends early nothing more is to be seen.
#[rustfmt::skip]
pub const SCENARIOS: &[(&str, Scenario)] = &[
    ("connect",  connect_and_accept),
    ("echo",     echo),
    ("event",    echo_by_events),
    ("routine",  echo_by_routines),
    ("transmit", transmit),
    ("copying",  transmit_by_copying),
    ("adopted",  adopted),
    ("reuse",    reuse),
    ("pending",  close_what_is_pending),
    ("datagram", datagram),
    ("blocking", blocking),
    ("select",   network_events),
    ("thread",   thread_that_ends),
];

/// ConnectEx with data into AcceptEx with data, both contexts updated; the two ends.
fn connected(stage: &mut Stage) -> Option<(Sock, Sock, Sock, SOCKADDR_IN)> {
    let (listening, at) = stage.listener()?;
    let mut server = stage.tcp(true)?;
    let mut accepting = stage.accept(listening, server, 64);
    let client = stage.bound(true)?;
    let connecting = stage.connect(client, &at, 50);
    if !stage.finish(connecting) {
        // The socket serves for another attempt.
        let again = stage.connect(client, &at, 50);
        if !stage.finish(again) {
            return None;
        }
    }
    if !stage.finish(accepting) {
        // The connection is still there, unless it was lost with the error.
        server = stage.tcp(true)?;
        accepting = stage.accept(listening, server, 0);
        accepting?;
        return None;
    }
    call!(setsockopt(client.number, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, ptr::null(), 0));
    let context = (&raw const listening.number).cast();
    call!(setsockopt(server.number, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, context, 8));
    Some((listening, client, server, at))
}

fn connect_and_accept(stage: &mut Stage) -> Option<()> {
    let (_, client, server, _) = connected(stage)?;
    let receiving = stage.receive(client, 100);
    let sending = stage.send(server, 10);
    if stage.finish(sending) {
        stage.finish(receiving);
    }
    // Nobody listens there.
    let other = stage.bound(true)?;
    let nowhere = winsock::v4(winsock::LOOPBACK, 1);
    let refused = stage.connect(other, &nowhere, 10);
    stage.finish(refused);
    Some(())
}

/// A short block and one that is more than fits, received bit by bit.
fn exchange(stage: &mut Stage, near: Sock, far: Sock) -> Option<()> {
    const LARGE: usize = 3 << 20;
    let receiving = stage.receive(far, 4096);
    let sending = stage.send(near, 100);
    if !stage.finish(sending) || !stage.finish(receiving) {
        return None;
    }
    let sending = stage.send(near, LARGE);
    let mut got = 0;
    while got < LARGE {
        let receiving = stage.receive(far, 512 << 10);
        if !stage.finish_one(receiving, sending) || receiving?.bytes() == 0 {
            return None;
        }
        got += receiving?.bytes();
    }
    stage.finish(sending);
    call!(shutdown(near.number, SD_SEND));
    let end = stage.receive(far, 16);
    stage.close(near);
    stage.finish(end);
    Some(())
}

fn echo(stage: &mut Stage) -> Option<()> {
    let (near, far) = stage.pair(true)?;
    exchange(stage, near, far)
}

fn echo_by_events(stage: &mut Stage) -> Option<()> {
    let (near, far) = stage.pair(false)?;
    exchange(stage, near, far)
}

/// # Safety
/// Called by the library.
unsafe extern "system" fn routine(
    _error: u32,
    bytes: u32,
    overlapped: *mut OVERLAPPED,
    _flags: u32,
) {
    ledger().routine(overlapped.addr(), bytes, 0);
}

fn echo_by_routines(stage: &mut Stage) -> Option<()> {
    let (near, far) = stage.pair(false)?;
    let telling = Telling { routine: Some(0), ..Telling::default() };
    let op = ledger().open("WSARecv", vec![0; 100], telling, false);
    let one = WSABUF { len: 100, buf: op.buffer() };
    let mut flags = 0;
    let (buffer, ov) = (&raw const one, op.overlapped());
    let result =
        call!(WSARecv(far.number, buffer, 1, ptr::null_mut(), &raw mut flags, ov, Some(routine)));
    op.answered(Answer::of_status(result), false);
    let sent = call!(send(near.number, b"hello".as_ptr(), 5, 0)) == 5;
    if !sent {
        stage.close(far);
    }
    for _ in 0..2000 {
        if op.is_settled() {
            break;
        }
        call!(SleepEx(5, 1));
    }
    if !op.is_settled() {
        ledger().find("a receive with a routine does not end".to_owned());
    }
    Some(())
}

fn transmit(stage: &mut Stage) -> Option<()> {
    let (near, far) = stage.pair(true)?;
    // SAFETY: plain system calls; the descriptor is this function's own, and closed below.
    let file = unsafe {
        let file = libc::memfd_create(c"file".as_ptr(), libc::MFD_CLOEXEC);
        libc::ftruncate(file, 9000);
        file
    };
    let whole = |stage: &mut Stage, flags: u32| {
        stage.start("TransmitFile", near, 200, |op| {
            let blocks = TRANSMIT_FILE_BUFFERS {
                Head: op.buffer().cast(),
                HeadLength: 100,
                Tail: op.buffer().wrapping_add(100).cast(),
                TailLength: 100,
            };
            let (blocks, ov) = (&raw const blocks, op.overlapped());
            let file = ptr::without_provenance_mut(file as usize);
            Answer::of_bool(call!(TransmitFile(near.number, file, 0, 0, ov, blocks, flags)))
        })
    };
    let sending = whole(stage, 0);
    // All of it fits into the connection's buffers.
    let mut all = stage.finish(sending);
    if all {
        let sending = whole(stage, TF_DISCONNECT | TF_REUSE_SOCKET);
        let ending = stage.disconnect(far, TF_REUSE_SOCKET);
        all = ending.is_some() && sending.is_some() && stage.finish_all(&[sending, ending]);
    }
    // SAFETY: made above.
    unsafe { libc::close(file) };
    all.then_some(())
}

/// A file that `sendfile` knows nothing of.
fn transmit_by_copying(stage: &mut Stage) -> Option<()> {
    let (near, _) = stage.pair(true)?;
    let file = std::fs::File::open("/proc/self/status").ok()?;
    let sending = stage.start("TransmitFile", near, 0, |op| {
        let file = ptr::without_provenance_mut(std::os::fd::AsRawFd::as_raw_fd(&file) as usize);
        Answer::of_bool(call!(TransmitFile(
            near.number,
            file,
            300,
            0,
            op.overlapped(),
            ptr::null(),
            0
        )))
    });
    stage.finish(sending);
    Some(())
}

/// A connection that the library did not make.
fn adopted(stage: &mut Stage) -> Option<()> {
    let stream =
        std::net::TcpStream::connect(("127.0.0.1", stage.peers.port(Manners::Echo))).ok()?;
    let number = std::os::fd::IntoRawFd::into_raw_fd(stream) as SOCKET;
    let near = stage.own(number, true)?;
    let receiving = stage.receive(near, 100);
    let sending = stage.send(near, 10);
    if stage.finish(sending) {
        stage.finish(receiving);
    }
    Some(())
}

fn reuse(stage: &mut Stage) -> Option<()> {
    let (listening, client, server, at) = connected(stage)?;
    let near = stage.disconnect(client, TF_REUSE_SOCKET);
    let far = stage.disconnect(server, TF_REUSE_SOCKET);
    if near.is_none() || far.is_none() || !stage.finish_all(&[near, far]) {
        return None;
    }
    let accepting = stage.accept(listening, server, 0);
    let connecting = stage.connect(client, &at, 10);
    if stage.finish(connecting) {
        stage.finish(accepting);
    }
    let ending = stage.disconnect(client, 0);
    stage.finish(ending);
    Some(())
}

fn close_what_is_pending(stage: &mut Stage) -> Option<()> {
    let stuck = stage.stuck();
    let lost = stage.bound(true)?;
    stage.connect(lost, &stuck, 100);
    let called_off = stage.bound(true)?;
    let connecting = stage.connect(called_off, &stuck, 100);
    let (near, far) = stage.pair(true)?;
    stage.receive(near, 1000);
    let receiving = stage.receive(far, 1000);
    stage.send(near, 6 << 20);
    let (listening, _) = stage.listener()?;
    let into = stage.tcp(true)?;
    stage.accept(listening, into, 100);
    call!(CancelIoEx(ptr::without_provenance_mut(called_off.number), ptr::null()));
    stage.finish(connecting);
    call!(CancelIoEx(ptr::without_provenance_mut(far.number), ptr::null()));
    stage.finish(receiving);
    stage.close(into);
    stage.close(near);
    Some(())
}

fn datagram(stage: &mut Stage) -> Option<()> {
    let s = call!(socket(AF_INET.into(), SOCK_DGRAM, 0));
    let far = stage.own(s, true)?;
    let at = winsock::v4(winsock::LOOPBACK, 0);
    call!(bind(far.number, name(&at), V4_BYTES));
    let at = winsock::v4(winsock::LOOPBACK, winsock::port_of(far.number));
    let s = call!(socket(AF_INET.into(), SOCK_DGRAM, 0));
    let near = stage.own(s, true)?;
    let receiving = stage.receive(far, 100);
    receiving?;
    if at.sin_port != 0
        && call!(sendto(near.number, b"hello".as_ptr(), 5, 0, name(&at), V4_BYTES)) == 5
    {
        stage.finish(receiving);
    }
    Some(())
}

fn blocking(stage: &mut Stage) -> Option<()> {
    let (near, far) = stage.pair(false)?;
    winsock::set_option(far.number, SOL_SOCKET, SO_RCVTIMEO, 500);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut block = [0u8; 100];
            call!(recv(far.number, block.as_mut_ptr(), 100, 0));
        });
        std::thread::sleep(std::time::Duration::from_millis(2));
        call!(send(near.number, b"hello".as_ptr(), 5, 0));
    });
    Some(())
}

fn network_events(stage: &mut Stage) -> Option<()> {
    let (near, far) = stage.pair(false)?;
    let event = winsock::event();
    let wanted = (FD_READ | FD_WRITE | FD_CLOSE) as i32;
    let selected = call!(WSAEventSelect(far.number, event.addr() as isize, wanted)) == 0;
    let sent = call!(send(near.number, b"hello".as_ptr(), 5, 0)) == 5;
    if selected && sent && call!(WaitForSingleObject(event, 10_000)) != 0 {
        ledger().find("no network event came".to_owned());
    }
    let mut bytes = 0;
    call!(ioctlsocket(far.number, FIONREAD, &raw mut bytes));
    let mut events = WSANETWORKEVENTS::default();
    call!(WSAEnumNetworkEvents(far.number, event.addr() as isize, &raw mut events));
    // Nobody sends anything there.
    let mut set = FD_SET { fd_count: 1, ..FD_SET::default() };
    set.fd_array[0] = near.number;
    let time = TIMEVAL { tv_sec: 0, tv_usec: 1000 };
    if call!(select(0, &raw mut set, ptr::null_mut(), ptr::null_mut(), &raw const time)) == 1 {
        ledger().find("select finds a socket ready that is not".to_owned());
    }
    let mut one = WSAPOLLFD { fd: near.number, events: POLLRDNORM, revents: 0 };
    if call!(WSAPoll(&raw mut one, 1, 1)) == 1 {
        ledger().find("WSAPoll finds a socket ready that is not".to_owned());
    }
    Some(())
}

/// A thread that has waited at the port starts operations and ends before they do: those of sockets without a port end
/// with it (C-053), the others go on.
fn thread_that_ends(stage: &mut Stage) -> Option<()> {
    let (near, far) = stage.pair(true)?;
    let (other, alone) = stage.pair(false)?;
    let lost = stage.bound(false)?;
    let stuck = stage.stuck();
    let (ops, receiving) = std::thread::scope(|scope| {
        let stage = &mut *stage;
        let work = scope.spawn(move || {
            stage.drain();
            let connecting = stage.connect(lost, &stuck, 100);
            ([stage.receive(alone, 100), connecting], stage.receive(far, 100))
        });
        work.join().unwrap_or_default()
    });
    for op in ops {
        stage.finish(op);
    }
    let sending = stage.send(near, 10);
    if stage.finish(sending) {
        stage.finish(receiving);
    }
    // Both are as good as before.
    let receiving = stage.receive(alone, 100);
    let sending = stage.send(other, 10);
    if stage.finish(sending) {
        stage.finish(receiving);
    }
    Some(())
}
