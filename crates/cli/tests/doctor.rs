//! Check that `linsock doctor` tells what this system allows.

mod common;

use common::{BACKENDS, command, finish, linsock};

#[test]
fn it_tells_of_the_system() {
    let run = linsock(&["doctor"]);
    assert_eq!(run.code, Some(0), "{}", run.all());
    for part in ["kernel", "serving", "epoll", "uring", "descriptors", "local ports", "fast open"] {
        assert!(run.out.contains(part), "{part}: {}", run.all());
    }
}

#[test]
fn programs_read_the_same_as_the_kernel_says() {
    for backend in BACKENDS {
        let mut doctor = command(&["doctor", "--json"]);
        doctor.env("LINSOCK_BACKEND", backend);
        let run = finish(doctor);
        assert_eq!(run.code, Some(0), "{}", run.all());
        let report = run.json();
        assert_eq!(report["backend"], backend);
        assert_eq!(report["backends"]["uring"]["available"], true);
        assert!(report["advice"].is_array());
        let read = |path: &str| std::fs::read_to_string(path).unwrap().trim().to_owned();
        assert_eq!(report["kernel"], read("/proc/sys/kernel/osrelease"));
        let range =
            format!("{}\t{}", report["local_ports"]["first"], report["local_ports"]["last"]);
        assert_eq!(range, read("/proc/sys/net/ipv4/ip_local_port_range"));
        let fastopen = report["tcp_fastopen"]["value"].to_string();
        assert_eq!(fastopen, read("/proc/sys/net/ipv4/tcp_fastopen"));
    }
}

#[test]
fn a_choice_that_cannot_serve_is_a_failure_with_its_remedy() {
    let mut doctor = command(&["doctor"]);
    doctor.env("LINSOCK_BACKEND", "iocp");
    let run = finish(doctor);
    assert_eq!(run.code, Some(1), "{}", run.all());
    assert!(run.out.contains("LINSOCK_BACKEND=iocp is neither"), "{}", run.all());
    assert!(run.out.contains("unset LINSOCK_BACKEND"), "{}", run.all());
}
