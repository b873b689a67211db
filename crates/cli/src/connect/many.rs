//! Many connections: a progress bar, then rate, times and errors.

use super::progress::Progress;
use super::report::Report;
use super::run::{self, Plan, Watcher};
use crate::format;
use crate::paint::{Role, paint};
use crate::target::Target;
use linsock::{Socket, WsaError};
use std::io::Write;
use std::time::{Duration, Instant};

pub fn run(plan: &Plan, target: &Target, quiet: bool, report: &mut Report) -> anyhow::Result<()> {
    let progress = Progress::new(plan.count);
    let begun = Instant::now();
    let mut counter = Counter { report, progress };
    run::run(plan, &mut counter)?;
    counter.progress.end();
    report.ended(begun);
    if quiet { Ok(()) } else { Ok(print(plan, target, report)?) }
}

struct Counter<'a> {
    report: &'a mut Report,
    progress: Progress,
}

impl Counter<'_> {
    fn show(&mut self) {
        self.progress.show(self.report.connected + self.report.failed, self.report.failed);
    }
}

impl Watcher for Counter<'_> {
    fn connected(&mut self, _socket: &Socket, bytes_sent: u32, took: Duration) {
        self.report.connected(bytes_sent, took);
        self.show();
    }

    fn failed(&mut self, error: WsaError) {
        self.report.failed(error);
        self.show();
    }

    fn received(&mut self, data: &[u8]) {
        self.report.bytes_received += data.len() as u64;
    }

    fn receive_failed(&mut self, error: WsaError) {
        self.report.receive_failed(error);
    }
}

fn print(plan: &Plan, target: &Target, report: &Report) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    let row = |label: &str, text: String| format!("{}  {text}\n", paint(Role::Label, label));
    let role = if report.failed == 0 { Role::Good } else { Role::Bad };
    let sums = format!("{} connected, {} failed", report.connected, report.failed);
    let mut text = format!("{target}  {}\n", paint(role, &sums));
    text += &row("backend ", report.backend().to_owned());
    text += &row("sent    ", format::bytes(report.bytes_sent));
    if plan.receive.is_some() {
        text += &row("received", format::bytes(report.bytes_received));
    }
    let rate = format!("{:.0}/s in {}", report.rate(), format::duration(report.elapsed()));
    text += &row("rate    ", rate);
    if let Some(times) = report.percentiles() {
        let [p50, p90, p99] =
            [times.p50, times.p90, times.p99].map(|us| format::duration(Duration::from_micros(us)));
        text += &row("latency ", format!("p50 {p50}, p90 {p90}, p99 {p99}"));
    }
    for (name, count) in report.errors() {
        text += &row("error   ", format!("{} {count}", paint(Role::Bad, name)));
    }
    for (name, count) in report.receive_errors() {
        text += &row("answer  ", format!("{} {count}", paint(Role::Bad, name)));
    }
    out.write_all(text.as_bytes())
}
