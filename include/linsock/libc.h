/*
 * How Winsock's names and the C library's live in one file.
 *
 * <stdlib.h> brings <sys/types.h> and <sys/select.h>, and with them a 64-bit
 * u_long, fd_set as a bit map, struct timeval with 64-bit fields and select().
 * Two cases:
 *   - this header comes first: those two are included here with their
 *     clashing names turned aside, so that they never appear again;
 *   - they came first: their declarations cannot be taken back, ours get
 *     other names and macros lead the program to them.
 * fd_set and timeval are macros in both cases, so that a C++ function that
 * takes one is mangled alike whatever the order of the includes was.
 */
#ifndef LINSOCK_LIBC_H
#define LINSOCK_LIBC_H

#include "compiler.h"

#if defined(_SYS_SOCKET_H) || defined(_NETDB_H) || defined(_NETINET_IN_H) || defined(_ARPA_INET_H)
#error "winsock2.h: this file has already included the C library's sockets (sys/socket.h, netdb.h, netinet/in.h or arpa/inet.h). Their types and numbers differ from Winsock's (AF_INET6 is 10 there and 23 here): keep the two in separate source files."
#define LINSOCK_REFUSED
#endif

/* Its timex has a timeval, the C library's own. */
#include <time.h>

/* The program's own FD_SETSIZE stays; the C library's is dropped. */
#if defined(_SYS_SELECT_H) && !defined(LINSOCK_FD_SETSIZE_IS_THE_PROGRAMS)
#if defined(FD_SETSIZE) && FD_SETSIZE == 1024
#undef FD_SETSIZE
#endif
#endif

#ifdef _SYS_SELECT_H
#define LINSOCK_SELECT_IS_TAKEN
#else
#pragma push_macro("FD_SETSIZE")
#undef FD_SETSIZE
#define fd_set linsock_libc_fd_set
#define select linsock_libc_select
#define pselect linsock_libc_pselect
#include <sys/select.h>
#undef fd_set
#undef select
#undef pselect
#undef FD_SETSIZE
#pragma pop_macro("FD_SETSIZE")
#endif
#undef FD_SET
#undef FD_CLR
#undef FD_ISSET
#undef FD_ZERO

#ifdef _SYS_TYPES_H
#define u_long linsock_u_long
#include <sys/types.h>
#else
#define u_long linsock_libc_u_long
#include <sys/types.h>
#undef u_long
#endif
/* Under strict ISO modes the C library leaves these out. Repeating a typedef is allowed. */
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned int u_long;

#define fd_set linsock_fd_set
#define timeval linsock_timeval

/* Unsigned in the C library's unistd.h, an int in Winsock. */
#define socklen_t linsock_socklen_t

#endif /* LINSOCK_LIBC_H */
