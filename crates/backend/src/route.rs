//! Routes: which interface the way to an address begins at, and which routers lead everywhere else.

use crate::address::Address;
use crate::{interface, rtnetlink};
use linsock_abi::Errno;

/// Bytes of an `rtmsg`.
const HEADER_BYTES: usize = 12;
/// Bytes of an `rtnexthop`.
const HOP_BYTES: usize = 8;

/// A way to everywhere that no other route leads to.
#[derive(Clone, Debug)]
pub struct DefaultRoute {
    /// The index of the interface that it begins at.
    pub link: u32,
    /// The router, unless the other end of the interface is one.
    pub gateway: Option<Address>,
    family: u16,
    metric: u32,
}

/// A route, as a message of the kernel's has it.
struct Route<'a> {
    family: u16,
    destination_bits: u8,
    table: u32,
    kind: u8,
    attributes: &'a [u8],
}

impl Route<'_> {
    fn read(body: &[u8]) -> Option<Route<'_>> {
        let (header, attributes) = body.split_first_chunk::<HEADER_BYTES>()?;
        let &[family, destination_bits, _, _, table, _, _, kind, ..] = header;
        let mut route = Route {
            family: family.into(),
            destination_bits,
            table: table.into(),
            kind,
            attributes,
        };
        // Numbers above 255 stand here alone.
        route.table = route.number(libc::RTA_TABLE).unwrap_or(route.table);
        Some(route)
    }

    fn attribute(&self, kind: u16) -> Option<&[u8]> {
        attribute(self.attributes, kind)
    }

    fn number(&self, kind: u16) -> Option<u32> {
        rtnetlink::number(self.attribute(kind)?)
    }

    fn is_default(&self) -> bool {
        self.destination_bits == 0
            && self.table == u32::from(libc::RT_TABLE_MAIN)
            && self.kind == libc::RTN_UNICAST
    }

    /// One for each router.
    fn default_routes(&self) -> Vec<DefaultRoute> {
        let metric = self.number(libc::RTA_PRIORITY).unwrap_or(0);
        let route = |link, attributes| {
            let gateway = attribute(attributes, libc::RTA_GATEWAY).and_then(rtnetlink::ip);
            let gateway = gateway.map(|ip| Address::from_ip(ip, link));
            DefaultRoute { link, gateway, family: self.family, metric }
        };
        let only = self.number(libc::RTA_OIF).map(|link| route(link, self.attributes));
        let several = hops(self.attribute(libc::RTA_MULTIPATH).unwrap_or_default());
        only.into_iter().chain(several.map(|(link, attributes)| route(link, attributes))).collect()
    }
}

fn attribute(attributes: &[u8], wanted: u16) -> Option<&[u8]> {
    rtnetlink::attributes(attributes).find(|(kind, _)| *kind == wanted).map(|(_, value)| value)
}

/// The routers of a route that has several: the interface and the attributes of each.
fn hops(mut bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || {
        let header = bytes.first_chunk::<HOP_BYTES>()?;
        let length = usize::from(u16::from_ne_bytes([header[0], header[1]]));
        let hop = (rtnetlink::number(&header[4..])?, bytes.get(HOP_BYTES..length)?);
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(hop)
    })
}

/// The default routes of both families, those first that are preferred.
pub fn default_routes() -> Result<Vec<DefaultRoute>, Errno> {
    let answers = rtnetlink::all(libc::RTM_GETROUTE, HEADER_BYTES)?;
    let routes = answers.iter().filter_map(|body| Route::read(body)).filter(Route::is_default);
    let mut list: Vec<_> = routes.flat_map(|route| route.default_routes()).collect();
    list.sort_by_key(|route| route.metric);
    Ok(list)
}

/// The index of the interface that the way to an address begins at.
///
/// An address of this machine's is reached at the interface that has it; the unspecified one stands for everywhere.
///
/// # Errors
/// ENETUNREACH and others: there is no way; EAFNOSUPPORT: no IP address.
pub fn link_towards(destination: &Address) -> Result<u32, Errno> {
    let ip = destination.ip().ok_or(Errno(libc::EAFNOSUPPORT))?;
    if destination.is_unspecified() {
        let mut routes = default_routes()?.into_iter();
        let route = routes.find(|route| route.family == destination.family());
        return route.map(|route| route.link).ok_or(Errno(libc::ENETUNREACH));
    }
    let octets = match ip {
        std::net::IpAddr::V4(ip) => ip.octets().to_vec(),
        std::net::IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let mut question = vec![0; HEADER_BYTES];
    question[0] = destination.family() as u8;
    question[1] = (octets.len() * 8) as u8;
    question.extend(rtnetlink::attribute(libc::RTA_DST, &octets));
    if let Some(link) = destination.scope() {
        question.extend(rtnetlink::attribute(libc::RTA_OIF, &link.to_ne_bytes()));
    }
    let answer = rtnetlink::one(libc::RTM_GETROUTE, &question)?;
    let route = Route::read(&answer).ok_or(Errno(libc::EPROTO))?;
    let link = route.number(libc::RTA_OIF).ok_or(Errno(libc::ENETUNREACH))?;
    if route.kind != libc::RTN_LOCAL {
        return Ok(link);
    }
    let owner = interface::all()?.into_iter().find(|one| one.address.ip() == Some(ip));
    Ok(owner.map_or(link, |one| one.link))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::AF_INET;
    use std::net::Ipv4Addr;

    #[test]
    fn loopback_leads_to_itself() {
        let loopback = crate::link::all().unwrap().into_iter().find(|link| link.is_loopback());
        let loopback = loopback.unwrap().index;
        for ip in [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 1, 2, 3)] {
            assert_eq!(link_towards(&Address::from_ip(ip.into(), 0)), Ok(loopback));
        }
        assert_eq!(link_towards(&Address::default()), Err(Errno(libc::EAFNOSUPPORT)));
    }

    #[test]
    fn everywhere_is_at_the_default_route() {
        let first = default_routes().unwrap().into_iter().find(|route| route.family == AF_INET);
        let expected = first.map(|route| route.link).ok_or(Errno(libc::ENETUNREACH));
        assert_eq!(link_towards(&Address::any(AF_INET)), expected);
    }

    /// `default nexthop via 192.0.2.1 dev 2 nexthop via 192.0.2.2 dev 3`, as the kernel writes it.
    #[test]
    fn a_route_with_two_routers_is_two_routes() {
        let hop = |link: u32, last| {
            let gateway = rtnetlink::attribute(libc::RTA_GATEWAY, &[192, 0, 2, last]);
            let length = (HOP_BYTES + gateway.len()) as u16;
            let mut bytes = [length.to_ne_bytes(), [0; 2]].concat();
            bytes.extend(link.to_ne_bytes());
            [bytes, gateway].concat()
        };
        let mut body = vec![0; HEADER_BYTES];
        (body[0], body[4], body[7]) = (AF_INET as u8, libc::RT_TABLE_MAIN, libc::RTN_UNICAST);
        body.extend(rtnetlink::attribute(libc::RTA_PRIORITY, &5u32.to_ne_bytes()));
        body.extend(rtnetlink::attribute(libc::RTA_MULTIPATH, &[hop(2, 1), hop(3, 2)].concat()));
        let route = Route::read(&body).unwrap();
        assert!(route.is_default());
        let found = route.default_routes();
        let found: Vec<_> = found
            .iter()
            .map(|route| (route.link, route.gateway.unwrap().ip(), route.metric))
            .collect();
        let ip = |last| Some(Ipv4Addr::new(192, 0, 2, last).into());
        assert_eq!(found, [(2, ip(1), 5), (3, ip(2), 5)]);
    }
}
