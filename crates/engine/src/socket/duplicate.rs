//! WSADuplicateSocket: another socket for the same connection, in this process or another.
//!
//! What is duplicated waits here under a number, until the process that it is for asks for it by
//! making a socket of the WSAPROTOCOL_INFO that carries the number. As on Windows the source may be
//! closed as soon as it was duplicated, because a descriptor of its own waits.

use super::{Number, Place, Socket, adopt, open, translate};
use crate::io::Source;
use crate::reactor;
use crate::runtime;
use crate::sync::plain::{Mutex, lock};
use linsock_abi::map::Call;
use linsock_abi::{Errno, WsaError};
use linsock_backend::handover::{self, Note};
use linsock_backend::net::{self, Fd};
use linsock_backend::poller::Watch;
use std::collections::HashMap;

const EADDRINUSE: Errno = Errno(98);

/// One socket that waits to be fetched.
#[derive(Debug)]
struct Offer {
    listener: Fd,
    copy: Fd,
    note: Note,
    /// The process that it is for.
    process: u32,
}

/// All that wait, by number.
#[derive(Debug, Default)]
pub struct Offers {
    waiting: Mutex<HashMap<u32, Offer>>,
}

/// What WSAPROTOCOL_INFO says of a duplicated socket.
#[derive(Clone, Copy, Debug)]
pub struct Duplicated {
    /// The address family, in the kernel's number.
    pub family: u16,
    /// The type.
    pub kind: i32,
    /// The protocol.
    pub protocol: i32,
    /// By which the other process fetches it.
    pub number: u32,
}

/// Makes a socket ready to be fetched, once, by a process.
///
/// # Errors
/// WSAENOTSOCK; WSAEINVAL: no such process; WSAEMFILE; WSAENOBUFS.
pub fn offer(number: Number, process: u32) -> Result<Duplicated, WsaError> {
    let (_, mut socket) = open(number)?;
    if !linsock_backend::thread::process_exists(process) {
        return Err(WsaError::WSAEINVAL);
    }
    // What the library only noted would not go along.
    socket.settle_binding()?;
    let failed = |errno| translate(errno, Call::Socket);
    let reactor = reactor::get().map_err(failed)?;
    let copy = net::duplicate(socket.fd).map_err(failed)?;
    let note = [socket.overlapped, socket.nonblocking, socket.adopted, socket.sends_shut];
    let note = note.map(u8::from);
    let (family, (kind, protocol)) = (socket.family, socket.kind_and_protocol());
    let (listener, number) = listen().map_err(failed).inspect_err(|_| net::close(copy))?;
    let offer = Offer { listener, copy, note, process };
    lock(&runtime::get().offers.waiting).insert(number, offer);
    let token = Source::Offer(number).token();
    if let Err(errno) = reactor.poller().add(listener, token, Watch::Readable) {
        withdraw(number);
        return Err(failed(errno));
    }
    socket.shared = true;
    Ok(Duplicated { family, kind, protocol, number })
}

fn listen() -> Result<(Fd, u32), Errno> {
    loop {
        let number = handover::random();
        match handover::listen(number) {
            Err(EADDRINUSE) => {}
            listener => return Ok((listener?, number)),
        }
    }
}

fn withdraw(number: u32) {
    if let Some(offer) = lock(&runtime::get().offers.waiting).remove(&number) {
        net::close(offer.listener);
        net::close(offer.copy);
    }
}

/// Somebody asks for what waits under a number: the process that it is for gets it.
pub fn serve(number: u32) {
    let waiting = lock(&runtime::get().offers.waiting);
    let Some(offer) = waiting.get(&number) else { return };
    while let Ok(connection) = handover::accept(offer.listener) {
        let right = handover::peer(connection).is_ok_and(|peer| peer.process == offer.process);
        let given = right && handover::send(connection, offer.copy, offer.note).is_ok();
        net::close(connection);
        if given {
            drop(waiting);
            withdraw(number);
            return;
        }
    }
}

/// Makes a socket of what waits under a number, here or in another process.
///
/// # Errors
/// WSAEINVAL: nothing waits there, or not for this process; WSAEMFILE.
pub fn fetch(number: u32, inherit: bool) -> Result<Number, WsaError> {
    let nothing = |_| WsaError::WSAEINVAL;
    let connection = handover::connect(number).map_err(nothing)?;
    // Whoever else took the name is not believed.
    let trusted = [handover::own_user(), 0];
    let giver = handover::peer(connection);
    let fetched = match giver {
        Ok(giver) if trusted.contains(&giver.user) => {
            handover::receive(connection, inherit).map_err(nothing)
        }
        _ => Err(WsaError::WSAEINVAL),
    };
    net::close(connection);
    let (fd, [overlapped, nonblocking, adopted, sends_shut]) = fetched?;
    if let Some(place) = runtime::get().sockets.find(fd as usize) {
        // Its descriptor was closed behind the library's back and the number came round.
        place.lock().forget(place);
    }
    let place = adopt(fd as usize).inspect_err(|_| net::close(fd))?;
    let mut socket = place.lock();
    socket.overlapped = overlapped != 0;
    socket.nonblocking = nonblocking != 0;
    socket.adopted = adopted != 0;
    socket.sends_shut = sends_shut != 0;
    socket.inherit = inherit;
    socket.shared = true;
    Ok(fd as usize)
}

impl Socket {
    fn forget(&mut self, place: &'static Place) {
        if self.open {
            self.abandon(place);
            self.clear();
        }
    }

    /// Whether another descriptor may keep the connection when this one is closed.
    pub(super) fn is_shared(&self) -> bool {
        self.shared
    }
}
