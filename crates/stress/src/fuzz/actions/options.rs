//! Options, controls and names, on sockets that are in use.

use crate::fuzz::parsers;
use crate::fuzz::world::Actor;
use crate::ledger::ledger;
use crate::winsock::{call, set_option};
use linsock_sys::Win32::Networking::WinSock::*;
use std::ptr;

pub fn set(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    parsers::set_option(&mut actor.random, sock.number);
}

pub fn get(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    parsers::get_option(&mut actor.random, sock.number);
}

pub fn update_context(actor: &mut Actor<'_>) {
    let (sock, listening) = (actor.sock(), actor.sock());
    if actor.random.chance(50) {
        call!(setsockopt(sock.number, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, ptr::null(), 0));
    } else {
        let value = (&raw const listening.number).cast();
        call!(setsockopt(sock.number, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, value, 8));
    }
    set_option(sock.number, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, 3);
}

pub fn ioctl(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    if actor.random.chance(50) {
        let mut value = actor.random.below(3) as u32;
        let command = actor.random.pick(&[FIONBIO, FIONREAD, SIOCATMARK, 0, -1]);
        actor.world.change_mode(|| call!(ioctlsocket(sock.number, command, &raw mut value)));
    } else {
        let (world, random) = (actor.world, &mut actor.random);
        world.change_mode(|| parsers::control(random, sock.number));
    }
}

pub fn names(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    let mut room = vec![0u8; actor.random.below(130)];
    let mut len = room.len() as i32;
    let len = if actor.random.chance(95) { &raw mut len } else { ptr::null_mut() };
    if actor.random.chance(50) {
        call!(getsockname(sock.number, room.as_mut_ptr().cast(), len));
    } else {
        call!(getpeername(sock.number, room.as_mut_ptr().cast(), len));
    }
}

pub fn sockaddrs(actor: &mut Actor<'_>) {
    let number = actor.random.next() as usize;
    let Some(op) = ledger().some(number).filter(|op| op.kind == "AcceptEx" && op.len() >= 88)
    else {
        return;
    };
    let (mut local, mut remote) = (ptr::null_mut(), ptr::null_mut());
    let (mut local_len, mut remote_len) = (0, 0);
    let area = (size_of::<SOCKADDR_IN6>() + 16) as u32;
    let data = op.len() as u32 - 2 * area;
    call!(GetAcceptExSockaddrs(
        op.buffer().cast(),
        data,
        area,
        area,
        &raw mut local,
        &raw mut local_len,
        &raw mut remote,
        &raw mut remote_len
    ));
}
