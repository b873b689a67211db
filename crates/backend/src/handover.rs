//! Handing a descriptor to another process, without privileges.
//!
//! The giver listens on a local socket in the abstract namespace, under a name that only a number
//! tells; the taker connects and is sent the descriptor. Taking it by pidfd_getfd would need the
//! right to trace the giver, which a child has not where tracing is restricted to descendants.

use crate::net::{self, Fd, check};
use linsock_abi::Errno;
use std::mem::{size_of, zeroed};
use std::ptr;

/// How long a taker waits for the giver, which answers from its engine thread.
const PATIENCE_SECONDS: libc::time_t = 10;

/// Bytes that go along with the descriptor.
pub const NOTE_BYTES: usize = 4;
/// What goes along with the descriptor.
pub type Note = [u8; NOTE_BYTES];

/// Who is at the other end of a local connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its process.
    pub process: u32,
    /// Its effective user.
    pub user: u32,
}

/// A number that is hard to guess, and not 0.
pub fn random() -> u32 {
    let mut bytes = [0u8; 4];
    // SAFETY: room for as many bytes as asked for.
    unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    u32::from_ne_bytes(bytes).max(1)
}

/// The effective user of this process.
pub fn own_user() -> u32 {
    // SAFETY: no preconditions.
    unsafe { libc::geteuid() }
}

/// The abstract address of a number: a zero, then the name.
fn address(number: u32) -> (libc::sockaddr_un, libc::socklen_t) {
    // SAFETY: a record of numbers, all of which may be zero.
    let mut address: libc::sockaddr_un = unsafe { zeroed() };
    address.sun_family = libc::AF_UNIX as libc::sa_family_t;
    let name = format!("linsock/{number:08x}");
    for (to, from) in address.sun_path[1..].iter_mut().zip(name.bytes()) {
        *to = from as libc::c_char;
    }
    let len = size_of::<libc::sa_family_t>() + 1 + name.len();
    (address, len as libc::socklen_t)
}

fn local_socket(flags: i32) -> Result<Fd, Errno> {
    let kind = libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC | flags;
    // SAFETY: no pointers.
    let fd = check(unsafe { libc::socket(libc::AF_UNIX, kind, 0) })?;
    net::keep_above_standard_streams(fd, false)
}

/// Listens under a number; EADDRINUSE where somebody else does.
pub fn listen(number: u32) -> Result<Fd, Errno> {
    let fd = local_socket(libc::SOCK_NONBLOCK)?;
    let (address, len) = address(number);
    // SAFETY: the address is as long as said.
    let bound = check(unsafe { libc::bind(fd, (&raw const address).cast(), len) });
    bound.and_then(|_| net::listen(fd, 4)).inspect_err(|_| net::close(fd))?;
    Ok(fd)
}

/// Takes a connection, if there is one.
pub fn accept(listener: Fd) -> Result<Fd, Errno> {
    let flags = libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    // SAFETY: no address is asked for.
    check(unsafe { libc::accept4(listener, ptr::null_mut(), ptr::null_mut(), flags) })
}

/// Connects to whoever listens under a number. Receives on it end after a while.
pub fn connect(number: u32) -> Result<Fd, Errno> {
    let fd = local_socket(0)?;
    let patience = libc::timeval { tv_sec: PATIENCE_SECONDS, tv_usec: 0 };
    let (address, len) = address(number);
    // SAFETY: both records are as long as said.
    let connected = unsafe {
        for option in [libc::SO_RCVTIMEO, libc::SO_SNDTIMEO] {
            libc::setsockopt(
                fd,
                libc::SOL_SOCKET,
                option,
                (&raw const patience).cast(),
                size_of::<libc::timeval>() as libc::socklen_t,
            );
        }
        check(again(|| libc::connect(fd, (&raw const address).cast(), len) as isize) as i32)
    };
    connected.inspect_err(|_| net::close(fd))?;
    Ok(fd)
}

/// Who is at the other end.
pub fn peer(connection: Fd) -> Result<Peer, Errno> {
    // SAFETY: a record of numbers, all of which may be zero.
    let mut credentials: libc::ucred = unsafe { zeroed() };
    let mut len = size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: room for as much as said.
    check(unsafe {
        libc::getsockopt(
            connection,
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut credentials).cast(),
            &raw mut len,
        )
    })?;
    Ok(Peer { process: credentials.pid.cast_unsigned(), user: credentials.uid })
}

/// Makes a call again while it is interrupted.
fn again(mut call: impl FnMut() -> isize) -> isize {
    loop {
        let result = call();
        if result >= 0 || net::last_errno() != Errno(libc::EINTR) {
            return result;
        }
    }
}

/// Room for one descriptor beside a message, aligned as its header wants it.
#[repr(C, align(8))]
struct Control([u8; 32]);

/// Runs `exchange` with a message of the note and room for one descriptor.
fn with_message<R>(
    note: &mut Note,
    control: &mut Control,
    exchange: impl FnOnce(&mut libc::msghdr) -> R,
) -> R {
    let mut part = libc::iovec { iov_base: note.as_mut_ptr().cast(), iov_len: NOTE_BYTES };
    // SAFETY: a record of numbers and pointers, all of which may be zero.
    let mut message: libc::msghdr = unsafe { zeroed() };
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    message.msg_control = control.0.as_mut_ptr().cast();
    // SAFETY: only counts.
    message.msg_controllen = unsafe { libc::CMSG_SPACE(size_of::<Fd>() as u32) } as _;
    exchange(&mut message)
}

/// Sends a descriptor, which stays open here.
pub fn send(connection: Fd, fd: Fd, mut note: Note) -> Result<(), Errno> {
    let mut control = Control([0; 32]);
    let sent = with_message(&mut note, &mut control, |message| {
        // SAFETY: the message has room for one header with one descriptor.
        unsafe {
            let header = libc::CMSG_FIRSTHDR(message);
            (*header).cmsg_level = libc::SOL_SOCKET;
            (*header).cmsg_type = libc::SCM_RIGHTS;
            (*header).cmsg_len = libc::CMSG_LEN(size_of::<Fd>() as u32) as _;
            libc::CMSG_DATA(header).cast::<Fd>().write_unaligned(fd);
            libc::sendmsg(connection, message, libc::MSG_NOSIGNAL)
        }
    });
    if sent < 0 { Err(net::last_errno()) } else { Ok(()) }
}

/// Receives a descriptor; ECONNRESET where none came.
pub fn receive(connection: Fd, inherit: bool) -> Result<(Fd, Note), Errno> {
    let mut note = Note::default();
    let mut control = Control([0; 32]);
    let flags = if inherit { 0 } else { libc::MSG_CMSG_CLOEXEC };
    let received = with_message(&mut note, &mut control, |message| {
        // SAFETY: the message's parts are there and as long as said; what the kernel wrote is
        // read only as far as it says.
        unsafe {
            // A ring that was just set up may interrupt this without any signal.
            let received = again(|| libc::recvmsg(connection, message, flags));
            if received != NOTE_BYTES as isize {
                return None;
            }
            let header = libc::CMSG_FIRSTHDR(message);
            let is_descriptor = !header.is_null()
                && (*header).cmsg_level == libc::SOL_SOCKET
                && (*header).cmsg_type == libc::SCM_RIGHTS;
            is_descriptor.then(|| libc::CMSG_DATA(header).cast::<Fd>().read_unaligned())
        }
    });
    let fd = received.ok_or(Errno(libc::ECONNRESET))?;
    Ok((net::keep_above_standard_streams(fd, inherit)?, note))
}

#[cfg(test)]
mod tests {
    use super::*;

    extern "C" fn nothing(_: i32) {}

    #[test]
    fn a_taker_that_is_interrupted_waits_on() {
        let handler: extern "C" fn(i32) = nothing;
        // SAFETY: the handler does nothing, and nobody else here uses the signal.
        unsafe { libc::signal(libc::SIGUSR2, handler as libc::sighandler_t) };
        let number = random();
        let listener = listen(number).unwrap();
        let taker = connect(number).unwrap();
        let giver = accept(listener).unwrap();
        let (tell, told) = std::sync::mpsc::channel();
        let receiving = std::thread::spawn(move || {
            // SAFETY: no preconditions.
            tell.send(unsafe { libc::pthread_self() }).unwrap();
            receive(taker, false)
        });
        let thread = told.recv().unwrap();
        for _ in 0..20 {
            // SAFETY: the thread cannot end before it is sent something below.
            unsafe { libc::pthread_kill(thread, libc::SIGUSR2) };
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        send(giver, listener, [4, 3, 2, 1]).unwrap();
        let (copy, note) = receiving.join().unwrap().unwrap();
        assert_eq!(note, [4, 3, 2, 1]);
        [listener, taker, giver, copy].into_iter().for_each(net::close);
    }

    #[test]
    fn a_descriptor_goes_over_with_its_note() {
        let number = random();
        let listener = listen(number).unwrap();
        assert_eq!(listen(number), Err(Errno(libc::EADDRINUSE)));
        let taker = connect(number).unwrap();
        let giver = accept(listener).unwrap();
        let peer = peer(giver).unwrap();
        assert_eq!(peer, Peer { process: std::process::id(), user: own_user() });
        send(giver, listener, [1, 2, 3, 4]).unwrap();
        let (copy, note) = receive(taker, false).unwrap();
        assert_eq!(note, [1, 2, 3, 4]);
        assert_ne!(copy, listener);
        // It is the listener: under its number it can be connected to.
        net::close(listener);
        let again = connect(number).unwrap();
        for fd in [copy, taker, giver, again] {
            net::close(fd);
        }
        assert_eq!(connect(number), Err(Errno(libc::ECONNREFUSED)));
    }

    #[test]
    fn whoever_sends_nothing_is_noticed() {
        let number = random();
        let listener = listen(number).unwrap();
        let taker = connect(number).unwrap();
        net::close(accept(listener).unwrap());
        assert_eq!(receive(taker, false), Err(Errno(libc::ECONNRESET)));
        net::close(taker);
        net::close(listener);
    }
}
