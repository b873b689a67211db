//! The system calls of pages of memory: reserving, making usable, giving back.

use linsock_abi::Errno;

use crate::net::last_errno;

/// What may be done with a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// It may be read.
    pub read: bool,
    /// It may be written.
    pub write: bool,
    /// It may be run.
    pub execute: bool,
}

impl Access {
    pub(crate) fn bits(self) -> i32 {
        let bit = |wanted, bit| if wanted { bit } else { libc::PROT_NONE };
        bit(self.read, libc::PROT_READ)
            | bit(self.write, libc::PROT_WRITE)
            | bit(self.execute, libc::PROT_EXEC)
    }
}

fn done(result: i32) -> Result<(), Errno> {
    if result == 0 { Ok(()) } else { Err(last_errno()) }
}

/// Bytes of a page.
pub fn page_bytes() -> usize {
    // SAFETY: a constant of the system.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}

fn map(at: usize, bytes: usize, flags: i32) -> Result<usize, Errno> {
    let flags = flags | libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    let wanted = std::ptr::without_provenance_mut(at);
    // SAFETY: a new mapping; only `forget` has it replace one, and that one was made here.
    let found = unsafe { libc::mmap(wanted, bytes, libc::PROT_NONE, flags, -1, 0) };
    if found == libc::MAP_FAILED { Err(last_errno()) } else { Ok(found.expose_provenance()) }
}

/// Reserves addresses where the kernel likes, their first one a multiple of `alignment`.
///
/// # Errors
/// ENOMEM.
pub fn reserve(bytes: usize, alignment: usize) -> Result<usize, Errno> {
    let whole = bytes.checked_add(alignment).ok_or(Errno::ENOMEM)?;
    let found = map(0, whole, 0)?;
    let start = found.next_multiple_of(alignment);
    // SAFETY: the ends of a mapping that nobody knows of yet.
    unsafe {
        if start > found {
            release(found, start - found)?;
        }
        if found + whole > start + bytes {
            release(start + bytes, found + whole - start - bytes)?;
        }
    }
    Ok(start)
}

/// Reserves these very addresses.
///
/// # Errors
/// EEXIST: something is there; EPERM, ENOMEM: no process may have them.
pub fn reserve_at(at: usize, bytes: usize) -> Result<(), Errno> {
    let found = map(at, bytes, libc::MAP_FIXED_NOREPLACE)?;
    if found == at {
        return Ok(());
    }
    // An old kernel takes the address for a wish.
    // SAFETY: just made, unknown to anybody else.
    unsafe { release(found, bytes) }?;
    Err(Errno::EEXIST)
}

/// Allows what `access` says.
///
/// # Errors
/// ENOMEM, EACCES.
///
/// # Safety
/// The pages were reserved here; nobody relies on more access than is left.
pub unsafe fn allow(at: usize, bytes: usize, access: Access) -> Result<(), Errno> {
    // SAFETY: the caller's word.
    done(unsafe { libc::mprotect(std::ptr::with_exposed_provenance_mut(at), bytes, access.bits()) })
}

/// Drops what the pages hold and keeps their addresses reserved.
///
/// # Errors
/// ENOMEM.
///
/// # Safety
/// The pages were reserved here, and nobody uses what they hold.
pub unsafe fn forget(at: usize, bytes: usize) -> Result<(), Errno> {
    map(at, bytes, libc::MAP_FIXED).map(drop)
}

/// Gives the addresses back.
///
/// # Errors
/// EINVAL.
///
/// # Safety
/// The pages were reserved here, and nobody uses them.
pub unsafe fn release(at: usize, bytes: usize) -> Result<(), Errno> {
    // SAFETY: the caller's word.
    done(unsafe { libc::munmap(std::ptr::with_exposed_provenance_mut(at), bytes) })
}

/// Keeps pages in memory, or no longer.
///
/// # Errors
/// ENOMEM: not mapped, or more than is allowed; EPERM.
pub fn keep(at: usize, bytes: usize, on: bool) -> Result<(), Errno> {
    let start = std::ptr::without_provenance(at);
    // SAFETY: neither changes what memory holds; addresses that are not mapped are refused.
    done(unsafe { if on { libc::mlock(start, bytes) } else { libc::munlock(start, bytes) } })
}

/// A mapping of this process as /proc tells it.
#[derive(Clone, Copy, Debug)]
pub struct Mapping {
    /// Its first address.
    pub start: usize,
    /// The address after its last.
    pub end: usize,
    /// What may be done with it.
    pub access: Access,
    /// Of a file.
    pub of_file: bool,
}

/// The mapping that has the address, or the first one after it.
pub fn mapping_at_or_after(address: usize) -> Option<Mapping> {
    let text = std::fs::read_to_string("/proc/self/maps").ok()?;
    text.lines().filter_map(mapping).find(|mapping| mapping.end > address)
}

fn mapping(line: &str) -> Option<Mapping> {
    let mut words = line.split_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let how = words.next()?;
    Some(Mapping {
        start: usize::from_str_radix(start, 16).ok()?,
        end: usize::from_str_radix(end, 16).ok()?,
        access: Access {
            read: how.contains('r'),
            write: how.contains('w'),
            execute: how.contains('x'),
        },
        of_file: words.nth(3).is_some_and(|name| name.starts_with('/')),
    })
}
