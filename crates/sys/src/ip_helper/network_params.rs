//! GetNetworkParams: what holds for the machine, whichever adapter.

use super::adapter_info::text_of;
use super::room::{Room, answer, fixed};
use crate::shape;
use crate::winsock::resolver;
use linsock_abi::{FIXED_INFO_W2KSP1, HYBRID_NODETYPE, WIN32_ERROR, Win32Error};
use linsock_backend::name_servers;

/// Tells the machine's name and domain, and the servers that names are asked of.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Returns ERROR_BUFFER_OVERFLOW (111): too small a buffer, and the size says what it takes; ERROR_INVALID_PARAMETER (87): no
/// size.
///
/// # Linux
/// Servers and domain are those of /etc/resolv.conf; servers with IPv6 addresses do not fit into the record. Without a
/// domain there it is what follows the first dot of the machine's name.
///
/// # Sources
/// learn.microsoft.com: iphlpapi.h, GetNetworkParams
#[api]
pub unsafe extern "system" fn GetNetworkParams(
    pfixedinfo: *mut FIXED_INFO_W2KSP1,
    poutbuflen: *mut u32,
) -> WIN32_ERROR {
    shape::code(|| {
        if poutbuflen.is_null() {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        let name = resolver::host_name().map_err(Win32Error::from)?;
        let (host, rest) = name.split_once('.').unwrap_or((&name, ""));
        let names = name_servers::configured();
        let domain = names.domains.first().map_or(rest, String::as_str);
        let servers = names.addresses.iter().filter_map(text_of);
        let servers: Vec<_> = servers.map(|server| (server, String::new())).collect();
        let forwards = std::fs::read_to_string("/proc/sys/net/ipv4/ip_forward");
        let forwards = forwards.is_ok_and(|text| text.trim() != "0");
        let lay = |room: &mut Room| {
            let place = room.reserve(1);
            let record = FIXED_INFO_W2KSP1 {
                HostName: fixed(host),
                DomainName: fixed(domain),
                DnsServerList: room.address_strings(&servers),
                NodeType: HYBRID_NODETYPE,
                EnableRouting: forwards.into(),
                EnableDns: (!servers.is_empty()).into(),
                ..FIXED_INFO_W2KSP1::default()
            };
            room.set(place, record);
        };
        // SAFETY: by the crate's vocabulary.
        unsafe { answer(pfixedinfo, poutbuflen, lay) }
    })
}
