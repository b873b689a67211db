//! Linux' error numbers, so that the mapping depends on nothing.

use super::number_space;

/// A Linux error number, as `errno` holds it.
#[repr(transparent)]
#[derive(Copy, Clone, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub struct Errno(pub i32);

impl Errno {
    /// The other name of [`Errno::EAGAIN`].
    pub const EWOULDBLOCK: Errno = Errno::EAGAIN;
    /// The other name of [`Errno::EDEADLK`].
    pub const EDEADLOCK: Errno = Errno::EDEADLK;
    /// The other name of [`Errno::EOPNOTSUPP`].
    pub const ENOTSUP: Errno = Errno::EOPNOTSUPP;

    /// The number's name, if it has one.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.1)
    }

    /// What the number says, in a few lower-case words.
    pub fn description(self) -> Option<&'static str> {
        self.row().map(|row| row.2)
    }

    fn number(self) -> i32 {
        self.0
    }
}

// Numbers: asm-generic/errno-base.h and asm-generic/errno.h, the same on
// every architecture this library is built for.
number_space!(Errno(i32) {
    EPERM           = 1,   "operation not permitted";
    ENOENT          = 2,   "no such file or directory";
    ESRCH           = 3,   "no such process";
    EINTR           = 4,   "call interrupted";
    EIO             = 5,   "input or output error";
    ENXIO           = 6,   "no such device or address";
    E2BIG           = 7,   "argument list too long";
    ENOEXEC         = 8,   "not an executable";
    EBADF           = 9,   "bad file descriptor";
    ECHILD          = 10,  "no child processes";
    EAGAIN          = 11,  "resource temporarily unavailable";
    ENOMEM          = 12,  "not enough memory";
    EACCES          = 13,  "permission denied";
    EFAULT          = 14,  "bad address";
    ENOTBLK         = 15,  "block device required";
    EBUSY           = 16,  "resource busy";
    EEXIST          = 17,  "file exists";
    EXDEV           = 18,  "link across devices";
    ENODEV          = 19,  "no such device";
    ENOTDIR         = 20,  "not a directory";
    EISDIR          = 21,  "is a directory";
    EINVAL          = 22,  "invalid argument";
    ENFILE          = 23,  "too many open files in the system";
    EMFILE          = 24,  "too many open files";
    ENOTTY          = 25,  "not a terminal";
    ETXTBSY         = 26,  "program file busy";
    EFBIG           = 27,  "file too large";
    ENOSPC          = 28,  "no space left on the device";
    ESPIPE          = 29,  "cannot seek";
    EROFS           = 30,  "read-only file system";
    EMLINK          = 31,  "too many links";
    EPIPE           = 32,  "broken pipe";
    EDOM            = 33,  "argument outside the domain";
    ERANGE          = 34,  "result out of range";
    EDEADLK         = 35,  "deadlock would occur";
    ENAMETOOLONG    = 36,  "name too long";
    ENOLCK          = 37,  "no locks available";
    ENOSYS          = 38,  "system call not implemented";
    ENOTEMPTY       = 39,  "directory not empty";
    ELOOP           = 40,  "too many levels of symbolic links";
    ENOMSG          = 42,  "no message of this type";
    EIDRM           = 43,  "identifier removed";
    ECHRNG          = 44,  "channel number out of range";
    EL2NSYNC        = 45,  "level 2 not synchronised";
    EL3HLT          = 46,  "level 3 halted";
    EL3RST          = 47,  "level 3 reset";
    ELNRNG          = 48,  "link number out of range";
    EUNATCH         = 49,  "protocol driver not attached";
    ENOCSI          = 50,  "no csi structure available";
    EL2HLT          = 51,  "level 2 halted";
    EBADE           = 52,  "invalid exchange";
    EBADR           = 53,  "invalid request descriptor";
    EXFULL          = 54,  "exchange full";
    ENOANO          = 55,  "no anode";
    EBADRQC         = 56,  "invalid request code";
    EBADSLT         = 57,  "invalid slot";
    EBFONT          = 59,  "bad font file";
    ENOSTR          = 60,  "not a stream device";
    ENODATA         = 61,  "no data available";
    ETIME           = 62,  "timer expired";
    ENOSR           = 63,  "out of stream resources";
    ENONET          = 64,  "machine not on the network";
    ENOPKG          = 65,  "package not installed";
    EREMOTE         = 66,  "object is remote";
    ENOLINK         = 67,  "link severed";
    EADV            = 68,  "advertise error";
    ESRMNT          = 69,  "srmount error";
    ECOMM           = 70,  "communication error on send";
    EPROTO          = 71,  "protocol error";
    EMULTIHOP       = 72,  "multihop attempted";
    EDOTDOT         = 73,  "rfs error";
    EBADMSG         = 74,  "bad message";
    EOVERFLOW       = 75,  "value too large for its type";
    ENOTUNIQ        = 76,  "name not unique on the network";
    EBADFD          = 77,  "descriptor in a bad state";
    EREMCHG         = 78,  "remote address changed";
    ELIBACC         = 79,  "shared library not accessible";
    ELIBBAD         = 80,  "shared library corrupted";
    ELIBSCN         = 81,  "library section corrupted";
    ELIBMAX         = 82,  "too many shared libraries";
    ELIBEXEC        = 83,  "cannot execute a shared library";
    EILSEQ          = 84,  "invalid multibyte sequence";
    ERESTART        = 85,  "call should be restarted";
    ESTRPIPE        = 86,  "streams pipe error";
    EUSERS          = 87,  "too many users";
    ENOTSOCK        = 88,  "not a socket";
    EDESTADDRREQ    = 89,  "destination address required";
    EMSGSIZE        = 90,  "message too long";
    EPROTOTYPE      = 91,  "wrong protocol for the socket type";
    ENOPROTOOPT     = 92,  "unknown protocol option";
    EPROTONOSUPPORT = 93,  "protocol not supported";
    ESOCKTNOSUPPORT = 94,  "socket type not supported";
    EOPNOTSUPP      = 95,  "operation not supported";
    EPFNOSUPPORT    = 96,  "protocol family not supported";
    EAFNOSUPPORT    = 97,  "address family not supported";
    EADDRINUSE      = 98,  "address already in use";
    EADDRNOTAVAIL   = 99,  "address not available";
    ENETDOWN        = 100, "network is down";
    ENETUNREACH     = 101, "network unreachable";
    ENETRESET       = 102, "connection dropped on network reset";
    ECONNABORTED    = 103, "connection aborted";
    ECONNRESET      = 104, "connection reset by peer";
    ENOBUFS         = 105, "no buffer space available";
    EISCONN         = 106, "socket already connected";
    ENOTCONN        = 107, "socket not connected";
    ESHUTDOWN       = 108, "socket has been shut down";
    ETOOMANYREFS    = 109, "too many references";
    ETIMEDOUT       = 110, "connection timed out";
    ECONNREFUSED    = 111, "connection refused";
    EHOSTDOWN       = 112, "host is down";
    EHOSTUNREACH    = 113, "host unreachable";
    EALREADY        = 114, "operation already in progress";
    EINPROGRESS     = 115, "operation in progress";
    ESTALE          = 116, "stale file handle";
    EUCLEAN         = 117, "structure needs cleaning";
    ENOTNAM         = 118, "not a named type file";
    ENAVAIL         = 119, "no such semaphore";
    EISNAM          = 120, "is a named type file";
    EREMOTEIO       = 121, "remote input or output error";
    EDQUOT          = 122, "disk quota exceeded";
    ENOMEDIUM       = 123, "no medium";
    EMEDIUMTYPE     = 124, "wrong medium type";
    ECANCELED       = 125, "operation cancelled";
    ENOKEY          = 126, "key not available";
    EKEYEXPIRED     = 127, "key expired";
    EKEYREVOKED     = 128, "key revoked";
    EKEYREJECTED    = 129, "key rejected";
    EOWNERDEAD      = 130, "lock owner died";
    ENOTRECOVERABLE = 131, "state not recoverable";
    ERFKILL         = 132, "radio is switched off";
    EHWPOISON       = 133, "memory page has a hardware error";
});
