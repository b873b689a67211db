//! Random bytes, by the name of each of Windows' two families of functions for them.

use std::collections::BTreeSet;
use std::ffi::c_void;
use std::sync::{Mutex, MutexGuard};

use linsock_abi::{
    BOOL, CRYPT_DEFAULT_CONTAINER_OPTIONAL, CRYPT_DELETEKEYSET, CRYPT_MACHINE_KEYSET,
    CRYPT_NEWKEYSET, CRYPT_SILENT, CRYPT_VERIFYCONTEXT, HRESULT, NTE_BAD_FLAGS, NTE_BAD_PROV_TYPE,
    NTE_BAD_UID, NTE_FAIL, NtStatus, PCSTR, PCWSTR, Win32Error,
};

use crate::shape;
use crate::threading::until_zero;

/// Take the system's generator, whatever the algorithm's handle says.
const BCRYPT_USE_SYSTEM_PREFERRED_RNG: u32 = 2;

/// What the kernel gives at a time without being interrupted.
const BYTES_AT_A_TIME: usize = 256;

/// Fills the bytes; `false`: the kernel gives none.
fn fill(bytes: &mut [u8]) -> bool {
    bytes.chunks_mut(BYTES_AT_A_TIME).all(|part| {
        // SAFETY: room for the bytes of this part.
        let got = unsafe { libc::getrandom(part.as_mut_ptr().cast(), part.len(), 0) };
        got == part.len() as isize
    })
}

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
    let filled = fill(bytes);
    if filled { NtStatus::STATUS_SUCCESS.0 } else { NtStatus::STATUS_UNSUCCESSFUL.0 }
}

/// Providers that are open.
static PROVIDERS: Mutex<Providers> = Mutex::new(Providers { open: BTreeSet::new(), last: 0 });

struct Providers {
    open: BTreeSet<usize>,
    last: usize,
}

impl Providers {
    /// Handles are told apart from small numbers, and no number is used twice.
    const STEP: usize = 0x1_0000;

    fn open(&mut self) -> usize {
        self.last += Self::STEP;
        self.open.insert(self.last);
        self.last
    }
}

fn providers() -> MutexGuard<'static, Providers> {
    PROVIDERS.lock().unwrap_or_else(|poison| poison.into_inner())
}

fn error_of(result: HRESULT) -> Win32Error {
    Win32Error(result as u32)
}

/// What is wrong with a number that is no provider's.
fn no_provider(provider: usize) -> Win32Error {
    if provider == 0 { Win32Error::ERROR_INVALID_PARAMETER } else { error_of(NTE_BAD_UID) }
}

/// # Safety
/// NULL, or room for a handle; NULL, or a text that ends with a zero.
unsafe fn acquire<U: Copy + Default + PartialEq>(
    provider: *mut usize,
    container: *const U,
    kind: u32,
    flags: u32,
) -> Result<(), Win32Error> {
    const KIND_MAX: u32 = 999;
    const KNOWN_FLAGS: u32 = CRYPT_VERIFYCONTEXT
        | CRYPT_NEWKEYSET
        | CRYPT_DELETEKEYSET
        | CRYPT_MACHINE_KEYSET
        | CRYPT_SILENT
        | CRYPT_DEFAULT_CONTAINER_OPTIONAL;
    if provider.is_null() {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    if !(1..=KIND_MAX).contains(&kind) {
        return Err(error_of(NTE_BAD_PROV_TYPE));
    }
    // SAFETY: the caller's word.
    let is_named = unsafe { until_zero(container) }.is_some_and(|name| !name.is_empty());
    let verifies = flags & CRYPT_VERIFYCONTEXT == CRYPT_VERIFYCONTEXT;
    if flags & !KNOWN_FLAGS != 0 || verifies && is_named {
        return Err(error_of(NTE_BAD_FLAGS));
    }
    let deletes = flags & CRYPT_DELETEKEYSET != 0;
    let opened = if deletes { 0 } else { providers().open() };
    // SAFETY: not NULL, so the caller's room.
    unsafe { provider.write_unaligned(opened) };
    Ok(())
}

/// Opens a provider, from which random bytes can be had.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): no room for the handle; NTE_BAD_PROV_TYPE (0x80090014): a type below 1 or above
/// 999; NTE_BAD_FLAGS (0x80090009): unknown flags, or CRYPT_VERIFYCONTEXT and a container's name.
///
/// # Linux
/// A provider of any type and name is the kernel's generator. There are no containers of keys: opening one, a new one or
/// not, and deleting one succeeds, and what is deleted has the handle 0.
///
/// # Sources
/// learn.microsoft.com: wincrypt.h, CryptAcquireContextA
#[api]
pub unsafe extern "system" fn CryptAcquireContextA(
    phprov: *mut usize,
    szcontainer: PCSTR,
    _szprovider: PCSTR,
    dwprovtype: u32,
    dwflags: u32,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    shape::truth(|| unsafe { acquire(phprov, szcontainer, dwprovtype, dwflags) })
}

/// As CryptAcquireContextA, in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`CryptAcquireContextA`].
///
/// # Linux
/// As [`CryptAcquireContextA`].
///
/// # Sources
/// learn.microsoft.com: wincrypt.h, CryptAcquireContextW
#[api]
pub unsafe extern "system" fn CryptAcquireContextW(
    phprov: *mut usize,
    szcontainer: PCWSTR,
    _szprovider: PCWSTR,
    dwprovtype: u32,
    dwflags: u32,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    shape::truth(|| unsafe { acquire(phprov, szcontainer, dwprovtype, dwflags) })
}

/// As CryptAcquireContextW, for a wchar_t of 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`CryptAcquireContextA`].
///
/// # Linux
/// The header binds CryptAcquireContextW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: wincrypt.h, CryptAcquireContextW
#[api]
pub unsafe extern "system" fn CryptAcquireContextW_utf32(
    phprov: *mut usize,
    szcontainer: *const u32,
    _szprovider: *const u32,
    dwprovtype: u32,
    dwflags: u32,
) -> BOOL {
    // SAFETY: by the crate's vocabulary.
    shape::truth(|| unsafe { acquire(phprov, szcontainer, dwprovtype, dwflags) })
}

/// Fills a buffer with random bytes.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): NULL, as handle or as buffer; NTE_BAD_UID (0x80090001): no open provider;
/// NTE_FAIL (0x80090020): the kernel gives none.
///
/// # Linux
/// The kernel's generator; what the buffer holds before adds nothing.
///
/// # Sources
/// learn.microsoft.com: wincrypt.h, CryptGenRandom
#[api]
pub unsafe extern "system" fn CryptGenRandom(hprov: usize, dwlen: u32, pbbuffer: *mut u8) -> BOOL {
    shape::truth(|| {
        if !providers().open.contains(&hprov) {
            return Err(no_provider(hprov));
        }
        if pbbuffer.is_null() {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        // SAFETY: not NULL, so by the crate's vocabulary room for so many bytes.
        let bytes = unsafe { std::slice::from_raw_parts_mut(pbbuffer, dwlen as usize) };
        if fill(bytes) { Ok(()) } else { Err(error_of(NTE_FAIL)) }
    })
}

/// Closes a provider.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_INVALID_PARAMETER (87): NULL; NTE_BAD_UID (0x80090001): no open provider; NTE_BAD_FLAGS (0x80090009):
/// flags that are not 0, and it is closed all the same.
///
/// # Linux
/// Nothing is kept of a provider but its number.
///
/// # Sources
/// learn.microsoft.com: wincrypt.h, CryptReleaseContext
#[api]
pub unsafe extern "system" fn CryptReleaseContext(hprov: usize, dwflags: u32) -> BOOL {
    shape::truth(|| match providers().open.remove(&hprov) {
        false => Err(no_provider(hprov)),
        true if dwflags != 0 => Err(error_of(NTE_BAD_FLAGS)),
        true => Ok(()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use linsock_abi::{PROV_RSA_AES, PROV_RSA_FULL};
    use std::ptr;

    fn result_of(answer: BOOL) -> Result<(), u32> {
        if answer != 0 { Ok(()) } else { Err(crate::last_error::get()) }
    }

    fn open(kind: u32, flags: u32) -> Result<usize, u32> {
        let mut provider = 5;
        // SAFETY: room for the handle; no names.
        let opened = unsafe {
            CryptAcquireContextA(&raw mut provider, ptr::null(), ptr::null(), kind, flags)
        };
        result_of(opened).map(|()| provider)
    }

    #[test]
    fn a_provider_gives_random_bytes_until_it_is_closed() {
        let mut bytes = [0u8; 600];
        for (kind, flags) in [
            (PROV_RSA_FULL, CRYPT_VERIFYCONTEXT),
            (PROV_RSA_AES, CRYPT_VERIFYCONTEXT | CRYPT_SILENT),
            (PROV_RSA_FULL, 0),
            (PROV_RSA_FULL, CRYPT_NEWKEYSET | CRYPT_MACHINE_KEYSET),
        ] {
            let provider = open(kind, flags).unwrap();
            // SAFETY: room for the bytes.
            unsafe {
                let mut random = || result_of(CryptGenRandom(provider, 600, bytes.as_mut_ptr()));
                assert_eq!(random(), Ok(()));
                assert_eq!(result_of(CryptReleaseContext(provider, 0)), Ok(()));
                assert_eq!(random(), Err(NTE_BAD_UID as u32));
                assert_eq!(result_of(CryptReleaseContext(provider, 0)), Err(NTE_BAD_UID as u32));
            }
            assert!(bytes.iter().any(|byte| *byte != 0));
            bytes.fill(0);
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        const INVALID: u32 = Win32Error::ERROR_INVALID_PARAMETER.0;
        assert_eq!(open(0, CRYPT_VERIFYCONTEXT), Err(NTE_BAD_PROV_TYPE as u32));
        assert_eq!(open(1000, CRYPT_VERIFYCONTEXT), Err(NTE_BAD_PROV_TYPE as u32));
        assert_eq!(open(PROV_RSA_FULL, 0x10_0000), Err(NTE_BAD_FLAGS as u32));
        assert_eq!(open(PROV_RSA_FULL, CRYPT_DELETEKEYSET), Ok(0));
        let (mut provider, name) = (0, [u16::from(b'x'), 0]);
        let mut byte = 0;
        // SAFETY: room for the handle and a byte, a name that ends with a zero; NULL is allowed.
        unsafe {
            let named = CryptAcquireContextW(
                &raw mut provider,
                name.as_ptr(),
                ptr::null(),
                PROV_RSA_FULL,
                CRYPT_VERIFYCONTEXT,
            );
            assert_eq!(result_of(named), Err(NTE_BAD_FLAGS as u32));
            let nowhere = CryptAcquireContextA(ptr::null_mut(), ptr::null(), ptr::null(), 1, 0);
            assert_eq!(result_of(nowhere), Err(INVALID));
            assert_eq!(result_of(CryptGenRandom(0, 1, &raw mut byte)), Err(INVALID));
            assert_eq!(result_of(CryptReleaseContext(0, 0)), Err(INVALID));
            let provider = open(PROV_RSA_FULL, CRYPT_VERIFYCONTEXT).unwrap();
            assert_eq!(result_of(CryptGenRandom(provider, 1, ptr::null_mut())), Err(INVALID));
            assert_eq!(result_of(CryptReleaseContext(provider, 1)), Err(NTE_BAD_FLAGS as u32));
            assert_eq!(result_of(CryptReleaseContext(provider, 0)), Err(NTE_BAD_UID as u32));
        }
    }
}
