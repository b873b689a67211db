//! Events, under kernel32's and under Winsock's names.

use std::sync::Arc;

use linsock_abi::{
    BOOL, HANDLE, PCSTR, PCWSTR, SECURITY_ATTRIBUTES, SYNCHRONIZATION_ACCESS_RIGHTS, WSAEVENT,
};
use linsock_engine::event::Event;
use linsock_engine::handle::Object;

use super::name::{make_named, name_of, open_named};
use super::{handle_or_null, handles, started, truth};

/// Makes an event, or opens the one of this name.
///
/// # Contract
/// O-008 the handle is a multiple of 4; E-011 an auto-reset event is consumed by one wait.
///
/// # Errors
/// NULL and ERROR_NOT_ENOUGH_MEMORY (8) when a million handles are open; ERROR_INVALID_HANDLE (6)
/// when the name is that of another kind of object. A handle and ERROR_ALREADY_EXISTS (183) when the name is taken: the event is that one, unchanged.
///
/// # Linux
/// Names are known in this process only, and all kinds of objects share them. The security
/// attributes are ignored.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, CreateEventA
#[api]
pub unsafe extern "system" fn CreateEventA(
    _lpeventattributes: *const SECURITY_ATTRIBUTES,
    bmanualreset: BOOL,
    binitialstate: BOOL,
    lpname: PCSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    create(bmanualreset, binitialstate, name)
}

/// [`CreateEventA`] with a name in UTF-16.
///
/// # Contract
/// O-008, E-011: as CreateEventA.
///
/// # Errors
/// As CreateEventA.
///
/// # Linux
/// As CreateEventA.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, CreateEventW
#[api]
pub unsafe extern "system" fn CreateEventW(
    _lpeventattributes: *const SECURITY_ATTRIBUTES,
    bmanualreset: BOOL,
    binitialstate: BOOL,
    lpname: PCWSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    create(bmanualreset, binitialstate, name)
}

/// [`CreateEventW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// O-008, E-011: as CreateEventA.
///
/// # Errors
/// As CreateEventA.
///
/// # Linux
/// The header binds CreateEventW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, CreateEventW
#[api]
pub unsafe extern "system" fn CreateEventW_utf32(
    _lpeventattributes: *const SECURITY_ATTRIBUTES,
    bmanualreset: BOOL,
    binitialstate: BOOL,
    lpname: *const u32,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    create(bmanualreset, binitialstate, name)
}

fn create(manual: BOOL, initial: BOOL, name: Option<String>) -> HANDLE {
    let make = || Object::Event(Arc::new(Event::new(manual != 0, initial != 0)));
    make_named(name, make, |object| matches!(object, Object::Event(_)))
}

/// Opens the event of a name.
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
/// learn.microsoft.com: synchapi.h, OpenEventA
#[api]
pub unsafe extern "system" fn OpenEventA(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lpname: PCSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    handle_or_null(open_named(name, |object| matches!(object, Object::Event(_))))
}

/// [`OpenEventA`] with a name in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As OpenEventA.
///
/// # Linux
/// As OpenEventA.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, OpenEventW
#[api]
pub unsafe extern "system" fn OpenEventW(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lpname: PCWSTR,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    handle_or_null(open_named(name, |object| matches!(object, Object::Event(_))))
}

/// [`OpenEventW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As OpenEventA.
///
/// # Linux
/// The header binds OpenEventW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, OpenEventW
#[api]
pub unsafe extern "system" fn OpenEventW_utf32(
    _dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS,
    _binherithandle: BOOL,
    lpname: *const u32,
) -> HANDLE {
    // SAFETY: NULL, or by the crate's vocabulary a string that ends with a zero.
    let name = unsafe { name_of(lpname) };
    handle_or_null(open_named(name, |object| matches!(object, Object::Event(_))))
}

/// Sets an event.
///
/// # Contract
/// E-003 every event handle is taken, also one of WSACreateEvent; O-008 low bits are ignored.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6) when the handle is not an open event.
///
/// # Linux
/// No system call unless a thread waits.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, SetEvent
#[api]
pub unsafe extern "system" fn SetEvent(hevent: HANDLE) -> BOOL {
    truth(handles().event(hevent.addr()).map(|event| event.set()))
}

/// Resets an event.
///
/// # Contract
/// E-003 every event handle is taken, also one of WSACreateEvent; O-008 low bits are ignored.
///
/// # Errors
/// FALSE and ERROR_INVALID_HANDLE (6) when the handle is not an open event.
///
/// # Linux
/// No system call.
///
/// # Sources
/// learn.microsoft.com: synchapi.h, ResetEvent
#[api]
pub unsafe extern "system" fn ResetEvent(hevent: HANDLE) -> BOOL {
    truth(handles().event(hevent.addr()).map(|event| event.reset()))
}

/// Makes a manual-reset event that is not set.
///
/// # Contract
/// E-001 manual-reset, not signalled, WSA_INVALID_EVENT (NULL) on failure; W-001.
///
/// # Errors
/// WSANOTINITIALISED; WSA_NOT_ENOUGH_MEMORY (8) when a million handles are open.
///
/// # Linux
/// The same object as CreateEvent's.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSACreateEvent
#[api]
pub unsafe extern "system" fn WSACreateEvent() -> WSAEVENT {
    let event = || Object::Event(Arc::new(Event::new(true, false)));
    let result = started().and_then(|()| handles().insert(event()));
    handle_or_null(result).addr().cast_signed()
}

/// Sets an event.
///
/// # Contract
/// E-002 TRUE, or FALSE and WSA_INVALID_HANDLE; W-001.
///
/// # Errors
/// WSANOTINITIALISED; WSA_INVALID_HANDLE (6).
///
/// # Linux
/// As SetEvent.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSASetEvent
#[api]
pub unsafe extern "system" fn WSASetEvent(hevent: WSAEVENT) -> BOOL {
    let event = started().and_then(|()| handles().event(hevent.cast_unsigned()));
    truth(event.map(|event| event.set()))
}

/// Resets an event.
///
/// # Contract
/// E-002 TRUE, or FALSE and WSA_INVALID_HANDLE; W-001.
///
/// # Errors
/// WSANOTINITIALISED; WSA_INVALID_HANDLE (6).
///
/// # Linux
/// As ResetEvent.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAResetEvent
#[api]
pub unsafe extern "system" fn WSAResetEvent(hevent: WSAEVENT) -> BOOL {
    let event = started().and_then(|()| handles().event(hevent.cast_unsigned()));
    truth(event.map(|event| event.reset()))
}

/// Closes the handle of an event.
///
/// # Contract
/// E-002 TRUE, or FALSE and WSA_INVALID_HANDLE; W-001.
///
/// # Errors
/// WSANOTINITIALISED; WSA_INVALID_HANDLE (6) when the handle is not an open event.
///
/// # Linux
/// As CloseHandle, for events only: another kind of handle stays open.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSACloseEvent
#[api]
pub unsafe extern "system" fn WSACloseEvent(hevent: WSAEVENT) -> BOOL {
    let handle = hevent.cast_unsigned();
    let close = |()| {
        handles().event(handle)?;
        handles().remove(handle).map(drop)
    };
    truth(started().and_then(close))
}
