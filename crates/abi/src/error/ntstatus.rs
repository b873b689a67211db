//! NTSTATUS values: what stands in `OVERLAPPED.Internal`.

use super::number_space;

/// A status of the kernel, as `OVERLAPPED.Internal` holds it.
#[repr(transparent)]
#[derive(Copy, Clone, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub struct NtStatus(pub i32);

impl NtStatus {
    /// Microsoft's name of the number, if it has one.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.1)
    }

    /// What the number says, in a few lower-case words.
    pub fn description(self) -> Option<&'static str> {
        self.row().map(|row| row.2)
    }

    /// Whether the status is a success or merely informs (Microsoft's `NT_SUCCESS`).
    pub const fn is_success(self) -> bool {
        self.0 >= 0
    }

    // Written in hexadecimal everywhere, so the number is its own format.
    fn number(self) -> Hex {
        Hex(self.0 as u32)
    }
}

struct Hex(u32);

impl std::fmt::Display for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "0x{:08X}", self.0)
    }
}

// Numbers: contract 22.1 and 22.2, and ntstatus.h for files and pipes.
number_space!(NtStatus(i32), plain crate::types::NTSTATUS {
    STATUS_SUCCESS                   = 0x0000_0000_u32, "success";
    STATUS_ABANDONED                 = 0x0000_0080_u32, "wait abandoned";
    STATUS_USER_APC                  = 0x0000_00C0_u32, "wait ended by a user apc";
    STATUS_TIMEOUT                   = 0x0000_0102_u32, "wait timed out";
    STATUS_PENDING                   = 0x0000_0103_u32, "operation pending";
    STATUS_RECEIVE_EXPEDITED         = 0x4000_0010_u32, "urgent data received";
    STATUS_BUFFER_OVERFLOW           = 0x8000_0005_u32, "data did not fit the buffer";
    STATUS_UNSUCCESSFUL              = 0xC000_0001_u32, "operation failed";
    STATUS_ACCESS_VIOLATION          = 0xC000_0005_u32, "bad address";
    STATUS_INVALID_HANDLE            = 0xC000_0008_u32, "handle is invalid";
    STATUS_INVALID_PARAMETER         = 0xC000_000D_u32, "parameter is invalid";
    STATUS_INVALID_DEVICE_REQUEST    = 0xC000_0010_u32, "request not valid for this device";
    STATUS_END_OF_FILE               = 0xC000_0011_u32, "end of file";
    STATUS_NO_MEMORY                 = 0xC000_0017_u32, "not enough memory";
    STATUS_ACCESS_DENIED             = 0xC000_0022_u32, "access denied";
    STATUS_BUFFER_TOO_SMALL          = 0xC000_0023_u32, "buffer too small";
    STATUS_OBJECT_TYPE_MISMATCH      = 0xC000_0024_u32, "handle of the wrong kind";
    STATUS_OBJECT_NAME_NOT_FOUND     = 0xC000_0034_u32, "name not found";
    STATUS_OBJECT_NAME_COLLISION     = 0xC000_0035_u32, "name already exists";
    STATUS_OBJECT_PATH_NOT_FOUND     = 0xC000_003A_u32, "path not found";
    STATUS_SHARING_VIOLATION         = 0xC000_0043_u32, "file in use by another process";
    STATUS_DISK_FULL                 = 0xC000_007F_u32, "disk is full";
    STATUS_INSUFFICIENT_RESOURCES    = 0xC000_009A_u32, "not enough system resources";
    STATUS_DEVICE_NOT_READY          = 0xC000_00A3_u32, "device not ready";
    STATUS_PIPE_DISCONNECTED         = 0xC000_00B0_u32, "pipe is disconnected";
    STATUS_IO_TIMEOUT                = 0xC000_00B5_u32, "operation timed out";
    STATUS_FILE_IS_A_DIRECTORY       = 0xC000_00BA_u32, "file is a directory";
    STATUS_NOT_SUPPORTED             = 0xC000_00BB_u32, "request not supported";
    STATUS_UNEXPECTED_NETWORK_ERROR  = 0xC000_00C4_u32, "unexpected network error";
    STATUS_TOO_MANY_OPENED_FILES     = 0xC000_011F_u32, "too many open files";
    STATUS_CANCELLED                 = 0xC000_0120_u32, "operation cancelled";
    STATUS_LOCAL_DISCONNECT          = 0xC000_013B_u32, "connection closed by this host";
    STATUS_REMOTE_DISCONNECT         = 0xC000_013C_u32, "connection closed by the peer";
    STATUS_LINK_TIMEOUT              = 0xC000_013F_u32, "link timed out";
    STATUS_INVALID_CONNECTION        = 0xC000_0140_u32, "connection is invalid";
    STATUS_INVALID_ADDRESS           = 0xC000_0141_u32, "address is invalid";
    STATUS_PIPE_BROKEN               = 0xC000_014B_u32, "pipe is broken";
    STATUS_INVALID_BUFFER_SIZE       = 0xC000_0206_u32, "buffer size is invalid";
    STATUS_INVALID_ADDRESS_COMPONENT = 0xC000_0207_u32, "part of the address is invalid";
    STATUS_TOO_MANY_ADDRESSES        = 0xC000_0209_u32, "too many addresses";
    STATUS_ADDRESS_ALREADY_EXISTS    = 0xC000_020A_u32, "address already in use";
    STATUS_CONNECTION_DISCONNECTED   = 0xC000_020C_u32, "connection has ended";
    STATUS_CONNECTION_RESET          = 0xC000_020D_u32, "connection reset by peer";
    STATUS_NOT_FOUND                 = 0xC000_0225_u32, "element not found";
    STATUS_CONNECTION_REFUSED        = 0xC000_0236_u32, "connection refused";
    STATUS_GRACEFUL_DISCONNECT       = 0xC000_0237_u32, "connection closed gracefully";
    STATUS_CONNECTION_INVALID        = 0xC000_023A_u32, "no such connection";
    STATUS_CONNECTION_ACTIVE         = 0xC000_023B_u32, "connection is active";
    STATUS_NETWORK_UNREACHABLE       = 0xC000_023C_u32, "network unreachable";
    STATUS_HOST_UNREACHABLE          = 0xC000_023D_u32, "host unreachable";
    STATUS_PROTOCOL_UNREACHABLE      = 0xC000_023E_u32, "protocol unreachable";
    STATUS_PORT_UNREACHABLE          = 0xC000_023F_u32, "port unreachable";
    STATUS_CONNECTION_ABORTED        = 0xC000_0241_u32, "connection aborted by this host";
    STATUS_HOPLIMIT_EXCEEDED         = 0xC000_A012_u32, "hop limit exceeded on the way";
});
