//! Threads end by ExitThread from deep inside. Tests are compiled to unwind on panics, the
//! library is not: so an example, which takes the profile as it is, does the exiting.

use std::process::Command;

/// Builds and runs the example, and checks what its threads ended with.
fn run(profile: &str) {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "linsock-sys", "--example", "exit_thread"])
        .args(["--profile", profile])
        .output()
        .expect("cargo runs");
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{profile}: {}\n{err}", output.status);
    assert_eq!(out, "5\n6\n7\n8\n", "{profile}: {err}");
}

#[test]
fn threads_exit_in_debug_and_release_builds() {
    run("dev");
    run("release");
}
