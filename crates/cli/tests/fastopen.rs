//! Check that with --fastopen the first data travels in the SYN, by the kernel's own account.
//!
//! In a network namespace of the test's own, where the system's settings can be changed.
#![cfg(target_os = "linux")]

mod common;

use common::{BACKENDS, linsock};
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::process::Command;

const INSIDE: &str = "LINSOCK_TEST_IN_NAMESPACE";
/// linux/tcp.h
const TCPI_OPT_SYN_DATA: u8 = 32;

#[test]
fn the_second_connection_carries_its_data_in_the_syn() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    // SAFETY: takes no arguments.
    let root = unsafe { libc::geteuid() } == 0;
    let run = Command::new("unshare")
        .arg(if root { "-n" } else { "-rn" })
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "the_second_connection_carries_its_data_in_the_syn", "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("unshare is installed (util-linux)");
    let text = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && text.contains("1 passed"), "{}\n{text}", run.status);
}

fn inside() {
    raise_loopback();
    // Clients and servers.
    std::fs::write("/proc/sys/net/ipv4/tcp_fastopen", "3").unwrap();
    for (backend, address) in BACKENDS.into_iter().zip(["127.0.0.2:0", "127.0.0.3:0"]) {
        // The kernel keeps cookies by address, so each backend asks for its own first.
        let listener = TcpListener::bind(address).unwrap();
        set_fastopen(&listener);
        let to = listener.local_addr().unwrap().to_string();
        let connect = |fastopen: &[&str]| {
            let arguments = ["connect", &to, "--send", "early", "--json", "--backend", backend];
            let run = linsock(&[&arguments, fastopen].concat());
            assert_eq!(run.code, Some(0), "{}", run.all());
            assert_eq!(run.json()["bytes_sent"], 5, "{}", run.all());
            let (mut stream, _) = listener.accept().unwrap();
            let in_syn = came_in_the_syn(&stream);
            let mut data = String::new();
            stream.read_to_string(&mut data).unwrap();
            assert_eq!(data, "early");
            in_syn
        };
        assert!(!connect(&["--fastopen"]), "{backend}: there was no cookie yet");
        assert!(connect(&["--fastopen"]), "{backend}: there was a cookie");
        assert!(!connect(&[]), "{backend}: without the option nothing is sent early");
    }
}

/// A new namespace's loopback interface is down.
fn raise_loopback() {
    // SAFETY: all zeros are a valid request.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(*b"lo") {
        *to = from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    // SAFETY: the request is as SIOCSIFFLAGS takes it.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &request) };
    assert_eq!(done, 0, "{}", std::io::Error::last_os_error());
}

/// Lets a listener take data in the SYN.
fn set_fastopen(listener: &TcpListener) {
    let queue: libc::c_int = 16;
    // SAFETY: the value is as long as is said.
    let done = unsafe {
        libc::setsockopt(
            listener.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_FASTOPEN,
            (&raw const queue).cast(),
            size_of_val(&queue) as libc::socklen_t,
        )
    };
    assert_eq!(done, 0, "{}", std::io::Error::last_os_error());
}

/// Whether the kernel took data from the SYN of an accepted connection.
fn came_in_the_syn(stream: &TcpStream) -> bool {
    // SAFETY: all zeros are a valid answer.
    let mut info: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut length = size_of_val(&info) as libc::socklen_t;
    // SAFETY: there is room for the length that is given.
    let done = unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            (&raw mut info).cast(),
            &mut length,
        )
    };
    assert_eq!(done, 0, "{}", std::io::Error::last_os_error());
    info.tcpi_options & TCPI_OPT_SYN_DATA != 0
}
