//! An allocator that notices writes into freed memory, and what the tests that use it do to
//! operations.
//!
//! It never gives memory of the sizes in question back: it fills what was freed with a pattern and
//! keeps it. A write after the end of a block's life spoils the pattern, whoever makes it: the
//! kernel, the library or the program.

use linsock::Operation;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::RwLock;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// The sizes kept: an operation's record has about 100 bytes, the buffers here have 600.
const KEPT_BYTES: std::ops::RangeInclusive<usize> = 64..=1024;
const KEPT_MAX: usize = 1 << 18;
pub const FREED: u8 = 0xDD;
pub const BUFFER_BYTES: usize = 600;

struct Keeper;

static KEPT: [(AtomicPtr<u8>, AtomicUsize); KEPT_MAX] =
    [const { (AtomicPtr::new(std::ptr::null_mut()), AtomicUsize::new(0)) }; KEPT_MAX];
static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: memory comes from the system's allocator; some of it is never given back.
unsafe impl GlobalAlloc for Keeper {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if KEPT_BYTES.contains(&layout.size()) {
            let place = COUNT.fetch_add(1, Ordering::Relaxed);
            if let Some((kept, size)) = KEPT.get(place) {
                // SAFETY: the block is ours until it is given back, which it never is.
                unsafe { block.write_bytes(FREED, layout.size()) };
                size.store(layout.size(), Ordering::Relaxed);
                kept.store(block, Ordering::Release);
                return;
            }
        }
        // SAFETY: by the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static KEEPER: Keeper = Keeper;

/// Held by the one test that spoils a block on purpose.
static SPOILING: RwLock<()> = RwLock::new(());

/// How many freed blocks were written to by accident.
pub fn spoiled_by_accident() -> usize {
    let _nobody_spoils = SPOILING.read().unwrap();
    spoiled()
}

/// How many freed blocks were written to.
fn spoiled() -> usize {
    let mut spoiled = 0;
    for (block, size) in &KEPT[..COUNT.load(Ordering::Relaxed).min(KEPT_MAX)] {
        let block = block.load(Ordering::Acquire);
        if block.is_null() {
            continue;
        }
        let bytes = 0..size.load(Ordering::Relaxed);
        // SAFETY: kept blocks stay readable; volatile, because others may have written to them.
        let intact = bytes.into_iter().all(|at| unsafe { block.add(at).read_volatile() } == FREED);
        spoiled += usize::from(!intact);
    }
    spoiled
}

pub fn room() -> Vec<u8> {
    vec![0; BUFFER_BYTES]
}

/// What is done to an operation in progress.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    Dropped,
    Forgotten,
    CancelledAndForgotten,
    Taken,
}

pub const FATES: [Fate; 4] =
    [Fate::Dropped, Fate::Forgotten, Fate::CancelledAndForgotten, Fate::Taken];

pub fn meet(fate: Fate, operation: Operation) {
    match fate {
        Fate::Dropped => drop(operation),
        Fate::Forgotten => std::mem::forget(operation),
        Fate::CancelledAndForgotten => {
            operation.cancel();
            std::mem::forget(operation);
        }
        Fate::Taken => drop(operation.take()),
    }
}

#[test]
fn the_allocator_notices_a_write_after_the_end() {
    let _no_other_test_looks = SPOILING.write().unwrap();
    let before = spoiled();
    let block = Box::into_raw(Box::new([0u8; 777]));
    // SAFETY: the block came from a box.
    drop(unsafe { Box::from_raw(block) });
    let kept =
        KEPT.iter().any(|(kept, _)| std::ptr::eq(kept.load(Ordering::Acquire), block.cast()));
    assert!(kept);
    // SAFETY: the allocator keeps the block.
    unsafe { block.cast::<u8>().add(5).write_volatile(1) };
    assert!(spoiled() > before);
    // SAFETY: as above.
    unsafe { block.cast::<u8>().add(5).write_volatile(FREED) };
}
