//! `fuzz`: random sequences of calls from three threads, and random bytes for everything that parses, a process a case.

mod actions;
mod case;
mod parsers;
mod world;

use crate::child::{self, End, Job};
use crate::peer::Peers;
use crate::random::{self, Random};
use case::Case;
use std::time::{Duration, Instant};

/// What the command line says.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Where the seeds of the cases come from
    #[arg(long)]
    pub seed: Option<u64>,
    /// How long new cases are begun
    #[arg(long, default_value_t = 3600)]
    pub seconds: u64,
    /// Actions of each of a case's threads, at most
    #[arg(long, default_value_t = 60)]
    pub actions: usize,
    /// Cases at the same time
    #[arg(long, default_value_t = 4)]
    pub at_once: usize,
    /// Run this case alone and print what it does
    #[arg(long)]
    pub case: Option<u64>,
    /// How often, with --case
    #[arg(long, default_value_t = 1)]
    pub repeat: usize,
    /// Stop after so many findings
    #[arg(long, default_value_t = 5)]
    pub findings: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            seed: None,
            seconds: 3600,
            actions: 60,
            at_once: 4,
            case: None,
            repeat: 1,
            findings: 5,
        }
    }
}

/// Seeds that found something once, or that lead far: always run first.
const CORPUS: &str = include_str!("../../corpus/seeds.txt");

fn corpus() -> Vec<u64> {
    let numbers = CORPUS.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    numbers.filter(|number| !number.is_empty()).filter_map(|number| number.parse().ok()).collect()
}

/// Runs it; `false`: something was found.
pub fn run(options: &Options) -> bool {
    let peers = Peers::start();
    let backends = crate::backends();
    if let Some(seed) = options.case {
        return repeat(options, seed, &peers, &backends);
    }
    let seed = options.seed.unwrap_or_else(random::seed);
    println!("fuzz: --seed {seed}, {} s, on {}", options.seconds, backends.join(" and "));
    let mut random = Random::new(seed);
    let corpus = corpus();
    // Short, so that whoever finds something can type it.
    let mut seeds = corpus.into_iter().chain(std::iter::repeat_with(move || random.next() >> 32));
    let until = Instant::now() + Duration::from_secs(options.seconds);
    let mut waiting: Vec<(u64, String)> = Vec::new();
    let (mut cases, mut operations, mut told, mut found) = (0u64, 0u64, 0u64, 0usize);
    let mut next_line = Instant::now() + Duration::from_secs(60);
    child::run(
        options.at_once,
        || {
            if waiting.is_empty() {
                if Instant::now() > until {
                    return None;
                }
                let seed = seeds.next()?;
                waiting = backends.iter().map(|backend| (seed, backend.clone())).collect();
            }
            let (seed, backend) = waiting.pop()?;
            Some(job(options, seed, backend, &peers, false))
        },
        |title, end| {
            cases += 1;
            match end {
                End::Clean(said) => {
                    let mut numbers = said.split_whitespace().filter_map(|n| n.parse::<u64>().ok());
                    operations += numbers.next().unwrap_or(0);
                    told += numbers.next().unwrap_or(0);
                }
                End::Found(what) => {
                    found += 1;
                    println!("FOUND by {title}\n{what}");
                }
            }
            if Instant::now() > next_line {
                next_line += Duration::from_secs(60);
                println!(
                    "{cases} cases, {operations} operations, {told} ends told, {found} findings"
                );
            }
            found < options.findings
        },
    );
    println!("fuzz: {cases} cases, {operations} operations, {told} ends told, {found} findings");
    found == 0
}

fn job(options: &Options, seed: u64, backend: String, peers: &Peers, prints: bool) -> Job {
    let case = Case { seed, peers: peers.clone(), actions: options.actions, prints };
    Job {
        title: format!("LINSOCK_BACKEND={backend} linsock-stress fuzz --case {seed}"),
        work: Box::new(move || {
            child::choose_backend(&backend);
            case.run()
        }),
        limit: Duration::from_secs(60),
        live: false,
    }
}

/// One case, again and again, with every call.
fn repeat(options: &Options, seed: u64, peers: &Peers, backends: &[String]) -> bool {
    let mut left: Vec<String> =
        std::iter::repeat_n(backends, options.repeat).flatten().cloned().collect();
    let mut found = 0;
    child::run(
        if options.repeat == 1 { 1 } else { options.at_once },
        || left.pop().map(|backend| job(options, seed, backend, peers, true)),
        |title, end| {
            if let End::Found(what) = end {
                found += 1;
                println!("FOUND by {title}\n{what}");
            } else if let (1, End::Clean(what)) = (options.repeat, end) {
                println!("{what}");
            }
            found < options.findings
        },
    );
    println!("fuzz: case {seed} {} times, {found} findings", options.repeat * backends.len());
    found == 0
}
