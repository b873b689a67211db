//! The few system calls of the listener and of the contestants that go without the library.

use anyhow::{Context, Result, bail};
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

/// The block that each connection carries.
pub const BLOCK_BYTES: usize = 64;

/// The bytes of the block: none like its neighbours, so that a shift would show.
pub const BLOCK: [u8; BLOCK_BYTES] = {
    let mut block = [0; BLOCK_BYTES];
    let mut at = 0;
    while at < BLOCK_BYTES {
        block[at] = (at * 37 + 11) as u8;
        at += 1;
    }
    block
};

/// The outcome of a system call that answers -1 on failure.
pub fn check(result: i32) -> io::Result<i32> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// A non-blocking TCP socket.
pub fn socket() -> io::Result<i32> {
    // SAFETY: no pointers.
    check(unsafe {
        libc::socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC, 0)
    })
}

/// The address as the kernel takes it.
pub fn sockaddr(address: SocketAddrV4) -> libc::sockaddr_in {
    libc::sockaddr_in {
        sin_family: libc::AF_INET as u16,
        sin_port: address.port().to_be(),
        sin_addr: libc::in_addr { s_addr: u32::from(*address.ip()).to_be() },
        sin_zero: [0; 8],
    }
}

/// A socket bound to port 0 as the work has it, in the cheapest way the kernel has: the port is
/// left to `connect`.
pub fn bound_socket() -> io::Result<i32> {
    bind(socket()?)
}

/// A blocking TCP socket.
pub fn blocking_socket() -> io::Result<i32> {
    // SAFETY: no pointers.
    check(unsafe { libc::socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0) })
}

/// Binds a socket so.
pub fn bind(fd: i32) -> io::Result<i32> {
    set_option(fd, libc::IPPROTO_IP, libc::IP_BIND_ADDRESS_NO_PORT, &1i32)?;
    let any = sockaddr(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0));
    // SAFETY: the address lives through the call, and its size is told.
    check(unsafe { libc::bind(fd, (&raw const any).cast(), SOCKADDR_BYTES) })?;
    Ok(fd)
}

/// Bytes of an IPv4 address, as the kernel takes it.
pub const SOCKADDR_BYTES: u32 = size_of::<libc::sockaddr_in>() as u32;

/// Sets an option.
pub fn set_option<T>(fd: i32, level: i32, name: i32, value: &T) -> io::Result<()> {
    let value: *const T = value;
    // SAFETY: the value lives through the call, and its size is told.
    check(unsafe { libc::setsockopt(fd, level, name, value.cast(), size_of::<T>() as u32) })?;
    Ok(())
}

/// Closes hard: a reset, which leaves no TIME_WAIT behind.
pub fn close_hard(fd: i32) -> io::Result<()> {
    reset_on_close(fd)?;
    close(fd);
    Ok(())
}

/// Has its close, whoever does it, be a hard one.
pub fn reset_on_close(fd: i32) -> io::Result<()> {
    let linger = libc::linger { l_onoff: 1, l_linger: 0 };
    set_option(fd, libc::SOL_SOCKET, libc::SO_LINGER, &linger)
}

/// Closes.
pub fn close(fd: i32) {
    // SAFETY: the descriptor is the caller's own.
    unsafe { libc::close(fd) };
}

const BACKLOG: i32 = 4096;

/// A listening socket on loopback that takes fast open, and its address.
pub fn listen() -> Result<(i32, SocketAddrV4)> {
    listen_at(socket()?, Ipv4Addr::LOCALHOST, BACKLOG)
}

/// One whose accept blocks, on every address of this machine: a client needs more than one
/// when it makes more connections than there are ports.
pub fn listen_anywhere() -> Result<(i32, SocketAddrV4)> {
    listen_at(blocking_socket()?, Ipv4Addr::UNSPECIFIED, BACKLOG)
}

/// Has the socket listen at a port of the kernel's choice.
pub fn listen_at(fd: i32, ip: Ipv4Addr, backlog: i32) -> Result<(i32, SocketAddrV4)> {
    let mut name = sockaddr(SocketAddrV4::new(ip, 0));
    let mut len = SOCKADDR_BYTES;
    // SAFETY: the address lives through the calls, and its size is told.
    unsafe {
        check(libc::bind(fd, (&raw const name).cast(), len)).context("bind")?;
        check(libc::getsockname(fd, (&raw mut name).cast(), &raw mut len))
            .context("getsockname")?;
    }
    // Where the kernel refuses it, connections are made the plain way.
    let _ = set_option(fd, libc::IPPROTO_TCP, libc::TCP_FASTOPEN, &backlog);
    // SAFETY: no pointers.
    check(unsafe { libc::listen(fd, backlog) }).context("listen")?;
    if len != SOCKADDR_BYTES {
        bail!("the listener's address has {len} bytes");
    }
    Ok((fd, SocketAddrV4::new(ip, u16::from_be(name.sin_port))))
}

/// Allows as many descriptors as the system lets this process have, and says how many.
pub fn raise_descriptor_limit() -> io::Result<usize> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the structure lives through both calls.
    unsafe {
        check(libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit))?;
        limit.rlim_cur = limit.rlim_max;
        check(libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit))?;
    }
    Ok(limit.rlim_cur as usize)
}

/// CPU time of all threads of this process, user and system, in nanoseconds.
pub fn cpu_nanoseconds() -> u64 {
    clock(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// The same of another process; 0 once it is gone.
pub fn cpu_nanoseconds_of(process: u32) -> u64 {
    // As the C library's clock_getcpuclockid makes it: the complement of the number, and 2 for
    // the time that the scheduler counts.
    clock(!(process as i32) << 3 | 2)
}

fn clock(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the structure lives through the call.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Has a process (0: this one), which has one thread, run on one processor, or on all of them again.
/// Where that is not allowed it runs where it may.
pub fn run_on(process: u32, processor: Option<usize>) {
    // SAFETY: all zeroes are an empty set, and the set lives through the call.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        match processor {
            Some(number) => libc::CPU_SET(number, &mut set),
            None => (0..libc::CPU_SETSIZE as usize).for_each(|n| libc::CPU_SET(n, &mut set)),
        }
        libc::sched_setaffinity(process as i32, size_of::<libc::cpu_set_t>(), &raw const set);
    }
}
