//! Winsock's overlapped-I/O functions for Linux, as C calls them.
// Functions and parameters carry Microsoft's names.
#![allow(non_snake_case)]
pub mod last_error;
pub mod threading;
