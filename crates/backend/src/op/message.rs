//! Elements of a transmission, gathered into one message.

use super::transmit::{Data, Element};
use crate::buffers::Buffers;
use crate::memory;
use linsock_abi::Errno;
use std::collections::VecDeque;

/// More than any transport takes as one message. Files are not read beyond it, only to be told so.
const BYTES_MAX: usize = 16 << 20;
/// Ranges of one system call (the kernel's IOV_MAX). A message of more elements is copied.
const RANGES_MAX: usize = 1024;

/// A message that waits to be sent.
#[derive(Debug)]
pub(super) struct Message {
    data: Buffers,
    /// What came from files.
    _blocks: Vec<Vec<u8>>,
}

impl Message {
    pub(super) fn data(&self) -> &Buffers {
        &self.data
    }
}

/// Takes the next message off the elements: up to one that ends it, or `bytes_max` bytes. `None`:
/// no elements are left.
///
/// # Errors
/// EMSGSIZE: longer than any transport could take it; how reading a file failed.
pub(super) fn gather(
    elements: &mut VecDeque<Element>,
    bytes_max: usize,
) -> Result<Option<Message>, Errno> {
    let mut ranges = Vec::new();
    let mut blocks = Vec::new();
    let mut len = 0;
    let mut any = false;
    while let Some(mut element) = elements.pop_front() {
        let room = bytes_max.min(BYTES_MAX + 1) - len;
        let (address, count) = match &mut element.data {
            Data::Memory(data) => {
                let (address, count) = data.first();
                let count = count.min(room);
                data.advance(count);
                (address, count)
            }
            Data::File(part) => {
                let block = part.take(room)?;
                let range = (block.as_ptr() as usize, block.len());
                blocks.push(block);
                range
            }
        };
        len += count;
        any |= count > 0 || element.ends;
        if len > BYTES_MAX {
            return Err(Errno(libc::EMSGSIZE));
        }
        ranges.push((address, count));
        let ended = element.ends && element.is_empty();
        if !element.is_empty() {
            elements.push_front(element);
        }
        if ended || len == bytes_max {
            break;
        }
    }
    if !any {
        return Ok(None);
    }
    let data = if ranges.len() > RANGES_MAX {
        let mut copy = Vec::with_capacity(len);
        for (address, count) in ranges {
            copy.extend(memory::copy_in(address, count)?);
        }
        Buffers::captured(copy)
    } else {
        Buffers::many(ranges.into_iter())
    };
    Ok(Some(Message { data, _blocks: blocks }))
}
