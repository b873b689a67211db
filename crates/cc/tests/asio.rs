//! A library that nobody here wrote, compiled for its Windows backend: Debian's Asio, unmodified. The same programs, built
//! by mingw-w64, say the same under Wine.

mod common;
mod wine;

use common::{Installation, present, root};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PROGRAMS: [&str; 2] = ["tcp", "others"];

/// Where no other host is: loopback in a network of its own, so that an address is unreachable wherever this runs.
const ALONE: [&str; 6] =
    ["unshare", "-rn", "sh", "-c", "ip link set lo up && exec \"$@\"", "alone"];

/// A folder with Asio's headers and none of the system's.
fn headers() -> PathBuf {
    let folder = wine::scratch().join("headers");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder can be made");
    for name in ["asio", "asio.hpp"] {
        symlink(Path::new("/usr/include").join(name), folder.join(name))
            .expect("a link can be made");
    }
    folder
}

fn source(name: &str) -> PathBuf {
    root().join(format!("crates/cc/tests/asio/{name}.cpp"))
}

fn build(mut compiler: Command, name: &str, way: &str) -> PathBuf {
    let made = wine::scratch().join(format!("{name}.{way}.exe"));
    let output = compiler
        .args(["-std=c++17", "-D_WIN32_WINNT=0x0A00"])
        .arg(source(name))
        .arg("-o")
        .arg(&made)
        .args(["-lws2_32", "-lmswsock"])
        .output()
        .expect("a compiler that was found starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} by {way}: {errors}");
    made
}

/// What a program says on its own.
fn check(command: &mut Command, name: &str, way: &str) {
    let folder = wine::scratch().join(format!("{name}.{way}"));
    fs::create_dir_all(&folder).expect("a folder can be made");
    let heard = folder.join("said");
    let file = fs::File::create(&heard).expect("a file can be made");
    // A file, not a pipe: processes that Wine starts keep what they inherit open.
    let status = command
        .current_dir(&folder)
        .env_remove("LD_LIBRARY_PATH")
        .stdin(Stdio::null())
        .stdout(file)
        // Wine's own processes speak there, too.
        .stderr(Stdio::null())
        .status()
        .expect("it starts");
    let said = String::from_utf8_lossy(&fs::read(&heard).expect("it was made")).replace('\r', "");
    let expected =
        fs::read_to_string(source(name).with_extension("expected")).expect("it is there");
    assert_eq!(said, expected, "{name} {way}: {status}");
    assert!(status.success(), "{name} {way}: {status}");
}

fn alone(program: &Path) -> Command {
    let mut command = Command::new("timeout");
    command.arg("60").args(ALONE).arg(program);
    command
}

#[test]
fn asios_completion_port_backend_works() {
    if !Path::new("/usr/include/asio.hpp").exists() {
        eprintln!(
            "SKIPPED: Asio is not installed (Debian: libasio-dev), its backend was not compiled"
        );
        return;
    }
    let installation = Installation::new();
    let driver = installation.prefix().join("bin/linsock-c++");
    let driver = driver.as_path();
    let clang = present("clang++");
    let oracle = wine::prepared();
    std::thread::scope(|scope| {
        for name in PROGRAMS {
            for compiler in ["g++", "clang++"] {
                if compiler == "clang++" && !clang {
                    continue;
                }
                scope.spawn(move || {
                    let mut driver = Command::new(driver);
                    driver.args([&format!("--cc={compiler}"), "-Wall", "-Wextra", "-Werror"]);
                    let made = build(driver, name, compiler);
                    for backend in ["epoll", "uring"] {
                        let mut command = alone(&made);
                        command.env("LINSOCK_BACKEND", backend);
                        check(&mut command, name, &format!("{compiler}.{backend}"));
                    }
                });
            }
            if oracle {
                scope.spawn(move || {
                    let mut mingw = Command::new(wine::GXX);
                    mingw.args(["-static", "-I"]).arg(headers_once());
                    let made = build(mingw, name, "mingw");
                    check(wine::command_in(&ALONE).arg(made), name, "wine");
                });
            }
        }
    });
}

fn headers_once() -> &'static Path {
    static FOLDER: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    FOLDER.get_or_init(headers)
}
