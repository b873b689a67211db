/* What the tests of WSAEventSelect have in common. */
#ifndef LINSOCK_CONFORMANCE_NETWORK_EVENTS_H
#define LINSOCK_CONFORMANCE_NETWORK_EVENTS_H

#include "harness.h"

static inline WSAEVENT selected(SOCKET s, long mask) {
    WSAEVENT event = WSACreateEvent();
    CHECK(event != WSA_INVALID_EVENT);
    CHECK_OK(WSAEventSelect(s, event, mask));
    return event;
}

static inline int signalled(WSAEVENT event, DWORD ms) {
    DWORD result = WSAWaitForMultipleEvents(1, &event, FALSE, ms, FALSE);
    if (result != WSA_WAIT_EVENT_0 && result != WSA_WAIT_TIMEOUT) FAIL("the wait gave %u", (unsigned)result);
    return result == WSA_WAIT_EVENT_0;
}

static inline WSANETWORKEVENTS taken(SOCKET s, WSAEVENT event) {
    WSANETWORKEVENTS got;
    memset(&got, 0, sizeof got);
    CHECK_OK(WSAEnumNetworkEvents(s, event, &got));
    return got;
}

/* Takes records until all these events were in one of them; errors are those of the last. */
static inline WSANETWORKEVENTS awaited(SOCKET s, WSAEVENT event, long events) {
    WSANETWORKEVENTS sum;
    ULONGLONG until = now_ms() + 5000;
    memset(&sum, 0, sizeof sum);
    while ((sum.lNetworkEvents & events) != events) {
        ULONGLONG now = now_ms();
        if (now >= until || !signalled(event, (DWORD)(until - now)))
            FAIL("events %#lx of %#lx", (long)sum.lNetworkEvents, events);
        WSANETWORKEVENTS got = taken(s, event);
        for (int i = 0; i < FD_MAX_EVENTS; i++)
            if (got.lNetworkEvents & 1 << i) sum.iErrorCode[i] = got.iErrorCode[i];
        sum.lNetworkEvents |= got.lNetworkEvents;
    }
    return sum;
}

#endif
