//! Overlapped results, cancelling and completion ports: kernel32's part.

mod cancel;
mod disk;
mod file;
mod port;
mod result;
mod screen;
mod size;
mod stream;

pub use cancel::*;
pub use disk::*;
pub use file::*;
pub use port::*;
pub use result::*;
pub use screen::*;
pub use size::*;
pub use stream::*;

use linsock_abi::{HANDLE, Win32Error};

/// The SOCKET that a handle stands for: itself, or what it is a duplicate of (F-006).
fn socket_of(handle: HANDLE) -> Result<usize, Win32Error> {
    linsock_engine::runtime::get().handles.socket(handle.addr())
}
