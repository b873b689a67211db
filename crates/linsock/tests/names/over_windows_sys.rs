//! Check that this crate's source compiles over the real windows-sys, as it does on Windows.
//!
//! Built as a library, because what windows-sys declares cannot be linked here.
#![allow(dead_code, unused_imports)]

use windows_sys as sys;

#[path = "../../src/accept.rs"]
mod accept;
#[path = "../../src/address.rs"]
mod address;
#[path = "../../src/alertable.rs"]
mod alertable;
#[path = "../../src/completion.rs"]
mod completion;
#[path = "../../src/connection.rs"]
mod connection;
#[path = "../../src/datagram.rs"]
mod datagram;
#[path = "../../src/error.rs"]
mod error;
#[path = "../../src/event.rs"]
mod event;
#[path = "../../src/extension.rs"]
mod extension;
#[path = "../../src/memory.rs"]
mod memory;
#[path = "../../src/operation.rs"]
mod operation;
#[path = "../../src/option.rs"]
mod option;
#[path = "../../src/port.rs"]
mod port;
#[path = "../../src/record.rs"]
mod record;
#[path = "../../src/resolve.rs"]
mod resolve;
#[path = "../../src/socket.rs"]
mod socket;
#[path = "../../src/startup.rs"]
mod startup;
#[path = "../../src/time.rs"]
mod time;
#[path = "../../src/timer.rs"]
mod timer;
#[path = "../../src/transfer.rs"]
mod transfer;
#[path = "../../src/transmit.rs"]
mod transmit;
