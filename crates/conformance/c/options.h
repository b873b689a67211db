/* Helpers of the tests of socket options. Numbers that older headers lack are given here. */
#ifndef LINSOCK_CONFORMANCE_OPTIONS_H
#define LINSOCK_CONFORMANCE_OPTIONS_H
#include "harness.h"

#ifndef SO_BSP_STATE
#define SO_BSP_STATE 0x1009
#endif
#ifndef SO_PAUSE_ACCEPT
#define SO_PAUSE_ACCEPT 0x3003
#endif
#ifndef SO_COMPARTMENT_ID
#define SO_COMPARTMENT_ID 0x3004
#endif
#ifndef SO_RANDOMIZE_PORT
#define SO_RANDOMIZE_PORT 0x3005
#define SO_PORT_SCALABILITY 0x3006
#define SO_REUSE_MULTICASTPORT 0x3008
#endif
#ifndef TCP_KEEPALIVE
#define TCP_KEEPALIVE 3
#endif
#ifndef TCP_KEEPIDLE
#define TCP_KEEPIDLE 3
#endif
#ifndef TCP_MAXSEG
#define TCP_MAXSEG 4
#define TCP_MAXRT 5
#define TCP_STDURG 6
#define TCP_NOURG 7
#define TCP_ATMARK 8
#define TCP_NOSYNRETRIES 9
#define TCP_TIMESTAMPS 10
#define TCP_OFFLOAD_PREFERENCE 11
#define TCP_CONGESTION_ALGORITHM 12
#define TCP_DELAY_FIN_ACK 13
#endif
#ifndef TCP_MAXRTMS
#define TCP_MAXRTMS 14
#endif
#ifndef TCP_KEEPCNT
#define TCP_KEEPCNT 16
#define TCP_KEEPINTVL 17
#endif
#ifndef TCP_FAIL_CONNECT_ON_ICMP_ERROR
#define TCP_FAIL_CONNECT_ON_ICMP_ERROR 18
#define TCP_ICMP_ERROR_INFO 19
#endif
#ifndef IP_RECVECN
#define IP_RECVECN 50
#define IPV6_RECVECN 50
#endif
#ifndef UDP_SEND_MSG_SIZE
#define UDP_SEND_MSG_SIZE 2
#define UDP_RECV_MAX_COALESCED_SIZE 3
#endif

/* Each answers 0 or the last error. A value that was answered with another length than 4 is a failure of the test. */
static inline int get_error(SOCKET s, int level, int name, DWORD *value) {
    struct { DWORD value, after; } room = { 0xEEEEEEEE, 0xEEEEEEEE };
    int length = sizeof room;
    WSASetLastError(0);
    if (getsockopt(s, level, name, (char *)&room, &length) != 0) return WSAGetLastError();
    if (length != 4 || room.after != 0xEEEEEEEE) FAIL("option %d of level %d has length %d", name, level, length);
    if (value) *value = room.value;
    return 0;
}

static inline int set_error(SOCKET s, int level, int name, DWORD value) {
    WSASetLastError(0);
    return setsockopt(s, level, name, (const char *)&value, sizeof value) == 0 ? 0 : WSAGetLastError();
}

static inline int set_bytes_error(SOCKET s, int level, int name, const void *value, int length) {
    WSASetLastError(0);
    return setsockopt(s, level, name, (const char *)value, length) == 0 ? 0 : WSAGetLastError();
}

static inline DWORD value_of(SOCKET s, int level, int name) {
    DWORD value = 0;
    int error = get_error(s, level, name, &value);
    if (error) FAIL("option %d of level %d cannot be read: %d", name, level, error);
    return value;
}

#define CHECK_VALUE(s, level, name, want) CHECK_EQ(value_of(s, level, name), want)
#define CHECK_SET(s, level, name, value) CHECK_EQ(set_error(s, level, name, value), 0)
#define CHECK_SET_ERR(s, level, name, value, error) CHECK_EQ(set_error(s, level, name, value), error)
#define CHECK_GET_ERR(s, level, name, error) CHECK_EQ(get_error(s, level, name, NULL), error)
/* Neither read nor written. */
#define CHECK_NO_OPTION(s, level, name, error)                                                                         \
    do { SOCKET of = (s); CHECK_GET_ERR(of, level, name, error); CHECK_SET_ERR(of, level, name, 1, error); } while (0)
#define CHECK_GET_ONLY(s, level, name) CHECK_SET_ERR(s, level, name, 1, WSAENOPROTOOPT)

/* A boolean that can be read and written: its default, any number for TRUE, and back to FALSE. */
#define CHECK_FLAG(s, level, name, byDefault)                                                                          \
    do {                                                                                                               \
        SOCKET flag_of = (s);                                                                                          \
        CHECK_VALUE(flag_of, level, name, byDefault);                                                                  \
        CHECK_SET(flag_of, level, name, 0x100);                                                                        \
        CHECK_VALUE(flag_of, level, name, 1);                                                                          \
        CHECK_SET(flag_of, level, name, 0);                                                                            \
        CHECK_VALUE(flag_of, level, name, 0);                                                                          \
        CHECK_SET(flag_of, level, name, 1);                                                                            \
        CHECK_VALUE(flag_of, level, name, 1);                                                                          \
        CHECK_EQ(set_bytes_error(flag_of, level, name, "", 0), WSAEFAULT);                                             \
    } while (0)
/* A number that is answered as it was set; no bytes are too few to set it. */
#define CHECK_NUMBER(s, level, name, one, two)                                                                         \
    do {                                                                                                               \
        SOCKET number_of = (s);                                                                                        \
        CHECK_SET(number_of, level, name, one);                                                                        \
        CHECK_VALUE(number_of, level, name, one);                                                                      \
        CHECK_SET(number_of, level, name, two);                                                                        \
        CHECK_VALUE(number_of, level, name, two);                                                                      \
        CHECK_EQ(set_bytes_error(number_of, level, name, "", 0), WSAEFAULT);                                           \
    } while (0)

/* A datagram to a port of this host, and what comes next at a socket within a generous time; 0 if nothing does. */
static inline void tell(SOCKET from, const void *to, int length, const char *text) {
    if (sendto(from, text, (int)strlen(text), 0, (const SA *)to, length) != (int)strlen(text))
        FAIL("sendto fails with %d", WSAGetLastError());
}
static inline const char *hears(SOCKET s) {
    static char text[64];
    receive_timeout(s, 5000);
    int n = recv(s, text, sizeof text - 1, 0);
    if (n < 0) FAIL("recv fails with %d", WSAGetLastError());
    text[n] = 0;
    return text;
}
#define CHECK_HEARS(s, text)                                                                                           \
    do { const char *heard = hears(s); if (strcmp(heard, text)) FAIL("heard '%s' instead of '%s'", heard, text); } while (0)

static inline SOCKET udp_at(const char *ip, int port) {
    SA4 at = v4(ip, port);
    SOCKET s = udp();
    CHECK_OK(bind(s, (SA *)&at, sizeof at));
    return s;
}
static inline SOCKET udp6(void) {
    return own(socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP));
}

#endif
