//! What WSAIoctl sets and tells of TCP.

use super::dword;
use crate::socket::option::Options;
use crate::socket::{Number, Phase, Socket, open, option, translate};
use linsock_abi::map::Call;
use linsock_abi::*;
use linsock_backend::net;
use linsock_backend::tcp_info::{self, TcpInfo};
use std::mem::offset_of;
use std::time::Duration;

/// Bytes of the `tcp_keepalive` structure.
const KEEPALIVE_BYTES: usize = 12;
/// Keep-alive probes that SIO_KEEPALIVE_VALS stands for (I-016).
const KEEPALIVE_PROBES: u32 = 10;
/// Bytes of TCP_INITIAL_RTO_PARAMETERS.
const INITIAL_RTO_BYTES: usize = 4;
/// The first time-out and the retransmissions that Windows has by default (C-087).
const DEFAULT_RTT_MS: u16 = 3000;
const DEFAULT_RETRANSMISSIONS: u32 = 2;
/// More retransmissions than anybody lives to see, each after twice the time of the one before.
const RETRANSMISSIONS_MAX: u32 = 30;
/// The kernel's own first time-out, the longest that it doubles that to, and the most
/// retransmissions of a first segment that it can be asked for.
const KERNEL_RTT_SECONDS: u64 = 1;
const KERNEL_RTT_SECONDS_MAX: u64 = 120;
const KERNEL_SYN_COUNT_MAX: i32 = 127;

const SOL_TCP: i32 = 6;
const KERNEL_SYN_COUNT: i32 = 7;
const SOL_SOCKET_KERNEL: i32 = 1;
const KERNEL_RECEIVE_BUFFER: i32 = 8;

/// SIO_KEEPALIVE_VALS; the kernel counts in seconds, so times are rounded up (I-016).
pub(super) fn set_keepalive(number: Number, input: &[u8]) -> Result<(), WsaError> {
    let input = input.get(..KEEPALIVE_BYTES).ok_or(WsaError::WSAEFAULT)?;
    let on = dword(input)?;
    if on != 0 {
        let seconds = |ms: u32| ms.div_ceil(1000).max(1);
        let values = [
            (TCP_KEEPIDLE, seconds(dword(&input[4..])?)),
            (TCP_KEEPINTVL, seconds(dword(&input[8..])?)),
            (TCP_KEEPCNT, KEEPALIVE_PROBES),
        ];
        for (name, value) in values {
            option::set(number, IPPROTO_TCP, name, Some(&value.to_ne_bytes()))?;
        }
    }
    option::set(number, SOL_SOCKET, SO_KEEPALIVE, Some(&on.to_ne_bytes()))
}

/// SIO_TCP_INFO: what version 0 and version 1 tell, as bytes (I-028).
///
/// # Errors
/// WSAENOTSOCK; WSAENOPROTOOPT: not TCP; WSAEINVAL: another version.
pub(super) fn info(number: Number, version: u32) -> Result<Vec<u8>, WsaError> {
    let (_, mut socket) = open(number)?;
    socket.needs_tcp()?;
    let failed = |errno| translate(errno, Call::Ioctl);
    let tcp = tcp_info::read(socket.fd).map_err(failed)?;
    let connected_ms = socket.connected_for().map_or(0, |time| time.as_millis() as u64);
    let basic = basic_info(&socket, &tcp, connected_ms);
    match version {
        0 => Ok(bytes_of_basic(&basic)),
        1 => Ok(bytes_of_extended(&basic, &tcp)),
        _ => Err(WsaError::WSAEINVAL),
    }
}

fn basic_info(socket: &Socket, tcp: &TcpInfo, connected_ms: u64) -> TCP_INFO_v0 {
    let state = state(tcp.state());
    let connecting = matches!(state, TCPSTATE_SYN_SENT | TCPSTATE_SYN_RCVD);
    let unacknowledged = net::unsent_bytes(socket.fd).unwrap_or(0);
    let buffer = net::option_i32(socket.fd, SOL_SOCKET_KERNEL, KERNEL_RECEIVE_BUFFER).unwrap_or(0);
    let short = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    TCP_INFO_v0 {
        State: state,
        Mss: tcp.send_mss(),
        ConnectionTimeMs: connected_ms,
        TimestampsEnabled: tcp.options() & 1 != 0,
        RttUs: tcp.rtt_us(),
        MinRttUs: tcp.min_rtt_us(),
        BytesInFlight: unacknowledged.saturating_sub(tcp.unsent_bytes()),
        Cwnd: tcp.congestion_window().saturating_mul(tcp.send_mss()),
        SndWnd: tcp.send_window(),
        RcvWnd: tcp.receive_window(),
        RcvBuf: buffer.unsigned_abs(),
        BytesOut: tcp.bytes_sent(),
        BytesIn: tcp.bytes_received(),
        // The kernel counts segments.
        BytesReordered: tcp.disordered_segments().saturating_mul(tcp.receive_mss()),
        BytesRetrans: short(tcp.bytes_retransmitted()),
        FastRetrans: tcp.retransmitted_segments().saturating_sub(tcp.timeouts().into()),
        DupAcksIn: tcp.duplicates(),
        TimeoutEpisodes: tcp.timeout_recoveries().into(),
        // Once the connection stands the kernel has forgotten.
        SynRetrans: if connecting { tcp.retransmits() } else { 0 },
    }
}

/// The bytes of an answer, field by field, so that what is between them is zero.
macro_rules! bytes_of {
    ($info:ident: $type:ident { $($number:ident)* }) => {{
        let mut bytes = vec![0u8; size_of::<$type>()];
        bytes[offset_of!($type, TimestampsEnabled)] = $info.TimestampsEnabled.into();
        $(
            let value = $info.$number.to_ne_bytes();
            let at = offset_of!($type, $number);
            bytes[at..at + value.len()].copy_from_slice(&value);
        )*
        bytes
    }};
}

fn bytes_of_basic(info: &TCP_INFO_v0) -> Vec<u8> {
    bytes_of!(info: TCP_INFO_v0 {
        State Mss ConnectionTimeMs RttUs MinRttUs BytesInFlight Cwnd SndWnd RcvWnd RcvBuf BytesOut
        BytesIn BytesReordered BytesRetrans FastRetrans DupAcksIn TimeoutEpisodes SynRetrans
    })
}

/// Version 1 begins as version 0 does, and has, in addition, for how long what was in the way of
/// sending. How often, and for how many bytes, the kernel does not count.
fn bytes_of_extended(basic: &TCP_INFO_v0, tcp: &TcpInfo) -> Vec<u8> {
    let ms = |us: u64| u32::try_from(us / 1000).unwrap_or(u32::MAX);
    let (window, buffer) = (tcp.window_limited_us(), tcp.buffer_limited_us());
    let times = [
        (offset_of!(TCP_INFO_v1, SndLimTimeRwin), ms(window)),
        (
            offset_of!(TCP_INFO_v1, SndLimTimeCwnd),
            ms(tcp.busy_us().saturating_sub(window).saturating_sub(buffer)),
        ),
        (offset_of!(TCP_INFO_v1, SndLimTimeSnd), ms(buffer)),
    ];
    let mut bytes = bytes_of_basic(basic);
    bytes.resize(size_of::<TCP_INFO_v1>(), 0);
    for (at, time) in times {
        bytes[at..at + 4].copy_from_slice(&time.to_ne_bytes());
    }
    bytes
}

/// Windows' number of a state of the kernel's include/net/tcp_states.h.
fn state(kernel: u8) -> TCPSTATE {
    match kernel {
        1 => TCPSTATE_ESTABLISHED,
        2 => TCPSTATE_SYN_SENT,
        3 | 12 => TCPSTATE_SYN_RCVD,
        4 => TCPSTATE_FIN_WAIT_1,
        5 => TCPSTATE_FIN_WAIT_2,
        6 => TCPSTATE_TIME_WAIT,
        8 => TCPSTATE_CLOSE_WAIT,
        9 => TCPSTATE_LAST_ACK,
        10 => TCPSTATE_LISTEN,
        11 => TCPSTATE_CLOSING,
        _ => TCPSTATE_CLOSED,
    }
}

impl Socket {
    /// SIO_TCP_INITIAL_RTO: how often and how long a connection is tried (I-029). The kernel's
    /// first retransmission comes after a second whatever is asked for; the time when the whole
    /// attempt ends is the library's own.
    pub(super) fn set_initial_rto(&mut self, input: &[u8]) -> Result<(), WsaError> {
        if input.len() < INITIAL_RTO_BYTES {
            return Err(WsaError::WSAEFAULT);
        }
        if self.phase != Phase::Idle {
            return Err(WsaError::WSAEINVAL);
        }
        self.options.store_ioctl(SIO_TCP_INITIAL_RTO, dword(input)?);
        self.tell_syn_count()
    }

    /// Has the kernel try for as long as a connection may take, so that it does not give up before
    /// (K-054, K-056, I-029).
    pub(in crate::socket) fn tell_syn_count(&mut self) -> Result<(), WsaError> {
        let count = match self.options.stored(IPPROTO_TCP, TCP_NOSYNRETRIES) {
            // One is the fewest that the kernel can be told.
            Some(1) => 1,
            _ => kernel_retransmissions(self.options.connect_limit()),
        };
        self.options.told.note(SOL_TCP, KERNEL_SYN_COUNT);
        net::set_option_i32(self.fd, SOL_TCP, KERNEL_SYN_COUNT, count)
            .map_err(|errno| translate(errno, Call::Ioctl))
    }
}

impl Options {
    /// How long a connection may take after SIO_TCP_INITIAL_RTO: until the time-out of the last
    /// retransmission, each being twice the one before (C-087, I-029).
    pub(in crate::socket) fn initial_rto_limit(&self) -> Option<Duration> {
        const UNSPECIFIED_RTT: u16 = u16::MAX;
        const NO_RETRANSMISSIONS: u8 = TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS as u8;
        const UNSPECIFIED: u8 = TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS as u8;
        let [low, high, count, _] = self.ioctl(SIO_TCP_INITIAL_RTO)?.to_ne_bytes();
        let rtt_ms = match u16::from_ne_bytes([low, high]) {
            0 | UNSPECIFIED_RTT => DEFAULT_RTT_MS,
            rtt_ms => rtt_ms,
        };
        let retransmissions = match count {
            0 | UNSPECIFIED => DEFAULT_RETRANSMISSIONS,
            NO_RETRANSMISSIONS => 0,
            count => u32::from(count).min(RETRANSMISSIONS_MAX),
        };
        Some(Duration::from_millis(lifetime_ms(rtt_ms.into(), retransmissions)))
    }
}

/// How often the kernel has to repeat a first segment to try for that long; `None`: for ever, which
/// ends after four hours.
fn kernel_retransmissions(limit: Option<Duration>) -> i32 {
    let Some(limit) = limit else { return KERNEL_SYN_COUNT_MAX };
    let (mut count, mut timeout, mut seconds) = (0, KERNEL_RTT_SECONDS, KERNEL_RTT_SECONDS);
    while (count < 1 || Duration::from_secs(seconds) < limit) && count < KERNEL_SYN_COUNT_MAX {
        timeout = (timeout * 2).min(KERNEL_RTT_SECONDS_MAX);
        seconds += timeout;
        count += 1;
    }
    count
}

/// The time-outs of a first segment and its retransmissions, all in all.
fn lifetime_ms(rtt_ms: u64, retransmissions: u32) -> u64 {
    rtt_ms * ((2 << retransmissions) - 1)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn limit_ms(rtt_ms: u16, count: u8) -> u128 {
        let [low, high] = rtt_ms.to_ne_bytes();
        let mut options = Options::default();
        assert_eq!(options.initial_rto_limit(), None);
        options.store_ioctl(SIO_TCP_INITIAL_RTO, u32::from_ne_bytes([low, high, count, 0]));
        options.initial_rto_limit().unwrap().as_millis()
    }

    #[test]
    fn i_029_the_time_for_a_connection() {
        assert_eq!(limit_ms(0, 0), 21_000);
        assert_eq!(limit_ms(u16::MAX, u8::MAX), 21_000);
        assert_eq!(limit_ms(500, 1), 1500);
        assert_eq!(limit_ms(500, u8::MAX - 1), 500);
        assert_eq!(limit_ms(1000, 3), 15_000);
        assert!(limit_ms(60_000, 200) > 1 << 40);
    }

    #[test]
    fn k_054_the_kernel_tries_for_as_long() {
        let count = |seconds| kernel_retransmissions(Some(Duration::from_secs(seconds)));
        assert_eq!([0, 3, 4, 21].map(count), [1, 1, 2, 4]);
        // 1 + 2 + 4 + ... + 64, and 120 for each of the others.
        assert_eq!([127, 128, 247, 248, 600].map(count), [6, 7, 7, 8, 10]);
        assert_eq!(count(u64::MAX), KERNEL_SYN_COUNT_MAX);
        assert_eq!(kernel_retransmissions(None), KERNEL_SYN_COUNT_MAX);
    }
}
