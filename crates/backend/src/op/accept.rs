//! Take a connection from the backlog.

use super::{Outcome, Step, Want, would_block};
use crate::address::Address;
use crate::net::{self, Fd};

/// How a connection is awaited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Manner {
    #[default]
    Take,
    /// The descriptor may block, so it is asked before it is called.
    AskFirst,
    /// The connection is left where it is.
    Look,
}

/// An accept.
#[derive(Debug, Default)]
pub struct Accept {
    inherit: bool,
    manner: Manner,
    taken: Option<Box<(Fd, Address)>>,
}

impl Accept {
    /// An accept whose descriptor passes to child programs if `inherit`.
    pub fn new(inherit: bool) -> Self {
        Accept { inherit, manner: Manner::Take, taken: None }
    }

    /// An accept on a descriptor that somebody else made and that may be a blocking one.
    pub fn careful(inherit: bool) -> Self {
        Accept { inherit, manner: Manner::AskFirst, taken: None }
    }

    /// Waits until there is a connection, and leaves it in the backlog.
    pub fn watch() -> Self {
        Accept { inherit: false, manner: Manner::Look, taken: None }
    }

    /// The connection, once.
    pub fn take(&mut self) -> Option<(Fd, Address)> {
        self.taken.take().map(|taken| *taken)
    }

    /// Whether the connection is to be taken, not only awaited.
    pub fn takes(&self) -> bool {
        self.manner != Manner::Look
    }

    /// Gives it a connection that was taken from the backlog before.
    pub fn give(&mut self, fd: Fd, peer: Address) {
        self.taken = Some(Box::new((fd, peer)));
    }

    pub(super) fn attempt(&mut self, fd: Fd) -> Step {
        if self.manner != Manner::Take {
            match net::poll_now(fd) {
                Ok(ready) if !ready.readable => return Step::Wait(Want::Readable),
                Err(error) => return Step::Done(Outcome::failed(error)),
                Ok(_) if self.manner == Manner::Look => return Step::Done(Outcome::default()),
                Ok(_) => {}
            }
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
