/* minwindef.h, and min and max as Windows' C programs expect them. */
#ifndef _WINDEF_
#define _WINDEF_

#include "minwindef.h"
#include "winnt.h"

/* Not in C++: the standard library's own headers have functions of these names. */
#if !defined(NOMINMAX) && !defined(__cplusplus)
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#endif

typedef struct tagPOINT {
    LONG x;
    LONG y;
} POINT, *PPOINT, *LPPOINT;

#endif /* _WINDEF_ */
