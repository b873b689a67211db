//! Socket options.

use crate::error::{WsaError, returned};
use crate::socket::Socket;
use crate::sys::Win32::Networking::WinSock::{
    IPPROTO_TCP, LINGER, SO_CONNECT_TIME, SO_LINGER, SO_REUSEADDR, SO_UPDATE_CONNECT_CONTEXT,
    SOL_SOCKET, TCP_FASTOPEN, TCP_NODELAY, getsockopt, setsockopt,
};
use std::ptr;
use std::time::Duration;

/// What SO_CONNECT_TIME answers for a socket that is not connected (C-114).
const NOT_CONNECTED: u32 = u32::MAX;

impl Socket {
    /// Makes a socket that ConnectEx connected a full one (SO_UPDATE_CONNECT_CONTEXT): options
    /// set earlier take effect, and names, options and shutdown become usable.
    ///
    /// # Errors
    /// WSAENOTCONN: ConnectEx did not connect it.
    pub fn update_connect_context(&self) -> Result<(), WsaError> {
        // SAFETY: the option takes no value.
        returned(unsafe {
            setsockopt(self.raw(), SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, ptr::null(), 0)
        })
    }

    /// For how many whole seconds the socket has been connected; none before it is
    /// (SO_CONNECT_TIME). Tells of a connection even while its first data is still going out.
    ///
    /// # Errors
    /// What getsockopt answers.
    pub fn connect_time(&self) -> Result<Option<Duration>, WsaError> {
        let seconds = self.option::<u32>(SOL_SOCKET, SO_CONNECT_TIME)?;
        Ok((seconds != NOT_CONNECTED).then(|| Duration::from_secs(seconds.into())))
    }

    /// Whether small sends go out at once (TCP_NODELAY).
    ///
    /// # Errors
    /// What setsockopt answers.
    pub fn set_nodelay(&self, on: bool) -> Result<(), WsaError> {
        self.set_option(IPPROTO_TCP, TCP_NODELAY, &u32::from(on))
    }

    /// TCP_NODELAY as it stands.
    ///
    /// # Errors
    /// What getsockopt answers.
    pub fn nodelay(&self) -> Result<bool, WsaError> {
        Ok(self.option::<u32>(IPPROTO_TCP, TCP_NODELAY)? != 0)
    }

    /// Whether ConnectEx may send its first data during the handshake (TCP_FASTOPEN, C-098).
    ///
    /// # Errors
    /// What setsockopt answers.
    pub fn set_fastopen(&self, on: bool) -> Result<(), WsaError> {
        self.set_option(IPPROTO_TCP, TCP_FASTOPEN, &u32::from(on))
    }

    /// Whether a local address in use may be bound again (SO_REUSEADDR).
    ///
    /// # Errors
    /// What setsockopt answers.
    pub fn set_reuse_address(&self, on: bool) -> Result<(), WsaError> {
        self.set_option(SOL_SOCKET, SO_REUSEADDR, &u32::from(on))
    }

    /// How many seconds closing waits for data that is not sent yet, 0 resetting the connection;
    /// `None`: closing does not wait, the data is sent all the same (SO_LINGER).
    ///
    /// # Errors
    /// What setsockopt answers.
    pub fn set_linger(&self, seconds: Option<u16>) -> Result<(), WsaError> {
        let linger =
            LINGER { l_onoff: seconds.is_some().into(), l_linger: seconds.unwrap_or_default() };
        self.set_option(SOL_SOCKET, SO_LINGER, &linger)
    }

    /// SO_LINGER as it stands.
    ///
    /// # Errors
    /// What getsockopt answers.
    pub fn linger(&self) -> Result<Option<u16>, WsaError> {
        let linger = self.option::<LINGER>(SOL_SOCKET, SO_LINGER)?;
        Ok((linger.l_onoff != 0).then_some(linger.l_linger))
    }

    fn set_option<T: Plain>(&self, level: i32, name: i32, value: &T) -> Result<(), WsaError> {
        // SAFETY: the value is as long as is said.
        returned(unsafe {
            setsockopt(self.raw(), level, name, (&raw const *value).cast(), size_of::<T>() as i32)
        })
    }

    fn option<T: Plain>(&self, level: i32, name: i32) -> Result<T, WsaError> {
        let mut value = T::default();
        let mut length = size_of::<T>() as i32;
        // SAFETY: the value has room for the length that is given; any bytes are a valid `Plain`.
        returned(unsafe {
            getsockopt(self.raw(), level, name, (&raw mut value).cast(), &mut length)
        })?;
        Ok(value)
    }
}

/// Option values: plain numbers without padding.
trait Plain: Copy + Default {}
impl Plain for u32 {}
impl Plain for LINGER {}
