/*
 * A non-blocking client on WSAEventSelect: FD_CONNECT, FD_WRITE that comes again once the peer has read, FD_READ,
 * FD_CLOSE.
 */
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 65536

static struct sockaddr_in address;
static SOCKET listener;
static HANDLE full;
static long long received;

static DWORD WINAPI reader(LPVOID unused)
{
    static char data[CHUNK];
    int n;
    SOCKET s = accept(listener, NULL, NULL);
    (void)unused;
    /* Reads nothing until the sender is stuck. */
    WaitForSingleObject(full, 20000);
    while ((n = recv(s, data, sizeof data, 0)) > 0) received += n;
    send(s, "thanks", 6, 0);
    closesocket(s);
    return n == 0 ? 0 : 1;
}

static void stop(const char *what)
{
    printf("%s: %d\n", what, WSAGetLastError());
    exit(1);
}

/* Waits for one network event of these; its error. */
static int wait_for(SOCKET s, WSAEVENT event, long which, int bit, long *all)
{
    WSANETWORKEVENTS events;
    do {
        if (WSAWaitForMultipleEvents(1, &event, FALSE, 20000, FALSE) != WSA_WAIT_EVENT_0) stop("waiting");
        if (WSAEnumNetworkEvents(s, event, &events)) stop("WSAEnumNetworkEvents");
        *all |= events.lNetworkEvents;
    } while (!(events.lNetworkEvents & which));
    return events.iErrorCode[bit];
}

int main(void)
{
    static char data[CHUNK];
    int length = sizeof address, error, n;
    long long sent = 0;
    struct sockaddr_in nobody = { 0 };
    WSAEVENT event;
    HANDLE thread;
    DWORD code;
    SOCKET s, closed;
    char text[16];
    long seen = 0;
    u_long off = 0;
    WSADATA wsa;

    if (WSAStartup(MAKEWORD(2, 2), &wsa)) return 1;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    nobody = address;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1)) stop("listen");
    getsockname(listener, (struct sockaddr *)&address, &length);
    closed = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(closed, (struct sockaddr *)&nobody, length)) stop("bind");
    getsockname(closed, (struct sockaddr *)&nobody, &length);
    full = CreateEvent(NULL, TRUE, FALSE, NULL);
    thread = CreateThread(NULL, 0, reader, NULL, 0, NULL);

    event = WSACreateEvent();
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (WSAEventSelect(s, event, FD_CONNECT)) stop("WSAEventSelect");
    error = connect(s, (struct sockaddr *)&nobody, sizeof nobody);
    printf("connect: %d, error %d\n", error, WSAGetLastError());
    printf("FD_CONNECT with %d where nobody listens\n", wait_for(s, event, FD_CONNECT, FD_CONNECT_BIT, &seen));
    closesocket(s);

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (WSAEventSelect(s, event, FD_CONNECT | FD_WRITE | FD_READ | FD_CLOSE)) stop("WSAEventSelect");
    if (connect(s, (struct sockaddr *)&address, sizeof address) == SOCKET_ERROR && WSAGetLastError() != WSAEWOULDBLOCK)
        stop("connect");
    seen = 0;
    printf("FD_CONNECT with %d\n", wait_for(s, event, FD_CONNECT, FD_CONNECT_BIT, &seen));
    while (!(seen & FD_WRITE)) wait_for(s, event, FD_WRITE, FD_WRITE_BIT, &seen);
    while ((n = send(s, data, sizeof data, 0)) > 0) sent += n;
    if (WSAGetLastError() != WSAEWOULDBLOCK) stop("send");
    printf("the sender is stuck\n");
    SetEvent(full);
    wait_for(s, event, FD_WRITE, FD_WRITE_BIT, &seen);
    printf("FD_WRITE: it may go on\n");
    shutdown(s, SD_SEND);
    seen &= ~(FD_READ | FD_CLOSE);
    printf("FD_READ with %d\n", wait_for(s, event, FD_READ, FD_READ_BIT, &seen));
    n = recv(s, text, sizeof text, 0);
    printf("received \"%.*s\"\n", n, text);
    if (!(seen & FD_CLOSE)) wait_for(s, event, FD_CLOSE, FD_CLOSE_BIT, &seen);
    printf("FD_CLOSE, then recv says %d\n", recv(s, text, sizeof text, 0));

    if (ioctlsocket(s, FIONBIO, &off) == SOCKET_ERROR)
        printf("blocking again: error %d\n", WSAGetLastError());
    WSAEventSelect(s, NULL, 0);
    printf("blocking again after WSAEventSelect(0): %d\n", ioctlsocket(s, FIONBIO, &off));
    WaitForSingleObject(thread, 20000);
    GetExitCodeThread(thread, &code);
    printf("the reader ended with %d and has %s\n", (int)code, received == sent ? "every byte" : "lost some");
    closesocket(s);
    closesocket(closed);
    closesocket(listener);
    WSACloseEvent(event);
    CloseHandle(full);
    CloseHandle(thread);
    WSACleanup();
    return 0;
}
