//! Keys as they are pressed: what conio.h offers.

use std::sync::Mutex;

use linsock_backend::console::{self, Typing};

/// Standard input.
const INPUT: i32 = 0;
/// What the functions answer at the end of input.
const EOF: i32 = -1;

/// A key that was given back by _ungetch.
static GIVEN_BACK: Mutex<Option<i32>> = Mutex::new(None);

fn take_given_back() -> Option<i32> {
    GIVEN_BACK.lock().unwrap_or_else(|poison| poison.into_inner()).take()
}

/// Does something while keys are told one by one and, unless `echo`, not shown.
fn with_single_keys<R>(echo: bool, work: impl FnOnce() -> R) -> R {
    let before = console::typing(INPUT).ok();
    if let Some(before) = before {
        let _ = console::set_typing(INPUT, Typing { lines: false, echo, signals: before.signals });
    }
    let done = work();
    if let Some(before) = before {
        let _ = console::set_typing(INPUT, before);
    }
    done
}

fn key(echo: bool) -> i32 {
    let _errno = crate::last_error::KeepErrno::new();
    take_given_back().unwrap_or_else(|| {
        with_single_keys(echo, || {
            let mut byte = 0u8;
            let got = console::read(INPUT, (&raw mut byte).expose_provenance(), 1);
            match (got, byte) {
                // Return is 13 at a Windows keyboard.
                (Ok(1), b'\n') => 13,
                (Ok(1), byte) => i32::from(byte),
                _ => EOF,
            }
        })
    })
}

/// Whether a key was pressed that was not read yet.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// The terminal behind standard input; of a file or a pipe, whether something can be read, its end
/// included. What the C library has buffered is not seen.
///
/// # Sources
/// learn.microsoft.com: c-runtime-library/reference, _kbhit
#[api]
pub unsafe extern "system" fn _kbhit() -> i32 {
    let _errno = crate::last_error::KeepErrno::new();
    let given_back = GIVEN_BACK.lock().unwrap_or_else(|poison| poison.into_inner()).is_some();
    i32::from(given_back || with_single_keys(false, || console::is_readable(INPUT)))
}

/// Waits for a key, without showing it.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// The bytes that the terminal sends: an arrow key is an escape sequence. Return is 13. -1 at the
/// end of input. Ctrl-C is a signal, not a key.
///
/// # Sources
/// learn.microsoft.com: c-runtime-library/reference, _getch
#[api]
pub unsafe extern "system" fn _getch() -> i32 {
    key(false)
}

/// Waits for a key, and shows it.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// As [`_getch`].
///
/// # Sources
/// learn.microsoft.com: c-runtime-library/reference, _getche
#[api]
pub unsafe extern "system" fn _getche() -> i32 {
    key(true)
}

/// Gives a key back, to be read next.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// One key; -1 where one was given back already.
///
/// # Sources
/// learn.microsoft.com: c-runtime-library/reference, _ungetch
#[api]
pub unsafe extern "system" fn _ungetch(c: i32) -> i32 {
    let mut place = GIVEN_BACK.lock().unwrap_or_else(|poison| poison.into_inner());
    if c == EOF || place.is_some() {
        return EOF;
    }
    *place = Some(c);
    c
}

/// Writes a character to the console.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// To standard output, past the C library's buffer.
///
/// # Sources
/// learn.microsoft.com: c-runtime-library/reference, _putch
#[api]
pub unsafe extern "system" fn _putch(c: i32) -> i32 {
    let _errno = crate::last_error::KeepErrno::new();
    let byte = c as u8;
    let written = console::write(1, (&raw const byte).expose_provenance(), 1);
    if written.is_ok() { c } else { EOF }
}
