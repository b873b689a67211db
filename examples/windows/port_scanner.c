/*
 * A port scanner: many ConnectEx attempts in flight on one completion port, and what became of each.
 */
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

#define TARGETS 24 /* every third one listens */

typedef struct _PROBE {
    OVERLAPPED Overlapped; /* must be first */
    SOCKET Socket;
    int Index;
    DWORD Error;
} PROBE;

static LPFN_CONNECTEX ConnectExPtr;

static void fatal(const char *what)
{
    fprintf(stdout, "%s: error %d\n", what, WSAGetLastError());
    exit(EXIT_FAILURE);
}

static void start(PROBE *probe, HANDLE port, const SOCKADDR_IN *target)
{
    SOCKADDR_IN any;
    DWORD sent;
    probe->Socket = WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (probe->Socket == INVALID_SOCKET) fatal("WSASocket");
    ZeroMemory(&any, sizeof(any));
    any.sin_family = AF_INET;
    if (bind(probe->Socket, (PSOCKADDR)&any, sizeof(any)) == SOCKET_ERROR) fatal("bind");
    if (!CreateIoCompletionPort((HANDLE)probe->Socket, port, (ULONG_PTR)probe->Index, 0)) fatal("port");
    if (!ConnectExPtr(probe->Socket, (const SOCKADDR *)target, sizeof(*target), NULL, 0, &sent, &probe->Overlapped) &&
        WSAGetLastError() != WSA_IO_PENDING)
        fatal("ConnectEx");
}

int main(void)
{
    static PROBE probes[TARGETS];
    static SOCKET bound[TARGETS];
    static SOCKADDR_IN targets[TARGETS];
    int i, length, open = 0, refused = 0;
    GUID guid = WSAID_CONNECTEX;
    HANDLE port;
    SOCKET dummy;
    DWORD bytes;
    WSADATA data;

    if (WSAStartup(MAKEWORD(2, 2), &data)) return EXIT_FAILURE;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    dummy = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (WSAIoctl(dummy, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof(guid), &ConnectExPtr, sizeof(ConnectExPtr),
                 &bytes, NULL, NULL) == SOCKET_ERROR)
        fatal("WSAIoctl");
    closesocket(dummy);
    for (i = 0; i < TARGETS; i++) {
        targets[i].sin_family = AF_INET;
        targets[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bound[i] = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        length = sizeof(targets[i]);
        if (bind(bound[i], (PSOCKADDR)&targets[i], length) || getsockname(bound[i], (PSOCKADDR)&targets[i], &length))
            fatal("bind");
        if (i % 3 == 0 && listen(bound[i], 1)) fatal("listen");
    }
    for (i = 0; i < TARGETS; i++) {
        probes[i].Index = i;
        start(&probes[i], port, &targets[i]);
    }
    for (i = 0; i < TARGETS; i++) {
        ULONG_PTR key;
        LPOVERLAPPED overlapped;
        BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 10000);
        PROBE *probe = (PROBE *)overlapped;
        if (probe == NULL) fatal("GetQueuedCompletionStatus");
        if ((int)key != probe->Index) fatal("the key");
        probe->Error = ok ? 0 : GetLastError();
        if (ok && setsockopt(probe->Socket, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0)) fatal("the context");
    }
    for (i = 0; i < TARGETS; i++) {
        int seconds = -1;
        length = sizeof(seconds);
        getsockopt(probes[i].Socket, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &length);
        if (probes[i].Error == 0)
            open++;
        else if (probes[i].Error == ERROR_CONNECTION_REFUSED)
            refused++;
        else
            printf("target %d: error %u\n", i, (unsigned)probes[i].Error);
        if ((probes[i].Error == 0) != (i % 3 == 0)) printf("target %d is wrong\n", i);
        if ((seconds >= 0) != (probes[i].Error == 0)) printf("target %d: connected for %d s\n", i, seconds);
        closesocket(probes[i].Socket);
        closesocket(bound[i]);
    }
    printf("%d targets: %d open, %d refused (error %d)\n", TARGETS, open, refused,
           (int)ERROR_CONNECTION_REFUSED);
    CloseHandle(port);
    WSACleanup();
    return EXIT_SUCCESS;
}
