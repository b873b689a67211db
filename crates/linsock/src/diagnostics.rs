//! What serves this process on Linux, and why.

pub use linsock_sys::diagnostics::{backend, uring_refusal};
