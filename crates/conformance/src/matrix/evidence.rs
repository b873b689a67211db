//! Which clauses and tests have to do with a function.

use crate::register::{Register, clause_of};
use crate::{paths, programs};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Clauses and files that are named in a row; the others are counted.
const CLAUSES_MAX: usize = 4;
const FILES_MAX: usize = 3;

/// Name of a function -> what names it.
#[derive(Default)]
pub struct Evidence {
    clauses: BTreeMap<String, BTreeSet<String>>,
    files: BTreeMap<String, BTreeSet<String>>,
}

/// Where tests are that belong to no clause: folder, and what is left out of it because it names everything.
const FOLDERS: [&str; 6] = [
    "crates/dll/tests",
    "crates/sys/src",
    "crates/sys/tests",
    "crates/linsock/tests",
    "examples",
    "crates/stress/src",
];
const NAMES_EVERYTHING: [&str; 5] =
    ["every_function.rs", "signatures.rs", "symbols.rs", "absent.rs", "macros.c"];

impl Evidence {
    pub fn gather(register: &Register) -> Result<Evidence> {
        let mut evidence = Evidence::default();
        for program in programs::programs()? {
            let text = std::fs::read_to_string(&program.source)?;
            for (test, body) in tests(&text) {
                for name in called(body) {
                    evidence.add_clause(name, clause_of(test));
                }
            }
        }
        for clause in register.clauses.iter().filter(|clause| !clause.tests.is_empty()) {
            // A word in small letters may be just a word.
            for word in words(&clause.statement).filter(|w| w.contains(char::is_uppercase)) {
                evidence.add_clause(word, Some(clause.id.clone()));
            }
        }
        for folder in FOLDERS {
            let folder = paths::workspace().join(folder);
            if folder.is_dir() {
                evidence.read(&folder)?;
            }
        }
        Ok(evidence)
    }

    fn add_clause(&mut self, name: &str, clause: Option<String>) {
        self.clauses.entry(name.to_owned()).or_default().extend(clause);
    }

    fn read(&mut self, folder: &Path) -> Result<()> {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(folder)?.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                self.read(&path)?;
                continue;
            }
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let shown =
                path.strip_prefix(paths::workspace()).unwrap_or(&path).display().to_string();
            let shown = shown.trim_start_matches("crates/").to_owned();
            // Of a source, its tests.
            let tests = match text.split_once("#[cfg(test)]\nmod tests {") {
                Some((_, tests)) => tests,
                None if shown.contains("/src/") && !name.ends_with("tests.rs") => continue,
                None => &text,
            };
            if NAMES_EVERYTHING.contains(&name) {
                continue;
            }
            for name in called(tests) {
                self.files.entry(name.to_owned()).or_default().insert(shown.clone());
            }
        }
        Ok(())
    }

    /// The cell of a function.
    pub fn of(&self, function: &str) -> String {
        let mut names = vec![function];
        // Without UNICODE the name of both is that for bytes.
        names.extend(function.strip_suffix('A').filter(|name| name.len() > 3));
        let all = |from: &BTreeMap<String, BTreeSet<String>>| -> BTreeSet<String> {
            names.iter().filter_map(|name| from.get(*name)).flatten().cloned().collect()
        };
        let parts = [
            some_of(&all(&self.clauses), CLAUSES_MAX, ""),
            some_of(&all(&self.files), FILES_MAX, "`"),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { "that of every function".to_owned() } else { parts.join("; ") }
    }
}

/// The first of them, and how many more there are.
fn some_of(all: &BTreeSet<String>, max: usize, quote: &str) -> String {
    let shown: Vec<String> =
        all.iter().take(max).map(|one| format!("{quote}{one}{quote}")).collect();
    match all.len().saturating_sub(max) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Tests of a C source: name and body, which ends at a bracket that begins a line.
fn tests(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("\nTEST").skip(1).filter_map(|part| {
        let name = part.split_once('(')?.1.split([',', ')']).next()?;
        Some((name.trim(), part.split("\n}").next()?))
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Words before an opening bracket.
fn called(text: &str) -> impl Iterator<Item = &str> {
    text.split('(').filter_map(|part| {
        let name = part.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next()?;
        (!name.is_empty()).then_some(name)
    })
}
