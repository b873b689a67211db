//! Random numbers that a seed repeats.

/// A generator (splitmix64).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// Another generator, whose numbers do not depend on how many this one gives later.
    pub fn branch(&mut self) -> Self {
        Random(self.next())
    }

    /// 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// `true` so many times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list that is not empty.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// A length: often a small or a round one, never more than `max`.
    pub fn length(&mut self, max: usize) -> usize {
        let len = match self.below(6) {
            0 => 0,
            1 => 1,
            2 => self.below(64),
            3 => self.below(4096),
            4 => 1 << self.below(20),
            _ => self.below(max.max(1)),
        };
        len.min(max)
    }

    /// A number that a caller might mistake for another.
    pub fn odd_number(&mut self) -> i32 {
        match self.below(6) {
            0 => 0,
            1 => -1,
            2 => i32::MIN,
            3 => i32::MAX,
            4 => self.below(64) as i32,
            _ => self.next() as i32,
        }
    }

    /// Bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }
}

/// A seed that nobody chose.
pub fn seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    let seed = std::hash::RandomState::new().build_hasher().finish();
    // Short enough to be typed.
    seed >> 24
}
