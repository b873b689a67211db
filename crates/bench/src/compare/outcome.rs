//! What one contestant did in one cell.

use super::contestant::Who;
use super::measure::probes;
use crate::contestant::Tally;
use crate::statistics::median;
use crate::trace::Calls;
use std::collections::BTreeMap;

/// One part of a round.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    pub tally: Tally,
    /// Per operation that was started and left pending.
    pub start_microseconds: Option<f64>,
    pub start_cpu_microseconds: Option<f64>,
    pub user_bytes: Option<f64>,
    pub kernel_bytes: Option<f64>,
}

/// All that a contestant did in a cell.
#[derive(Debug)]
pub struct Outcome {
    pub who: Who,
    pub samples: Vec<Sample>,
    pub failure: Option<String>,
    pub calls: Option<f64>,
    pub probes: Option<f64>,
    pub by_name: BTreeMap<String, f64>,
}

impl Outcome {
    pub fn new(who: Who) -> Self {
        let (samples, failure, by_name) = (Vec::new(), None, BTreeMap::new());
        Outcome { who, samples, failure, calls: None, probes: None, by_name }
    }

    /// The system calls of so many operations.
    pub fn count(&mut self, mut calls: Calls, operations: u64) {
        let each = |count: u64| count as f64 / operations as f64;
        if self.who.calls_linsock() {
            self.probes = Some(each(probes(&mut calls)));
        }
        self.calls = Some(each(calls.values().sum()));
        self.by_name =
            calls.into_iter().map(|(name, count)| (name.to_owned(), each(count))).collect();
    }

    /// Median over the rounds of what a sample has.
    pub fn of(&self, figure: fn(&Sample) -> Option<f64>) -> Option<f64> {
        let figures: Vec<f64> = self.samples.iter().filter_map(figure).collect();
        (!figures.is_empty()).then(|| median(figures))
    }

    /// Median of the rounds' ratios.
    pub fn against(&self, anchor: &Outcome, figure: fn(&Sample) -> Option<f64>) -> Option<f64> {
        let both = self.samples.iter().zip(&anchor.samples);
        let ratios: Vec<f64> =
            both.filter_map(|(own, base)| Some(figure(own)? / figure(base)?)).collect();
        (!ratios.is_empty()).then(|| median(ratios))
    }
}

pub fn rate(sample: &Sample) -> Option<f64> {
    Some(sample.tally.operations as f64 * 1e9 / sample.tally.nanoseconds as f64)
}

pub fn cpu(sample: &Sample) -> Option<f64> {
    Some(sample.tally.cpu_nanoseconds as f64 / 1000.0 / sample.tally.operations as f64)
}
