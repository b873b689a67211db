/* What the tests of WSAIoctl have in common. */
#ifndef LINSOCK_CONFORMANCE_IOCTL_H
#define LINSOCK_CONFORMANCE_IOCTL_H

#include "harness.h"
#include <mstcpip.h>

/* Numbers that older headers lack. */
#ifndef SIO_QUERY_RSS_PROCESSOR_INFO
#define SIO_QUERY_RSS_PROCESSOR_INFO 0x48000025
#endif
#ifndef SIO_SET_COMPATIBILITY_MODE
#define SIO_SET_COMPATIBILITY_MODE 0x9800012C
#endif
#ifndef SIO_IDEAL_SEND_BACKLOG_QUERY
#define SIO_IDEAL_SEND_BACKLOG_QUERY 0x4004747B
#define SIO_IDEAL_SEND_BACKLOG_CHANGE 0x2000747A
#endif
#ifndef TCP_KEEPIDLE
#define TCP_KEEPIDLE 3
#endif
#ifndef TCP_KEEPCNT
#define TCP_KEEPCNT 16
#define TCP_KEEPINTVL 17
#endif
#ifndef SIO_BASE_HANDLE
#define SIO_BASE_HANDLE 0x48000022
#endif
#ifndef SIO_BSP_HANDLE
#define SIO_BSP_HANDLE 0x4800001B
#define SIO_BSP_HANDLE_SELECT 0x4800001C
#define SIO_BSP_HANDLE_POLL 0x4800001D
#endif

/* 0 or the last error; `got` is the count. */
static inline int control(SOCKET s, DWORD code, const void *in, DWORD inlen, void *out, DWORD outlen, DWORD *got) {
    DWORD count = 0;
    WSASetLastError(0);
    int result = WSAIoctl(s, code, (void *)in, inlen, out, outlen, &count, NULL, NULL);
    if (got) *got = count;
    return result == 0 ? 0 : WSAGetLastError();
}
static inline int tell(SOCKET s, DWORD code, DWORD value) { return control(s, code, &value, sizeof value, NULL, 0, NULL); }
static inline int option(SOCKET s, int level, int name) {
    int value = 0, length = sizeof value;
    CHECK_OK(getsockopt(s, level, name, (char *)&value, &length));
    return value;
}
/* Overlapped: 0, 997 or another error. */
static inline int start(SOCKET s, DWORD code, const void *in, DWORD inlen, OVERLAPPED *ov) {
    DWORD count;
    WSASetLastError(0);
    return WSAIoctl(s, code, (void *)in, inlen, NULL, 0, &count, ov, NULL) == 0 ? 0 : WSAGetLastError();
}

#endif
