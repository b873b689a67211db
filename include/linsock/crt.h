/* What Microsoft's C runtime has in its standard headers and others do not. */
#ifndef LINSOCK_CRT_H
#define LINSOCK_CRT_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>
#include "compiler.h"

#define _stricmp  strcasecmp
#define _strnicmp strncasecmp
#define _strdup   strdup
#define _wcsicmp  wcscasecmp
#define _wcsnicmp wcsncasecmp

/* A count that does not fit is answered with -1, and then there may be no zero at the end; here there is one. */
LINSOCK_INLINE int _vsnprintf(char *buffer, size_t count, const char *format, va_list arguments)
{
    int written = vsnprintf(buffer, count, format, arguments);
    return written < 0 || (size_t)written > count ? -1 : written;
}

LINSOCK_INLINE int _snprintf(char *buffer, size_t count, const char *format, ...)
{
    va_list arguments;
    int written;
    va_start(arguments, format);
    written = _vsnprintf(buffer, count, format, arguments);
    va_end(arguments);
    return written;
}

LINSOCK_INLINE int _vsnwprintf(wchar_t *buffer, size_t count, const wchar_t *format, va_list arguments)
{
    return vswprintf(buffer, count, format, arguments);
}

LINSOCK_INLINE int _snwprintf(wchar_t *buffer, size_t count, const wchar_t *format, ...)
{
    va_list arguments;
    int written;
    va_start(arguments, format);
    written = _vsnwprintf(buffer, count, format, arguments);
    va_end(arguments);
    return written;
}

#endif /* LINSOCK_CRT_H */
