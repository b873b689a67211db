//! Constants, spelt, typed and valued as `windows-sys` 0.61 has them, one file a subject.
//!
//! The error numbers are not here but in [`crate::error`], which also has them as plain numbers.

mod adapter;
mod address;
mod cryptography;
mod event;
mod io;
mod ioctl;
mod kernel;
mod name;
mod option_protocol;
mod option_socket;
mod process;
mod provider;
mod rio;
mod socket;
mod thread;
mod transmit;

pub use adapter::*;
pub use address::*;
pub use cryptography::*;
pub use event::*;
pub use io::*;
pub use ioctl::*;
pub use kernel::*;
pub use name::*;
pub use option_protocol::*;
pub use option_socket::*;
pub use process::*;
pub use provider::*;
pub use rio::*;
pub use socket::*;
pub use thread::*;
pub use transmit::*;

#[cfg(test)]
mod tests;
