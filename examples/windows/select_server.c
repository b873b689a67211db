/*
 * The oldest style: select with more sockets than the default FD_SETSIZE, non-blocking connects that are watched in the
 * write and the exception set.
 */
#define FD_SETSIZE 128
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLIENTS 80

static void bail(const char *what)
{
    printf("%s: %d\n", what, WSAGetLastError());
    exit(1);
}

static SOCKET tcp(u_long nonblocking)
{
    SOCKET s = socket(PF_INET, SOCK_STREAM, 0);
    if (s == INVALID_SOCKET || ioctlsocket(s, FIONBIO, &nonblocking) == SOCKET_ERROR) bail("socket");
    return s;
}

int main(void)
{
    static SOCKET clients[CLIENTS], served[CLIENTS];
    fd_set readfds, writefds, exceptfds;
    struct timeval timeout = { 10, 0 };
    SOCKADDR_IN address, nobody;
    int length = sizeof address, i, n, connected = 0, refused = 0, accepted = 0, echoed = 0;
    SOCKET listener, closed, lost;
    WSADATA data;
    char c;

    if (WSAStartup(MAKEWORD(1, 1), &data) != 0) return 1;
    printf("WinSock %d.%d\n", LOBYTE(data.wVersion), HIBYTE(data.wVersion));
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    nobody = address;
    listener = tcp(1);
    closed = tcp(0);
    if (bind(listener, (LPSOCKADDR)&address, sizeof address) || listen(listener, CLIENTS)) bail("listen");
    if (bind(closed, (LPSOCKADDR)&nobody, sizeof nobody)) bail("bind");
    getsockname(listener, (LPSOCKADDR)&address, &length);
    getsockname(closed, (LPSOCKADDR)&nobody, &length);

    FD_ZERO(&readfds);
    FD_SET(listener, &readfds);
    timeout.tv_sec = 0;
    printf("before anybody calls: %d\n", select(0, &readfds, NULL, NULL, &timeout));
    timeout.tv_sec = 10;

    for (i = 0; i < CLIENTS; i++) {
        clients[i] = tcp(1);
        if (connect(clients[i], (LPSOCKADDR)&address, sizeof address) == SOCKET_ERROR &&
            WSAGetLastError() != WSAEWOULDBLOCK)
            bail("connect");
    }
    lost = tcp(1);
    if (connect(lost, (LPSOCKADDR)&nobody, sizeof nobody) == SOCKET_ERROR && WSAGetLastError() != WSAEWOULDBLOCK)
        bail("connect");

    while (connected < CLIENTS || accepted < CLIENTS || refused == 0) {
        FD_ZERO(&readfds);
        FD_ZERO(&writefds);
        FD_ZERO(&exceptfds);
        FD_SET(listener, &readfds);
        for (i = connected; i < CLIENTS; i++) FD_SET(clients[i], &writefds);
        if (!refused) FD_SET(lost, &exceptfds);
        n = select(0, &readfds, connected < CLIENTS ? &writefds : NULL, refused ? NULL : &exceptfds, &timeout);
        if (n <= 0) bail("select");
        if (FD_ISSET(listener, &readfds)) {
            served[accepted] = accept(listener, NULL, NULL);
            if (served[accepted] == INVALID_SOCKET) bail("accept");
            accepted++;
        }
        while (connected < CLIENTS && FD_ISSET(clients[connected], &writefds)) connected++;
        if (!refused && FD_ISSET(lost, &exceptfds)) {
            int error = 0, size = sizeof error;
            getsockopt(lost, SOL_SOCKET, SO_ERROR, (char *)&error, &size);
            printf("the lost one: error %d\n", error);
            refused = 1;
        }
    }
    printf("%d connected, %d accepted\n", connected, accepted);

    for (i = 0; i < CLIENTS; i++)
        if (send(clients[i], "x", 1, 0) != 1) bail("send");
    while (echoed < CLIENTS) {
        FD_ZERO(&readfds);
        for (i = 0; i < CLIENTS; i++) FD_SET(served[i], &readfds);
        if (select(0, &readfds, NULL, NULL, &timeout) <= 0) bail("select");
        for (i = 0; i < (int)readfds.fd_count; i++) {
            if (recv(readfds.fd_array[i], &c, 1, 0) != 1 || c != 'x') bail("recv");
            send(readfds.fd_array[i], "y", 1, 0);
            echoed++;
        }
    }
    for (i = 0, n = 0; i < CLIENTS; i++) {
        FD_ZERO(&readfds);
        FD_SET(clients[i], &readfds);
        if (select(0, &readfds, NULL, NULL, &timeout) != 1) bail("select");
        n += recv(clients[i], &c, 1, 0) == 1 && c == 'y';
    }
    printf("%d served, %d answers\n", echoed, n);
    n = select(0, NULL, NULL, NULL, &timeout);
    printf("select on no sockets: %d, error %d\n", n, WSAGetLastError());
    for (i = 0; i < CLIENTS; i++) closesocket(clients[i]), closesocket(served[i]);
    closesocket(lost);
    closesocket(closed);
    closesocket(listener);
    WSACleanup();
    return 0;
}
