//! Control data: objects of a level, a type and a value, one behind the other.
//!
//! The kernel's `cmsghdr` and Windows' WSACMSGHDR are laid out alike on 64 bits: a length that
//! counts the header, two numbers, and the value at the next multiple of 8 (M-016). What the
//! numbers are, and what the values look like, differs; that is the engine's business.

/// Bytes of an object's header.
pub const HEADER_BYTES: usize = 16;

/// One object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object<'a> {
    /// The level.
    pub level: i32,
    /// The type.
    pub kind: i32,
    /// The value.
    pub value: &'a [u8],
}

impl Object<'_> {
    /// The value as a number: of four bytes, or of one.
    pub fn number(&self) -> Option<i32> {
        match *self.value {
            [byte] => Some(byte.into()),
            _ => self.value.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes)),
        }
    }
}

/// Where the header behind a value of `len` bytes begins.
pub fn space(len: usize) -> usize {
    (HEADER_BYTES + len).next_multiple_of(8)
}

/// Appends an object.
pub fn push(area: &mut Vec<u8>, level: i32, kind: i32, value: &[u8]) {
    let end = area.len() + space(value.len());
    area.extend_from_slice(&(HEADER_BYTES + value.len()).to_ne_bytes());
    area.extend_from_slice(&level.to_ne_bytes());
    area.extend_from_slice(&kind.to_ne_bytes());
    area.extend_from_slice(value);
    area.resize(end, 0);
}

/// The objects of an area; `None` stands for one whose length cannot be, and is the last.
pub fn objects(area: &[u8]) -> impl Iterator<Item = Option<Object<'_>>> {
    let mut rest = area;
    std::iter::from_fn(move || {
        let header: &[u8; HEADER_BYTES] = rest.first_chunk()?;
        let [len, numbers] = [&header[..8], &header[8..]];
        let len = len.first_chunk().map(|bytes| usize::from_ne_bytes(*bytes))?;
        let level = numbers.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes))?;
        let kind = numbers.last_chunk().map(|bytes| i32::from_ne_bytes(*bytes))?;
        let Some(value) = rest.get(HEADER_BYTES..len) else {
            rest = &[];
            return Some(None);
        };
        rest = rest.get(len.next_multiple_of(8)..).unwrap_or(&[]);
        Some(Some(Object { level, kind, value }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pushed_is_found_again() {
        let mut area = Vec::new();
        push(&mut area, 0, 8, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        push(&mut area, 41, 52, &64i32.to_ne_bytes());
        assert_eq!(area.len(), 32 + 24);
        let found: Vec<_> = objects(&area).flatten().collect();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].level, found[0].kind, found[0].value.len()), (0, 8, 12));
        assert_eq!(found[1].number(), Some(64));
    }

    #[test]
    fn a_length_that_cannot_be_ends_the_list() {
        for len in [0usize, 15, 25, usize::MAX] {
            let mut area = Vec::new();
            push(&mut area, 0, 8, &[0; 4]);
            area[..8].copy_from_slice(&len.to_ne_bytes());
            assert_eq!(objects(&area).collect::<Vec<_>>(), [None], "{len}");
        }
        assert_eq!(objects(&[0; 15]).count(), 0);
    }
}
