//! Ending connections, operations and sockets.

use crate::fuzz::world::{Actor, Ending, Fit};
use crate::ledger::{Answer, ledger};
use crate::winsock::call;
use linsock_sys::Win32::Foundation::{CloseHandle, DuplicateHandle};
use linsock_sys::Win32::Networking::WinSock::*;
use linsock_sys::Win32::System::IO::{CancelIo, CancelIoEx};
use linsock_sys::Win32::System::Threading::GetCurrentProcess;
use std::ptr;

pub fn disconnect_ex(actor: &mut Actor<'_>) {
    let sock = actor.fitting(Fit::Connected);
    let flags = match actor.random.below(8) {
        0 => 0,
        1 => actor.random.next() as u32,
        _ => TF_REUSE_SOCKET,
    };
    if actor.random.chance(5) {
        actor.world.extensions.disconnect(sock.number, ptr::null_mut(), flags);
        return;
    }
    let op = actor.op(&sock, "DisconnectEx", 0, false);
    let started = actor.world.extensions.disconnect(sock.number, op.overlapped(), flags);
    actor.answered(op, &sock, Answer::of_bool(started));
}

pub fn shut_down(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    let how = if actor.random.chance(95) {
        actor.random.below(3) as i32
    } else {
        actor.random.odd_number()
    };
    call!(shutdown(sock.number, how));
    actor.say(format_args!("shutdown {} {how}", sock.number));
}

pub fn close_socket(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    actor.say(format_args!("closesocket {}", sock.number));
    actor.world.close(&sock, Ending::CloseSocket);
}

pub fn close_handle(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    actor.say(format_args!("CloseHandle {}", sock.number));
    actor.world.close(&sock, Ending::CloseHandle);
}

pub fn linger(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    let linger =
        LINGER { l_onoff: actor.random.below(2) as u16, l_linger: actor.random.below(2) as u16 };
    call!(setsockopt(sock.number, SOL_SOCKET, SO_LINGER, (&raw const linger).cast(), 4));
}

pub fn cancel_io(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    call!(CancelIo(ptr::without_provenance_mut(sock.number)));
    actor.say(format_args!("CancelIo {}", sock.number));
}

pub fn cancel_io_ex(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    let number = actor.random.next() as usize;
    let which = match (actor.random.below(3), ledger().some(number)) {
        (0, Some(op)) => op.overlapped().cast_const(),
        (1, _) => ptr::without_provenance(actor.random.next() as usize),
        _ => ptr::null(),
    };
    call!(CancelIoEx(ptr::without_provenance_mut(sock.number), which));
    actor.say(format_args!("CancelIoEx {} {which:?}", sock.number));
}

pub fn odd_handle(actor: &mut Actor<'_>) {
    let numbers =
        [0, usize::MAX, usize::MAX - 1, 0x4fff_fff0, 0x7fff_fffc, 3 << 40, 0xffff_ffff, 999_999];
    let handle = ptr::without_provenance_mut(actor.random.pick(&numbers));
    call!(CloseHandle(handle));
    call!(closesocket(handle.addr()));
    call!(CancelIo(handle));
    let sock = actor.sock();
    let process = call!(GetCurrentProcess());
    let source =
        if actor.random.chance(50) { ptr::without_provenance_mut(sock.number) } else { handle };
    let mut copy = ptr::null_mut();
    // DUPLICATE_SAME_ACCESS, at times with DUPLICATE_CLOSE_SOURCE left out: closing is for the case to know of.
    if call!(DuplicateHandle(process, source, process, &raw mut copy, 0, 0, 2)) != 0 {
        call!(CancelIoEx(copy, ptr::null()));
        if copy.addr() >= 0x4000_0000 {
            call!(CloseHandle(copy));
        }
    }
}
