//! The tables of the README, so that it has no figure that was not measured.

use super::contestant::{Who, Workload};
use super::print::{circumstances, figure};
use super::report::{Measured, Report, Row};
use std::collections::BTreeSet;

/// All tables that there is something for.
pub fn text(report: &Report) -> String {
    let mut parts = vec![format!("{}.", circumstances(report))];
    for (workload, title) in [
        (Workload::Connect, "connect: rate (CPU) against raw io_uring"),
        (Workload::Echo, "echo: rate (CPU) against raw io_uring"),
    ] {
        let pair =
            |row: &Row| format!("{} ({})", figure(row.rate_ratio, 2), figure(row.cpu_ratio, 2));
        parts.extend(table(report, workload, title, pair));
        let title = format!("{}: system calls an operation", workload.text());
        let calls = |row: &Row| figure(row.system_calls, 2);
        parts.extend(table(report, workload, &title, calls));
        let title = format!("{}: p50, p99 in us", workload.text());
        let latency = |row: &Row| {
            format!("{}, {}", figure(row.p50_microseconds, 0), figure(row.p99_microseconds, 0))
        };
        parts.extend(table(report, workload, &title, latency));
    }
    for workload in [Workload::ScaleReceive, Workload::ScaleConnect] {
        let title = format!("{}: bytes of user, kernel memory each", workload.text());
        let bytes =
            |row: &Row| format!("{}, {}", figure(row.user_bytes, 0), figure(row.kernel_bytes, 0));
        parts.extend(table(report, workload, &title, bytes));
        let title = format!("{}: CPU us to start one, of an operation", workload.text());
        let cost = |row: &Row| {
            format!(
                "{}, {}",
                figure(row.start_cpu_microseconds, 1),
                figure(row.cpu_microseconds, 1)
            )
        };
        parts.extend(table(report, workload, &title, cost));
    }
    parts.join("\n\n")
}

/// A row a contestant, a column a cell.
fn table(
    report: &Report,
    workload: Workload,
    title: &str,
    entry: impl Fn(&Row) -> String,
) -> Option<String> {
    let cells = report.cells(workload);
    let everybody: BTreeSet<Who> =
        cells.iter().flat_map(|(_, measured)| measured.contestants.keys().copied()).collect();
    if everybody.is_empty() {
        return None;
    }
    let heads: String = cells.iter().map(|(cell, _)| format!(" {} |", cell.text())).collect();
    let mut lines = vec![format!("| {title} |{heads}"), "|---".repeat(cells.len() + 1) + "|"];
    for who in everybody {
        let of = |measured: &Measured| match measured.contestants.get(&who) {
            None => String::new(),
            Some(row) if row.failure.is_some() => "failed".into(),
            Some(row) => entry(row),
        };
        let entries: String =
            cells.iter().map(|(_, measured)| format!(" {} |", of(measured))).collect();
        lines.push(format!("| {} |{entries}", who.text()));
    }
    Some(lines.join("\n"))
}
