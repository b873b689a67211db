//! How long operations took: counts by magnitude, a sixty-fourth of it apart.

/// Buckets a doubling.
const FINE: u32 = 64;
const FINE_BITS: u32 = FINE.trailing_zeros();
/// Up to 2^40 nanoseconds, which is 18 minutes.
const BUCKETS: usize = (FINE * (40 - FINE_BITS + 1)) as usize;

/// Counts of durations.
pub struct Latencies {
    counts: Vec<u64>,
    total: u64,
}

impl Latencies {
    /// None yet.
    pub fn new() -> Self {
        Latencies { counts: vec![0; BUCKETS], total: 0 }
    }

    /// One more.
    pub fn record(&mut self, nanoseconds: u64) {
        self.counts[bucket(nanoseconds).min(BUCKETS - 1)] += 1;
        self.total += 1;
    }

    /// The duration that so many of a thousand do not exceed; 0 of nothing.
    pub fn per_mille(&self, share: u64) -> u64 {
        let wanted = (self.total * share).div_ceil(1000);
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted && seen > 0 {
                return middle(bucket);
            }
        }
        0
    }
}

fn bucket(nanoseconds: u64) -> usize {
    let magnitude = nanoseconds.max(1).ilog2();
    if magnitude < FINE_BITS {
        return nanoseconds as usize;
    }
    let shift = magnitude - FINE_BITS;
    (((shift + 1) << FINE_BITS) as u64 + ((nanoseconds >> shift) & u64::from(FINE - 1))) as usize
}

fn middle(bucket: usize) -> u64 {
    let (row, within) = (bucket as u64 >> FINE_BITS, bucket as u64 & u64::from(FINE - 1));
    if row == 0 {
        return within;
    }
    let shift = row - 1;
    ((u64::from(FINE) + within) << shift) + (1 << shift) / 2
}

#[cfg(test)]
mod tests {
    use super::Latencies;

    #[test]
    fn percentiles_are_within_a_hundredth() {
        let mut latencies = Latencies::new();
        assert_eq!(latencies.per_mille(500), 0);
        for microseconds in 1..=1000 {
            latencies.record(microseconds * 1000);
        }
        for (share, exact) in [(500, 500_000.0), (990, 990_000.0), (1000, 1_000_000.0)] {
            let found = latencies.per_mille(share) as f64;
            assert!((found / exact - 1.0).abs() < 0.01, "{share}: {found} is not {exact}");
        }
    }
}
