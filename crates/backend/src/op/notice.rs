//! Waiting for news that the socket itself does not bring. Whoever hears them ends the operation;
//! an attempt can only say that there is more to wait for.

use super::{Step, Want};
use crate::address::Address;
use std::net::IpAddr;

/// What the news are to be about.
#[derive(Clone, Copy, Debug)]
pub enum Topic {
    /// The addresses of the socket's family.
    Addresses,
    /// Any route of the socket's family.
    AnyRoute,
    /// The way to one address.
    Route {
        /// That address.
        to: Address,
        /// The local address it goes by; `None`: there is no way.
        by: Option<IpAddr>,
    },
    /// How much is best left unsent on a connection: not this many bytes any more.
    Backlog(u32),
}

impl Topic {
    /// Whether two topics ask for the same news.
    pub fn is_like(&self, other: &Topic) -> bool {
        match (self, other) {
            (Topic::Route { to, .. }, Topic::Route { to: other, .. }) => to.same_endpoint(other),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

/// A request that waits for news.
#[derive(Debug)]
pub struct Notice(Box<Topic>);

impl Notice {
    /// Waits for news about this.
    pub fn about(topic: Topic) -> Self {
        Notice(Box::new(topic))
    }

    /// What it waits for.
    pub fn topic(&self) -> &Topic {
        &self.0
    }

    pub(super) fn attempt(&self) -> Step {
        Step::Wait(Want::Readable)
    }
}
