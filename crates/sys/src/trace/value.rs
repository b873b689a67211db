//! Arguments as text, by their types and names. A pointer's target is read through a probe, so that none can crash.

use super::line::Line;
use super::{Call, names};
use linsock_abi::{AF_INET, AF_INET6, AF_UNIX, WSABUF};
use linsock_backend::address::{ADDRESS_BYTES_MAX, Address};
use linsock_backend::memory::{copy_in, is_readable};
use std::fmt::{self, Write};

/// Characters of a text, and entries of an array, that are shown.
const TEXT_MAX: usize = 64;
const ENTRIES_MAX: usize = 4;
/// Bytes of a sockaddr_in6.
const IPV6_BYTES: usize = 28;

/// Parameters of a text's type that are none.
const NO_TEXT: [&str; 3] = ["optval", "buf", "lpbuffer"];

/// An argument as it is before the call.
pub fn before(line: &mut Line, call: &Call, at: usize) -> fmt::Result {
    let word = call.word(at);
    let (name, of) = call.parameter(at);
    if let Some(table) = names::of_parameter(call, at) {
        return table.write(line, word as u32);
    }
    match of {
        "SOCKET" => socket(line, word),
        "BOOL" => line.write_str(match word as u32 {
            0 => "FALSE",
            1 => "TRUE",
            _ => return write!(line, "{}", word as u32),
        }),
        // Room for a text, or no text at all.
        "PSTR" | "PWSTR" => pointer(line, word),
        "PCSTR" if NO_TEXT.contains(&name) || call.function.name == "gethostbyaddr" => {
            pointer(line, word)
        }
        // Below 64 KiB it is a number: GetProcAddress takes ordinals.
        "PCSTR" if word > 0xffff => text8(line, word),
        "PCWSTR" => text16(line, word),
        "*const u32" if call.function.name.ends_with("_utf32") => text32(line, word),
        "*const SOCKADDR" => {
            let len = match call.parameter(at + 1).1 {
                // No length follows: that of the longer family, of which the other one is the beginning.
                "*mut u32" => IPV6_BYTES,
                _ => call.word(at + 1) as u32 as usize,
            };
            address(line, word, len)
        }
        "*const WSABUF" => buffers(line, word, call.word(at + 1) as u32 as usize),
        "*const HANDLE" => handles(line, word, call.word(at - 1) as u32 as usize),
        "HANDLE" | "WSAEVENT" | "HMODULE" => handle(line, word),
        "i8" | "i16" | "i32" => write!(line, "{}", word as u32 as i32),
        "i64" => write!(line, "{}", word as i64),
        _ if name.ends_with("milliseconds") || name == "dwtimeout" => match word as u32 {
            u32::MAX => line.write_str("INFINITE"),
            time => write!(line, "{time}"),
        },
        "u8" | "u16" | "u32" | "u64" | "usize" if name.ends_with("key") => {
            write!(line, "{word:#x}")
        }
        "u8" | "u16" | "u32" | "u64" | "usize" => write!(line, "{word}"),
        _ => pointer(line, word),
    }
}

/// An argument that the call wrote to, as it is afterwards; `false` if there is nothing to be seen of that.
pub fn after(line: &mut Line, call: &Call, at: usize) -> bool {
    let word = call.word(at);
    let (name, of) = call.parameter(at);
    // Where a text's room begins there is no number.
    let is_text = of == "*mut u32" && name != "sizepointer";
    let number = |len| match is_text && call.function.name.ends_with("_utf32") {
        true => None,
        false => read_number(word, len),
    };
    let written = match of {
        "*mut u32" | "*mut BOOL" => number(4).map(|n| write!(line, "[{n}]")),
        "*mut i32" => number(4).map(|n| write!(line, "[{}]", n as u32 as i32)),
        "*mut i64" => number(8).map(|n| write!(line, "[{}]", n as i64)),
        "*mut usize" | "*mut *mut OVERLAPPED" | "*mut HANDLE" => {
            number(8).map(|n| write!(line, "[{n:#x}]"))
        }
        "*mut SOCKADDR" => {
            let length = call.word(at + 1);
            match call.parameter(at + 1).1 {
                "*mut i32" => read_number(length, 4),
                _ => None,
            }
            .filter(|_| word != 0)
            .map(|len| address(line, word, len as u32 as usize))
        }
        "*mut c_void" if name == "lpvoutbuffer" && is_function_pointer(call) => {
            number(8).map(|n| write!(line, "[{n:#x}]"))
        }
        _ => None,
    };
    written.is_some()
}

fn is_function_pointer(call: &Call) -> bool {
    call.function.name == "WSAIoctl"
        && call.word(1) as u32 == linsock_abi::SIO_GET_EXTENSION_FUNCTION_POINTER
}

fn read_number(address: u64, len: usize) -> Option<u64> {
    let bytes = copy_in(usize::try_from(address).ok()?, len).ok()?;
    let mut word = [0; 8];
    word.get_mut(..len)?.copy_from_slice(&bytes);
    Some(u64::from_le_bytes(word))
}

pub fn pointer(line: &mut Line, word: u64) -> fmt::Result {
    match word {
        0 => line.write_str("NULL"),
        _ => write!(line, "{word:#x}"),
    }
}

pub fn socket(line: &mut Line, word: u64) -> fmt::Result {
    match word {
        u64::MAX => line.write_str("INVALID_SOCKET"),
        _ => write!(line, "{word}"),
    }
}

/// A descriptor's number, or a handle of ours, or a pseudo-handle.
pub fn handle(line: &mut Line, word: u64) -> fmt::Result {
    match word {
        0 => line.write_str("NULL"),
        u64::MAX => line.write_str("INVALID_HANDLE_VALUE"),
        1..0x1_0000 => write!(line, "{word}"),
        _ => write!(line, "{word:#x}"),
    }
}

/// `[5, 0x40000004]`.
fn handles(line: &mut Line, word: u64, count: usize) -> fmt::Result {
    let shown = count.min(ENTRIES_MAX);
    let Ok(bytes) = copy_in(word as usize, shown * size_of::<u64>()) else {
        return pointer(line, word);
    };
    line.write_str("[")?;
    for (at, entry) in bytes.as_chunks::<8>().0.iter().enumerate() {
        line.write_str(if at == 0 { "" } else { ", " })?;
        handle(line, u64::from_le_bytes(*entry))?;
    }
    line.write_str(if count > shown { ", ...]" } else { "]" })
}

/// `[{len=64, buf=0x7ffd...}]`.
fn buffers(line: &mut Line, word: u64, count: usize) -> fmt::Result {
    let shown = count.min(ENTRIES_MAX);
    let entry = size_of::<WSABUF>();
    if word == 0 || !is_readable(word as usize, shown * entry) {
        return pointer(line, word);
    }
    line.write_str("[")?;
    for at in 0..shown {
        let start = word + (at * entry) as u64;
        let len = read_number(start, 4).unwrap_or(0);
        let buf = read_number(start + 8, 8).unwrap_or(0);
        line.write_str(if at == 0 { "{len=" } else { ", {len=" })?;
        write!(line, "{len}, buf=")?;
        pointer(line, buf)?;
        line.write_str("}")?;
    }
    line.write_str(if count > shown { ", ...]" } else { "]" })
}

/// `{AF_INET, 127.0.0.1:80}`.
pub fn address(line: &mut Line, word: u64, len: usize) -> fmt::Result {
    let bytes = match word {
        0 => return line.write_str("NULL"),
        _ => copy_in(word as usize, len.min(ADDRESS_BYTES_MAX)),
    };
    let Some(bytes) = bytes.ok().filter(|bytes| bytes.len() >= 16 || bytes.len() > 2) else {
        return pointer(line, word);
    };
    let family = u16::from_le_bytes([bytes[0], bytes[1]]);
    if family == AF_UNIX {
        let path = bytes[2..].split(|byte| *byte == 0).next().unwrap_or_default();
        return write!(line, "{{AF_UNIX, \"{}\"}}", path.escape_ascii());
    }
    let address = Address::from_bytes(&bytes);
    let whole = bytes.len() >= 16;
    match (linsock_backend::address::windows_family(family), address.ip()) {
        (AF_INET, Some(ip)) if whole => write!(line, "{{AF_INET, {ip}:{}}}", address.port()),
        (AF_INET6, Some(ip)) if whole => write!(line, "{{AF_INET6, [{ip}]:{}}}", address.port()),
        (other, _) => write!(line, "{{family={other}, ...}}"),
    }
}

/// The units of a text, up to its zero or TEXT_MAX of them; `None` where they cannot be read.
fn units<const BYTES: usize>(word: u64) -> Option<(Vec<[u8; BYTES]>, bool)> {
    let mut units = Vec::new();
    while units.len() < TEXT_MAX {
        let at = (word as usize).checked_add(units.len() * BYTES)?;
        let unit: [u8; BYTES] = copy_in(at, BYTES).ok()?.try_into().ok()?;
        if unit == [0; BYTES] {
            return Some((units, false));
        }
        units.push(unit);
    }
    Some((units, true))
}

fn quoted(line: &mut Line, word: u64, text: Option<(impl fmt::Display, bool)>) -> fmt::Result {
    match text {
        Some((text, cut)) => write!(line, "\"{text}\"{}", if cut { "..." } else { "" }),
        None => pointer(line, word),
    }
}

pub fn text8(line: &mut Line, word: u64) -> fmt::Result {
    let text =
        units::<1>(word).map(|(units, cut)| (units.concat().escape_ascii().to_string(), cut));
    quoted(line, word, text)
}

pub fn text16(line: &mut Line, word: u64) -> fmt::Result {
    let text = units::<2>(word).map(|(units, cut)| {
        let units: Vec<u16> = units.into_iter().map(u16::from_le_bytes).collect();
        (String::from_utf16_lossy(&units).escape_debug().to_string(), cut)
    });
    line.write_str(if text.is_some() { "L" } else { "" })?;
    quoted(line, word, text)
}

pub fn text32(line: &mut Line, word: u64) -> fmt::Result {
    let character = |unit| char::from_u32(u32::from_le_bytes(unit)).unwrap_or('\u{fffd}');
    let text = units::<4>(word).map(|(units, cut)| {
        (units.into_iter().map(character).collect::<String>().escape_debug().to_string(), cut)
    });
    line.write_str(if text.is_some() { "L" } else { "" })?;
    quoted(line, word, text)
}
