//! ConnectEx: checks, the attempt on the calling thread, and what is left for later.

use super::connect::{ECONNREFUSED, is_unusable};
use super::queue::Side;
use super::{Number, Phase, Place, Socket, open};
use crate::contract::{self, Subject};
use crate::io;
use crate::operation::{self, Notify, Operation, Overlapped};
use crate::reactor;
use crate::runtime;
use linsock_abi::map::Call;
use linsock_abi::{Errno, WsaError};
use linsock_backend::address::{self, Address};
use linsock_backend::buffers::Buffers;
use linsock_backend::memory;
use linsock_backend::net::{self, Ready};
use linsock_backend::op::{Connect, Outcome, Request, Step, Want};

/// The block that ConnectEx sends: the caller's memory, probed at both ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConnectExData {
    /// Where it is.
    pub address: usize,
    /// Its bytes.
    pub len: usize,
}

/// ConnectEx, once its parameters were checked: always ends later (C-038), so success here is
/// WSA_IO_PENDING there.
///
/// # Errors
/// WSAENOTSOCK, WSAEINVAL, WSAEAFNOSUPPORT, WSAEALREADY, WSAEISCONN, WSAEADDRNOTAVAIL,
/// WSAEFAULT (C-090 has the order), WSA_INVALID_HANDLE for a bad hEvent.
///
/// # Safety
/// `overlapped` is the address of a writable OVERLAPPED that stays until the end.
pub unsafe fn connect_ex(
    number: Number,
    peer: Address,
    data: ConnectExData,
    overlapped: usize,
) -> Result<(), WsaError> {
    let (place, mut socket) = open(number)?;
    if peer.family() != socket.family {
        return Err(WsaError::WSAEAFNOSUPPORT);
    }
    // SAFETY: the caller's word.
    let overlapped = unsafe { Overlapped::begin(overlapped, &place.signal)? };
    socket.may_connect_ex()?;
    if is_unusable(&peer) {
        return Err(WsaError::WSAEADDRNOTAVAIL);
    }
    socket.start_connect_ex(place, peer, data, overlapped)
}

/// The error of a connection while another one is in progress on the socket, if one is.
pub fn in_progress(number: Number) -> Option<WsaError> {
    let (_, mut socket) = open(number).ok()?;
    let busy = matches!(socket.phase, Phase::Connecting { .. });
    busy.then(|| socket.may_connect_ex().err()).flatten()
}

/// Whether an operation that was started with this OVERLAPPED is still pending (C-146). Looks
/// at every socket: only for an OVERLAPPED that says it is pending, as it does after a call
/// that failed (C-057).
pub fn is_in_use(overlapped: usize) -> bool {
    runtime::get().sockets.iter().any(|(_, place)| {
        let socket = place.lock();
        socket.operations().any(|operation| operation.is_of(overlapped))
    })
}

impl Socket {
    pub(super) fn may_connect_ex(&mut self) -> Result<(), WsaError> {
        match self.phase {
            // As good as taken (C-077).
            _ if self.is_accept_target() => Err(WsaError::WSAEINVAL),
            Phase::Listening => Err(WsaError::WSAEINVAL),
            Phase::Connecting { .. } => {
                Err(contract::error(Subject::ConnectExInProgress).unwrap_or(WsaError::WSAEALREADY))
            }
            Phase::Connected => Err(WsaError::WSAEISCONN),
            Phase::Idle if self.is_left_to_accept() => Err(WsaError::WSAEINVAL),
            Phase::Idle if !self.is_bound() && self.family != address::AF_UNIX => {
                Err(WsaError::WSAEINVAL)
            }
            Phase::Idle if !self.output.is_empty() => Err(WsaError::WSAEALREADY),
            Phase::Idle => Ok(()),
        }
    }

    fn start_connect_ex(
        &mut self,
        place: &'static Place,
        peer: Address,
        data: ConnectExData,
        overlapped: Overlapped,
    ) -> Result<(), WsaError> {
        let fastopen = self.options.fastopen && data.len > 0;
        let mut connect = Connect::new(Buffers::one(data.address, data.len), fastopen);
        let ring = io::uses_rings();
        if ring && data.len > 0 {
            // A ring reads the block later, when it may no longer be the caller's (C-031).
            let copy = memory::copy_in(data.address, data.len).map_err(|_| WsaError::WSAEFAULT)?;
            connect.keep(copy);
        }
        self.begin(peer, true);
        self.options.hold_back(self.fd);
        let held = self.must_be_held();
        let self_connect = self.would_meet_itself();
        let mut request = Request::Connect(connect);
        let mut want = Want::Writable;
        if self_connect {
            let outcome = Outcome { error: Some(Errno(ECONNREFUSED)), ..Outcome::default() };
            let operation = Operation::new(request, Call::Connect, Notify::Overlapped(overlapped));
            let ended = self.translate(&operation.request, Call::Connect, outcome);
            self.end(place, operation, ended);
            return Ok(());
        }
        if held.is_none() && !self.prefers_ring(&request) {
            match request.attempt(self.target(), Ready::UNKNOWN) {
                Step::Done(outcome) if !self.pair_is_busy(&request, &outcome) => {
                    return self.finish_at_once(place, request, outcome, overlapped);
                }
                Step::Done(_) => {
                    // The transport still holds the pair of addresses (C-127).
                    if let Request::Connect(connect) = &mut request {
                        connect.restart();
                    }
                    return self.queue_connect(
                        place,
                        request,
                        data,
                        overlapped,
                        Some(super::queue::PAIR_RETRY),
                        Want::Writable,
                    );
                }
                Step::Wait(what) => want = what,
            }
        }
        self.queue_connect(place, request, data, overlapped, held, want)
    }

    /// Ends a ConnectEx on the thread that called it; its caller sees it pending all the same.
    fn finish_at_once(
        &mut self,
        place: &'static Place,
        mut request: Request,
        outcome: Outcome,
        overlapped: Overlapped,
    ) -> Result<(), WsaError> {
        let outcome = self.refuse_itself(&request, outcome);
        let outcome = self.heed_icmp(&request, outcome);
        let ended = self.translate(&request, Call::Connect, outcome);
        self.after_end(place, &mut request, &ended);
        self.note_events();
        operation::publish(&overlapped, &ended, self.route.as_ref(), self.signal_at(place));
        Ok(())
    }

    /// Leaves a ConnectEx to be gone on with, its block captured.
    fn queue_connect(
        &mut self,
        place: &'static Place,
        mut request: Request,
        data: ConnectExData,
        overlapped: Overlapped,
        held: Option<std::time::Duration>,
        want: Want,
    ) -> Result<(), WsaError> {
        if let Request::Connect(connect) = &mut request
            && !io::uses_rings()
            && data.len > 0
        {
            let (at, len) = connect.rest().first();
            match memory::copy_in(at, len) {
                Ok(copy) => connect.keep(copy),
                Err(_) => {
                    // Not readable in its middle: nothing was started.
                    let _ = net::disconnect(self.fd);
                    self.pin_port();
                    self.phase = Phase::Idle;
                    return Err(WsaError::WSAEFAULT);
                }
            }
        }
        let mut operation = Operation::new(request, Call::Connect, Notify::Overlapped(overlapped));
        operation.held = held.is_some();
        let ticket = operation.ticket;
        self.note_connection(&operation);
        match held {
            Some(time) => {
                self.remember_for_thread_exit(&operation);
                self.output.push_back(operation);
                if let Err(errno) = reactor::after(time, self.release_timer(ticket)) {
                    // Nobody would ever let it start.
                    self.refuse_head(place, Side::Output, errno);
                }
            }
            None => {
                self.enqueue(place, Side::Output, operation, Some(want));
                self.connect_deadline(ticket);
            }
        }
        Ok(())
    }
}
