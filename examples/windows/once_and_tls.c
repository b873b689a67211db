/*
 * What every thread of a server needs: something made once (InitOnce), something for each thread (Tls, Fls), counters
 * (Interlocked), readers and a writer (SRW lock), and an event that starts all of them.
 */
#define _WIN32_WINNT 0x0600
#include <windows.h>
#include <process.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS 6
#define LOOPS   2000

typedef struct {
    int created;
} CONFIGURATION;

static INIT_ONCE g_once = INIT_ONCE_STATIC_INIT;
static volatile LONG g_initialized, g_freed, g_mask, g_mismatches, g_torn;
static volatile LONGLONG g_count;
static DWORD g_tls, g_fls;
static SRWLOCK g_lock = SRWLOCK_INIT;
static LONG g_pair[2];
static HANDLE g_start;

static BOOL CALLBACK Initialize(PINIT_ONCE once, PVOID parameter, PVOID *context)
{
    CONFIGURATION *configuration = (CONFIGURATION *)malloc(sizeof *configuration);
    (void)once;
    if (configuration == NULL) return FALSE;
    configuration->created = (int)InterlockedIncrement((volatile LONG *)parameter);
    *context = configuration;
    return TRUE;
}

static VOID WINAPI Freed(PVOID data)
{
    InterlockedIncrement(&g_freed);
    HeapFree(GetProcessHeap(), 0, data);
}

static unsigned __stdcall Thread(void *parameter)
{
    LONG number = (LONG)(LONG_PTR)parameter, i;
    PVOID context = NULL;
    if (TlsGetValue(g_tls) != NULL) InterlockedIncrement(&g_mismatches);
    TlsSetValue(g_tls, parameter);
    FlsSetValue(g_fls, HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 64));
    WaitForSingleObject(g_start, INFINITE);
    if (!InitOnceExecuteOnce(&g_once, Initialize, (PVOID)&g_initialized, &context)) return 1;
    if (((CONFIGURATION *)context)->created != 1) InterlockedIncrement(&g_mismatches);
    for (i = 0; i < LOOPS; i++) {
        InterlockedIncrement64(&g_count);
        if (i % 10 == 0) {
            AcquireSRWLockExclusive(&g_lock);
            g_pair[0]++;
            g_pair[1]++;
            ReleaseSRWLockExclusive(&g_lock);
        } else {
            AcquireSRWLockShared(&g_lock);
            if (g_pair[0] != g_pair[1]) InterlockedIncrement(&g_torn);
            ReleaseSRWLockShared(&g_lock);
        }
    }
    InterlockedOr(&g_mask, 1 << number);
    if (TlsGetValue(g_tls) != parameter) InterlockedIncrement(&g_mismatches);
    return 0;
}

int main(void)
{
    HANDLE threads[THREADS], suspended;
    DWORD code;
    unsigned start_id;
    LONG value = 5;
    PVOID context;
    int i;

    g_tls = TlsAlloc();
    g_fls = FlsAlloc(Freed);
    if (g_tls == TLS_OUT_OF_INDEXES || g_fls == FLS_OUT_OF_INDEXES) return 1;
    g_start = CreateEvent(NULL, TRUE, FALSE, NULL);
    for (i = 1; i <= THREADS; i++)
        threads[i - 1] = (HANDLE)_beginthreadex(NULL, 0, Thread, (void *)(LONG_PTR)i, 0, &start_id);
    SetEvent(g_start);
    if (WaitForMultipleObjects(THREADS, threads, TRUE, 10000) != WAIT_OBJECT_0) return 1;
    for (i = 0; i < THREADS; i++) {
        GetExitCodeThread(threads[i], &code);
        if (code != 0) printf("thread %d ended with %d\n", i, (int)code);
        CloseHandle(threads[i]);
    }
    printf("initialized %d time, counted %d, mask 0x%x\n", (int)g_initialized, (int)g_count, (unsigned)g_mask);
    printf("pair %d %d, torn %d, mismatches %d, freed %d\n", (int)g_pair[0], (int)g_pair[1], (int)g_torn,
           (int)g_mismatches, (int)g_freed);
    TlsFree(g_tls);
    FlsFree(g_fls);

    printf("compare-exchange: %d", (int)InterlockedCompareExchange(&value, 7, 5));
    printf(" then %d", (int)InterlockedExchangeAdd(&value, 10));
    printf(" then %d", (int)InterlockedExchange(&value, 1));
    printf(", now %d\n", (int)value);

    if (!InitOnceExecuteOnce(&g_once, Initialize, (PVOID)&g_initialized, &context)) return 1;
    printf("the configuration was made by call %d\n", ((CONFIGURATION *)context)->created);
    free(context);

    suspended = OpenThread(SYNCHRONIZE, FALSE, GetCurrentThreadId());
    printf("this thread is %s\n", WaitForSingleObject(suspended, 0) == WAIT_TIMEOUT ? "alive" : "over");
    CloseHandle(suspended);
    CloseHandle(g_start);
    return 0;
}
