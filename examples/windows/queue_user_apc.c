/*
 * Work handed to a thread as APCs: the thread sleeps alertably and runs them in order; a thread that was never alertable
 * runs none of them.
 */
#include <windows.h>
#include <stdio.h>

static DWORD g_worker_id;
static int g_sum, g_wrong_thread;
static BOOL g_quit;
static HANDLE g_ready;

static VOID CALLBACK AddApc(ULONG_PTR dwParam)
{
    g_sum = g_sum * 10 + (int)dwParam;
    if (GetCurrentThreadId() != g_worker_id) g_wrong_thread++;
}

static VOID CALLBACK QuitApc(ULONG_PTR dwParam)
{
    g_quit = (BOOL)dwParam;
}

static DWORD WINAPI WorkerThread(LPVOID lpParam)
{
    DWORD interrupted = 0;
    (void)lpParam;
    SetEvent(g_ready);
    while (!g_quit) {
        if (SleepEx(INFINITE, TRUE) != WAIT_IO_COMPLETION) return 0;
        interrupted++;
    }
    return interrupted > 0;
}

static DWORD WINAPI DeafThread(LPVOID lpEvent)
{
    SetEvent(g_ready);
    WaitForSingleObject((HANDLE)lpEvent, INFINITE); /* not alertable */
    return 7;
}

int main(void)
{
    HANDLE worker, deaf, go, never;
    DWORD code, result;
    int i;

    g_ready = CreateEvent(NULL, FALSE, FALSE, NULL);
    worker = CreateThread(NULL, 0, WorkerThread, NULL, 0, &g_worker_id);
    WaitForSingleObject(g_ready, INFINITE);
    for (i = 1; i <= 5; i++)
        if (!QueueUserAPC(AddApc, worker, i)) return 1;
    if (!QueueUserAPC(QuitApc, worker, TRUE)) return 1;
    if (WaitForSingleObject(worker, 10000) != WAIT_OBJECT_0) return 1;
    GetExitCodeThread(worker, &code);
    printf("in order: %d, on another thread: %d, interrupted: %d\n", g_sum, g_wrong_thread, (int)code);

    g_sum = 0;
    go = CreateEvent(NULL, TRUE, FALSE, NULL);
    deaf = CreateThread(NULL, 0, DeafThread, go, 0, NULL);
    WaitForSingleObject(g_ready, INFINITE);
    QueueUserAPC(AddApc, deaf, 9);
    SetEvent(go);
    WaitForSingleObject(deaf, 10000);
    GetExitCodeThread(deaf, &code);
    printf("the deaf thread ended with %d, sum %d\n", (int)code, g_sum);

    /* One's own APC: the wait returns at once, the event is not looked at. */
    g_worker_id = GetCurrentThreadId();
    never = CreateEvent(NULL, TRUE, FALSE, NULL);
    QueueUserAPC(AddApc, GetCurrentThread(), 3);
    result = WaitForSingleObjectEx(never, 0, FALSE);
    printf("not alertable: %s, sum %d\n", result == WAIT_TIMEOUT ? "WAIT_TIMEOUT" : "?", g_sum);
    result = WaitForSingleObjectEx(never, 10000, TRUE);
    printf("alertable: %s, sum %d\n", result == WAIT_IO_COMPLETION ? "WAIT_IO_COMPLETION" : "?", g_sum);
    result = WaitForSingleObjectEx(never, 1, TRUE);
    printf("alertable, nothing queued: %s\n", result == WAIT_TIMEOUT ? "WAIT_TIMEOUT" : "?");

    CloseHandle(never);
    CloseHandle(go);
    CloseHandle(deaf);
    CloseHandle(worker);
    CloseHandle(g_ready);
    return 0;
}
