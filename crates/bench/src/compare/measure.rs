//! One cell: who takes part does the work in turn, round after round.

use super::Effort;
use super::contestant::{Cell, Contestant, Ports, Who, Workload};
use super::outcome::{Outcome, Sample};
use crate::contestant::{Round, Tally};
use crate::lines::{Held, Ready};
use crate::load::{Echoed, Order};
use crate::process::{Listener, Process, this_program};
use crate::trace::{self, Calls, Counter};
use crate::{memory, raw, repetitions};
use anyhow::{Result, ensure};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Instant;

/// How many are done before those that count, at least.
const WARM_UP: u64 = 64;
/// The time that a warm-up may take.
const WARM_UP_MILLISECONDS_MAX: u64 = 20_000;
/// With more pending than that there is one round: getting ready alone takes seconds.
const ROUNDS_UP_TO: usize = 50_000;
/// Operations whose system calls are counted, at least.
const COUNTED: u64 = 512;

/// A contestant at work, and the other end.
struct Part<'a> {
    contestant: &'a Contestant,
    cell: Cell,
    process: Process,
    /// Echo's client; connect's listener is everybody's.
    load: Option<Process>,
    /// The server's port.
    port: u16,
    /// What it took to start those that are held.
    held: Sample,
}

/// What each of them did, in their order.
pub fn cell(
    cell: Cell,
    contestants: &[Contestant],
    effort: Effort,
    listener: &mut Listener,
    silent: u16,
) -> Vec<Outcome> {
    let ports = Ports { peer: listener.address.port(), silent };
    raw::run_on(listener.id(), listeners_processor(cell));
    let mut outcomes: Vec<Outcome> =
        contestants.iter().map(|contestant| Outcome::new(contestant.who)).collect();
    let mut parts: Vec<Option<Part>> = contestants.iter().map(|_| None).collect();
    let count = contestants.len();
    // Those that start anew take long.
    let rounds = match cell.many {
        _ if !cell.is_scale() => effort.rounds,
        ..=ROUNDS_UP_TO => effort.rounds.div_ceil(2),
        _ => 1,
    };
    for number in 0..rounds {
        for step in 0..count {
            // Nobody always comes first, or always after the same one.
            let step = (step + number / 2) % count;
            let at = if number % 2 == 0 { step } else { count - 1 - step };
            if outcomes[at].failure.is_some() {
                continue;
            }
            let mut round = || -> Result<Sample> {
                let mut part = match parts[at].take() {
                    Some(part) => part,
                    None => Part::start(&contestants[at], cell, ports, listener)?,
                };
                let sample = part.round(effort, listener)?;
                // Many pending operations of everybody would not fit beside each other.
                parts[at] = (!cell.is_scale()).then_some(part);
                Ok(sample)
            };
            match round() {
                Ok(sample) => outcomes[at].samples.push(sample),
                Err(error) => outcomes[at].failure = Some(format!("{error:#}")),
            }
        }
    }
    drop(parts);
    for (outcome, contestant) in outcomes.iter_mut().zip(contestants) {
        if outcome.failure.is_some() {
            continue;
        }
        match count_calls(contestant, cell, ports, listener) {
            Ok((calls, operations)) => outcome.count(calls, operations),
            Err(error) => outcome.failure = Some(format!("counting system calls: {error:#}")),
        }
    }
    outcomes
}

/// The processor of the contestant, where it has one.
fn processor(cell: Cell) -> Option<usize> {
    match cell.workload {
        // On one with its client: a wake across processors would hide all else.
        Workload::Echo if cell.many == 1 => Some(0),
        _ => listeners_processor(cell).map(|_| 0),
    }
}

/// That of connect's listener. One worker and the listener have one each: left to the scheduler they
/// share one or do not, by chance, and that would decide.
fn listeners_processor(cell: Cell) -> Option<usize> {
    ((cell.workload, cell.threads) == (Workload::Connect, 1)).then_some(1)
}

fn pinned(mut command: Command, cell: Cell) -> Command {
    if let Some(processor) = processor(cell) {
        // SAFETY: between fork and exec only this one system call is made.
        unsafe {
            command.pre_exec(move || {
                raw::run_on(0, Some(processor));
                Ok(())
            });
        }
    }
    command
}

impl<'a> Part<'a> {
    fn start(
        contestant: &'a Contestant,
        cell: Cell,
        ports: Ports,
        listener: &mut Listener,
    ) -> Result<Self> {
        let process = Process::start(pinned(contestant.command(cell, ports)?, cell))?;
        Part::with(contestant, cell, process, listener)
    }

    fn with(
        contestant: &'a Contestant,
        cell: Cell,
        process: Process,
        listener: &mut Listener,
    ) -> Result<Self> {
        let (load, port, held) = (None, 0, Sample::default());
        let mut part = Part { contestant, cell, process, load, port, held };
        if matches!(cell.workload, Workload::Echo | Workload::ScaleReceive) {
            let Ready { port } = part.process.hear()?;
            let mut load = Process::start(pinned(this_program(["load"])?, cell))?;
            let connections = cell.many;
            if cell.is_scale() {
                let order = Order::Connect { port, connections };
                let _: Echoed = load.ask(&serde_json::to_string(&order)?)?;
            }
            (part.load, part.port) = (Some(load), port);
        }
        if cell.hold() > 0 {
            part.hold()?;
        }
        if part.load.is_none() {
            part.connect(
                WARM_UP.max(2 * cell.active() as u64),
                WARM_UP_MILLISECONDS_MAX,
                listener,
            )?;
        }
        Ok(part)
    }

    /// Has it start what is to be pending, and sees what that takes.
    fn hold(&mut self) -> Result<()> {
        let Held { held } = self.process.hear()?;
        ensure!(held == self.cell.many, "{held} are held, not {}", self.cell.many);
        let process = self.process.id();
        let cpu = self.contestant.cpu_nanoseconds(process)?;
        let (user, kernel) = (memory::user_bytes(process), memory::kernel_bytes());
        let began = Instant::now();
        let Held { held } = self.process.ask("begin")?;
        ensure!(held == self.cell.many, "{held} were started, not {}", self.cell.many);
        let each = |all: f64| all / held as f64;
        self.held.start_microseconds = Some(each(began.elapsed().as_nanos() as f64 / 1000.0));
        let cpu = self.contestant.cpu_nanoseconds(process)? - cpu;
        self.held.start_cpu_microseconds = Some(each(cpu as f64 / 1000.0));
        let grown =
            |before: Option<u64>, after: Option<u64>| Some(each(after? as f64 - before? as f64));
        self.held.user_bytes = grown(user, memory::user_bytes(process));
        self.held.kernel_bytes = grown(kernel, memory::kernel_bytes());
        Ok(())
    }

    fn round(&mut self, effort: Effort, listener: &mut Listener) -> Result<Sample> {
        let cell = self.cell;
        if self.load.is_some() {
            self.warm_up()?;
        }
        let cpu = self.contestant.cpu_nanoseconds(self.process.id())?;
        let mut done = match self.load {
            Some(_) => self.echo(u64::MAX, effort.milliseconds)?,
            None => self.connect(u64::MAX, effort.milliseconds, listener)?,
        };
        let cpu = self.contestant.cpu_nanoseconds(self.process.id())? - cpu;
        ensure!(done.operations > 0, "nothing was done");
        done.cpu_nanoseconds = cpu;
        if self.load.is_some() && !cell.is_scale() {
            self.order(Order::Connect { port: 0, connections: 0 })?;
        }
        let mut sample = Sample { tally: done, ..self.held };
        sample.tally.cpu_nanoseconds = cpu;
        Ok(sample)
    }

    fn order(&mut self, order: Order) -> Result<Echoed> {
        match &mut self.load {
            Some(load) => load.ask(&serde_json::to_string(&order)?),
            None => anyhow::bail!("{} has no client", self.cell.workload),
        }
    }

    /// Connects anew, and sees to it that every connection is served; where many are pending, some.
    fn warm_up(&mut self) -> Result<()> {
        let cell = self.cell;
        if !cell.is_scale() {
            self.order(Order::Connect { port: self.port, connections: cell.many })?;
        }
        self.echo(WARM_UP.max(2 * cell.active() as u64), WARM_UP_MILLISECONDS_MAX)?;
        Ok(())
    }

    fn echo(&mut self, operations_max: u64, milliseconds_max: u64) -> Result<Tally> {
        let active = self.cell.active();
        let echoed = self.order(Order::Echo { active, operations_max, milliseconds_max })?;
        Ok(Tally {
            operations: echoed.operations,
            nanoseconds: echoed.nanoseconds,
            cpu_nanoseconds: 0,
            p50_nanoseconds: echoed.p50_nanoseconds,
            p99_nanoseconds: echoed.p99_nanoseconds,
        })
    }

    fn connect(
        &mut self,
        most: u64,
        milliseconds_max: u64,
        listener: &mut Listener,
    ) -> Result<Tally> {
        let in_flight = self.cell.active();
        let round = Round { in_flight, operations_max: most, milliseconds_max };
        let repeated = repetitions::count();
        let tally: Tally = self.process.ask(&serde_json::to_string(&round)?)?;
        // Those that nobody answers are repeated for as long as they are pending.
        if !self.cell.is_scale() {
            repetitions::tell(repeated, self.contestant.who.text());
        }
        listener.expect(tally.operations)?;
        Ok(tally)
    }
}

/// The system calls of a run of its own: counting slows down.
fn count_calls(
    contestant: &Contestant,
    cell: Cell,
    ports: Ports,
    listener: &mut Listener,
) -> Result<(Calls, u64)> {
    let (process, counter) = Counter::start(pinned(contestant.command(cell, ports)?, cell))?;
    let mut part = Part::with(contestant, cell, process, listener)?;
    if part.load.is_some() {
        part.warm_up()?;
    }
    // Wine makes a hundred times as many calls.
    let most = match contestant.who {
        Who::Wine => COUNTED,
        _ => COUNTED.max(4 * cell.active() as u64),
    };
    counter.begin();
    let tally = match part.load {
        Some(_) => part.echo(most, WARM_UP_MILLISECONDS_MAX)?,
        None => part.connect(most, WARM_UP_MILLISECONDS_MAX, listener)?,
    };
    let calls = counter.end();
    ensure!(tally.operations > 0, "nothing was done");
    Ok((calls, tally.operations))
}

/// What is not one of an operation's own calls.
pub fn probes(calls: &mut Calls) -> u64 {
    trace::take_probes(calls)
}
