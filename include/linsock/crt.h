/* What Microsoft's C runtime has in its standard headers and others do not. */
#ifndef LINSOCK_CRT_H
#define LINSOCK_CRT_H

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>
#include "compiler.h"
#include "wide_format.h"
#include "narrow_format.h"
#include "short_wide.h"

LINSOCK_BEGIN
extern int getentropy(void *, size_t);
LINSOCK_END

/* What the C library's headers leave out under -std=c11. */
#if !defined(__cplusplus) && !defined(__USE_XOPEN2K8)
extern char *strdup(const char *);
extern int fileno(FILE *);
extern FILE *fdopen(int, const char *);
extern FILE *popen(const char *, const char *);
extern int pclose(FILE *);
extern int fseeko(FILE *, long, int);
extern long ftello(FILE *);
extern struct tm *localtime_r(const time_t *, struct tm *);
extern struct tm *gmtime_r(const time_t *, struct tm *);
#endif

typedef int errno_t;
typedef size_t rsize_t;
typedef long long __time64_t;

#define _MAX_PATH  260
#define _MAX_FNAME 256
#define _MAX_EXT   256
#define _MAX_DIR   256
#define _MAX_DRIVE 3
#define _TRUNCATE  ((size_t)-1)
#define STRUNCATE  80
#ifndef _countof
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif
#define __max(a, b) (((a) > (b)) ? (a) : (b))
#define __min(a, b) (((a) < (b)) ? (a) : (b))

#define _stricmp  strcasecmp
#define _strnicmp strncasecmp
#define _strdup   strdup
#define stricmp   _stricmp
#define strcmpi   _stricmp
#define strnicmp  _strnicmp
#define strlwr    _strlwr
#define strupr    _strupr
#define wcsicmp   _wcsicmp
#define wcsnicmp  _wcsnicmp
#define _alloca   __builtin_alloca
#define _fileno   fileno
#define _fdopen   fdopen
#define _popen    popen
#define _pclose   pclose
#define _fseeki64 fseeko
#define _ftelli64 ftello
#define _byteswap_ushort __builtin_bswap16
#define _byteswap_ulong  __builtin_bswap32
#define _byteswap_uint64 __builtin_bswap64
#define _atoi64   atoll
#define _strtoi64 strtoll
#define _strtoui64 strtoull

LINSOCK_INLINE int linsock_compare_wide(const wchar_t *left, const wchar_t *right, size_t count)
{
    for (; count; count--, left++, right++) {
        wint_t a = towlower((wint_t)*left), b = towlower((wint_t)*right);
        if (a != b) return a < b ? -1 : 1;
        if (!a) break;
    }
    return 0;
}

LINSOCK_INLINE int _wcsicmp(const wchar_t *left, const wchar_t *right)
{
    return linsock_compare_wide(left, right, (size_t)-1);
}

LINSOCK_INLINE int _wcsnicmp(const wchar_t *left, const wchar_t *right, size_t count)
{
    return linsock_compare_wide(left, right, count);
}

LINSOCK_INLINE wchar_t *_wcsdup(const wchar_t *text)
{
    size_t bytes = (linsock_wide_length(text, (size_t)-1) + 1) * sizeof *text;
    wchar_t *copy = (wchar_t *)malloc(bytes);
    if (copy) memcpy(copy, text, bytes);
    return copy;
}

LINSOCK_INLINE char *_strlwr(char *text)
{
    char *at;
    for (at = text; *at; at++) *at = (char)tolower((unsigned char)*at);
    return text;
}

LINSOCK_INLINE char *_strupr(char *text)
{
    char *at;
    for (at = text; *at; at++) *at = (char)toupper((unsigned char)*at);
    return text;
}

LINSOCK_INLINE char *_strrev(char *text)
{
    size_t left = 0, right = strlen(text);
    for (; left + 1 < right; left++) {
        char kept = text[left];
        text[left] = text[--right];
        text[right] = kept;
    }
    return text;
}

/* A count that does not fit is answered with -1, and then there may be no zero at the end; here there is one. */
LINSOCK_INLINE int _vsnprintf(char *buffer, size_t count, const char *format, va_list arguments)
{
    int written = linsock_vsnprintf(buffer, count, format, arguments);
    return written < 0 || (size_t)written > count ? -1 : written;
}

LINSOCK_INLINE int _snprintf(char *buffer, size_t count_max, const char *format, ...)
{
    LINSOCK_VARIADIC(_vsnprintf(buffer, count_max, format, arguments));
}

LINSOCK_INLINE int _vscprintf(const char *format, va_list arguments)
{
    return linsock_vsnprintf(NULL, 0, format, arguments);
}

LINSOCK_INLINE int _scprintf(const char *format, ...)
{
    LINSOCK_VARIADIC(vsnprintf(NULL, 0, format, arguments));
}

LINSOCK_INLINE int _vsnwprintf(wchar_t *buffer, size_t count, const wchar_t *format, va_list arguments)
{
    int written = linsock_print_wide(buffer, count, format, arguments);
    return written < 0 || (size_t)written > count ? -1 : written;
}

LINSOCK_INLINE int _snwprintf(wchar_t *buffer, size_t count_max, const wchar_t *format, ...)
{
    LINSOCK_VARIADIC(_vsnwprintf(buffer, count_max, format, arguments));
}

LINSOCK_INLINE int _vscwprintf(const wchar_t *format, va_list arguments)
{
    return linsock_print_wide(NULL, 0, format, arguments);
}

LINSOCK_INLINE int _scwprintf(const wchar_t *format, ...)
{
    LINSOCK_VARIADIC(linsock_print_wide(NULL, 0, format, arguments));
}

/* On the stack if it is small, as Microsoft's does; _freea tells by the word before the block. */
#define _ALLOCA_S_THRESHOLD 1024
#define _malloca(bytes)                                                                                    \
    ((size_t)(bytes) + 16 <= _ALLOCA_S_THRESHOLD ? linsock_mark(_alloca((size_t)(bytes) + 16), LINSOCK_STACK) \
                                                 : linsock_mark(malloc((size_t)(bytes) + 16), LINSOCK_HEAP))
#define LINSOCK_STACK 0xCCCCu
#define LINSOCK_HEAP  0xDDDDu

LINSOCK_INLINE void *linsock_mark(void *block, unsigned int kind)
{
    if (!block) return NULL;
    *(unsigned int *)block = kind;
    return (char *)block + 16;
}

LINSOCK_INLINE void _freea(void *block)
{
    char *whole = block ? (char *)block - 16 : NULL;
    if (whole && *(unsigned int *)(void *)whole == LINSOCK_HEAP) free(whole);
}

LINSOCK_INLINE errno_t rand_s(unsigned int *number)
{
    if (!number) return errno = EINVAL;
    return getentropy(number, sizeof *number) ? errno : 0;
}

LINSOCK_INLINE void *_aligned_malloc(size_t bytes, size_t alignment)
{
    /* The C library wants no less than a pointer's. */
    size_t at_least = alignment < sizeof(void *) ? sizeof(void *) : alignment;
    return aligned_alloc(at_least, (bytes + at_least - 1) / at_least * at_least);
}

LINSOCK_INLINE void _aligned_free(void *block)
{
    free(block);
}

/* A text as a path or a mode that the C library takes; freed by the caller. */
LINSOCK_INLINE char *linsock_narrow(const wchar_t *wide)
{
    struct linsock_text text = { NULL, 0, 0, 0 };
    linsock_text_put_wide(&text, wide, linsock_wide_length(wide, (size_t)-1));
    linsock_text_put(&text, "", 1);
    if (text.failed) {
        free(text.bytes);
        return NULL;
    }
    return text.bytes;
}

/* The parts of a path that are asked for. There are no drives here. */
LINSOCK_INLINE void _splitpath(const char *path, char *drive, char *folder, char *name, char *extension)
{
    const char *base = path, *dot = NULL, *at;
    for (at = path; *at; at++) {
        if (*at == '/' || *at == '\\') base = at + 1, dot = NULL;
        else if (*at == '.') dot = at;
    }
    if (!dot) dot = at;
    if (drive) *drive = 0;
    if (folder) snprintf(folder, _MAX_DIR, "%.*s", (int)(base - path), path);
    if (name) snprintf(name, _MAX_FNAME, "%.*s", (int)(dot - base), base);
    if (extension) snprintf(extension, _MAX_EXT, "%s", dot);
}

LINSOCK_INLINE void _makepath(char *path, const char *drive, const char *folder, const char *name, const char *extension)
{
    size_t length = folder ? strlen(folder) : 0;
    int parted = !length || folder[length - 1] == '/' || folder[length - 1] == '\\';
    int dotted = !extension || !*extension || *extension == '.';
    (void)drive;
    snprintf(path, _MAX_PATH, "%s%s%s%s%s", folder ? folder : "", parted ? "" : "/", name ? name : "", dotted ? "" : ".",
             extension ? extension : "");
}

LINSOCK_INLINE FILE *_wfopen(const wchar_t *path, const wchar_t *mode)
{
    char *narrow_path = linsock_narrow(path), *narrow_mode = linsock_narrow(mode);
    FILE *file = narrow_path && narrow_mode ? fopen(narrow_path, narrow_mode) : NULL;
    free(narrow_path);
    free(narrow_mode);
    return file;
}

LINSOCK_INLINE int linsock_is_digit(int c)
{
    return c >= '0' && c <= '9';
}

LINSOCK_INLINE long long _wtoi64(const wchar_t *text)
{
    unsigned long long value = 0;
    int negative;
    while (*text == ' ' || (*text >= 9 && *text <= 13)) text++;
    negative = *text == '-';
    if (*text == '-' || *text == '+') text++;
    for (; linsock_is_digit((int)*text); text++) value = value * 10 + (unsigned long long)(*text - '0');
    return negative ? -(long long)value : (long long)value;
}

LINSOCK_INLINE int _wtoi(const wchar_t *text)
{
    return (int)_wtoi64(text);
}

#define _wtol _wtoi

#include "digits.h"
#include "secure.h"
#include "wmain.h"

#endif /* LINSOCK_CRT_H */
