//! Making, naming and connecting sockets.

use crate::fuzz::world::{Actor, Fit, PORTS};
use crate::ledger::Answer;
use crate::peer::Manners;
use crate::winsock::{self, V4_BYTES, call, name};
use linsock_sys::Win32::Networking::WinSock::*;
use linsock_sys::Win32::System::IO::CreateIoCompletionPort;
use std::ptr;
use std::sync::atomic::Ordering;

pub fn socket_of_some_kind(actor: &mut Actor<'_>) {
    let inet = i32::from(AF_INET);
    let kinds = [
        (inet, SOCK_STREAM, 0),
        (inet, SOCK_STREAM, IPPROTO_TCP),
        (inet, SOCK_DGRAM, 0),
        (i32::from(AF_INET6), SOCK_STREAM, 0),
        (i32::from(AF_INET6), SOCK_DGRAM, IPPROTO_UDP),
        (1, SOCK_STREAM, 0),
        (1, SOCK_SEQPACKET, 0),
        (0, SOCK_STREAM, 0),
    ];
    let (family, kind, protocol) = match actor.random.below(12) {
        0 => (actor.random.odd_number(), actor.random.odd_number(), actor.random.odd_number()),
        1..7 => kinds[actor.random.below(2)],
        _ => actor.random.pick(&kinds),
    };
    let plain = actor.random.chance(60);
    let flags = if actor.random.chance(80) {
        WSA_FLAG_OVERLAPPED
    } else {
        actor.random.next() as u32 & 0x81
    };
    let number = actor.world.make(|| match plain {
        true => call!(socket(family, kind, protocol)),
        false => call!(WSASocketW(family, kind, protocol, ptr::null(), 0, flags)),
    });
    actor.say(format_args!("socket({family}, {kind}, {protocol}): {}", number as isize));
    let overlapped = plain || flags & WSA_FLAG_OVERLAPPED != 0;
    actor.world.adopt(number, &mut actor.random, overlapped);
}

/// All in one: a WSACleanup meanwhile frees the numbers, and an accept on another one's new listener
/// would wait for ever.
pub fn pair(actor: &mut Actor<'_>) {
    let (listening, client, server) = actor.world.make(|| {
        let (listening, at) = winsock::listener(1);
        let client = call!(socket(AF_INET.into(), SOCK_STREAM, 0));
        let connected = call!(connect(client, name(&at), V4_BYTES)) == 0;
        let accepts = || call!(accept(listening, ptr::null_mut(), ptr::null_mut()));
        (listening, client, connected.then(accepts))
    });
    if let Some(server) = server {
        actor.say(format_args!("a pair: {client} and {server}"));
        actor.world.adopt(server, &mut actor.random, true);
    }
    actor.world.adopt(client, &mut actor.random, true);
    if actor.random.chance(20) {
        actor.world.adopt(listening, &mut actor.random, true);
    } else {
        call!(closesocket(listening));
    }
}

pub fn to_peer(actor: &mut Actor<'_>) {
    let manners = [
        Manners::Echo,
        Manners::Sink,
        Manners::Chatty,
        Manners::Reset,
        Manners::Close,
        Manners::Stall,
    ];
    let manners = actor.random.pick(&manners);
    let at = winsock::v4(winsock::LOOPBACK, actor.world.peers.port(manners));
    let client = actor.world.make(|| call!(socket(AF_INET.into(), SOCK_STREAM, 0)));
    call!(connect(client, name(&at), V4_BYTES));
    actor.say(format_args!("{client} to {manners:?}"));
    actor.world.adopt(client, &mut actor.random, true);
}

pub fn bind_somewhere(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    let mut at = match actor.random.below(5) {
        0 => actor.address(),
        1 => winsock::v4([0; 4], 0),
        2 => winsock::v4([8, 8, 8, 8], 0),
        _ => winsock::v4(winsock::LOOPBACK, 0),
    };
    let mut len = V4_BYTES;
    if actor.random.chance(10) {
        at.sin_family = actor.random.next() as u16 & 31;
        if at.sin_family == AF_UNIX {
            // A path would make a file.
            at.sin_port = 0;
        }
        len = actor.random.below(17) as i32;
    }
    call!(bind(sock.number, name(&at), len));
    actor.say(format_args!("bind {}", sock.number));
}

pub fn listen_there(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    call!(listen(sock.number, actor.random.odd_number()));
    actor.say(format_args!("listen {}", sock.number));
}

pub fn listener(actor: &mut Actor<'_>) {
    let backlog = actor.random.below(4) as i32;
    let (number, _) = actor.world.make(|| winsock::listener(backlog));
    actor.say(format_args!("listener {number}"));
    actor.world.adopt(number, &mut actor.random, true);
}

pub fn connect_somewhere(actor: &mut Actor<'_>) {
    let (sock, at) = (actor.sock(), actor.address());
    let len = if actor.random.chance(90) { V4_BYTES } else { actor.random.odd_number() };
    let address = if actor.random.chance(97) { name(&at) } else { ptr::null() };
    if at.sin_port == actor.world.peers.port(Manners::Stuck).to_be() && actor.random.chance(80) {
        let mut on = 1;
        call!(ioctlsocket(sock.number, FIONBIO, &raw mut on));
    }
    let result = call!(connect(sock.number, address, len.min(V4_BYTES)));
    actor.say(format_args!("connect {}: {result}", sock.number));
}

pub fn accept_one(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    let (mut at, mut len) = (SOCKADDR_STORAGE::default(), actor.random.below(140) as i32);
    len = len.min(size_of::<SOCKADDR_STORAGE>() as i32);
    let at = (&raw mut at).cast();
    let taken = actor.world.make(|| {
        let mut on = 1;
        call!(ioctlsocket(sock.number, FIONBIO, &raw mut on));
        call!(accept(sock.number, at, &raw mut len))
    });
    actor.say(format_args!("accept {}: {}", sock.number, taken as isize));
    // It takes after its listener.
    actor.world.adopt(taken, &mut actor.random, !sock.strange);
}

pub fn associate(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    sock.unsure.store(true, Ordering::SeqCst);
    let port = actor.world.ports[actor.random.below(PORTS)];
    let handle = ptr::without_provenance_mut(sock.number);
    call!(CreateIoCompletionPort(handle, port, sock.key, 0));
    actor.say(format_args!("associate {}", sock.number));
}

pub fn connect_ex(actor: &mut Actor<'_>) {
    let (mut sock, at) = (actor.fitting(Fit::Fresh), actor.address());
    if actor.random.chance(50) {
        let number = actor.world.make(winsock::bound);
        match actor.world.adopt(number, &mut actor.random, true) {
            Some(fresh) => sock = fresh,
            None => return,
        }
    }
    let len = actor.random.length(200_000);
    let Some(connect) = actor.world.extensions.connect else { return };
    let address = if actor.random.chance(98) { name(&at) } else { ptr::null() };
    let bytes = if actor.random.chance(95) { V4_BYTES } else { actor.random.below(17) as i32 };
    if actor.random.chance(3) {
        call!(connect(
            sock.number,
            address,
            bytes,
            ptr::null(),
            0,
            ptr::null_mut(),
            ptr::null_mut()
        ));
        return;
    }
    let op = actor.op(&sock, "ConnectEx", len, false);
    let block = if actor.random.chance(98) { op.buffer().cast_const().cast() } else { ptr::null() };
    let (mut sent, len) = (0, op.len() as u32);
    let started =
        call!(connect(sock.number, address, bytes, block, len, &raw mut sent, op.overlapped()));
    actor.answered(op, &sock, Answer::of_bool(started));
}

pub fn accept_ex(actor: &mut Actor<'_>) {
    const AREA: usize = size_of::<SOCKADDR_IN6>() + 16;
    let (mut listening, mut sock) = (actor.fitting(Fit::Listening), actor.fitting(Fit::Fresh));
    if actor.random.chance(50) {
        let number = actor.world.make(|| call!(socket(AF_INET.into(), SOCK_STREAM, 0)));
        match actor.world.adopt(number, &mut actor.random, true) {
            Some(fresh) => sock = fresh,
            None => return,
        }
    }
    if actor.random.chance(40) {
        let (number, at) = actor.world.make(|| winsock::listener(4));
        if let Some(fresh) = actor.world.adopt(number, &mut actor.random, true) {
            listening = fresh;
            // Somebody comes, sooner or later.
            if actor.random.chance(70) {
                let client = actor.world.make(winsock::bound);
                if let Some(client) = actor.world.adopt(client, &mut actor.random, true) {
                    let len = actor.random.length(5000);
                    let op = actor.op(&client, "ConnectEx", len, false);
                    // SAFETY: the record's own buffer.
                    let data = unsafe { std::slice::from_raw_parts(op.buffer(), op.len()) };
                    let started =
                        actor.world.extensions.connect(client.number, &at, data, op.overlapped());
                    actor.answered(op, &client, Answer::of_bool(started));
                }
            }
        }
    }
    let data = if actor.random.chance(50) { 0 } else { actor.random.length(4096) };
    let area = if actor.random.chance(95) { AREA } else { actor.random.below(AREA) };
    let op = actor.op(&listening, "AcceptEx", data + 2 * AREA, false);
    let (data, area, mut got) = (data as u32, area as u32, 0);
    let started = call!(AcceptEx(
        listening.number,
        sock.number,
        op.buffer().cast(),
        data,
        area,
        area,
        &raw mut got,
        op.overlapped()
    ));
    actor.say(format_args!("accepts into {}", sock.number));
    actor.answered(op, &listening, Answer::of_bool(started));
}

pub fn startup_and_cleanup(_actor: &mut Actor<'_>) {
    winsock::start();
    call!(WSACleanup());
}
