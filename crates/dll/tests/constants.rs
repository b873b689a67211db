//! Every constant of the headers that linsock-abi or windows-sys knows has their value.

mod common;

use common::rust_text::{constants, sources, windows_sys_texts};
use common::{compile, compilers, must_all_be_ok};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::LazyLock;

/// Macros that share a name with a windows-sys constant and are something else.
const NOT_THE_SAME: [(&str, &str); 7] = [
    ("INVALID_HANDLE_VALUE", "a pointer in C, whose value no C++ assertion may ask for"),
    ("WSA_INVALID_EVENT", "likewise"),
    ("SO_PROTOCOL_INFO", "the A form here without UNICODE, the W form there"),
    ("SOMAXCONN", "Winsock 2's all ones here, Winsock 1.1's 5 there"),
    (
        "TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS",
        "a UCHAR like its field in the SDK, 16 bits in windows-sys",
    ),
    ("TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS", "likewise"),
    ("WINVER", "the program's choice"),
];

/// The names of all object-like macros once every header is included.
fn macros() -> Vec<String> {
    static ALL: LazyLock<Vec<String>> = LazyLock::new(macros_by_gcc);
    ALL.clone()
}

fn macros_by_gcc() -> Vec<String> {
    let source = common::scratch().join("macros.c");
    std::fs::write(&source, common::all_headers()).expect("a test's source can be written");
    let output = Command::new("gcc")
        .args(["-E", "-dM", "-std=c11"])
        .arg(format!("-I{}", common::include_dir().display()))
        .arg(&source)
        .output()
        .expect("gcc starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let name =
        |line: &str| Some(line.strip_prefix("#define ")?.split_whitespace().next()?.to_string());
    text.lines().filter_map(name).filter(|n| !n.contains('(')).collect()
}

/// windows-sys' constants and ours, which must agree where both have one.
fn known() -> BTreeMap<String, i128> {
    let theirs = constants(&windows_sys_texts());
    let ours = constants(&sources(&common::root().join("crates/abi/src")));
    let as_bits = |n: &i128| *n as u32;
    for (name, value) in &ours {
        if let Some(other) = theirs.get(name) {
            assert_eq!(
                as_bits(value),
                as_bits(other),
                "linsock-abi and windows-sys disagree on {name}"
            );
        }
    }
    let mut all = theirs;
    all.extend(ours);
    all
}

#[test]
fn constants_are_mingws() {
    let known = known();
    let mut text = String::new();
    for name in macros() {
        let Some(value) = known.get(&name) else { continue };
        if !NOT_THE_SAME.iter().any(|(n, _)| *n == name) {
            let bits = *value as u32;
            text.push_str(&format!(
                "#ifdef {name}\n_Static_assert((unsigned int)({name}) == {bits}u, \"{name} is {value}\");\n#endif\n"
            ));
        }
    }
    let Some(result) = common::compile_for_windows(&text, "constants") else { return };
    must_all_be_ok(vec![("mingw-w64".to_string(), result)]);
}

#[test]
fn constants_are_those_of_the_rust_crates() {
    let known = known();
    let mut text = common::all_headers();
    text.push_str("#ifdef __cplusplus\n#define _Static_assert static_assert\n#endif\n");
    let mut count = 0;
    for name in macros() {
        let Some(value) = known.get(&name) else { continue };
        if NOT_THE_SAME.iter().any(|(n, _)| *n == name) {
            continue;
        }
        // 32 bits are compared: windows-sys gives -2147195266 where C writes 0x8004667E.
        let bits = *value as u32;
        text.push_str(&format!(
            "_Static_assert((unsigned int)({name}) == {bits}u, \"{name} is {value}\");\n"
        ));
        count += 1;
    }
    assert!(count > 500, "only {count} constants compared");
    must_all_be_ok(
        compilers()
            .into_iter()
            .map(|with| (with.program.to_string(), compile(with, &text, "constants", &[])))
            .collect(),
    );
}

/// A program that uses an option by name must not stop at an undeclared name.
#[test]
fn options_of_the_rust_crates_are_all_there() {
    // Enumerators are no macros: the compiler answers for those.
    let enumerators = ["IP_PMTUDISC_"];
    let families =
        ["SO_", "TCP_", "IP_", "IPV6_", "NI_", "MSG_", "SD_", "WSA_FLAG_", "TF_", "FD_", "XP1_"];
    let have = macros();
    let wanted = constants(&sources(&common::root().join("crates/abi/src/consts")));
    assert!(wanted.len() > 200, "linsock-abi has only {} constants", wanted.len());
    let missing: Vec<_> = wanted
        .keys()
        .filter(|name| families.iter().any(|f| name.starts_with(f)))
        .filter(|name| !enumerators.iter().any(|e| name.starts_with(e)))
        .filter(|name| !have.contains(name))
        .collect();
    assert!(missing.is_empty(), "not in the headers: {missing:?}");
}

/// The same for Winsock's errors, NTSTATUS values and the Win32 codes that linsock gives.
#[test]
fn errors_of_the_rust_crates_are_all_there() {
    let have = macros();
    let missing: Vec<_> = linsock_abi::WsaError::ALL
        .iter()
        .map(|(_, name, _)| *name)
        .chain(linsock_abi::NtStatus::ALL.iter().map(|(_, name, _)| *name))
        .chain(linsock_abi::Win32Error::ALL.iter().map(|(_, name, _)| *name))
        .filter(|name| !have.iter().any(|h| h == name))
        .collect();
    assert!(missing.is_empty(), "not in the headers: {missing:?}");
}
