//! Flags of TransmitFile, TransmitPackets and DisconnectEx.

pub const DE_REUSE_SOCKET: u32 = 0x2;
pub const TF_USE_DEFAULT_WORKER: u32 = 0x0;
pub const TF_DISCONNECT: u32 = 0x1;
pub const TF_REUSE_SOCKET: u32 = 0x2;
pub const TF_WRITE_BEHIND: u32 = 0x4;
pub const TF_USE_SYSTEM_THREAD: u32 = 0x10;
pub const TF_USE_KERNEL_APC: u32 = 0x20;
pub const TP_USE_DEFAULT_WORKER: u32 = 0x0;
pub const TP_DISCONNECT: u32 = 0x1;
pub const TP_ELEMENT_MEMORY: u32 = 0x1;
pub const TP_ELEMENT_FILE: u32 = 0x2;
pub const TP_REUSE_SOCKET: u32 = 0x2;
pub const TP_ELEMENT_EOP: u32 = 0x4;
pub const TP_USE_SYSTEM_THREAD: u32 = 0x10;
pub const TP_USE_KERNEL_APC: u32 = 0x20;
