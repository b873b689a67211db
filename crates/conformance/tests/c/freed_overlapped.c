/* A program with the fault that the sanitizer is there to find: it frees an OVERLAPPED that is still pending, and the
 * library writes to it when the socket closes. A run that reports nothing looks at nothing. */
#include <winsock2.h>
#include <stdlib.h>

int main(void) {
    WSADATA data;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int length = sizeof at;
    static char byte;
    WSABUF buffer = { 1, &byte };
    DWORD flags = 0;
    OVERLAPPED *pending = calloc(1, sizeof *pending);

    WSAStartup(MAKEWORD(2, 2), &data);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0), s = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&at, length);
    listen(listener, 1);
    getsockname(listener, (struct sockaddr *)&at, &length);
    connect(s, (struct sockaddr *)&at, length);
    if (WSARecv(s, &buffer, 1, NULL, &flags, pending, NULL) != SOCKET_ERROR || WSAGetLastError() != WSA_IO_PENDING)
        return 2;
    free(pending);
    closesocket(s);
    Sleep(500); /* the other backend's engine thread may be the one that writes */
    return 0;
}
