//! Timers whose expiry is a completion packet.
//!
//! One thread of the process keeps all of them, started with the first. It sleeps until the next
//! one expires, and posts the packet by PostQueuedCompletionStatus. A timer is in the list until
//! somebody takes it out, under the list's lock: that thread, which then posts, or a canceller, who
//! then knows that nobody will.

use crate::error::Win32Error;
use crate::port::{CompletionPort, Inner as Port};
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// Stands for times beyond what the clock can count to.
const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// A timer, which puts a packet into a completion port when its time has come. Dropping it cancels
/// it.
///
/// ```
/// use linsock::CompletionPort;
/// use std::time::Duration;
///
/// # fn main() -> Result<(), linsock::Win32Error> {
/// let port = CompletionPort::new(0)?;
/// let soon = port.timer(Duration::from_millis(5), 1)?;
/// let late = port.timer(Duration::from_secs(3600), 2)?;
/// let packet = port.get(None)?.expect("no time limit was given");
/// assert_eq!((packet.key, packet.result, packet.operation), (1, Ok(0), None));
/// assert!(!soon.cancel()); // it has expired
/// assert!(late.cancel()); // its packet will not come
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping a timer cancels it"]
#[derive(Debug)]
pub struct Timer(Place);

/// The timers in the order of their expiry, then of their making.
type Place = (Instant, u64);

/// What expires, as a packet: the port does not stay open for it.
struct Packet {
    port: Weak<Port>,
    key: usize,
}

struct List {
    timers: BTreeMap<Place, Packet>,
    made: u64,
    /// The thread runs.
    served: bool,
}

static LIST: Mutex<List> = Mutex::new(List { timers: BTreeMap::new(), made: 0, served: false });
/// The first of the list is another one than before.
static EARLIER: Condvar = Condvar::new();

impl CompletionPort {
    /// A timer that puts a packet with `key` into this port once `after` has passed, as
    /// [`post`](Self::post) would. The timer does not keep the port open.
    ///
    /// # Errors
    /// ERROR_NOT_ENOUGH_MEMORY: the thread that serves timers cannot be started.
    pub fn timer(&self, after: Duration, key: usize) -> Result<Timer, Win32Error> {
        let now = Instant::now();
        let expiry = now.checked_add(after.min(FAR)).unwrap_or(now);
        let mut list = locked();
        if !list.served {
            let thread = thread::Builder::new().name("linsock-timers".into());
            thread.spawn(serve).map_err(|_| Win32Error::ERROR_NOT_ENOUGH_MEMORY)?;
            list.served = true;
        }
        list.made += 1;
        let place = (expiry, list.made);
        list.timers.insert(place, Packet { port: self.downgrade(), key });
        if list.timers.keys().next() == Some(&place) {
            EARLIER.notify_one();
        }
        Ok(Timer(place))
    }
}

impl Timer {
    /// Takes the timer back: `true` means that its packet will not come, `false` that it is in the
    /// port or was taken from it, or is about to be put there.
    pub fn cancel(&self) -> bool {
        locked().timers.remove(&self.0).is_some()
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Posts the packets of those that expire, for ever.
fn serve() {
    let mut list = locked();
    loop {
        let now = Instant::now();
        let next = list.timers.first_entry().map(|first| match first.key().0 {
            expiry if expiry <= now => Ok(first.remove()),
            expiry => Err(expiry - now),
        });
        list = match next {
            Some(Ok(packet)) => {
                drop(list);
                if let Some(port) = packet.port.upgrade() {
                    // Nobody is left to be told of a port that takes no packets.
                    let _ = port.post(0, packet.key);
                    // Its other owners may have gone meanwhile.
                    port.let_go();
                }
                locked()
            }
            Some(Err(left)) => {
                EARLIER.wait_timeout(list, left).unwrap_or_else(PoisonError::into_inner).0
            }
            None => EARLIER.wait(list).unwrap_or_else(PoisonError::into_inner),
        };
    }
}

/// The list, also after a panic elsewhere: it is a valid one between any two statements.
fn locked() -> MutexGuard<'static, List> {
    LIST.lock().unwrap_or_else(PoisonError::into_inner)
}
