//! The functions that the headers declare, read from the preprocessor's output.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

/// Function name in the source -> name of the symbol, for every function declared under include/.
pub fn declared() -> BTreeMap<String, String> {
    let source = super::scratch().join("all_headers.c");
    fs::write(&source, super::all_headers()).expect("a test's source can be written");
    let output = Command::new("gcc")
        .arg("-E")
        .arg("-std=c11")
        .arg(format!("-I{}", super::include_dir().display()))
        .arg(&source)
        .output()
        .expect("gcc starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let ours = only_ours(&String::from_utf8_lossy(&output.stdout));
    let functions: BTreeMap<String, String> =
        statements(&ours).iter().filter_map(|s| function(s)).collect();
    assert!(functions.len() > 80, "the reader of declarations found only {functions:?}");
    functions
}

/// The lines that come from include/.
fn only_ours(preprocessed: &str) -> String {
    let include = super::include_dir().display().to_string();
    let mut ours = false;
    let mut text = String::new();
    for line in preprocessed.lines() {
        if let Some(marker) = line.strip_prefix("# ") {
            ours = marker.contains(&include);
        } else if ours {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// Statements at the outermost level, the bodies of functions and structures dropped.
fn statements(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut depth, mut current) = (0, String::new());
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                // The end of a function's body has no semicolon.
                if depth == 0 && current.contains("__inline__") {
                    current.clear();
                }
            }
            ';' if depth == 0 => found.push(std::mem::take(&mut current)),
            _ if depth == 0 => current.push(c),
            _ => {}
        }
    }
    found
}

/// `type name(parameters) __asm__("ws2_" "name")` as (name, symbol).
fn function(statement: &str) -> Option<(String, String)> {
    let statement = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    // What the C library leaves out of its headers, or the program defines, is not ours.
    if ["typedef", "static", "extern"].iter().any(|s| statement.starts_with(s)) {
        return None;
    }
    let open = statement.find('(')?;
    let before = statement[..open].trim_end();
    let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    let name = &before[start..];
    let symbol = match statement.split_once("__asm__(") {
        Some((_, label)) => label.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect(),
        None => name.to_string(),
    };
    (!name.is_empty()).then(|| (name.to_string(), symbol))
}
