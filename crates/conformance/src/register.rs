//! The register of clauses: contract/*.toml, files that people edit.

use crate::{paths, source};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Default, Debug)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Must have a test.
    #[default]
    Required,
    /// Registered, to be built later.
    Later,
    /// Nothing that a test could see; the clause says why.
    Informative,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Debug)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    C,
    Rust,
}

#[derive(Clone, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    pub id: String,
    #[serde(default)]
    pub seed: bool,
    pub statement: String,
    pub source: String,
    #[serde(default)]
    pub status: Status,
    pub reason: Option<String>,
    pub kind: Option<Kind>,
    pub oracle: Option<String>,
    #[serde(default)]
    pub tests: Vec<String>,
}

/// What the register expects of Wine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Oracle {
    Agrees,
    /// Wine fails the test, and here is why that is Wine's fault.
    Disagrees(String),
    /// Wine passes at some times and fails at others; not judged.
    Unstable(String),
    /// Every test of the clause skips itself under Wine.
    Native(String),
}

impl Clause {
    pub fn letter(&self) -> &str {
        self.id.split('-').next().unwrap_or_default()
    }

    pub fn oracle(&self) -> Result<Oracle> {
        let text = self.oracle.as_deref().with_context(|| format!("{}: no `oracle`", self.id))?;
        let reason = |prefix: &str| {
            text.strip_prefix(prefix).map(|rest| rest.trim().to_owned()).filter(|r| !r.is_empty())
        };
        if text == "agree" {
            return Ok(Oracle::Agrees);
        }
        reason("disagree:")
            .map(Oracle::Disagrees)
            .or_else(|| reason("unstable:").map(Oracle::Unstable))
            .or_else(|| reason("native:").map(Oracle::Native))
            .with_context(|| {
                format!(
                    "{}: `oracle` is agree, or disagree:, unstable: or native: with a reason",
                    self.id
                )
            })
    }
}

#[derive(Deserialize)]
struct File {
    clause: Vec<Clause>,
}

pub struct Register {
    pub clauses: Vec<Clause>,
}

/// `c_011_unbound_socket_is_wsaeinval` speaks of C-011.
pub fn clause_of(test: &str) -> Option<String> {
    let mut parts = test.splitn(3, '_');
    let letter = parts.next()?;
    let number = parts.next()?;
    parts.next()?;
    let good = !letter.is_empty()
        && letter.bytes().all(|b| b.is_ascii_lowercase())
        && number.len() >= 2
        && number.bytes().all(|b| b.is_ascii_digit());
    good.then(|| format!("{}-{number}", letter.to_uppercase()))
}

pub fn files() -> Result<Vec<PathBuf>> {
    let folder = paths::register();
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        // What the matrix is made of, no clauses.
        .filter(|path| *path != paths::functions())
        .collect();
    files.sort();
    Ok(files)
}

impl Register {
    pub fn load() -> Result<Register> {
        let mut clauses = Vec::new();
        for path in files()? {
            let text = std::fs::read_to_string(&path)?;
            let file: File =
                toml::from_str(&text).with_context(|| format!("{}", path.display()))?;
            let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_uppercase();
            for clause in file.clause {
                ensure!(
                    clause.letter() == stem,
                    "{} does not belong in {}",
                    clause.id,
                    path.display()
                );
                clauses.push(clause);
            }
        }
        Ok(Register { clauses })
    }

    pub fn get(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|c| c.id == id)
    }

    /// Everything in which the register and the tests that exist do not fit each other.
    pub fn faults(&self, tests: &BTreeMap<String, Kind>) -> Vec<String> {
        let mut faults = Vec::new();
        let mut seen = std::collections::HashSet::new();
        let legend = source::legend();
        for clause in &self.clauses {
            let id = &clause.id;
            // Another clause is a source too.
            let known = |code: &str| legend.contains(code) || self.get(code).is_some();
            for code in source::named(&clause.source).filter(|code| !known(code)) {
                faults.push(format!("{id}: the legend of sources has no {code:?}"));
            }
            if !seen.insert(id) {
                faults.push(format!("{id} is registered twice"));
            }
            if clause.statement.trim().is_empty() || clause.source.trim().is_empty() {
                faults.push(format!("{id}: statement or source is empty"));
            }
            for test in &clause.tests {
                match tests.get(test) {
                    None => faults.push(format!("{id}: there is no test {test}")),
                    Some(kind) if clause.kind == Some(Kind::Rust) && *kind == Kind::C => {
                        faults.push(format!("{id}: kind is rust, but {test} is a C test"));
                    }
                    Some(_) => {}
                }
            }
            match clause.status {
                Status::Required => {
                    if clause.tests.is_empty() {
                        faults.push(format!("{id}: no test"));
                    } else if !clause.tests.iter().any(|t| clause_of(t).as_ref() == Some(id)) {
                        faults.push(format!("{id}: no test is named after it"));
                    }
                    if clause.kind.is_none() {
                        faults.push(format!("{id}: no `kind`"));
                    }
                    if let Err(error) = clause.oracle() {
                        faults.push(error.to_string());
                    }
                }
                Status::Informative if clause.reason.is_none() => {
                    faults.push(format!("{id}: informative, but no reason"))
                }
                Status::Later | Status::Informative => {}
            }
        }
        for test in tests.keys() {
            match clause_of(test).and_then(|id| self.get(&id)) {
                None => faults.push(format!("{test} is named after no clause")),
                Some(clause) if !clause.tests.contains(test) => {
                    faults.push(format!(
                        "{test} is not in the register's list of {} (run `sync`)",
                        clause.id
                    ));
                }
                Some(_) => {}
            }
        }
        faults
    }

    /// Rewrites the `tests` lines from the tests that exist; everything else in the files stays as it is.
    pub fn sync(tests: &BTreeMap<String, Kind>) -> Result<usize> {
        let mut changed = 0;
        for path in files()? {
            let before = std::fs::read_to_string(&path)?;
            let mut id = String::new();
            let mut after = String::new();
            for line in before.lines() {
                if let Some(value) = line.strip_prefix("id = ") {
                    id = value.trim().trim_matches('"').to_owned();
                }
                if line.starts_with("tests = ") {
                    let line: toml::Table = toml::from_str(line)?;
                    let old: Vec<String> = line["tests"].clone().try_into()?;
                    let mut list: Vec<&String> =
                        tests.keys().filter(|t| clause_of(t).as_deref() == Some(&id)).collect();
                    list.extend(old.iter().filter(|t| {
                        clause_of(t).as_deref() != Some(&id) && tests.contains_key(*t)
                    }));
                    after += &format!("tests = {list:?}\n");
                } else {
                    after += line;
                    after.push('\n');
                }
            }
            if after != before {
                std::fs::write(&path, after)?;
                changed += 1;
            }
        }
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(source: &str) -> Vec<String> {
        let clause = Clause {
            id: "C-001".into(),
            seed: false,
            statement: "It connects.".into(),
            source: source.into(),
            status: Status::Later,
            reason: None,
            kind: None,
            oracle: None,
            tests: Vec::new(),
        };
        Register { clauses: vec![clause] }.faults(&BTreeMap::new())
    }

    #[test]
    fn a_source_has_codes_of_the_legend_and_clauses_alone() {
        for source in ["SEED", "SEED: its example; WINE run", "KNOW; C-001", "27.B; WT"] {
            assert_eq!(faults(source), [""; 0], "{source}");
        }
        assert_eq!(faults("WT; HEARSAY"), ["C-001: the legend of sources has no \"HEARSAY\""]);
        assert_eq!(faults("C-999"), ["C-001: the legend of sources has no \"C-999\""]);
    }
}
