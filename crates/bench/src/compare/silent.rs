//! A port that never answers: connections to it stay under way.

use crate::raw::{self, check};
use anyhow::Result;
use std::net::Ipv4Addr;

/// A listener whose backlog is full and who never accepts; the kernel drops further requests.
pub struct Silent {
    pub port: u16,
}

impl Silent {
    /// Made for the rest of the run.
    pub fn listen() -> Result<Self> {
        // On every address: many connections need more than one.
        let (_, address) = raw::listen_at(raw::socket()?, Ipv4Addr::UNSPECIFIED, 0)?;
        let peer = raw::sockaddr(std::net::SocketAddrV4::new(Ipv4Addr::LOCALHOST, address.port()));
        // A backlog of 0 has room for one; the next would be refused its place.
        for _ in 0..2 {
            let fd = raw::socket()?;
            // SAFETY: the address lives through the call, and its size is told.
            let made = unsafe { libc::connect(fd, (&raw const peer).cast(), raw::SOCKADDR_BYTES) };
            match check(made) {
                Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
                other => drop(other?),
            }
        }
        Ok(Silent { port: address.port() })
    }
}
