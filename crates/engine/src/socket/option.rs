//! Socket options: what the library keeps of them, and what waits for the context update.

pub use super::option_access::{get, open_type, set};

use super::option_told::Told;
use super::{CONNECT_SECONDS_MAX, Context, Phase, Socket};
use linsock_abi::WsaError;
use linsock_backend::net;
use std::time::Duration;

/// Options that live in the library, or that it has to know of.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// SO_REUSEADDR.
    pub reuse_address: bool,
    /// SO_EXCLUSIVEADDRUSE.
    pub exclusive_address: bool,
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
    /// What the kernel was told of at once.
    pub(super) told: Told,
    /// What was set of options that are read back as they were set: level, name, both in
    /// Windows' numbers, and value.
    stored: Vec<(i32, i32, i32)>,
    /// What was set by WSAIoctl and is read nowhere yet: the code and its value.
    ioctls: Vec<(u32, u32)>,
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

    /// What the kernel has been told of on this socket or on a listener whose connection it becomes,
    /// which must not have it from there before the context update.
    pub(super) fn told_apart_from(&self, listener: &Options) -> Told {
        if crate::settings::get().lenient_context {
            return self.told;
        }
        self.told.or(listener.told)
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
        if crate::settings::get().lenient_context {
            return;
        }
        for option in &self.held {
            let _ = net::set_option_i32(fd, option.level, option.name, option.default);
        }
        if self.linger == Some(0) {
            let _ = net::set_linger(fd, None);
        }
    }

    /// Puts what was asked for into effect.
    pub fn restore(&self, fd: net::Fd) {
        for option in &self.held {
            let _ = net::set_option_i32(fd, option.level, option.name, option.value);
        }
        if self.linger == Some(0) {
            let _ = net::set_linger(fd, Some(0));
        }
    }

    /// Notes an option that a ConnectEx has to put off; one at its default needs no putting off.
    pub(super) fn hold(&mut self, option: KernelOption) {
        self.held.retain(|held| (held.level, held.name) != (option.level, option.name));
        if option.value != option.default {
            self.held.push(option);
        }
    }

    /// What was asked for of an option that may be put off, by the kernel's level and name.
    pub(super) fn held_value(&self, level: i32, name: i32) -> Option<i32> {
        self.held
            .iter()
            .find(|held| (held.level, held.name) == (level, name))
            .map(|held| held.value)
    }

    pub(super) fn store(&mut self, level: i32, name: i32, value: i32) {
        match self.stored.iter_mut().find(|stored| (stored.0, stored.1) == (level, name)) {
            Some(stored) => stored.2 = value,
            None => self.stored.push((level, name, value)),
        }
    }

    pub(super) fn stored(&self, level: i32, name: i32) -> Option<i32> {
        let found = self.stored.iter().find(|stored| (stored.0, stored.1) == (level, name));
        found.map(|stored| stored.2)
    }

    pub(super) fn store_ioctl(&mut self, code: u32, value: u32) {
        self.ioctls.retain(|stored| stored.0 != code);
        self.ioctls.push((code, value));
    }

    /// What WSAIoctl stored under a code, for the calls that it bears on.
    pub fn ioctl(&self, code: u32) -> Option<u32> {
        self.ioctls.iter().find(|stored| stored.0 == code).map(|stored| stored.1)
    }

    /// How long a connection may take; `None`: as long as the kernel tries.
    pub fn connect_limit(&self) -> Option<Duration> {
        match self.max_retransmit_seconds {
            0 => Some(self.initial_rto_limit().unwrap_or(Duration::from_secs(CONNECT_SECONDS_MAX))),
            ..0 => None,
            seconds => Some(Duration::from_secs(seconds as u64)),
        }
    }
}

impl Socket {
    /// SO_LINGER as it is in effect: not before the context update (C-103).
    pub(super) fn effective_linger(&self) -> Option<u16> {
        self.options.linger.filter(|_| !self.lacks_context())
    }

    /// SO_SNDTIMEO as it is in effect: on a socket that is overlapped (K-023).
    pub(super) fn send_limit(&self) -> u32 {
        if self.lacks_context() || !self.overlapped { 0 } else { self.options.send_timeout_ms }
    }

    /// SO_RCVTIMEO as it is in effect.
    pub(super) fn receive_limit(&self) -> u32 {
        if self.lacks_context() || !self.overlapped { 0 } else { self.options.receive_timeout_ms }
    }

    /// Whether options are held back: from the start of a ConnectEx until the update.
    pub(super) fn holds_back(&self) -> bool {
        let by_connect_ex = matches!(self.phase, Phase::Connecting { by_connect_ex: true });
        (by_connect_ex && !crate::settings::get().lenient_context) || self.lacks_context()
    }

    /// SO_UPDATE_CONNECT_CONTEXT: what was held back comes into effect (C-104, C-110).
    ///
    /// # Errors
    /// WSAENOTCONN: not connected by ConnectEx (C-111).
    pub(super) fn update_connect_context(&mut self) -> Result<(), WsaError> {
        if self.phase != Phase::Connected
            || self.context == Context::Whole
            || self.accepted_from.is_some()
        {
            return Err(WsaError::WSAENOTCONN);
        }
        if self.context == Context::Default {
            self.context = Context::Updated;
            self.options.restore(self.fd);
        }
        Ok(())
    }
}
