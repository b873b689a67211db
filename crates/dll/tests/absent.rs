//! What is not there says so: at compile time or when linking, with the function's name; at run time where it is asked
//! for by a GUID. And MATRIX.md knows every function that Windows' libraries have.

mod common;

use common::library::shared_library;
use common::{Compiler, compilers};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// Names by section and state of MATRIX.md's rows.
fn rows() -> Vec<(String, String, String)> {
    let text = fs::read_to_string(common::root().join("MATRIX.md")).expect("there is MATRIX.md");
    let mut section = String::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title.to_string();
        }
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let ["", name, state, _, ""] = cells[..]
            && !matches!(name, "function" | "---")
        {
            rows.push((section.clone(), name.to_string(), state.to_string()));
        }
    }
    assert!(rows.len() > 300, "only {} rows", rows.len());
    rows
}

/// The functions that a program would compile and link, and cannot. What is fetched by a GUID is not among them.
fn absent() -> Vec<String> {
    let of = |(section, name, state): (String, String, String)| {
        (state.starts_with("absent") && !section.contains("GUID")).then_some(name)
    };
    let names: Vec<String> = rows().into_iter().filter_map(of).collect();
    for known in
        ["WSAAsyncSelect", "CreateNamedPipeA", "BindIoCompletionCallback", "GetAddrInfoExW"]
    {
        assert!(names.iter().any(|name| name == known), "{known} is not absent");
    }
    names
}

/// Those that headers declare, since libraries speak of them where programs do not: what is not
/// declared fails at its first mention, these when they are linked.
const DECLARED: [&str; 4] =
    ["ConnectNamedPipe", "CreateNamedPipeA", "CreateNamedPipeW", "DisconnectNamedPipe"];

fn is_declared(name: &str) -> bool {
    DECLARED.contains(&name)
}

/// A program that uses each function, in a function of its own.
fn program(names: &[String]) -> String {
    let uses = |name: &String| match is_declared(name) {
        true => format!("void *use_{name}(void) {{ return (void *){name}; }}\n"),
        false => format!("void use_{name}(void) {{ {name}(); }}\n"),
    };
    let uses: String = names.iter().map(uses).collect();
    common::all_headers() + &uses + "int main(void) { return 0; }\n"
}

/// Those whose name the messages do not have in quotation marks.
fn unnamed<'a>(names: &'a [String], messages: &str) -> Vec<&'a String> {
    let quoted = |name: &String| {
        [('\'', '\''), ('‘', '’'), ('`', '\'')]
            .iter()
            .any(|(open, close)| messages.contains(&format!("{open}{name}{close}")))
    };
    names.iter().filter(|name| !quoted(name)).collect()
}

fn compile(with: Compiler, source: &str, name: &str, more: &[&str]) -> (bool, String) {
    let extension = if with.language == "c" { "c" } else { "cpp" };
    let path = common::scratch().join(format!("{name}.{}.{extension}", with.program));
    fs::write(&path, source).expect("a test's source can be written");
    let folder = shared_library().parent().expect("the library is in a folder");
    let output = Command::new(with.program)
        .arg(with.standard)
        .arg(format!("-I{}", common::include_dir().display()))
        .arg(&path)
        .arg("-o")
        .arg(path.with_extension("out"))
        .args(more)
        .arg(format!("-L{}", folder.display()))
        .args(["-llinsock", "-lpthread"])
        .output()
        .expect("a compiler that was found starts");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn an_absent_function_fails_to_compile_by_its_name() {
    let names: Vec<String> = absent().into_iter().filter(|name| !is_declared(name)).collect();
    let text = program(&names);
    for with in compilers() {
        // C as it was takes a function for granted; where that is no error yet it is made one.
        let strict = ["-Werror=implicit-function-declaration"];
        let all: &[&str] =
            if with.program.starts_with("clang") { &["-ferror-limit=0"] } else { &[] };
        let flags: Vec<&str> =
            strict[..usize::from(with.language == "c")].iter().chain(all).copied().collect();
        let (good, messages) = compile(with, &text, "absent", &flags);
        assert!(!good, "{}", with.program);
        let unnamed = unnamed(&names, &messages);
        assert!(unnamed.is_empty(), "{} says nothing of {unnamed:?}", with.program);
    }
}

#[test]
fn an_absent_function_that_is_taken_for_granted_fails_to_link_by_its_name() {
    let names = absent();
    // As old C programs are built: the linker is the first to object.
    let (good, messages) = compile(
        common::GCC,
        &program(&names),
        "granted",
        &["-Wno-implicit-function-declaration", "-Wno-error"],
    );
    assert!(!good);
    let undefined: Vec<String> =
        names.iter().map(|name| format!("undefined reference to `{name}'")).collect();
    let missing: Vec<&String> =
        undefined.iter().filter(|message| !messages.contains(*message)).collect();
    assert!(missing.is_empty(), "the linker does not say {missing:?}");
}

#[test]
fn what_is_there_compiles_and_links_the_same_way() {
    // The two tests above would pass if nothing compiled.
    let text = common::all_headers()
        + "int main(void) { return WSAGetLastError() + (int)GetLastError() + closesocket(INVALID_SOCKET) + 1; }\n";
    for with in compilers() {
        let (good, messages) = compile(with, &text, "present", &[]);
        assert!(good, "{}: {messages}", with.program);
    }
}

#[test]
fn registered_io_is_refused_when_it_is_asked_for() {
    let text = r#"
#include <winsock2.h>
#include <mswsock.h>
#include <stdio.h>
int main(void)
{
    /* WSAID_MULTIPLE_RIO, as programs carry it. */
    GUID guid = { 0x8509e081, 0x96dd, 0x4005, { 0xb1, 0x65, 0x9e, 0x2e, 0xe8, 0xc7, 0x9e, 0x3f } };
    char table[256] = { 0 };
    DWORD bytes = 0;
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    SOCKET s = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    int result = WSAIoctl(s, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &guid, sizeof guid, table, sizeof table,
                          &bytes, NULL, NULL);
    printf("%d %d %d\n", result, WSAGetLastError(), table[0]);
    return WSACleanup();
}
"#;
    let (good, messages) = compile(common::GCC, text, "rio", &[]);
    assert!(good, "{messages}");
    let folder = shared_library().parent().expect("the library is in a folder");
    for backend in ["epoll", "uring"] {
        let output = Command::new(common::scratch().join("rio.gcc.out"))
            .env("LD_LIBRARY_PATH", folder)
            .env("LINSOCK_BACKEND", backend)
            .output()
            .expect("the program starts");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(["-1 10022 0\n", "-1 10045 0\n"].contains(&said.as_str()), "{backend}: {said:?}");
    }
}

#[test]
fn the_matrix_knows_every_function_of_the_two_libraries() {
    let listed: BTreeSet<String> = rows().into_iter().map(|(_, name, _)| name).collect();
    let mut found = 0;
    for text in common::rust_text::windows_sys_texts() {
        for library in ["ws2_32.dll", "mswsock.dll"] {
            for part in text.split(&format!("link!(\"{library}\"")).skip(1) {
                let name = part.split_once(" fn ").and_then(|(_, rest)| rest.split('(').next());
                let name = name.expect("windows-sys declares a function");
                assert!(listed.contains(name), "{library} has {name}, MATRIX.md has not");
                found += 1;
            }
        }
    }
    assert!(found > 150, "windows-sys was read wrongly: {found} functions");
}
