//! What linsock is to reach, and what of it a run has reached.

use super::contestant::{Cell, Who, Workload};
use super::print::{circumstances, figure};
use super::report::{Report, Row};
use std::collections::BTreeMap;

/// Whom the targets are for.
pub const SUBJECTS: [Who; 3] = [Who::LinsockEpoll, Who::LinsockUring, Who::LinsockAuto];

/// Cells by their number of connections.
enum Many {
    All,
    Of(&'static [usize]),
    /// Only the largest that the run has.
    Most,
}

enum What {
    RateAgainst(Who),
    CpuRatio,
    SystemCalls,
    UserBytes,
    /// CPU time of an operation against that with the fewest pending.
    Growth,
}

#[derive(Clone, Copy)]
enum Limit {
    AtLeast(f64),
    Above(f64),
    AtMost(f64),
}

struct Target {
    workloads: &'static [Workload],
    threads: &'static [usize],
    many: Many,
    who: &'static [Who],
    what: What,
    limit: Limit,
}

use Limit::{Above, AtLeast, AtMost};
use Many::{All, Most, Of};
use What::{CpuRatio, Growth, RateAgainst, SystemCalls, UserBytes};

const CONNECT: &[Workload] = &[Workload::Connect];
const ECHO: &[Workload] = &[Workload::Echo];
const WORK: &[Workload] = &[Workload::Connect, Workload::Echo];
const SCALE: &[Workload] = &[Workload::ScaleReceive, Workload::ScaleConnect];
const ANY: &[usize] = &[];
const ALL: &[Who] = &SUBJECTS;
/// `auto` is held to what the better backend reaches.
const RING: &[Who] = &[Who::LinsockUring];
const READY: &[Who] = &[Who::LinsockEpoll, Who::LinsockAuto];

const fn target(
    workloads: &'static [Workload],
    threads: &'static [usize],
    many: Many,
    who: &'static [Who],
    what: What,
    limit: Limit,
) -> Target {
    Target { workloads, threads, many, who, what, limit }
}

/// The targets. No threads: any number of them.
#[rustfmt::skip]
const TARGETS: [Target; 15] = [
    target(CONNECT, &[1], Of(&[1]),        ALL,   RateAgainst(Who::RawUring), AtLeast(1.0)),
    target(CONNECT, &[1], Of(&[64, 1024]), ALL,   RateAgainst(Who::RawUring), AtLeast(0.95)),
    target(CONNECT, &[2], Of(&[1]),        ALL,   RateAgainst(Who::RawUring), AtLeast(1.0)),
    target(CONNECT, &[2], Of(&[64, 1024]), ALL,   RateAgainst(Who::RawUring), AtLeast(1.4)),
    target(ECHO,    ANY,  All,             ALL,   RateAgainst(Who::RawUring), AtLeast(1.0)),
    target(WORK,    ANY,  All,             ALL,   RateAgainst(Who::Tokio),    Above(1.0)),
    target(WORK,    ANY,  All,             ALL,   RateAgainst(Who::Compio),   Above(1.0)),
    target(WORK,    ANY,  All,             ALL,   RateAgainst(Who::Monoio),   Above(1.0)),
    target(WORK,    ANY,  All,             ALL,   RateAgainst(Who::Asio),     Above(1.0)),
    target(WORK,    ANY,  All,             ALL,   RateAgainst(Who::Wine),     Above(12.0)),
    target(WORK,    ANY,  All,             ALL,   CpuRatio,                   AtMost(1.05)),
    target(ECHO,    ANY,  Of(&[1000]),     RING,  SystemCalls,                AtMost(0.3)),
    target(ECHO,    ANY,  Of(&[1000]),     READY, SystemCalls,                AtMost(2.1)),
    target(SCALE,   ANY,  All,             ALL,   UserBytes,                  AtMost(256.0)),
    target(SCALE,   ANY,  Most,            ALL,   Growth,                     AtMost(1.5)),
];

impl Limit {
    fn is_met(self, value: f64) -> bool {
        match self {
            AtLeast(limit) => value >= limit,
            Above(limit) => value > limit,
            AtMost(limit) => value <= limit,
        }
    }

    fn text(self) -> String {
        match self {
            AtLeast(limit) => format!(">= {limit}"),
            Above(limit) => format!("> {limit}"),
            AtMost(limit) => format!("<= {limit}"),
        }
    }

    /// Whichever is farther from what it should be.
    fn worse(self, a: f64, b: f64) -> f64 {
        match self {
            AtLeast(_) | Above(_) => a.min(b),
            AtMost(_) => a.max(b),
        }
    }
}

impl What {
    fn text(&self) -> String {
        match self {
            RateAgainst(who) => format!("rate / {who}"),
            CpuRatio => "CPU / raw-uring".into(),
            SystemCalls => "system calls".into(),
            UserBytes => "user bytes".into(),
            Growth => "growth".into(),
        }
    }

    fn of(&self, row: &Row) -> Option<f64> {
        match self {
            RateAgainst(who) => row.rate_against.get(who).copied(),
            CpuRatio => row.cpu_ratio,
            SystemCalls => row.system_calls,
            UserBytes => row.user_bytes,
            Growth => row.cpu_against_fewest,
        }
    }
}

impl Target {
    fn is_for(&self, cell: Cell, most: usize) -> bool {
        let many = match self.many {
            All => true,
            Of(some) => some.contains(&cell.many),
            Most => cell.many == most,
        };
        let threads = self.threads.is_empty() || self.threads.contains(&cell.threads);
        self.workloads.contains(&cell.workload) && threads && many
    }

    fn text(&self) -> String {
        let workload = match self.workloads {
            [Workload::ScaleReceive, ..] => "scale",
            [one] => one.text(),
            _ => "connect, echo",
        };
        let threads = match self.threads {
            [] => String::new(),
            [1] => ", 1 thread".into(),
            some => format!(", {some:?} threads").replace(['[', ']'], ""),
        };
        let many = match self.many {
            All => String::new(),
            Of(some) => format!(", {some:?}").replace(['[', ']'], ""),
            Most => ", the most pending".into(),
        };
        format!("{workload}{threads}{many}: {}", self.what.text())
    }
}

/// The rate against raw io_uring that is wanted there.
pub fn rate(who: Who, cell: Cell) -> Option<f64> {
    TARGETS.iter().find_map(|target| match (&target.what, target.limit) {
        (RateAgainst(Who::RawUring), AtLeast(limit))
            if target.who.contains(&who) && target.is_for(cell, 0) =>
        {
            Some(limit)
        }
        _ => None,
    })
}

/// What one subject made of one target.
#[derive(Default)]
struct Verdict {
    cells: usize,
    met: usize,
    worst: Option<f64>,
    /// Where it was not met, and what there was.
    missed: Vec<(Cell, String)>,
}

fn judge(report: &Report, target: &Target, who: Who) -> Verdict {
    let mut verdict = Verdict::default();
    if !target.who.contains(&who) {
        return verdict;
    }
    for &workload in target.workloads {
        let cells = report.cells(workload);
        let most = cells.iter().map(|(cell, _)| cell.many).max().unwrap_or(0);
        for (cell, measured) in cells.iter().filter(|(cell, _)| target.is_for(*cell, most)) {
            let Some(row) = measured.contestants.get(&who) else { continue };
            let value = target.what.of(row);
            // Whoever it is compared with may not have been there; a failure meets nothing.
            if value.is_none() && row.failure.is_none() {
                continue;
            }
            verdict.cells += 1;
            if row.failure.is_none() && value.is_some_and(|value| target.limit.is_met(value)) {
                verdict.met += 1;
            } else {
                let value = row.failure.clone().unwrap_or_else(|| figure(value, 2));
                verdict.missed.push((*cell, value));
            }
            verdict.worst = match (verdict.worst, value) {
                (Some(a), Some(b)) => Some(target.limit.worse(a, b)),
                (a, b) => a.or(b),
            };
        }
    }
    verdict
}

/// Every target: in how many cells each backend meets it, the worst figure, and then what was
/// missed.
pub fn text(report: &Report) -> String {
    let mut lines = vec![
        format!("targets met / cells measured, worst figure; {}", circumstances(report)),
        format!("{:<44} {:>8}", "", "target")
            + &SUBJECTS.map(|who| format!(" {:>15}", who.text())).concat(),
    ];
    let mut totals = [(0, 0); SUBJECTS.len()];
    let mut missed = Vec::new();
    for target in &TARGETS {
        let mut missed_in = BTreeMap::<Cell, Vec<String>>::new();
        let mut line = format!("{:<44} {:>8}", target.text(), target.limit.text());
        for (subject, who) in SUBJECTS.into_iter().enumerate() {
            let verdict = judge(report, target, who);
            totals[subject].0 += verdict.met;
            totals[subject].1 += verdict.cells;
            let cell = match verdict.cells {
                0 => "-".into(),
                cells => format!("{}/{cells} {:>8}", verdict.met, figure(verdict.worst, 2)),
            };
            line += &format!(" {cell:>15}");
            for (cell, value) in verdict.missed {
                missed_in.entry(cell).or_default().push(format!("{who} {value}"));
            }
        }
        for (cell, values) in missed_in {
            missed.push(format!(
                "  {}, {}: {} {}: {}",
                cell.workload,
                cell.text(),
                target.what.text(),
                target.limit.text(),
                values.join(", ")
            ));
        }
        lines.push(line);
    }
    let totals = totals.map(|(met, cells)| format!(" {:>15}", format!("{met}/{cells}"))).concat();
    lines.push(format!("{:<44} {:>8}{totals}", "all", ""));
    if !missed.is_empty() {
        lines.push("missed:".into());
        lines.append(&mut missed);
    }
    lines.push(
        "system calls of single calls and user-space instructions are held by tests, see docs/performance.md"
            .into(),
    );
    lines.join("\n")
}
