//! The compiler's command line: the headers before what was said, the library behind it.

use crate::places::Places;
use crate::translate::Translated;
use crate::{Language, threads};

/// What makes a program a Windows program. It comes first, so that what is said on the command line wins.
///
/// Microsoft's compiler has no rule of strict aliasing, so its programs do not keep it. `#pragma comment(lib, ...)` is
/// unknown to gcc and says nothing new.
const FOR_WINDOWS: &[&str] = &[
    "-D_WIN32=1",
    "-D_WIN64=1",
    "-DWIN32=1",
    "-DWIN64=1",
    "-U__linux__",
    "-U__linux",
    "-Ulinux",
    "-U__gnu_linux__",
    "-U__unix__",
    "-U__unix",
    "-Uunix",
    "-fno-strict-aliasing",
    "-Wno-unknown-pragmas",
];

/// What the static library leans on.
const BELOW_LINSOCK: &[&str] = &["-ldl", "-lm"];

/// Folders that the dynamic linker looks into by itself.
const SEARCHED_ANYWAY: &[&str] =
    &["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/lib/", "/usr/lib/"];

/// The arguments for the compiler.
pub fn line(
    translated: &Translated,
    places: &Places,
    language: Language,
    statically: bool,
) -> Vec<String> {
    let mut line = Vec::new();
    if let Some(include) = &places.include {
        line.extend(FOR_WINDOWS.iter().map(|word| (*word).to_owned()));
        // Behind the program's own folders and before the C library's.
        line.extend(["-isystem".to_owned(), include.clone()]);
        // Before all else, even <stdio.h>: what the C library names like Winsock must not come first.
        line.extend(["-include".to_owned(), format!("{include}/linsock/prelude.h")]);
    }
    if places.include.is_some() || places.library.is_some() {
        line.push("-pthread".to_owned());
    }
    line.extend(translated.arguments.iter().cloned());
    if let Some(library) = &places.library {
        if let (true, Some(include)) = (translated.watches_threads, &places.include) {
            if line.iter().any(|word| word == "-shared") {
                line.push("-fPIC".to_owned());
            }
            line.extend(threads::words(include, if language == Language::C { "c" } else { "c++" }));
        }
        if translated.statically {
            line.push("-static-libgcc".to_owned());
        }
        if translated.statically && language == Language::Cxx {
            line.push("-static-libstdc++".to_owned());
        }
        line.push(format!("-L{library}"));
        if statically {
            line.push("-l:liblinsock.a".to_owned());
            line.extend(BELOW_LINSOCK.iter().map(|word| (*word).to_owned()));
        } else {
            if line.iter().any(|word| word.starts_with("-Wl,") && word.contains("-Bstatic")) {
                // Whoever asked for static libraries meant those before.
                line.push("-Wl,-Bdynamic".to_owned());
            }
            if !is_searched_anyway(library) {
                line.push(format!("-Wl,-rpath,{library}"));
            }
            line.push("-llinsock".to_owned());
        }
    }
    line
}

fn is_searched_anyway(folder: &str) -> bool {
    let multiarch = |root: &str| format!("{root}/{}-linux-gnu", std::env::consts::ARCH);
    SEARCHED_ANYWAY.contains(&folder)
        || [multiarch("/lib"), multiarch("/usr/lib")].contains(&folder.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::translate;

    fn shown(words: &str, library: &str, statically: bool) -> String {
        let words: Vec<_> = words.split(' ').map(str::to_owned).collect();
        let translated = translate(&words, &|_| false).expect("a good line");
        let places = Places {
            include: translated.compiles.then(|| "/p/include/linsock".to_owned()),
            library: translated.links.then(|| library.to_owned()),
        };
        line(&translated, &places, Language::Cxx, statically).join(" ")
    }

    const HEADERS: &str = "-D_WIN32=1 -D_WIN64=1 -DWIN32=1 -DWIN64=1 -U__linux__ -U__linux -Ulinux \
        -U__gnu_linux__ -U__unix__ -U__unix -Uunix -fno-strict-aliasing -Wno-unknown-pragmas \
        -isystem /p/include/linsock -include /p/include/linsock/linsock/prelude.h -pthread";

    #[test]
    fn headers_come_first_and_the_library_last() {
        for (said, library, statically, expected) in [
            ("x.c", "/p/lib", false, "HEADERS x.c -L/p/lib -Wl,-rpath,/p/lib -llinsock"),
            ("x.c", "/usr/lib", false, "HEADERS x.c -L/usr/lib -llinsock"),
            ("x.c -lws2_32", "/p/lib", true, "HEADERS x.c -L/p/lib -l:liblinsock.a -ldl -lm"),
            (
                "x.c -static",
                "/p/lib",
                true,
                "HEADERS x.c -static-libgcc -static-libstdc++ -L/p/lib -l:liblinsock.a -ldl -lm",
            ),
            ("-static -c x.c", "/p/lib", true, "HEADERS -c x.c"),
            (
                "x.o -Wl,-Bstatic -lz",
                "/p/lib",
                false,
                "-pthread x.o -Wl,-Bstatic -lz -L/p/lib -Wl,-Bdynamic -Wl,-rpath,/p/lib -llinsock",
            ),
            ("-c x.c", "/p/lib", false, "HEADERS -c x.c"),
            ("-E x.c", "/p/lib", false, "HEADERS -E x.c"),
            ("x.o -o x", "/p/lib", false, "-pthread x.o -o x -L/p/lib -Wl,-rpath,/p/lib -llinsock"),
            ("-v", "/p/lib", false, "-v"),
            ("-dumpmachine", "/p/lib", false, "-dumpmachine"),
        ] {
            assert_eq!(shown(said, library, statically), expected.replace("HEADERS", HEADERS));
        }
    }
}
