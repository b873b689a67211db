//! The runs: each in a process of its own.

use super::Options;
use super::judge::{self, Plan};
use super::scenario::SCENARIOS;
use super::stage::Stage;
use super::table::TABLE;
use crate::child::{self, End, Job};
use crate::ledger::ledger;
use crate::peer::Peers;
use crate::random::{self, Random};
use crate::winsock::{self, Extensions, call};
use linsock_backend::fault::Call;
use linsock_sys::Win32::Networking::WinSock::WSACleanup;
use std::time::{Duration, Instant};

/// One run.
#[derive(Clone, Debug)]
struct Run {
    backend: String,
    scenario: usize,
    plan: Plan,
    title: String,
}

/// Runs it; `false`: something was found.
pub fn run(options: &Options) -> bool {
    let peers = Peers::start();
    let backends = crate::backends();
    let seed = options.seed.unwrap_or_else(random::seed);
    println!("fault: --seed {seed}, on {}", backends.join(" and "));
    let began = Instant::now();
    if let Some(runs) = single(options, &backends) {
        let (count, found) = play(options, &peers, runs.into_iter());
        println!("fault: {count} runs, {found} findings");
        return found == 0;
    }
    let (table, mut found) = whole_table(options, &peers, &backends);
    println!(
        "fault: the table took {table} runs and {} s, {found} findings",
        began.elapsed().as_secs()
    );
    let mut count = 0;
    if found < options.findings && options.seconds > 0 {
        let until = Instant::now() + Duration::from_secs(options.seconds);
        let mut random = Random::new(seed);
        let runs = std::iter::repeat_with(|| {
            let (scenario, seed) = (random.below(SCENARIOS.len()), random.next() >> 32);
            let backend = &backends[random.below(backends.len())];
            random_run(backend, scenario, seed)
        });
        let (more, others) = play(options, &peers, runs.take_while(|_| Instant::now() < until));
        count = more;
        found += others;
    }
    println!("fault: {table} runs of the table, {count} random ones, {found} findings");
    found == 0
}

/// What --run or --random asks for.
fn single(options: &Options, backends: &[String]) -> Option<Vec<Run>> {
    let scenario_of = |name: &str| {
        SCENARIOS
            .iter()
            .position(|(own, _)| *own == name)
            .unwrap_or_else(|| panic!("no scenario {name}"))
    };
    if let Some(run) = &options.run {
        let parts: Vec<&str> = run.split(':').collect();
        let [scenario, call, errno, occurrence] = parts[..] else {
            panic!("SCENARIO:CALL:ERRNO:OCCURRENCE")
        };
        let call = TABLE.iter().find(|(own, _)| format!("{own:?}") == call).map(|row| row.0);
        let call = call.unwrap_or_else(|| panic!("no such call"));
        let number =
            |text: &str| text.parse::<u32>().unwrap_or_else(|_| panic!("{text} is no number"));
        let (errno, occurrence) = (number(errno) as i32, number(occurrence));
        let scenario = scenario_of(scenario);
        let runs =
            backends.iter().map(|backend| table_run(backend, scenario, call, errno, occurrence));
        return Some(runs.collect());
    }
    let random = options.random.as_ref()?;
    let (scenario, seed) = random.split_once(':').unwrap_or_else(|| panic!("SCENARIO:SEED"));
    let seed = seed.parse().unwrap_or_else(|_| panic!("{seed} is no number"));
    let scenario = scenario_of(scenario);
    Some(backends.iter().map(|backend| random_run(backend, scenario, seed)).collect())
}

fn table_run(backend: &str, scenario: usize, call: Call, errno: i32, occurrence: u32) -> Run {
    let name = SCENARIOS[scenario].0;
    Run {
        backend: backend.to_owned(),
        scenario,
        plan: Plan::One { call, errno, occurrence },
        title: format!(
            "LINSOCK_BACKEND={backend} linsock-stress fault --run {name}:{call:?}:{errno}:{occurrence}"
        ),
    }
}

fn random_run(backend: &str, scenario: usize, seed: u64) -> Run {
    let name = SCENARIOS[scenario].0;
    let mut random = Random::new(seed);
    let one_in = random.pick(&[4, 8, 16, 30, 60]);
    Run {
        backend: backend.to_owned(),
        scenario,
        plan: Plan::Random { random, one_in },
        title: format!("LINSOCK_BACKEND={backend} linsock-stress fault --random {name}:{seed}"),
    }
}

/// First how often each call comes in each scenario, then each of these fails with each of its errnos.
fn whole_table(options: &Options, peers: &Peers, backends: &[String]) -> (usize, usize) {
    let mut runs = Vec::new();
    let mut found = 0;
    let mut dry: Vec<Run> = Vec::new();
    for backend in backends {
        for (scenario, (name, _)) in SCENARIOS.iter().enumerate() {
            let title = format!("{name} on {backend}, without a failure");
            dry.push(Run { backend: backend.clone(), scenario, plan: Plan::Nothing, title });
        }
    }
    let mut uses = [0u32; TABLE.len()];
    for run in dry {
        let (backend, scenario) = (run.backend.clone(), run.scenario);
        let mut said = String::new();
        child::run(1, once(job(run, peers)), |title, end| {
            match end {
                End::Clean(text) => said = text,
                End::Found(what) => {
                    found += 1;
                    println!("FOUND by {title}\n{what}");
                }
            }
            true
        });
        for (row, (call, errnos)) in TABLE.iter().enumerate() {
            let name = format!("{call:?}=");
            let counts = said.split_whitespace().find_map(|word| word.strip_prefix(name.as_str()));
            let count = counts.and_then(|count| count.parse::<u32>().ok()).unwrap_or(0);
            uses[row] += count;
            for occurrence in 1..=count.min(options.occurrences) {
                let backend = &backend;
                runs.extend(
                    errnos
                        .iter()
                        .map(|&errno| table_run(backend, scenario, *call, errno, occurrence)),
                );
            }
        }
    }
    for (row, (call, _)) in TABLE.iter().enumerate() {
        if uses[row] == 0 {
            println!("note: no scenario comes to {call:?}");
        }
    }
    let (count, others) = play(options, peers, runs.into_iter());
    (count, found + others)
}

fn once<T>(one: T) -> impl FnMut() -> Option<T> {
    let mut one = Some(one);
    move || one.take()
}

fn play(options: &Options, peers: &Peers, mut runs: impl Iterator<Item = Run>) -> (usize, usize) {
    let (mut count, mut found) = (0, 0);
    child::run(
        options.at_once,
        || runs.next().map(|run| job(run, peers)),
        |title, end| {
            count += 1;
            if let End::Found(what) = end {
                found += 1;
                println!("FOUND by {title}\n{what}");
            }
            found < options.findings
        },
    );
    (count, found)
}

fn job(run: Run, peers: &Peers) -> Job {
    let peers = peers.clone();
    Job {
        title: run.title.clone(),
        work: Box::new(move || {
            child::choose_backend(&run.backend);
            // A thread of its own, so that all that belongs to it goes with it.
            let thread = std::thread::spawn(move || act(run, peers));
            thread.join().unwrap_or_else(|_| Err("panicked".to_owned()))
        }),
        limit: Duration::from_secs(60),
        live: false,
    }
}

fn act(run: Run, peers: Peers) -> Result<String, String> {
    winsock::start();
    let extensions = Extensions::get();
    let before = descriptors();
    let scenario = SCENARIOS[run.scenario].1;
    // In a thread that ends, so that its ring is to be gone afterwards.
    let thread = std::thread::spawn(move || {
        judge::begin(run.plan);
        let mut stage = Stage::new(extensions, peers);
        scenario(&mut stage);
        stage.end();
    });
    if thread.join().is_err() {
        ledger().find("panicked".to_owned());
    }
    call!(WSACleanup());
    compare(&before);
    let findings = ledger().findings();
    if findings.is_empty() {
        let seen = judge::seen();
        return Ok(seen.iter().map(|(call, count)| format!("{call:?}={count} ")).collect());
    }
    Err(format!("{}\nfailed were {:?}", findings.join("\n"), judge::failed()))
}

/// What is open: files and sockets by what they are, and how many others.
fn descriptors() -> (Vec<String>, usize) {
    let mut named = Vec::new();
    let mut others = 0;
    for entry in std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten() {
        let Ok(target) = std::fs::read_link(entry.path()) else { continue };
        let target = target.to_string_lossy().into_owned();
        if target.starts_with("anon_inode:") {
            others += 1;
        } else if !target.starts_with("/proc/") {
            named.push(target);
        }
    }
    named.sort();
    (named, others)
}

/// The engine thread keeps a poller, its wake-up and a ring; nothing else is to stay.
const STAYS: usize = 3;

fn compare(before: &(Vec<String>, usize)) {
    let mut after = descriptors();
    // The engine thread may be about to let go of a port.
    for _ in 0..500 {
        if after.1 <= before.1 + STAYS {
            break;
        }
        std::thread::sleep(Duration::from_millis(4));
        after = descriptors();
    }
    let new: Vec<&String> = after.0.iter().filter(|target| !before.0.contains(target)).collect();
    if !new.is_empty() {
        ledger().find(format!("left open: {new:?}"));
    }
    if after.1 > before.1 + STAYS {
        ledger()
            .find(format!("{} pollers, rings and wake-ups are left, {} before", after.1, before.1));
    }
}
