//! WSAEventSelect and WSAEnumNetworkEvents.

use super::started;
use crate::shape;
use linsock_abi::{SOCKET, WSAEVENT, WSANETWORKEVENTS, WsaError};
use linsock_backend::memory::{is_readable, is_writable};
use linsock_engine::event::Event;
use linsock_engine::runtime;
use linsock_engine::socket::{self, network_events};
use std::sync::Arc;

/// Ties network events of a socket to an event object.
///
/// # Contract
/// E-012 one event and mask a socket; E-013 non-blocking from then on; E-014 mask 0 ends it;
/// E-015..E-024, I-021, I-024 what is recorded and when; E-029 accept passes it on; E-030 closesocket ends it;
/// C-147 a ConnectEx records FD_CONNECT and FD_WRITE; W-001.
///
/// # Errors
/// SOCKET_ERROR and WSANOTINITIALISED; WSAENOTSOCK; WSAEINVAL when a mask comes without an event.
///
/// # Linux
/// A record in the library, fed by the engine thread's poller and by the calls on the socket. FD_QOS
/// and FD_GROUP_QOS are taken and never happen. FD_ROUTING_INTERFACE_CHANGE and FD_ADDRESS_LIST_CHANGE
/// happen once after a WSAIoctl that asked for them has failed with WSAEWOULDBLOCK.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAEventSelect
#[api]
pub unsafe extern "system" fn WSAEventSelect(
    s: SOCKET,
    heventobject: WSAEVENT,
    lnetworkevents: i32,
) -> i32 {
    shape::status(|| {
        started()?;
        socket::find(s)?;
        let mask = lnetworkevents.cast_unsigned();
        // Without a mask the event is not looked at (E-014).
        let event = if mask == 0 { None } else { event_of(heventobject)? };
        network_events::select(s, event, mask)
    })
}

/// Tells which network events were recorded, forgets them and resets an event object.
///
/// # Contract
/// E-025 in one step, or nothing of it; E-026 errors of recorded events only; E-027 no event, no
/// reset; E-028; W-001.
///
/// # Errors
/// SOCKET_ERROR and WSANOTINITIALISED; WSAENOTSOCK; WSAEFAULT for a bad pointer; WSAEINVAL when
/// the event is none.
///
/// # Linux
/// No system call but the probe of the pointer.
///
/// # Sources
/// learn.microsoft.com: winsock2.h, WSAEnumNetworkEvents
#[api]
pub unsafe extern "system" fn WSAEnumNetworkEvents(
    s: SOCKET,
    heventobject: WSAEVENT,
    lpnetworkevents: *mut WSANETWORKEVENTS,
) -> i32 {
    shape::status(|| {
        started()?;
        socket::find(s)?;
        let event = event_of(heventobject)?;
        // The probe for writing overwrites; what was there has to stay (E-026).
        if !is_readable(lpnetworkevents.addr(), size_of::<WSANETWORKEVENTS>()) {
            return Err(WsaError::WSAEFAULT);
        }
        // SAFETY: just read by the kernel, and plain numbers.
        let mut told = unsafe { lpnetworkevents.read_unaligned() };
        if !is_writable(lpnetworkevents.addr(), size_of::<WSANETWORKEVENTS>()) {
            return Err(WsaError::WSAEFAULT);
        }
        let record = network_events::take_record(s, event.as_deref())?;
        told.lNetworkEvents = record.events.cast_signed();
        for (bit, error) in record.errors.into_iter().enumerate() {
            if record.events & 1 << bit != 0 {
                told.iErrorCode[bit] = error;
            }
        }
        // SAFETY: just written by the kernel.
        unsafe { lpnetworkevents.write_unaligned(told) };
        Ok(())
    })
}

/// The event of a handle; `None` for WSA_INVALID_EVENT.
fn event_of(handle: WSAEVENT) -> Result<Option<Arc<Event>>, WsaError> {
    match handle.cast_unsigned() {
        0 => Ok(None),
        handle => {
            let event = runtime::get().handles.event(handle);
            event.map(Some).map_err(|_| WsaError::WSAEINVAL)
        }
    }
}
