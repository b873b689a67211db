//! The system calls under linsock.
//!
//! The only crate that talks to the kernel: sockets ([`net`]), a place to wait for readiness
//! ([`poller`]), a ring ([`ring`]), and the operations ([`op`]), each in its epoll and its
//! io_uring form side by side. What these mean to a Windows program is the engine's business.

/// Fails here with an errno if a test wants it; nothing at all in the library as it is shipped.
macro_rules! fault {
    ($call:ident) => {
        #[cfg(linsock_fault)]
        crate::fault::at(crate::fault::Call::$call)?;
    };
}

pub mod address;
pub mod buffers;
pub mod choice;
pub mod console;
pub mod control;
pub mod envelope;
pub mod error_queue;
#[cfg(linsock_fault)]
pub mod fault;
pub mod file;
pub mod folder;
pub mod futex;
pub mod group;
pub mod handover;
pub mod inode;
pub mod interface;
pub mod interrupt;
pub mod leap;
pub mod link;
pub mod mapping;
pub mod memory;
pub mod name_servers;
pub mod net;
pub mod netlink;
pub mod op;
pub mod pages;
pub mod peek;
pub mod poller;
pub mod process;
pub mod report;
pub mod ring;
pub mod route;
mod rtnetlink;
pub mod tcp_info;
pub mod thread;
pub mod trace_file;

pub use address::Address;
pub use buffers::Buffers;
pub use choice::Backend;
pub use linsock_abi::Errno;
