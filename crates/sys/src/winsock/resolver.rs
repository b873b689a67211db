//! The C library's name service in Winsock's terms: flags, families and errors.

use std::ffi::{CStr, CString, c_char, c_int};
use std::net::SocketAddr;
use std::ptr;

use linsock_abi::*;
use linsock_backend::Address;
use linsock_backend::address::kernel_family;

use super::endpoint;
use crate::last_error::KeepErrno;

/// What a caller wishes to know, as in the hints of getaddrinfo.
#[derive(Clone, Copy, Default)]
pub(super) struct Wish {
    pub flags: u32,
    pub family: i32,
    pub kind: i32,
    pub protocol: i32,
}

/// One address found.
pub(super) struct Found {
    pub kind: i32,
    pub protocol: i32,
    pub address: SocketAddr,
}

/// What a look-up found, at least one address.
pub(super) struct Answer {
    pub canonical: Option<String>,
    pub found: Vec<Found>,
}

/// Flags of getaddrinfo: Windows', the C library's.
#[rustfmt::skip]
const LOOK_UP_FLAGS: &[(u32, c_int)] = &[
    (AI_PASSIVE,     libc::AI_PASSIVE),
    (AI_CANONNAME,   libc::AI_CANONNAME),
    (AI_NUMERICHOST, libc::AI_NUMERICHOST),
    (AI_NUMERICSERV, libc::AI_NUMERICSERV),
    (AI_ALL,         libc::AI_ALL),
    (AI_ADDRCONFIG,  libc::AI_ADDRCONFIG),
    (AI_V4MAPPED,    libc::AI_V4MAPPED),
    // The canonical name is what the fully qualified one comes to here.
    (AI_FQDN,        libc::AI_CANONNAME),
];

/// Flags that steer Windows' other name services; there is one here, so they change nothing.
const LOOK_UP_FLAGS_WITHOUT_EFFECT: u32 = AI_NON_AUTHORITATIVE
    | AI_SECURE
    | AI_RETURN_PREFERRED_NAMES
    | AI_FILESERVER
    | AI_DISABLE_IDN_ENCODING;

/// Flags of getnameinfo: Windows', the C library's. Numeric hosts are made here.
#[rustfmt::skip]
const NAME_FLAGS: &[(u32, c_int)] = &[
    (NI_NOFQDN,      libc::NI_NOFQDN),
    (NI_NUMERICHOST, 0),
    (NI_NAMEREQD,    0),
    (NI_NUMERICSERV, libc::NI_NUMERICSERV),
    (NI_DGRAM,       libc::NI_DGRAM),
];

/// glibc's AI_IDN: a name outside ASCII is encoded before it is asked for.
const AI_IDN: c_int = 0x40;
/// glibc's EAI_ADDRFAMILY: the name has addresses, of the other family.
const EAI_ADDRFAMILY: c_int = -9;

/// The C library's errors in Winsock's numbers (contract 22.1). Where `errno` tells more, it does.
fn error_of(code: c_int) -> WsaError {
    match code {
        libc::EAI_BADFLAGS => WsaError::WSAEINVAL,
        libc::EAI_AGAIN => WsaError::WSATRY_AGAIN,
        libc::EAI_FAIL => WsaError::WSANO_RECOVERY,
        libc::EAI_NODATA | EAI_ADDRFAMILY => WsaError::WSANO_DATA,
        libc::EAI_FAMILY => WsaError::WSAEAFNOSUPPORT,
        libc::EAI_SOCKTYPE => WsaError::WSAESOCKTNOSUPPORT,
        libc::EAI_SERVICE => WsaError::WSATYPE_NOT_FOUND,
        libc::EAI_MEMORY => WsaError::WSA_NOT_ENOUGH_MEMORY,
        libc::EAI_OVERFLOW => WsaError::WSAEFAULT,
        libc::EAI_SYSTEM => {
            let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or_default();
            WsaError::from_errno(Errno(errno), Call::Other)
        }
        _ => WsaError::WSAHOST_NOT_FOUND,
    }
}

/// The C library's flags for Windows', or WSAEINVAL where one is unknown.
fn translate(flags: u32, table: &[(u32, c_int)]) -> Result<c_int, WsaError> {
    let known = table.iter().fold(0, |known, row| known | row.0);
    if flags & !known != 0 {
        return Err(WsaError::WSAEINVAL);
    }
    let on = table.iter().filter(|row| flags & row.0 != 0);
    Ok(on.fold(0, |translated, row| translated | row.1))
}

/// The computer's name.
pub(crate) fn host_name() -> Result<String, WsaError> {
    let _keep = KeepErrno::new();
    let mut buffer = [0_u8; 256];
    // SAFETY: the buffer is one byte longer than said, so a zero always ends it.
    if unsafe { libc::gethostname(buffer.as_mut_ptr().cast(), buffer.len() - 1) } != 0 {
        return Err(error_of(libc::EAI_SYSTEM));
    }
    let name = CStr::from_bytes_until_nul(&buffer).map_err(|_| WsaError::WSAEFAULT)?;
    Ok(name.to_string_lossy().into_owned())
}

/// getaddrinfo: the addresses of a host and a service, of which one may be missing.
pub(super) fn look_up(
    node: Option<&str>,
    service: Option<&str>,
    wish: Wish,
) -> Result<Answer, WsaError> {
    let _keep = KeepErrno::new();
    let mut flags = translate(wish.flags & !LOOK_UP_FLAGS_WITHOUT_EFFECT, LOOK_UP_FLAGS)?;
    let family = u16::try_from(wish.family).map_err(|_| WsaError::WSAEAFNOSUPPORT)?;
    // Two of Windows' names for this computer: its addresses are those of its name.
    let local = node.is_some_and(|node| node.is_empty() || node == "..localmachine");
    let node = if local { Some(host_name()?) } else { node.map(str::to_owned) };
    if node.as_ref().is_some_and(|node| !node.is_ascii()) {
        flags |= AI_IDN;
    }
    let node = node.map(c_string).transpose()?;
    let service = service.map(|name| c_string(name.to_owned())).transpose()?;
    // SAFETY: all zeros are a valid addrinfo: numbers and pointers.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_flags = flags;
    hints.ai_family = kernel_family(family).into();
    hints.ai_socktype = wish.kind;
    hints.ai_protocol = wish.protocol;
    let mut list = ptr::null_mut();
    let text = |text: &Option<CString>| text.as_ref().map_or(ptr::null(), |text| text.as_ptr());
    // SAFETY: NULL or strings, hints of which the rest is zero, and a place for the result.
    let code =
        unsafe { libc::getaddrinfo(text(&node), text(&service), &raw const hints, &raw mut list) };
    if code != 0 {
        return Err(error_of(code));
    }
    // SAFETY: the call succeeded, so this is its list, freed below and nowhere else.
    let answer = unsafe { collect(list) };
    // SAFETY: as above; `answer` owns copies.
    unsafe { libc::freeaddrinfo(list) };
    let numeric = service.is_none_or(|name| name.to_bytes().iter().all(u8::is_ascii_digit));
    Ok(Answer { found: as_wished(answer.found, wish, numeric), ..answer })
}

fn c_string(text: String) -> Result<CString, WsaError> {
    CString::new(text).map_err(|_| WsaError::WSAEINVAL)
}

/// # Safety
/// A list of the C library's getaddrinfo.
unsafe fn collect(list: *const libc::addrinfo) -> Answer {
    let mut answer = Answer { canonical: None, found: Vec::new() };
    let mut next = list;
    // SAFETY: the entries of the list are valid until it is freed.
    while let Some(entry) = unsafe { next.as_ref() } {
        next = entry.ai_next;
        if !entry.ai_canonname.is_null() {
            // SAFETY: not NULL, so a string of the entry.
            let name = unsafe { CStr::from_ptr(entry.ai_canonname) };
            answer.canonical = Some(name.to_string_lossy().into_owned());
        }
        let (kind, protocol) = (entry.ai_socktype, entry.ai_protocol);
        let (start, len) = (entry.ai_addr.cast::<SOCKADDR>(), entry.ai_addrlen as usize);
        // SAFETY: the entry's own address and length; the kernel's family number is taken too.
        if let Ok(address) = unsafe { endpoint::read(start, len, WsaError::WSAEAFNOSUPPORT) } {
            answer.found.push(Found { kind, protocol, address });
        }
    }
    answer
}

/// Windows answers with the type and protocol of the hints, and so with each address once, where
/// the C library repeats it for every type; only a service's name tells types apart.
fn as_wished(found: Vec<Found>, wish: Wish, numeric_service: bool) -> Vec<Found> {
    let mut kept: Vec<Found> = Vec::with_capacity(found.len());
    for mut one in found {
        if wish.kind != 0 || wish.protocol != 0 {
            one.protocol = wish.protocol;
        } else if numeric_service {
            (one.kind, one.protocol) = (0, 0);
        }
        let same = |other: &Found| {
            (other.address, other.kind, other.protocol) == (one.address, one.kind, one.protocol)
        };
        if !kept.iter().any(same) {
            kept.push(one);
        }
    }
    kept
}

/// getnameinfo: the names of an address's host and service, of those that are asked for.
pub(super) fn names_of(
    address: SocketAddr,
    flags: u32,
    host: bool,
    service: bool,
) -> Result<(Option<String>, Option<String>), WsaError> {
    let _keep = KeepErrno::new();
    let kernel_flags = translate(flags, NAME_FLAGS)?;
    if !host && !service {
        return Err(WsaError::WSAHOST_NOT_FOUND);
    }
    let numeric = || {
        let SocketAddr::V6(v6) = address else { return address.ip().to_string() };
        endpoint::format_ip(address.ip(), v6.scope_id())
    };
    let host = match (host, flags & NI_NUMERICHOST != 0, flags & NI_NAMEREQD != 0) {
        (false, ..) => None,
        (true, true, true) => return Err(WsaError::WSAHOST_NOT_FOUND),
        (true, true, false) => Some(numeric()),
        (true, false, required) => {
            match ask_names(address, kernel_flags | libc::NI_NAMEREQD, true) {
                // Without a name the number will do, with Windows' numeric scope.
                Err(WsaError::WSAHOST_NOT_FOUND) if !required => Some(numeric()),
                answer => Some(answer?),
            }
        }
    };
    let service = service.then(|| ask_names(address, kernel_flags, false)).transpose()?;
    Ok((host, service))
}

fn ask_names(address: SocketAddr, flags: c_int, host: bool) -> Result<String, WsaError> {
    let (bytes, len) = endpoint::to_bytes(address);
    let address = Address::from_bytes(&bytes[..len]);
    let mut buffer = [0_u8; NI_MAXHOST as usize];
    let (start, room) = (buffer.as_mut_ptr().cast::<c_char>(), buffer.len() as u32);
    let none = ptr::null_mut();
    let ((node, node_len), (name, name_len)) =
        if host { ((start, room), (none, 0)) } else { ((none, 0), (start, room)) };
    let bytes = address.as_bytes();
    // SAFETY: an address and its length, one buffer and its length, and one that is absent.
    let code = unsafe {
        let start = bytes.as_ptr().cast::<libc::sockaddr>();
        libc::getnameinfo(start, bytes.len() as u32, node, node_len, name, name_len, flags)
    };
    if code != 0 {
        return Err(error_of(code));
    }
    let text = CStr::from_bytes_until_nul(&buffer).map_err(|_| WsaError::WSANO_RECOVERY)?;
    Ok(text.to_string_lossy().into_owned())
}

/// Windows' number of an address's family.
pub(super) fn family_of(address: SocketAddr) -> u16 {
    if address.is_ipv4() { AF_INET } else { AF_INET6 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_has_its_twin() {
        let twin = |flag| translate(flag, LOOK_UP_FLAGS);
        assert_eq!(twin(AI_NUMERICSERV), Ok(0x400));
        assert_eq!(twin(AI_ADDRCONFIG | AI_V4MAPPED | AI_ALL), Ok(0x38));
        assert_eq!(twin(AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST), Ok(7));
        assert_eq!(translate(0x10, NAME_FLAGS), Ok(0x10));
        assert_eq!(translate(NI_NOFQDN | NI_NUMERICSERV, NAME_FLAGS), Ok(6));
        assert_eq!(twin(0x0100_0000), Err(WsaError::WSAEINVAL));
        assert_eq!(translate(0x20, NAME_FLAGS), Err(WsaError::WSAEINVAL));
    }

    #[test]
    fn errors_of_the_c_library_have_winsock_numbers() {
        let numbers = [-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -12].map(|code| error_of(code).0);
        let winsock = [10022, 11001, 11002, 11003, 11004, 10047, 10044, 10109, 11004, 8, 10014];
        assert_eq!(numbers, winsock);
    }

    #[test]
    fn host_name_is_the_kernel_s() {
        let Ok(kernel) = std::fs::read_to_string("/proc/sys/kernel/hostname") else { return };
        assert_eq!(host_name().as_deref(), Ok(kernel.trim_end()));
    }
}
