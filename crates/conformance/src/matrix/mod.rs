//! MATRIX.md: each function of Windows' libraries, whether it is here, and its tests.
//!
//! contract/functions.toml says which functions there are and why one is not here. Which are here is read from the
//! library's exports, the headers, and the table of what WSAIoctl gives out; the tests, from the sources that name them.

mod evidence;
mod here;

use crate::paths;
use crate::register::Register;
use anyhow::{Context, Result};
use evidence::Evidence;
use here::Here;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    library: Vec<Library>,
    partly: Vec<Partly>,
    absent: Vec<Absent>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Library {
    name: String,
    title: String,
    functions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Partly {
    function: String,
    missing: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Absent {
    reason: String,
    functions: Vec<String>,
}

/// The library that exports belong to which no other one lists.
const REST: &str = "kernel32";
/// What is fetched by its GUID, and what headers define.
const BY_GUID: &str = "guid";
const IN_HEADERS: &str = "headers";
/// Ours, not Windows'.
const OUR_OWN: &str = "linsock_";

/// The text of MATRIX.md, and everything that does not fit together.
pub struct Matrix {
    pub text: String,
    pub faults: Vec<String>,
}

const INTRODUCTION: &str = "\
# Which functions are here

Every function of Windows' libraries that has to do with sockets and their completion, by state: **implemented**, **partly** and
what is missing, or **absent** and why. A program that uses an absent one does not compile or link, with the function's name; what is
fetched by a GUID and is absent is refused at run time with WSAEINVAL or WSAEOPNOTSUPP.

The clauses are those of `contract/` that speak of the function or whose tests call it; then come the other tests that name it.
Besides, `crates/dll/tests/every_function.rs` calls every exported function with NULL, bad handles and before WSAStartup, and
`signatures.rs` compares its type with the headers'. Both names of a pair (A for bytes, W for wide characters) have their row.

Written by `cargo run -q --release -p linsock-conformance -- matrix`, from `contract/functions.toml`, the library's exports and the
tests; a test says when it is out of date.
";

/// Puts the matrix together. The library has to be built.
pub fn matrix() -> Result<Matrix> {
    let path = paths::functions();
    let text = std::fs::read_to_string(&path)?;
    let table: Table = toml::from_str(&text).with_context(|| path.display().to_string())?;
    let evidence = Evidence::gather(&Register::load()?)?;
    Ok(put_together(&table, &Here::look()?, &evidence))
}

fn put_together(table: &Table, here: &Here, evidence: &Evidence) -> Matrix {
    let missing: BTreeMap<&str, &str> =
        table.partly.iter().map(|row| (row.function.as_str(), row.missing.as_str())).collect();
    let mut absent: BTreeMap<&str, &str> = BTreeMap::new();
    let mut faults = Vec::new();
    for group in &table.absent {
        for function in &group.functions {
            if absent.insert(function, &group.reason).is_some() {
                faults.push(format!("{function}: two reasons why it is absent"));
            }
        }
    }

    let mut text = INTRODUCTION.to_owned();
    let mut used: BTreeSet<String> = BTreeSet::new();
    for library in &table.library {
        let functions = functions_of(library, table, here);
        let mut rows = String::new();
        let mut count = 0;
        for function in &functions {
            used.insert(function.clone());
            let is_here = match library.name.as_str() {
                BY_GUID => here.by_guid.contains(function),
                IN_HEADERS => here.is_in_headers(function),
                _ => here.exported.contains(function),
            };
            let reason = absent.get(function.as_str());
            let state = match (is_here, reason, missing.get(function.as_str())) {
                (true, None, None) => "implemented".to_owned(),
                (true, None, Some(missing)) => format!("partly: {missing}"),
                (false, Some(reason), None) => format!("absent: {reason}"),
                (true, Some(_), _) => {
                    faults.push(format!("{function} is here, and listed as absent"));
                    continue;
                }
                (false, None, _) => {
                    faults.push(format!("{function} is not here, and no reason is given"));
                    continue;
                }
                (false, Some(_), Some(_)) => {
                    faults.push(format!("{function} is absent, and something of it is missing"));
                    continue;
                }
            };
            count += usize::from(is_here);
            let tests = if is_here { evidence.of(function) } else { String::new() };
            let _ = writeln!(rows, "| {function} | {state} | {tests} |");
        }
        let _ = write!(
            text,
            "\n## {}\n\n{count} of {} are implemented, some of them partly.\n\n| function | state | tests |\n|---|---|---|\n{rows}",
            library.title,
            functions.len()
        );
    }
    let listed = absent.keys().chain(missing.keys());
    faults.extend(
        listed.filter(|f| !used.contains(**f)).map(|f| format!("{f} is in no library's list")),
    );
    Matrix { text, faults }
}

/// What a library has on Windows, and what of ours no other one has.
fn functions_of(library: &Library, table: &Table, here: &Here) -> Vec<String> {
    let mut functions = library.functions.clone();
    if library.name == REST {
        let elsewhere: BTreeSet<&String> =
            table.library.iter().flat_map(|other| &other.functions).collect();
        functions.extend(
            here.exported
                .iter()
                .filter(|f| !elsewhere.contains(f) && !f.starts_with(OUR_OWN))
                .cloned(),
        );
    }
    functions.sort_by_key(|function| function.to_lowercase());
    functions
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The faults of a table of one library, where `exported` is what there is.
    fn faults(table: &str, exported: &[&str]) -> Vec<String> {
        let library =
            "library = [{ name = 'ws2_32', title = '', functions = ['socket', 'WSAJoinLeaf'] }]\n";
        let table: Table = toml::from_str(&(library.to_owned() + table)).unwrap();
        let exported = exported.iter().map(|name| (*name).to_owned()).collect();
        put_together(&table, &Here { exported, ..Here::default() }, &Evidence::default()).faults
    }

    const ABSENT: &str = "absent = [{ reason = 'no leaves', functions = ['WSAJoinLeaf'] }]\n";
    const NOT_PARTLY: &str = "partly = []\n";

    #[test]
    fn what_is_not_here_has_a_reason_and_what_is_here_has_none() {
        let good = ABSENT.to_owned() + NOT_PARTLY;
        assert_eq!(faults(&good, &["socket"]), [""; 0]);
        assert_eq!(faults(&good, &[]), ["socket is not here, and no reason is given"]);
        let both = faults(&good, &["socket", "WSAJoinLeaf"]);
        assert_eq!(both, ["WSAJoinLeaf is here, and listed as absent"]);
    }

    #[test]
    fn what_is_said_is_said_of_functions_that_there_are() {
        let partly =
            |of: &str| format!("{ABSENT}partly = [{{ function = '{of}', missing = 'much' }}]\n");
        assert_eq!(faults(&partly("socket"), &["socket"]), [""; 0]);
        let absent = faults(&partly("WSAJoinLeaf"), &["socket"]);
        assert_eq!(absent, ["WSAJoinLeaf is absent, and something of it is missing"]);
        assert_eq!(faults(&partly("sockett"), &["socket"]), ["sockett is in no library's list"]);
    }
}
