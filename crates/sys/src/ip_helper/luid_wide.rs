//! Interfaces' names and aliases in wide text, once in UTF-16 and once in UTF-32 for programs whose wchar_t has 32 bits.

use super::luid::{luid_of_name, name_of_luid};
use crate::shape;
use linsock_abi::{NET_LUID_LH, PCWSTR, PWSTR, WIN32_ERROR, Win32Error};

/// [`ConvertInterfaceNameToLuidA`](super::ConvertInterfaceNameToLuidA) with text in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As ConvertInterfaceNameToLuidA.
///
/// # Linux
/// As ConvertInterfaceNameToLuidA.
///
/// # Sources
/// learn.microsoft.com: netioapi.h, ConvertInterfaceNameToLuidW
#[api]
pub unsafe extern "system" fn ConvertInterfaceNameToLuidW(
    interfacename: PCWSTR,
    interfaceluid: *mut NET_LUID_LH,
) -> WIN32_ERROR {
    let unknown = Win32Error::ERROR_INVALID_NAME;
    // SAFETY: by the crate's vocabulary.
    shape::code(|| unsafe { luid_of_name(interfacename, interfaceluid, unknown) })
}

/// [`ConvertInterfaceNameToLuidW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As ConvertInterfaceNameToLuidA.
///
/// # Linux
/// The header binds ConvertInterfaceNameToLuidW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: netioapi.h, ConvertInterfaceNameToLuidW
#[api]
pub unsafe extern "system" fn ConvertInterfaceNameToLuidW_utf32(
    interfacename: *const u32,
    interfaceluid: *mut NET_LUID_LH,
) -> WIN32_ERROR {
    let unknown = Win32Error::ERROR_INVALID_NAME;
    // SAFETY: by the crate's vocabulary.
    shape::code(|| unsafe { luid_of_name(interfacename, interfaceluid, unknown) })
}

/// [`ConvertInterfaceLuidToNameA`](super::ConvertInterfaceLuidToNameA) with text in UTF-16.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As ConvertInterfaceLuidToNameA.
///
/// # Linux
/// As ConvertInterfaceLuidToNameA.
///
/// # Sources
/// learn.microsoft.com: netioapi.h, ConvertInterfaceLuidToNameW
#[api]
pub unsafe extern "system" fn ConvertInterfaceLuidToNameW(
    interfaceluid: *const NET_LUID_LH,
    interfacename: PWSTR,
    length: usize,
) -> WIN32_ERROR {
    // SAFETY: by the crate's vocabulary.
    shape::code(|| unsafe { name_of_luid(interfaceluid, interfacename, length) })
}

/// [`ConvertInterfaceLuidToNameW`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As ConvertInterfaceLuidToNameA.
///
/// # Linux
/// The header binds ConvertInterfaceLuidToNameW to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: netioapi.h, ConvertInterfaceLuidToNameW
#[api]
pub unsafe extern "system" fn ConvertInterfaceLuidToNameW_utf32(
    interfaceluid: *const NET_LUID_LH,
    interfacename: *mut u32,
    length: usize,
) -> WIN32_ERROR {
    // SAFETY: by the crate's vocabulary.
    shape::code(|| unsafe { name_of_luid(interfaceluid, interfacename, length) })
}

/// Tells the locally unique identifier of an interface's alias, its FriendlyName.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Returns ERROR_INVALID_PARAMETER (87): no interface has it, and 0 is stored; or NULL.
///
/// # Linux
/// The alias is the name.
///
/// # Sources
/// learn.microsoft.com: netioapi.h, ConvertInterfaceAliasToLuid
#[api]
pub unsafe extern "system" fn ConvertInterfaceAliasToLuid(
    interfacealias: PCWSTR,
    interfaceluid: *mut NET_LUID_LH,
) -> WIN32_ERROR {
    let unknown = Win32Error::ERROR_INVALID_PARAMETER;
    // SAFETY: by the crate's vocabulary.
    shape::code(|| unsafe { luid_of_name(interfacealias, interfaceluid, unknown) })
}

/// [`ConvertInterfaceAliasToLuid`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`ConvertInterfaceAliasToLuid`].
///
/// # Linux
/// The header binds ConvertInterfaceAliasToLuid to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: netioapi.h, ConvertInterfaceAliasToLuid
#[api]
pub unsafe extern "system" fn ConvertInterfaceAliasToLuid_utf32(
    interfacealias: *const u32,
    interfaceluid: *mut NET_LUID_LH,
) -> WIN32_ERROR {
    let unknown = Win32Error::ERROR_INVALID_PARAMETER;
    // SAFETY: by the crate's vocabulary.
    shape::code(|| unsafe { luid_of_name(interfacealias, interfaceluid, unknown) })
}

/// Tells the alias of an interface's locally unique identifier, its FriendlyName.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As ConvertInterfaceLuidToNameA.
///
/// # Linux
/// The alias is the name.
///
/// # Sources
/// learn.microsoft.com: netioapi.h, ConvertInterfaceLuidToAlias
#[api]
pub unsafe extern "system" fn ConvertInterfaceLuidToAlias(
    interfaceluid: *const NET_LUID_LH,
    interfacealias: PWSTR,
    length: usize,
) -> WIN32_ERROR {
    // SAFETY: by the crate's vocabulary.
    shape::code(|| unsafe { name_of_luid(interfaceluid, interfacealias, length) })
}

/// [`ConvertInterfaceLuidToAlias`] for programs whose wchar_t has 32 bits.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As ConvertInterfaceLuidToNameA.
///
/// # Linux
/// The header binds ConvertInterfaceLuidToAlias to this function unless the compiler was given -fshort-wchar.
///
/// # Sources
/// learn.microsoft.com: netioapi.h, ConvertInterfaceLuidToAlias
#[api]
pub unsafe extern "system" fn ConvertInterfaceLuidToAlias_utf32(
    interfaceluid: *const NET_LUID_LH,
    interfacealias: *mut u32,
    length: usize,
) -> WIN32_ERROR {
    // SAFETY: by the crate's vocabulary.
    shape::code(|| unsafe { name_of_luid(interfaceluid, interfacealias, length) })
}
