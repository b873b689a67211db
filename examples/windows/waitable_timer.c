/*
 * Waitable timers: one that synchronizes, one that calls a routine, one that is cancelled before it is due, and
 * a time limit on a receive.
 */
#define _WIN32_WINNT 0x0600
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>

static int ticks;

static VOID CALLBACK OnTimer(LPVOID argument, DWORD low, DWORD high)
{
    (void)low;
    (void)high;
    ticks += *(int *)argument;
}

static LARGE_INTEGER milliseconds(int count)
{
    LARGE_INTEGER due;
    due.QuadPart = -10000LL * count; /* relative, in units of 100 ns */
    return due;
}

int main(void)
{
    HANDLE timer = CreateWaitableTimer(NULL, FALSE, NULL), manual = CreateWaitableTimer(NULL, TRUE, NULL), both[2];
    LARGE_INTEGER due = milliseconds(5);
    struct sockaddr_in address = { 0 };
    int step = 2, length = sizeof address;
    char text[16];
    WSABUF buffer = { sizeof text, text };
    WSAOVERLAPPED ov = { 0 };
    DWORD bytes, flags = 0, result;
    WSADATA data;
    SOCKET s;

    if (timer == NULL || manual == NULL) return 1;
    SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE);
    result = WaitForSingleObject(timer, 10000);
    printf("synchronization timer: %s\n", result == WAIT_OBJECT_0 ? "signaled" : "not signaled");
    result = WaitForSingleObject(timer, 0);
    printf("a second wait: %s\n", result == WAIT_TIMEOUT ? "not signaled" : "signaled");

    SetWaitableTimer(manual, &due, 0, NULL, NULL, FALSE);
    WaitForSingleObject(manual, 10000);
    result = WaitForSingleObject(manual, 0);
    printf("manual-reset timer, a second wait: %s\n", result == WAIT_OBJECT_0 ? "signaled" : "not signaled");

    SetWaitableTimer(timer, &due, 5, OnTimer, &step, FALSE);
    while (ticks < 6) SleepEx(10000, TRUE);
    CancelWaitableTimer(timer);
    step = ticks;
    SleepEx(20, TRUE);
    printf("the periodic routine ran three times, after the end %s\n", step == ticks ? "no more" : "on and on");

    due = milliseconds(60000);
    SetWaitableTimer(manual, &due, 0, NULL, NULL, FALSE);
    CancelWaitableTimer(manual);
    result = WaitForSingleObject(manual, 1);
    printf("cancelled: %s\n", result == WAIT_TIMEOUT ? "not signaled" : "signaled");

    /* A receive that nobody answers, with the timer as its limit. */
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
    s = WSASocketA(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&address, length) != 0) return 1;
    ov.hEvent = WSACreateEvent();
    if (WSARecv(s, &buffer, 1, NULL, &flags, &ov, NULL) != SOCKET_ERROR || WSAGetLastError() != WSA_IO_PENDING) return 1;
    due = milliseconds(20);
    SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE);
    both[0] = ov.hEvent;
    both[1] = timer;
    result = WaitForMultipleObjects(2, both, FALSE, 10000);
    printf("first of the two: %s\n", result == WAIT_OBJECT_0 + 1 ? "the timer" : "the receive");
    CancelIoEx((HANDLE)s, (LPOVERLAPPED)&ov);
    if (!WSAGetOverlappedResult(s, &ov, &bytes, TRUE, &flags))
        printf("the receive ended with %d\n", WSAGetLastError());
    WSACloseEvent(ov.hEvent);
    closesocket(s);
    CloseHandle(timer);
    CloseHandle(manual);
    WSACleanup();
    return 0;
}
