/*
 * An echo server on one thread without a port: completion routines of WSARecv and WSASend, run in alertable waits.
 * hEvent is free for the program then, and carries its connection.
 */
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <string.h>

#define CLIENTS 3

typedef struct _CONNECTION {
    WSAOVERLAPPED Overlapped;
    SOCKET Socket;
    WSABUF Buffer;
    CHAR Data[256];
    DWORD Echoed;
} CONNECTION, *PCONNECTION;

static int g_closed;
static DWORD g_thread, g_routines, g_strangers, g_bytes;

static void CALLBACK OnReceived(DWORD dwError, DWORD cbTransferred, LPWSAOVERLAPPED lpOverlapped, DWORD dwFlags);

static int Receive(PCONNECTION connection)
{
    DWORD flags = 0;
    connection->Buffer.buf = connection->Data;
    connection->Buffer.len = sizeof connection->Data;
    if (WSARecv(connection->Socket, &connection->Buffer, 1, NULL, &flags, &connection->Overlapped, OnReceived) ==
            SOCKET_ERROR &&
        WSAGetLastError() != WSA_IO_PENDING) {
        printf("WSARecv: %d\n", WSAGetLastError());
        return 0;
    }
    return 1;
}

static void CALLBACK OnSent(DWORD dwError, DWORD cbTransferred, LPWSAOVERLAPPED lpOverlapped, DWORD dwFlags)
{
    PCONNECTION connection = (PCONNECTION)lpOverlapped->hEvent;
    (void)dwFlags;
    g_routines++;
    g_strangers += GetCurrentThreadId() != g_thread;
    if (dwError != 0 || cbTransferred != connection->Buffer.len) printf("sending: error %u\n", (unsigned)dwError);
    connection->Echoed += cbTransferred;
    Receive(connection);
}

static void CALLBACK OnReceived(DWORD dwError, DWORD cbTransferred, LPWSAOVERLAPPED lpOverlapped, DWORD dwFlags)
{
    PCONNECTION connection = (PCONNECTION)lpOverlapped->hEvent;
    (void)dwFlags;
    g_routines++;
    g_strangers += GetCurrentThreadId() != g_thread;
    if (dwError != 0) printf("receiving: error %u\n", (unsigned)dwError);
    if (dwError != 0 || cbTransferred == 0) {
        closesocket(connection->Socket);
        g_bytes += connection->Echoed;
        g_closed++;
        return;
    }
    connection->Buffer.len = cbTransferred;
    if (WSASend(connection->Socket, &connection->Buffer, 1, NULL, 0, &connection->Overlapped, OnSent) ==
            SOCKET_ERROR &&
        WSAGetLastError() != WSA_IO_PENDING)
        printf("WSASend: %d\n", WSAGetLastError());
}

static DWORD WINAPI Client(LPVOID parameter)
{
    char text[] = "The quick brown fox", back[sizeof text];
    int round, n, got;
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, (const struct sockaddr *)parameter, sizeof(struct sockaddr_in)) != 0) return 1;
    for (round = 0; round < 10; round++) {
        if (send(s, text, sizeof text, 0) != (int)sizeof text) return 2;
        for (got = 0; got < (int)sizeof back; got += n)
            if ((n = recv(s, back + got, sizeof back - got, 0)) <= 0) return 3;
        if (strcmp(text, back)) return 4;
    }
    shutdown(s, SD_SEND);
    n = recv(s, back, sizeof back, 0);
    closesocket(s);
    return n == 0 ? 0 : 5;
}

int main(void)
{
    static CONNECTION connections[CLIENTS];
    struct sockaddr_in address = { 0 };
    int length = sizeof address, i;
    HANDLE threads[CLIENTS];
    WSADATA data;
    SOCKET listener;
    DWORD result;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
    g_thread = GetCurrentThreadId();
    listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, CLIENTS) ||
        getsockname(listener, (struct sockaddr *)&address, &length))
        return 1;
    for (i = 0; i < CLIENTS; i++) threads[i] = CreateThread(NULL, 0, Client, &address, 0, NULL);
    for (i = 0; i < CLIENTS; i++) {
        connections[i].Socket = accept(listener, NULL, NULL);
        connections[i].Overlapped.hEvent = (WSAEVENT)&connections[i];
    }
    for (i = 0; i < CLIENTS; i++) {
        if (!Receive(&connections[i])) return 1;
    }
    printf("routines run before the first alertable wait: %u\n", (unsigned)g_routines);
    while (g_closed < CLIENTS) {
        result = SleepEx(10000, TRUE);
        if (result != WAIT_IO_COMPLETION) {
            printf("SleepEx said %u\n", (unsigned)result);
            return 1;
        }
    }
    WaitForMultipleObjects(CLIENTS, threads, TRUE, INFINITE);
    for (i = 0; i < CLIENTS; i++) {
        GetExitCodeThread(threads[i], &result);
        printf("client %d ended with %u\n", i, (unsigned)result);
        CloseHandle(threads[i]);
    }
    printf("echoed %u bytes, %u routines on another thread\n", (unsigned)g_bytes, (unsigned)g_strangers);
    closesocket(listener);
    WSACleanup();
    return 0;
}
