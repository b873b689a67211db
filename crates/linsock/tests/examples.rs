//! Check that the example programs do what they say, on each backend.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where cargo puts examples of the build that this test is of: beside `deps`.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let build = test.parent().and_then(Path::parent).unwrap();
    build.join("examples").join(name)
}

fn run(name: &str) -> String {
    let program = example(name);
    assert!(program.exists(), "{}: `cargo test --examples` builds it", program.display());
    let output = Command::new(program).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {} {errors}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_same_on_each_backend() {
    common::on_each_backend();
}

#[test]
fn connect_ex_connects() {
    let said = run("connect_ex");
    assert!(said.contains("connected, key 42, 20 bytes sent\n"), "{said}");
    assert!(said.contains("received \"Hello from ConnectEx\"\n"), "{said}");
}

#[test]
fn echo_server_serves_its_clients_and_ends() {
    let said = run("echo_server");
    assert!(said.starts_with("listening on 127.0.0.1:"), "{said}");
    assert!(said.ends_with("20 connections served by 2 threads\n"), "{said}");
}
