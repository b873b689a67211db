//! Waiting for operations, events and readiness.

use crate::fuzz::world::{Actor, PORTS};
use crate::ledger::ledger;
use crate::winsock::call;
use linsock_sys::Win32::Foundation::CloseHandle;
use linsock_sys::Win32::Networking::WinSock::*;
use linsock_sys::Win32::System::IO::*;
use linsock_sys::Win32::System::Threading::*;
use std::ptr;

/// Milliseconds to wait; seldom for ever, which ends when the case closes what is waited for.
fn patience(actor: &mut Actor<'_>) -> u32 {
    match actor.random.below(40) {
        0 => INFINITE,
        1..20 => 0,
        n => n as u32 / 2,
    }
}

pub fn take_one(actor: &mut Actor<'_>) {
    let ms = patience(actor);
    let port = actor.random.below(PORTS);
    let taken = actor.world.drain(port, ms);
    actor.say(format_args!("a packet of port {port}: {taken}"));
}

pub fn take_many(actor: &mut Actor<'_>) {
    let ms = patience(actor);
    let port = actor.world.ports[actor.random.below(PORTS)];
    let mut entries = vec![OVERLAPPED_ENTRY::default(); 1 + actor.random.below(8)];
    let (room, mut count) = (entries.len() as u32, 0);
    let alertable = i32::from(actor.random.chance(50));
    let taken = call!(GetQueuedCompletionStatusEx(
        port,
        entries.as_mut_ptr(),
        room,
        &raw mut count,
        ms,
        alertable
    ));
    if taken == 0 {
        return;
    }
    for entry in &entries[..count as usize] {
        ledger().packet(
            entry.lpCompletionKey,
            entry.lpOverlapped.addr(),
            entry.dwNumberOfBytesTransferred,
        );
    }
    actor.say(format_args!("{count} packets"));
}

pub fn post(actor: &mut Actor<'_>) {
    actor.post();
}

pub fn sleep(actor: &mut Actor<'_>) {
    let ms = actor.random.below(6) as u32;
    call!(SleepEx(ms, 1));
}

pub fn wait_for_events(actor: &mut Actor<'_>) {
    let mut handles = actor.world.events.to_vec();
    for _ in 0..actor.random.below(3) {
        let number = actor.random.next() as usize;
        handles.extend(ledger().some(number).map(|op| op.event()).filter(|event| !event.is_null()));
    }
    if actor.random.chance(5) {
        handles.push(ptr::without_provenance_mut(actor.random.next() as usize));
    }
    if actor.random.chance(5) {
        handles.push(handles[0]);
    }
    let event = actor.world.events[actor.random.below(2)];
    match actor.random.below(4) {
        0 => call!(SetEvent(event)),
        1 => call!(ResetEvent(event)),
        _ => 0,
    };
    let (count, all) = (handles.len() as u32, i32::from(actor.random.chance(30)));
    let ms = actor.random.below(8) as u32;
    let alertable = i32::from(actor.random.chance(50));
    match actor.random.below(4) {
        0 => call!(WSAWaitForMultipleEvents(count, handles.as_ptr(), all, ms, alertable)),
        1 => call!(SignalObjectAndWait(event, handles[0], ms, alertable)),
        _ => call!(WaitForMultipleObjectsEx(count, handles.as_ptr(), all, ms, alertable)),
    };
}

pub fn result(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    let number = actor.random.next() as usize;
    let Some(op) = ledger().some(number) else { return };
    let (mut bytes, mut flags) = (0, 0);
    let handle = ptr::without_provenance_mut(sock.number);
    match actor.random.below(4) {
        0 => {
            let flags = if actor.random.chance(95) { &raw mut flags } else { ptr::null_mut() };
            call!(WSAGetOverlappedResult(sock.number, op.overlapped(), &raw mut bytes, 0, flags));
        }
        1 => {
            call!(GetOverlappedResult(handle, op.overlapped(), &raw mut bytes, 0));
        }
        _ => {
            let ms = actor.random.below(8) as u32;
            let alertable = i32::from(actor.random.chance(50));
            call!(GetOverlappedResultEx(handle, op.overlapped(), &raw mut bytes, ms, alertable));
        }
    }
}

/// # Safety
/// Called by the library with what was queued.
unsafe extern "system" fn nothing(_parameter: usize) {}

pub fn queue_apc(actor: &mut Actor<'_>) {
    let thread = call!(GetCurrentThread());
    call!(QueueUserAPC(Some(nothing), thread, actor.random.next() as usize));
    if actor.random.chance(10) {
        call!(QueueUserAPC(Some(nothing), ptr::without_provenance_mut(12), 0));
    }
}

fn some_sockets(actor: &mut Actor<'_>) -> FD_SET {
    let mut set = FD_SET { fd_count: actor.random.below(5) as u32, ..FD_SET::default() };
    for index in 0..set.fd_count as usize {
        set.fd_array[index] = actor.sock().number;
    }
    set
}

pub fn select_some(actor: &mut Actor<'_>) {
    let mut sets = [some_sockets(actor), some_sockets(actor), some_sockets(actor)];
    let time = TIMEVAL { tv_sec: 0, tv_usec: actor.random.below(5000) as i32 };
    let [read, write, except] = &mut sets;
    call!(select(0, read, write, except, &raw const time));
}

pub fn poll_some(actor: &mut Actor<'_>) {
    let count = 1 + actor.random.below(5);
    let mut list: Vec<WSAPOLLFD> = (0..count)
        .map(|_| WSAPOLLFD {
            fd: actor.sock().number,
            events: actor.random.next() as i16,
            revents: 0,
        })
        .collect();
    call!(WSAPoll(list.as_mut_ptr(), count as u32, actor.random.below(5) as i32));
}

pub fn event_select(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    let event = match actor.random.below(10) {
        0 => ptr::null_mut(),
        1 => ptr::without_provenance_mut(actor.random.next() as usize),
        _ => actor.world.events[actor.random.below(2)],
    };
    let events = if actor.random.chance(80) {
        actor.random.below(64) as i32
    } else {
        actor.random.odd_number()
    };
    call!(WSAEventSelect(sock.number, event.addr() as isize, events));
}

pub fn enum_events(actor: &mut Actor<'_>) {
    let sock = actor.sock();
    let mut events = WSANETWORKEVENTS::default();
    let event = if actor.random.chance(50) { ptr::null_mut() } else { actor.world.events[0] };
    call!(WSAEnumNetworkEvents(sock.number, event.addr() as isize, &raw mut events));
    if actor.random.chance(20) {
        let event = call!(CreateEventW(ptr::null(), 0, 1, ptr::null()));
        call!(CloseHandle(event));
        call!(CloseHandle(event));
    }
}
