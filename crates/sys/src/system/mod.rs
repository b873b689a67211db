//! What programs ask of the system around sockets: its memory, messages, modules, and what it is.

mod heap;
mod info;
mod message;
mod module;
mod random;

pub use heap::*;
pub use info::*;
pub use message::*;
pub use module::*;
pub use random::*;

#[cfg(test)]
mod tests;
