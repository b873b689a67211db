//! News of the network: a netlink socket that hears when addresses and routes change.

use crate::net::{self, Fd, check};
use linsock_abi::Errno;

// Groups of include/uapi/linux/rtnetlink.h.
const LINKS: u32 = 0x1;
const ADDRESSES_V4: u32 = 0x10;
const ROUTES_V4: u32 = 0x40;
const ADDRESSES_V6: u32 = 0x100;
const ROUTES_V6: u32 = 0x400;

/// Bytes of the header of a message: its length, its type, flags, number, sender.
pub(crate) const HEADER_BYTES: usize = 16;
/// Bytes of an `ifinfomsg`.
const LINK_BYTES: usize = 16;
/// More than any message that the kernel sends to these groups.
const MESSAGE_BYTES_MAX: usize = 16384;

/// What has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// IPv4 addresses.
    pub addresses_v4: bool,
    /// IPv6 addresses.
    pub addresses_v6: bool,
    /// IPv4 routes.
    pub routes_v4: bool,
    /// IPv6 routes.
    pub routes_v6: bool,
}

impl News {
    const EVERYTHING: News =
        News { addresses_v4: true, addresses_v6: true, routes_v4: true, routes_v6: true };

    /// Whether nothing has changed.
    pub fn is_empty(self) -> bool {
        self == News::default()
    }

    /// Takes in one message.
    fn hear(&mut self, kind: u16, body: &[u8]) {
        let family = i32::from(body.first().copied().unwrap_or(0));
        match (i32::from(kind), family) {
            (RTM_NEWADDR | RTM_DELADDR, libc::AF_INET) => self.addresses_v4 = true,
            (RTM_NEWADDR | RTM_DELADDR, libc::AF_INET6) => self.addresses_v6 = true,
            (RTM_NEWROUTE | RTM_DELROUTE, libc::AF_INET) => self.routes_v4 = true,
            (RTM_NEWROUTE | RTM_DELROUTE, libc::AF_INET6) => self.routes_v6 = true,
            // An interface that goes down takes routes with it that the kernel says nothing of.
            (RTM_NEWLINK, _) if goes_up_or_down(body) => *self = News::EVERYTHING,
            _ => {}
        }
    }
}

const RTM_NEWLINK: i32 = libc::RTM_NEWLINK as i32;
const RTM_NEWADDR: i32 = libc::RTM_NEWADDR as i32;
const RTM_DELADDR: i32 = libc::RTM_DELADDR as i32;
const RTM_NEWROUTE: i32 = libc::RTM_NEWROUTE as i32;
const RTM_DELROUTE: i32 = libc::RTM_DELROUTE as i32;

/// Whether an `ifinfomsg` says that the interface's IFF_UP is another one now.
fn goes_up_or_down(link: &[u8]) -> bool {
    // Its last field has the flags that changed.
    let changed = link.get(LINK_BYTES - 4..LINK_BYTES).and_then(|bytes| bytes.first_chunk());
    changed.is_some_and(|&bytes| u32::from_ne_bytes(bytes) & libc::IFF_UP as u32 != 0)
}

/// The messages of one datagram, each with its type.
pub(crate) fn messages(mut datagram: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let header = datagram.get(..HEADER_BYTES)?;
        let bytes = u32::from_ne_bytes(*header.first_chunk()?) as usize;
        let kind = u16::from_ne_bytes([header[4], header[5]]);
        let body = datagram.get(HEADER_BYTES..bytes)?;
        // The next one begins at a multiple of four.
        datagram = datagram.get(bytes.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, body))
    })
}

/// A subscription to all news.
#[derive(Debug)]
pub struct Netlink(Fd);

impl Netlink {
    /// Subscribes.
    pub fn open() -> Result<Self, Errno> {
        let family = libc::AF_NETLINK as u16;
        let netlink = Netlink(net::socket(family, libc::SOCK_RAW, libc::NETLINK_ROUTE, false)?);
        // SAFETY: all zero bytes are a valid address.
        let mut name: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
        name.nl_family = family;
        name.nl_groups = LINKS | ADDRESSES_V4 | ROUTES_V4 | ADDRESSES_V6 | ROUTES_V6;
        let length = size_of::<libc::sockaddr_nl>() as libc::socklen_t;
        // SAFETY: the name has that many bytes and lives through the call.
        check(unsafe { libc::bind(netlink.0, (&raw const name).cast(), length) })?;
        Ok(netlink)
    }

    /// The descriptor that is readable while there are news.
    pub fn descriptor(&self) -> Fd {
        self.0
    }

    /// Takes all news there are.
    pub fn take(&self) -> News {
        let mut news = News::default();
        let mut room = vec![0u8; MESSAGE_BYTES_MAX];
        loop {
            let flags = libc::MSG_DONTWAIT;
            // SAFETY: the room has that many writable bytes.
            let n = unsafe { libc::recv(self.0, room.as_mut_ptr().cast(), room.len(), flags) };
            match usize::try_from(n) {
                Ok(n) => messages(&room[..n]).for_each(|(kind, body)| news.hear(kind, body)),
                Err(_) => match net::last_errno().0 {
                    // More happened than there was room for: it may have been anything.
                    libc::ENOBUFS => news = News::EVERYTHING,
                    libc::EINTR => {}
                    _ => return news,
                },
            }
        }
    }
}

impl Drop for Netlink {
    fn drop(&mut self) {
        net::close(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: i32, body: &[u8]) -> Vec<u8> {
        let mut bytes = ((HEADER_BYTES + body.len()) as u32).to_ne_bytes().to_vec();
        bytes.extend((kind as u16).to_ne_bytes());
        bytes.extend([0; HEADER_BYTES - 6]);
        bytes.extend(body);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn heard(datagram: &[u8]) -> News {
        let mut news = News::default();
        messages(datagram).for_each(|(kind, body)| news.hear(kind, body));
        news
    }

    #[test]
    fn several_messages_in_one_datagram() {
        let mut datagram = message(RTM_NEWADDR, &[libc::AF_INET as u8, 8, 0, 0, 1]);
        datagram.extend(message(RTM_DELROUTE, &[libc::AF_INET6 as u8]));
        let expected = News { addresses_v4: true, routes_v6: true, ..News::default() };
        assert_eq!(heard(&datagram), expected);
    }

    #[test]
    fn only_going_up_or_down_is_news_of_a_link() {
        let mut link = [0; LINK_BYTES];
        assert!(heard(&message(RTM_NEWLINK, &link)).is_empty());
        link[LINK_BYTES - 4..].copy_from_slice(&(libc::IFF_UP as u32).to_ne_bytes());
        assert_eq!(heard(&message(RTM_NEWLINK, &link)), News::EVERYTHING);
    }

    #[test]
    fn broken_messages_end_the_list() {
        assert!(heard(&[]).is_empty());
        assert!(heard(&[3, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).is_empty());
        let cut = &message(RTM_NEWADDR, &[libc::AF_INET as u8; 8])[..20];
        assert!(heard(cut).is_empty());
    }
}
