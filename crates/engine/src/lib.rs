//! linsock's object model: sockets, operations, completion ports, events, waits.
pub mod blocking;
pub mod operation;
pub mod port;
pub mod runtime;
pub mod startup;
