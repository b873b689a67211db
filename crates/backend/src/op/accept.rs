//! Take a connection from the backlog.

use super::{Outcome, Step, Want, would_block};
use crate::address::Address;
use crate::net::{self, Fd};

/// An accept.
#[derive(Debug, Default)]
pub struct Accept {
    inherit: bool,
    /// The descriptor may block, so it is asked before it is called.
    careful: bool,
    taken: Option<Box<(Fd, Address)>>,
}

impl Accept {
    /// An accept whose descriptor passes to child programs if `inherit`.
    pub fn new(inherit: bool) -> Self {
        Accept { inherit, careful: false, taken: None }
    }

    /// An accept on a descriptor that somebody else made and that may be a blocking one.
    pub fn careful(inherit: bool) -> Self {
        Accept { inherit, careful: true, taken: None }
    }

    /// The connection, once.
    pub fn take(&mut self) -> Option<(Fd, Address)> {
        self.taken.take().map(|taken| *taken)
    }

    pub(super) fn attempt(&mut self, fd: Fd) -> Step {
        if self.careful && net::poll_now(fd).is_ok_and(|ready| !ready.readable) {
            return Step::Wait(Want::Readable);
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
