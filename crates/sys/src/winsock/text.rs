//! Text as callers hand it in and take it: bytes, UTF-16, and UTF-32 where wchar_t has 32 bits.

use linsock_abi::WsaError;

/// One unit of a caller's text.
pub(crate) trait Unit: Copy + Default + PartialEq + 'static {
    /// The text these units spell; `None` where they spell none.
    fn decode(units: &[Self]) -> Option<String>;
    /// The units that spell `text`, without a terminating zero.
    fn encode(text: &str) -> Vec<Self>;
    /// The unit of a number, of which only so many bits are looked at.
    fn from_code(code: u32) -> Self;
    /// The number of a unit.
    fn code(self) -> u32;
}

impl Unit for u8 {
    fn decode(units: &[u8]) -> Option<String> {
        String::from_utf8(units.to_vec()).ok()
    }

    fn encode(text: &str) -> Vec<u8> {
        text.as_bytes().to_vec()
    }

    fn from_code(code: u32) -> u8 {
        code as u8
    }

    fn code(self) -> u32 {
        u32::from(self)
    }
}

impl Unit for u16 {
    fn decode(units: &[u16]) -> Option<String> {
        String::from_utf16(units).ok()
    }

    fn encode(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    fn from_code(code: u32) -> u16 {
        code as u16
    }

    fn code(self) -> u32 {
        u32::from(self)
    }
}

impl Unit for u32 {
    fn decode(units: &[u32]) -> Option<String> {
        units.iter().map(|&code| char::from_u32(code)).collect()
    }

    fn encode(text: &str) -> Vec<u32> {
        text.chars().map(u32::from).collect()
    }

    fn from_code(code: u32) -> u32 {
        code
    }

    fn code(self) -> u32 {
        self
    }
}

/// The text at `start`: WSAEFAULT for NULL, WSAEINVAL for units that spell nothing.
///
/// # Safety
/// NULL, or units that end with a zero.
pub(super) unsafe fn read<U: Unit>(start: *const U) -> Result<String, WsaError> {
    // SAFETY: as this function's own.
    unsafe { read_optional(start) }?.ok_or(WsaError::WSAEFAULT)
}

/// The text at `start`, or `None` for NULL.
///
/// # Safety
/// NULL, or units that end with a zero.
pub(super) unsafe fn read_optional<U: Unit>(start: *const U) -> Result<Option<String>, WsaError> {
    if start.is_null() {
        return Ok(None);
    }
    let mut len = 0;
    // SAFETY: the units end with a zero, and the loop goes no further.
    while unsafe { *start.add(len) } != U::default() {
        len += 1;
    }
    // SAFETY: `len` units were just read.
    let units = unsafe { std::slice::from_raw_parts(start, len) };
    U::decode(units).map(Some).ok_or(WsaError::WSAEINVAL)
}

/// Writes `text` and a zero to `start`; where `capacity` units do not hold them, writes nothing
/// and answers with the number that would.
///
/// # Safety
/// `start` has room for `capacity` units.
pub(crate) unsafe fn write<U: Unit>(
    text: &str,
    start: *mut U,
    capacity: usize,
) -> Result<(), usize> {
    let mut units = U::encode(text);
    units.push(U::default());
    if units.len() > capacity {
        return Err(units.len());
    }
    // SAFETY: there is room, and a fresh vector does not overlap it.
    unsafe { std::ptr::copy_nonoverlapping(units.as_ptr(), start, units.len()) };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<U: Unit>(text: &str) {
        let mut units = U::encode(text);
        units.push(U::default());
        // SAFETY: the units end with a zero.
        assert_eq!(unsafe { read(units.as_ptr()) }.as_deref(), Ok(text));
        let mut room = vec![U::default(); units.len()];
        // SAFETY: the room is as long as said.
        unsafe {
            assert_eq!(write(text, room.as_mut_ptr(), room.len() - 1), Err(room.len()));
            assert!(room.iter().all(|unit| *unit == U::default()));
            assert_eq!(write(text, room.as_mut_ptr(), room.len()), Ok(()));
        }
        assert!(room == units);
    }

    #[test]
    fn every_width_reads_what_it_writes() {
        for text in ["", "host", "bücher.example", "\u{1F980}"] {
            round_trip::<u8>(text);
            round_trip::<u16>(text);
            round_trip::<u32>(text);
        }
    }

    #[test]
    fn units_that_spell_nothing_are_invalid() {
        // SAFETY: each array ends with a zero.
        unsafe {
            assert_eq!(read([0xFF_u8, 0].as_ptr()), Err(WsaError::WSAEINVAL));
            assert_eq!(read([0xD800_u16, 0].as_ptr()), Err(WsaError::WSAEINVAL));
            assert_eq!(read([0x11_0000_u32, 0].as_ptr()), Err(WsaError::WSAEINVAL));
            assert_eq!(read(std::ptr::null::<u16>()), Err(WsaError::WSAEFAULT));
        }
    }
}
