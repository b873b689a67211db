/*
 * Structured exceptions do not exist here: nothing raises one. __try is a block, and what follows __finally runs after
 * it, unless it is left by return, goto or a C++ exception. A handler (__except) would never be entered. One whose
 * filter asks for a certain code loses nothing by that; any other is an error, or, with -DLINSOCK_IGNORE_HANDLERS,
 * compiled and skipped.
 */
#ifndef _INC_EXCPT
#define _INC_EXCPT

#define EXCEPTION_EXECUTE_HANDLER      1
#define EXCEPTION_CONTINUE_SEARCH      0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

#define GetExceptionCode() 0
#define GetExceptionInformation() ((void *)0)

/* Whether a filter turns down the code 0, which no exception has: those that are not constant are taken for willing. */
#ifdef LINSOCK_IGNORE_HANDLERS
#define LINSOCK_MAY_SKIP(filter) 1
#else
#define LINSOCK_MAY_SKIP(filter) ((__builtin_constant_p(filter) ? (filter) : 1) == 0)
#endif
#define LINSOCK_HANDLER_TEXT \
    "__except: there are no structured exceptions, the handler would never run; -DLINSOCK_IGNORE_HANDLERS compiles and skips it"

#if defined(__cplusplus) && defined(__cpp_exceptions)
/* The C++ library has a macro of this name, with the same meaning. */
#ifndef __try
#define __try try
#endif
template <bool Skipped> struct linsock_structured_exception {
    static_assert(Skipped, LINSOCK_HANDLER_TEXT);
};
#define __except(...) catch (const linsock_structured_exception<LINSOCK_MAY_SKIP((__VA_ARGS__))> &)
#define __finally catch (const linsock_structured_exception<true> &) { throw; }
#else
#ifndef __try
#define __try if (1)
#endif
#ifdef __cplusplus
#define __except(...) else if (linsock_no_handler<LINSOCK_MAY_SKIP((__VA_ARGS__))>())
template <bool Skipped> inline bool linsock_no_handler()
{
    static_assert(Skipped, LINSOCK_HANDLER_TEXT);
    return true;
}
#else
#define __except(...) \
    else if (sizeof(struct { char one; _Static_assert(LINSOCK_MAY_SKIP((__VA_ARGS__)), LINSOCK_HANDLER_TEXT); }))
#endif
#define __finally
#endif
#define __leave LINSOCK_leave_is_not_there

#endif /* _INC_EXCPT */
