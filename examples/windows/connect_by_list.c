/*
 * WSAConnectByList: a list of addresses, the first of them dead, and a socket of both families.
 */
#define _WIN32_WINNT 0x0600
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

#define ENSURE(call) if (!(call)) { printf("%s: %d\n", #call, WSAGetLastError()); exit(1); } else (void)0

/* A bound socket, and its address as IPv6 writes it. */
static SOCKET bound(SOCKADDR_IN6 *mapped)
{
    SOCKADDR_IN address = { 0 };
    int length = sizeof address;
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ENSURE(bind(s, (SOCKADDR *)&address, length) == 0);
    ENSURE(getsockname(s, (SOCKADDR *)&address, &length) == 0);
    ZeroMemory(mapped, sizeof *mapped);
    mapped->sin6_family = AF_INET6;
    mapped->sin6_port = address.sin_port;
    ENSURE(inet_pton(AF_INET6, "::ffff:127.0.0.1", &mapped->sin6_addr) == 1);
    return s;
}

int main(void)
{
    struct { INT iAddressCount; SOCKET_ADDRESS Address[2]; } list; /* SOCKET_ADDRESS_LIST has one */
    SOCKADDR_IN6 mapped[2], remote;
    DWORD off = 0, length = sizeof remote;
    struct timeval timeout = { 10, 0 };
    SOCKET nobody, listener, s;
    WSADATA data;
    int i;

    ENSURE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    nobody = bound(&mapped[0]);
    listener = bound(&mapped[1]);
    ENSURE(listen(listener, 5) == 0);
    list.iAddressCount = 2;
    for (i = 0; i < 2; i++) {
        list.Address[i].lpSockaddr = (SOCKADDR *)&mapped[i];
        list.Address[i].iSockaddrLength = sizeof mapped[i];
    }
    s = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
    ENSURE(setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&off, sizeof off) == 0);
    ENSURE(WSAConnectByList(s, (PSOCKET_ADDRESS_LIST)&list, NULL, NULL, &length, (SOCKADDR *)&remote, &timeout, NULL));
    ENSURE(setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) == 0);
    printf("connected to the %s of two addresses\n", remote.sin6_port == mapped[1].sin6_port ? "second" : "first");
    closesocket(s);

    list.iAddressCount = 1;
    s = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
    ENSURE(setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&off, sizeof off) == 0);
    if (!WSAConnectByList(s, (PSOCKET_ADDRESS_LIST)&list, NULL, NULL, NULL, NULL, &timeout, NULL))
        printf("the first alone: error %d\n", WSAGetLastError());
    closesocket(s);
    closesocket(nobody);
    closesocket(listener);
    return WSACleanup();
}
