#include <stdio.h>
#include <stdlib.h>
#include <WinSock2.h>
#include <WS2tcpip.h>
#include <MSWSock.h>
#include <Windows.h>
#include "transport.h"

#pragma comment(lib, "ws2_32.lib")

int transport_echo(const char *text, char *back, int size)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int length = sizeof address, got = -1;
    OVERLAPPED overlapped = { 0 }, *completed = NULL;
    DWORD bytes = 0, flags = 0;
    ULONG_PTR key = 0;
    WSABUF buffer = { (ULONG)size, back };
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    SOCKET client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    SOCKET server;
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);

    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1) ||
        getsockname(listener, (struct sockaddr *)&address, &length) ||
        connect(client, (struct sockaddr *)&address, length))
        return -1;
    server = accept(listener, NULL, NULL);
    CreateIoCompletionPort((HANDLE)server, port, 7, 0);
    if (WSARecv(server, &buffer, 1, NULL, &flags, &overlapped, NULL) && WSAGetLastError() != WSA_IO_PENDING)
        return -1;
    send(client, text, (int)strlen(text), 0);
    if (GetQueuedCompletionStatus(port, &bytes, &key, &completed, 5000) && key == 7 && completed == &overlapped)
        got = (int)bytes;
    closesocket(server), closesocket(client), closesocket(listener), CloseHandle(port);
    return got;
}
