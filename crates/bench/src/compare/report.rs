//! What was found: rows of a table, one object for programs.

use super::Effort;
use super::contestant::{Cell, Who, Workload};
use super::measure::probes;
use crate::contestant::Tally;
use crate::statistics::median;
use crate::trace::Calls;
use serde::Serialize;
use std::collections::BTreeMap;

/// One part of a round.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    pub tally: Tally,
    /// Per operation that was started and left pending.
    pub start_microseconds: Option<f64>,
    pub start_cpu_microseconds: Option<f64>,
    pub user_bytes: Option<f64>,
    pub kernel_bytes: Option<f64>,
}

/// All that a contestant did in a cell.
#[derive(Debug)]
pub struct Outcome {
    pub who: Who,
    pub samples: Vec<Sample>,
    pub failure: Option<String>,
    calls: Option<f64>,
    probes: Option<f64>,
    by_name: BTreeMap<&'static str, f64>,
}

impl Outcome {
    pub fn new(who: Who) -> Self {
        let (samples, failure, by_name) = (Vec::new(), None, BTreeMap::new());
        Outcome { who, samples, failure, calls: None, probes: None, by_name }
    }

    /// The system calls of so many operations.
    pub fn count(&mut self, mut calls: Calls, operations: u64) {
        let each = |count: u64| count as f64 / operations as f64;
        if self.who.is_linsock() {
            self.probes = Some(each(probes(&mut calls)));
        }
        self.calls = Some(each(calls.values().sum()));
        self.by_name = calls.into_iter().map(|(name, count)| (name, each(count))).collect();
    }

    /// Median over the rounds of what a sample has.
    fn of(&self, figure: fn(&Sample) -> Option<f64>) -> Option<f64> {
        let figures: Vec<f64> = self.samples.iter().filter_map(figure).collect();
        (!figures.is_empty()).then(|| median(figures))
    }

    /// Median of the rounds' ratios.
    fn against(&self, anchor: &Outcome, figure: fn(&Sample) -> Option<f64>) -> Option<f64> {
        let both = self.samples.iter().zip(&anchor.samples);
        let ratios: Vec<f64> =
            both.filter_map(|(own, base)| Some(figure(own)? / figure(base)?)).collect();
        (!ratios.is_empty()).then(|| median(ratios))
    }
}

fn rate(sample: &Sample) -> Option<f64> {
    Some(sample.tally.operations as f64 * 1e9 / sample.tally.nanoseconds as f64)
}

fn cpu(sample: &Sample) -> Option<f64> {
    Some(sample.tally.cpu_nanoseconds as f64 / 1000.0 / sample.tally.operations as f64)
}

/// One contestant in one cell. What was not measured is null.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Operations a second; only comparable within this run.
    pub rate: Option<f64>,
    /// Against the anchor: the median of the rounds' ratios.
    pub rate_ratio: Option<f64>,
    /// What the rate's ratio should be at least, where a target is set.
    pub rate_target: Option<f64>,
    /// CPU time of its process an operation, and of Wine's server.
    pub cpu_microseconds: Option<f64>,
    pub cpu_ratio: Option<f64>,
    /// An operation, all threads, pointer probes apart.
    pub system_calls: Option<f64>,
    pub probes: Option<f64>,
    pub by_name: BTreeMap<&'static str, f64>,
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
#[derive(Debug, Serialize)]
pub struct Measured {
    pub threads: usize,
    /// Connections, in flight, or pending.
    pub many: usize,
    pub anchor: Option<Who>,
    pub contestants: BTreeMap<Who, Row>,
}

/// Everything.
#[derive(Debug, Serialize)]
pub struct Report {
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
    /// Cells in the order they were measured in.
    #[serde(skip)]
    order: Vec<Cell>,
}

/// The rate against raw io_uring that linsock should have.
fn target(who: Who, cell: Cell) -> Option<f64> {
    match (cell.workload, cell.threads, cell.many) {
        _ if !who.is_linsock() => None,
        (Workload::Connect, _, 1) | (Workload::Echo, ..) => Some(1.0),
        (Workload::Connect, 1, _) => Some(0.95),
        (Workload::Connect, ..) => Some(1.4),
        _ => None,
    }
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
            kernel: kernel.trim().to_owned(),
            processors: std::thread::available_parallelism().map_or(0, |n| n.get()),
            namespace: false,
            rounds: effort.rounds,
            milliseconds: effort.milliseconds,
            absent: BTreeMap::new(),
            workloads: BTreeMap::new(),
            failures: 0,
            order: Vec::new(),
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
            rows.insert(
                outcome.who,
                Row {
                    rate: outcome.of(rate),
                    rate_ratio: against(rate),
                    rate_target: target(outcome.who, cell),
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
        self.order.push(cell);
    }

    /// A workload's cells, in the order they were measured in.
    pub fn cells(&self, workload: Workload) -> impl Iterator<Item = (Cell, &Measured)> {
        let cells = self.order.iter().filter(move |cell| cell.workload == workload);
        cells.filter_map(move |&cell| {
            Some((cell, self.workloads.get(&workload)?.get(&cell.text())?))
        })
    }

    pub fn print(&self) {
        let place =
            if self.namespace { "a network namespace of its own" } else { "the host's loopback" };
        println!(
            "Linux {}, {} processors, {place}; {} rounds of {} ms, medians",
            self.kernel, self.processors, self.rounds, self.milliseconds
        );
        for (who, why) in &self.absent {
            println!("left out: {who}: {}", why.lines().next().unwrap_or_default());
        }
        for &cell in &self.order {
            let Some(measured) =
                self.workloads.get(&cell.workload).and_then(|cells| cells.get(&cell.text()))
            else {
                continue;
            };
            let anchor = measured.anchor.map_or("nobody", Who::text);
            println!("\n{}, {}; ratios against {anchor}", cell.workload, cell.text());
            print!(
                "  {:<14} {:>8} {:>6} {:>7} {:>8} {:>6} {:>7} {:>7} {:>9} {:>9}",
                "contestant",
                "rate/s",
                "ratio",
                "target",
                "CPU us",
                "ratio",
                "calls",
                "probes",
                "p50 us",
                "p99 us"
            );
            if cell.is_scale() {
                print!(
                    " {:>9} {:>9} {:>7} {:>8} {:>7}",
                    "start us", "start CPU", "user B", "kernel B", "growth"
                );
            }
            println!();
            for (who, row) in &measured.contestants {
                if let Some(failure) = &row.failure {
                    println!("  {:<14} failed: {failure}", who.text());
                    continue;
                }
                print!(
                    "  {:<14} {:>8} {:>6} {:>7} {:>8} {:>6} {:>7} {:>7} {:>9} {:>9}",
                    who.text(),
                    figure(row.rate, 0),
                    figure(row.rate_ratio, 2),
                    row.rate_target.map_or("-".into(), |target| format!(">={target:.2}")),
                    figure(row.cpu_microseconds, 2),
                    figure(row.cpu_ratio, 2),
                    figure(row.system_calls, 2),
                    figure(row.probes, 2),
                    figure(row.p50_microseconds, 1),
                    figure(row.p99_microseconds, 1),
                );
                if cell.is_scale() {
                    print!(
                        " {:>9} {:>9} {:>7} {:>8} {:>7}",
                        figure(row.start_microseconds, 2),
                        figure(row.start_cpu_microseconds, 2),
                        figure(row.user_bytes, 0),
                        figure(row.kernel_bytes, 0),
                        figure(row.cpu_against_fewest, 2),
                    );
                }
                println!();
            }
        }
    }
}

fn figure(value: Option<f64>, digits: usize) -> String {
    value.map_or("-".into(), |value| format!("{value:.digits$}"))
}
