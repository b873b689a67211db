/*
 * The C library's <unistd.h>. C++ standard headers bring it, and its
 * gethostname and socklen_t are not Winsock's.
 */
#pragma GCC system_header
#if defined(LINSOCK_LIBC_H) && !defined(_UNISTD_H)
#pragma push_macro("gethostname")
#pragma push_macro("socklen_t")
#pragma push_macro("select")
#undef gethostname
#undef socklen_t
#undef select
#define gethostname linsock_libc_gethostname
#define LINSOCK_UNISTD_IS_ASIDE
#include_next <unistd.h>
#undef gethostname
#pragma pop_macro("gethostname")
#pragma pop_macro("socklen_t")
#pragma pop_macro("select")
#else
#include_next <unistd.h>
#endif
