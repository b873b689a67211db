//! Calling a function so that it can be left at once, from however deep inside.
//!
//! Windows' ExitThread leaves a thread's frames as they are: no destructor runs. Unwinding them,
//! as pthread_exit does, is worse than different: Rust code that aborts on panics stops the
//! process when an unwind enters it. So [`call`] notes where it was, and [`leap`] goes back there.

use std::ffi::c_void;

/// The function that is called.
pub type Routine = unsafe extern "system" fn(*mut c_void) -> u32;

/// Where a [`call`] can be left: its stack pointer.
pub type Frame = usize;

/// Calls `routine(parameter)` and gives what it returns, or what a [`leap`] to `frame` gives.
///
/// # Safety
/// As calling the routine; `frame` may be written, and is used up when this function returns.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub unsafe extern "C" fn call(frame: *mut Frame, routine: Routine, parameter: *mut c_void) -> u32 {
    // The registers that a function keeps for its caller, then the two control words it keeps.
    std::arch::naked_asm!(
        ".cfi_startproc",
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp, -16",
        "mov rbp, rsp",
        ".cfi_def_cfa_register rbp",
        "push rbx",
        ".cfi_offset rbx, -24",
        "push r12",
        ".cfi_offset r12, -32",
        "push r13",
        ".cfi_offset r13, -40",
        "push r14",
        ".cfi_offset r14, -48",
        "push r15",
        ".cfi_offset r15, -56",
        "sub rsp, 8",
        "stmxcsr [rsp]",
        "fnstcw [rsp + 4]",
        "mov [rdi], rsp",
        "mov rdi, rdx",
        "call rsi",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        ".cfi_def_cfa rsp, 8",
        "ret",
        ".cfi_endproc",
    )
}

/// Returns `result` from the [`call`] that `frame` is of, dropping all frames above it.
///
/// # Safety
/// The call still runs, on this thread, and no frame above it relies on being returned to.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub unsafe extern "C" fn leap(frame: Frame, result: u32) -> ! {
    std::arch::naked_asm!(
        "mov eax, esi",
        "mov rsp, rdi",
        "ldmxcsr [rsp]",
        "fldcw [rsp + 4]",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

/// Elsewhere there is nothing to leap to yet: `frame` stays 0.
///
/// # Safety
/// As calling the routine.
#[cfg(not(target_arch = "x86_64"))]
pub unsafe extern "C" fn call(_frame: *mut Frame, routine: Routine, parameter: *mut c_void) -> u32 {
    // SAFETY: by this function's contract.
    unsafe { routine(parameter) }
}

/// Elsewhere the thread is ended by unwinding it.
///
/// # Safety
/// As [`crate::thread::exit`].
#[cfg(not(target_arch = "x86_64"))]
pub unsafe extern "C" fn leap(_frame: Frame, _result: u32) -> ! {
    // SAFETY: by this function's contract.
    unsafe { crate::thread::exit() }
}
