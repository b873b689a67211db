/*
 * HTTP/1.0, a server of two threads and its client, on plain blocking sockets with time limits.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma comment(lib, "ws2_32.lib")

#define DEFAULT_BUFLEN 512

static SOCKET ListenSocket = INVALID_SOCKET;
static LONG requests;

static int send_all(SOCKET s, const char *data, int length)
{
    int sent = 0;
    while (sent < length) {
        int iResult = send(s, data + sent, length - sent, 0);
        if (iResult == SOCKET_ERROR) return SOCKET_ERROR;
        sent += iResult;
    }
    return sent;
}

static void respond(SOCKET s, int status, const char *reason, const char *body, BOOL head_only)
{
    char header[DEFAULT_BUFLEN];
    int n = sprintf(header, "HTTP/1.0 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n", status, reason,
                    (int)strlen(body));
    send_all(s, header, n);
    if (!head_only) send_all(s, body, (int)strlen(body));
}

static void handle(SOCKET s)
{
    char request[DEFAULT_BUFLEN] = "", method[16] = "", path[128] = "", body[200];
    int total = 0, n, timeout = 5000;
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (const char *)&timeout, sizeof(timeout));
    while (total < DEFAULT_BUFLEN - 1 && strstr(request, "\r\n\r\n") == NULL) {
        n = recv(s, request + total, DEFAULT_BUFLEN - 1 - total, 0);
        if (n <= 0) break;
        total += n;
        request[total] = '\0';
    }
    InterlockedIncrement(&requests);
    if (sscanf(request, "%15s %127s", method, path) != 2)
        respond(s, 400, "Bad Request", "What?\n", FALSE);
    else if (strcmp(method, "GET") && strcmp(method, "HEAD"))
        respond(s, 501, "Not Implemented", "Only GET and HEAD.\n", FALSE);
    else if (!strcmp(path, "/"))
        respond(s, 200, "OK", "It works.\n", !strcmp(method, "HEAD"));
    else if (!strncmp(path, "/hello/", 7)) {
        sprintf(body, "Hello, %s.\n", path + 7);
        respond(s, 200, "OK", body, !strcmp(method, "HEAD"));
    } else
        respond(s, 404, "Not Found", "Nothing here.\n", FALSE);
    shutdown(s, SD_SEND);
    while (recv(s, request, sizeof(request), 0) > 0) { }
    closesocket(s);
}

static unsigned __stdcall serve(void *arg)
{
    (void)arg;
    for (;;) {
        SOCKET ClientSocket = accept(ListenSocket, NULL, NULL);
        if (ClientSocket == INVALID_SOCKET) return 0; /* closed by main */
        handle(ClientSocket);
    }
}

static void get(const struct addrinfo *where, const char *request)
{
    char answer[2048], *body;
    int total = 0, iResult;
    SOCKET ConnectSocket = socket(where->ai_family, where->ai_socktype, where->ai_protocol);
    if (connect(ConnectSocket, where->ai_addr, (int)where->ai_addrlen) == SOCKET_ERROR) {
        printf("connect failed with error: %d\n", WSAGetLastError());
        exit(1);
    }
    send_all(ConnectSocket, request, (int)strlen(request));
    shutdown(ConnectSocket, SD_SEND);
    do {
        iResult = recv(ConnectSocket, answer + total, (int)sizeof(answer) - 1 - total, 0);
        if (iResult > 0) total += iResult;
    } while (iResult > 0);
    answer[total] = '\0';
    closesocket(ConnectSocket);
    body = strstr(answer, "\r\n\r\n");
    if (body == NULL) {
        printf("no answer: %d\n", iResult == 0 ? 0 : WSAGetLastError());
        exit(1);
    }
    printf("%.*s -> %.*s | %s", (int)strcspn(request, "\r"), request, (int)strcspn(answer, "\r"), answer,
           body[4] ? body + 4 : "(no body)\n");
}

int main(void)
{
    struct addrinfo hints, *result = NULL;
    struct sockaddr_in name;
    int namelen = sizeof(name), iResult;
    HANDLE threads[2];
    char port[8];
    WSADATA wsaData;

    iResult = WSAStartup(MAKEWORD(2, 2), &wsaData);
    if (iResult != 0) return 1;
    ZeroMemory(&hints, sizeof(hints));
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    iResult = getaddrinfo("127.0.0.1", "0", &hints, &result);
    if (iResult != 0) {
        printf("getaddrinfo failed with error: %d\n", iResult);
        return 1;
    }
    ListenSocket = socket(result->ai_family, result->ai_socktype, result->ai_protocol);
    if (bind(ListenSocket, result->ai_addr, (int)result->ai_addrlen) == SOCKET_ERROR) return 1;
    freeaddrinfo(result);
    if (listen(ListenSocket, SOMAXCONN) == SOCKET_ERROR) return 1;
    getsockname(ListenSocket, (struct sockaddr *)&name, &namelen);
    sprintf(port, "%u", ntohs(name.sin_port));
    threads[0] = (HANDLE)_beginthreadex(NULL, 0, serve, NULL, 0, NULL);
    threads[1] = (HANDLE)_beginthreadex(NULL, 0, serve, NULL, 0, NULL);

    iResult = getaddrinfo("localhost", port, &hints, &result);
    if (iResult != 0) return 1;
    get(result, "GET / HTTP/1.0\r\n\r\n");
    get(result, "GET /hello/world HTTP/1.0\r\nUser-Agent: an example\r\n\r\n");
    get(result, "HEAD / HTTP/1.0\r\n\r\n");
    get(result, "GET /missing HTTP/1.0\r\n\r\n");
    get(result, "BREW /coffee HTTP/1.0\r\n\r\n");
    get(result, "\r\n\r\n");
    freeaddrinfo(result);
    closesocket(ListenSocket);
    WaitForMultipleObjects(2, threads, TRUE, 10000);
    CloseHandle(threads[0]);
    CloseHandle(threads[1]);
    printf("%d requests\n", (int)requests);
    WSACleanup();
    return 0;
}
