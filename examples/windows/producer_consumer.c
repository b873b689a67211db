/*
 * Producers and consumers around a bounded buffer: critical section and condition variables, then the same with
 * a slim lock, then with semaphores and a mutex.
 */
#define _WIN32_WINNT 0x0600
#include <windows.h>
#include <process.h>
#include <stdio.h>

#define BUFFER_SIZE 10
#define PRODUCERS   2
#define CONSUMERS   3
#define EACH        3000

static LONG Buffer[BUFFER_SIZE];
static ULONG QueueSize, QueueStart, TotalProduced, TotalConsumed, MostQueued;
static LONGLONG Sum;
static BOOL Stop;

static void Put(LONG item)
{
    Buffer[(QueueStart + QueueSize++) % BUFFER_SIZE] = item;
    if (QueueSize > MostQueued) MostQueued = QueueSize;
    TotalProduced++;
}

static void Take(void)
{
    Sum += Buffer[QueueStart];
    QueueStart = (QueueStart + 1) % BUFFER_SIZE;
    QueueSize--;
    TotalConsumed++;
}

static CRITICAL_SECTION Section;
static CONDITION_VARIABLE NotEmpty, NotFull;

static unsigned __stdcall ProduceInSection(void *unused)
{
    (void)unused;
    for (LONG i = 1; i <= EACH; i++) {
        EnterCriticalSection(&Section);
        while (QueueSize == BUFFER_SIZE) SleepConditionVariableCS(&NotFull, &Section, INFINITE);
        Put(i);
        LeaveCriticalSection(&Section);
        WakeConditionVariable(&NotEmpty);
    }
    return 0;
}

static unsigned __stdcall ConsumeInSection(void *unused)
{
    (void)unused;
    for (;;) {
        EnterCriticalSection(&Section);
        while (QueueSize == 0 && !Stop) SleepConditionVariableCS(&NotEmpty, &Section, INFINITE);
        if (QueueSize == 0) break;
        Take();
        LeaveCriticalSection(&Section);
        WakeConditionVariable(&NotFull);
    }
    LeaveCriticalSection(&Section);
    return 0;
}

static void StopInSection(void)
{
    EnterCriticalSection(&Section);
    Stop = TRUE;
    LeaveCriticalSection(&Section);
    WakeAllConditionVariable(&NotEmpty);
}

static SRWLOCK Slim = SRWLOCK_INIT;

static unsigned __stdcall ProduceSlim(void *unused)
{
    (void)unused;
    for (LONG i = 1; i <= EACH; i++) {
        AcquireSRWLockExclusive(&Slim);
        while (QueueSize == BUFFER_SIZE) SleepConditionVariableSRW(&NotFull, &Slim, INFINITE, 0);
        Put(i);
        ReleaseSRWLockExclusive(&Slim);
        WakeConditionVariable(&NotEmpty);
    }
    return 0;
}

static unsigned __stdcall ConsumeSlim(void *unused)
{
    (void)unused;
    AcquireSRWLockExclusive(&Slim);
    for (;;) {
        while (QueueSize == 0 && !Stop) SleepConditionVariableSRW(&NotEmpty, &Slim, INFINITE, 0);
        if (QueueSize == 0) break;
        Take();
        WakeConditionVariable(&NotFull);
    }
    ReleaseSRWLockExclusive(&Slim);
    return 0;
}

static void StopSlim(void)
{
    AcquireSRWLockExclusive(&Slim);
    Stop = TRUE;
    ReleaseSRWLockExclusive(&Slim);
    WakeAllConditionVariable(&NotEmpty);
}

static HANDLE Mutex, Items, Places;

static unsigned __stdcall ProduceCounted(void *unused)
{
    (void)unused;
    for (LONG i = 1; i <= EACH; i++) {
        WaitForSingleObject(Places, INFINITE);
        WaitForSingleObject(Mutex, INFINITE);
        Put(i);
        ReleaseMutex(Mutex);
        ReleaseSemaphore(Items, 1, NULL);
    }
    return 0;
}

static unsigned __stdcall ConsumeCounted(void *unused)
{
    HANDLE both[2];
    (void)unused;
    both[0] = Items;
    both[1] = Mutex;
    for (;;) {
        WaitForMultipleObjects(2, both, TRUE, INFINITE);
        if (QueueSize == 0) break;
        Take();
        ReleaseMutex(Mutex);
        ReleaseSemaphore(Places, 1, NULL);
    }
    ReleaseMutex(Mutex);
    return 0;
}

static void StopCounted(void)
{
    ReleaseSemaphore(Items, CONSUMERS, NULL);
}

static void Run(const char *name, unsigned(__stdcall *produce)(void *), unsigned(__stdcall *consume)(void *),
                void (*stop)(void))
{
    HANDLE producers[PRODUCERS], consumers[CONSUMERS];
    int i;
    QueueSize = QueueStart = TotalProduced = TotalConsumed = MostQueued = 0;
    Sum = 0;
    Stop = FALSE;
    for (i = 0; i < PRODUCERS; i++) producers[i] = (HANDLE)_beginthreadex(NULL, 0, produce, NULL, 0, NULL);
    for (i = 0; i < CONSUMERS; i++) consumers[i] = (HANDLE)_beginthreadex(NULL, 0, consume, NULL, 0, NULL);
    WaitForMultipleObjects(PRODUCERS, producers, TRUE, INFINITE);
    stop();
    WaitForMultipleObjects(CONSUMERS, consumers, TRUE, INFINITE);
    for (i = 0; i < PRODUCERS; i++) CloseHandle(producers[i]);
    for (i = 0; i < CONSUMERS; i++) CloseHandle(consumers[i]);
    printf("%s: produced %d, consumed %d, sum %d, never more than %d queued: %s\n", name, (int)TotalProduced,
           (int)TotalConsumed, (int)Sum, BUFFER_SIZE, MostQueued <= BUFFER_SIZE ? "yes" : "no");
}

int main(void)
{
    InitializeConditionVariable(&NotEmpty);
    InitializeConditionVariable(&NotFull);
    if (!InitializeCriticalSectionAndSpinCount(&Section, 4000)) return 1;
    Mutex = CreateMutex(NULL, FALSE, NULL);
    Items = CreateSemaphore(NULL, 0, BUFFER_SIZE + CONSUMERS, NULL);
    Places = CreateSemaphore(NULL, BUFFER_SIZE, BUFFER_SIZE, NULL);
    Run("critical section", ProduceInSection, ConsumeInSection, StopInSection);
    Run("slim lock", ProduceSlim, ConsumeSlim, StopSlim);
    Run("semaphores", ProduceCounted, ConsumeCounted, StopCounted);

    EnterCriticalSection(&Section);
    printf("entered again by its owner: %s\n", TryEnterCriticalSection(&Section) ? "yes" : "no");
    LeaveCriticalSection(&Section);
    LeaveCriticalSection(&Section);
    if (!ReleaseSemaphore(Places, 100, NULL)) printf("a semaphore over its limit: error %d\n", (int)GetLastError());
    if (!SleepConditionVariableSRW(&NotEmpty, (AcquireSRWLockExclusive(&Slim), &Slim), 1, 0))
        printf("nobody wakes: error %d\n", (int)GetLastError());
    ReleaseSRWLockExclusive(&Slim);
    DeleteCriticalSection(&Section);
    CloseHandle(Mutex);
    CloseHandle(Items);
    CloseHandle(Places);
    return 0;
}
