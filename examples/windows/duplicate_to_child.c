/*
 * A server hands a connection to another process: it starts itself once more, tells the child's number to
 * WSADuplicateSocket, and sends the description over a connection of their own. The child answers the client and ends;
 * its exit code comes by the handle of its process.
 */
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_CODE_OF_CHILD 7

static int Report(const char *step)
{
    printf("%s failed, error %d\n", step, (int)GetLastError());
    WSACleanup();
    return 1;
}

static BOOL ReceiveAll(SOCKET s, void *to, int bytes)
{
    char *at = (char *)to;
    while (bytes > 0) {
        int n = recv(s, at, bytes, 0);
        if (n <= 0) return FALSE;
        at += n;
        bytes -= n;
    }
    return TRUE;
}

/* A listener on an address of its own. */
static SOCKET Listen(struct sockaddr_in *address)
{
    int length = sizeof(*address);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    memset(address, 0, sizeof(*address));
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)address, length) || listen(listener, 1) ||
        getsockname(listener, (struct sockaddr *)address, &length))
        return INVALID_SOCKET;
    return listener;
}

static SOCKET Connect(const struct sockaddr_in *address)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    return connect(s, (const struct sockaddr *)address, sizeof(*address)) ? INVALID_SOCKET : s;
}

static int Child(const char *port, const char *greeting)
{
    struct sockaddr_in address = { 0 };
    WSAPROTOCOL_INFO info;
    SOCKET parent, connection;
    char text[64];
    int n;

    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((u_short)atoi(port));
    parent = Connect(&address);
    if (parent == INVALID_SOCKET) return Report("the child's connect");
    if (!ReceiveAll(parent, &info, sizeof(info))) return Report("the child's recv");
    connection = WSASocket(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED);
    if (connection == INVALID_SOCKET) return Report("the child's WSASocket");
    send(parent, "!", 1, 0);

    n = recv(connection, text, sizeof(text), 0);
    printf("the child received \"%.*s\"\n", n, text);
    fflush(stdout);
    send(connection, greeting, (int)strlen(greeting), 0);
    closesocket(connection);
    closesocket(parent);
    WSACleanup();
    return EXIT_CODE_OF_CHILD;
}

static int Parent(void)
{
    struct sockaddr_in control, service;
    SOCKET children, child, listener, client, server;
    char path[MAX_PATH], line[MAX_PATH + 64], text[64], taken;
    PROCESS_INFORMATION process;
    WSAPROTOCOL_INFO info;
    STARTUPINFOA startup;
    DWORD code = 0;
    int n;

    children = Listen(&control);
    listener = Listen(&service);
    if (children == INVALID_SOCKET || listener == INVALID_SOCKET) return Report("listening");
    client = Connect(&service);
    server = accept(listener, NULL, NULL);
    if (client == INVALID_SOCKET || server == INVALID_SOCKET) return Report("connect and accept");
    send(client, "a question", 10, 0);

    GetModuleFileNameA(NULL, path, sizeof(path));
    snprintf(line, sizeof(line), "\"%s\" child %d \"an answer, \\\"quoted\\\"\"", path, ntohs(control.sin_port));
    ZeroMemory(&startup, sizeof(startup));
    startup.cb = sizeof(startup);
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    startup.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    fflush(stdout);
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) return Report("CreateProcess");
    printf("its number is %s\n", GetProcessId(process.hProcess) == process.dwProcessId ? "told" : "not told");
    CloseHandle(process.hThread);

    child = accept(children, NULL, NULL);
    n = (int)WaitForSingleObject(process.hProcess, 0);
    GetExitCodeProcess(process.hProcess, &code);
    printf("while it runs: %s, %s\n", n == WAIT_TIMEOUT ? "WAIT_TIMEOUT" : "?", code == STILL_ACTIVE ? "STILL_ACTIVE" : "?");
    fflush(stdout);

    if (WSADuplicateSocket(server, process.dwProcessId, &info)) return Report("WSADuplicateSocket");
    send(child, (char *)&info, sizeof(info), 0);
    if (!ReceiveAll(child, &taken, 1)) return Report("the child's word");
    /* The connection is the child's now. */
    closesocket(server);

    for (n = 0; n < (int)sizeof(text);) {
        int got = recv(client, text + n, (int)sizeof(text) - n, 0);
        if (got <= 0) break;
        n += got;
    }
    if (WaitForSingleObject(process.hProcess, 30000) != WAIT_OBJECT_0) return Report("waiting for the child");
    GetExitCodeProcess(process.hProcess, &code);
    printf("the client received \"%.*s\"\n", n, text);
    printf("the child ended with %d\n", (int)code);
    CloseHandle(process.hProcess);

    strcpy(line, "there-is-no-such-program");
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process))
        printf("no such program: error %d\n", (int)GetLastError());
    closesocket(child);
    closesocket(children);
    closesocket(client);
    closesocket(listener);
    WSACleanup();
    return 0;
}

int main(int argc, char **argv)
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data)) return 1;
    return argc == 4 && strcmp(argv[1], "child") == 0 ? Child(argv[2], argv[3]) : Parent();
}
