//! The client of echo and scale, the same for all contestants: a block to the server, the same
//! block back, verified, and again.
//!
//! It is told what to do line by line on its standard input. One ring, so that it costs less
//! than any server that it is to load.

use crate::latency::Latencies;
use crate::lines::answer;
use crate::raw::{self, BLOCK, BLOCK_BYTES, check};
use anyhow::{Context, Result, ensure};
use io_uring::squeue::Flags;
use io_uring::{IoUring, opcode, types};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::{Duration, Instant};

/// What the client is told.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Order {
    /// Make so many connections, in place of those there were.
    Connect { port: u16, connections: usize },
    /// Echo on all of them, so many at a time.
    Echo { active: usize, operations_max: u64, milliseconds_max: u64 },
}

/// What it answers.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Echoed {
    /// Blocks that came back whole.
    pub operations: u64,
    /// Time.
    pub nanoseconds: u64,
    /// Half of the blocks were back by then.
    pub p50_nanoseconds: u64,
    /// 99 % of them.
    pub p99_nanoseconds: u64,
}

/// Connections to one address: far fewer than there are local ports, for which the kernel searches
/// longer and longer.
const PER_ADDRESS: usize = 5_000;
const SUBMISSIONS: u32 = 4096;

struct Load {
    ring: IoUring,
    connections: Vec<i32>,
    /// Where each connection's answer goes.
    blocks: Vec<[u8; BLOCK_BYTES]>,
    started: Vec<Instant>,
}

/// Runs until its standard input ends.
pub fn run() -> Result<()> {
    raw::raise_descriptor_limit()?;
    let mut builder = IoUring::builder();
    let builder = builder.setup_single_issuer().setup_defer_taskrun();
    let ring = builder.build(SUBMISSIONS).context("the load client needs io_uring")?;
    let (connections, blocks, started) = (Vec::new(), Vec::new(), Vec::new());
    let mut load = Load { ring, connections, blocks, started };
    for line in std::io::stdin().lines() {
        match serde_json::from_str(&line?).context("an order")? {
            Order::Connect { port, connections } => {
                load.connect(port, connections)?;
                answer(&Echoed::default())?;
            }
            Order::Echo { active, operations_max, milliseconds_max } => {
                answer(&load.echo(active, operations_max, milliseconds_max)?)?;
            }
        }
    }
    Ok(())
}

impl Load {
    fn connect(&mut self, port: u16, connections: usize) -> Result<()> {
        for fd in self.connections.drain(..) {
            raw::close(fd);
        }
        for index in 0..connections {
            let [a, b, c, d] = Ipv4Addr::LOCALHOST.octets();
            let ip = Ipv4Addr::new(a, b, c, d + (index / PER_ADDRESS) as u8);
            let peer = raw::sockaddr(SocketAddrV4::new(ip, port));
            let fd = raw::blocking_socket().context("a socket for the load client")?;
            // SAFETY: the address lives through the call, and its size is told.
            check(unsafe { libc::connect(fd, (&raw const peer).cast(), raw::SOCKADDR_BYTES) })
                .context("connecting to a server")?;
            raw::set_option(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY, &1i32)?;
            // However this process ends: no TIME_WAIT stays behind, among which the next would
            // have to search for a port.
            raw::reset_on_close(fd)?;
            self.connections.push(fd);
        }
        self.blocks = vec![[0; BLOCK_BYTES]; connections];
        self.started = vec![Instant::now(); connections];
        Ok(())
    }

    /// A block out, and room for its echo.
    fn start(&mut self, index: usize, now: Instant) -> Result<()> {
        let target = types::Fd(self.connections[index]);
        self.started[index] = now;
        let send = opcode::Send::new(target, BLOCK.as_ptr(), BLOCK_BYTES as u32)
            .flags(libc::MSG_NOSIGNAL | libc::MSG_WAITALL)
            .build()
            .flags(Flags::IO_LINK | Flags::SKIP_SUCCESS)
            .user_data(index as u64);
        let room = self.blocks[index].as_mut_ptr();
        let receive = opcode::Recv::new(target, room, BLOCK_BYTES as u32)
            .flags(libc::MSG_WAITALL)
            .build()
            .user_data(index as u64);
        loop {
            // SAFETY: the block is static, the room stays until the connections are made anew,
            // which is after every echo has come.
            if unsafe { self.ring.submission().push_multiple(&[send.clone(), receive.clone()]) }
                .is_ok()
            {
                return Ok(());
            }
            self.ring.submit()?;
        }
    }

    fn echo(&mut self, active: usize, operations_max: u64, milliseconds: u64) -> Result<Echoed> {
        ensure!(active > 0 && active <= self.connections.len(), "{active} active connections");
        let mut latencies = Latencies::new();
        let began = Instant::now();
        let until = began + Duration::from_millis(milliseconds);
        let mut idle: VecDeque<usize> = (0..self.connections.len()).collect();
        let (mut sent, mut back) = (0, 0);
        while sent < operations_max && sent < active as u64 {
            let index = idle.pop_front().context("no connection is idle")?;
            self.start(index, began)?;
            sent += 1;
        }
        let mut complete = Vec::with_capacity(active);
        while back < sent {
            self.ring.submit_and_wait(1)?;
            complete.extend(self.ring.completion().map(|c| (c.user_data() as usize, c.result())));
            let now = Instant::now();
            for (index, result) in complete.drain(..) {
                ensure!(result == BLOCK_BYTES as i32, "{result} of an echo's {BLOCK_BYTES} bytes");
                ensure!(self.blocks[index] == BLOCK, "an echo has other bytes than were sent");
                self.blocks[index].fill(0);
                latencies.record((now - self.started[index]).as_nanos() as u64);
                back += 1;
                idle.push_back(index);
                if sent < operations_max && now < until {
                    let next = idle.pop_front().context("no connection is idle")?;
                    self.start(next, now)?;
                    sent += 1;
                }
            }
        }
        Ok(Echoed {
            operations: back,
            nanoseconds: began.elapsed().as_nanos() as u64,
            p50_nanoseconds: latencies.per_mille(500),
            p99_nanoseconds: latencies.per_mille(990),
        })
    }
}
