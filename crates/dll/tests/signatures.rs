//! Every function and function pointer type of the headers has the type that
//! crates/sys gives it in Rust, and that windows-sys gives it.
//!
//! The Rust declarations are read as text and written as C++ types; the
//! compiler compares them with the headers' after both were normalised:
//! integers by width and sign, pointers to bytes and to void alike, const
//! behind a pointer left out (windows-sys has more of it than the SDK).

mod common;

use common::declarations::declared;
use common::rust_text::{Signature, aliases, function_type, functions, sources, windows_sys_texts};
use common::{compile, compilers, must_all_be_ok};
use std::collections::{BTreeMap, HashMap};

/// Normalised types: `same<A, B>` compares two.
const NORMALISE: &str = r"
#include <type_traits>
template <int Width, bool Signed> struct integer;
struct byte_pointer;
template <typename T, typename = void> struct normal { using type = T; };
template <typename T> struct normal<T, std::enable_if_t<std::is_integral_v<T>>> {
    using type = integer<sizeof(T), std::is_signed_v<T> && !std::is_same_v<T, wchar_t>>;
};
template <typename T> struct normal<T, std::enable_if_t<std::is_enum_v<T>>> { using type = integer<sizeof(T), true>; };
template <typename T> constexpr bool is_byte = std::is_void_v<T> || (std::is_integral_v<T> && sizeof(std::conditional_t<std::is_void_v<T>, char, T>) == 1);
template <typename T> struct normal<T *, std::enable_if_t<!std::is_function_v<T>>> {
    using bare = std::remove_cv_t<T>;
    using type = std::conditional_t<is_byte<bare>, byte_pointer *, typename normal<bare>::type *>;
};
template <> struct normal<LARGE_INTEGER, void> { using type = integer<8, true>; };
template <typename R, typename... A> struct normal<R(A...), void> {
    using type = typename normal<R>::type(typename normal<A>::type...);
};
template <typename R, typename... A> struct normal<R (*)(A...), void> {
    using type = typename normal<R>::type (*)(typename normal<A>::type...);
};
template <typename A, typename B> constexpr bool same = std::is_same_v<typename normal<A>::type, typename normal<B>::type>;
";

/// Names with one function each: an overload has no type to compare.
const PLAIN: &str = "#define LINSOCK_NO_OVERLOADS\n";

/// wchar_t is 16 bits in windows-sys and in the functions of those names.
const UTF16: [&str; 1] = ["-fshort-wchar"];

fn by_own_name() -> impl Iterator<Item = (String, String)> {
    declared().into_keys().map(|name| (name.clone(), name))
}

/// A Rust type's text in C++, aliases of primitives resolved.
fn cpp(rust: &str, aliases: &HashMap<String, String>) -> String {
    let rust = rust.trim();
    for pointer in ["*const ", "*mut "] {
        if let Some(target) = rust.strip_prefix(pointer) {
            return format!("{} *", cpp(target, aliases));
        }
    }
    let name = rust.rsplit("::").next().unwrap_or(rust).trim();
    let primitive = match name {
        "" | "()" | "!" => "void",
        "i8" => "signed char",
        "u8" => "unsigned char",
        "i16" => "short",
        "u16" => "unsigned short",
        "i32" | "c_int" => "int",
        "u32" => "unsigned int",
        "i64" => "long long",
        "u64" => "unsigned long long",
        "isize" => "long",
        "usize" => "unsigned long",
        "c_void" => "void",
        "c_char" => "char",
        "PSTR" | "PCSTR" => "char *",
        "PWSTR" | "PCWSTR" => "wchar_t *",
        // An integer in windows-sys, a HANDLE in the SDK.
        "WSAEVENT" => "HANDLE",
        // A structure of one pointer in windows-sys, that pointer in the SDK.
        "MEMORY_MAPPED_VIEW_ADDRESS" => "void *",
        // The pseudo-handle and pointer types are C's own names.
        other => match aliases.get(other) {
            // A function type may go on in the next line.
            Some(target) if !["fn(", "Option<", "c_void"].iter().any(|t| target.contains(t)) => {
                return cpp(target, aliases);
            }
            _ => other,
        },
    };
    primitive.to_string()
}

fn cpp_function(signature: &Signature, aliases: &HashMap<String, String>) -> String {
    let parameters: Vec<_> = signature.parameters.iter().map(|p| cpp(p, aliases)).collect();
    format!("{}({})", cpp(&signature.result, aliases), parameters.join(", "))
}

/// Not compared, and why.
const NOT_COMPARED: [(&str, &str); 3] = [
    ("WriteConsoleW", "takes a pointer to anything, which windows-sys writes as one to characters"),
    ("FormatMessageA", "ends with a va_list, which windows-sys writes as a pointer to pointers"),
    ("FormatMessageW", "likewise"),
];

/// Asserts the type of each (C name, Rust name) that `functions` has; the C names that were found there.
fn check(
    what: &str,
    names: impl Iterator<Item = (String, String)>,
    functions: &BTreeMap<String, Signature>,
    aliases: &HashMap<String, String>,
    flags: &[&str],
) -> Vec<String> {
    let mut text = PLAIN.to_string() + &common::all_headers() + NORMALISE;
    let mut compared = Vec::new();
    for (name, in_rust) in names {
        let Some(signature) = functions.get(&in_rust) else { continue };
        let rust = cpp_function(signature, aliases);
        compared.push(name.clone());
        if NOT_COMPARED.iter().any(|(other, _)| *other == name) {
            continue;
        }
        text.push_str(&format!(
            "static_assert(same<decltype(::{name}), {rust}>, \"{name} is {rust} in Rust\");\n"
        ));
    }
    let compilers = compilers().into_iter().filter(|with| with.language == "c++");
    must_all_be_ok(
        compilers
            .map(|with| (with.program.to_string(), compile(with, &text, what, flags)))
            .collect(),
    );
    compared
}

#[test]
fn functions_have_the_types_of_windows_sys() {
    let texts = windows_sys_texts();
    let compared =
        check("windows_sys", by_own_name(), &functions(&texts), &aliases(&texts), &UTF16);
    let missing: Vec<_> = declared().into_keys().filter(|n| !compared.contains(n)).collect();
    // Functions that windows-sys leaves out: inline in the SDK, another name for one, or ours.
    let left_out = [
        "InetNtopA",
        "InetPtonA",
        "_getch",
        "_getche",
        "_kbhit",
        "_putch",
        "_ungetch",
        "gai_strerrorA",
        "gai_strerrorW",
        "linsock_backend_name",
        "linsock_set_timed_wait_delay",
        "linsock_timed_wait_delay",
    ];
    assert_eq!(missing, left_out);
}

#[test]
fn functions_have_the_types_of_the_rust_exports() {
    let mut texts = sources(&common::root().join("crates/abi/src"));
    texts.extend(sources(&common::root().join("crates/sys/src")));
    let (functions, aliases) = (functions(&texts), aliases(&texts));
    let compared = check("exports", by_own_name(), &functions, &aliases, &UTF16);
    assert!(compared.len() > 50, "only {compared:?} were found in crates/sys");
    // With a 32-bit wchar_t the headers bind these to other functions.
    let wide = || declared().into_iter().filter(|(_, symbol)| symbol.ends_with("_utf32"));
    let compared = check("exports_utf32", wide(), &functions, &aliases, &[]);
    assert_eq!(compared.len(), wide().count(), "crates/sys has only {compared:?}");
}

#[test]
fn function_pointer_types_are_those_of_windows_sys() {
    let texts = windows_sys_texts();
    let aliases = aliases(&texts);
    let names = [
        "LPFN_CONNECTEX",
        "LPFN_DISCONNECTEX",
        "LPFN_ACCEPTEX",
        "LPFN_GETACCEPTEXSOCKADDRS",
        "LPFN_TRANSMITFILE",
        "LPFN_TRANSMITPACKETS",
        "LPFN_WSARECVMSG",
        "LPFN_WSASENDMSG",
        "LPWSAOVERLAPPED_COMPLETION_ROUTINE",
        "LPCONDITIONPROC",
        "LPTHREAD_START_ROUTINE",
        "PAPCFUNC",
    ];
    let mut text = common::all_headers() + NORMALISE;
    for name in names {
        let target = aliases.get(name).unwrap_or_else(|| panic!("windows-sys has no {name}"));
        let signature = function_type(target).unwrap_or_else(|| panic!("{name} is {target}"));
        let rust = cpp_function(&signature, &aliases);
        text.push_str(&format!("static_assert(same<std::remove_pointer_t<{name}>, {rust}>, \"{name} is {rust} in Rust\");\n"));
    }
    must_all_be_ok(vec![("g++".into(), compile(common::GXX, &text, "pointers", &[]))]);
}

#[test]
fn a_wrong_type_is_noticed() {
    let text = common::all_headers()
        + NORMALISE
        + "static_assert(same<decltype(::closesocket), int(unsigned int)>, \"closesocket\");\n";
    let message = compile(common::GXX, &text, "wrong", &[]).expect_err("a SOCKET is 64 bits");
    assert!(message.contains("closesocket"), "{message}");
}
