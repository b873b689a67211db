//! A port that never answers: connections to it stay under way.

use crate::raw::{self, check};
use anyhow::Result;
use std::net::Ipv4Addr;

/// A listener whose backlog is full and who never accepts; the kernel drops further requests.
pub struct Silent {
    pub port: u16,
    sockets: Vec<i32>,
}

impl Silent {
    /// For as long as it lives: meanwhile the kernel repeats requests, which in another workload
    /// mean that something was dropped.
    pub fn listen() -> Result<Self> {
        // On every address: many connections need more than one.
        let (listener, address) = raw::listen_at(raw::socket()?, Ipv4Addr::UNSPECIFIED, 0)?;
        let peer = raw::sockaddr(std::net::SocketAddrV4::new(Ipv4Addr::LOCALHOST, address.port()));
        // A backlog of 0 has room for one; the next would be refused its place.
        let mut silent = Silent { port: address.port(), sockets: vec![listener] };
        for _ in 0..2 {
            let fd = raw::socket()?;
            silent.sockets.push(fd);
            // SAFETY: the address lives through the call, and its size is told.
            let made = unsafe { libc::connect(fd, (&raw const peer).cast(), raw::SOCKADDR_BYTES) };
            match check(made) {
                Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
                other => drop(other?),
            }
        }
        Ok(silent)
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        for &fd in &self.sockets {
            raw::close(fd);
        }
    }
}
