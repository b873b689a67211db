//! monoio: a runtime a thread, io_uring.

use crate::accepting::Started;
use crate::raw::{self, BLOCK, BLOCK_BYTES};
use crate::{Client, Shared, descriptors};
use anyhow::{Context, Result, bail, ensure};
use monoio::buf::IoBuf;
use monoio::io::{AsyncReadRent, AsyncWriteRentExt};
use monoio::net::TcpStream;
use monoio::{IoUringDriver, Runtime, RuntimeBuilder};
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::Ordering;

fn runtime() -> Result<Runtime<IoUringDriver>> {
    Ok(RuntimeBuilder::<IoUringDriver>::new().with_entries(4096).build()?)
}

pub fn serve(arrivals: UnixStream, _threads: usize, started: Started) -> Result<()> {
    runtime()?.block_on(async {
        let mut arrivals = monoio::net::UnixStream::from_std(arrivals)?;
        let mut new = vec![0; 4096];
        loop {
            let (n, back) = arrivals.read(new).await;
            new = back;
            for fd in descriptors(&new[..n?]) {
                // SAFETY: the descriptor was accepted for this.
                let stream = TcpStream::from_std(unsafe { std::net::TcpStream::from_raw_fd(fd) })?;
                monoio::spawn(echo(stream, started.clone()));
            }
            new.resize(4096, 0);
        }
    })
}

async fn echo(mut stream: TcpStream, started: Started) {
    // Nothing else runs before the first receive is under way.
    started.fetch_add(1, Ordering::Release);
    drop(started);
    let mut block = Vec::with_capacity(BLOCK_BYTES);
    loop {
        let (read, back) = stream.read(block).await;
        let Ok(n @ 1..) = read else { return };
        let (written, slice) = stream.write_all(back.slice(..n)).await;
        if written.is_err() {
            return;
        }
        block = slice.into_inner();
        block.clear();
    }
}

pub struct Monoio {
    runtime: Runtime<IoUringDriver>,
    peer: SocketAddr,
}

impl Monoio {
    pub fn new(peer: SocketAddr) -> Result<Self> {
        Ok(Monoio { runtime: runtime()?, peer })
    }
}

/// There is no way to bind first without a port of the kernel's choice: one system call less.
async fn work(peer: SocketAddr, quota: Shared) -> Result<u64> {
    let mut made = 0;
    loop {
        let Some(started) = quota.lock().ok().context("a task failed")?.take() else {
            return Ok(made);
        };
        let mut stream = TcpStream::connect_addr(peer).await?;
        let (written, _) = stream.write_all(&BLOCK[..]).await;
        written?;
        quota.lock().ok().context("a task failed")?.complete(started);
        raw::reset_on_close(stream.as_raw_fd())?;
        drop(stream);
        made += 1;
    }
}

impl Client for Monoio {
    fn run(&mut self, in_flight: usize, quota: &Shared) -> Result<u64> {
        let peer = self.peer;
        self.runtime.block_on(async {
            let tasks: Vec<_> =
                (0..in_flight).map(|_| monoio::spawn(work(peer, quota.clone()))).collect();
            let mut made = 0;
            for task in tasks {
                made += task.await?;
            }
            ensure!(made > 0, "nothing was made");
            Ok(made)
        })
    }

    fn hold(&mut self, _: Vec<i32>, _: fn(usize, u16) -> SocketAddr, _: u16) -> Result<()> {
        bail!("it makes its sockets itself")
    }
}
