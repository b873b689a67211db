//! Segments that the kernel had to send again: on loopback they mean that something was
//! dropped, and a second of waiting hides in a round.

/// How many, in this network namespace so far; `None` where the kernel does not say.
pub fn count() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/net/netstat").ok()?;
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("TcpExt:"));
    let (names, values) = (lines.next()?, lines.next()?);
    let mut fields = names.split_whitespace().zip(values.split_whitespace());
    fields.find(|(name, _)| *name == "TCPSynRetrans")?.1.parse().ok()
}

/// Says on the standard error if there were any since `before`.
pub fn tell(before: Option<u64>, during: &str) {
    if let (Some(before), Some(now)) = (before, count())
        && now > before
    {
        eprintln!("{during}: {} connection requests had to be repeated", now - before);
    }
}
