/*
 * An echo server as most completion-port servers are written: AcceptEx, one context with an OVERLAPPED in front for
 * each operation, the connection as the completion key, a few worker threads. Four clients of its own talk to it.
 */
#define WIN32_LEAN_AND_MEAN
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKERS      2
#define CLIENTS      4
#define ROUNDS       25
#define ADDRESS_SIZE (sizeof(SOCKADDR_IN) + 16)
#define LISTENER_KEY 1
#define QUIT_KEY     2

typedef enum { OP_ACCEPT, OP_READ, OP_WRITE } OPERATION;

typedef struct {
    OVERLAPPED ov;
    OPERATION op;
    SOCKET s;
    WSABUF wsabuf;
    char buffer[1024];
} PER_IO_DATA, *LPPER_IO_DATA;

static HANDLE g_port;
static SOCKET g_listener;
static LPFN_ACCEPTEX pfnAcceptEx;
static volatile LONG g_pending_accepts, g_open, g_accepted, g_bytes;

static void die(const char *what)
{
    printf("%s failed with error %d\n", what, WSAGetLastError());
    exit(1);
}

static void post_accept(void)
{
    DWORD bytes;
    LPPER_IO_DATA io = (LPPER_IO_DATA)HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*io));
    if (io == NULL) die("HeapAlloc");
    io->op = OP_ACCEPT;
    io->s = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (io->s == INVALID_SOCKET) die("WSASocket");
    InterlockedIncrement(&g_pending_accepts);
    if (!pfnAcceptEx(g_listener, io->s, io->buffer, 0, ADDRESS_SIZE, ADDRESS_SIZE, &bytes, &io->ov) &&
        WSAGetLastError() != ERROR_IO_PENDING)
        die("AcceptEx");
}

static void post_read(LPPER_IO_DATA io)
{
    DWORD flags = 0;
    ZeroMemory(&io->ov, sizeof(io->ov));
    io->op = OP_READ;
    io->wsabuf.buf = io->buffer;
    io->wsabuf.len = sizeof(io->buffer);
    if (WSARecv(io->s, &io->wsabuf, 1, NULL, &flags, &io->ov, NULL) == SOCKET_ERROR &&
        WSAGetLastError() != WSA_IO_PENDING)
        die("WSARecv");
}

static void post_write(LPPER_IO_DATA io, DWORD bytes)
{
    ZeroMemory(&io->ov, sizeof(io->ov));
    io->op = OP_WRITE;
    io->wsabuf.buf = io->buffer;
    io->wsabuf.len = bytes;
    if (WSASend(io->s, &io->wsabuf, 1, NULL, 0, &io->ov, NULL) == SOCKET_ERROR &&
        WSAGetLastError() != WSA_IO_PENDING)
        die("WSASend");
}

static void drop(LPPER_IO_DATA io)
{
    closesocket(io->s);
    HeapFree(GetProcessHeap(), 0, io);
}

static void accepted(LPPER_IO_DATA io)
{
    if (setsockopt(io->s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&g_listener, sizeof(g_listener)) != 0)
        die("SO_UPDATE_ACCEPT_CONTEXT");
    if (CreateIoCompletionPort((HANDLE)io->s, g_port, (ULONG_PTR)io->s, 0) == NULL) die("CreateIoCompletionPort");
    InterlockedIncrement(&g_accepted);
    InterlockedIncrement(&g_open);
    post_accept();
    post_read(io);
}

static unsigned __stdcall worker(void *unused)
{
    (void)unused;
    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        LPOVERLAPPED ov = NULL;
        BOOL ok = GetQueuedCompletionStatus(g_port, &bytes, &key, &ov, INFINITE);
        LPPER_IO_DATA io = CONTAINING_RECORD(ov, PER_IO_DATA, ov);
        if (ov == NULL) {
            if (ok && key == QUIT_KEY) return 0;
            die("GetQueuedCompletionStatus");
        }
        switch (io->op) {
        case OP_ACCEPT:
            if (ok)
                accepted(io);
            else
                drop(io); /* the listener was closed */
            InterlockedDecrement(&g_pending_accepts);
            break;
        case OP_READ:
            if (ok && bytes > 0) {
                InterlockedExchangeAdd(&g_bytes, (LONG)bytes);
                post_write(io, bytes);
            } else {
                drop(io);
                InterlockedDecrement(&g_open);
            }
            break;
        case OP_WRITE:
            if (!ok) die("a send");
            post_read(io);
            break;
        }
    }
}

static unsigned __stdcall client(void *parameter)
{
    char out[64], in[64];
    int i, got;
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (connect(s, (SOCKADDR *)parameter, sizeof(SOCKADDR_IN)) != 0) die("connect");
    for (i = 0; i < ROUNDS; i++) {
        memset(out, 'a' + i, sizeof(out));
        if (send(s, out, sizeof(out), 0) != (int)sizeof(out)) die("send");
        for (got = 0; got < (int)sizeof(in);) {
            int n = recv(s, in + got, sizeof(in) - got, 0);
            if (n <= 0) die("recv");
            got += n;
        }
        if (memcmp(out, in, sizeof(out)) != 0) die("memcmp");
    }
    shutdown(s, SD_SEND);
    if (recv(s, in, sizeof(in), 0) != 0) die("the end of the stream");
    closesocket(s);
    return ROUNDS;
}

int main(void)
{
    WSADATA wsd;
    GUID guid = WSAID_ACCEPTEX;
    SOCKADDR_IN address;
    int length = sizeof(address), i;
    DWORD bytes, echoed = 0;
    HANDLE workers[WORKERS], clients[CLIENTS];

    if (WSAStartup(MAKEWORD(2, 2), &wsd) != 0) return 1;
    g_port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, WORKERS);
    if (g_port == NULL) die("CreateIoCompletionPort");

    g_listener = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    ZeroMemory(&address, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(g_listener, (SOCKADDR *)&address, sizeof(address)) != 0) die("bind");
    if (listen(g_listener, SOMAXCONN) != 0) die("listen");
    if (getsockname(g_listener, (SOCKADDR *)&address, &length) != 0) die("getsockname");
    if (WSAIoctl(g_listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof(guid), &pfnAcceptEx,
                 sizeof(pfnAcceptEx), &bytes, NULL, NULL) != 0)
        die("WSAIoctl");
    if (CreateIoCompletionPort((HANDLE)g_listener, g_port, LISTENER_KEY, 0) != g_port) die("CreateIoCompletionPort");

    for (i = 0; i < WORKERS; i++) workers[i] = (HANDLE)_beginthreadex(NULL, 0, worker, NULL, 0, NULL);
    post_accept();
    post_accept();
    for (i = 0; i < CLIENTS; i++) clients[i] = (HANDLE)_beginthreadex(NULL, 0, client, &address, 0, NULL);
    if (WaitForMultipleObjects(CLIENTS, clients, TRUE, 10000) != WAIT_OBJECT_0) die("waiting for the clients");
    for (i = 0; i < CLIENTS; i++) {
        DWORD rounds;
        GetExitCodeThread(clients[i], &rounds);
        echoed += rounds;
        CloseHandle(clients[i]);
    }
    while (g_open > 0) Sleep(1);
    closesocket(g_listener);
    while (g_pending_accepts > 0) Sleep(1);
    for (i = 0; i < WORKERS; i++) PostQueuedCompletionStatus(g_port, 0, QUIT_KEY, NULL);
    if (WaitForMultipleObjects(WORKERS, workers, TRUE, 10000) != WAIT_OBJECT_0) die("waiting for the workers");
    for (i = 0; i < WORKERS; i++) CloseHandle(workers[i]);
    CloseHandle(g_port);
    WSACleanup();

    printf("accepted %d connections\n", (int)g_accepted);
    printf("echoed %d messages, %d bytes\n", (int)echoed, (int)g_bytes);
    printf("open connections left: %d, pending accepts left: %d\n", (int)g_open, (int)g_pending_accepts);
    return 0;
}
