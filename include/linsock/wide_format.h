/*
 * printf for wide characters, as Microsoft's: %s and %c are wide, %S and %hs narrow, a long has 32 bits, and %I64 is
 * known. The C library's own takes %s for narrow, works for one width of wchar_t alone, and prints nothing to a stream
 * that printf has written to. Everything is put together in UTF-8, in which streams are written.
 */
#ifndef LINSOCK_WIDE_FORMAT_H
#define LINSOCK_WIDE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "compiler.h"

/* A text that grows. */
struct linsock_text {
    char *bytes;
    size_t length, room;
    int failed;
};

/* Room for so many more bytes and a zero. */
LINSOCK_INLINE char *linsock_text_room(struct linsock_text *text, size_t more)
{
    if (!text->failed && text->length + more + 1 > text->room) {
        size_t room = (text->length + more + 1) * 2;
        char *bytes = (char *)realloc(text->bytes, room);
        if (bytes) {
            text->bytes = bytes;
            text->room = room;
        } else {
            text->failed = 1;
        }
    }
    return text->failed ? NULL : text->bytes + text->length;
}

LINSOCK_INLINE void linsock_text_put(struct linsock_text *text, const char *bytes, size_t count)
{
    char *to = linsock_text_room(text, count);
    if (to && count) {
        memcpy(to, bytes, count);
        text->length += count;
    }
}

LINSOCK_INLINE void linsock_text_fill(struct linsock_text *text, char with, size_t count)
{
    char *to = linsock_text_room(text, count);
    if (to) {
        memset(to, with, count);
        text->length += count;
    }
}

/* One code point; returns how many bytes it has. */
LINSOCK_INLINE size_t linsock_utf8(unsigned int code, char bytes[4])
{
    if (code < 0x80) {
        bytes[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        bytes[0] = (char)(0xC0 | code >> 6);
        bytes[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
    if (code < 0x10000) {
        bytes[0] = (char)(0xE0 | code >> 12);
        bytes[1] = (char)(0x80 | (code >> 6 & 0x3F));
        bytes[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    bytes[0] = (char)(0xF0 | code >> 18);
    bytes[1] = (char)(0x80 | (code >> 12 & 0x3F));
    bytes[2] = (char)(0x80 | (code >> 6 & 0x3F));
    bytes[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

LINSOCK_INLINE void linsock_text_put_wide(struct linsock_text *text, const wchar_t *wide, size_t count)
{
    size_t i;
    for (i = 0; i < count; i++) {
        char bytes[4];
        unsigned int code = (unsigned int)wide[i];
        if (sizeof(wchar_t) == 2 && (code & 0xFC00) == 0xD800 && i + 1 < count &&
            ((unsigned int)wide[i + 1] & 0xFC00) == 0xDC00) {
            code = 0x10000 + ((code & 0x3FF) << 10) + ((unsigned int)wide[++i] & 0x3FF);
        }
        linsock_text_put(text, bytes, linsock_utf8(code, bytes));
    }
}

/* Decodes UTF-8: writes at most `room` units, no zero, and returns how many the whole text has. */
LINSOCK_INLINE size_t linsock_wide_of(const char *bytes, size_t length, wchar_t *to, size_t room)
{
    size_t at = 0, units = 0;
    while (at < length) {
        unsigned int first = (unsigned char)bytes[at++], code = first, more;
        more = first < 0xC0 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
        if (more) code = first & (0x3Fu >> more);
        else if (first >= 0x80) code = 0xFFFD;
        for (; more && at < length && ((unsigned char)bytes[at] & 0xC0) == 0x80; more--) {
            code = code << 6 | ((unsigned char)bytes[at++] & 0x3F);
        }
        if (more) code = 0xFFFD;
        if (sizeof(wchar_t) == 2 && code > 0xFFFF) {
            if (units < room) to[units] = (wchar_t)(0xD800 + ((code - 0x10000) >> 10));
            units++;
            code = 0xDC00 + ((code - 0x10000) & 0x3FF);
        }
        if (units < room) to[units] = (wchar_t)code;
        units++;
    }
    return units;
}

LINSOCK_INLINE size_t linsock_wide_length(const wchar_t *wide, size_t max)
{
    size_t length = 0;
    while (length < max && wide[length]) length++;
    return length;
}

/* How one conversion is to look. */
struct linsock_conversion {
    int left, precision, width;
    char spec[48];
};

/* Text of a %s or %c, padded to its width. */
LINSOCK_INLINE void linsock_text_pad(struct linsock_text *text, const struct linsock_conversion *how, size_t from,
                                     size_t characters)
{
    size_t missing = how->width > 0 && (size_t)how->width > characters ? (size_t)how->width - characters : 0;
    size_t length = text->length - from;
    linsock_text_fill(text, ' ', missing);
    if (!how->left && missing && !text->failed) {
        memmove(text->bytes + from + missing, text->bytes + from, length);
        memset(text->bytes + from, ' ', missing);
    }
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#define LINSOCK_PRINT_NUMBER(value)                                                            \
    do {                                                                                       \
        int linsock_count = snprintf(NULL, 0, how.spec, value);                                \
        char *linsock_to = linsock_count < 0 ? NULL : linsock_text_room(text, (size_t)linsock_count); \
        if (linsock_to) {                                                                      \
            snprintf(linsock_to, (size_t)linsock_count + 1, how.spec, value);                  \
            text->length += (size_t)linsock_count;                                             \
        }                                                                                      \
    } while (0)

LINSOCK_INLINE void linsock_format_wide(struct linsock_text *text, const wchar_t *format, va_list arguments)
{
    va_list list;
    va_copy(list, arguments);
    while (*format) {
        struct linsock_conversion how = { 0, -1, 0, { 0 } };
        const wchar_t *start = format;
        size_t flags = 1, from;
        enum { AS_CHAR, AS_SHORT, AS_INT, AS_LONGLONG, AS_SIZE, AS_LONGDOUBLE } length = AS_INT;
        int narrow = 0, wide = 0;
        char conversion;
        while (*format && *format != '%') format++;
        linsock_text_put_wide(text, start, (size_t)(format - start));
        if (!*format) break;
        how.spec[0] = '%';
        for (format++; *format == '-' || *format == '+' || *format == ' ' || *format == '#' || *format == '0'; format++) {
            if (*format == '-') how.left = 1;
            if (flags < 8) how.spec[flags++] = (char)*format;
        }
        if (*format == '*') {
            how.width = va_arg(list, int);
            if (how.width < 0) {
                how.left = 1;
                how.width = -how.width;
                if (flags < 8) how.spec[flags++] = '-';
            }
            format++;
        } else {
            for (; *format >= '0' && *format <= '9'; format++) how.width = how.width * 10 + (int)(*format - '0');
        }
        if (*format == '.') {
            how.precision = 0;
            if (*++format == '*') {
                how.precision = va_arg(list, int);
                format++;
            } else {
                for (; *format >= '0' && *format <= '9'; format++) {
                    how.precision = how.precision * 10 + (int)(*format - '0');
                }
            }
        }
        for (;; format++) {
            if (*format == 'h') length = length == AS_SHORT ? AS_CHAR : AS_SHORT, narrow = 1;
            else if (*format == 'l') wide ? (void)(length = AS_LONGLONG) : (void)0, wide = 1; /* a long is an int */
            else if (*format == 'w') wide = 1;
            else if (*format == 'L') length = AS_LONGDOUBLE;
            else if (*format == 'j') length = AS_LONGLONG;
            else if (*format == 'z' || *format == 't') length = AS_SIZE;
            else if (*format == 'I' && format[1] == '6' && format[2] == '4') length = AS_LONGLONG, format += 2;
            else if (*format == 'I' && format[1] == '3' && format[2] == '2') length = AS_INT, format += 2;
            else if (*format == 'I') length = AS_SIZE;
            else break;
        }
        if (!*format) break;
        conversion = (char)*format++;
        if (how.width > 0) flags += (size_t)snprintf(how.spec + flags, 12, "%d", how.width);
        if (how.precision >= 0) flags += (size_t)snprintf(how.spec + flags, 13, ".%d", how.precision);
        from = text->length;
        switch (conversion) {
        case 'd': case 'i': case 'u': case 'o': case 'x': case 'X': {
            long long value;
            int is_signed = conversion == 'd' || conversion == 'i';
            if (length == AS_LONGLONG) value = va_arg(list, long long);
            else if (length == AS_SIZE) value = (long long)va_arg(list, size_t);
            else {
                int given = va_arg(list, int);
                if (is_signed) value = length == AS_CHAR ? (signed char)given : length == AS_SHORT ? (short)given : given;
                else if (length == AS_CHAR) value = (unsigned char)given;
                else if (length == AS_SHORT) value = (unsigned short)given;
                else value = (long long)(unsigned int)given;
            }
            how.spec[flags++] = 'l', how.spec[flags++] = 'l', how.spec[flags] = conversion;
            LINSOCK_PRINT_NUMBER(value);
            break;
        }
        case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case 'a': case 'A':
            if (length == AS_LONGDOUBLE) {
                how.spec[flags++] = 'L', how.spec[flags] = conversion;
                LINSOCK_PRINT_NUMBER(va_arg(list, long double));
            } else {
                double value = va_arg(list, double);
                how.spec[flags] = conversion;
                LINSOCK_PRINT_NUMBER(value);
            }
            break;
        case 'p': {
            unsigned long long value = (unsigned long long)(size_t)va_arg(list, void *);
            memcpy(how.spec, "%016llX", 8);
            LINSOCK_PRINT_NUMBER(value);
            break;
        }
        case 'c': case 'C': {
            int given = va_arg(list, int);
            wchar_t one = (conversion == 'C' && !wide) || narrow ? (wchar_t)(unsigned char)given : (wchar_t)given;
            linsock_text_put_wide(text, &one, 1);
            linsock_text_pad(text, &how, from, 1);
            break;
        }
        case 's': case 'S': {
            size_t max = how.precision < 0 ? (size_t)-1 : (size_t)how.precision, characters;
            if ((conversion == 'S' && !wide) || narrow) {
                const char *given = va_arg(list, const char *);
                if (!given) given = "(null)";
                for (characters = 0; characters < max && given[characters];) characters++;
                linsock_text_put(text, given, characters);
            } else {
                const wchar_t *given = va_arg(list, const wchar_t *);
                if (!given) given = L"(null)";
                characters = linsock_wide_length(given, max);
                linsock_text_put_wide(text, given, characters);
            }
            linsock_text_pad(text, &how, from, characters);
            break;
        }
        case 'n':
            (void)va_arg(list, void *); /* never written, as on Windows */
            break;
        default:
            linsock_text_put(text, &conversion, 1);
        }
    }
    va_end(list);
    linsock_text_put(text, "", 0);
}
#pragma GCC diagnostic pop

LINSOCK_INLINE int linsock_vfwprintf(FILE *stream, const wchar_t *format, va_list arguments)
{
    struct linsock_text text = { NULL, 0, 0, 0 };
    int count = -1;
    linsock_format_wide(&text, format, arguments);
    if (!text.failed && fwrite(text.bytes, 1, text.length, stream) == text.length) {
        count = (int)linsock_wide_of(text.bytes, text.length, NULL, 0);
    }
    free(text.bytes);
    return count;
}

/* Writes what fits and a zero; the count of the whole text, or -1. */
LINSOCK_INLINE int linsock_print_wide(wchar_t *buffer, size_t room, const wchar_t *format, va_list arguments)
{
    struct linsock_text text = { NULL, 0, 0, 0 };
    size_t count = 0;
    int failed;
    linsock_format_wide(&text, format, arguments);
    failed = text.failed;
    if (!failed) count = linsock_wide_of(text.bytes, text.length, buffer, room ? room - 1 : 0);
    if (room) buffer[failed ? 0 : count < room ? count : room - 1] = 0;
    free(text.bytes);
    return failed ? -1 : (int)count;
}

LINSOCK_INLINE int linsock_vswprintf(wchar_t *buffer, size_t room, const wchar_t *format, va_list arguments)
{
    int count = linsock_print_wide(buffer, room, format, arguments);
    return count < 0 || (size_t)count >= room ? -1 : count;
}

#define LINSOCK_VARIADIC(call)          \
    va_list arguments;                  \
    int count;                          \
    va_start(arguments, format);        \
    count = call;                       \
    va_end(arguments);                  \
    return count

LINSOCK_INLINE int linsock_vwprintf(const wchar_t *format, va_list arguments)
{
    return linsock_vfwprintf(stdout, format, arguments);
}

LINSOCK_INLINE int linsock_wprintf(const wchar_t *format, ...)
{
    LINSOCK_VARIADIC(linsock_vfwprintf(stdout, format, arguments));
}

LINSOCK_INLINE int linsock_fwprintf(FILE *stream, const wchar_t *format, ...)
{
    LINSOCK_VARIADIC(linsock_vfwprintf(stream, format, arguments));
}

LINSOCK_INLINE int linsock_swprintf(wchar_t *buffer, size_t room, const wchar_t *format, ...)
{
    LINSOCK_VARIADIC(linsock_vswprintf(buffer, room, format, arguments));
}

LINSOCK_INLINE int linsock_fputws(const wchar_t *wide, FILE *stream)
{
    struct linsock_text text = { NULL, 0, 0, 0 };
    int done;
    linsock_text_put_wide(&text, wide, linsock_wide_length(wide, (size_t)-1));
    linsock_text_put(&text, "", 0);
    done = !text.failed && fwrite(text.bytes, 1, text.length, stream) == text.length ? 0 : -1;
    free(text.bytes);
    return done;
}

LINSOCK_INLINE int linsock_putws(const wchar_t *wide)
{
    return linsock_fputws(wide, stdout) < 0 || fputc('\n', stdout) == EOF ? -1 : 0;
}

LINSOCK_INLINE wint_t linsock_fputwc(wchar_t wide, FILE *stream)
{
    char bytes[4];
    size_t count = linsock_utf8((unsigned int)wide, bytes);
    return fwrite(bytes, 1, count, stream) == count ? (wint_t)wide : WEOF;
}

LINSOCK_INLINE wint_t linsock_putwchar(wchar_t wide)
{
    return linsock_fputwc(wide, stdout);
}

#ifdef __cplusplus
#include <cstdio>
#include <cwchar>

/* Microsoft's C++ also has one that trusts the buffer. */
LINSOCK_INLINE int linsock_swprintf(wchar_t *buffer, const wchar_t *format, ...)
{
    LINSOCK_VARIADIC(linsock_vswprintf(buffer, (size_t)-1 >> 3, format, arguments));
}

namespace std {
using ::linsock_fputwc;
using ::linsock_fputws;
using ::linsock_fwprintf;
using ::linsock_putwchar;
using ::linsock_swprintf;
using ::linsock_vfwprintf;
using ::linsock_vswprintf;
using ::linsock_vwprintf;
using ::linsock_wprintf;
}
#endif

#define wprintf   linsock_wprintf
#define fwprintf  linsock_fwprintf
#define swprintf  linsock_swprintf
#define vwprintf  linsock_vwprintf
#define vfwprintf linsock_vfwprintf
#define vswprintf linsock_vswprintf
#define fputws    linsock_fputws
#define fputwc    linsock_fputwc
#define putwc     linsock_fputwc
#define putwchar  linsock_putwchar
#define _putws    linsock_putws

#endif /* LINSOCK_WIDE_FORMAT_H */
