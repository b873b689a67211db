//! The echo server: AcceptEx with first data, then what comes goes back, until the client ends.

use super::op::{self, BLOCK_BYTES, Book, Packet, Slot, add, lock};
use crate::ledger::Answer;
use crate::random::Random;
use crate::winsock::{Extensions, call};
use linsock_sys::Win32::Networking::WinSock::*;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const AREA: usize = size_of::<SOCKADDR_IN>() + 16;
/// First data that an AcceptEx takes.
const FIRST_BYTES: usize = 1024;
/// AcceptEx operations that wait at each listener.
const WAITING: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Spare,
    Accepting,
    Receiving,
    Sending,
    Disconnecting,
}

struct Connection {
    s: SOCKET,
    listener: usize,
    state: State,
    random: Random,
}

struct Place {
    connection: Mutex<Connection>,
    slot: &'static Slot,
}

/// The server.
pub struct Server {
    port: HANDLE,
    listeners: Vec<SOCKET>,
    /// AcceptEx operations that wait, by listener.
    waiting: Vec<AtomicUsize>,
    places: Mutex<Vec<&'static Place>>,
    spare: Mutex<Vec<usize>>,
    extensions: Extensions,
    pub open: AtomicUsize,
    stopping: AtomicBool,
}

// SAFETY: handles are numbers.
unsafe impl Sync for Server {}
// SAFETY: as above.
unsafe impl Send for Server {}

impl Server {
    pub fn new(
        port: HANDLE,
        listeners: Vec<SOCKET>,
        extensions: Extensions,
        book: &Book,
        random: &mut Random,
    ) -> Self {
        for &listener in &listeners {
            op::reports_to(listener, port);
        }
        let waiting = listeners.iter().map(|_| AtomicUsize::new(0)).collect();
        let server = Server {
            port,
            listeners,
            waiting,
            places: Mutex::default(),
            spare: Mutex::default(),
            extensions,
            open: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
        };
        for listener in 0..server.listeners.len() {
            server.accept_more(listener, book, random);
        }
        server
    }

    /// Sees that enough AcceptEx operations wait at a listener.
    fn accept_more(&self, listener: usize, book: &Book, random: &mut Random) {
        while !self.stopping.load(Ordering::SeqCst)
            && self.waiting[listener].load(Ordering::SeqCst) < WAITING
        {
            let s = op::reports_to(op::unbound(), self.port);
            if s == INVALID_SOCKET {
                book.find(format!("no socket for the server: {}", crate::winsock::last_error()));
                return;
            }
            self.open.fetch_add(1, Ordering::SeqCst);
            let place = self.place(random);
            let mut connection = lock(&place.connection);
            connection.s = s;
            connection.listener = listener;
            self.accept(place, &mut connection, book);
        }
    }

    fn place(&self, random: &mut Random) -> &'static Place {
        let index = lock(&self.spare).pop();
        let mut places = lock(&self.places);
        if let Some(index) = index {
            return places[index];
        }
        let connection = Connection {
            s: INVALID_SOCKET,
            listener: 0,
            state: State::Spare,
            random: random.branch(),
        };
        let place: &'static Place = Box::leak(Box::new(Place {
            connection: Mutex::new(connection),
            slot: Slot::new(places.len(), BLOCK_BYTES),
        }));
        places.push(place);
        place
    }

    fn accept(&self, place: &'static Place, connection: &mut Connection, book: &Book) {
        self.waiting[connection.listener].fetch_add(1, Ordering::SeqCst);
        connection.state = State::Accepting;
        let (listener, s) = (self.listeners[connection.listener], connection.s);
        let buffer = place.slot.address().cast();
        let mut got = 0;
        let started = place.slot.start(book, |ov| {
            let (first, area) = (FIRST_BYTES as u32, AREA as u32);
            Answer::of_bool(call!(AcceptEx(
                listener,
                s,
                buffer,
                first,
                area,
                area,
                &raw mut got,
                ov
            )))
        });
        if let Err(error) = started {
            self.waiting[connection.listener].fetch_sub(1, Ordering::SeqCst);
            if !self.stopping.load(Ordering::SeqCst) {
                book.find(format!("AcceptEx: {error}"));
            }
            self.give_up(place, connection, book);
        }
    }

    fn give_up(&self, place: &'static Place, connection: &mut Connection, book: &Book) {
        op::close(connection.s, book);
        self.open.fetch_sub(1, Ordering::SeqCst);
        connection.state = State::Spare;
        lock(&self.spare).push(place.slot.owner);
    }

    /// The connection is over; its socket serves another time, or goes.
    fn renew(&self, place: &'static Place, connection: &mut Connection, book: &Book) {
        let listener = connection.listener;
        let enough = self.waiting[listener].load(Ordering::SeqCst) >= WAITING;
        if enough || self.stopping.load(Ordering::SeqCst) {
            self.give_up(place, connection, book);
        } else {
            self.accept(place, connection, book);
        }
    }

    /// An operation of the server has ended.
    pub fn go_on(&self, packet: Packet, book: &Book) {
        let place = lock(&self.places)[packet.slot.owner];
        let mut guard = lock(&place.connection);
        let connection = &mut *guard;
        let s = connection.s;
        let next = match connection.state {
            State::Accepting => {
                let listener = connection.listener;
                self.waiting[listener].fetch_sub(1, Ordering::SeqCst);
                let mut random = connection.random.branch();
                let result = if packet.failed {
                    Err(0)
                } else {
                    let context = (&raw const self.listeners[listener]).cast();
                    call!(setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, context, 8));
                    self.echo(place, connection, packet.bytes, book)
                };
                if result.is_err() {
                    self.give_up(place, connection, book);
                }
                drop(guard);
                self.accept_more(listener, book, &mut random);
                return;
            }
            State::Receiving if packet.failed => Err(0),
            State::Receiving => self.echo(place, connection, packet.bytes, book),
            State::Sending if packet.failed => Err(0),
            State::Sending => {
                connection.state = State::Receiving;
                place.slot.receive(book, s)
            }
            State::Disconnecting if packet.failed => Err(0),
            State::Disconnecting => {
                add(&book.reuses);
                self.renew(place, connection, book);
                return;
            }
            State::Spare => {
                book.find("a packet of a place that is not in use".to_owned());
                return;
            }
        };
        if next.is_err() {
            // Reset by the client, or this side was refused: a fresh one takes its place.
            self.give_up(place, connection, book);
        }
    }

    fn echo(
        &self,
        place: &'static Place,
        connection: &mut Connection,
        bytes: usize,
        book: &Book,
    ) -> Result<(), i32> {
        if bytes > 0 {
            connection.state = State::Sending;
            return place.slot.send(book, connection.s, bytes);
        }
        if connection.random.chance(60) {
            connection.state = State::Disconnecting;
            let (extensions, s) = (self.extensions, connection.s);
            return place
                .slot
                .start(book, |ov| Answer::of_bool(extensions.disconnect(s, ov, TF_REUSE_SOCKET)));
        }
        Err(0)
    }

    /// Closes everything; the operations end.
    pub fn stop(&self, book: &Book) {
        self.stopping.store(true, Ordering::SeqCst);
        for &listener in &self.listeners {
            op::close(listener, book);
        }
        for place in lock(&self.places).clone() {
            let connection = lock(&place.connection);
            // What is still connected ends by being shut down; its packet then closes it.
            if !matches!(connection.state, State::Spare | State::Accepting) {
                let handle = ptr::without_provenance_mut(connection.s);
                call!(linsock_sys::Win32::System::IO::CancelIoEx(handle, ptr::null()));
            }
        }
    }
}
