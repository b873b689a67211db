/* Plain memory that goes from thread to thread by every means the library has; none of it is a race. */
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <process.h>
#include <cstdio>

struct Work {
    OVERLAPPED overlapped;
    int value;
};

static HANDLE port, event, mutex;
static CRITICAL_SECTION section;
static SRWLOCK lock = SRWLOCK_INIT;
static CONDITION_VARIABLE filled = CONDITION_VARIABLE_INIT;
static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static int by_event, by_section, by_lock, by_mutex, by_condition, by_once, by_end;

static BOOL CALLBACK initialise(PINIT_ONCE, PVOID, PVOID *)
{
    by_once = 1;
    return TRUE;
}

static int take_work()
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
    if (!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 10000)) return 0;
    Work *work = CONTAINING_RECORD(overlapped, Work, overlapped);
    int value = work->value;
    delete work;
    return value;
}

static unsigned __stdcall worker(void *sum)
{
    int values = take_work();
    values += take_work();
    EnterCriticalSection(&section);
    by_section++;
    LeaveCriticalSection(&section);
    AcquireSRWLockExclusive(&lock);
    by_lock++;
    ReleaseSRWLockExclusive(&lock);
    WaitForSingleObject(mutex, INFINITE);
    by_mutex++;
    ReleaseMutex(mutex);
    InitOnceExecuteOnce(&once, initialise, NULL, NULL);
    values += by_once;
    EnterCriticalSection(&section);
    by_condition = 1;
    LeaveCriticalSection(&section);
    WakeConditionVariable(&filled);
    by_event = values;
    SetEvent(event);
    *static_cast<int *>(sum) = values;
    by_end = 1;
    return 0;
}

int main()
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data)) return 1;
    int sum = 0;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    event = CreateEvent(NULL, TRUE, FALSE, NULL);
    mutex = CreateMutex(NULL, FALSE, NULL);
    InitializeCriticalSection(&section);
    HANDLE thread = reinterpret_cast<HANDLE>(_beginthreadex(NULL, 0, worker, &sum, 0, NULL));

    Work *posted = new Work();
    posted->value = 3;
    PostQueuedCompletionStatus(port, 0, 0, &posted->overlapped);

    /* A datagram to itself, which the other thread is told of. */
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    sockaddr_in address = {};
    int length = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(s, reinterpret_cast<sockaddr *>(&address), sizeof address);
    getsockname(s, reinterpret_cast<sockaddr *>(&address), &length);
    CreateIoCompletionPort(reinterpret_cast<HANDLE>(s), port, 0, 0);
    Work *received = new Work();
    received->value = 4;
    static char text[8];
    WSABUF buffer = { sizeof text, text };
    DWORD flags = 0;
    WSARecv(s, &buffer, 1, NULL, &flags, &received->overlapped, NULL);
    sendto(s, "hello", 5, 0, reinterpret_cast<sockaddr *>(&address), length);

    EnterCriticalSection(&section);
    by_section++;
    while (!by_condition) SleepConditionVariableCS(&filled, &section, 10000);
    LeaveCriticalSection(&section);
    AcquireSRWLockExclusive(&lock);
    by_lock++;
    ReleaseSRWLockExclusive(&lock);
    WaitForSingleObject(mutex, INFINITE);
    by_mutex++;
    ReleaseMutex(mutex);
    InitOnceExecuteOnce(&once, initialise, NULL, NULL);
    WaitForSingleObject(event, 10000);
    int ways = (by_event == 8) + by_once;
    WaitForSingleObject(thread, 10000);
    ways += (sum == 8) + by_end + (by_section == 2) + (by_lock == 2) + (by_mutex == 2) + by_condition;
    std::printf("ordered by %d ways\n", ways);
    CloseHandle(thread), CloseHandle(event), CloseHandle(mutex), CloseHandle(port), closesocket(s);
    return WSACleanup();
}
