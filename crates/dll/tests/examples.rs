//! C programs against the library: the examples compile with nothing but the
//! headers and the library and do what they say, on both backends; wide
//! strings work at both widths of wchar_t.

mod common;

use common::library::shared_library;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Compiles a program of the workspace as the README says.
fn built(source: &str, name: &str, flags: &[&str]) -> PathBuf {
    let program = common::scratch().join(name);
    let folder = shared_library().parent().expect("a file has a folder").display().to_string();
    let output = Command::new("gcc")
        .args(["-Wall", "-Wextra", "-Werror", "-Iinclude"])
        .args(flags)
        .arg(source)
        .arg("-o")
        .arg(&program)
        .arg(format!("-L{folder}"))
        .args(["-llinsock", "-lpthread"])
        .arg(format!("-Wl,-rpath,{folder}"))
        .current_dir(common::root())
        .output()
        .expect("gcc starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    program
}

fn run(name: &str, backend: &str) -> Output {
    // A program that hangs ends by this, not with the test run.
    Command::new("timeout")
        .arg("30")
        .arg(built(&format!("examples/c/{name}.c"), &format!("{name}_{backend}"), &[]))
        .env("LINSOCK_BACKEND", backend)
        // Cargo puts its own folders there, and a debug build of the library with them.
        .env_remove("LD_LIBRARY_PATH")
        .output()
        .expect("timeout comes with the system")
}

fn check(name: &str, expected: &str) {
    for backend in ["epoll", "uring", "auto"] {
        let output = run(name, backend);
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name} on {backend}: {said}{errors}{}", output.status);
        assert_eq!(said, expected, "{name} on {backend}");
    }
}

#[test]
fn connectex_through_a_port_sends_and_is_received() {
    check(
        "connectex_port",
        "connected, key 42, 21 bytes sent\nthe listener received \"Hello from ConnectEx\"\n",
    );
}

#[test]
fn connectex_with_an_event_sends_and_is_received() {
    check(
        "connectex_event",
        "connected for 0 s, 21 bytes sent\nthe listener received \"Hello from ConnectEx\"\n",
    );
}

#[test]
fn wide_strings_are_the_programs_own() {
    for (name, flags) in [("wide_32", &[][..]), ("wide_16", &["-fshort-wchar"])] {
        let output = Command::new(built("crates/dll/tests/c/wide.c", name, flags))
            .env_remove("LD_LIBRARY_PATH")
            .output()
            .expect("the program starts");
        // The exit status is the line of the check that failed.
        assert_eq!(output.status.code(), Some(0), "{name}");
    }
}

#[test]
fn what_is_only_declared_does_not_link_and_is_named() {
    let source = common::scratch().join("pipe.c");
    std::fs::write(
        &source,
        "#include <windows.h>\nint main(void) { return !CreateNamedPipeA(\"\", 0, 0, 0, 0, 0, 0, NULL); }\n",
    )
    .expect("a test's source can be written");
    let folder = shared_library().parent().expect("a file has a folder").display().to_string();
    let output = Command::new("gcc")
        .arg("-Iinclude")
        .arg(&source)
        .arg(format!("-L{folder}"))
        .args(["-llinsock", "-o"])
        .arg(common::scratch().join("pipe"))
        .current_dir(common::root())
        .output()
        .expect("gcc starts");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && message.contains("CreateNamedPipeA"), "{message}");
}
