/* WSAPoll, its structure and its events. Included by winsock2.h. */
#ifndef LINSOCK_POLL_H
#define LINSOCK_POLL_H

/* The C library's events have other values, and its structure a shorter descriptor. */
#undef POLLIN
#undef POLLOUT
#undef POLLPRI
#undef POLLERR
#undef POLLHUP
#undef POLLNVAL
#undef POLLRDNORM
#undef POLLRDBAND
#undef POLLWRNORM
#undef POLLWRBAND

#define POLLRDNORM  0x0100
#define POLLRDBAND  0x0200
#define POLLIN      (POLLRDNORM | POLLRDBAND)
#define POLLPRI     0x0400

#define POLLWRNORM  0x0010
#define POLLOUT     (POLLWRNORM)
#define POLLWRBAND  0x0020

#define POLLERR     0x0001
#define POLLHUP     0x0002
#define POLLNVAL    0x0004

#ifdef _SYS_POLL_H
#define LINSOCK_POLLFD linsock_pollfd /* <poll.h> came first and has the name */
#else
#define LINSOCK_POLLFD pollfd
#endif
typedef struct LINSOCK_POLLFD {
    SOCKET fd;
    SHORT events;
    SHORT revents;
} WSAPOLLFD, *PWSAPOLLFD, *LPWSAPOLLFD;
#undef LINSOCK_POLLFD

LINSOCK_BEGIN
int WSAAPI WSAPoll(LPWSAPOLLFD fdArray, ULONG fds, INT timeout);
LINSOCK_END

#endif /* LINSOCK_POLL_H */
