//! Time limits as Winsock takes them.

use std::time::Duration;

/// No limit.
const INFINITE: u32 = u32::MAX;

/// `limit` in milliseconds, rounded up so that a short limit is not a poll.
///
/// A limit of 49 days or more is cut to the longest one: INFINITE stands for "none" alone.
pub(crate) fn milliseconds(limit: Option<Duration>) -> u32 {
    let Some(limit) = limit else { return INFINITE };
    let rounded = limit.as_nanos().div_ceil(1_000_000);
    u32::try_from(rounded).unwrap_or(INFINITE).min(INFINITE - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_round_up_and_never_become_infinite() {
        assert_eq!(milliseconds(None), u32::MAX);
        assert_eq!(milliseconds(Some(Duration::ZERO)), 0);
        assert_eq!(milliseconds(Some(Duration::from_micros(1))), 1);
        assert_eq!(milliseconds(Some(Duration::from_millis(21_000))), 21_000);
        assert_eq!(milliseconds(Some(Duration::MAX)), u32::MAX - 1);
    }
}
