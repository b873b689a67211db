/*
 * Four ways to end what is pending: CancelIoEx for one operation, CancelIo for a thread's, closing the socket, and the
 * peer's end; each told as a completion at the port.
 */
#define _WIN32_WINNT 0x0600
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

static HANDLE port;

static void fail(const char *what)
{
    printf("%s: %d\n", what, WSAGetLastError());
    exit(1);
}

typedef struct {
    OVERLAPPED ov;
    char data[16];
    WSABUF buffer;
    const char *name;
} READ;

static void start(SOCKET s, READ *read, const char *name)
{
    DWORD flags = 0;
    ZeroMemory(read, sizeof *read);
    read->name = name;
    read->buffer.buf = read->data;
    read->buffer.len = sizeof read->data;
    if (WSARecv(s, &read->buffer, 1, NULL, &flags, &read->ov, NULL) != SOCKET_ERROR ||
        WSAGetLastError() != WSA_IO_PENDING)
        fail("WSARecv");
    if (HasOverlappedIoCompleted(&read->ov)) fail("HasOverlappedIoCompleted");
}

static void dequeue(void)
{
    DWORD bytes = 77;
    ULONG_PTR key;
    LPOVERLAPPED ov = NULL;
    BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &ov, 10000);
    DWORD error = ok ? 0 : GetLastError();
    if (ov == NULL) fail("GetQueuedCompletionStatus");
    printf("  %s: error %u, %u bytes, key %u, %s\n", CONTAINING_RECORD(ov, READ, ov)->name, (unsigned)error,
           (unsigned)bytes, (unsigned)key, HasOverlappedIoCompleted(ov) ? "over" : "pending");
}

static void nothing_more(void)
{
    DWORD bytes;
    ULONG_PTR key;
    LPOVERLAPPED ov = NULL;
    if (GetQueuedCompletionStatus(port, &bytes, &key, &ov, 0) || ov != NULL) fail("one completion too many");
}

static void pair(SOCKET *one, SOCKET *other, ULONG_PTR key)
{
    struct sockaddr_in address = { 0 };
    int length = sizeof address;
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1)) fail("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &length)) fail("getsockname");
    *one = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (connect(*one, (struct sockaddr *)&address, length)) fail("connect");
    *other = accept(listener, NULL, NULL);
    closesocket(listener);
    if (CreateIoCompletionPort((HANDLE)*one, port, key, 0) != port) fail("associating");
}

int main(void)
{
    static READ reads[3];
    SOCKET s, peer;
    WSADATA data;
    BOOL ok;

    if (WSAStartup(MAKEWORD(2, 2), &data)) return 1;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);

    pair(&s, &peer, 1);
    start(s, &reads[0], "first");
    start(s, &reads[1], "second");
    start(s, &reads[2], "third");
    printf("CancelIoEx of the second:\n");
    if (!CancelIoEx((HANDLE)s, &reads[1].ov)) fail("CancelIoEx");
    dequeue();
    nothing_more();
    ok = CancelIoEx((HANDLE)s, &reads[1].ov);
    printf("  once more: %s, error %d\n", ok ? "found" : "not found", ok ? 0 : (int)GetLastError());
    printf("data for the first:\n");
    send(peer, "data", 4, 0);
    dequeue();
    nothing_more();
    printf("CancelIo:\n");
    if (!CancelIo((HANDLE)s)) fail("CancelIo");
    dequeue();
    nothing_more();
    ok = CancelIoEx((HANDLE)s, NULL);
    printf("  nothing left: %s, error %d\n", ok ? "found" : "not found", ok ? 0 : (int)GetLastError());
    printf("the stream works as before:\n");
    start(s, &reads[0], "first");
    send(peer, "more", 4, 0);
    dequeue();
    printf("the peer's end:\n");
    start(s, &reads[0], "first");
    closesocket(peer);
    dequeue();
    closesocket(s);

    pair(&s, &peer, 2);
    printf("closesocket:\n");
    start(s, &reads[0], "first");
    closesocket(s);
    dequeue();
    nothing_more();
    closesocket(peer);

    pair(&s, &peer, 3);
    printf("a peer that closes hard:\n");
    start(s, &reads[0], "first");
    {
        struct linger hard = { 1, 0 };
        setsockopt(peer, SOL_SOCKET, SO_LINGER, (char *)&hard, sizeof hard);
    }
    closesocket(peer);
    dequeue();
    closesocket(s);
    CloseHandle(port);
    WSACleanup();
    return 0;
}
