//! What a call answers with, and its error.

use super::line::Line;
use super::{Function, value};
use linsock_abi::{Win32Error, WsaError};
use std::fmt::{self, Write};

/// Functions whose answer is the error itself.
const ERROR_IS_RESULT: [&str; 8] = [
    "GetAddrInfoW",
    "GetAddrInfoW_utf32",
    "GetNameInfoW",
    "GetNameInfoW_utf32",
    "WSAStartup",
    "getaddrinfo",
    "getnameinfo",
    "WSAGetLastError",
];

/// Functions for which zero, FALSE or NULL is no failure with an error.
const ZERO_IS_NO_FAILURE: [&str; 8] = [
    "FlsGetValue",
    "LocalFree",
    "TlsGetValue",
    "TryAcquireSRWLockExclusive",
    "TryAcquireSRWLockShared",
    "TryEnterCriticalSection",
    "__WSAFDIsSet",
    "if_indextoname",
];

/// Functions whose answer, a number, is zero where they fail.
const ZERO_IS_FAILURE: [&str; 5] = [
    "FormatMessageA",
    "FormatMessageA_utf32",
    "FormatMessageW",
    "FormatMessageW_utf32",
    "QueueUserAPC",
];

/// ` = RESULT`, and the error of one that says that there is one.
pub fn write(line: &mut Line, function: &Function, word: u64, error: u32) -> fmt::Result {
    let number = word as u32;
    let name = function.name;
    let winsock = |line: &mut Line| named(line, number, WsaError(number as i32).name());
    if function.result.is_empty() {
        return Ok(());
    }
    line.write_str(" = ")?;
    if ERROR_IS_RESULT.contains(&name) {
        return winsock(line);
    }
    let mut failed = word == 0 && !ZERO_IS_NO_FAILURE.contains(&name);
    match function.result {
        "BOOL" | "bool" => line.write_str(if number == 0 { "FALSE" } else { "TRUE" })?,
        "SOCKET" => {
            value::socket(line, word)?;
            failed = word == u64::MAX;
        }
        "WIN32_ERROR" => return named(line, number, Win32Error(number).name()),
        "WAIT_EVENT" => {
            wait(line, number)?;
            failed = number == u32::MAX;
        }
        "i32" => {
            failed = number == u32::MAX;
            let winsock = !matches!(name, "BCryptGenRandom");
            if failed && winsock {
                line.write_str("SOCKET_ERROR")?;
            } else {
                write!(line, "{}", number as i32)?;
            }
            if failed && winsock && error != 0 {
                line.write_str(" ")?;
                return named(line, error, WsaError(error as i32).name());
            }
        }
        "u32" => {
            write!(line, "{number}")?;
            // What answers with all ones has failed, unless it is an address, a count or a time.
            failed = number == u32::MAX || number == 0 && ZERO_IS_FAILURE.contains(&name);
        }
        "u64" | "usize" | "u16" => {
            write!(line, "{word}")?;
            failed = false;
        }
        "PSTR" | "PCSTR" | "*const c_char" => value::text8(line, word)?,
        "PWSTR" | "PCWSTR" => value::text16(line, word)?,
        "*const u32" | "*mut u32" => value::text32(line, word)?,
        _ => {
            value::handle(line, word)?;
            failed |= word == u64::MAX && !name.starts_with("GetCurrent");
        }
    }
    if failed && error != 0 {
        line.write_str(" ")?;
        return named(line, error, Win32Error(error).name());
    }
    Ok(())
}

fn named(line: &mut Line, number: u32, name: Option<&str>) -> fmt::Result {
    match name {
        _ if number == 0 => line.write_str("0"),
        Some(name) => write!(line, "{name} ({number})"),
        // A facility and a code, as results of COM's kind are made of.
        None if number >= 0x8000_0000 => write!(line, "({number:#x})"),
        None => write!(line, "({number})"),
    }
}

fn wait(line: &mut Line, number: u32) -> fmt::Result {
    match number {
        0 => line.write_str("WAIT_OBJECT_0"),
        1..64 => write!(line, "WAIT_OBJECT_0 + {number}"),
        0x80 => line.write_str("WAIT_ABANDONED"),
        0x81..0xC0 => write!(line, "WAIT_ABANDONED + {}", number - 0x80),
        0xC0 => line.write_str("WAIT_IO_COMPLETION"),
        0x102 => line.write_str("WAIT_TIMEOUT"),
        u32::MAX => line.write_str("WAIT_FAILED"),
        other => write!(line, "{other}"),
    }
}
