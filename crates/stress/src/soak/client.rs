//! The clients: connect with data, check the echo, then go on, half-close, reset, reuse or stall.

use super::op::{self, BLOCK_BYTES, Book, Packet, Slot, add, lock};
use crate::ledger::Answer;
use crate::random::Random;
use crate::winsock::{self, Extensions, call};
use linsock_sys::Win32::Networking::WinSock::*;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// First data: one segment or a few.
const FIRST_BYTES: usize = 4096;
/// What nobody is to wait for longer, on a busy machine.
const STUCK: Duration = Duration::from_secs(90);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Waits for its time to connect.
    Resting,
    Connecting,
    /// Sends, and waits for the echo.
    Talking,
    /// Has all its bytes back, and waits for its time to go on.
    Stalling,
    /// Has sent its end, and waits for the other.
    HalfClosed,
    Disconnecting,
    /// Was closed while operations went on.
    Closed,
    Gone,
}

struct Client {
    s: SOCKET,
    state: State,
    random: Random,
    /// Connections so far: each has other bytes.
    number: u64,
    sent: u64,
    received: u64,
    /// Operations that have not ended.
    pending: u32,
    since: Instant,
}

struct Place {
    client: Mutex<Client>,
    output: &'static Slot,
    input: &'static Slot,
}

/// All clients.
pub struct Clients {
    port: HANDLE,
    places: Vec<Place>,
    peers: Vec<SOCKADDR_IN>,
    extensions: Extensions,
    timers: Mutex<Vec<(Instant, usize)>>,
    pub open: AtomicUsize,
    pub gone: AtomicUsize,
    stopping: AtomicBool,
}

// SAFETY: handles are numbers.
unsafe impl Sync for Clients {}
// SAFETY: as above.
unsafe impl Send for Clients {}

/// The byte at a place of a connection's stream.
fn byte(client: usize, number: u64, at: u64) -> u8 {
    let mixed = (client as u64).wrapping_mul(31)
        ^ number.wrapping_mul(0x9e37_79b9)
        ^ at.wrapping_mul(7)
        ^ (at >> 8);
    (mixed ^ mixed >> 16) as u8
}

impl Clients {
    pub fn new(
        count: usize,
        port: HANDLE,
        peers: Vec<SOCKADDR_IN>,
        extensions: Extensions,
        random: &mut Random,
    ) -> Self {
        let places = (0..count).map(|index| Place {
            client: Mutex::new(Client {
                s: INVALID_SOCKET,
                state: State::Resting,
                random: random.branch(),
                number: 0,
                sent: 0,
                received: 0,
                pending: 0,
                since: Instant::now(),
            }),
            output: Slot::new(2 * index, BLOCK_BYTES),
            input: Slot::new(2 * index + 1, BLOCK_BYTES),
        });
        let clients = Clients {
            port,
            places: places.collect(),
            peers,
            extensions,
            timers: Mutex::default(),
            open: AtomicUsize::new(0),
            gone: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
        };
        for index in 0..count {
            // Not all at once.
            clients.later(index, Duration::from_micros(500 * index as u64));
        }
        clients
    }

    fn later(&self, index: usize, time: Duration) {
        lock(&self.timers).push((Instant::now() + time, index));
    }

    /// Posts to the port whom it is time for.
    pub fn tick(&self) {
        let now = Instant::now();
        lock(&self.timers).retain(|&(at, index)| {
            if at <= now {
                op::post(self.port, index);
            }
            at > now
        });
    }

    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    pub fn count(&self) -> usize {
        self.places.len()
    }

    /// Clients that have waited too long for anything.
    pub fn look_for_stuck(&self, book: &Book) {
        self.tell_of(STUCK, book);
    }

    /// Clients that wait, and for what.
    pub fn tell_of(&self, longer: Duration, book: &Book) {
        for (index, place) in self.places.iter().enumerate() {
            let client = lock(&place.client);
            if client.state != State::Gone && client.since.elapsed() > longer {
                book.find(format!(
                    "client {index} has been {:?} for {:?}: sent {}, received {}, {} operations pending",
                    client.state,
                    client.since.elapsed(),
                    client.sent,
                    client.received,
                    client.pending
                ));
            }
        }
    }

    /// Its time has come.
    pub fn wake(&self, index: usize, book: &Book) {
        let place = &self.places[index];
        let client = &mut *lock(&place.client);
        client.since = Instant::now();
        match client.state {
            State::Resting => self.connect(index, place, client, book),
            State::Stalling => self.decide(index, place, client, book),
            state => book.find(format!("client {index} was woken while {state:?}")),
        }
    }

    fn connect(&self, index: usize, place: &Place, client: &mut Client, book: &Book) {
        if self.stopping.load(Ordering::SeqCst) {
            self.go(client, book);
            return;
        }
        if client.s == INVALID_SOCKET {
            client.s = op::reports_to(winsock::bound(), self.port);
            if client.s == INVALID_SOCKET {
                book.find(format!("no socket for a client: {}", winsock::last_error()));
                self.later(index, Duration::from_secs(1));
                return;
            }
            self.open.fetch_add(1, Ordering::SeqCst);
        }
        client.number += 1;
        (client.sent, client.received) = (0, 0);
        let len = 1 + client.random.below(FIRST_BYTES);
        let peer = client.random.pick(&self.peers);
        self.fill(index, place, client, len);
        client.state = State::Connecting;
        // SAFETY: the slot's own buffer, which nobody else touches.
        let data = unsafe { std::slice::from_raw_parts(place.output.address(), len) };
        let (extensions, s) = (self.extensions, client.s);
        client.pending += 1;
        let started =
            place.output.start(book, |ov| Answer::of_bool(extensions.connect(s, &peer, data, ov)));
        if let Err(error) = started {
            client.pending -= 1;
            book.find(format!("ConnectEx of client {index}: {error}"));
            self.anew(index, client, book);
        }
    }

    /// The next bytes of the stream, to be sent.
    fn fill(&self, index: usize, place: &Place, client: &mut Client, len: usize) {
        let mut buffer = lock(&place.output.buffer);
        for (offset, to) in buffer[..len].iter_mut().enumerate() {
            *to = byte(index, client.number, client.sent + offset as u64);
        }
        client.sent += len as u64;
    }

    /// Closes the socket; once its operations have ended, the client begins anew.
    fn anew(&self, index: usize, client: &mut Client, book: &Book) {
        if client.s != INVALID_SOCKET {
            op::close(client.s, book);
            client.s = INVALID_SOCKET;
            self.open.fetch_sub(1, Ordering::SeqCst);
        }
        client.state = State::Closed;
        self.rest(index, client);
    }

    fn rest(&self, index: usize, client: &mut Client) {
        if client.pending == 0 {
            client.state = State::Resting;
            let ms = client.random.below(20) as u64;
            self.later(index, Duration::from_millis(ms));
        }
    }

    fn go(&self, client: &mut Client, book: &Book) {
        if client.s != INVALID_SOCKET {
            op::close(client.s, book);
            client.s = INVALID_SOCKET;
            self.open.fetch_sub(1, Ordering::SeqCst);
        }
        client.state = State::Gone;
        self.gone.fetch_add(1, Ordering::SeqCst);
    }

    /// An operation of a client has ended.
    pub fn go_on(&self, packet: Packet, book: &Book) {
        let index = packet.slot.owner / 2;
        let is_input = packet.slot.owner % 2 == 1;
        let place = &self.places[index];
        let client = &mut *lock(&place.client);
        client.since = Instant::now();
        client.pending -= 1;
        match (client.state, is_input) {
            (State::Closed, _) => self.rest(index, client),
            (State::Connecting, false) if packet.failed => {
                // The ports of this machine are used up for a moment.
                add(&book.retries);
                op::close(client.s, book);
                client.s = INVALID_SOCKET;
                self.open.fetch_sub(1, Ordering::SeqCst);
                client.state = State::Resting;
                self.later(index, Duration::from_millis(200));
            }
            (State::Connecting, false) => {
                add(&book.connections);
                if packet.bytes as u64 != client.sent {
                    book.find(format!("ConnectEx sent {} of {}", packet.bytes, client.sent));
                }
                call!(setsockopt(client.s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, ptr::null(), 0));
                client.state = State::Talking;
                self.receive(index, place, client, book);
            }
            (State::Talking | State::HalfClosed, true) => {
                self.received(index, place, client, &packet, book)
            }
            (State::Talking, false) if packet.failed => {
                book.find(format!("a send of client {index} failed"));
                self.anew(index, client, book);
            }
            // The echo of the last bytes came first: what was left is done now.
            (State::Talking, false) => {
                if client.pending == 0 && client.received == client.sent {
                    self.decide(index, place, client, book);
                }
            }
            (State::Disconnecting, false) if packet.failed => self.anew(index, client, book),
            (State::Disconnecting, false) => {
                add(&book.reuses);
                self.rest(index, client);
            }
            (state, _) => {
                book.find(format!("client {index} got a packet while {state:?}"));
            }
        }
    }

    fn receive(&self, index: usize, place: &Place, client: &mut Client, book: &Book) {
        client.pending += 1;
        if let Err(error) = place.input.receive(book, client.s) {
            client.pending -= 1;
            book.find(format!("WSARecv of client {index}: {error}"));
            self.anew(index, client, book);
        }
    }

    fn received(
        &self,
        index: usize,
        place: &Place,
        client: &mut Client,
        packet: &Packet,
        book: &Book,
    ) {
        if packet.failed {
            book.find(format!("a receive of client {index} failed while {:?}", client.state));
            self.anew(index, client, book);
            return;
        }
        if packet.bytes == 0 {
            if client.state != State::HalfClosed || client.received != client.sent {
                book.find(format!(
                    "client {index} got the end while {:?}: sent {}, received {}",
                    client.state, client.sent, client.received
                ));
            }
            if client.random.chance(50) && client.pending == 0 {
                self.disconnect(index, place, client, book);
            } else {
                self.anew(index, client, book);
            }
            return;
        }
        let wrong = {
            let buffer = lock(&place.input.buffer);
            let expected =
                |offset: usize| byte(index, client.number, client.received + offset as u64);
            buffer[..packet.bytes]
                .iter()
                .enumerate()
                .position(|(offset, &got)| got != expected(offset))
        };
        if let Some(offset) = wrong {
            book.find(format!(
                "client {index}: byte {} is not what was sent",
                client.received + offset as u64
            ));
        }
        client.received += packet.bytes as u64;
        book.bytes.fetch_add(packet.bytes as u64, Ordering::Relaxed);
        if client.received > client.sent {
            book.find(format!("client {index} got {} of {} bytes", client.received, client.sent));
        }
        if client.state == State::Talking && client.received == client.sent {
            // With a send whose end was not told yet, its packet decides.
            if client.pending == 0 {
                self.decide(index, place, client, book);
            }
        } else {
            self.receive(index, place, client, book);
        }
    }

    fn disconnect(&self, index: usize, place: &Place, client: &mut Client, book: &Book) {
        client.state = State::Disconnecting;
        let (extensions, s) = (self.extensions, client.s);
        client.pending += 1;
        let started = place
            .output
            .start(book, |ov| Answer::of_bool(extensions.disconnect(s, ov, TF_REUSE_SOCKET)));
        if let Err(error) = started {
            client.pending -= 1;
            book.find(format!("DisconnectEx of client {index}: {error}"));
            self.anew(index, client, book);
        }
    }

    /// All is echoed and no operation goes on: what next?
    fn decide(&self, index: usize, place: &Place, client: &mut Client, book: &Book) {
        if self.stopping.load(Ordering::SeqCst) {
            self.go(client, book);
            return;
        }
        client.state = State::Talking;
        match client.random.below(100) {
            0..55 => {
                let len = 1 + client.random.below(BLOCK_BYTES);
                self.fill(index, place, client, len);
                client.pending += 1;
                if let Err(error) = place.output.send(book, client.s, len) {
                    client.pending -= 1;
                    book.find(format!("WSASend of client {index}: {error}"));
                    self.anew(index, client, book);
                    return;
                }
                self.receive(index, place, client, book);
            }
            55..70 => {
                call!(shutdown(client.s, SD_SEND));
                client.state = State::HalfClosed;
                self.receive(index, place, client, book);
            }
            70..80 => {
                // With a receive that is pending, at times.
                if client.random.chance(50) {
                    self.receive(index, place, client, book);
                }
                if client.s != INVALID_SOCKET {
                    winsock::hard(client.s);
                    add(&book.resets);
                    self.anew(index, client, book);
                }
            }
            80..92 => self.disconnect(index, place, client, book),
            92..97 => {
                client.state = State::Stalling;
                let ms = client.random.below(2000) as u64;
                self.later(index, Duration::from_millis(ms));
            }
            _ => self.anew(index, client, book),
        }
    }
}
