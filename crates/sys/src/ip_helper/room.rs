//! The caller's buffer that a whole answer goes into: records, and behind them what they point to.

use crate::winsock::text::Unit;
use linsock_abi::{IP_ADDR_STRING, IP_ADDRESS_STRING, SOCKET_ADDRESS, Win32Error};
use linsock_backend::address::Address;
use std::ptr;

/// Where a record may begin.
const ALIGNMENT: usize = 8;

/// A buffer that is being filled, or, to learn how long it has to be, none.
pub(super) struct Room {
    start: *mut u8,
    capacity: usize,
    used: usize,
}

/// Lays an answer into a caller's buffer.
///
/// # Errors
/// ERROR_INVALID_PARAMETER: no size; ERROR_BUFFER_OVERFLOW: too small a buffer, which stays as it was, and the size says
/// what it takes.
///
/// # Safety
/// NULL, or room for as many bytes as the size says.
pub(super) unsafe fn answer<T>(
    buffer: *mut T,
    size: *mut u32,
    lay: impl Fn(&mut Room),
) -> Result<(), Win32Error> {
    if size.is_null() {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let mut measured = Room { start: ptr::null_mut(), capacity: 0, used: 0 };
    lay(&mut measured);
    // SAFETY: not NULL, so by the crate's vocabulary a number.
    let given = unsafe { size.read_unaligned() } as usize;
    let capacity = if buffer.is_null() { 0 } else { given };
    if capacity < measured.used {
        // SAFETY: as above.
        unsafe { size.write_unaligned(measured.used as u32) };
        return Err(Win32Error::ERROR_BUFFER_OVERFLOW);
    }
    lay(&mut Room { start: buffer.cast(), capacity, used: 0 });
    Ok(())
}

impl Room {
    /// Sets room for records aside, which [`set`](Room::set) fills in; answers with where the first one is.
    pub fn reserve<T>(&mut self, count: usize) -> *mut T {
        let at = self.used.next_multiple_of(ALIGNMENT);
        self.used = at + count * size_of::<T>();
        self.start.wrapping_add(at).cast()
    }

    /// Fills a record in that room was set aside for.
    pub fn set<T: Copy>(&mut self, place: *mut T, record: T) {
        let end = place.addr() - self.start.addr() + size_of::<T>();
        if end <= self.capacity {
            // SAFETY: within the caller's buffer, which need not be aligned.
            unsafe { place.write_unaligned(record) };
        }
    }

    pub fn put<T: Copy>(&mut self, record: T) -> *mut T {
        let place = self.reserve(1);
        self.set(place, record);
        place
    }

    /// A list whose elements know the next one: where its first one is, NULL if it has none.
    pub fn list<T: Copy, I>(
        &mut self,
        items: impl IntoIterator<Item = I, IntoIter: DoubleEndedIterator>,
        mut element: impl FnMut(&mut Room, I, *mut T) -> T,
    ) -> *mut T {
        items.into_iter().rev().fold(ptr::null_mut(), |next, item| {
            let element = element(self, item, next);
            self.put(element)
        })
    }

    /// A text and its zero.
    pub fn text<U: Unit>(&mut self, text: &str) -> *mut U {
        let units = U::encode(text);
        let start = self.reserve::<U>(units.len() + 1);
        for (at, unit) in units.into_iter().chain([U::default()]).enumerate() {
            self.set(start.wrapping_add(at), unit);
        }
        start
    }

    pub fn address(&mut self, address: &Address) -> SOCKET_ADDRESS {
        let (bytes, length) = address.windows_bytes();
        let start = self.reserve::<u8>(length);
        for (at, byte) in bytes[..length].iter().enumerate() {
            self.set(start.wrapping_add(at), *byte);
        }
        SOCKET_ADDRESS { lpSockaddr: start.cast(), iSockaddrLength: length as i32 }
    }

    /// IPv4 addresses with their masks, in text: the first one in the record, the others behind it.
    pub fn address_strings(&mut self, entries: &[(String, String)]) -> IP_ADDR_STRING {
        let element = |(address, mask): &(String, String), next| IP_ADDR_STRING {
            Next: next,
            IpAddress: IP_ADDRESS_STRING { String: fixed(address) },
            IpMask: IP_ADDRESS_STRING { String: fixed(mask) },
            Context: 0,
        };
        let Some((first, others)) = entries.split_first() else { return IP_ADDR_STRING::default() };
        let next = self.list(others, |_, entry, next| element(entry, next));
        element(first, next)
    }
}

/// A text in a field of fixed length, cut off where it is longer, with a zero behind it.
pub(super) fn fixed<const LENGTH: usize>(text: &str) -> [i8; LENGTH] {
    let mut field = [0; LENGTH];
    let room = &mut field[..LENGTH - 1];
    room.iter_mut().zip(text.bytes()).for_each(|(unit, byte)| *unit = byte as i8);
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list of three numbers, and a text.
    fn lay(room: &mut Room) {
        let head = room.reserve::<[usize; 2]>(1);
        let text = room.text::<u16>("abc");
        let first =
            room.list([5usize, 6], |_, number, next: *mut [usize; 2]| [number, next.addr()]);
        room.set(head, [text.addr(), first.addr()]);
    }

    #[test]
    fn a_buffer_that_is_too_small_stays_as_it_was() {
        let needed = 16 + 8 + 32;
        let mut buffer = [0xAAu8; 64];
        for given in [0, needed - 1] {
            let mut size = given;
            // SAFETY: room for so many bytes.
            let answered = unsafe { answer(buffer.as_mut_ptr(), &raw mut size, lay) };
            assert_eq!((answered, size), (Err(Win32Error::ERROR_BUFFER_OVERFLOW), needed));
            assert_eq!(buffer, [0xAA; 64]);
        }
        let mut size = needed;
        // SAFETY: nothing is written.
        let answered = unsafe { answer(ptr::null_mut::<u8>(), &raw mut size, lay) };
        assert_eq!(answered, Err(Win32Error::ERROR_BUFFER_OVERFLOW));
        // SAFETY: nothing is written.
        let answered = unsafe { answer(buffer.as_mut_ptr(), ptr::null_mut(), lay) };
        assert_eq!(answered, Err(Win32Error::ERROR_INVALID_PARAMETER));
    }

    #[test]
    fn what_records_point_to_is_in_the_buffer() {
        // Begins where no record of its own accord would.
        let mut buffer = [0u64; 9];
        let start = buffer.as_mut_ptr().cast::<u8>().wrapping_add(2);
        let mut size = 16 + 8 + 32;
        // SAFETY: room for so many bytes, of which the records are read.
        unsafe {
            assert_eq!(answer(start, &raw mut size, lay), Ok(()));
            let word = |at: usize| start.add(at).cast::<usize>().read_unaligned();
            let (text, first) = (word(0) - start.addr(), word(8) - start.addr());
            assert_eq!(start.add(text).cast::<[u16; 4]>().read_unaligned(), [97, 98, 99, 0]);
            assert_eq!(word(first), 5);
            let second = word(first + 8) - start.addr();
            assert_eq!((word(second), word(second + 8)), (6, 0));
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_off() {
        assert_eq!(fixed::<4>("ab"), [97, 98, 0, 0]);
        assert_eq!(fixed::<4>("abcdef"), [97, 98, 99, 0]);
    }
}
