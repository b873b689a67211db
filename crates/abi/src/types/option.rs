//! Values of socket options and ioctls.

use super::address::{IN_ADDR, IN6_ADDR, SOCKADDR_INET, SOCKADDR_STORAGE};
use super::message::WSABUF;
use super::zeroed_default;

/// Value of SO_LINGER: two 16-bit fields, where the kernel has two ints.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct LINGER {
    pub l_onoff: u16,
    pub l_linger: u16,
}

/// Value of IP_ADD_MEMBERSHIP.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IP_MREQ {
    pub imr_multiaddr: IN_ADDR,
    pub imr_interface: IN_ADDR,
}

/// Value of IP_ADD_SOURCE_MEMBERSHIP; the kernel swaps the last two fields.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IP_MREQ_SOURCE {
    pub imr_multiaddr: IN_ADDR,
    pub imr_sourceaddr: IN_ADDR,
    pub imr_interface: IN_ADDR,
}

/// Value of IPV6_JOIN_GROUP.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IPV6_MREQ {
    pub ipv6mr_multiaddr: IN6_ADDR,
    pub ipv6mr_interface: u32,
}

/// Value of MCAST_JOIN_GROUP.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct GROUP_REQ {
    pub gr_interface: u32,
    pub gr_group: SOCKADDR_STORAGE,
}

/// Value of MCAST_JOIN_SOURCE_GROUP.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct GROUP_SOURCE_REQ {
    pub gsr_interface: u32,
    pub gsr_group: SOCKADDR_STORAGE,
    pub gsr_source: SOCKADDR_STORAGE,
}

/// Value of SIO_KEEPALIVE_VALS, in milliseconds.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct tcp_keepalive {
    pub onoff: u32,
    pub keepalivetime: u32,
    pub keepaliveinterval: u32,
}

/// One direction of a quality of service.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct FLOWSPEC {
    pub TokenRate: u32,
    pub TokenBucketSize: u32,
    pub PeakBandwidth: u32,
    pub Latency: u32,
    pub DelayVariation: u32,
    pub ServiceType: u32,
    pub MaxSduSize: u32,
    pub MinimumPolicedSize: u32,
}

/// A quality of service; only ever passed through.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct QOS {
    pub SendingFlowspec: FLOWSPEC,
    pub ReceivingFlowspec: FLOWSPEC,
    pub ProviderSpecific: WSABUF,
}

pub type TCPSTATE = i32;

/// Answer of SIO_TCP_INFO, version 0.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct TCP_INFO_v0 {
    pub State: TCPSTATE,
    pub Mss: u32,
    pub ConnectionTimeMs: u64,
    pub TimestampsEnabled: bool,
    pub RttUs: u32,
    pub MinRttUs: u32,
    pub BytesInFlight: u32,
    pub Cwnd: u32,
    pub SndWnd: u32,
    pub RcvWnd: u32,
    pub RcvBuf: u32,
    pub BytesOut: u64,
    pub BytesIn: u64,
    pub BytesReordered: u32,
    pub BytesRetrans: u32,
    pub FastRetrans: u32,
    pub DupAcksIn: u32,
    pub TimeoutEpisodes: u32,
    pub SynRetrans: u8,
}

/// Answer of SIO_TCP_INFO, version 1.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct TCP_INFO_v1 {
    pub State: TCPSTATE,
    pub Mss: u32,
    pub ConnectionTimeMs: u64,
    pub TimestampsEnabled: bool,
    pub RttUs: u32,
    pub MinRttUs: u32,
    pub BytesInFlight: u32,
    pub Cwnd: u32,
    pub SndWnd: u32,
    pub RcvWnd: u32,
    pub RcvBuf: u32,
    pub BytesOut: u64,
    pub BytesIn: u64,
    pub BytesReordered: u32,
    pub BytesRetrans: u32,
    pub FastRetrans: u32,
    pub DupAcksIn: u32,
    pub TimeoutEpisodes: u32,
    pub SynRetrans: u8,
    pub SndLimTransRwin: u32,
    pub SndLimTimeRwin: u32,
    pub SndLimBytesRwin: u64,
    pub SndLimTransCwnd: u32,
    pub SndLimTimeCwnd: u32,
    pub SndLimBytesCwnd: u64,
    pub SndLimTransSnd: u32,
    pub SndLimTimeSnd: u32,
    pub SndLimBytesSnd: u64,
}

/// Value of SIO_TCP_INITIAL_RTO.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct TCP_INITIAL_RTO_PARAMETERS {
    pub Rtt: u16,
    pub MaxSynRetransmissions: u8,
}

pub type IPPROTO = i32;

/// Value of TCP_ICMP_ERROR_INFO.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ICMP_ERROR_INFO {
    pub srcaddress: SOCKADDR_INET,
    pub protocol: IPPROTO,
    pub r#type: u8,
    pub code: u8,
}

zeroed_default!(IP_MREQ, IP_MREQ_SOURCE, IPV6_MREQ, ICMP_ERROR_INFO);
