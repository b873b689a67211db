/* One buffer sent or received, as most tests of WSASend and WSARecv want it. */
#ifndef LINSOCK_CONFORMANCE_TRANSFER_H
#define LINSOCK_CONFORMANCE_TRANSFER_H
#include "harness.h"

#ifndef MSG_WAITALL
#define MSG_WAITALL 8
#endif
#ifndef MSG_PUSH_IMMEDIATE
#define MSG_PUSH_IMMEDIATE 0x20
#endif
#define ST_BUFFER_OVERFLOW  0x80000005u
#define ST_CONNECTION_RESET 0xC000020Du
enum { MOST_MS = 20000 }; /* for what comes soon, however busy the machine is */

/* All answer 0 or the last error. */
static inline int receive_into(SOCKET s, void *into, DWORD length, DWORD flags, OVERLAPPED *ov) {
    WSABUF buffer = { length, into };
    WSASetLastError(0);
    return WSARecv(s, &buffer, 1, NULL, &flags, ov, NULL) ? WSAGetLastError() : 0;
}

static inline int send_from(SOCKET s, const void *from, DWORD length, DWORD flags, OVERLAPPED *ov) {
    WSABUF buffer = { length, (char *)from };
    WSASetLastError(0);
    return WSASend(s, &buffer, 1, NULL, flags, ov, NULL) ? WSAGetLastError() : 0;
}

/* The same without an OVERLAPPED; `count` gets what was transferred. */
static inline int receive_now(SOCKET s, void *into, DWORD length, DWORD flags, DWORD *count) {
    WSABUF buffer = { length, into };
    WSASetLastError(0);
    return WSARecv(s, &buffer, 1, count, &flags, NULL, NULL) ? WSAGetLastError() : 0;
}

static inline int send_now(SOCKET s, const void *from, DWORD length, DWORD flags, DWORD *count) {
    WSABUF buffer = { length, (char *)from };
    WSASetLastError(0);
    return WSASend(s, &buffer, 1, count, flags, NULL, NULL) ? WSAGetLastError() : 0;
}

/* Started: at once or later it completes through its OVERLAPPED. */
#define CHECK_STARTED(call)                                                                                            \
    do { int e_ = (call); if (e_ != 0 && e_ != WSA_IO_PENDING) FAIL("%s gave %d", #call, e_); } while (0)

/* Data that was sent over the loopback is there shortly after. */
static inline void arrives(SOCKET s, u_long bytes) {
    for (int round = 0; round < 4000; round++) {
        u_long there = 0;
        CHECK_OK(ioctlsocket(s, FIONREAD, &there));
        if (there >= bytes) return;
        Sleep(5);
    }
    FAIL("nothing arrived");
}

/* Whatever the peer did, data or the end, is to be heard of here. */
static inline void has_news(SOCKET s) {
    fd_set set;
    struct timeval limit = { MOST_MS / 1000, 0 };
    FD_ZERO(&set);
    FD_SET(s, &set);
    CHECK_EQ(select((int)s + 1, &set, NULL, NULL, &limit), 1);
}

/* A send of more than the connection holds: what is sent afterwards stays pending behind it until the peer reads. */
static inline int plug(SOCKET s) {
    enum { PLUG = 24 << 20 };
    static char *block;
    if (!block) block = kept(PLUG);
    CHECK_EQ(send_from(s, block, PLUG, 0, op_event()), WSA_IO_PENDING);
    return PLUG;
}

/* Two datagram sockets connected to each other. */
static inline void datagram_pair(SOCKET *a, SOCKET *b) {
    SA4 at = v4("127.0.0.1", 0), name;
    *a = udp(), *b = udp();
    CHECK_OK(bind(*a, (SA *)&at, sizeof at));
    CHECK_OK(bind(*b, (SA *)&at, sizeof at));
    name = name_of(*b);
    CHECK_OK(connect(*a, (SA *)&name, sizeof name));
    name = name_of(*a);
    CHECK_OK(connect(*b, (SA *)&name, sizeof name));
}

/* A packet, which must come; its error. */
static inline DWORD packet(HANDLE port, OVERLAPPED *of, DWORD *bytes) {
    ULONG_PTR key;
    DWORD count = 0xdead;
    OVERLAPPED *got = NULL;
    DWORD error = GetQueuedCompletionStatus(port, &count, &key, &got, MOST_MS) ? 0 : GetLastError();
    if (got != of) FAIL("a packet of %p instead of %p, error %u", (void *)got, (void *)of, (unsigned)error);
    if (bytes) *bytes = count;
    return error;
}

#endif
