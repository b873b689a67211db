//! The console's screen: its size, and the colours of what is written next.

use std::sync::atomic::{AtomicU16, Ordering};

use linsock_abi::*;
use linsock_backend::console;
use linsock_backend::memory::is_writable;

use super::stream::{error, terminal};
use crate::shape::truth;

/// Light grey on black, which stands for the terminal's own colours.
const USUAL: CONSOLE_CHARACTER_ATTRIBUTES = FOREGROUND_RED | FOREGROUND_GREEN | FOREGROUND_BLUE;

/// As they were last set. A process has one console.
static ATTRIBUTES: AtomicU16 = AtomicU16::new(USUAL);

/// What a terminal is told to write in these colours (ECMA-48, Select Graphic Rendition).
fn sequence(attributes: CONSOLE_CHARACTER_ATTRIBUTES) -> String {
    let mut sequence = "\x1b[0".to_owned();
    // Red and blue change places; the bright ones are 60 further.
    let colour = |bits: u16| ((bits & 1) << 2) | (bits & 2) | ((bits & 4) >> 2);
    let code = |base: u16, bits: u16| base + colour(bits) + if bits & 8 != 0 { 60 } else { 0 };
    if attributes & 0xF != USUAL {
        sequence += &format!(";{}", code(30, attributes));
    }
    if attributes & 0xF0 != 0 {
        sequence += &format!(";{}", code(40, attributes >> 4));
    }
    if attributes & COMMON_LVB_UNDERSCORE != 0 {
        sequence += ";4";
    }
    if attributes & COMMON_LVB_REVERSE_VIDEO != 0 {
        sequence += ";7";
    }
    sequence + "m"
}

/// Chooses the colours of what is written to the console from now on.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): not a console.
///
/// # Linux
/// A sequence that terminals understand, behind what `printf` holds back. Light grey on black, 7, is
/// the terminal's own choice, and so is a black background.
///
/// # Sources
/// learn.microsoft.com: consoleapi2.h, SetConsoleTextAttribute
#[api]
pub unsafe extern "system" fn SetConsoleTextAttribute(
    hconsoleoutput: HANDLE,
    wattributes: CONSOLE_CHARACTER_ATTRIBUTES,
) -> BOOL {
    truth(|| {
        let stream = terminal(hconsoleoutput)?;
        let sequence = sequence(wattributes);
        console::flush_standard_output();
        stream.write(sequence.as_ptr().expose_provenance(), sequence.len())?;
        ATTRIBUTES.store(wattributes, Ordering::Relaxed);
        Ok::<(), Win32Error>(())
    })
}

/// The size of the console and the colours of what is written next.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6): not a console; ERROR_NOACCESS (998): nowhere to store it.
///
/// # Linux
/// The window is the whole screen: what scrolled out of it is the terminal's. Where the cursor is a
/// terminal does not tell without reading what is typed: 0, 0. The colours are those that were last
/// set by SetConsoleTextAttribute.
///
/// # Sources
/// learn.microsoft.com: consoleapi2.h, GetConsoleScreenBufferInfo
#[api]
pub unsafe extern "system" fn GetConsoleScreenBufferInfo(
    hconsoleoutput: HANDLE,
    lpconsolescreenbufferinfo: *mut CONSOLE_SCREEN_BUFFER_INFO,
) -> BOOL {
    truth(|| {
        let stream = terminal(hconsoleoutput)?;
        let (columns, rows) = console::size(stream.descriptor()).map_err(error)?;
        let bytes = size_of::<CONSOLE_SCREEN_BUFFER_INFO>();
        if !is_writable(lpconsolescreenbufferinfo.addr(), bytes) {
            return Err(Win32Error::ERROR_NOACCESS);
        }
        let size = COORD { X: columns.cast_signed(), Y: rows.cast_signed() };
        let window = SMALL_RECT { Left: 0, Top: 0, Right: size.X - 1, Bottom: size.Y - 1 };
        let info = CONSOLE_SCREEN_BUFFER_INFO {
            dwSize: size,
            dwCursorPosition: COORD { X: 0, Y: 0 },
            wAttributes: ATTRIBUTES.load(Ordering::Relaxed),
            srWindow: window,
            dwMaximumWindowSize: size,
        };
        // SAFETY: just written by the kernel.
        unsafe { lpconsolescreenbufferinfo.write_unaligned(info) };
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_what_terminals_understand() {
        assert_eq!(sequence(USUAL), "\x1b[0m");
        assert_eq!(sequence(FOREGROUND_RED | FOREGROUND_INTENSITY), "\x1b[0;91m");
        assert_eq!(sequence(FOREGROUND_BLUE | BACKGROUND_GREEN), "\x1b[0;34;42m");
        assert_eq!(sequence(USUAL | FOREGROUND_INTENSITY), "\x1b[0;97m");
        assert_eq!(sequence(0x86), "\x1b[0;33;100m");
        assert_eq!(
            sequence(USUAL | COMMON_LVB_UNDERSCORE | COMMON_LVB_REVERSE_VIDEO),
            "\x1b[0;4;7m"
        );
    }
}
