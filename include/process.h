/* Threads by the C runtime's names. */
#ifndef _INC_PROCESS
#define _INC_PROCESS

#include <stdint.h>
#include <stdlib.h>
#include "processthreadsapi.h"
#include "handleapi.h"

typedef unsigned (__stdcall *_beginthreadex_proc_type)(void *);
typedef void (__cdecl *_beginthread_proc_type)(void *);

/* LPTHREAD_START_ROUTINE but for the spelling of its result, which is a DWORD there. */
LINSOCK_INLINE uintptr_t _beginthreadex(void *security, unsigned stack_size, _beginthreadex_proc_type start,
                                        void *argument, unsigned flags, unsigned *id)
{
    return (uintptr_t)CreateThread((LPSECURITY_ATTRIBUTES)security, stack_size, start, argument, flags, id);
}

LINSOCK_NORETURN LINSOCK_INLINE void _endthreadex(unsigned code)
{
    ExitThread(code);
}

struct linsock_thread {
    _beginthread_proc_type start;
    void *argument;
};

LINSOCK_INLINE unsigned __stdcall linsock_thread_main(void *given)
{
    struct linsock_thread thread = *(struct linsock_thread *)given;
    free(given);
    thread.start(thread.argument);
    return 0;
}

/* The handle is closed by the thread's end on Windows; here it is closed at once, and its number is the answer. */
LINSOCK_INLINE uintptr_t _beginthread(_beginthread_proc_type start, unsigned stack_size, void *argument)
{
    struct linsock_thread *thread = (struct linsock_thread *)malloc(sizeof *thread);
    HANDLE made;
    if (!thread) return (uintptr_t)-1;
    thread->start = start;
    thread->argument = argument;
    made = CreateThread(NULL, stack_size, linsock_thread_main, thread, 0, NULL);
    if (!made) {
        free(thread);
        return (uintptr_t)-1;
    }
    CloseHandle(made);
    return (uintptr_t)made;
}

LINSOCK_NORETURN LINSOCK_INLINE void _endthread(void)
{
    ExitThread(0);
}

LINSOCK_INLINE int _getpid(void)
{
    return (int)GetCurrentProcessId();
}

#endif /* _INC_PROCESS */
