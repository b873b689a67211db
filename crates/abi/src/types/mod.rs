//! The records of Winsock and its neighbours, laid out and spelt as `windows-sys` 0.61 has them.

mod adapter;
mod address;
mod base;
mod file;
mod function;
mod kernel;
mod message;
mod name;
mod option;
mod overlapped;
mod process;
mod provider;
mod rio;
mod select;
mod synchronize;
mod system;

pub use adapter::*;
pub use address::*;
pub use base::*;
pub use file::*;
pub use function::*;
pub use kernel::*;
pub use message::*;
pub use name::*;
pub use option::*;
pub use overlapped::*;
pub use process::*;
pub use provider::*;
pub use rio::*;
pub use select::*;
pub use synchronize::*;
pub use system::*;

/// Gives records an all-zero `Default`, as programs that call `memset` expect.
macro_rules! zeroed_default {
    ($($name:ident),* $(,)?) => {
        $(impl Default for $name {
            fn default() -> $name {
                // SAFETY: every field is a number, a raw pointer, an optional function
                // pointer or a record of these: all of them may be zero.
                unsafe { core::mem::zeroed() }
            }
        })*
    };
}
use zeroed_default;

#[cfg(test)]
mod tests;
