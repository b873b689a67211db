//! The list of memory ranges of one transfer.

use std::ptr::NonNull;

/// The kernel's IOV_MAX.
const RANGES_PER_CALL_MAX: usize = 1024;

/// Ranges that belong to the caller until the operation completes, or a block that the operation
/// owns itself, with what was already transferred taken off the front.
#[derive(Debug)]
pub struct Buffers(List);

// Every pending transfer holds one. In two steps, because a block that is not there tells the
// variants apart, which then needs no room.
#[derive(Debug)]
enum List {
    Captured { _block: Block, rest: libc::iovec },
    Lent(Lent),
}

#[derive(Debug)]
enum Lent {
    One(libc::iovec),
    Many { all: Box<[libc::iovec]>, next: usize },
}

/// Captured data. Not a `Box`, which nothing else may point into.
#[derive(Debug)]
struct Block(NonNull<[u8]>);

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: it was a box before it became this.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

// SAFETY: the ranges are plain numbers here; whoever made the operation vouches that they
// may be used from any thread until it completes (O-009, S-009). A block is owned.
unsafe impl Send for Buffers {}
// SAFETY: as above; shared access only reads the list.
unsafe impl Sync for Buffers {}

impl Buffers {
    /// One range.
    pub fn one(address: usize, len: usize) -> Self {
        let iov = libc::iovec { iov_base: address as *mut libc::c_void, iov_len: len };
        Buffers(List::Lent(Lent::One(iov)))
    }

    /// Several ranges, in order.
    pub fn many(ranges: impl ExactSizeIterator<Item = (usize, usize)>) -> Self {
        let mut ranges = ranges;
        if ranges.len() == 1
            && let Some((address, len)) = ranges.next()
        {
            return Buffers::one(address, len);
        }
        let all = ranges
            .map(|(address, len)| libc::iovec {
                iov_base: address as *mut libc::c_void,
                iov_len: len,
            })
            .collect();
        Buffers(List::Lent(Lent::Many { all, next: 0 }))
    }

    /// Data that the operation itself keeps.
    pub fn captured(data: Vec<u8>) -> Self {
        let block = NonNull::from(Box::leak(data.into_boxed_slice()));
        let rest = libc::iovec { iov_base: block.as_ptr().cast(), iov_len: block.len() };
        Buffers(List::Captured { _block: Block(block), rest })
    }

    /// What one system call takes of the rest.
    pub(crate) fn as_slice(&self) -> &[libc::iovec] {
        let rest = self.rest();
        &rest[..rest.len().min(RANGES_PER_CALL_MAX)]
    }

    /// Where the first range begins and how long it is.
    pub fn first(&self) -> (usize, usize) {
        self.rest().first().map_or((0, 0), |iov| (iov.iov_base as usize, iov.iov_len))
    }

    /// Bytes left.
    #[inline]
    pub fn len(&self) -> usize {
        match self.rest() {
            [one] => one.iov_len,
            all => all.iter().map(|iov| iov.iov_len).sum(),
        }
    }

    fn rest(&self) -> &[libc::iovec] {
        match &self.0 {
            List::Captured { rest: iov, .. } | List::Lent(Lent::One(iov)) => {
                std::slice::from_ref(iov)
            }
            List::Lent(Lent::Many { all, next }) => &all[*next..],
        }
    }

    /// Whether nothing is left.
    #[inline]
    pub fn is_empty(&self) -> bool {
        match self.rest() {
            [one] => one.iov_len == 0,
            all => all.iter().all(|iov| iov.iov_len == 0),
        }
    }

    /// Takes `n` transferred bytes off the front.
    pub fn advance(&mut self, mut n: usize) {
        let step = |iov: &mut libc::iovec, n: usize| {
            iov.iov_base = iov.iov_base.wrapping_byte_add(n);
            iov.iov_len -= n;
        };
        match &mut self.0 {
            List::Captured { rest: iov, .. } | List::Lent(Lent::One(iov)) => {
                step(iov, n.min(iov.iov_len));
            }
            List::Lent(Lent::Many { all, next }) => {
                while *next < all.len() && n >= all[*next].iov_len {
                    n -= all[*next].iov_len;
                    *next += 1;
                }
                if n > 0 && *next < all.len() {
                    step(&mut all[*next], n);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advancing_crosses_ranges() {
        let mut buffers = Buffers::many([(100, 4), (200, 0), (300, 6)].into_iter());
        assert_eq!(buffers.len(), 10);
        buffers.advance(5);
        assert_eq!(buffers.len(), 5);
        assert_eq!(buffers.as_slice()[0].iov_base as usize, 301);
        buffers.advance(5);
        assert!(buffers.is_empty());
    }

    #[test]
    fn captured_data_stays_where_it_is() {
        let buffers = Buffers::captured(vec![1, 2, 3]);
        let mut moved = buffers;
        assert_eq!(moved.len(), 3);
        // SAFETY: the buffer owns three readable bytes.
        let bytes =
            unsafe { std::slice::from_raw_parts(moved.as_slice()[0].iov_base as *const u8, 3) };
        assert_eq!(bytes, [1, 2, 3]);
        // All of it is freed nevertheless.
        moved.advance(2);
        assert_eq!(moved.len(), 1);
    }
}
