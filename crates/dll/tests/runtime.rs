//! Microsoft's C runtime, as far as the headers bring it: c/runtime.c checks itself, narrow and wide, here and on Windows.

mod common;

use common::library::shared_library;
use common::{compilers, present, root, scratch};
use std::path::PathBuf;
use std::process::{Command, Output};

const EXPECTED: &str = "narrow, wide, and as on Windows";

fn build(compiler: &str, arguments: &[&str], name: &str) -> PathBuf {
    let program = scratch().join(name);
    let folder = shared_library().parent().expect("a file has a folder").display().to_string();
    let mut command = Command::new(compiler);
    command.args(arguments).args(["-Wall", "-Wextra", "-Werror"]);
    command.arg(root().join("crates/dll/tests/c/runtime.c"));
    if compiler.contains("mingw") {
        command.arg("-lws2_32");
    } else {
        command.arg(format!("-I{}", common::include_dir().display()));
        command.args(["-x", "none", "-llinsock"]);
        command.args([format!("-L{folder}"), format!("-Wl,-rpath,{folder}")]);
    }
    let output =
        command.arg("-o").arg(&program).output().expect("a compiler that was found starts");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    program
}

fn check(name: &str, output: &Output) {
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said.trim_end(), EXPECTED, "{name}: {}", output.status);
}

#[test]
fn the_functions_do_what_microsofts_do() {
    for with in compilers() {
        for (kind, modes) in [
            ("narrow", &["-O1"][..]),
            ("wide", &["-O1", "-DUNICODE", "-D_UNICODE"]),
            ("short", &["-O1", "-DUNICODE", "-D_UNICODE", "-fshort-wchar"]),
        ] {
            let name = format!("runtime_{}_{kind}", with.program);
            let arguments = [&[with.standard, "-x", with.language], modes].concat();
            let program = build(with.program, &arguments, &name);
            let output =
                Command::new(program).arg("argument").env_remove("LD_LIBRARY_PATH").output();
            check(&name, &output.expect("the program starts"));
        }
    }
}

/// The second opinion: the same text, built for Windows.
#[test]
fn the_same_program_runs_under_wine() {
    const MINGW: &str = "x86_64-w64-mingw32-gcc";
    if !present(MINGW) || !present("wine") {
        return;
    }
    let program = build(
        MINGW,
        &["-std=gnu11", "-O1", "-Wno-format", "-D__USE_MINGW_ANSI_STDIO=0"],
        "runtime.exe",
    );
    let output = Command::new("wine")
        .arg(program)
        .arg("argument")
        .env("WINEDEBUG", "-all")
        .env_remove("DISPLAY")
        .output()
        .expect("wine starts");
    check("runtime.exe", &output);
}
