//! Winsock's overlapped-I/O functions for Linux, as C calls them.
//!
//! # Safety of every function here
//! A pointer is NULL where the function allows it, or points to memory of its type that stays
//! valid during the call; strings end with a zero. Handles and sockets may be any number.

// Each function says only where it differs from the vocabulary above.
#![allow(clippy::missing_safety_doc)]
// Functions and parameters carry Microsoft's names.
#![allow(non_snake_case)]

// `#[api]` stands at every function that C calls.
#[macro_use]
extern crate linsock_macros;

pub mod diagnostics;
pub mod extensions;
pub mod io;
pub mod ip_helper;
pub mod last_error;
mod memory;
mod shape;
pub mod system;
pub mod threading;
mod trace;
pub mod winsock;

#[path = "win32.rs"]
pub mod Win32;
