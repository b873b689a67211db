//! How many interfaces there are, and which one the way to an address begins at.

use super::error_of;
use crate::{memory, shape};
use linsock_abi::{Errno, SOCKADDR, WIN32_ERROR, Win32Error};
use linsock_backend::address::{Address, bytes_of_family};
use linsock_backend::memory::copy_in;
use linsock_backend::{link, route};
use std::net::Ipv4Addr;

/// # Safety
/// NULL, or room for a number.
unsafe fn store(number: u32, to: *mut u32) -> Result<(), Win32Error> {
    if to.is_null() {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    // SAFETY: the caller's word.
    unsafe { to.write_unaligned(number) };
    Ok(())
}

/// # Safety
/// As [`store`].
unsafe fn best(destination: &Address, index: *mut u32) -> Result<(), Win32Error> {
    if index.is_null() {
        return Err(Win32Error::ERROR_INVALID_PARAMETER);
    }
    let link = route::link_towards(destination).map_err(|errno| match errno {
        // What the kernel calls an unreachable or a prohibited way is none.
        Errno(libc::EINVAL | libc::EACCES) => Win32Error::ERROR_CAN_NOT_COMPLETE,
        errno => error_of(errno),
    })?;
    // SAFETY: the caller's word.
    unsafe { store(link, index) }
}

/// Counts the interfaces.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Returns ERROR_INVALID_PARAMETER (87): NULL.
///
/// # Linux
/// All links count, loopback among them.
///
/// # Sources
/// learn.microsoft.com: iphlpapi.h, GetNumberOfInterfaces
#[api]
pub unsafe extern "system" fn GetNumberOfInterfaces(pdwnumif: *mut u32) -> WIN32_ERROR {
    shape::code(|| {
        let count = link::all().map_err(error_of)?.len();
        // SAFETY: by the crate's vocabulary.
        unsafe { store(count as u32, pdwnumif) }
    })
}

/// Tells the index of the interface that the way to an IPv4 address begins at.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Returns ERROR_INVALID_PARAMETER (87): NULL; ERROR_NETWORK_UNREACHABLE (1231), ERROR_HOST_UNREACHABLE (1232),
/// ERROR_CAN_NOT_COMPLETE (1003): there is no way.
///
/// # Linux
/// The kernel is asked for its route. An address of this machine's is reached at the interface that has it, as on Windows;
/// 0.0.0.0 stands for what only the default route leads to.
///
/// # Sources
/// learn.microsoft.com: iphlpapi.h, GetBestInterface
#[api]
pub unsafe extern "system" fn GetBestInterface(
    dwdestaddr: u32,
    pdwbestifindex: *mut u32,
) -> WIN32_ERROR {
    let destination = Address::from_ip(Ipv4Addr::from(dwdestaddr.to_ne_bytes()).into(), 0);
    // SAFETY: by the crate's vocabulary.
    shape::code(|| unsafe { best(&destination, pdwbestifindex) })
}

/// Tells the index of the interface that the way to an address begins at.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// As [`GetBestInterface`]; ERROR_INVALID_PARAMETER (87): no IP address.
///
/// # Linux
/// As [`GetBestInterface`]; an address with a scope is reached at the interface of that.
///
/// # Sources
/// learn.microsoft.com: iphlpapi.h, GetBestInterfaceEx
#[api]
pub unsafe extern "system" fn GetBestInterfaceEx(
    pdestaddr: *const SOCKADDR,
    pdwbestifindex: *mut u32,
) -> WIN32_ERROR {
    shape::code(|| {
        let invalid = Win32Error::ERROR_INVALID_PARAMETER;
        let family = copy_in(pdestaddr.addr(), size_of::<u16>()).map_err(|_| invalid)?;
        let family = u16::from_ne_bytes([family[0], family[1]]);
        let length = bytes_of_family(family).ok_or(invalid)?;
        // SAFETY: it is probed.
        let address = unsafe { memory::read_address(pdestaddr, length as i32) };
        // SAFETY: by the crate's vocabulary.
        unsafe { best(&address.map_err(|_| invalid)?, pdwbestifindex) }
    })
}

/// Makes an index one of 24 bits, as it was before Windows had more of them.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// None.
///
/// # Linux
/// Indices are small numbers anyway.
///
/// # Sources
/// learn.microsoft.com: iphlpapi.h, GetFriendlyIfIndex
#[api]
pub unsafe extern "system" fn GetFriendlyIfIndex(ifindex: u32) -> u32 {
    ifindex & 0xFF_FFFF
}
