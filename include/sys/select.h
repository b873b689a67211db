/* The C library's <sys/select.h>, which leaves the program's own FD_SETSIZE alone. */
#pragma GCC system_header
#if !defined(_SYS_SELECT_H) && defined(FD_SETSIZE)
#pragma push_macro("FD_SETSIZE")
#undef FD_SETSIZE
#include_next <sys/select.h>
#undef FD_SETSIZE
#pragma pop_macro("FD_SETSIZE")
#define LINSOCK_FD_SETSIZE_IS_THE_PROGRAMS
#else
#include_next <sys/select.h>
#endif
