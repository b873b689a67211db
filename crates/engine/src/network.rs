//! News of the machine's network: one subscription for the whole process, which begins with the
//! first socket that waits for such news and which the reactor listens to.

use crate::io::Source;
use crate::sync::plain::{Mutex, lock};
use crate::{reactor, runtime};
use linsock_backend::Errno;
use linsock_backend::netlink::Netlink;
use linsock_backend::poller::Watch;

/// The place of the subscription, empty until it is first needed.
#[derive(Default)]
pub struct NetworkCell(Mutex<Option<Netlink>>);

/// Listens from now on, if that was not so before.
pub fn listen() -> Result<(), Errno> {
    let mut place = lock(&runtime::get().network.0);
    if place.is_none() {
        let netlink = Netlink::open()?;
        let poller = reactor::get()?.poller();
        poller.add(netlink.descriptor(), Source::Network.token(), Watch::Readable)?;
        *place = Some(netlink);
    }
    Ok(())
}

/// There are news: passes them on to the sockets that wait for them.
pub fn has_news() {
    let news = lock(&runtime::get().network.0).as_ref().map(Netlink::take).unwrap_or_default();
    if news.is_empty() {
        return;
    }
    for (_, place) in runtime::get().sockets.iter() {
        place.lock().hear(place, news);
    }
}
