//! Locks in the program's memory, by force: many threads, and counts that only a lock keeps right.

use super::*;
use crate::last_error::GetLastError;
use linsock_abi::*;
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

/// Memory of the program's, which threads share.
struct Shared<T>(UnsafeCell<T>);

// SAFETY: shared as the functions under test allow it.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    fn new(value: T) -> Self {
        Shared(UnsafeCell::new(value))
    }

    fn get(&self) -> *mut T {
        self.0.get()
    }
}

const THREADS: usize = 6;
const ROUNDS: usize = 5_000;

#[test]
fn a_critical_section_excludes_and_is_entered_again() {
    let section = Shared::new(CRITICAL_SECTION::default());
    let count = Shared::new(0usize);
    // SAFETY: the section is initialised before use; the count is touched inside alone.
    unsafe {
        assert_ne!(InitializeCriticalSectionAndSpinCount(section.get(), 4000), 0);
        assert_eq!(SetCriticalSectionSpinCount(section.get(), 10), 4000);
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for round in 0..ROUNDS {
                        EnterCriticalSection(section.get());
                        if round % 3 == 0 {
                            assert_ne!(TryEnterCriticalSection(section.get()), 0);
                        }
                        *count.get() += 1;
                        if round % 3 == 0 {
                            LeaveCriticalSection(section.get());
                        }
                        LeaveCriticalSection(section.get());
                    }
                });
            }
        });
        assert_eq!(*count.get(), THREADS * ROUNDS);
        EnterCriticalSection(section.get());
        let elsewhere = thread::scope(|scope| {
            let tried = scope.spawn(|| TryEnterCriticalSection(section.get()));
            tried.join().expect("no panic")
        });
        assert_eq!(elsewhere, 0);
        LeaveCriticalSection(section.get());
        DeleteCriticalSection(section.get());
    }
}

#[test]
fn a_slim_lock_keeps_writers_alone() {
    let lock = Shared::new(SRWLOCK_INIT);
    let pair = Shared::new((0usize, 0usize));
    let read = AtomicU32::new(0);
    // SAFETY: the pair is written under the lock for writing and read under either.
    unsafe {
        thread::scope(|scope| {
            for number in 0..THREADS {
                let (lock, pair, read) = (&lock, &pair, &read);
                scope.spawn(move || {
                    for round in 0..ROUNDS {
                        if number % 2 == 0 {
                            AcquireSRWLockExclusive(lock.get());
                            (*pair.get()).0 += 1;
                            if round % 64 == 0 {
                                thread::yield_now();
                            }
                            (*pair.get()).1 += 1;
                            ReleaseSRWLockExclusive(lock.get());
                        } else {
                            AcquireSRWLockShared(lock.get());
                            let (first, second) = *pair.get();
                            assert_eq!(first, second);
                            read.fetch_add(1, Ordering::Relaxed);
                            ReleaseSRWLockShared(lock.get());
                        }
                    }
                });
            }
        });
        assert_eq!(*pair.get(), (THREADS / 2 * ROUNDS, THREADS / 2 * ROUNDS));
        assert_eq!(read.load(Ordering::Relaxed) as usize, THREADS / 2 * ROUNDS);
        AcquireSRWLockShared(lock.get());
        assert!(TryAcquireSRWLockShared(lock.get()));
        assert!(!TryAcquireSRWLockExclusive(lock.get()));
        ReleaseSRWLockShared(lock.get());
        ReleaseSRWLockShared(lock.get());
        assert!(TryAcquireSRWLockExclusive(lock.get()));
        assert!(!TryAcquireSRWLockShared(lock.get()));
        ReleaseSRWLockExclusive(lock.get());
        assert!((*lock.get()).Ptr.addr() as u32 == 0, "free");
    }
}

/// A queue of one place: producers and consumers wait for each other.
#[test]
fn condition_variables_lose_no_wake() {
    let (section, lock) = (Shared::new(CRITICAL_SECTION::default()), Shared::new(SRWLOCK_INIT));
    let (full, empty) =
        (Shared::new(CONDITION_VARIABLE_INIT), Shared::new(CONDITION_VARIABLE_INIT));
    let place = Shared::new(None::<usize>);
    let sum = Shared::new(0usize);
    // SAFETY: the place and the sum are touched under the lock alone.
    unsafe {
        InitializeCriticalSection(section.get());
        for slim in [false, true] {
            *sum.get() = 0;
            let take = || match slim {
                true => AcquireSRWLockExclusive(lock.get()),
                false => EnterCriticalSection(section.get()),
            };
            let give = || match slim {
                true => ReleaseSRWLockExclusive(lock.get()),
                false => LeaveCriticalSection(section.get()),
            };
            let wait = |variable: &Shared<CONDITION_VARIABLE>| {
                assert_ne!(
                    match slim {
                        true => SleepConditionVariableSRW(variable.get(), lock.get(), 60_000, 0),
                        false => SleepConditionVariableCS(variable.get(), section.get(), 60_000),
                    },
                    0
                );
            };
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        for round in 1..=ROUNDS {
                            take();
                            while (*place.get()).is_some() {
                                wait(&empty);
                            }
                            *place.get() = Some(round);
                            give();
                            WakeConditionVariable(full.get());
                        }
                    });
                    scope.spawn(|| {
                        for _ in 0..ROUNDS {
                            take();
                            while (*place.get()).is_none() {
                                wait(&full);
                            }
                            *sum.get() += (*place.get()).take().unwrap_or(0);
                            give();
                            WakeAllConditionVariable(empty.get());
                        }
                    });
                }
            });
            assert_eq!(*sum.get(), ROUNDS * (ROUNDS + 1));
        }
        EnterCriticalSection(section.get());
        assert_eq!(SleepConditionVariableCS(full.get(), section.get(), 10), 0);
        assert_eq!(GetLastError(), ERROR_TIMEOUT);
        LeaveCriticalSection(section.get());
    }
}

static RAN: AtomicU32 = AtomicU32::new(0);

unsafe extern "system" fn initialise(
    _: *mut INIT_ONCE,
    parameter: *mut std::ffi::c_void,
    context: *mut *mut std::ffi::c_void,
) -> BOOL {
    let run = RAN.fetch_add(1, Ordering::Relaxed);
    thread::sleep(std::time::Duration::from_millis(20));
    // SAFETY: room for a pointer.
    unsafe { *context = parameter };
    // The first one fails, so that another one tries.
    BOOL::from(run > 0)
}

#[test]
fn initialisation_is_done_once() {
    let once = Shared::new(INIT_ONCE_STATIC_INIT);
    let good = AtomicU32::new(0);
    let run = || {
        let mut context = std::ptr::null_mut();
        let parameter = std::ptr::without_provenance_mut(0x1230);
        // SAFETY: room for the context.
        if unsafe { InitOnceExecuteOnce(once.get(), Some(initialise), parameter, &raw mut context) }
            != 0
        {
            assert_eq!(context.addr(), 0x1230);
            good.fetch_add(1, Ordering::Relaxed);
        }
    };
    thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(run))));
    assert_eq!(RAN.load(Ordering::Relaxed), 2);
    assert_eq!(good.load(Ordering::Relaxed) as usize, THREADS - 1);
    let (once, mut pending) = (Shared::new(INIT_ONCE_STATIC_INIT), 9);
    let mut context = std::ptr::null_mut();
    // SAFETY: room for the answers.
    unsafe {
        assert_eq!(InitOnceBeginInitialize(once.get(), 1, &raw mut pending, &raw mut context), 0);
        assert_eq!(InitOnceBeginInitialize(once.get(), 2, &raw mut pending, &raw mut context), 1);
        assert_eq!(pending, 1);
        assert_eq!(InitOnceComplete(once.get(), 2, std::ptr::without_provenance(0x40)), 1);
        assert_eq!(InitOnceComplete(once.get(), 2, std::ptr::without_provenance(0x44)), 0);
        assert_eq!(InitOnceBeginInitialize(once.get(), 0, &raw mut pending, &raw mut context), 1);
        assert_eq!((pending, context.addr()), (0, 0x40));
    }
}

static ENDED: AtomicU32 = AtomicU32::new(0);

unsafe extern "system" fn at_end(value: *const std::ffi::c_void) {
    ENDED.fetch_add(value.addr() as u32, Ordering::Relaxed);
}

#[test]
fn each_thread_has_its_own_value() {
    // SAFETY: numbers stand for pointers and are not followed.
    unsafe {
        let (plain, told) = (TlsAlloc(), FlsAlloc(Some(at_end)));
        assert!(plain != TLS_OUT_OF_INDEXES && told != FLS_OUT_OF_INDEXES);
        assert_eq!(TlsSetValue(plain, std::ptr::without_provenance(1)), 1);
        thread::spawn(move || {
            assert!(TlsGetValue(plain).is_null());
            assert_eq!(FlsSetValue(told, std::ptr::without_provenance(5)), 1);
            assert_eq!(FlsGetValue(told).addr(), 5);
        })
        .join()
        .expect("no panic");
        assert_eq!(TlsGetValue(plain).addr(), 1);
        assert_eq!(ENDED.load(Ordering::Relaxed), 5);
        assert_eq!((TlsFree(plain), FlsFree(told)), (1, 1));
        assert_eq!(TlsFree(plain), 0);
        assert_eq!(GetLastError(), ERROR_INVALID_PARAMETER);
        assert_eq!(TlsSetValue(100_000, std::ptr::null()), 0);
        let again = TlsAlloc();
        assert!(TlsGetValue(again).is_null(), "a number that is given out again is empty");
        assert_eq!(TlsFree(again), 1);
    }
}

static FREED: AtomicU32 = AtomicU32::new(0);

unsafe extern "system" fn free_late(value: *const std::ffi::c_void) {
    // Long enough for whoever was woken too early.
    thread::sleep(std::time::Duration::from_millis(30));
    FREED.fetch_add(value.addr() as u32, Ordering::Relaxed);
}

unsafe extern "system" fn store_seven(key: *mut std::ffi::c_void) -> u32 {
    // SAFETY: numbers stand for pointers and are not followed.
    unsafe { FlsSetValue(key.addr() as u32, std::ptr::without_provenance(7)) as u32 }
}

#[test]
fn who_waits_for_a_thread_finds_its_values_freed() {
    // SAFETY: as above.
    unsafe {
        let key = FlsAlloc(Some(free_late));
        let parameter = std::ptr::without_provenance(key as usize);
        let handle = CreateThread(
            std::ptr::null(),
            0,
            Some(store_seven),
            parameter,
            0,
            std::ptr::null_mut(),
        );
        assert_eq!(WaitForSingleObject(handle, 10_000), 0);
        assert_eq!(FREED.load(Ordering::Relaxed), 7);
        assert_eq!((CloseHandle(handle), FlsFree(key)), (1, 1));
    }
}
