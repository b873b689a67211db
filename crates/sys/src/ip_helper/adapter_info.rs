//! GetAdaptersInfo, the older list: adapters with their IPv4 addresses, as text.

use super::adapter::{hardware_of, kind_of};
use super::error_of;
use super::room::{Room, answer, fixed};
use crate::shape;
use linsock_abi::{IP_ADAPTER_INFO, WIN32_ERROR, Win32Error};
use linsock_backend::address::{AF_INET, Address};
use linsock_backend::interface::{self, Interface};
use linsock_backend::link::{self, Link};
use linsock_backend::route::{self, DefaultRoute};

/// Where there is no address.
const NONE: &str = "0.0.0.0";
/// The mask of what is no network.
const ALL_BITS: &str = "255.255.255.255";

/// The text of an IPv4 address.
pub(super) fn text_of(address: &Address) -> Option<String> {
    Some(address.ip()?.to_string()).filter(|_| address.family() == AF_INET)
}

fn record(
    room: &mut Room,
    link: &Link,
    addresses: &[Interface],
    routes: &[DefaultRoute],
) -> IP_ADAPTER_INFO {
    let is_own = |one: &&Interface| one.link == link.index && one.address.family() == AF_INET;
    let own = || addresses.iter().filter(is_own);
    let or_none = |entries: Vec<(String, String)>, mask: &str| match entries.is_empty() {
        true => vec![(NONE.to_owned(), mask.to_owned())],
        false => entries,
    };
    let ours = own().filter_map(|one| Some((text_of(&one.address)?, text_of(&one.mask())?)));
    let routes = routes.iter().filter(|route| route.link == link.index);
    let routers = routes.filter_map(|route| text_of(route.gateway.as_ref()?));
    let routers = routers.map(|router| (router, ALL_BITS.to_owned()));
    let (hardware, hardware_length) = hardware_of(link);
    IP_ADAPTER_INFO {
        ComboIndex: link.index,
        AdapterName: fixed(&link.name),
        Description: fixed(&link.name),
        AddressLength: hardware_length,
        Address: hardware,
        Index: link.index,
        Type: kind_of(link),
        DhcpEnabled: own().any(|one| !one.is_permanent()).into(),
        IpAddressList: room.address_strings(&or_none(ours.collect(), NONE)),
        GatewayList: room.address_strings(&or_none(routers.collect(), ALL_BITS)),
        ..IP_ADAPTER_INFO::default()
    }
}

/// Tells of every adapter with its IPv4 addresses, as text, into one buffer.
///
/// # Contract
/// None of its own.
///
/// # Errors
/// Returns ERROR_BUFFER_OVERFLOW (111): too small a buffer, and the size says what it takes; ERROR_NO_DATA (232): there is
/// none but loopback, which is not told of; ERROR_INVALID_PARAMETER (87): no size.
///
/// # Linux
/// The kernel's links in its order, those that are down too; AdapterName and Description are the interface's name. An
/// address that was given for a time counts as DHCP's, whose server and lease are not known. There is no WINS.
///
/// # Sources
/// learn.microsoft.com: iphlpapi.h, GetAdaptersInfo
#[api]
pub unsafe extern "system" fn GetAdaptersInfo(
    adapterinfo: *mut IP_ADAPTER_INFO,
    sizepointer: *mut u32,
) -> WIN32_ERROR {
    shape::code(|| {
        if sizepointer.is_null() {
            return Err(Win32Error::ERROR_INVALID_PARAMETER);
        }
        let mut links = link::all().map_err(error_of)?;
        links.retain(|link| !link.is_loopback());
        if links.is_empty() {
            return Err(Win32Error::ERROR_NO_DATA);
        }
        let addresses = interface::all().map_err(error_of)?;
        let routes = route::default_routes().map_err(error_of)?;
        let lay = |room: &mut Room| {
            let first = room.reserve::<IP_ADAPTER_INFO>(links.len());
            for (at, link) in links.iter().enumerate() {
                let place = first.wrapping_add(at);
                let mut record = record(room, link, &addresses, &routes);
                if at + 1 < links.len() {
                    record.Next = place.wrapping_add(1);
                }
                room.set(place, record);
            }
        };
        // SAFETY: by the crate's vocabulary.
        unsafe { answer(adapterinfo, sizepointer, lay) }
    })
}
