//! Peers of plain sockets in a process of their own, each with its manners.

use crate::child;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::time::Duration;

/// What a peer does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    /// Sends back what comes.
    Echo,
    /// Reads everything.
    Sink,
    /// Sends much, then reads everything.
    Chatty,
    /// Takes a little, then resets.
    Reset,
    /// Closes at once.
    Close,
    /// Reads nothing for a while.
    Stall,
    /// Never accepts, and its backlog is full.
    Stuck,
}

const ALL: [Manners; 7] = [
    Manners::Echo,
    Manners::Sink,
    Manners::Chatty,
    Manners::Reset,
    Manners::Close,
    Manners::Stall,
    Manners::Stuck,
];

/// Where each peer listens.
#[derive(Clone, Debug)]
pub struct Peers(Vec<(Manners, u16)>);

impl Peers {
    /// Starts them.
    pub fn start() -> Self {
        let listeners: Vec<(Manners, TcpListener)> = ALL
            .iter()
            .map(|&manners| {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap_or_else(|e| panic!("{e}"));
                (manners, listener)
            })
            .collect();
        let ports = listeners
            .iter()
            .map(|(manners, listener)| {
                let at = listener.local_addr().unwrap_or_else(|e| panic!("{e}"));
                (*manners, at.port())
            })
            .collect();
        child::serve(|| serve(listeners));
        Peers(ports)
    }

    /// The port of one.
    pub fn port(&self, manners: Manners) -> u16 {
        self.0.iter().find(|(own, _)| *own == manners).map_or(0, |(_, port)| *port)
    }

    /// The ports of all.
    pub fn ports(&self) -> impl Iterator<Item = u16> + '_ {
        self.0.iter().map(|(_, port)| *port)
    }
}

fn serve(listeners: Vec<(Manners, TcpListener)>) {
    let mut kept = Vec::new();
    for (manners, listener) in listeners {
        if manners == Manners::Stuck {
            // SAFETY: no pointers; a smaller backlog for the same listener.
            unsafe { libc::listen(listener.as_raw_fd(), 0) };
            if let Ok(at) = listener.local_addr() {
                kept.extend(TcpStream::connect(at));
            }
            std::mem::forget(listener);
            continue;
        }
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let small = std::thread::Builder::new().stack_size(128 << 10);
                let _ = small.spawn(move || attend(manners, stream));
            }
        });
    }
    loop {
        std::thread::park();
    }
}

fn attend(manners: Manners, mut stream: TcpStream) {
    let mut block = [0u8; 16 << 10];
    // Nobody stays for ever: cases come and go.
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let _ = stream.set_write_timeout(Some(Duration::from_secs(5)));
    match manners {
        Manners::Echo => {
            while let Ok(n @ 1..) = stream.read(&mut block) {
                if stream.write_all(&block[..n]).is_err() {
                    break;
                }
            }
        }
        Manners::Chatty | Manners::Sink => {
            if manners == Manners::Chatty {
                let _ = stream.write_all(&block);
            }
            while let Ok(1..) = stream.read(&mut block) {}
        }
        Manners::Reset => {
            let _ = stream.read(&mut block[..16]);
            let linger = libc::linger { l_onoff: 1, l_linger: 0 };
            // SAFETY: the structure that the option takes.
            unsafe {
                libc::setsockopt(
                    stream.as_raw_fd(),
                    libc::SOL_SOCKET,
                    libc::SO_LINGER,
                    (&raw const linger).cast(),
                    size_of::<libc::linger>() as u32,
                )
            };
        }
        Manners::Close | Manners::Stuck => {}
        Manners::Stall => std::thread::sleep(Duration::from_secs(3)),
    }
}
