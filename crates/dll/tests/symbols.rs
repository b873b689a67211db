//! What the shared library exports: nothing that the C library has, and
//! exactly what the headers declare.

mod common;

use common::declarations::declared;
use common::library::shared_library;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Declared, not exported.
const DECLARED_ONLY: [(&str, &str); 16] = [
    (
        "CreateNamedPipeA",
        "there are no named pipes: sources that could use them compile, and do not link if they do",
    ),
    ("CreateNamedPipeW", "likewise"),
    ("ConnectNamedPipe", "likewise"),
    ("DisconnectNamedPipe", "likewise"),
    ("SetNamedPipeHandleState", "likewise"),
    ("PeekNamedPipe", "likewise"),
    ("WaitNamedPipeA", "likewise"),
    ("WaitNamedPipeW", "likewise"),
    ("CreatePipe", "likewise"),
    ("GetCommState", "nor serial ports"),
    ("SetCommState", "likewise"),
    ("GetCommTimeouts", "likewise"),
    ("SetCommTimeouts", "likewise"),
    ("SetCommBreak", "likewise"),
    ("ClearCommBreak", "likewise"),
    ("EscapeCommFunction", "likewise"),
];

/// Exported, not declared under that very symbol. A name may end in `*`.
const EXPORTED_ONLY: [(&str, &str); 5] = [
    ("InetPtonA", "the header binds it to inet_pton; kept for GetProcAddress and other languages"),
    ("InetNtopA", "likewise, inet_ntop"),
    ("ConnectEx", "fetched by its GUID; many programs have a variable of that name"),
    ("DisconnectEx", "likewise"),
    ("__WSAFDIsSet", "an inline function of the header; kept for other languages"),
];

/// The names of the defined dynamic symbols of a shared object, versions dropped.
fn dynamic_symbols(object: &Path) -> BTreeSet<String> {
    let output = Command::new("nm")
        .args(["-D", "--defined-only", "--format=posix"])
        .arg(object)
        .output()
        .expect("nm comes with gcc");
    assert!(
        output.status.success(),
        "nm {}: {}",
        object.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let name = |line: &str| line.split([' ', '@']).next().unwrap_or("").to_string();
    text.lines().map(name).filter(|n| !n.is_empty()).collect()
}

/// Where gcc finds a library of the system.
fn system_library(name: &str) -> std::path::PathBuf {
    let output =
        Command::new("gcc").arg(format!("-print-file-name={name}")).output().expect("gcc starts");
    String::from_utf8_lossy(&output.stdout).trim().into()
}

#[test]
fn no_symbol_captures_one_of_the_c_librarys() {
    let ours = dynamic_symbols(shared_library());
    assert!(ours.len() > 50, "only {ours:?}");
    for library in
        ["libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libgcc_s.so.1"]
    {
        let theirs = dynamic_symbols(&system_library(library));
        let captured: Vec<_> = ours.intersection(&theirs).collect();
        assert!(captured.is_empty(), "liblinsock.so captures {captured:?} of {library}");
        // The check would be empty without symbols on that side; libpthread's moved into libc.
        assert!(library != "libc.so.6" || theirs.contains("connect"), "{library} has no connect");
    }
}

#[test]
fn declared_and_exported_are_the_same() {
    let exported = dynamic_symbols(shared_library());
    let declared: BTreeSet<String> = declared().into_values().collect();
    let listed =
        |table: &[(&str, &str)], symbol: &str| table.iter().any(|(name, _)| *name == symbol);
    let missing: Vec<_> =
        declared.difference(&exported).filter(|s| !listed(&DECLARED_ONLY, s)).collect();
    // The other binding of the wide functions, and Rust's own marks.
    let wide = |s: &str| declared.contains(&format!("{s}_utf32"));
    let extra: Vec<_> =
        exported.difference(&declared).filter(|s| !wide(s) && !listed(&EXPORTED_ONLY, s)).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "declared in include/, not exported ({}): {missing:?}\nexported, not declared ({}): {extra:?}",
        missing.len(),
        extra.len(),
    );
}

#[test]
fn the_lists_of_exceptions_are_needed() {
    let exported = dynamic_symbols(shared_library());
    let declared: BTreeSet<String> = declared().into_values().collect();
    for (name, reason) in DECLARED_ONLY {
        assert!(
            declared.contains(name) && !exported.contains(name),
            "{name} needs no exception ({reason})"
        );
    }
    for (name, reason) in EXPORTED_ONLY {
        assert!(!declared.contains(name), "{name} needs no exception ({reason})");
    }
}

/// The UTF-16 entry points are there for -fshort-wchar, beside the 32-bit ones.
#[test]
fn wide_functions_have_both_bindings() {
    let exported = dynamic_symbols(shared_library());
    let wide: Vec<_> = declared().into_values().filter(|s| s.ends_with("_utf32")).collect();
    assert!(wide.len() >= 9, "only {wide:?}");
    for symbol in wide {
        let narrow = symbol.trim_end_matches("_utf32");
        assert!(exported.contains(narrow), "{narrow} is not exported beside {symbol}");
    }
}

/// Every name that both Winsock and the C library have is bound by its ws2_ label.
#[test]
fn names_of_the_c_library_are_bound_by_label() {
    let theirs = dynamic_symbols(&system_library("libc.so.6"));
    let shared: Vec<_> = declared().into_iter().filter(|(name, _)| theirs.contains(name)).collect();
    assert!(shared.len() >= 33, "only {shared:?}");
    for (name, symbol) in shared {
        assert_eq!(symbol, format!("ws2_{name}"));
    }
}
