//! linsock's object model: sockets, operations, completion ports, events, waits.
//!
//! Windows' nouns over the backend's system calls. [`socket`] has what a SOCKET is and does,
//! [`operation`] what an overlapped operation is and how it ends, [`port`] the completion
//! ports, [`wait`] the signals and waits, [`reactor`] the one thread behind it all.

pub mod apc;
pub mod blocking;
pub mod contract;
pub mod event;
pub mod file;
pub mod folder;
pub mod handle;
pub mod io;
pub mod mapping;
pub mod mutex;
pub mod names;
pub mod network;
pub mod operation;
pub mod port;
pub mod process;
pub mod reactor;
pub mod registered_wait;
pub mod runtime;
pub mod search;
pub mod semaphore;
pub mod settings;
pub mod socket;
pub mod startup;
pub mod sync;
pub mod table;
pub mod thread;
pub mod timed_wait;
pub mod timer;
pub mod wait;
