//! Mutexes.

use linsock_abi::{
    BOOL, HANDLE, PCSTR, PCWSTR, SECURITY_ATTRIBUTES, SYNCHRONIZATION_ACCESS_RIGHTS,
};
use linsock_engine::handle::Object;
use linsock_engine::mutex::MutexObject;
use std::sync::Arc;

use super::name::{make_named, name_of, open_named};
use super::{handle_or_null, handles, truth};

/// Makes a mutex, or opens the one of this name.
///
/// # Contract
/// E-006 a wait for all takes it together with the rest, or not at all.
///
/// # Errors
/// NULL and ERROR_INVALID_HANDLE (6): the name is that of another kind of object;
/// ERROR_NOT_ENOUGH_MEMORY (8). A handle and ERROR_ALREADY_EXISTS (183) when the name is taken: the
/// mutex is that one, and is not taken for the caller.
///
/// # Linux
/// Names are known in this process only, and all kinds of objects share them.
/// The security attributes are ignored. What a thread owns when it ends is
/// abandoned before its handle is signalled; a thread that leaves without its destructors (a bare
/// exit system call) keeps what it owns.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, CreateMutexA
#[api]
pub unsafe extern "system" fn CreateMutexA(
    _lpmutexattributes: *const SECURITY_ATTRIBUTES,
    binitialowner: BOOL,
    lpname: PCSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    let make = || Object::Mutex(Arc::new(MutexObject::new(binitialowner != 0)));
    make_named(name, make, |object| matches!(object, Object::Mutex(_)))
}

/// [`CreateMutexA`] with a name in UTF-16.
///
/// # Contract
/// As CreateMutexA.
///
/// # Errors
/// As CreateMutexA.
///
/// # Linux
/// As CreateMutexA.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, CreateMutexW
#[api]
pub unsafe extern "system" fn CreateMutexW(
    _lpmutexattributes: *const SECURITY_ATTRIBUTES,
    binitialowner: BOOL,
    lpname: PCWSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    let make = || Object::Mutex(Arc::new(MutexObject::new(binitialowner != 0)));
    make_named(name, make, |object| matches!(object, Object::Mutex(_)))
}

/// [`CreateMutexW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// As CreateMutexA.
///
/// # Errors
/// As CreateMutexA.
///
/// # Linux
/// The header binds CreateMutexW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, CreateMutexW
#[api]
pub unsafe extern "system" fn CreateMutexW_utf32(
    _lpmutexattributes: *const SECURITY_ATTRIBUTES,
    binitialowner: BOOL,
    lpname: *const u32,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    let make = || Object::Mutex(Arc::new(MutexObject::new(binitialowner != 0)));
    make_named(name, make, |object| matches!(object, Object::Mutex(_)))
}

/// Opens the mutex of a name.
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
/// learn.microsoft.com: synchapi.h, OpenMutexA
#[api]
pub unsafe extern "system" fn OpenMutexA(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lpname: PCSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    handle_or_null(open_named(name, |object| matches!(object, Object::Mutex(_))))
}

/// [`OpenMutexA`] with a name in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As OpenMutexA.
///
/// # Linux
/// As OpenMutexA.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, OpenMutexW
#[api]
pub unsafe extern "system" fn OpenMutexW(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lpname: PCWSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    handle_or_null(open_named(name, |object| matches!(object, Object::Mutex(_))))
}

/// [`OpenMutexW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As OpenMutexA.
///
/// # Linux
/// The header binds OpenMutexW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, OpenMutexW
#[api]
pub unsafe extern "system" fn OpenMutexW_utf32(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lpname: *const u32,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    handle_or_null(open_named(name, |object| matches!(object, Object::Mutex(_))))
}

/// Gives a mutex back once; the thread that owns it must call this as often as it waited for it.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// FALSE and ERROR_NOT_OWNER (288): the calling thread does not own it; ERROR_INVALID_HANDLE (6).
///
/// # Linux
/// Nothing differs.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, ReleaseMutex
#[api]
pub unsafe extern "system" fn ReleaseMutex(hmutex: HANDLE) -> BOOL {
    truth(handles().mutex(hmutex.addr()).and_then(|mutex| mutex.release()))
}
