//! A line under construction, without a heap: functions of heaps are traced too.

use std::fmt;

const BYTES_MAX: usize = 1024;
/// Room that is kept for the end of a line that was cut, and the line feed.
const END: usize = 4;

pub struct Line {
    bytes: [u8; BYTES_MAX],
    len: usize,
    cut: bool,
}

impl Default for Line {
    fn default() -> Line {
        Line { bytes: [0; BYTES_MAX], len: 0, cut: false }
    }
}

impl Line {
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Adds bytes, as far as there is room.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = BYTES_MAX - END - self.len;
        self.cut |= bytes.len() > room;
        let bytes = &bytes[..bytes.len().min(room)];
        self.bytes[self.len..][..bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }

    /// Ends the line; nothing can be added any more.
    pub fn finish(&mut self) {
        let end: &[u8] = if self.cut { b"...\n" } else { b"\n" };
        self.bytes[self.len..][..end.len()].copy_from_slice(end);
        self.len += end.len();
    }
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    #[test]
    fn what_has_no_room_is_cut_and_said_to_be() {
        let mut line = Line::default();
        for _ in 0..BYTES_MAX {
            assert!(line.write_str("abc").is_ok());
        }
        line.finish();
        assert_eq!(line.as_bytes().len(), BYTES_MAX);
        assert!(line.as_bytes().ends_with(b"...\n"));
        let mut short = Line::default();
        assert!(write!(short, "{}", 7).is_ok());
        short.finish();
        assert_eq!(short.as_bytes(), b"7\n");
    }
}
