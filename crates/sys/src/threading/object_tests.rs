//! Mutexes, semaphores, timers and registered waits, called as C calls them.

use super::*;
use linsock_abi::{
    DUPLICATE_CLOSE_SOURCE, DUPLICATE_SAME_ACCESS, WAIT_ABANDONED, WAIT_ABANDONED_0,
    WAIT_IO_COMPLETION, WT_EXECUTEDEFAULT, WT_EXECUTEINWAITTHREAD, WT_EXECUTEONLYONCE,
};
use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const TIMEOUT: u32 = 258;
const INVALID_HANDLE: u32 = 6;
const INVALID_PARAMETER: u32 = 87;
/// Long enough for a machine that is busy.
const LONG_MS: u32 = 20_000;

/// A handle that may go to another thread.
#[derive(Clone, Copy)]
struct Shared(usize);

fn handle(shared: Shared) -> HANDLE {
    ptr::without_provenance_mut(shared.0)
}

fn shared(handle: HANDLE) -> Shared {
    assert!(!handle.is_null(), "error {}", crate::last_error::get());
    Shared(handle.addr())
}

fn mutex(owned: bool) -> Shared {
    // SAFETY: no attributes and no name.
    shared(unsafe { CreateMutexA(ptr::null(), owned.into(), ptr::null()) })
}

fn semaphore(count: i32, max: i32) -> Shared {
    // SAFETY: no attributes and no name.
    shared(unsafe { CreateSemaphoreA(ptr::null(), count, max, ptr::null()) })
}

fn event(manual: bool, initial: bool) -> Shared {
    // SAFETY: no attributes and no name.
    shared(unsafe { CreateEventA(ptr::null(), manual.into(), initial.into(), ptr::null()) })
}

fn timer(manual: bool) -> Shared {
    // SAFETY: no attributes and no name.
    shared(unsafe { CreateWaitableTimerA(ptr::null(), manual.into(), ptr::null()) })
}

fn wait(object: Shared, ms: u32) -> u32 {
    // SAFETY: any number may be given as a handle.
    unsafe { WaitForSingleObject(handle(object), ms) }
}

fn wait_all(objects: &[Shared], ms: u32) -> u32 {
    let handles: Vec<HANDLE> = objects.iter().map(|&object| handle(object)).collect();
    // SAFETY: the array is as long as said.
    unsafe { WaitForMultipleObjects(handles.len() as u32, handles.as_ptr(), 1, ms) }
}

fn release(mutex: Shared) -> (BOOL, u32) {
    crate::last_error::set(0);
    // SAFETY: any number may be given as a handle.
    (unsafe { ReleaseMutex(handle(mutex)) }, crate::last_error::get())
}

fn release_many(semaphore: Shared, count: i32) -> Result<i32, u32> {
    let mut before = -1;
    // SAFETY: room for the number.
    match unsafe { ReleaseSemaphore(handle(semaphore), count, &raw mut before) } {
        0 => Err(crate::last_error::get()),
        _ => Ok(before),
    }
}

fn close(object: Shared) -> BOOL {
    // SAFETY: any number may be given as a handle.
    unsafe { CloseHandle(handle(object)) }
}

fn elsewhere<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| scope.spawn(work).join().expect("it ends"))
}

#[test]
fn a_mutex_is_its_owners_as_often_as_it_was_waited_for() {
    let mutex = mutex(true);
    assert_eq!(wait(mutex, 0), 0);
    assert_eq!(wait(mutex, LONG_MS), 0);
    assert_eq!(elsewhere(|| wait(mutex, 0)), TIMEOUT);
    assert_eq!(elsewhere(|| release(mutex)), (0, 288));
    for _ in 0..2 {
        assert_eq!(release(mutex).0, 1);
        assert_eq!(elsewhere(|| wait(mutex, 0)), TIMEOUT);
    }
    assert_eq!(release(mutex).0, 1);
    assert_eq!(release(mutex), (0, 288));
    assert_eq!(elsewhere(|| (wait(mutex, 0), release(mutex).0)), (0, 1));
    assert_eq!(close(mutex), 1);
    assert_eq!(release(mutex), (0, INVALID_HANDLE));
}

#[test]
fn an_abandoned_mutex_says_so_once() {
    let mutex = mutex(false);
    assert_eq!(elsewhere(|| wait(mutex, 0)), 0);
    assert_eq!(wait(mutex, LONG_MS), WAIT_ABANDONED);
    assert_eq!(release(mutex).0, 1);
    assert_eq!(wait(mutex, 0), 0);
}

#[test]
fn a_sleeping_wait_gets_a_mutex_whose_owner_ends() {
    let (mutex, go) = (mutex(false), event(true, false));
    let owner = thread::spawn(move || {
        assert_eq!(wait(mutex, 0), 0);
        // SAFETY: an event.
        unsafe { SetEvent(handle(go)) };
        thread::sleep(Duration::from_millis(50));
    });
    assert_eq!(wait(go, LONG_MS), 0);
    let plain = event(true, false);
    let handles = [handle(plain), handle(mutex)];
    // SAFETY: the array is as long as said.
    let result = unsafe { WaitForMultipleObjects(2, handles.as_ptr(), 0, LONG_MS) };
    assert_eq!(result, WAIT_ABANDONED_0 + 1);
    owner.join().expect("it ends");
    assert_eq!(elsewhere(|| wait(mutex, 0)), TIMEOUT);
}

#[test]
fn a_mutex_whose_handles_are_closed_goes_to_who_waits_for_it() {
    let (mutex, go) = (mutex(false), event(true, false));
    let owner = thread::spawn(move || {
        assert_eq!(wait(mutex, 0), 0);
        // SAFETY: an event.
        unsafe { SetEvent(handle(go)) };
        thread::sleep(Duration::from_millis(100));
        assert_eq!(close(mutex), 1);
    });
    assert_eq!(wait(go, LONG_MS), 0);
    assert_eq!(wait(mutex, LONG_MS), WAIT_ABANDONED);
    owner.join().expect("it ends");
}

#[test]
fn e_006_a_wait_for_all_takes_neither_mutex_nor_semaphore_before_all_are_set() {
    let (mutex, semaphore, event) = (mutex(false), semaphore(1, 1), event(false, false));
    let all = [mutex, semaphore, event];
    assert_eq!(wait_all(&all, 0), TIMEOUT);
    thread::scope(|scope| {
        let sleeper = scope.spawn(|| {
            let result = wait_all(&all, LONG_MS);
            (result, release(mutex).0)
        });
        thread::sleep(Duration::from_millis(30));
        // The sleeper took neither.
        assert_eq!((wait(mutex, 0), wait(semaphore, 0)), (0, 0));
        // SAFETY: an event.
        unsafe { SetEvent(handle(event)) };
        assert_eq!(release_many(semaphore, 1), Ok(0));
        thread::sleep(Duration::from_millis(30));
        assert!(!sleeper.is_finished());
        assert_eq!(release(mutex).0, 1);
        assert_eq!(sleeper.join().expect("it ends"), (0, 1));
    });
    // All three were taken.
    assert_eq!((wait(semaphore, 0), wait(event, 0)), (TIMEOUT, TIMEOUT));
}

#[test]
fn a_wait_for_all_tells_of_one_abandoned_mutex_among_its_objects() {
    let (first, second) = (mutex(false), mutex(false));
    elsewhere(|| assert_eq!(wait(second, 0), 0));
    assert_eq!(wait_all(&[first, second], LONG_MS), WAIT_ABANDONED_0);
    assert_eq!((release(first).0, release(second).0), (1, 1));
    assert_eq!(wait_all(&[first, second], LONG_MS), 0);
}

#[test]
fn many_threads_are_never_inside_a_mutex_together() {
    let (mutex, mut inside) = (mutex(false), 0_u64);
    let place = (&raw mut inside).expose_provenance();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..2000 {
                    assert_eq!(wait(mutex, LONG_MS), 0);
                    let place: *mut u64 = ptr::with_exposed_provenance_mut(place);
                    // SAFETY: the mutex keeps the others out; `inside` outlives the scope.
                    unsafe { place.write_volatile(place.read_volatile() + 1) };
                    assert_eq!(release(mutex).0, 1);
                }
            });
        }
    });
    assert_eq!(inside, 8000);
}

#[test]
fn a_semaphore_lets_as_many_through_as_it_counts() {
    let semaphore = semaphore(2, 3);
    assert_eq!((wait(semaphore, 0), wait(semaphore, 0)), (0, 0));
    assert_eq!(wait(semaphore, 0), TIMEOUT);
    assert_eq!(release_many(semaphore, 3), Ok(0));
    assert_eq!(release_many(semaphore, 1), Err(298));
    assert_eq!(release_many(semaphore, 0), Err(INVALID_PARAMETER));
    assert_eq!(release_many(semaphore, -1), Err(INVALID_PARAMETER));
    for _ in 0..3 {
        assert_eq!(wait(semaphore, LONG_MS), 0);
    }
    assert_eq!(wait(semaphore, 0), TIMEOUT);
    thread::scope(|scope| {
        let sleepers: Vec<_> = (0..3).map(|_| scope.spawn(|| wait(semaphore, LONG_MS))).collect();
        thread::sleep(Duration::from_millis(20));
        assert!(release_many(semaphore, 3).is_ok());
        for sleeper in sleepers {
            assert_eq!(sleeper.join().expect("it ends"), 0);
        }
    });
    assert_eq!(wait(semaphore, 0), TIMEOUT);
}

#[test]
fn impossible_semaphores_are_refused() {
    for (count, max) in [(-1, 1), (2, 1), (0, 0), (0, -1)] {
        // SAFETY: no attributes and no name.
        let made = unsafe { CreateSemaphoreA(ptr::null(), count, max, ptr::null()) };
        assert!(made.is_null());
        assert_eq!(crate::last_error::get(), INVALID_PARAMETER);
    }
}

fn set(timer: Shared, due: i64, period_ms: i32) {
    // SAFETY: a due time, and no routine.
    let set =
        unsafe { SetWaitableTimer(handle(timer), &raw const due, period_ms, None, ptr::null(), 0) };
    assert_eq!(set, 1);
}

const fn in_ms(ms: i64) -> i64 {
    ms * -10_000
}

#[test]
fn a_timer_is_set_when_its_time_has_come_and_not_before() {
    for manual in [false, true] {
        let timer = timer(manual);
        let start = Instant::now();
        set(timer, in_ms(40), 0);
        assert_eq!(wait(timer, 0), TIMEOUT);
        assert_eq!(wait(timer, LONG_MS), 0);
        assert!(start.elapsed() >= Duration::from_millis(40));
        assert_eq!(wait(timer, 0), if manual { 0 } else { TIMEOUT });
        // Set anew it is not signalled.
        set(timer, in_ms(600_000), 0);
        assert_eq!(wait(timer, 0), TIMEOUT);
    }
}

#[test]
fn absolute_times_are_file_times() {
    let now = super::time::file_time().cast_signed();
    let (past, soon, late) = (timer(true), timer(true), timer(true));
    let start = Instant::now();
    set(late, now + 36_000_000_000, 0);
    set(soon, now + 400_000, 0);
    set(past, now - 10_000_000, 0);
    assert_eq!(wait(past, LONG_MS), 0);
    assert_eq!(wait(soon, LONG_MS), 0);
    // The clock of the due time and that of the test may differ by a little.
    assert!(start.elapsed() >= Duration::from_millis(30));
    assert_eq!(wait(late, 0), TIMEOUT);
}

#[test]
fn a_period_fires_again_and_again_until_cancelled() {
    let timer = timer(false);
    let start = Instant::now();
    set(timer, in_ms(10), 10);
    for _ in 0..5 {
        assert_eq!(wait(timer, LONG_MS), 0);
    }
    assert!(start.elapsed() >= Duration::from_millis(50));
    // SAFETY: any number may be given as a handle.
    assert_eq!(unsafe { CancelWaitableTimer(handle(timer)) }, 1);
    wait(timer, 0);
    assert_eq!(wait(timer, 60), TIMEOUT);
}

#[test]
fn closing_a_timer_that_is_set_is_the_end_of_it() {
    let timer = timer(false);
    set(timer, in_ms(5), 5);
    assert_eq!(close(timer), 1);
    assert_eq!(wait(timer, 0), u32::MAX);
    assert_eq!(crate::last_error::get(), INVALID_HANDLE);
}

unsafe extern "system" fn note_time(place: *const c_void, low: u32, high: u32) {
    let time = u64::from(high) << 32 | u64::from(low);
    // SAFETY: the test gives an array of two numbers that outlives the timer's setting.
    let place = unsafe { &*place.cast::<[AtomicUsize; 2]>() };
    place[0].fetch_add(1, Ordering::Relaxed);
    place[1].store(time as usize, Ordering::Relaxed);
}

fn set_with_routine(timer: Shared, due: i64, period_ms: i32, notes: &[AtomicUsize; 2]) {
    let notes = ptr::from_ref(notes).cast();
    // SAFETY: the routine fits its argument.
    let set = unsafe {
        let due = &raw const due;
        SetWaitableTimer(handle(timer), due, period_ms, Some(note_time), notes, 0)
    };
    assert_eq!(set, 1);
}

#[test]
fn a_timers_routine_runs_in_an_alertable_wait_of_its_thread() {
    let (timer, notes) = (timer(true), [const { AtomicUsize::new(0) }; 2]);
    let before = super::time::file_time() as usize;
    set_with_routine(timer, in_ms(5), 0, &notes);
    assert_eq!(elsewhere(|| wait(timer, LONG_MS)), 0);
    assert_eq!(notes[0].load(Ordering::Relaxed), 0);
    // SAFETY: no preconditions.
    assert_eq!(unsafe { SleepEx(LONG_MS, 1) }, WAIT_IO_COMPLETION);
    assert_eq!(notes[0].load(Ordering::Relaxed), 1);
    assert!(notes[1].load(Ordering::Relaxed) >= before);
}

#[test]
fn a_routine_waits_once_however_often_its_timer_fired_and_cancelling_withdraws_it() {
    let (timer, notes) = (timer(false), [const { AtomicUsize::new(0) }; 2]);
    set_with_routine(timer, in_ms(2), 2, &notes);
    for _ in 0..4 {
        assert_eq!(wait(timer, LONG_MS), 0);
    }
    // SAFETY: any number may be given as a handle.
    unsafe { CancelWaitableTimer(handle(timer)) };
    // SAFETY: no preconditions.
    assert_eq!(unsafe { SleepEx(0, 1) }, 0);
    assert_eq!(notes[0].load(Ordering::Relaxed), 0);

    set_with_routine(timer, in_ms(2), 600_000, &notes);
    assert_eq!(wait(timer, LONG_MS), 0);
    // SAFETY: no preconditions.
    assert_eq!(unsafe { SleepEx(LONG_MS, 1) }, WAIT_IO_COMPLETION);
    assert_eq!(notes[0].load(Ordering::Relaxed), 1);
    assert_eq!(close(timer), 1);
}

#[test]
fn bad_settings_are_refused() {
    let timer = timer(false);
    let set = |object: Shared, due: *const i64, period| {
        crate::last_error::set(0);
        // SAFETY: NULL or a due time, and no routine.
        let set = unsafe { SetWaitableTimer(handle(object), due, period, None, ptr::null(), 0) };
        (set, crate::last_error::get())
    };
    let due = in_ms(1000);
    assert_eq!(set(timer, &raw const due, -1), (0, INVALID_PARAMETER));
    assert_eq!(set(timer, ptr::null(), 0), (0, 998));
    assert_eq!(set(event(true, true), &raw const due, 0), (0, INVALID_HANDLE));
    // SAFETY: a due time, and no routine.
    let resumed =
        unsafe { SetWaitableTimer(handle(timer), &raw const due, 0, None, ptr::null(), 1) };
    assert_eq!((resumed, crate::last_error::get()), (1, 50));
    // SAFETY: no name.
    let unknown = unsafe { CreateWaitableTimerExA(ptr::null(), ptr::null(), 4, 0) };
    assert!(unknown.is_null());
    let far = timer;
    for due in [i64::MIN, i64::MAX] {
        assert_eq!(set(far, &raw const due, i32::MAX), (1, 0));
        assert_eq!(wait(far, 0), TIMEOUT);
    }
}

#[test]
fn names_lead_to_the_same_object_and_only_to_its_kind() {
    let name = c"object_tests one".as_ptr().cast();
    let wide: Vec<u16> = "Local\\object_tests one\0".encode_utf16().collect();
    // SAFETY: names that end with a zero.
    unsafe {
        assert!(OpenMutexA(0, 0, name).is_null());
        assert_eq!(crate::last_error::get(), 2);
        let first = shared(CreateMutexA(ptr::null(), 1, name));
        assert_eq!(crate::last_error::get(), 0);
        let second = shared(CreateMutexW(ptr::null(), 0, wide.as_ptr()));
        assert_eq!(crate::last_error::get(), 183);
        let third = shared(OpenMutexW(0, 0, wide.as_ptr()));
        assert_eq!(elsewhere(|| wait(third, 0)), TIMEOUT);
        assert_eq!(release(second).0, 1);
        assert!(CreateSemaphoreA(ptr::null(), 1, 1, name).is_null());
        assert_eq!(crate::last_error::get(), INVALID_HANDLE);
        assert!(OpenEventA(0, 0, name).is_null());
        assert_eq!(crate::last_error::get(), INVALID_HANDLE);
        assert!(OpenWaitableTimerA(0, 0, ptr::null()).is_null());
        assert_eq!(crate::last_error::get(), INVALID_PARAMETER);
        for object in [first, second, third] {
            assert_eq!(close(object), 1);
        }
        assert!(OpenMutexA(0, 0, name).is_null());
    }
}

fn duplicate(object: Shared, options: u32) -> Shared {
    let mut copy = ptr::null_mut();
    // SAFETY: room for the handle.
    let made = unsafe {
        let process = GetCurrentProcess();
        DuplicateHandle(process, handle(object), process, &raw mut copy, 0, 0, options)
    };
    assert_eq!(made, 1);
    shared(copy)
}

#[test]
fn duplicates_are_the_same_object() {
    let (mutex, semaphore, timer) = (mutex(true), semaphore(1, 1), timer(true));
    let copy = duplicate(mutex, DUPLICATE_SAME_ACCESS);
    assert_eq!(release(copy).0, 1);
    assert_eq!(release(mutex), (0, 288));
    let moved = duplicate(semaphore, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE);
    assert_eq!(close(semaphore), 0);
    assert_eq!(wait(moved, 0), 0);
    let copy = duplicate(timer, DUPLICATE_SAME_ACCESS);
    assert_eq!(close(timer), 1);
    set(copy, in_ms(1), 0);
    assert_eq!(wait(copy, LONG_MS), 0);
}

#[test]
fn signalling_and_waiting_takes_mutexes_and_semaphores() {
    let (mutex, semaphore, done) = (mutex(true), semaphore(0, 1), event(true, true));
    let signal_and_wait = |object| {
        crate::last_error::set(0);
        // SAFETY: any number may be given as a handle.
        let result = unsafe { SignalObjectAndWait(handle(object), handle(done), LONG_MS, 0) };
        (result, crate::last_error::get())
    };
    assert_eq!(signal_and_wait(mutex), (0, 0));
    assert_eq!(signal_and_wait(mutex), (u32::MAX, 288));
    assert_eq!(signal_and_wait(semaphore), (0, 0));
    assert_eq!(signal_and_wait(semaphore), (u32::MAX, 298));
    assert_eq!(signal_and_wait(timer(true)), (u32::MAX, INVALID_HANDLE));
}

/// What a registered function did.
#[derive(Default)]
struct Calls {
    fired: AtomicU32,
    timed_out: AtomicU32,
    sleeps_ms: u64,
}

unsafe extern "system" fn count(calls: *mut c_void, timed_out: bool) {
    // SAFETY: the test gives calls that outlive the registration.
    let calls = unsafe { &*calls.cast::<Calls>() };
    if timed_out { &calls.timed_out } else { &calls.fired }.fetch_add(1, Ordering::SeqCst);
    thread::sleep(Duration::from_millis(calls.sleeps_ms));
}

fn register(object: Shared, calls: &Calls, ms: u32, flags: u32) -> Shared {
    let mut wait = ptr::null_mut();
    let context = ptr::from_ref(calls).cast();
    // SAFETY: the function fits its context.
    let done = unsafe {
        RegisterWaitForSingleObject(&raw mut wait, handle(object), Some(count), context, ms, flags)
    };
    assert_eq!(done, 1);
    shared(wait)
}

fn unregister(wait: Shared, completion: HANDLE) -> (BOOL, u32) {
    crate::last_error::set(0);
    // SAFETY: any number may be given as a handle.
    (unsafe { UnregisterWaitEx(handle(wait), completion) }, crate::last_error::get())
}

/// INVALID_HANDLE_VALUE: wait for the last call.
const AWAITED: HANDLE = ptr::without_provenance_mut(usize::MAX);

fn until(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_millis(LONG_MS.into()));
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_registered_function_runs_for_each_set_of_an_auto_reset_event() {
    let (event, calls) = (event(false, false), Calls::default());
    let registered = register(event, &calls, u32::MAX, WT_EXECUTEDEFAULT);
    for n in 1..=3 {
        // SAFETY: an event.
        unsafe { SetEvent(handle(event)) };
        until(|| calls.fired.load(Ordering::SeqCst) == n);
    }
    assert_eq!(unregister(registered, AWAITED), (1, 0));
    // SAFETY: an event.
    unsafe { SetEvent(handle(event)) };
    assert_eq!(unregister(registered, AWAITED), (0, INVALID_HANDLE));
    assert_eq!(calls.fired.load(Ordering::SeqCst), 3);
    // Nobody waits for it any more.
    assert_eq!(wait(event, 0), 0);
}

#[test]
fn a_registration_for_once_calls_once() {
    let (event, calls) = (event(true, true), Calls::default());
    let registered = register(event, &calls, 1, WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD);
    until(|| calls.fired.load(Ordering::SeqCst) == 1);
    thread::sleep(Duration::from_millis(20));
    assert_eq!(unregister(registered, AWAITED), (1, 0));
    assert_eq!(calls.fired.load(Ordering::SeqCst), 1);
    assert_eq!(calls.timed_out.load(Ordering::SeqCst), 0);
}

#[test]
fn a_registration_tells_of_its_time_out() {
    let (event, calls) = (event(true, false), Calls::default());
    let registered = register(event, &calls, 5, WT_EXECUTEDEFAULT);
    until(|| calls.timed_out.load(Ordering::SeqCst) >= 2);
    assert_eq!(unregister(registered, AWAITED), (1, 0));
    assert_eq!(calls.fired.load(Ordering::SeqCst), 0);
}

#[test]
fn unregistering_during_a_call_is_pending_and_completes() {
    let (object, done) = (event(false, true), event(true, false));
    let calls = Calls { sleeps_ms: 100, ..Calls::default() };
    let registered = register(object, &calls, u32::MAX, WT_EXECUTEDEFAULT);
    until(|| calls.fired.load(Ordering::SeqCst) == 1);
    assert_eq!(unregister(registered, handle(done)), (0, 997));
    assert_eq!(wait(done, LONG_MS), 0);
    // SAFETY: an event.
    unsafe { SetEvent(handle(object)) };
    let registered = register(object, &calls, u32::MAX, WT_EXECUTEDEFAULT);
    until(|| calls.fired.load(Ordering::SeqCst) == 2);
    assert_eq!(unregister(registered, AWAITED), (1, 0));
}

#[test]
fn a_registrations_handle_is_good_for_nothing_else() {
    let (object, calls) = (event(false, false), Calls::default());
    let registered = register(object, &calls, u32::MAX, WT_EXECUTEDEFAULT);
    assert_eq!((close(registered), crate::last_error::get()), (0, INVALID_HANDLE));
    assert_eq!(wait(registered, 0), u32::MAX);
    assert_eq!(unregister(object, AWAITED), (0, INVALID_HANDLE));
    // SAFETY: any number may be given as a handle.
    assert_eq!(unsafe { UnregisterWait(handle(registered)) }, 1);
    let mut place = ptr::null_mut();
    // SAFETY: no function; room for the handle.
    let made = unsafe {
        RegisterWaitForSingleObject(&raw mut place, handle(object), None, ptr::null(), 0, 0)
    };
    assert_eq!((made, crate::last_error::get()), (0, INVALID_PARAMETER));
}
