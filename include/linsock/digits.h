/* Numbers as digits of any radix: _itoa and its kin. Included by crt.h. */
#ifndef LINSOCK_DIGITS_H
#define LINSOCK_DIGITS_H

/* Writes at most `room` characters with the zero: 0, or ERANGE and an empty text. */
LINSOCK_INLINE errno_t linsock_digits(unsigned long long value, int negative, char *buffer, size_t room, int radix)
{
    char digits[66];
    size_t count = 0, at = 0;
    if (!buffer || !room) return EINVAL;
    buffer[0] = 0;
    if (radix < 2 || radix > 36) return EINVAL;
    do {
        unsigned int digit = (unsigned int)(value % (unsigned int)radix);
        digits[count++] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        value /= (unsigned int)radix;
    } while (value);
    if (negative) digits[count++] = '-';
    if (count >= room) return ERANGE;
    while (count) buffer[at++] = digits[--count];
    buffer[at] = 0;
    return 0;
}

LINSOCK_INLINE errno_t _i64toa_s(long long value, char *buffer, size_t room, int radix)
{
    int negative = value < 0 && radix == 10;
    return linsock_digits(negative ? 0 - (unsigned long long)value : (unsigned long long)value, negative, buffer, room, radix);
}

LINSOCK_INLINE errno_t _ui64toa_s(unsigned long long value, char *buffer, size_t room, int radix)
{
    return linsock_digits(value, 0, buffer, room, radix);
}

/* In another radix than 10 a number has the bits of its own width; a long has 32. */
LINSOCK_INLINE errno_t _itoa_s(int value, char *buffer, size_t room, int radix)
{
    return radix == 10 ? _i64toa_s(value, buffer, room, radix) : _ui64toa_s((unsigned int)value, buffer, room, radix);
}

LINSOCK_INLINE errno_t _ultoa_s(unsigned int value, char *buffer, size_t room, int radix)
{
    return _ui64toa_s(value, buffer, room, radix);
}

#define LINSOCK_DIGITS(name, type)                                      \
    LINSOCK_INLINE char *name(type value, char *buffer, int radix)      \
    {                                                                   \
        name##_s(value, buffer, 66, radix);                             \
        return buffer;                                                  \
    }
LINSOCK_DIGITS(_itoa, int)
LINSOCK_DIGITS(_ultoa, unsigned int)
LINSOCK_DIGITS(_i64toa, long long)
LINSOCK_DIGITS(_ui64toa, unsigned long long)
#undef LINSOCK_DIGITS

#define _ltoa   _itoa
#define _ltoa_s _itoa_s

LINSOCK_INLINE errno_t _itow_s(int value, wchar_t *buffer, size_t room, int radix)
{
    char digits[66];
    size_t at = 0;
    errno_t error = _itoa_s(value, digits, sizeof digits, radix);
    if (!buffer || !room) return EINVAL;
    buffer[0] = 0;
    if (!error && strlen(digits) >= room) error = ERANGE;
    if (error) return error;
    do buffer[at] = (wchar_t)digits[at];
    while (digits[at++]);
    return 0;
}

LINSOCK_INLINE wchar_t *_itow(int value, wchar_t *buffer, int radix)
{
    _itow_s(value, buffer, 66, radix);
    return buffer;
}

#ifdef __cplusplus
#define LINSOCK_DIGITS(name, type, unit)                            \
    template <size_t N> errno_t name(type value, unit (&buffer)[N], int radix) { return name(value, buffer, N, radix); }
LINSOCK_DIGITS(_itoa_s, int, char)
LINSOCK_DIGITS(_ultoa_s, unsigned int, char)
LINSOCK_DIGITS(_i64toa_s, long long, char)
LINSOCK_DIGITS(_ui64toa_s, unsigned long long, char)
LINSOCK_DIGITS(_itow_s, int, wchar_t)
#undef LINSOCK_DIGITS
#endif

#endif /* LINSOCK_DIGITS_H */
