//! The macros and inline functions of the headers, run: c/macros.c checks itself.

mod common;

use common::{compilers, include_dir, present, root, scratch};
use std::process::Command;

#[test]
fn macros_compute_what_windows_does() {
    for with in compilers() {
        for modes in [&["-O0"][..], &["-O2", "-DUNICODE"], &["-O2", "-DFD_SETSIZE=200"]] {
            let tag: String = modes.concat().chars().filter(char::is_ascii_alphanumeric).collect();
            let program = scratch().join(format!("macros_{}_{tag}", with.program));
            let output = Command::new(with.program)
                .args([with.standard, "-x", with.language, "-Wall", "-Wextra", "-Werror"])
                .args(modes)
                .arg(format!("-I{}", include_dir().display()))
                .arg(root().join("crates/dll/tests/c/macros.c"))
                .arg("-o")
                .arg(&program)
                .output()
                .expect("a compiler that was found starts");
            let messages = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{} {modes:?}:\n{messages}", with.program);
            let output = Command::new(&program).output().expect("the program starts");
            let said = String::from_utf8_lossy(&output.stdout);
            assert_eq!(said, "all as on Windows\n", "{} {modes:?}", with.program);
        }
    }
}

/// The program asserts nothing of its own: mingw-w64 compiles the same text.
#[test]
fn the_same_program_compiles_for_windows() {
    if !present("x86_64-w64-mingw32-gcc") {
        return;
    }
    let output = Command::new("x86_64-w64-mingw32-gcc")
        .args(["-std=c11", "-Wall", "-Werror", "-fsyntax-only"])
        .arg(root().join("crates/dll/tests/c/macros.c"))
        .output()
        .expect("a compiler that was found starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
