//! `LINSOCK_TRACE`: a C program's lines on both backends, and that a program does the same with it and without.

mod common;

use common::library::shared_library;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BACKENDS: [&str; 2] = ["epoll", "uring"];

/// c/traced.c, compiled and linked to the shared library.
fn program() -> PathBuf {
    static PROGRAM: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    PROGRAM.get_or_init(build).clone()
}

fn build() -> PathBuf {
    let folder = shared_library().parent().expect("the library is in a folder");
    let program = common::scratch().join("traced");
    let output = Command::new("gcc")
        .arg(format!("-I{}", common::include_dir().display()))
        .arg(common::root().join("crates/dll/tests/c/traced.c"))
        .arg("-o")
        .arg(&program)
        .arg(format!("-L{}", folder.display()))
        .arg(format!("-Wl,-rpath,{}", folder.display()))
        .args(["-llinsock", "-lpthread"])
        .output()
        .expect("gcc starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    program
}

fn run(backend: &str, trace: Option<&str>) -> Output {
    let mut command = Command::new(program());
    command.env_remove("LINSOCK_TRACE").env("LINSOCK_BACKEND", backend);
    if let Some(trace) = trace {
        command.env("LINSOCK_TRACE", trace);
    }
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{output:?}");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A new file's name.
fn file(name: &str) -> PathBuf {
    let path = common::scratch().join(name);
    // It may not be there.
    let _ = fs::remove_file(&path);
    path
}

fn traced_to(path: &Path, backend: &str) -> String {
    let name = path.to_str().expect("a path of this test is plain");
    let output = run(backend, Some(name));
    assert_eq!(text(&output.stderr), "", "the trace goes to the file alone");
    fs::read_to_string(path).expect("there is a trace")
}

/// Whether a line fits a pattern in which `*` is any text.
fn fits(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    for (at, part) in parts.iter().enumerate() {
        if at + 1 == parts.len() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}

/// In this order; others may stand between them.
const LINES: [&str; 33] = [
    "WSAStartup(wVersionRequested=514, lpWSAData=0x*) = 0",
    "socket(af=AF_INET, type=SOCK_STREAM, protocol=IPPROTO_TCP) = *",
    "bind(s=*, name={AF_INET, 127.0.0.1:0}, namelen=16) = 0",
    "listen(s=*, backlog=5) = 0",
    "getsockname(s=*, name={AF_INET, 127.0.0.1:*}, namelen=[16]) = 0",
    "WSASocketW(af=AF_INET, type=SOCK_STREAM, protocol=IPPROTO_TCP, lpProtocolInfo=NULL, g=0, dwFlags=WSA_FLAG_OVERLAPPED) = *",
    "CreateIoCompletionPort(FileHandle=*, ExistingCompletionPort=NULL, CompletionKey=0x2a, NumberOfConcurrentThreads=0) = 0x4*",
    "WSAIoctl(s=*, dwIoControlCode=SIO_GET_EXTENSION_FUNCTION_POINTER, lpvInBuffer=0x*, cbInBuffer=16, lpvOutBuffer=[0x*], cbOutBuffer=8, lpcbBytesReturned=[8], lpOverlapped=NULL, lpCompletionRoutine=NULL) = 0",
    "ConnectEx(s=*, name={AF_INET, 127.0.0.1:*}, namelen=16, lpSendBuffer=0x*, dwSendDataLength=64, lpdwBytesSent=NULL, lpOverlapped=0x*) = FALSE ERROR_IO_PENDING (997)",
    "WSAGetLastError() = WSA_IO_PENDING (997)",
    "GetQueuedCompletionStatus(CompletionPort=0x4*, lpNumberOfBytesTransferred=[64], lpCompletionKey=[0x2a], lpOverlapped=[0x*], dwMilliseconds=5000) = TRUE",
    "GetQueuedCompletionStatus(CompletionPort=0x4*, lpOverlapped=[0x0], dwMilliseconds=0) = FALSE WAIT_TIMEOUT (258)",
    "setsockopt(s=*, level=SOL_SOCKET, optname=SO_UPDATE_CONNECT_CONTEXT, optval=NULL, optlen=0) = 0",
    "setsockopt(s=*, level=IPPROTO_TCP, optname=TCP_NODELAY, optval=0x*, optlen=4) = 0",
    "accept(s=*, addr={AF_INET, 127.0.0.1:*}, addrlen=[16]) = *",
    "recv(s=*, buf=0x*, len=64, flags=MSG_WAITALL) = 64",
    "WSARecv(s=*, lpBuffers=[{len=64, buf=0x*}], dwBufferCount=1, lpNumberOfBytesRecvd=NULL, lpFlags=[0], lpOverlapped=0x*, lpCompletionRoutine=0x*) = SOCKET_ERROR WSA_IO_PENDING (997)",
    "send(s=*, buf=0x*, len=5, flags=0) = 5",
    "WSASetLastError(iError=0)",
    "SleepEx(dwMilliseconds=5000, bAlertable=TRUE) = 192",
    "bind(s=*, name=0x10, namelen=16) = SOCKET_ERROR WSAEFAULT (10014)",
    "connect(s=*, name={AF_INET, 127.0.0.1:*}, namelen=16) = SOCKET_ERROR WSAECONNREFUSED (10061)",
    "closesocket(s=INVALID_SOCKET) = SOCKET_ERROR WSAENOTSOCK (10038)",
    "shutdown(s=*, how=SD_SEND) = 0",
    r#"CreateEventW(lpEventAttributes=NULL, bManualReset=TRUE, bInitialState=FALSE, lpName=L"an \"event\"") = 0x4*"#,
    r#"GetModuleHandleA(lpModuleName="kernel32") = 0x*"#,
    r#"GetProcAddress(hModule=0x*, lpProcName="SetEvent") = 0x*"#,
    "WaitForSingleObject(hHandle=0x4*, dwMilliseconds=0) = WAIT_TIMEOUT",
    "SetEvent(hEvent=0x4*) = TRUE",
    "WaitForSingleObject(hHandle=0x4*, dwMilliseconds=INFINITE) = WAIT_OBJECT_0",
    r#"DeleteFileA(lpFileName="xxxxxxxx*"...) = FALSE ERROR_FILE_NOT_FOUND (2)"#,
    "WSAEventSelect(s=*, hEventObject=0x4*, lNetworkEvents=FD_READ|FD_CLOSE) = 0",
    "WSACleanup() = 0",
];

#[test]
fn each_call_has_its_line() {
    for backend in BACKENDS {
        let trace = traced_to(&file(&format!("lines.{backend}")), backend);
        let mut lines = trace.lines().map(|line| {
            let (tid, call) = line.split_once("] ").unwrap_or(("", line));
            assert!(tid.strip_prefix("[tid ").is_some_and(|n| n.parse::<u32>().is_ok()), "{line}");
            call
        });
        for wanted in LINES {
            assert!(
                lines.any(|line| fits(line, wanted)),
                "{backend}: no line, or none at its place, fits\n{wanted}\n{trace}"
            );
        }
        // A function that is made of another one has one line.
        for inner in ["recvfrom(", "WaitForSingleObjectEx(", "_utf32("] {
            assert!(!trace.contains(inner), "{backend}: {inner}\n{trace}");
        }
    }
}

#[test]
fn another_thread_has_its_own_number_and_its_end_a_line() {
    let trace = traced_to(&file("threads"), "epoll");
    let line_of = |call: &str| {
        let found = trace.lines().find(|line| line.contains(call));
        found.unwrap_or_else(|| panic!("no {call}\n{trace}"))
    };
    let (main, thread) = (line_of("WSAStartup("), line_of("ExitThread("));
    assert!(thread.ends_with("ExitThread(dwExitCode=3) = ?"), "{thread}");
    let tid = |line: &str| line.split(']').next().map(str::to_owned);
    assert_ne!(tid(main), tid(thread));
    assert_eq!(tid(line_of("SetLastError(dwErrCode=ERROR_BUSY)")), tid(thread));
}

#[test]
fn the_program_does_the_same_with_a_trace_and_without() {
    for backend in BACKENDS {
        let plain = run(backend, None);
        assert_eq!(text(&plain.stderr), "", "there is no trace unless it is asked for");
        let expected = "ConnectEx 0, last error 997\nWSARecv, last error 997\nthe routine got 5\n\
                        bind, last error 10014\nconnect, last error 10061\n";
        assert_eq!(text(&plain.stdout), expected);
        for off in ["", "0"] {
            assert_eq!(text(&run(backend, Some(off)).stderr), "");
        }
        let traced = run(backend, Some("1"));
        assert_eq!(text(&traced.stdout), expected);
        assert!(text(&traced.stderr).contains("] WSAStartup("), "{:?}", text(&traced.stderr));
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_told_of_once() {
    let output = run("epoll", Some("/no/such/folder/trace"));
    let told = text(&output.stderr);
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.contains("LINSOCK_TRACE") && told.contains("/no/such/folder/trace"), "{told}");
}
