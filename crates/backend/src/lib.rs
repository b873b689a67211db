//! The system calls under linsock.
//!
//! The only crate that talks to the kernel: sockets ([`net`]), a place to wait for readiness
//! ([`poller`]), a ring ([`ring`]), and the operations ([`op`]), each in its epoll and its
//! io_uring form side by side. What these mean to a Windows program is the engine's business.

pub mod address;
pub mod buffers;
pub mod choice;
pub mod error_queue;
pub mod file;
pub mod leap;
pub mod memory;
pub mod net;
pub mod op;
pub mod poller;
pub mod ring;
pub mod thread;

pub use address::Address;
pub use buffers::Buffers;
pub use choice::Backend;
pub use linsock_abi::Errno;
