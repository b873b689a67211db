//! Events: signals with a handle.

use crate::wait::Signal;

/// An event object.
pub struct Event {
    signal: Signal,
}

impl Event {
    /// An event; `manual` ones stay set until reset, others until one wait took them.
    pub fn new(manual: bool, initial: bool) -> Self {
        Event { signal: Signal::new(manual, initial) }
    }

    /// The event's signal.
    pub fn signal(&self) -> &Signal {
        &self.signal
    }

    /// Sets the event.
    pub fn set(&self) {
        self.signal.set();
    }

    /// Resets the event.
    pub fn reset(&self) {
        self.signal.reset();
    }
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Event(set: {})", self.signal.is_set())
    }
}
