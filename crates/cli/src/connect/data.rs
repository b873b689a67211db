//! What the options' values say.

use std::time::Duration;

/// Bytes from the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

/// Two hexadecimal digits a byte, in either case; blanks and colons may stand between bytes.
pub fn from_hex(text: &str) -> Result<Bytes, String> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for group in text.split([' ', ':']) {
        let digits: Option<Vec<u8>> =
            group.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
        let digits = digits.ok_or("only hexadecimal digits, blanks and colons are allowed")?;
        if digits.len() % 2 != 0 {
            return Err("a byte takes two hexadecimal digits".into());
        }
        bytes.extend(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]));
    }
    Ok(Bytes(bytes))
}

/// A whole number, from 0 on.
pub fn count(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "not a whole number from 0 on".into())
}

/// A whole number, from 1 on.
pub fn positive<N: std::str::FromStr + PartialEq + From<u8>>(text: &str) -> Result<N, String> {
    match text.parse() {
        Ok(number) if number != N::from(0) => Ok(number),
        _ => Err("not a whole number from 1 on, or too large".into()),
    }
}

/// A positive number of seconds, with a fraction if need be.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds")?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("not a time that can be waited for".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits_are_bytes() {
        assert_eq!(from_hex("00fF10"), Ok(Bytes(vec![0, 255, 16])));
        assert_eq!(from_hex("00 ff:10"), Ok(Bytes(vec![0, 255, 16])));
        assert_eq!(from_hex(""), Ok(Bytes(vec![])));
        assert!(from_hex("0").is_err());
        assert!(from_hex("0 00 f").is_err());
        assert!(from_hex("0x10").is_err());
        assert!(from_hex("äö").is_err());
    }

    #[test]
    fn counts_are_whole() {
        assert_eq!(count("0"), Ok(0));
        assert_eq!((positive::<u64>("1"), positive::<u32>("4294967295")), (Ok(1), Ok(u32::MAX)));
        for text in ["", "-1", "1e6", "0x10", "1.5", "18446744073709551616"] {
            assert!(count(text).is_err() && positive::<u64>(text).is_err(), "{text}");
        }
        assert!(positive::<u64>("0").is_err() && positive::<u32>("4294967296").is_err());
    }

    #[test]
    fn a_time_limit_is_a_positive_time() {
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        for text in ["0", "-1", "NaN", "inf", "1e30", "soon", ""] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
