//! Heaps: the C library's allocator, with the size that was asked for kept before each block.
//!
//! A block's header says how long it is and whose it is, so that a block given back to another heap is refused. A heap
//! made by HeapCreate also lists its blocks, because HeapDestroy frees what the program did not.

use std::collections::HashSet;
use std::ffi::c_void;
use std::ptr;
use std::sync::{Mutex, MutexGuard};

use linsock_abi::{
    BOOL, HANDLE, HEAP_REALLOC_IN_PLACE_ONLY, HEAP_ZERO_MEMORY, HLOCAL, LMEM_ZEROINIT, Win32Error,
};

/// What GetProcessHeap answers: no address, no descriptor and no handle of ours.
const PROCESS_HEAP: usize = 0x2000_0000;
/// Blocks of LocalAlloc; they are given back to LocalFree alone.
const LOCAL_HEAP: usize = 0x2000_0004;

/// Before each block; as long as the allocator's alignment, which the block keeps.
#[repr(C, align(16))]
struct Header {
    bytes: usize,
    heap: usize,
}

/// A heap of HeapCreate.
struct Heap {
    /// 0: no limit.
    bytes_max: usize,
    bytes: usize,
    blocks: HashSet<usize>,
}

/// Heaps by number; their handles count up from after LOCAL_HEAP.
static HEAPS: Mutex<Vec<Option<Heap>>> = Mutex::new(Vec::new());

const FIRST: usize = LOCAL_HEAP + 4;

fn heaps() -> MutexGuard<'static, Vec<Option<Heap>>> {
    HEAPS.lock().unwrap_or_else(|poison| poison.into_inner())
}

/// The heap of a handle of HeapCreate.
fn own(heaps: &mut [Option<Heap>], heap: usize) -> Option<&mut Heap> {
    let place = heap.checked_sub(FIRST)?;
    heaps.get_mut(place / 4).filter(|_| place.is_multiple_of(4))?.as_mut()
}

fn set(error: Win32Error) {
    crate::last_error::set(error.0);
}

/// Whether a number is a heap's handle.
pub(super) fn is_heap(heap: usize) -> bool {
    heap == PROCESS_HEAP || own(&mut heaps(), heap).is_some()
}

/// Whether a block is one of a heap's.
///
/// # Safety
/// As [`header`].
pub(super) unsafe fn has_block(heap: usize, block: *const c_void) -> bool {
    // SAFETY: the caller's word.
    unsafe { header(heap, block) }.is_some()
}

fn allocate(heap: usize, bytes: usize, zeroed: bool) -> *mut c_void {
    let Some(whole) = bytes.checked_add(size_of::<Header>()) else { return ptr::null_mut() };
    let mut listed = None;
    if ![PROCESS_HEAP, LOCAL_HEAP].contains(&heap) {
        let mut heaps = heaps();
        match own(&mut heaps, heap) {
            None => {
                set(Win32Error::ERROR_INVALID_HANDLE);
                return ptr::null_mut();
            }
            Some(found)
                if found.bytes_max != 0 && found.bytes.saturating_add(bytes) > found.bytes_max =>
            {
                return ptr::null_mut();
            }
            Some(_) => listed = Some(heaps),
        }
    }
    // SAFETY: any size may be asked for.
    let start = unsafe { if zeroed { libc::calloc(1, whole) } else { libc::malloc(whole) } };
    if start.is_null() {
        return start;
    }
    // SAFETY: at least a header's bytes were allocated, aligned for anything.
    let block = unsafe {
        start.cast::<Header>().write(Header { bytes, heap });
        start.byte_add(size_of::<Header>())
    };
    if let Some(found) = listed.as_mut().and_then(|heaps| own(heaps, heap)) {
        found.bytes += bytes;
        found.blocks.insert(block.addr());
    }
    block
}

/// The header of a block of this heap.
///
/// # Safety
/// NULL, or a block that was allocated here and not given back.
unsafe fn header(heap: usize, block: *const c_void) -> Option<*mut Header> {
    if block.is_null() {
        return None;
    }
    // SAFETY: the caller's word: a header is before it.
    let header = unsafe { block.cast_mut().byte_sub(size_of::<Header>()) }.cast::<Header>();
    // SAFETY: as above.
    (unsafe { (*header).heap } == heap).then_some(header)
}

/// # Safety
/// As [`header`].
unsafe fn release(heap: usize, block: *const c_void) -> bool {
    // SAFETY: the caller's word.
    let Some(header) = (unsafe { header(heap, block) }) else { return false };
    // SAFETY: a header of ours.
    let bytes = unsafe { (*header).bytes };
    if let Some(found) = own(&mut heaps(), heap) {
        found.bytes -= bytes;
        found.blocks.remove(&block.addr());
    }
    // SAFETY: allocated here; no longer a block of anyone's if it is given back twice.
    unsafe {
        (*header).heap = 0;
        libc::free(header.cast());
    }
    true
}

/// The heap that every program has.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// The C library's.
///
/// # Sources
/// learn.microsoft.com: heapapi.h, GetProcessHeap
#[api]
pub unsafe extern "system" fn GetProcessHeap() -> HANDLE {
    ptr::without_provenance_mut(PROCESS_HEAP)
}

/// Makes a heap whose blocks HeapDestroy frees.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// Its blocks come from the C library; the initial size reserves nothing, the maximum holds.
///
/// # Sources
/// learn.microsoft.com: heapapi.h, HeapCreate
#[api]
pub unsafe extern "system" fn HeapCreate(
    _floptions: u32,
    _dwinitialsize: usize,
    dwmaximumsize: usize,
) -> HANDLE {
    let mut heaps = heaps();
    let made = Some(Heap { bytes_max: dwmaximumsize, bytes: 0, blocks: HashSet::new() });
    let place = heaps.iter().position(Option::is_none).unwrap_or(heaps.len());
    match heaps.get_mut(place) {
        Some(free) => *free = made,
        None => heaps.push(made),
    }
    ptr::without_provenance_mut(FIRST + 4 * place)
}

/// Ends a heap and frees its blocks.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): no heap of HeapCreate.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: heapapi.h, HeapDestroy
#[api]
pub unsafe extern "system" fn HeapDestroy(hheap: HANDLE) -> BOOL {
    let mut heaps = heaps();
    if own(&mut heaps, hheap.addr()).is_none() {
        drop(heaps);
        set(Win32Error::ERROR_INVALID_HANDLE);
        return 0;
    }
    let gone = heaps[(hheap.addr() - FIRST) / 4].take();
    drop(heaps);
    for block in gone.into_iter().flat_map(|heap| heap.blocks) {
        let block = ptr::with_exposed_provenance_mut::<c_void>(block);
        // SAFETY: listed, so allocated here and not given back.
        unsafe { libc::free(block.byte_sub(size_of::<Header>())) };
    }
    1
}

/// Allocates a block.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL: no memory, or more than the heap's maximum; with ERROR_INVALID_HANDLE (6): no heap.
///
/// # Linux
/// Every heap is safe to use from several threads; HEAP_GENERATE_EXCEPTIONS raises nothing.
///
/// # Sources
/// learn.microsoft.com: heapapi.h, HeapAlloc
#[api]
pub unsafe extern "system" fn HeapAlloc(
    hheap: HANDLE,
    dwflags: u32,
    dwbytes: usize,
) -> *mut c_void {
    let heap = hheap.addr();
    if heap == LOCAL_HEAP {
        set(Win32Error::ERROR_INVALID_HANDLE);
        return ptr::null_mut();
    }
    allocate(heap, dwbytes, dwflags & HEAP_ZERO_MEMORY != 0)
}

/// Changes a block's size; its content goes along.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL: no memory, or the block would have to move and may not; it stays as it was. With ERROR_INVALID_PARAMETER (87):
/// no block of this heap.
///
/// # Linux
/// HEAP_REALLOC_IN_PLACE_ONLY lets a block shrink and never grow.
///
/// # Sources
/// learn.microsoft.com: heapapi.h, HeapReAlloc
#[api]
pub unsafe extern "system" fn HeapReAlloc(
    hheap: HANDLE,
    dwflags: u32,
    lpmem: *const c_void,
    dwbytes: usize,
) -> *mut c_void {
    // SAFETY: by the crate's vocabulary a block that HeapAlloc gave.
    let Some(header) = (unsafe { header(hheap.addr(), lpmem) }) else {
        set(Win32Error::ERROR_INVALID_PARAMETER);
        return ptr::null_mut();
    };
    // SAFETY: a header of ours.
    let before = unsafe { (*header).bytes };
    if dwflags & HEAP_REALLOC_IN_PLACE_ONLY != 0 {
        if dwbytes > before {
            return ptr::null_mut();
        }
        if let Some(found) = own(&mut heaps(), hheap.addr()) {
            found.bytes -= before - dwbytes;
        }
        // SAFETY: a header of ours.
        unsafe { (*header).bytes = dwbytes };
        return lpmem.cast_mut();
    }
    let made = allocate(hheap.addr(), dwbytes, dwflags & HEAP_ZERO_MEMORY != 0);
    if !made.is_null() {
        // SAFETY: both blocks have at least so many bytes; the old one is given back once.
        unsafe {
            ptr::copy_nonoverlapping(lpmem.cast::<u8>(), made.cast::<u8>(), before.min(dwbytes));
            release(hheap.addr(), lpmem);
        }
    }
    made
}

/// Gives a block back.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): no block of this heap.
///
/// # Linux
/// NULL is no error, as on Windows.
///
/// # Sources
/// learn.microsoft.com: heapapi.h, HeapFree
#[api]
pub unsafe extern "system" fn HeapFree(hheap: HANDLE, _dwflags: u32, lpmem: *const c_void) -> BOOL {
    // SAFETY: by the crate's vocabulary a block that HeapAlloc gave.
    if lpmem.is_null() || unsafe { release(hheap.addr(), lpmem) } {
        return 1;
    }
    set(Win32Error::ERROR_INVALID_PARAMETER);
    0
}

/// How many bytes a block was asked to have.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// (SIZE_T)-1: no block of this heap.
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: heapapi.h, HeapSize
#[api]
pub unsafe extern "system" fn HeapSize(
    hheap: HANDLE,
    _dwflags: u32,
    lpmem: *const c_void,
) -> usize {
    // SAFETY: by the crate's vocabulary a block that HeapAlloc gave.
    let header = unsafe { header(hheap.addr(), lpmem) };
    // SAFETY: a header of ours.
    header.map_or(usize::MAX, |header| unsafe { (*header).bytes })
}

/// Allocates a block that LocalFree gives back.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL and ERROR_NOT_ENOUGH_MEMORY (8).
///
/// # Linux
/// Blocks do not move: LMEM_MOVEABLE is not followed, a handle is the block's address.
///
/// # Sources
/// learn.microsoft.com: winbase.h, LocalAlloc
#[api]
pub unsafe extern "system" fn LocalAlloc(uflags: u32, ubytes: usize) -> HLOCAL {
    let block = allocate(LOCAL_HEAP, ubytes, uflags & LMEM_ZEROINIT != 0);
    if block.is_null() {
        set(Win32Error::ERROR_NOT_ENOUGH_MEMORY);
    }
    block
}

/// Gives a block of LocalAlloc or FormatMessage back.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// The block itself and ERROR_INVALID_HANDLE (6): not such a block.
///
/// # Linux
/// NULL is no error, as on Windows.
///
/// # Sources
/// learn.microsoft.com: winbase.h, LocalFree
#[api]
pub unsafe extern "system" fn LocalFree(hmem: HLOCAL) -> HLOCAL {
    // SAFETY: by the crate's vocabulary a block that LocalAlloc gave.
    if hmem.is_null() || unsafe { release(LOCAL_HEAP, hmem) } {
        return ptr::null_mut();
    }
    set(Win32Error::ERROR_INVALID_HANDLE);
    hmem
}
