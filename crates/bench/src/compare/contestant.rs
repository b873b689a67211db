//! Who takes part in what, and how each is started.

use crate::process::this_program;
use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::process::Command;

/// Who.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// Hand-written io_uring, a ring a thread: the anchor of all ratios.
    RawUring,
    /// Hand-written system calls, epoll where they would block.
    RawEpoll,
    /// Plain blocking calls; echo with a thread a connection.
    Blocking,
    /// The C program at a completion port, linked to liblinsock.so, backend epoll.
    LinsockEpoll,
    /// The same, backend uring.
    LinsockUring,
    /// The same, the backend left to the library, as it is for a user.
    LinsockAuto,
    /// The Rust runtime, on epoll.
    Tokio,
    /// The Rust runtime, on io_uring.
    Compio,
    /// The Rust runtime, on io_uring.
    Monoio,
    /// The C++ library, on epoll.
    Asio,
    /// The same source, compiled for Asio's Windows side, on liblinsock.so, backend epoll.
    AsioLinsockEpoll,
    /// The same, backend uring.
    AsioLinsockUring,
    /// The C program that linsock runs, built for Windows, under Wine.
    Wine,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// A socket, a bind to port 0, a connection with 64 bytes, its completion, a hard close.
    Connect,
    /// 64 bytes back and forth, the contestant being the server.
    Echo,
    /// Echo on 64 connections at a time, while receives are pending on many.
    ScaleReceive,
    /// Connect with 64 in flight, while many connections wait for an answer.
    ScaleConnect,
}

/// One measurement of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub workload: Workload,
    /// Worker threads.
    pub threads: usize,
    /// Connections, in flight, or pending.
    pub many: usize,
}

/// Connections that are at work while many are pending.
pub const ACTIVE: usize = 64;

/// The most that Wine has pending: ten times as many take it minutes.
const WINE_PENDING_MAX: usize = 1000;

impl Cell {
    pub fn is_scale(self) -> bool {
        matches!(self.workload, Workload::ScaleReceive | Workload::ScaleConnect)
    }

    /// At work at a time.
    pub fn active(self) -> usize {
        if self.is_scale() { ACTIVE.min(self.many) } else { self.many }
    }

    /// How many are begun before anything is measured.
    pub fn hold(self) -> usize {
        if self.is_scale() { self.many } else { 0 }
    }

    /// As tables and JSON call it.
    pub fn text(self) -> String {
        let threads =
            if self.threads == 1 { "1 thread" } else { &format!("{} threads", self.threads) };
        match self.workload {
            Workload::Connect => format!("{threads}, {} in flight", self.many),
            Workload::Echo if self.many == 1 => format!("{threads}, 1 connection"),
            Workload::Echo => format!("{threads}, {} connections", self.many),
            Workload::ScaleReceive | Workload::ScaleConnect => format!("{} pending", self.many),
        }
    }
}

/// Where the other end is; echo's client is told by the server.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// The listener of connect.
    pub peer: u16,
    /// Never answers.
    pub silent: u16,
}

/// A contestant that is here.
#[derive(Clone, Debug)]
pub struct Contestant {
    pub who: Who,
    pub program: Program,
}

/// How it is started.
#[derive(Clone, Debug)]
pub enum Program {
    /// A part of this program.
    Part,
    /// A program of the suite, with the arguments that come first.
    Made(PathBuf, Vec<&'static str>),
    /// One for Windows, and Wine's own folder.
    Windows(PathBuf, PathBuf),
}

impl Who {
    pub fn text(self) -> &'static str {
        match self {
            Who::RawUring => "raw-uring",
            Who::RawEpoll => "raw-epoll",
            Who::Blocking => "blocking",
            Who::LinsockEpoll => "linsock-epoll",
            Who::LinsockUring => "linsock-uring",
            Who::LinsockAuto => "linsock-auto",
            Who::Tokio => "tokio",
            Who::Compio => "compio",
            Who::Monoio => "monoio",
            Who::Asio => "asio",
            Who::AsioLinsockEpoll => "asio-linsock-epoll",
            Who::AsioLinsockUring => "asio-linsock-uring",
            Who::Wine => "wine",
        }
    }

    pub fn is_linsock(self) -> bool {
        matches!(self, Who::LinsockEpoll | Who::LinsockUring | Who::LinsockAuto)
    }

    fn is_asio_on_linsock(self) -> bool {
        matches!(self, Who::AsioLinsockEpoll | Who::AsioLinsockUring)
    }

    /// Whether its calls are those of the library.
    pub fn calls_linsock(self) -> bool {
        self.is_linsock() || self.is_asio_on_linsock()
    }

    /// Whether it has a form for the cell.
    pub fn takes_part(self, cell: Cell) -> bool {
        match cell.workload {
            // One ring, one task: what has more workers is compared with what one thread does.
            Workload::Connect if cell.threads > 1 => {
                self.calls_linsock()
                    || matches!(self, Who::RawUring | Who::Tokio | Who::Asio | Who::Wine)
            }
            Workload::Connect | Workload::Echo => true,
            _ if self == Who::Wine && cell.many > WINE_PENDING_MAX => false,
            // A thread for each would be another measurement.
            Workload::ScaleReceive => self != Who::Blocking,
            // Two of the runtimes take no sockets that were made before.
            Workload::ScaleConnect => !matches!(self, Who::Blocking | Who::Compio | Who::Monoio),
        }
    }
}

impl Contestant {
    /// The process that does the cell's work.
    pub fn command(&self, cell: Cell, ports: Ports) -> Result<Command> {
        let who = self.who.text();
        let (threads, hold) = (cell.threads.to_string(), cell.hold().to_string());
        let connects = matches!(cell.workload, Workload::Connect | Workload::ScaleConnect);
        if let (Program::Part, true) = (&self.program, connects) {
            let peer = format!("127.0.0.1:{}", ports.peer);
            let silent = ports.silent.to_string();
            return this_program([
                "contestant",
                who,
                "--peer",
                &peer,
                "--hold",
                &hold,
                "--silent",
                &silent,
            ]);
        }
        let mut command = match &self.program {
            Program::Part => this_program(["server", who, &threads, &hold])?,
            Program::Made(file, first) => {
                let mut command = Command::new(file);
                command.args(first);
                command
            }
            Program::Windows(file, folder) => {
                let mut command = super::builds::wine(folder);
                command.arg(file);
                command
            }
        };
        if connects {
            command.args(["connect", &ports.peer.to_string(), &threads, &hold]);
            command.arg(ports.silent.to_string());
        } else if !matches!(self.program, Program::Part) {
            command.args(["echo", &threads, &hold]);
        }
        match self.who {
            Who::LinsockEpoll | Who::AsioLinsockEpoll => command.env("LINSOCK_BACKEND", "epoll"),
            Who::LinsockUring | Who::AsioLinsockUring => command.env("LINSOCK_BACKEND", "uring"),
            Who::LinsockAuto => command.env("LINSOCK_BACKEND", "auto"),
            _ => command.env_remove("LINSOCK_BACKEND"),
        };
        if cell.active() == 1 {
            command.env("LINSOCK_BENCH_ALONE", "1");
        }
        Ok(command)
    }

    /// CPU time spent for it so far: its own process, and Wine's server.
    pub fn cpu_nanoseconds(&self, process: u32) -> Result<u64> {
        let server = match &self.program {
            Program::Windows(_, folder) => {
                let server = super::builds::wine_server(folder).context("Wine's server")?;
                crate::raw::cpu_nanoseconds_of(server)
            }
            _ => 0,
        };
        Ok(crate::raw::cpu_nanoseconds_of(process) + server)
    }
}
