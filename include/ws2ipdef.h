/* IPv6 addresses, and the options of IP, IPv6, TCP and UDP. */
#ifndef _WS2IPDEF_
#define _WS2IPDEF_

#include "ws2def.h"

#ifndef LINSOCK_REFUSED

#include "in6addr.h"

typedef struct {
    LINSOCK_ANONYMOUS union {
        struct {
            ULONG Zone : 28;
            ULONG Level : 4;
        } s;
        ULONG Value;
    };
} SCOPE_ID, *PSCOPE_ID;

typedef struct sockaddr_in6 {
    ADDRESS_FAMILY sin6_family;
    USHORT sin6_port;
    ULONG sin6_flowinfo;
    IN6_ADDR sin6_addr;
    LINSOCK_ANONYMOUS union {
        ULONG sin6_scope_id;
        SCOPE_ID sin6_scope_struct;
    };
} SOCKADDR_IN6_LH, *PSOCKADDR_IN6_LH, SOCKADDR_IN6, *PSOCKADDR_IN6, *LPSOCKADDR_IN6;

typedef union _SOCKADDR_INET {
    SOCKADDR_IN Ipv4;
    SOCKADDR_IN6 Ipv6;
    ADDRESS_FAMILY si_family;
} SOCKADDR_INET, *PSOCKADDR_INET;

typedef struct ip_mreq {
    IN_ADDR imr_multiaddr;
    IN_ADDR imr_interface;
} IP_MREQ, *PIP_MREQ;

/* Linux orders these multiaddr, interface, sourceaddr. */
typedef struct ip_mreq_source {
    IN_ADDR imr_multiaddr;
    IN_ADDR imr_sourceaddr;
    IN_ADDR imr_interface;
} IP_MREQ_SOURCE, *PIP_MREQ_SOURCE;

typedef struct ipv6_mreq {
    IN6_ADDR ipv6mr_multiaddr;
    ULONG ipv6mr_interface;
} IPV6_MREQ, *PIPV6_MREQ;

typedef struct group_req {
    ULONG gr_interface;
    SOCKADDR_STORAGE gr_group;
} GROUP_REQ, *PGROUP_REQ;

typedef struct group_source_req {
    ULONG gsr_interface;
    SOCKADDR_STORAGE gsr_group;
    SOCKADDR_STORAGE gsr_source;
} GROUP_SOURCE_REQ, *PGROUP_SOURCE_REQ;

typedef struct in_pktinfo {
    IN_ADDR ipi_addr;
    ULONG ipi_ifindex;
} IN_PKTINFO, *PIN_PKTINFO;

typedef struct in6_pktinfo {
    IN6_ADDR ipi6_addr;
    ULONG ipi6_ifindex;
} IN6_PKTINFO, *PIN6_PKTINFO;

/* sockaddr_in6 without its scope, of which interface lists are made. */
struct sockaddr_in6_old {
    SHORT sin6_family;
    USHORT sin6_port;
    ULONG sin6_flowinfo;
    IN6_ADDR sin6_addr;
};

typedef union sockaddr_gen {
    struct sockaddr Address;
    struct sockaddr_in AddressIn;
    struct sockaddr_in6_old AddressIn6;
} sockaddr_gen;

typedef struct _INTERFACE_INFO {
    ULONG iiFlags;
    sockaddr_gen iiAddress;
    sockaddr_gen iiBroadcastAddress;
    sockaddr_gen iiNetmask;
} INTERFACE_INFO, *LPINTERFACE_INFO;

#define IFF_UP                    0x00000001
#define IFF_BROADCAST             0x00000002
#define IFF_LOOPBACK              0x00000004
#define IFF_POINTTOPOINT          0x00000008
#define IFF_MULTICAST             0x00000010

/* name                           value     options of IPPROTO_IP */
#define IP_OPTIONS                1
#define IP_HDRINCL                2
#define IP_TOS                    3
#define IP_TTL                    4
#define IP_MULTICAST_IF           9
#define IP_MULTICAST_TTL          10
#define IP_MULTICAST_LOOP         11
#define IP_ADD_MEMBERSHIP         12
#define IP_DROP_MEMBERSHIP        13
#define IP_DONTFRAGMENT           14
#define IP_ADD_SOURCE_MEMBERSHIP  15
#define IP_DROP_SOURCE_MEMBERSHIP 16
#define IP_BLOCK_SOURCE           17
#define IP_UNBLOCK_SOURCE         18
#define IP_PKTINFO                19
#define IP_HOPLIMIT               21
#define IP_RECVTTL                21
#define IP_RECEIVE_BROADCAST      22
#define IP_PROTECTION_LEVEL       23
#define IP_RECVIF                 24
#define IP_RECVDSTADDR            25
#define IP_IFLIST                 28
#define IP_ADD_IFLIST             29
#define IP_DEL_IFLIST             30
#define IP_UNICAST_IF             31
#define IP_RTHDR                  32
#define IP_GET_IFLIST             33
#define IP_RECVRTHDR              38
#define IP_TCLASS                 39
#define IP_RECVTCLASS             40
#define IP_RECVTOS                40
#define IP_ORIGINAL_ARRIVAL_IF    47
#define IP_ECN                    50
#define IP_RECVECN                50
#define IP_PKTINFO_EX             51
#define IP_MTU_DISCOVER           71
#define IP_MTU                    73
#define IP_NRT_INTERFACE          74
#define IP_RECVERR                75
#define IP_USER_MTU               76

/* name                           value     options of IPPROTO_IPV6 */
#define IPV6_HOPOPTS              1
#define IPV6_HDRINCL              2
#define IPV6_UNICAST_HOPS         4
#define IPV6_MULTICAST_IF         9
#define IPV6_MULTICAST_HOPS       10
#define IPV6_MULTICAST_LOOP       11
#define IPV6_ADD_MEMBERSHIP       12
#define IPV6_JOIN_GROUP           12
#define IPV6_DROP_MEMBERSHIP      13
#define IPV6_LEAVE_GROUP          13
#define IPV6_DONTFRAG             14
#define IPV6_PKTINFO              19
#define IPV6_HOPLIMIT             21
#define IPV6_PROTECTION_LEVEL     23
#define IPV6_RECVIF               24
#define IPV6_RECVDSTADDR          25
#define IPV6_CHECKSUM             26
#define IPV6_V6ONLY               27
#define IPV6_IFLIST               28
#define IPV6_ADD_IFLIST           29
#define IPV6_DEL_IFLIST           30
#define IPV6_UNICAST_IF           31
#define IPV6_RTHDR                32
#define IPV6_GET_IFLIST           33
#define IPV6_RECVRTHDR            38
#define IPV6_TCLASS               39
#define IPV6_RECVTCLASS           40
#define IPV6_ECN                  50
#define IPV6_RECVECN              50
#define IPV6_PKTINFO_EX           51
#define IPV6_MTU_DISCOVER         71
#define IPV6_MTU                  72
#define IPV6_NRT_INTERFACE        74
#define IPV6_RECVERR              75
#define IPV6_USER_MTU             76
#define PROTECTION_LEVEL_UNRESTRICTED   10
#define PROTECTION_LEVEL_EDGERESTRICTED 20
#define PROTECTION_LEVEL_RESTRICTED     30

#define MCAST_JOIN_GROUP          41
#define MCAST_LEAVE_GROUP         42
#define MCAST_BLOCK_SOURCE        43
#define MCAST_UNBLOCK_SOURCE      44
#define MCAST_JOIN_SOURCE_GROUP   45
#define MCAST_LEAVE_SOURCE_GROUP  46

/* name                           value     options of IPPROTO_TCP */
#define TCP_NODELAY               0x0001
#define TCP_EXPEDITED_1122        0x0002
#define TCP_KEEPALIVE             3
#define TCP_KEEPIDLE              TCP_KEEPALIVE
#define TCP_MAXSEG                4
#define TCP_MAXRT                 5
#define TCP_STDURG                6
#define TCP_NOURG                 7
#define TCP_ATMARK                8
#define TCP_NOSYNRETRIES          9
#define TCP_TIMESTAMPS            10
#define TCP_OFFLOAD_PREFERENCE    11
#define TCP_CONGESTION_ALGORITHM  12
#define TCP_DELAY_FIN_ACK         13
#define TCP_MAXRTMS               14
#define TCP_FASTOPEN              15
#define TCP_KEEPCNT               16
#define TCP_KEEPINTVL             17
#define TCP_FAIL_CONNECT_ON_ICMP_ERROR 18
#define TCP_ICMP_ERROR_INFO       19
#define TCP_BSDURGENT             0x7000

#define TCP_OFFLOAD_NO_PREFERENCE 0
#define TCP_OFFLOAD_NOT_PREFERRED 1
#define TCP_OFFLOAD_PREFERRED     2

/* Values of IP_MTU_DISCOVER and IPV6_MTU_DISCOVER; Linux numbers these otherwise. */
typedef enum _PMTUD_STATE {
    IP_PMTUDISC_NOT_SET,
    IP_PMTUDISC_DO,
    IP_PMTUDISC_DONT,
    IP_PMTUDISC_PROBE,
    IP_PMTUDISC_MAX
} PMTUD_STATE, *PPMTUD_STATE;

/* name                           value     options of IPPROTO_UDP */
#define UDP_NOCHECKSUM            1
#define UDP_SEND_MSG_SIZE         2
#define UDP_RECV_MAX_COALESCED_SIZE 3
#define UDP_CHECKSUM_COVERAGE     20

#define INET_ADDRSTRLEN           22
#define INET6_ADDRSTRLEN          65

#define IN6ADDR_ANY_INIT      { { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } } }
#define IN6ADDR_LOOPBACK_INIT { { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 } } }

#if defined(__cplusplus) && __cplusplus >= 201703L
#define LINSOCK_CONSTANT inline const
#else
#define LINSOCK_CONSTANT static const __attribute__((unused))
#endif
LINSOCK_CONSTANT IN6_ADDR in6addr_any = IN6ADDR_ANY_INIT;
LINSOCK_CONSTANT IN6_ADDR in6addr_loopback = IN6ADDR_LOOPBACK_INIT;

LINSOCK_INLINE int IN6_ADDR_EQUAL(const IN6_ADDR *x, const IN6_ADDR *y)
{
    return memcmp(x, y, sizeof(*x)) == 0;
}
#define IN6_ARE_ADDR_EQUAL IN6_ADDR_EQUAL

LINSOCK_INLINE int IN6_IS_ADDR_UNSPECIFIED(const IN6_ADDR *a)
{
    return IN6_ADDR_EQUAL(a, &in6addr_any);
}

LINSOCK_INLINE int IN6_IS_ADDR_LOOPBACK(const IN6_ADDR *a)
{
    return IN6_ADDR_EQUAL(a, &in6addr_loopback);
}

LINSOCK_INLINE int IN6_IS_ADDR_MULTICAST(const IN6_ADDR *a)
{
    return a->s6_bytes[0] == 0xff;
}

LINSOCK_INLINE int IN6_IS_ADDR_LINKLOCAL(const IN6_ADDR *a)
{
    return a->s6_bytes[0] == 0xfe && (a->s6_bytes[1] & 0xc0) == 0x80;
}

LINSOCK_INLINE int IN6_IS_ADDR_SITELOCAL(const IN6_ADDR *a)
{
    return a->s6_bytes[0] == 0xfe && (a->s6_bytes[1] & 0xc0) == 0xc0;
}

LINSOCK_INLINE int IN6_IS_ADDR_V4MAPPED(const IN6_ADDR *a)
{
    return memcmp(a, &in6addr_any, 10) == 0 && a->s6_bytes[10] == 0xff && a->s6_bytes[11] == 0xff;
}

LINSOCK_INLINE int IN6_IS_ADDR_V4COMPAT(const IN6_ADDR *a)
{
    return memcmp(a, &in6addr_any, 12) == 0 && !IN6_IS_ADDR_UNSPECIFIED(a) && !IN6_IS_ADDR_LOOPBACK(a);
}

#define IN6ADDR_SETANY(a)      ((a)->sin6_family = AF_INET6, (a)->sin6_port = 0, (a)->sin6_flowinfo = 0, (a)->sin6_addr = in6addr_any, (void)((a)->sin6_scope_id = 0))
#define IN6ADDR_SETLOOPBACK(a) ((a)->sin6_family = AF_INET6, (a)->sin6_port = 0, (a)->sin6_flowinfo = 0, (a)->sin6_addr = in6addr_loopback, (void)((a)->sin6_scope_id = 0))
#define IN6ADDR_ISANY(a)       ((a)->sin6_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&(a)->sin6_addr))
#define IN6ADDR_ISLOOPBACK(a)  ((a)->sin6_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&(a)->sin6_addr))

#endif /* LINSOCK_REFUSED */
#endif /* _WS2IPDEF_ */
