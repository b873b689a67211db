//! Winsock's functions.
//!
//! # Safety of every function here
//! A pointer is NULL where the function answers for it, or points to memory of its type and of
//! the length given beside it that stays valid during the call; strings end with a zero.

pub mod accept;
pub mod address;
mod address_info;
pub mod address_string;
pub mod byte_order;
pub mod connect_by;
pub mod connection;
pub mod database;
mod database_file;
pub mod datagram;
mod endpoint;
pub mod extension;
pub mod ioctl;
pub mod message;
pub mod name_service;
pub mod name_service_wide;
pub mod network_events;
pub mod option;
pub mod protocol;
mod record;
pub(crate) mod resolver;
pub mod select;
pub mod socket;
pub mod startup;
pub(crate) mod text;
pub mod transfer;
pub mod transmit;

use linsock_abi::{SOCKET_ERROR, WsaError};

/// Sets the last error to a Winsock number.
fn set_last_error(error: WsaError) {
    crate::last_error::set(error.0 as u32);
}

/// The result of a function that answers with 0, or SOCKET_ERROR and the last error.
fn returned(result: Result<(), WsaError>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(error) => {
            set_last_error(error);
            SOCKET_ERROR
        }
    }
}

/// Winsock's functions need a WSAStartup (W-001).
fn started() -> Result<(), WsaError> {
    linsock_engine::startup::check()
}

#[cfg(test)]
mod test_support {
    /// What a program does first (W-001).
    pub fn start() {
        assert_eq!(linsock_engine::startup::begin(), Ok(()));
    }
}
