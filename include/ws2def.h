/* Address families, socket types, protocols, options of SOL_SOCKET, addresses and buffers. */
#ifndef _WS2DEF_
#define _WS2DEF_

#include "linsock/libc.h"
#include "minwindef.h"
#include "winnt.h"

#ifndef LINSOCK_REFUSED

#include "inaddr.h"

typedef USHORT ADDRESS_FAMILY;

/* name                          value        Linux has */
#define AF_UNSPEC                0
#define AF_UNIX                  1
#define AF_INET                  2
#define AF_IMPLINK               3
#define AF_PUP                   4
#define AF_CHAOS                 5
#define AF_NS                    6
#define AF_IPX                   AF_NS     /* 4 */
#define AF_ISO                   7
#define AF_OSI                   AF_ISO
#define AF_ECMA                  8
#define AF_DATAKIT               9
#define AF_CCITT                 10        /* 10 is AF_INET6 on Linux; linsock takes both as IPv6 */
#define AF_SNA                   11
#define AF_DECnet                12
#define AF_DLI                   13
#define AF_LAT                   14
#define AF_HYLINK                15
#define AF_APPLETALK             16
#define AF_NETBIOS               17
#define AF_VOICEVIEW             18
#define AF_FIREFOX               19
#define AF_BAN                   21
#define AF_ATM                   22
#define AF_INET6                 23        /* 10 */
#define AF_CLUSTER               24
#define AF_12844                 25
#define AF_IRDA                  26        /* 23 */
#define AF_NETDES                28
#define AF_LINK                  33
#define AF_HYPERV                34        /* 40 */

#define PF_UNSPEC                AF_UNSPEC
#define PF_UNIX                  AF_UNIX
#define PF_INET                  AF_INET
#define PF_IPX                   AF_IPX
#define PF_INET6                 AF_INET6
#define PF_IRDA                  AF_IRDA

#define SOCK_STREAM              1
#define SOCK_DGRAM               2
#define SOCK_RAW                 3
#define SOCK_RDM                 4
#define SOCK_SEQPACKET           5

/* name                          value        options of SOL_SOCKET */
#define SOL_SOCKET               0xFFFF
#define SO_DEBUG                 0x0001
#define SO_ACCEPTCONN            0x0002
#define SO_REUSEADDR             0x0004
#define SO_KEEPALIVE             0x0008
#define SO_DONTROUTE             0x0010
#define SO_BROADCAST             0x0020
#define SO_USELOOPBACK           0x0040
#define SO_LINGER                0x0080
#define SO_OOBINLINE             0x0100
#define SO_DONTLINGER            ((int)(~SO_LINGER))
#define SO_EXCLUSIVEADDRUSE      ((int)(~SO_REUSEADDR))
#define SO_SNDBUF                0x1001
#define SO_RCVBUF                0x1002
#define SO_SNDLOWAT              0x1003
#define SO_RCVLOWAT              0x1004
#define SO_SNDTIMEO              0x1005
#define SO_RCVTIMEO              0x1006
#define SO_ERROR                 0x1007
#define SO_TYPE                  0x1008
#define SO_BSP_STATE             0x1009
#define SO_GROUP_ID              0x2001
#define SO_GROUP_PRIORITY        0x2002
#define SO_MAX_MSG_SIZE          0x2003
#define SO_PROTOCOL_INFOA        0x2004
#define SO_PROTOCOL_INFOW        0x2005
#define SO_PROTOCOL_INFO         LINSOCK_AW(SO_PROTOCOL_INFO)
#define PVD_CONFIG               0x3001
#define SO_CONDITIONAL_ACCEPT    0x3002
#define SO_PAUSE_ACCEPT          0x3003
#define SO_COMPARTMENT_ID        0x3004
#define SO_RANDOMIZE_PORT        0x3005
#define SO_PORT_SCALABILITY      0x3006
#define SO_REUSE_UNICASTPORT     0x3007
#define SO_REUSE_MULTICASTPORT   0x3008

#define MSG_TRUNC                0x0100
#define MSG_CTRUNC               0x0200
#define MSG_BCAST                0x0400
#define MSG_MCAST                0x0800
#define MSG_ERRQUEUE             0x1000

/* name                          value        levels and protocols */
#define IPPROTO_IP               0
#define IPPROTO_HOPOPTS          0
#define IPPROTO_ICMP             1
#define IPPROTO_IGMP             2
#define IPPROTO_GGP              3
#define IPPROTO_IPV4             4
#define IPPROTO_ST               5
#define IPPROTO_TCP              6
#define IPPROTO_EGP              8
#define IPPROTO_PUP              12
#define IPPROTO_UDP              17
#define IPPROTO_IDP              22
#define IPPROTO_IPV6             41
#define IPPROTO_ROUTING          43
#define IPPROTO_FRAGMENT         44
#define IPPROTO_ESP              50
#define IPPROTO_AH               51
#define IPPROTO_ICMPV6           58
#define IPPROTO_NONE             59
#define IPPROTO_DSTOPTS          60
#define IPPROTO_PIM              103
#define IPPROTO_PGM              113
#define IPPROTO_RM               113
#define IPPROTO_L2TP             115
#define IPPROTO_SCTP             132
#define IPPROTO_RAW              255
#define IPPROTO_MAX              256
typedef int IPPROTO, *PIPROTO;

#define INADDR_ANY               ((ULONG)0x00000000)
#define INADDR_LOOPBACK          0x7f000001
#define INADDR_BROADCAST         ((ULONG)0xffffffff)
#define INADDR_NONE              0xffffffff
#define IN_CLASSD(n)             (((LONG)(n) & 0xf0000000) == 0xe0000000)
#define IN_MULTICAST(n)          IN_CLASSD(n)

/* An ioctl code: I(31) O(30) V(29) kind(28-27) vendor or family(26-16) code(15-0). */
#define IOCPARM_MASK             0x7f
#define IOC_VOID                 0x20000000
#define IOC_OUT                  0x40000000
#define IOC_IN                   0x80000000
#define IOC_INOUT                (IOC_IN | IOC_OUT)
#define IOC_UNIX                 0x00000000
#define IOC_WS2                  0x08000000
#define IOC_PROTOCOL             0x10000000
#define IOC_VENDOR               0x18000000
#define _WSAIO(kind, code)       (IOC_VOID | (kind) | (code))
#define _WSAIOR(kind, code)      (IOC_OUT | (kind) | (code))
#define _WSAIOW(kind, code)      (IOC_IN | (kind) | (code))
#define _WSAIORW(kind, code)     (IOC_INOUT | (kind) | (code))

#define SIO_ASSOCIATE_HANDLE                        _WSAIOW(IOC_WS2, 1)
#define SIO_ENABLE_CIRCULAR_QUEUEING                _WSAIO(IOC_WS2, 2)
#define SIO_FIND_ROUTE                              _WSAIOR(IOC_WS2, 3)
#define SIO_FLUSH                                   _WSAIO(IOC_WS2, 4)
#define SIO_GET_BROADCAST_ADDRESS                   _WSAIOR(IOC_WS2, 5)
#define SIO_GET_EXTENSION_FUNCTION_POINTER          _WSAIORW(IOC_WS2, 6)
#define SIO_GET_QOS                                 _WSAIORW(IOC_WS2, 7)
#define SIO_GET_GROUP_QOS                           _WSAIORW(IOC_WS2, 8)
#define SIO_MULTIPOINT_LOOPBACK                     _WSAIOW(IOC_WS2, 9)
#define SIO_MULTICAST_SCOPE                         _WSAIOW(IOC_WS2, 10)
#define SIO_SET_QOS                                 _WSAIOW(IOC_WS2, 11)
#define SIO_SET_GROUP_QOS                           _WSAIOW(IOC_WS2, 12)
#define SIO_TRANSLATE_HANDLE                        _WSAIORW(IOC_WS2, 13)
#define SIO_ROUTING_INTERFACE_QUERY                 _WSAIORW(IOC_WS2, 20)
#define SIO_ROUTING_INTERFACE_CHANGE                _WSAIOW(IOC_WS2, 21)
#define SIO_ADDRESS_LIST_QUERY                      _WSAIOR(IOC_WS2, 22)
#define SIO_ADDRESS_LIST_CHANGE                     _WSAIO(IOC_WS2, 23)
#define SIO_QUERY_TARGET_PNP_HANDLE                 _WSAIOR(IOC_WS2, 24)
#define SIO_ADDRESS_LIST_SORT                       _WSAIORW(IOC_WS2, 25)
#define SIO_BSP_HANDLE                              _WSAIOR(IOC_WS2, 27)
#define SIO_BSP_HANDLE_SELECT                       _WSAIOR(IOC_WS2, 28)
#define SIO_BSP_HANDLE_POLL                         _WSAIOR(IOC_WS2, 29)
#define SIO_BASE_HANDLE                             _WSAIOR(IOC_WS2, 34)
#define SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER _WSAIORW(IOC_WS2, 36)
#define SIO_QUERY_RSS_PROCESSOR_INFO                _WSAIOR(IOC_WS2, 37)
#define SIO_RESERVED_1                              _WSAIOW(IOC_WS2, 26)

typedef struct sockaddr {
    ADDRESS_FAMILY sa_family;
    CHAR sa_data[14];
} SOCKADDR, *PSOCKADDR, *LPSOCKADDR;

typedef struct sockaddr_in {
    ADDRESS_FAMILY sin_family;
    USHORT sin_port;
    IN_ADDR sin_addr;
    CHAR sin_zero[8];
} SOCKADDR_IN, *PSOCKADDR_IN, *LPSOCKADDR_IN;

typedef struct sockaddr_storage {
    ADDRESS_FAMILY ss_family;
    CHAR __ss_pad1[6];
    long long __ss_align;
    CHAR __ss_pad2[112];
} SOCKADDR_STORAGE, *PSOCKADDR_STORAGE, *LPSOCKADDR_STORAGE;
typedef SOCKADDR_STORAGE SOCKADDR_STORAGE_LH, *PSOCKADDR_STORAGE_LH, *LPSOCKADDR_STORAGE_LH;

typedef struct _SOCKET_ADDRESS {
    LPSOCKADDR lpSockaddr;
    INT iSockaddrLength;
} SOCKET_ADDRESS, *PSOCKET_ADDRESS, *LPSOCKET_ADDRESS;

typedef struct _SOCKET_ADDRESS_LIST {
    INT iAddressCount;
    SOCKET_ADDRESS Address[1];
} SOCKET_ADDRESS_LIST, *PSOCKET_ADDRESS_LIST, *LPSOCKET_ADDRESS_LIST;
#define SIZEOF_SOCKET_ADDRESS_LIST(n) (offsetof(SOCKET_ADDRESS_LIST, Address) + (n) * sizeof(SOCKET_ADDRESS))

typedef struct _CSADDR_INFO {
    SOCKET_ADDRESS LocalAddr;
    SOCKET_ADDRESS RemoteAddr;
    INT iSocketType;
    INT iProtocol;
} CSADDR_INFO, *PCSADDR_INFO, *LPCSADDR_INFO;

typedef struct _WSABUF {
    ULONG len;
    CHAR *buf;
} WSABUF, *LPWSABUF;

typedef struct _WSAMSG {
    LPSOCKADDR name;
    INT namelen;
    LPWSABUF lpBuffers;
    ULONG dwBufferCount;
    WSABUF Control;
    ULONG dwFlags;
} WSAMSG, *PWSAMSG, *LPWSAMSG;

typedef struct cmsghdr {
    SIZE_T cmsg_len;
    INT cmsg_level;
    INT cmsg_type;
} WSACMSGHDR, *PWSACMSGHDR, *LPWSACMSGHDR, CMSGHDR, *PCMSGHDR;

#define WSA_CMSGHDR_ALIGN(length)  (((length) + __alignof__(WSACMSGHDR) - 1) & ~(__alignof__(WSACMSGHDR) - 1))
#define WSA_CMSGDATA_ALIGN(length) (((length) + sizeof(ULONG_PTR) - 1) & ~(sizeof(ULONG_PTR) - 1))
#define WSA_CMSG_FIRSTHDR(msg) \
    ((msg)->Control.len >= sizeof(WSACMSGHDR) ? (LPWSACMSGHDR)(void *)(msg)->Control.buf : (LPWSACMSGHDR)0)
#define WSA_CMSG_NXTHDR(msg, cmsg) \
    ((cmsg) == (LPWSACMSGHDR)0 \
         ? WSA_CMSG_FIRSTHDR(msg) \
         : (((UCHAR *)(cmsg) + WSA_CMSGHDR_ALIGN((cmsg)->cmsg_len) + sizeof(WSACMSGHDR) > \
             (UCHAR *)(msg)->Control.buf + (msg)->Control.len) \
                ? (LPWSACMSGHDR)0 \
                : (LPWSACMSGHDR)(void *)((UCHAR *)(cmsg) + WSA_CMSGHDR_ALIGN((cmsg)->cmsg_len))))
#define WSA_CMSG_DATA(cmsg)        ((UCHAR *)(cmsg) + WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR)))
#define WSA_CMSG_SPACE(length)     (WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR) + WSA_CMSGHDR_ALIGN(length)))
#define WSA_CMSG_LEN(length)       (WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR)) + (length))

typedef enum {
    ScopeLevelInterface = 1,
    ScopeLevelLink = 2,
    ScopeLevelSubnet = 3,
    ScopeLevelAdmin = 4,
    ScopeLevelSite = 5,
    ScopeLevelOrganization = 8,
    ScopeLevelGlobal = 14,
    ScopeLevelCount = 16
} SCOPE_LEVEL;

/* name                          value        flags of getaddrinfo */
#define AI_PASSIVE               0x00000001
#define AI_CANONNAME             0x00000002
#define AI_NUMERICHOST           0x00000004
#define AI_NUMERICSERV           0x00000008
#define AI_ALL                   0x00000100
#define AI_ADDRCONFIG            0x00000400
#define AI_V4MAPPED              0x00000800
#define AI_NON_AUTHORITATIVE     0x00004000
#define AI_SECURE                0x00008000
#define AI_RETURN_PREFERRED_NAMES 0x00010000
#define AI_FQDN                  0x00020000
#define AI_FILESERVER            0x00040000

typedef struct addrinfo {
    int ai_flags;
    int ai_family;
    int ai_socktype;
    int ai_protocol;
    size_t ai_addrlen;
    char *ai_canonname;
    struct sockaddr *ai_addr;
    struct addrinfo *ai_next;
} ADDRINFOA, *PADDRINFOA;

typedef struct addrinfoW {
    int ai_flags;
    int ai_family;
    int ai_socktype;
    int ai_protocol;
    size_t ai_addrlen;
    PWSTR ai_canonname;
    struct sockaddr *ai_addr;
    struct addrinfoW *ai_next;
} ADDRINFOW, *PADDRINFOW;

#ifdef UNICODE
typedef ADDRINFOW ADDRINFOT, *PADDRINFOT;
#else
typedef ADDRINFOA ADDRINFOT, *PADDRINFOT;
#endif
typedef ADDRINFOA ADDRINFO, *LPADDRINFO;

/* name                          value        flags of getnameinfo */
#define NI_NOFQDN                0x01
#define NI_NUMERICHOST           0x02
#define NI_NAMEREQD              0x04
#define NI_NUMERICSERV           0x08
#define NI_DGRAM                 0x10
#define NI_MAXHOST               1025
#define NI_MAXSERV               32

#endif /* LINSOCK_REFUSED */
#endif /* _WS2DEF_ */
