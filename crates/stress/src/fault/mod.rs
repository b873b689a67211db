//! `fault`: every system call on the way of the I/O fails in turn with each errno that it may give, then many at random. Each
//! operation that was started still ends once, with the error that the errno means; nothing stays open, nothing hangs.
//!
//! The library has the places where calls fail only if it was built for this:
//!
//!     RUSTFLAGS="--cfg linsock_fault" cargo run --release -p linsock-stress --target-dir target/fault -- fault

#[cfg(linsock_fault)]
mod command;
#[cfg(linsock_fault)]
mod judge;
#[cfg(linsock_fault)]
mod scenario;
#[cfg(linsock_fault)]
mod stage;
#[cfg(linsock_fault)]
mod table;

/// What the command line says.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Where the random failures come from
    #[arg(long)]
    pub seed: Option<u64>,
    /// How long calls fail at random, after the table
    #[arg(long, default_value_t = 60)]
    pub seconds: u64,
    /// Which of a call's occurrences in a scenario fail, at most
    #[arg(long, default_value_t = 6)]
    pub occurrences: u32,
    /// Runs at the same time
    #[arg(long, default_value_t = 4)]
    pub at_once: usize,
    /// One run of the table alone, as a finding names it: SCENARIO:CALL:ERRNO:OCCURRENCE
    #[arg(long)]
    pub run: Option<String>,
    /// One random run alone, as a finding names it: SCENARIO:SEED
    #[arg(long)]
    pub random: Option<String>,
    /// Stop after so many findings
    #[arg(long, default_value_t = 10)]
    pub findings: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            seed: None,
            seconds: 60,
            occurrences: 6,
            at_once: 4,
            run: None,
            random: None,
            findings: 10,
        }
    }
}

/// Runs it; `false`: something was found, or the library was not built for it.
#[cfg(linsock_fault)]
pub fn run(options: &Options) -> bool {
    command::run(options)
}

/// Runs it; `false`: something was found, or the library was not built for it.
#[cfg(not(linsock_fault))]
pub fn run(_options: &Options) -> bool {
    eprintln!(
        "this library's system calls do not fail on purpose; build it so that they may:\n\
         RUSTFLAGS=\"--cfg linsock_fault\" cargo run --release -p linsock-stress --target-dir target/fault -- fault"
    );
    false
}
