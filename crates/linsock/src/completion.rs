//! What became of an operation.

use crate::error::WsaError;
use crate::memory::{Memory, More};
use std::net::SocketAddr;

/// What became of an operation.
#[derive(Debug)]
pub struct Completion {
    /// The bytes transferred, or why the operation failed.
    pub result: Result<u32, WsaError>,
    /// The operation's buffer, as long as it was given; the first one of several.
    pub buffer: Vec<u8>,
    /// The further buffers of an operation that had several, as they were given.
    pub others: Vec<Vec<u8>>,
    /// Where a datagram came from, after a receive that asked.
    pub from: Option<SocketAddr>,
}

impl Completion {
    pub(crate) fn new(result: Result<u32, WsaError>, memory: Memory) -> Self {
        let from = match memory.more {
            More::From(address) => address.to_std(),
            More::Nothing | More::File { .. } => None,
        };
        Completion { result, buffer: memory.buffer, others: memory.others, from }
    }

    /// The part of the (first) buffer that was transferred; nothing of a failed operation.
    pub fn transferred(&self) -> &[u8] {
        let bytes = self.result.map_or(0, |bytes| bytes as usize);
        &self.buffer[..bytes.min(self.buffer.len())]
    }
}
