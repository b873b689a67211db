//! compio: a runtime a thread.

use crate::accepting::Started;
use crate::raw::{self, BLOCK, BLOCK_BYTES};
use crate::{Client, Shared, descriptors};
use anyhow::{Context, Result, bail, ensure};
use compio::buf::{IntoInner, IoBuf};
use compio::io::{AsyncRead, AsyncWriteExt};
use compio::net::TcpStream;
use compio::runtime::Runtime;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::Ordering;

pub fn serve(arrivals: UnixStream, _threads: usize, started: Started) -> Result<()> {
    Runtime::new()?.block_on(async {
        let mut arrivals = compio::net::UnixStream::from_std(arrivals)?;
        let mut new = vec![0; 4096];
        loop {
            let (n, back) = arrivals.read(new).await.into();
            new = back;
            for fd in descriptors(&new[..n?]) {
                // SAFETY: the descriptor was accepted for this.
                let stream = TcpStream::from_std(unsafe { std::net::TcpStream::from_raw_fd(fd) })?;
                compio::runtime::spawn(echo(stream, started.clone())).detach();
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
        let (read, back) = stream.read(block).await.into();
        let Ok(n @ 1..) = read else { return };
        let (written, slice) = stream.write_all(back.slice(..n)).await.into();
        if written.is_err() {
            return;
        }
        block = slice.into_inner();
        block.clear();
    }
}

pub struct Compio {
    runtime: Runtime,
    peer: SocketAddr,
}

impl Compio {
    pub fn new(peer: SocketAddr) -> Result<Self> {
        Ok(Compio { runtime: Runtime::new()?, peer })
    }
}

/// There is no way to bind first without a port of the kernel's choice: one system call less.
async fn work(peer: SocketAddr, quota: Shared) -> Result<u64> {
    let mut made = 0;
    loop {
        let Some(started) = quota.lock().ok().context("a task failed")?.take() else {
            return Ok(made);
        };
        let mut stream = TcpStream::connect(peer).await?;
        let (written, _) = stream.write_all(&BLOCK[..]).await.into();
        written?;
        quota.lock().ok().context("a task failed")?.complete(started);
        raw::reset_on_close(stream.as_raw_fd())?;
        stream.close().await?;
        made += 1;
    }
}

impl Client for Compio {
    fn run(&mut self, in_flight: usize, quota: &Shared) -> Result<u64> {
        self.runtime.block_on(async {
            let tasks: Vec<_> = (0..in_flight)
                .map(|_| compio::runtime::spawn(work(self.peer, quota.clone())))
                .collect();
            let mut made = 0;
            for task in tasks {
                let Ok(ended) = task.await else { bail!("a task failed") };
                made += ended?;
            }
            ensure!(made > 0, "nothing was made");
            Ok(made)
        })
    }

    fn hold(&mut self, _: Vec<i32>, _: fn(usize, u16) -> SocketAddr, _: u16) -> Result<()> {
        bail!("it makes its sockets itself")
    }
}
