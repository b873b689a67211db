//! Overlapped results, cancelling and completion ports: kernel32's part.

mod attributes;
mod cancel;
mod disk;
mod file;
mod folder;
mod naming;
pub(crate) mod path;
mod port;
mod result;
mod screen;
mod search;
mod size;
mod stream;
mod temporary;
#[cfg(test)]
mod tests;

pub use attributes::*;
pub use cancel::*;
pub use disk::*;
pub use file::*;
pub use folder::*;
pub use naming::*;
pub use path::{GetFullPathNameA, GetFullPathNameW, GetFullPathNameW_utf32};
pub use port::*;
pub use result::*;
pub use screen::*;
pub use search::*;
pub use size::*;
pub use stream::*;
pub use temporary::*;

use linsock_abi::{HANDLE, Win32Error};

/// The SOCKET that a handle stands for: itself, or what it is a duplicate of (F-006).
fn socket_of(handle: HANDLE) -> Result<usize, Win32Error> {
    linsock_engine::runtime::get().handles.socket(handle.addr())
}
