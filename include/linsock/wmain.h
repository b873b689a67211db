/*
 * wmain: the name begins a main that makes wide arguments of the program's and calls what the program defines. Included
 * by crt.h. `int wmain` and no declaration before it: a wmain that returns nothing, or is declared apart, is none here.
 */
#ifndef LINSOCK_WMAIN_H
#define LINSOCK_WMAIN_H

/* The program's function, whatever parameters it has; C++ is told to use C's name. */
#ifdef __cplusplus
#define LINSOCK_C_NAME extern "C"
#else
#define LINSOCK_C_NAME extern
#endif
LINSOCK_C_NAME int linsock_start_wide(int, wchar_t **, wchar_t **) __asm__("linsock_wmain");
LINSOCK_BEGIN
extern char **environ;
LINSOCK_END

LINSOCK_INLINE wchar_t **linsock_wide_texts(char **narrow)
{
    size_t count = 0, i;
    wchar_t **wide;
    while (narrow[count]) count++;
    wide = (wchar_t **)calloc(count + 1, sizeof *wide);
    for (i = 0; wide && i < count; i++) {
        size_t bytes = strlen(narrow[i]), units = linsock_wide_of(narrow[i], bytes, NULL, 0);
        wide[i] = (wchar_t *)calloc(units + 1, sizeof **wide);
        if (!wide[i]) abort();
        linsock_wide_of(narrow[i], bytes, wide[i], units);
    }
    if (!wide) abort();
    return wide;
}

#define wmain                                                                                       \
    main(int linsock_count, char **linsock_arguments)                                               \
    {                                                                                               \
        return linsock_start_wide(linsock_count, linsock_wide_texts(linsock_arguments),             \
                                  linsock_wide_texts(environ));                                     \
    }                                                                                               \
    LINSOCK_C_NAME int linsock_wmain

#endif /* LINSOCK_WMAIN_H */
