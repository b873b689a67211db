use super::*;
use linsock_abi::{
    INVALID_SOCKET, POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLPRI, POLLRDNORM, POLLWRNORM,
};
use linsock_backend::Address;
use linsock_engine::socket::{self, Creation};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::time::Instant;

fn set(sockets: &[SOCKET]) -> FD_SET {
    let mut set = FD_SET { fd_count: sockets.len() as u32, fd_array: [0; 64] };
    set.fd_array[..sockets.len()].copy_from_slice(sockets);
    set
}

fn held(set: &FD_SET) -> &[SOCKET] {
    &set.fd_array[..set.fd_count as usize]
}

/// select with a time in milliseconds: the count, or the error as a negative number.
fn wait(read: &mut FD_SET, write: &mut FD_SET, except: &mut FD_SET, ms: i32) -> i32 {
    let time = TIMEVAL { tv_sec: 0, tv_usec: ms * 1000 };
    // SAFETY: sets and a time.
    let count = unsafe { select(0, read, write, except, &raw const time) };
    if count < 0 { -(crate::last_error::get() as i32) } else { count }
}

fn poll(entries: &mut [WSAPOLLFD], ms: i32) -> i32 {
    // SAFETY: the array has that many entries.
    let count = unsafe { WSAPoll(entries.as_mut_ptr(), entries.len() as u32, ms) };
    if count < 0 { -(crate::last_error::get() as i32) } else { count }
}

fn entry(fd: SOCKET, events: i16) -> WSAPOLLFD {
    WSAPOLLFD { fd, events, revents: -1 }
}

fn tcp() -> SOCKET {
    linsock_engine::startup::begin().unwrap();
    let creation = Creation { family: 2, kind: 1, protocol: 6, overlapped: true, inherit: false };
    socket::create(creation).unwrap()
}

fn loopback(port: u16) -> Address {
    let mut bytes = [0; 16];
    bytes[0] = 2;
    bytes[2..4].copy_from_slice(&port.to_be_bytes());
    bytes[4..8].copy_from_slice(&Ipv4Addr::LOCALHOST.octets());
    Address::from_bytes(&bytes)
}

/// A connected pair: ours and theirs.
fn pair() -> (SOCKET, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = tcp();
    socket::connect(ours, loopback(listener.local_addr().unwrap().port())).unwrap();
    (ours, listener.accept().unwrap().0)
}

#[test]
fn y_003_y_004_y_006_refusals() {
    let s = tcp();
    let (mut a, mut b, mut c) = (set(&[]), set(&[]), set(&[]));
    assert_eq!(wait(&mut a, &mut b, &mut c, 0), -WsaError::WSAEINVAL.0);
    assert_eq!(wait(&mut set(&[s]), &mut b, &mut c, -1), -WsaError::WSAEINVAL.0);
    let file = std::fs::File::open("/dev/null").unwrap();
    let mut odd = set(&[s, file.as_raw_fd() as SOCKET]);
    assert_eq!(wait(&mut odd, &mut b, &mut c, 0), -WsaError::WSAENOTSOCK.0);
    socket::close(s).unwrap();
}

#[test]
fn y_005_y_007_y_008_ready_ones_stay_in_the_sets() {
    let ((one, mut its_peer), (two, _peer)) = (pair(), pair());
    let (mut read, mut write) = (set(&[one, two]), set(&[two]));
    let mut none = set(&[]);
    assert_eq!(wait(&mut read, &mut none, &mut set(&[one]), 30), 0);
    assert_eq!(held(&read), [0; 0]);
    its_peer.write_all(b"x").unwrap();
    read = set(&[two, one, one]);
    assert_eq!(wait(&mut read, &mut none, &mut set(&[]), 2000), 2);
    assert_eq!(held(&read), [one, one]);
    read = set(&[one, two]);
    assert_eq!(wait(&mut read, &mut write, &mut set(&[]), 2000), 2);
    assert_eq!((held(&read), held(&write)), (&[one][..], &[two][..]));
    for s in [one, two] {
        socket::close(s).unwrap();
    }
}

#[test]
fn y_010_an_unconnected_stream_is_in_no_set() {
    let s = tcp();
    let started = Instant::now();
    assert_eq!(wait(&mut set(&[s]), &mut set(&[s]), &mut set(&[s]), 60), 0);
    assert!(started.elapsed().as_millis() >= 60);
    socket::close(s).unwrap();
}

#[test]
fn y_009_b_018_a_failed_connect_is_in_exceptfds_alone() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let s = tcp();
    linsock_engine::socket::ioctl::set_nonblocking(s, true).unwrap();
    assert_eq!(socket::connect(s, loopback(port)), Err(WsaError::WSAEWOULDBLOCK));
    let (mut read, mut write, mut except) = (set(&[s]), set(&[s]), set(&[s]));
    assert_eq!(wait(&mut read, &mut write, &mut except, 900), 1);
    assert_eq!((held(&read), held(&write), held(&except)), (&[][..], &[][..], &[s][..]));
    let mut entries = [entry(s, POLLOUT)];
    assert_eq!(poll(&mut entries, 0), 1);
    assert_eq!(entries[0].revents, POLLWRNORM | POLLHUP | POLLERR, "Y-017");
    socket::close(s).unwrap();
}

#[test]
fn b_018_a_connect_that_succeeds_is_in_writefds() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let s = tcp();
    linsock_engine::socket::ioctl::set_nonblocking(s, true).unwrap();
    let connected = socket::connect(s, loopback(listener.local_addr().unwrap().port()));
    assert_eq!(connected, Err(WsaError::WSAEWOULDBLOCK));
    let (mut write, mut except) = (set(&[s]), set(&[s]));
    assert_eq!(wait(&mut set(&[]), &mut write, &mut except, 900), 1);
    assert_eq!((held(&write), held(&except)), (&[s][..], &[][..]));
    socket::close(s).unwrap();
}

#[test]
fn y_011_to_y_014_poll_and_its_refusals() {
    let (s, mut peer) = pair();
    assert_eq!(poll(&mut [entry(s, POLLPRI)], 0), -WsaError::WSAEINVAL.0);
    assert_eq!(poll(&mut [entry(INVALID_SOCKET, POLLIN)], 0), -WsaError::WSAEINVAL.0);
    let mut entries = [entry(INVALID_SOCKET, POLLIN), entry(s, POLLIN)];
    assert_eq!(poll(&mut entries, 20), 0);
    assert_eq!((entries[0].revents, entries[1].revents), (0, 0));
    peer.write_all(b"x").unwrap();
    assert_eq!(poll(&mut entries, 2000), 1);
    assert_eq!((entries[0].revents, entries[1].revents), (0, POLLRDNORM));
    let closed = tcp();
    socket::close(closed).unwrap();
    // Nobody else may be given the number meanwhile, so one far above them all.
    let mut entries = [entry(closed + 100_000, POLLIN), entry(s, POLLOUT)];
    assert_eq!(poll(&mut entries, 2000), 2);
    assert_eq!((entries[0].revents, entries[1].revents), (POLLNVAL, POLLWRNORM));
    socket::close(s).unwrap();
}

#[test]
fn y_015_the_peers_end_is_a_hang_up() {
    let (s, mut peer) = pair();
    peer.write_all(b"x").unwrap();
    peer.shutdown(std::net::Shutdown::Write).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    let mut entries = [entry(s, POLLIN)];
    assert_eq!(poll(&mut entries, 2000), 1);
    assert_eq!(entries[0].revents, POLLRDNORM | POLLHUP);
    socket::close(s).unwrap();
    let _ = peer.read(&mut [0; 8]);
}

#[test]
fn a_socket_closed_meanwhile_ends_the_wait() {
    let (s, peer) = pair();
    // A number that no other test is given while this one closes it.
    // SAFETY: no pointers.
    let high = unsafe { libc::fcntl(peer.as_raw_fd(), libc::F_DUPFD_CLOEXEC, 900) } as SOCKET;
    let started = Instant::now();
    let waiter =
        std::thread::spawn(move || wait(&mut set(&[high]), &mut set(&[]), &mut set(&[]), 5000));
    std::thread::sleep(Duration::from_millis(100));
    socket::close(high).unwrap();
    assert_eq!(waiter.join().unwrap(), -WsaError::WSAENOTSOCK.0);
    assert!(started.elapsed().as_millis() < 3000);
    socket::close(s).unwrap();
}
