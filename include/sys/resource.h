/*
 * The C library's <sys/resource.h>: after winsock2.h `struct timeval` means
 * Winsock's, with 32-bit fields, and must not get into these declarations.
 */
#pragma GCC system_header
#pragma push_macro("timeval")
#undef timeval
#include_next <sys/resource.h>
#pragma pop_macro("timeval")
