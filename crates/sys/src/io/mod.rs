//! Overlapped results, cancelling and completion ports: kernel32's part.

mod cancel;
mod disk;
mod file;
mod port;
mod result;

pub use cancel::*;
pub use disk::*;
pub use file::*;
pub use port::*;
pub use result::*;
