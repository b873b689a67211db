//! Whole command lines.

use super::*;

/// A disk with a few things on it.
fn disk(path: &str) -> bool {
    ["/tmp", "/home", "/tmp/x.c", "/Data", "present.lib", "/x.c"].contains(&path)
}

fn line(words: &str) -> Result<Translated, Error> {
    let words: Vec<_> = words.split_whitespace().map(str::to_owned).collect();
    translate(&words, &disk)
}

#[track_caller]
fn becomes(words: &str, expected: &str) {
    let said = line(words).map(|line| line.arguments.join(" "));
    assert_eq!(said.as_deref().map_err(|e| e.0.as_str()), Ok(expected), "{words}");
}

#[test]
fn what_is_gccs_passes() {
    for same in [
        "-O2 -Wall -std=c++20 x.cpp -o x.exe",
        "-c -MD -MF x.d -o x.o x.c",
        "-x c++ /tmp/x.c -L /tmp -I /tmp -Xlinker --stats",
        "-E -",
        "x.c -lm -lpthread -Wl,-z,now",
        "-fsanitize=address -g x.c",
        "/tmp/x.c",
        "/tmp/missing.c",
        "/Data/new.c",
        "/x.c",
        "-I /usr/include -o /nowhere/app x.c",
        "-DUNICODE -D _UNICODE x.c",
    ] {
        becomes(same, same);
    }
}

#[test]
fn libraries_of_windows_are_ours() {
    becomes("x.c -lws2_32 -lmswsock -lkernel32 -ladvapi32 -luser32 -lntdll -lbcrypt", "x.c");
    becomes("x.c -l ws2_32 -lm -luuid", "x.c -lm");
    becomes("x.c ws2_32.lib Mswsock.Lib other.lib present.lib", "x.c -lother present.lib");
    becomes("x.c /link ws2_32.lib /DEFAULTLIB:mswsock /OUT:app.exe", "x.c -o app.exe");
    becomes("x.c /DEFAULTLIB:ws2_32.lib", "x.c");
}

#[test]
fn microsofts_command_lines() {
    becomes(
        "/nologo /EHsc /W3 /O2 /MD /Zi /std:c++20 /I inc /DNAME=1 /c x.cpp /Foobj/",
        "-Wall -O2 -g -std=gnu++20 -Iinc -DNAME=1 -c x.cpp -o obj/x.obj",
    );
    becomes("/LD x.c x.def x.res /Fe:out\\x.dll", "-shared -fPIC x.c -o out/x.dll");
    becomes("/c /Fo:x.obj x.c", "-c x.c -o x.obj");
    becomes("/Fe:app.exe /Foobj/ a.c b.c", "a.c b.c -o app.exe");
    becomes("/LD x.c /link /NOLOGO /MACHINE:X64", "-shared -fPIC x.c");
}

#[test]
fn mingws_command_lines() {
    becomes("-municode -mconsole x.c -Wl,--subsystem,console", "-DUNICODE x.c");
    becomes("-static x.c", "x.c");
    becomes("-shared x.o -Wl,--out-implib,libx.dll.a -o x.dll", "-shared x.o -o x.dll");
    assert!(line("-static x.c").is_ok_and(|line| line.statically));
    assert!(line("x.c").is_ok_and(|line| !line.statically));
}

#[test]
fn the_library_is_wanted_where_something_is_linked() {
    for (words, compiles, links) in [
        ("x.c", true, true),
        ("-c x.c", true, false),
        ("/c x.c", true, false),
        ("-S x.c", true, false),
        ("-E x.c", true, false),
        ("-M x.c", true, false),
        ("-MD -MF x.d x.c", true, true),
        ("-fsyntax-only x.c", true, false),
        ("/Zs x.c", true, false),
        ("x.o", false, true),
        ("x.obj libx.a /tmp/libx.so.1", false, true),
        ("-shared x.o", false, true),
        ("-lws2_32", false, true),
        ("-r x.o", false, false),
        ("-nostdlib x.o", false, false),
        ("-nostdlib x.o -lws2_32", false, true),
        ("/Tcx.txt", true, true),
        ("pre.h", true, false),
        ("-x c-header pre", true, true),
        ("-v", false, false),
        ("-o x.o -include x.c", false, false),
        ("-", true, true),
    ] {
        let line = line(words).unwrap_or_else(|error| panic!("{words}: {error}"));
        assert_eq!((line.compiles, line.links), (compiles, links), "{words}");
    }
}

#[test]
fn what_is_neither_a_path_nor_an_option_is_refused_by_name() {
    for words in ["/nowhere x.c", "/std:c++97 x.c", "x.c /link /WHATEVER"] {
        let error = line(words).expect_err(words);
        let word = words.split(' ').find(|word| word.starts_with('/') && *word != "/link");
        assert!(error.0.starts_with(word.unwrap_or("-")), "{error}");
    }
    let error = line("/c /Foobj/ a.c b.c").expect_err("one -o for two objects");
    assert!(error.0.contains("one source at a time"), "{error}");
}
