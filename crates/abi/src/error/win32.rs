//! Win32 error codes: what `GetLastError` answers.

use super::{WsaError, number_space};

/// A Win32 error code, as `GetLastError` gives it. Winsock's numbers are a part of this space.
#[repr(transparent)]
#[derive(Copy, Clone, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub struct Win32Error(pub u32);

impl Win32Error {
    /// Microsoft's name of the number, if it has one; a Winsock number keeps its Winsock name.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.1).or_else(|| WsaError(self.0 as i32).name())
    }

    /// What the number says, in a few lower-case words.
    pub fn description(self) -> Option<&'static str> {
        self.row().map(|row| row.2).or_else(|| WsaError(self.0 as i32).description())
    }

    fn number(self) -> u32 {
        self.0
    }
}

impl From<WsaError> for Win32Error {
    fn from(error: WsaError) -> Win32Error {
        Win32Error(error.0 as u32)
    }
}

// Numbers: contract 22.2, 22.3, and winerror.h for those that functions on
// files, pipes and threads report.
number_space!(Win32Error(u32), plain crate::types::WIN32_ERROR {
    ERROR_SUCCESS                    = 0,    "success";
    ERROR_INVALID_FUNCTION           = 1,    "invalid function";
    ERROR_FILE_NOT_FOUND             = 2,    "file not found";
    ERROR_PATH_NOT_FOUND             = 3,    "path not found";
    ERROR_TOO_MANY_OPEN_FILES        = 4,    "too many open files";
    ERROR_ACCESS_DENIED              = 5,    "access denied";
    ERROR_INVALID_HANDLE             = 6,    "handle is invalid";
    ERROR_NOT_ENOUGH_MEMORY          = 8,    "not enough memory";
    ERROR_OUTOFMEMORY                = 14,   "out of memory";
    ERROR_NOT_SAME_DEVICE            = 17,   "another disk";
    ERROR_NO_MORE_FILES              = 18,   "no more files";
    ERROR_WRITE_PROTECT              = 19,   "medium is write protected";
    ERROR_BAD_UNIT                   = 20,   "device not found";
    ERROR_NOT_READY                  = 21,   "device not ready";
    ERROR_SEEK                       = 25,   "cannot seek";
    ERROR_WRITE_FAULT                = 29,   "write fault";
    ERROR_READ_FAULT                 = 30,   "read fault";
    ERROR_GEN_FAILURE                = 31,   "general failure";
    ERROR_SHARING_VIOLATION          = 32,   "file in use by another process";
    ERROR_HANDLE_EOF                 = 38,   "end of file";
    ERROR_HANDLE_DISK_FULL           = 39,   "disk is full";
    ERROR_NOT_SUPPORTED              = 50,   "request not supported";
    ERROR_DUP_NAME                   = 52,   "duplicate name on the network";
    ERROR_UNEXP_NET_ERR              = 59,   "unexpected network error";
    ERROR_NETNAME_DELETED            = 64,   "network name no longer available";
    ERROR_TOO_MANY_NAMES             = 68,   "name limit exceeded";
    ERROR_FILE_EXISTS                = 80,   "file exists";
    ERROR_INVALID_PARAMETER          = 87,   "parameter is invalid";
    ERROR_BROKEN_PIPE                = 109,  "pipe has been ended";
    ERROR_BUFFER_OVERFLOW            = 111,  "the name is too long for the room";
    ERROR_DISK_FULL                  = 112,  "not enough space on the disk";
    ERROR_CALL_NOT_IMPLEMENTED       = 120,  "function not implemented";
    ERROR_SEM_TIMEOUT                = 121,  "semaphore time-out expired";
    ERROR_INSUFFICIENT_BUFFER        = 122,  "buffer too small";
    ERROR_INVALID_NAME               = 123,  "name syntax is incorrect";
    ERROR_MOD_NOT_FOUND              = 126,  "module not found";
    ERROR_PROC_NOT_FOUND             = 127,  "procedure not found";
    ERROR_NEGATIVE_SEEK              = 131,  "seek before the beginning of the file";
    ERROR_DIR_NOT_EMPTY              = 145,  "directory not empty";
    ERROR_SIGNAL_REFUSED             = 156,  "thread is suspended too often";
    ERROR_BAD_PATHNAME               = 161,  "path is invalid";
    ERROR_BUSY                       = 170,  "resource in use";
    ERROR_ALREADY_EXISTS             = 183,  "object already exists";
    ERROR_BAD_EXE_FORMAT             = 193,  "not an executable";
    ERROR_ENVVAR_NOT_FOUND           = 203,  "environment variable not found";
    ERROR_FILENAME_EXCED_RANGE       = 206,  "name is too long";
    ERROR_PIPE_BUSY                  = 231,  "all pipe instances are busy";
    ERROR_NO_DATA                    = 232,  "pipe is being closed";
    ERROR_PIPE_NOT_CONNECTED         = 233,  "no process at the other end of the pipe";
    ERROR_MORE_DATA                  = 234,  "more data is available";
    ERROR_NO_WORK_DONE               = 235,  "there was nothing to do";
    WAIT_TIMEOUT                     = 258,  "wait timed out";
    ERROR_NO_MORE_ITEMS              = 259,  "no more data is available";
    ERROR_DIRECTORY                  = 267,  "directory name is invalid";
    ERROR_NOT_OWNER                  = 288,  "mutex is not owned by the caller";
    ERROR_TOO_MANY_POSTS             = 298,  "semaphore posted too many times";
    ERROR_MR_MID_NOT_FOUND           = 317,  "no message for this number";
    ERROR_INVALID_ADDRESS            = 487,  "invalid address";
    ERROR_PIPE_CONNECTED             = 535,  "pipe has a process at its other end";
    ERROR_PIPE_LISTENING             = 536,  "pipe waits for a process at its other end";
    ERROR_ABANDONED_WAIT_0           = 735,  "wait abandoned: the handle was closed";
    ERROR_OPERATION_ABORTED          = 995,  "operation aborted";
    ERROR_IO_INCOMPLETE              = 996,  "operation not yet complete";
    ERROR_IO_PENDING                 = 997,  "operation pending";
    ERROR_NOACCESS                   = 998,  "invalid access to memory";
    ERROR_CAN_NOT_COMPLETE           = 1003, "cannot complete this function";
    ERROR_INVALID_FLAGS              = 1004, "invalid flags";
    ERROR_FILE_INVALID               = 1006, "file is empty, or has changed";
    ERROR_NO_TOKEN                   = 1008, "no token";
    ERROR_NO_UNICODE_TRANSLATION     = 1113, "no character for this code";
    ERROR_IO_DEVICE                  = 1117, "device i/o error";
    ERROR_POSSIBLE_DEADLOCK          = 1131, "possible deadlock";
    ERROR_MAPPED_ALIGNMENT           = 1132, "offset or address is not aligned";
    ERROR_OLD_WIN_VERSION            = 1150, "not the version that was asked for";
    ERROR_NOT_FOUND                  = 1168, "element not found";
    ERROR_INVALID_NETNAME            = 1214, "network name is invalid";
    ERROR_CONNECTION_REFUSED         = 1225, "connection refused";
    ERROR_GRACEFUL_DISCONNECT        = 1226, "connection closed gracefully";
    ERROR_ADDRESS_ALREADY_ASSOCIATED = 1227, "endpoint already has an address";
    ERROR_ADDRESS_NOT_ASSOCIATED     = 1228, "endpoint has no address yet";
    ERROR_CONNECTION_INVALID         = 1229, "no such connection";
    ERROR_CONNECTION_ACTIVE          = 1230, "connection is active";
    ERROR_NETWORK_UNREACHABLE        = 1231, "network unreachable";
    ERROR_HOST_UNREACHABLE           = 1232, "host unreachable";
    ERROR_PROTOCOL_UNREACHABLE       = 1233, "protocol unreachable";
    ERROR_PORT_UNREACHABLE           = 1234, "port unreachable";
    ERROR_REQUEST_ABORTED            = 1235, "request aborted";
    ERROR_CONNECTION_ABORTED         = 1236, "connection aborted by this host";
    ERROR_RETRY                      = 1237, "retry the operation";
    ERROR_PRIVILEGE_NOT_HELD         = 1314, "privilege not held";
    ERROR_INVALID_THREAD_ID          = 1444, "invalid thread identifier";
    ERROR_NO_SYSTEM_RESOURCES        = 1450, "not enough system resources";
    ERROR_TIMEOUT                    = 1460, "time-out expired";
    ERROR_INVALID_USER_BUFFER        = 1784, "user buffer is invalid";
    ERROR_NOT_ENOUGH_QUOTA           = 1816, "not enough quota";
});
