//! Random bytes.

use std::ffi::c_void;

use linsock_abi::NtStatus;

/// Take the system's generator, whatever the algorithm's handle says.
const BCRYPT_USE_SYSTEM_PREFERRED_RNG: u32 = 2;

/// What the kernel gives at a time without being interrupted.
const BYTES_AT_A_TIME: usize = 256;

/// Fills a buffer with random bytes.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Returns STATUS_INVALID_HANDLE (0xC0000008) without BCRYPT_USE_SYSTEM_PREFERRED_RNG: there are no algorithms to open;
/// STATUS_INVALID_PARAMETER (0xC000000D): NULL; STATUS_UNSUCCESSFUL (0xC0000001): the kernel gives none.
///
/// # Linux
/// The kernel's generator.
///
/// # Sources
/// learn.microsoft.com: bcrypt.h, BCryptGenRandom
#[api]
pub unsafe extern "system" fn BCryptGenRandom(
    _halgorithm: *mut c_void,
    pbbuffer: *mut u8,
    cbbuffer: u32,
    dwflags: u32,
) -> i32 {
    if dwflags & BCRYPT_USE_SYSTEM_PREFERRED_RNG == 0 {
        return NtStatus::STATUS_INVALID_HANDLE.0;
    }
    if pbbuffer.is_null() {
        return NtStatus::STATUS_INVALID_PARAMETER.0;
    }
    // SAFETY: not NULL, so by the crate's vocabulary room for so many bytes.
    let bytes = unsafe { std::slice::from_raw_parts_mut(pbbuffer, cbbuffer as usize) };
    for part in bytes.chunks_mut(BYTES_AT_A_TIME) {
        // SAFETY: room for the bytes of this part.
        let got = unsafe { libc::getrandom(part.as_mut_ptr().cast(), part.len(), 0) };
        if got != part.len() as isize {
            return NtStatus::STATUS_UNSUCCESSFUL.0;
        }
    }
    NtStatus::STATUS_SUCCESS.0
}
