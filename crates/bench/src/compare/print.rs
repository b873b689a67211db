//! The table that a person reads.

use super::contestant::{Cell, Who};
use super::report::{Measured, Report, Row};
use super::targets;

/// Where and how it was measured.
pub fn circumstances(report: &Report) -> String {
    let place =
        if report.namespace { "a network namespace of its own" } else { "the host's loopback" };
    let runs = match report.runs {
        1 => String::new(),
        runs => format!("{runs} runs of "),
    };
    format!(
        "Linux {}, {} processors, {place}; medians of {runs}{} rounds of {} ms",
        report.kernel, report.processors, report.rounds, report.milliseconds
    )
}

/// Prints all.
pub fn print(report: &Report) {
    println!("{}", circumstances(report));
    for (who, why) in &report.absent {
        println!("left out: {who}: {}", why.lines().next().unwrap_or_default());
    }
    for (cell, measured) in report.all_cells() {
        print_cell(cell, measured);
    }
}

fn print_cell(cell: Cell, measured: &Measured) {
    let anchor = measured.anchor.map_or("nobody", Who::text);
    println!("\n{}, {}; ratios against {anchor}", cell.workload, cell.text());
    print!(
        "  {:<18} {:>8} {:>6} {:>7} {:>8} {:>6} {:>7} {:>7} {:>9} {:>9}",
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
    for (&who, row) in &measured.contestants {
        if let Some(failure) = &row.failure {
            println!("  {:<18} failed: {failure}", who.text());
            continue;
        }
        print_row(who, cell, row);
    }
}

fn print_row(who: Who, cell: Cell, row: &Row) {
    print!(
        "  {:<18} {:>8} {:>6} {:>7} {:>8} {:>6} {:>7} {:>7} {:>9} {:>9}",
        who.text(),
        figure(row.rate, 0),
        figure(row.rate_ratio, 2),
        targets::rate(who, cell).map_or("-".into(), |target| format!(">={target:.2}")),
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

/// A figure, or that there is none.
pub fn figure(value: Option<f64>, digits: usize) -> String {
    value.map_or("-".into(), |value| format!("{value:.digits$}"))
}
