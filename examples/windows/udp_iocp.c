/*
 * A datagram server on a completion port: several WSARecvFrom under way, answers by WSASendTo, and too long a datagram.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECEIVES 4
#define CLIENTS  3
#define ROUNDS   10

typedef struct REQUEST {
    WSAOVERLAPPED Overlapped;
    WSABUF Buffer;
    char Data[32];
    SOCKADDR_IN From;
    INT FromLength;
    DWORD Flags;
    BOOL Sending;
} REQUEST;

static SOCKET Server;
static HANDLE Port;
static LONG Received, TooLong;
static volatile LONG Closing;

static void Fatal(const char *what, int error)
{
    printf("%s: %d\n", what, error);
    exit(1);
}

static void Reverse(char *text, int length)
{
    int i;
    for (i = 0; i < length / 2; i++) {
        char c = text[i];
        text[i] = text[length - 1 - i];
        text[length - 1 - i] = c;
    }
}

static void PostReceive(REQUEST *r)
{
    ZeroMemory(&r->Overlapped, sizeof r->Overlapped);
    r->Sending = FALSE;
    r->Buffer.buf = r->Data;
    r->Buffer.len = sizeof r->Data;
    r->FromLength = sizeof r->From;
    r->Flags = 0;
    /* WSAEMSGSIZE at once comes through the port as well. */
    if (WSARecvFrom(Server, &r->Buffer, 1, NULL, &r->Flags, (SOCKADDR *)&r->From, &r->FromLength, &r->Overlapped,
                    NULL) == SOCKET_ERROR &&
        WSAGetLastError() != WSA_IO_PENDING && !Closing)
        Fatal("WSARecvFrom", WSAGetLastError());
}

static DWORD WINAPI Serve(LPVOID unused)
{
    (void)unused;
    for (;;) {
        DWORD bytes, error = 0;
        ULONG_PTR key;
        LPOVERLAPPED ov;
        REQUEST *r;
        if (!GetQueuedCompletionStatus(Port, &bytes, &key, &ov, 10000)) error = GetLastError();
        if (ov == NULL) return error;
        r = CONTAINING_RECORD(ov, REQUEST, Overlapped);
        if (r->Sending) {
            if (error) Fatal("sending", error);
            PostReceive(r);
        } else if (error == ERROR_MORE_DATA) {
            InterlockedIncrement(&TooLong);
            PostReceive(r);
        } else if (error == ERROR_OPERATION_ABORTED || (error && Closing)) {
            continue;
        } else if (error) {
            Fatal("receiving", error);
        } else {
            InterlockedIncrement(&Received);
            Reverse(r->Data, (int)bytes);
            r->Sending = TRUE;
            r->Buffer.len = bytes;
            ZeroMemory(&r->Overlapped, sizeof r->Overlapped);
            if (WSASendTo(Server, &r->Buffer, 1, NULL, 0, (SOCKADDR *)&r->From, r->FromLength, &r->Overlapped, NULL) ==
                    SOCKET_ERROR &&
                WSAGetLastError() != WSA_IO_PENDING)
                Fatal("WSASendTo", WSAGetLastError());
        }
    }
}

int main(void)
{
    static REQUEST requests[RECEIVES];
    SOCKADDR_IN address = { 0 };
    SOCKET clients[CLIENTS];
    int length = sizeof address, i, round, n, good = 0, timeout = 5000;
    char text[64], answer[64];
    HANDLE thread;
    WSADATA data;

    if ((i = WSAStartup(MAKEWORD(2, 2), &data)) != 0) Fatal("WSAStartup", i);
    Server = WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(Server, (SOCKADDR *)&address, length)) Fatal("bind", WSAGetLastError());
    if (getsockname(Server, (SOCKADDR *)&address, &length)) Fatal("getsockname", WSAGetLastError());
    Port = CreateIoCompletionPort((HANDLE)Server, NULL, 5, 0);
    if (Port == NULL) Fatal("CreateIoCompletionPort", GetLastError());
    for (i = 0; i < RECEIVES; i++) PostReceive(&requests[i]);
    thread = CreateThread(NULL, 0, Serve, NULL, 0, NULL);

    for (i = 0; i < CLIENTS; i++) {
        clients[i] = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
        setsockopt(clients[i], SOL_SOCKET, SO_RCVTIMEO, (char *)&timeout, sizeof timeout);
        /* A connected datagram socket hears its peer only. */
        if (connect(clients[i], (SOCKADDR *)&address, sizeof address)) Fatal("connect", WSAGetLastError());
    }
    for (round = 0; round < ROUNDS; round++) {
        for (i = 0; i < CLIENTS; i++) {
            n = sprintf(text, "client %d round %d", i, round);
            if (send(clients[i], text, n, 0) != n) Fatal("send", WSAGetLastError());
        }
        for (i = 0; i < CLIENTS; i++) {
            n = recv(clients[i], answer, sizeof answer - 1, 0);
            if (n < 0) Fatal("recv", WSAGetLastError());
            Reverse(answer, n);
            answer[n] = 0;
            sprintf(text, "client %d round %d", i, round);
            good += !strcmp(answer, text);
        }
    }
    memset(text, 'x', sizeof text);
    send(clients[0], text, sizeof text, 0);
    send(clients[0], "after it", 8, 0);
    n = recv(clients[0], answer, sizeof answer, 0);
    printf("after too long a datagram: \"%.*s\"\n", n, answer);
    InterlockedExchange(&Closing, 1);
    closesocket(Server);
    PostQueuedCompletionStatus(Port, 0, 0, NULL);
    WaitForSingleObject(thread, 10000);
    CloseHandle(thread);
    CloseHandle(Port);
    for (i = 0; i < CLIENTS; i++) closesocket(clients[i]);
    printf("%d of %d answers are right\n", good, CLIENTS * ROUNDS);
    printf("received %d, too long %d\n", (int)Received, (int)TooLong);
    WSACleanup();
    return 0;
}
