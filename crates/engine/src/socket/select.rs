//! select and WSAPoll.
//!
//! What the kernel says of a socket is half of the answer: a connect whose result the library
//! has fetched already looks to the kernel like a socket that was never connected, and such a
//! one is "hung up" there but in no set here (Y-009, Y-010). So every look joins the kernel's
//! view with the library's. A socket that another thread closes, or starts a ConnectEx on,
//! wakes no poll, hence waits are cut into slices. Between two of them APCs run.

use super::queue::Side;
use super::{Number, Phase, open};
use crate::blocking::Scope;
use linsock_abi::{
    POLLERR, POLLHUP, POLLNVAL, POLLRDBAND, POLLRDNORM, POLLWRNORM, WSAPOLLFD, WsaError,
};
use linsock_backend::net::{self, Fd, Ready, TcpState};
use std::time::{Duration, Instant};

/// The first slice of a wait, and the longest.
const SLICE_FIRST: Duration = Duration::from_millis(10);
const SLICE_MAX: Duration = Duration::from_millis(50);
/// The first pause after the kernel woke a wait for something that does not count.
const PAUSE_FIRST: Duration = Duration::from_millis(1);

const NOTHING: Ready =
    Ready { readable: false, writable: false, failed: false, urgent: false, ended: false };
/// An entry that the kernel passes over.
const NO_QUESTION: (Fd, Ready) = (-1, NOTHING);

/// One socket, and what is asked about it.
#[derive(Clone, Copy)]
struct Item {
    number: Number,
    wanted: Ready,
}

/// What a socket is in the library's eyes, as far as readiness goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// A stream without a connection.
    Unconnected {
        /// Its last connect failed.
        failed: bool,
    },
    Connecting {
        by_connect_ex: bool,
    },
    Listening {
        /// A deferred connection waits.
        deferred: bool,
    },
    Connected,
    Datagram,
}

#[derive(Clone, Copy)]
struct View {
    fd: Fd,
    stage: Stage,
}

impl View {
    /// Whether the kernel's word on the socket counts.
    fn is_for_kernel(&self) -> bool {
        !matches!(self.stage, Stage::Unconnected { .. } | Stage::Connecting { by_connect_ex: true })
    }

    fn is_connecting(&self) -> bool {
        matches!(self.stage, Stage::Connecting { .. })
    }

    /// What the kernel is asked about the socket.
    fn question(&self, wanted: Ready) -> (Fd, Ready) {
        match self.stage {
            _ if !self.is_for_kernel() => NO_QUESTION,
            // Whatever is wanted, the end of the connect is awaited first.
            Stage::Connecting { .. } => (self.fd, Ready { writable: true, ..NOTHING }),
            _ => (self.fd, wanted),
        }
    }

    fn has_urgent(&self, kernel: Ready) -> bool {
        kernel.urgent && self.stage == Stage::Connected && !self.is_inline()
    }

    /// SO_OOBINLINE.
    fn is_inline(&self) -> bool {
        net::option_i32(self.fd, 1, 10).is_ok_and(|on| on != 0)
    }
}

/// Looks at a socket; with `settle` the outcome of a connect is fetched first. `None`: no socket.
fn look(number: Number, settle: bool) -> Option<View> {
    let (place, mut socket) = open(number).ok()?;
    if settle && matches!(socket.phase, Phase::Connecting { by_connect_ex: false }) {
        socket.pump(place, Side::Output, Ready::UNKNOWN);
    }
    let stage = match socket.phase {
        _ if !socket.is_connection_oriented() => Stage::Datagram,
        Phase::Idle => Stage::Unconnected { failed: socket.connect_error.is_some() },
        Phase::Connecting { by_connect_ex } => Stage::Connecting { by_connect_ex },
        Phase::Connected => Stage::Connected,
        // The next connections are an AcceptEx's.
        Phase::Listening if socket.has_accept_ex() || socket.is_paused() => {
            Stage::Unconnected { failed: false }
        }
        Phase::Listening => Stage::Listening { deferred: socket.has_deferred() },
    };
    Some(View { fd: socket.fd, stage })
}

/// What was found of each item: `None` where there is no socket.
type Found = Vec<Option<(View, Ready)>>;

/// Waits until `counts` says of an item that it is ready, or the time is over. What is no
/// socket ends the wait.
fn wait(
    items: &[Item],
    timeout: Option<Duration>,
    counts: impl Fn(usize, View, Ready) -> bool,
) -> Result<Found, WsaError> {
    // A time that does not fit the clock never comes.
    let until = timeout.and_then(|time| Instant::now().checked_add(time));
    let mut slice = Duration::ZERO;
    let mut pause = PAUSE_FIRST;
    let mut blocked = None;
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let over = left == Some(Duration::ZERO);
        let time = left.map_or(slice, |left| left.min(slice));
        let (found, woken) = glance(items, time)?;
        let ready = found.iter().enumerate().any(|(n, found)| match *found {
            Some((view, kernel)) => counts(n, view, kernel),
            None => true,
        });
        if ready || over {
            return Ok(found);
        }
        if crate::apc::is_due() {
            // The wait is alertable, and goes on (F-007).
            blocked = None;
            drop(found);
            crate::apc::run();
            continue;
        }
        // The first look took no time; from here on the thread sleeps.
        blocked.get_or_insert_with(Scope::enter);
        slice = (slice * 2).clamp(SLICE_FIRST, SLICE_MAX);
        if woken {
            std::thread::sleep(left.map_or(pause, |left| left.min(pause)));
            pause = (pause * 2).min(SLICE_MAX);
        } else {
            pause = PAUSE_FIRST;
        }
    }
}

/// One look at all items, which may wait in the kernel; also whether the kernel had news.
fn glance(items: &[Item], time: Duration) -> Result<(Found, bool), WsaError> {
    let views: Vec<Option<View>> = items.iter().map(|item| look(item.number, false)).collect();
    // What is no socket ends the wait at once. The kernel counts in milliseconds, rounded up:
    // a shorter rest must not become a busy loop.
    let time_ms = if views.iter().all(Option::is_some) {
        time.as_nanos().div_ceil(1_000_000) as i32
    } else {
        0
    };
    let mut set: Vec<(Fd, Ready)> = items
        .iter()
        .zip(&views)
        .map(|(item, view)| match view {
            Some(view) => view.question(item.wanted),
            None => NO_QUESTION,
        })
        .collect();
    // A signal's arrival is no news.
    let woken = net::poll_many(&mut set, time_ms).is_ok_and(|n| n > 0);
    let found = items
        .iter()
        .zip(&views)
        .zip(&set)
        .map(|((item, view), &(_, kernel))| match view {
            // The connect has ended: what it is now, and how ready, only a new look tells.
            Some(view) if view.is_connecting() && kernel != NOTHING => {
                let view = look(item.number, true)?;
                let kernel =
                    if view.is_for_kernel() { net::poll_now(view.fd) } else { Ok(NOTHING) };
                Some((view, kernel.unwrap_or(NOTHING)))
            }
            // It may have been closed, or its connect may have ended, during the wait.
            Some(_) => look(item.number, false).map(|view| match view.stage {
                Stage::Datagram => (view, sift(item, kernel)),
                _ => (view, kernel),
            }),
            None => None,
        })
        .collect();
    Ok((found, woken))
}

/// How ready a datagram socket really is: errors of its own may be none for a receive.
fn sift(item: &Item, kernel: Ready) -> Ready {
    match open(item.number) {
        Ok((_, mut socket)) if item.wanted.readable => socket.sift_reports(kernel),
        _ => kernel,
    }
}

/// The three sets of a select.
#[derive(Clone, Debug, Default)]
pub struct Sets {
    /// Can be read, or accepted from.
    pub read: Vec<Number>,
    /// Can be written, or have become connected.
    pub write: Vec<Number>,
    /// Failed to connect, or have urgent data.
    pub except: Vec<Number>,
}

impl Sets {
    fn len(&self) -> usize {
        self.read.len() + self.write.len() + self.except.len()
    }
}

/// select: waits until a socket of a set is ready, `None` for ever; what is ready stays in the
/// sets, whose number of entries is the answer (Y-005).
///
/// # Errors
/// WSAEINVAL: the sets are empty (Y-003); WSAENOTSOCK: a number is no socket (Y-004).
pub fn select(sets: &mut Sets, timeout: Option<Duration>) -> Result<usize, WsaError> {
    if sets.len() == 0 {
        return Err(WsaError::WSAEINVAL);
    }
    let wanted = |numbers: &[Number], wanted: Ready| -> Vec<Item> {
        numbers.iter().map(|&number| Item { number, wanted }).collect()
    };
    let items = [
        wanted(&sets.read, Ready { readable: true, ..NOTHING }),
        wanted(&sets.write, Ready { writable: true, ..NOTHING }),
        wanted(&sets.except, Ready { urgent: true, ..NOTHING }),
    ]
    .concat();
    let counts = |n: usize, view: View, kernel: Ready| is_ready(items[n].wanted, view, kernel);
    let found = wait(&items, timeout, counts)?;
    let mut ready = Vec::with_capacity(items.len());
    for (n, found) in found.iter().enumerate() {
        let (view, kernel) = found.ok_or(WsaError::WSAENOTSOCK)?;
        ready.push(counts(n, view, kernel));
    }
    let mut ready = ready.into_iter();
    for set in [&mut sets.read, &mut sets.write, &mut sets.except] {
        set.retain(|_| ready.next() == Some(true));
    }
    Ok(sets.len())
}

/// Whether a socket belongs into the set that asks `wanted` (Y-007..Y-010).
fn is_ready(wanted: Ready, view: View, kernel: Ready) -> bool {
    let (readable, writable, excepted) = match view.stage {
        Stage::Unconnected { failed } => (false, false, failed),
        Stage::Connecting { .. } => (false, false, false),
        Stage::Listening { deferred } => (kernel.readable || deferred, false, false),
        Stage::Datagram => (kernel.readable, kernel.writable, false),
        Stage::Connected => (kernel.readable, kernel.writable, view.has_urgent(kernel)),
    };
    wanted.readable && readable || wanted.writable && writable || wanted.urgent && excepted
}

/// WSAPoll: waits until a socket of the array has an event, `None` for ever, fills in the
/// revents and answers how many have any.
///
/// # Errors
/// WSAEINVAL: no socket is left among the entries, or events that cannot be asked for (Y-013,
/// Y-014).
pub fn poll(entries: &mut [WSAPOLLFD], timeout: Option<Duration>) -> Result<usize, WsaError> {
    const CAN_BE_ASKED: i16 = POLLRDNORM | POLLRDBAND | POLLWRNORM;
    let is_skipped = |entry: &WSAPOLLFD| (entry.fd as isize) < 0;
    if entries.iter().any(|entry| !is_skipped(entry) && entry.events & !CAN_BE_ASKED != 0) {
        return Err(WsaError::WSAEINVAL);
    }
    let mut asked = Vec::new();
    let mut any = false;
    for (n, entry) in entries.iter_mut().enumerate() {
        entry.revents = 0;
        if is_skipped(entry) {
            continue;
        }
        if look(entry.fd, false).is_some() {
            any = true;
        } else {
            entry.revents = POLLNVAL;
        }
        asked.push(n);
    }
    if !any {
        return Err(WsaError::WSAEINVAL);
    }
    let items: Vec<Item> = asked
        .iter()
        .map(|&n| Item {
            number: entries[n].fd,
            wanted: Ready {
                readable: entries[n].events & (POLLRDNORM | POLLRDBAND) != 0,
                writable: entries[n].events & POLLWRNORM != 0,
                urgent: entries[n].events & POLLRDBAND != 0,
                // A hang-up is told whether it was asked for or not.
                ended: true,
                failed: false,
            },
        })
        .collect();
    let events: Vec<i16> = asked.iter().map(|&n| entries[n].events).collect();
    let found = wait(&items, timeout, |n, view, kernel| revents(events[n], view, kernel) != 0)?;
    let mut count = 0;
    for ((&n, &events), found) in asked.iter().zip(&events).zip(&found) {
        entries[n].revents = match *found {
            Some((view, kernel)) => revents(events, view, kernel),
            None => POLLNVAL,
        };
        count += usize::from(entries[n].revents != 0);
    }
    Ok(count)
}

/// What WSAPoll tells of a socket (Y-015..Y-017, Y-019).
fn revents(events: i16, view: View, kernel: Ready) -> i16 {
    let asked = |event: i16, is: bool| if is { events & event } else { 0 };
    match view.stage {
        Stage::Unconnected { failed: true } => asked(POLLWRNORM, true) | POLLHUP | POLLERR,
        Stage::Unconnected { failed: false } | Stage::Connecting { .. } => 0,
        Stage::Listening { deferred } => asked(POLLRDNORM, kernel.readable || deferred),
        Stage::Datagram => asked(POLLRDNORM, kernel.readable) | asked(POLLWRNORM, kernel.writable),
        Stage::Connected => {
            let urgent = view.has_urgent(kernel);
            let (ended, reset) = if kernel.readable || kernel.failed {
                how_it_ended(view.fd)
            } else {
                (false, false)
            };
            let data = kernel.readable && net::has_ordinary_byte(view.fd);
            asked(POLLRDNORM, data)
                | asked(POLLRDBAND, urgent)
                | asked(POLLWRNORM, kernel.writable && !reset)
                | if ended || reset { POLLHUP } else { 0 }
                | if reset { POLLERR } else { 0 }
        }
    }
}

/// Whether a connection's peer has ended it, and whether by a reset.
fn how_it_ended(fd: Fd) -> (bool, bool) {
    match net::tcp_state(fd) {
        Ok(TcpState::PeerClosed | TcpState::Closing) => (true, false),
        Ok(TcpState::Closed) => (true, true),
        Ok(_) => (false, false),
        // Not TCP: readable without a byte to read is the end.
        Err(_) => (net::readable_bytes(fd) == Ok(0), false),
    }
}
