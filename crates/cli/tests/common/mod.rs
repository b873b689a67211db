//! What the tests share: running the command, on each backend.
// Every test program uses its own part of this.
#![allow(dead_code)]

use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

pub const BACKENDS: [&str; 2] = ["epoll", "uring"];

/// Longer than anything here takes.
pub const LONG: Duration = Duration::from_secs(60);

/// What a run of the command came to.
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    /// The JSON object on standard output, which holds nothing else.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.all()))
    }

    pub fn all(&self) -> String {
        format!("exit {:?}\n{}{}", self.code, self.out, self.err)
    }
}

/// The command, not yet started, without what the surroundings of the tests choose.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linsock"));
    command.args(arguments).env_remove("LINSOCK_BACKEND").stdin(Stdio::null());
    command
}

/// Runs the command to its end.
pub fn linsock(arguments: &[&str]) -> Run {
    finish(command(arguments))
}

/// Runs a prepared command to its end.
pub fn finish(mut command: Command) -> Run {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A program that is killed at the end of its test.
pub struct Running {
    pub child: Child,
}

impl Running {
    pub fn start(command: &mut Command) -> Running {
        Running { child: command.spawn().unwrap() }
    }

    /// Sends a signal to this one process.
    pub fn signal(&self, signal: i32) {
        // SAFETY: no pointer is involved; the child was not waited for, so the number is its.
        let sent = unsafe { libc::kill(self.child.id() as i32, signal) };
        assert_eq!(sent, 0);
    }

    /// Waits for the end, but not for ever.
    pub fn wait(&mut self) -> ExitStatus {
        let end = Instant::now() + LONG;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < end, "the program does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `linsock serve`, where it listens, and the rest of its output.
pub struct Server {
    pub running: Running,
    pub address: SocketAddr,
    out: BufReader<ChildStdout>,
}

impl Server {
    pub fn start(address: &str, backend: &str) -> Server {
        Self::of(command(&["serve", address, "--backend", backend]), backend)
    }

    /// From a prepared command.
    pub fn of(mut command: Command, backend: &str) -> Server {
        let mut running = Running::start(command.stdout(Stdio::piped()));
        let mut out = BufReader::new(running.child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line.split(' ').nth(2).and_then(|text| text.parse().ok());
        let address = address.unwrap_or_else(|| panic!("where does it listen? {line:?}"));
        assert!(line.contains(backend), "{line:?}");
        Server { running, address, out }
    }

    /// The rest of the output, once the server has ended.
    pub fn rest(&mut self) -> String {
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        rest
    }
}
