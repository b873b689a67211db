/*
 * The C library's functions on wide texts are for 32 bits a character. Under -fshort-wchar these stand in for those that
 * programs use most; the others (wcstol, fgetws ...) are not for such programs. Included by crt.h.
 */
#ifndef LINSOCK_SHORT_WIDE_H
#define LINSOCK_SHORT_WIDE_H

#if __SIZEOF_WCHAR_T__ == 2

LINSOCK_INLINE size_t linsock_wcslen(const wchar_t *text)
{
    return linsock_wide_length(text, (size_t)-1);
}

LINSOCK_INLINE int linsock_wcsncmp(const wchar_t *left, const wchar_t *right, size_t count)
{
    for (; count && *left && *left == *right; count--) left++, right++;
    return count ? (int)*left - (int)*right : 0;
}

LINSOCK_INLINE int linsock_wcscmp(const wchar_t *left, const wchar_t *right)
{
    return linsock_wcsncmp(left, right, (size_t)-1);
}

LINSOCK_INLINE wchar_t *linsock_wcscpy(wchar_t *to, const wchar_t *from)
{
    return (wchar_t *)memcpy(to, from, (linsock_wcslen(from) + 1) * sizeof *to);
}

/* Fills up with zeros, as the C library's does. */
LINSOCK_INLINE wchar_t *linsock_wcsncpy(wchar_t *to, const wchar_t *from, size_t count)
{
    size_t length = linsock_wide_length(from, count);
    memcpy(to, from, length * sizeof *to);
    memset(to + length, 0, (count - length) * sizeof *to);
    return to;
}

LINSOCK_INLINE wchar_t *linsock_wcscat(wchar_t *to, const wchar_t *from)
{
    linsock_wcscpy(to + linsock_wcslen(to), from);
    return to;
}

LINSOCK_INLINE wchar_t *linsock_wcsncat(wchar_t *to, const wchar_t *from, size_t count)
{
    size_t before = linsock_wcslen(to), length = linsock_wide_length(from, count);
    memcpy(to + before, from, length * sizeof *to);
    to[before + length] = 0;
    return to;
}

LINSOCK_INLINE wchar_t *linsock_wcschr(const wchar_t *text, wchar_t wanted)
{
    while (*text && *text != wanted) text++;
    return *text == wanted ? (wchar_t *)text : NULL;
}

LINSOCK_INLINE wchar_t *linsock_wcsrchr(const wchar_t *text, wchar_t wanted)
{
    const wchar_t *at = text + linsock_wcslen(text);
    while (at > text && *at != wanted) at--;
    return *at == wanted ? (wchar_t *)at : NULL;
}

LINSOCK_INLINE wchar_t *linsock_wcsstr(const wchar_t *text, const wchar_t *wanted)
{
    size_t length = linsock_wcslen(wanted);
    for (; linsock_wcsncmp(text, wanted, length); text++) {
        if (!*text) return NULL;
    }
    return (wchar_t *)text;
}

#ifdef __cplusplus
namespace std {
using ::linsock_wcscat;
using ::linsock_wcschr;
using ::linsock_wcscmp;
using ::linsock_wcscpy;
using ::linsock_wcslen;
using ::linsock_wcsncat;
using ::linsock_wcsncmp;
using ::linsock_wcsncpy;
using ::linsock_wcsrchr;
using ::linsock_wcsstr;
}
#endif

#define wcslen  linsock_wcslen
#define wcsnlen linsock_wide_length
#define wcscmp  linsock_wcscmp
#define wcsncmp linsock_wcsncmp
#define wcscpy  linsock_wcscpy
#define wcsncpy linsock_wcsncpy
#define wcscat  linsock_wcscat
#define wcsncat linsock_wcsncat
#define wcschr  linsock_wcschr
#define wcsrchr linsock_wcsrchr
#define wcsstr  linsock_wcsstr

#endif

#endif /* LINSOCK_SHORT_WIDE_H */
