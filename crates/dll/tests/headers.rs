//! The headers compile: each alone and twice, as C11 and C++17, all of them together by gcc and clang, with and without
//! UNICODE, and in every order with the C library's.

mod common;

use common::{
    Compiler, GCC, GXX, compile, compilers, in_parallel, include_dir, must_all_be_ok, present,
    public_headers,
};
use std::fs;
use std::process::Command;

/// A header that only leads to another by its usual spelling.
fn forwards_to(header: &str) -> Option<String> {
    let text = fs::read_to_string(include_dir().join(header)).expect("a header can be read");
    let rest = text.strip_prefix("/* Another spelling of <")?;
    Some(rest[..rest.find('>')?].to_string())
}

/// What a header needs it includes: which compiler looks at that is the same, so each language has one. All of them see all
/// headers together in the tests below.
#[test]
fn each_header_compiles_alone_and_twice() {
    let all = compilers();
    let by = |language| all.iter().rev().copied().find(|with| with.language == language);
    let (c, cxx) = (GCC, by("c++").unwrap_or(GXX));
    let mut work = Vec::new();
    for header in public_headers().into_iter().filter(|h| forwards_to(h).is_none()) {
        // What UNICODE changes are macros, the same for every language.
        let ways = [(c, &[][..]), (cxx, &[]), (c, &["-DUNICODE", "-D_UNICODE"])];
        work.extend(ways.map(|(with, modes)| (header.clone(), with, modes)));
    }
    must_all_be_ok(in_parallel(&work, |(header, with, modes)| {
        let twice =
            format!("#include <{header}>\n#include <{header}>\nint main(void) {{ return 0; }}\n");
        let (name, modes) = (format!("alone_{header}"), [*modes, &["-fsyntax-only"]].concat());
        (format!("{header} by {} {modes:?}", with.program), compile(*with, &twice, &name, &modes))
    }));
}

#[test]
fn each_spelling_leads_to_its_header() {
    let spelt_otherwise: Vec<_> =
        public_headers().into_iter().filter_map(|h| forwards_to(&h).map(|to| (h, to))).collect();
    for (spelling, target) in &spelt_otherwise {
        assert_eq!(spelling.to_lowercase(), *target);
        let text = fs::read_to_string(include_dir().join(spelling)).expect("a header can be read");
        assert_eq!(
            text.lines().nth(1),
            Some(format!("#include \"{target}\"").as_str()),
            "{spelling}"
        );
        assert!(include_dir().join(target).is_file(), "{spelling} leads to {target}");
    }
    for wanted in [
        "WinSock2.h",
        "Winsock2.h",
        "Windows.h",
        "MSWSock.h",
        "Mswsock.h",
        "WS2tcpip.h",
        "Ws2tcpip.h",
    ] {
        assert!(spelt_otherwise.iter().any(|(s, _)| s == wanted), "{wanted} is missing");
    }
}

#[test]
fn all_headers_go_together_in_any_order() {
    let headers: Vec<_> =
        public_headers().into_iter().filter(|h| forwards_to(h).is_none()).collect();
    let line = |h: &String| format!("#include <{h}>\n");
    let forwards: String = headers.iter().map(line).collect();
    let backwards: String = headers.iter().rev().map(line).collect();
    let mut work = Vec::new();
    for with in compilers() {
        for (name, text) in [("forwards", &forwards), ("backwards", &backwards)] {
            for modes in [
                &[][..],
                &["-DUNICODE"],
                &["-DWIN32_LEAN_AND_MEAN"],
                &["-fshort-wchar"],
                &["-D_WIN32", "-D_WIN64"],
            ] {
                // The order is looked at once; what the modes change does not depend on it.
                if name == "forwards" || modes.is_empty() {
                    work.push((with, name, text, modes));
                }
            }
        }
    }
    must_all_be_ok(in_parallel(&work, |(with, name, text, modes)| {
        let file = format!("{name}{}", modes.concat());
        (format!("{name} by {} {modes:?}", with.program), compile(*with, text, &file, modes))
    }));
}

/// Compiles c/orders.c and returns the symbols that the object wants from elsewhere.
fn symbols_wanted(with: Compiler, flags: &[&str]) -> Result<Vec<String>, String> {
    let tag: String = flags.concat().chars().filter(|c| c.is_alphanumeric()).collect();
    let object = common::scratch().join(format!("orders_{}_{tag}.o", with.program));
    let output = Command::new(with.program)
        .args([
            with.standard,
            "-x",
            with.language,
            "-O1",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-c",
            "-o",
        ])
        .arg(&object)
        .arg(format!("-I{}", include_dir().display()))
        .args(flags)
        .arg(common::root().join("crates/dll/tests/c/orders.c"))
        .output()
        .expect("a compiler that was found starts");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let output = Command::new("nm").arg("-u").arg(&object).output().expect("nm comes with gcc");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.split_whitespace().filter(|w| *w != "U").map(str::to_string).collect())
}

#[test]
fn c_library_headers_may_come_before_between_and_after() {
    let mut work = Vec::new();
    for with in compilers() {
        for order in ["-DORDER=0", "-DORDER=1", "-DORDER=2"] {
            for more in
                [&[][..], &["-DMORE_OF_LIBC"], &["-DMORE_OF_LIBC", "-D_GNU_SOURCE"], &["-DUNICODE"]]
            {
                work.push((with, [&[order], more].concat()));
            }
        }
    }
    in_parallel(&work, |(with, flags)| {
        let wanted = symbols_wanted(*with, flags)
            .unwrap_or_else(|e| panic!("{} {flags:?}:\n{e}", with.program));
        for ours in ["ws2_select", "ws2_gethostname", "ws2_connect"] {
            assert!(
                wanted.iter().any(|w| w == ours),
                "{} {flags:?}: no {ours} in {wanted:?}",
                with.program
            );
        }
        for theirs in ["select", "gethostname", "connect"] {
            assert!(
                !wanted.iter().any(|w| w == theirs),
                "{} {flags:?} calls the C library's {theirs}",
                with.program
            );
        }
    });
}

#[test]
fn the_program_chooses_the_size_of_fd_set() {
    let mut results = Vec::new();
    for with in compilers() {
        for (name, before) in
            [("first", ""), ("stdlib", "#include <stdlib.h>\n#include <sys/types.h>\n")]
        {
            for (size, define) in
                [(64, ""), (1024, "#define FD_SETSIZE 1024\n"), (16, "#define FD_SETSIZE 16\n")]
            {
                let text = format!(
                    "{define}{before}#include <winsock2.h>\n#include <stdlib.h>\n\
                     typedef char is_so[sizeof(fd_set) == 8 + 8 * {size} ? 1 : -1];\nint main(void) {{ return 0; }}\n"
                );
                let what = format!("{name} {size} by {}", with.program);
                results
                    .push((what, compile(with, &text, &format!("fd_setsize_{name}_{size}"), &[])));
            }
        }
    }
    must_all_be_ok(results);
}

#[test]
fn the_c_librarys_sockets_are_refused_with_one_clear_error() {
    for with in compilers() {
        for theirs in ["sys/socket.h", "netdb.h", "netinet/in.h", "arpa/inet.h"] {
            for (name, first, second) in
                [("before", theirs, "winsock2.h"), ("after", "winsock2.h", theirs)]
            {
                let text = format!(
                    "#include <{first}>\n#include <{second}>\nint main(void) {{ return 0; }}\n"
                );
                let tag = theirs.replace(['/', '.'], "_");
                let message = compile(with, &text, &format!("refused_{name}_{tag}"), &[])
                    .expect_err("the two cannot be in one file");
                assert!(message.contains("separate source files"), "{}: {message}", with.program);
                let errors = message.lines().filter(|l| l.contains(": error: ")).count();
                assert!(
                    errors == 1,
                    "{theirs} {name}, {}: more than one error\n{message}",
                    with.program
                );
            }
        }
    }
}

/// A program that never includes a header of ours but has -Iinclude keeps its own sockets.
#[test]
fn the_wrappers_are_the_c_librarys_own_headers_without_winsock() {
    let text = "#include <sys/select.h>\n#include <sys/time.h>\n#include <sys/resource.h>\n#include <sys/socket.h>\n\
                #include <netdb.h>\n#include <netinet/in.h>\n#include <arpa/inet.h>\n#include <unistd.h>\n\
                typedef char is_so[AF_INET6 == 10 && sizeof(struct timeval) == 16 && sizeof(fd_set) == 128 ? 1 : -1];\n\
                int main(void) { char name[10]; return connect(3, 0, 0) + gethostname(name, sizeof name); }\n";
    must_all_be_ok(
        compilers()
            .into_iter()
            .map(|with| (with.program.into(), compile(with, text, "plain", &["-D_GNU_SOURCE"])))
            .collect(),
    );
}

#[test]
fn a_function_that_is_not_there_fails_by_its_name() {
    // In C++ an undeclared function is an error of its own; C gives a warning, made an error.
    let text = "#include <winsock2.h>\n#include <mswsock.h>\nint main(void) { return ConnectEx(0, 0, 0, 0, 0, 0, 0); }\n";
    for with in compilers() {
        let message =
            compile(with, text, "absent", &[]).expect_err("ConnectEx is fetched, not linked");
        assert!(message.contains("ConnectEx"), "{message}");
    }
}

/// The errors of a message, by their compiler.
fn errors(message: &str) -> usize {
    message.lines().filter(|line| line.contains("error: ")).count()
}

#[test]
fn the_librarys_filesystem_is_refused_in_a_program_for_windows() {
    let text = "#include <filesystem>\n#include <winsock2.h>\nint main() { return std::filesystem::exists(\".\"); }\n";
    for with in compilers().into_iter().filter(|with| with.language == "c++") {
        let message = compile(with, text, "filesystem", &["-D_WIN32"]).expect_err("it is refused");
        assert!(message.contains("without -D_WIN32") && errors(&message) == 1, "{message}");
        compile(with, text, "filesystem_here", &[])
            .expect("without that macro it is the library's");
    }
}

#[test]
fn a_handler_of_structured_exceptions_is_refused_or_skipped() {
    let guarded = |filter| {
        format!(
            "#include <windows.h>\nint filter(DWORD);\nint main(void) {{ volatile int n = 0; \
             __try {{ n = 1; }} __except({filter}) {{ n = 2; }} return n - 1; }}\n"
        )
    };
    let asks = "GetExceptionCode() == STATUS_NO_MEMORY ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH";
    for with in compilers() {
        for (name, filter) in
            [("all", "EXCEPTION_EXECUTE_HANDLER"), ("call", "filter(GetExceptionCode())")]
        {
            let name = format!("except_{name}");
            let message =
                compile(with, &guarded(filter), &name, &[]).expect_err("it would never run");
            assert!(message.contains("-DLINSOCK_IGNORE_HANDLERS"), "{message}");
            assert_eq!(errors(&message), 1, "{message}");
            compile(with, &guarded(filter), &name, &["-DLINSOCK_IGNORE_HANDLERS"])
                .unwrap_or_else(|message| panic!("{}: {message}", with.program));
        }
        compile(with, &guarded(asks), "except_one", &[])
            .unwrap_or_else(|message| panic!("{}: {message}", with.program));
    }
}

#[test]
fn newer_standards_take_the_headers_too() {
    let text = common::all_headers() + "int main(void) { return 0; }\n";
    let mut results = Vec::new();
    for with in compilers() {
        let newer = if with.language == "c" {
            ["-std=c17", "-std=gnu17"]
        } else {
            ["-std=c++20", "-std=gnu++20"]
        };
        for standard in newer {
            let what = format!("{standard} by {}", with.program);
            results.push((what, compile(with, &text, "newer", &[standard])));
        }
    }
    must_all_be_ok(results);
}

#[test]
fn the_examples_compile_for_windows() {
    if !present("x86_64-w64-mingw32-gcc") {
        return;
    }
    // The examples are Windows programs: the same text compiles there.
    for example in ["connectex_port.c", "connectex_event.c"] {
        let output = Command::new("x86_64-w64-mingw32-gcc")
            .args(["-Wall", "-Wextra", "-Werror", "-fsyntax-only"])
            .arg(common::root().join("examples/c").join(example))
            .output()
            .expect("a compiler that was found starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
