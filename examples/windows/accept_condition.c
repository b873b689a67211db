/*
 * WSAAccept with a condition function that lets in one of two callers, by what it sees of them.
 */
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

static int asked, wrong_data;

static int CALLBACK Condition(LPWSABUF lpCallerId, LPWSABUF lpCallerData, LPQOS lpSQOS, LPQOS lpGQOS,
                              LPWSABUF lpCalleeId, LPWSABUF lpCalleeData, GROUP *g, DWORD_PTR dwCallbackData)
{
    SOCKADDR_IN *caller = (SOCKADDR_IN *)lpCallerId->buf;
    (void)lpCallerData, (void)lpSQOS, (void)lpGQOS, (void)lpCalleeId, (void)lpCalleeData, (void)g;
    asked++;
    if (lpCallerId->len < sizeof(SOCKADDR_IN) || caller->sin_family != AF_INET) wrong_data++;
    return caller->sin_port == (u_short)dwCallbackData ? CF_ACCEPT : CF_REJECT;
}

static SOCKET caller(const SOCKADDR_IN *to, u_short *port)
{
    SOCKADDR_IN local = { 0 };
    int length = sizeof local;
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (SOCKADDR *)&local, length) || getsockname(s, (SOCKADDR *)&local, &length) ||
        connect(s, (const SOCKADDR *)to, sizeof *to)) {
        printf("calling: %d\n", WSAGetLastError());
        exit(1);
    }
    *port = local.sin_port;
    return s;
}

int main(void)
{
    SOCKADDR_IN address = { 0 }, from = { 0 };
    int length = sizeof address, n;
    SOCKET listener, unwelcome, welcome, s;
    u_short stranger, friend_;
    char text[8];
    WSADATA data;

    if (WSAStartup(MAKEWORD(2, 2), &data)) return 1;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (bind(listener, (SOCKADDR *)&address, length) || listen(listener, 5) ||
        getsockname(listener, (SOCKADDR *)&address, &length))
        return 1;
    unwelcome = caller(&address, &stranger);
    welcome = caller(&address, &friend_);

    s = WSAAccept(listener, NULL, NULL, Condition, friend_);
    printf("the stranger: %s, error %d\n", s == INVALID_SOCKET ? "not accepted" : "accepted", WSAGetLastError());
    n = recv(unwelcome, text, sizeof text, 0);
    printf("who hears: %s\n", n == SOCKET_ERROR && WSAGetLastError() == WSAECONNRESET ? "WSAECONNRESET" : "?");
    length = sizeof from;
    s = WSAAccept(listener, (SOCKADDR *)&from, &length, Condition, friend_);
    printf("the friend: %s\n", s == INVALID_SOCKET ? "not accepted" : "accepted");
    printf("its address is %s\n", from.sin_port == friend_ ? "the caller's" : "another");
    send(welcome, "hello", 5, 0);
    n = recv(s, text, sizeof text, 0);
    printf("it says \"%.*s\"\n", n, text);
    printf("asked %d times, %d times about nobody\n", asked, wrong_data);
    closesocket(s);
    closesocket(welcome);
    closesocket(unwelcome);
    closesocket(listener);
    WSACleanup();
    return 0;
}
