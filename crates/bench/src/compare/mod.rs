//! Everyone side by side: interleaved rounds, medians of the rounds' ratios.

pub mod builds;
mod contestant;
mod markdown;
mod measure;
mod outcome;
mod plot;
mod print;
mod report;
mod silent;
mod targets;

use crate::process::Listener;
use crate::{namespace, raw};
use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use contestant::{Cell, Program, Who, Workload};
use report::Report;
use silent::Silent;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How to measure, and whom.
#[derive(clap::Args)]
pub struct Options {
    /// Fewer cells, and fewer and shorter rounds: good for a look alone.
    #[arg(long)]
    quick: bool,
    /// What to do.
    #[arg(long, value_delimiter = ',', value_enum,
          default_values_t = [Workload::Connect, Workload::Echo, Workload::ScaleReceive, Workload::ScaleConnect])]
    workloads: Vec<Workload>,
    /// Who takes part; the first who is there is what the others are compared with.
    #[arg(long, value_delimiter = ',', value_enum, default_values_t = Who::value_variants().to_vec())]
    contestants: Vec<Who>,
    /// Rounds; each contestant has one part in each. [default: 5, quick 3]
    #[arg(long)]
    rounds: Option<usize>,
    /// How long a part lasts. [default: 0.3, quick 0.1]
    #[arg(long)]
    seconds: Option<f64>,
    /// Connections under way at a time. [default: 1,64,1024, quick 1,64]
    #[arg(long, value_delimiter = ',')]
    in_flight: Vec<usize>,
    /// Connections of echo. [default: 1,64,1000, quick 1,64]
    #[arg(long, value_delimiter = ',')]
    connections: Vec<usize>,
    /// Worker threads of connect and echo. [default: 1,2, quick 1]
    #[arg(long, value_delimiter = ',')]
    threads: Vec<usize>,
    /// Operations that are pending in scale. [default: 1000, 10000, and 100000 where the limit of descriptors
    /// allows, else 19000; quick 1000]
    #[arg(long, value_delimiter = ',')]
    pending: Vec<usize>,
    /// One object for programs, in place of the table.
    #[arg(long)]
    json: bool,
    /// Write pictures into this folder.
    #[arg(long)]
    plots: Option<PathBuf>,
}

/// What `compare --json` wrote.
#[derive(clap::Args)]
pub struct Reports {
    /// One file a run; of several, the medians of their figures count.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Write pictures into this folder, too.
    #[arg(long)]
    plots: Option<PathBuf>,
}

impl std::fmt::Display for Workload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

/// How rounds are made.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    pub rounds: usize,
    pub milliseconds: u64,
}

impl Options {
    fn effort(&self) -> Effort {
        let (rounds, seconds) = if self.quick { (3, 0.1) } else { (5, 0.3) };
        let milliseconds = (self.seconds.unwrap_or(seconds) * 1000.0) as u64;
        Effort { rounds: self.rounds.unwrap_or(rounds), milliseconds }
    }

    fn cells(&self, descriptors: usize) -> Vec<Cell> {
        let or = |chosen: &[usize], full: &[usize], quick: &[usize]| match chosen {
            [] if self.quick => quick.to_vec(),
            [] => full.to_vec(),
            chosen => chosen.to_vec(),
        };
        let threads = or(&self.threads, &[1, 2], &[1]);
        // Each pending operation has a socket, and everybody a few more.
        let most = if descriptors >= 100_500 { 100_000 } else { 19_000 };
        let mut pending = or(&self.pending, &[1000, 10_000, most], &[1000]);
        pending.retain(|&many| !self.pending.is_empty() || many + 500 <= descriptors);
        let mut cells = Vec::new();
        for &workload in &self.workloads {
            let (threads, many) = match workload {
                Workload::Connect => (&threads[..], or(&self.in_flight, &[1, 64, 1024], &[1, 64])),
                Workload::Echo => (&threads[..], or(&self.connections, &[1, 64, 1000], &[1, 64])),
                Workload::ScaleReceive | Workload::ScaleConnect => (&[1][..], pending.clone()),
            };
            for &threads in threads {
                cells.extend(many.iter().map(|&many| Cell { workload, threads, many }));
            }
        }
        cells
    }
}

/// Measures and prints.
pub fn run(options: &Options) -> Result<()> {
    let effort = options.effort();
    ensure!(effort.rounds > 0 && effort.milliseconds > 0, "nothing to measure");
    let descriptors = raw::raise_descriptor_limit()?;
    let mut report = Report::new(effort);
    let mut contestants = Vec::new();
    for &who in &options.contestants {
        match builds::prepare(who) {
            Ok(contestant) => contestants.push(contestant),
            Err(error) => report.is_absent(who, &error),
        }
    }
    ensure!(!contestants.is_empty(), "nobody takes part");
    // Before any thread is started.
    report.namespace = namespace::enter();
    let mut listener = Listener::start()?;
    let _wine_server = contestants
        .iter()
        .find_map(|contestant| match &contestant.program {
            Program::Windows(_, folder) => Some(builds::WineServer::start(folder)),
            _ => None,
        })
        .transpose()?;
    let began = Instant::now();
    for cell in options.cells(descriptors) {
        let part: Vec<_> = contestants.iter().filter(|c| c.who.takes_part(cell)).cloned().collect();
        eprintln!("{:>4} s: {}, {}", began.elapsed().as_secs(), cell.workload, cell.text());
        let silent = match cell.workload {
            Workload::ScaleConnect => Some(Silent::listen()?),
            _ => None,
        };
        let silent_port = silent.as_ref().map_or(0, |silent| silent.port);
        report.add(cell, measure::cell(cell, &part, effort, &mut listener, silent_port));
    }
    if let Some(folder) = &options.plots {
        draw(&report, folder)?;
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print::print(&report);
        println!("\n{}", targets::text(&report));
    }
    ensure!(report.failures == 0, "{} parts failed", report.failures);
    Ok(())
}

fn draw(report: &Report, folder: &Path) -> Result<()> {
    for file in plot::all(report, folder)? {
        eprintln!("wrote {}", file.display());
    }
    Ok(())
}

impl Reports {
    fn read(&self) -> Result<Report> {
        let mut runs = Vec::new();
        for file in &self.files {
            let name = || file.display().to_string();
            let text = std::fs::read_to_string(file).with_context(name)?;
            runs.push(serde_json::from_str(&text).with_context(name)?);
        }
        let report = Report::medians(&runs)?;
        if let Some(folder) = &self.plots {
            draw(&report, folder)?;
        }
        Ok(report)
    }
}

/// Prints what of the targets the runs have met.
pub fn print_targets(reports: &Reports) -> Result<()> {
    println!("{}", targets::text(&reports.read()?));
    Ok(())
}

/// Prints the runs as tables in Markdown.
pub fn print_table(reports: &Reports) -> Result<()> {
    println!("{}", markdown::text(&reports.read()?));
    Ok(())
}
