//! What programs ask of the system around sockets: its memory, messages, modules, and what it is.

mod calendar;
mod child;
mod command_line;
mod control;
mod conversion;
mod directory;
mod environment;
mod global;
mod heap;
mod heap_check;
mod info;
mod keyboard;
mod list;
mod mapping;
mod message;
mod module;
mod pages;
mod process;
mod random;
mod regions;
mod string;

pub use calendar::*;
pub use child::*;
pub use control::*;
pub use conversion::*;
pub use directory::*;
pub use environment::*;
pub use global::*;
pub use heap::*;
pub use heap_check::*;
pub use info::*;
pub use keyboard::*;
pub use list::*;
pub use mapping::*;
pub use message::*;
pub use module::*;
pub use pages::*;
pub use process::*;
pub use random::*;
pub use string::*;

#[cfg(test)]
mod tests;
