//! SO_PAUSE_ACCEPT: a listener that resets whoever comes, and goes on listening later (K-032).
//!
//! While it pauses the kernel's socket does not listen, but keeps its address: so the kernel
//! itself answers with a reset, and nobody has to stand by. Accepts that are pending wait.

use super::queue::Side;
use super::{Phase, Place, Socket, translate};
use linsock_abi::WsaError;
use linsock_abi::map::Call;
use linsock_backend::net::{self, Ready};

/// How a listener that pauses goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paused {
    /// It was told before it listened: `listen` starts the pause.
    FromListen,
    /// With this backlog.
    Since(i32),
}

impl Socket {
    /// Sets SO_PAUSE_ACCEPT.
    ///
    /// # Errors
    /// What the kernel has against listening again.
    pub(super) fn pause_accept(&mut self, place: &'static Place, on: bool) -> Result<(), WsaError> {
        match (on, self.paused, self.phase) {
            (true, None, Phase::Listening) => self.pause(),
            (true, None, _) => self.paused = Some(Paused::FromListen),
            (false, Some(Paused::Since(backlog)), Phase::Listening) => {
                net::listen(self.fd, backlog).map_err(|errno| translate(errno, Call::Listen))?;
                self.paused = None;
                self.pump(place, Side::Input, Ready::UNKNOWN);
                self.note_events();
            }
            (false, ..) => self.paused = None,
            (true, Some(_), _) => {}
        }
        Ok(())
    }

    /// Starts a pause that was asked for before there was a listener.
    pub(super) fn pause_if_told(&mut self) {
        if self.paused.is_some() {
            self.pause();
        }
    }

    fn pause(&mut self) {
        // Before the kernel lets go of the port if it had chosen it; also what reads from a
        // wildcard's connections is told by the binding.
        self.note_port();
        self.paused = Some(Paused::Since(self.backlog));
        let _ = net::shutdown(self.fd, SHUT_RD);
        self.pin_port();
    }

    /// Whether connections are not taken at the moment.
    pub(super) fn is_paused(&self) -> bool {
        self.paused.is_some() && self.phase == Phase::Listening
    }
}

const SHUT_RD: i32 = 0;
