/*
 * A server that recycles its accept sockets: DisconnectEx with TF_REUSE_SOCKET, then AcceptEx with the same handle.
 * Completions arrive at a port.
 */
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

#define ADDRESS (sizeof(struct sockaddr_in) + 16)
#define VISITS  5

static LPFN_DISCONNECTEX DisconnectEx;
static HANDLE port;

static void require(BOOL ok, const char *what)
{
    if (ok) return;
    printf("%s: %d\n", what, WSAGetLastError());
    exit(1);
}

static DWORD completion(const char *what)
{
    DWORD bytes = 0;
    ULONG_PTR key;
    OVERLAPPED *done = NULL;
    require(GetQueuedCompletionStatus(port, &bytes, &key, &done, 10000), what);
    return bytes;
}

static DWORD WINAPI visitors(LPVOID address)
{
    char c;
    for (int i = 0; i < VISITS; i++) {
        char text[16];
        SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        require(connect(s, (struct sockaddr *)address, sizeof(struct sockaddr_in)) == 0, "connect");
        sprintf(text, "visit %d", i);
        require(send(s, text, 7, 0) == 7, "send");
        require(recv(s, &c, 1, 0) == 0, "the server's disconnect");
        closesocket(s);
    }
    return 0;
}

int main(void)
{
    GUID guid = WSAID_DISCONNECTEX;
    struct sockaddr_in address = { 0 };
    int length = sizeof address;
    char buffer[64 + 2 * ADDRESS];
    SOCKET listener, s;
    OVERLAPPED ov;
    HANDLE thread;
    WSADATA data;
    DWORD bytes;

    require(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup");
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    require(bind(listener, (struct sockaddr *)&address, length) == 0, "bind");
    require(listen(listener, SOMAXCONN) == 0, "listen");
    require(getsockname(listener, (struct sockaddr *)&address, &length) == 0, "getsockname");
    require(CreateIoCompletionPort((HANDLE)listener, port, 1, 0) == port, "the listener's port");
    require(WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof guid, &DisconnectEx,
                     sizeof DisconnectEx, &bytes, NULL, NULL) == 0, "WSAIoctl");
    s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    require(CreateIoCompletionPort((HANDLE)s, port, 2, 0) == port, "the socket's port");
    thread = CreateThread(NULL, 0, visitors, &address, 0, NULL);

    for (int i = 0; i < VISITS; i++) {
        struct sockaddr *local, *remote;
        int local_length, remote_length;
        ZeroMemory(&ov, sizeof ov);
        require(AcceptEx(listener, s, buffer, 64, ADDRESS, ADDRESS, &bytes, &ov) ||
                WSAGetLastError() == ERROR_IO_PENDING, "AcceptEx");
        bytes = completion("accepting");
        GetAcceptExSockaddrs(buffer, 64, ADDRESS, ADDRESS, &local, &local_length, &remote, &remote_length);
        printf("accepted with \"%.*s\", to the listener's port: %s\n", (int)bytes, buffer,
               ((struct sockaddr_in *)local)->sin_port == address.sin_port ? "yes" : "no");
        require(setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof listener) == 0,
                "SO_UPDATE_ACCEPT_CONTEXT");
        ZeroMemory(&ov, sizeof ov);
        require(DisconnectEx(s, &ov, TF_REUSE_SOCKET, 0) || WSAGetLastError() == ERROR_IO_PENDING, "DisconnectEx");
        completion("disconnecting");
    }
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    printf("%d visits on one socket\n", VISITS);
    closesocket(s);
    closesocket(listener);
    CloseHandle(port);
    WSACleanup();
    return 0;
}
