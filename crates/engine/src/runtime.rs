//! The one place that all global state hangs from.
//!
//! A child of `fork` has none of its parent's threads and must not wait for locks that these
//! may have held, so it starts with nothing: the pointer is cleared, the parent's state is
//! left where it is, and a WSAStartup begins anew (W-018).

use crate::file::Files;
use crate::handle::HandleTable;
use crate::io::Rings;
use crate::network::NetworkCell;
use crate::process::Processes;
use crate::reactor::ReactorCell;
use crate::socket::{Offers, Place, ThreadLists};
use crate::startup::Startups;
use crate::table::Table;
use crate::thread::Threads;
use crate::timed_wait::TimedWait;
use crate::timer::TimerQueue;
use crate::wait::Dispatcher;
use std::sync::Once;
use std::sync::atomic::{AtomicPtr, Ordering};

/// The global state of the library.
#[derive(Default)]
pub struct Runtime {
    /// Brings signals and waits together.
    pub dispatcher: Dispatcher,
    /// The open handles.
    pub handles: HandleTable,
    /// The files that were opened here.
    pub(crate) files: Files,
    /// The sockets, by number.
    pub sockets: Table<Place>,
    /// How often WSAStartup succeeded.
    pub(crate) startups: Startups,
    pub(crate) reactor: ReactorCell,
    pub(crate) rings: Rings,
    pub(crate) network: NetworkCell,
    pub(crate) timed_wait: TimedWait,
    pub(crate) timers: TimerQueue,
    pub(crate) thread_lists: ThreadLists,
    pub(crate) threads: Threads,
    pub(crate) offers: Offers,
    pub(crate) processes: Processes,
}

static RUNTIME: AtomicPtr<Runtime> = AtomicPtr::new(std::ptr::null_mut());

/// The runtime, made when it is first needed.
#[inline]
pub fn get() -> &'static Runtime {
    // SAFETY: a published runtime is initialised and never freed.
    unsafe { RUNTIME.load(Ordering::Acquire).as_ref() }.unwrap_or_else(|| make())
}

#[cold]
fn make() -> &'static Runtime {
    static AT_FORK: Once = Once::new();
    AT_FORK.call_once(|| linsock_backend::thread::at_fork_in_child(forget));
    let fresh = Box::into_raw(Box::default());
    let null = std::ptr::null_mut();
    if RUNTIME.compare_exchange(null, fresh, Ordering::AcqRel, Ordering::Acquire).is_err() {
        // SAFETY: another thread's runtime stands there, so this one was never shared.
        drop(unsafe { Box::from_raw(fresh) });
    }
    get()
}

extern "C" fn forget() {
    RUNTIME.store(std::ptr::null_mut(), Ordering::Release);
    crate::thread::renumber();
    crate::socket::forget_started();
    crate::port::forget_worker();
}
