/* Calls for the trace: what is pending, what fails, what has names, and what a trace must not touch. */
#include <winsock2.h>
#include <mswsock.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <stdio.h>
#include <string.h>

static int answer;

static DWORD WINAPI leaves(LPVOID parameter)
{
    (void)parameter;
    SetLastError(ERROR_BUSY);
    ExitThread(3);
}

static void CALLBACK received(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    (void)overlapped, (void)flags;
    answer = (int)(error + bytes);
    WSASetLastError(0);
}

int main(void)
{
    static char text[200];
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in own = { 0 };
    int length = sizeof address, own_length = sizeof own, one = 1;
    GUID guid = WSAID_CONNECTEX;
    LPFN_CONNECTEX connect_ex = NULL;
    OVERLAPPED overlapped = { 0 }, receiving = { 0 }, *completed;
    WSABUF buffer = { 64, text };
    ULONG_PTR key;
    DWORD bytes = 0, flags = 0;
    WSADATA data;

    WSAStartup(MAKEWORD(2, 2), &data);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    bind(listener, (struct sockaddr *)&address, sizeof address);
    listen(listener, 5);
    getsockname(listener, (struct sockaddr *)&address, &length);

    SOCKET s = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    bind(s, (struct sockaddr *)&(struct sockaddr_in){ .sin_family = AF_INET }, sizeof address);
    HANDLE port = CreateIoCompletionPort((HANDLE)s, NULL, 0x2a, 0);
    WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof guid, &connect_ex, sizeof connect_ex, &bytes, NULL, NULL);
    BOOL done = connect_ex(s, (struct sockaddr *)&address, length, text, 64, NULL, &overlapped);
    printf("ConnectEx %d, last error %d\n", done, WSAGetLastError());
    GetQueuedCompletionStatus(port, &bytes, &key, &completed, 5000);
    GetQueuedCompletionStatus(port, &bytes, &key, &completed, 0);
    setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0);
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, (char *)&one, sizeof one);

    SOCKET peer = accept(listener, (struct sockaddr *)&own, &own_length);
    /* A routine's calls have lines of their own, before that of the wait that they run in. */
    recv(peer, text, 64, MSG_WAITALL);
    WSARecv(peer, &buffer, 1, NULL, &flags, &receiving, received);
    printf("WSARecv, last error %d\n", WSAGetLastError());
    send(s, "12345", 5, 0);
    SleepEx(5000, TRUE);
    printf("the routine got %d\n", answer);

    /* Failures, pointers to nowhere among them. */
    SOCKET other = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    bind(other, (struct sockaddr *)16, sizeof address);
    printf("bind, last error %d\n", WSAGetLastError());
    closesocket(listener);
    connect(other, (struct sockaddr *)&address, length);
    printf("connect, last error %d\n", WSAGetLastError());
    closesocket(INVALID_SOCKET);
    shutdown(s, SD_SEND);

    /* Texts, by name and by GetProcAddress. */
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, L"an \"event\"");
    BOOL (WINAPI *set)(HANDLE) = (BOOL (WINAPI *)(HANDLE))GetProcAddress(GetModuleHandleA("kernel32"), "SetEvent");
    WaitForSingleObject(event, 0);
    set(event);
    WaitForSingleObject(event, INFINITE);
    memset(text, 'x', sizeof text - 1);
    DeleteFileA(text);
    HANDLE thread = CreateThread(NULL, 0, leaves, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    WSAEventSelect(other, event, FD_READ | FD_CLOSE);
    closesocket(other), closesocket(peer), closesocket(s), CloseHandle(port), CloseHandle(event);
    return WSACleanup();
}
