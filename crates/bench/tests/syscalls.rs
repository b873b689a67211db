//! Counts the system calls inside ConnectEx and inside taking a completion that is there, on
//! both backends, and holds them to the targets.

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
