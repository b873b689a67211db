//! Socket options: what the library keeps of them and how they reach the kernel.

use super::CONNECT_SECONDS_MAX;
use linsock_backend::net;
use std::time::Duration;

/// Options that live in the library, or that it has to know of.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// SO_REUSEADDR.
    pub reuse_address: bool,
    /// TCP_FASTOPEN.
    pub fastopen: bool,
    /// SO_LINGER; the kernel is told of 0 seconds only, because it would also make
    /// non-blocking closes wait.
    pub linger: Option<u16>,
    /// SO_SNDTIMEO in milliseconds; 0: none.
    pub send_timeout_ms: u32,
    /// SO_RCVTIMEO in milliseconds; 0: none.
    pub receive_timeout_ms: u32,
    /// TCP_MAXRT in seconds; 0: the default, -1: never.
    pub max_retransmit_seconds: i32,
    /// Set before ConnectEx, to be in effect after the context update (C-103): level, name
    /// and value as the kernel takes them.
    pub held: Vec<KernelOption>,
}

/// One option as the kernel takes it, with the value that stands for "default".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelOption {
    /// The kernel's level.
    pub level: i32,
    /// The kernel's name.
    pub name: i32,
    /// What the program asked for.
    pub value: i32,
    /// What a new socket has.
    pub default: i32,
}

impl Options {
    /// What an accepted socket takes over from its listener (B-006).
    pub fn inherited(&self) -> Self {
        Options { held: Vec::new(), ..self.clone() }
    }

    /// Takes in what somebody else set on an adopted descriptor.
    pub fn read_from_kernel(&mut self, fd: net::Fd) {
        let mut linger = [0u8; 8];
        if net::option(fd, 1, 13, &mut linger).is_ok() && linger[0] != 0 {
            self.linger = Some(u16::from_ne_bytes([linger[4], linger[5]]));
        }
    }

    /// Puts the kernel's socket back to the defaults until the context update (C-103).
    pub fn hold_back(&self, fd: net::Fd) {
        for option in &self.held {
            let _ = net::set_option_i32(fd, option.level, option.name, option.default);
        }
    }

    /// Puts what was asked for into effect.
    pub fn restore(&self, fd: net::Fd) {
        for option in &self.held {
            let _ = net::set_option_i32(fd, option.level, option.name, option.value);
        }
    }

    /// How long a connection may take; `None`: as long as the kernel tries.
    pub fn connect_limit(&self) -> Option<Duration> {
        match self.max_retransmit_seconds {
            0 => Some(Duration::from_secs(CONNECT_SECONDS_MAX)),
            ..0 => None,
            seconds => Some(Duration::from_secs(seconds as u64)),
        }
    }

    /// SO_SNDTIMEO.
    pub fn send_limit(&self) -> u32 {
        self.send_timeout_ms
    }

    /// SO_RCVTIMEO.
    pub fn receive_limit(&self) -> u32 {
        self.receive_timeout_ms
    }
}
