//! A message as it grows, and where its lines end.

use std::ops::Range;

use crate::winsock::text::Unit;

/// What becomes of line ends in a message's text, and whether lines are ended that are too long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    /// The low byte of the flags is 0: lines end where the text says.
    AsWritten,
    /// FORMAT_MESSAGE_MAX_WIDTH_MASK: nowhere but at `%n`.
    Endless,
    /// At `%n`, and before so many characters are passed.
    Columns(usize),
}

/// The message so far.
pub struct Lines<U> {
    units: Vec<U>,
    width: Width,
    /// Where the last line begins.
    line: usize,
    /// The last white space of that line, where it may be ended.
    space: Option<Range<usize>>,
}

impl<U: Unit> Lines<U> {
    pub fn new(width: Width) -> Lines<U> {
        Lines { units: Vec::new(), width, line: 0, space: None }
    }

    fn push_text(&mut self, text: &str) {
        self.units.extend(U::encode(text));
    }

    /// Whether the last line has as many characters as it may have, and more.
    fn is_full(&self, more: usize) -> bool {
        matches!(self.width, Width::Columns(most) if self.units.len() - self.line >= most + more)
    }

    /// Ends the last line at its last white space. A word is not cut, however long it is.
    fn wrap(&mut self) {
        if let Some(space) = self.space.take() {
            self.line = space.start + 2;
            self.units.splice(space, U::encode("\r\n"));
        }
    }

    /// A character of the text, at whose white space a line may end.
    pub fn unit(&mut self, unit: U) {
        if self.is_full(0) {
            self.wrap();
        }
        let at = self.units.len();
        self.units.push(unit);
        if unit.code() == b' '.into() || unit.code() == b'\t'.into() {
            let start =
                self.space.as_ref().filter(|space| space.end == at).map_or(at, |space| space.start);
            self.space = Some(start..at + 1);
        }
    }

    /// What is put in as it is: no line ends within.
    pub fn whole(&mut self, units: &[U]) {
        if self.is_full(0) {
            self.wrap();
        }
        self.units.extend(units);
    }

    /// A line's end in the text.
    pub fn line_end(&mut self) {
        match self.width {
            Width::AsWritten => self.push_text("\r\n"),
            Width::Endless | Width::Columns(_) => self.unit(U::from_code(b' '.into())),
        }
    }

    /// `%n` and `%r`.
    pub fn hard_end(&mut self, end: &str) {
        if self.is_full(1) {
            self.wrap();
        }
        self.push_text(end);
        (self.line, self.space) = (self.units.len(), None);
    }

    pub fn finish(mut self) -> Vec<U> {
        if self.is_full(1) {
            self.wrap();
        }
        self.units
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(width: usize, text: &str) -> String {
        let mut lines = Lines::<u8>::new(Width::Columns(width));
        text.bytes().for_each(|byte| lines.unit(byte));
        String::from_utf8(lines.finish()).expect("it was text before")
    }

    #[test]
    fn lines_end_at_white_space_and_words_stay_whole() {
        for (width, text, expected) in [
            (10, "one two three four five six", "one two\r\nthree\r\nfour five\r\nsix"),
            (9, "1234567 8", "1234567 8"),
            (8, "1234567 8", "1234567\r\n8"),
            (7, "1234567 8", "1234567\r\n8"),
            (4, "longer than that", "longer\r\nthan\r\nthat"),
            (1, "a b c", "a\r\nb\r\nc"),
            (5, "aa  bb   cc", "aa\r\nbb\r\ncc"),
        ] {
            assert_eq!(wrapped(width, text), expected, "{width}");
        }
    }
}
