/*
 * The C library's <sys/time.h>: after winsock2.h `struct timeval` means
 * Winsock's, with 32-bit fields, and must not get into these declarations.
 */
#pragma GCC system_header
#pragma push_macro("timeval")
#undef timeval
#include_next <sys/time.h>
#pragma pop_macro("timeval")

#ifdef _WINSOCK2API_
#include "../linsock/gettimeofday.h"
#endif
