//! Reading constants and signatures out of Rust sources that are one item a
//! line or close to it: windows-sys' generated modules and our own crates.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A function as a Rust source declares it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Signature {
    /// The parameters' names, as far as they have any.
    pub names: Vec<String>,
    /// The parameters' types.
    pub parameters: Vec<String>,
    pub result: String,
}

/// The windows-sys sources of the version that Cargo.lock names.
pub fn windows_sys() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline"])
        // Only what this test's build fetched; other platforms' crates are not here.
        .args(["--filter-platform", &format!("{}-unknown-linux-gnu", std::env::consts::ARCH)])
        .current_dir(super::root())
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let packages = metadata["packages"].as_array().expect("metadata lists packages");
    let manifest = packages
        .iter()
        .filter(|p| p["name"] == "windows-sys")
        .filter(|p| p["version"].as_str().is_some_and(|v| v.starts_with("0.61")))
        .find_map(|p| p["manifest_path"].as_str())
        .expect("windows-sys 0.61 is a dependency");
    Path::new(manifest).with_file_name("src/Windows/Win32")
}

/// The modules whose names the headers carry, WinSock first: it wins where two have a name.
const MODULES: [&str; 22] = [
    "Networking/WinSock",
    "Foundation",
    "System/IO",
    "System/Threading",
    "System/SystemInformation",
    "System/Performance",
    "Storage/FileSystem",
    "System/WindowsProgramming",
    "System/SystemServices",
    "System/Memory",
    "System/LibraryLoader",
    "System/Diagnostics/Debug",
    "Security/Cryptography",
    "System/Console",
    "System/Environment",
    "System/Kernel",
    "System/Pipes",
    "System/Time",
    "Devices/Communication",
    "Globalization",
    "NetworkManagement/IpHelper",
    "NetworkManagement/Ndis",
];

/// The texts of those modules.
pub fn windows_sys_texts() -> Vec<String> {
    let folder = windows_sys();
    let text = |module: &&str| fs::read_to_string(folder.join(module).join("mod.rs"));
    MODULES.iter().map(|m| text(m).expect("windows-sys has this module")).collect()
}

/// All Rust sources under a folder.
pub fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).expect("a source folder can be read") {
        let path = entry.expect("a source folder can be listed").path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            texts.push(fs::read_to_string(&path).expect("a source can be read"));
        }
    }
    texts
}

/// `pub const NAME: TYPE = NUMBER;` by name; other constants are passed over.
pub fn constants(texts: &[String]) -> BTreeMap<String, i128> {
    let mut found = BTreeMap::new();
    for line in texts.iter().flat_map(|t| t.lines()) {
        let Some(rest) = line.strip_prefix("pub const ") else { continue };
        let Some((name, rest)) = rest.split_once(':') else { continue };
        let Some((_, value)) = rest.split_once('=') else { continue };
        if let Some(number) = number(value.trim().trim_end_matches(';')) {
            found.entry(name.trim().to_string()).or_insert(number);
        }
    }
    found
}

/// A literal, with or without sign, radix, type suffix and `as _`.
fn number(text: &str) -> Option<i128> {
    let text = text.split(" as ").next()?.trim().replace('_', "");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.as_str()),
    };
    let (radix, digits) = match digits.strip_prefix("0x") {
        Some(rest) => (16, rest),
        None => (10, digits),
    };
    let suffixes = ["usize", "isize", "u16", "u32", "u64", "i16", "i32", "i64", "u8", "i8"];
    let bare = suffixes.iter().find_map(|s| digits.strip_suffix(s)).unwrap_or(digits);
    i128::from_str_radix(bare, radix).ok().map(|n| sign * n)
}

/// `pub type NAME = TYPE;` by name.
pub fn aliases(texts: &[String]) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for line in texts.iter().flat_map(|t| t.lines()) {
        let Some(rest) = line.strip_prefix("pub type ") else { continue };
        let Some((name, target)) = rest.trim_end_matches(';').split_once(" = ") else { continue };
        found.entry(name.to_string()).or_insert_with(|| target.to_string());
    }
    found
}

/// Every `extern "system"`, `extern "C"` or `link!` function of the texts.
pub fn functions(texts: &[String]) -> BTreeMap<String, Signature> {
    let mut found = BTreeMap::new();
    for text in texts {
        let starts = [
            "\"system\" fn ",
            "extern \"C\" fn ",
            "extern \"C-unwind\" fn ",
            "extern \"system-unwind\" fn ",
        ];
        for start in starts {
            for (at, _) in text.match_indices(start) {
                // A type (`Option<unsafe extern "system" fn(...)>`) has no name here.
                if let Some((name, signature)) = signature(&text[at + start.len()..]) {
                    found.entry(name).or_insert(signature);
                }
            }
        }
    }
    found
}

/// `name(a : T, b : U) -> R` up to what ends a declaration.
fn signature(text: &str) -> Option<(String, Signature)> {
    let open = text.find('(')?;
    let name = text[..open].trim();
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let close = open + matching(&text[open..])?;
    Some((name.to_string(), parts(&text[open + 1..close], &text[close + 1..])))
}

/// The signature of `Option<unsafe extern "system" fn(...) -> R>`.
pub fn function_type(text: &str) -> Option<Signature> {
    let open = text.find("fn(")? + 2;
    let close = open + matching(&text[open..])?;
    Some(parts(&text[open + 1..close], &text[close + 1..]))
}

fn parts(parameters: &str, after: &str) -> Signature {
    let parameters = parameters.split(',').filter(|p| !p.trim().is_empty());
    let (names, parameters) = parameters
        .map(|p| p.split_once(':').unwrap_or(("", p)))
        .map(|(name, of)| (name.trim().to_string(), of.trim().to_string()))
        .unzip();
    let result = after.trim_start().strip_prefix("->").unwrap_or("");
    let end = result.find([';', '{', ')', '>']).unwrap_or(result.len());
    let result = result[..end].trim();
    Signature { names, parameters, result: result.to_string() }
}

/// Where the bracket that opens at 0 closes.
fn matching(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}
