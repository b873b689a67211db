//! The verdict: which clauses passed where, a row a letter, and the closing line.

use crate::process::Outcome;
use crate::register::{Clause, Kind, Oracle, Register, Status};
use crate::suite::{Native, Results};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default, Clone, Serialize)]
pub struct Row {
    pub letter: String,
    pub registered: usize,
    /// Clauses that come straight from the page of ConnectEx.
    pub seed: usize,
    pub later: usize,
    pub informative: usize,
    pub tested: usize,
    pub epoll: usize,
    pub uring: usize,
    pub oracle_agree: usize,
    pub oracle_disagree: usize,
    pub oracle_explained: usize,
}

#[derive(Serialize)]
pub struct Report {
    pub rows: Vec<Row>,
    pub total: Row,
    pub tests: usize,
    pub oracle_skipped: Option<String>,
    /// Everything that makes the report fail.
    pub faults: Vec<String>,
}

pub fn judge(
    register: &Register,
    faults: Vec<String>,
    native: &Native,
    oracle: Result<&Results, String>,
) -> Report {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    let mut faults = faults;
    for clause in &register.clauses {
        let row = rows.entry(clause.letter().to_owned()).or_default();
        row.letter = clause.letter().to_owned();
        row.registered += 1;
        row.seed += usize::from(clause.seed);
        match clause.status {
            Status::Later => row.later += 1,
            Status::Informative => row.informative += 1,
            Status::Required => {}
        }
        if clause.tests.is_empty() {
            continue;
        }
        row.tested += 1;
        for (backend, results) in native {
            let passed = clause.tests.iter().all(|t| results.get(t) == Some(&Outcome::Passed));
            match *backend {
                "epoll" => row.epoll += usize::from(passed),
                _ => row.uring += usize::from(passed),
            }
        }
        if let Ok(results) = oracle {
            let (opinion, fault) = compare(clause, results);
            row.oracle_agree += usize::from(opinion == Some(Opinion::Agrees));
            row.oracle_disagree += usize::from(opinion == Some(Opinion::Disagrees));
            row.oracle_explained +=
                usize::from(opinion == Some(Opinion::Disagrees) && fault.is_none());
            faults.extend(fault);
        }
    }
    for (backend, results) in native {
        for (test, outcome) in results {
            match outcome {
                Outcome::Passed => {}
                Outcome::Failed(what) => faults.push(format!("{backend}: {test}: {what}")),
                Outcome::Skipped(why) => {
                    faults.push(format!("{backend}: {test}: skipped natively: {why}"))
                }
            }
        }
    }
    let rows: Vec<Row> = rows.into_values().collect();
    let mut total = Row { letter: "all".to_owned(), ..Row::default() };
    for row in &rows {
        total.registered += row.registered;
        total.seed += row.seed;
        total.later += row.later;
        total.informative += row.informative;
        total.tested += row.tested;
        total.epoll += row.epoll;
        total.uring += row.uring;
        total.oracle_agree += row.oracle_agree;
        total.oracle_disagree += row.oracle_disagree;
        total.oracle_explained += row.oracle_explained;
    }
    let tests = native.values().map(|r| r.len()).max().unwrap_or(0);
    Report { rows, total, tests, oracle_skipped: oracle.err(), faults }
}

/// The tests of the clauses about which Wine did not say what the register says.
pub fn doubtful(register: &Register, oracle: &Results) -> BTreeSet<String> {
    let tested = register.clauses.iter().filter(|clause| !clause.tests.is_empty());
    tested
        .filter(|clause| compare(clause, oracle).1.is_some())
        .flat_map(|clause| clause.tests.iter().cloned())
        .collect()
}

#[derive(PartialEq, Eq)]
enum Opinion {
    Agrees,
    Disagrees,
}

/// One clause under Wine: what happened must be what the register says, in both directions; what is wrong, if it is not.
fn compare(clause: &Clause, results: &Results) -> (Option<Opinion>, Option<String>) {
    let Ok(expected) = clause.oracle() else { return (None, None) };
    let ran: Vec<(&String, &Outcome)> =
        clause.tests.iter().filter_map(|t| results.get(t).map(|o| (t, o))).collect();
    if ran.is_empty() && clause.kind == Some(Kind::C) {
        return (None, None); // left out by a filter
    }
    let judged: Vec<_> = ran.iter().filter(|(_, o)| !matches!(o, Outcome::Skipped(_))).collect();
    let failed = judged.iter().find_map(|(t, o)| match o {
        Outcome::Failed(what) => Some(format!("{t}: {what}")),
        _ => None,
    });
    let id = &clause.id;
    match (expected, failed) {
        (Oracle::Unstable(_), _) => (None, None),
        (Oracle::Native(_), _) if clause.kind == Some(Kind::Rust) => (None, None),
        (Oracle::Native(_), _) if judged.is_empty() => (None, None),
        (Oracle::Native(_), _) => {
            (None, Some(format!("oracle: {id} ran under Wine, but the register says native")))
        }
        (Oracle::Agrees, None) if judged.is_empty() => {
            (None, Some(format!("oracle: {id}: no test of it ran under Wine")))
        }
        (Oracle::Agrees, None) => (Some(Opinion::Agrees), None),
        (Oracle::Agrees, Some(what)) => (
            Some(Opinion::Disagrees),
            Some(format!("oracle: {id} disagrees without an explanation: {what}")),
        ),
        (Oracle::Disagrees(_), Some(_)) => (Some(Opinion::Disagrees), None),
        (Oracle::Disagrees(_), None) => (
            Some(Opinion::Agrees),
            Some(format!("oracle: {id} agrees, but the register explains a disagreement")),
        ),
    }
}

impl Report {
    pub fn print(&self) {
        println!(
            "letter  registered  later  informative  tested  epoll  uring  oracle: agree  disagree  explained"
        );
        for row in self.rows.iter().chain([&self.total]) {
            println!(
                "{:<6}  {:>10}  {:>5}  {:>11}  {:>6}  {:>5}  {:>5}  {:>13}  {:>8}  {:>9}",
                row.letter,
                row.registered,
                row.later,
                row.informative,
                row.tested,
                row.epoll,
                row.uring,
                row.oracle_agree,
                row.oracle_disagree,
                row.oracle_explained
            );
        }
        for fault in &self.faults {
            println!("FAULT {fault}");
        }
        if let Some(why) = &self.oracle_skipped {
            println!("THE ORACLE WAS SKIPPED: {why}");
        }
        println!("{}", self.closing_line());
    }

    pub fn closing_line(&self) -> String {
        let t = &self.total;
        format!(
            "clauses: {} registered, {} tested, epoll {} passed, uring {} passed, oracle {} agree, {} disagree (explained {})",
            t.registered,
            t.tested,
            t.epoll,
            t.uring,
            t.oracle_agree,
            t.oracle_disagree,
            t.oracle_explained
        )
    }
}
