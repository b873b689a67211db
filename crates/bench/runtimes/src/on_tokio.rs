//! tokio: one scheduler over all threads, or the one of a single thread.

use crate::accepting::Started;
use crate::raw::{self, BLOCK, BLOCK_BYTES};
use crate::{Client, Shared, descriptors};
use anyhow::{Context, Result};
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::os::fd::{FromRawFd, IntoRawFd};
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::task::Poll;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};

fn runtime(threads: usize) -> Result<Runtime> {
    let mut builder = match threads {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    if threads > 1 {
        builder.worker_threads(threads);
    }
    Ok(builder.enable_io().build()?)
}

pub fn serve(arrivals: UnixStream, threads: usize, started: Started) -> Result<()> {
    arrivals.set_nonblocking(true)?;
    let runtime = runtime(threads)?;
    runtime.block_on(async {
        let mut arrivals = tokio::net::UnixStream::from_std(arrivals)?;
        let mut new = vec![0; 4096];
        loop {
            let n = arrivals.read(&mut new).await?;
            for fd in descriptors(&new[..n]) {
                // SAFETY: the descriptor was accepted for this.
                let stream = unsafe { std::net::TcpStream::from_raw_fd(fd) };
                stream.set_nonblocking(true)?;
                let stream = TcpStream::from_std(stream)?;
                tokio::spawn(echo(stream, started.clone()));
            }
        }
    })
}

async fn echo(mut stream: TcpStream, started: Started) {
    // Nothing else runs before the first receive is under way.
    started.fetch_add(1, Ordering::Release);
    drop(started);
    let mut block = [0; BLOCK_BYTES];
    while let Ok(n @ 1..) = stream.read(&mut block).await {
        if stream.write_all(&block[..n]).await.is_err() {
            break;
        }
    }
}

pub struct Tokio {
    runtime: Runtime,
    peer: SocketAddr,
}

impl Tokio {
    pub fn new(peer: SocketAddr, threads: usize) -> Result<Self> {
        Ok(Tokio { runtime: runtime(threads)?, peer })
    }
}

fn bound(fd: i32) -> TcpSocket {
    // SAFETY: the descriptor was made for this.
    TcpSocket::from_std_stream(unsafe { std::net::TcpStream::from_raw_fd(fd) })
}

async fn work(peer: SocketAddr, quota: Shared) -> Result<u64> {
    let mut made = 0;
    loop {
        let Some(started) = quota.lock().ok().context("a task failed")?.take() else {
            return Ok(made);
        };
        let mut stream = bound(raw::bound_socket()?).connect(peer).await?;
        stream.write_all(&BLOCK).await?;
        quota.lock().ok().context("a task failed")?.complete(started);
        raw::close_hard(stream.into_std()?.into_raw_fd())?;
        made += 1;
    }
}

impl Client for Tokio {
    fn run(&mut self, in_flight: usize, quota: &Shared) -> Result<u64> {
        self.runtime.block_on(async {
            let tasks: Vec<_> =
                (0..in_flight).map(|_| tokio::spawn(work(self.peer, quota.clone()))).collect();
            let mut made = 0;
            for task in tasks {
                made += task.await??;
            }
            Ok(made)
        })
    }

    fn hold(
        &mut self,
        sockets: Vec<i32>,
        to: fn(usize, u16) -> SocketAddr,
        silent: u16,
    ) -> Result<()> {
        let (count, begun) = (sockets.len(), Started::default());
        self.runtime.block_on(async {
            for (index, fd) in sockets.into_iter().enumerate() {
                let begun = begun.clone();
                tokio::spawn(async move {
                    let mut connecting = pin!(bound(fd).connect(to(index, silent)));
                    // The first poll begins it.
                    let first = poll_fn(|context| Poll::Ready(connecting.as_mut().poll(context)));
                    let answered = first.await;
                    begun.fetch_add(1, Ordering::Release);
                    drop(begun);
                    let stream = match answered {
                        Poll::Ready(stream) => stream,
                        Poll::Pending => connecting.await,
                    };
                    if let Ok(mut stream) = stream {
                        let _ = stream.write_all(&BLOCK).await;
                    }
                });
            }
            while begun.load(Ordering::Acquire) < count {
                tokio::task::yield_now().await;
            }
        });
        Ok(())
    }
}
