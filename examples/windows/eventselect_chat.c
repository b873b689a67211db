/*
 * A chat server on WSAEventSelect: one event for each socket, WSAWaitForMultipleEvents, WSAEnumNetworkEvents. Three
 * scripted guests come, talk and go; what each of them heard is the transcript.
 */
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_GUESTS 8

static SOCKET sockets[MAX_GUESTS + 1];
static WSAEVENT events[MAX_GUESTS + 1];
static DWORD count;
static int joined, left, lines;

static void add(SOCKET s, long what)
{
    WSAEVENT event = WSACreateEvent();
    if (event == WSA_INVALID_EVENT || WSAEventSelect(s, event, what) == SOCKET_ERROR) {
        printf("WSAEventSelect: %d\n", WSAGetLastError());
        exit(1);
    }
    sockets[count] = s;
    events[count++] = event;
}

static void take_out(DWORD i)
{
    closesocket(sockets[i]);
    WSACloseEvent(events[i]);
    count--;
    sockets[i] = sockets[count];
    events[i] = events[count];
}

static void tell_others(SOCKET from, const char *text, int length)
{
    DWORD i;
    for (i = 1; i < count; i++) {
        if (sockets[i] != from && send(sockets[i], text, length, 0) != length) {
            printf("send: %d\n", WSAGetLastError());
            exit(1);
        }
    }
}

/* One round of the server; FALSE when the last guest has gone. */
static BOOL serve(void)
{
    WSANETWORKEVENTS happened;
    char text[256];
    int n;
    DWORD i, index = WSAWaitForMultipleEvents(count, events, FALSE, 10000, FALSE);
    if (index == WSA_WAIT_FAILED || index == WSA_WAIT_TIMEOUT) {
        printf("waiting: %d\n", index == WSA_WAIT_TIMEOUT ? WSAETIMEDOUT : WSAGetLastError());
        exit(1);
    }
    i = index - WSA_WAIT_EVENT_0;
    if (WSAEnumNetworkEvents(sockets[i], events[i], &happened) == SOCKET_ERROR) {
        printf("WSAEnumNetworkEvents: %d\n", WSAGetLastError());
        exit(1);
    }
    if (happened.lNetworkEvents & FD_ACCEPT) {
        SOCKET guest = accept(sockets[0], NULL, NULL);
        if (happened.iErrorCode[FD_ACCEPT_BIT] != 0 || guest == INVALID_SOCKET) exit(1);
        add(guest, FD_READ | FD_CLOSE);
        send(guest, "welcome\n", 8, 0);
        joined++;
    }
    if (happened.lNetworkEvents & FD_READ) {
        n = recv(sockets[i], text, sizeof text, 0);
        if (n > 0) {
            tell_others(sockets[i], text, n);
            lines++;
        } else if (n == SOCKET_ERROR && WSAGetLastError() != WSAEWOULDBLOCK) {
            exit(1);
        }
    }
    if (happened.lNetworkEvents & FD_CLOSE) {
        while ((n = recv(sockets[i], text, sizeof text, 0)) > 0) tell_others(sockets[i], text, n);
        take_out(i);
        left++;
    }
    return !(joined > 0 && joined == left);
}

static DWORD WINAPI server_thread(LPVOID unused)
{
    (void)unused;
    while (serve()) { }
    return 0;
}

static SOCKET guest(const struct sockaddr_in *address)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, (const struct sockaddr *)address, sizeof *address) != 0) exit(1);
    return s;
}

/* Reads one line, and says who heard it. */
static void hear(const char *who, SOCKET s)
{
    char line[128];
    int n = 0;
    while (n < (int)sizeof line - 1 && recv(s, line + n, 1, 0) == 1 && line[n] != '\n') n++;
    line[n] = 0;
    printf("%s hears: %s\n", who, line);
}

static void say(SOCKET s, const char *line)
{
    send(s, line, (int)strlen(line), 0);
}

int main(void)
{
    WSADATA data;
    struct sockaddr_in address = { 0 };
    int length = sizeof address;
    SOCKET listener, anna, bert, cleo;
    HANDLE thread;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 5) ||
        getsockname(listener, (struct sockaddr *)&address, &length))
        return 1;
    add(listener, FD_ACCEPT);
    thread = CreateThread(NULL, 0, server_thread, NULL, 0, NULL);

    anna = guest(&address);
    hear("Anna", anna);
    bert = guest(&address);
    hear("Bert", bert);
    say(anna, "good evening\n");
    hear("Bert", bert);
    cleo = guest(&address);
    hear("Cleo", cleo);
    say(bert, "hello Cleo\n");
    hear("Anna", anna);
    hear("Cleo", cleo);
    closesocket(bert);
    say(cleo, "where did he go?\n");
    hear("Anna", anna);
    say(anna, "home\n");
    hear("Cleo", cleo);
    closesocket(anna);
    closesocket(cleo);
    if (WaitForSingleObject(thread, 10000) != WAIT_OBJECT_0) return 1;
    CloseHandle(thread);
    printf("%d joined, %d left, %d lines, %u sockets are open\n", joined, left, lines, (unsigned)count);
    take_out(0);
    WSACleanup();
    return 0;
}
