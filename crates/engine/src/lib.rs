//! linsock's object model: sockets, operations, completion ports, events, waits.
pub mod blocking;
pub mod event;
pub mod handle;
pub mod operation;
pub mod port;
pub mod runtime;
pub mod startup;
pub mod sync;
pub mod thread;
pub mod wait;
