//! Registered I/O.

use crate::types::{RIO_BUFFERID, RIO_CQ, RIO_NOTIFICATION_COMPLETION_TYPE, RIO_RQ};

pub const RIO_EVENT_COMPLETION: RIO_NOTIFICATION_COMPLETION_TYPE = 1;
pub const RIO_MSG_DONT_NOTIFY: u32 = 0x1;
pub const RIO_IOCP_COMPLETION: RIO_NOTIFICATION_COMPLETION_TYPE = 2;
pub const RIO_MSG_DEFER: u32 = 0x2;
pub const RIO_MSG_WAITALL: u32 = 0x4;
pub const RIO_MSG_COMMIT_ONLY: u32 = 0x8;
pub const RIO_MAX_CQ_SIZE: u32 = 0x8000000;
pub const RIO_CORRUPT_CQ: u32 = 0xFFFFFFFF;
// Macros in mswsock.h, absent from windows-sys (contract V-003, V-005, V-007).
pub const RIO_INVALID_BUFFERID: RIO_BUFFERID = 0xFFFF_FFFF;
pub const RIO_INVALID_CQ: RIO_CQ = 0;
pub const RIO_INVALID_RQ: RIO_RQ = 0;
