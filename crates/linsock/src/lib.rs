//! Winsock's overlapped I/O in safe Rust: ConnectEx, completion ports and their family.
//!
//! The same source runs on Windows over `windows-sys` and on Linux over `linsock-sys`, because
//! it is written against windows-sys' names alone.
//!
//! ```
//! use linsock::{CompletionPort, Notify, Socket};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! let port = CompletionPort::new(0)?;
//! let socket = Socket::for_address(&listener.local_addr()?)?;
//! socket.bind_any()?;
//! port.associate(&socket, 7)?;
//! let connecting = socket.connect_ex(listener.local_addr()?, b"hello".to_vec(), Notify::Port)?;
//! let packet = port.get(None)?.expect("no time limit was given");
//! assert!(packet.is_of(&connecting));
//! assert_eq!(packet.result, Ok(5));
//! socket.update_connect_context()?;
//! # Ok(())
//! # }
//! ```
//!
//! # What there is
//! | to | by | the function below |
//! |---|---|---|
//! | connect, with first data | [`Socket::connect_ex`] | ConnectEx |
//! | accept, with first data and addresses | [`Socket::accept_ex`] | AcceptEx |
//! | send, receive, into several buffers too | [`Socket::send`], [`Socket::recv`] | WSASend, WSARecv |
//! | send and receive datagrams | [`Socket::send_to`], [`Socket::recv_from`] | WSASendTo, WSARecvFrom |
//! | send a file, with what goes around it | [`Socket::transmit_file`] | TransmitFile |
//! | disconnect, and use the socket again | [`Socket::disconnect_ex`] | DisconnectEx |
//! | be told by a packet | [`CompletionPort`], [`Notify::Port`] | GetQueuedCompletionStatus |
//! | be told by an event | [`Operation::wait`], [`Notify::Event`] | WSAWaitForMultipleEvents |
//! | be told by a closure | [`Operation::then`], [`Notify::Routine`] | SleepEx and other alertable waits |
//! | be told of the time | [`CompletionPort::timer`] | PostQueuedCompletionStatus |
//!
//! # Why no safe call leaves the kernel writing into freed memory
//! An [`Operation`] keeps its OVERLAPPED, its buffers and its file in one heap record that the
//! caller cannot reach before the operation is over. With [`Notify::Port`] and [`Notify::Routine`] a
//! reference to the record travels with the operation itself and comes back with its packet or its
//! routine, so that neither dropping nor forgetting the `Operation` frees it early; what never comes
//! back, as the routine of a thread that has ended, is leaked. With [`Notify::Event`] dropping
//! cancels and waits; forgetting leaks.

mod accept;
mod address;
mod alertable;
mod completion;
mod connection;
mod datagram;
#[cfg(not(windows))]
pub mod diagnostics;
mod error;
mod event;
mod extension;
mod memory;
mod operation;
mod option;
mod port;
mod record;
mod resolve;
mod socket;
mod startup;
mod time;
mod timer;
mod transfer;
mod transmit;

#[cfg(windows)]
use windows_sys as sys;

#[cfg(not(windows))]
use linsock_sys as sys;

pub use accept::{Accepted, Accepting};
pub use alertable::sleep_alertable;
pub use completion::Completion;
pub use error::{Call, Errno, NtStatus, Win32Error, WsaError};
pub use event::{Event, Waited};
pub use operation::{JoinError, Notify, Operation, OperationId};
pub use port::{CompletionPort, Packet};
pub use resolve::resolve;
pub use socket::{Shutdown, Socket};
pub use startup::startup;
pub use timer::Timer;
pub use transmit::Transmission;
