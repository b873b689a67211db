//! What was found: one object for programs, from which all else is made.

use super::Effort;
use super::contestant::{Cell, Who, Workload};
use super::outcome::{Outcome, cpu, rate};
use crate::statistics::median;
use anyhow::{Result, bail, ensure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One contestant in one cell. What was not measured is null.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// Operations a second; only comparable within this run.
    pub rate: Option<f64>,
    /// Against the anchor: the median of the rounds' ratios.
    pub rate_ratio: Option<f64>,
    /// Against everybody who took part.
    pub rate_against: BTreeMap<Who, f64>,
    /// CPU time of its process an operation, and of Wine's server.
    pub cpu_microseconds: Option<f64>,
    pub cpu_ratio: Option<f64>,
    /// An operation, all threads, pointer probes apart.
    pub system_calls: Option<f64>,
    pub probes: Option<f64>,
    pub by_name: BTreeMap<String, f64>,
    pub p50_microseconds: Option<f64>,
    pub p99_microseconds: Option<f64>,
    /// To start one that stays pending.
    pub start_microseconds: Option<f64>,
    pub start_cpu_microseconds: Option<f64>,
    /// Memory of one that is pending.
    pub user_bytes: Option<f64>,
    pub kernel_bytes: Option<f64>,
    /// CPU time of an operation against that with the fewest pending.
    pub cpu_against_fewest: Option<f64>,
    /// Why there is nothing.
    pub failure: Option<String>,
}

/// A cell and its rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    pub threads: usize,
    /// Connections, in flight, or pending.
    pub many: usize,
    pub anchor: Option<Who>,
    pub contestants: BTreeMap<Who, Row>,
}

/// Everything.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// More than one: medians of so many runs' figures.
    pub runs: usize,
    pub kernel: String,
    pub processors: usize,
    /// A network namespace of its own.
    pub namespace: bool,
    pub rounds: usize,
    pub milliseconds: u64,
    /// Who did not take part, and why.
    pub absent: BTreeMap<Who, String>,
    pub workloads: BTreeMap<Workload, BTreeMap<String, Measured>>,
    pub failures: usize,
}

impl Workload {
    /// As tables and JSON call it.
    pub fn text(self) -> &'static str {
        match self {
            Workload::Connect => "connect",
            Workload::Echo => "echo",
            Workload::ScaleReceive => "scale-receive",
            Workload::ScaleConnect => "scale-connect",
        }
    }
}

impl Report {
    pub fn new(effort: Effort) -> Self {
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Report {
            runs: 1,
            kernel: kernel.trim().to_owned(),
            processors: std::thread::available_parallelism().map_or(0, |n| n.get()),
            namespace: false,
            rounds: effort.rounds,
            milliseconds: effort.milliseconds,
            absent: BTreeMap::new(),
            workloads: BTreeMap::new(),
            failures: 0,
        }
    }

    pub fn is_absent(&mut self, who: Who, why: &anyhow::Error) {
        eprintln!("{who} is left out: {why:#}");
        self.absent.insert(who, format!("{why:#}"));
    }

    pub fn add(&mut self, cell: Cell, outcomes: Vec<Outcome>) {
        let anchor = outcomes.iter().find(|outcome| outcome.failure.is_none());
        let fewest = |who| {
            let cells = self.workloads.get(&cell.workload)?;
            let cell = cells.values().min_by_key(|cell| cell.many)?;
            cell.contestants.get(&who)?.cpu_microseconds
        };
        let mut rows = BTreeMap::new();
        for outcome in &outcomes {
            let against = |figure| anchor.and_then(|anchor| outcome.against(anchor, figure));
            let own_cpu = outcome.of(cpu);
            let cpu_against_fewest = own_cpu.zip(fewest(outcome.who)).map(|(own, few)| own / few);
            let others = outcomes.iter().filter(|other| other.who != outcome.who);
            let rate_against = others
                .filter_map(|other| Some((other.who, outcome.against(other, rate)?)))
                .collect();
            rows.insert(
                outcome.who,
                Row {
                    rate: outcome.of(rate),
                    rate_ratio: against(rate),
                    rate_against,
                    cpu_microseconds: own_cpu,
                    cpu_ratio: against(cpu),
                    system_calls: outcome.calls,
                    probes: outcome.probes,
                    by_name: outcome.by_name.clone(),
                    p50_microseconds: outcome.of(|s| Some(s.tally.p50_nanoseconds as f64 / 1e3)),
                    p99_microseconds: outcome.of(|s| Some(s.tally.p99_nanoseconds as f64 / 1e3)),
                    start_microseconds: outcome.of(|s| s.start_microseconds),
                    start_cpu_microseconds: outcome.of(|s| s.start_cpu_microseconds),
                    user_bytes: outcome.of(|s| s.user_bytes),
                    kernel_bytes: outcome.of(|s| s.kernel_bytes),
                    cpu_against_fewest: if cell.is_scale() { cpu_against_fewest } else { None },
                    failure: outcome.failure.clone(),
                },
            );
            if let Some(failure) = &outcome.failure {
                eprintln!("{}: {failure}", outcome.who);
                self.failures += 1;
            }
        }
        let Cell { threads, many, .. } = cell;
        let anchor = anchor.map(|anchor| anchor.who);
        let measured = Measured { threads, many, anchor, contestants: rows };
        self.workloads.entry(cell.workload).or_default().insert(cell.text(), measured);
    }

    /// A workload's cells, from few to many.
    pub fn cells(&self, workload: Workload) -> Vec<(Cell, &Measured)> {
        let cells = self.workloads.get(&workload).into_iter().flat_map(BTreeMap::values);
        let mut cells: Vec<_> = cells
            .map(|cell| (Cell { workload, threads: cell.threads, many: cell.many }, cell))
            .collect();
        cells.sort_by_key(|(cell, _)| *cell);
        cells
    }

    /// Every cell.
    pub fn all_cells(&self) -> Vec<(Cell, &Measured)> {
        self.workloads.keys().flat_map(|&workload| self.cells(workload)).collect()
    }

    /// The medians of several runs' figures, of what all of them measured.
    pub fn medians(runs: &[Report]) -> Result<Report> {
        let [first, others @ ..] = runs else { bail!("no report") };
        let mut all = first.clone();
        all.runs = runs.len();
        all.failures = runs.iter().map(|run| run.failures).sum();
        for other in others {
            all.namespace &= other.namespace;
            ensure!(
                (&other.kernel, other.rounds, other.milliseconds)
                    == (&first.kernel, first.rounds, first.milliseconds),
                "the runs are not alike: kernel, rounds or time differ"
            );
        }
        for (workload, cells) in &mut all.workloads {
            cells.retain(|text, measured| {
                let same: Option<Vec<&Measured>> =
                    runs.iter().map(|run| run.workloads.get(workload)?.get(text)).collect();
                let Some(same) = same else { return false };
                measured.contestants.retain(|who, row| {
                    let rows: Option<Vec<&Row>> =
                        same.iter().map(|cell| cell.contestants.get(who)).collect();
                    rows.map(|rows| *row = Row::medians(&rows)).is_some()
                });
                true
            });
        }
        Ok(all)
    }
}

impl Row {
    fn medians(rows: &[&Row]) -> Row {
        let of = |figure: fn(&Row) -> Option<f64>| {
            let figures: Vec<f64> = rows.iter().filter_map(|row| figure(row)).collect();
            (!figures.is_empty()).then(|| median(figures))
        };
        Row {
            rate: of(|row| row.rate),
            rate_ratio: of(|row| row.rate_ratio),
            rate_against: by_key(rows, |row| &row.rate_against),
            cpu_microseconds: of(|row| row.cpu_microseconds),
            cpu_ratio: of(|row| row.cpu_ratio),
            system_calls: of(|row| row.system_calls),
            probes: of(|row| row.probes),
            by_name: by_key(rows, |row| &row.by_name),
            p50_microseconds: of(|row| row.p50_microseconds),
            p99_microseconds: of(|row| row.p99_microseconds),
            start_microseconds: of(|row| row.start_microseconds),
            start_cpu_microseconds: of(|row| row.start_cpu_microseconds),
            user_bytes: of(|row| row.user_bytes),
            kernel_bytes: of(|row| row.kernel_bytes),
            cpu_against_fewest: of(|row| row.cpu_against_fewest),
            failure: rows.iter().find_map(|row| row.failure.clone()),
        }
    }
}

/// The medians of figures that have names.
fn by_key<K: Ord + Clone>(
    rows: &[&Row],
    figures: fn(&Row) -> &BTreeMap<K, f64>,
) -> BTreeMap<K, f64> {
    let keys = rows.iter().flat_map(|row| figures(row).keys());
    let of = |key: &K| median(rows.iter().filter_map(|row| figures(row).get(key).copied()));
    keys.map(|key| (key.clone(), of(key))).collect()
}
