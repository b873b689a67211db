//! What stands between an insert's exclamation marks: printf's conversions, but for floating point.

use std::any::Any;

use linsock_abi::Win32Error;

use crate::winsock::text::Unit;

/// The most that a width or a precision may be: as much as Windows' longest message.
const SIZE_MAX: usize = 0xFFFF;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Size {
    Number(usize),
    /// An argument of its own.
    Star,
}

/// How long a number is, or of which characters a text.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Length {
    /// A number of 32 bits, characters as the message's own.
    Plain,
    /// `h`: 16 bits, narrow characters.
    Short,
    /// `l`, `w`: 32 bits, wide characters.
    Long,
    /// `ll`, `I64`, and `I` on a system of 64 bits.
    Double,
}

/// One conversion.
#[derive(Debug, PartialEq)]
pub struct Conversion {
    left: bool,
    sign: Option<char>,
    zeroes: bool,
    prefix: bool,
    width: Option<Size>,
    precision: Option<Size>,
    length: Length,
    kind: char,
}

impl Conversion {
    /// `s`, which is meant where nothing is said.
    pub fn text() -> Conversion {
        Conversion {
            left: false,
            sign: None,
            zeroes: false,
            prefix: false,
            width: None,
            precision: None,
            length: Length::Plain,
            kind: 's',
        }
    }

    /// Reads what stands between the marks.
    pub fn read(text: &str) -> Option<Conversion> {
        let mut it = Conversion::text();
        let mut rest = text;
        while let Some(flag) = rest.chars().next().filter(|c| "-+ 0#".contains(*c)) {
            match flag {
                '-' => it.left = true,
                '+' => it.sign = Some('+'),
                ' ' => it.sign = it.sign.or(Some(' ')),
                '0' => it.zeroes = true,
                _ => it.prefix = true,
            }
            rest = &rest[1..];
        }
        (it.width, rest) = size(rest)?;
        if let Some(after) = rest.strip_prefix('.') {
            let (precision, after) = size(after)?;
            it.precision = precision.or(Some(Size::Number(0)));
            rest = after;
        }
        const LENGTHS: [(&str, Length); 7] = [
            ("I64", Length::Double),
            ("I32", Length::Plain),
            ("I", Length::Double),
            ("ll", Length::Double),
            ("l", Length::Long),
            ("w", Length::Long),
            ("h", Length::Short),
        ];
        let length =
            LENGTHS.iter().find_map(|(name, length)| Some((*length, rest.strip_prefix(name)?)));
        (it.length, rest) = length.unwrap_or((Length::Plain, rest));
        let mut kinds = rest.chars();
        it.kind = kinds.next().filter(|kind| "diuxXopscSC".contains(*kind))?;
        kinds.next().is_none().then_some(it)
    }

    /// How many arguments it takes beside its own.
    pub fn stars(&self) -> usize {
        [self.width, self.precision].iter().filter(|size| **size == Some(Size::Star)).count()
    }

    /// What it makes of its arguments, in a message of `U`, where wide characters are `W`.
    ///
    /// # Errors
    /// ERROR_INVALID_PARAMETER: a size beyond all use; ERROR_NO_UNICODE_TRANSLATION.
    ///
    /// # Safety
    /// A word that is to be a text's place is one, or NULL.
    pub unsafe fn put<U: Unit, W: Unit>(mut self, words: &[usize]) -> Result<Vec<U>, Win32Error> {
        let mut words = words.iter().copied();
        let mut star = |size: Option<Size>| match size {
            Some(Size::Star) => Some(words.next().unwrap_or(0) as i32),
            Some(Size::Number(number)) => Some(number as i32),
            None => None,
        };
        let width = star(self.width).unwrap_or(0);
        let precision = star(self.precision).and_then(|precision| usize::try_from(precision).ok());
        self.left |= width < 0;
        let width = width.unsigned_abs() as usize;
        if width > SIZE_MAX || precision.is_some_and(|precision| precision > SIZE_MAX) {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        let word = words.next().unwrap_or(0);
        let units = match self.kind {
            's' | 'S' | 'c' | 'C' => match self.characters::<U, W>() {
                // SAFETY: the caller's word.
                Characters::Own => unsafe { self.characters_of::<U, U>(word, precision) },
                // SAFETY: as above.
                Characters::Narrow => unsafe { self.characters_of::<u8, U>(word, precision) },
                // SAFETY: as above.
                Characters::Wide => unsafe { self.characters_of::<W, U>(word, precision) },
            }?,
            _ => U::encode(&self.number(word, precision, width)),
        };
        let padding = vec![U::from_code(b' '.into()); width.saturating_sub(units.len())];
        Ok(if self.left { [units, padding] } else { [padding, units] }.concat())
    }

    fn characters<U: Unit, W: Unit>(&self) -> Characters {
        let narrow = size_of::<U>() == 1;
        match (self.length, self.kind) {
            (Length::Short, _) => Characters::Narrow,
            (Length::Long | Length::Double, _) => Characters::Wide,
            (Length::Plain, 's' | 'c') => Characters::Own,
            (Length::Plain, _) if narrow => Characters::Wide,
            (Length::Plain, _) => Characters::Narrow,
        }
    }

    /// # Safety
    /// For a text the word is its place, or NULL.
    unsafe fn characters_of<T: Unit, U: Unit>(
        &self,
        word: usize,
        precision: Option<usize>,
    ) -> Result<Vec<U>, Win32Error> {
        if matches!(self.kind, 'c' | 'C') {
            return converted(vec![T::from_code(word as u32)]);
        }
        let same = size_of::<T>() == size_of::<U>();
        let limit = precision.filter(|_| same).unwrap_or(usize::MAX);
        // SAFETY: the caller's word.
        let units = match unsafe { up_to::<T>(word, limit) } {
            Some(units) => converted(units)?,
            None => U::encode("(null)"),
        };
        Ok(units[..units.len().min(precision.unwrap_or(usize::MAX))].to_vec())
    }

    fn number(&self, word: usize, precision: Option<usize>, width: usize) -> String {
        let signed = matches!(self.kind, 'd' | 'i');
        let (magnitude, negative) = match (self.length, signed) {
            _ if self.kind == 'p' => (word as u64, false),
            (Length::Double, true) => ((word as i64).unsigned_abs(), (word as i64) < 0),
            (Length::Double, false) => (word as u64, false),
            (Length::Short, true) => (u64::from((word as i16).unsigned_abs()), (word as i16) < 0),
            (Length::Short, false) => (u64::from(word as u16), false),
            (_, true) => (u64::from((word as i32).unsigned_abs()), (word as i32) < 0),
            (_, false) => (u64::from(word as u32), false),
        };
        let digits = match self.kind {
            'x' => format!("{magnitude:x}"),
            'X' => format!("{magnitude:X}"),
            'o' => format!("{magnitude:o}"),
            // All digits of a pointer, as Microsoft's printf has it.
            'p' => format!("{magnitude:016X}"),
            _ if precision == Some(0) && magnitude == 0 => String::new(),
            _ => magnitude.to_string(),
        };
        let mut front = match self.sign {
            _ if negative => "-".to_owned(),
            Some(sign) if signed => sign.to_string(),
            _ => String::new(),
        };
        front += match self.kind {
            'x' if self.prefix && magnitude != 0 => "0x",
            'X' if self.prefix && magnitude != 0 => "0X",
            'o' if self.prefix && magnitude != 0 => "0",
            _ => "",
        };
        let least = match precision {
            Some(precision) => precision,
            None if self.zeroes && !self.left => width.saturating_sub(front.len()),
            None => 0,
        };
        format!("{front}{digits:0>least$}")
    }
}

enum Characters {
    Own,
    Narrow,
    Wide,
}

/// A width or a precision in front of what follows it.
fn size(text: &str) -> Option<(Option<Size>, &str)> {
    if let Some(after) = text.strip_prefix('*') {
        return Some((Some(Size::Star), after));
    }
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &text[..text.len() - after.len()];
    if digits.is_empty() {
        return Some((None, after));
    }
    let number = digits.parse().ok().filter(|number| *number <= SIZE_MAX)?;
    Some((Some(Size::Number(number)), after))
}

/// The units before a zero, and no more than so many; `None` for NULL.
///
/// # Safety
/// NULL, or a text that ends with a zero or has so many units.
unsafe fn up_to<T: Unit>(place: usize, limit: usize) -> Option<Vec<T>> {
    let text = std::ptr::with_exposed_provenance::<T>(place);
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller's word; no unit behind the zero or the limit is read.
    let units = (0..limit).map(|at| unsafe { text.add(at).read_unaligned() });
    Some(units.take_while(|unit| *unit != T::default()).collect())
}

/// Characters in the message's own units; what is in them already stays as it is, even if it spells nothing.
fn converted<T: Unit, U: Unit>(units: Vec<T>) -> Result<Vec<U>, Win32Error> {
    if let Some(same) = (&units as &dyn Any).downcast_ref::<Vec<U>>() {
        return Ok(same.clone());
    }
    // A byte beyond ASCII on its own, as a character's number gives it, is no text but still that character.
    let alone = || char::from_u32(units.first()?.code()).filter(|_| units.len() == 1);
    let text = T::decode(&units).or_else(|| alone().map(String::from));
    Ok(U::encode(&text.ok_or(Win32Error::ERROR_NO_UNICODE_TRANSLATION)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(text: &str, words: &[usize]) -> String {
        let conversion = Conversion::read(text).unwrap_or_else(|| panic!("{text} is a conversion"));
        // SAFETY: the words are numbers or texts, as the conversions below ask for.
        let units = unsafe { conversion.put::<u8, u16>(words) };
        String::from_utf8(units.expect("it can be spelled")).expect("ASCII")
    }

    #[test]
    fn conversions_are_those_of_printf() {
        for (text, words, expected) in [
            ("d", &[-5_i32 as u32 as usize][..], "-5"),
            ("5d", &[42], "   42"),
            ("-5d", &[42], "42   "),
            ("05d", &[-42_i32 as u32 as usize], "-0042"),
            ("+d", &[42], "+42"),
            (" d", &[42], " 42"),
            (".3d", &[7], "007"),
            ("6.3d", &[7], "   007"),
            (".0d", &[0], ""),
            ("u", &[usize::MAX], "4294967295"),
            ("hd", &[70000], "4464"),
            ("I64d", &[-5_isize as usize], "-5"),
            ("llX", &[usize::MAX], "FFFFFFFFFFFFFFFF"),
            ("Iu", &[1 << 40], "1099511627776"),
            ("I32u", &[1 << 40], "0"),
            ("08X", &[0xBEEF], "0000BEEF"),
            ("#x", &[255], "0xff"),
            ("#010x", &[255], "0x000000ff"),
            ("o", &[8], "10"),
            ("p", &[0xBEEF], "000000000000BEEF"),
            ("*d", &[5, 42], "   42"),
            ("*d", &[-5_i32 as u32 as usize, 42], "42   "),
            ("*.*d", &[5, 3, 42], "  042"),
            ("3c", &[b'x' as usize], "  x"),
            ("s", &[0], "(null)"),
        ] {
            assert_eq!(put(text, words), expected, "{text}");
        }
        let narrow = c"Bill".as_ptr().expose_provenance();
        let wide = [b'w' as u16, b'i' as u16, b'd' as u16, b'e' as u16, 0];
        let wide = wide.as_ptr().expose_provenance();
        for (text, words, expected) in [
            ("*.*s", &[4, 2, narrow][..], "  Bi"),
            ("-6hs", &[narrow], "Bill  "),
            ("ls", &[wide], "wide"),
            ("ws", &[wide], "wide"),
            ("6.2S", &[wide], "    wi"),
        ] {
            assert_eq!(put(text, words), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_conversion_is_none() {
        for text in ["", "5", "q", "e", "ld!", "dd", "5.5", "99999d", "I65d", "-", "d "] {
            assert_eq!(Conversion::read(text), None, "{text}");
        }
        let far = Conversion::read("*d").expect("a conversion");
        // SAFETY: numbers alone.
        let far = unsafe { far.put::<u8, u16>(&[1 << 20, 1]) };
        assert_eq!(far, Err(Win32Error::ERROR_INVALID_PARAMETER));
    }
}
