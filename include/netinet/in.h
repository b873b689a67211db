/* The C library's <netinet/in.h>, unless this file is written for Winsock. */
#pragma GCC system_header
#ifdef LINSOCK_LIBC_H
#ifndef LINSOCK_REFUSED
#define LINSOCK_REFUSED
#error "<netinet/in.h> after winsock2.h: the C library's sockets and Winsock's have the same names for different types and numbers (AF_INET6 is 10 there and 23 here). Keep the two in separate source files."
#endif
#else
#include_next <netinet/in.h>
#endif
