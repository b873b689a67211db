//! What all connections came to.

use linsock::WsaError;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};

/// The sum of a run.
pub struct Report {
    backend: &'static str,
    pub connected: u64,
    pub failed: u64,
    pub bytes_sent: u64,
    pub bytes_received: u64,
    /// Failed connections by the error of their last attempt.
    errors: BTreeMap<String, u64>,
    /// Answers that ended by an error.
    receive_errors: BTreeMap<String, u64>,
    latencies_us: Vec<u64>,
    /// When the last connection stood or had failed.
    last: Option<Instant>,
    elapsed: Duration,
}

/// The times to complete, in microseconds.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Percentiles {
    pub p50: u64,
    pub p90: u64,
    pub p99: u64,
}

impl Report {
    pub fn new(backend: &'static str) -> Self {
        Report {
            backend,
            connected: 0,
            failed: 0,
            bytes_sent: 0,
            bytes_received: 0,
            errors: BTreeMap::new(),
            receive_errors: BTreeMap::new(),
            latencies_us: Vec::new(),
            last: None,
            elapsed: Duration::ZERO,
        }
    }

    pub fn backend(&self) -> &'static str {
        self.backend
    }

    pub fn connected(&mut self, bytes_sent: u32, took: Duration) {
        self.connected += 1;
        self.bytes_sent += u64::from(bytes_sent);
        self.latencies_us.push(took.as_micros().try_into().unwrap_or(u64::MAX));
        self.last = Some(Instant::now());
    }

    pub fn failed(&mut self, error: WsaError) {
        self.failed += 1;
        *self.errors.entry(name(error)).or_default() += 1;
        self.last = Some(Instant::now());
    }

    pub fn receive_failed(&mut self, error: WsaError) {
        *self.receive_errors.entry(name(error)).or_default() += 1;
    }

    /// No connection could be tried, because the host's name has no address.
    pub fn unresolved(&mut self, count: u64, error: WsaError) {
        self.failed = count;
        self.errors.insert(name(error), count);
    }

    /// The connections were begun at `begun`; what came after the last of them does not count.
    pub fn ended(&mut self, begun: Instant) {
        self.elapsed = self.last.map_or(Duration::ZERO, |last| last - begun);
        self.latencies_us.sort_unstable();
    }

    /// Connections made a second, from the first one's start until the last one stood or had failed.
    pub fn rate(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { self.connected as f64 / seconds } else { 0.0 }
    }

    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    pub fn errors(&self) -> impl Iterator<Item = (&str, u64)> {
        self.errors.iter().map(|(name, count)| (name.as_str(), *count))
    }

    pub fn receive_errors(&self) -> impl Iterator<Item = (&str, u64)> {
        self.receive_errors.iter().map(|(name, count)| (name.as_str(), *count))
    }

    /// None if nothing connected.
    pub fn percentiles(&self) -> Option<Percentiles> {
        let [p50, p90, p99] = [50, 90, 99].map(|percent| nearest_rank(&self.latencies_us, percent));
        Some(Percentiles { p50: p50?, p90: p90?, p99: p99? })
    }

    pub fn print_json(&self, with_answer: bool) -> std::io::Result<()> {
        let percentiles = self.percentiles();
        let mut object = json!({
            "backend": self.backend,
            "connected": self.connected,
            "failed": self.failed,
            "bytes_sent": self.bytes_sent,
            "errors": counts(&self.errors),
            "latency_us": {
                "p50": percentiles.map(|p| p.p50),
                "p90": percentiles.map(|p| p.p90),
                "p99": percentiles.map(|p| p.p99),
            },
            "rate": (self.rate() * 1000.0).round() / 1000.0,
        });
        if with_answer {
            object["bytes_received"] = self.bytes_received.into();
            object["receive_errors"] = counts(&self.receive_errors);
        }
        writeln!(std::io::stdout(), "{object}")
    }
}

fn name(error: WsaError) -> String {
    error.name().map_or_else(|| error.0.to_string(), str::to_owned)
}

fn counts(errors: &BTreeMap<String, u64>) -> Value {
    let pairs = errors.iter().map(|(name, count)| (name.clone(), (*count).into()));
    Value::Object(Map::from_iter(pairs))
}

/// The smallest value that `percent` of all do not exceed.
fn nearest_rank(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.max(1) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!(nearest_rank(&hundred, 50), Some(50));
        assert_eq!(nearest_rank(&hundred, 99), Some(99));
        assert_eq!(nearest_rank(&[7], 50), Some(7));
        assert_eq!(nearest_rank(&[1, 9], 99), Some(9));
        assert_eq!(nearest_rank(&[], 50), None);
    }

    #[test]
    fn the_rate_is_that_of_the_connections_alone() {
        let begun = Instant::now();
        let mut report = Report::new("test");
        report.connected(0, Duration::ZERO);
        let connected = begun.elapsed();
        // Its answer takes longer.
        std::thread::sleep(Duration::from_millis(30));
        report.ended(begun);
        assert!(report.elapsed() <= connected, "{:?} of {connected:?}", report.elapsed());
        assert!(report.rate() >= 1.0 / connected.as_secs_f64());
        assert_eq!(Report::new("test").rate(), 0.0);
    }

    #[test]
    fn an_unknown_error_is_counted_under_its_number() {
        let mut report = Report::new("test");
        report.failed(WsaError(12345));
        report.failed(WsaError::WSAECONNREFUSED);
        report.failed(WsaError::WSAECONNREFUSED);
        let errors: Vec<_> = report.errors().collect();
        assert_eq!(errors, [("12345", 1), ("WSAECONNREFUSED", 2)]);
    }
}
