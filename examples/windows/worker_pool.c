/*
 * A completion port without any I/O: a queue of work items for a pool of threads, by PostQueuedCompletionStatus.
 */
#include <windows.h>
#include <process.h>
#include <stdio.h>

#define WORKERS 4
#define ITEMS   2000

typedef struct _WORK_ITEM {
    OVERLAPPED unused;
    LONG number;
    LONGLONG square;
    volatile LONG times_done;
} WORK_ITEM, *PWORK_ITEM;

static HANDLE hPort;
static volatile LONG nDone, nActive, nMostActive;
static volatile LONGLONG llTotal;

static unsigned int __stdcall Worker(void *pvParam)
{
    unsigned handled = 0;
    (void)pvParam;
    for (;;) {
        DWORD cb;
        ULONG_PTR key;
        LPOVERLAPPED po;
        LONG active, most;
        PWORK_ITEM pItem;
        if (!GetQueuedCompletionStatus(hPort, &cb, &key, &po, INFINITE)) return (unsigned)-1;
        if (key == 0) break;
        active = InterlockedIncrement(&nActive);
        while ((most = nMostActive) < active && InterlockedCompareExchange(&nMostActive, active, most) != most) { }
        pItem = (PWORK_ITEM)po;
        pItem->square = (LONGLONG)pItem->number * pItem->number;
        InterlockedExchangeAdd64(&llTotal, pItem->square);
        InterlockedIncrement(&pItem->times_done);
        InterlockedIncrement(&nDone);
        handled++;
        InterlockedDecrement(&nActive);
    }
    _endthreadex(handled);
    return 0;
}

int main(void)
{
    static WORK_ITEM items[ITEMS];
    HANDLE threads[WORKERS];
    DWORD code, sum = 0, cb;
    ULONG_PTR key;
    LPOVERLAPPED po;
    SYSTEM_INFO si;
    int i, once = 0;

    GetSystemInfo(&si);
    if (si.dwNumberOfProcessors < 1) return 1;
    hPort = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, WORKERS);
    if (hPort == NULL) return 1;
    for (i = 0; i < WORKERS; i++) {
        threads[i] = (HANDLE)_beginthreadex(NULL, 0, Worker, NULL, 0, NULL);
        if (threads[i] == NULL) return 1;
    }
    for (i = 0; i < ITEMS; i++) {
        items[i].number = i;
        if (!PostQueuedCompletionStatus(hPort, sizeof(WORK_ITEM), 1, &items[i].unused)) return 1;
    }
    for (i = 0; i < WORKERS; i++) PostQueuedCompletionStatus(hPort, 0, 0, NULL);
    if (WaitForMultipleObjects(WORKERS, threads, TRUE, 10000) != WAIT_OBJECT_0) return 1;
    for (i = 0; i < WORKERS; i++) {
        GetExitCodeThread(threads[i], &code);
        sum += code;
        CloseHandle(threads[i]);
    }
    for (i = 0; i < ITEMS; i++) once += items[i].times_done == 1;
    printf("%d items posted, %d done once, %d handled in all\n", ITEMS, once, (int)sum);
    printf("the sum of squares is %s\n", llTotal == (LONGLONG)ITEMS * (ITEMS - 1) * (2 * ITEMS - 1) / 6 ? "right" : "wrong");
    printf("never more than %d at a time: %s\n", WORKERS, nMostActive <= WORKERS ? "yes" : "no");

    po = (LPOVERLAPPED)&code;
    if (!GetQueuedCompletionStatus(hPort, &cb, &key, &po, 0))
        printf("the queue is empty: error %d, overlapped is %s\n", (int)GetLastError(), po == NULL ? "NULL" : "not NULL");
    PostQueuedCompletionStatus(hPort, 111, 222, (LPOVERLAPPED)(ULONG_PTR)333);
    GetQueuedCompletionStatus(hPort, &cb, &key, &po, 0);
    printf("any values pass: %d %d %d\n", (int)cb, (int)key, (int)(ULONG_PTR)po);
    CloseHandle(hPort);
    if (!PostQueuedCompletionStatus(hPort, 0, 0, NULL)) printf("a closed port: error %d\n", (int)GetLastError());
    return 0;
}
