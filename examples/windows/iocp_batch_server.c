/*
 * A pool of threads that dequeue completions in batches (GetQueuedCompletionStatusEx). Handles skip the port where an
 * operation succeeds at once (SetFileCompletionNotificationModes), so each result is handled in one place only.
 */
#define _WIN32_WINNT 0x0600
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

#define POOL        3
#define CONNECTIONS 16
#define MESSAGE     128
#define ROUNDS      20

struct session {
    WSAOVERLAPPED overlapped;
    SOCKET socket;
    char data[MESSAGE];
    int served;
};

static HANDLE port;
static struct session sessions[CONNECTIONS];
static volatile LONG finished, total, in_batches;

static void oops(const char *what)
{
    printf("%s: %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static void serve(struct session *session, DWORD bytes);

static void next(struct session *session)
{
    WSABUF buffer = { MESSAGE, session->data };
    DWORD bytes = 0, flags = 0;
    ZeroMemory(&session->overlapped, sizeof session->overlapped);
    if (WSARecv(session->socket, &buffer, 1, &bytes, &flags, &session->overlapped, NULL) == 0)
        serve(session, bytes); /* no packet will come */
    else if (WSAGetLastError() != WSA_IO_PENDING)
        oops("WSARecv");
}

static void serve(struct session *session, DWORD bytes)
{
    if (bytes == 0) {
        closesocket(session->socket);
        if (InterlockedIncrement(&finished) == CONNECTIONS)
            for (int i = 0; i < POOL; i++) PostQueuedCompletionStatus(port, 0, 0, NULL);
        return;
    }
    session->served += bytes;
    InterlockedExchangeAdd(&total, (LONG)bytes);
    if (send(session->socket, session->data, (int)bytes, 0) != (int)bytes) oops("send");
    next(session);
}

static DWORD WINAPI pool_thread(LPVOID unused)
{
    OVERLAPPED_ENTRY entries[8];
    ULONG count, i;
    BOOL stop = FALSE;
    (void)unused;
    while (!stop) {
        if (!GetQueuedCompletionStatusEx(port, entries, ARRAYSIZE(entries), &count, 10000, FALSE))
            oops("GetQueuedCompletionStatusEx");
        InterlockedExchangeAdd(&in_batches, (LONG)count);
        for (i = 0; i < count; i++) {
            if (entries[i].lpOverlapped == NULL) {
                /* There is one of these for each thread; what a batch has too many goes back. */
                if (stop) PostQueuedCompletionStatus(port, 0, 0, NULL);
                stop = TRUE;
                continue;
            }
            serve((struct session *)entries[i].lpCompletionKey, entries[i].dwNumberOfBytesTransferred);
        }
    }
    return 0;
}

int main(void)
{
    struct sockaddr_in address = { 0 };
    int length = sizeof address, i, round;
    SOCKET listener, clients[CONNECTIONS];
    HANDLE threads[POOL];
    char message[MESSAGE];
    WSADATA data;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (port == NULL) oops("CreateIoCompletionPort");
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, SOMAXCONN) ||
        getsockname(listener, (struct sockaddr *)&address, &length))
        oops("listening");
    for (i = 0; i < POOL; i++) threads[i] = CreateThread(NULL, 0, pool_thread, NULL, 0, NULL);
    for (i = 0; i < CONNECTIONS; i++) {
        clients[i] = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(clients[i], (struct sockaddr *)&address, sizeof address)) oops("connect");
        sessions[i].socket = accept(listener, NULL, NULL);
        if (CreateIoCompletionPort((HANDLE)sessions[i].socket, port, (ULONG_PTR)&sessions[i], 0) != port)
            oops("associating");
        if (!SetFileCompletionNotificationModes((HANDLE)sessions[i].socket, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS |
                                                                                FILE_SKIP_SET_EVENT_ON_HANDLE))
            oops("SetFileCompletionNotificationModes");
        next(&sessions[i]);
    }
    memset(message, 'm', sizeof message);
    for (round = 0; round < ROUNDS; round++) {
        for (i = 0; i < CONNECTIONS; i++)
            if (send(clients[i], message, MESSAGE, 0) != MESSAGE) oops("send");
        for (i = 0; i < CONNECTIONS; i++)
            if (recv(clients[i], message, MESSAGE, MSG_WAITALL) != MESSAGE) oops("recv");
    }
    for (i = 0; i < CONNECTIONS; i++) closesocket(clients[i]);
    if (WaitForMultipleObjects(POOL, threads, TRUE, 10000) != WAIT_OBJECT_0) oops("the pool");
    for (i = 0; i < POOL; i++) CloseHandle(threads[i]);
    for (i = 0; i < CONNECTIONS; i++)
        if (sessions[i].served != MESSAGE * ROUNDS) printf("connection %d served %d bytes\n", i, sessions[i].served);
    printf("%d connections finished, %d bytes echoed\n", (int)finished, (int)total);
    printf("completions came in batches: %s\n", in_batches >= POOL ? "yes" : "no");
    CloseHandle(port);
    closesocket(listener);
    WSACleanup();
    return 0;
}
