//! The names of this process's events, mutexes, semaphores, timers and file mappings: one space for all kinds.

use crate::event::Event;
use crate::handle::Object;
use crate::mapping::Mapping;
use crate::mutex::MutexObject;
use crate::semaphore::Semaphore;
use crate::sync::plain::{Mutex, lock};
use crate::timer::WaitableTimer;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

/// An object that has a name. The name lasts as long as the object.
enum Named {
    Event(Weak<Event>),
    Mutex(Weak<MutexObject>),
    Semaphore(Weak<Semaphore>),
    Timer(Weak<WaitableTimer>),
    Mapping(Weak<Mapping>),
}

impl Named {
    fn of(object: &Object) -> Option<Self> {
        match object {
            Object::Event(event) => Some(Named::Event(Arc::downgrade(event))),
            Object::Mutex(mutex) => Some(Named::Mutex(Arc::downgrade(mutex))),
            Object::Semaphore(semaphore) => Some(Named::Semaphore(Arc::downgrade(semaphore))),
            Object::Timer(timer) => Some(Named::Timer(Arc::downgrade(timer))),
            Object::Mapping(mapping) => Some(Named::Mapping(Arc::downgrade(mapping))),
            Object::Port(_)
            | Object::Thread(_)
            | Object::Process(_)
            | Object::Socket(_)
            | Object::Search(_)
            | Object::Wait(_) => None,
        }
    }

    fn is_there(&self) -> bool {
        let count = match self {
            Named::Event(event) => event.strong_count(),
            Named::Mutex(mutex) => mutex.strong_count(),
            Named::Semaphore(semaphore) => semaphore.strong_count(),
            Named::Timer(timer) => timer.strong_count(),
            Named::Mapping(mapping) => mapping.strong_count(),
        };
        count > 0
    }

    fn object(&self) -> Option<Object> {
        match self {
            Named::Event(event) => event.upgrade().map(Object::Event),
            Named::Mutex(mutex) => mutex.upgrade().map(Object::Mutex),
            Named::Semaphore(semaphore) => semaphore.upgrade().map(Object::Semaphore),
            Named::Timer(timer) => timer.upgrade().map(Object::Timer),
            Named::Mapping(mapping) => mapping.upgrade().map(Object::Mapping),
        }
    }
}

/// The names.
#[derive(Default)]
pub struct Names {
    named: Mutex<BTreeMap<String, Named>>,
}

impl Names {
    /// No names.
    pub const fn new() -> Self {
        Names { named: Mutex::new(BTreeMap::new()) }
    }

    /// The object of a name.
    pub fn open(&self, name: &str) -> Option<Object> {
        lock(&self.named).get(name).and_then(Named::object)
    }

    /// The object of this name, and whether it was there before; a new one is made by `make`.
    pub fn open_or_make(&self, name: &str, make: impl FnOnce() -> Object) -> (Object, bool) {
        let mut named = lock(&self.named);
        if let Some(object) = named.get(name).and_then(Named::object) {
            return (object, true);
        }
        named.retain(|_, named| named.is_there());
        let object = make();
        if let Some(entry) = Named::of(&object) {
            named.insert(name.to_owned(), entry);
        }
        (object, false)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn event(initial: bool) -> Object {
        Object::Event(Arc::new(Event::new(true, initial)))
    }

    fn is_set(object: &Object) -> bool {
        matches!(object, Object::Event(event) if event.signal().is_set())
    }

    #[test]
    fn a_name_lasts_as_long_as_its_object() {
        let names = Names::new();
        let (first, existed) = names.open_or_make("a", || event(true));
        assert!(!existed);
        let (second, existed) = names.open_or_make("a", || event(false));
        assert!(existed && is_set(&second));
        let (_other, existed) = names.open_or_make("b", || event(false));
        assert!(!existed);
        assert!(names.open("a").is_some() && names.open("c").is_none());

        drop((first, second));
        assert!(names.open("a").is_none());
        let (third, existed) = names.open_or_make("a", || event(false));
        assert!(!existed);
        assert!(!is_set(&third));
    }

    #[test]
    fn all_kinds_share_the_names() {
        let names = Names::new();
        let (_event, _) = names.open_or_make("a", || event(true));
        let mutex = || Object::Mutex(Arc::new(MutexObject::new(false)));
        assert!(matches!(names.open_or_make("a", mutex), (Object::Event(_), true)));
    }
}
