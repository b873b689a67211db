//! `linsock trace PROGRAM`: the program is itself, but for its calls being told.

mod common;

use common::linsock;
use std::path::PathBuf;

/// A program that makes calls of the library: this very command.
const CALLER: &str = env!("CARGO_BIN_EXE_linsock");

fn file(name: &str) -> PathBuf {
    std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn calls_go_to_standard_error_and_the_program_s_output_stays_its_own() {
    let run = linsock(&["trace", CALLER, "connect", "--json"]);
    assert_eq!(run.code, Some(0), "{}", run.all());
    assert!(run.json().is_object(), "{}", run.all());
    for call in ["] WSAStartup(", "] ConnectEx(", " = FALSE ERROR_IO_PENDING (997)"] {
        assert!(run.err.contains(call), "{call}: {}", run.all());
    }
    assert!(!run.err.contains("not linked"), "{}", run.all());
}

#[test]
fn a_file_takes_the_place_of_standard_error() {
    let path = file("calls.txt");
    std::fs::write(&path, "of an earlier run\n").unwrap();
    let run = linsock(&["trace", "-o", path.to_str().unwrap(), CALLER, "connect"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.all());
    let calls = std::fs::read_to_string(&path).unwrap();
    assert!(calls.contains("] ConnectEx(") && !calls.contains("earlier run"), "{calls}");
    assert!(calls.lines().all(|line| line.starts_with("[tid ")), "{calls}");
}

#[test]
fn the_exit_status_is_the_program_s() {
    assert_eq!(linsock(&["trace", "sh", "-c", "exit 7"]).code, Some(7));
    assert_eq!(linsock(&["trace", CALLER, "explain", "no such error"]).code, Some(1));
    let run = linsock(&["trace", "/no/such/program"]);
    assert_eq!(run.code, Some(127), "{}", run.all());
    assert!(run.err.contains("/no/such/program"), "{}", run.all());
    let run = linsock(&["trace", "/"]);
    assert_eq!(run.code, Some(126), "{}", run.all());
    let run = linsock(&["trace", "-o", "/no/such/folder/file", "true"]);
    assert_eq!(run.code, Some(1), "{}", run.all());
}

#[test]
fn a_program_without_the_library_gets_a_hint_and_runs() {
    // Found on the search path, as the shell finds it.
    let run = linsock(&["trace", "echo", "--hello"]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "--hello\n"), "{}", run.all());
    assert!(run.err.contains("echo is not linked with liblinsock"), "{}", run.all());
    assert_eq!(run.err.lines().count(), 1, "{}", run.all());
}
