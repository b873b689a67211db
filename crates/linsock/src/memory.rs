//! What an operation owns until it is over, so that the kernel may use it.

use crate::address::Native;
use crate::error::WsaError;
use crate::sys::Win32::Networking::WinSock::{TRANSMIT_FILE_BUFFERS, WSABUF};
use std::fs::File;
use std::sync::Arc;

/// The memory of one operation. It stays where it is while the operation goes on.
#[derive(Default)]
pub(crate) struct Memory {
    /// The one buffer that most operations have.
    pub buffer: Vec<u8>,
    /// Further ones.
    pub others: Vec<Vec<u8>>,
    pub more: More,
}

/// What some kinds of operations need besides.
#[derive(Default)]
pub(crate) enum More {
    #[default]
    Nothing,
    /// Where a datagram's sender is stored.
    From(Native),
    /// The file that is sent, which stays open, and where the blocks around it are.
    File { _file: Option<Arc<File>>, blocks: TRANSMIT_FILE_BUFFERS },
}

impl From<Vec<u8>> for Memory {
    fn from(buffer: Vec<u8>) -> Self {
        Memory { buffer, ..Memory::default() }
    }
}

impl Memory {
    /// The memory of an operation on several buffers.
    pub fn of_many(buffers: Vec<Vec<u8>>) -> Self {
        let mut buffers = buffers.into_iter();
        let buffer = buffers.next().unwrap_or_default();
        Memory { buffer, others: buffers.collect(), more: More::Nothing }
    }

    /// All buffers as Winsock takes them: the descriptions are copied by the call that they are
    /// given to (S-009), the bytes are not.
    ///
    /// # Errors
    /// WSAEINVAL: a length does not fit 32 bits, so that it cannot be asked for.
    pub fn descriptions(&mut self) -> Result<Descriptions, WsaError> {
        let first = describe(&mut self.buffer)?;
        if self.others.is_empty() {
            return Ok(Descriptions::One(first));
        }
        let others = self.others.iter_mut().map(describe);
        std::iter::once(Ok(first)).chain(others).collect::<Result<_, _>>().map(Descriptions::Many)
    }
}

/// Descriptions of buffers; nothing is allocated for one.
pub(crate) enum Descriptions {
    One(WSABUF),
    Many(Vec<WSABUF>),
}

impl std::ops::Deref for Descriptions {
    type Target = [WSABUF];

    fn deref(&self) -> &[WSABUF] {
        match self {
            Descriptions::One(one) => std::slice::from_ref(one),
            Descriptions::Many(many) => many,
        }
    }
}

fn describe(buffer: &mut Vec<u8>) -> Result<WSABUF, WsaError> {
    Ok(WSABUF { len: length(buffer)?, buf: buffer.as_mut_ptr() })
}

/// How long a buffer is, for calls that count in 32 bits.
pub(crate) fn length(buffer: &[u8]) -> Result<u32, WsaError> {
    u32::try_from(buffer.len()).map_err(|_| WsaError::WSAEINVAL)
}
