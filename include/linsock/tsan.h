/*
 * What one thread hands to another, told to ThreadSanitizer.
 *
 * The library is not instrumented, so the sanitizer cannot see that a packet, an event or a lock of Winsock's orders two
 * threads. The compiler driver adds this text to a program that is linked with -fsanitize=thread, and has the linker lead the
 * program's calls here (--wrap): before a call that hands something over the caller "releases" what it is known by, after a
 * call that takes it the taker "acquires" the same.
 *
 * Both C and C++, whatever the program is linked as.
 */
#pragma GCC system_header
#ifndef LINSOCK_TSAN_H
#define LINSOCK_TSAN_H

#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <stdlib.h>
#include <string.h>
#include "../linsock.h"

#ifdef __cplusplus
extern "C" {
#endif

void __tsan_acquire(void *address);
void __tsan_release(void *address);

/* What the library does under its own locks is its own affair. */
__attribute__((weak, visibility("default"))) const char *__tsan_default_suppressions(void)
{
    return "called_from_lib:liblinsock.so\n";
}

/*
 * A handle is no address, and the sanitizer wants one: a place in the library that belongs to the handle's number, the same
 * in every module of the program. Two handles may share one, which orders a little more than there is.
 */
static void *place(HANDLE handle)
{
    return (char *)(void *)linsock_backend_name + ((size_t)handle >> 2) % 8191 * 8;
}

/* All threads' ends share one: a wait for one of them waits for those that ended before, too. */
static void *ends(void)
{
    return place(NULL);
}

static void give(void *address)
{
    if (address) __tsan_release(address);
}

static void take(void *address)
{
    if (address) __tsan_acquire(address);
}

static void take_objects(DWORD count, const HANDLE *handles)
{
    DWORD i;
    for (i = 0; i < count && i < MAXIMUM_WAIT_OBJECTS; i++) __tsan_acquire(place(handles[i]));
    __tsan_acquire(ends());
}

#define WRAPPED(type, name, parameters)                                                                               \
    __typeof__(name) __real_##name;                                                                                   \
    __attribute__((visibility("hidden"))) type __wrap_##name parameters

/* The call hands over what is known by the first: it stands before the call. */
#define GIVES(what, type, name, parameters, arguments)                                                                \
    WRAPPED(type, name, parameters)                                                                                   \
    {                                                                                                                 \
        give(what);                                                                                                   \
        return __real_##name arguments;                                                                               \
    }

/* The call, which returns nothing, takes over. */
#define TAKES(what, name, parameters, arguments)                                                                      \
    WRAPPED(void, name, parameters)                                                                                   \
    {                                                                                                                 \
        __real_##name arguments;                                                                                      \
        take(what);                                                                                                   \
    }

/* The call takes over if it succeeds. */
#define TAKES_IF(succeeds, what, type, name, parameters, arguments)                                                   \
    WRAPPED(type, name, parameters)                                                                                   \
    {                                                                                                                 \
        type result = __real_##name arguments;                                                                        \
        if (succeeds) what;                                                                                           \
        return result;                                                                                                \
    }

/* Events, mutexes, semaphores. */
GIVES(place(event), BOOL, SetEvent, (HANDLE event), (event))
GIVES(place(event), BOOL, WSASetEvent, (HANDLE event), (event))
GIVES(place(mutex), BOOL, ReleaseMutex, (HANDLE mutex), (mutex))
GIVES(place(semaphore), BOOL, ReleaseSemaphore, (HANDLE semaphore, LONG count, LPLONG previous), (semaphore, count, previous))
TAKES_IF(result != WAIT_FAILED, take_objects(1, &handle), DWORD, WaitForSingleObject, (HANDLE handle, DWORD time),
         (handle, time))
TAKES_IF(result != WAIT_FAILED, take_objects(1, &handle), DWORD, WaitForSingleObjectEx,
         (HANDLE handle, DWORD time, BOOL alertable), (handle, time, alertable))
TAKES_IF(result != WAIT_FAILED, take_objects(count, handles), DWORD, WaitForMultipleObjects,
         (DWORD count, const HANDLE *handles, BOOL all, DWORD time), (count, handles, all, time))
TAKES_IF(result != WAIT_FAILED, take_objects(count, handles), DWORD, WaitForMultipleObjectsEx,
         (DWORD count, const HANDLE *handles, BOOL all, DWORD time, BOOL alertable), (count, handles, all, time, alertable))
TAKES_IF(result != WAIT_FAILED, take_objects(count, handles), DWORD, WSAWaitForMultipleEvents,
         (DWORD count, const HANDLE *handles, BOOL all, DWORD time, BOOL alertable), (count, handles, all, time, alertable))

/* Ports. What was posted is known by the port, what was started by its OVERLAPPED. */
GIVES(place(port), BOOL, PostQueuedCompletionStatus, (HANDLE port, DWORD bytes, ULONG_PTR key, LPOVERLAPPED overlapped),
      (port, bytes, key, overlapped))
TAKES_IF(result || *overlapped, (take(place(port)), take(*overlapped)), BOOL, GetQueuedCompletionStatus,
         (HANDLE port, LPDWORD bytes, PULONG_PTR key, LPOVERLAPPED *overlapped, DWORD time),
         (port, bytes, key, overlapped, time))

static void take_packets(HANDLE port, const OVERLAPPED_ENTRY *entries, ULONG count)
{
    ULONG i;
    __tsan_acquire(place(port));
    for (i = 0; i < count; i++) take(entries[i].lpOverlapped);
}

TAKES_IF(result, take_packets(port, entries, *removed), BOOL, GetQueuedCompletionStatusEx,
         (HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG count, PULONG removed, DWORD time, BOOL alertable),
         (port, entries, count, removed, time, alertable))
TAKES_IF(result, take(overlapped), BOOL, GetOverlappedResult,
         (HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes, BOOL wait), (file, overlapped, bytes, wait))
TAKES_IF(result, take(overlapped), BOOL, WSAGetOverlappedResult,
         (SOCKET s, LPWSAOVERLAPPED overlapped, LPDWORD bytes, BOOL wait, LPDWORD flags), (s, overlapped, bytes, wait, flags))

/* What starts an operation. */
GIVES(overlapped, int, WSASend,
      (SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD bytes, DWORD flags, LPWSAOVERLAPPED overlapped,
       LPWSAOVERLAPPED_COMPLETION_ROUTINE routine),
      (s, buffers, count, bytes, flags, overlapped, routine))
GIVES(overlapped, int, WSARecv,
      (SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD bytes, LPDWORD flags, LPWSAOVERLAPPED overlapped,
       LPWSAOVERLAPPED_COMPLETION_ROUTINE routine),
      (s, buffers, count, bytes, flags, overlapped, routine))
GIVES(overlapped, int, WSASendTo,
      (SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD bytes, DWORD flags, const struct sockaddr *to, int length,
       LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine),
      (s, buffers, count, bytes, flags, to, length, overlapped, routine))
GIVES(overlapped, int, WSARecvFrom,
      (SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD bytes, LPDWORD flags, struct sockaddr *from, LPINT length,
       LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine),
      (s, buffers, count, bytes, flags, from, length, overlapped, routine))
GIVES(overlapped, BOOL, ReadFile, (HANDLE file, LPVOID buffer, DWORD size, LPDWORD bytes, LPOVERLAPPED overlapped),
      (file, buffer, size, bytes, overlapped))
GIVES(overlapped, BOOL, WriteFile, (HANDLE file, LPCVOID buffer, DWORD size, LPDWORD bytes, LPOVERLAPPED overlapped),
      (file, buffer, size, bytes, overlapped))
GIVES(overlapped, BOOL, AcceptEx,
      (SOCKET listener, SOCKET s, PVOID buffer, DWORD data, DWORD local, DWORD remote, LPDWORD bytes, LPOVERLAPPED overlapped),
      (listener, s, buffer, data, local, remote, bytes, overlapped))
GIVES(overlapped, BOOL, TransmitFile,
      (SOCKET s, HANDLE file, DWORD size, DWORD piece, LPOVERLAPPED overlapped, LPTRANSMIT_FILE_BUFFERS around, DWORD flags),
      (s, file, size, piece, overlapped, around, flags))

/* The same for functions that are fetched: the program gets these and they call the library's. */
static LPFN_CONNECTEX connect_ex;
static LPFN_ACCEPTEX accept_ex;
static LPFN_DISCONNECTEX disconnect_ex;
static LPFN_TRANSMITFILE transmit_file;

static BOOL PASCAL connect_ex_given(SOCKET s, const struct sockaddr *name, int length, PVOID data, DWORD size, LPDWORD sent,
                                    LPOVERLAPPED overlapped)
{
    give(overlapped);
    return connect_ex(s, name, length, data, size, sent, overlapped);
}

static BOOL PASCAL accept_ex_given(SOCKET listener, SOCKET s, PVOID buffer, DWORD data, DWORD local, DWORD remote,
                                   LPDWORD bytes, LPOVERLAPPED overlapped)
{
    give(overlapped);
    return accept_ex(listener, s, buffer, data, local, remote, bytes, overlapped);
}

static BOOL PASCAL disconnect_ex_given(SOCKET s, LPOVERLAPPED overlapped, DWORD flags, DWORD reserved)
{
    give(overlapped);
    return disconnect_ex(s, overlapped, flags, reserved);
}

static BOOL PASCAL transmit_file_given(SOCKET s, HANDLE file, DWORD size, DWORD piece, LPOVERLAPPED overlapped,
                                       LPTRANSMIT_FILE_BUFFERS around, DWORD flags)
{
    give(overlapped);
    return transmit_file(s, file, size, piece, overlapped, around, flags);
}

static const GUID connect_ex_guid = WSAID_CONNECTEX, accept_ex_guid = WSAID_ACCEPTEX,
                  disconnect_ex_guid = WSAID_DISCONNECTEX, transmit_file_guid = WSAID_TRANSMITFILE;

/* Every call stores the same pointer, whichever thread makes it. */
#define EXCHANGE(variable)                                                                                            \
    if (memcmp(in, &variable##_guid, sizeof(GUID)) == 0) {                                                            \
        __atomic_store_n((void **)(void *)&variable, *(void **)out, __ATOMIC_RELEASE);                                \
        *(void **)out = (void *)variable##_given;                                                                     \
    }

WRAPPED(int, WSAIoctl,
        (SOCKET s, DWORD code, LPVOID in, DWORD in_size, LPVOID out, DWORD out_size, LPDWORD bytes, LPWSAOVERLAPPED overlapped,
         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine))
{
    int result;
    give(overlapped);
    result = __real_WSAIoctl(s, code, in, in_size, out, out_size, bytes, overlapped, routine);
    if (result == 0 && code == SIO_GET_EXTENSION_FUNCTION_POINTER && in_size >= sizeof(GUID)) {
        EXCHANGE(connect_ex)
        EXCHANGE(accept_ex)
        EXCHANGE(disconnect_ex)
        EXCHANGE(transmit_file)
    }
    return result;
}

/* Threads: their beginning is pthread_create's, their end is told here. */
struct beginning {
    LPTHREAD_START_ROUTINE start;
    LPVOID argument;
};

static DWORD WINAPI run(LPVOID record)
{
    struct beginning beginning = *(struct beginning *)record;
    DWORD code;
    free(record);
    code = beginning.start(beginning.argument);
    __tsan_release(ends());
    return code;
}

WRAPPED(HANDLE, CreateThread,
        (LPSECURITY_ATTRIBUTES security, SIZE_T stack, LPTHREAD_START_ROUTINE start, LPVOID argument, DWORD flags, LPDWORD id))
{
    struct beginning *record = (struct beginning *)malloc(sizeof *record);
    HANDLE thread;
    if (!record || !start) {
        free(record);
        return __real_CreateThread(security, stack, start, argument, flags, id);
    }
    record->start = start;
    record->argument = argument;
    thread = __real_CreateThread(security, stack, run, record, flags, id);
    if (!thread) free(record);
    return thread;
}

WRAPPED(void, ExitThread, (DWORD code))
{
    __tsan_release(ends());
    __real_ExitThread(code);
    __builtin_unreachable();
}

/* Locks are known by their own address. */
TAKES(section, EnterCriticalSection, (LPCRITICAL_SECTION section), (section))
TAKES_IF(result, take(section), BOOL, TryEnterCriticalSection, (LPCRITICAL_SECTION section), (section))
GIVES(section, void, LeaveCriticalSection, (LPCRITICAL_SECTION section), (section))
TAKES(lock, AcquireSRWLockExclusive, (PSRWLOCK lock), (lock))
TAKES(lock, AcquireSRWLockShared, (PSRWLOCK lock), (lock))
TAKES_IF(result, take(lock), BOOLEAN, TryAcquireSRWLockExclusive, (PSRWLOCK lock), (lock))
TAKES_IF(result, take(lock), BOOLEAN, TryAcquireSRWLockShared, (PSRWLOCK lock), (lock))
GIVES(lock, void, ReleaseSRWLockExclusive, (PSRWLOCK lock), (lock))
GIVES(lock, void, ReleaseSRWLockShared, (PSRWLOCK lock), (lock))

WRAPPED(BOOL, SleepConditionVariableCS, (PCONDITION_VARIABLE variable, PCRITICAL_SECTION section, DWORD time))
{
    BOOL result;
    give(section);
    result = __real_SleepConditionVariableCS(variable, section, time);
    take(section);
    return result;
}

WRAPPED(BOOL, SleepConditionVariableSRW, (PCONDITION_VARIABLE variable, PSRWLOCK lock, DWORD time, ULONG flags))
{
    BOOL result;
    give(lock);
    result = __real_SleepConditionVariableSRW(variable, lock, time, flags);
    take(lock);
    return result;
}

struct initialisation {
    PINIT_ONCE_FN function;
    PVOID parameter;
};

static BOOL CALLBACK once_given(PINIT_ONCE once, PVOID record, PVOID *context)
{
    struct initialisation *initialisation = (struct initialisation *)record;
    BOOL done = initialisation->function(once, initialisation->parameter, context);
    give(once);
    return done;
}

WRAPPED(BOOL, InitOnceExecuteOnce, (PINIT_ONCE once, PINIT_ONCE_FN function, PVOID parameter, LPVOID *context))
{
    struct initialisation initialisation = { function, parameter };
    BOOL done = __real_InitOnceExecuteOnce(once, once_given, &initialisation, context);
    take(once);
    return done;
}

#ifdef __cplusplus
}
#endif

#endif /* LINSOCK_TSAN_H */
