//! Winsock's error codes: what `WSAGetLastError` answers.

use super::number_space;

/// A Winsock error code, as `WSAGetLastError` gives it.
#[repr(transparent)]
#[derive(Copy, Clone, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub struct WsaError(pub i32);

impl WsaError {
    /// No data record of the requested type: the older name of [`WsaError::WSANO_DATA`].
    pub const WSANO_ADDRESS: WsaError = WsaError::WSANO_DATA;

    /// Microsoft's name of the number, if it has one.
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

// Numbers: contract 22.1 (Microsoft's "Windows Sockets Error Codes").
number_space!(WsaError(i32), plain crate::types::WSA_ERROR {
    WSA_INVALID_HANDLE             = 6,     "handle is invalid";
    WSA_NOT_ENOUGH_MEMORY          = 8,     "not enough memory";
    WSA_INVALID_PARAMETER          = 87,    "parameter is invalid";
    WSA_OPERATION_ABORTED          = 995,   "operation aborted";
    WSA_IO_INCOMPLETE              = 996,   "operation not yet complete";
    WSA_IO_PENDING                 = 997,   "operation pending";
    WSAEINTR                       = 10004, "call interrupted";
    WSAEBADF                       = 10009, "bad file handle";
    WSAEACCES                      = 10013, "permission denied";
    WSAEFAULT                      = 10014, "bad address";
    WSAEINVAL                      = 10022, "invalid argument";
    WSAEMFILE                      = 10024, "too many open sockets";
    WSAEWOULDBLOCK                 = 10035, "operation would block";
    WSAEINPROGRESS                 = 10036, "blocking operation in progress";
    WSAEALREADY                    = 10037, "operation already in progress";
    WSAENOTSOCK                    = 10038, "not a socket";
    WSAEDESTADDRREQ                = 10039, "destination address required";
    WSAEMSGSIZE                    = 10040, "message too long";
    WSAEPROTOTYPE                  = 10041, "wrong protocol for the socket type";
    WSAENOPROTOOPT                 = 10042, "unknown protocol option";
    WSAEPROTONOSUPPORT             = 10043, "protocol not supported";
    WSAESOCKTNOSUPPORT             = 10044, "socket type not supported";
    WSAEOPNOTSUPP                  = 10045, "operation not supported";
    WSAEPFNOSUPPORT                = 10046, "protocol family not supported";
    WSAEAFNOSUPPORT                = 10047, "address family not supported";
    WSAEADDRINUSE                  = 10048, "address already in use";
    WSAEADDRNOTAVAIL               = 10049, "address not available";
    WSAENETDOWN                    = 10050, "network is down";
    WSAENETUNREACH                 = 10051, "network unreachable";
    WSAENETRESET                   = 10052, "connection dropped on network reset";
    WSAECONNABORTED                = 10053, "connection aborted by this host";
    WSAECONNRESET                  = 10054, "connection reset by peer";
    WSAENOBUFS                     = 10055, "no buffer space available";
    WSAEISCONN                     = 10056, "socket already connected";
    WSAENOTCONN                    = 10057, "socket not connected";
    WSAESHUTDOWN                   = 10058, "socket has been shut down";
    WSAETOOMANYREFS                = 10059, "too many references";
    WSAETIMEDOUT                   = 10060, "connection timed out";
    WSAECONNREFUSED                = 10061, "connection refused";
    WSAELOOP                       = 10062, "too many levels of name translation";
    WSAENAMETOOLONG                = 10063, "name too long";
    WSAEHOSTDOWN                   = 10064, "host is down";
    WSAEHOSTUNREACH                = 10065, "host unreachable";
    WSAENOTEMPTY                   = 10066, "directory not empty";
    WSAEPROCLIM                    = 10067, "too many processes";
    WSAEUSERS                      = 10068, "user quota exceeded";
    WSAEDQUOT                      = 10069, "disk quota exceeded";
    WSAESTALE                      = 10070, "stale file handle";
    WSAEREMOTE                     = 10071, "item is remote";
    WSASYSNOTREADY                 = 10091, "network subsystem unavailable";
    WSAVERNOTSUPPORTED             = 10092, "winsock version not supported";
    WSANOTINITIALISED              = 10093, "WSAStartup not yet performed";
    WSAEDISCON                     = 10101, "graceful shutdown in progress";
    WSAENOMORE                     = 10102, "no more results";
    WSAECANCELLED                  = 10103, "call cancelled";
    WSAEINVALIDPROCTABLE           = 10104, "invalid procedure table";
    WSAEINVALIDPROVIDER            = 10105, "invalid service provider";
    WSAEPROVIDERFAILEDINIT         = 10106, "service provider failed to start";
    WSASYSCALLFAILURE              = 10107, "system call failed that should not";
    WSASERVICE_NOT_FOUND           = 10108, "service not found";
    WSATYPE_NOT_FOUND              = 10109, "class type not found";
    WSA_E_NO_MORE                  = 10110, "no more look-up results";
    WSA_E_CANCELLED                = 10111, "look-up cancelled";
    WSAEREFUSED                    = 10112, "query refused";
    WSAHOST_NOT_FOUND              = 11001, "host not found";
    WSATRY_AGAIN                   = 11002, "host not found for now, try again";
    WSANO_RECOVERY                 = 11003, "name service failed beyond recovery";
    WSANO_DATA                     = 11004, "name valid, no data of the requested type";
    WSA_QOS_RECEIVERS              = 11005, "qos: a reserve message has arrived";
    WSA_QOS_SENDERS                = 11006, "qos: a path message has arrived";
    WSA_QOS_NO_SENDERS             = 11007, "qos: no senders";
    WSA_QOS_NO_RECEIVERS           = 11008, "qos: no receivers";
    WSA_QOS_REQUEST_CONFIRMED      = 11009, "qos: request confirmed";
    WSA_QOS_ADMISSION_FAILURE      = 11010, "qos: lack of resources";
    WSA_QOS_POLICY_FAILURE         = 11011, "qos: rejected by policy";
    WSA_QOS_BAD_STYLE              = 11012, "qos: unknown or conflicting style";
    WSA_QOS_BAD_OBJECT             = 11013, "qos: bad filter or provider buffer";
    WSA_QOS_TRAFFIC_CTRL_ERROR     = 11014, "qos: bad flow specification";
    WSA_QOS_GENERIC_ERROR          = 11015, "qos: general error";
    WSA_QOS_ESERVICETYPE           = 11016, "qos: bad service type in the flow specification";
    WSA_QOS_EFLOWSPEC              = 11017, "qos: unusual flow specification";
    WSA_QOS_EPROVSPECBUF           = 11018, "qos: bad provider buffer";
    WSA_QOS_EFILTERSTYLE           = 11019, "qos: bad filter style";
    WSA_QOS_EFILTERTYPE            = 11020, "qos: bad filter type";
    WSA_QOS_EFILTERCOUNT           = 11021, "qos: wrong number of filters";
    WSA_QOS_EOBJLENGTH             = 11022, "qos: bad object length";
    WSA_QOS_EFLOWCOUNT             = 11023, "qos: wrong number of flow descriptors";
    WSA_QOS_EUNKOWNPSOBJ           = 11024, "qos: unknown object in the provider buffer";
    WSA_QOS_EPOLICYOBJ             = 11025, "qos: bad policy object";
    WSA_QOS_EFLOWDESC              = 11026, "qos: bad flow descriptor";
    WSA_QOS_EPSFLOWSPEC            = 11027, "qos: bad provider flow specification";
    WSA_QOS_EPSFILTERSPEC          = 11028, "qos: bad provider filter specification";
    WSA_QOS_ESDMODEOBJ             = 11029, "qos: bad shape discard mode object";
    WSA_QOS_ESHAPERATEOBJ          = 11030, "qos: bad shaping rate object";
    WSA_QOS_RESERVED_PETYPE        = 11031, "qos: reserved policy element";
    WSA_SECURE_HOST_NOT_FOUND      = 11032, "no secure address for the host";
    WSA_IPSEC_NAME_POLICY_ERROR    = 11033, "name not allowed by policy";
});
