//! The other processes of a run: this program again, asked and answering line by line.

use crate::backlog::Taken;
use crate::lines::Ready;
use crate::listener::Seen;
use crate::raw::check;
use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::AsRawFd;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How long to wait for an answer: a multiple of what the longest takes on a slow machine. Whoever
/// does not answer fails alone, and the run goes on.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a process may take to end once it is told to.
const LEAVE: Duration = Duration::from_secs(5);

/// This program, to be started once more.
pub fn this_program<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("this program's own file")?);
    command.args(arguments);
    Ok(command)
}

/// A process that answers questions; it ends when its standard input does.
pub struct Process {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    /// Disconnected once whoever traces it has seen it end. Nobody else may wait for it then: a
    /// wait would take a stop that is the tracer's, and the process would stay stopped for good.
    tracer: Option<Receiver<()>>,
}

impl Process {
    /// Starts it.
    pub fn start(mut command: Command) -> Result<Self> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = command.spawn().with_context(|| format!("{:?}", command.get_program()))?;
        Process::of(child, None)
    }

    /// One that was started with pipes, and who traces it.
    pub fn of(mut child: Child, tracer: Option<Receiver<()>>) -> Result<Self> {
        let questions = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().context("no output")?);
        Ok(Process { child, questions, answers, tracer })
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks, and waits for the answer.
    pub fn ask<T: DeserializeOwned>(&mut self, question: &str) -> Result<T> {
        let questions = self.questions.as_mut().context("already told to end")?;
        // In one piece: a question that arrived in two would be answered twice.
        questions.write_all(format!("{question}\n").as_bytes())?;
        self.hear()
    }

    /// Waits for an answer.
    pub fn hear<T: DeserializeOwned>(&mut self) -> Result<T> {
        self.hear_within(PATIENCE)
    }

    fn hear_within<T: DeserializeOwned>(&mut self, patience: Duration) -> Result<T> {
        let mut line = String::new();
        // An answer comes in one piece.
        if self.answers.buffer().is_empty() && !is_readable(self.answers.get_ref(), patience)? {
            let _ = self.child.kill();
            bail!("no answer within {} s", patience.as_secs_f64());
        }
        if self.answers.read_line(&mut line)? == 0 {
            let how = match &self.tracer {
                Some(_) => "while its system calls were counted".into(),
                None => self.child.wait()?.to_string(),
            };
            bail!("a part of the benchmark ended early: {how}");
        }
        serde_json::from_str(&line).with_context(|| format!("not an answer: {line}"))
    }
}

/// Waits until there is something to read, or the other end is closed.
fn is_readable(stream: &impl AsRawFd, patience: Duration) -> Result<bool> {
    let mut poll = libc::pollfd { fd: stream.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one structure, which lives through the call.
    Ok(check(unsafe { libc::poll(&raw mut poll, 1, patience.as_millis() as i32) })? == 1)
}

impl Process {
    /// Waits for its end, but no longer than that.
    fn ends_within(&mut self, patience: Duration) -> bool {
        if let Some(tracer) = &self.tracer {
            return tracer.recv_timeout(patience) == Err(RecvTimeoutError::Disconnected);
        }
        let until = Instant::now() + patience;
        while let Ok(None) = self.child.try_wait() {
            if Instant::now() >= until {
                return false;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        true
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.questions.take());
        if !self.ends_within(LEAVE) {
            let _ = self.child.kill();
            self.ends_within(LEAVE);
        }
    }
}

/// The listener's process.
pub struct Listener {
    process: Process,
    /// Where it listens.
    pub address: SocketAddrV4,
}

impl Listener {
    /// Starts it.
    pub fn start() -> Result<Self> {
        Taken::publish()?;
        let mut process = Process::start(this_program(["listener"])?)?;
        let Ready { port } = process.hear()?;
        Ok(Listener { process, address: SocketAddrV4::new(Ipv4Addr::LOCALHOST, port) })
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sees to it that exactly so many blocks arrived since the last time.
    pub fn expect(&mut self, blocks: u64) -> Result<()> {
        const PATIENCE: Duration = Duration::from_secs(5);
        let until = Instant::now() + PATIENCE;
        let mut all = Seen::default();
        while all.whole + all.wrong < blocks && Instant::now() < until {
            let seen: Seen = self.process.ask("seen")?;
            all = Seen { whole: all.whole + seen.whole, wrong: all.wrong + seen.wrong };
            if all.whole + all.wrong < blocks {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        if (all.whole, all.wrong) != (blocks, 0) {
            bail!("{blocks} blocks were sent; {} arrived whole, {} not", all.whole, all.wrong);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Process, Result};
    use std::process::Command;
    use std::time::{Duration, Instant};

    #[test]
    fn who_does_not_answer_is_ended() {
        let mut sleeper = Command::new("sleep");
        sleeper.arg("60");
        let began = Instant::now();
        let mut process = Process::start(sleeper).expect("sleep");
        let answer: Result<u32> = process.hear_within(Duration::from_millis(50));
        assert_eq!(answer.expect_err("no answer").to_string(), "no answer within 0.05 s");
        drop(process);
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}
