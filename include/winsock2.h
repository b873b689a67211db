/* Winsock 2. */
#ifndef _WINSOCK2API_
#define _WINSOCK2API_
#define _WINSOCKAPI_

#include "linsock/libc.h"
#include "ws2def.h"
#include "minwinbase.h"
#include "winerror.h"
#include "winbase.h"
#include "qos.h"

#ifndef LINSOCK_REFUSED

#define WSAAPI
#define WINSOCK_VERSION        MAKEWORD(2, 2)
#define WSADESCRIPTION_LEN     256
#define WSASYS_STATUS_LEN      128

typedef UINT_PTR SOCKET;
#define INVALID_SOCKET         ((SOCKET)(~0))
#define SOCKET_ERROR           (-1)

typedef unsigned int GROUP;
#define SG_UNCONSTRAINED_GROUP 0x01
#define SG_CONSTRAINED_GROUP   0x02

#define SOMAXCONN              0x7fffffff
#define SOMAXCONN_HINT(b)      (-(b))

#define SD_RECEIVE             0x00
#define SD_SEND                0x01
#define SD_BOTH                0x02

#define MSG_OOB                0x1
#define MSG_PEEK               0x2
#define MSG_DONTROUTE          0x4
#define MSG_WAITALL            0x8
#define MSG_INTERRUPT          0x10
#define MSG_PUSH_IMMEDIATE     0x20
#define MSG_PARTIAL            0x8000
#define MSG_MAXIOVLEN          16

/* Options of SOL_SOCKET that TCP/IP has no use for; WSAENOPROTOOPT. */
#define SO_CONNDATA            0x7000
#define SO_CONNOPT             0x7001
#define SO_DISCDATA            0x7002
#define SO_DISCOPT             0x7003
#define SO_CONNDATALEN         0x7004
#define SO_CONNOPTLEN          0x7005
#define SO_DISCDATALEN         0x7006
#define SO_DISCOPTLEN          0x7007
#define SO_OPENTYPE            0x7008
#define SO_SYNCHRONOUS_ALERT   0x10
#define SO_SYNCHRONOUS_NONALERT 0x20
#define SO_MAXDG               0x7009
#define SO_MAXPATHDG           0x700A

#undef FIONREAD
#undef FIONBIO
#undef FIOASYNC
#undef SIOCATMARK
#define FIONREAD               ((int)0x4004667F)
#define FIONBIO                ((int)0x8004667E)
#define FIOASYNC               ((int)0x8004667D)
#define SIOCATMARK             ((int)0x40047307)

#define ADDR_ANY               INADDR_ANY
#define IPPORT_RESERVED        1024
#define MAXGETHOSTSTRUCT       1024
#define FROM_PROTOCOL_INFO     (-1)

/* name                           value     of WSASocket's dwFlags */
#define WSA_FLAG_OVERLAPPED        0x01
#define WSA_FLAG_MULTIPOINT_C_ROOT 0x02
#define WSA_FLAG_MULTIPOINT_C_LEAF 0x04
#define WSA_FLAG_MULTIPOINT_D_ROOT 0x08
#define WSA_FLAG_MULTIPOINT_D_LEAF 0x10
#define WSA_FLAG_ACCESS_SYSTEM_SECURITY 0x40
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80
#define WSA_FLAG_REGISTERED_IO     0x100

/* name                           value     network events */
#define FD_READ                    0x001
#define FD_WRITE                   0x002
#define FD_OOB                     0x004
#define FD_ACCEPT                  0x008
#define FD_CONNECT                 0x010
#define FD_CLOSE                   0x020
#define FD_QOS                     0x040
#define FD_GROUP_QOS               0x080
#define FD_ROUTING_INTERFACE_CHANGE 0x100
#define FD_ADDRESS_LIST_CHANGE     0x200
#define FD_MAX_EVENTS              10
#define FD_ALL_EVENTS              0x3FF
#define FD_READ_BIT                0
#define FD_WRITE_BIT               1
#define FD_OOB_BIT                 2
#define FD_ACCEPT_BIT              3
#define FD_CONNECT_BIT             4
#define FD_CLOSE_BIT               5
#define FD_QOS_BIT                 6
#define FD_GROUP_QOS_BIT           7
#define FD_ROUTING_INTERFACE_CHANGE_BIT 8
#define FD_ADDRESS_LIST_CHANGE_BIT 9

/* name                           value     properties of a protocol */
#define XP1_CONNECTIONLESS         0x00000001
#define XP1_GUARANTEED_DELIVERY    0x00000002
#define XP1_GUARANTEED_ORDER       0x00000004
#define XP1_MESSAGE_ORIENTED       0x00000008
#define XP1_PSEUDO_STREAM          0x00000010
#define XP1_GRACEFUL_CLOSE         0x00000020
#define XP1_EXPEDITED_DATA         0x00000040
#define XP1_CONNECT_DATA           0x00000080
#define XP1_DISCONNECT_DATA        0x00000100
#define XP1_SUPPORT_BROADCAST      0x00000200
#define XP1_SUPPORT_MULTIPOINT     0x00000400
#define XP1_MULTIPOINT_CONTROL_PLANE 0x00000800
#define XP1_MULTIPOINT_DATA_PLANE  0x00001000
#define XP1_QOS_SUPPORTED          0x00002000
#define XP1_INTERRUPT              0x00004000
#define XP1_UNI_SEND               0x00008000
#define XP1_UNI_RECV               0x00010000
#define XP1_IFS_HANDLES            0x00020000
#define XP1_PARTIAL_MESSAGE        0x00040000
#define XP1_SAN_SUPPORT_SDP        0x00080000

/* Events, as Winsock names what the base services call handles and waits. */
#define WSAEVENT                   HANDLE
#define LPWSAEVENT                 LPHANDLE
#define WSAOVERLAPPED              OVERLAPPED
typedef struct _OVERLAPPED *LPWSAOVERLAPPED;
#define WSA_INVALID_EVENT          ((WSAEVENT)NULL)
#define WSA_MAXIMUM_WAIT_EVENTS    MAXIMUM_WAIT_OBJECTS
#define WSA_WAIT_FAILED            WAIT_FAILED
#define WSA_WAIT_EVENT_0           WAIT_OBJECT_0
#define WSA_WAIT_IO_COMPLETION     WAIT_IO_COMPLETION
#define WSA_WAIT_TIMEOUT           WAIT_TIMEOUT
#define WSA_INFINITE               INFINITE

#define CF_ACCEPT                  0x0000
#define CF_REJECT                  0x0001
#define CF_DEFER                   0x0002

typedef struct WSAData {
    WORD wVersion;
    WORD wHighVersion;
    unsigned short iMaxSockets;
    unsigned short iMaxUdpDg;
    char *lpVendorInfo;
    char szDescription[WSADESCRIPTION_LEN + 1];
    char szSystemStatus[WSASYS_STATUS_LEN + 1];
} WSADATA, *LPWSADATA;

#include "linsock/fd_set.h"
#include "linsock/netdb.h"
#include "linsock/poll.h"
#include "linsock/protocol_info.h"

typedef struct linger {
    u_short l_onoff;
    u_short l_linger;
} LINGER, *PLINGER, *LPLINGER;

typedef struct _WSANETWORKEVENTS {
    LONG lNetworkEvents;
    int iErrorCode[FD_MAX_EVENTS];
} WSANETWORKEVENTS, *LPWSANETWORKEVENTS;

typedef struct _QualityOfService {
    FLOWSPEC SendingFlowspec;
    FLOWSPEC ReceivingFlowspec;
    WSABUF ProviderSpecific;
} QOS, *LPQOS;

typedef void (CALLBACK *LPWSAOVERLAPPED_COMPLETION_ROUTINE)(DWORD dwError, DWORD cbTransferred,
                                                            LPWSAOVERLAPPED lpOverlapped, DWORD dwFlags);
typedef int (CALLBACK *LPCONDITIONPROC)(LPWSABUF lpCallerId, LPWSABUF lpCallerData, LPQOS lpSQOS, LPQOS lpGQOS,
                                        LPWSABUF lpCalleeId, LPWSABUF lpCalleeData, GROUP *g,
                                        DWORD_PTR dwCallbackData);

#include "linsock/functions.h"
#ifdef _SYS_TIME_H
#include "linsock/gettimeofday.h"
#endif

#endif /* LINSOCK_REFUSED */
#endif /* _WINSOCK2API_ */
