//! What many pending operations take of memory.

/// Anonymous memory of a process that is resident, in bytes.
pub fn user_bytes(process: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// Objects of the whole kernel's slab caches, in bytes; `None` for whoever may not ask. Other
/// programs show in it, which many thousands of operations drown.
pub fn kernel_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/slabinfo").ok()?;
    let objects = text.lines().skip(2).filter_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let active: u64 = fields.next()?.parse().ok()?;
        let size: u64 = fields.nth(1)?.parse().ok()?;
        Some(active * size)
    });
    Some(objects.sum())
}
