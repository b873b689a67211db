//! Makes the connections: as many at a time as asked for, from one thread.

use linsock::{
    CompletionPort, Event, Notify, Operation, OperationId, Socket, Waited, Win32Error, WsaError,
    sleep_alertable,
};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Room for one receive.
const RECEIVE_BYTES: usize = 64 * 1024;
/// How long an answer may pause before it counts as complete.
const SILENCE: Duration = Duration::from_millis(500);
/// How long to wait for an answer's first byte when no time limit was given; that of a connect.
const ANSWER_LIMIT: Duration = Duration::from_secs(21);
/// How often the time limits are looked at, at the least, and the watcher is called.
const TICK_MAX: Duration = Duration::from_millis(100);
const TICK_MIN: Duration = Duration::from_millis(1);

/// What to do.
pub struct Plan {
    pub addresses: Vec<SocketAddr>,
    pub data: Vec<u8>,
    pub notify: Notify,
    pub receive: Option<Receive>,
    pub fastopen: bool,
    pub bind: Option<SocketAddr>,
    pub timeout: Option<Duration>,
    pub count: u64,
    pub in_flight: u32,
}

/// How much of an answer to receive.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Receive {
    Bytes(u64),
    UntilSilence,
}

/// Who looks on.
pub trait Watcher {
    /// An attempt was started at `_begun`, and ConnectEx left it pending or not.
    fn started(&mut self, _address: SocketAddr, _begun: Instant, _pending: bool) {}
    /// An attempt could not be started.
    fn not_started(&mut self, _address: SocketAddr, _begun: Instant, _error: WsaError) {}
    /// An attempt goes on.
    fn waiting(&mut self, _socket: &Socket) {}
    /// An attempt failed. Another address may follow.
    fn attempt_failed(&mut self, _address: SocketAddr, _error: WsaError) {}
    /// A connection is made, its context updated and its first data sent.
    fn connected(&mut self, _socket: &Socket, _bytes_sent: u32, _took: Duration) {}
    /// A part of the answer came.
    fn received(&mut self, _data: &[u8]) {}
    /// The answer ended by an error.
    fn receive_failed(&mut self, _error: WsaError) {}
    /// Every address of one connection failed.
    fn failed(&mut self, _error: WsaError) {}
}

/// Makes the plan's connections.
///
/// # Errors
/// What keeps all of them from going on; a connection's own errors go to the watcher.
pub fn run(plan: &Plan, watcher: &mut dyn Watcher) -> anyhow::Result<()> {
    let mut run = Run { plan, watcher, ends: Ends::new(plan.notify)?, slots: Vec::new() };
    run.slots.resize_with(plan.in_flight as usize, || None);
    let mut left = plan.count;
    let mut free: Vec<usize> = (0..run.slots.len()).rev().collect();
    let mut checked = Instant::now();
    let tick = match plan.timeout {
        Some(timeout) => (timeout / 8).clamp(TICK_MIN, TICK_MAX),
        None if plan.count == 1 => TICK_MIN,
        None => TICK_MAX,
    };
    while left > 0 || free.len() < run.slots.len() {
        while left > 0
            && let Some(index) = free.pop()
        {
            left -= 1;
            if !run.begin(index, 0) {
                free.push(index);
            }
        }
        if free.len() == run.slots.len() {
            continue;
        }
        for index in run.ends.wait(&run.slots, tick)? {
            if !run.advance(index) {
                free.push(index);
            }
        }
        if checked.elapsed() >= tick {
            checked = Instant::now();
            run.check(checked);
        }
    }
    Ok(())
}

struct Run<'a> {
    plan: &'a Plan,
    watcher: &'a mut dyn Watcher,
    ends: Ends,
    slots: Vec<Option<Slot>>,
}

/// One connection in progress.
struct Slot {
    socket: Socket,
    operation: Operation,
    stage: Stage,
    started: Instant,
    deadline: Option<Instant>,
    address: usize,
    expired: bool,
}

enum Stage {
    Connecting,
    Receiving { bytes: u64 },
}

impl Run<'_> {
    /// Starts a connection with the addresses from `address` on; `false` when none could start.
    fn begin(&mut self, index: usize, address: usize) -> bool {
        let mut last = WsaError::WSAHOST_NOT_FOUND;
        for (number, &to) in self.plan.addresses.iter().enumerate().skip(address) {
            let begun = Instant::now();
            match self.start(index, number, to) {
                Ok(slot) => {
                    self.watcher.started(to, slot.started, slot.operation.was_pending());
                    self.slots[index] = Some(slot);
                    return true;
                }
                Err(error) => {
                    self.watcher.not_started(to, begun, error);
                    last = error;
                }
            }
        }
        self.watcher.failed(last);
        false
    }

    fn start(&self, index: usize, address: usize, to: SocketAddr) -> Result<Slot, WsaError> {
        let plan = self.plan;
        let socket = Socket::for_address(&to)?;
        match plan.bind {
            Some(local) => socket.bind(local)?,
            None => socket.bind_any()?,
        }
        if plan.fastopen {
            socket.set_fastopen(true)?;
        }
        self.ends.associate(&socket, index)?;
        let started = Instant::now();
        // ConnectEx takes no completion routine.
        let notify = match plan.notify {
            Notify::Routine => Notify::Event,
            other => other,
        };
        let operation = socket.connect_ex(to, plan.data.clone(), notify)?;
        let deadline = plan.timeout.and_then(|timeout| started.checked_add(timeout));
        let stage = Stage::Connecting;
        Ok(Slot { socket, operation, stage, started, deadline, address, expired: false })
    }

    /// Takes a slot whose operation is over to its next one; `false` when it is free again.
    fn advance(&mut self, index: usize) -> bool {
        let Some(slot) = self.slots[index].take() else { return false };
        let Slot { socket, operation, stage, started, address, expired, .. } = slot;
        let done = match operation.take() {
            Ok(done) => done,
            Err(operation) => {
                // Not over after all: wait on.
                let deadline = slot.deadline;
                let slot = Slot { socket, operation, stage, started, deadline, address, expired };
                self.slots[index] = Some(slot);
                return true;
            }
        };
        let result = done.result.map_err(|error| match error {
            // Our own cancellation, because time was up.
            WsaError::WSA_OPERATION_ABORTED if expired => WsaError::WSAETIMEDOUT,
            error => error,
        });
        match stage {
            Stage::Connecting => match result.and_then(|bytes| {
                let took = started.elapsed();
                socket.update_connect_context().map(|()| (bytes, took))
            }) {
                Ok((bytes, took)) => {
                    self.watcher.connected(&socket, bytes, took);
                    match self.plan.receive {
                        None | Some(Receive::Bytes(0)) => false,
                        Some(_) => self.receive(index, socket, 0, vec![0; RECEIVE_BYTES]),
                    }
                }
                Err(error) => {
                    self.watcher.attempt_failed(self.plan.addresses[address], error);
                    // The socket goes first, because the next one may need its address.
                    drop(socket);
                    if address + 1 < self.plan.addresses.len() {
                        return self.begin(index, address + 1);
                    }
                    self.watcher.failed(error);
                    false
                }
            },
            Stage::Receiving { bytes } => match result {
                Ok(0) => false,
                Ok(more) => {
                    let bytes = bytes + u64::from(more);
                    self.watcher.received(&done.buffer[..more as usize]);
                    match self.plan.receive {
                        Some(Receive::Bytes(wanted)) if bytes >= wanted => false,
                        _ => self.receive(index, socket, bytes, done.buffer),
                    }
                }
                // The silence that was waited for.
                Err(WsaError::WSAETIMEDOUT)
                    if bytes > 0 && self.plan.receive == Some(Receive::UntilSilence) =>
                {
                    false
                }
                Err(error) => {
                    self.watcher.receive_failed(error);
                    false
                }
            },
        }
    }

    fn receive(&mut self, index: usize, socket: Socket, bytes: u64, mut room: Vec<u8>) -> bool {
        let started = Instant::now();
        let answer_limit = self.plan.timeout.unwrap_or(ANSWER_LIMIT);
        let limit = match self.plan.receive {
            Some(Receive::UntilSilence) if bytes > 0 => SILENCE,
            Some(Receive::Bytes(wanted)) => {
                // No byte more than was asked for: it may belong to whoever asks next.
                room.resize((wanted - bytes).min(RECEIVE_BYTES as u64) as usize, 0);
                answer_limit
            }
            _ => answer_limit,
        };
        match socket.recv(room, self.plan.notify) {
            Ok(operation) => {
                self.slots[index] = Some(Slot {
                    socket,
                    operation,
                    stage: Stage::Receiving { bytes },
                    started,
                    deadline: started.checked_add(limit),
                    address: 0,
                    expired: false,
                });
                true
            }
            Err(error) => {
                self.watcher.receive_failed(error);
                false
            }
        }
    }

    /// Lets the watcher look, and cancels what is out of time.
    fn check(&mut self, now: Instant) {
        for slot in self.slots.iter_mut().flatten() {
            // Before the cancellation, which takes the connection back.
            if matches!(slot.stage, Stage::Connecting) {
                self.watcher.waiting(&slot.socket);
            }
            if !slot.expired && slot.deadline.is_some_and(|deadline| deadline <= now) {
                slot.expired = true;
                slot.operation.cancel();
            }
        }
    }
}

/// Where the ends of operations are told.
enum Ends {
    Port(CompletionPort),
    Event,
    /// Receives by completion routine, and connects by event, in one alertable wait.
    Routine,
}

impl Ends {
    fn new(notify: Notify) -> Result<Self, Win32Error> {
        match notify {
            Notify::Port => CompletionPort::new(0).map(Ends::Port),
            Notify::Event => Ok(Ends::Event),
            Notify::Routine => Ok(Ends::Routine),
        }
    }

    /// Lets the packets of `socket` name its slot.
    fn associate(&self, socket: &Socket, index: usize) -> Result<(), WsaError> {
        match self {
            Ends::Port(port) => {
                port.associate(socket, index).map_err(|error| WsaError(error.0 as i32))
            }
            Ends::Event | Ends::Routine => Ok(()),
        }
    }

    /// The slots whose operations are over, after at most `limit`.
    fn wait(&self, slots: &[Option<Slot>], limit: Duration) -> anyhow::Result<Vec<usize>> {
        match self {
            Ends::Port(port) => {
                let mut packets = Vec::new();
                port.get_many(&mut packets, usize::MAX, Some(limit))?;
                let current = |index: usize| slots.get(index)?.as_ref().map(|s| s.operation.id());
                let ours = packets.iter().filter(|packet| {
                    packet.operation.is_some_and(|id: OperationId| current(packet.key) == Some(id))
                });
                Ok(ours.map(|packet| packet.key).collect())
            }
            Ends::Event => {
                let busy = busy(slots, |_| true);
                let first = Operation::wait_any(busy.iter().map(|slot| slot.1), Some(limit))?;
                Ok(first.map(|first| busy[first].0).into_iter().collect())
            }
            Ends::Routine => {
                let connecting = busy(slots, |slot| matches!(slot.stage, Stage::Connecting));
                let waited = if connecting.is_empty() {
                    sleep_alertable(Some(limit));
                    Waited::RoutinesRan
                } else {
                    let operations = connecting.iter().map(|slot| slot.1);
                    Operation::wait_any_alertable(operations, Some(limit))?
                };
                let mut over: Vec<usize> =
                    busy(slots, |slot| matches!(slot.stage, Stage::Receiving { .. }))
                        .into_iter()
                        .filter(|slot| slot.1.is_over())
                        .map(|slot| slot.0)
                        .collect();
                if let Waited::Signalled(first) = waited {
                    over.push(connecting[first].0);
                }
                Ok(over)
            }
        }
    }
}

/// The operations in progress of some slots; as many as one wait can look at.
fn busy(slots: &[Option<Slot>], which: impl Fn(&Slot) -> bool) -> Vec<(usize, &Operation)> {
    slots
        .iter()
        .enumerate()
        .filter_map(|(index, slot)| Some((index, slot.as_ref().filter(|slot| which(slot))?)))
        .map(|(index, slot)| (index, &slot.operation))
        .take(Event::ANY_MAX)
        .collect()
}
