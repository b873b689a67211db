//! What the processes of a run say to each other: a line is a value in JSON.

use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::io::Write;

/// Says one line on the standard output, at once.
pub fn answer(what: &impl Serialize) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(what)?)?;
    out.flush()?;
    Ok(())
}

/// What whoever listens says first.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ready {
    /// Where it listens.
    pub port: u16,
}

/// What whoever was told to hold says, twice.
#[derive(Debug, Serialize, Deserialize)]
pub struct Held {
    /// Operations that could begin now, and then: that have begun.
    pub held: usize,
}
