//! Counts the system calls inside ConnectEx and inside taking a completion that is there, of an echo and
//! of a connection, and holds them to the targets.

use serde_json::Value;
use std::process::Command;

/// The most system calls of a call, pointer probes apart.
const LIMITS: [(&str, &str, &str, f64); 14] = [
    // backend case          call                         calls
    ("epoll", "connect", "ConnectEx", 2.0),
    ("uring", "connect", "ConnectEx", 1.0),
    ("epoll", "connect-empty", "ConnectEx", 2.0),
    ("uring", "connect-empty", "ConnectEx", 1.0),
    ("epoll", "fast-open", "ConnectEx", 1.0),
    ("uring", "fast-open", "ConnectEx", 1.0),
    ("epoll", "connect", "GetQueuedCompletionStatus", 0.0),
    ("uring", "connect", "GetQueuedCompletionStatus", 0.0),
    ("epoll", "connect-empty", "GetQueuedCompletionStatus", 0.0),
    ("uring", "connect-empty", "GetQueuedCompletionStatus", 0.0),
    // Not there yet: the operation must not end before the peer has answered (C-101). One call
    // waits for that; another asks how it ended if the peer was quick to close.
    ("epoll", "fast-open", "GetQueuedCompletionStatus", 2.0),
    ("uring", "fast-open", "GetQueuedCompletionStatus", 2.0),
    ("epoll", "posted", "GetQueuedCompletionStatus", 0.0),
    ("uring", "posted", "GetQueuedCompletionStatus", 0.0),
];

#[test]
fn system_calls_of_a_connection_and_of_its_completion() {
    let output = Command::new(env!("CARGO_BIN_EXE_linsock-bench"))
        .args(["syscalls", "--json"])
        .output()
        .expect("the benchmark starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).expect("rows");
    assert_eq!(rows.len(), LIMITS.len(), "{rows:#?}");
    for (backend, case, call, limit) in LIMITS {
        let row = rows
            .iter()
            .find(|row| row["backend"] == backend && row["case"] == case && row["call"] == call)
            .unwrap_or_else(|| panic!("{backend} {case} {call} was not counted"));
        let count = row["system_calls"].as_f64().expect("a count");
        assert!(count <= limit, "{backend} {case} {call}: more than {limit} in {row:#}");
        // A count of nothing at all would meet any limit.
        assert!(call != "ConnectEx" || count > 0.0, "not counted: {row:#}");
    }
}

/// System calls of an echoed message at a server with a thousand connections and one thread.
fn echo_calls(contestant: &str) -> f64 {
    calls(contestant, "echo", "--connections", "1000", "1 thread, 1000 connections")
}

/// System calls of a connection, from its socket to its close, one thread having 64 in flight.
fn connect_calls(contestant: &str) -> f64 {
    calls(contestant, "connect", "--in-flight", "64", "1 thread, 64 in flight")
}

fn calls(contestant: &str, workload: &str, option: &str, many: &str, cell: &str) -> f64 {
    let output = Command::new(env!("CARGO_BIN_EXE_linsock-bench"))
        .args(["compare", "--json", "--workloads", workload, "--contestants", contestant])
        .args([option, many, "--threads", "1", "--rounds", "1", "--seconds", "0.05"])
        .output()
        .expect("the benchmark starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let cell = &report["workloads"][workload][cell];
    let count = cell["contestants"][contestant]["system_calls"].as_f64();
    let count = count.unwrap_or_else(|| panic!("not counted: {report:#}"));
    assert!(count > 0.0, "nothing was counted: {cell:#}");
    count
}

/// The anchor: what shows that the counting is right.
#[test]
fn an_echo_by_hand_takes_two_calls_or_a_share_of_one() {
    let epoll = echo_calls("raw-epoll");
    assert!((2.0..=2.1).contains(&epoll), "epoll: {epoll}");
    let uring = echo_calls("raw-uring");
    assert!(uring <= 0.3, "io_uring: {uring}");
}

#[test]
fn an_echo_on_epoll_takes_hardly_more_than_two_calls() {
    let count = echo_calls("linsock-epoll");
    assert!(count <= 2.1, "{count}");
}

#[test]
fn an_echo_on_the_ring_takes_less_than_a_third_of_a_call() {
    let count = echo_calls("linsock-uring");
    assert!(count <= 0.3, "{count}");
}

/// A socket, its linger option and its close, and a share of a batch. Counting slows the thread down
/// so much that the engine thread meets the same batch again and again, on a busy machine more so:
/// what others do can only add to a count.
#[test]
fn a_connection_on_the_ring_takes_three_calls_and_a_share_of_one() {
    let counts: Vec<f64> = (0..5).map(|_| connect_calls("linsock-uring")).collect();
    let least = counts.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(least <= 3.3, "{counts:?}");
}
