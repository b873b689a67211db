//! The progress bar of many connections, on a terminal.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the bar is drawn anew.
const DRAW_EVERY: Duration = Duration::from_millis(100);
const WIDTH: u64 = 30;

/// A bar on standard error; nothing where that is no terminal.
pub struct Progress {
    total: u64,
    drawn: Option<Instant>,
    visible: bool,
}

impl Progress {
    /// A bar for `total` connections.
    pub fn new(total: u64) -> Self {
        Progress { total, drawn: None, visible: std::io::stderr().is_terminal() }
    }

    /// Shows that `done` are done, `failed` of them in vain, if it is time to.
    pub fn show(&mut self, done: u64, failed: u64) {
        if !self.visible || self.drawn.is_some_and(|drawn| drawn.elapsed() < DRAW_EVERY) {
            return;
        }
        self.drawn = Some(Instant::now());
        // A terminal that went away is no reason to stop connecting.
        let _ = write!(std::io::stderr(), "\r\x1b[K{}", bar(done, failed, self.total));
    }

    /// Takes the bar away.
    pub fn end(&self) {
        if self.drawn.is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn bar(done: u64, failed: u64, total: u64) -> String {
    let filled = (u128::from(done) * u128::from(WIDTH) / u128::from(total.max(1))) as usize;
    let empty = WIDTH as usize - filled.min(WIDTH as usize);
    let failures = if failed > 0 { format!(", {failed} failed") } else { String::new() };
    format!("[{}{}] {done}/{total}{failures}", "#".repeat(filled), "-".repeat(empty))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_up() {
        assert_eq!(bar(0, 0, 10), format!("[{}] 0/10", "-".repeat(30)));
        assert_eq!(bar(5, 1, 10), format!("[{}{}] 5/10, 1 failed", "#".repeat(15), "-".repeat(15)));
        assert_eq!(bar(10, 0, 10), format!("[{}] 10/10", "#".repeat(30)));
        assert!(bar(u64::MAX, 0, u64::MAX).starts_with("[###"));
    }
}
