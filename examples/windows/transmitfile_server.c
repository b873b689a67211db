/*
 * A file server: each connection gets the file between a head and a tail with one overlapped TransmitFile, and the
 * server disconnects in the same call.
 */
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_SIZE 300000
#define DOWNLOADS 3

static void Fatal(LPCSTR what)
{
    printf("%s: error %d\n", what, (int)GetLastError());
    exit(1);
}

static unsigned checksum(unsigned sum, const char *data, int length)
{
    while (length-- > 0) sum = (sum << 5) + sum + (unsigned char)*data++;
    return sum;
}

static HANDLE MakeFile(LPCSTR name, unsigned *sum)
{
    static char block[FILE_SIZE];
    DWORD written;
    int i;
    HANDLE file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS,
                              FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE) Fatal("CreateFile");
    for (i = 0; i < FILE_SIZE; i++) block[i] = (char)(i * 7 + i / 251);
    if (!WriteFile(file, block, FILE_SIZE, &written, NULL) || written != FILE_SIZE) Fatal("WriteFile");
    CloseHandle(file);
    *sum = checksum(5381, block, FILE_SIZE);
    file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                       FILE_FLAG_OVERLAPPED | FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    if (file == INVALID_HANDLE_VALUE) Fatal("CreateFile");
    return file;
}

static SOCKET g_listener;
static HANDLE g_file;

static DWORD WINAPI Server(LPVOID unused)
{
    static char head[] = "HEAD:", tail[] = ":TAIL";
    int i;
    (void)unused;
    for (i = 0; i < DOWNLOADS; i++) {
        TRANSMIT_FILE_BUFFERS around = { 0 };
        OVERLAPPED ov = { 0 };
        DWORD sent = 0, flags;
        SOCKET s = accept(g_listener, NULL, NULL);
        if (s == INVALID_SOCKET) Fatal("accept");
        around.Head = head;
        around.HeadLength = 5;
        around.Tail = tail;
        around.TailLength = 5;
        ov.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
        ov.Offset = i * 100000; /* each download begins further on */
        if (!TransmitFile(s, g_file, 0, 0, &ov, &around, TF_DISCONNECT) && WSAGetLastError() != ERROR_IO_PENDING)
            Fatal("TransmitFile");
        if (WaitForSingleObject(ov.hEvent, 10000) != WAIT_OBJECT_0) Fatal("waiting");
        if (!WSAGetOverlappedResult(s, &ov, &sent, FALSE, &flags)) Fatal("WSAGetOverlappedResult");
        printf("download %d: sent %d bytes\n", i, (int)sent);
        CloseHandle(ov.hEvent);
        closesocket(s);
    }
    return 0;
}

int main(void)
{
    static char got[FILE_SIZE + 16];
    SOCKADDR_IN address = { 0 };
    int length = sizeof address, i;
    char name[64];
    unsigned sum;
    HANDLE thread;
    WSADATA data;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
    sprintf(name, "transmitfile_%u.tmp", (unsigned)GetCurrentProcessId());
    g_file = MakeFile(name, &sum);
    g_listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(g_listener, (SOCKADDR *)&address, length) || listen(g_listener, SOMAXCONN) ||
        getsockname(g_listener, (SOCKADDR *)&address, &length))
        Fatal("listening");
    thread = CreateThread(NULL, 0, Server, NULL, 0, NULL);
    for (i = 0; i < DOWNLOADS; i++) {
        int total = 0, n;
        SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        if (connect(s, (SOCKADDR *)&address, sizeof address) != 0) Fatal("connect");
        while ((n = recv(s, got + total, (int)sizeof got - total, 0)) > 0) total += n;
        if (n != 0) Fatal("recv");
        closesocket(s);
        if (total < 10 || memcmp(got, "HEAD:", 5) != 0 || memcmp(got + total - 5, ":TAIL", 5) != 0) Fatal("frame");
        if (i == 0 && checksum(5381, got + 5, total - 10) != sum) Fatal("checksum");
        if (i > 0 && (unsigned char)got[5] != (unsigned char)(i * 100000 * 7 + i * 100000 / 251)) Fatal("offset");
        if (i == DOWNLOADS - 1) {
            WaitForSingleObject(thread, INFINITE);
            printf("every download is what the file holds\n");
        }
    }
    CloseHandle(thread);
    CloseHandle(g_file);
    closesocket(g_listener);
    printf("the file is %s\n", DeleteFileA(name) ? "deleted" : "still there");
    WSACleanup();
    return 0;
}
