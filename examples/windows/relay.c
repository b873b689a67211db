/*
 * A TCP relay: for each direction one buffer that is received into and sent from, all on one port, half-closes passed
 * on. 1 MB goes through it and comes back.
 */
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AMOUNT (1024 * 1024)

struct direction {
    OVERLAPPED ov;
    SOCKET from, to;
    char data[16384];
    DWORD filled, sent;
    BOOL sending;
    LONGLONG relayed;
};

static SOCKET relay_listener, server_listener;
static struct sockaddr_in relay_address, server_address;

static void x(int ok, const char *what)
{
    if (!ok) {
        printf("%s: %d\n", what, WSAGetLastError());
        exit(1);
    }
}

static SOCKET listen_on_loopback(struct sockaddr_in *address)
{
    int length = sizeof *address;
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    x(bind(s, (struct sockaddr *)address, length) == 0, "bind");
    x(listen(s, 5) == 0, "listen");
    x(getsockname(s, (struct sockaddr *)address, &length) == 0, "getsockname");
    return s;
}

static void receive(struct direction *d)
{
    WSABUF b = { sizeof d->data, d->data };
    DWORD flags = 0;
    d->sending = FALSE;
    memset(&d->ov, 0, sizeof d->ov);
    x(WSARecv(d->from, &b, 1, NULL, &flags, &d->ov, NULL) == 0 || WSAGetLastError() == WSA_IO_PENDING, "WSARecv");
}

static void pass_on(struct direction *d)
{
    WSABUF b;
    b.buf = d->data + d->sent;
    b.len = d->filled - d->sent;
    d->sending = TRUE;
    memset(&d->ov, 0, sizeof d->ov);
    x(WSASend(d->to, &b, 1, NULL, 0, &d->ov, NULL) == 0 || WSAGetLastError() == WSA_IO_PENDING, "WSASend");
}

static DWORD WINAPI relay(LPVOID result)
{
    static struct direction d[2];
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    SOCKET client = accept(relay_listener, NULL, NULL), server = socket(AF_INET, SOCK_STREAM, 0);
    int open = 2;
    x(client != INVALID_SOCKET, "accept");
    x(connect(server, (struct sockaddr *)&server_address, sizeof server_address) == 0, "connect");
    x(CreateIoCompletionPort((HANDLE)client, port, 0, 0) == port, "associating");
    x(CreateIoCompletionPort((HANDLE)server, port, 0, 0) == port, "associating");
    d[0].from = d[1].to = client;
    d[0].to = d[1].from = server;
    receive(&d[0]);
    receive(&d[1]);
    while (open > 0) {
        DWORD bytes;
        ULONG_PTR key;
        LPOVERLAPPED ov;
        struct direction *now;
        x(GetQueuedCompletionStatus(port, &bytes, &key, &ov, 10000), "GetQueuedCompletionStatus");
        now = CONTAINING_RECORD(ov, struct direction, ov);
        if (now->sending) {
            now->sent += bytes;
            now->relayed += bytes;
            if (now->sent < now->filled)
                pass_on(now);
            else
                receive(now);
        } else if (bytes == 0) {
            shutdown(now->to, SD_SEND);
            open--;
        } else {
            now->filled = bytes;
            now->sent = 0;
            pass_on(now);
        }
    }
    closesocket(client);
    closesocket(server);
    CloseHandle(port);
    ((LONGLONG *)result)[0] = d[0].relayed;
    ((LONGLONG *)result)[1] = d[1].relayed;
    return 0;
}

/* Sends every byte back, changed. */
static DWORD WINAPI server(LPVOID unused)
{
    char data[4096];
    int n, i;
    SOCKET s = accept(server_listener, NULL, NULL);
    (void)unused;
    while ((n = recv(s, data, sizeof data, 0)) > 0) {
        for (i = 0; i < n; i++) data[i] ^= 0x55;
        x(send(s, data, n, 0) == n, "send");
    }
    closesocket(s);
    return n == 0 ? 0 : 1;
}

static DWORD WINAPI sender(LPVOID parameter)
{
    SOCKET s = (SOCKET)(ULONG_PTR)parameter;
    static char data[8192];
    int sent, i;
    for (sent = 0; sent < AMOUNT; sent += sizeof data) {
        for (i = 0; i < (int)sizeof data; i++) data[i] = (char)((sent + i) / 3);
        x(send(s, data, sizeof data, 0) == (int)sizeof data, "send");
    }
    shutdown(s, SD_SEND);
    return 0;
}

int main(void)
{
    HANDLE threads[3];
    LONGLONG relayed[2] = { 0 };
    int total = 0, n, i, wrong = 0;
    char data[4096];
    WSADATA wsa;
    SOCKET s;

    x(WSAStartup(MAKEWORD(2, 2), &wsa) == 0, "WSAStartup");
    relay_listener = listen_on_loopback(&relay_address);
    server_listener = listen_on_loopback(&server_address);
    threads[0] = CreateThread(NULL, 0, relay, relayed, 0, NULL);
    threads[1] = CreateThread(NULL, 0, server, NULL, 0, NULL);
    s = socket(AF_INET, SOCK_STREAM, 0);
    x(connect(s, (struct sockaddr *)&relay_address, sizeof relay_address) == 0, "connect");
    threads[2] = CreateThread(NULL, 0, sender, (LPVOID)(ULONG_PTR)s, 0, NULL);
    while ((n = recv(s, data, sizeof data, 0)) > 0) {
        for (i = 0; i < n; i++) wrong += data[i] != (char)((char)((total + i) / 3) ^ 0x55);
        total += n;
    }
    x(n == 0, "recv");
    x(WaitForMultipleObjects(3, threads, TRUE, 10000) == WAIT_OBJECT_0, "the threads");
    for (i = 0; i < 3; i++) CloseHandle(threads[i]);
    printf("%d bytes came back, %d of them wrong\n", total, wrong);
    printf("relayed: %d there, %d back\n", (int)relayed[0], (int)relayed[1]);
    closesocket(s);
    closesocket(relay_listener);
    closesocket(server_listener);
    WSACleanup();
    return 0;
}
