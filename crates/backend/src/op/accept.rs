//! Take a connection from the backlog.

use super::{Outcome, Step, Want, would_block};
use crate::address::Address;
use crate::net::{self, Fd};

/// An accept.
#[derive(Debug, Default)]
pub struct Accept {
    inherit: bool,
    /// Wait for a connection and leave it where it is.
    look: bool,
    taken: Option<Box<(Fd, Address)>>,
}

impl Accept {
    /// An accept whose descriptor passes to child programs if `inherit`.
    pub fn new(inherit: bool) -> Self {
        Accept { inherit, look: false, taken: None }
    }

    /// Waits until there is a connection, and leaves it in the backlog.
    pub fn watch() -> Self {
        Accept { inherit: false, look: true, taken: None }
    }

    /// The connection, once.
    pub fn take(&mut self) -> Option<(Fd, Address)> {
        self.taken.take().map(|taken| *taken)
    }

    pub(super) fn attempt(&mut self, fd: Fd) -> Step {
        if self.look {
            return match net::poll_now(fd) {
                Ok(ready) if ready.readable => Step::Done(Outcome::default()),
                Ok(_) => Step::Wait(Want::Readable),
                Err(error) => Step::Done(Outcome::failed(error)),
            };
        }
        match net::accept(fd, self.inherit) {
            Ok(taken) => {
                self.taken = Some(Box::new(taken));
                Step::Done(Outcome::default())
            }
            Err(error) if would_block(error) => Step::Wait(Want::Readable),
            Err(error) => Step::Done(Outcome::failed(error)),
        }
    }
}

impl Drop for Accept {
    fn drop(&mut self) {
        // A cancelled accept that had won a connection gives it back as a close.
        if let Some((fd, _)) = self.take() {
            net::close(fd);
        }
    }
}
