/* minwindef.h, and min and max as Windows' C programs expect them. */
#ifndef _WINDEF_
#define _WINDEF_

#include "minwindef.h"
#include "winnt.h"

#if !defined(NOMINMAX) && defined(__cplusplus)
/*
 * No macros in C++: the standard library's own headers have functions of these names. Where its own is seen as well,
 * by `using namespace std`, that is the better one for two of a kind.
 */
extern "C++" {
template <typename A, typename B> constexpr auto max(const A &a, const B &b) -> decltype(a > b ? a : b)
{
    return a > b ? a : b;
}
template <typename A, typename B> constexpr auto min(const A &a, const B &b) -> decltype(a < b ? a : b)
{
    return a < b ? a : b;
}
}
#elif !defined(NOMINMAX)
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
