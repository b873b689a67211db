//! A library that nobody here wrote, compiled for its Windows backend: Debian's Asio, unmodified.

mod common;

use common::library::shared_library;
use std::path::Path;
use std::process::Command;

/// What makes a program a Windows program: the headers come first, and the host is not spoken of.
const FOR_WINDOWS: [&str; 9] = [
    "-std=c++17",
    "-D_WIN32",
    "-D_WIN64",
    "-D_WIN32_WINNT=0x0A00",
    "-U__linux__",
    "-U__unix__",
    "-Iinclude",
    "-include",
    "include/linsock/libc.h",
];

#[test]
fn asios_completion_port_backend_works() {
    if !Path::new("/usr/include/asio.hpp").exists() {
        eprintln!(
            "SKIPPED: Asio is not installed (Debian: libasio-dev), its backend was not compiled"
        );
        return;
    }
    let folder = shared_library().parent().expect("a file has a folder").display().to_string();
    for compiler in ["g++", "clang++"].into_iter().filter(|compiler| common::present(compiler)) {
        let program = common::scratch().join(format!("asio.{compiler}"));
        let output = Command::new(compiler)
            .args(FOR_WINDOWS)
            .arg("crates/dll/tests/c/asio_echo.cpp")
            .arg("-o")
            .arg(&program)
            .arg(format!("-L{folder}"))
            .args(["-llinsock", "-lpthread"])
            .arg(format!("-Wl,-rpath,{folder}"))
            .current_dir(common::root())
            .output()
            .expect("a compiler that was found starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for backend in ["epoll", "uring"] {
            // A program that hangs ends by this, not with the test run.
            let output = Command::new("timeout")
                .arg("30")
                .arg(&program)
                .env("LINSOCK_BACKEND", backend)
                .env_remove("LD_LIBRARY_PATH")
                .output()
                .expect("timeout comes with the system");
            let said = String::from_utf8_lossy(&output.stdout);
            let expected = "echoed 1, expired 1, refused with 10061, 0 failures\n";
            assert_eq!(said, expected, "{compiler} on {backend}: {}", output.status);
        }
    }
}

/// All of it at once: named pipes and serial ports too, which are declared.
#[test]
fn all_of_asio_compiles() {
    if !Path::new("/usr/include/asio.hpp").exists() {
        return;
    }
    let source = common::scratch().join("all_of_asio.cpp");
    std::fs::write(&source, "#include <asio.hpp>\nint main() { asio::io_context().run(); }\n")
        .expect("a test's source can be written");
    std::thread::scope(|scope| {
        for compiler in ["g++", "clang++"].into_iter().filter(|compiler| common::present(compiler))
        {
            let source = &source;
            scope.spawn(move || {
                let output = Command::new(compiler)
                    .args(FOR_WINDOWS)
                    .args(["-Wall", "-Wextra", "-Werror", "-fsyntax-only"])
                    .arg(source)
                    .current_dir(common::root())
                    .output()
                    .expect("a compiler that was found starts");
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            });
        }
    });
}
