/*
 * RegisterWaitForSingleObject: the system's threads wait for the program; here for events of overlapped receives.
 */
#define _WIN32_WINNT 0x0600
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANNELS 4

typedef struct {
    SOCKET socket, peer;
    WSAOVERLAPPED overlapped;
    char data[32];
    WSABUF buffer;
    HANDLE wait;
    DWORD received;
} CHANNEL;

static volatile LONG left = CHANNELS, callbacks, timeouts;
static HANDLE all_done;

static void check(BOOL ok, const char *what)
{
    if (!ok) printf("%s: %u\n", what, (unsigned)GetLastError()), exit(1);
}

static VOID CALLBACK Arrived(PVOID context, BOOLEAN timed_out)
{
    CHANNEL *channel = (CHANNEL *)context;
    DWORD flags;
    InterlockedIncrement(&callbacks);
    check(!timed_out, "a receive");
    check(WSAGetOverlappedResult(channel->socket, &channel->overlapped, &channel->received, FALSE, &flags), "result");
    if (InterlockedDecrement(&left) == 0) SetEvent(all_done);
}

static VOID CALLBACK TooLate(PVOID context, BOOLEAN timed_out)
{
    if (timed_out && InterlockedIncrement(&timeouts) == 3) SetEvent((HANDLE)context);
}

static void connect_pair(SOCKET *one, SOCKET *other)
{
    struct sockaddr_in address = { 0 };
    int length = sizeof address;
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 1) == 0, "listen");
    check(getsockname(listener, (struct sockaddr *)&address, &length) == 0, "getsockname");
    *one = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    check(connect(*one, (struct sockaddr *)&address, length) == 0, "connect");
    *other = accept(listener, NULL, NULL);
    check(*other != INVALID_SOCKET, "accept");
    closesocket(listener);
}

int main(void)
{
    static CHANNEL channels[CHANNELS];
    HANDLE never, enough, wait;
    WSADATA data;
    int i;

    check(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup");
    all_done = CreateEvent(NULL, TRUE, FALSE, NULL);
    for (i = 0; i < CHANNELS; i++) {
        CHANNEL *c = &channels[i];
        DWORD flags = 0;
        connect_pair(&c->socket, &c->peer);
        c->buffer.buf = c->data;
        c->buffer.len = sizeof c->data;
        c->overlapped.hEvent = WSACreateEvent();
        check(WSARecv(c->socket, &c->buffer, 1, NULL, &flags, &c->overlapped, NULL) == 0 ||
                  WSAGetLastError() == WSA_IO_PENDING, "WSARecv");
        check(RegisterWaitForSingleObject(&c->wait, c->overlapped.hEvent, Arrived, c, INFINITE, WT_EXECUTEONLYONCE),
              "RegisterWaitForSingleObject");
    }
    printf("callbacks before anything was sent: %d\n", (int)callbacks);
    for (i = CHANNELS - 1; i >= 0; i--) {
        char text[32];
        sprintf(text, "for channel %d", i);
        send(channels[i].peer, text, (int)strlen(text), 0);
    }
    check(WaitForSingleObject(all_done, 10000) == WAIT_OBJECT_0, "the wait");
    for (i = 0; i < CHANNELS; i++) {
        CHANNEL *c = &channels[i];
        check(UnregisterWaitEx(c->wait, INVALID_HANDLE_VALUE), "UnregisterWaitEx");
        printf("channel %d: \"%.*s\"\n", i, (int)c->received, c->data);
        WSACloseEvent(c->overlapped.hEvent);
        closesocket(c->socket);
        closesocket(c->peer);
    }
    printf("callbacks: %d\n", (int)callbacks);

    /* Without WT_EXECUTEONLYONCE a limit comes again and again. */
    never = CreateEvent(NULL, FALSE, FALSE, NULL);
    enough = CreateEvent(NULL, TRUE, FALSE, NULL);
    check(RegisterWaitForSingleObject(&wait, never, TooLate, enough, 5, WT_EXECUTEDEFAULT), "registering");
    check(WaitForSingleObject(enough, 5000) == WAIT_OBJECT_0, "the limits");
    check(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE), "UnregisterWaitEx");
    i = timeouts;
    Sleep(20);
    printf("three limits passed, after the end %s\n", i == timeouts ? "none" : "some");
    CloseHandle(never);
    CloseHandle(enough);
    CloseHandle(all_done);
    WSACleanup();
    return 0;
}
