/*
 * ConnectEx without an event: the OVERLAPPED's hEvent is NULL, and the program waits on the socket's own handle, which
 * is legal as long as one operation at a time is under way.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <stdio.h>

static SOCKET create_listener(struct sockaddr_in *where)
{
    int len = sizeof *where;
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);

    ZeroMemory(where, sizeof *where);
    where->sin_family = AF_INET;
    where->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s == INVALID_SOCKET || bind(s, (struct sockaddr *)where, len) || listen(s, 5) ||
        getsockname(s, (struct sockaddr *)where, &len))
        return INVALID_SOCKET;
    return s;
}

/* Waits for the socket itself, then reads the result. */
static BOOL finish(SOCKET s, OVERLAPPED *ov, const char *what, DWORD *bytes)
{
    if (WaitForSingleObject((HANDLE)s, 5000) != WAIT_OBJECT_0) {
        printf("%s: the wait failed\n", what);
        return FALSE;
    }
    if (!GetOverlappedResult((HANDLE)s, ov, bytes, FALSE)) {
        printf("%s: GetOverlappedResult says %d\n", what, (int)GetLastError());
        return FALSE;
    }
    printf("%s: %d bytes\n", what, (int)*bytes);
    return TRUE;
}

int main()
{
    WSADATA wsaData;
    LPFN_CONNECTEX ConnectEx = NULL;
    GUID guid = WSAID_CONNECTEX;
    SOCKET listener, s, peer;
    struct sockaddr_in server, local;
    char greeting[] = "ping", answer[16];
    OVERLAPPED ov;
    DWORD bytes = 0, flags = 0;
    WSABUF buffer;
    int rc;

    if (WSAStartup(MAKEWORD(2, 2), &wsaData)) return 1;
    listener = create_listener(&server);
    if (listener == INVALID_SOCKET) return 1;

    s = socket(AF_INET, SOCK_STREAM, 0);
    ZeroMemory(&local, sizeof local);
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = INADDR_ANY;
    local.sin_port = 0;
    rc = bind(s, (SOCKADDR *)&local, sizeof local);
    if (rc != 0) return 1;
    rc = WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof guid, &ConnectEx, sizeof ConnectEx, &bytes,
                  NULL, NULL);
    if (rc != 0) return 1;

    ZeroMemory(&ov, sizeof ov);
    if (!ConnectEx(s, (SOCKADDR *)&server, sizeof server, greeting, 4, NULL, &ov) &&
        WSAGetLastError() != ERROR_IO_PENDING) {
        printf("ConnectEx: error %d\n", WSAGetLastError());
        return 1;
    }
    if (!finish(s, &ov, "ConnectEx", &bytes)) return 1;
    if (setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) != 0) {
        printf("SO_UPDATE_CONNECT_CONTEXT: error %d\n", WSAGetLastError());
        return 1;
    }

    peer = accept(listener, NULL, NULL);
    rc = recv(peer, answer, sizeof answer, 0);
    printf("the server received \"%.*s\"\n", rc, answer);

    /* A receive, waited for in the same way, that has to pend first. */
    ZeroMemory(&ov, sizeof ov);
    buffer.buf = answer;
    buffer.len = sizeof answer;
    rc = WSARecv(s, &buffer, 1, NULL, &flags, &ov, NULL);
    printf("WSARecv is %s\n", rc == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING ? "pending" : "not pending");
    send(peer, "pong!", 5, 0);
    if (!finish(s, &ov, "WSARecv", &bytes)) return 1;
    printf("the client received \"%.*s\"\n", (int)bytes, answer);

    shutdown(s, SD_BOTH);
    closesocket(s);
    closesocket(peer);
    closesocket(listener);
    WSACleanup();
    return 0;
}
