//! Callers' pointers: probed through the kernel, never by touching them (ARCHITECTURE.md says why).

use linsock_abi::{OVERLAPPED, SOCKADDR, WSABUF, WsaError};
use linsock_backend::address::{self, Address};
use linsock_backend::buffers::Buffers;
use linsock_backend::memory::{is_readable, is_writable};

/// Bytes of the shortest address whose family is not fixed in size.
const FAMILY_BYTES: usize = 2;

/// The end of the addresses that a process can have.
const USER_END: usize = 1 << 47;

/// The address that a caller's sockaddr holds.
///
/// # Errors
/// WSAEFAULT: NULL, unreadable, or too short for its family (C-018, C-020).
///
/// # Safety
/// Any pointer: it is probed.
pub(crate) unsafe fn read_address(name: *const SOCKADDR, len: i32) -> Result<Address, WsaError> {
    let len = usize::try_from(len).map_err(|_| WsaError::WSAEFAULT)?;
    let len = len.min(address::ADDRESS_BYTES_MAX);
    if len < FAMILY_BYTES || !is_readable(name.addr(), len) {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: both ends of at most 112 bytes were just read by the kernel.
    let bytes = unsafe { std::slice::from_raw_parts(name.cast::<u8>(), len) };
    let family = u16::from_ne_bytes([bytes[0], bytes[1]]);
    match address::bytes_of_family(family) {
        Some(needed) if len < needed => Err(WsaError::WSAEFAULT),
        _ => Ok(Address::from_bytes(bytes)),
    }
}

/// Writes an address where a caller wants it.
///
/// # Errors
/// WSAEFAULT: NULL, unwritable, or too little room.
///
/// # Safety
/// Any pointers: they are probed; both are about to be written.
pub(crate) unsafe fn write_address(
    source: &Address,
    name: *mut SOCKADDR,
    len: *mut i32,
) -> Result<(), WsaError> {
    let (bytes, needed) = source.windows_bytes();
    if !is_readable(len.addr(), size_of::<i32>()) {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: just read by the kernel.
    let room = usize::try_from(unsafe { len.read_unaligned() }).unwrap_or(0);
    let writable = room >= needed && is_writable(name.addr(), needed) && is_writable(len.addr(), 4);
    if !writable {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: both were just written by the kernel.
    unsafe {
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), name.cast::<u8>(), needed);
        len.write_unaligned(needed as i32);
    }
    Ok(())
}

/// Whether a call that is only about to begin will be able to store a number; it stays as it is.
///
/// # Errors
/// WSAEFAULT: NULL or unwritable.
pub(crate) fn check_count(count: *mut u32) -> Result<(), WsaError> {
    if !is_readable(count.addr(), size_of::<u32>()) {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: just read by the kernel.
    let before = unsafe { count.read_unaligned() };
    if !is_writable(count.addr(), size_of::<u32>()) {
        return Err(WsaError::WSAEFAULT);
    }
    // SAFETY: just written by the kernel.
    unsafe { count.write_unaligned(before) };
    Ok(())
}

/// An OVERLAPPED that an operation is about to be started with.
///
/// # Errors
/// WSAEFAULT: not writable (C-022). Its Internal is overwritten by the asking.
pub(crate) fn check_overlapped(overlapped: *mut OVERLAPPED) -> Result<usize, WsaError> {
    let address = overlapped.addr();
    let ends_on_the_page = address & 0xfff <= 0x1000 - size_of::<OVERLAPPED>();
    let writable = address.is_multiple_of(8)
        && is_writable(address, 8)
        && (ends_on_the_page || is_readable(address + 24, 8));
    if writable { Ok(address) } else { Err(WsaError::WSAEFAULT) }
}

/// An OVERLAPPED of a transfer: only addresses that nobody can have are refused, unless
/// `LINSOCK_CHECK_POINTERS=all`.
pub(crate) fn check_transfer_overlapped(overlapped: *mut OVERLAPPED) -> Result<usize, WsaError> {
    if checks_all() {
        return check_overlapped(overlapped);
    }
    let address = overlapped.addr();
    if is_possible(address) && address.is_multiple_of(8) {
        Ok(address)
    } else {
        Err(WsaError::WSAEFAULT)
    }
}

/// Whether a process could have something at the address at all.
#[inline]
pub(crate) fn is_possible(address: usize) -> bool {
    // One comparison for both ends.
    address.wrapping_sub(0x1000) < USER_END - 0x1000
}

/// The buffers of a transfer. The array is read now (S-009); what it points to is for the
/// kernel to check.
///
/// # Errors
/// WSAEFAULT: NULL or impossible.
///
/// # Safety
/// `buffers` is NULL or has `count` entries.
#[inline(always)]
pub(crate) unsafe fn buffers(buffers: *const WSABUF, count: u32) -> Result<Buffers, WsaError> {
    if count == 0 {
        return Ok(Buffers::one(0, 0));
    }
    if !is_possible(buffers.addr()) || (checks_all() && !is_list_readable(buffers, count)) {
        return Err(WsaError::WSAEFAULT);
    }
    if count == 1 {
        // SAFETY: the caller's word.
        let one = unsafe { &*buffers };
        return Ok(Buffers::one(one.buf.addr(), one.len as usize));
    }
    // SAFETY: the caller's word.
    Ok(many_buffers(unsafe { std::slice::from_raw_parts(buffers, count as usize) }))
}

/// Whether the pointers of transfers are to be probed, too.
#[inline]
fn checks_all() -> bool {
    linsock_engine::settings::get().check_all_pointers
}

#[inline(never)]
fn is_list_readable(buffers: *const WSABUF, count: u32) -> bool {
    is_readable(buffers.addr(), count as usize * size_of::<WSABUF>())
}

#[inline(never)]
fn many_buffers(list: &[WSABUF]) -> Buffers {
    Buffers::many(list.iter().map(|one| (one.buf.addr(), one.len as usize)))
}
