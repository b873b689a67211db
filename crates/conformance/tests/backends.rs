//! Where io_uring is denied by a system call filter, `auto` works and a forced `uring` fails and says so; it never falls
//! back. (Every test of the suite also checks that the backend in use is the one that was forced.)

use std::process::Command;

/// Runs one clause test where io_uring_setup fails with EPERM, as in a container.
fn without_ring(backend: &str) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_linsock-conformance"))
        .args([
            "run",
            "--filter",
            "c_002_connects",
            "--backend",
            "epoll",
            "--env",
            "WORLD_RING_ERRNO=1",
        ])
        .args(["--env", &format!("LINSOCK_BACKEND={backend}")])
        .output()
        .unwrap_or_else(|error| panic!("the runner does not start: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

#[test]
fn auto_works_where_io_uring_is_denied() {
    let (good, text) = without_ring("auto");
    assert!(good && text.contains("1 of 1 passed"), "{text}");
}

#[test]
fn epoll_works_where_io_uring_is_denied() {
    let (good, text) = without_ring("epoll");
    assert!(good && text.contains("1 of 1 passed"), "{text}");
}

#[test]
fn forced_uring_fails_where_it_is_denied() {
    let (good, text) = without_ring("uring");
    assert!(!good && text.contains("WSAStartup gave 10091"), "{text}");
}
