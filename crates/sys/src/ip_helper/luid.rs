//! An interface's three names: its index, its locally unique identifier, and its name in bytes.

use super::adapter::{index_in, luid_of};
use super::error_of;
use crate::shape;
use crate::threading::until_zero;
use crate::winsock::text::{self, Unit};
use linsock_abi::{IF_MAX_STRING_SIZE, NET_LUID_LH, PCSTR, PSTR, WIN32_ERROR, Win32Error};
use linsock_backend::link::{self, Link};
use std::ptr;

/// The interface that is the one.
fn find(is_it: impl Fn(&Link) -> bool) -> Result<Option<Link>, Win32Error> {
    Ok(link::all().map_err(error_of)?.into_iter().find(is_it))
}

/// # Safety
/// NULL, or an identifier.
unsafe fn of_luid(luid: *const NET_LUID_LH) -> Result<Link, Win32Error> {
    if luid.is_null() {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    // SAFETY: the caller's word; both halves of the union are numbers.
    let value = unsafe { luid.read_unaligned().Value };
    find(|link| link.index == index_in(value))?.ok_or(Win32Error::ERROR_FILE_NOT_FOUND)
}

/// Stores the identifier of an interface, or 0 where there is none.
///
/// # Safety
/// NULL, or room for an identifier.
unsafe fn store_luid(
    link: Result<Link, Win32Error>,
    luid: *mut NET_LUID_LH,
) -> Result<(), Win32Error> {
    let found = link.as_ref().map_or(NET_LUID_LH { Value: 0 }, luid_of);
    // SAFETY: the caller's word.
    unsafe { luid.write_unaligned(found) };
    link.map(drop)
}

/// The identifier of a name; `unknown` is what it is where no interface has it.
///
/// # Safety
/// NULL, or a text that ends with a zero; NULL, or room for an identifier.
pub(super) unsafe fn luid_of_name<U: Unit>(
    name: *const U,
    luid: *mut NET_LUID_LH,
    unknown: Win32Error,
) -> Result<(), Win32Error> {
    if luid.is_null() {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    // SAFETY: the caller's word.
    let name = unsafe { until_zero(name) }.and_then(U::decode);
    let link = name.map_or(Ok(None), |name| find(|link| link.name == name));
    // SAFETY: not NULL, so the caller's room.
    unsafe { store_luid(link.and_then(|link| link.ok_or(unknown)), luid) }
}

/// The name of an identifier, with as many units of room.
///
/// # Safety
/// NULL, or an identifier; NULL, or so much room.
pub(super) unsafe fn name_of_luid<U: Unit>(
    luid: *const NET_LUID_LH,
    name: *mut U,
    room: usize,
) -> Result<(), Win32Error> {
    if name.is_null() {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    // SAFETY: the caller's word.
    let written = unsafe { text::write(&of_luid(luid)?.name, name, room) };
    written.map_err(|_| Win32Error::ERROR_NOT_ENOUGH_MEMORY)
}

/// Tells the locally unique identifier of an interface's index.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Returns ERROR_FILE_NOT_FOUND (2), and stores 0: no interface has it; ERROR_INVALID_PARAMETER (87): NULL.
///
/// # Linux
/// The identifier is made of the interface's kind and its index.
///
/// # Sources
/// learn.microsoft.com: netioapi.h, ConvertInterfaceIndexToLuid
#[api]
pub unsafe extern "system" fn ConvertInterfaceIndexToLuid(
    interfaceindex: u32,
    interfaceluid: *mut NET_LUID_LH,
) -> WIN32_ERROR {
    shape::code(|| {
        if interfaceluid.is_null() {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        let link = find(|link| link.index == interfaceindex);
        let link = link.and_then(|link| link.ok_or(Win32Error::ERROR_FILE_NOT_FOUND));
        // SAFETY: by the crate's vocabulary.
        unsafe { store_luid(link, interfaceluid) }
    })
}

/// Tells the index of an interface's locally unique identifier.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Returns ERROR_FILE_NOT_FOUND (2), and stores 0: no interface has it; ERROR_INVALID_PARAMETER (87): NULL.
///
/// # Linux
/// The identifier's number is the index.
///
/// # Sources
/// learn.microsoft.com: netioapi.h, ConvertInterfaceLuidToIndex
#[api]
pub unsafe extern "system" fn ConvertInterfaceLuidToIndex(
    interfaceluid: *const NET_LUID_LH,
    interfaceindex: *mut u32,
) -> WIN32_ERROR {
    shape::code(|| {
        if interfaceindex.is_null() {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        // SAFETY: by the crate's vocabulary.
        let link = unsafe { of_luid(interfaceluid) };
        // SAFETY: not NULL, so by the crate's vocabulary room for a number.
        unsafe { interfaceindex.write_unaligned(link.as_ref().map_or(0, |link| link.index)) };
        link.map(drop)
    })
}

/// Tells the locally unique identifier of an interface's name.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Returns ERROR_INVALID_NAME (123), and stores 0: no interface has it; ERROR_INVALID_PARAMETER (87): no room for the
/// identifier.
///
/// # Linux
/// The name is the kernel's, such as "eth0".
///
/// # Sources
/// learn.microsoft.com: netioapi.h, ConvertInterfaceNameToLuidA
#[api]
pub unsafe extern "system" fn ConvertInterfaceNameToLuidA(
    interfacename: PCSTR,
    interfaceluid: *mut NET_LUID_LH,
) -> WIN32_ERROR {
    let unknown = Win32Error::ERROR_INVALID_NAME;
    // SAFETY: by the crate's vocabulary.
    shape::code(|| unsafe { luid_of_name(interfacename, interfaceluid, unknown) })
}

/// Tells the name of an interface's locally unique identifier.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Returns ERROR_FILE_NOT_FOUND (2): no interface has it; ERROR_NOT_ENOUGH_MEMORY (8): too little room;
/// ERROR_INVALID_PARAMETER (87): NULL.
///
/// # Linux
/// As [`ConvertInterfaceNameToLuidA`].
///
/// # Sources
/// learn.microsoft.com: netioapi.h, ConvertInterfaceLuidToNameA
#[api]
pub unsafe extern "system" fn ConvertInterfaceLuidToNameA(
    interfaceluid: *const NET_LUID_LH,
    interfacename: PSTR,
    length: usize,
) -> WIN32_ERROR {
    // SAFETY: by the crate's vocabulary.
    shape::code(|| unsafe { name_of_luid(interfaceluid, interfacename, length) })
}

/// Tells the index of an interface's name.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Returns 0: no interface has it.
///
/// # Linux
/// As [`ConvertInterfaceNameToLuidA`].
///
/// # Sources
/// learn.microsoft.com: netioapi.h, if_nametoindex
#[api("ws2_if_nametoindex")]
pub unsafe extern "system" fn if_nametoindex(interfacename: PCSTR) -> u32 {
    let mut index = 0;
    shape::code(|| {
        // SAFETY: by the crate's vocabulary.
        let name = unsafe { until_zero(interfacename) }.and_then(u8::decode);
        let link = name.map_or(Ok(None), |name| find(|link| link.name == name))?;
        index = link.map_or(0, |link| link.index);
        Ok(())
    });
    index
}

/// Tells the name of an interface's index, into IF_NAMESIZE bytes.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Returns NULL: no interface has it, or there is no room.
///
/// # Linux
/// As [`ConvertInterfaceNameToLuidA`].
///
/// # Sources
/// learn.microsoft.com: netioapi.h, if_indextoname
#[api("ws2_if_indextoname")]
pub unsafe extern "system" fn if_indextoname(interfaceindex: u32, interfacename: PSTR) -> PSTR {
    let mut answer = ptr::null_mut();
    shape::code(|| {
        let link = find(|link| link.index == interfaceindex)?;
        if let (Some(link), false) = (link, interfacename.is_null()) {
            // SAFETY: by the crate's vocabulary room for so many bytes, of which a name takes few.
            let _ = unsafe { text::write(&link.name, interfacename, IF_MAX_STRING_SIZE as usize) };
            answer = interfacename;
        }
        Ok(())
    });
    answer
}
