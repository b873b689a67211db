//! The calling thread's HOSTENT, SERVENT and PROTOENT, with all they point to.

use std::cell::RefCell;
use std::ffi::CString;
use std::net::{IpAddr, SocketAddr};
use std::ptr;
use std::thread::LocalKey;

use linsock_abi::{HOSTENT, PROTOENT, SERVENT, WsaError};

use super::resolver;

/// A name and its aliases.
pub(super) struct Strings {
    pub name: String,
    pub aliases: Vec<String>,
}

/// A record and the memory its pointers lead to. Moving it leaves that memory where it is, and
/// the record itself has a box, so a caller's pointers hold until the next record.
struct Kept<E> {
    entry: Box<E>,
    _texts: Vec<CString>,
    _octets: Vec<Vec<u8>>,
    _lists: Vec<Vec<*mut i8>>,
}

type Slot<E> = RefCell<Option<Kept<E>>>;

thread_local! {
    static HOST: Slot<HOSTENT> = const { RefCell::new(None) };
    static SERVICE: Slot<SERVENT> = const { RefCell::new(None) };
    static PROTOCOL: Slot<PROTOENT> = const { RefCell::new(None) };
}

/// Keeps a record for the thread and answers with where it lies; a thread in its last moments has
/// no place for one.
fn keep<E>(slot: &'static LocalKey<Slot<E>>, mut kept: Kept<E>) -> Result<*mut E, WsaError> {
    let entry = ptr::from_mut(&mut *kept.entry);
    let replaced = slot.try_with(|slot| slot.replace(Some(kept)));
    replaced.map(|_| entry).map_err(|_| WsaError::WSANO_RECOVERY)
}

/// The strings as C strings, and the list of the aliases' addresses with the NULL that ends it.
fn spell(strings: Strings) -> Result<(Vec<CString>, Vec<*mut i8>), WsaError> {
    let all = std::iter::once(strings.name).chain(strings.aliases);
    let texts: Result<Vec<_>, _> = all.map(CString::new).collect();
    let texts = texts.map_err(|_| WsaError::WSANO_RECOVERY)?;
    let aliases = texts.iter().skip(1).map(start).chain([ptr::null_mut()]).collect();
    Ok((texts, aliases))
}

fn start(text: &CString) -> *mut i8 {
    text.as_ptr().cast_mut().cast()
}

/// The thread's HOSTENT: a name and addresses of one family, of which there is at least one.
pub(super) fn host(name: &str, addresses: &[SocketAddr]) -> Result<*mut HOSTENT, WsaError> {
    let first = addresses.first().ok_or(WsaError::WSANO_DATA)?;
    let (texts, mut aliases) = spell(Strings { name: name.to_owned(), aliases: Vec::new() })?;
    let octets_of = |address: &SocketAddr| match address.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let mut octets: Vec<_> = addresses.iter().map(octets_of).collect();
    let starts = octets.iter_mut().map(|octets| octets.as_mut_ptr().cast::<i8>());
    let mut list: Vec<_> = starts.chain([ptr::null_mut()]).collect();
    let entry = Box::new(HOSTENT {
        h_name: start(&texts[0]).cast(),
        h_aliases: aliases.as_mut_ptr(),
        h_addrtype: resolver::family_of(*first) as i16,
        h_length: octets[0].len() as i16,
        h_addr_list: list.as_mut_ptr(),
    });
    keep(&HOST, Kept { entry, _texts: texts, _octets: octets, _lists: vec![aliases, list] })
}

/// The thread's SERVENT: names, protocol, and the port in network order.
pub(super) fn service(
    (strings, protocol, port): (Strings, String, i16),
) -> Result<*mut SERVENT, WsaError> {
    let (mut texts, mut aliases) = spell(strings)?;
    texts.push(CString::new(protocol).map_err(|_| WsaError::WSANO_RECOVERY)?);
    let entry = Box::new(SERVENT {
        s_name: start(&texts[0]).cast(),
        s_aliases: aliases.as_mut_ptr(),
        s_proto: start(&texts[texts.len() - 1]).cast(),
        s_port: port,
    });
    keep(&SERVICE, Kept { entry, _texts: texts, _octets: Vec::new(), _lists: vec![aliases] })
}

/// The thread's PROTOENT: names and number.
pub(super) fn protocol((strings, number): (Strings, i16)) -> Result<*mut PROTOENT, WsaError> {
    let (texts, mut aliases) = spell(strings)?;
    let entry = Box::new(PROTOENT {
        p_name: start(&texts[0]).cast(),
        p_aliases: aliases.as_mut_ptr(),
        p_proto: number,
    });
    keep(&PROTOCOL, Kept { entry, _texts: texts, _octets: Vec::new(), _lists: vec![aliases] })
}
