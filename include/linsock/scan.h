/*
 * sscanf_s and its kin: %s, %c and %[ are told after the pointer how much room there is, as an unsigned int. Each
 * conversion is given to the C library by itself, with that limit as its width. Included by secure.h.
 */
#ifndef LINSOCK_SCAN_H
#define LINSOCK_SCAN_H

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
/* From a text or, where that is NULL, from a stream. */
LINSOCK_INLINE int linsock_scan(const char *text, FILE *stream, const char *format, va_list arguments)
{
    int assigned = 0;
    va_list list;
    va_copy(list, arguments);
    while (*format) {
        char one[512];
        size_t length = 0, room = 0, width = 0, limit;
        int is_text, skips = 0, taken = -1, result;
        void *to = NULL;
        /* What stands before the conversion goes along with it. */
        while (*format && (*format != '%' || format[1] == '%')) {
            if (length + 4 >= sizeof one) goto out;
            if (*format == '%') one[length++] = *format++;
            one[length++] = *format++;
        }
        if (*format) {
            one[length++] = *format++;
            if (*format == '*') skips = 1, one[length++] = *format++;
            while (*format >= '0' && *format <= '9') width = width * 10 + (size_t)(*format++ - '0');
            is_text = 0;
            {
                const char *end = format;
                while (*end && strchr("hlLjzt", *end)) end++;
                is_text = *end == 's' || *end == 'c' || *end == '[' || *end == 'S' || *end == 'C';
                if (!skips) {
                    to = va_arg(list, void *);
                    if (is_text) {
                        room = va_arg(list, unsigned int);
                        /* All of %c's room is for characters, one of the others' for the zero. */
                        limit = *end == 'c' ? room : room ? room - 1 : 0;
                        if (!limit || (*end == 'c' && width > limit)) goto out;
                        if (*end != 'c' && (!width || width > limit)) width = limit;
                    }
                }
                if (width) length += (size_t)snprintf(one + length, 24, "%u", (unsigned int)width);
                if (*end == '[') {
                    /* A bracket that comes first is a member of the set. */
                    end += end[1] == '^' ? 2 : 1;
                    if (*end == ']') end++;
                    while (*end && *end != ']') end++;
                }
                if (!*end || length + (size_t)(end - format) + 8 >= sizeof one) goto out;
                memcpy(one + length, format, (size_t)(end - format) + 1);
                length += (size_t)(end - format) + 1;
                format = end + 1;
            }
        }
        strcpy(one + length, "%n");
        if (text) result = to ? sscanf(text, one, to, &taken) : sscanf(text, one, &taken);
        else result = to ? fscanf(stream, one, to, &taken) : fscanf(stream, one, &taken);
        if (result == EOF && !assigned) assigned = EOF;
        if (result == EOF || taken < 0) goto out;
        if (to) assigned += result;
        if (text) text += taken;
    }
out:
    va_end(list);
    return assigned;
}
#pragma GCC diagnostic pop

LINSOCK_INLINE int sscanf_s(const char *text, const char *format, ...)
{
    LINSOCK_VARIADIC(linsock_scan(text, NULL, format, arguments));
}

LINSOCK_INLINE int fscanf_s(FILE *stream, const char *format, ...)
{
    LINSOCK_VARIADIC(linsock_scan(NULL, stream, format, arguments));
}

LINSOCK_INLINE int scanf_s(const char *format, ...)
{
    LINSOCK_VARIADIC(linsock_scan(NULL, stdin, format, arguments));
}

#endif /* LINSOCK_SCAN_H */
