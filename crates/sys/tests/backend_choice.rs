//! The choice of the backend where a system call filter forbids io_uring, as containers have it: `auto` works and says
//! in one line why; a forced `uring` is refused with a clear error and never replaced.
//!
//! A filter and the choice are for a whole process's life, so each test runs this same binary again as its child.

use linsock_sys::Win32::Foundation::CloseHandle;
use linsock_sys::Win32::Networking::WinSock::*;
use linsock_sys::Win32::System::IO::*;
use std::io::Read;
use std::net::TcpListener;
use std::process::{Command, Output};
use std::ptr::{null, null_mut};

/// Set in the child: whether io_uring is forbidden there.
const FILTER: &str = "BACKEND_CHOICE_FILTER";
const STARTUP: &str = "WSAStartup: ";
const CONNECTED: &str = "connected, 5 bytes sent";

/// Runs `child` in a process of its own.
fn start(backend: Option<&str>, filter: &str, log: bool) -> Output {
    let program = std::env::current_exe().expect("a test knows its own file");
    let mut command = Command::new(program);
    command
        .args(["child", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env(FILTER, filter)
        .env_remove("LINSOCK_BACKEND")
        .env_remove("LINSOCK_LOG");
    if let Some(name) = backend {
        command.env("LINSOCK_BACKEND", name);
    }
    if log {
        command.env("LINSOCK_LOG", "1");
    }
    command.output().expect("the test's own file starts")
}

/// What the child said: its standard output, and the lines of the library on standard error.
fn said(output: &Output) -> (String, Vec<String>) {
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines = errors.lines().filter(|line| line.starts_with("linsock: "));
    let lines = lines.map(str::to_owned).collect();
    (String::from_utf8_lossy(&output.stdout).into_owned() + &errors, lines)
}

#[test]
fn auto_works_without_io_uring_and_says_why() {
    for backend in [None, Some("auto")] {
        let output = start(backend, "deny", true);
        let (text, lines) = said(&output);
        assert!(output.status.success() && text.contains(CONNECTED), "{text}");
        let [line] = &lines[..] else { panic!("one line was expected:\n{text}") };
        assert!(line.contains("backend epoll (auto"), "{line}");
        assert!(line.contains("a seccomp profile forbids io_uring_setup (EPERM)"), "{line}");
    }
}

#[test]
fn forced_uring_is_refused_with_its_reason() {
    let output = start(Some("uring"), "deny", true);
    let (text, lines) = said(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains(&format!("{STARTUP}{WSASYSNOTREADY}")), "{text}");
    assert!(!text.contains(CONNECTED), "it fell back:\n{text}");
    let [line] = &lines[..] else { panic!("one line was expected:\n{text}") };
    assert!(line.contains("LINSOCK_BACKEND=uring, but a seccomp profile forbids"), "{line}");
}

#[test]
fn unknown_backend_is_refused() {
    let output = start(Some("iocp"), "allow", true);
    let (text, lines) = said(&output);
    assert!(text.contains(&format!("{STARTUP}{WSASYSNOTREADY}")), "{text}");
    assert!(lines.iter().any(|line| line.contains("LINSOCK_BACKEND=iocp is neither")), "{text}");
}

#[test]
fn forced_epoll_needs_no_io_uring() {
    let output = start(Some("epoll"), "deny", true);
    let (text, lines) = said(&output);
    assert!(output.status.success() && text.contains(CONNECTED), "{text}");
    assert!(
        lines.iter().any(|line| line.contains("backend epoll (LINSOCK_BACKEND=epoll)")),
        "{text}"
    );
}

#[test]
fn nothing_is_said_unasked() {
    for backend in ["auto", "uring"] {
        let output = start(Some(backend), "deny", false);
        let (text, lines) = said(&output);
        assert!(output.status.success() && text.contains(STARTUP) && lines.is_empty(), "{text}");
    }
}

/// Not a test: what the others start.
#[test]
#[ignore = "runs only as the child of the other tests"]
fn child() {
    match std::env::var(FILTER).as_deref() {
        Ok("deny") => forbid_io_uring(),
        Ok("allow") => {}
        // Started by hand with --ignored.
        _ => return,
    }
    // SAFETY: all zero is a valid WSADATA.
    let mut data: WSADATA = unsafe { std::mem::zeroed() };
    // SAFETY: the structure is alive for the call.
    let error = unsafe { WSAStartup(0x0202, &mut data) };
    println!("{STARTUP}{error}");
    if error == 0 {
        connect_through_a_port();
        // SAFETY: nothing of Winsock is used afterwards.
        assert_eq!(unsafe { WSACleanup() }, 0);
    }
}

/// ConnectEx with five bytes to a listener of the standard library.
fn connect_through_a_port() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a port");
    let there = listener.local_addr().expect("a listener has an address");
    let mut name = SOCKADDR_IN { sin_family: AF_INET, ..SOCKADDR_IN::default() };
    let length = size_of::<SOCKADDR_IN>() as i32;
    let mut bytes = 0;
    let mut function: LPFN_CONNECTEX = None;
    let guid = WSAID_CONNECTEX;
    // SAFETY: every pointer is to a live local of the type that the call wants.
    unsafe {
        let s = socket(AF_INET as i32, SOCK_STREAM, 0);
        assert_ne!(s, INVALID_SOCKET);
        let port = CreateIoCompletionPort(s as _, null_mut(), 7, 0);
        assert!(!port.is_null());
        assert_eq!(bind(s, (&raw const name).cast(), length), 0);
        let found = WSAIoctl(
            s,
            SIO_GET_EXTENSION_FUNCTION_POINTER,
            (&raw const guid).cast(),
            size_of_val(&guid) as u32,
            (&raw mut function).cast(),
            size_of::<LPFN_CONNECTEX>() as u32,
            &mut bytes,
            null_mut(),
            None,
        );
        assert_eq!(found, 0);
        let connect_ex = function.expect("the pointer was just given");
        name.sin_port = there.port().to_be();
        name.sin_addr.S_un.S_addr = u32::from_ne_bytes([127, 0, 0, 1]);
        let mut overlapped = OVERLAPPED::default();
        let started = connect_ex(
            s,
            (&raw const name).cast(),
            length,
            c"hello".as_ptr().cast(),
            5,
            null_mut(),
            &mut overlapped,
        );
        assert!(started != 0 || WSAGetLastError() == WSA_IO_PENDING, "{}", WSAGetLastError());
        let (mut key, mut done) = (0, null_mut());
        assert_ne!(GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut done, 5000), 0);
        assert!(std::ptr::eq(done, &overlapped) && key == 7);
        let updated = setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, null(), 0);
        assert_eq!(updated, 0);
        let mut got = [0; 5];
        let (mut peer, _) = listener.accept().expect("somebody connected");
        peer.read_exact(&mut got).expect("five bytes were sent");
        assert_eq!(&got, b"hello");
        println!("connected, {bytes} bytes sent");
        assert_eq!(closesocket(s), 0);
        assert_ne!(CloseHandle(port), 0);
    }
}

/// io_uring_setup fails with EPERM from now on in this thread and those it starts, as in a container.
fn forbid_io_uring() {
    const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const JUMP_IF_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let mut steps = [
        // The call's number is the first field of seccomp_data.
        step(LOAD, 0, 0, 0),
        step(JUMP_IF_EQUAL, 0, 1, libc::SYS_io_uring_setup as u32),
        step(RETURN, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        step(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let filter = libc::sock_fprog { len: steps.len() as u16, filter: steps.as_mut_ptr() };
    // SAFETY: the kernel copies the filter during the call; the first call takes no pointer.
    let installed = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &filter) == 0
    };
    assert!(installed, "{}", std::io::Error::last_os_error());
    // The filter works, or the tests would prove nothing.
    // SAFETY: a NULL is refused if the call should get through.
    let result = unsafe { libc::syscall(libc::SYS_io_uring_setup, 1, 0) };
    let errno = std::io::Error::last_os_error().raw_os_error();
    assert_eq!((result, errno), (-1, Some(libc::EPERM)));
}
