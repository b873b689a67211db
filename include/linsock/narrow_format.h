/*
 * What prints by a va_list. To Microsoft's compiler that is a pointer, and a function that reads it has a copy: programs
 * measure by _vscprintf and then print by the same list, or print to a file what they have just printed to the console.
 * Here it is an array that the reader moves on, so these functions read a copy. vsnprintf is left as the C library has it,
 * as too many programs make a macro of that name. Included by crt.h.
 */
#ifndef LINSOCK_NARROW_FORMAT_H
#define LINSOCK_NARROW_FORMAT_H

#define LINSOCK_PRINTS(name, parameters, format_at, call)                                          \
    __attribute__((format(printf, format_at, 0))) LINSOCK_INLINE int name parameters               \
    {                                                                                              \
        int written;                                                                               \
        va_list list;                                                                              \
        va_copy(list, arguments);                                                                  \
        written = call;                                                                            \
        va_end(list);                                                                              \
        return written;                                                                            \
    }

LINSOCK_PRINTS(linsock_vprintf, (const char *format, va_list arguments), 1, vprintf(format, list))
LINSOCK_PRINTS(linsock_vfprintf, (FILE *stream, const char *format, va_list arguments), 2, vfprintf(stream, format, list))
LINSOCK_PRINTS(linsock_vsprintf, (char *to, const char *format, va_list arguments), 2, vsprintf(to, format, list))
LINSOCK_PRINTS(linsock_vsnprintf, (char *to, size_t room, const char *format, va_list arguments), 3,
               vsnprintf(to, room, format, list))

#ifdef __cplusplus
#include <cstdio>
namespace std {
using ::linsock_vfprintf;
using ::linsock_vprintf;
using ::linsock_vsprintf;
}
#endif

#define vprintf  linsock_vprintf
#define vfprintf linsock_vfprintf
#define vsprintf linsock_vsprintf

#endif /* LINSOCK_NARROW_FORMAT_H */
