//! The IP helper functions: the machine's adapters, their addresses, names and numbers, and which one leads where.

mod adapter;
mod adapter_info;
mod adapters_addresses;
mod best_interface;
mod luid;
mod luid_wide;
mod network_params;
mod room;

pub use adapter_info::*;
pub use adapters_addresses::*;
pub use best_interface::*;
pub use luid::*;
pub use luid_wide::*;
pub use network_params::*;

use linsock_abi::{Call, Errno, NtStatus, Win32Error, WsaError};

/// The kernel's error in these functions' numbers.
fn error_of(errno: Errno) -> Win32Error {
    NtStatus::from_wsa(WsaError::from_errno(errno, Call::Other), Call::Other).to_win32()
}

#[cfg(test)]
mod tests;
