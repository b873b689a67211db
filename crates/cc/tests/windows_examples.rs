//! The programs of `examples/windows`: Windows source that says the same on Linux, with both compilers and on both
//! backends, and, built for Windows by mingw-w64, under Wine.

mod common;
mod wine;

use common::{Installation, present, root};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// Where Wine is known to say something else.
struct Difference {
    program: &'static str,
    why: &'static str,
    /// The lines that differ, ours and Wine's; none where Wine does not come to an end.
    lines: &'static [(&'static str, &'static str)],
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        program: "accept_condition",
        why: "whom the condition rejects sees an orderly end; Microsoft's page on SO_CONDITIONAL_ACCEPT speaks of a reset",
        lines: &[("who hears: WSAECONNRESET", "who hears: ?")],
    },
    Difference {
        program: "adapters",
        why: "GetBestInterface does not look at the destination",
        lines: &[("loopback leads to 127.0.0.1: yes", "loopback leads to 127.0.0.1: no")],
    },
    Difference {
        program: "address_strings",
        why: "inet_ntop leaves an NTSTATUS as the last error",
        lines: &[(
            "inet_ntop in 4 characters: error 87",
            "inet_ntop in 4 characters: error -1073741811",
        )],
    },
    Difference {
        program: "cancel_io",
        why: "CancelIoEx without an OVERLAPPED succeeds when nothing is left; a receive that closesocket ends has another status",
        lines: &[
            ("  nothing left: not found, error 1168", "  nothing left: found, error 0"),
            (
                "  first: error 1236, 0 bytes, key 2, over",
                "  first: error 676, 0 bytes, key 2, over",
            ),
        ],
    },
    Difference { program: "connect_by_list", why: "WSAConnectByList is not there", lines: &[] },
    Difference {
        program: "connectex_event_client",
        why: "a socket whose attempt was refused cannot be used again",
        lines: &[(
            "the same socket to the listener: connected, error 0",
            "the same socket to the listener: failed at once, error 10053",
        )],
    },
    Difference {
        program: "disconnectex_reuse",
        why: "DisconnectEx does not make the socket usable again",
        lines: &[],
    },
    Difference {
        program: "error_messages",
        why: "WSAEWOULDBLOCK has no text",
        lines: &[("WSAEWOULDBLOCK           10035 has a text", "WSAEWOULDBLOCK           10035 -")],
    },
    Difference {
        program: "register_wait",
        why: "a time limit of a registered wait passes once only",
        lines: &[],
    },
    Difference {
        program: "scatter_gather",
        why: "a close with a linger time of 0 is an orderly one",
        lines: &[("a hard close: -1, error 10054", "a hard close: 0, error 0")],
    },
    Difference {
        program: "socket_options",
        why: "sending on a stream that was never connected has the error of one that was reset",
        lines: &[("send before connect  error 10057", "send before connect  error 10054")],
    },
    Difference { program: "transmit_packets", why: "TransmitPackets is not there", lines: &[] },
    Difference {
        program: "udp_recvmsg",
        why: "WSASendMsg does not look at the control data",
        lines: &[
            ("\"answer 1\" came from 127.0.0.2", "\"answer 1\" came from 127.0.0.1"),
            ("\"answer 2\" came from 127.1.2.3", "\"answer 2\" came from 127.0.0.1"),
        ],
    },
];

struct Program {
    name: String,
    source: PathBuf,
    expected: String,
}

impl Program {
    fn is_cxx(&self) -> bool {
        self.source.extension().is_some_and(|e| e == "cpp")
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.source).expect("a program can be read")
    }
}

fn folder() -> PathBuf {
    root().join("examples/windows")
}

fn programs() -> Vec<Program> {
    let entries = fs::read_dir(folder()).expect("examples/windows is there");
    let mut programs: Vec<_> = entries
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|e| e == "c" || e == "cpp"))
        .map(|source| {
            let expected = fs::read_to_string(source.with_extension("expected"));
            let name = source.file_stem().expect("it has a name").to_string_lossy().into_owned();
            let expected = expected.unwrap_or_else(|e| panic!("{name}.expected: {e}"));
            Program { name, source, expected }
        })
        .collect();
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(programs.len() >= 25, "only {} programs", programs.len());
    programs
}

/// The kinds of executables, with what makes them.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Gcc,
    Clang,
    Mingw,
}

fn driver(cxx: bool) -> &'static str {
    if cxx { "linsock-c++" } else { "linsock-cc" }
}

fn build(program: &Program, way: Way, bin: &Path, warnings: &[&str]) -> Result<PathBuf, String> {
    let made = wine::scratch().join(format!("{}.{way:?}.exe", program.name));
    let cxx = program.is_cxx();
    let mut command = match (way, cxx) {
        (Way::Gcc, _) => Command::new(bin.join(driver(cxx))),
        (Way::Clang, _) => {
            let mut command = Command::new(bin.join(driver(cxx)));
            command.arg(if cxx { "--cc=clang++" } else { "--cc=clang" });
            command
        }
        (Way::Mingw, false) => Command::new(wine::GCC),
        (Way::Mingw, true) => Command::new(wine::GXX),
    };
    if way == Way::Mingw {
        command.arg("-static").arg("-I").arg(spellings(&program.text()));
        if program.text().contains("_tmain") || program.text().contains("wmain") {
            command.arg("-municode");
        }
    }
    let output = command
        .args([if cxx { "-std=c++20" } else { "-std=gnu11" }, "-O1"])
        .args(warnings)
        .arg(&program.source)
        .arg("-o")
        .arg(&made)
        .args(["-lws2_32", "-lmswsock", "-liphlpapi", "-lbcrypt"])
        .output()
        .map_err(|e| format!("{:?}: {e}", command.get_program()))?;
    if output.status.success() {
        return Ok(made);
    }
    Err(String::from_utf8_lossy(&output.stderr).lines().take(12).collect::<Vec<_>>().join("\n"))
}

/// A folder with the headers that a program spells as Windows may: mingw-w64 has them in small letters alone.
fn spellings(text: &str) -> PathBuf {
    let folder = wine::scratch().join("spellings");
    fs::create_dir_all(&folder).expect("a folder can be made");
    let names =
        text.lines().filter_map(|line| line.strip_prefix("#include <")?.strip_suffix(".h>"));
    for name in names.filter(|name| *name != name.to_lowercase()) {
        let line = format!("#include <{}.h>\n", name.to_lowercase());
        fs::write(folder.join(format!("{name}.h")), line).expect("a header can be written");
    }
    folder
}

/// What a program says; how it ended, when that was not well, comes behind.
fn said(command: &mut Command, name: &str) -> String {
    let heard = wine::scratch().join(format!("{name}.said"));
    let file = fs::File::create(&heard).expect("a file can be made");
    // A file, not a pipe: processes that Wine starts keep what they inherit open.
    let status = command
        .current_dir(wine::scratch())
        .stdin(std::process::Stdio::null())
        .stdout(file)
        // Wine's own processes speak there, too.
        .stderr(std::process::Stdio::null())
        .status()
        .expect("it starts");
    let bytes = fs::read(&heard).expect("it was made above");
    let mut text = String::from_utf8_lossy(&bytes).replace('\r', "");
    if !status.success() {
        text.push_str(&format!("{status}\n"));
    }
    text
}

fn natively(program: &Program, way: Way, bin: &Path) -> Vec<String> {
    // Both compilers warn about nothing.
    let made = match build(program, way, bin, &["-Wall", "-Wextra", "-Werror"]) {
        Ok(made) => made,
        Err(message) => {
            return vec![format!("{} by {way:?} does not compile:\n{message}", program.name)];
        }
    };
    let run = |backend: &&str| {
        let mut command = Command::new("timeout");
        command.arg("60").arg(&made).env("LINSOCK_BACKEND", backend).env_remove("LD_LIBRARY_PATH");
        let said = said(&mut command, &format!("{}.{way:?}.{backend}", program.name));
        (said != program.expected)
            .then(|| format!("{} by {way:?} on {backend} said:\n{said}", program.name))
    };
    ["epoll", "uring"].iter().filter_map(run).collect()
}

fn under_wine(program: &Program) -> Option<String> {
    let name = &program.name;
    let made = match build(program, Way::Mingw, Path::new(""), &["-w"]) {
        Ok(made) => made,
        Err(message) => return Some(format!("{name} does not compile for Windows:\n{message}")),
    };
    let said = said(wine::command().arg(&made), &format!("{name}.wine"));
    let Some(known) = DIFFERENCES.iter().find(|d| d.program == name) else {
        return (said != program.expected).then(|| format!("{name} under Wine said:\n{said}"));
    };
    if known.lines.is_empty() {
        // Wine says one thing or another, at times the right one.
        return None;
    }
    if said == program.expected {
        return Some(format!(
            "{name}: Wine says the same now, take it off the table ({})",
            known.why
        ));
    }
    let mut expected = program.expected.clone();
    for (ours, wines) in known.lines {
        assert!(expected.contains(ours), "{name}.expected has no line {ours:?}");
        expected = expected.replace(ours, wines);
    }
    (said != expected).then(|| {
        format!("{name} under Wine differs otherwise than known ({}); it said:\n{said}", known.why)
    })
}

#[test]
fn every_program_says_the_same_everywhere() {
    let programs = programs();
    let clang = present("clang");
    let oracle = wine::prepared();
    let queue = Mutex::new(programs.iter());
    let failures = Mutex::new(Vec::new());
    // One more than there are processors: much of the time is waiting for Wine.
    let workers = std::thread::available_parallelism().map_or(2, |n| n.get()) + 1;
    let installation = Installation::new();
    let bin = installation.prefix().join("bin");
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(program) = { queue.lock().expect("no panic").next() } {
                    let mut found = natively(program, Way::Gcc, &bin);
                    if clang {
                        found.extend(natively(program, Way::Clang, &bin));
                    }
                    if oracle {
                        found.extend(under_wine(program));
                    }
                    failures.lock().expect("no panic").extend(found);
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panic");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_makefile_builds_and_checks_what_it_is_told_to() {
    let installation = Installation::new();
    let path = format!("{}:/usr/bin:/bin", installation.prefix().join("bin").display());
    let made = wine::scratch().join("made");
    // What an earlier run made looks for the library of an installation that is gone.
    let _ = fs::remove_dir_all(&made);
    let check = |programs: &str, from: &Path| {
        Command::new("make")
            .args(["check", &format!("PROGRAMS={programs}")])
            .arg(format!("OUT={}", made.display()))
            .env("PATH", &path)
            .env_remove("LD_LIBRARY_PATH")
            .current_dir(from)
            .output()
            .expect("make starts")
    };
    let output = check("worker_pool socket_wrapper", &folder());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        said.contains("worker_pool: as expected") && said.contains("socket_wrapper: as expected")
    );

    // What is not as expected fails.
    let copy = wine::scratch().join("wrong");
    fs::create_dir_all(&copy).expect("a folder can be made");
    for name in ["Makefile", "worker_pool.c"] {
        fs::copy(folder().join(name), copy.join(name)).expect("it can be copied");
    }
    fs::write(copy.join("worker_pool.expected"), "something else\n").expect("it can be written");
    assert!(!check("worker_pool", &copy).status.success());
}

#[test]
fn the_readme_has_a_line_for_every_program() {
    let text = fs::read_to_string(folder().join("README.md")).expect("examples/windows/README.md");
    let listed: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect();
    let there: BTreeSet<_> = programs()
        .iter()
        .map(|p| p.source.file_name().expect("it has a name").to_string_lossy().into_owned())
        .collect();
    assert_eq!(listed, there);
}

#[test]
fn nothing_is_written_for_us() {
    for program in programs() {
        let text = program.text().to_lowercase();
        for word in ["linsock", "__linux", "__unix", "_win32\n", "__mingw", "unistd.h"] {
            assert!(!text.contains(word), "{} speaks of {word:?}", program.name);
        }
    }
}
