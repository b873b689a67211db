//! Where, when and under which name threads run.

use std::fs;
use std::ptr;
use std::sync::OnceLock;

use linsock_abi::{BOOL, HANDLE, PCWSTR, PWSTR, THREAD_PRIORITY, Win32Error};
use linsock_backend::memory::is_writable;

use super::thread_of;
use crate::shape::truth;
use crate::winsock::text::Unit;

/// Windows' steps of priority within a class, and what they are here; from the highest to the lowest.
const STEPS: [(THREAD_PRIORITY, i32); 7] =
    [(15, -20), (2, -10), (1, -5), (0, 0), (-1, 5), (-2, 10), (-15, 19)];

/// The nice value that the process was given from outside, which is what Windows calls its class.
fn base() -> i32 {
    static BASE: OnceLock<i32> = OnceLock::new();
    // SAFETY: no pointers.
    *BASE.get_or_init(|| unsafe { libc::getpriority(libc::PRIO_PROCESS, std::process::id()) })
}

/// The nice value of a step.
fn nice_of(step: i32) -> i32 {
    (base() + step).clamp(-20, 19)
}

/// What GetThreadPriority answers when it fails.
const THREAD_PRIORITY_ERROR_RETURN: i32 = 0x7FFF_FFFF;

/// An NTSTATUS as an HRESULT: HRESULT_FROM_NT(STATUS_INVALID_HANDLE).
const INVALID_HANDLE_RESULT: i32 = 0xD000_0008_u32.cast_signed();
const INVALID_ARGUMENT_RESULT: i32 = 0x8007_0057_u32.cast_signed();
const OUT_OF_MEMORY_RESULT: i32 = 0x8007_000E_u32.cast_signed();

fn number_of(thread: HANDLE) -> Result<u32, Win32Error> {
    thread_of(thread).map(|thread| thread.id())
}

/// The processors of a mask; `None` where there are none.
fn processors(mask: usize) -> Option<libc::cpu_set_t> {
    // SAFETY: bits, which may all be zero.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    for place in (0..usize::BITS as usize).filter(|place| mask >> place & 1 == 1) {
        // SAFETY: a place within the set.
        unsafe { libc::CPU_SET(place, &mut set) };
    }
    (mask != 0).then_some(set)
}

fn mask_of(thread: u32) -> Result<usize, Win32Error> {
    // SAFETY: bits, which the call fills.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: room for the answer.
    let got = unsafe { libc::sched_getaffinity(thread as i32, size_of_val(&set), &raw mut set) };
    if got != 0 {
        return Err(Win32Error::ERROR_INVALID_HANDLE);
    }
    // SAFETY: places within the set.
    let places = (0..usize::BITS as usize).filter(|place| unsafe { libc::CPU_ISSET(*place, &set) });
    Ok(places.fold(0, |mask, place| mask | 1 << place))
}

fn set_mask(thread: u32, mask: usize) -> Result<(), Win32Error> {
    let set = processors(mask).ok_or(Win32Error::ERROR_INVALID_PARAMETER)?;
    // SAFETY: a set of that size.
    let done = unsafe { libc::sched_setaffinity(thread as i32, size_of_val(&set), &raw const set) };
    if done == 0 { Ok(()) } else { Err(Win32Error::ERROR_INVALID_PARAMETER) }
}

/// # Safety
/// NULL, or a text that ends with a zero.
unsafe fn describe<U: Unit>(thread: HANDLE, text: *const U) -> i32 {
    let Ok(number) = number_of(thread) else {
        crate::last_error::set(Win32Error::ERROR_INVALID_HANDLE.0);
        return INVALID_HANDLE_RESULT;
    };
    // SAFETY: the caller's word.
    let Some(name) = unsafe { super::until_zero(text) }.and_then(U::decode) else {
        return INVALID_ARGUMENT_RESULT;
    };
    // The kernel keeps 15 bytes: cut between characters.
    let mut end = name.len().min(15);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    // A thread that has ended has no name any more, and nobody misses it.
    let _ = fs::write(format!("/proc/self/task/{number}/comm"), &name[..end]);
    0
}

/// # Safety
/// NULL, or room for the pointer.
unsafe fn description<U: Unit>(thread: HANDLE, to: *mut *mut U) -> i32 {
    let Ok(number) = number_of(thread) else {
        crate::last_error::set(Win32Error::ERROR_INVALID_HANDLE.0);
        return INVALID_HANDLE_RESULT;
    };
    if !is_writable(to.addr(), size_of::<*mut U>()) {
        return INVALID_ARGUMENT_RESULT;
    }
    let name = fs::read_to_string(format!("/proc/self/task/{number}/comm")).unwrap_or_default();
    let units = U::encode(name.trim_end_matches('\n'));
    // SAFETY: any size may be asked for.
    let block = unsafe { crate::system::LocalAlloc(0x40, (units.len() + 1) * size_of::<U>()) };
    if block.is_null() {
        return OUT_OF_MEMORY_RESULT;
    }
    // SAFETY: room for all of them and a zero, which is there; just written by the kernel.
    unsafe {
        ptr::copy_nonoverlapping(units.as_ptr(), block.cast(), units.len());
        to.write_unaligned(block.cast());
    }
    0
}

/// Lets another thread run.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// sched_yield, which does not tell whether another thread ran: always TRUE.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, SwitchToThread
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn SwitchToThread() -> BOOL {
    // SAFETY: no pointers.
    BOOL::from(unsafe { libc::sched_yield() } == 0)
}

/// The number of a thread.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_INVALID_HANDLE (6): not a thread.
///
/// # Linux
/// The kernel's number.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, GetThreadId
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn GetThreadId(thread: HANDLE) -> u32 {
    number_of(thread).unwrap_or_else(|error| {
        crate::last_error::set(error.0);
        0
    })
}

/// The processor that the calling thread runs on.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// sched_getcpu.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, GetCurrentProcessorNumber
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn GetCurrentProcessorNumber() -> u32 {
    // SAFETY: no pointers.
    u32::try_from(unsafe { libc::sched_getcpu() }).unwrap_or(0)
}

/// Has a thread run before others, or after them.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): not a thread; ERROR_INVALID_PARAMETER (87): no such
/// priority; ERROR_ACCESS_DENIED (5): the kernel lets only privileged processes raise one, above 0
/// or back to it.
///
/// # Linux
/// The thread's nice value: the process's own and 19, 10, 5, 0, -5, -10 or -20, from the lowest to the
/// highest.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, SetThreadPriority
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn SetThreadPriority(
    hthread: HANDLE,
    npriority: THREAD_PRIORITY,
) -> BOOL {
    truth(|| {
        let number = number_of(hthread)?;
        let step = STEPS.iter().find(|(step, _)| *step == npriority);
        let (_, nice) = *step.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?;
        // SAFETY: no pointers.
        match unsafe { libc::setpriority(libc::PRIO_PROCESS, number, nice_of(nice)) } {
            0 => Ok(()),
            _ => Err(Win32Error::ERROR_ACCESS_DENIED),
        }
    })
}

/// A thread's priority.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// THREAD_PRIORITY_ERROR_RETURN and ERROR_INVALID_HANDLE (6): not a thread.
///
/// # Linux
/// The step that its nice value reaches.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, GetThreadPriority
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn GetThreadPriority(hthread: HANDLE) -> i32 {
    let Ok(number) = number_of(hthread) else {
        crate::last_error::set(Win32Error::ERROR_INVALID_HANDLE.0);
        return THREAD_PRIORITY_ERROR_RETURN;
    };
    // SAFETY: no pointers.
    let nice = unsafe { libc::getpriority(libc::PRIO_PROCESS, number) };
    // Where the ends of the scale lie together, the step that is nearest to the middle.
    let distance = |(step, offset): &&(i32, i32)| ((nice_of(*offset) - nice).abs(), step.abs());
    STEPS.iter().min_by_key(distance).map_or(0, |(step, _)| *step)
}

/// Has a thread run on these processors alone; answers with those that it could run on.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// 0 and ERROR_INVALID_HANDLE (6): not a thread; ERROR_INVALID_PARAMETER (87): none of the
/// processors is there.
///
/// # Linux
/// sched_setaffinity, for the first 64 processors. Those that are not there are passed over.
///
/// # Sources
/// learn.microsoft.com: winbase.h, SetThreadAffinityMask
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn SetThreadAffinityMask(
    hthread: HANDLE,
    dwthreadaffinitymask: usize,
) -> usize {
    let changed = number_of(hthread).and_then(|number| {
        let before = mask_of(number)?;
        set_mask(number, dwthreadaffinitymask)?;
        Ok(before)
    });
    changed.unwrap_or_else(|error| {
        crate::last_error::set(error.0);
        0
    })
}

/// Has the process run on these processors alone.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): another process; ERROR_INVALID_PARAMETER (87): none of the
/// processors is there.
///
/// # Linux
/// For each thread that there is; new ones inherit it.
///
/// # Sources
/// learn.microsoft.com: winbase.h, SetProcessAffinityMask
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn SetProcessAffinityMask(
    hprocess: HANDLE,
    dwprocessaffinitymask: usize,
) -> BOOL {
    truth(|| {
        crate::system::check_own(hprocess)?;
        let tasks = fs::read_dir("/proc/self/task").map_err(|_| Win32Error::ERROR_NOT_SUPPORTED)?;
        let names = tasks.filter_map(|task| task.ok()?.file_name().into_string().ok());
        // A thread that ended meanwhile is no reason to fail; the caller has not.
        names.filter_map(|name| name.parse().ok()).for_each(|thread: u32| {
            let _ = set_mask(thread, dwprocessaffinitymask);
        });
        set_mask(0, dwprocessaffinitymask)
    })
}

/// The processors that the process may run on, and those there are.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): another process; ERROR_NOACCESS (998).
///
/// # Linux
/// Of the first 64 processors.
///
/// # Sources
/// learn.microsoft.com: winbase.h, GetProcessAffinityMask
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn GetProcessAffinityMask(
    hprocess: HANDLE,
    lpprocessaffinitymask: *mut usize,
    lpsystemaffinitymask: *mut usize,
) -> BOOL {
    truth(|| {
        crate::system::check_own(hprocess)?;
        let own = mask_of(std::process::id())?;
        // SAFETY: no pointers.
        let count = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
        let count = u32::try_from(count).unwrap_or(1).clamp(1, usize::BITS);
        for (to, mask) in [
            (lpprocessaffinitymask, own),
            (lpsystemaffinitymask, own | usize::MAX >> (usize::BITS - count)),
        ] {
            if !is_writable(to.addr(), size_of::<usize>()) {
                return Err(Win32Error::ERROR_NOACCESS);
            }
            // SAFETY: just written by the kernel.
            unsafe { to.write_unaligned(mask) };
        }
        Ok(())
    })
}

/// Names a thread.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// HRESULT_FROM_NT(STATUS_INVALID_HANDLE) and ERROR_INVALID_HANDLE (6): not a thread; E_INVALIDARG:
/// no text.
///
/// # Linux
/// The kernel's name of the thread, as debuggers and top show it: the first 15 bytes.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, SetThreadDescription
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn SetThreadDescription(
    hthread: HANDLE,
    lpthreaddescription: PCWSTR,
) -> i32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { describe(hthread, lpthreaddescription) }
}

/// As SetThreadDescription, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`SetThreadDescription`].
///
/// # Linux
/// As [`SetThreadDescription`].
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, SetThreadDescription
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn SetThreadDescription_utf32(
    hthread: HANDLE,
    lpthreaddescription: *const u32,
) -> i32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { describe(hthread, lpthreaddescription) }
}

/// A thread's name, for LocalFree.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`SetThreadDescription`]; E_OUTOFMEMORY.
///
/// # Linux
/// As [`SetThreadDescription`]: the program's own name where none was given.
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, GetThreadDescription
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn GetThreadDescription(
    hthread: HANDLE,
    ppszthreaddescription: *mut PWSTR,
) -> i32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { description(hthread, ppszthreaddescription) }
}

/// As GetThreadDescription, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetThreadDescription`].
///
/// # Linux
/// As [`SetThreadDescription`].
///
/// # Sources
/// learn.microsoft.com: processthreadsapi.h, GetThreadDescription
#[cfg_attr(feature = "export", unsafe(no_mangle))]
pub unsafe extern "system" fn GetThreadDescription_utf32(
    hthread: HANDLE,
    ppszthreaddescription: *mut *mut u32,
) -> i32 {
    // SAFETY: by the crate's vocabulary.
    unsafe { description(hthread, ppszthreaddescription) }
}
