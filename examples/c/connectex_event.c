/*
 * ConnectEx with an event in OVERLAPPED, and the result fetched when it is set.
 *
 *     gcc -Iinclude examples/c/connectex_event.c -Ltarget/release -llinsock -lpthread
 *     x86_64-w64-mingw32-gcc examples/c/connectex_event.c -lws2_32
 */
#include <winsock2.h>
#include <mswsock.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(ok) ((ok) ? (void)0 : (printf("%s: error %d\n", #ok, WSAGetLastError()), exit(1)))

int main(void)
{
    static char hello[] = "Hello from ConnectEx";
    char got[sizeof hello];
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int length = sizeof address;
    GUID guid = WSAID_CONNECTEX;
    LPFN_CONNECTEX ConnectEx;
    OVERLAPPED overlapped = { 0 };
    DWORD bytes, flags, seconds;
    WSADATA data;

    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(listener, SOMAXCONN) == 0);

    SOCKET s = WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    CHECK(bind(s, (struct sockaddr *)&address, sizeof address) == 0); /* ConnectEx wants a bound socket */
    CHECK(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof guid, &ConnectEx, sizeof ConnectEx, &bytes,
                   NULL, NULL) == 0);
    overlapped.hEvent = WSACreateEvent();
    CHECK(overlapped.hEvent != WSA_INVALID_EVENT);

    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    CHECK(ConnectEx(s, (struct sockaddr *)&address, length, hello, sizeof hello, NULL, &overlapped) ||
          WSAGetLastError() == ERROR_IO_PENDING);
    CHECK(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 5000, FALSE) == WSA_WAIT_EVENT_0);
    CHECK(WSAGetOverlappedResult(s, &overlapped, &bytes, FALSE, &flags));
    CHECK(setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) == 0);
    length = sizeof seconds;
    CHECK(getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &length) == 0);
    printf("connected for %d s, %d bytes sent\n", (int)seconds, (int)bytes);

    SOCKET peer = accept(listener, NULL, NULL);
    CHECK(recv(peer, got, sizeof got, MSG_WAITALL) == (int)sizeof got);
    printf("the listener received \"%s\"\n", got);

    closesocket(peer), closesocket(s), closesocket(listener), WSACloseEvent(overlapped.hEvent);
    return WSACleanup();
}
