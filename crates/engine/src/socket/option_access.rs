//! getsockopt and setsockopt.

use super::option::KernelOption;
use super::option_table::{self, Access, Home, Row, Shape, Special, Until};
use super::{Number, Phase, Socket, accept_context, open, option_group, translate};
use crate::contract::{self, Subject};
use linsock_abi::map::Call;
use linsock_abi::{IPPROTO_IPV6, IPPROTO_TCP, TCP_BSDURGENT, TCP_EXPEDITED_1122, TCP_MAXRTMS};
use linsock_abi::{
    SO_OPENTYPE, SO_RCVBUF, SO_REUSE_UNICASTPORT, SOL_SOCKET, TCP_KEEPCNT, TCP_KEEPINTVL, WsaError,
};
use linsock_backend::address::AF_INET6;
use linsock_backend::{error_queue, net};
use std::cell::Cell;

/// SO_CONNECT_TIME of a socket that is not connected (C-114).
const NEVER: u32 = u32::MAX;
/// The longest datagrams that UDP carries over IPv4 and IPv6.
pub(super) const UDP_BYTES_MAX_V4: u32 = 65507;
pub(super) const UDP_BYTES_MAX_V6: u32 = 65527;
/// The kernel's limits of what Windows allows more of (K-061, K-052).
const KEEP_COUNT_MAX: i32 = 127;
const KEEP_SECONDS_MAX: i32 = 32767;

// The kernel's names of options that are told to it from more than one place.
const SOL_TCP: i32 = 6;
const KERNEL_KEEP_INTERVAL: i32 = 5;
const KERNEL_KEEP_COUNT: i32 = 6;
const KERNEL_USER_TIMEOUT: i32 = 18;
const KERNEL_FASTOPEN: i32 = 23;

thread_local! {
    static OPEN_TYPE: Cell<u32> = const { Cell::new(0) };
}

/// SO_OPENTYPE of the calling thread: not 0, and its new sockets are not overlapped (K-039).
pub fn open_type() -> u32 {
    OPEN_TYPE.get()
}

/// getsockopt: writes the value and answers its length.
///
/// # Errors
/// WSAENOTSOCK, WSAEINVAL, WSAENOPROTOOPT, WSAEFAULT (K-001..K-005); WSAENOTCONN before the
/// context update (C-108).
pub fn get(number: Number, level: i32, name: i32, out: &mut [u8]) -> Result<usize, WsaError> {
    if (level, name) == (SOL_SOCKET, SO_OPENTYPE) {
        // Asked on INVALID_SOCKET too.
        return write(out, &open_type().to_ne_bytes());
    }
    let (_, mut socket) = open(number)?;
    let row = option_table::find(level, name)?;
    if row.access == Access::Set {
        return Err(WsaError::WSAENOPROTOOPT);
    }
    socket.may_use(row)?;
    let value = match row.shape {
        Shape::Special(special) => {
            match special {
                Special::Linger => return write(out, &linger_bytes(socket.options.linger)),
                Special::Bytes => return socket.read_bytes(row, out),
                Special::IcmpError => return socket.read_icmp_error(out),
                _ => {}
            }
            socket.read_special(row, special)?
        }
        _ => socket.read_plain(row)?,
    };
    match row.shape {
        Shape::Bool => write(out, &i32::from(value != 0).to_ne_bytes()),
        Shape::Flag | Shape::Special(Special::Urgent | Special::FailOnIcmp) => {
            write_short(out, i32::from(value != 0))
        }
        Shape::Special(Special::Octet) => write_short(out, value),
        _ => write(out, &value.to_ne_bytes()),
    }
}

/// setsockopt; `None` is a NULL value.
///
/// # Errors
/// As for [`get`], and what the kernel has against the value.
pub fn set(number: Number, level: i32, name: i32, value: Option<&[u8]>) -> Result<(), WsaError> {
    if (level, name) == (SOL_SOCKET, SO_OPENTYPE) {
        OPEN_TYPE.set(dword(value)?);
        return Ok(());
    }
    let (place, mut socket) = open(number)?;
    let row = option_table::find(level, name)?;
    if row.access == Access::Get {
        return Err(WsaError::WSAENOPROTOOPT);
    }
    socket.may_use(row)?;
    let value = match row.shape {
        Shape::Special(Special::UpdateAcceptContext) => {
            // Looks at the listener too, and at one socket at a time.
            drop(socket);
            return accept_context::update(number, value);
        }
        Shape::Special(Special::PauseAccept) => {
            let on = dword(value)? != 0;
            return socket.pause_accept(place, on);
        }
        Shape::Special(special) => return socket.write_special(row, special, value),
        Shape::Bool => i32::from(dword(value)? != 0),
        Shape::Flag => i32::from(short(value)? != 0),
        Shape::Dword => dword(value)? as i32,
    };
    if (row.level, row.name, value) == (SOL_SOCKET, SO_RCVBUF, 0) {
        // The kernel always buffers; its smallest buffer would only make a stream crawl (S-054).
        socket.options.store(row.level, row.name, value);
        return Ok(());
    }
    socket.write_plain(row, value, value)
}

fn write(out: &mut [u8], value: &[u8]) -> Result<usize, WsaError> {
    out.get_mut(..value.len()).ok_or(WsaError::WSAEFAULT)?.copy_from_slice(value);
    Ok(value.len())
}

/// Writes a number where a byte is room enough.
fn write_short(out: &mut [u8], value: i32) -> Result<usize, WsaError> {
    let len = if out.len() < size_of::<i32>() { 1 } else { size_of::<i32>() };
    write(out, &value.to_le_bytes()[..len])
}

fn dword(value: Option<&[u8]>) -> Result<u32, WsaError> {
    let bytes = value.and_then(<[u8]>::first_chunk).ok_or(WsaError::WSAEFAULT)?;
    Ok(u32::from_ne_bytes(*bytes))
}

/// A DWORD, or a single byte.
fn short(value: Option<&[u8]>) -> Result<u32, WsaError> {
    dword(value)
        .or_else(|error| value.and_then(<[u8]>::first).map_or(Err(error), |&n| Ok(n.into())))
}

/// LINGER: two numbers of 16 bits (Z-010).
fn linger_bytes(linger: Option<u16>) -> [u8; 4] {
    let [on, _] = u16::from(linger.is_some()).to_ne_bytes();
    let [low, high] = linger.unwrap_or(0).to_ne_bytes();
    [on, 0, low, high]
}

impl Socket {
    fn may_use(&self, row: &Row) -> Result<(), WsaError> {
        if !row.on.includes(self) || (row.level == IPPROTO_IPV6 && self.family != AF_INET6) {
            return Err(WsaError::WSAENOPROTOOPT);
        }
        // Properties of the connection cannot be used before it has them (C-108).
        if self.lacks_context() && row.until != Until::Fact {
            return Err(WsaError::WSAENOTCONN);
        }
        Ok(())
    }

    fn read_plain(&self, row: &Row) -> Result<i32, WsaError> {
        match row.home {
            Home::Kernel(level, name) => {
                if self.holds_back()
                    && let Some(value) = self.options.held_value(level, name)
                {
                    return Ok(value);
                }
                net::option_i32(self.fd, level, name)
                    .map_err(|errno| translate(errno, Call::Option))
            }
            _ => Ok(self.options.stored(row.level, row.name).unwrap_or(row.default)),
        }
    }

    /// Sets `value`; the kernel is told `kernel`, which may be all that it has of it.
    fn write_plain(&mut self, row: &Row, value: i32, kernel: i32) -> Result<(), WsaError> {
        if let Home::Kernel(level, name) | Home::Both(level, name) = row.home {
            self.tell_kernel(
                row,
                KernelOption { level, name, value: kernel, default: row.default },
            )?;
        }
        if !matches!(row.home, Home::Kernel(..)) {
            self.options.store(row.level, row.name, value);
        }
        Ok(())
    }

    /// Sets an option of the kernel's, or notes it for the context update.
    fn tell_kernel(&mut self, row: &Row, option: KernelOption) -> Result<(), WsaError> {
        let puts_off = row.until == Until::Update && self.is_connection_oriented();
        if !(puts_off && self.holds_back()) {
            net::set_option_i32(self.fd, option.level, option.name, option.value)
                .map_err(|errno| translate(errno, Call::Option))?;
            self.options.told.note(option.level, option.name);
        }
        if puts_off {
            self.options.hold(option);
        }
        Ok(())
    }

    fn read_special(&mut self, row: &Row, special: Special) -> Result<i32, WsaError> {
        let options = &self.options;
        Ok(match special {
            Special::Refused => return Err(WsaError::WSAEINVAL),
            Special::AcceptConn => (self.phase == Phase::Listening).into(),
            Special::ReuseAddress => options.reuse_address.into(),
            Special::ExclusiveAddress => options.exclusive_address.into(),
            Special::DontLinger => options.linger.is_none().into(),
            Special::SendTimeout => options.send_timeout_ms as i32,
            Special::ReceiveTimeout => options.receive_timeout_ms as i32,
            Special::Error => self.take_error().map_or(0, |error| error.0),
            Special::Type => self.kind,
            Special::MaxMessage if self.family == AF_INET6 => UDP_BYTES_MAX_V6 as i32,
            Special::MaxMessage => UDP_BYTES_MAX_V4 as i32,
            Special::ConnectTime => self.connect_time()? as i32,
            Special::MaxRetransmit => options.max_retransmit_seconds,
            Special::MaxRetransmitMs => match options.max_retransmit_seconds {
                -1 => -1,
                seconds => {
                    options.stored(row.level, row.name).unwrap_or(seconds.saturating_mul(1000))
                }
            },
            Special::FastOpen => options.fastopen.into(),
            Special::PathMtu => path_mtu_to_windows(self.read_plain(row)?),
            Special::DontFragment => (self.read_plain(row)? == KERNEL_PMTU_DO).into(),
            Special::SwappedIndex => self.read_plain(row)?.swap_bytes(),
            // The kernel tells the address alone, and it may have been an index that was set.
            Special::MulticastInterface => match options.stored(row.level, row.name) {
                Some(value) => value,
                None => self.read_plain(row)?,
            },
            Special::PauseAccept => self.paused.is_some().into(),
            _ => self.read_plain(row)?,
        })
    }

    fn write_special(
        &mut self,
        row: &Row,
        special: Special,
        value: Option<&[u8]>,
    ) -> Result<(), WsaError> {
        match special {
            Special::UpdateConnectContext => return self.update_connect_context(),
            Special::Linger => return self.set_linger(value),
            Special::MulticastInterface
            | Special::Membership
            | Special::SourceMembership
            | Special::Membership6
            | Special::Group
            | Special::GroupSource => {
                let Home::Kernel(level, name) = row.home else {
                    return Err(WsaError::WSAENOPROTOOPT);
                };
                let value = value.ok_or(WsaError::WSAEFAULT)?;
                let bytes = option_group::kernel_value(special, value)?;
                net::set_option(self.fd, level, name, &bytes)
                    .map_err(|errno| translate(errno, Call::Option))?;
                if special == Special::MulticastInterface {
                    self.options.store(row.level, row.name, dword(Some(value))? as i32);
                }
                return Ok(());
            }
            Special::Bytes => return self.write_bytes(row, value.unwrap_or_default()),
            _ => {}
        }
        let number = match special {
            Special::FastOpen
            | Special::NoSynRetries
            | Special::Octet
            | Special::Urgent
            | Special::FailOnIcmp => short(value)?,
            _ => dword(value)?,
        };
        let on = number != 0;
        match special {
            Special::ReuseAddress => {
                exclude(on, self.options.exclusive_address)?;
                self.options.reuse_address = on;
            }
            // It has to be set before bind (K-013).
            Special::ExclusiveAddress if self.is_bound() => return Err(WsaError::WSAEINVAL),
            Special::ExclusiveAddress => {
                exclude(on, self.options.reuse_address)?;
                self.options.exclusive_address = on;
            }
            Special::KeepAlive => {
                self.write_plain(row, on.into(), on.into())?;
                if on && self.is_tcp() {
                    self.tell_keep_alive_defaults();
                }
            }
            Special::DontLinger => {
                // TRUE is "off", which is the default (27.4).
                let seconds = self.options.linger.unwrap_or(0);
                self.options.linger = (!on).then_some(seconds);
                self.tell_linger();
            }
            Special::SendTimeout => self.options.send_timeout_ms = number,
            Special::ReceiveTimeout => self.options.receive_timeout_ms = number,
            Special::RandomizePort => {
                if self.is_bound()
                    || self.options.stored(SOL_SOCKET, SO_REUSE_UNICASTPORT) == Some(1)
                {
                    return Err(WsaError::WSAEINVAL);
                }
                self.write_plain(row, on.into(), on.into())?;
            }
            Special::PortScalability if self.is_bound() => return Err(WsaError::WSAEINVAL),
            Special::ConditionalAccept if self.phase == Phase::Listening => {
                return Err(WsaError::WSAEINVAL);
            }
            Special::PortScalability | Special::ConditionalAccept => {
                self.write_plain(row, on.into(), on.into())?;
            }
            Special::KeepTime => {
                let seconds = i32::try_from(number).unwrap_or(i32::MAX);
                self.write_plain(row, seconds, seconds.min(KEEP_SECONDS_MAX))?;
            }
            Special::KeepCount => {
                if number > u8::MAX.into() {
                    return Err(WsaError::WSAEINVAL);
                }
                let count = number as i32;
                self.write_plain(row, count, count.min(KEEP_COUNT_MAX))?;
            }
            Special::MaxRetransmit => {
                let seconds = number as i32;
                self.set_max_retransmit(seconds, seconds.saturating_mul(1000));
            }
            Special::MaxRetransmitMs => {
                let ms = number as i32;
                let seconds = if ms < 0 { -1 } else { ms / 1000 + i32::from(ms % 1000 != 0) };
                self.set_max_retransmit(seconds, ms);
            }
            Special::NoSynRetries => {
                self.write_plain(row, on.into(), on.into())?;
                let _ = self.tell_syn_count();
            }
            Special::FastOpen => {
                self.options.fastopen = on;
                if on && self.has_port() && self.phase == Phase::Idle {
                    // It will have to wait for its handshake: see `associate`.
                    let _ = self.watch();
                }
                if self.phase == Phase::Listening {
                    // What the kernel calls by this name is a listener's queue (C-100).
                    let _ = net::set_option_i32(
                        self.fd,
                        SOL_TCP,
                        KERNEL_FASTOPEN,
                        if on { FASTOPEN_QUEUE } else { 0 },
                    );
                }
            }
            Special::Octet => {
                let value = u8::try_from(number).map_err(|_| WsaError::WSAEINVAL)?;
                self.write_plain(row, value.into(), value.into())?;
            }
            Special::Urgent => self.set_urgent(row, on)?,
            Special::FailOnIcmp => {
                error_queue::keep_icmp_errors(self.fd, on && self.phase != Phase::Connected);
                self.write_plain(row, on.into(), on.into())?;
            }
            Special::V6Only => {
                if self.is_bound() {
                    return Err(WsaError::WSAEINVAL);
                }
                self.write_plain(row, on.into(), on.into())?;
            }
            Special::DontFragment => {
                let kernel = if on { KERNEL_PMTU_DO } else { KERNEL_PMTU_DONT };
                self.write_plain(row, kernel, kernel)?;
            }
            Special::PathMtu => {
                let kernel = path_mtu_to_kernel(number).ok_or(WsaError::WSAEINVAL)?;
                self.write_plain(row, kernel, kernel)?;
            }
            Special::SwappedIndex => {
                let kernel = number.swap_bytes() as i32;
                self.write_plain(row, kernel, kernel)?;
            }
            _ => return Err(WsaError::WSAEINVAL),
        }
        Ok(())
    }

    /// What Windows has by default and the kernel has not: an interval of 1 s instead of 75 s (K-062),
    /// 10 probes instead of 9 (K-061).
    fn tell_keep_alive_defaults(&mut self) {
        let defaults =
            [(TCP_KEEPINTVL, KERNEL_KEEP_INTERVAL, 1), (TCP_KEEPCNT, KERNEL_KEEP_COUNT, 10)];
        for (name, kernel, value) in defaults {
            if self.options.stored(IPPROTO_TCP, name).is_none() {
                let _ = net::set_option_i32(self.fd, SOL_TCP, kernel, value);
                self.options.told.note(SOL_TCP, kernel);
            }
        }
    }

    fn set_max_retransmit(&mut self, seconds: i32, ms: i32) {
        self.options.max_retransmit_seconds = seconds.max(-1);
        self.options.store(IPPROTO_TCP, TCP_MAXRTMS, ms);
        // -1 is "never give up", which is the kernel's 0.
        let _ = net::set_option_i32(self.fd, SOL_TCP, KERNEL_USER_TIMEOUT, ms.max(0));
        self.options.told.note(SOL_TCP, KERNEL_USER_TIMEOUT);
        // That is for a connection which stands; while it is made the kernel counts.
        let _ = self.tell_syn_count();
    }

    /// One option under two names, each the other's opposite, that can be set once (K-051).
    fn set_urgent(&mut self, row: &Row, on: bool) -> Result<(), WsaError> {
        if self.options.stored(row.level, row.name).is_some_and(|set| set != i32::from(on)) {
            return Err(WsaError::WSAEINVAL);
        }
        for name in [TCP_EXPEDITED_1122, TCP_BSDURGENT] {
            self.options.store(row.level, name, i32::from(on == (name == row.name)));
        }
        Ok(())
    }

    fn read_bytes(&self, row: &Row, out: &mut [u8]) -> Result<usize, WsaError> {
        let Home::Kernel(level, name) = row.home else { return Err(WsaError::WSAENOPROTOOPT) };
        net::option(self.fd, level, name, out).map_err(|errno| translate(errno, Call::Option))
    }

    fn write_bytes(&mut self, row: &Row, value: &[u8]) -> Result<(), WsaError> {
        let Home::Kernel(level, name) = row.home else { return Err(WsaError::WSAENOPROTOOPT) };
        net::set_option(self.fd, level, name, value)
            .map_err(|errno| translate(errno, Call::Option))?;
        self.options.told.note(level, name);
        Ok(())
    }

    fn set_linger(&mut self, value: Option<&[u8]>) -> Result<(), WsaError> {
        let bytes: &[u8; 4] = value.and_then(<[u8]>::first_chunk).ok_or(WsaError::WSAEFAULT)?;
        let on = u16::from_ne_bytes([bytes[0], bytes[1]]) != 0;
        self.options.linger = on.then_some(u16::from_ne_bytes([bytes[2], bytes[3]]));
        self.tell_linger();
        Ok(())
    }

    /// The kernel hears of hard closes only: with a time it would make every close wait.
    fn tell_linger(&self) {
        if !self.holds_back() {
            let _ = net::set_linger(self.fd, self.options.linger.filter(|&seconds| seconds == 0));
        }
    }

    /// SO_ERROR: that of a failed connect stays (27.B), the kernel's is taken.
    fn take_error(&mut self) -> Option<WsaError> {
        if matches!(self.phase, Phase::Connecting { .. }) {
            // Reading it would take the outcome away from the connect itself (C-094).
            return None;
        }
        if let Some(error) = self.connect_error.or(self.broken) {
            return Some(error);
        }
        let errno = net::take_error(self.fd).ok().filter(|errno| errno.0 != 0)?;
        let call = if self.is_connection_oriented() { Call::Recv } else { Call::RecvFrom };
        let error = self.error_of(errno, call);
        if self.phase == Phase::Connected && self.is_connection_oriented() {
            // The kernel will not say it again to the next send or receive.
            self.broken.get_or_insert(error);
        }
        Some(error)
    }

    fn connect_time(&mut self) -> Result<u32, WsaError> {
        if !self.is_connection_oriented()
            && let Some(error) = contract::error(Subject::DatagramConnectTime)
        {
            return Err(error);
        }
        // u32::MAX would say "never", so a connection stops counting one second before.
        let seconds = self.connected_for().map(|time| time.as_secs());
        Ok(seconds.map_or(NEVER, |seconds| seconds.min(u64::from(NEVER) - 1) as u32))
    }
}

/// How many connections may wait for their handshake's end with data received.
const FASTOPEN_QUEUE: i32 = 256;

/// Of two options that exclude each other one is turned on (K-101).
fn exclude(on: bool, other: bool) -> Result<(), WsaError> {
    if on && other { Err(WsaError::WSAEINVAL) } else { Ok(()) }
}

const KERNEL_PMTU_DONT: i32 = 0;
const KERNEL_PMTU_WANT: i32 = 1;
const KERNEL_PMTU_DO: i32 = 2;
const KERNEL_PMTU_PROBE: i32 = 3;

/// IP_PMTUDISC_NOT_SET, _DO, _DONT and _PROBE in the kernel's numbers (K-077).
fn path_mtu_to_kernel(value: u32) -> Option<i32> {
    [KERNEL_PMTU_WANT, KERNEL_PMTU_DO, KERNEL_PMTU_DONT, KERNEL_PMTU_PROBE]
        .get(value as usize)
        .copied()
}

fn path_mtu_to_windows(value: i32) -> i32 {
    match value {
        KERNEL_PMTU_DO => linsock_abi::IP_PMTUDISC_DO,
        KERNEL_PMTU_DONT => linsock_abi::IP_PMTUDISC_DONT,
        KERNEL_PMTU_PROBE => linsock_abi::IP_PMTUDISC_PROBE,
        _ => linsock_abi::IP_PMTUDISC_NOT_SET,
    }
}
