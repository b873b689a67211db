//! VirtualAlloc and its kin: addresses that are reserved, and pages of them that can be used.

use std::ffi::c_void;
use std::ops::Range;
use std::ptr;

use linsock_abi::*;
use linsock_backend::memory::is_writable;
use linsock_backend::pages;
use linsock_engine::mapping::GRANULARITY;

use super::regions::{
    Pieces, Region, access, copies, cut, is_committed, protection, region_of, regions,
};
use crate::shape::truth;

/// The pages that a range touches.
fn whole_pages(address: usize, bytes: usize) -> Result<Range<usize>, Win32Error> {
    let page = pages::page_bytes();
    let end = address.checked_add(bytes).and_then(|end| end.checked_next_multiple_of(page));
    let start = address - address % page;
    match end {
        Some(end) if bytes > 0 => Ok(start..end),
        _ => Err(Win32Error::ERROR_INVALID_PARAMETER),
    }
}

fn allocate(
    wanted: usize,
    bytes: usize,
    kind: VIRTUAL_ALLOCATION_TYPE,
    protection: PAGE_PROTECTION_FLAGS,
) -> Result<usize, Win32Error> {
    let access = access(protection)?;
    if kind & MEM_LARGE_PAGES != 0 {
        return Err(Win32Error::ERROR_PRIVILEGE_NOT_HELD);
    }
    let commits = kind & MEM_COMMIT != 0;
    let reserves = kind & MEM_RESERVE != 0;
    if !(commits || reserves) || kind & !(MEM_COMMIT | MEM_RESERVE | MEM_TOP_DOWN) != 0 {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let makes = reserves || wanted == 0;
    if makes && copies(protection) {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let mut regions = regions();
    let range = if makes {
        let asked = wanted - wanted % GRANULARITY;
        let range = whole_pages(asked, bytes.saturating_add(wanted - asked))?;
        let bytes = range.end - range.start;
        let start = if asked == 0 {
            pages::reserve(bytes, GRANULARITY).map_err(|_| Win32Error::ERROR_NOT_ENOUGH_MEMORY)?
        } else {
            pages::reserve_at(asked, bytes).map_err(|_| Win32Error::ERROR_INVALID_ADDRESS)?;
            asked
        };
        let committed = Pieces::new();
        let region = Region { end: start + bytes, kind: MEM_PRIVATE, protection, committed };
        regions.insert(start, region);
        start..start + bytes
    } else {
        whole_pages(wanted, bytes)?
    };
    let (start, region) =
        region_of(&mut regions, range.start).ok_or(Win32Error::ERROR_INVALID_ADDRESS)?;
    if range.end > region.end {
        return Err(Win32Error::ERROR_INVALID_ADDRESS);
    }
    if !region.may_be(protection) {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    if commits {
        // SAFETY: reserved here; the caller asks for this.
        let allowed = unsafe { pages::allow(range.start, range.end - range.start, access) };
        if allowed.is_err() {
            if makes {
                let end = region.end;
                regions.remove(&start);
                // SAFETY: reserved above, unknown to the caller.
                let _ = unsafe { pages::release(start, end - start) };
            }
            return Err(Win32Error::ERROR_NOT_ENOUGH_MEMORY);
        }
        cut(&mut region.committed, &range);
        region.committed.insert(range.start, (range.end, protection));
    }
    Ok(range.start)
}

fn free(address: usize, bytes: usize, kind: VIRTUAL_FREE_TYPE) -> Result<(), Win32Error> {
    let mut regions = regions();
    let found = match region_of(&mut regions, address) {
        Some((_, region)) if region.kind == MEM_MAPPED => Err(Win32Error::ERROR_INVALID_PARAMETER),
        Some(found) => Ok(found),
        None => Err(Win32Error::ERROR_INVALID_ADDRESS),
    };
    match kind {
        MEM_RELEASE => {
            let (start, region) = found?;
            if bytes != 0 {
                return Err(Win32Error::ERROR_INVALID_PARAMETER);
            }
            if start != address {
                return Err(Win32Error::ERROR_INVALID_ADDRESS);
            }
            let end = region.end;
            // SAFETY: reserved here; the caller gives it back.
            unsafe { pages::release(start, end - start) }
                .map_err(|_| Win32Error::ERROR_INVALID_ADDRESS)?;
            regions.remove(&start);
            Ok(())
        }
        MEM_DECOMMIT => {
            let (start, region) = found?;
            let range = match bytes {
                0 if start == address => start..region.end,
                0 => return Err(Win32Error::ERROR_INVALID_ADDRESS),
                _ => whole_pages(address, bytes)?,
            };
            if range.end > region.end {
                return Err(Win32Error::ERROR_INVALID_ADDRESS);
            }
            // SAFETY: reserved here; the caller gives up what they hold.
            unsafe { pages::forget(range.start, range.end - range.start) }
                .map_err(|_| Win32Error::ERROR_NOT_ENOUGH_MEMORY)?;
            cut(&mut region.committed, &range);
            Ok(())
        }
        _ => Err(Win32Error::ERROR_INVALID_PARAMETER),
    }
}

/// What VirtualQuery says of one of our regions.
fn describe(start: usize, region: &Region, page: usize) -> MEMORY_BASIC_INFORMATION {
    let piece = region.committed.range(..=page).next_back().filter(|(_, (end, _))| *end > page);
    let (end, state, protection) = match piece {
        Some((_, (end, protection))) => (*end, MEM_COMMIT, *protection),
        None => {
            let next = region.committed.range(page..).next();
            (next.map_or(region.end, |(start, _)| *start), MEM_RESERVE, 0)
        }
    };
    MEMORY_BASIC_INFORMATION {
        BaseAddress: ptr::with_exposed_provenance_mut(page),
        AllocationBase: ptr::with_exposed_provenance_mut(start),
        AllocationProtect: region.protection,
        RegionSize: end - page,
        State: state,
        Protect: protection,
        Type: region.kind,
        ..MEMORY_BASIC_INFORMATION::default()
    }
}

/// What VirtualQuery says of memory that is neither VirtualAlloc's nor a view.
fn describe_other(page: usize) -> MEMORY_BASIC_INFORMATION {
    let address = ptr::with_exposed_provenance_mut(page);
    let mapping = pages::mapping_at_or_after(page);
    match mapping.filter(|mapping| mapping.start <= page) {
        Some(mapping) => MEMORY_BASIC_INFORMATION {
            BaseAddress: address,
            AllocationBase: ptr::with_exposed_provenance_mut(mapping.start),
            AllocationProtect: protection(mapping.access),
            RegionSize: mapping.end - page,
            State: MEM_COMMIT,
            Protect: protection(mapping.access),
            Type: if mapping.of_file { MEM_IMAGE } else { MEM_PRIVATE },
            ..MEMORY_BASIC_INFORMATION::default()
        },
        None => MEMORY_BASIC_INFORMATION {
            BaseAddress: address,
            RegionSize: mapping.map_or(USER_END, |mapping| mapping.start) - page,
            State: MEM_FREE,
            Protect: PAGE_NOACCESS,
            ..MEMORY_BASIC_INFORMATION::default()
        },
    }
}

/// The end of the addresses that a process can have.
const USER_END: usize = 1 << 47;

/// Reserves addresses, makes pages of them usable, or both.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL and ERROR_INVALID_PARAMETER (87); ERROR_INVALID_ADDRESS (487): something is there, or
/// nothing was reserved; ERROR_NOT_ENOUGH_MEMORY (8); ERROR_PRIVILEGE_NOT_HELD (1314): large pages;
/// ERROR_NOT_SUPPORTED (50): guard pages.
///
/// # Linux
/// mmap and mprotect, in steps of 64 KiB as on Windows. Committing takes no memory before it is
/// touched, as the kernel allows.
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, VirtualAlloc
#[api]
pub unsafe extern "system" fn VirtualAlloc(
    lpaddress: *const c_void,
    dwsize: usize,
    flallocationtype: VIRTUAL_ALLOCATION_TYPE,
    flprotect: PAGE_PROTECTION_FLAGS,
) -> *mut c_void {
    match allocate(lpaddress.addr(), dwsize, flallocationtype, flprotect) {
        Ok(address) => ptr::with_exposed_provenance_mut(address),
        Err(error) => {
            crate::last_error::set(error.0);
            ptr::null_mut()
        }
    }
}

/// Gives pages back, or addresses.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87), also for a view; ERROR_INVALID_ADDRESS (487): not
/// VirtualAlloc's.
///
/// # Linux
/// munmap; pages that are decommitted are replaced by fresh ones.
///
/// # Safety
/// Nobody uses the pages any more.
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, VirtualFree
#[api]
pub unsafe extern "system" fn VirtualFree(
    lpaddress: *mut c_void,
    dwsize: usize,
    dwfreetype: VIRTUAL_FREE_TYPE,
) -> BOOL {
    truth(|| free(lpaddress.addr(), dwsize, dwfreetype))
}

/// Changes what may be done with pages.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): no protection, or more than a view was mapped for;
/// ERROR_INVALID_ADDRESS (487): not committed by VirtualAlloc; ERROR_NOACCESS (998): nowhere to store the old protection; ERROR_NOT_SUPPORTED
/// (50): guard pages.
///
/// # Linux
/// Pages of VirtualAlloc and of views alone: not the program's own code, nor its heap.
///
/// # Safety
/// Nobody relies on more than is left.
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, VirtualProtect
#[api]
pub unsafe extern "system" fn VirtualProtect(
    lpaddress: *const c_void,
    dwsize: usize,
    flnewprotect: PAGE_PROTECTION_FLAGS,
    lpfloldprotect: *mut PAGE_PROTECTION_FLAGS,
) -> BOOL {
    truth(|| {
        let access = access(flnewprotect)?;
        let range = whole_pages(lpaddress.addr(), dwsize)?;
        let mut regions = regions();
        let (_, region) =
            region_of(&mut regions, range.start).ok_or(Win32Error::ERROR_INVALID_ADDRESS)?;
        if !is_committed(&region.committed, &range) {
            return Err(Win32Error::ERROR_INVALID_ADDRESS);
        }
        if !region.may_be(flnewprotect) {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        if !is_writable(lpfloldprotect.addr(), size_of::<u32>()) {
            return Err(Win32Error::ERROR_NOACCESS);
        }
        let first = region.committed.range(..=range.start).next_back();
        let before = first.map_or(PAGE_NOACCESS, |(_, (_, protection))| *protection);
        // SAFETY: just written by the kernel.
        unsafe { lpfloldprotect.write_unaligned(before) };
        // SAFETY: reserved here; by this function's own contract.
        unsafe { pages::allow(range.start, range.end - range.start, access) }
            .map_err(|_| Win32Error::ERROR_NOT_ENOUGH_MEMORY)?;
        cut(&mut region.committed, &range);
        region.committed.insert(range.start, (range.end, flnewprotect));
        Ok(())
    })
}

/// Tells of the pages at an address; the answer is the record's length.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_INVALID_PARAMETER (87): too little room, or no address of a process; ERROR_NOACCESS
/// (998).
///
/// # Linux
/// Other memory than VirtualAlloc's and views is described by /proc/self/maps: a mapping counts as one
/// allocation.
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, VirtualQuery
#[api]
pub unsafe extern "system" fn VirtualQuery(
    lpaddress: *const c_void,
    lpbuffer: *mut MEMORY_BASIC_INFORMATION,
    dwlength: usize,
) -> usize {
    let record = size_of::<MEMORY_BASIC_INFORMATION>();
    let address = lpaddress.addr();
    if dwlength < record || address >= USER_END || !is_writable(lpbuffer.addr(), record) {
        let fits = dwlength >= record && address < USER_END;
        let error =
            if fits { Win32Error::ERROR_NOACCESS } else { Win32Error::ERROR_INVALID_PARAMETER };
        crate::last_error::set(error.0);
        return 0;
    }
    let page = address - address % pages::page_bytes();
    let mut regions = regions();
    let found = match region_of(&mut regions, page) {
        Some((start, region)) => describe(start, region, page),
        None => describe_other(page),
    };
    // SAFETY: just written by the kernel.
    unsafe { lpbuffer.write_unaligned(found) };
    record
}

/// Keeps pages in memory.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87); ERROR_NOACCESS (998): not there; ERROR_NOT_ENOUGH_MEMORY
/// (8): more than RLIMIT_MEMLOCK.
///
/// # Linux
/// mlock.
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, VirtualLock
#[api]
pub unsafe extern "system" fn VirtualLock(lpaddress: *const c_void, dwsize: usize) -> BOOL {
    truth(|| keep(lpaddress.addr(), dwsize, true))
}

/// Lets pages go to disk again.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`VirtualLock`].
///
/// # Linux
/// munlock.
///
/// # Sources
/// learn.microsoft.com: memoryapi.h, VirtualUnlock
#[api]
pub unsafe extern "system" fn VirtualUnlock(lpaddress: *const c_void, dwsize: usize) -> BOOL {
    truth(|| keep(lpaddress.addr(), dwsize, false))
}

fn keep(address: usize, bytes: usize, on: bool) -> Result<(), Win32Error> {
    let range = whole_pages(address, bytes)?;
    pages::keep(range.start, range.end - range.start, on).map_err(|error| match error {
        Errno::EPERM | Errno::EAGAIN => Win32Error::ERROR_NOT_ENOUGH_MEMORY,
        _ => Win32Error::ERROR_NOACCESS,
    })
}
