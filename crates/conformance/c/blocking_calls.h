/* Calls that block, made by another thread, for tests of what ends them. */
#ifndef LINSOCK_CONFORMANCE_BLOCKING_CALLS_H
#define LINSOCK_CONFORMANCE_BLOCKING_CALLS_H
#include "harness.h"

/* A call for another thread to block in, and how it ended there. */
struct call {
    int (*make)(struct call *);
    SOCKET s;
    SA4 to;
    volatile LONG thread; /* its number, once it runs */
    int result, error;
};

static inline DWORD WINAPI caller(void *argument) {
    struct call *call = argument;
    call->thread = (LONG)GetCurrentThreadId();
    WSASetLastError(0);
    call->result = call->make(call);
    call->error = WSAGetLastError();
    return 0;
}

static inline int receives(struct call *call) {
    char byte;
    return recv(call->s, &byte, 1, 0);
}

static inline int sends(struct call *call) {
    static char block[1 << 20];
    int n;
    do
        n = send(call->s, block, sizeof block, 0);
    while (n > 0);
    return n;
}

static inline int accepts_one(struct call *call) {
    return accept(call->s, NULL, NULL) == INVALID_SOCKET ? SOCKET_ERROR : 0;
}

static inline int connects(struct call *call) {
    return connect(call->s, (SA *)&call->to, sizeof call->to);
}

#endif
