/* Texts that are told how much room there is, and say by an HRESULT how it went. */
#ifndef _STRSAFE_H_INCLUDED_
#define _STRSAFE_H_INCLUDED_

#include "minwindef.h"
#include "winnt.h"
#include "winerror.h"

#define STRSAFE_MAX_CCH               2147483647
#define STRSAFE_E_INSUFFICIENT_BUFFER ((HRESULT)0x8007007A)
#define STRSAFE_E_INVALID_PARAMETER   ((HRESULT)0x80070057)
#define STRSAFE_E_END_OF_FILE         ((HRESULT)0x80070026)

typedef char *STRSAFE_LPSTR;
typedef const char *STRSAFE_LPCSTR;
typedef wchar_t *STRSAFE_LPWSTR;
typedef const wchar_t *STRSAFE_LPCWSTR;

/* What did not fit is cut off, and told. */
LINSOCK_INLINE HRESULT linsock_result(errno_t error)
{
    return !error ? S_OK : error == STRUNCATE ? STRSAFE_E_INSUFFICIENT_BUFFER : STRSAFE_E_INVALID_PARAMETER;
}

LINSOCK_INLINE HRESULT linsock_printed(int count, size_t room)
{
    return count < 0 ? STRSAFE_E_INVALID_PARAMETER : (size_t)count < room ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

/* As much as fits of at most `max` units. */
#define LINSOCK_STRSAFE_COPY(unit, name)                                                           \
    LINSOCK_INLINE errno_t name(unit *to, size_t room, const unit *from, size_t max)               \
    {                                                                                              \
        size_t i = 0;                                                                              \
        if (!to || !room || room > STRSAFE_MAX_CCH) return EINVAL;                                 \
        for (; from && i < max && from[i]; i++) {                                                  \
            if (i + 1 == room) return to[i] = 0, STRUNCATE;                                        \
            to[i] = from[i];                                                                       \
        }                                                                                          \
        to[i] = 0;                                                                                 \
        return 0;                                                                                  \
    }
LINSOCK_STRSAFE_COPY(char, linsock_copy_a)
LINSOCK_STRSAFE_COPY(wchar_t, linsock_copy_w)
#undef LINSOCK_STRSAFE_COPY

LINSOCK_INLINE HRESULT StringCchCopyNA(STRSAFE_LPSTR to, size_t room, STRSAFE_LPCSTR from, size_t max)
{
    return linsock_result(linsock_copy_a(to, room, from, max));
}

LINSOCK_INLINE HRESULT StringCchCopyA(STRSAFE_LPSTR to, size_t room, STRSAFE_LPCSTR from)
{
    return StringCchCopyNA(to, room, from, (size_t)-1);
}

LINSOCK_INLINE HRESULT StringCchCatNA(STRSAFE_LPSTR to, size_t room, STRSAFE_LPCSTR from, size_t max)
{
    size_t length = to && room <= STRSAFE_MAX_CCH ? strnlen_s(to, room) : room;
    return length == room ? STRSAFE_E_INVALID_PARAMETER : StringCchCopyNA(to + length, room - length, from, max);
}

LINSOCK_INLINE HRESULT StringCchCatA(STRSAFE_LPSTR to, size_t room, STRSAFE_LPCSTR from)
{
    return StringCchCatNA(to, room, from, (size_t)-1);
}

LINSOCK_INLINE HRESULT StringCchVPrintfA(STRSAFE_LPSTR to, size_t room, STRSAFE_LPCSTR format, va_list arguments)
{
    if (!to || !room || room > STRSAFE_MAX_CCH) return STRSAFE_E_INVALID_PARAMETER;
    return linsock_printed(linsock_vsnprintf(to, room, format, arguments), room);
}

LINSOCK_INLINE HRESULT StringCchPrintfA(STRSAFE_LPSTR to, size_t room, STRSAFE_LPCSTR format, ...)
{
    va_list arguments;
    HRESULT result;
    va_start(arguments, format);
    result = StringCchVPrintfA(to, room, format, arguments);
    va_end(arguments);
    return result;
}

LINSOCK_INLINE HRESULT StringCchLengthA(STRSAFE_LPCSTR text, size_t max, size_t *length)
{
    size_t found = text && max <= STRSAFE_MAX_CCH ? strnlen_s(text, max) : max;
    if (length) *length = found < max ? found : 0;
    return found < max ? S_OK : STRSAFE_E_INVALID_PARAMETER;
}

LINSOCK_INLINE HRESULT StringCbCopyA(STRSAFE_LPSTR to, size_t bytes, STRSAFE_LPCSTR from)
{
    return StringCchCopyA(to, bytes / sizeof(char), from);
}

LINSOCK_INLINE HRESULT StringCbCopyNA(STRSAFE_LPSTR to, size_t bytes, STRSAFE_LPCSTR from, size_t max_bytes)
{
    return StringCchCopyNA(to, bytes / sizeof(char), from, max_bytes / sizeof(char));
}

LINSOCK_INLINE HRESULT StringCbCatA(STRSAFE_LPSTR to, size_t bytes, STRSAFE_LPCSTR from)
{
    return StringCchCatA(to, bytes / sizeof(char), from);
}

LINSOCK_INLINE HRESULT StringCbVPrintfA(STRSAFE_LPSTR to, size_t bytes, STRSAFE_LPCSTR format, va_list arguments)
{
    return StringCchVPrintfA(to, bytes / sizeof(char), format, arguments);
}

LINSOCK_INLINE HRESULT StringCbPrintfA(STRSAFE_LPSTR to, size_t bytes, STRSAFE_LPCSTR format, ...)
{
    va_list arguments;
    HRESULT result;
    va_start(arguments, format);
    result = StringCbVPrintfA(to, bytes, format, arguments);
    va_end(arguments);
    return result;
}

LINSOCK_INLINE HRESULT StringCbLengthA(STRSAFE_LPCSTR text, size_t max_bytes, size_t *length)
{
    HRESULT result = StringCchLengthA(text, max_bytes / sizeof(char), length);
    if (length) *length *= sizeof(char);
    return result;
}

LINSOCK_INLINE HRESULT StringCchCopyNW(STRSAFE_LPWSTR to, size_t room, STRSAFE_LPCWSTR from, size_t max)
{
    return linsock_result(linsock_copy_w(to, room, from, max));
}

LINSOCK_INLINE HRESULT StringCchCopyW(STRSAFE_LPWSTR to, size_t room, STRSAFE_LPCWSTR from)
{
    return StringCchCopyNW(to, room, from, (size_t)-1);
}

LINSOCK_INLINE HRESULT StringCchCatNW(STRSAFE_LPWSTR to, size_t room, STRSAFE_LPCWSTR from, size_t max)
{
    size_t length = to && room <= STRSAFE_MAX_CCH ? wcsnlen_s(to, room) : room;
    return length == room ? STRSAFE_E_INVALID_PARAMETER : StringCchCopyNW(to + length, room - length, from, max);
}

LINSOCK_INLINE HRESULT StringCchCatW(STRSAFE_LPWSTR to, size_t room, STRSAFE_LPCWSTR from)
{
    return StringCchCatNW(to, room, from, (size_t)-1);
}

LINSOCK_INLINE HRESULT StringCchVPrintfW(STRSAFE_LPWSTR to, size_t room, STRSAFE_LPCWSTR format, va_list arguments)
{
    if (!to || !room || room > STRSAFE_MAX_CCH) return STRSAFE_E_INVALID_PARAMETER;
    return linsock_printed(linsock_print_wide(to, room, format, arguments), room);
}

LINSOCK_INLINE HRESULT StringCchPrintfW(STRSAFE_LPWSTR to, size_t room, STRSAFE_LPCWSTR format, ...)
{
    va_list arguments;
    HRESULT result;
    va_start(arguments, format);
    result = StringCchVPrintfW(to, room, format, arguments);
    va_end(arguments);
    return result;
}

LINSOCK_INLINE HRESULT StringCchLengthW(STRSAFE_LPCWSTR text, size_t max, size_t *length)
{
    size_t found = text && max <= STRSAFE_MAX_CCH ? wcsnlen_s(text, max) : max;
    if (length) *length = found < max ? found : 0;
    return found < max ? S_OK : STRSAFE_E_INVALID_PARAMETER;
}

LINSOCK_INLINE HRESULT StringCbCopyW(STRSAFE_LPWSTR to, size_t bytes, STRSAFE_LPCWSTR from)
{
    return StringCchCopyW(to, bytes / sizeof(wchar_t), from);
}

LINSOCK_INLINE HRESULT StringCbCopyNW(STRSAFE_LPWSTR to, size_t bytes, STRSAFE_LPCWSTR from, size_t max_bytes)
{
    return StringCchCopyNW(to, bytes / sizeof(wchar_t), from, max_bytes / sizeof(wchar_t));
}

LINSOCK_INLINE HRESULT StringCbCatW(STRSAFE_LPWSTR to, size_t bytes, STRSAFE_LPCWSTR from)
{
    return StringCchCatW(to, bytes / sizeof(wchar_t), from);
}

LINSOCK_INLINE HRESULT StringCbVPrintfW(STRSAFE_LPWSTR to, size_t bytes, STRSAFE_LPCWSTR format, va_list arguments)
{
    return StringCchVPrintfW(to, bytes / sizeof(wchar_t), format, arguments);
}

LINSOCK_INLINE HRESULT StringCbPrintfW(STRSAFE_LPWSTR to, size_t bytes, STRSAFE_LPCWSTR format, ...)
{
    va_list arguments;
    HRESULT result;
    va_start(arguments, format);
    result = StringCbVPrintfW(to, bytes, format, arguments);
    va_end(arguments);
    return result;
}

LINSOCK_INLINE HRESULT StringCbLengthW(STRSAFE_LPCWSTR text, size_t max_bytes, size_t *length)
{
    HRESULT result = StringCchLengthW(text, max_bytes / sizeof(wchar_t), length);
    if (length) *length *= sizeof(wchar_t);
    return result;
}

#define StringCchCopy LINSOCK_AW(StringCchCopy)
#define StringCchCopyN LINSOCK_AW(StringCchCopyN)
#define StringCchCat LINSOCK_AW(StringCchCat)
#define StringCchCatN LINSOCK_AW(StringCchCatN)
#define StringCchPrintf LINSOCK_AW(StringCchPrintf)
#define StringCchVPrintf LINSOCK_AW(StringCchVPrintf)
#define StringCchLength LINSOCK_AW(StringCchLength)
#define StringCbCopy LINSOCK_AW(StringCbCopy)
#define StringCbCopyN LINSOCK_AW(StringCbCopyN)
#define StringCbCat LINSOCK_AW(StringCbCat)
#define StringCbPrintf LINSOCK_AW(StringCbPrintf)
#define StringCbVPrintf LINSOCK_AW(StringCbVPrintf)
#define StringCbLength LINSOCK_AW(StringCbLength)

#endif /* _STRSAFE_H_INCLUDED_ */
