//! What TCP knows of a connection.

use crate::net::{self, Fd};
use linsock_abi::Errno;

/// Bytes of the kernel's structure that are read here.
const BYTES: usize = 248;

/// The kernel's `tcp_info`, as far as it goes: a field that it is too old for reads as 0.
#[derive(Clone, Copy)]
pub struct TcpInfo([u8; BYTES]);

/// Asks TCP.
pub fn read(fd: Fd) -> Result<TcpInfo, Errno> {
    let mut bytes = [0; BYTES];
    net::option(fd, libc::IPPROTO_TCP, libc::TCP_INFO, &mut bytes)?;
    Ok(TcpInfo(bytes))
}

/// One accessor a row: its name, its type, and where the kernel has it.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $at:literal;)*) => {
        impl TcpInfo {$(
            $(#[$doc])*
            pub fn $name(&self) -> $type {
                const END: usize = $at + size_of::<$type>();
                const { assert!(END <= BYTES) };
                let mut bytes = [0; size_of::<$type>()];
                bytes.copy_from_slice(&self.0[$at..END]);
                <$type>::from_ne_bytes(bytes)
            }
        )*}
    };
}

// Offsets in struct tcp_info of include/uapi/linux/tcp.h.
fields! {
    /// The state, in the kernel's numbers.
    state: u8 = 0;
    /// Retransmissions of what is first in line.
    retransmits: u8 = 2;
    /// Bit 0: timestamps are in use.
    options: u8 = 5;
    /// Bytes of a segment that is sent.
    send_mss: u32 = 16;
    /// Bytes of a segment that was received.
    receive_mss: u32 = 20;
    /// Round-trip time, smoothed.
    rtt_us: u32 = 68;
    /// Segments that may be under way.
    congestion_window: u32 = 80;
    /// Segments that were sent again.
    retransmitted_segments: u32 = 100;
    /// Bytes received, in order.
    bytes_received: u64 = 128;
    /// Bytes that wait to be sent for the first time.
    unsent_bytes: u32 = 144;
    /// The shortest round-trip time.
    min_rtt_us: u32 = 148;
    /// Time in which there was something to send.
    busy_us: u64 = 168;
    /// Time in which the peer's window was in the way.
    window_limited_us: u64 = 176;
    /// Time in which the send buffer was.
    buffer_limited_us: u64 = 184;
    /// Bytes sent, those sent again among them.
    bytes_sent: u64 = 200;
    /// Bytes sent again.
    bytes_retransmitted: u64 = 208;
    /// Duplicates that the peer told of.
    duplicates: u32 = 216;
    /// Segments that came out of order.
    disordered_segments: u32 = 224;
    /// The peer's window.
    send_window: u32 = 228;
    /// Our window.
    receive_window: u32 = 232;
    /// Time-outs.
    timeouts: u16 = 240;
    /// Recoveries from time-outs.
    timeout_recoveries: u16 = 242;
}
