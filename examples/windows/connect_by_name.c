/*
 * WSAConnectByName: name and service in, a connection and both addresses out.
 */
#define _WIN32_WINNT 0x0600
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

#define ENSURE(call) if (!(call)) { printf("%s: %d\n", #call, WSAGetLastError()); exit(1); } else (void)0

int main(void)
{
    WSADATA data;
    SOCKADDR_IN server = { 0 };
    SOCKADDR_STORAGE local = { 0 }, remote = { 0 };
    DWORD local_length = sizeof local, remote_length = sizeof remote;
    SOCKET listener, s, peer;
    struct timeval timeout = { 10, 0 };
    int length = sizeof server;
    char port[16];

    ENSURE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    server.sin_family = AF_INET;
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ENSURE(bind(listener, (SOCKADDR *)&server, length) == 0 && listen(listener, 5) == 0);
    ENSURE(getsockname(listener, (SOCKADDR *)&server, &length) == 0);

    sprintf(port, "%u", ntohs(server.sin_port));
    s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ENSURE(WSAConnectByNameA(s, "localhost", port, &local_length, (SOCKADDR *)&local, &remote_length,
                             (SOCKADDR *)&remote, &timeout, NULL));
    printf("connected by name: local family %d, remote family %d\n", local.ss_family, remote.ss_family);
    printf("the remote port is %s\n",
           ((SOCKADDR_IN *)&remote)->sin_port == server.sin_port ? "the listener's" : "another");
    ENSURE(setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) == 0);
    peer = accept(listener, NULL, NULL);
    ENSURE(send(s, "named", 5, 0) == 5 && recv(peer, port, 5, MSG_WAITALL) == 5);
    printf("the listener received \"%.5s\"\n", port);
    closesocket(peer);
    closesocket(s);

    closesocket(listener);
    return WSACleanup();
}
