/*
 * One listener for IPv4 and IPv6: IPV6_V6ONLY off, mapped addresses, getaddrinfo and getnameinfo.
 */
#define _WIN32_WINNT 0x0600
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

static void quit(const char *what, int error)
{
    printf("%s: %d\n", what, error);
    WSACleanup();
    exit(1);
}

static void print_option(SOCKET s)
{
    DWORD only = 7;
    int length = sizeof only;
    if (getsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&only, &length) != 0) quit("getsockopt", WSAGetLastError());
    printf("IPV6_V6ONLY is %u\n", (unsigned)only);
}

int main(void)
{
    static const char *names[] = { "127.0.0.1", "::1" };
    SOCKADDR_STORAGE storage;
    SOCKADDR_IN6 address = { 0 };
    socklen_t length = sizeof address;
    ADDRINFOA hints = { 0 }, *found;
    SOCKET listener, client, server;
    char service[NI_MAXSERV], host[NI_MAXHOST];
    DWORD off = 0;
    WSADATA data;
    int i, rc;

    if ((rc = WSAStartup(MAKEWORD(2, 2), &data)) != 0) quit("WSAStartup", rc);
    listener = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
    if (listener == INVALID_SOCKET) quit("socket", WSAGetLastError());
    print_option(listener);
    if (setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&off, sizeof off)) quit("setsockopt", WSAGetLastError());
    print_option(listener);
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_any;
    if (bind(listener, (SOCKADDR *)&address, sizeof address)) quit("bind", WSAGetLastError());
    if (listen(listener, 2)) quit("listen", WSAGetLastError());
    if (getsockname(listener, (SOCKADDR *)&address, &length)) quit("getsockname", WSAGetLastError());
    printf("the listener's family is %d, its name has %d bytes\n", address.sin6_family, (int)length);
    sprintf(service, "%u", ntohs(address.sin6_port));

    for (i = 0; i < 2; i++) {
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        hints.ai_protocol = IPPROTO_TCP;
        hints.ai_flags = AI_NUMERICHOST;
        rc = getaddrinfo(names[i], service, &hints, &found);
        if (rc != 0) quit("getaddrinfo", rc);
        client = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
        if (connect(client, found->ai_addr, (int)found->ai_addrlen)) quit("connect", WSAGetLastError());
        printf("connected to %s, family %d\n", names[i], found->ai_family);
        freeaddrinfo(found);
        length = sizeof storage;
        server = accept(listener, (SOCKADDR *)&storage, &length);
        if (server == INVALID_SOCKET) quit("accept", WSAGetLastError());
        rc = getnameinfo((SOCKADDR *)&storage, length, host, sizeof host, NULL, 0, NI_NUMERICHOST);
        if (rc != 0) quit("getnameinfo", rc);
        printf("it comes from %s, family %d, %s\n", host, storage.ss_family,
               IN6_IS_ADDR_V4MAPPED(&((SOCKADDR_IN6 *)&storage)->sin6_addr) ? "mapped" : "not mapped");
        send(server, "hi", 2, 0);
        if (recv(client, host, 2, MSG_WAITALL) != 2) quit("recv", WSAGetLastError());
        closesocket(server);
        closesocket(client);
    }
    hints.ai_flags = AI_NUMERICHOST;
    rc = getaddrinfo("not.an.address", NULL, &hints, &found);
    printf("a name where a number is wanted: %d\n", rc);
    closesocket(listener);
    WSACleanup();
    return 0;
}
