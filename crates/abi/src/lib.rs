//! The shapes and numbers of Winsock's overlapped I/O: types, constants, GUIDs, the three
//! error number spaces and the one table between them. No I/O and no dependencies.
//!
//! Types and constants carry Microsoft's names to the letter, hence the allowed lints.
#![allow(non_camel_case_types, non_snake_case, non_upper_case_globals)]
// GUIDs are grouped as they are printed, and numbers as their documents write them.
#![allow(clippy::unusual_byte_groupings, clippy::upper_case_acronyms)]

pub mod catalogue;
pub mod consts;
pub mod error;
pub mod guid;
pub mod map;
pub mod types;

pub use consts::*;
pub use error::plain::*;
pub use error::{Errno, NtStatus, Win32Error, WsaError};
pub use guid::*;
pub use map::Call;
pub use types::*;
