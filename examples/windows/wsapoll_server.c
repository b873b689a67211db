/*
 * An upper-casing server on WSAPoll with non-blocking sockets: a table of WSAPOLLFD that grows and shrinks.
 */
#define _WIN32_WINNT 0x0600
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ctype.h>

#define MAX_FDS 16
#define CLIENTS 5

static WSAPOLLFD fds[MAX_FDS];
static ULONG nfds;
static int served, hung_up;

static int fail(const char *what)
{
    printf("%s failed: %d\n", what, WSAGetLastError());
    exit(1);
    return 0;
}

static void watch(SOCKET s)
{
    u_long nonblocking = 1;
    if (ioctlsocket(s, FIONBIO, &nonblocking) != 0) fail("FIONBIO");
    fds[nfds].fd = s;
    fds[nfds].events = POLLRDNORM;
    fds[nfds].revents = 0;
    nfds++;
}

static void readable(ULONG i)
{
    char text[128];
    int n = recv(fds[i].fd, text, sizeof text, 0), k;
    if (n == SOCKET_ERROR) {
        if (WSAGetLastError() != WSAEWOULDBLOCK) fail("recv");
        return;
    }
    if (n == 0) {
        closesocket(fds[i].fd);
        fds[i].fd = INVALID_SOCKET; /* taken out below */
        hung_up++;
        return;
    }
    for (k = 0; k < n; k++) text[k] = (char)toupper((unsigned char)text[k]);
    if (send(fds[i].fd, text, n, 0) != n) fail("send");
    served++;
}

static DWORD WINAPI server(LPVOID parameter)
{
    ULONG i, kept;
    watch((SOCKET)(ULONG_PTR)parameter);
    while (hung_up < CLIENTS) {
        int ready = WSAPoll(fds, nfds, 10000);
        if (ready <= 0) fail("WSAPoll");
        for (i = nfds; i-- > 1;)
            if (fds[i].revents != 0) readable(i);
        if (fds[0].revents & POLLRDNORM) {
            SOCKET s = accept(fds[0].fd, NULL, NULL);
            if (s == INVALID_SOCKET) fail("accept");
            watch(s);
        }
        for (i = kept = 0; i < nfds; i++)
            if (fds[i].fd != INVALID_SOCKET) fds[kept++] = fds[i];
        nfds = kept;
    }
    return 0;
}

int main(void)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    WSAPOLLFD one;
    WSADATA data;
    HANDLE thread;
    SOCKET listener, clients[CLIENTS];
    char text[64];
    int i, n;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, SOMAXCONN)) fail("listen");
    getsockname(listener, (struct sockaddr *)&address, &length);
    thread = CreateThread(NULL, 0, server, (LPVOID)(ULONG_PTR)listener, 0, NULL);
    for (i = 0; i < CLIENTS; i++) {
        clients[i] = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        if (connect(clients[i], (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    }
    one.fd = clients[0];
    one.events = POLLRDNORM;
    printf("nothing to read yet: WSAPoll says %d\n", WSAPoll(&one, 1, 0));
    one.events = POLLWRNORM;
    n = WSAPoll(&one, 1, 5000);
    printf("writable: WSAPoll says %d, %s\n", n, one.revents == POLLWRNORM ? "POLLWRNORM" : "something else");
    for (i = CLIENTS - 1; i >= 0; i--) {
        n = sprintf(text, "client %d was here", i);
        send(clients[i], text, n, 0);
    }
    for (i = 0; i < CLIENTS; i++) {
        n = recv(clients[i], text, sizeof text - 1, 0);
        if (n <= 0) fail("recv");
        text[n] = 0;
        printf("%s\n", text);
    }
    for (i = 0; i < CLIENTS; i++) closesocket(clients[i]);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    printf("%d messages, %d hung up, %lu watched\n", served, hung_up, (unsigned long)nfds);
    closesocket(listener);
    WSACleanup();
    return 0;
}
