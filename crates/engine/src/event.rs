//! Events: signals with a handle and, if wanted, a name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

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

/// The names of this process's events. A name lasts as long as its event.
pub struct EventNames {
    events: Mutex<BTreeMap<String, Weak<Event>>>,
}

impl Default for EventNames {
    fn default() -> Self {
        Self::new()
    }
}

impl EventNames {
    /// No names.
    pub const fn new() -> Self {
        EventNames { events: Mutex::new(BTreeMap::new()) }
    }

    /// The event of this name, and whether it was there before; a new one is made by `make`.
    pub fn open_or_make(&self, name: &str, make: impl FnOnce() -> Event) -> (Arc<Event>, bool) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(event) = events.get(name).and_then(Weak::upgrade) {
            return (event, true);
        }
        events.retain(|_, event| event.strong_count() > 0);
        let event = Arc::new(make());
        events.insert(name.to_owned(), Arc::downgrade(&event));
        (event, false)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_name_lasts_as_long_as_its_event() {
        let names = EventNames::new();
        let (first, existed) = names.open_or_make("a", || Event::new(true, true));
        assert!(!existed);
        let (second, existed) = names.open_or_make("a", || Event::new(false, false));
        assert!(existed && Arc::ptr_eq(&first, &second));
        let (_other, existed) = names.open_or_make("b", || Event::new(false, false));
        assert!(!existed);

        drop((first, second));
        let (third, existed) = names.open_or_make("a", || Event::new(false, false));
        assert!(!existed);
        assert!(!third.signal().is_set());
    }
}
