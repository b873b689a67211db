/*
 * ConnectEx with an event for each attempt: connected, refused, and given up by closing the socket. The error of a
 * failed attempt is read with WSAGetOverlappedResult.
 */
#include <WinSock2.h>
#include <WS2tcpip.h>
#include <MSWSock.h>
#include <Windows.h>
#include <stdio.h>
#include <stdlib.h>

#pragma comment(lib, "ws2_32.lib")

#define Check(expression)                                                           \
    do {                                                                            \
        if (!(expression)) {                                                        \
            printf("line %d: %s: %d\n", __LINE__, #expression, WSAGetLastError());  \
            exit(EXIT_FAILURE);                                                     \
        }                                                                           \
    } while (0)

static LPFN_CONNECTEX lpfnConnectEx;

static SOCKET NewSocket(void)
{
    SOCKADDR_IN any = { 0 };
    SOCKET s = WSASocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);

    Check(s != INVALID_SOCKET);
    any.sin_family = AF_INET;
    Check(bind(s, (LPSOCKADDR)&any, sizeof(any)) == 0);
    return s;
}

static const char *Connect(SOCKET s, SOCKADDR_IN *to, DWORD *error)
{
    WSAOVERLAPPED ov = { 0 };
    DWORD bytes, flags;
    BOOL result;

    ov.hEvent = WSACreateEvent();
    Check(ov.hEvent != WSA_INVALID_EVENT);
    if (!lpfnConnectEx(s, (LPSOCKADDR)to, sizeof(*to), NULL, 0, NULL, &ov)) {
        *error = WSAGetLastError();
        if (*error != ERROR_IO_PENDING) {
            WSACloseEvent(ov.hEvent);
            return "failed at once";
        }
    }
    Check(WSAWaitForMultipleEvents(1, &ov.hEvent, TRUE, 10000, FALSE) == WSA_WAIT_EVENT_0);
    result = WSAGetOverlappedResult(s, &ov, &bytes, FALSE, &flags);
    *error = result ? 0 : WSAGetLastError();
    WSACloseEvent(ov.hEvent);
    return result ? "connected" : "failed";
}

int main(int argc, char **argv)
{
    WSADATA data;
    GUID guid = WSAID_CONNECTEX;
    SOCKADDR_IN address = { 0 }, closed = { 0 }, name = { 0 };
    int length = sizeof(address);
    DWORD bytes, error;
    SOCKET listener, nobody, s;
    const char *how;

    UNREFERENCED_PARAMETER(argc);
    UNREFERENCED_PARAMETER(argv);
    Check(WSAStartup(WINSOCK_VERSION, &data) == NO_ERROR);

    address.sin_family = closed.sin_family = AF_INET;
    address.sin_addr.S_un.S_addr = closed.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    Check(bind(listener, (LPSOCKADDR)&address, sizeof(address)) == 0 && listen(listener, SOMAXCONN) == 0);
    Check(getsockname(listener, (LPSOCKADDR)&address, &length) == 0);
    /* A port that is bound, but where nobody listens. */
    nobody = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    Check(bind(nobody, (LPSOCKADDR)&closed, sizeof(closed)) == 0);
    Check(getsockname(nobody, (LPSOCKADDR)&closed, &length) == 0);

    s = NewSocket();
    Check(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof(guid), &lpfnConnectEx, sizeof(lpfnConnectEx),
                   &bytes, NULL, NULL) == 0);

    how = Connect(s, &address, &error);
    printf("to a listener: %s, error %u\n", how, (unsigned)error);
    Check(setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) == 0);
    Check(getpeername(s, (LPSOCKADDR)&name, &length) == 0);
    printf("its peer %s the listener\n", name.sin_port == address.sin_port ? "is" : "is not");
    how = Connect(s, &address, &error);
    printf("a second time: %s, error %u\n", how, (unsigned)error);
    closesocket(s);

    s = NewSocket();
    how = Connect(s, &closed, &error);
    printf("where nobody listens: %s, error %u\n", how, (unsigned)error);
    /* The socket of a refused attempt is good for another one. */
    how = Connect(s, &address, &error);
    printf("the same socket to the listener: %s, error %u\n", how, (unsigned)error);
    closesocket(s);

    s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    how = Connect(s, &address, &error);
    printf("without bind: %s, error %u\n", how, (unsigned)error);
    closesocket(s);

    closesocket(nobody);
    closesocket(listener);
    WSACleanup();
    return EXIT_SUCCESS;
}
