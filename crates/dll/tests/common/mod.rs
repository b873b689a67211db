//! What the tests of the headers share: where things are, and how to compile.
// Each test file is a program of its own and uses its part of this.
#![allow(dead_code)]

pub mod declarations;
pub mod library;
pub mod rust_text;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the workspace exists")
}

/// The headers' folder.
pub fn include_dir() -> PathBuf {
    root().join("include")
}

/// A folder for this test program's files.
pub fn scratch() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
    fs::create_dir_all(&folder).expect("a folder under the target folder can be made");
    folder
}

/// Language and compiler: `gcc` and `g++` must be there, clang is left out loudly.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Compiler {
    pub program: &'static str,
    pub standard: &'static str,
    pub language: &'static str,
}

const COMPILERS: [Compiler; 4] = [
    Compiler { program: "gcc", standard: "-std=c11", language: "c" },
    Compiler { program: "g++", standard: "-std=c++17", language: "c++" },
    Compiler { program: "clang", standard: "-std=c11", language: "c" },
    Compiler { program: "clang++", standard: "-std=c++17", language: "c++" },
];

pub const GCC: Compiler = COMPILERS[0];
pub const GXX: Compiler = COMPILERS[1];

/// The compilers of this machine.
pub fn compilers() -> Vec<Compiler> {
    COMPILERS.into_iter().filter(|c| present(c.program)).collect()
}

/// Whether a program can be started; a missing one that may be missing is named on stderr.
pub fn present(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    assert!(found || !program.starts_with('g'), "{program} is needed by this test");
    if !found {
        eprintln!("SKIPPED: {program} is not installed, its half of the checks did not run");
    }
    found
}

/// Compiles a text with all warnings as errors; the messages when that fails.
pub fn compile(with: Compiler, text: &str, name: &str, extra: &[&str]) -> Result<(), String> {
    let extension = if with.language == "c" { "c" } else { "cpp" };
    let source = scratch().join(format!("{name}.{}.{extension}", with.program));
    fs::write(&source, text).expect("a test's source can be written");
    let output = Command::new(with.program)
        .args([with.standard, "-Wall", "-Wextra", "-Werror", "-c", "-o", "/dev/null"])
        .arg(format!("-I{}", include_dir().display()))
        .args(extra)
        .arg(&source)
        .output()
        .expect("a compiler that was found starts");
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(messages) }
}

/// The same text against mingw-w64's headers, a third opinion; `None` when it is not installed.
pub fn compile_for_windows(text: &str, name: &str) -> Option<Result<(), String>> {
    if !present("x86_64-w64-mingw32-gcc") {
        return None;
    }
    let source = scratch().join(format!("{name}.windows.c"));
    let headers = [
        "winsock2.h",
        "ws2tcpip.h",
        "mswsock.h",
        "mstcpip.h",
        "afunix.h",
        "windows.h",
        "iphlpapi.h",
        "wincrypt.h",
    ];
    let includes: String = headers.iter().map(|h| format!("#include <{h}>\n")).collect();
    fs::write(&source, includes + text).expect("a test's source can be written");
    let output = Command::new("x86_64-w64-mingw32-gcc")
        .args(["-std=c11", "-D_WIN32_WINNT=0x0A00", "-fsyntax-only"])
        .arg(&source)
        .output()
        .expect("a compiler that was found starts");
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(if output.status.success() { Ok(()) } else { Err(messages) })
}

/// Does each piece of work, as many at a time as there are processors; the results stand in the order of the work.
pub fn in_parallel<T: Sync, R: Send>(work: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let workers = std::thread::available_parallelism().map_or(2, |n| n.get());
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = work.get(at) else { break };
                    let result = each(one);
                    results.lock().expect("no panic").push((at, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("no panic");
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Fails with the first lines of every message.
pub fn must_all_be_ok(results: Vec<(String, Result<(), String>)>) {
    let count = results.len();
    let failures: Vec<String> = results
        .into_iter()
        .filter_map(|(what, result)| result.err().map(|e| (what, e)))
        .map(|(what, e)| format!("{what}:\n{}", e.lines().take(12).collect::<Vec<_>>().join("\n")))
        .collect();
    assert!(failures.is_empty(), "{} of {count} failed\n{}", failures.len(), failures.join("\n\n"));
}

/// Headers that stand for the C library's own of that name.
pub const LIBC_WRAPPERS: [&str; 9] = [
    "filesystem",
    "unistd.h",
    "netdb.h",
    "arpa/inet.h",
    "netinet/in.h",
    "sys/resource.h",
    "sys/select.h",
    "sys/socket.h",
    "sys/time.h",
];

/// The headers a program includes, in order of their names: without the C
/// library's and without the parts under linsock/.
pub fn public_headers() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(include_dir())
        .expect("include/ can be read")
        .map(|entry| entry.expect("include/ can be listed"))
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().into_string().expect("header names are plain"))
        .filter(|name| !LIBC_WRAPPERS.contains(&name.as_str()))
        .collect();
    names.sort();
    assert!(names.len() > 60, "only {} headers found", names.len());
    names
}

/// Every header once, in a C or C++ text.
pub fn all_headers() -> String {
    let spelt = public_headers().into_iter().filter(|h| *h == h.to_lowercase());
    spelt.map(|h| format!("#include <{h}>\n")).collect()
}
