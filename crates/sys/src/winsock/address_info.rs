//! The records getaddrinfo and GetAddrInfoW answer with, in one shape for every width of text.

use std::ptr;

use linsock_abi::{ADDRINFOA, ADDRINFOW, SOCKADDR, WsaError};

use super::endpoint::{self, IPV6_BYTES};
use super::resolver::{self, Wish};
use super::text::{self, Unit};
use super::{set_last_error, started};

/// ADDRINFOA and ADDRINFOW, and the latter with a name in UTF-32.
#[repr(C)]
pub(super) struct Info<U> {
    flags: i32,
    family: i32,
    kind: i32,
    protocol: i32,
    address_len: usize,
    canonical: *mut U,
    address: *mut SOCKADDR,
    next: *mut Info<U>,
}

const _: () = assert!(size_of::<Info<u8>>() == size_of::<ADDRINFOA>());
const _: () = assert!(size_of::<Info<u16>>() == size_of::<ADDRINFOW>());

/// One record and what it points to; the caller sees the record, which comes first.
#[repr(C, align(8))]
struct Entry<U> {
    info: Info<U>,
    address: [u8; IPV6_BYTES],
    canonical: Vec<U>,
}

/// getaddrinfo for one width of text; answers with the error, which is the last error too.
///
/// # Safety
/// The strings end with a zero, `hints` and `result` point to their types, or any is NULL.
pub(super) unsafe fn look_up<U: Unit>(
    node: *const U,
    service: *const U,
    hints: *const Info<U>,
    result: *mut *mut Info<U>,
) -> i32 {
    // SAFETY: as this function's own.
    answer(unsafe { try_look_up(node, service, hints, result) })
}

/// The result of a function that answers with its error, and sets the last error too.
pub(super) fn answer(result: Result<(), WsaError>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(error) => {
            set_last_error(error);
            error.0
        }
    }
}

unsafe fn try_look_up<U: Unit>(
    node: *const U,
    service: *const U,
    hints: *const Info<U>,
    result: *mut *mut Info<U>,
) -> Result<(), WsaError> {
    started()?;
    if result.is_null() {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: not NULL, so a place for a pointer.
    unsafe { result.write(ptr::null_mut()) };
    // SAFETY: NULL or hints.
    let wish = match unsafe { hints.as_ref() } {
        None => Wish::default(),
        Some(hints) => {
            let rest = [hints.canonical.addr(), hints.address.addr(), hints.next.addr()];
            if hints.address_len != 0 || rest != [0; 3] {
                return Err(WsaError::WSANO_RECOVERY);
            }
            let (kind, protocol) = (hints.kind, hints.protocol);
            Wish { flags: hints.flags as u32, family: hints.family, kind, protocol }
        }
    };
    // SAFETY: NULL, or units that end with a zero.
    let (node, service) = unsafe { (text::read_optional(node)?, text::read_optional(service)?) };
    let answer = resolver::look_up(node.as_deref(), service.as_deref(), wish)?;
    let canonical = answer.canonical.map(|name| {
        let mut units = U::encode(&name);
        units.push(U::default());
        units
    });
    // Built from the back; the canonical name belongs to the first record alone.
    let mut next = ptr::null_mut();
    for (place, found) in answer.found.iter().enumerate().rev() {
        let (address, address_len) = endpoint::to_bytes(found.address);
        let info = Info {
            flags: 0,
            family: resolver::family_of(found.address).into(),
            kind: found.kind,
            protocol: found.protocol,
            address_len,
            canonical: ptr::null_mut(),
            address: ptr::null_mut(),
            next,
        };
        let canonical = canonical.clone().filter(|_| place == 0).unwrap_or_default();
        next = publish(Entry { info, address, canonical });
    }
    if next.is_null() {
        return Err(WsaError::WSANO_DATA);
    }
    // SAFETY: as above.
    unsafe { result.write(next) };
    Ok(())
}

/// Gives a record to the caller, until [`release`] takes it back.
fn publish<U>(entry: Entry<U>) -> *mut Info<U> {
    let entry = Box::into_raw(Box::new(entry));
    // SAFETY: just made, and nobody else knows it.
    unsafe {
        (*entry).info.address = (&raw mut (*entry).address).cast();
        if !(*entry).canonical.is_empty() {
            (*entry).info.canonical = (*entry).canonical.as_mut_ptr();
        }
    }
    entry.cast()
}

/// freeaddrinfo for one width of text.
///
/// # Safety
/// NULL, or a list of [`look_up`] for this width that was not freed before.
pub(super) unsafe fn release<U>(list: *const Info<U>) {
    let mut next = list;
    while !next.is_null() {
        // SAFETY: a record of `publish`, which is the head of an Entry in a box of its own.
        let entry = unsafe { Box::from_raw(next.cast_mut().cast::<Entry<U>>()) };
        next = entry.info.next;
    }
}

/// getnameinfo for one width of text; answers with the error, which is the last error too.
///
/// # Safety
/// `address` has `len` bytes and the buffers have room for their units, or any is NULL.
pub(super) unsafe fn names_of<U: Unit>(
    address: *const SOCKADDR,
    len: i32,
    host: (*mut U, u32),
    service: (*mut U, u32),
    flags: i32,
) -> i32 {
    let wanted = |(start, room): (*mut U, u32)| !start.is_null() && room > 0;
    // A negative length is a short one.
    let len = usize::try_from(len).unwrap_or_default();
    let written = started().and_then(|()| {
        // SAFETY: as this function's own.
        let address = unsafe { endpoint::read(address, len, WsaError::WSAEAFNOSUPPORT) }?;
        let (wants_host, wants_service) = (wanted(host), wanted(service));
        let names = resolver::names_of(address, flags as u32, wants_host, wants_service)?;
        for (name, (start, room)) in [(names.0, host), (names.1, service)] {
            let Some(name) = name else { continue };
            // SAFETY: a name was asked for only where there is a buffer.
            let written = unsafe { text::write(&name, start, room as usize) };
            written.map_err(|_| WsaError::WSAEFAULT)?;
        }
        Ok(())
    });
    answer(written)
}

/// gethostname for one width of text.
///
/// # Safety
/// `target` has room for `len` units, or is NULL.
pub(super) unsafe fn host_name<U: Unit>(target: *mut U, len: i32) -> Result<(), WsaError> {
    started()?;
    let room = usize::try_from(len).unwrap_or_default();
    if target.is_null() {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: not NULL, so there is room.
    unsafe { text::write(&resolver::host_name()?, target, room) }.map_err(|_| WsaError::WSAEFAULT)
}
