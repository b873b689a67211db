//! backend
pub mod thread;
