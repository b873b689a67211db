//! The world a test runs in, where it needs one of its own: a network without other hosts, few descriptors, few ports,
//! system calls that fail. A test asks for it in its environment (`TEST_ENV(name, "WORLD_NETWORK=own ...")`); it is made in
//! the child between fork and exec.
//!
//! | variable | the child gets |
//! |---|---|
//! | WORLD_NETWORK=own | a network namespace with nothing but loopback |
//! | WORLD_UNREACHABLE=A.B.C.D | in it, a route that says: host unreachable |
//! | WORLD_PORTS=FIRST-LAST | in it, that range of ephemeral ports |
//! | WORLD_TIMESTAMPS=N | in it, tcp_timestamps: with 0 TIME_WAIT keeps a pair of addresses to its end |
//! | WORLD_FASTOPEN=N | in it, that net.ipv4.tcp_fastopen: 1 for clients, 2 for servers, 3 for both |
//! | WORLD_DESCRIPTORS=N | a limit of N descriptors |
//! | WORLD_CONNECT_ERRNO=N | a connect() that fails with N |
//! | WORLD_RING_ERRNO=N | an io_uring_setup() that fails with N |

use anyhow::{Context, Result};
use std::ffi::CString;
use std::net::Ipv4Addr;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Everything worked out before fork: the child of a process with threads may not allocate.
#[derive(Default)]
struct World {
    own_network: bool,
    unreachable: Option<Ipv4Addr>,
    ports: Option<CString>,
    timestamps: Option<CString>,
    fastopen: Option<CString>,
    descriptors: Option<u64>,
    failing: Vec<(i64, u32)>,
}

impl World {
    fn read(env: &[(String, String)]) -> Result<World> {
        let mut world = World::default();
        for (key, value) in env {
            let number = || value.parse::<u32>().with_context(|| format!("{key}={value}"));
            match key.as_str() {
                "WORLD_NETWORK" => world.own_network = value == "own",
                "WORLD_UNREACHABLE" => world.unreachable = Some(value.parse()?),
                "WORLD_PORTS" => world.ports = Some(CString::new(value.replace('-', " "))?),
                "WORLD_TIMESTAMPS" => world.timestamps = Some(CString::new(value.as_str())?),
                "WORLD_FASTOPEN" => world.fastopen = Some(CString::new(value.as_str())?),
                "WORLD_DESCRIPTORS" => world.descriptors = Some(u64::from(number()?)),
                "WORLD_CONNECT_ERRNO" => world.failing.push((libc::SYS_connect, number()?)),
                "WORLD_RING_ERRNO" => world.failing.push((libc::SYS_io_uring_setup, number()?)),
                _ => {}
            }
        }
        Ok(world)
    }

    fn enter(&self) -> std::io::Result<()> {
        if self.own_network {
            own_network()?;
        }
        if let Some(host) = self.unreachable {
            unreachable(host)?;
        }
        if let Some(range) = &self.ports {
            write(c"/proc/sys/net/ipv4/ip_local_port_range", range.as_bytes())?;
        }
        if let Some(on) = &self.timestamps {
            write(c"/proc/sys/net/ipv4/tcp_timestamps", on.as_bytes())?;
        }
        if let Some(who) = &self.fastopen {
            write(c"/proc/sys/net/ipv4/tcp_fastopen", who.as_bytes())?;
        }
        if let Some(most) = self.descriptors {
            let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
            // SAFETY: the structure is alive for the call.
            check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) })?;
        }
        self.failing.iter().try_for_each(|&(call, errno)| fail_call(call, errno))
    }
}

pub fn prepare(command: &mut Command, env: &[(String, String)]) -> Result<()> {
    let world = World::read(env)?;
    // SAFETY: between fork and exec the closure makes system calls only; it neither allocates nor takes a lock.
    unsafe { command.pre_exec(move || world.enter()) };
    Ok(())
}

fn check(result: i32) -> std::io::Result<()> {
    if result < 0 { Err(std::io::Error::last_os_error()) } else { Ok(()) }
}

fn own_network() -> std::io::Result<()> {
    // A superuser needs no user namespace, and others can have one nearly everywhere.
    // SAFETY: no memory is involved.
    if unsafe { libc::unshare(libc::CLONE_NEWNET) } < 0 {
        // SAFETY: as above.
        check(unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET) })?;
    }
    with_socket(|s| {
        // SAFETY: all zero bytes are a valid ifreq.
        let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
        request.ifr_name[0] = b'l' as libc::c_char;
        request.ifr_name[1] = b'o' as libc::c_char;
        request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
        // SAFETY: the request is alive for the call.
        check(unsafe { libc::ioctl(s, libc::SIOCSIFFLAGS, &request) })
    })
}

fn unreachable(host: Ipv4Addr) -> std::io::Result<()> {
    const RTF_UP: u16 = 1;
    const RTF_HOST: u16 = 4;
    const RTF_REJECT: u16 = 0x200;
    let address = |ip: Ipv4Addr| {
        // SAFETY: all zero bytes are a valid sockaddr.
        let mut name: libc::sockaddr = unsafe { std::mem::zeroed() };
        name.sa_family = libc::AF_INET as libc::sa_family_t;
        for (to, from) in name.sa_data[2..].iter_mut().zip(ip.octets()) {
            *to = from as libc::c_char;
        }
        name
    };
    with_socket(|s| {
        // SAFETY: all zero bytes are a valid rtentry.
        let mut route: libc::rtentry = unsafe { std::mem::zeroed() };
        route.rt_dst = address(host);
        route.rt_genmask = address(Ipv4Addr::BROADCAST);
        route.rt_flags = RTF_UP | RTF_HOST | RTF_REJECT;
        // SAFETY: the route is alive for the call.
        check(unsafe { libc::ioctl(s, libc::SIOCADDRT, &route) })
    })
}

fn with_socket(use_it: impl FnOnce(i32) -> std::io::Result<()>) -> std::io::Result<()> {
    // SAFETY: no memory is involved.
    let s = unsafe { libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) };
    check(s)?;
    let result = use_it(s);
    // SAFETY: the descriptor is ours.
    unsafe { libc::close(s) };
    result
}

fn write(path: &std::ffi::CStr, text: &[u8]) -> std::io::Result<()> {
    // SAFETY: the path ends with a zero.
    let file = unsafe { libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC) };
    check(file)?;
    // SAFETY: the text is alive for the call.
    let written = unsafe { libc::write(file, text.as_ptr().cast(), text.len()) };
    let result = check(written as i32);
    // SAFETY: the descriptor is ours.
    unsafe { libc::close(file) };
    result
}

/// A filter of four instructions: is it this call? then answer with the error.
fn fail_call(call: i64, errno: u32) -> std::io::Result<()> {
    const LOAD_NUMBER: u16 = 0x20; // BPF_LD | BPF_W | BPF_ABS, offset 0 of seccomp_data
    const JUMP_IF_EQUAL: u16 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    const RETURN: u16 = 0x06; // BPF_RET | BPF_K
    let one = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let mut program = [
        one(LOAD_NUMBER, 0, 0, 0),
        one(JUMP_IF_EQUAL, 0, 1, call as u32),
        one(RETURN, 0, 0, libc::SECCOMP_RET_ERRNO | errno),
        one(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    // SAFETY: no memory is involved.
    check(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) })?;
    // SAFETY: the program is alive for the call, which copies it.
    check(unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &filter) })
}
