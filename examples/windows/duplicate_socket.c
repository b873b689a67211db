/*
 * WSADuplicateSocket: a second descriptor of one connection, made from a WSAPROTOCOL_INFO, as a program does that hands
 * its connections to another process. (Here the other process is this one again.)
 */
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int Report(const char *step)
{
    printf("%s failed, WSAGetLastError() = %d\n", step, WSAGetLastError());
    WSACleanup();
    return 1;
}

int main(void)
{
    WSAPROTOCOL_INFO info;
    struct sockaddr_in address = { 0 };
    int length = sizeof(address), type, n;
    SOCKET listener, client, server, duplicate;
    char text[32];
    WSADATA data;

    if (WSAStartup(MAKEWORD(2, 2), &data)) return 1;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1) ||
        getsockname(listener, (struct sockaddr *)&address, &length))
        return Report("listening");
    client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (connect(client, (struct sockaddr *)&address, length)) return Report("connect");
    server = accept(listener, NULL, NULL);
    if (server == INVALID_SOCKET) return Report("accept");

    memset(&info, 0, sizeof(info));
    if (WSADuplicateSocket(server, GetCurrentProcessId(), &info)) return Report("WSADuplicateSocket");
    printf("the description: family %d, type %d, protocol %d\n", info.iAddressFamily, info.iSocketType, info.iProtocol);
    duplicate = WSASocket(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED);
    if (duplicate == INVALID_SOCKET) return Report("WSASocket");
    printf("the duplicate is %s\n", duplicate == server ? "the same number" : "another number");
    length = sizeof(type);
    if (getsockopt(duplicate, SOL_SOCKET, SO_TYPE, (char *)&type, &length)) return Report("SO_TYPE");
    printf("its type is %d\n", type);

    send(client, "to either", 9, 0);
    n = recv(duplicate, text, sizeof(text), 0);
    printf("the duplicate received \"%.*s\"\n", n, text);
    send(duplicate, "from the duplicate", 18, 0);
    n = recv(client, text, sizeof(text), 0);
    printf("the client received \"%.*s\"\n", n, text);

    /* The connection lasts until the last descriptor is closed. */
    closesocket(duplicate);
    send(server, "still here", 10, 0);
    n = recv(client, text, sizeof(text), 0);
    printf("the client received \"%.*s\"\n", n, text);
    closesocket(server);
    n = recv(client, text, sizeof(text), 0);
    printf("after the last close: %d\n", n);
    closesocket(client);
    closesocket(listener);
    WSACleanup();
    return 0;
}
