/*
 * Several buffers in one call, peeking, waiting for all, out-of-band data, half-closing and a hard close.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void e(const char *what)
{
    printf("%s: %d\n", what, WSAGetLastError());
    exit(1);
}

static void pair(SOCKET *one, SOCKET *other)
{
    struct sockaddr_in address = { 0 };
    int length = sizeof address;
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1)) e("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &length)) e("getsockname");
    *one = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (connect(*one, (struct sockaddr *)&address, length)) e("connect");
    *other = accept(listener, NULL, NULL);
    closesocket(listener);
}

int main(void)
{
    char header[] = "HEADER|", body[] = "the body|", tail[] = "tail";
    char first[4], second[7], third[32], text[64];
    WSABUF out[3] = { { 7, header }, { 9, body }, { 4, tail } };
    WSABUF in[3] = { { sizeof first, first }, { sizeof second, second }, { sizeof third, third } };
    struct linger hard = { 1, 0 };
    DWORD sent, received, flags;
    SOCKET a, b;
    WSADATA data;
    int n;

    if (WSAStartup(MAKEWORD(2, 2), &data)) return 1;
    pair(&a, &b);
    if (WSASend(a, out, 3, &sent, 0, NULL, NULL)) e("WSASend");
    printf("sent %d bytes from 3 buffers\n", (int)sent);
    flags = MSG_PEEK;
    if (WSARecv(b, in, 1, &received, &flags, NULL, NULL)) e("WSARecv");
    printf("peeked \"%.*s\"\n", (int)received, first);
    flags = 0;
    if (WSARecv(b, in, 3, &received, &flags, NULL, NULL)) e("WSARecv");
    printf("received %d bytes: \"%.4s\" \"%.7s\" \"%.*s\"\n", (int)received, first, second, (int)received - 11, third);

    send(a, "12345", 5, 0);
    Sleep(10);
    send(a, "67890", 5, 0);
    n = recv(b, text, 10, MSG_WAITALL);
    printf("waited for all: \"%.*s\"\n", n, text);

    send(a, "in band", 7, 0);
    send(a, "!", 1, MSG_OOB);
    n = recv(b, text, sizeof text, 0);
    printf("in band: \"%.*s\"\n", n, text);
    n = recv(b, text, sizeof text, MSG_OOB);
    printf("out of band: \"%.*s\"\n", n, text);

    shutdown(a, SD_SEND);
    n = recv(b, text, sizeof text, 0);
    printf("after the half-close: %d\n", n);
    send(b, "still", 5, 0);
    n = recv(a, text, 5, MSG_WAITALL);
    printf("the other half: \"%.*s\"\n", n, text);
    n = send(a, "x", 1, 0);
    printf("sending after it: %d, error %d\n", n, WSAGetLastError());
    shutdown(a, SD_RECEIVE);
    n = recv(a, text, sizeof text, 0);
    printf("receiving after SD_RECEIVE: %d, error %d\n", n, WSAGetLastError());
    closesocket(a);
    closesocket(b);

    pair(&a, &b);
    setsockopt(a, SOL_SOCKET, SO_LINGER, (char *)&hard, sizeof hard);
    closesocket(a);
    n = recv(b, text, sizeof text, 0);
    printf("a hard close: %d, error %d\n", n, WSAGetLastError());
    closesocket(b);
    WSACleanup();
    return 0;
}
