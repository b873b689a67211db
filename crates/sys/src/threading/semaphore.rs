//! Semaphores.

use linsock_abi::{
    BOOL, HANDLE, PCSTR, PCWSTR, SECURITY_ATTRIBUTES, SYNCHRONIZATION_ACCESS_RIGHTS, Win32Error,
};
use linsock_engine::handle::Object;
use linsock_engine::semaphore::Semaphore;
use std::sync::Arc;

use super::name::{make_named, name_of, open_named};
use super::{handle_or_null, handles, truth};

/// Makes a semaphore, or opens the one of this name.
///
/// # Contract
/// E-006 a wait for all takes it together with the rest, or not at all.
///
/// # Errors
/// NULL and ERROR_INVALID_PARAMETER (87): the maximum is not positive, or the initial count is
/// negative or greater; ERROR_INVALID_HANDLE (6): the name is that of another kind of object;
/// ERROR_NOT_ENOUGH_MEMORY (8). A handle and ERROR_ALREADY_EXISTS (183) when the name is taken: the
/// semaphore is that one, unchanged.
///
/// # Linux
/// Names are known in this process only, and all kinds of objects share them.
/// The security attributes are ignored.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, CreateSemaphoreA
#[api]
pub unsafe extern "system" fn CreateSemaphoreA(
    _lpsemaphoreattributes: *const SECURITY_ATTRIBUTES,
    linitialcount: i32,
    lmaximumcount: i32,
    lpname: PCSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    create(linitialcount, lmaximumcount, name)
}

/// [`CreateSemaphoreA`] with a name in UTF-16.
///
/// # Contract
/// As CreateSemaphoreA.
///
/// # Errors
/// As CreateSemaphoreA.
///
/// # Linux
/// As CreateSemaphoreA.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, CreateSemaphoreW
#[api]
pub unsafe extern "system" fn CreateSemaphoreW(
    _lpsemaphoreattributes: *const SECURITY_ATTRIBUTES,
    linitialcount: i32,
    lmaximumcount: i32,
    lpname: PCWSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    create(linitialcount, lmaximumcount, name)
}

/// [`CreateSemaphoreW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// As CreateSemaphoreA.
///
/// # Errors
/// As CreateSemaphoreA.
///
/// # Linux
/// The header binds CreateSemaphoreW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, CreateSemaphoreW
#[api]
pub unsafe extern "system" fn CreateSemaphoreW_utf32(
    _lpsemaphoreattributes: *const SECURITY_ATTRIBUTES,
    linitialcount: i32,
    lmaximumcount: i32,
    lpname: *const u32,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    create(linitialcount, lmaximumcount, name)
}

fn create(count: i32, max: i32, name: Option<String>) -> HANDLE {
    match (u32::try_from(count), u32::try_from(max)) {
        (Ok(count), Ok(max @ 1..)) if count <= max => {
            let make = || Object::Semaphore(Arc::new(Semaphore::new(count, max)));
            make_named(name, make, |object| matches!(object, Object::Semaphore(_)))
        }
        _ => handle_or_null(Err(Win32Error::ERROR_INVALID_PARAMETER)),
    }
}

/// Opens the semaphore of a name.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// NULL and ERROR_FILE_NOT_FOUND (2): no object has the name; ERROR_INVALID_HANDLE (6): one of
/// another kind has it; ERROR_INVALID_PARAMETER (87): no name; ERROR_NOT_ENOUGH_MEMORY (8).
///
/// # Linux
/// Names are known in this process only, and all kinds of objects share them.
/// The access asked for is ignored.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, OpenSemaphoreA
#[api]
pub unsafe extern "system" fn OpenSemaphoreA(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lpname: PCSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    handle_or_null(open_named(name, |object| matches!(object, Object::Semaphore(_))))
}

/// [`OpenSemaphoreA`] with a name in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As OpenSemaphoreA.
///
/// # Linux
/// As OpenSemaphoreA.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, OpenSemaphoreW
#[api]
pub unsafe extern "system" fn OpenSemaphoreW(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lpname: PCWSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    handle_or_null(open_named(name, |object| matches!(object, Object::Semaphore(_))))
}

/// [`OpenSemaphoreW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As OpenSemaphoreA.
///
/// # Linux
/// The header binds OpenSemaphoreW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, OpenSemaphoreW
#[api]
pub unsafe extern "system" fn OpenSemaphoreW_utf32(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lpname: *const u32,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    handle_or_null(open_named(name, |object| matches!(object, Object::Semaphore(_))))
}

/// Lets more waits take a semaphore, and tells how many could before.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_TOO_MANY_POSTS (298): more than its maximum, and nothing was changed;
/// ERROR_INVALID_PARAMETER (87): not a positive number; ERROR_INVALID_HANDLE (6).
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, ReleaseSemaphore
#[api]
pub unsafe extern "system" fn ReleaseSemaphore(
    hsemaphore: HANDLE,
    lreleasecount: i32,
    lppreviouscount: *mut i32,
) -> BOOL {
    let release = || {
        let semaphore = handles().semaphore(hsemaphore.addr())?;
        let more = u32::try_from(lreleasecount).ok().filter(|&more| more > 0);
        let before = semaphore.release(more.ok_or(Win32Error::ERROR_INVALID_PARAMETER)?)?;
        if !lppreviouscount.is_null() {
            // SAFETY: not NULL, so by the crate's vocabulary room for the number.
            unsafe { lppreviouscount.write(before.cast_signed()) };
        }
        Ok(())
    };
    truth(release())
}
