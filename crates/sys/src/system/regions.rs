//! The regions of addresses that VirtualAlloc and MapViewOfFile gave out, and their protections.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard};

use linsock_abi::*;
use linsock_backend::pages::Access;

const READ: Access = Access { read: true, write: false, execute: false };
const WRITE: Access = Access { read: true, write: true, execute: false };
const RUN_AND_WRITE: Access = Access { read: true, write: true, execute: true };

/// What each protection allows; writing brings reading, as on Windows.
#[rustfmt::skip]
const PROTECTIONS: [(PAGE_PROTECTION_FLAGS, Access); 8] = [
    (PAGE_NOACCESS,          Access { read: false, write: false, execute: false }),
    (PAGE_READONLY,          READ),
    (PAGE_READWRITE,         WRITE),
    (PAGE_EXECUTE,           Access { read: false, write: false, execute: true }),
    (PAGE_EXECUTE_READ,      Access { read: true,  write: false, execute: true }),
    (PAGE_EXECUTE_READWRITE, RUN_AND_WRITE),
    (PAGE_WRITECOPY,         WRITE),
    (PAGE_EXECUTE_WRITECOPY, RUN_AND_WRITE),
];

/// A piece of committed memory: where it ends, and its protection.
pub(super) type Pieces = BTreeMap<usize, (usize, PAGE_PROTECTION_FLAGS)>;

/// What one VirtualAlloc reserved, or a view.
pub(super) struct Region {
    pub end: usize,
    /// MEM_PRIVATE: VirtualAlloc's; MEM_MAPPED: a view.
    pub kind: PAGE_TYPE,
    /// As VirtualAlloc was told, or as the view was asked for.
    pub protection: PAGE_PROTECTION_FLAGS,
    pub committed: Pieces,
}

impl Region {
    /// Whether its pages may have a protection: those of a view none that allows more than the view,
    /// or writes elsewhere.
    pub fn may_be(&self, asked: PAGE_PROTECTION_FLAGS) -> bool {
        if self.kind == MEM_PRIVATE {
            return !copies(asked);
        }
        let (Ok(whole), Ok(part)) = (access(self.protection), access(asked)) else { return false };
        let writes_there = !part.write || whole.write && copies(asked) == copies(self.protection);
        writes_there && (!part.execute || whole.execute)
    }
}

/// Whether what is written stays in the view.
pub(super) fn copies(protection: PAGE_PROTECTION_FLAGS) -> bool {
    matches!(protection, PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY)
}

static REGIONS: Mutex<BTreeMap<usize, Region>> = Mutex::new(BTreeMap::new());

pub(super) fn regions() -> MutexGuard<'static, BTreeMap<usize, Region>> {
    REGIONS.lock().unwrap_or_else(|poison| poison.into_inner())
}

/// The region that has an address.
pub(super) fn region_of(
    regions: &mut BTreeMap<usize, Region>,
    address: usize,
) -> Option<(usize, &mut Region)> {
    let (start, region) = regions.range_mut(..=address).next_back()?;
    (address < region.end).then_some((*start, region))
}

/// What a protection allows.
pub(super) fn access(protection: PAGE_PROTECTION_FLAGS) -> Result<Access, Win32Error> {
    let known = PROTECTIONS.iter().find(|(known, _)| *known == protection & !PAGE_NOCACHE);
    match known {
        Some((_, access)) => Ok(*access),
        // A guard page raises an exception, and there are none.
        None if protection & PAGE_GUARD != 0 => Err(Win32Error::ERROR_NOT_SUPPORTED),
        None => Err(Win32Error::ERROR_INVALID_PARAMETER),
    }
}

/// The protection that allows this.
pub(super) fn protection(access: Access) -> PAGE_PROTECTION_FLAGS {
    let known = PROTECTIONS.iter().find(|(_, known)| {
        known.read == access.read && known.write == access.write && known.execute == access.execute
    });
    known.map_or(PAGE_READWRITE, |(protection, _)| *protection)
}

/// Takes a range out of the pieces, and what is in it.
pub(super) fn cut(pieces: &mut Pieces, range: &Range<usize>) {
    let touched: Vec<_> = pieces
        .range(..range.end)
        .filter(|(_, (end, _))| *end > range.start)
        .map(|(start, piece)| (*start, *piece))
        .collect();
    for (start, (end, protection)) in touched {
        pieces.remove(&start);
        if start < range.start {
            pieces.insert(start, (range.start, protection));
        }
        if end > range.end {
            pieces.insert(range.end, (end, protection));
        }
    }
}

/// Whether every page of a range is committed.
pub(super) fn is_committed(pieces: &Pieces, range: &Range<usize>) -> bool {
    let mut at = range.start;
    while at < range.end {
        match pieces.range(..=at).next_back() {
            Some((_, (end, _))) if *end > at => at = *end,
            _ => return false,
        }
    }
    true
}
