//! Moving bytes.

use crate::fuzz::world::{Actor, Fit};
use crate::ledger::{Answer, Op};
use crate::winsock::{V4_BYTES, call, name};
use linsock_sys::Win32::Networking::WinSock::*;
use linsock_sys::Win32::Storage::FileSystem::{ReadFile, WriteFile};
use std::ptr;

/// The buffer of a record in one or more parts.
fn parts(actor: &mut Actor<'_>, op: &Op) -> Vec<WSABUF> {
    let mut list = Vec::new();
    let mut at = 0;
    let cuts = if actor.random.chance(70) { 0 } else { actor.random.below(6) };
    for _ in 0..cuts {
        let len = actor.random.below(op.len() - at + 1);
        list.push(WSABUF { len: len as u32, buf: op.buffer().wrapping_add(at) });
        at += len;
    }
    list.push(WSABUF { len: (op.len() - at) as u32, buf: op.buffer().wrapping_add(at) });
    list
}

pub fn wsa_recv(actor: &mut Actor<'_>) {
    let sock = actor.fitting(Fit::Connected);
    let len = actor.random.length(100_000);
    let mut flags = match actor.random.below(12) {
        0 => MSG_PEEK as u32,
        1 => MSG_OOB as u32,
        2 => MSG_WAITALL as u32,
        3 => actor.random.next() as u32 & 0x1ff,
        _ => 0,
    };
    if actor.random.chance(4) {
        let mut block = vec![0u8; 100];
        let one = WSABUF { len: 100, buf: block.as_mut_ptr() };
        let mut got = 0;
        call!(WSARecv(
            sock.number,
            &raw const one,
            1,
            &raw mut got,
            &raw mut flags,
            ptr::null_mut(),
            None
        ));
        return;
    }
    let op = actor.op(&sock, "WSARecv", len, true);
    let list = parts(actor, op);
    let (mut got, routine) = (0, Actor::routine_of(op));
    let got = if actor.random.chance(50) { &raw mut got } else { ptr::null_mut() };
    let count = if actor.random.chance(99) { list.len() as u32 } else { 0 };
    let result = call!(WSARecv(
        sock.number,
        list.as_ptr(),
        count,
        got,
        &raw mut flags,
        op.overlapped(),
        routine
    ));
    actor.answered(op, &sock, Answer::of_status(result));
}

pub fn wsa_send(actor: &mut Actor<'_>) {
    let sock = actor.fitting(Fit::Connected);
    let len = if actor.random.chance(10) { 3_000_000 } else { actor.random.length(100_000) };
    let flags = match actor.random.below(12) {
        0 => MSG_OOB as u32,
        1 => actor.random.next() as u32 & 0x8fff,
        _ => 0,
    };
    let op = actor.op(&sock, "WSASend", len, true);
    let list = parts(actor, op);
    let (mut sent, routine) = (0, Actor::routine_of(op));
    let sent = if actor.random.chance(50) { &raw mut sent } else { ptr::null_mut() };
    let pointer = if actor.random.chance(99) { list.as_ptr() } else { ptr::null() };
    let count = list.len() as u32;
    let result = call!(WSASend(sock.number, pointer, count, sent, flags, op.overlapped(), routine));
    actor.answered(op, &sock, Answer::of_status(result));
}

pub fn plain_recv(actor: &mut Actor<'_>) {
    let sock = actor.fitting(Fit::Connected);
    let mut block = vec![0u8; actor.random.length(10_000)];
    let flags = if actor.random.chance(80) { 0 } else { actor.random.next() as i32 & 0xf };
    let got = call!(recv(sock.number, block.as_mut_ptr(), block.len() as i32, flags));
    actor.say(format_args!("recv {}: {got}", sock.number));
}

pub fn plain_send(actor: &mut Actor<'_>) {
    let sock = actor.fitting(Fit::Connected);
    let block = vec![b's'; actor.random.length(300_000)];
    let flags = if actor.random.chance(80) { 0 } else { actor.random.next() as i32 & 0xf };
    let sent = call!(send(sock.number, block.as_ptr(), block.len() as i32, flags));
    actor.say(format_args!("send {}: {sent}", sock.number));
}

pub fn plain_recvfrom(actor: &mut Actor<'_>) {
    let sock = actor.fitting(Fit::Connected);
    let mut block = vec![0u8; actor.random.length(3000)];
    let mut from = vec![0u8; actor.random.below(130)];
    let mut len = from.len() as i32;
    let len = if actor.random.chance(95) { &raw mut len } else { ptr::null_mut() };
    let (buffer, room) = (block.as_mut_ptr(), block.len() as i32);
    call!(recvfrom(sock.number, buffer, room, 0, from.as_mut_ptr().cast(), len));
}

pub fn plain_sendto(actor: &mut Actor<'_>) {
    let (sock, at) = (actor.sock(), actor.address());
    let block = vec![b't'; actor.random.length(70_000)];
    let len = if actor.random.chance(90) { V4_BYTES } else { actor.random.below(17) as i32 };
    call!(sendto(sock.number, block.as_ptr(), block.len() as i32, 0, name(&at), len));
}

pub fn read_file(actor: &mut Actor<'_>) {
    let sock = actor.fitting(Fit::Connected);
    let len = actor.random.length(20_000);
    let op = actor.op(&sock, "ReadFile", len, false);
    let handle = ptr::without_provenance_mut(sock.number);
    let (buffer, room) = (op.buffer(), op.len() as u32);
    let result = call!(ReadFile(handle, buffer, room, ptr::null_mut(), op.overlapped()));
    actor.answered(op, &sock, Answer::of_bool(result));
}

pub fn write_file(actor: &mut Actor<'_>) {
    let sock = actor.fitting(Fit::Connected);
    let len = actor.random.length(20_000);
    let op = actor.op(&sock, "WriteFile", len, false);
    let handle = ptr::without_provenance_mut(sock.number);
    let (buffer, room) = (op.buffer(), op.len() as u32);
    let result = call!(WriteFile(handle, buffer, room, ptr::null_mut(), op.overlapped()));
    actor.answered(op, &sock, Answer::of_bool(result));
}

pub fn transmit_file(actor: &mut Actor<'_>) {
    let sock = actor.fitting(Fit::Connected);
    let file = match actor.random.below(10) {
        0 => ptr::null_mut(),
        1 => ptr::without_provenance_mut(sock.number),
        2 => actor.world.events[0],
        _ => actor.world.file,
    };
    let len = actor.random.length(5000);
    let op = actor.op(&sock, "TransmitFile", len, false);
    let half = op.len() / 2;
    let blocks = TRANSMIT_FILE_BUFFERS {
        Head: op.buffer().cast(),
        HeadLength: half as u32,
        Tail: op.buffer().wrapping_add(half).cast(),
        TailLength: (op.len() - half) as u32,
    };
    let blocks = if actor.random.chance(60) { &raw const blocks } else { ptr::null() };
    let flags = match actor.random.below(8) {
        0 => TF_DISCONNECT,
        1 | 2 => TF_DISCONNECT | TF_REUSE_SOCKET,
        3 => actor.random.next() as u32 & 0x3f,
        _ => 0,
    };
    let bytes = if actor.random.chance(50) { 0 } else { actor.random.length(200_000) as u32 };
    let per_send = actor.random.length(5000) as u32;
    let started =
        call!(TransmitFile(sock.number, file, bytes, per_send, op.overlapped(), blocks, flags));
    actor.answered(op, &sock, Answer::of_bool(started));
}
