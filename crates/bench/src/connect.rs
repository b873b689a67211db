//! connect+send, contestants side by side: interleaved rounds, medians of ratios.

use crate::contestant::{Name, ROUND, Round, Tally};
use crate::process::{Listener, Process, this_program};
use crate::statistics::median;
use crate::trace;
use crate::{namespace, raw, repetitions};
use anyhow::{Result, ensure};
use serde::Serialize;
use std::process::Command;

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Rounds; each contestant runs once in each.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// How long a contestant's part of a round lasts.
    #[arg(long, default_value_t = 0.5)]
    seconds: f64,
    /// End a part after so many connections, too.
    #[arg(long)]
    operations: Option<u64>,
    /// Connections under way at a time.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 64, 1024])]
    in_flight: Vec<usize>,
    /// Who takes part; the first is what the others are compared with.
    #[arg(long, value_delimiter = ',', value_enum, default_values_t = Name::ALL)]
    contestants: Vec<Name>,
    /// One object for programs.
    #[arg(long)]
    json: bool,
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

/// One contestant at one number in flight.
#[derive(Serialize)]
struct Row {
    in_flight: usize,
    contestant: Name,
    /// Connections a second; only comparable within this run.
    rate: f64,
    /// Against the first contestant: the median of the rounds' ratios.
    rate_ratio: f64,
    /// CPU time of the contestant's process per connection.
    cpu_microseconds: f64,
    cpu_ratio: f64,
    /// Per connection, all threads, pointer probes apart.
    system_calls: f64,
    probes: f64,
    /// By name, per connection.
    by_name: Vec<(&'static str, f64)>,
    /// What the rate's ratio should be at least, where a target is set.
    target: Option<f64>,
}

/// The targets of the rate against raw io_uring with one worker.
fn target(name: Name, in_flight: usize) -> Option<f64> {
    name.backend()?;
    match in_flight {
        1 => Some(1.0),
        64 | 1024 => Some(0.95),
        _ => None,
    }
}

/// Measures and prints.
pub fn run(options: &Options) -> Result<()> {
    ensure!(options.rounds > 0 && !options.contestants.is_empty(), "nothing to measure");
    raw::raise_descriptor_limit()?;
    let private = namespace::enter();
    let mut listener = Listener::start()?;
    let mut rows = Vec::new();
    for &in_flight in &options.in_flight {
        rows.extend(measure(options, in_flight, &mut listener)?);
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print(options, private, &rows);
    }
    Ok(())
}

fn command(name: Name, listener: &Listener) -> Result<Command> {
    let mut command = this_program(["contestant", name.text()])?;
    command.args(["--peer", &listener.address.to_string()]);
    match name.backend() {
        Some(backend) => command.env("LINSOCK_BACKEND", backend),
        None => command.env_remove("LINSOCK_BACKEND"),
    };
    Ok(command)
}

fn measure(options: &Options, in_flight: usize, listener: &mut Listener) -> Result<Vec<Row>> {
    let mut contestants = Vec::new();
    for &name in &options.contestants {
        contestants.push(Process::start(command(name, listener)?)?);
    }
    let round = Round {
        in_flight,
        operations_max: options.operations.unwrap_or(u64::MAX),
        milliseconds_max: (options.seconds * 1000.0) as u64,
    };
    let warm_up = Round { operations_max: 2 * in_flight as u64 + 64, ..round };
    for contestant in &mut contestants {
        run_round(contestant, &warm_up, listener)?;
    }
    let count = contestants.len();
    let mut tallies: Vec<Vec<Tally>> = vec![Vec::new(); count];
    for number in 0..options.rounds {
        // Nobody always comes first, or always after the same one.
        let forward = number % 2 == 0;
        for step in 0..count {
            let step = (step + number / 2) % count;
            let who = if forward { step } else { count - 1 - step };
            tallies[who].push(run_round(&mut contestants[who], &round, listener)?);
        }
    }
    drop(contestants);
    let mut rows = Vec::new();
    for (who, &contestant) in options.contestants.iter().enumerate() {
        let against = |figure: fn(&Tally) -> f64| {
            median(
                tallies[who].iter().zip(&tallies[0]).map(|(own, base)| figure(own) / figure(base)),
            )
        };
        let (by_name, probes) = count_calls(contestant, in_flight, listener)?;
        rows.push(Row {
            in_flight,
            contestant,
            rate: median(tallies[who].iter().map(rate)),
            rate_ratio: against(rate),
            cpu_microseconds: median(tallies[who].iter().map(cpu)),
            cpu_ratio: against(cpu),
            system_calls: by_name.iter().map(|(_, calls)| calls).sum(),
            probes,
            by_name,
            target: target(contestant, in_flight),
        });
    }
    Ok(rows)
}

fn rate(tally: &Tally) -> f64 {
    tally.operations as f64 * 1e9 / tally.nanoseconds as f64
}

fn cpu(tally: &Tally) -> f64 {
    tally.cpu_nanoseconds as f64 / 1000.0 / tally.operations as f64
}

/// One contestant's part of a round; every byte it sent is looked at.
fn run_round(contestant: &mut Process, round: &Round, listener: &mut Listener) -> Result<Tally> {
    let repeated = repetitions::count();
    let tally: Tally = contestant.ask(&serde_json::to_string(round)?)?;
    ensure!(tally.operations > 0, "no connection was made");
    repetitions::tell(repeated, "a round");
    // Late in a noisy machine: its ratio says little.
    if tally.nanoseconds / 1_000_000 > 2 * round.milliseconds_max + 100 {
        eprintln!(
            "a round of {} ms took {} ms",
            round.milliseconds_max,
            tally.nanoseconds / 1_000_000
        );
    }
    listener.expect(tally.operations)?;
    Ok(tally)
}

/// System calls and probes per connection, from a short run of its own: counting slows down.
fn count_calls(
    name: Name,
    in_flight: usize,
    listener: &mut Listener,
) -> Result<(Vec<(&'static str, f64)>, f64)> {
    let operations = 4 * in_flight.max(64);
    let mut command = command(name, listener)?;
    command.args(["--once", &operations.to_string(), "--in-flight", &in_flight.to_string()]);
    let mut calls = trace::Calls::new();
    for section in trace::run(command)?.iter().filter(|section| section.label == ROUND) {
        for (name, count) in section.own.iter().chain(&section.others) {
            *calls.entry(*name).or_default() += count;
        }
    }
    // The same once more went before, uncounted.
    listener.expect(2 * operations as u64)?;
    let per_operation = |count: u64| count as f64 / operations as f64;
    let probes = per_operation(trace::take_probes(&mut calls));
    let by_name = calls.into_iter().map(|(name, count)| (name, per_operation(count))).collect();
    Ok((by_name, probes))
}

fn print(options: &Options, private: bool, rows: &[Row]) {
    let where_to = if private { "a network namespace of its own" } else { "the host's loopback" };
    println!(
        "connect+send, {} rounds of {} s, {where_to}; ratios against {}",
        options.rounds, options.seconds, options.contestants[0]
    );
    println!(
        "{:>9} {:<14} {:>8} {:>6} {:>7} {:>8} {:>6} {:>7} {:>7}  calls by name",
        "in flight",
        "contestant",
        "rate/s",
        "ratio",
        "target",
        "CPU us",
        "ratio",
        "calls",
        "probes"
    );
    for row in rows {
        let names: Vec<String> = row
            .by_name
            .iter()
            .filter(|(_, calls)| *calls >= 0.005)
            .map(|(name, calls)| format!("{name} {calls:.2}"))
            .collect();
        let target = row.target.map_or("-".into(), |target| format!(">={target:.2}"));
        println!(
            "{:>9} {:<14} {:>8.0} {:>6.2} {:>7} {:>8.1} {:>6.2} {:>7.2} {:>7.2}  {}",
            row.in_flight,
            row.contestant.text(),
            row.rate,
            row.rate_ratio,
            target,
            row.cpu_microseconds,
            row.cpu_ratio,
            row.system_calls,
            row.probes,
            names.join(", ")
        );
    }
}
