/*
 * The functions of Microsoft's C runtime that are told how much room there is. Included by crt.h. Where Windows calls
 * the invalid-parameter handler, which ends most programs, these return the error that follows if it returns.
 */
#ifndef LINSOCK_SECURE_H
#define LINSOCK_SECURE_H

typedef void (__cdecl *_invalid_parameter_handler)(const wchar_t *, const wchar_t *, const wchar_t *, unsigned int, uintptr_t);

/* For programs that keep Windows' from ending them; the function is never called. */
LINSOCK_INLINE _invalid_parameter_handler _set_invalid_parameter_handler(_invalid_parameter_handler handler)
{
    (void)handler;
    return NULL;
}

#define LINSOCK_SECURE_TEXT(unit, copy_s, copy_n_s, join_s, join_n_s, token_s, length_n_s)                       \
    LINSOCK_INLINE size_t length_n_s(const unit *text, size_t max)                                               \
    {                                                                                                            \
        size_t length = 0;                                                                                       \
        while (text && length < max && text[length]) length++;                                                   \
        return length;                                                                                           \
    }                                                                                                            \
    LINSOCK_INLINE errno_t copy_n_s(unit *to, rsize_t room, const unit *from, rsize_t count)                     \
    {                                                                                                            \
        size_t length, i;                                                                                        \
        if (!to && !room && !count) return 0;                                                                    \
        if (!to || !room) return EINVAL;                                                                         \
        if (!from) return to[0] = 0, count ? EINVAL : 0;                                                         \
        for (length = 0; (count == _TRUNCATE ? length < room : length < count) && from[length];) length++;       \
        if (length >= room && count != _TRUNCATE) return to[0] = 0, ERANGE;                                      \
        for (i = 0; i < length && i + 1 < room; i++) to[i] = from[i];                                            \
        to[i] = 0;                                                                                               \
        return length >= room ? STRUNCATE : 0;                                                                   \
    }                                                                                                            \
    LINSOCK_INLINE errno_t copy_s(unit *to, rsize_t room, const unit *from)                                      \
    {                                                                                                            \
        if (!to || !room) return EINVAL;                                                                         \
        return copy_n_s(to, room, from, from ? (rsize_t)-2 : 1);                                                 \
    }                                                                                                            \
    LINSOCK_INLINE errno_t join_n_s(unit *to, rsize_t room, const unit *from, rsize_t count)                     \
    {                                                                                                            \
        size_t length;                                                                                           \
        errno_t error;                                                                                           \
        if (!to || !room) return EINVAL;                                                                         \
        length = length_n_s(to, room);                                                                           \
        if (length == room) return to[0] = 0, EINVAL;                                                            \
        error = copy_n_s(to + length, room - length, from, count);                                               \
        if (error && error != STRUNCATE) to[0] = 0;                                                              \
        return error;                                                                                            \
    }                                                                                                            \
    LINSOCK_INLINE errno_t join_s(unit *to, rsize_t room, const unit *from)                                      \
    {                                                                                                            \
        return join_n_s(to, room, from, from ? (rsize_t)-2 : 1);                                                 \
    }                                                                                                            \
    LINSOCK_INLINE int linsock_##token_s##_ends(unit one, const unit *ends)                                      \
    {                                                                                                            \
        while (*ends && *ends != one) ends++;                                                                    \
        return *ends != 0;                                                                                       \
    }                                                                                                            \
    LINSOCK_INLINE unit *token_s(unit *text, const unit *ends, unit **rest)                                      \
    {                                                                                                            \
        unit *begin;                                                                                             \
        if (!rest || !ends || (!text && !*rest)) return errno = EINVAL, (unit *)NULL;                            \
        begin = text ? text : *rest;                                                                             \
        while (*begin && linsock_##token_s##_ends(*begin, ends)) begin++;                                        \
        *rest = begin;                                                                                           \
        if (!*begin) return NULL;                                                                                \
        while (**rest && !linsock_##token_s##_ends(**rest, ends)) ++*rest;                                       \
        if (**rest) *(*rest)++ = 0;                                                                              \
        return begin;                                                                                            \
    }
LINSOCK_SECURE_TEXT(char, strcpy_s, strncpy_s, strcat_s, strncat_s, strtok_s, strnlen_s)
LINSOCK_SECURE_TEXT(wchar_t, wcscpy_s, wcsncpy_s, wcscat_s, wcsncat_s, wcstok_s, wcsnlen_s)
#undef LINSOCK_SECURE_TEXT

LINSOCK_INLINE errno_t memcpy_s(void *to, rsize_t room, const void *from, rsize_t count)
{
    if (!count) return 0;
    if (!to) return EINVAL;
    if (!from || room < count) {
        memset(to, 0, room);
        return from ? ERANGE : EINVAL;
    }
    memcpy(to, from, count);
    return 0;
}

LINSOCK_INLINE errno_t memmove_s(void *to, rsize_t room, const void *from, rsize_t count)
{
    if (!count) return 0;
    if (!to || !from) return EINVAL;
    if (room < count) return ERANGE;
    memmove(to, from, count);
    return 0;
}

LINSOCK_INLINE errno_t wmemcpy_s(wchar_t *to, rsize_t room, const wchar_t *from, rsize_t count)
{
    return memcpy_s(to, room * sizeof *to, from, count * sizeof *to);
}

/* A text that does not fit is an error, and the buffer is empty then. */
LINSOCK_INLINE int vsprintf_s(char *buffer, size_t room, const char *format, va_list arguments)
{
    int count;
    if (!buffer || !room || !format) return errno = EINVAL, -1;
    count = linsock_vsnprintf(buffer, room, format, arguments);
    if (count >= 0 && (size_t)count < room) return count;
    buffer[0] = 0;
    return errno = ERANGE, -1;
}

/* At most `max` characters, or, with _TRUNCATE, what fits. */
LINSOCK_INLINE int _vsnprintf_s(char *buffer, size_t room, size_t max, const char *format, va_list arguments)
{
    int count;
    if (!buffer || !room || !format) return errno = EINVAL, -1;
    count = linsock_vsnprintf(buffer, max < room ? max + 1 : room, format, arguments);
    if (count >= 0 && (size_t)count <= max && (size_t)count < room) return count;
    if (count < 0 || (max != _TRUNCATE && max >= room)) {
        buffer[0] = 0;
        errno = ERANGE;
    }
    return -1;
}

LINSOCK_INLINE int vswprintf_s(wchar_t *buffer, size_t room, const wchar_t *format, va_list arguments)
{
    int count;
    if (!buffer || !room || !format) return errno = EINVAL, -1;
    count = linsock_print_wide(buffer, room, format, arguments);
    if (count >= 0 && (size_t)count < room) return count;
    buffer[0] = 0;
    return errno = ERANGE, -1;
}

LINSOCK_INLINE int _vsnwprintf_s(wchar_t *buffer, size_t room, size_t max, const wchar_t *format, va_list arguments)
{
    int count;
    if (!buffer || !room || !format) return errno = EINVAL, -1;
    count = linsock_print_wide(buffer, max < room ? max + 1 : room, format, arguments);
    if (count >= 0 && (size_t)count <= max && (size_t)count < room) return count;
    if (count < 0 || (max != _TRUNCATE && max >= room)) {
        buffer[0] = 0;
        errno = ERANGE;
    }
    return -1;
}

LINSOCK_INLINE int sprintf_s(char *buffer, size_t room, const char *format, ...)
{
    LINSOCK_VARIADIC(vsprintf_s(buffer, room, format, arguments));
}

LINSOCK_INLINE int _snprintf_s(char *buffer, size_t room, size_t max, const char *format, ...)
{
    LINSOCK_VARIADIC(_vsnprintf_s(buffer, room, max, format, arguments));
}

LINSOCK_INLINE int swprintf_s(wchar_t *buffer, size_t room, const wchar_t *format, ...)
{
    LINSOCK_VARIADIC(vswprintf_s(buffer, room, format, arguments));
}

LINSOCK_INLINE int _snwprintf_s(wchar_t *buffer, size_t room, size_t max, const wchar_t *format, ...)
{
    LINSOCK_VARIADIC(_vsnwprintf_s(buffer, room, max, format, arguments));
}

/* Microsoft's check their format further; these are the plain ones. */
#define printf_s   printf
#define fprintf_s  fprintf
#define vprintf_s  vprintf
#define vfprintf_s vfprintf
#define wprintf_s  linsock_wprintf
#define fwprintf_s linsock_fwprintf

LINSOCK_INLINE errno_t fopen_s(FILE **file, const char *path, const char *mode)
{
    if (!file) return EINVAL;
    *file = NULL;
    if (!path || !mode) return EINVAL;
    *file = fopen(path, mode);
    return *file ? 0 : errno;
}

LINSOCK_INLINE errno_t _wfopen_s(FILE **file, const wchar_t *path, const wchar_t *mode)
{
    if (!file) return EINVAL;
    *file = NULL;
    if (!path || !mode) return EINVAL;
    *file = _wfopen(path, mode);
    return *file ? 0 : errno;
}

LINSOCK_INLINE errno_t strerror_s(char *buffer, size_t room, int number)
{
    return strncpy_s(buffer, room, strerror(number), _TRUNCATE) == EINVAL ? EINVAL : 0;
}

/* Not those of C11's Annex K: here the result comes first. */
LINSOCK_INLINE errno_t localtime_s(struct tm *result, const time_t *moment)
{
    return result && moment && localtime_r(moment, result) ? 0 : EINVAL;
}

LINSOCK_INLINE errno_t gmtime_s(struct tm *result, const time_t *moment)
{
    return result && moment && gmtime_r(moment, result) ? 0 : EINVAL;
}

#define _localtime64_s localtime_s
#define _gmtime64_s    gmtime_s

LINSOCK_INLINE errno_t asctime_s(char *buffer, size_t room, const struct tm *moment)
{
    if (!buffer || !room || !moment) return EINVAL;
    if (room < 26) return buffer[0] = 0, EINVAL;
    strftime(buffer, room, "%a %b %d %H:%M:%S %Y\n", moment);
    return 0;
}

LINSOCK_INLINE errno_t ctime_s(char *buffer, size_t room, const time_t *moment)
{
    struct tm local;
    errno_t error = localtime_s(&local, moment);
    return error ? error : asctime_s(buffer, room, &local);
}

LINSOCK_INLINE errno_t getenv_s(size_t *needed, char *buffer, rsize_t room, const char *name)
{
    const char *value = name ? getenv(name) : NULL;
    if (!needed || (!buffer && room) || !name) return EINVAL;
    *needed = value ? strlen(value) + 1 : 0;
    if (room) buffer[0] = 0;
    if (!value || !room) return 0;
    return strcpy_s(buffer, room, value);
}

LINSOCK_INLINE errno_t _dupenv_s(char **buffer, size_t *length, const char *name)
{
    const char *value = name ? getenv(name) : NULL;
    if (!buffer || !name) return EINVAL;
    *buffer = value ? strdup(value) : NULL;
    if (length) *length = *buffer ? strlen(value) + 1 : 0;
    return value && !*buffer ? ENOMEM : 0;
}

LINSOCK_INLINE errno_t mbstowcs_s(size_t *converted, wchar_t *to, size_t room, const char *from, size_t max)
{
    size_t units;
    if (converted) *converted = 0;
    if (!from || (!to && room)) return EINVAL;
    units = linsock_wide_of(from, strlen(from), to, to ? room : 0);
    if (max != _TRUNCATE && units > max) units = max;
    if (to) {
        if (units >= room && max != _TRUNCATE) return to[0] = 0, ERANGE;
        to[units < room ? units : room - 1] = 0;
    }
    if (converted) *converted = (to && units >= room ? room - 1 : units) + 1;
    return to && units >= room ? STRUNCATE : 0;
}

LINSOCK_INLINE errno_t wcstombs_s(size_t *converted, char *to, size_t room, const wchar_t *from, size_t max)
{
    char *narrow;
    size_t bytes;
    errno_t error = 0;
    if (converted) *converted = 0;
    if (!from || (!to && room)) return EINVAL;
    narrow = linsock_narrow(from);
    if (!narrow) return ENOMEM;
    bytes = strlen(narrow);
    if (max != _TRUNCATE && bytes > max) bytes = max;
    if (to) {
        error = strncpy_s(to, room, narrow, max == _TRUNCATE ? _TRUNCATE : bytes);
        if (error == STRUNCATE) bytes = room - 1;
    }
    if (converted && (!error || error == STRUNCATE)) *converted = bytes + 1;
    free(narrow);
    return error;
}

#include "scan.h"

#ifdef __cplusplus
/* Microsoft's C++ finds out for itself how long an array is. */
template <size_t N> errno_t strcpy_s(char (&to)[N], const char *from) { return strcpy_s(to, N, from); }
template <size_t N> errno_t strncpy_s(char (&to)[N], const char *from, size_t max) { return strncpy_s(to, N, from, max); }
template <size_t N> errno_t strcat_s(char (&to)[N], const char *from) { return strcat_s(to, N, from); }
template <size_t N> errno_t strncat_s(char (&to)[N], const char *from, size_t max) { return strncat_s(to, N, from, max); }
template <size_t N> errno_t wcscpy_s(wchar_t (&to)[N], const wchar_t *from) { return wcscpy_s(to, N, from); }
template <size_t N> errno_t wcsncpy_s(wchar_t (&to)[N], const wchar_t *from, size_t max) { return wcsncpy_s(to, N, from, max); }
template <size_t N> errno_t wcscat_s(wchar_t (&to)[N], const wchar_t *from) { return wcscat_s(to, N, from); }
template <size_t N> errno_t strerror_s(char (&to)[N], int number) { return strerror_s(to, N, number); }
template <size_t N> errno_t ctime_s(char (&to)[N], const time_t *moment) { return ctime_s(to, N, moment); }
template <size_t N> errno_t asctime_s(char (&to)[N], const struct tm *moment) { return asctime_s(to, N, moment); }
template <size_t N> int vsprintf_s(char (&to)[N], const char *format, va_list arguments)
{
    return vsprintf_s(to, N, format, arguments);
}
template <size_t N> int _vsnprintf_s(char (&to)[N], size_t max, const char *format, va_list arguments)
{
    return _vsnprintf_s(to, N, max, format, arguments);
}
template <size_t N> int sprintf_s(char (&to)[N], const char *format, ...)
{
    LINSOCK_VARIADIC(vsprintf_s(to, N, format, arguments));
}
template <size_t N> int _snprintf_s(char (&to)[N], size_t max, const char *format, ...)
{
    LINSOCK_VARIADIC(_vsnprintf_s(to, N, max, format, arguments));
}
template <size_t N> int swprintf_s(wchar_t (&to)[N], const wchar_t *format, ...)
{
    LINSOCK_VARIADIC(vswprintf_s(to, N, format, arguments));
}
template <size_t N> int _snwprintf_s(wchar_t (&to)[N], size_t max, const wchar_t *format, ...)
{
    LINSOCK_VARIADIC(_vsnwprintf_s(to, N, max, format, arguments));
}
#endif

#endif /* LINSOCK_SECURE_H */
