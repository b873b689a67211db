//! Manual-reset events.

use crate::error::{WsaError, last_wsa};
use crate::startup::startup;
use crate::sys::Win32::Foundation::HANDLE;
use crate::sys::Win32::Networking::WinSock::{
    WSA_WAIT_IO_COMPLETION, WSACloseEvent, WSACreateEvent, WSAEVENT, WSAResetEvent, WSASetEvent,
    WSAWaitForMultipleEvents,
};
use crate::time::milliseconds;
use std::time::Duration;

/// A wait's answer when the first event was signalled, and when none was in time.
const FIRST_SIGNALLED: u32 = 0;
const TIMED_OUT: u32 = 258;
/// An alertable wait's answer when completion routines ran.
const ROUTINES_RAN: u32 = WSA_WAIT_IO_COMPLETION as u32;

/// What ended an alertable wait.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Waited {
    /// This one is signalled, the first of several.
    Signalled(usize),
    /// Completion routines ran.
    RoutinesRan,
    /// The time limit passed first.
    TimedOut,
}

/// An event that stays signalled until it is reset.
///
/// ```
/// use linsock::Event;
/// use std::time::Duration;
///
/// # fn main() -> Result<(), linsock::WsaError> {
/// let events = [Event::new()?, Event::new()?];
/// events[1].set()?;
/// assert_eq!(Event::wait_any(&events, None)?, Some(1));
/// events[1].reset()?;
/// assert_eq!(Event::wait_any(&events, Some(Duration::ZERO))?, None);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Event(WSAEVENT);

impl Event {
    /// How many events one wait can look at (WSA_MAXIMUM_WAIT_EVENTS).
    pub const ANY_MAX: usize = 64;

    /// A new event, not signalled.
    ///
    /// # Errors
    /// What WSACreateEvent answers.
    pub fn new() -> Result<Self, WsaError> {
        startup()?;
        // SAFETY: takes no arguments.
        let event = unsafe { WSACreateEvent() };
        // WSA_INVALID_EVENT is NULL.
        if event == 0 as WSAEVENT { Err(last_wsa()) } else { Ok(Event(event)) }
    }

    /// Signals the event.
    ///
    /// # Errors
    /// What WSASetEvent answers.
    pub fn set(&self) -> Result<(), WsaError> {
        // SAFETY: the event is open as long as `self` is.
        if unsafe { WSASetEvent(self.0) } != 0 { Ok(()) } else { Err(last_wsa()) }
    }

    /// Takes the signal back.
    ///
    /// # Errors
    /// What WSAResetEvent answers.
    pub fn reset(&self) -> Result<(), WsaError> {
        // SAFETY: the event is open as long as `self` is.
        if unsafe { WSAResetEvent(self.0) } != 0 { Ok(()) } else { Err(last_wsa()) }
    }

    /// Waits for the signal; `false` when `limit` passed first.
    ///
    /// # Errors
    /// What WSAWaitForMultipleEvents answers.
    pub fn wait(&self, limit: Option<Duration>) -> Result<bool, WsaError> {
        let handle: HANDLE = self.handle();
        // SAFETY: one handle stands where one is announced.
        let answer = unsafe { WSAWaitForMultipleEvents(1, &handle, 0, milliseconds(limit), 0) };
        match answer {
            FIRST_SIGNALLED => Ok(true),
            TIMED_OUT => Ok(false),
            _ => Err(last_wsa()),
        }
    }

    /// Waits for any of up to [`Event::ANY_MAX`] events; tells which, the first of several, or
    /// `None` when `limit` passed first.
    ///
    /// # Errors
    /// What WSAWaitForMultipleEvents answers; WSA_INVALID_PARAMETER for none or too many events.
    pub fn wait_any<'a>(
        events: impl IntoIterator<Item = &'a Event>,
        limit: Option<Duration>,
    ) -> Result<Option<usize>, WsaError> {
        match Self::wait_any_as(events, limit, false)? {
            Waited::Signalled(first) => Ok(Some(first)),
            Waited::TimedOut | Waited::RoutinesRan => Ok(None),
        }
    }

    /// As [`wait_any`](Self::wait_any), while completion routines may run, which end the wait too.
    ///
    /// # Errors
    /// As there.
    pub fn wait_any_alertable<'a>(
        events: impl IntoIterator<Item = &'a Event>,
        limit: Option<Duration>,
    ) -> Result<Waited, WsaError> {
        Self::wait_any_as(events, limit, true)
    }

    fn wait_any_as<'a>(
        events: impl IntoIterator<Item = &'a Event>,
        limit: Option<Duration>,
        alertable: bool,
    ) -> Result<Waited, WsaError> {
        let events: Vec<HANDLE> = events.into_iter().map(Event::handle).collect();
        if events.is_empty() || events.len() > Self::ANY_MAX {
            return Err(WsaError::WSA_INVALID_PARAMETER);
        }
        let (count, limit) = (events.len() as u32, milliseconds(limit));
        // SAFETY: as many handles stand there as are announced; what an alertable wait runs is
        // this crate's routine.
        let answer =
            unsafe { WSAWaitForMultipleEvents(count, events.as_ptr(), 0, limit, alertable.into()) };
        match answer {
            first if first < count => Ok(Waited::Signalled(first as usize)),
            ROUTINES_RAN => Ok(Waited::RoutinesRan),
            TIMED_OUT => Ok(Waited::TimedOut),
            _ => Err(last_wsa()),
        }
    }

    /// The handle for an OVERLAPPED.
    pub(crate) fn handle(&self) -> HANDLE {
        self.0 as HANDLE
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        // SAFETY: closed nowhere else.
        unsafe { WSACloseEvent(self.0) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_stays_signalled_until_it_is_reset() {
        let event = Event::new().unwrap();
        let now = Some(Duration::ZERO);
        assert_eq!(event.wait(now), Ok(false));
        event.set().unwrap();
        assert_eq!(event.wait(now), Ok(true));
        assert_eq!(event.wait(None), Ok(true));
        event.reset().unwrap();
        assert_eq!(event.wait(Some(Duration::from_millis(2))), Ok(false));
    }

    #[test]
    fn a_wait_for_any_tells_which() {
        let events = [Event::new().unwrap(), Event::new().unwrap()];
        assert_eq!(Event::wait_any(&events, Some(Duration::ZERO)), Ok(None));
        events[1].set().unwrap();
        assert_eq!(Event::wait_any(&events, None), Ok(Some(1)));
        assert_eq!(Event::wait_any([], None), Err(WsaError::WSA_INVALID_PARAMETER));
    }
}
