//! Interlocked singly linked lists: a stack that threads share without a lock of the program's.
//!
//! Region is the first element's address; its lowest bit says that a thread is taking elements out. Putting in is
//! one exchange, whoever takes out meanwhile. Taking out is for one thread at a time, for the few instructions
//! between reading an element's successor and putting that in its place: nobody else can take the element away
//! and bring it back (the ABA problem), nor free it while it is read, so no element has to outlive its removal.
//! Alignment counts the elements.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering};

use linsock_abi::{SLIST_ENTRY, SLIST_HEADER};

/// A thread is taking out.
const TAKING: u64 = 1;

/// The two words of a head.
///
/// # Safety
/// A head that lives as long as the answer.
unsafe fn words<'a>(head: *const SLIST_HEADER) -> Option<(&'a AtomicU64, &'a AtomicU64)> {
    if head.is_null() {
        return None;
    }
    let first = head.cast::<AtomicU64>();
    // SAFETY: the caller's word; two words of 64 bits.
    Some(unsafe { (&*first, &*first.add(1)) })
}

/// Puts a chain of elements in, and answers with what was the first.
///
/// # Safety
/// The elements are the caller's, and stay while they are in the list.
unsafe fn push(
    head: *mut SLIST_HEADER,
    first: *mut SLIST_ENTRY,
    last: *mut SLIST_ENTRY,
    count: u32,
) -> *mut SLIST_ENTRY {
    // SAFETY: the caller's word.
    let Some((depth, region)) = (unsafe { words(head) }) else { return std::ptr::null_mut() };
    if first.is_null() || last.is_null() {
        return std::ptr::null_mut();
    }
    let address = first.expose_provenance() as u64;
    let mut before = region.load(Ordering::Relaxed);
    loop {
        let old = entry(before & !TAKING);
        // SAFETY: not in the list yet, so the caller's alone.
        unsafe { (*last).Next = old };
        let wanted = address | before & TAKING;
        match region.compare_exchange_weak(before, wanted, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => {
                depth.fetch_add(u64::from(count), Ordering::Relaxed);
                return old;
            }
            Err(now) => before = now,
        }
    }
}

fn entry(address: u64) -> *mut SLIST_ENTRY {
    std::ptr::with_exposed_provenance_mut::<c_void>(address as usize).cast()
}

/// Becomes the one who takes out.
fn begin(region: &AtomicU64) -> u64 {
    let mut tries = 0_u32;
    loop {
        let before = region.fetch_or(TAKING, Ordering::Acquire);
        if before & TAKING == 0 {
            return before;
        }
        // The other one needs a few instructions, unless it was put to sleep among them.
        tries += 1;
        if tries.is_multiple_of(64) { std::thread::yield_now() } else { std::hint::spin_loop() }
    }
}

/// Makes a list empty.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: interlockedapi.h, InitializeSListHead
#[api]
pub unsafe extern "system" fn InitializeSListHead(listhead: *mut SLIST_HEADER) {
    // SAFETY: by the crate's vocabulary.
    if let Some((depth, region)) = unsafe { words(listhead) } {
        depth.store(0, Ordering::Relaxed);
        region.store(0, Ordering::Release);
    }
}

/// Puts an element at the front of a list; the answer is the former first one, or NULL.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// One exchange, without a lock.
///
/// # Safety
/// The element is in no list, and stays while it is in this one.
///
/// # Sources
/// learn.microsoft.com: interlockedapi.h, InterlockedPushEntrySList
#[api]
pub unsafe extern "system" fn InterlockedPushEntrySList(
    listhead: *mut SLIST_HEADER,
    listentry: *mut SLIST_ENTRY,
) -> *mut SLIST_ENTRY {
    // SAFETY: by this function's own contract.
    unsafe { push(listhead, listentry, listentry, 1) }
}

/// Puts a chain of elements at the front of a list; the answer is the former first one, or NULL.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// One exchange, without a lock.
///
/// # Safety
/// As [`InterlockedPushEntrySList`], for all of them; the chain goes from the first to the last.
///
/// # Sources
/// learn.microsoft.com: interlockedapi.h, InterlockedPushListSListEx
#[api]
pub unsafe extern "system" fn InterlockedPushListSListEx(
    listhead: *mut SLIST_HEADER,
    list: *mut SLIST_ENTRY,
    listend: *mut SLIST_ENTRY,
    count: u32,
) -> *mut SLIST_ENTRY {
    // SAFETY: by this function's own contract.
    unsafe { push(listhead, list, listend, count) }
}

/// Takes the first element out of a list; NULL where there is none.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// One thread at a time takes out, others spin for a few instructions. The element may be freed at
/// once.
///
/// # Sources
/// learn.microsoft.com: interlockedapi.h, InterlockedPopEntrySList
#[api]
pub unsafe extern "system" fn InterlockedPopEntrySList(
    listhead: *mut SLIST_HEADER,
) -> *mut SLIST_ENTRY {
    // SAFETY: by the crate's vocabulary.
    let Some((depth, region)) = (unsafe { words(listhead) }) else {
        return std::ptr::null_mut();
    };
    if region.load(Ordering::Relaxed) == 0 {
        return std::ptr::null_mut();
    }
    let mut first = begin(region);
    loop {
        if first == 0 {
            region.fetch_and(!TAKING, Ordering::Release);
            return std::ptr::null_mut();
        }
        // SAFETY: in the list, from which nobody else takes anything now.
        let next = unsafe { (*entry(first)).Next }.expose_provenance() as u64;
        let taking = first | TAKING;
        match region.compare_exchange(taking, next, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => {
                depth.fetch_sub(1, Ordering::Relaxed);
                return entry(first);
            }
            // Something was put in before it.
            Err(now) => first = now & !TAKING,
        }
    }
}

/// Takes all elements out of a list, as a chain that begins with the first; NULL where there is
/// none.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// As [`InterlockedPopEntrySList`].
///
/// # Sources
/// learn.microsoft.com: interlockedapi.h, InterlockedFlushSList
#[api]
pub unsafe extern "system" fn InterlockedFlushSList(
    listhead: *mut SLIST_HEADER,
) -> *mut SLIST_ENTRY {
    // SAFETY: by the crate's vocabulary.
    let Some((depth, region)) = (unsafe { words(listhead) }) else {
        return std::ptr::null_mut();
    };
    if region.load(Ordering::Relaxed) == 0 {
        return std::ptr::null_mut();
    }
    begin(region);
    // What was put in since then is taken too.
    let all = entry(region.swap(0, Ordering::AcqRel) & !TAKING);
    let mut count = 0;
    let mut one = all;
    while !one.is_null() {
        count += 1;
        // SAFETY: taken out, so the caller's alone.
        one = unsafe { (*one).Next };
    }
    depth.fetch_sub(count, Ordering::Relaxed);
    all
}

/// How many elements a list has, modulo 65,536.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// While other threads change the list, a number that it had or is about to have.
///
/// # Sources
/// learn.microsoft.com: interlockedapi.h, QueryDepthSList
#[api]
pub unsafe extern "system" fn QueryDepthSList(listhead: *const SLIST_HEADER) -> u16 {
    // SAFETY: by the crate's vocabulary.
    unsafe { words(listhead) }.map_or(0, |(depth, _)| depth.load(Ordering::Relaxed) as u16)
}
