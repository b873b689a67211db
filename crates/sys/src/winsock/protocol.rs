//! The catalogue of protocols, and handing a socket over by a description from it.

use super::started;
use super::text::Unit;
use crate::shape;
use linsock_abi::catalogue::{self, CATALOGUE};
use linsock_abi::{SOCKET, SOCKET_ERROR, WSAPROTOCOL_INFOA, WSAPROTOCOL_INFOW, WsaError};
use linsock_backend::address;
use linsock_backend::memory::{copy_in, copy_out};
use linsock_engine::socket;
use std::mem::offset_of;

/// Bytes before the text, which is last and differs in width.
const FIXED_BYTES: usize = offset_of!(WSAPROTOCOL_INFOW, szProtocol);
/// Units of the text, its terminating zero included.
const NAME_UNITS: usize = 256;

/// A WSAPROTOCOL_INFO with text of some width, as bytes.
pub(super) fn encode<U: Unit>(info: &WSAPROTOCOL_INFOW) -> Vec<u8> {
    let fixed = std::ptr::from_ref(info).cast::<u8>();
    // SAFETY: as many bytes of the record, none of which is padding.
    let mut bytes = unsafe { std::slice::from_raw_parts(fixed, FIXED_BYTES) }.to_vec();
    let name = String::from_utf16_lossy(&info.szProtocol);
    let mut units = U::encode(name.trim_end_matches('\0'));
    units.resize(NAME_UNITS, U::default());
    // SAFETY: units are plain numbers without padding.
    let text = unsafe {
        std::slice::from_raw_parts(units.as_ptr().cast::<u8>(), NAME_UNITS * size_of::<U>())
    };
    bytes.extend_from_slice(text);
    bytes
}

/// Lists the protocols.
///
/// # Contract
/// W-001 needs a WSAStartup. The catalogue is `linsock_abi::catalogue`.
///
/// # Errors
/// SOCKET_ERROR and WSAENOBUFS: the buffer is too small, the length it needs is stored; WSAEFAULT;
/// WSANOTINITIALISED.
///
/// # Linux
/// TCP, UDP and raw sockets over both IPs, and local streams, whether or not the kernel has IPv6.
/// They carry the names and providers of Windows' own, because programs look for these.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAEnumProtocolsA
#[api]
pub unsafe extern "system" fn WSAEnumProtocolsA(
    lpiprotocols: *const i32,
    lpprotocolbuffer: *mut WSAPROTOCOL_INFOA,
    lpdwbufferlength: *mut u32,
) -> i32 {
    // SAFETY: as this function's own.
    unsafe { enumerate::<u8>(lpiprotocols, lpprotocolbuffer.addr(), lpdwbufferlength) }
}

/// [`WSAEnumProtocolsA`] with names in UTF-16.
///
/// # Contract
/// As WSAEnumProtocolsA.
///
/// # Errors
/// As WSAEnumProtocolsA.
///
/// # Linux
/// As WSAEnumProtocolsA.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAEnumProtocolsW
#[api]
pub unsafe extern "system" fn WSAEnumProtocolsW(
    lpiprotocols: *const i32,
    lpprotocolbuffer: *mut WSAPROTOCOL_INFOW,
    lpdwbufferlength: *mut u32,
) -> i32 {
    // SAFETY: as this function's own.
    unsafe { enumerate::<u16>(lpiprotocols, lpprotocolbuffer.addr(), lpdwbufferlength) }
}

/// [`WSAEnumProtocolsW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// As WSAEnumProtocolsA.
///
/// # Errors
/// As WSAEnumProtocolsA.
///
/// # Linux
/// The header binds WSAEnumProtocolsW to this function unless the compiler was given
/// -fshort-wchar. The text of an entry is twice as long as on Windows, so that the type of the
/// pointer here is its header's alone.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAEnumProtocolsW
#[api]
pub unsafe extern "system" fn WSAEnumProtocolsW_utf32(
    lpiprotocols: *const i32,
    lpprotocolbuffer: *mut WSAPROTOCOL_INFOW,
    lpdwbufferlength: *mut u32,
) -> i32 {
    // SAFETY: as this function's own.
    unsafe { enumerate::<u32>(lpiprotocols, lpprotocolbuffer.addr(), lpdwbufferlength) }
}

/// # Safety
/// `wanted` is NULL or ends with a zero.
unsafe fn enumerate<U: Unit>(wanted: *const i32, buffer: usize, length: *mut u32) -> i32 {
    let mut count = 0;
    let status = shape::status(|| {
        started()?;
        // SAFETY: the caller's word.
        let wanted = unsafe { crate::threading::until_zero(wanted) };
        // Number 0, which would be the raw protocols', ends the list.
        let listed = CATALOGUE
            .iter()
            .filter(|entry| wanted.is_none_or(|wanted| wanted.contains(&entry.protocol)));
        let entries: Vec<Vec<u8>> = listed.map(|entry| encode::<U>(&entry.info_w())).collect();
        count = entries.len();
        let needed = count * (FIXED_BYTES + NAME_UNITS * size_of::<U>());
        let room = copy_in(length.addr(), size_of::<u32>()).map_err(|_| WsaError::WSAEFAULT)?;
        let room = room.try_into().map_or(0, u32::from_ne_bytes) as usize;
        let store = |bytes: &[u8], at| copy_out(bytes, at).map_err(|_| WsaError::WSAEFAULT);
        if room < needed || buffer == 0 {
            store(&(needed as u32).to_ne_bytes(), length.addr())?;
            return Err(WsaError::WSAENOBUFS);
        }
        let mut at = buffer;
        for entry in &entries {
            store(entry, at)?;
            at += entry.len();
        }
        Ok(())
    });
    if status == SOCKET_ERROR { SOCKET_ERROR } else { count as i32 }
}

/// Describes a socket so that another process can make a socket of the same connection.
///
/// # Contract
/// W-001 needs a WSAStartup.
///
/// # Errors
/// SOCKET_ERROR and WSAENOTSOCK; WSAEINVAL: no such process; WSAEFAULT; WSAEMFILE;
/// WSANOTINITIALISED.
///
/// # Linux
/// dwProviderReserved is a number under which this process hands the descriptor over, to the
/// process of that id alone, once, when it calls WSASocket with the description. The two must be
/// in one network namespace, and this process must still run then; the socket itself may be closed
/// before. A description that is never used keeps the connection until this process ends. What
/// the library keeps beside the kernel (time-outs, SD_RECEIVE, WSAEventSelect, a completion port)
/// belongs to one socket, not to both. A socket that was duplicated does not linger when it is
/// closed, because it may not be the last.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSADuplicateSocketA
#[api]
pub unsafe extern "system" fn WSADuplicateSocketA(
    s: SOCKET,
    dwprocessid: u32,
    lpprotocolinfo: *mut WSAPROTOCOL_INFOA,
) -> i32 {
    duplicate::<u8>(s, dwprocessid, lpprotocolinfo.addr())
}

/// [`WSADuplicateSocketA`] with a name in UTF-16.
///
/// # Contract
/// As WSADuplicateSocketA.
///
/// # Errors
/// As WSADuplicateSocketA.
///
/// # Linux
/// As WSADuplicateSocketA.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSADuplicateSocketW
#[api]
pub unsafe extern "system" fn WSADuplicateSocketW(
    s: SOCKET,
    dwprocessid: u32,
    lpprotocolinfo: *mut WSAPROTOCOL_INFOW,
) -> i32 {
    duplicate::<u16>(s, dwprocessid, lpprotocolinfo.addr())
}

/// [`WSADuplicateSocketW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// As WSADuplicateSocketA.
///
/// # Errors
/// As WSADuplicateSocketA.
///
/// # Linux
/// The header binds WSADuplicateSocketW to this function unless the compiler was given
/// -fshort-wchar. The type of the pointer is its header's alone, as for WSAEnumProtocolsW_utf32.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSADuplicateSocketW
#[api]
pub unsafe extern "system" fn WSADuplicateSocketW_utf32(
    s: SOCKET,
    dwprocessid: u32,
    lpprotocolinfo: *mut WSAPROTOCOL_INFOW,
) -> i32 {
    duplicate::<u32>(s, dwprocessid, lpprotocolinfo.addr())
}

fn duplicate<U: Unit>(number: SOCKET, process: u32, to: usize) -> i32 {
    shape::status(|| {
        started()?;
        socket::find(number)?;
        let blank = encode::<U>(&WSAPROTOCOL_INFOW::default());
        // Before anything is offered that nobody would hear of.
        copy_out(&blank, to).map_err(|_| WsaError::WSAEFAULT)?;
        let offered = socket::offer(number, process)?;
        let family = i32::from(address::windows_family(offered.family));
        let entry = catalogue::find(family, offered.kind, offered.protocol);
        let info = WSAPROTOCOL_INFOW {
            iAddressFamily: family,
            iSocketType: offered.kind,
            iProtocol: offered.protocol,
            dwProviderReserved: offered.number,
            ..entry.map(|entry| entry.info_w()).unwrap_or_default()
        };
        copy_out(&encode::<U>(&info), to).map_err(|_| WsaError::WSAEFAULT)
    })
}

#[cfg(test)]
mod tests;
