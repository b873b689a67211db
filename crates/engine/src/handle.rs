//! Handles of objects that are not descriptors: events, mutexes, semaphores, timers, completion
//! ports, threads, processes, file mappings, searches, registered waits, and duplicates of sockets.
//!
//! A handle is a number far above any descriptor and a multiple of 4, because callers use its two
//! low bits for themselves (O-008):
//!
//! | bits   | meaning                                              |
//! |--------|------------------------------------------------------|
//! | 30     | always 1                                             |
//! | 22..29 | how often the slot was used before (modulo 256)      |
//! | 2..21  | the slot                                             |
//! | 0..1   | the caller's, ignored                                |

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};

use linsock_abi::Win32Error;

use crate::event::Event;
use crate::mapping::Mapping;
use crate::mutex::MutexObject;
use crate::names::Names;
use crate::port::Port;
use crate::process::Process;
use crate::registered_wait::RegisteredWait;
use crate::search::Search;
use crate::semaphore::Semaphore;
use crate::thread::ThreadObject;
use crate::timer::WaitableTimer;
use crate::wait::Target;

const BASE: usize = 0x4000_0000;
const END: usize = 0x8000_0000;
const SLOTS_MAX: usize = 1 << 20;
const SLOT_SHIFT: u32 = 2;
const GENERATION_SHIFT: u32 = 22;

/// Slots that lie fallow before one is used again. With 256 generations a closed handle can
/// come back to life only after 256 x 256 other handles were closed.
const FALLOW_SLOTS: usize = 256;

/// What a handle stands for.
#[derive(Clone)]
pub enum Object {
    Event(Arc<Event>),
    Port(Arc<Port>),
    Thread(Arc<ThreadObject>),
    Mutex(Arc<MutexObject>),
    Semaphore(Arc<Semaphore>),
    Timer(Arc<WaitableTimer>),
    /// A process that was started here; a handle of its first thread is another one of the process.
    Process(Arc<Process>),
    Mapping(Arc<Mapping>),
    /// What FindFirstFile gives: no handle for any other function.
    Search(Arc<Search>),
    /// What RegisterWaitForSingleObject gives: no handle for any other function.
    Wait(Arc<RegisteredWait>),
    /// A duplicate of a socket, as long as that is open.
    Socket(Duplicate),
}

/// Which socket a duplicated handle speaks of: a number, and which of those that had it.
#[derive(Clone, Copy, Debug)]
pub struct Duplicate {
    /// The SOCKET.
    pub number: usize,
    /// Its generation.
    pub generation: u32,
}

/// Whether a number is in the range of handles (it may still be closed).
pub fn is_handle(value: usize) -> bool {
    (BASE..END).contains(&value)
}

struct Slot {
    generation: u8,
    object: Option<Object>,
}

struct Slots {
    slots: Vec<Slot>,
    /// Closed slots, the longest closed one first.
    fallow: VecDeque<usize>,
}

/// The open handles of the process.
pub struct HandleTable {
    slots: RwLock<Slots>,
    /// The names of objects.
    pub names: Names,
}

impl Default for HandleTable {
    fn default() -> Self {
        Self::new()
    }
}

impl HandleTable {
    /// A table without handles.
    pub const fn new() -> Self {
        HandleTable {
            slots: RwLock::new(Slots { slots: Vec::new(), fallow: VecDeque::new() }),
            names: Names::new(),
        }
    }

    /// Opens a handle of an object.
    ///
    /// # Errors
    /// ERROR_NOT_ENOUGH_MEMORY: a million handles are open.
    pub fn insert(&self, object: Object) -> Result<usize, Win32Error> {
        let mut table = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        let reuse = table.fallow.len() >= FALLOW_SLOTS || table.slots.len() >= SLOTS_MAX;
        let index = match reuse.then(|| table.fallow.pop_front()).flatten() {
            Some(index) => index,
            None if table.slots.len() < SLOTS_MAX => {
                table.slots.push(Slot { generation: 0, object: None });
                table.slots.len() - 1
            }
            None => return Err(Win32Error::ERROR_NOT_ENOUGH_MEMORY),
        };
        let slot = &mut table.slots[index];
        slot.object = Some(object);
        Ok(BASE | usize::from(slot.generation) << GENERATION_SHIFT | index << SLOT_SHIFT)
    }

    /// The object of an open handle.
    ///
    /// # Errors
    /// ERROR_INVALID_HANDLE: no such handle, or it was closed.
    pub fn get(&self, handle: usize) -> Result<Object, Win32Error> {
        let (index, generation) = place(handle)?;
        let table = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        match table.slots.get(index) {
            Some(slot) if slot.generation == generation => slot.object.clone(),
            _ => None,
        }
        .ok_or(Win32Error::ERROR_INVALID_HANDLE)
    }

    /// Closes a handle and gives back its object.
    ///
    /// # Errors
    /// ERROR_INVALID_HANDLE: no such handle, or it was closed, or it is a registered wait's or a
    /// search's.
    pub fn remove(&self, handle: usize) -> Result<Object, Win32Error> {
        self.remove_if(handle, |object| !matches!(object, Object::Wait(_) | Object::Search(_)))
    }

    fn remove_if(
        &self,
        handle: usize,
        wanted: impl Fn(&Object) -> bool,
    ) -> Result<Object, Win32Error> {
        let (index, generation) = place(handle)?;
        let mut table = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        let object = match table.slots.get_mut(index) {
            Some(slot) if slot.generation == generation => {
                slot.object.take_if(|object| wanted(object))
            }
            _ => None,
        }
        .ok_or(Win32Error::ERROR_INVALID_HANDLE)?;
        table.slots[index].generation = generation.wrapping_add(1);
        table.fallow.push_back(index);
        Ok(object)
    }

    /// The event of a handle; ERROR_INVALID_HANDLE for another kind of object.
    pub fn event(&self, handle: usize) -> Result<Arc<Event>, Win32Error> {
        match self.get(handle)? {
            Object::Event(event) => Ok(event),
            _ => Err(Win32Error::ERROR_INVALID_HANDLE),
        }
    }

    /// The completion port of a handle; ERROR_INVALID_HANDLE for another kind of object.
    pub fn port(&self, handle: usize) -> Result<Arc<Port>, Win32Error> {
        match self.get(handle)? {
            Object::Port(port) => Ok(port),
            _ => Err(Win32Error::ERROR_INVALID_HANDLE),
        }
    }

    /// The thread of a handle; ERROR_INVALID_HANDLE for another kind of object.
    pub fn thread(&self, handle: usize) -> Result<Arc<ThreadObject>, Win32Error> {
        match self.get(handle)? {
            Object::Thread(thread) => Ok(thread),
            _ => Err(Win32Error::ERROR_INVALID_HANDLE),
        }
    }

    /// The mutex of a handle; ERROR_INVALID_HANDLE for another kind of object.
    pub fn mutex(&self, handle: usize) -> Result<Arc<MutexObject>, Win32Error> {
        match self.get(handle)? {
            Object::Mutex(mutex) => Ok(mutex),
            _ => Err(Win32Error::ERROR_INVALID_HANDLE),
        }
    }

    /// The semaphore of a handle; ERROR_INVALID_HANDLE for another kind of object.
    pub fn semaphore(&self, handle: usize) -> Result<Arc<Semaphore>, Win32Error> {
        match self.get(handle)? {
            Object::Semaphore(semaphore) => Ok(semaphore),
            _ => Err(Win32Error::ERROR_INVALID_HANDLE),
        }
    }

    /// The timer of a handle; ERROR_INVALID_HANDLE for another kind of object.
    pub fn timer(&self, handle: usize) -> Result<Arc<WaitableTimer>, Win32Error> {
        match self.get(handle)? {
            Object::Timer(timer) => Ok(timer),
            _ => Err(Win32Error::ERROR_INVALID_HANDLE),
        }
    }

    /// The process of a handle; ERROR_INVALID_HANDLE for another kind of object.
    pub fn process(&self, handle: usize) -> Result<Arc<Process>, Win32Error> {
        match self.get(handle)? {
            Object::Process(process) => Ok(process),
            _ => Err(Win32Error::ERROR_INVALID_HANDLE),
        }
    }

    /// The file mapping of a handle; ERROR_INVALID_HANDLE for another kind of object.
    pub fn mapping(&self, handle: usize) -> Result<Arc<Mapping>, Win32Error> {
        match self.get(handle)? {
            Object::Mapping(mapping) => Ok(mapping),
            _ => Err(Win32Error::ERROR_INVALID_HANDLE),
        }
    }

    /// Closes the handle of a registered wait, as UnregisterWait alone does;
    /// ERROR_INVALID_HANDLE for another kind of object.
    pub fn remove_wait(&self, handle: usize) -> Result<Arc<RegisteredWait>, Win32Error> {
        match self.remove_if(handle, |object| matches!(object, Object::Wait(_)))? {
            Object::Wait(wait) => Ok(wait),
            _ => Err(Win32Error::ERROR_INVALID_HANDLE),
        }
    }

    /// The search of a handle; ERROR_INVALID_HANDLE for another kind of object.
    pub fn search(&self, handle: usize) -> Result<Arc<Search>, Win32Error> {
        match self.get(handle)? {
            Object::Search(search) => Ok(search),
            _ => Err(Win32Error::ERROR_INVALID_HANDLE),
        }
    }

    /// Closes the handle of a search, as FindClose alone does; ERROR_INVALID_HANDLE for another kind
    /// of object.
    pub fn remove_search(&self, handle: usize) -> Result<(), Win32Error> {
        self.remove_if(handle, |object| matches!(object, Object::Search(_))).map(drop)
    }

    /// The mutexes that a thread owns.
    pub fn mutexes_of(&self, thread: u32) -> Vec<Arc<MutexObject>> {
        let table = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        let owned = table.slots.iter().filter_map(|slot| match &slot.object {
            Some(Object::Mutex(mutex)) if mutex.is_of(thread) => Some(mutex.clone()),
            _ => None,
        });
        owned.collect()
    }

    /// What a wait on this handle waits for; ERROR_INVALID_HANDLE for objects without a signal.
    pub fn target(&self, handle: usize) -> Result<Target, Win32Error> {
        if !is_handle(handle) {
            let socket = crate::socket::signal_of(handle).map(Target::Signal);
            return socket.or_else(|_| crate::file::opened(handle).map(Target::File));
        }
        match self.get(handle)? {
            Object::Event(event) => Ok(Target::Event(event)),
            Object::Thread(thread) => Ok(Target::Thread(thread)),
            Object::Mutex(mutex) => Ok(Target::Mutex(mutex)),
            Object::Semaphore(semaphore) => Ok(Target::Semaphore(semaphore)),
            Object::Timer(timer) => Ok(Target::Timer(timer)),
            Object::Process(process) => Ok(Target::Process(process)),
            Object::Socket(_) => crate::socket::signal_of(self.socket(handle)?).map(Target::Signal),
            Object::Port(_) | Object::Mapping(_) | Object::Search(_) | Object::Wait(_) => {
                Err(Win32Error::ERROR_INVALID_HANDLE)
            }
        }
    }

    /// The SOCKET that a handle stands for: itself, or what it is a duplicate of (27.B).
    ///
    /// # Errors
    /// ERROR_INVALID_HANDLE: another kind of object, or the socket is closed. A number below the
    /// range of handles is not looked at.
    #[inline]
    pub fn socket(&self, handle: usize) -> Result<usize, Win32Error> {
        if !is_handle(handle) {
            return Ok(handle);
        }
        match self.get(handle)? {
            Object::Socket(of) if crate::socket::is_open_as(of.number, of.generation) => {
                Ok(of.number)
            }
            _ => Err(Win32Error::ERROR_INVALID_HANDLE),
        }
    }

    /// Opens another handle of what a handle stands for.
    ///
    /// # Errors
    /// ERROR_INVALID_HANDLE; ERROR_NOT_ENOUGH_MEMORY.
    pub fn duplicate(&self, handle: usize) -> Result<usize, Win32Error> {
        if !is_handle(handle) {
            return self.insert(Object::Socket(crate::socket::duplicate(handle)?));
        }
        let object = self.get(handle)?;
        match &object {
            Object::Port(port) => port.note_duplicate(),
            Object::Socket(_) => drop(self.socket(handle)?),
            Object::Search(_) | Object::Wait(_) => return Err(Win32Error::ERROR_INVALID_HANDLE),
            Object::Event(_)
            | Object::Thread(_)
            | Object::Mutex(_)
            | Object::Semaphore(_)
            | Object::Timer(_)
            | Object::Process(_)
            | Object::Mapping(_) => {}
        }
        self.insert(object)
    }

    /// Whether a completion port has an open handle.
    pub fn has_port(&self, port: &Arc<Port>) -> bool {
        let table = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        let is_it =
            |object: &Object| matches!(object, Object::Port(other) if Arc::ptr_eq(other, port));
        table.slots.iter().any(|slot| slot.object.as_ref().is_some_and(is_it))
    }
}

/// The slot and generation that a handle names.
fn place(handle: usize) -> Result<(usize, u8), Win32Error> {
    if !is_handle(handle) {
        return Err(Win32Error::ERROR_INVALID_HANDLE);
    }
    let index = (handle >> SLOT_SHIFT) & (SLOTS_MAX - 1);
    let generation = (handle >> GENERATION_SHIFT) & 0xff;
    Ok((index, generation as u8))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn event() -> Object {
        Object::Event(Arc::new(Event::new(true, false)))
    }

    #[test]
    fn o_008_handles_are_multiples_of_four_and_low_bits_are_ignored() {
        let table = HandleTable::new();
        let handle = table.insert(event()).unwrap();
        assert_eq!(handle % 4, 0);
        assert!(is_handle(handle) && is_handle(handle | 3));
        let plain = table.event(handle).unwrap();
        for bits in 1..4 {
            assert!(Arc::ptr_eq(&plain, &table.event(handle | bits).unwrap()));
        }
    }

    #[test]
    fn closed_and_unknown_handles_are_invalid() {
        let table = HandleTable::new();
        let handle = table.insert(event()).unwrap();
        assert!(table.remove(handle).is_ok());
        for bad in [handle, handle + 4, 0, 3, BASE - 1, END - 4, END, usize::MAX, usize::MAX - 1] {
            assert_eq!(table.get(bad).err(), Some(Win32Error::ERROR_INVALID_HANDLE), "{bad:#x}");
            assert_eq!(table.remove(bad).err(), Some(Win32Error::ERROR_INVALID_HANDLE));
        }
    }

    #[test]
    fn a_used_slot_gets_another_handle() {
        let table = HandleTable::new();
        let closed: Vec<usize> = (0..3 * FALLOW_SLOTS)
            .map(|_| {
                let handle = table.insert(event()).unwrap();
                table.remove(handle).unwrap();
                handle
            })
            .collect();
        let mut unique = closed.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), closed.len());
        let open = table.insert(event()).unwrap();
        assert!(closed.iter().all(|&handle| table.get(handle).is_err()));
        assert!(table.get(open).is_ok());
    }

    #[test]
    fn the_table_has_an_end() {
        let table = HandleTable::new();
        let shared = event();
        let mut last = 0;
        for _ in 0..SLOTS_MAX {
            last = table.insert(shared.clone()).unwrap();
        }
        assert!(is_handle(last));
        assert_eq!(table.insert(event()).err(), Some(Win32Error::ERROR_NOT_ENOUGH_MEMORY));
        table.remove(last).unwrap();
        assert!(table.insert(event()).is_ok());
    }

    #[test]
    fn kinds_do_not_mix() {
        let table = HandleTable::new();
        let handle = table.insert(event()).unwrap();
        assert!(table.port(handle).is_err());
        assert!(table.thread(handle).is_err());
        assert!(table.mutex(handle).is_err());
        assert!(table.semaphore(handle).is_err());
        assert!(table.timer(handle).is_err());
        assert!(table.mapping(handle).is_err());
        assert!(table.remove_wait(handle).is_err());
        assert!(table.search(handle).is_err() && table.remove_search(handle).is_err());
        assert!(table.event(handle).is_ok());
    }
}
